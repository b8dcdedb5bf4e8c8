#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kconfig.sh: Kconfig.fragment, merged by merge_config.sh onto arm64's
# defconfig, must stick; and the option must be off where nobody asks for it.
. "$(dirname "$0")/../lib/common.sh"
. "$S/build/kmake.sh"
[ $# = 0 ] || die 2 "usage: $me"
o=$OUT/defconfig
mkdir -p "$o"
rm -f "$o/vb2-config" # of the last time
kmake gcc "$WORK" "$o" arm64 defconfig >"$o/config.log" 2>&1 || die 1 "no defconfig, see $o/config.log"
grep -q '^# CONFIG_VIDEOBUF2_RELEASE_FENCES is not set' "$o/.config" ||
	{ echo "the option is not off by default"; exit 1; }
"$S/build/configure.sh" gcc "$WORK" "$o" arm64 - "$TOP/Kconfig.fragment"
echo "merges onto arm64 defconfig and sticks; off by default"
