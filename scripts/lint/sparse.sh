#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sparse.sh: sparse over the objects that matter, arm64 with the option on; it
# must say nothing that it does not say of the tree with the fixes.
. "$(dirname "$0")/../lib/common.sh"
. "$S/lib/once.sh"
. "$S/build/kmake.sh"
[ $# = 0 ] || die 2 "usage: $me"
base=$OUT/fixes-arm64-n o=$OUT/arm64-y
"$S/build/variant.sh" fixes arm64-n >&2
# shellcheck disable=SC2046 # a row of words
set -- $("$S/build/variant.sh" rows arm64-y | cut -d' ' -f6-)
for fragment; do
	set -- "$@" "$TOP/configs/$fragment.config"
	shift
done
"$S/build/configure.sh" gcc "$WORK" "$o" arm64 tinyconfig "$@"

# the kernel wants a sparse that knows __typeof_unqual__, which 0.6.4 does not
check=sparse
echo 'static int i; static __typeof_unqual__(i) j;' >"$OUT/canary.c"
sparse "$OUT/canary.c" 2>&1 | grep -q error && check='sparse -D__typeof_unqual__=__typeof__'
# module_param() of 7.0 counts a string at compile time, at which 0.6.4 gives up the file
echo '_Static_assert(__builtin_strlen("a") == 1, "");' >"$OUT/canary.c"
sparse "$OUT/canary.c" 2>&1 | grep -q error && check="$check -D'__builtin_strlen(s)=(sizeof(s)-1)'"
progress "the base"
objects gcc "$FIXED" "$base" arm64 "$OUT/sparse.base" C=2 CHECK="$check"
progress "the series"
objects gcc "$WORK" "$o" arm64 "$OUT/sparse.series" C=2 CHECK="$check"

files=$(grep -c '^  CHECK  .*\.c$' "$OUT/sparse.series" || true)
before=$(grep -c '^  CHECK  .*\.c$' "$OUT/sparse.base" || true)
[ "$files" -gt "$before" ] && [ "$before" -gt 20 ] ||
	die 1 "sparse looked at $files files of the series and $before of the base: it did not run in full"
warnings "$OUT/sparse.base" >"$OUT/sparse.base.txt"
warnings "$OUT/sparse.series" >"$OUT/sparse.series.txt"
no_new sparse "$OUT/sparse.base.txt" "$OUT/sparse.series.txt"
echo "$files files, nothing that the base does not have"
