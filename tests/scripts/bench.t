#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What becomes of the figures of make bench, without measuring any
. "$(dirname "$0")/lib.sh"

# measured STATE MORE: the record of one boot, of two kinds of job
measured() {
	printf 'v7.0\tbench\tbench\ta\tpass\tjob.%s.%s\t%s instructions\n' rga "$1" "$2" mpeg2 "$1" "$(($2 * 2))"
}
figures() { awk -f "$S/bench/figures.awk" "$1"; }
test_figures() {
	{ measured on 51000; measured off 50000; } >ktap
	passes figures ktap
	grep -qxF 'more.rga 1000 instructions' out || fail "$(cat out)"
	grep -qxF 'share.mpeg2 2.00 percent' out || fail "$(cat out)"
}
test_figures_of_one_boot_only() {
	measured on 51000 >ktap
	refused 1 'there is no job\.(rga|mpeg2)\.off' figures ktap
}
test_figures_that_are_none() {
	{ measured on 51000; measured off 50000; measured on 51001; } >ktap
	refused 1 'job.mpeg2.on is there twice' figures ktap
	printf "v7.0\tbench\tbench\ta\tpass\t\t\n" >ktap
	refused 1 'nothing was measured' figures ktap
}

# kept ATTACH PEER: figures as they are kept
kept() {
	echo "# gcc 1"
	echo "on.rga.exports-1.attach $1 instructions"
	echo "more.rga 1000 instructions"
	echo "peer.vgem.attach $2 instructions"
}
compare() { awk -v percent=5 -f "$S/bench/compare.awk" "$1" "$2"; }
test_bench_check_passes() {
	kept 1000 900 >old
	kept 1050 2000 >new
	passes compare old new
	grep -q '^2 figures compared, 0 of them' out || fail "$(cat out)"
}
test_bench_check_finds_a_regression() {
	kept 1000 900 >old
	kept 1051 900 >new
	! compare old new >out || fail "5.1 % more passes"
	grep -qxF 'on.rga.exports-1.attach was 1000, is 1051: +5.1 %' out || fail "$(cat out)"
}
test_bench_check_of_a_difference() {
	for more in 1000 1140; do
		{ kept 1000 900 | sed "s/^more.rga .*/more.rga $more instructions/"; echo job.rga.off 100000 instructions; } >$more
	done
	passes compare 1000 1140
	sed -i 's/1140/1160/' 1140
	! compare 1000 1140 >out || fail "16 % of a small difference pass"
	grep -q '^more.rga was 1000, is 1160' out || fail "$(cat out)"
}
test_bench_check_finds_what_is_missing() {
	kept 1000 900 >old
	kept 1000 900 | sed /more.rga/d >new
	! compare old new >out || fail "a missing figure passes"
	grep -q '^more.rga is missing' out || fail "$(cat out)"
}
test_bench_check_with_nothing() {
	kept 1000 900 >new
	for what in "" "peer.vgem.attach 900 instructions"; do
		echo "$what" >old
		! compare old new >out || fail "nothing to compare with passes"
		grep -q "nothing to compare with" out || fail "$(cat out)"
	done
	refused 2 'PERCENT=x is no number' env PERCENT=x "$S/bench/bench"
}
test_bench_of_a_part() { refused 2 'not with ONLY' env ONLY=rga "$S/bench/bench"; }
test_bench_check_without_figures() {
	refused 2 'nothing is kept' env BASE=v9.9 "$S/bench/bench" check
}
test_bench_table_of_too_little() {
	kept 1000 900 >figures
	! awk -f "$S/bench/tables.awk" figures >out 2>err || fail "it makes a table of nothing"
	said 'there is no on.rga.exports-0.attach'
}
test_bench_of_a_board_that_failed() {
	mkdir scripts
	takes bench/bench bench/figures.awk test/board.sh
	for verb in tree/tree tree/apply build/build build/check; do printf '#!/bin/sh\n' >scripts/$verb; done
	mkdir -p tests/board
	printf '#!/bin/sh\necho "# boots: $*"\necho "    not ok 1 rga.publish"\nexit 1\n' >tests/board/run
	find scripts tests -type f -exec chmod +x {} +
	mkdir -p "$CACHE/out/v7.0"
	refused 1 'did not pass: .*bench.ktap$' scripts/bench/bench
	said 'not ok 1 rga.publish'
	[ ! -e evidence ] || fail "it keeps that as evidence"
	grep -q '^# boots: bench bench-off$' "$CACHE/out/v7.0/bench.ktap" || fail "what it said is lost"
}

run_tests "$@"
