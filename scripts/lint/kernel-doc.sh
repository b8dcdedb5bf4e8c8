#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kernel-doc.sh: kernel-doc -Wall over the files that the fixes and each patch of the series
# touch; no warning that the file before the patch does not have. (So W=1 need not run it.)
. "$(dirname "$0")/../lib/common.sh"
[ $# = 0 ] || die 2 "usage: $me"
PATH=/usr/bin:/bin:$PATH
o=$OUT/kernel-doc
mkdir -p "$o"
for tool in tools/docs/kernel-doc scripts/kernel-doc; do
	[ ! -x "$WORK/$tool" ] || break
done
# doc FILE STATE: what it says of FILE in this state of the series; of none where there is none
doc() {
	file=$o/${1##*/}
	ours -C "$WORK" show "$2:$1" >"$file" 2>/dev/null || : >"$file"
	says "$file"
}
says() { (cd "$WORK" && "$tool" -none -Wall "$1" 2>&1) | sed -E 's/^([Ww]arning: )?([^: ]*):[0-9]+:?/\1/' | sort -u; }
# the tool itself: it must find what is wrong here
printf '/**\n * canary() - sings\n * @wrong: no such thing\n */\nint canary(int arg);\n' >"$o/canary.h"
says "$o/canary.h" | grep -q arg || die 3 "kernel-doc finds nothing wrong in $o/canary.h: it does not work here"

n=0 new='' before=base
for patch in fixes $(ours -C "$WORK" tag -l '[0-9]*' | sort -n); do
	for touched in $(ours -C "$WORK" diff --name-only --diff-filter=d "$before" "$patch" -- '*.[ch]'); do
		n=$((n + 1))
		doc "$touched" "$before" >"$o/before"
		doc "$touched" "$patch" >"$o/after"
		more=$(comm -13 "$o/before" "$o/after")
		[ -z "$more" ] || new="$new$(printf '%s\n' "$more" | sed "s|^|patch $patch, $touched: |")
"
	done
	before=$patch
done
[ -z "$new" ] || {
	printf '%s' "$new" >&2
	echo "$(printf '%s' "$new" | wc -l) new warnings of kernel-doc"
	exit 1
}
[ "$n" -gt 0 ] || die 1 "the series touches no file"
echo "$n files, each before and after its patch, no new warning with -Wall"
