# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The emulated board, for all who boot it; sourced after common.sh

# emulate BOOT...: boot it (tests/board/run) with the tree that the series was applied to,
# as one KTAP report on stdout. In a shell of its own: it leaves nothing behind.
emulate() (
	lock
	prepare
	space 3000000
	export VRF_TREE="$WORK" VRF_BASE_TREE="$FIXED" VRF_CACHE="$OUT"
	case " $* " in *' record '*)
		VRF_RECORD=$(record_root) || exit
		export VRF_RECORD
		;;
	esac
	# a machine with other work takes twice as long
	exec env LIMIT="${LIMIT:-1200}" "$TOP/tests/board/run" "$@" 9>&-
)

# one_boot BOOT: its report shown as it comes and kept in $OUT/BOOT.ktap. The exit code is
# that of emulate.
one_boot() {
	rm -f "$OUT/$1.rc"
	{ emulate "$1" || echo $? >"$OUT/$1.rc"; } | tee "$OUT/$1.ktap"
	[ ! -e "$OUT/$1.rc" ] || return "$(cat "$OUT/$1.rc")"
}

# boot_and_keep BOOT WHAT: all of the board in this boot; its counts, a line for each subject, are
# evidence of it. Of a part of it (ONLY) nothing is kept.
boot_and_keep() {
	lock
	one_boot "$1"
	[ -z "${ONLY:-}" ] || return 0
	table=$(awk -f "$S/evidence/ktap.awk" "$OUT/$1.ktap") || exit
	echo "$table" | keep "$1" "make test-$1" \
		"the emulated board with $2, modelled hardware: boot, subject, passed, failed, skipped"
}

# record_root: what the boot "record" takes along: busybox of Debian's arm64 package and
# the tarball for real boards. Its path on stdout.
record_root() {
	need_for evidence
	root=$OUT/record-root
	mkdir -p "$CACHE/dl"
	# of this tree: without BASE it would be for the newest
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
