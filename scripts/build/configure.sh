#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# configure.sh COMPILER TREE OBJECTS ARCH BEGIN FRAGMENT...: the configuration BEGIN of the
# kernel's make, or "-" for the .config that is there, and the fragments, merged by the
# kernel's merge_config.sh and read back: every line must stick.
# Kconfig asks the compiler hundreds of questions each time that it is run, 10 s in all. So
# BEGIN is made once for an architecture: neither the series nor the compiler has a say in
# it; and syncconfig makes the .config and what the build would make of it in one go.
. "$(dirname "$0")/../lib/common.sh"
. "$S/build/kmake.sh"
[ $# -ge 6 ] || die 2 "usage: $me COMPILER TREE OBJECTS ARCH BEGIN FRAGMENT..."
compiler=$1 tree=$2 objects=$3 arch=$4 begin=$5
shift 5
cc=$(cross "$arch")gcc
[ "$compiler" = gcc ] || cc=clang$(clang_suffix)
kconfig=$({
	ours -C "$tree" ls-tree -r HEAD | grep -E '/Kconfig|config$'
	ours -C "$tree" diff HEAD -- '*Kconfig*'
} | sha256sum)
state=$(key "$(files "$@")" "$kconfig" "$arch" "$begin" "$("$cc" --version)")
[ "$(cat "$objects/vb2-config" 2>/dev/null)" != "$state" ] || exit 0

base=$(ours -C "$tree" rev-parse -q --verify 'refs/tags/base^{tree}' || ours -C "$tree" rev-parse 'HEAD^{tree}')
kept=$OUT/$begin-$(key "$base" "$arch")
trap 'rm -f "$kept.$$"' EXIT
begin() {
	[ "$begin" != - ] || return 0
	[ ! -s "$kept" ] || { cp "$kept" "$objects/.config"; return; }
	kmake "$compiler" "$tree" "$objects" "$arch" "$begin" &&
		cp "$objects/.config" "$kept.$$" && mv "$kept.$$" "$kept"
}

mkdir -p "$objects" "$OUT"
log=$objects/config.log
{
	begin &&
		(cd "$objects" && "$tree/scripts/kconfig/merge_config.sh" -m .config "$@") &&
		yes '' | kmake "$compiler" "$tree" "$objects" "$arch" syncconfig
} >"$log" 2>&1 || {
	tail -n 5 "$log" >&2
	die_io 1 "cannot configure $arch, see $log"
}

# merge_config.sh is content when a symbol is lost. Of two lines for one the later counts.
lost=$(cat "$@" | awk -v config="$objects/.config" '
BEGIN { while ((getline line < config) > 0) { has[line] = 1; split(line, w, "="); set[w[1]] = 1 } }
/^CONFIG_/ { split($0, w, "="); asked[w[1]] = $0 }
/^# CONFIG_.* is not set$/ { asked[$2] = $2 "=n" }
END {
	for (symbol in asked)
		if (asked[symbol] == symbol "=n" ? set[symbol] : !has[asked[symbol]])
			printf "%s ", asked[symbol]
}')
[ -z "$lost" ] || die 1 "the configuration of $arch did not take: ${lost% }"
echo "$state" >"$objects/vb2-config"
