#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kconfig.sh: Kconfig.fragment, merged onto arm64's defconfig as docs/distributors.md says, must
# stick; and the option must be off where nobody asks for it.
. "$(dirname "$0")/../lib/common.sh"
. "$S/build/kmake.sh"
[ $# = 0 ] || die 2 "usage: $me"
o=$OUT/defconfig
mkdir -p "$o"
kmake gcc "$WORK" "$o" arm64 defconfig >"$o/config.log" 2>&1 || die 1 "no defconfig, see $o/config.log"
grep -q '^# CONFIG_VIDEOBUF2_RELEASE_FENCES is not set' "$o/.config" ||
	{ echo "the option is not off by default"; exit 1; }
recipe=$(sed -n '/^    scripts\/kconfig\/merge_config.sh/,/^    grep/p' "$TOP/docs/distributors.md" |
	sed "s|/path/to/this|$TOP|")
(
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	export ARCH=arm64 O="$o"
	CROSS_COMPILE=$(cross arm64)
	export CROSS_COMPILE
	cd "$WORK" && sh -ec "$recipe"
) >"$o/merge.log" 2>&1 && [ "$(grep -c '^CONFIG_[A-Z0-9_]*=[ym]$' "$o/merge.log")" = 3 ] ||
	{ echo "the fragment does not stick by the recipe of docs/distributors.md, see $o/merge.log"; exit 1; }
echo "merges onto arm64 defconfig and sticks; off by default"
