# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154
# For run: what each boot is, and the two things that are done with it

# start_from FROM TO: where nothing was built in TO yet, begin with a copy of FROM, if
# that is there; a whole one or none
start_from() {
	[ -d "$1" ] && [ ! -d "$2" ] || return 0
	rm -rf "$2.new"
	cp -a "$1" "$2.new" || {
		rm -rf "$2.new"
		echo "${0##*/}: cannot copy $1 to $2: is the disk full?" >&2
		exit 8
	}
	mv "$2.new" "$2"
}

build() {
	tree=$2
	case $actions in *build*) ;; *) return 0 ;; esac
	name=$1$suffix
	seed=$3
	[ -z "$suffix" ] || [ ! -d "$cache/$1" ] || seed=$1
	shift 3
	[ ! -d "$tree/drivers/media/platform/rockchip/rkvdec" ] || set -- "$@" rkvdec
	start_from "$cache/$seed" "$cache/$name"
	echo "# building $name"
	"$here/build-kernel" "$tree" "$cache/$name" "$@"
	"$here/build-initramfs" "$cache/$name" "$cache/$name-root"
}

start() {
	case $actions in *start*) ;; *) return 0 ;; esac
	name=$1$suffix
	shift
	echo "# booting $name"
	# What only some kernels have; the tests know no single-planar node of vim2m
	has=
	[ ! -e "$tree/drivers/media/platform/rockchip/rga/rga3-hw.c" ] || has=VRF_RGA3=1
	# without patches/rkvdec/fixes, the first interrupt that comes late ends the kernel
	! grep -qs rkvdec_irq_done "$tree/drivers/media/platform/rockchip/rkvdec/rkvdec.c" || has="$has VRF_RKVDEC=1"
	! grep -q multiplanar "$tree/drivers/media/test-drivers/vim2m.c" || has="$has VRF_VIM2M=1"
	! grep -q DRM_FORMAT_NV12 "$tree/drivers/gpu/drm/vkms/vkms_plane.c" || has="$has VRF_VKMS_NV12=1"
	# shellcheck disable=SC2086 # words
	"$here/boot" "$cache/$name" "$cache/$name-root/initramfs.cpio" \
		"$cache/$name.log" "$limit" $has ${JOBS:+VRF_JOBS=$JOBS} "$@" ${ONLY:-}
}

# One CPU whose clock counts instructions, one each nanosecond, and skips what it
# would sleep; nothing random: the same run gives the same figures.
bench() {
	export VRF_MACHINE="-M virt,gic-version=3,dtb-randomness=off -smp 1 -m 512 \
		-cpu cortex-a53,cntfrq=1000000000 -icount shift=0,sleep=off \
		-rtc base=2026-01-01,clock=vm"
	export VRF_SUBJECTS="bench
gain"
}

# boot_one BOOT ACTIONS: of these, build and start, or one of them
boot_one() {
	actions=$2
	[ "$1" = record ] || unset VRF_RECORD
	case $1 in
	fences)
		build lockdep-y "$VRF_TREE" none board media trace lockdep fences-y
		start lockdep-y
		;;
	switched-off)
		build lockdep-y "$VRF_TREE" none board media trace lockdep fences-y
		start lockdep-y VRF_EXPECT=none videobuf2_release_fence.enable=0
		;;
	off)
		build lockdep-n "$VRF_TREE" lockdep-y board media trace lockdep fences-n
		start lockdep-n VRF_EXPECT=none
		;;
	base)
		build base "$VRF_BASE_TREE" none board media trace lockdep
		start base VRF_EXPECT=none
		;;
	apps)
		build apps-y "$VRF_TREE" lockdep-y board media trace lockdep fences-y apps
		start apps-y
		;;
	apps-base)
		build apps-base "$VRF_BASE_TREE" base board media trace lockdep apps
		start apps-base VRF_EXPECT=none
		;;
	short)
		MAKE_ARGS="CFLAGS_videobuf2-release-fence.o=-include $here/short-timer.h" \
			build short-y "$VRF_TREE" lockdep-y board media trace lockdep fences-y
		ONLY=race start short-y VRF_SHORT_TIMER=1
		;;
	bench)
		bench
		build bench-y "$VRF_TREE" none board media bench fences-y
		start bench-y
		;;
	bench-off)
		bench
		build bench-n "$VRF_TREE" bench-y board media bench fences-n
		start bench-n VRF_EXPECT=none
		;;
	soak)
		# with lockdep 100000 jobs of a kind take ten minutes
		build bench-y "$VRF_TREE" none board media bench fences-y
		start bench-y
		;;
	kasan)
		# the subject section asks lockdep
		export VRF_SKIPS="the timer of this kernel is not short|this kernel does not know which locks are held"
		build kasan-y "$VRF_TREE" none board media trace kasan fences-y
		start kasan-y
		;;
	rt)
		build rt-y "$VRF_TREE" none board media trace lockdep fences-y rt
		start rt-y
		;;
	record)
		export VRF_RECORD
		build lockdep-y "$VRF_TREE" none board media trace lockdep fences-y
		ONLY='' start lockdep-y
		;;
	*)
		echo "${0##*/}: what is $1?" >&2
		return 2
		;;
	esac
}

