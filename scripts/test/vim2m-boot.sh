#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vim2m-boot.sh BOOT: boot $OUT/BOOT.bzImage in QEMU and judge its report, which is shown
# as it comes. $OUT/BOOT.console is the whole console, $OUT/BOOT.said what v4l2-compliance
# said. Exit code: 1 something failed, 5 no end within $LIMIT seconds.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 1 ] || die 2 "usage: $me BOOT"
boot=$1
OUT=$CACHE/out/$ID/vim2m
limit=${LIMIT:-600}
words=${ONLY:-} skips="nothing may be skipped"
case $boot in
base) words=compliance ;;
off) skips="VIDEOBUF2_RELEASE_FENCES is not set" ;;
esac
accel="-accel tcg"
[ "${KVM:-no}" = no ] || accel="-accel kvm -cpu host"
# mawk reads in blocks, unless it is told that somebody waits
awk="awk"
case $(awk -W version 2>&1 </dev/null) in mawk*) awk="awk -W interactive" ;; esac
rm -f "$OUT/$boot.said" "$OUT/$boot.status"
rc=0
# shellcheck disable=SC2086 # words
{
	timeout --foreground "$limit" qemu-system-x86_64 -M pc $accel -smp 2 -m 512 \
		-nic none -vga none -display none -monitor none -no-reboot \
		-serial stdio -serial "file:$OUT/$boot.said" \
		-kernel "$OUT/$boot.bzImage" -initrd "$OUT/initramfs.cpio" \
		-append "console=ttyS0 loglevel=6 printk.devkmsg=on panic=-1 oops=panic -- $words" \
		</dev/null 2>&1
	echo $? >"$OUT/$boot.status"
} | tee "$OUT/$boot.console" | $awk -v skips="$skips" -v splats="$TOP/tests/board/splats.re" \
	-f "$TOP/tests/board/judge.awk" || rc=$?
[ "$(cat "$OUT/$boot.status")" != 124 ] || {
	tail -n 25 "$OUT/$boot.console" >&2
	die 5 "no end after $limit s, see $OUT/$boot.console"
}
exit $rc
