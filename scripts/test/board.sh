# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The emulated machines, for the verbs that boot them; sourced after tree/series.sh
[ -z "$SERIES" ] || die 2 "SERIES is for building and checking: name boots that have patches/$SERIES (tests/board/boots.tsv) with BOOTS"

for boot in ${BOOTS:-}; do
	all_boots=$(awk -F '\t' '!/^#/ { print $1 }' "$TOP/tests/board/boots.tsv" | xargs)
	case " $all_boots " in
	*" $boot "*) ;;
	*) die 2 "BOOTS=$boot is no boot; there are $all_boots (tests/board/boots.tsv)" ;;
	esac
done

# emulate RECORD BOOT...: boot them (tests/board/run) with the trees that apply made, as one report
# in KTAP on stdout. What they recorded becomes $OUT/record/RECORD; of a part of it (ONLY),
# $OUT/record/part. In a shell of its own: it leaves nothing behind.
emulate() (
	record=$1
	shift
	boots=$(with_only "$@") || exit
	# shellcheck disable=SC2086 # words
	set -- $boots
	lock
	prepare
	space 3000000
	export VRF_TREE="$WORK" VRF_BASE_TREE="$FIXED" VRF_CACHE="$OUT" VRF_BASE="$ID"
	case " $* " in *'record '*)
		VRF_RECORD=$(record_root) || exit
		export VRF_RECORD
		;;
	esac
	stacks "$@"
	for boot; do rm -f "$OUT/board/$boot.tsv"; done
	code=0
	# a machine with other work takes twice as long
	unset_user LIMIT="${LIMIT:-1200}" "$TOP/tests/board/run" "$@" 9>&- || code=$?
	[ -z "${ONLY:-}" ] || record=part
	mkdir -p "$OUT/record"
	for boot; do cat "$OUT/board/$boot.tsv" 2>/dev/null || :; done >"$OUT/record/$record"
	exit $code
)

# programs_of BOOT: those that it runs. test_names PROGRAM...: their tests on arm64, with every kind of job
programs_of() {
	awk -F '\t' -v boot="$1" '$1 == boot { print $7 }' "$TOP/tests/board/boots.tsv" | tr ' ' '\n' |
		sed -e "/^\*\$/{r $TOP/tests/board/subjects" -e 'd;}'
}
test_names() {
	for program; do ! [ -f "$TOP/tests/progs/$program.c" ] || echo "$TOP/tests/progs/$program.c"; done |
		xargs -r awk -F '[(,"]' '
			/^\t\.name = "/ { kind[$2] }
			/^TEST\(/ { print $2 }
			/^TEST_KINDS\(/ { for (name in kind) print name "." $2 }' "$TOP/tests/progs/lib/jobs.c"
}
# runs BOOT NAME: is that one of its programs or, on arm64, in the name of a test?
# shellcheck disable=SC2046 # words
runs() { programs_of "$1" | grep -qxF -e "$2" || test_names $(programs_of "$1") | grep -qF -e "$2"; }
# with_only BOOT...: those of them that run what ONLY names, or all; each word has to be in one of them
with_only() {
	[ -n "${ONLY:-}" ] || { echo "$*"; return; }
	set -f
	for word in $ONLY; do
		for boot; do ! runs "$boot" "$word" || continue 2; done
		die 2 "ONLY=$word is in the name of no test of $*; the programs are $(
			for boot; do programs_of "$boot"; done | sort -u | xargs)"
	done
	for boot; do
		for word in $ONLY; do ! runs "$boot" "$word" || { echo "$boot"; continue 2; }; done
		say "leaves out $boot, which has no test of ONLY=\"$ONLY\""
	done
}
# fitting BOOT...: of these, those whose patches on top of the series are made for this base. Whether
# they fit a tree of one's own (KDIR) only shows when such a boot is asked for.
fitting() {
	[ -z "$KDIR" ] || return 0
	for boot; do
		[ -z "$(stack_files "$(stack_of "$boot")" "$ID")" ] || echo "$boot"
	done
}
# stack_of BOOT: the patches on top of the series that it boots with, if any: vim2m, wait
stack_of() {
	awk -F '\t' -v boot="$1" '$1 == boot && $3 !~ /^(series|fixes)$/ { sub(/-fixes$/, "", $3); print $3 }' \
		"$TOP/tests/board/boots.tsv"
}
# stacks BOOT...: make the trees that these boots need on top of the series
stacks() {
	for stack in $(for boot; do stack_of "$boot"; done | sort -u); do
		"$S/tree/stack.sh" "$stack" || exit
	done
}

# say_same RECORD WHAT A B: one more result: the lines of A and B are the same, of which there are
# some; it goes to the record, too
say_same() {
	result=pass line="ok 1 $2 # $(wc -l <"$3") lines"
	if ! [ -s "$3" ] || ! diff -u "$3" "$4" >"$OUT/$1.diff"; then
		result=fail line="not ok 1 $2"
		sed 's/^/# /' "$OUT/$1.diff"
	fi
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$ID" "$1" compared "$2" $result '' '' "$ID" "$1" compared "$2" $result lines \
		"$(wc -l <"$3") lines" >>"$OUT/record/$1"
	printf '%s\n' "KTAP version 1" 1..1 "$line"
	[ $result = pass ] && echo "# Totals: pass:1 fail:0 skip:0" || echo "# Totals: pass:0 fail:1 skip:0"
	[ $result = pass ]
}

# record_root: what the boot "record" takes along: busybox of Debian's arm64 package and
# the tarball for real boards. Its path on stdout.
record_root() {
	need_for evidence
	root=$OUT/record-root
	mkdir -p "$CACHE/dl"
	# of this tree: without BASE it would be of the series that is sent
	[ -n "$KDIR" ] || export BASE="$ID"
	rm -f "$OUT"/vb2-board-*.tar.gz # maybe of another series
	"$S/realboard/realboard" >&2 || return
	deb=$("$S/tree/apt-download.sh" busybox-static trixie "$CACHE/dl" arm64) || return
	rm -rf "$root" "$root.deb"
	dpkg-deb -x "$deb" "$root.deb" || die_io 8 "cannot unpack $deb"
	mkdir -p "$root/bin"
	cp "$(find "$root.deb" -path '*/bin/busybox' -type f)" "$root/bin/busybox" || die_io 7 "$deb holds no busybox"
	rm -rf "$root.deb"
	cp "$OUT"/vb2-board-*.tar.gz "$root/record.tar.gz" || die_io 8 "cannot write $root"
	echo "$root"
}

# has_qemu: it is there, or need_for may install it. Without it the scripts can be tested.
has_qemu() {
	command -v qemu-system-aarch64 >/dev/null ||
		{ [ -z "${NO_INSTALL:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
}

# took BEGIN LOG...: where the time went, for the end of a report: the boots by their last line
# of the console, the rest is building. A log from before BEGIN is of an earlier run.
took() {
	begin=$1 total=$(($(date +%s) - $1))
	shift
	boots=$(for log; do
		[ "$(stat -c %Y "$log" 2>/dev/null || echo 0)" -ge "$begin" ] || continue
		sed -n 's/^\[ *\([0-9]*\)\.[0-9]*\].*/\1/p' "$log" | tail -n 1 | sed "s|^|$(basename "$log" .log) |"
	done | awk '{ printf "%s%s %s s", sep, $1, $2; sep = ", " }')
	echo "# took $total s${boots:+; booted: $boots}"
}
