#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# configure.sh COMPILER TREE OBJECTS ARCH DEFCONFIG FRAGMENT...: DEFCONFIG and the fragments,
# merged by the kernel's merge_config.sh and read back: every line must stick.
. "$(dirname "$0")/../lib/common.sh"
. "$S/build/kmake.sh"
[ $# -ge 6 ] || die 2 "usage: $me COMPILER TREE OBJECTS ARCH DEFCONFIG FRAGMENT..."
compiler=$1 tree=$2 objects=$3 arch=$4 defconfig=$5
shift 5
cc=$(cross "$arch")gcc
[ "$compiler" = gcc ] || cc=clang$(clang_suffix)
kconfig=$(ours -C "$tree" ls-tree -r HEAD | grep -E '/Kconfig|config$' | sha256sum)
from=$(key "$kconfig" "$arch" "$defconfig" "$("$cc" --version)")
state=$(key "$(files "$@")" "$from")
[ "$(cat "$objects/vb2-config" 2>/dev/null)" != "$state" ] || exit 0

# DEFCONFIG takes longer than all the rest, and many variants begin with the same one
kept=$OUT/$defconfig-$from
trap 'rm -f "$kept.$$"' EXIT
begin() {
	[ ! -s "$kept" ] || { cp "$kept" "$objects/.config"; return; }
	kmake "$compiler" "$tree" "$objects" "$arch" "$defconfig" &&
		cp "$objects/.config" "$kept.$$" && mv "$kept.$$" "$kept"
}

mkdir -p "$objects" "$OUT"
log=$objects/config.log
{
	begin &&
		(cd "$objects" && "$tree/scripts/kconfig/merge_config.sh" -m .config "$@") &&
		kmake "$compiler" "$tree" "$objects" "$arch" olddefconfig
} >"$log" 2>&1 || {
	tail -n 5 "$log" >&2
	die_io 1 "cannot configure $arch, see $log"
}

# merge_config.sh is content when a symbol is lost
lost=$(cat "$@" | awk -v config="$objects/.config" '
BEGIN { while ((getline line < config) > 0) { has[line] = 1; split(line, w, "="); set[w[1]] = 1 } }
/^CONFIG_/ && !has[$0] { printf "%s ", $0 }
/^# CONFIG_.* is not set$/ && set[$2] { printf "%s=n ", $2 }')
[ -z "$lost" ] || die 1 "the configuration of $arch did not take: ${lost% }"
echo "$state" >"$objects/vb2-config"
