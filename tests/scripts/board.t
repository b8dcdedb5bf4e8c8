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

test_mutants_of_another_name() { refused 2 'no mistake nonsense' "$S/test/mutants" nonsense; }
# mutant NAME WORD: the mistake that writes WORD for "forty", which the board notices
mutant() {
	mkdir -p "$(dirname "mutants/$1")"
	{
		printf 'Mistake: %s\nTests: rga\n\n' "$2"
		printf 'diff --git a/rga.c b/rga.c\n--- a/rga.c\n+++ b/rga.c\n@@ -39,3 +39,3 @@\n 39\n-%s\n+%s\n 41\n' "${3:-forty}" "$2"
	} >"mutants/$1.patch"
}
# Of the series that is sent each has to be caught; another base may lack the lines
test_mutants_of_another_base() {
	applied_series
	mutant one 40
	mutant two 41 "other lines"
	mkdir -p scripts tests/board
	takes test/mutants
	printf '#!/bin/sh\n' | tee scripts/tree/tree >scripts/tree/apply
	# shellcheck disable=SC2016 # of the stub
	echo 'keep() { cat >kept; }' >scripts/evidence/keep.sh
	# shellcheck disable=SC2016 # of the stub
	printf '#!/bin/sh\ngrep -qx forty "$VRF_TREE/rga.c" && echo "ok 1 rga" || { echo "not ok 1 rga"; exit 1; }\n' >tests/board/run
	find scripts tests -type f -exec chmod +x {} +
	export MUTANTS="$T/mutants"
	passes scripts/test/mutants
	says '^ok 2 one # 40: rga .emulated board, fences.$'
	says '^ok 3 two # SKIP it is made for v7.3$'
	says '^# Totals: pass:2 fail:0 skip:1$'
	id=$(basename "$CACHE"/tree/kdir-*)
	mutant "$id/two" forty-two
	passes scripts/test/mutants two
	says '^ok 2 two # forty-two: rga'
	awk '$1 == "v7.3" { $1 = "'"$id"'" } { print }' OFS='\t' scripts/tree/bases.tsv >bases
	mv bases scripts/tree/bases.tsv
	rm -r "mutants/$id"
	code=0
	scripts/test/mutants two >out 2>err || code=$?
	[ $code = 1 ] || fail "exit code $code: $(cat out err)"
	says '^not ok 2 two # 41: does not apply: make it again'
	mutant one forty # no mistake
	code=0
	scripts/test/mutants one >out 2>err || code=$?
	[ $code = 1 ] || fail "a mistake that nothing catches: exit code $code: $(cat out err)"
}
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
	ln -s project/scripts scripts
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
	[ "$code" = 1 ] || fail "it builds without CONFIG_A: $(cat err)"
	grep -q 'did not take: CONFIG_A=y$' err || fail "$(cat err)"
	echo "# CONFIG_A is not set" >configs/two.config
	built "an option that a later fragment takes back"
	echo CONFIG_A=y >>configs/two.config
	! build_board || fail "the last line of a fragment does not decide"
}
# boards CODE LINE...: verbs that boot a board, which says these lines; what they keep is in
# "kept"
boards() {
	code=$1
	shift
	rm -rf scripts tests kept
	mkdir -p scripts tests/board
	takes test/board.sh test/soak test/test-kasan test/test-rt test/test-board test/test-apps evidence/ktap.awk
	printf '#!/bin/sh\n' >scripts/tree/tree
	printf '#!/bin/sh\n' | tee scripts/tree/apply >tests/board/build-apps
	echo 'keep() { cat >kept; echo "$@" >>kept; }' >scripts/evidence/keep.sh
	printf '%s\n' "$@" >lines
	printf '#!/bin/sh\necho "$* $ONLY $JOBS" >asked\ncat lines\nexit %s\n' "$code" >tests/board/run
	find scripts tests -type f -exec chmod +x {} +
}
jobs_line='    # rga: 7 jobs, 9 ms; fences: init 7 signaled 7 destroy 7; waits: 1 1; buffers: 14 14'
test_soak_is_kept() {
	boards 0 '# booting lockdep-y' "$jobs_line" '    # another line'
	JOBS=7 passes scripts/test/soak
	[ "$(cat asked)" = 'soak accounting 7' ] || fail "asked for $(cat asked)"
	[ "$(sed -n 1p kept)" = "${jobs_line#    # }" ] || fail "kept: $(cat kept)"
	grep -q '^soak .*over 7 jobs' kept || fail "kept: $(cat kept)"
	says 'another line'
	boards 1 '# booting lockdep-y' "$jobs_line"
	code=0
	JOBS=7 scripts/test/soak >out 2>err || code=$?
	[ $code = 1 ] || fail "it exits with $code"
	[ ! -e kept ] || fail "a soak that failed is kept"
}
test_soak_without_jobs() {
	boards 0 '# booting lockdep-y'
	JOBS=7 refused 1 'says of no job that it ran' scripts/test/soak
	[ ! -e kept ] || fail "it is kept: $(cat kept)"
}
test_apps_of_a_kernel_that_does_not_build() {
	boards 1 'not ok 1 - no kernel'
	code=0
	scripts/test/test-apps >out 2>err || code=$?
	[ $code = 1 ] || fail "it exits with $code: $(cat err)"
	for n in 1 2 3; do says "^not ok $n "; done
}
# says_of_apps SERIES BASE: what the boots apps and apps-base say
says_of_apps() {
	boards 0
	# shellcheck disable=SC2016 # of the stub
	printf '#!/bin/sh\ncase $1 in apps) echo "    # app %s" ;; *) echo "    # app %s" ;; esac\n' "$1" "$2" >tests/board/run
	code=0
	scripts/test/test-apps >out 2>err || code=$?
}
test_apps_compares() {
	says_of_apps 'rga: Captured 17 buffers' 'rga: Captured 18 buffers'
	[ $code = 0 ] || fail "a count that is a matter of time: $(cat out)"
	says_of_apps 'rga: test MMAP: OK (2 ms)' 'rga: test MMAP: FAIL (3 ms)'
	[ $code = 1 ] || fail "no line to compare is no failure"
	says_of_apps 'rga: test MMAP: OK' 'rga: test MMAP: FAIL'
	[ $code = 1 ] || fail "it exits with $code: $(cat out)"
	says '^not ok 3 '
	says '^ *# -rga: test MMAP: FAIL$'
}
# Another verb would change the tree that is being built
test_board_holds_the_lock() {
	boards 0 'KTAP version 1'
	# shellcheck disable=SC2016 # of the stub
	printf '#!/bin/sh\n! flock -n "%s/lock" true || echo "nobody holds the lock"\n' "$CACHE" >tests/board/run
	passes scripts/test/test-board
	! grep 'nobody' out || fail "the lock is free while it boots"
	verbs "$good" "! flock -n '$CACHE/lock' true || echo 'not ok 1 free'; $good"
	passes scripts/test/test
}
test_kasan_and_rt_are_kept() {
	for boot in kasan rt; do
		jobs=
		[ $boot = rt ] || jobs=200
		set -- "# booting $boot-y" '# Subtest: observe' '    ok 1 rga.poll' 'ok 1 observe'
		boards 0 "$@" '# board: 0 failed, 0 skipped, 0 faults'
		passes scripts/test/test-$boot
		[ "$(cat asked)" = "$boot  $jobs" ] || fail "asked for $(cat asked)"
		grep -q "$boot-y.observe.1.0.0" kept || fail "kept: $(cat kept)"
		boards 0 "$@" '# board: 0 failed, 0 skipped, 0 faults'
		ONLY=observe passes scripts/test/test-$boot
		[ ! -e kept ] || fail "a part of it is kept"
		boards 0 "$@"
		refused 1 'no end' scripts/test/test-$boot
		[ ! -e kept ] || fail "a board that hung is kept"
	done
}
test_board_of_a_part() {
	boards 0 'KTAP version 1'
	passes scripts/test/test-board
	[ "$(cat asked)" = '  ' ] || fail "asked for $(cat asked)"
	says '^# took [0-9]* s$'
	mkdir -p "$CACHE/out/v7.0/board"
	echo '[   12.5] end' | tee "$CACHE/out/v7.0/board/lockdep-n.log" >"$CACHE/out/v7.0/board/lockdep-y.log"
	touch -d '1 hour ago' "$CACHE/out/v7.0/board/lockdep-n.log"
	touch -d '1 hour' "$CACHE/out/v7.0/board/lockdep-y.log"
	passes scripts/test/test-board
	says '^# took [0-9]* s; booted: lockdep-y 12 s$'
	ONLY="export done" passes scripts/test/test-board
	[ "$(cat asked)" = 'fences export done 50' ] || fail "asked for $(cat asked)"
	BOOTS="off short" ONLY='' passes scripts/test/test-board
	[ "$(cat asked)" = 'off short  ' ] || fail "asked for $(cat asked)"
}
test_board_without_qemu() {
	boards 0 'KTAP version 1'
	without qemu-system-aarch64
	PATH=$T/bin passes scripts/test/test-board
	says '^ok 1 board # SKIP THE SERIES WAS NOT TESTED: there is no qemu-system-aarch64; install qemu-system-arm \(Debian\)'
	[ ! -e asked ] || fail "it boots"
}

# --- make test, of verbs that only report
verbs() {
	mkdir -p scripts
	takes test/test test/board.sh
	printf '#!/bin/sh\n%s\n' "$1" >scripts/test/test-scripts
	printf '#!/bin/sh\n%s\n' "$2" >scripts/test/test-board
	chmod +x scripts/test/*
}
good='echo 1..2; echo ok 1 x; echo "ok 2 y # SKIP none"; echo "# took 3 s"'
test_test_runs_both() {
	verbs "$good" "$good"
	passes scripts/test/test
	says '^# Totals: pass:2 fail:0 skip:2$'
	says '^ok 2 test-board$'
	says '^# took [0-9]* s; 3 s; 3 s$'
	ran=$CACHE/out/v7.0/results/test
	[ "$(cut -f2,6 "$ran")" = 'ok	2 passed, 0 failed, 2 skipped' ] || fail "$(cat "$ran")"
	# of a part there is nothing to remember
	rm "$ran"
	passes env ONLY=export scripts/test/test
	says '^1..1$'
	[ ! -e "$ran" ] || fail "a part of it is remembered"
}
test_test_finds_what_is_wrong() {
	for bad in 'echo 1..2; echo ok 1 x' 'echo ok 1 x' 'echo 1..1; echo not ok 1 x' 'echo 1..1; echo ok 1 x; exit 1' 'exit 0'; do
		verbs "$good" "$bad"
		code=0
		verb=scripts/test/test
		$verb >out 2>&1 || code=$?
		[ $code = 1 ] || fail "it exits with $code: $bad"
		grep -q '^not ok 2 test-board' out || fail "$(cat out)"
		! grep -q "^[0-9a-f]*	ok" "$CACHE/out/v7.0/results/test" || fail "it is remembered as good"
	done
}
test_test_without_a_board() {
	verbs "$good" 'echo 1..1; echo "ok 1 board # SKIP THE SERIES WAS NOT TESTED"'
	passes scripts/test/test
	says '^ok 2 test-board # SKIP THE SERIES WAS NOT TESTED$'
	grep -q 'test-board was skipped' "$CACHE/out/v7.0/results/test" || fail "$(cat "$CACHE/out/v7.0/results/test")"
}
# scripts_that SAY: a checkout whose tests/scripts/run says so, in c
scripts_that() {
	mkdir -p c/tests/scripts
	(cd c && takes test/test-scripts)
	printf '#!/bin/sh\necho run >>%s/log\necho 1..1\n%s\n' "$T" "$1" >c/tests/scripts/run
	chmod +x c/tests/scripts/run
}
they_ran() { [ "$(wc -l <log)" = "$1" ] || fail "$2: they ran $(wc -l <log) times"; }
# what is known of the scripts is told again, until anything is different
test_scripts_are_known() {
	scripts_that 'echo ok 1 x'
	passes c/scripts/test/test-scripts known
	! grep 'as before' out || fail "before it ran"
	passes c/scripts/test/test-scripts known
	they_ran 1 "the same again"
	says '^ok 1 x$'
	says '^# as before: said on [-0-9]* at [0-9:]*, of the same checkout and tools$'
	passes c/scripts/test/test-scripts
	they_ran 2 "make test-scripts"
	n=2
	for change in 'echo >c/scripts/tree/one' 'echo >c/README.md' 'rm c/README.md' 'echo "# more" >>c/tests/scripts/run' \
		'mkdir c/.ci; echo >c/.ci/run' 'echo >c/.shellcheckrc' 'echo "cat	test-scripts	-	-	-" >>"$TOOLS_TSV"'; do
		eval "$change"
		n=$((n + 1))
		passes c/scripts/test/test-scripts known
		they_ran $n "$change"
		! grep 'as before' out || fail "$change: it says as before"
	done
}
test_scripts_that_failed_are_not_known() {
	scripts_that 'echo not ok 1 x; exit 1'
	for n in 1 2; do
		refused 1 . c/scripts/test/test-scripts known
		says '^not ok 1 x$'
		they_ran $n "a failure is known"
	done
	scripts_that "echo ok 1 x; echo more >>$T/c/README.md"
	for n in 3 4; do
		echo one >c/README.md
		passes c/scripts/test/test-scripts known
		they_ran $n "what changed while they ran is known"
	done
}
build_programs() { : >calls; passes tests/progs/build ./cc made; }
test_programs_are_built_once() {
	mkdir -p tests/board scripts/realboard
	cp -r "$HERE/../progs" "$HERE/../kmod" tests/
	cp -r "$S/realboard/payload" scripts/realboard/
	: >tests/board/init.c
	echo observe >tests/board/subjects
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\n[ "$1" = --version ] || echo called >>"%s/calls"\n' "$T" >cc
	chmod +x cc
	build_programs
	[ -s calls ] || fail "nothing was built"
	build_programs
	[ ! -s calls ] || fail "built again from the same"
	for change in 'echo "// more" >>tests/progs/lib/m2m.c' 'echo "// more" >>tests/progs/lib/m2m.h' \
		'echo "// more" >>scripts/realboard/payload/inuse.c' 'echo done >>tests/board/subjects' \
		'sed -i "2s/$/; echo 13.0/" cc' 'rm made/recipe'; do
		eval "$change"
		build_programs
		[ -s calls ] || fail "not built again: $change"
	done
}
# qemu_is: what is on stdin is QEMU, and what boot calls besides does nothing
qemu_is() {
	mkdir -p tools
	cat >tools/qemu-system-aarch64
	for stub in dtc fdtoverlay; do printf '#!/bin/sh\n' >tools/$stub; done
	chmod +x tools/*
}
# hangs: a board that says LINE... and then nothing more
hangs() {
	printf '%s\n' "$@" >lines
	qemu_is <<'END'
#!/bin/sh
case $* in *dumpdtb*) exit 0 ;; esac
echo "$*" >asked
while [ "$1" != -pidfile ]; do shift; done
echo $$ >"$2"
sed 's/^/[    1.000000] /' lines
exec sleep 30
END
}
test_board_stops_at_the_failure_that_is_meant() {
	hangs 'KTAP version 1' '1..1' '# Subtest: one' '    KTAP version 1' '    1..3' '    not ok 1 rga.a' '    not ok 2 rga.b'
	for stop in 'rga.b' 'other|rga.[ab]' .; do
		code=0
		PATH=$T/tools:$PATH VRF_STOP=$stop "$B/boot" kernel initramfs log 20 one two >out 2>err || code=$?
		[ $code = 1 ] || fail "exit code $code with VRF_STOP=$stop"
	done
	grep -qF 'VRF_ONLY="one two"' asked || fail "asked: $(cat asked)"
	hangs 'WARNING: a lock'
	code=0
	PATH=$T/tools:$PATH VRF_STOP='the kernel: WARNING' "$B/boot" kernel initramfs log 20 >out 2>err || code=$?
	[ $code = 1 ] || fail "exit code $code after a splat"
	! grep -q VRF_ONLY asked || fail "asked: $(cat asked)"
	code=0
	PATH=$T/tools:$PATH VRF_STOP=other "$B/boot" kernel initramfs log 2 >out 2>err || code=$?
	[ $code = 5 ] || fail "exit code $code after another failure"
}
test_board_tells_as_it_goes() {
	qemu_is <<'END'
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
	PATH=$T/tools:$PATH "$B/boot" kernel initramfs log 20 2>err | while read -r line; do
		case $line in '# Subtest: one'*) : >seen ;; esac
		echo "$line"
	done >out
	says '^# board: 0 failed, 0 skipped, 0 faults$'
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
