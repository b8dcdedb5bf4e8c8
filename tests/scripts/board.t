#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What judges and sums up the emulated board, without booting it
. "$(dirname "$0")/lib.sh"

B=$HERE/../board
# console LINE...: as the board's kernel prints the report
console() { printf '[    1.000000] %s\n' 'KTAP version 1' '1..1' '# Subtest: one' '    KTAP version 1' '    1..2' "$@"; }
K=$HERE/../../scripts/lib/ktap.awk
judge() { awk -v splats="$B/splats.re" -v record="$T/record" -v base=v7.3 -v boot=fences -f "$K"; }
all_passed() { console '    ok 1 a' '    ok 2 b' 'ok 1 one' '# board: end'; }

test_judge_passes() {
	all_passed | judge >out || fail "$(cat out)"
	grep -q '^# Totals: pass:2 fail:0 skip:0$' out || fail "$(cat out)"
}
faulty() {
	pattern=$1
	! judge >out || fail "the judge lets it pass"
	grep -qE -- "$pattern" out || fail "$(cat out)"
}
test_judge_finds_a_failure() {
	console '    ok 1 a' '    not ok 2 b' 'not ok 1 one' '# board: end' | faulty 'pass:1 fail:1'
}
test_judge_finds_a_missing_result() {
	console '    ok 1 a' 'ok 1 one' '# board: end' | faulty '1 of 2 results of one'
}
test_judge_finds_a_missing_end() {
	console '    ok 1 a' '    ok 2 b' 'ok 1 one' | faulty 'no end'
}
test_judge_finds_a_skipped_test() {
	console '    ok 1 a' '    ok 2 b # SKIP no models: No such file or directory' 'ok 1 one' '# board: end' |
		faulty 'unexpected skip: ok 2 b # SKIP no models'
	console '    ok 1 a' '    ok 2 b # SKIP the option is off' 'ok 1 one' '# board: end' |
		judge >out || fail "$(cat out)"
	console '    ok 1 a' '    ok 2 b # SKIP this one may' 'ok 1 one' '# board: end' |
		awk -v skips='this one may' -v splats="$B/splats.re" -f "$K" >out || fail "$(cat out)"
}
test_judge_without_patterns() {
	all_passed >report
	! awk -v splats=none -f "$K" report >out || fail "without patterns of a splat it passes"
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
# recorded ROW...: the record has these rows, with blanks for tabs
recorded() {
	tr '\t' ' ' <record >rows
	for row; do grep -qx -- "$row" rows || fail "no '$row' in: $(cat rows)"; done
}
test_judge_records() {
	console '    # figure: jobs 12 jobs' '    # saw: poll(POLLIN) | rga | 62 | new content' '    ok 1 a' \
		'    ok 2 b # SKIP the option is off' 'ok 1 one' '# board: lockdep looked until the end' '# board: end' | judge >out || fail "$(cat out)"
	recorded 'v7.3 fences one a pass jobs 12 jobs' 'v7.3 fences one a pass saw poll(POLLIN) rga | 62 | new content' \
		'v7.3 fences one a pass  ' 'v7.3 fences one b skip  the option is off' 'v7.3 fences   pass lockdep looked until the end' \
		'v7.3 fences   pass end 1 passed, 0 failed, 1 skipped'
	[ "$(wc -l <record)" = 6 ] || fail "$(cat record)"
}
# A splat fails the test in which it came, and no other
test_judge_tells_whose_the_splat_is() {
	{
		console '    # RUN a' '    ok 1 a' '    # RUN b'
		printf '[    2.0] %s\n' 'WARNING: CPU: 0 PID: 1 at x.c:1' '    ok 2 b' 'ok 1 one' '# board: end'
	} | faulty '^    not ok 2 b$'
	says '^    ok 1 a$'
	says '^not ok 1 one$'
	says '^# Totals: pass:1 fail:1 skip:0$'
	recorded 'v7.3 fences one a pass  ' 'v7.3 fences one b fail  the kernel: WARNING: CPU: 0 PID: 1 at x.c:1'
	# one that ended the machine
	{
		console '    # RUN a' '    ok 1 a' '    #  RUN           b ...'
		printf '[    2.0] %s\n' 'Kernel panic - not syncing'
	} | faulty 'no end'
	recorded 'v7.3 fences one b fail  the kernel: Kernel panic - not syncing'
	{ all_passed | sed '$d'; printf '[    2.0] %s\n' 'kmemleak: 1 new suspected' '# board: end'; } | faulty 'the kernel: kmemleak'
	recorded 'v7.3 fences   fail fault the kernel: kmemleak: 1 new suspected'
}
# Any other report, as the tests of the scripts make one
test_judge_of_a_plain_report() {
	printf '%s\n' 'KTAP version 1' 1..2 'ok 1 a' 'ok 2 b # SKIP none' >report
	passes awk -v plain=1 -f "$K" report
	says '^# Totals: pass:1 fail:0 skip:1$'
	for bad in 'not ok 2 b' 'ok 3 b' '# 2 is missing'; do
		printf '%s\n' 'KTAP version 1' 1..2 'ok 1 a' "$bad" >report
		! awk -v plain=1 -f "$K" report >out || fail "it passes with $bad"
		says '^# Totals: pass:[12] fail:1 skip:0$'
	done
}

test_mutants_of_another_name() {
	mutant wait/two 41
	mutant one 40
	MUTANTS="$T/mutants" refused 2 'no mistake nonsense in .*: there are one wait/two$' "$S/test/mutants" nonsense
}
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
	takes test/mutants test/board.sh
	cp "$B/boots.tsv" tests/board/
	printf '#!/bin/sh\n' | tee scripts/tree/tree >scripts/tree/apply
	mkdir -p "$(echo "$CACHE"/out/kdir-*)/board"
	cat >tests/board/run <<'END'
#!/bin/sh
git config user.name && exit 2 # it is the user's
grep -qx forty "$VRF_TREE/rga.c" && { echo "ok 1 rga"; exit; }
printf 'x\tfences\tobserve\trga\tfail\t\t\nx\tfences\t\t\tfail\tend\t1 failed\n' >"$VRF_CACHE/board/fences-mutant.tsv"
exit 1
END
	find scripts tests -type f -exec chmod +x {} +
	export MUTANTS="$T/mutants"
	passes scripts/test/mutants
	says '^ok 2 one # 40: rga .emulated board, fences.$'
	says '^ok 3 two # SKIP it is made for v7.3$'
	says '^# Totals: pass:2 fail:0 skip:1$'
	id=$(basename "$CACHE"/tree/kdir-*)
	mutant two forty-two
	passes scripts/test/mutants two
	# what is known of the others stays while the code is the same
	[ "$(cut -f 4-7 "$CACHE/out/$id/record/mutants" | tr '\t\n' ' ;')" = 'one pass mistake 40;one pass  rga;two pass mistake forty-two;two pass  rga;' ] ||
		fail "$(cat "$CACHE/out/$id/record/mutants")"
	says '^ok 2 two # forty-two: rga'
	awk '$1 == "v7.3" { $1 = "'"$id"'" } { print }' OFS='\t' scripts/tree/bases.tsv >bases
	mv bases scripts/tree/bases.tsv
	mutant two 41 "other lines"
	code=0
	scripts/test/mutants two >out 2>err || code=$?
	[ $code = 1 ] || fail "exit code $code: $(cat out err)"
	says '^not ok 2 two # 41: does not apply: make it again'
	mutant one forty # no mistake
	code=0
	scripts/test/mutants one >out 2>err || code=$?
	[ $code = 1 ] || fail "a mistake that nothing catches: exit code $code: $(cat out err)"
}

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
	PATH="$T/tools:$PATH" CROSS_COMPILE=fake- tests/board/build-kernel arm64 tree kernel one two 2>err
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
# boards CODE ROW...: verbs that boot a machine, which says "another line" and records these
# rows: BOOT SUBJECT TEST STATUS METRIC VALUE, with blanks for tabs
boards() {
	code=$1
	shift
	rm -rf scripts tests asked
	mkdir -p scripts tests/board "$CACHE/out/v7.0/board"
	cp "$B/boots.tsv" "$B/subjects" tests/board/
	mkdir -p tests/progs patches/wait patches/rkvdec
	: | tee patches/wait/0001.patch >patches/rkvdec/0001.patch
	cp -r "$B/../progs/." tests/progs/
	takes test/board.sh test/soak test/test-kasan test/test-rt test/test-board test/test-apps test/test-vim2m
	printf '#!/bin/sh\n' >scripts/tree/tree
	printf '#!/bin/sh\necho /tree\n' >scripts/tree/stack.sh
	printf '#!/bin/sh\n' | tee scripts/tree/apply >tests/board/build-apps
	printf 'v7.0 %s\n' "$@" | sed 's/ /\t/g' >rows
	cat >tests/board/run <<END
#!/bin/sh
echo "\$* \$ONLY \$JOBS" >asked
for boot; do cp rows "\$VRF_CACHE/board/\$boot.tsv"; done
echo 'another line'
exit $code
END
	find scripts tests -type f -exec chmod +x {} +
}
record() { cat "$CACHE/out/v7.0/record/$1"; }
test_soak_is_recorded() {
	boards 0 'soak accounting rga.every_fence_ends pass jobs 7'
	JOBS=7 ONLY=other passes scripts/test/soak
	[ "$(cat asked)" = 'soak  7' ] || fail "asked for $(cat asked)"
	record soak | diff -u rows - || fail "another record"
	says 'another line'
	boards 1 'soak accounting rga.every_fence_ends fail jobs 7'
	code=0
	JOBS=7 scripts/test/soak >out 2>err || code=$?
	[ $code = 1 ] || fail "it exits with $code"
	boards 0 'soak accounting rga.every_fence_ends pass other 7'
	JOBS=7 refused 1 'no jobs were counted' scripts/test/soak
}
test_apps_of_a_kernel_that_does_not_build() {
	boards 1 'apps   fail fault no-kernel'
	code=0
	scripts/test/test-apps >out 2>err || code=$?
	[ $code = 1 ] || fail "it exits with $code: $(cat err)"
	! grep 'say the same' out || fail "nothing is compared"
}
# says_of_apps SERIES BASE: what the boots apps and apps-base say
says_of_apps() {
	boards 0 'apps apps v4l2-compliance pass  '
	echo "[    1.0]     # app $1" >"$CACHE/out/v7.0/board/apps.log"
	echo "[    1.0]     # app $2" >"$CACHE/out/v7.0/board/apps-base.log"
	code=0
	scripts/test/test-apps >out 2>err || code=$?
}
test_apps_compares() {
	says_of_apps 'rga: Captured 17 buffers' 'rga: Captured 18 buffers'
	[ $code = 0 ] || fail "a count that is a matter of time: $(cat out)"
	record apps | grep -q "^v7.0	apps	compared	.*	pass	lines	1 lines$" || fail "recorded: $(record apps)"
	says_of_apps 'rga: test MMAP: OK (2 ms)' 'rga: test MMAP: FAIL (3 ms)'
	[ $code = 1 ] || fail "no line to compare is no failure"
	says_of_apps 'rga: test MMAP: OK' 'rga: test MMAP: FAIL'
	[ $code = 1 ] || fail "it exits with $code: $(cat out)"
	says '^not ok 1 with the series they say the same'
	says '^# -rga: test MMAP: FAIL$'
	record apps | grep -q "	fail	" || fail "recorded: $(record apps)"
}
test_vim2m_compares() {
	boards 0 'vim2m release_fence a pass  '
	printf 'Total: 1\r\nfoo (2 ms)\n' >"$CACHE/out/v7.0/board/vim2m-base.said"
	printf 'Total: 1\r\nfoo (3 ms)\n' | tee "$CACHE/out/v7.0/board/vim2m-wait.said" >"$CACHE/out/v7.0/board/vim2m.said"
	passes scripts/test/test-vim2m
	[ "$(cat asked)" = 'vim2m-base vim2m vim2m-wait  ' ] || fail "asked for $(cat asked)"
	says '^ok 1 vim2m: v4l2-compliance says the same as without the series # 1 lines$'
	echo 'Total: 2' >"$CACHE/out/v7.0/board/vim2m.said"
	! scripts/test/test-vim2m >out 2>err || fail "it passes"
	says '^not ok 1 vim2m: v4l2-compliance says the same'
	ONLY=release_fence passes scripts/test/test-vim2m
	# the boot vim2m-base has no such program
	[ "$(cat asked)" = 'vim2m vim2m-wait release_fence ' ] || fail "asked for $(cat asked)"
	said 'leaves out vim2m-base, which has no test of ONLY="release_fence"'
	ONLY=compliance passes scripts/test/test-vim2m
	[ "$(cat asked)" = 'vim2m-base vim2m vim2m-wait compliance ' ] || fail "asked for $(cat asked)"
	refused 2 'unknown boot: fences' env BOOTS=fences scripts/test/test-vim2m
}
# Another verb would change the tree that is being built
test_board_holds_the_lock() {
	boards 0 'fences observe a pass  '
	# shellcheck disable=SC2016 # of the stub
	printf '#!/bin/sh\n! flock -n "%s/lock" true || echo "nobody holds the lock"\n' "$CACHE" >tests/board/run
	passes scripts/test/test-board
	! grep 'nobody' out || fail "the lock is free while it boots"
	verbs "$good" "! flock -n '$CACHE/lock' true || echo 'not ok 1 free'; $good"
	passes scripts/test/test
}
test_kasan_and_rt_are_recorded() {
	for boot in kasan rt; do
		jobs='' all="rt wait-rt rkvdec-rt"
		[ $boot = rt ] || jobs=200 all="kasan unbind wait-kasan wait-unbind rkvdec-kasan"
		boards 0 "$boot observe rga.poll pass  "
		passes scripts/test/test-$boot
		[ "$(cat asked)" = "$all  $jobs" ] || fail "asked for $(cat asked)"
		for _ in $all; do cat rows; done | diff -u - "$CACHE/out/v7.0/record/$boot" || fail "another record"
		BOOTS=$boot passes scripts/test/test-$boot
		record $boot | diff -u rows - || fail "another record"
		rm "$CACHE/out/v7.0/record/$boot"
		ONLY=observe passes scripts/test/test-$boot
		[ ! -e "$CACHE/out/v7.0/record/$boot" ] || fail "a part of it is taken for the whole"
		# of a boot that recorded nothing there is nothing, whatever an earlier one left
		boards 1 "$boot observe rga.poll pass  "
		sed -i '/^for boot/d' tests/board/run
		! scripts/test/test-$boot >out 2>err || fail "it passes"
		[ ! -s "$CACHE/out/v7.0/record/$boot" ] || fail "what an earlier one left: $(record $boot)"
	done
}
test_board_of_a_part() {
	boards 0 'fences observe a pass  '
	passes scripts/test/test-board
	[ "$(cat asked)" = 'fences off short wait  ' ] || fail "asked for $(cat asked)"
	says '^# took [0-9]* s$'
	mkdir -p "$CACHE/out/v7.0/board"
	echo '[   12.5] end' | tee "$CACHE/out/v7.0/board/off.log" >"$CACHE/out/v7.0/board/fences.log"
	touch -d '1 hour ago' "$CACHE/out/v7.0/board/off.log"
	touch -d '1 hour' "$CACHE/out/v7.0/board/fences.log"
	passes scripts/test/test-board
	says '^# took [0-9]* s; booted: fences 12 s$'
	ONLY="export done" passes scripts/test/test-board
	[ "$(cat asked)" = 'fences export done 50' ] || fail "asked for $(cat asked)"
	rm asked
	for verb in test-board test-kasan test-rt; do
		for name in nosuch apps release_fence; do
			ONLY="export $name" refused 2 "ONLY=$name is in the name of no test of .*; the programs are .*export" scripts/test/$verb
		done
	done
	for name in nosuch running_job; do
		ONLY=$name refused 2 "ONLY=$name is in the .* the programs are compliance release_fence\$" scripts/test/test-vim2m
	done
	[ ! -e asked ] || fail "it boots"
	ONLY=observe passes scripts/test/test-kasan
	[ "$(cat asked)" = 'kasan rkvdec-kasan observe 200' ] || fail "asked for $(cat asked)"
	for name in rga3.poll jpeg race; do ONLY=$name passes scripts/test/test-rt; done
	[ "$(cat asked)" = 'rt wait-rt rkvdec-rt race ' ] || fail "asked for $(cat asked)"
	BOOTS="off short" ONLY='' passes scripts/test/test-board
	[ "$(cat asked)" = 'off short  ' ] || fail "asked for $(cat asked)"
}
test_board_of_another_name() {
	boards 0 'fences observe a pass  '
	takes test/test test/mutants bench/bench
	for verb in test/test test/test-board test/test-kasan test/test-rt test/test-apps test/soak bench/bench; do
		refused 2 'BOOTS=nosuch is no boot; there are fences .* vim2m-wait .tests/board/boots.tsv.$' env BOOTS='off nosuch' scripts/$verb
		refused 2 'JOBS=many is no number of jobs$' env JOBS=many scripts/$verb
	done
	refused 2 'BOOTS: unknown boot: nosuch, not vim2m, .* or vim2m-wait$' env BOOTS=nosuch scripts/test/test-vim2m
	refused 2 'BOOTS=nosuch: give BOOTS=vim2m, or leave it out$' env BOOTS=nosuch scripts/test/mutants
	for jobs in 0 010 -1 1.5; do refused 2 "JOBS=$jobs is no number of jobs\$" env JOBS=$jobs scripts/test/test-rt; done
	[ ! -e asked ] || fail "it boots"
}
# The trees that it checks out are ours
test_board_without_settings_of_the_user() {
	boards 0 'fences observe a pass  '
	sed -i 's/^echo .*/git config --get-all core.hooksPath >asked/' tests/board/run
	git config --global core.hooksPath hooks
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=others passes scripts/test/test-board
	[ ! -s asked ] || fail "hooks in $(cat asked)"
}
test_board_without_qemu() {
	boards 0 'fences observe a pass  '
	without qemu-system-aarch64
	PATH=$T/bin passes scripts/test/test-board
	says '^ok 1 board # SKIP THE SERIES WAS NOT TESTED: there is no qemu-system-aarch64; install qemu-system-arm \(Debian\)'
	[ ! -e asked ] || fail "it boots"
}

# --- make test, of verbs that only report
verbs() {
	mkdir -p scripts
	takes test/test test/board.sh
	mkdir -p tests/board
	cp "$B/boots.tsv" "$B/subjects" tests/board/
	ln -sfn "$B/../progs" tests/progs
	printf '#!/bin/sh\n%s\n' "$1" >scripts/test/test-scripts
	printf '#!/bin/sh\n%s\n' "$2" >scripts/test/test-board
	chmod +x scripts/test/*
}
good='echo 1..2; echo ok 1 x; echo "ok 2 y # SKIP none"; echo "# took 3 s"; echo "# Totals: pass:1 fail:0 skip:1"'
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
	for bad in 'echo 1..1; echo ok 1 x' 'echo "# Totals: pass:1 fail:1 skip:0"' 'echo "# Totals: pass:1 fail:0 skip:0"; exit 1' \
		'echo "# Totals: pass:0 fail:0 skip:0"' 'exit 0'; do
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
	verbs "$good" 'echo 1..1; echo "ok 1 board # SKIP THE SERIES WAS NOT TESTED"; echo "# Totals: pass:0 fail:0 skip:1"'
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
# unchanged script results are replayed
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
		PATH=$T/tools:$PATH VRF_STOP=$stop LIMIT=20 "$B/boot" arm64 kernel initramfs log one two >out 2>err || code=$?
		[ $code = 1 ] || fail "exit code $code with VRF_STOP=$stop"
	done
	grep -qF 'VRF_ONLY="one two"' asked || fail "asked: $(cat asked)"
	hangs 'WARNING: a lock'
	code=0
	PATH=$T/tools:$PATH VRF_STOP='the kernel: WARNING' LIMIT=20 "$B/boot" arm64 kernel initramfs log >out 2>err || code=$?
	[ $code = 1 ] || fail "exit code $code after a splat"
	! grep -q VRF_ONLY asked || fail "asked: $(cat asked)"
	code=0
	PATH=$T/tools:$PATH VRF_STOP=other LIMIT=2 "$B/boot" arm64 kernel initramfs log >out 2>err || code=$?
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
	PATH=$T/tools:$PATH LIMIT=20 "$B/boot" arm64 kernel initramfs log 2>err | while read -r line; do
		case $line in '# Subtest: one'*) : >seen ;; esac
		echo "$line"
	done >out
	says '^# Totals: pass:1 fail:0 skip:0$'
}
# "*" in boots.tsv is all subjects, whatever files are where it runs
test_board_expands_no_words() {
	mkdir -p board/board
	: >rga.x
	cp "$B/run" "$B/boots.tsv" board/
	for stub in build-kernel build-initramfs boot; do
		# shellcheck disable=SC2016 # of the stub
		printf '#!/bin/sh\nfor word; do :; done\necho "${0##*/} $# $word" >>calls\n' >board/$stub
		chmod +x board/$stub
	done
	VRF_CACHE=$T VRF_TREE=$T ONLY='rga.*' passes board/run fences
	printf '%s\n' 'build-kernel 8 fences-y' 'build-initramfs 5 *' 'boot 5 rga.*' | same - calls
}
# A kernel that begins as a copy of another, when the disk is full
test_board_copies_all_or_nothing() {
	mkdir -p board/fences
	without cp
	printf '#!/bin/sh\nfor to; do :; done\nmkdir "$to"\nexit 1\n' >bin/cp
	chmod +x bin/cp
	! PATH=$T/bin VRF_CACHE=$T VRF_TREE=$T "$B/run" off >out 2>&1 || fail "it builds without one"
	[ ! -e board/off ] || fail "half a copy"
	grep -q 'cannot copy' out || fail "it did not begin to copy: $(cat out)"
	mkdir -p board/off.new/old
	touch board/fences/whole
	! VRF_CACHE=$T VRF_TREE=$T "$B/run" off >out 2>&1 || fail "it builds without a tree"
	[ -e board/off/whole ] || fail "no copy: $(cat out)"
	[ ! -e board/off/old ] || fail "what was left over is in it"
}

run_tests "$@"
