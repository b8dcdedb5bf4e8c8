#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# builtin-only.sh OBJECTS: in a build with videobuf2 as modules, is the whole life of a
# release fence in vmlinux, with nothing of it in a module or calling into one?
. "$(dirname "$0")/../lib/common.sh"
[ $# = 1 ] || die 2 "usage: $me OBJECTS"
cross=$(cross arm64)
cd "$1/drivers/media"
fence=common/videobuf2/videobuf2-release-fence.o
bad() { say "$*"; rc=1; }
rc=0

"${cross}ar" t common/videobuf2/built-in.a | grep -q "$(basename $fence)\$" ||
	bad "$fence is not in built-in.a"
modules=$(find . -name "*.mod" -exec cat {} + | sed "s,^drivers/media/,,"; echo v4l2-core/v4l2-mem2mem.o)
for o in common/videobuf2/videobuf2-core.o common/videobuf2/videobuf2-dma-contig.o \
	platform/verisilicon/hantro_drv.o platform/rockchip/rga/rga.o; do
	printf '%s\n' "$modules" | grep -qx "$o" || bad "$o is no part of a module: the build proves nothing"
done
printf '%s\n' "$modules" | grep -qx "$fence" && bad "$fence is part of a module"

# shellcheck disable=SC2086 # paths of the kernel
"${cross}nm" -A $modules | awk '$2 == "U" && $3 ~ /^dma_fence_init/' | grep . >&2 &&
	bad "a module makes fences of its own"
# shellcheck disable=SC2086
"${cross}nm" $modules | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort -u >"$1/vb2-defined"
"${cross}nm" -u $fence | awk '{ print $2 }' | sort -u | comm -12 - "$1/vb2-defined" | grep . >&2 &&
	bad "$fence calls into a module"
exit $rc
