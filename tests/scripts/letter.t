#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make cover-letter: what it says is evidence, and what is not there is "not run"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"

# letter_says PATTERN: a line of the letter
letter_says() { grep -qE -- "$1" cover-letter || fail "it does not say '$1': $(cat cover-letter)"; }

test_letter_says_what_evidence_says() {
	sendable
	! grep -n '@[a-z][a-z0-9-]*@' cover-letter || fail "a placeholder is left"
	for text in 'lockdep: no report in 3 boots\.$' '^Based on Linux 7.3.0 \(v7.3\)\.$' '^  real hardware: not run in this form$' \
		'^Consumers while a job runs: .*\(rga\)$' '^  poll.POLLIN. +0-0 ms, old +62-62 ms, new$' \
		' v7.0 +v7.3$' '^  arm64, PROVE_LOCKING: tests +not run +7 1s$' '^  build and lint: checks +not run +2 of 2$' \
		'^  arm64, PREEMPT_RT: tests +not run +not run$' '^  cost: not run$' \
		'^https://lore.kernel.org/r/20260429195306.239666-1-mfritsche@reauktion.de$' \
		'^Evidence \(recorded at commit 0123456789ab\) and tests: not published$'; do
		letter_says "$text"
	done
	! grep -nE '^.{73}' cover-letter || fail "lines are too long for a mail"
	sed -i 's/rga | 62 |/rga | 77 |/' evidence/v7.3/board
	manifest
	passes "$S/send/cover-letter"
	letter_says '^  poll.POLLIN. +0-0 ms, old +77-77 ms, new$'
}
test_letter_of_a_sync_file_and_a_flip() {
	sendable
	for boot in 'fences pending the flip waits, frame before' 'off signalled flipped at once, old frame'; do
		on=${boot%% *} boot=${boot#* }
		printf '%s\n' "$on;observe;rga.sync_file;pass;saw sync_file, at once;rga | | ${boot%% *}" \
			"$on;show;rga.show;pass;saw vkms, atomic commit;rga | | ${boot#* }: after the job new frame" | rows | sed 's/: after/; after/' >>evidence/v7.3/board
	done
	manifest
	passes "$S/send/cover-letter"
	letter_says '^  sync_file, at once +signalled +pending$'
	letter_says '^  vkms, atomic commit +flipped at once, old frame +waits, new frame$'
}
test_letter_with_many_kinds_of_job() {
	sendable
	for kind in rga-nv12m rga-1080p rga3 rga3-nv12m mpeg2 h264 h264-import; do
		sed -i "s/\(.*saw poll(POLLIN)	\)rga\( .*\)/&\n\1$kind\2/" evidence/v7.3/board
	done
	sed -i "s/\(.*saw poll(\)POLLIN)	rga\( .*\)/&\n\1POLLOUT)	rga\2/" evidence/v7.3/board
	passes "$S/send/cover-letter"
	[ "$(tr "\n" " " <cover-letter | grep -o "[( ]mpeg2[,;]" | wc -l)" = 1 ] || fail "the kinds of job are not named once: $(cat cover-letter)"
	tr '\n' ' ' <cover-letter | grep -qF '; poll(POLLOUT): rga)' || fail "a row of some kinds does not say which: $(cat cover-letter)"
	[ "$(grep -c '^  poll(POLL' cover-letter)" = 2 ] || fail "$(cat cover-letter)"
	! grep -nE '^.{73}' cover-letter || fail "lines are too long for a mail"
}
test_letter_without_evidence() {
	sendable
	rm -r evidence
	passes "$S/send/cover-letter"
	said 'nothing was run'
	# @v1@ and @link@ are no evidence
	n=$(($(grep -o '@[a-z][a-z0-9-]*@' "$S/../cover-letter.in" | sort -u | wc -l) - 2))
	[ "$(grep -o 'not run\( in this form\)*' cover-letter | wc -l)" -ge "$n" ] || fail "not run: $(grep -n 'not run' cover-letter)"
	! grep -v lore.kernel.org cover-letter | grep -E '(^|[^A-Za-z0-9._<-])[0-9]+([^A-Za-z0-9.-]|$)' cover-letter || fail "a figure without evidence"
	rm -r "${CACHE:?}"
	passes "$S/send/cover-letter"
}
test_letter_with_half_of_the_evidence() {
	sendable
	rm evidence/v7.3/check
	sed -i '/	lockdep	/d' evidence/v7.3/board
	passes "$S/send/cover-letter"
	letter_says '^  build and lint: checks +not run +not run$'
	letter_says 'lockdep: not run\.$'
	letter_says '^Based on Linux 7.3.0 \(v7.3\)\.$'
}
test_letter_of_other_patches() {
	sendable
	sed -i 's/fences, all/fences; all/' patches/v7.3/0001*
	before=$(cat cover-letter)
	refused 1 'is of other patches .*make evidence BASE=v7.3' "$S/send/cover-letter"
	[ "$(cat cover-letter)" = "$before" ] || fail "it was written all the same"
	echo 'no patch' >patches/v7.3/0002-nothing.patch
	refused 1 . "$S/send/cover-letter"
	said '0002-nothing.patch is no patch'
}
# The table quotes what was recorded with each series
test_letter_of_another_base() {
	sendable
	cp patches/v7.3/*.patch patches/
	booted rt pass
	mkdir evidence/v7.0
	sed 's/7\.3\.0 (v7\.3)/7.0.13 (v7.0)/; s/^# commit: .*/# commit: fedcba987654/' evidence/v7.3/rt >evidence/v7.0/rt
	rm evidence/v7.3/rt
	passes "$S/send/cover-letter"
	letter_says '^  arm64, PREEMPT_RT: tests +2 1s +not run$'
	letter_says '^Evidence \(of 2 commits, see docs/results.md\)'
	sed -i 's/^# patch-id ./# patch-id x/' evidence/v7.0/rt
	refused 1 "v7.0/rt is of other patches .*'make evidence BASE=v7.0 WHAT=rt' first, or remove it" "$S/send/cover-letter"
}
test_letter_of_a_board_that_failed() {
	sendable
	sed -i 's/rga.sync_file	pass/rga.sync_file	fail/' evidence/v7.3/board
	refused 1 'did not pass' "$S/send/cover-letter"
	said 'fences: observe rga.sync_file'
}
test_letter_of_a_board_that_hung() {
	sendable
	sed -i '/	off	.*	end	/d' evidence/v7.3/board
	refused 1 'did not pass' "$S/send/cover-letter"
	said 'off: the report has no end'
}
test_letter_with_an_unknown_placeholder() {
	sendable
	echo 'this took @hours@ hours' >in
	LETTER_IN=$T/in refused 2 'asks for @hours@' "$S/send/cover-letter"
}
test_letter_with_nothing_to_say() {
	sendable
	sed 's/^# base: .*/# base: /' evidence/v7.3/board >board
	mv board evidence/v7.3/board
	echo '@base@' >in
	LETTER_IN=$T/in refused 1 'does not say that it is of v7.3' "$S/send/cover-letter"
}
test_letter_says_where_it_can_be_read() {
	sendable
	rm project/scripts
	cp -r "$HERE/../../scripts" project/scripts
	sed -i 's|^link.*|link	https://example.org/evidence|' project/scripts/send/thread.tsv
	passes "$S/send/cover-letter"
	letter_says '^Evidence .* and tests:( https://example.org/evidence)?$'
	letter_says 'https://example.org/evidence$'
}
test_letter_that_is_short() {
	sendable
	printf '%s\n' 'media: a subject' '' 'Only @lockdep@ with lockdep; cost: @cost@, and real hardware: @real@.' '' '@table-observed@' >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	letter_says '^Only no report in 3 boots with lockdep; cost: not run, and real$'
}
test_letter_of_another_tree() {
	sendable
	sed -i 's/, tree ./, tree x/' evidence/v7.3/board
	refused 1 'is of another tree' "$S/send/cover-letter"
}
test_letter_of_records() {
	sendable
	record virt modelled
	passes "$S/send/cover-letter"
	letter_says '^  real hardware: not run in this form$'
	record pine real
	passes "$S/send/cover-letter"
	letter_says '^  real hardware: Board pine \(a consumer waited: unknown\)$'
}
test_letter_of_bad_records() {
	sendable
	record pine real
	sed -i '$d' evidence/boards/pine.record
	refused 1 'pine.record is cut off' "$S/send/cover-letter"
	sed -i '2,$d' evidence/boards/pine.record # before it says of which base it is
	refused 1 'pine.record is cut off' "$S/send/cover-letter"
	record pine real
	sed -i 's/^patch: ./patch: 0/' evidence/boards/pine.record
	refused 1 'pine.record is of other patches' "$S/send/cover-letter"
	sed -i 's/^base: .*/base: v7.0/' evidence/boards/pine.record
	passes "$S/send/cover-letter"
}
test_letter_says_what_it_costs() {
	sendable
	printf 'bench;bench;figures;pass;%s\n' 'more.rga;1490 instructions' 'more.mpeg2;1640 instructions' 'share.rga;6.14 percent' \
		'share.mpeg2;0.21 percent' | rows | has_header bench
	passes "$S/send/cover-letter"
	letter_says '^  cost: 1490 to 1640 instructions a job, 0.21 to 6.14 % more, on 7.3.0$'
	sed -i 's/^# patch-id ./# patch-id x/' evidence/v7.3/bench
	refused 1 "bench is of other patches .*'make evidence BASE=v7.3 WHAT=bench'" "$S/send/cover-letter"
	echo 'bench;bench;figures;pass;on.rga.exports-1.attach;1 instructions' | rows | has_header bench
	refused 1 'bench has no figures of jobs' "$S/send/cover-letter"
}
# soaked SIGNALLED: as "make soak" would leave it
soaked() {
	printf 'soak;accounting;%s\n' 'rga.every_fence_ends;pass;jobs;200 jobs' 'rga.every_fence_ends;pass;fences.begun;200 fences' \
		'rga.every_fence_ends;pass;fences.signalled;200 fences' 'rga.every_fence_ends;pass;fences.freed;200 fences' \
		'h264.every_fence_ends;pass;jobs;100 jobs' 'h264.every_fence_ends;pass;fences.begun;100 fences' \
		"h264.every_fence_ends;pass;fences.signalled;$1 fences" 'h264.every_fence_ends;pass;fences.freed;100 fences' \
		';pass;end;2 passed' | rows | has_header soak
}
# booted NAME STATUS: the record of a boot
booted() {
	printf "$1;%s\n" 'observe;a;pass;;' 'observe;b;skip;;why' "observe;c;$2;;" ';;pass;end;' | rows | has_header "$1"
}
test_letter_of_what_was_kept() {
	sendable
	soaked 100
	booted kasan pass
	booted rt pass
	booted vim2m pass
	printf 'apps;%s\n' 'compared;same;pass;lines;1581 lines' ';;pass;end;' | rows | has_header apps
	passes "$S/send/cover-letter"
	for text in 'jobs, all fences and waits ended +not run +300$' 'arm64, KASAN and kmemleak: tests +not run +2 1s$' \
		'arm64, PREEMPT_RT: tests +not run +2 1s$' 'x86_64, vim2m and kselftest: tests +not run +2 1s$' \
		'v4l2-compliance, GStreamer: same lines +not run +1581$'; do
		letter_says "^  $text"
	done
	soaked 99
	refused 1 'soak does not add up' "$S/send/cover-letter"
	soaked 100
	for name in kasan rt vim2m; do
		booted $name fail
		refused 1 "$name: the run did not pass" "$S/send/cover-letter"
		booted $name pass
	done
	sed -i 's/^# patch-id ./# patch-id 0/' evidence/v7.3/soak
	refused 1 "soak is of other patches .*'make evidence BASE=v7.3 WHAT=soak'" "$S/send/cover-letter"
}
test_letter_of_the_mistakes() {
	sendable
	printf 'a board;mutants;%s\n' 'one;pass;mistake;One' 'one;pass;;rga.x' 'two;pass;mistake;Two' 'two;pass;;selftest' | rows | has_header mutants
	passes "$S/send/cover-letter"
	letter_says "^  broken variants of the series detected +not run +2 of $(find "$HERE/../mutants" -maxdepth 1 -name '*.patch' | wc -l)$"
}

run_tests "$@"
