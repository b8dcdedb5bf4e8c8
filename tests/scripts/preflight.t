#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make preflight: each line of its list turns red for what it is there for
. "$(dirname "$0")/lib.sh"

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
	says "^ok  built and linted +$(awk '!/^#/ && NF { n++ } END { print n }' "$S/build/plan") checks, of exactly these patches"
	[ "$(grep -c '^ok' out)" = "$(($(find "$S/send/preflight.d" -type f | wc -l) - 1))" ] || fail "$(cat out)"
	unset BASE
	passes "$S/send/preflight"
	says 'sent for v7.3|for v7.3 be sent'
}
test_preflight_a_comma_in_a_patch() {
	ready
	sed -i 's/fences, all/fences; all/' patches/v7.3/0001*
	red 03-check "other patches.*make all BASE=v7.3"
	red 04-test "other patches.*make test BASE=v7.3"
	red 05-evidence 'other patches.*make evidence BASE=v7.3'
	red 09-letter 'other patches'
	red 11-signed 'other patches.*make signoff'
	# what only applied is not tested; when all was run it is green again
	passes "$S/tree/apply"
	red 03-check 'other patches'
	passes "$S/lib/stamp" check 0
	passes "$S/lib/stamp" test 0
	red 05-evidence 'other patches'
	made_up_evidence
	passes "$S/send/signoff"
	passes "$S/send/preflight"
}
test_preflight_a_comma_in_a_message() {
	ready
	sed -i 's/synchronisation, says/synchronisation; says/' patches/v7.3/0001*
	red 03-check 'other patches'
	passes "$S/lib/stamp" check 0
	passes "$S/send/signoff"
	passes "$S/send/preflight"
}
test_preflight_that_found_fault() {
	ready
	passes "$S/lib/stamp" check 1
	red 03-check 'found fault or was not run'
	alone
	QUICK=1 passes "$S/lib/stamp" check 0
	red 03-check 'found fault or was not run'
	passes "$S/lib/stamp" test 2
	red 04-test 'found fault or was not run'
}
test_preflight_a_number_in_the_letter() {
	ready
	sed -i 's|6234/6233|6234/6235|' cover-letter
	red 09-letter 'line [0-9]+ is not what evidence says.*make cover-letter'
	red 10-numbers 'no evidence for 6235:'
}
test_preflight_a_number_of_a_picture() {
	sendable
	sed -i 's/6233/4242/' cover-letter
	echo ' 4242 ' >evidence/v7.3/bench.png
	red 10-numbers 'no evidence for .*4242'
}
test_preflight_numbers_of_the_mistakes() {
	ready
	# another series, of which they are
	sed 's/^+/+x/' "$PATCHES"/v7.3/0001-*.patch >"$PATCHES/0001-other.patch"
	mkdir -p evidence/v7.0
	{
		"$S/lib/patch-ids" "$PATCHES"/*.patch | sed 's/^/    /'
		printf '| mistake | caught by |\n| --- | --- |\n| one | rga.x |\n'
	} >evidence/v7.0/mutants.md
	passes "$S/send/cover-letter"
	grep -q 'mistakes: 1 of [0-9]* .*on 7.0' cover-letter || fail "$(grep mistakes cover-letter)"
	passes "$S/send/preflight" 10-numbers
	sed -i 's/mistakes: 1 of/mistakes: 777 of/' cover-letter
	red 10-numbers 'no evidence for 777:'
}
test_preflight_bench_of_other_patches() {
	sendable
	echo '# patch-id 0123456789' >evidence/v7.3/bench
	red 05-evidence 'its bench is of other patches.*make bench'
}
test_preflight_a_number_in_the_text() {
	ready
	sed 's/after five seconds/after 5 seconds, 31,816 times/' "$S/../cover-letter.in" >in
	export LETTER_IN="$T/in"
	passes "$S/send/cover-letter"
	passes "$S/send/signoff"
	red 10-numbers 'in has 31 5 816 typed in'
}
test_preflight_a_letter_that_is_too_long() {
	ready
	{ sed 1q "$S/../cover-letter.in"; yes '' | head -n 40; sed 1d "$S/../cover-letter.in"; } >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	LETTER_IN=$T/in red 09-letter 'more than two screens'
	{ cat "$S/../cover-letter.in"; printf '%076d\n' 0; } >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	LETTER_IN=$T/in red 09-letter 'longer than 75'
}
test_preflight_evidence() {
	ready
	mv evidence/v7.3/check .
	red 05-evidence 'no .*/check'
	sed 's/build	ok/build	FAIL/' check >evidence/v7.3/check
	red 05-evidence 'holds a failure'
	mv check evidence/v7.3/
	sed -i 's/^tests: .*/tests: 0123456789ab/' evidence/v7.3/run
	red 05-evidence 'tests of the board have changed'
	made_up_evidence
	sed -i 's/^    ok 1 rga.poll/    not ok 1 rga.poll/' evidence/v7.3/board.ktap
	red 05-evidence 'did not pass .*rga.poll'
	made_up_evidence
	sed -i 's/^    # rga: 6234 jobs,/    # rga: 999 jobs,/' evidence/v7.3/board.ktap
	red 05-evidence 'accounting ran 999 jobs of a kind, not [0-9]+: run .make evidence'
	sed -i '/^    # rga: 999 jobs,/d' evidence/v7.3/board.ktap
	red 05-evidence 'accounting ran 0 jobs'
	for boot in lockdep-y:fences lockdep-n:off short-y:short; do
		made_up_evidence
		sed -i "s/^# booting ${boot%:*}/# booting other/" evidence/v7.3/board.ktap
		red 05-evidence "the boot '${boot#*:}' is missing: run .make evidence BASE=v7.3"
	done
	made_up_evidence
	sed -i '/# record: /d' evidence/v7.3/board.ktap
	red 05-evidence "the boot 'record' is missing"
	made_up_evidence
	sed -i '/PROVE/d' evidence/v7.3/fences.config
	red 06-lockdep 'no board ran with PROVE_LOCKING and release fences'
}
test_preflight_base() {
	ready
	mkdir patches/v7.4
	cp patches/v7.3/*.patch patches/v7.4/
	red 02-base 'newest series, .*v7.4, not .*v7.3: take BASE=v7.4'
	rm -r patches/v7.4
	sed -i 's/^-5$/-five/' patches/v7.3/*.patch
	sed -i 's/^ 9$/ nine/' patches/v7.3/0002*
	red 01-applies 'no series fits'
}
test_preflight_opt_in_and_annotations() {
	ready
	change 's/bool "fences.*/&\n\tdefault y/' drivers/media/common/videobuf2/Kconfig
	red 07-opt-in 'on by default'
	change '/config VIDEOBUF2_RELEASE/,$d' drivers/media/common/videobuf2/Kconfig
	red 07-opt-in 'there is no bool'
	change 's|^v4l2_m2m_attach.*|/* v4l2_m2m_attach_release_fence() here */|' drivers/media/platform/rockchip/rga/rga.c
	red 08-annotations 'no v4l2_m2m_attach_release_fence\(\) to .*rga.c'
	change '/supports_release_fences/d' include/media/videobuf2-core.h
	change 's/dma_fence_begin_signalling/begin/' drivers/media/common/videobuf2/videobuf2-release-fence.c
	red 08-annotations 'no dma_fence_begin_signalling\(\) to .*videobuf2-release-fence.c'
}
test_preflight_signed() {
	ready
	rm -r "$MAIL"
	red 11-signed 'no signed copy: run .make signoff BASE=v7.3'
	red 12-subject 'no signed copy'
	passes "$S/send/signoff"
	sed -i 's/^Signed-off-by: Tester/Signed-off-by: Other/' "$MAIL"/*-0002-*
	red 11-signed '0002.* is not signed by Tester <tester@example.org>'
	alone
	git config --global user.email somebody@example.org
	red 11-signed 'of another letter or sender'
	git config --global --unset user.email
	red 11-signed 'git config'
}
test_preflight_patches_signed_in_the_repository() {
	ready
	sed -i '/^For the sake/s/$/\n\nSigned-off-by: Author <author@example.org>/' patches/v7.3/0001*
	passes "$S/tree/apply"
	passes "$S/lib/stamp" check 0
	passes "$S/send/signoff"
	red 11-signed 'in the repository are signed'
	alone
}
test_preflight_subject_and_thread() {
	ready
	sed -i 's/^Subject: \[PATCH RFC v2 /Subject: [PATCH v2 /' "$MAIL"/*-0002-*
	red 12-subject '0002.* does not begin with \[PATCH RFC v2 2/2\]'
	alone
	passes "$S/send/signoff"
	sed -i 's/^In-Reply-To: <.*/In-Reply-To: <other@example.org>/' "$MAIL"/*-0000-*
	red 13-thread 'other@example.org.*not to <20260429195306'
	alone
}
test_preflight_recipients() {
	ready
	change 's/linaro-mm-sig@[a-z.]*//' scripts/get_maintainer.pl
	red 14-recipients 'does not go to linaro-mm-sig@lists.linaro.org'
	change '1s/.*/exit 1;/' scripts/get_maintainer.pl
	red 14-recipients 'get_maintainer.pl names nobody'
}
test_preflight_mail() {
	ready
	sed -i 's/^+config VIDEOBUF2_RELEASE_FENCES/+config VIDEOBUF2_RELEASE\n_FENCES/' "$MAIL"/*-0001-*
	red 15-mail '0001.* does not apply'
	alone
	passes "$S/send/signoff"
	sed -i 's/^+bool supports/+int supports/' "$MAIL"/*-0001-*
	red 15-mail 'another tree'
	passes "$S/send/signoff"
	sed -i 's/^Content-Type: .*/Content-Type: text\/plain; charset=UTF-8; format=flowed/' "$MAIL"/*-0000-*
	red 15-mail 'is not plain text'
	passes "$S/send/signoff"
	sed -i '/^Content-Type: /d' "$MAIL"/*-0000-*
	red 15-mail 'does not say that it is UTF-8'
	sed -i "s/König/K$(printf '\366')nig/" "$MAIL"/*-0000-*
	red 15-mail 'is not UTF-8'
}
test_preflight_note_of_the_base() {
	ready
	grep -qx "base-commit: $(git -C linux rev-parse v7.3)" "$MAIL"/*-0000-* || fail "no note of a commit that others have"
	sed -i 's/^base-commit: /&0/' "$MAIL"/*-0000-*
	red 16-base-note "make signoff"
	alone
}
test_preflight_hardware() {
	ready
	record pine real
	passes "$S/send/cover-letter"
	passes "$S/send/signoff"
	passes "$S/send/preflight"
	says '^ok  ran on real hardware +done: Board pine'
	record pine unknown
	passes "$S/send/cover-letter"
	passes "$S/send/signoff"
	passes "$S/send/preflight"
	says '^--  ran on real hardware +not done'
	sed -i 's/^patch: ./patch: 0/' evidence/boards/pine.record
	red 17-hardware 'of other patches'
	rm -r evidence/boards
	red 09-letter 'not what evidence says'
}
# lies EXPRESSION SENTENCE: with this in it the record is no proof
lies() {
	record pine real
	sed -i "$1" evidence/boards/pine.record
	red 17-hardware "no proof that fences work: pine.record \($2\): record it again"
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
	passes "$S/send/preflight" 18-checkpatch
	says '^ok  checkpatch of the mails +0 errors, 0 warnings, 0 checks, 2 patches; apart: 0 unsigned'
	finds "ERROR:NO_AUTHOR_SIGN_OFF: Missing Signed-off-by: line by nominal patch author 'A'"
	red 18-checkpatch "0002.*patch:1: ERROR:NO_AUTHOR_SIGN_OFF: Missing .* 'A': mend that .*make signoff BASE=v7.3"
	alone
	finds 'WARNING:FROM_SIGN_OFF_MISMATCH: From:\/Signed-off-by: email name mismatch'
	red 18-checkpatch '0002.*WARNING:FROM_SIGN_OFF_MISMATCH: From:/Signed-off-by: email'
	finds 'WARNING:FILE_PATH_CHANGES: added, moved or deleted files'
	passes "$S/send/preflight" 18-checkpatch
	says 'apart: 0 unsigned .*, 1 with new files'
	sed -i '/^Signed-off-by: /d' "$MAIL"/*-0001-*
	red 18-checkpatch '0001.*ERROR:MISSING_SIGN_OFF'
	change '/^echo/s/total/broken/' scripts/checkpatch.pl
	red 18-checkpatch 'checkpatch did not run in full'
	rm -r "$MAIL"
	red 18-checkpatch 'no signed copy'
}
test_preflight_leaves_the_repository_alone() {
	ready
	before=$(state patches)$(state evidence)$(state linux)
	passes "$S/send/preflight"
	[ "$(state patches)$(state evidence)$(state linux)" = "$before" ] || fail "something was written to"
}

run_tests "$@"
