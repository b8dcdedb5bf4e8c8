# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The kernel's make, and what it says; sourced after common.sh.

# kmake COMPILER TREE OBJECTS ARCH ARGUMENT...: cross, through ccache. COMPILER is gcc or
# clang; that one links with lld.
kmake() (
	compiler=$1 tree=$2 objects=$3 arch=$4
	shift 4
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES W C O ARCH CROSS_COMPILE KCFLAGS LLVM
	case $compiler in
	gcc)
		cross=$(cross "$arch")
		set -- CROSS_COMPILE="$cross" CC="ccache ${cross}gcc" HOSTCC="ccache gcc" "$@"
		;;
	clang)
		suffix=$(clang_suffix)
		set -- LLVM="${suffix:-1}" CC="ccache clang$suffix" HOSTCC="ccache gcc" HOSTLD=ld HOSTAR=ar "$@"
		;;
	esac
	# not a wrapper of the user's: W=1 runs kernel-doc once for each file
	[ ! -x /usr/bin/python3 ] || set -- PYTHON3=/usr/bin/python3 "$@"
	set -- make -C "$tree" O="$objects" ARCH="$arch" -j"$CPUS" --no-print-directory "$@"
	show "$@"
	exec 9>&-
	"$@"
)

# objects COMPILER TREE OBJECTS ARCH LOG ARGUMENT...: build the objects that matter, of $what;
# the log is new. Warnings go there, an error ends it. Objects of arm64-n are to be compared
# with those of the base: lines that move, which some messages print, are no difference.
# (No option keeps gcc from a warning about that: the base has it too.) W=1 would run
# kernel-doc over each source, a second each: lint/kernel-doc.sh does it patch by patch.
objects() {
	compiler=$1 tree=$2 objects=$3 arch=$4 log=$5
	shift 5
	case $objects in
	*arm64-n) set -- "KCFLAGS=-D__LINE__=0" "$@" ;;
	esac
	kmake "$compiler" "$tree" "$objects" "$arch" -k W=1 KERNELDOC=/dev/null "$@" \
		drivers/media/common/videobuf2/ \
		drivers/media/v4l2-core/v4l2-mem2mem.o \
		drivers/media/platform/verisilicon/ \
		drivers/media/platform/rockchip/rga/ \
		drivers/media/test-drivers/vim2m.o >"$log" 2>&1 || {
		grep -E 'error:|Error [0-9]|No space left' "$log" | head -n 10 >&2
		die_io 1 "the build fails${what:+ with $what}, see $log"
	}
}

# warnings LOG...: those of build logs, without paths of this machine and without line
# numbers, each once
warnings() {
	cat "$@" | sed -n -E 's/(\.[a-zA-Z]+):[0-9]+(:[0-9]+)?:? /\1: /g; /[Ww]arning: |error: /s|^.*/((drivers\|include)/)|\1|p; t; /[Ww]arning: |WARNING: |error: /p' | sort -u
}
# no_new WHAT BASE NEW: die with the finding unless every line of NEW is in BASE; both sorted
no_new() {
	new=$(comm -13 "$2" "$3")
	[ -n "$new" ] || return 0
	printf '%s\n' "$new" >&2
	echo "$(printf '%s\n' "$new" | wc -l) new warnings of $1: $(printf '%s\n' "$new" | sed -n 1p)"
	exit 1
}
