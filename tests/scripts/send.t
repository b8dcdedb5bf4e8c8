#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make signoff and make send, with a real git send-email and a mail server of our own
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"

# sink [OPTION...]: a mail server on loopback, which keeps what it gets in $T/got
sink() {
	command -v aiosmtpd >/dev/null || skip "no aiosmtpd"
	command -v curl >/dev/null || skip "no curl"
	perl -MMail::Address -e 1 2>/dev/null || skip "no git send-email"
	port=$((20000 + $$ % 20000))
	aiosmtpd -n -l "127.0.0.1:$port" "$@" -c aiosmtpd.handlers.Mailbox "$T/got" >sink.log 2>&1 &
	sink=$!
	trap 'kill $sink' EXIT
	left=100
	while ! curl -s --max-time 5 "smtp://127.0.0.1:$port" >/dev/null; do
		left=$((left - 1))
		[ $left -gt 0 ] && kill -0 $sink || fail "the mail server does not start: $(cat sink.log)"
		sleep 0.1
	done
	git config --global sendemail.smtpServer 127.0.0.1
	git config --global sendemail.smtpServerPort "$port"
}
# mbox: what the server got, as one mailbox, in whatever order
mbox() {
	for mail in got/new/*; do
		echo 'From sink Thu Jan  1 00:00:00 1970'
		sed 's/^From />From /' "$mail"
		echo
	done >got.mbox
}
# header NAME FILE: a header, unfolded
header() { sed '/^$/q' "$2" | awk -v name="$1: " '/^[ \t]/ { if (on) v = v $0; next } { on = index($0, name) == 1 } on { v = substr($0, length(name) + 1) } END { print v }'; }
# mail N: the file of mail N of the series
mail() { grep -lE "^Subject: \[PATCH RFC v2 $1/2\] " got/new/*; }

# hostile: a configuration that would change who gets what, and how the thread looks
hostile() {
	printf '#!/bin/sh\necho "$1@example.org"\n' >tocmd
	printf '#!/bin/sh\necho "Bcc: evil3@example.org"\n' >headercmd
	printf 'alias simona@ffwll.ch Evil <evil6@example.org>\nalias linux-media@vger.kernel.org evil7@example.org\n' >aliases
	chmod +x tocmd headercmd
	mkdir -p hooks home
	printf '#!/bin/sh\necho called >>"%s/hooked"\nexit 1\n' "$T" >hooks/sendemail-validate
	chmod +x hooks/sendemail-validate
	: >home/.checkpatch.conf
	: >home/.get_maintainer.conf
	export HOME="$T/home"
	while read -r key value; do
		git config --global "$key" "$value"
	done <<END
sendemail.toCmd $T/tocmd evil1
sendemail.ccCmd $T/tocmd evil2
sendemail.headerCmd $T/headercmd
sendemail.aliasesFile $T/aliases
sendemail.aliasFileType mutt
sendemail.bcc evil4@example.org
sendemail.to evil8@example.org
sendemail.cc someone-else@example.org
sendemail.suppresscc all
sendemail.thread true
sendemail.chainReplyTo true
sendemail.signedoffbycc true
sendemail.confirm always
sendemail.annotate true
core.hooksPath $T/hooks
format.subjectPrefix WRONG
format.attach true
format.to evil9@example.org
format.cc evil9@example.org
END
}
test_send_a_thread() {
	sink
	sendable
	git config --global user.name 'Jörg Tester'
	# what a sender may have set, and what must not get through
	hostile
	passes "$S/send/signoff"
	passes "$S/send/preflight"
	sed -n '/^Who gets which mail/,/^$/s/^  \([^ ]*\) *\([0-9 ]*\)$/\1 \2/p' out >listed
	passes env SEND=yes GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=sendemail.bcc GIT_CONFIG_VALUE_0=evil5@example.org "$S/send/send"
	[ "$(find got/new -type f | wc -l)" = 3 ] || fail "not three mails: $(cat out)"

	# the thread: the letter under v1, the patches under the letter
	letter=$(header Message-Id "$(mail 0)")
	[ "$(header In-Reply-To "$(mail 0)")" = '<20260429195306.239666-1-mfritsche@reauktion.de>' ] || fail "the letter answers to $(header In-Reply-To "$(mail 0)")"
	for n in 1 2; do
		[ "$(header In-Reply-To "$(mail $n)")" = "$letter" ] || fail "patch $n answers to $(header In-Reply-To "$(mail $n)")"
		header References "$(mail $n)" | grep -qF 20260429195306.239666-1-mfritsche@reauktion.de || fail "v1 is no reference of patch $n"
	done
	for mail in got/new/*; do
		for name in Message-Id In-Reply-To References From To Cc Subject Date; do
			[ "$(sed '/^$/q' "$mail" | grep -ci "^$name:")" = 1 ] || fail "$name is not there once: $(sed '/^$/q' "$mail")"
		done
	done

	# who got what, each once
	rcpt() { header X-RcptTo "$(mail "$1")" | sed 's/, */\n/g' | sort; }
	for n in 0 1 2; do
		# as preflight listed it, and nobody else
		awk -v n=$n '{ for (i = 2; i <= NF; i++) if ($i == n) print tolower($1) }' listed | sort >want
		rcpt $n | tr '[:upper:]' '[:lower:]' | cmp - want || fail "mail $n goes to $(rcpt $n), and preflight lists $(cat want)"
		[ -z "$(rcpt $n | uniq -d)" ] || fail "twice: $(rcpt $n | uniq -d)"
		for who in linux-media@vger.kernel.org nicolas.dufresne@collabora.com christian.koenig@amd.com simona@ffwll.ch \
			tfiga@example.org author@example.org dri-devel@lists.freedesktop.org; do
			rcpt $n | grep -qxF $who || fail "mail $n does not go to $who: $(rcpt $n)"
		done
		! rcpt $n | grep -E 'someone-else|evil' || fail "mail $n goes to who was only configured"
	done
	rcpt 0 | grep -qx jacob@example.org || fail "the letter does not go to everybody"
	! rcpt 1 | grep -qx jacob@example.org || fail "patch 1 goes to the maintainer of rga"
	[ "$( (rcpt 1; rcpt 2) | sort -u)" = "$(rcpt 0)" ] || fail "the letter goes to $(rcpt 0)"

	# plain text in UTF-8, nothing wrapped
	grep -q '^- Christian König: flag' "$(mail 0)" || fail "his name is not König"
	header Cc "$(mail 1)" | grep -qF '=?UTF-8?q?Christian=20K=C3=B6nig?= <christian.koenig@amd.com>' || fail "Cc: $(header Cc "$(mail 1)")"
	header From "$(mail 2)" | grep -qF '=?UTF-8?q?J=C3=B6rg=20Tester?= <tester@example.org>' || fail "From: $(header From "$(mail 2)")"
	grep -qx 'Signed-off-by: Jörg Tester <tester@example.org>' "$(mail 2)" || fail "not signed"
	for n in 0 1 2; do
		[ "$(header Content-Type "$(mail $n)") $(header Content-Transfer-Encoding "$(mail $n)")" = 'text/plain; charset=UTF-8 8bit' ] || fail "mail $n: $(sed '/^$/q' "$(mail $n)")"
	done
	sed '1,/^$/d' "$(mail 0)" | head -n "$(($(wc -l <cover-letter) - 2))" >letter
	sed 1,2d cover-letter | cmp - letter || fail "the letter came out differently"

	# once is enough
	once_is_enough
	[ "$(find got/new -type f | wc -l)" = 3 ] || fail "mails went out again"

	# and the receiver's side
	[ ! -e hooked ] || fail "a hook had a say"
	! grep -rl Signed-off-by patches || fail "the repository was signed"
	mbox
	taken got.mbox "${letter#<}"
	taken "$MAIL/series.mbox" "${letter#<}"
}
# once_is_enough: neither of it goes on with a version that went out
once_is_enough() {
	SEND=yes refused 1 "^send: v2 was already sent on 20.*raise 'reroll' in scripts/send/thread.tsv, then run .make signoff BASE=v7.3" "$S/send/send"
	refused 1 '^send: v2 was already sent on 20' "$S/send/send"
	refused 1 "^signoff: v2 was already sent on 20.*raise 'reroll'" "$S/send/signoff"
}
# taken MBOX ID: b4 and git am make the same tree and authors of it as patches/
taken() {
	command -v b4 >/dev/null || skip "no b4"
	git config --global b4.attestation-policy off # it would ask the network
	rm -rf b4 clone
	mkdir b4
	passes env XDG_DATA_HOME="$T/xdg" b4 am -o b4 -m "$1" "${2%>}"
	said '^Total patches: 2$'
	git clone -q -b v7.3 linux clone 2>/dev/null
	git -C clone am -q "$T"/b4/*.mbx
	[ "$(git -C clone rev-parse 'HEAD^{tree}')" = "$(git -C "$CACHE/work/v7.3" rev-parse 'series^{tree}')" ] || fail "$1 makes another tree"
	[ "$(git -C clone log --format=%ae -2 | sort -u)" = author@example.org ] || fail "the authors: $(git -C clone log --format=%ae -2)"
}
# what docs/sending.md says of b4 prep, in a clone of the kernel; nothing is sent anywhere
test_b4_takes_over() {
	command -v b4 >/dev/null || skip "no b4"
	command -v git-filter-repo >/dev/null || skip "no git-filter-repo"
	sendable
	passes "$S/send/signoff"
	git config --global sendemail.smtpServer 127.0.0.1
	git config --global sendemail.smtpServerPort 1
	git clone -q -b v7.3 linux clone 2>/dev/null
	git -C clone switch -q -c mine
	sed -n '/^    b4 prep -n/,/^    b4 send/p' "$HERE/../../docs/sending.md" | sed "s|MAIL/|$MAIL/|g; s|/path/to/this/cover-letter|$T/cover-letter|" >commands
	for word in 'prep -n .* -f v7.3' 'git am ' "cp $T/cover-letter" '--set-prefixes RFC' '--force-revision 2' '--auto-to-cc' 'b4 send --dry-run '; do
		grep -q -- "$word" commands || fail "docs/sending.md does not say $word: $(cat commands)"
	done
	sed -i '$d' commands
	printf '%s\n' 'b4 send --no-sign --dry-run' "b4 send --no-sign -o $T/b4" >>commands
	unset GIT_EDITOR VISUAL
	passes env -C clone XDG_DATA_HOME="$T/xdg" sh -eu "$T/commands"
	[ "$(grep -c 'Would have sent 3 messages' err)" = 2 ] || fail "$(cat err)"
	# the same patches and letter
	ids b4/000[1-9]*.eml | cmp - ids || fail "the patches are others"
	for n in 0 1 2; do
		header Subject b4/000$n-*.eml | grep -qE "^\[PATCH RFC v2 $n/2\] " || fail "$(header Subject b4/000$n-*.eml)"
		[ $n = 0 ] || [ "$(grep -c '^Signed-off-by: Tester <tester@example.org>$' b4/000$n-*.eml)" = 1 ] || fail "patch $n is not signed once"
	done
	# b4 takes the indentation from the last paragraph
	sed '1,/^$/d' b4/0000-*.eml | head -n "$(($(wc -l <cover-letter) - 2))" >letter
	sed 1,2d cover-letter | diff -w - letter || fail "the letter came out differently"
}
test_send_is_a_dry_run() {
	sink
	sendable
	passes "$S/send/signoff"
	passes "$S/send/send"
	said 'nothing was sent: .make send SEND=yes'
	[ "$(grep -c '^Dry-OK' out)" = 3 ] || fail "$(cat out)"
	[ -z "$(ls got/new 2>/dev/null)" ] || fail "it was sent"
	SEND=maybe refused 2 'neither yes nor empty' "$S/send/send"
}
test_send_never_past_a_red_preflight() {
	sink
	sendable
	passes "$S/send/signoff"
	rm evidence/v7.3/check
	SEND=yes refused 1 'nothing is sent' "$S/send/send"
	passes "$S/send/cover-letter"
	passes "$S/send/signoff"
	SEND=yes refused 1 'nothing is sent' "$S/send/send"
	[ -z "$(ls got/new 2>/dev/null)" ] || fail "it was sent"
}
test_send_to_no_server() {
	perl -MMail::Address -e 1 2>/dev/null || skip "no git send-email"
	sendable
	passes "$S/send/signoff"
	git config --global sendemail.smtpServer 127.0.0.1
	git config --global sendemail.smtpServerPort 1
	SEND=yes refused 1 'git send-email fails, see above; nothing went out' "$S/send/send"
	SEND=yes refused 1 'git send-email fails, see above; nothing went out' "$S/send/send"
	passes "$S/send/signoff"
}
test_send_never_again_after_a_clean() {
	sink
	sendable
	passes "$S/send/signoff"
	passes env SEND=yes "$S/send/send"
	passes "$S/clean"
	[ ! -e "$MAIL" ] || fail "it is not clean"
	once_is_enough
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	once_is_enough
	KDIR=$T/linux BASE='' refused 1 'v2 was already sent on 20' "$S/send/signoff"
	# the next version is another one
	rm project/scripts
	cp -r "$HERE/../../scripts" project/
	sed -i 's/^reroll.*/reroll	3/' project/scripts/send/thread.tsv
	made_up_results
	made_up_evidence
	passes "$S/send/cover-letter"
	passes "$S/send/signoff"
	passes env SEND=yes "$S/send/send"
	[ "$(grep -l '^Subject: \[PATCH RFC v3 ' got/new/* | wc -l)" = 3 ] || fail "no v3"
	[ "$(find got/new -type f | wc -l)" = 6 ] || fail "something went out twice"
}
test_send_the_rest() {
	sink -s 30000
	sendable
	passes "$S/send/signoff"
	# too much for the server, but nothing that git am takes
	sed -i "0,/^---$/s/^---$/&\n$(head -c 40000 /dev/zero | tr '\0' x | fold -w 70 | sed 's/$/\\n/' | tr -d '\n')/" "$MAIL"/*-0002-*
	SEND=yes refused 1 "git send-email fails, see above; 2 mails went out before: .*'make send SEND=yes BASE=v7.3' sends the rest" "$S/send/send"
	[ "$(find got/new -type f | wc -l)" = 2 ] || fail "not two mails"
	refused 1 "a part of v2 went out: 'make send SEND=yes BASE=v7.3' sends the rest; for another" "$S/send/signoff"
	# neither takes the rest away
	passes "$S/clean"
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	passes "$S/send/send"
	[ "$(grep -c '^Dry-OK' out)" = 1 ] || fail "$(cat out)"
	SEND=yes refused 1 '2 mails went out before' "$S/send/send"
	kill $sink
	wait $sink || true
	sink
	passes env SEND=yes "$S/send/send"
	[ "$(find got/new -type f | wc -l)" = 3 ] || fail "not three mails"
	[ "$(header In-Reply-To "$(mail 2)")" = "$(header Message-Id "$(mail 0)")" ] || fail "the rest is not in the thread"
	once_is_enough
}
test_send_that_is_killed() {
	sink
	sendable
	passes "$S/send/signoff"
	# it dies when the server has the letter
	printf '#!/bin/sh\necho "$*" >>%s/log\nkill -9 $PPID\n' "$T" >sendmail
	chmod +x sendmail
	git config --global sendemail.smtpServer "$T/sendmail"
	SEND=yes refused 1 'it was cut off: count the mails of v2 that the list has' "$S/send/send"
	SEND=yes refused 1 'it was cut off' "$S/send/send"
	refused 1 'it was cut off' "$S/send/send"
	[ "$(wc -l <log)" = 1 ] || fail "it went on: $(cat log)"
	# as it says
	sh -euc "$(sed 's/.*write the number down: //; s/NUMBER/1/' err)"
	git config --global sendemail.smtpServer 127.0.0.1
	passes env SEND=yes "$S/send/send"
	[ "$(find got/new -type f | wc -l)" = 2 ] || fail "not the two that were left"
	once_is_enough
}
test_send_by_a_server_of_another_identity() {
	sink
	sendable
	git config --global sendemail.identity work
	git config --global sendemail.work.smtpServer 127.0.0.1
	git config --global sendemail.work.smtpServerPort "$port"
	git config --global sendemail.smtpServerPort 1
	passes "$S/send/signoff"
	passes env SEND=yes "$S/send/send"
	[ "$(find got/new -type f | wc -l)" = 3 ] || fail "not three mails: $(cat out)"
}
test_send_from_a_git_that_reads_more() {
	sendable
	passes "$S/send/signoff"
	git config --global sendemail.smtpServer 127.0.0.1
	# an old git: it knows no GIT_CONFIG_GLOBAL
	without git
	printf '#!/bin/sh\nGIT_CONFIG_GLOBAL=%s exec %s "$@"\n' "$GIT_CONFIG_GLOBAL" "$(command -v git)" >bin/git
	chmod +x bin/git
	PATH=$T/bin SEND=yes refused 1 'nothing is sent' "$S/send/send"
	grep -q 'NO  nothing adds a recipient .*install git 2.32' out || fail "$(cat out)"
}
test_signoff_without_a_name() {
	sendable
	git config --global --unset user.email
	refused 2 'git knows no name of yours' "$S/send/signoff"
	[ ! -e "$MAIL" ] || fail "a copy all the same"
}
test_signoff_of_a_package() {
	sendable
	git -C "$CACHE/tree/v7.3" -c user.email=none commit -q --amend --no-edit
	passes "$S/tree/apply"
	passes "$S/send/signoff"
	! grep -l '^base-commit' "$MAIL"/*.patch || fail "a commit that nobody else has is named as the base"
}
test_signoff_without_a_letter() {
	sendable
	rm cover-letter
	refused 1 'no letter: run .make cover-letter BASE=v7.3' "$S/send/signoff"
}
test_recipients_once_each() {
	sendable
	passes "$S/send/signoff"
	passes "$S/send/recipients.sh" "$MAIL"/*-0000-*
	[ -z "$(sed 's/.*<//; s/>.*//' out | sort | uniq -d)" ] || fail "$(cat out)"
	[ "$(grep -c christian.koenig out)" = 1 ] || fail "$(cat out)"
	[ "$(wc -l <out)" = 9 ] || fail "$(cat out)"
}

run_tests "$@"
