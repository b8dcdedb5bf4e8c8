# shellcheck shell=sh
# The checks themselves: each must find what it is there for

# --- the configuration: a kernel whose Kconfig drops a symbol
config_kernel() {
	repo linux
	cat >linux/Makefile <<'END'
tinyconfig:
	echo tiny >>$(O)/../made
	echo CONFIG_A=y >$(O)/.config
olddefconfig:
	sed -i '/DROPPED/d; s/.*_FORCED is not set/CONFIG_FORCED=y/' $(O)/.config
END
	mkdir -p linux/scripts/kconfig
	printf '#!/bin/sh\nshift 2\ncat "$@" >>.config\n' >linux/scripts/kconfig/merge_config.sh
	chmod +x linux/scripts/kconfig/merge_config.sh
	command -v aarch64-linux-gnu-gcc >/dev/null || skip "no compiler for arm64"
}
test_config_that_sticks() {
	config_kernel
	printf '# a comment\nCONFIG_B=y\n# CONFIG_C is not set\n' >fragment
	passes "$S/build/configure" "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
}
# Made once for all variants, and anew where the Kconfig is another
test_config_begins_with_what_is_there() {
	config_kernel
	for n in 1 2; do
		echo CONFIG_B$n=y >fragment
		passes "$S/build/configure" "$T/linux" "$T/o$n" arm64 tinyconfig "$T/fragment"
		printf 'CONFIG_A=y\nCONFIG_B%s=y\n' $n | cmp - o$n/.config || fail "o$n has: $(cat o$n/.config)"
	done
	[ "$(wc -l <made)" = 1 ] || fail "made $(wc -l <made) times"
	echo config C >>linux/Kconfig
	git -C linux commit -qam Kconfig
	passes "$S/build/configure" "$T/linux" "$T/o1" arm64 tinyconfig "$T/fragment"
	[ "$(wc -l <made)" = 2 ] || fail "a new Kconfig begins with the old .config"
}
test_config_with_a_lost_symbol() {
	config_kernel
	printf 'CONFIG_DROPPED=y\n' >fragment
	refused 1 'did not take: CONFIG_DROPPED=y$' "$S/build/configure" "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
	refused 1 'did not take' "$S/build/configure" "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
}
test_config_with_a_forced_symbol() {
	config_kernel
	printf '# CONFIG_FORCED is not set\n' >fragment
	refused 1 'did not take: CONFIG_FORCED=n$' "$S/build/configure" "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
}

# --- warnings: the same one on another line is not new, another one is
test_warnings() {
	{
		echo "/here/tree/drivers/media/a.c:10:5: warning: unused variable 'x' [-Wunused]"
		echo "Warning: /here/tree/drivers/media/b.c:7 function parameter 'q' not described"
		echo "  CC      drivers/media/a.o"
	} >base
	{
		echo "../work/drivers/media/a.c:99:1: warning: unused variable 'x' [-Wunused]"
		echo "Warning: ../work/drivers/media/b.c:123 function parameter 'q' not described"
		echo "../work/include/media/c.h:3:1: error: incompatible types"
	} >series
	"$S/build/warnings" base >base.txt
	"$S/build/warnings" series >series.txt
	[ "$(wc -l <base.txt)" = 2 ] || fail "of the base: $(cat base.txt)"
	[ "$(comm -13 base.txt series.txt)" = "include/media/c.h: error: incompatible types" ] ||
		fail "new: $(comm -13 base.txt series.txt)"
}

# --- code: what makes an object another one
compile() { printf '%b' "$2" >"$1.c" && cc -O1 -c "$1.c" -o "$1.o"; }
test_same_code() {
	command -v cc >/dev/null || skip "no compiler"
	plain='int g(void), h(void); int d = 1;\nint f(void) { return g() + 1; }\nint e(void) { return h(); }\n'
	compile a "$plain"
	compile b "/* moved */\n\n$plain"
	passes "$S/build/same-code" '' a.o b.o
	for change in 's/g() + 1/g() + 2/' 's/d = 1/d = 2/' 's/return h()/return g()/' 's/int d = 1/static int d/'; do
		compile b "$(printf '%s' "$plain" | sed "$change")"
		! "$S/build/same-code" '' a.o b.o || fail "it does not see $change"
	done
	compile b "$(printf '%s' "$plain" | sed 's/g() + 1/g() + 2/')"
	[ "$("$S/build/same-code" -f '' a.o b.o)" = f ] || fail "functions: $("$S/build/same-code" -f '' a.o b.o)"
	compile b "$(printf '%s' "$plain" | sed 's/return h()/return g()/')"
	[ "$("$S/build/same-code" -f '' a.o b.o)" = e ] || fail "functions: $("$S/build/same-code" -f '' a.o b.o)"
	compile b "$(printf '%s' "$plain" | sed 's/d = 1/d = 2/')"
	[ "$("$S/build/same-code" -f '' a.o b.o)" = .data ] || fail "data: $("$S/build/same-code" -f '' a.o b.o)"
}

test_same_code_elsewhere() {
	command -v aarch64-linux-gnu-gcc >/dev/null || skip "no compiler for arm64"
	one='void e(int i) { p(i, "shared"); p(i, "e"); }\n'
	two='void f(int i) { p(i + 1, "shared"); p(i, "f"); }\n'
	decl='void p(int i, const char *s);\n'
	# build DIR SOURCE: as kbuild leaves it
	build() {
		mkdir -p "$1/drivers"
		printf '%b' "$2" >"$1/x.c"
		command="aarch64-linux-gnu-gcc -O2 -fno-asynchronous-unwind-tables -fno-unwind-tables -D__LINE__=0 -Wp,-MMD,drivers/.x.o.d -c -o drivers/x.o x.c"
		(cd "$1" && $command)
		echo "savedcmd_drivers/x.o := $command" >"$1/drivers/.x.o.cmd"
	}
	build a "$decl$one$two"
	build b "$decl$two$one"
	! "$S/build/same-code" aarch64-linux-gnu- a/drivers/x.o b/drivers/x.o || fail "the order was to be another one"
	passes "$S/build/apart" "$T/a" "$T/b" drivers/x.o
	[ ! -s out ] || fail "the same in another order: $(cat out)"
	[ ! -s err ] || fail "it warns again: $(cat err)"
	build b "$decl$(printf '%s' "$two" | sed 's/i + 1/i + 2/')$one"
	passes "$S/build/apart" "$T/a" "$T/b" drivers/x.o
	[ "$(cat out)" = f ] || fail "another function: $(cat out)"
	build b "$decl$(printf '%s' "$two" | sed 's/"f"/"g"/')$one"
	passes "$S/build/apart" "$T/a" "$T/b" drivers/x.o
	[ "$(cat out)" = strings ] || fail "another string: $(cat out)"
	rm b/drivers/.x.o.cmd
	refused 1 'no command' "$S/build/apart" "$T/a" "$T/b" drivers/x.o
}

# --- results: a failure is run again, a pass is not, the table wants all
test_steps() {
	cat >steps <<'END'
#!/bin/sh
. "$1/lib/common.sh"
. "$1/lib/step.sh"
step a key1 sh -c 'echo run >>log; echo found it' || echo "failed"
END
	sed -i "s|\$1/|$S/|" steps
	mkdir -p scripts
	cp -r "$S/lib" scripts/
	passes sh steps
	passes sh steps
	said 'a: ok as before: found it'
	[ "$(wc -l <log)" = 1 ] || fail "a pass was run again"
	sed -i 's/key1/key2/; s/found it/found it; exit 1/' steps
	sh steps >out 2>err
	grep -q failed out || fail "a failure was taken for a pass"
	sh steps >out 2>err
	[ "$(wc -l <log)" = 3 ] || fail "a failure was not run again"
}
# no_results_yet: a tree, and an empty directory of its results in $results
no_results_yet() {
	repo linux
	export KDIR="$T/linux"
	passes "$S/tree/tree"
	out=$(echo "$CACHE"/tree/kdir-*)
	results=$CACHE/out/${out##*/}/results
	mkdir -p "$results"
}
test_summary_wants_every_result() {
	no_results_yet
	for name in $(awk '!/^#/ { sub(/^[+]/, ""); print $1 }' "$S/build/plan"); do
		printf 'k\tok\t1\tfine\n' >"$results/$name"
		: >"$results/$name.seen"
	done
	passes "$S/lib/summary"
	rm "$results/apply.seen"
	! "$S/lib/summary" >out || fail "a result of an earlier run counts"
	grep -q '^not run.*which series fits' out || fail "it does not name what was not run: $(cat out)"
	printf 'k\tFAIL\t1\tbroken\n' >"$results/apply"
	: >"$results/apply.seen"
	! "$S/lib/summary" >out || fail "a failure counts as a pass"
	grep -q '^FAIL .*broken' out || fail "it does not say what failed: $(cat out)"
}

# --- the test runner
suite() {
	mkdir -p "suites/$1"
	printf '#!/bin/sh\n%s\n' "$2" >"suites/$1/run"
	chmod +x "suites/$1/run"
}
test_runner() {
	suite a 'echo 1..2; echo ok 1 x; echo "ok 2 y # SKIP none"'
	passes env TESTS="$T/suites" "$S/test/test"
	grep -q '^# Totals: pass:1 fail:0 skip:1' out || fail "$(cat out)"
	for bad in 'echo 1..2; echo ok 1 x' 'echo ok 1 x' 'echo 1..1; echo not ok 1 x' \
		'echo 1..1; echo ok 1 x; exit 1' 'echo 1..1; echo "ok 1 x # SKIP"' 'exit 0'; do
		suite b "$bad"
		! env TESTS="$T/suites" "$S/test/test" >out 2>&1 || fail "passes: $bad"
		grep -q '^not ok 2 b' out || fail "$(cat out)"
	done
}

# --- the scripts themselves
# of the checkout itself: the project of a test is links, and has no .ci
test_shellcheck() {
	command -v shellcheck >/dev/null || skip "no shellcheck"
	cd "$HERE/../.." || exit
	grep -lE '^#!/bin/(busybox )?sh|^# shellcheck shell=' -r scripts tests/scripts tests/board tests/progs .ci >"$T/list"
	for f in .ci/run tests/board/run tests/progs/build scripts/lib/common.sh tests/scripts/checks.t; do
		grep -qx "$f" "$T/list" || fail "it does not look at $f"
	done
		# shellcheck disable=SC2046
	shellcheck $(cat "$T/list")
}
test_scripts_refuse_arguments() {
	for f in build lint tree apply check all deps clean test summary lint-checkpatch lint-sparse \
		signoff preflight send watch realboard cover-letter emulate base-commit mail-state stamp tests-id; do
		code=0
		"$(find "$S" -name "$f" -type f)" one two three >out 2>err || code=$?
		[ $code = 2 ] || fail "$f exits with $code"
		grep -q usage err || fail "$f says $(cat err)"
	done
}
test_help_names_every_verb() {
	"$S/help" >help.txt
	for verb in $(sed -n 's/^\([a-z-]*\):.*;.*/\1/p' "$S/../Makefile"); do
		[ "$verb" = all ] || [ "$verb" = help ] || grep -q "^make $verb " help.txt || fail "no $verb"
	done
}
test_quick() {
	no_results_yet
	for name in $(sed -n 's/^\([a-z][^	]*\).*/\1/p' "$S/build/plan"); do
		printf 'k\tok\t1\tfine\n' >"$results/$name"
		: >"$results/$name.seen"
	done
	passes env QUICK=1 "$S/lib/summary"
	! "$S/lib/summary" >out || fail "the full plan is content with the quick one"
	grep -q '^not run.*arm64 Image' out || fail "it does not name what was not run: $(cat out)"
	"$S/build/rows" >full.txt
	QUICK=1 "$S/build/rows" >quick.txt
	grep -q '^x86_64-y ' full.txt || fail "$(cat full.txt)"
	! grep -qE '^x86_64-y | - ' quick.txt || fail "$(cat quick.txt)"
	[ "$("$S/build/rows" arm64-y)" = "$(grep '^arm64-y ' full.txt)" ] || fail "one row is not the row"
	refused 2 'give QUICK=1' env QUICK=yes "$S/build/rows"
}
test_for_all() {
	mkdir scripts
	takes lib/common.sh for-all
	printf '#!/bin/sh\n[ "$BASE" != v7.2 ] || exit 7\nn=0\n[ "$BASE" != v7.3 ] || n=1\necho "16 ok, $n fell short"\nexit $n\n' >scripts/all
	chmod +x scripts/all
	printf 'v7.0 x\n' >bases
	export BASES="$T/bases"
	passes scripts/for-all all
	[ "$(tail -n 1 out)" = 'v7.0: 16 ok, 0 fell short' ] || fail "$(cat out)"
	printf '#base\nv7.0 x\nv7.2 x\nv7.3 x\n' >bases
	! scripts/for-all all >out || fail "it passes"
	[ "$(tail -n 3 out | tr '\n' ';')" = 'v7.0: 16 ok, 0 fell short;v7.2: exit code 7;v7.3: 16 ok, 1 fell short;' ] || fail "$(cat out)"
	printf '#!/bin/sh\necho "# Totals: pass:9 fail:0 skip:1"\n' >scripts/test/test
	chmod +x scripts/test/test
	passes scripts/for-all test
	[ "$(tail -n 1 out)" = 'v7.3: pass:9 fail:0 skip:1' ] || fail "$(cat out)"
	refused 2 'neither KDIR nor BASE' env BASE=v7.0 scripts/for-all all
	refused 2 usage scripts/for-all clean
}
test_build_takes_what_is_asked_for() {
	repo linux
	series patches linux
	export KDIR="$T/linux"
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	mkdir scripts
	cp -r "$S"/lib scripts/
	cp "$S"/build/build "$S"/build/rows "$S"/build/variants scripts/
	cp -r "$S/../configs" .
	printf '#!/bin/sh\necho "${0##*/} $*" >>%s/log\necho done\n' "$T" | tee scripts/build/image >scripts/build/build-one
	printf '#!/bin/sh\necho key "$@"\n' >scripts/build/build-key
	find scripts -type f -exec chmod +x {} +
	# built WANTED ARGUMENT...: what is built when build is called with the arguments
	built() {
		want=$1
		shift
		rm -rf log "$CACHE"/out/*/results/build-*
		passes scripts/build/build "$@"
		[ "$(tr '\n' ';' <log)" = "$want" ] || fail "build $*: $(cat log)"
	}
	built 'build-one arm64-n;build-one arm64-y;build-one arm64-m;build-one arm-y;build-one x86_64-y;image ;'
	built 'build-one arm-y;' arm-y
	built 'image ;' image
	export QUICK=1
	built 'build-one arm64-n;build-one arm64-y;build-one arm64-m;'
	built 'image ;' image
	refused 2 usage scripts/build/build arm-y
}
test_lint_of_a_finding() {
	for tool in codespell sparse; do command -v $tool >/dev/null || skip "no $tool"; done
	mkdir -p scripts "$CACHE/work/v7.0/.git"
	takes lib/common.sh lib/step.sh lib/together.sh lint/lint lint/lists
	: >Kconfig.fragment
	: >"$CACHE/work/v7.0/.git/vb2-state"
	echo 'echo key' >scripts/build/build-key
	for what in checkpatch maintainers kernel-doc sparse kconfig; do
		printf '#!/bin/sh\necho "finds nothing"\n' >scripts/lint-$what
	done
	find scripts -type f -exec chmod +x {} +
	passes scripts/lint/lint
	[ "$(cat "$CACHE"/out/v7.0/results/lint-*[a-z] | grep -c '	ok	.*finds nothing')" = 5 ] ||
		fail "$(ls "$CACHE/out/v7.0/results")"
	printf '#!/bin/sh\necho "2 errors"\nexit 1\n' >scripts/lint/lint-sparse
	refused 1 . scripts/lint/lint
	said 'lint-sparse: FAIL: 2 errors'
	passes scripts/lint/lint maintainers
}
