#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make watch: answers in the thread, from a made-up mailbox
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"
v1=20260429195306.239666-1-mfritsche@reauktion.de

# post FROM ID ANSWERS-TO SUBJECT [HEADER...]: one more mail in the mailbox
post() {
	from=$1 id=$2 to=$3 subject=$4
	shift 4
	posted=$((${posted:-0} + 1))
	{
		echo 'From mboxrd@z Thu Jan  1 00:00:00 1970'
		echo "From: $from"
		printf 'Date: Mon, 4 May 2026 10:%02d:00 +0200\n' "$posted"
		echo "Message-ID: <$id>"
		[ -z "$to" ] || printf 'In-Reply-To: <%s>\n' "$to"
		echo "Subject: $subject"
		printf '%s\n' "$@"
		printf '\nSays %s.\n\n' "$id"
	} >>box
}
# thread: v1 and v2 with answers, and mails that have nothing to do with it
thread() {
	sendable
	post 'Tester <tester@example.org>' $v1 '' '[PATCH RFC 0/3] fences'
	post 'Tester <tester@example.org>' v1p2 $v1 '[PATCH RFC 2/3] media: hantro: attach'
	post 'Nicolas <n@example.org>' a1 v1p2 'Re: [PATCH RFC 2/3] media: hantro: attach' 'Cc: linux-media@vger.kernel.org'
	post 'Tester <tester@example.org>' c2 $v1 '[PATCH RFC v2 0/2] media: fences'
	post 'Tester <tester@example.org>' v2p1 c2 '[PATCH RFC v2 1/2] media: videobuf2'
	post 'Author <author@example.org>' v2p2 c2 '[PATCH RFC v2 2/2] media: rga'
	post '=?UTF-8?q?Christian=20K=C3=B6nig?= <ck@example.org>' a2 '' 'Re: something else altogether' \
		"References: <$v1> <c2>" '	<v2p2>' 'To: Tester <Tester@Example.org>'
	post 'Third <third@example.org>' a3 a2 'Re: Re: [RFC] folded' ' subject'
	post 'Stranger <s@example.org>' x1 x0 'Re: [PATCH v2 2/2] another series'
}
test_watch_finds_those_that_do_not_name_us() {
	thread
	MBOX=box passes "$S/send/watch"
	said '^watch: 3 answers among 9 mails'
	[ "$(wc -l <out)" = 3 ] || fail "$(cat out)"
	says '^\* 2026-05-04 08:03  v1 2/3 +Nicolas <n@example.org>  Re: .*attach \(you are not addressed\)$'
	says '^\* 2026-05-04 08:07  v2 2/2 +Christian König <ck@example.org>  Re: something else altogether$'
	says '^\* 2026-05-04 08:08  v2 2/2 +Third <third@example.org>  Re: Re: \[RFC\] folded subject \(you are not addressed\)$'
}
test_watch_marks_what_is_new() {
	thread
	MBOX=box passes "$S/send/watch"
	post 'Late <late@example.org>' a4 c2 'Re: [PATCH RFC v2 0/2] media: fences'
	MBOX=box passes "$S/send/watch"
	[ "$(grep -c '^\*' out)" = 1 ] || fail "$(cat out)"
	says '^\* .* v2 0/2 +Late '
}
test_watch_an_answer_whose_patch_is_not_in_the_mailbox() {
	sendable
	post 'Nicolas <n@example.org>' a1 gone 'Re: [PATCH RFC v2 1/2] media: videobuf2' "References: <$v1> <gone>"
	MBOX=box passes "$S/send/watch"
	says 'v2 1/2 +Nicolas'
}
test_watch_a_thread_in_any_order() {
	sendable
	post 'B <b@example.org>' b a 'Re: late'
	post 'A <a@example.org>' a c2 'Re: early'
	post 'Tester <tester@example.org>' c2 $v1 '[PATCH RFC v2 0/2] media: fences'
	MBOX=box passes "$S/send/watch"
	said '2 answers among 3'
}
test_watch_no_mailbox() {
	sendable
	MBOX=none refused 2 'no such mailbox' "$S/send/watch"
	head -c 1000 /dev/zero >zero
	MBOX=zero refused 2 'is no mailbox' "$S/send/watch"
	: >empty
	MBOX=empty passes "$S/send/watch"
	said '0 answers: empty is empty'
}
# tool NAME SCRIPT: a stand-in for what asks the archive
tool() {
	without lei b4
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}
test_watch_asks_lei() {
	thread
	tool lei "while [ \$1 != -o ]; do shift; done; cp $T/box \$2"
	PATH=$T/bin passes "$S/send/watch"
	said '3 answers among 9'
	tool lei 'echo "curl: (6) Could not resolve host" >&2; exit 6'
	PATH=$T/bin refused 7 'lei cannot have the thread from https://.*Could not resolve host.*MBOX=file' "$S/send/watch"
	tool lei 'exit 0'
	PATH=$T/bin refused 7 'has no answer for' "$S/send/watch"
}
test_watch_of_an_archive_that_hangs() {
	thread
	for name in lei b4; do
		tool $name 'exec sleep 60'
		hurried
		PATH=$T/bin refused 7 "$name cannot have the thread from https://.*no end after 120 s.*MBOX=file" "$S/send/watch"
	done
}
test_watch_asks_b4() {
	thread
	tool b4 "while [ \$1 != -o ]; do shift; done; cp $T/box \$2/thread.mbx"
	PATH=$T/bin passes "$S/send/watch"
	said '3 answers among 9'
	tool b4 'echo "CRITICAL: server is not there"; exit 1'
	PATH=$T/bin refused 7 'b4 cannot have the thread .*server is not there.*MBOX=file' "$S/send/watch"
	without lei b4
	PATH=$T/bin refused 3 'neither lei nor b4' "$S/send/watch"
}

run_tests "$@"
