#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The checks themselves: each must find what it is there for
. "$(dirname "$0")/lib.sh"

# --- the configuration: a kernel whose Kconfig drops a symbol
config_kernel() {
	repo linux
	cat >linux/Makefile <<'END'
tinyconfig:
	echo tiny >>$(O)/../made
	echo CONFIG_A=y >$(O)/.config
syncconfig:
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
	passes "$S/build/configure.sh" gcc "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
}
# Made once for all variants and for the series, and anew where the base is another
test_config_begins_with_what_is_there() {
	config_kernel
	for n in 1 2; do
		echo CONFIG_B$n=y >fragment
		passes "$S/build/configure.sh" gcc "$T/linux" "$T/o$n" arm64 tinyconfig "$T/fragment"
		printf 'CONFIG_A=y\nCONFIG_B%s=y\n' $n | cmp - o$n/.config || fail "o$n has: $(cat o$n/.config)"
	done
	git -C linux tag base
	echo config C >>linux/Kconfig
	git -C linux commit -qam Kconfig
	passes "$S/build/configure.sh" gcc "$T/linux" "$T/o1" arm64 tinyconfig "$T/fragment"
	printf 'CONFIG_A=y\nCONFIG_B2=y\n' | cmp - o1/.config || fail "o1 has: $(cat o1/.config)"
	[ "$(wc -l <made)" = 1 ] || fail "made $(wc -l <made) times"
	git -C linux tag -f base >/dev/null
	passes "$S/build/configure.sh" gcc "$T/linux" "$T/o3" arm64 tinyconfig "$T/fragment"
	[ "$(wc -l <made)" = 2 ] || fail "a new base begins with the .config of the old one"
}
test_config_of_what_is_there() {
	config_kernel
	mkdir o
	echo CONFIG_Z=y >o/.config
	echo CONFIG_B=y >fragment
	passes "$S/build/configure.sh" gcc "$T/linux" "$T/o" arm64 - "$T/fragment"
	printf 'CONFIG_Z=y\nCONFIG_B=y\n' | cmp - o/.config || fail "it has: $(cat o/.config)"
	[ ! -e made ] || fail "it begins anew"
}
test_config_with_a_lost_symbol() {
	config_kernel
	printf 'CONFIG_DROPPED=y\n' >fragment
	refused 1 'did not take: CONFIG_DROPPED=y$' "$S/build/configure.sh" gcc "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
	refused 1 'did not take' "$S/build/configure.sh" gcc "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
}
test_config_with_a_forced_symbol() {
	config_kernel
	printf '# CONFIG_FORCED is not set\n' >fragment
	refused 1 'did not take: CONFIG_FORCED=n$' "$S/build/configure.sh" gcc "$T/linux" "$T/o" arm64 tinyconfig "$T/fragment"
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
	# shellcheck source=scripts/build/kmake.sh
	. "$S/build/kmake.sh"
	warnings base >base.txt
	warnings series >series.txt
	[ "$(wc -l <base.txt)" = 2 ] || fail "of the base: $(cat base.txt)"
	[ "$(comm -13 base.txt series.txt)" = "include/media/c.h: error: incompatible types" ] ||
		fail "new: $(comm -13 base.txt series.txt)"
	(no_new W=1 base.txt base.txt)
	! (no_new W=1 base.txt series.txt) >out 2>&1 || fail "a new warning passes"
	says '^1 new warnings of W=1: include/media/c.h'
}

# --- code: what makes an object another one
compile() { printf '%b' "$2" >"$1.c" && cc -O1 -c "$1.c" -o "$1.o"; }
test_same_code() {
	command -v cc >/dev/null || skip "no compiler"
	plain='int g(void), h(void); int d = 1;\nint f(void) { return g() + 1; }\nint e(void) { return h(); }\n'
	compile a "$plain"
	compile b "/* moved */\n\n$plain"
	passes "$S/build/same-code.sh" '' a.o b.o
	for change in 's/g() + 1/g() + 2/' 's/d = 1/d = 2/' 's/return h()/return g()/' 's/int d = 1/static int d/'; do
		compile b "$(printf '%s' "$plain" | sed "$change")"
		! "$S/build/same-code.sh" '' a.o b.o || fail "it does not see $change"
	done
	compile b "$(printf '%s' "$plain" | sed 's/g() + 1/g() + 2/')"
	[ "$("$S/build/same-code.sh" -f '' a.o b.o)" = f ] || fail "functions: $("$S/build/same-code.sh" -f '' a.o b.o)"
	compile b "$(printf '%s' "$plain" | sed 's/return h()/return g()/')"
	[ "$("$S/build/same-code.sh" -f '' a.o b.o)" = e ] || fail "functions: $("$S/build/same-code.sh" -f '' a.o b.o)"
	compile b "$(printf '%s' "$plain" | sed 's/d = 1/d = 2/')"
	[ "$("$S/build/same-code.sh" -f '' a.o b.o)" = .data ] || fail "data: $("$S/build/same-code.sh" -f '' a.o b.o)"
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
	! "$S/build/same-code.sh" aarch64-linux-gnu- a/drivers/x.o b/drivers/x.o || fail "the order was to be another one"
	passes "$S/build/same-code.sh" -a aarch64-linux-gnu- "$T/a" "$T/b" drivers/x.o
	[ ! -s out ] || fail "the same in another order: $(cat out)"
	[ ! -s err ] || fail "it warns again: $(cat err)"
	build b "$decl$(printf '%s' "$two" | sed 's/i + 1/i + 2/')$one"
	passes "$S/build/same-code.sh" -a aarch64-linux-gnu- "$T/a" "$T/b" drivers/x.o
	[ "$(cat out)" = f ] || fail "another function: $(cat out)"
	build b "$decl$(printf '%s' "$two" | sed 's/"f"/"g"/')$one"
	passes "$S/build/same-code.sh" -a aarch64-linux-gnu- "$T/a" "$T/b" drivers/x.o
	[ "$(cat out)" = strings ] || fail "another string: $(cat out)"
	rm b/drivers/.x.o.cmd
	refused 1 'no command' "$S/build/same-code.sh" -a aarch64-linux-gnu- "$T/a" "$T/b" drivers/x.o
}

# --- once: a failure is run again, a pass is not, until what it is about has changed
# steps COMMAND...: a verb of a stage of its own, in a project of its own
steps() {
	mkdir -p scripts/stage scripts/build
	cp -r "$S/lib" scripts/
	printf '#name\twhen\twords\na\talways\tthe first\nb\tfull\tthe second\n' >scripts/build/checks.tsv
	printf 'tool-x\tverb\tpkg-x\tpkg-x\tpkg-x\n' >>"$TOOLS_TSV"
	mkdir -p bin
	printf '#!/bin/sh\n' | tee bin/tool-x bin/tool-y >/dev/null
	chmod +x bin/*
	export PATH="$T/bin:$PATH"
	{
		echo '#!/bin/sh'
		echo '# verb: does nothing'
		echo '. "$(dirname "$0")/../lib/common.sh"'
		echo '. "$S/lib/once.sh"'
		echo 'need_for verb'
		printf '%s\n' "$@"
	} >scripts/stage/verb
	printf '#!/bin/sh\necho run >>%s/log\necho "found it"\n' "$T" >scripts/stage/step.sh
	chmod +x scripts/stage/*
	echo 1 >input
}
ran() { [ "$(wc -l <log)" = "$1" ] || fail "$2: it ran $(wc -l <log) times"; }
test_once() {
	steps 'once a word "$TOP/input" -- "$S/stage/step.sh" || echo failed'
	passes scripts/stage/verb
	said '^\[1/2\] the first: ok, [0-9]* s: found it$'
	passes scripts/stage/verb
	said '^\[1/2\] the first: ok as before: found it$'
	ran 1 "a pass was run again"
	echo 'exit 1' >>scripts/stage/step.sh
	scripts/stage/verb >out 2>err
	grep -q failed out || fail "a failure was taken for a pass"
	scripts/stage/verb >out 2>err
	ran 3 "a failure was not run again"
}
# What the thirteen mechanisms before did not see, each
test_once_sees_what_has_changed() {
	steps 'once a word "$TOP/input" -- "$S/stage/step.sh"'
	passes scripts/stage/verb
	n=1
	while read -r what command; do
		n=$((n + 1))
		sh -euc "$command"
		passes scripts/stage/verb
		ran $n "$what"
		passes scripts/stage/verb
		ran $n "$what, twice"
	done <<-'END'
		input echo 2 >input
		helper echo '# more' >>scripts/stage/step.sh
		new-helper echo >scripts/stage/other.awk
		library echo '# more' >>scripts/lib/tools.sh
		tool printf '#!/bin/sh\n# a newer one\n' >bin/tool-x
	END
	echo '# more' >>bin/tool-y
	passes scripts/stage/verb
	ran $n "a tool of another verb"
	mkdir -p scripts/other
	echo >scripts/other/script
	passes scripts/stage/verb
	ran $n "a script of another stage"
}
test_once_sees_the_series() {
	applied_series
	steps 'once a -- "$S/stage/step.sh"' 'about=base once b -- "$S/stage/step.sh"'
	passes scripts/stage/verb
	ran 2 "from the start"
	sed -i 's/^+forty/+FORTY/' patches/0002*
	passes "$S/tree/apply"
	passes scripts/stage/verb
	ran 3 "another patch: a, and not b"
	git -C linux commit -q --allow-empty -m more
	passes "$S/tree/tree"
	passes scripts/stage/verb
	ran 5 "another tree"
}
test_once_wants_what_was_made() {
	steps 'made=$TOP/thing once a -- sh -c "echo run >>$TOP/log; : >$TOP/thing; echo found"'
	passes scripts/stage/verb
	passes scripts/stage/verb
	ran 1 "a pass was run again"
	rm thing
	passes scripts/stage/verb
	ran 2 "what it makes is gone"
}
test_once_good() {
	steps 'once a "$TOP/input" -- "$S/stage/step.sh"' 'QUICK=1 once_known' 'VERB=other once_good a || echo no'
	passes scripts/stage/verb
	[ "$(cat out)" = "$(printf 'a\tok\tfound it\tthe first')" ] || fail "$(cat out)"
	sed -i '/^once/d' scripts/stage/verb
	! scripts/stage/verb >out || fail "a verb that has changed is known good"
	echo 'once_good a' >>scripts/stage/verb
	! scripts/stage/verb >out || fail "good, though the stage has changed"
}
# In a function, too, a command that fails ends the step
test_once_ends_a_function() {
	steps 'f() { progress "part 1"; false; echo more; }' 'once a -- f || echo failed'
	passes scripts/stage/verb
	says '^failed$'
	said '^\[1/2\] the first: part 1, [0-9]* s$'
	! grep -q more err || fail "it went on: $(cat err)"
}
test_summary_wants_every_result() {
	repo linux
	steps 'rc=0' 'for name in $STEPS; do once $name -- "$S/stage/step.sh" || rc=1; done' 'once_summary || rc=1' 'exit $rc'
	export KDIR="$T/linux"
	passes "$S/tree/tree"
	STEPS='a b' passes scripts/stage/verb
	says '^took [0-9]* s: '
	[ "$(tail -n 1 out)" = '2 ok, 0 fell short' ] || fail "$(cat out)"
	! STEPS=a scripts/stage/verb >out || fail "a result of an earlier run counts"
	says '^not run .*the second'
	STEPS=a QUICK=1 passes scripts/stage/verb
	echo 'exit 1' >>scripts/stage/step.sh
	! STEPS='a b' scripts/stage/verb >out || fail "a failure counts as a pass"
	says '^FAIL .*the first .*found it'
}
test_help_of_a_verb() {
	steps
	passes scripts/stage/verb --help
	[ "$(cat out)" = 'verb: does nothing' ] || fail "$(cat out)"
}

# --- Ctrl-C: no process is left, and the lock is free
# interrupted SECONDS: make, and what is left of it
interrupted() {
	setsid env --default-signal=INT make -s >out 2>&1 &
	sleep "$1"
	kill -s INT -- "-$!"
	wait $! || :
	! pgrep -f "$T/scripts/stage/[v]erb|sleep 98765" >left || fail "left after $1 s: $(cat left)"
	[ ! -e "$CACHE/lock" ] || flock -n "$CACHE/lock" true || fail "the lock is held after $1 s"
}
test_interrupt() {
	steps 'lock' 'trap "echo cleaned >>$TOP/cleaned" EXIT' 'f() { sleep 987650; }' \
		'together once a -- sleep 987651' 'together once b -- f' ': >$TOP/begun' 'sleep 987652' 'all_ended'
	printf 'all:\n\t@%s/scripts/stage/verb\n' "$T" >Makefile
	unset VB2_GROUP
	for seconds in 0.1 0.5 1 3; do
		interrupted $seconds
	done
	[ -e begun ] || fail "it never began"
	grep -q cleaned cleaned || fail "it did not clean up"
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
	for f in $(cd "$S" && find . -type f -perm -u+x ! -name '*.*' ! -path '*/payload/*' ! -path './lib/*' ! -name watch ! -name mutants | sort); do
		code=0
		"$S/$f" one two three >out 2>err || code=$?
		[ $code = 2 ] || fail "$f exits with $code"
		grep -qi usage err || fail "$f says $(cat err)"
	done
}
test_scripts_say_what_they_do() {
	for f in $(cd "$S" && find . -type f -perm -u+x ! -name '*.*' ! -path '*/payload/*' ! -path './lib/*' | sort); do
		passes "$S/$f" --help
		says "^${f##*/}[ :]"
	done
}
test_help_names_every_verb() {
	make -C "$S/.." help >help.txt
	for verb in $(sed -n 's/^\([a-z-]*\):.*;.*/\1/p' "$S/../Makefile"); do
		[ "$verb" = all ] || [ "$verb" = help ] || grep -q "make ${verb}[ :]" help.txt || fail "no $verb"
	done
}
test_quick() {
	"$S/build/variant.sh" rows >full.txt
	QUICK=1 "$S/build/variant.sh" rows >quick.txt
	grep -q '^x86_64-y ' full.txt || fail "$(cat full.txt)"
	! grep -qE '^x86_64-y | - ' quick.txt || fail "$(cat quick.txt)"
	[ "$("$S/build/variant.sh" rows arm64-y)" = "$(grep '^arm64-y ' full.txt)" ] || fail "one row is not the row"
	refused 2 'give QUICK=1' env QUICK=yes "$S/build/variant.sh" rows
}
# Every row of the table has a variant to build, or something that makes it
test_checks_are_made() {
	for name in $(awk '!/^#/ { print $1 }' "$S/build/checks.tsv"); do
		case $name in
		build-*) [ -n "$("$S/build/variant.sh" rows "${name#build-}")" ] || fail "no variant $name" ;;
		lint-*) [ -x "$S/lint/${name#lint-}.sh" ] || fail "no lint $name" ;;
		*) grep -qE "once \"?${name%-off}|once \"?${name%%-*}-" -r "$S/tree" "$S/build" || fail "nothing makes $name" ;;
		esac
	done
}
test_all() {
	mkdir scripts
	takes all build/checks.tsv
	for verb in tree/tree tree/apply build/build lint/lint build/check; do
		printf '#!/bin/sh\necho %s$1 >>%s/log\n' $verb "$T" >scripts/$verb
	done
	echo 'sleep 0.5' >>scripts/lint/lint
	sed -i '1a sleep 0.2' scripts/build/build
	chmod +x scripts/*/*
	# order WANTED: of what is run
	order() {
		rm -f log
		refused 1 . scripts/all # since no row of the table is ok
		[ "$(tr '\n' ';' <log)" = "$1" ] || fail "$(cat log)"
	}
	order 'tree/tree;tree/apply;lint/lintcheckpatch;build/build;lint/lint;build/check;'
	echo 'exit 1' >>scripts/build/build
	order 'tree/tree;tree/apply;lint/lintcheckpatch;build/build;lint/lint;build/check;'
	echo 'exit 6' >>scripts/tree/apply
	rm log
	code=0
	scripts/all >out 2>err || code=$?
	[ $code = 6 ] || fail "it exits with $code"
	[ "$(tr '\n' ';' <log)" = 'tree/tree;tree/apply;' ] || fail "it goes on: $(cat log)"
}
test_each_base() {
	mkdir scripts
	takes each-base
	printf '#!/bin/sh\n[ "$BASE" != v7.2 ] || exit 7\nn=0\n[ "$BASE" != v7.3 ] || n=1\necho "16 ok, $n fell short"\nexit $n\n' >scripts/all
	chmod +x scripts/all
	printf 'v7.0 x\n' >bases
	export BASES="$T/bases"
	passes scripts/each-base all
	[ "$(tail -n 1 out)" = 'v7.0: 16 ok, 0 fell short' ] || fail "$(cat out)"
	printf '#base\nv7.0 x\nv7.2 x\nv7.3 x\n' >bases
	! scripts/each-base all >out || fail "it passes"
	[ "$(tail -n 3 out | tr '\n' ';')" = 'v7.0: 16 ok, 0 fell short;v7.2: exit code 7;v7.3: 16 ok, 1 fell short;' ] || fail "$(cat out)"
	passes scripts/each-base all v7.0
	printf '#!/bin/sh\necho "# Totals: pass:9 fail:0 skip:1"\n' >scripts/test/test
	chmod +x scripts/test/test
	passes scripts/each-base test
	[ "$(tail -n 1 out)" = 'v7.3: pass:9 fail:0 skip:1' ] || fail "$(cat out)"
	refused 2 'neither KDIR nor BASE' env BASE=v7.0 scripts/each-base all
	refused 2 usage scripts/each-base clean
}
test_build_takes_what_is_asked_for() {
	applied_series
	mkdir scripts
	takes build/build build/variants.tsv build/checks.tsv build/variant.sh build/kmake.sh
	cp -r "$S/../configs" .
	mkdir -p tests/fixes
	printf '#!/bin/sh\necho "$2 $3" >>%s/log.fixes\n' "$T" >tests/fixes/freed-tiles
	chmod +x tests/fixes/freed-tiles
	sed -i "s|^	build\$|echo \"\$variant\" >>$T/log; mkdir -p \"\$o/drivers/media\"; echo done|" scripts/build/variant.sh
	# built WANTED ARGUMENT...: what is built when build is called with the arguments
	built() {
		want=$1
		shift
		rm -rf log "$CACHE"/out/*/results/build-*
		passes scripts/build/build "$@"
		[ "$(tr '\n' ';' <log)" = "$want" ] || fail "build $*: $(cat log)"
	}
	built 'arm64-n;arm64-y;arm64-m;arm-y;x86_64-y;x86_64-clang;'
	[ "$(cat log.fixes)" = "base fixes" ] || fail "the harness of the fixes: $(cat log.fixes)"
	built 'arm-y;' arm-y
	export QUICK=1
	built 'arm64-n;arm64-y;arm64-m;'
	refused 2 usage scripts/build/build arm-y
}
# With a make that writes the pages, or not, and warns of what the file "warns" says
test_sphinx_of_each_document() {
	repo linux
	mkdir -p linux/Documentation/a/b
	echo >linux/Documentation/a/index.rst
	echo one >linux/Documentation/a/b/doc.rst
	git -C linux add .
	git -C linux commit -qm documents
	git clone -q linux made 2>/dev/null
	echo two >made/Documentation/a/b/doc.rst
	echo new >made/Documentation/a/new.rst
	git -C made add .
	git -C made commit -qm 'two documents'
	git -C made format-patch -q -o "$T/patches" HEAD~1
	export KDIR="$T/linux"
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	takes lint/sphinx.sh build/kmake.sh build/checks.tsv
	cat >>scripts/build/kmake.sh <<'END'
kmake() {
	pages=$3/Documentation/output
	mkdir -p "$pages/a/b"
	for page in $PAGES; do
		[ ! -e "$2/Documentation/$page.rst" ] || : >"$pages/$page.html"
	done
	echo "${3##*-}" >>"$T/read"
	cat "$T/all" 2>/dev/null || :
	[ "${2%/work/*}" = "$2" ] || cat "$T/warns"
}
END
	export T PAGES='a/b/doc a/new'
	: >warns
	echo 'Documentation/a/index.rst:1: WARNING: was there before' >all
	passes scripts/lint/sphinx.sh
	[ "$(tail -n 1 out)" = 'a: no warning that the base does not have (of 1)' ] || fail "$(cat out)"
	[ "$(cat read)" = series ] || fail "the base is read for nothing: $(cat read)"
	echo 'Documentation/a/b/doc.rst:1: WARNING: was there before' >>all
	passes scripts/lint/sphinx.sh
	grep -qx base read || fail "the base is not read"
	: >all
	for new in 'Documentation/a/new.rst:1: WARNING: is no English' \
		"Documentation/a/index.rst:1: WARNING: Duplicate C declaration, also defined at a/new:4."; do
		echo "$new" >warns
		refused 1 . scripts/lint/sphinx.sh
		grep -q "1 new warnings of sphinx: .*${new#*: }" out || fail "$(cat out)"
	done
	: >warns
	PAGES=a/b/doc refused 1 'sphinx made no page of a/new.rst' scripts/lint/sphinx.sh
	PAGES=a/new refused 1 'sphinx made no page of a/b/doc.rst' scripts/lint/sphinx.sh
}
# A warning of one patch counts, though the next takes it back; what was there before does not
test_kernel_doc_of_each_patch() {
	repo linux
	mkdir -p linux/tools/docs
	cat >linux/tools/docs/kernel-doc <<'END'
#!/bin/sh
grep -n 'BAD\|@wrong' "$3" | sed "s|^\([0-9]*\):.*\(BAD.*\)|Warning: $3:\1 \2|; s|^.*@wrong.*|no arg|" >&2
END
	chmod +x linux/tools/docs/kernel-doc
	echo '/* BAD old */' >linux/a.h
	git -C linux add .
	git -C linux commit -qm kernel-doc
	for second in '/* good */' '/* BAD new */'; do
		rm -rf made patches "$CACHE"
		git clone -q linux made 2>/dev/null
		sed -i '1i int a;' made/a.h
		echo "$second" >>made/a.h
		git -C made commit -qam one
		sed -i '$d' made/a.h
		git -C made commit -qam two
		git -C made format-patch -q -o "$T/patches" HEAD~2
		export KDIR="$T/linux"
		passes "$S/tree/tree"
		passes "$S/tree/apply"
		case $second in
		*BAD*)
			refused 1 'patch 1, a.h: Warning:  *BAD new' "$S/lint/kernel-doc.sh"
			[ "$(tail -n 1 out)" = '1 new warnings of kernel-doc' ] || fail "$(cat out)"
			;;
		*)
			passes "$S/lint/kernel-doc.sh"
			[ "$(tail -n 1 out)" = '2 files, each before and after its patch, no new warning with -Wall' ] || fail "$(cat out)"
			;;
		esac
	done
	echo 'exit 0' >linux/tools/docs/kernel-doc
	git -C linux commit -qam 'finds nothing'
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	refused 3 'it does not work here' "$S/lint/kernel-doc.sh"
}
test_lint_of_a_finding() {
	applied_series
	mkdir -p scripts configs/objects
	takes lint/lint lint/lists.tsv build/checks.tsv
	: >Kconfig.fragment
	: >configs/fences-y.config
	for what in sphinx checkpatch maintainers kernel-doc sparse kconfig; do
		printf '#!/bin/sh\necho "finds nothing"\n' >scripts/lint/$what.sh
	done
	chmod +x scripts/lint/*.sh
	passes scripts/lint/lint
	[ "$(grep -c ": ok, .*: finds nothing" err)" = 6 ] || fail "$(cat err)"
	printf '#!/bin/sh\necho "2 errors"\nexit 1\n' >scripts/lint/sparse.sh
	refused 1 . scripts/lint/lint
	said ' sparse: FAIL, [0-9]* s: 2 errors'
	passes scripts/lint/lint maintainers
	said 'ok as before'
	# sparse and sphinx build by what is in there
	echo 'another list of objects' >>scripts/build/kmake.sh
	passes scripts/lint/lint maintainers
	! grep -q 'as before' err || fail "$(cat err)"
}
# What "build" left half-made has no size to compare
test_check_of_objects_that_are_not_whole() {
	applied_series
	out=$(echo "$CACHE"/out/kdir-*)
	for o in base-arm64-n arm64-n arm64-y; do mkdir -p "$out/$o/drivers/media/common/videobuf2"; done
	refused 1 "not whole, or not of this series: run 'make build KDIR=.*' first" "$S/build/check" on
}

run_tests "$@"
