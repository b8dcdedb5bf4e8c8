#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# compare-series.sh vX.Y: how the patches in patches/vX.Y differ from those for v7.0, by the
# files alone: what each patch says, adds and removes, without the context, the
# line numbers and the ids of what it was made on. "<" is v7.0's, ">" is vX.Y's.
# What may differ is kept in patches/vX.Y/differs, and a test compares.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 1 ] && [ -d "$PATCHES/$1" ] || die 2 "usage: $me SERIES, of patches/v[0-9]*/"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# says PATCH: its subject and message, and its lines by file
says() {
	awk '/^From 0000/ { next }
		/^Date: / { next }
		/^---$/ && !body { body = 1; next }
		!body { print; next }
		/^diff --git/ { hunks = 0; next }
		/^@@/ { hunks = 1; next }
		/^(new|deleted) file|^rename |^\+\+\+ /  && !hunks { print; next }
		hunks && /^[-+]/' "$1"
}

count() { find "$1/" -maxdepth 1 -name '*.patch' | wc -l; }
[ "$(count "$PATCHES")" = "$(count "$PATCHES/$1")" ] ||
	die 1 "$1 has $(count "$PATCHES/$1") patches, v7.0 has $(count "$PATCHES")"
for p in "$PATCHES"/*.patch; do
	name=${p##*/}
	[ -f "$PATCHES/$1/$name" ] || die 1 "$1 has no $name"
	says "$p" >"$tmp/a"
	says "$PATCHES/$1/$name" >"$tmp/b"
	echo "== $name"
	diff "$tmp/a" "$tmp/b" | grep '^[<>]' || [ $? = 1 ]
done
