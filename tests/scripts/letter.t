#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make cover-letter: what it says is evidence, and what is not there is "not run"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"

# letter_says PATTERN: a line of the letter
letter_says() { grep -qE -- "$1" cover-letter || fail "it does not say '$1': $(cat cover-letter)"; }

# letter_reads TEXT: the letter has it, with any line breaks
letter_reads() { tr '\n' ' ' <cover-letter | tr -s ' ' | grep -qF -- "$1" || fail "it does not say '$1': $(cat cover-letter)"; }

test_letter_says_what_evidence_says() {
	sendable
	! grep -n '@[a-z][a-z0-9-]*@' cover-letter || fail "a placeholder is left"
	for text in 'and lockdep (no report in 3 boots).' 'Based on Linux 7.3.0 (v7.3), after' '- Real hardware: not run in this form. ' \
		'Consumers (poll) that looked while a job ran waited 62 ms and read new content. With the option off they waited 0 ms and' \
		'- Passed: 2 of 2 checks of build and lint, 7 tests with PROVE_LOCKING (1 skipped). ' '- Cost: not recorded.' \
		' https://lore.kernel.org/r/20260429195306.239666-1-mfritsche@reauktion.de ' '(not there) and rkvdec of '; do
		letter_reads "$text"
	done
	! grep -nE '^.{73}' cover-letter || fail "lines are too long for a mail"
	sed -i 's/rga | 62 |/rga | 77 |/' evidence/v7.3/board
	mkdir patches/wait patches/wait/v6.12
	printf 'Subject: one\ndiff --git a/tools/testing/a b/tools/testing/a\n+++ b/a\n+1\ndiff --git a/b b/b\n+++ b/b\n+1\n+2\n-3\n' |
		tee patches/wait/1.patch >patches/wait/v6.12/1.patch
	manifest
	passes "$S/send/cover-letter"
	letter_reads ' waited 77 ms and read new'
	letter_reads 'buffers (1 patches, 2 added lines and 1 of a kselftest) and'
}
# Of many kinds of job and consumers there is one range
test_letter_of_what_consumers_saw() {
	sendable
	for kind in rga3:48 mpeg2:85; do
		sed -i "s/\(.*saw poll(POLLIN)	\)rga | 62\( .*\)/&\n\1${kind%:*} | ${kind#*:}\2/; s/\(.*saw poll(\)POLLIN)	rga | 0\( .*\)/&\n\1POLLIN)	${kind%:*} | 1\2/" evidence/v7.3/board
	done
	sed -i "s/\(.*saw \)poll(POLLIN)	rga | \(.*\)/&\n\1SYNC_START(READ)	rga | \2\n\1SYNC_START(WRITE)	rga | \2/" evidence/v7.3/board
	for boot in 'fences pending the flip waits, frame before' 'off signalled flipped at once, old frame'; do
		on=${boot%% *} boot=${boot#* }
		printf '%s\n' "$on;observe;rga.sync_file;pass;saw sync_file, at once;rga | | ${boot%% *}" \
			"$on;show;rga.show;pass;saw vkms, atomic commit;rga | | ${boot#* }: after the job new frame" | rows | sed 's/: after/; after/' >>evidence/v7.3/board
	done
	manifest
	passes "$S/send/cover-letter"
	letter_reads 'Consumers (poll, SYNC_START) that looked while a job ran waited 48 to 85 ms and read new content. With the option off they waited 0 to 1 ms and read old content.'
	sed -i 's/mpeg2 | 85 | new/mpeg2 | 85 | old/' evidence/v7.3/board
	refused 1 'unexpected row: .*old content' "$S/send/cover-letter"
}
# What jobs that wait change, in the letter of patches/wait and in the results
test_letter_of_jobs_that_wait() {
	sendable
	mkdir patches/wait
	cp patches/v7.3/0002-*.patch patches/wait/0001-wait.patch
	printf 'media: wait\n\n- @wait-passed@\n- @wait-readers@\n- @wait-chain@\n- @wait-cost@\n- @wait-mutants@ mutants\n' >patches/wait/cover-letter
	SERIES="wait" passes "$S/send/cover-letter" cover-letter
	[ "$(grep -c 'not recorded' cover-letter)" = 5 ] || fail "$(cat cover-letter)"
	ids patches/v7.3/*.patch patches/wait/*.patch >ids.new
	mv ids.new ids
	rows <<'END' | has_header wait
wait;gpu;rga.reads;pass;;
wait;gpu;rga.reads;pass;rga.vgem.wait.read;300 pictures
wait;gpu;rga.reads;pass;rga.vgem.wait.changed;0 pictures
wait;gpu;rga.reads;pass;rga.vgem.wait.blocked;0.4 ms
wait;gpu;rga.reads;pass;rga.vgem.wait-off.changed;290 pictures
wait;gpu;rga.reads;pass;rga.vgem.poll.changed;1 pictures
wait;gpu;rga.reads;pass;rga.vgem.poll.blocked;2500.1 ms
wait;gpu;rga.reads;pass;rga.sw_sync.wait-off.changed;200 pictures
wait;chain;early;pass;chain.early.frames;100 frames
wait;chain;early;pass;chain.early.converter-early;90 frames
wait;chain;early;pass;chain.early.screen-early;9 frames
wait;chain;early;pass;chain.early.queued-to-shown;28000000 ns
wait;chain;early;pass;chain.early.wake-ups;2.5 a-frame
wait;chain;early;pass;chain.dqbuf.queued-to-shown;29000000 ns
wait;chain;early;pass;chain.dqbuf.wake-ups;3.5 a-frame
wait;chain;early;pass;chain.dqbuf.wrong;2 frames
wait;;;pass;end;1 passed, 0 failed, 0 skipped
wait-unbind;unbind;rga;pass;;
wait-unbind;;;pass;end;1 passed, 0 failed, 0 skipped
bench-wait;bench;rga;pass;queue.rga.readers-0;1200 instructions
bench-wait;bench;rga;pass;queue.rga.readers-1;1500 instructions
bench-wait;bench;rga;pass;queue.rga.readers-8;3000 instructions
bench-wait;bench;rga;pass;queue.rga.wait-off;1000 instructions
bench-wait;;;pass;end;1 passed, 0 failed, 0 skipped
END
	SERIES="wait" passes "$S/send/cover-letter" cover-letter
	for text in '1 tests with PROVE_LOCKING, 1 with KASAN, 0 with PREEMPT_RT, and 0 of the kselftest' \
		'of 300 pictures that are still read when they are queued again, 200 to 290 change if jobs do not wait, 0 if they do; with poll() before QBUF 1, and the player is blocked for 2.5 to 2.5 s in all' \
		'90 of 100 frames went to the converter early, 9 to the screen (2 wrong); 28.0 ms to the screen (29.0 with DQBUF in between), 2.5 wake-ups a frame (3.5)' \
		'queueing a buffer executes 200 instructions more if nobody uses it, 500 with one reader, 2000 with eight, on 7.3.0' \
		'not recorded mutants'; do
		letter_reads "$text"
	done
	(unset BASE && passes "$S/evidence/results" "$RESULTS") || exit
	for text in '| `wait` | patches/wait, arm64 and x86_64: tests | not run | 2 |' '| rga | vgem | 300 | 290; 0; 1 |' '- 90 of 100 frames'; do
		grep -qF -- "$text" "$RESULTS" || fail "no '$text': $(cat "$RESULTS")"
	done
	sed -i '/queue.rga.wait-off/d' evidence/v7.3/wait
	manifest
	SERIES="wait" refused 1 'has no costs of queueing' "$S/send/cover-letter" cover-letter
}
test_letter_without_evidence() {
	sendable
	rm -r evidence
	passes "$S/send/cover-letter"
	said 'nothing was run'
	for text in 'lockdep (not recorded)' 'job runs: not recorded.' 'Passed: not recorded.' 'Cost: not recorded.' 'hardware: not run in this form.' \
		'Based on Linux v7.3 (no run is recorded)'; do
		letter_reads "$text"
	done
	! grep -v lore.kernel.org cover-letter | sed 's/ 2017,//' | grep -E '(^|[^A-Za-z0-9._<-])[0-9]+([^A-Za-z0-9.-]|$)' || fail "a figure without evidence"
	rm -r "${CACHE:?}"
	passes "$S/send/cover-letter"
}
test_letter_with_half_of_the_evidence() {
	sendable
	rm evidence/v7.3/check
	sed -i '/	lockdep	/d' evidence/v7.3/board
	passes "$S/send/cover-letter"
	letter_reads 'Passed: 7 tests with PROVE_LOCKING (1 skipped).'
	letter_reads 'lockdep (not recorded)'
	letter_reads 'Based on Linux 7.3.0 (v7.3), after'
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
# It quotes the series that is sent, and no other
test_letter_of_another_base() {
	sendable
	mkdir evidence/v7.0
	sed 's/7\.3\.0 (v7\.3)/7.0.13 (v7.0)/; s/^# patch-id ./# patch-id x/' evidence/v7.3/board | tee evidence/v7.0/rt >evidence/v7.0/bench
	passes "$S/send/cover-letter"
	letter_reads 'PROVE_LOCKING (1 skipped). - Cost: not recorded.'
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
test_letter_that_is_short() {
	sendable
	printf '%s\n' 'media: a subject' '' 'Only @lockdep@ with lockdep; cost: @cost@, and real hardware: @real@.' '' '@observed@' >in
	LETTER_IN=$T/in passes "$S/send/cover-letter"
	letter_says '^Only no report in 3 boots with lockdep; cost: not recorded, and real$'
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
	letter_reads 'Real hardware: not run in this form.'
	record pine real
	passes "$S/send/cover-letter"
	letter_reads 'Real hardware: Board pine (a consumer waited: unknown).'
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
	letter_reads 'Cost: a job executes 1490 to 1640 instructions more, 0.21 to 6.14 % of what it executes with the option off, on 7.3.0.'
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
	letter_reads "7 tests with PROVE_LOCKING (1 skipped), 2 with PREEMPT_RT (1 skipped), 2 with KASAN (1 skipped), 300 jobs in a row, whose fences all ended, v4l2-compliance and GStreamer, which print the same 1581 lines as without the series, 2 with vim2m on x86_64 (1 skipped)."
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
	letter_reads ", 2 of $(find "$HERE/../mutants" -maxdepth 1 -name '*.patch' | wc -l) mutants detected."
}

run_tests "$@"
