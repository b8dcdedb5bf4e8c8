#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make cover-letter: what it says is evidence, and what is not there is "not run"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"

test_letter_says_what_evidence_says() {
	sendable
	! grep -n '@[a-z][a-z0-9-]*@' cover-letter || fail "a placeholder is left"
	for text in 'board: 7 tests of 4 subjects passed, 1 skipped, in 4 boots$' 'base: Linux 7.3.0 \(v7.3\)$' \
		'2 of 2 checks ok$' 'real hardware: not run in this form$' '^  observe +2 1s +2 +not run$' \
		'^  accounting +1 +not run +not run$' '^  race +not run +not run +1$' '^  poll.POLLIN. +0 to 0 ms, old content +62 to 62 ms, new content$' \
		'^  jobs: rga$' '6234 +6234/6233 +97/96 +12468/12467$' 'wait for a job +512 us$' '^  arm64 +ok +46 objects$' \
		'https://lore.kernel.org/r/20260429195306.239666-1-mfritsche@reauktion.de:$'; do
		grep -qE -- "$text" cover-letter || fail "it does not say '$text': $(cat cover-letter)"
	done
	sed -i 's/signaled 6233/signaled 6200/' evidence/v7.3/board.ktap
	manifest
	passes "$S/send/cover-letter"
	grep -q '6234/6200' cover-letter || fail "it does not follow evidence"
}
test_letter_with_many_kinds_of_job() {
	sendable
	for kind in rga-nv12m rga-1080p rga3 rga3-nv12m mpeg2 h264 h264-import; do
		sed -i "s/^    # rga poll(POLLIN) \(.*\)/&\n    # $kind poll(POLLIN) \1/" evidence/v7.3/board.ktap
	done
	passes "$S/send/cover-letter"
	grep -qE '^  jobs: rga, .*mpeg2, ' cover-letter || fail "$(cat cover-letter)"
	[ "$(grep -c 'poll(POLLIN) ' cover-letter)" = 1 ] || fail "the kinds of job are not named once: $(cat cover-letter)"
	! grep -nE '^.{76}' cover-letter || fail "lines are too long for a mail"
}
test_letter_without_evidence() {
	sendable
	rm -r evidence
	passes "$S/send/cover-letter"
	said 'nothing was run'
	# @v1@ is no evidence
	n=$(($(grep -o '@[a-z][a-z0-9-]*@' "$S/../cover-letter.in" | sort -u | wc -l) - 1))
	[ "$(grep -v '^Not run: ' cover-letter | grep -o 'not run\( in this form\)*' | wc -l)" -ge "$n" ] || fail "not run: $(grep -n 'not run' cover-letter)"
	! grep -v lore.kernel.org cover-letter | grep -E '(^|[^A-Za-z0-9._<-])[0-9]+([^A-Za-z0-9.-]|$)' cover-letter || fail "a figure without evidence"
	rm -r "${CACHE:?}"
	passes "$S/send/cover-letter"
}
test_letter_with_half_of_the_evidence() {
	sendable
	rm evidence/v7.3/check evidence/v7.3/fences.config
	passes "$S/send/cover-letter"
	grep -q 'build and lint: not run$' cover-letter || fail "checks"
	grep -q '^  not run\.$' cover-letter || fail "lockdep"
	grep -q 'base: Linux 7.3.0 (v7.3)$' cover-letter || fail "base"
}
test_letter_of_other_patches() {
	sendable
	sed -i 's/fences, all/fences; all/' patches/v7.3/0001*
	before=$(cat cover-letter)
	refused 1 'is of other patches .*make evidence BASE=v7.3' "$S/send/cover-letter"
	[ "$(cat cover-letter)" = "$before" ] || fail "it was written all the same"
}
test_letter_of_a_board_that_failed() {
	sendable
	sed -i 's/^    ok 2 rga.sync_file/    not ok 2 rga.sync_file/' evidence/v7.3/board.ktap
	refused 1 'did not pass' "$S/send/cover-letter"
}
test_letter_of_a_board_that_hung() {
	sendable
	sed -i '/^# board: 0 failed, 0/d' evidence/v7.3/board.ktap
	refused 1 'did not pass' "$S/send/cover-letter"
	said 'lockdep-n: the report has no end'
}
test_letter_with_an_unknown_placeholder() {
	sendable
	echo 'this took @hours@ hours' >in
	LETTER_IN=$T/in refused 2 'asks for @hours@' "$S/send/cover-letter"
}
test_letter_with_nothing_to_say() {
	sendable
	sed 's/^# base: .*/# base: /' evidence/v7.3/board.ktap >board
	mv board evidence/v7.3/board.ktap
	echo '@base@' >in
	LETTER_IN=$T/in refused 1 'does not say that it is of v7.3' "$S/send/cover-letter"
}
test_letter_says_where_it_was_recorded() {
	sendable
	printf 'Tests, @recorded@:\n' >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	grep -qx 'Tests, recorded at commit 0123456789ab:' cover-letter || fail "$(cat cover-letter)"
}
test_letter_that_is_short() {
	sendable
	printf '%s\n' 'media: a subject' '' 'Only @board@, and @cost@. @rt@, @vim2m@.' '' '@table-observed@' >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	grep -q '^Only 7 tests of 4 subjects passed, 1 skipped, in 4 boots, and not run. not$' cover-letter || fail "$(cat cover-letter)"
}
test_letter_of_another_tree() {
	sendable
	sed -i 's/, tree ./, tree x/' evidence/v7.3/board.ktap
	refused 1 'is of another tree' "$S/send/cover-letter"
}
test_letter_of_records() {
	sendable
	record virt modelled
	passes "$S/send/cover-letter"
	grep -q '^    hardware: modelled, Board virt$' cover-letter || fail "$(cat cover-letter)"
	grep -q 'fences, waits, buffers: 555/555, 66/66, 777/777$' cover-letter || fail "$(cat cover-letter)"
	grep -q 'real hardware: not run in this form' cover-letter || fail "modelled hardware is called real"
	record pine real
	passes "$S/send/cover-letter"
	grep -q 'real hardware: Board pine, did anybody wait for a release fence? unknown$' cover-letter || fail "$(cat cover-letter)"
	sed -i 's/^lost: 0/lost: 3/' evidence/boards/pine.record
	passes "$S/send/cover-letter"
	tr -s '\n ' ' ' <cover-letter | grep -q 'buffers: not counted (3 events lost)' || fail "what was lost is counted: $(cat cover-letter)"
}
test_letter_of_bad_records() {
	sendable
	record pine real
	sed -i '$d' evidence/boards/pine.record
	refused 1 'pine.record is cut off' "$S/send/cover-letter"
	record pine real
	sed -i 's/^patch: ./patch: 0/' evidence/boards/pine.record
	refused 1 'pine.record is of other patches' "$S/send/cover-letter"
	sed -i 's/^base: .*/base: v7.0/' evidence/boards/pine.record
	passes "$S/send/cover-letter"
}
test_letter_has_what_was_benched() {
	sendable
	awk -f "$S/bench/tables.awk" /dev/null 2>&1 | sed -n 's/^tables.awk: there is no \(.*\)/\1 4711 x/p' | has_header bench
	sed -i 's/^on.rga.exports-0.attach .*/on.rga.exports-0.attach 815 x/; s/^share.rga .*/share.rga 3 x/' evidence/v7.3/bench
	passes "$S/send/cover-letter"
	for text in '^  rga, one plane, not exported +815 +4711$' '^  vgem: its attach .* 4711 +4711$' '^  rga, 128x64 ARGB +4711 +4711 +3 %$'; do
		grep -qE -- "$text" cover-letter || fail "it does not say '$text': $(cat cover-letter)"
	done
	! grep -q 'decode and show' cover-letter || fail "the last table is there"
	! grep -nE '^.{76}' cover-letter || fail "lines are too long for a mail"
	echo 'It takes @cost@.' >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	grep -q '^It takes 4711 to 4711 instructions a job, 3 to 4711 % of it, on 7.3.0\.$' cover-letter || fail "$(cat cover-letter)"
	sed -i 's/^# patch-id ./# patch-id x/' evidence/v7.3/bench
	refused 1 "bench is of other patches .*'make evidence BASE=v7.3'" "$S/send/cover-letter"
}
# soaked SIGNALED: as "make soak" and "make test-kasan" would leave it
soaked() {
	printf '%s\n' 'rga: 200 jobs, 17 ms; fences: init 200 signaled 200 destroy 200; waits: 16 16; buffers: 400 400' \
		"h264-import: 100 jobs, 18 ms; fences: init 100 signaled $1 destroy 100; waits: 5 5; buffers: 200 200" |
		has_header soak
	printf 'kasan-y\tobserve\t5\t0\t1\nkasan-y\tdone\t4\t0\t0\n' | has_header kasan
}
test_letter_of_what_was_kept() {
	sendable
	soaked 100
	passes "$S/send/cover-letter"
	for text in 'soak: 300 jobs of 2 kinds; all 300 fences were' 'all 21 waits completed, on 7.3.0' \
		'OBJECTS: 9 tests passed, 1 skipped, no report, on 7.3.0'; do
		tr -s '\n ' ' ' <cover-letter | grep -qF "$text" || fail "it does not say '$text': $(cat cover-letter)"
	done
	soaked 99
	refused 1 'soak does not add up' "$S/send/cover-letter"
	soaked 100
	sed -i 's/\t4\t0\t/\t3\t1\t/' evidence/v7.3/kasan
	refused 1 'kasan holds a failure' "$S/send/cover-letter"
	soaked 100
	sed -i 's/^# patch-id ./# patch-id 0/' evidence/v7.3/soak
	refused 1 "soak is of other patches .*'make evidence BASE=v7.3'" "$S/send/cover-letter"
}
test_letter_of_the_mistakes() {
	sendable
	printf 'one\trga.x\temulated board, fences\ntwo\tselftest\tx86_64, vim2m\n' | has_header mutants
	passes "$S/send/cover-letter"
	tr -s '\n ' ' ' <cover-letter | grep -q 'mistakes: 2 of [0-9]* deliberately broken variants were detected, on 7.3.0' || fail "$(grep mistakes cover-letter)"
}

run_tests "$@"
