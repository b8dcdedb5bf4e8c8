#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What judges and sums up the emulated board, without booting it
. "$(dirname "$0")/lib.sh"

B=$HERE/../board
# console LINE...: as the board's kernel prints the report
console() { printf '[    1.000000] %s\n' 'KTAP version 1' '1..1' '# Subtest: one' '    KTAP version 1' '    1..2' "$@"; }
judge() { awk -v splats="$B/splats.re" -f "$B/judge.awk"; }
all_passed() { console '    ok 1 a' '    ok 2 b' 'ok 1 one' '# board: end'; }

test_judge_passes() {
	all_passed | judge >out || fail "$(cat out)"
	grep -q '^# board: 0 failed, 0 skipped, 0 faults$' out || fail "$(cat out)"
}
faulty() {
	pattern=$1
	! judge >out || fail "the judge lets it pass"
	grep -qE -- "$pattern" out || fail "$(cat out)"
}
test_judge_finds_a_failure() {
	console '    ok 1 a' '    not ok 2 b' 'not ok 1 one' '# board: end' | faulty '1 failed'
}
test_judge_finds_a_missing_result() {
	console '    ok 1 a' 'ok 1 one' '# board: end' | faulty '1 of 2 results of one'
}
test_judge_finds_a_missing_end() {
	console '    ok 1 a' '    ok 2 b' 'ok 1 one' | faulty 'no end'
}
test_judge_finds_a_skipped_test() {
	console '    ok 1 a' '    ok 2 b # SKIP no models: No such file or directory' 'ok 1 one' '# board: end' |
		faulty 'must not be here: ok 2 b # SKIP no models'
	console '    ok 1 a' '    ok 2 b # SKIP the option is off' 'ok 1 one' '# board: end' |
		judge >out || fail "$(cat out)"
	console '    ok 1 a' '    ok 2 b # SKIP this one may' 'ok 1 one' '# board: end' |
		awk -v skips='this one may' -v splats="$B/splats.re" -f "$B/judge.awk" >out || fail "$(cat out)"
}
test_judge_without_patterns() {
	all_passed >report
	! awk -v splats=none -f "$B/judge.awk" report >out || fail "without patterns of a splat it passes"
	grep -q "no patterns of a splat in none" out || fail "$(cat out)"
}
test_judge_finds_no_plan() {
	printf '[    1.0] %s\n' 'KTAP version 1' '# board: end' | faulty 'no plan'
}
test_judge_finds_a_splat() {
	for splat in 'WARNING: CPU: 0 PID: 1 at x.c:1' 'BUG: KASAN: slab-use-after-free in x' \
		'WARNING: possible circular locking dependency detected' \
		'unreferenced object 0xffff (size 64):' 'INFO: task x blocked for more than 30 seconds.' \
		'BUG: lockdep has ended itself' '** 12 printk messages dropped **'; do
		{ all_passed | sed '$d'; printf '[    2.000000][    T1] %s\n[    3.0] # board: end\n' "$splat"; } | faulty 'the kernel says'
	done
}

# report ON TEXT: of one boot
report() {
	echo "# booting lockdep-$1"
	echo "    # rga poll(POLLIN) plane 0: waited $2"
}
test_observed() {
	{ report y '62 ms, content new'; report n '0 ms, content old'; } >ktap
	passes "$S/evidence/observed" ktap
	grep -qxF '| poll(POLLIN) | rga | 0 to 0 ms, old content | 62 to 62 ms, new content |' out || fail "$(cat out)"
}
test_observed_in_one_boot_only() {
	report y '62 ms, content new' >ktap
	refused 1 'only one boot has rga' "$S/evidence/observed" ktap
	refused 2 usage "$S/evidence/observed" nothing
}
test_results_show_what_was_observed() { results_have "$HERE/../../evidence/v7.0/observed.md"; }
test_mutants_of_another_name() { refused 2 'no mistake nonsense' "$S/test/mutants" nonsense; }
test_soak_of_no_jobs() { refused 2 'no number of jobs' env JOBS=many "$S/test/soak"; }

# A kernel to build, whose make only notes that it was called
board_kernel() {
	repo tree
	mkdir -p tree/scripts/kconfig tools
	echo 'exit 0' >tree/scripts/kconfig/merge_config.sh
	chmod +x tree/scripts/kconfig/merge_config.sh
	git -C tree add .
	git -C tree commit -qm merge_config
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\necho called >>"%s/calls"\n[ ! -e "%s/broken" ]\n' "$T" "$T" >tools/make
	printf '#!/bin/sh\necho gcc\n' >tools/fake-gcc
	chmod +x tools/*
	mkdir -p tests configs/board
	cp -r "$B" "$HERE/../kmod" tests
	: >configs/board/one.config
	echo "# one more" >configs/two.config
	mkdir kernel
	: >kernel/.config
}
build_board() {
	: >calls
	PATH="$T/tools:$PATH" CROSS_COMPILE=fake- tests/board/build-kernel tree kernel one two 2>err
}
built() { build_board || fail "$(cat err)"; [ -s calls ] || fail "$1: not built again"; }
test_board_kernel_is_built_once() {
	board_kernel
	built "the first time"
	build_board || fail "$(cat err)"
	[ ! -s calls ] || fail "built again from the same"
}
test_board_kernel_is_built_again() {
	board_kernel
	built "the first time"
	echo 61 >>tree/rga.c
	built "a changed file"
	git -C tree commit -qam changed
	built "a commit"
	echo '# more' >>configs/board/one.config
	built "a fragment"
	echo '# more' >>configs/two.config
	built "a fragment that is not the board's"
	echo '/* more */' >>tests/kmod/model.h
	built "the model"
	export MAKE_ARGS=A=b
	built "an argument"
	: >tree/new.c
	built "a file that git does not know"
	built "a file that git does not know, still there"
	rm tree/new.c
	built "without that file"
	: >broken
	echo 62 >>tree/rga.c
	! build_board || fail "it does not fail"
	rm broken
	git -C tree checkout -q rga.c
	built "what failed since"
}
test_board_kernel_loses_no_option() {
	board_kernel
	echo CONFIG_A=y >configs/board/one.config
	code=0
	build_board || code=$?
	[ "$code" = 4 ] || fail "it builds without CONFIG_A: $(cat err)"
	grep -qx CONFIG_A=y err || fail "$(cat err)"
	echo "# CONFIG_A is not set" >configs/two.config
	built "an option that a later fragment takes back"
	echo CONFIG_A=y >>configs/two.config
	! build_board || fail "the last line of a fragment does not decide"
}
test_evidence_of_a_board_that_failed() {
	mkdir scripts
	takes lib/common.sh evidence/evidence
	printf '#!/bin/sh\necho "    not ok 1 rga.race"\necho "# board: 1 failed, 0 skipped, 0 faults"\nexit 1\n' >scripts/test/emulate
	chmod +x scripts/test/emulate
	mkdir -p "$CACHE/out/v7.0"
	refused 1 'did not pass: .*evidence.ktap$' scripts/evidence/evidence
	said 'not ok 1 rga.race'
	[ ! -e evidence ] || fail "it keeps that as evidence"
	grep -q 'not ok' "$CACHE/out/v7.0/evidence.ktap" || fail "what it said is lost"
}
# boards CODE LINE...: verbs that boot a board, which says these lines
boards() {
	code=$1
	shift
	mkdir -p scripts
	takes lib/common.sh test/one-boot test/soak test/test-kasan evidence/ktap
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\ncat >kept\necho "$@" >>kept\n' >scripts/evidence/keep
	printf '%s\n' "$@" >lines
	printf '#!/bin/sh\necho "$BOOTS $ONLY $JOBS" >asked\ncat lines\nexit %s\n' "$code" >scripts/test/emulate
	find scripts -type f -exec chmod +x {} +
	rm -f kept
}
jobs_line='    # rga: 7 jobs, 9 ms; fences: init 7 signaled 7 destroy 7; waits: 1 1; buffers: 14 14'
test_soak_is_kept() {
	boards 0 '# booting lockdep-y' "$jobs_line" '    # another line'
	JOBS=7 passes scripts/test/soak
	[ "$(cat asked)" = 'fences accounting 7' ] || fail "asked for $(cat asked)"
	[ "$(sed -n 1p kept)" = "${jobs_line#    # }" ] || fail "kept: $(cat kept)"
	grep -q '^soak .*over 7 jobs' kept || fail "kept: $(cat kept)"
	says 'another line'
	boards 1 '# booting lockdep-y' "$jobs_line"
	code=0
	JOBS=7 scripts/test/soak >out 2>err || code=$?
	[ $code = 1 ] || fail "it exits with $code"
	[ ! -e kept ] || fail "a soak that failed is kept"
}
test_kasan_is_kept() {
	set -- '# booting kasan-y' '# Subtest: observe' '    ok 1 rga.poll' 'ok 1 observe'
	boards 0 "$@" '# board: 0 failed, 0 skipped, 0 faults'
	passes scripts/test/test-kasan
	[ "$(cat asked)" = 'kasan  200' ] || fail "asked for $(cat asked)"
	grep -q 'kasan-y.observe.1.0.0' kept || fail "kept: $(cat kept)"
	boards 0 "$@" '# board: 0 failed, 0 skipped, 0 faults'
	ONLY=observe passes scripts/test/test-kasan
	[ ! -e kept ] || fail "a part of it is kept"
	boards 0 "$@"
	refused 1 'no end' scripts/test/test-kasan
	[ ! -e kept ] || fail "a board that hung is kept"
}
build_programs() { : >calls; passes progs/build ./cc made; }
test_programs_are_built_once() {
	cp -r "$HERE/../progs" "$HERE/../kmod" .
	mkdir board
	: >board/init.c
	echo observe >board/subjects
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\n[ "$1" = --version ] || echo called >>"%s/calls"\n' "$T" >cc
	chmod +x cc
	build_programs
	[ -s calls ] || fail "nothing was built"
	build_programs
	[ ! -s calls ] || fail "built again from the same"
	for change in 'echo "// more" >>progs/lib/m2m.c' 'echo "// more" >>progs/lib/m2m.h' 'echo done >>board/subjects' \
		'sed -i "2s/$/; echo 13.0/" cc' 'rm made/recipe'; do
		eval "$change"
		build_programs
		[ -s calls ] || fail "not built again: $change"
	done
}
# emulated: what "emulate" finds to build in, with tools, tree and board made up
emulated() {
	mkdir -p scripts tools tests/board
	takes lib/common.sh test/emulate lib/start-from
	for stub in scripts/tree/tree scripts/tree/apply tools/make tools/ccache tools/qemu-system-aarch64 tools/dtc \
		tools/fdtoverlay tools/cpio tools/aarch64-linux-gnu-gcc; do printf '#!/bin/sh\n' >$stub; done
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\ncd "$VRF_CACHE" && find board -type f -exec cat {} +\n' >tests/board/run
	chmod +x scripts/* tools/* tests/board/run
	mkdir -p "$CACHE/out/v7.0/board"
	PATH=$T/tools:$PATH passes scripts/test/emulate
}
test_board_starts_from_the_image() {
	emulated
	[ ! -s out ] || fail "it starts from $(cat out)"
	boot=$CACHE/out/v7.0/image/arch/arm64/boot
	mkdir -p "$boot"
	: >"$boot/Image"
	emulated
	[ ! -s out ] || fail "it starts from an Image that was not built"
	echo image >"$boot/Image"
	emulated
	[ "$(cat out)" = image ] || fail "it does not start from the Image: $(cat out)"
	[ -e "$CACHE/out/v7.0/board/lockdep-y/arch/arm64/boot/Image" ] || fail "it is not where the board is built"
	echo another >"$boot/Image"
	emulated
	[ "$(cat out)" = image ] || fail "what was built is overwritten"
}
test_board_tells_as_it_goes() {
	mkdir tools
	cat >tools/qemu-system-aarch64 <<'END'
#!/bin/sh
case $* in *dumpdtb*) exit 0 ;; esac
printf '[    1.000000] %s\n' 'KTAP version 1' '1..1' '# Subtest: one' '    KTAP version 1' '    1..1'
n=0
while [ ! -e seen ] && [ $n -lt 30 ]; do
	sleep 0.1
	n=$((n + 1))
done
[ -e seen ] || not='not '
printf '[    1.000000] %s\n' "    ${not:-}ok 1 a" "${not:-}ok 1 one" '# board: end'
END
	for stub in dtc fdtoverlay; do printf '#!/bin/sh\n' >tools/$stub; done
	chmod +x tools/*
	PATH=$T/tools:$PATH "$B/boot" kernel initramfs log 20 2>err | while read -r line; do
		case $line in '# Subtest: one'*) : >seen ;; esac
		echo "$line"
	done >out
	says '^# board: 0 failed, 0 skipped, 0 faults$'
}
test_half_a_copy_is_none() {
	mkdir -p tools "$CACHE/from"
	echo object >"$CACHE/from/a.o"
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\nmkdir "$3"\necho ob >"$3/a.o"\nexit 1\n' >tools/cp
	chmod +x tools/cp
	PATH=$T/tools:$PATH refused 8 'cannot copy' "$S/lib/start-from" "$CACHE/from" "$CACHE/out/to"
	[ ! -e "$CACHE/out/to" ] || fail "half a copy is there"
	passes "$S/lib/start-from" "$CACHE/from" "$CACHE/out/to"
	[ "$(cat "$CACHE/out/to/a.o")" = object ] || fail "no copy"
	passes "$S/lib/start-from" "$CACHE/none" "$CACHE/out/other"
	[ ! -e "$CACHE/out/other" ] || fail "a copy of nothing"
}
# A kernel that begins as a copy of another, when the disk is full
test_board_copies_all_or_nothing() {
	mkdir -p board/lockdep-y
	without cp
	printf '#!/bin/sh\nfor to; do :; done\nmkdir "$to"\nexit 1\n' >bin/cp
	chmod +x bin/cp
	! PATH=$T/bin VRF_CACHE=$T VRF_TREE=$T "$B/run" off >out 2>&1 || fail "it builds without one"
	[ ! -e board/lockdep-n ] || fail "half a copy"
	grep -q 'cannot copy' out || fail "it did not begin to copy: $(cat out)"
	mkdir -p board/lockdep-n.new/old
	touch board/lockdep-y/whole
	! VRF_CACHE=$T VRF_TREE=$T "$B/run" off >out 2>&1 || fail "it builds without a tree"
	[ -e board/lockdep-n/whole ] || fail "no copy: $(cat out)"
	[ ! -e board/lockdep-n/old ] || fail "what was left over is in it"
}

run_tests "$@"
