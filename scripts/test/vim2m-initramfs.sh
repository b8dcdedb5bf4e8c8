#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vim2m-initramfs.sh TREE: make $OUT/initramfs.cpio of the selftest in TREE, this
# machine's v4l2-compliance and busybox, and the first process of the emulated board.
. "$(dirname "$0")/../lib/common.sh"
. "$S/build/kmake.sh"
[ $# = 1 ] || die 2 "usage: $me TREE"
tree=$1
OUT=$CACHE/out/$ID/vim2m
root=$OUT/root
cc=$(cross x86_64)gcc
log=$OUT/initramfs.log
selftest=tools/testing/selftests/drivers/videobuf2
recipe=$(key "$(ours -C "$tree" rev-parse vim2m:$selftest vim2m:include/uapi)" "$($cc --version)" \
	"$(v4l2-compliance --version)" "$(busybox | sed -n 1p)" \
	"$(files "$0" "$S/test/vim2m-compliance.sh" "$TOP/tests/board/init.c")")
[ "$(cat "$OUT/initramfs.recipe" 2>/dev/null)" != "$recipe" ] || exit 0

rm -rf "$root" "$OUT/initramfs.recipe"
mkdir -p "$root/bin" "$root/tests" "$OUT/selftest"
ours -C "$tree" checkout -qf --detach vim2m
{
	kmake gcc "$tree" "$OUT/objects" x86_64 headers &&
		make -C "$tree/$selftest" OUTPUT="$OUT/selftest" CC="$cc" LDFLAGS=-static \
			KHDR_INCLUDES="-isystem $OUT/objects/usr/include" &&
		$cc -static -O2 -Wall -o "$root/init" "$TOP/tests/board/init.c"
} >"$log" 2>&1 || {
	tail -n 5 "$log" >&2
	die_io 1 "the selftest does not build, see $log"
}
! grep 'warning:' "$log" >&2 || die 1 "the selftest builds with a warning, see $log"
cp "$OUT/selftest/release_fence" "$root/tests/"
cp "$S/test/vim2m-compliance.sh" "$root/tests/compliance"
printf '%s\n' release_fence compliance >"$root/tests/list"
cp "$(command -v busybox)" "$(command -v v4l2-compliance)" "$root/bin/"
ln -s busybox "$root/bin/sh"
ldd "$root/bin/v4l2-compliance" | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p' |
	while read -r lib; do
		mkdir -p "$root${lib%/*}"
		cp -L "$lib" "$root$lib"
	done
(cd "$root" && find . | sort | cpio --quiet -o -H newc) >"$OUT/initramfs.cpio"
echo "$recipe" >"$OUT/initramfs.recipe"
