#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make preflight: each line of its list turns red for what it is there for
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"

# ready: sendable, with the signed copy
ready() {
	sendable
	passes "$S/send/signoff"
}
# red CHECK PATTERN: it must be marked and say this, and preflight exit with 1
red() {
	code=0
	"$S/send/preflight" "$1" >out 2>err || code=$?
	[ $code = 1 ] || fail "preflight exits with $code: $(cat out err)"
	grep -E '^NO ' out | grep -qE -- "$2" || fail "'$1' does not say '$2': $(cat out err)"
}
# alone: of the whole list nothing else is marked
alone() {
	! "$S/send/preflight" >out 2>err || fail "in the whole list it is not red"
	[ "$(grep -c '^NO' out)" = 1 ] || fail "more than that is red: $(cat out)"
}

# change EXPRESSION FILE: another series, for a check that looks at the tree
change() {
	work=$CACHE/work/v7.3
	git -C "$work" checkout -qf series
	sed -i "$1" "$work/$2"
	git -C "$work" commit -qam change
	git -C "$work" tag -f series >/dev/null
}

test_preflight_green() {
	ready
	passes "$S/send/preflight"
	says '^Nothing is missing'
	says '^--  ran on real hardware +not done, and the letter says so'
	says '^--  since it was recorded +0123456789ab is not in this clone: the letter says so'
	says '^--  assistants are named +none is: .*make signoff BASE=v7.3.*ASSISTED_BY=.*yours to say'
	says '^ok  built and linted +2 checks, of exactly these patches'
	says '^  simona@ffwll.ch +0 1 2$'
	says '^  jacob@example.org +0 2$'
	[ "$(grep -c '^ok' out)" = "$(($(cat "$S"/send/preflight.d/*.sh | grep -c '^check_') - 3))" ] || fail "$(cat out)"
	unset BASE
	passes "$S/send/preflight" applies base
	says 'for v7.3 be sent'
	refused 2 'usage.*applies base built' "$S/send/preflight" nonsense
}
test_preflight_a_comma_in_a_patch() {
	ready
	sed -i 's/fences, all/fences; all/' patches/v7.3/0001*
	red built "for these patches \(build-one\).*make all BASE=v7.3"
	red tested "for these patches.*make test BASE=v7.3"
	red evidence 'other patches.*make evidence BASE=v7.3'
	red letter 'other patches'
	red signed 'other patches.*make signoff'
	# what only applied is not tested; when all was run it is green again
	passes "$S/tree/apply"
	red built 'for these patches'
	made_up_results
	red evidence 'other patches'
	made_up_evidence
	passes "$S/send/cover-letter"
	passes "$S/send/signoff"
	passes "$S/send/preflight"
}
test_preflight_a_comma_in_a_message() {
	ready
	sed -i 's/synchronisation, says/synchronisation; says/' patches/v7.3/0001*
	red signed 'of other patches'
	passes "$S/send/signoff"
	passes "$S/send/preflight" signed
}
test_preflight_that_found_fault() {
	ready
	ran build/build build-one false
	red built 'failed or was not run for these patches \(build-one\)'
	alone
	ran test/test test false
	red tested 'failed or was not run'
}
test_preflight_a_number_in_the_letter() {
	ready
	sed -i 's|7 1s|8 1s|' cover-letter
	red letter 'line [0-9]+ is not what evidence says.*make cover-letter'
}
test_preflight_a_number_in_the_text() {
	ready
	sed 's/five seconds/5 seconds, 31,816 times/' "$S/../cover-letter.in" >in
	export LETTER_IN="$T/in"
	passes "$S/send/cover-letter"
	passes "$S/send/signoff"
	red figures 'in has 31 5 816 typed in'
}
test_preflight_a_letter_that_is_too_long() {
	ready
	lines=$(wc -l <cover-letter)
	{ cat "$S/../cover-letter.in"; printf 'a %073d\n' 0; } >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	LETTER_IN=$T/in red letter 'longer than 72'
	# and no longer than somebody reads
	{ cat "$S/../cover-letter.in"; yes line | head -n "$((116 - lines))"; } >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	LETTER_IN=$T/in red letter 'the letter has 116 lines, more than 115'
	sed -i '$d' in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	LETTER_IN=$T/in passes "$S/send/preflight" letter
}
# not_as_kept EXPRESSION: another report of the board, kept all the same
not_as_kept() {
	made_up_evidence
	sed -i "$1" evidence/v7.3/board
	manifest
}
test_preflight_evidence() {
	ready
	mv evidence/v7.3/check .
	red evidence 'no .*/check'
	sed 's/build	ok/build	FAIL/' check >evidence/v7.3/check
	red evidence 'check is not as v7.3/manifest has it'
	manifest
	red evidence 'holds a failure'
	made_up_evidence
	echo 1 >evidence/v7.3/more
	red evidence 'more is not as v7.3/manifest has it'
	rm evidence/v7.3/more
	rm evidence/v7.3/manifest
	red evidence 'there is no .*/manifest'
	not_as_kept 's/rga.poll	pass/rga.poll	fail/'
	red evidence 'did not pass .*rga.poll'
	not_as_kept 's/6234 jobs/999 jobs/'
	red evidence 'rga.every_fence_ends ran 999 jobs, not 3400: run .make evidence'
	not_as_kept '/	jobs/d'
	red evidence 'accounting counted no jobs'
}
test_preflight_boots_of_evidence() {
	ready
	for boot in fences off short record; do
		not_as_kept "/	$boot	/d"
		red evidence "the boot '$boot' is missing: run .make evidence BASE=v7.3"
	done
	not_as_kept '/	lockdep	/d'
	red lockdep 'no board ran with PROVE_LOCKING and release fences'
	not_as_kept 's/, tree ./, tree x/'
	red evidence 'is of another tree'
}
test_preflight_what_was_recorded() {
	ready
	not_as_kept 's/^# commit: .*/&, and changes that were not committed/'
	red recorded 'with changes that were not committed'
	# in a clone that has the commit
	git init -q clone
	mkdir clone/tests
	echo 1 >clone/tests/a
	cp -r "$HERE/../../scripts" "$HERE/../../configs" clone/
	cp -r "$HERE"/.. clone/
	git -C clone add tests/a
	git -C clone commit -qm one
	not_as_kept "s/^# commit: .*/# commit: $(git -C clone rev-parse --short=12 HEAD)/"
	for file in evidence/v7.3/*; do sed -i "s/^# commit: .*/# commit: $(git -C clone rev-parse --short=12 HEAD)/" "$file"; done
	manifest
	passes clone/scripts/send/preflight recorded
	says '^ok  since it was recorded +at commit .*; no test or script has changed since'
	echo 2 >clone/tests/a
	passes clone/scripts/send/preflight recorded
	says '^--  since it was recorded +since [0-9a-f]* 1 files of tests, scripts and configs have changed'
}
test_preflight_results() {
	ready
	echo more >>results.md
	red results "docs/results.md is not what evidence says: run 'make results'"
	alone
}
test_preflight_base() {
	ready
	mkdir patches/v7.4
	cp patches/v7.3/*.patch patches/v7.4/
	passes "$S/send/preflight" base
	rm -r patches/v7.4
	cp -r patches/v7.3 patches/v7.2
	sed -i 's/^ 9$/ nine/' patches/v7.3/0002*
	red base 'the series that is sent is .*v7.3 .scripts/tree/bases.tsv., not .*v7.2: take BASE=v7.3'
	rm -r patches/v7.2
	sed -i 's/^-5$/-five/' patches/v7.3/*.patch
	sed -i 's/^ 9$/ nine/' patches/v7.3/0002*
	red applies 'no series fits'
}
test_preflight_opt_in_and_annotations() {
	ready
	change '/supports_release_fences/d' include/media/videobuf2-core.h
	red opt_in 'no supports_release_fences'
	change 's/bool "fences.*/&\n\tdefault y/' drivers/media/common/videobuf2/Kconfig
	red opt_in 'on by default'
	change '/config VIDEOBUF2_RELEASE/,$d' drivers/media/common/videobuf2/Kconfig
	red opt_in 'there is no bool'
	change 's|^v4l2_m2m_attach.*|/* v4l2_m2m_attach_release_fence() here */|' drivers/media/platform/rockchip/rga/rga.c
	red annotations 'no v4l2_m2m_attach_release_fence\(\) to .*rga.c'
	change 's/dma_fence_begin_signalling/begin/' drivers/media/common/videobuf2/videobuf2-release-fence.c
	red annotations 'no dma_fence_begin_signalling\(\) to .*videobuf2-release-fence.c'
	change 's/^begin/dma_fence_begin_signalling/' drivers/media/common/videobuf2/videobuf2-release-fence.c
	change 's/^.*v4l2_m2m_attach_release_fence() here.*/v4l2_m2m_attach_release_fence();/' drivers/media/platform/rockchip/rga/rga.c
	passes "$S/send/preflight" annotations
	change 's/^dma_fence_end_signalling.*/hantro_commit_run();/' drivers/media/platform/verisilicon/hantro_drv.c
	red annotations 'no dma_fence_end_signalling\(\) to .*hantro_drv.c'
}
test_preflight_signed() {
	ready
	rm -r "$MAIL"
	red signed 'no signed copy: run .make signoff BASE=v7.3'
	red subject 'no signed copy'
	passes "$S/send/signoff"
	sed -i 's/^Signed-off-by: Tester/Signed-off-by: Other/' "$MAIL"/*-0002-*
	red signed '0002.* is not signed by Tester <tester@example.org>'
	alone
	git config --global user.email somebody@example.org
	red signed 'of another letter or sender'
	git config --global --unset user.email
	red signed 'git config'
}
test_preflight_patches_signed_in_the_repository() {
	ready
	sed -i '/^For the sake/s/$/\n\nSigned-off-by: Author <author@example.org>/' patches/v7.3/0001*
	passes "$S/tree/apply"
	passes "$S/send/signoff"
	red unsigned 'in the repository are signed'
}
test_preflight_subject_and_thread() {
	ready
	sed -i 's/^Subject: \[PATCH RFC v2 /Subject: [PATCH v2 /' "$MAIL"/*-0002-*
	red subject '0002.* does not begin with \[PATCH RFC v2 2/2\]'
	alone
	passes "$S/send/signoff"
	sed -i 's/^In-Reply-To: <.*/In-Reply-To: <other@example.org>/' "$MAIL"/*-0000-*
	red thread 'other@example.org.*not to <20260429195306'
	alone
}
test_preflight_recipients() {
	ready
	change 's/linaro-mm-sig@[a-z.]*//' scripts/get_maintainer.pl
	red recipients 'goes to others than get_maintainer.pl'
	passes "$S/send/signoff"
	red recipients 'does not go to linaro-mm-sig@lists.linaro.org'
	change '1s/.*/exit 1;/' scripts/get_maintainer.pl
	red recipients 'get_maintainer.pl names nobody'
}
test_preflight_a_recipient_more() {
	ready
	sed -i '0,/^Cc: /s/^Cc: /&Somebody <somebody@example.org>, /' "$MAIL"/*-0001-*
	red recipients '0001.* goes to others than get_maintainer.pl and scripts/send/people.tsv say'
	alone
	passes "$S/send/signoff"
	sed -i '0,/^Cc: /s/^Cc: /Bcc: <somebody@example.org>\n&/' "$MAIL"/*-0000-*
	red recipients '0000.* goes to others'
}
test_preflight_assistants() {
	ready
	ASSISTED_BY='LLM coccinelle' passes "$S/send/signoff"
	passes "$S/send/preflight" assisted
	says '^ok  assistants are named +LLM coccinelle \(2 patches\)$'
	for mail in "$MAIL"/*-000[12]-*; do
		[ "$(grep -A1 '^Assisted-by: LLM coccinelle$' "$mail")" = "Assisted-by: LLM coccinelle
Signed-off-by: Tester <tester@example.org>" ] || fail "$(cat "$mail")"
	done
	! grep -l Assisted-by "$MAIL"/*-0000-* || fail "the letter has the tag"
	ASSISTED_BY='LLM <who@example.org>' refused 2 "give it as in ASSISTED_BY='LLM coccinelle sparse'" "$S/send/signoff"
	ASSISTED_BY='' refused 2 'give it as in' "$S/send/signoff"
}
test_preflight_servers() {
	ready
	for host in smtp.office365.com smtp-mail.outlook.com email-smtp.eu-west-1.amazonaws.com; do
		git config --global sendemail.smtpServer $host
		red server "$host gives every mail another message id"
	done
	git config --global sendemail.smtpServer /usr/bin/sendmail
	git config --global sendemail.smtpServerOption somebody@example.org
	red server 'smtpServerOption names an address'
	git config --global --unset sendemail.smtpServerOption
	passes "$S/send/preflight" server
	# of an account or a sender that looks like an address nobody gets a mail
	for option in -a me@host --account me@host -f me@host -F me@host somebody@example.org; do
		git config --global --add sendemail.smtpServerOption "$option"
	done
	red server 'smtpServerOption names an address'
	git config --global --unset sendemail.smtpServerOption somebody@example.org
	passes "$S/send/preflight" server
	git config --global --unset-all sendemail.smtpServerOption
	ok='msmtp -a me@host --account=me@host -fme@host'
	git config --global sendemail.sendmailCmd "$ok"
	passes "$S/send/preflight" server
	for more in x@y '-a -f x@y' '-t x@y' '--account=a x@y'; do
		git config --global sendemail.sendmailCmd "$ok $more"
		red server 'sendmailCmd names an address'
	done
	git config --global --unset sendemail.sendmailCmd
	# the user's own identity has the last word
	git config --global sendemail.identity work
	git config --global sendemail.work.smtpServer smtp.office365.com
	red server 'smtp.office365.com'
}
test_preflight_mail() {
	ready
	sed -i 's/^+config VIDEOBUF2_RELEASE_FENCES/+config VIDEOBUF2_RELEASE\n_FENCES/' "$MAIL"/*-0001-*
	red mail '0001.* does not apply'
	alone
	passes "$S/send/signoff"
	sed -i 's/^+bool supports/+int supports/' "$MAIL"/*-0001-*
	red mail 'another tree'
	passes "$S/send/signoff"
	sed -i 's/^Content-Type: .*/Content-Type: text\/plain; charset=UTF-8; format=flowed/' "$MAIL"/*-0000-*
	red mail 'is not plain text'
	passes "$S/send/signoff"
	sed -i '/^Content-Type: /d' "$MAIL"/*-0000-*
	red mail 'does not say that it is UTF-8'
	sed -i "s/König/K$(printf '\366')nig/" "$MAIL"/*-0000-*
	red mail 'is not UTF-8'
}
test_preflight_note_of_the_base() {
	ready
	grep -qx "base-commit: $(git -C linux rev-parse v7.3)" "$MAIL"/*-0000-* || fail "no note of a commit that others have"
	! grep -l '^prerequisite' "$MAIL"/*.patch || fail "a prerequisite that there is not"
	sed -i 's/^base-commit: /&0/' "$MAIL"/*-0000-*
	red stands_on "make signoff"
	alone
}
test_preflight_prerequisites() {
	ready
	mkdir patches/fixes
	git clone -q linux fixed
	sed -i 's/^30$/thirty/' fixed/rga.c
	git -C fixed commit -qam 'media: rga: thirty'
	git -C fixed format-patch -q --stdout -1 >patches/fixes/one.patch
	red stands_on 'is not what they stand on: run .make signoff'
	passes "$S/send/signoff"
	[ "$(grep -A1 '^base-commit' "$MAIL"/*-0000-* | sed 1d)" = "prerequisite-patch-id: $(git patch-id --stable <patches/fixes/one.patch | cut -d' ' -f1)" ] ||
		fail "$(tail "$MAIL"/*-0000-*)"
	passes "$S/send/preflight" stands_on
	says '1 prerequisites'
	# or in the mails, when they are not merged yet: a robot applies these alone
	FIXES=yes passes "$S/send/signoff"
	[ "$(find "$MAIL" -name '*-000[1-9]-*.patch' | wc -l)" = 3 ] && grep -q thirty "$MAIL"/*-0001-* || fail "$(ls "$MAIL")"
	! grep -h '^prerequisite' "$MAIL"/*-0000-* || fail "a prerequisite that is in the mails"
	for check in stands_on mail subject thread signed recipients; do passes "$S/send/preflight" $check; done
	says '^ok  goes to all who matter'
	sed -i 's/^+thirty/+THIRTY/' "$MAIL"/*-0001-*
	red mail 'another tree'
	refused 2 'give FIXES=yes' env FIXES=1 "$S/send/signoff"
}
# written: what is made of the evidence is made of it again
written() {
	passes "$S/send/cover-letter"
	(unset BASE && passes "$S/evidence/results" "$RESULTS") || exit
	passes "$S/send/signoff"
}
test_preflight_hardware() {
	ready
	record pine real
	written
	passes "$S/send/preflight"
	says '^ok  ran on real hardware +done: Board pine; did anybody wait. unknown'
	record pine unknown
	written
	passes "$S/send/preflight"
	says '^--  ran on real hardware +not done'
	sed -i 's/^patch: ./patch: 0/' evidence/boards/pine.record
	red hardware 'of other patches'
	record pine real
	written
	rm -r evidence/boards
	red letter 'not what evidence says'
}
# lies EXPRESSION SENTENCE: with this in it the record is no proof
lies() {
	record pine real
	sed -i "$1" evidence/boards/pine.record
	red hardware "no proof that fences work: pine.record \($2\): record it again"
}
test_preflight_a_record_that_proves_nothing() {
	ready
	lies 's/^splats: .*/splats: 2/' '2 splats, exit code 0'
	lies 's/^exit: .*/exit: 3/' '0 splats, exit code 3'
	lies '/^exit: /d' '0 splats, exit code '
	lies 's/^lost: .*/lost: 1/' '1 events lost'
	lies 's/^dropped: .*/dropped: 4/' '4 events lost'
	lies 's/^fences: .*/fences: not counted/; /^[wbold].*: [0-9]/d' 'not all was counted'
	lies 's/^option: .*/option: n/' 'its kernel has the option off'
	lies 's/^option: .*/option: unknown/' 'its kernel has the option unknown'
	lies 's/^option: .*/&\nenable: N/' 'videobuf2_release_fence.enable was off'
	lies 's/^exit: .*/&\noff-fences: 3 3 3/' 'fences began with videobuf2_release_fence.enable off: 3 3 3'
	lies 's/^exit: .*/&\noff-splats: 1\noff-exit: 0/' 'switched off: 1 splats, exit code 0'
	lies 's/^fences: .*/fences: 0 0 0/' 'no fence began'
	lies 's/^fences: .*/fences: 555 554 553/' 'fences 555/554'
	lies 's/^fences: .*/fences: 554 555 553/' 'fences 554/555'
	lies '/^fences: /d' 'fences not counted'
	lies 's/^waits: .*/waits: 9 3/; s/^buffers: .*/buffers: 8 7/' 'waits 9/3; buffers 8/7'
	lies 's/^order: .*/order: 1 twice, 0 disordered/' 'fences twice/disordered: 1/0'
	lies '/^order: /d' 'fences twice/disordered: not counted'
}
# finds TEXT: checkpatch does, in the second patch as it is sent
finds() {
	passes "$S/send/signoff"
	sed -i "0,/^---$/s/^---$/&\ncheckpatch finds $1/" "$MAIL"/*-0002-*
}
test_preflight_checkpatch_of_the_mails() {
	ready
	passes "$S/send/preflight" checkpatch
	says '^ok  checkpatch of the mails +0 errors, 0 warnings, 0 checks, 2 patches; apart: 0 unsigned'
	finds "ERROR:NO_AUTHOR_SIGN_OFF: Missing Signed-off-by: line by nominal patch author 'A'"
	red checkpatch "0002.*patch:1: ERROR:NO_AUTHOR_SIGN_OFF: Missing .* 'A': fix that .*make signoff BASE=v7.3"
	alone
	finds 'WARNING:FROM_SIGN_OFF_MISMATCH: From:\/Signed-off-by: email name mismatch'
	red checkpatch '0002.*WARNING:FROM_SIGN_OFF_MISMATCH: From:/Signed-off-by: email'
	finds 'WARNING:FILE_PATH_CHANGES: added, moved or deleted files'
	passes "$S/send/preflight" checkpatch
	says 'apart: 0 unsigned .*, 1 with new files'
	sed -i '/^Signed-off-by: /d' "$MAIL"/*-0001-*
	red checkpatch '0001.*ERROR:MISSING_SIGN_OFF'
	change '/^echo/s/total/broken/' scripts/checkpatch.pl
	red checkpatch 'checkpatch did not run in full'
	rm -r "$MAIL"
	red checkpatch 'no signed copy'
}
test_preflight_leaves_the_repository_alone() {
	ready
	before=$(state patches)$(state evidence)$(state linux)
	passes "$S/send/preflight"
	[ "$(state patches)$(state evidence)$(state linux)" = "$before" ] || fail "something was written to"
}

run_tests "$@"
