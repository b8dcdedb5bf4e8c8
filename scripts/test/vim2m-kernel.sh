#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vim2m-kernel.sh TREE COMMIT BOOT...: build $OUT/BOOT.bzImage of each, unless it is there:
# of COMMIT, the boot base of the tag fixes. All but rt share their objects, since they
# differ in few.
. "$(dirname "$0")/../lib/common.sh"
. "$S/build/kmake.sh"
[ $# -ge 3 ] || die 2 "usage: $me TREE COMMIT BOOT..."
tree=$1 with=$2
shift 2
OUT=$OUT/vim2m
cross=$(cross x86_64)
export KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=vrf KBUILD_BUILD_HOST=vim2m
for boot; do
	commit=$with objects=$OUT/objects
	set -- "$TOP/configs/vim2m/x86_64.config" "$TOP/configs/board/lockdep.config"
	case $boot in
	base) commit=fixes ;;
	fences) set -- "$@" "$TOP/configs/fences-y.config" ;;
	off) set -- "$@" "$TOP/configs/fences-n.config" ;;
	rt)
		set -- "$@" "$TOP/configs/fences-y.config" "$TOP/configs/board/rt.config"
		objects=$OUT/objects-rt
		;;
	esac
	recipe=$(key "$(ours -C "$tree" rev-parse "$commit^{tree}")" "$(files "$@" "$0")" \
		"$("${cross}gcc" --version)" "$("${cross}ld" --version)")
	[ "$(cat "$OUT/$boot.recipe" 2>/dev/null)" != "$recipe" ] || continue
	say "builds the kernel of the boot $boot, see $OUT/$boot.log"
	rm -f "$OUT/$boot.recipe" "$OUT/$boot.said"
	ours -C "$tree" checkout -qf --detach "$commit"
	"$S/build/configure.sh" gcc "$tree" "$objects" x86_64 tinyconfig "$@"
	kmake gcc "$tree" "$objects" x86_64 bzImage >"$OUT/$boot.log" 2>&1 || {
		grep -E 'error:|Error [0-9]|No space left' "$OUT/$boot.log" | head -n 10 >&2
		die_io 1 "the kernel of the boot $boot does not build, see $OUT/$boot.log"
	}
	cp "$objects/arch/x86/boot/bzImage" "$OUT/$boot.bzImage"
	echo "$recipe" >"$OUT/$boot.recipe"
done
