#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make cover-letter: what it says is evidence, and what is not there is "not run"
. "$(dirname "$0")/lib.sh"

test_letter_says_what_evidence_says() {
	sendable
	! grep -n '@[a-z][a-z0-9-]*@' cover-letter || fail "a placeholder is left"
	for text in 'board: 7 tests of 4 subjects passed, 1 skipped, in 4 boots$' 'base: Linux 7.3.0 \(v7.3\)$' \
		'2 of 2 checks ok$' 'real hardware: not run in this form$' '^  observe +2 1s +2 +not run$' \
		'^  accounting +1 +not run +not run$' '^  race +not run +not run +1$' '^  rga +poll.POLLIN. +0 ms, old content +62 ms, new content$' '6234 +6234/6233 +97/96 +12468/12467$' 'wait for a job +512 us$' \
		'^    46 objects$' 'v1, <20260429195306.239666-1-mfritsche@reauktion.de>:$'; do
		grep -qE -- "$text" cover-letter || fail "it does not say '$text': $(cat cover-letter)"
	done
	sed -i 's/signaled 6233/signaled 6200/' evidence/v7.3/board.ktap
	passes "$S/send/cover-letter"
	grep -q '6234/6200' cover-letter || fail "it does not follow evidence"
}
test_letter_with_many_kinds_of_job() {
	sendable
	sed -i 's/^| rga | poll(POLLIN) |/| SYNC_START(WRITE) | rga, rga-nv12m, rga-1080p, rga3, rga3-nv12m, mpeg2, h264 |/' evidence/v7.3/observed.md
	passes "$S/send/cover-letter"
	grep -qx '    jobs: .*rga3-nv12m, mpeg2, h264' cover-letter || fail "$(cat cover-letter)"
	! grep -nE '^.{76}' cover-letter || fail "lines are too long for a mail"
}
test_letter_without_evidence() {
	sendable
	rm -r evidence
	passes "$S/send/cover-letter"
	said 'nothing was run'
	# @v1@ is no evidence, @lockdep@ and @real@ stand in a line with more
	n=$(($(grep -o '@[a-z][a-z0-9-]*@' "$S/../cover-letter.in" | sort -u | wc -l) - 3))
	[ "$(grep -c 'not run$' cover-letter)" = "$n" ] || fail "not run: $(grep -n 'not run' cover-letter)"
	! grep -E '(^|[^A-Za-z0-9._<-])[0-9]+([^A-Za-z0-9.-]|$)' cover-letter || fail "a figure without evidence"
	rm -r "${CACHE:?}"
	passes "$S/send/cover-letter"
}
test_letter_with_half_of_the_evidence() {
	sendable
	rm evidence/v7.3/check evidence/v7.3/fences.config evidence/v7.3/run
	passes "$S/send/cover-letter"
	grep -q 'build and lint: not run$' cover-letter || fail "checks"
	grep -q '^  not run\.$' cover-letter || fail "lockdep"
	grep -q 'base: not run$' cover-letter || fail "base"
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
	printf 'base:\n' >evidence/v7.3/run
	echo '@base@' >in
	sed -i '/^base/s/.*/base: /' evidence/v7.3/run
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	grep -qx 'not run' cover-letter || fail "an empty cell: $(cat cover-letter)"
}
test_letter_of_records() {
	sendable
	record virt modelled
	passes "$S/send/cover-letter"
	grep -q '^  virt.record: modelled hardware, Board virt$' cover-letter || fail "$(cat cover-letter)"
	grep -q 'fences 555/555, waits 66/66, buffers 777/777, splats 0, exit code 0$' cover-letter || fail "$(cat cover-letter)"
	grep -q 'real hardware: not run in this form' cover-letter || fail "modelled hardware is called real"
	record pine real
	passes "$S/send/cover-letter"
	grep -q 'real hardware: Board pine, see below$' cover-letter || fail "$(cat cover-letter)"
	sed -i 's/^lost: 0/lost: 3/' evidence/boards/pine.record
	passes "$S/send/cover-letter"
	grep -q 'fences not counted (3 events lost)' cover-letter || fail "what was lost is counted: $(cat cover-letter)"
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
# benched ID: as "make bench" would leave it, of patches of this id
benched() {
	printf '# patch-id %s\n' "$@" >evidence/v7.3/bench
	printf '%s\n' '| instructions | publish |' '| --- | --- |' '| rga, one plane | 4711 |' '| *vgem* | 815 |' '' \
		'| this is a table | with a line that is far too long | for the width of a mail |' '| --- | --- | --- |' \
		'| play | 59.9, 60.0 | 3 |' '| the frames of a film that is decoded and shown, with a long name on top of it all | 1 | 2 |' >evidence/v7.3/bench.md
}
test_letter_has_what_was_benched() {
	sendable
	# shellcheck disable=SC2046 # words
	benched $("$S/lib/patch-ids" patches/v7.3/*.patch | cut -d' ' -f1)
	passes "$S/send/cover-letter"
	for text in '^  rga, one plane +4711$' '^  vgem +815$' '^  play$' '^    59.9, 60.0; 3$'; do
		grep -qE -- "$text" cover-letter || fail "it does not say '$text': $(cat cover-letter)"
	done
	! grep -nE '^.{76}' cover-letter || fail "lines are too long for a mail"
	benched 0123456789
	refused 1 'bench is of other patches .*make bench BASE=v7.3' "$S/send/cover-letter"
}
test_letter_names_every_check() {
	sendable
	for row in $(awk '!/^#/ { sub(/^[+]/, ""); print $1 }' "$S/build/plan"); do
		printf 'k\tok\t1\tfine %s\n' "$row" >"$CACHE/out/v7.3/results/$row"
	done
	passes "$S/build/checked"
	[ "$(wc -l <out)" = "$(grep -c '^[+a-z]' "$S/build/plan")" ] || fail "$(cat out)"
	! awk -F '\t' '$2 != "ok" || $3 != "fine " $1' out | grep . || fail "that is not what was found"
}
# soaked SIGNALED: as "make soak" and "make test-kasan" would leave it
soaked() {
	printf '%s\n' 'rga: 200 jobs, 17 ms; fences: init 200 signaled 200 destroy 200; waits: 16 16; buffers: 400 400' \
		"h264-import: 100 jobs, 18 ms; fences: init 100 signaled $1 destroy 100; waits: 5 5; buffers: 200 200" |
		passes "$S/evidence/keep" soak 'made up'
	printf 'kasan-y\tobserve\t5\t0\t1\nkasan-y\tdone\t4\t0\t0\n' | passes "$S/evidence/keep" kasan 'made up'
}
test_letter_of_what_was_kept() {
	sendable
	soaked 100
	passes "$S/send/cover-letter"
	for text in 'soak: 300 jobs of 2 kinds; of 300 fences all were' 'of 21 waits all ended, on 7.3.0' \
		'OBJECTS: 9 tests passed, 1 skipped, no report, on 7.3.0'; do
		tr -s '\n ' ' ' <cover-letter | grep -qF "$text" || fail "it does not say '$text': $(cat cover-letter)"
	done
	passes "$S/send/preflight" 10-numbers
	soaked 99
	refused 1 'soak does not add up' "$S/send/cover-letter"
	soaked 100
	sed -i 's/\t4\t0\t/\t3\t1\t/' evidence/v7.3/kasan
	refused 1 'kasan holds a failure' "$S/send/cover-letter"
	soaked 100
	sed -i 's/^# patch-id ./# patch-id 0/' evidence/v7.3/soak
	refused 1 "soak is of other patches .*'make soak BASE=v7.3'" "$S/send/cover-letter"
}

run_tests "$@"
