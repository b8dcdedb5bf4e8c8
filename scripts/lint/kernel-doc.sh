#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kernel-doc.sh: kernel-doc -Wall over the files that the series touches; no
# warning that the unpatched file does not have.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 0 ] || die 2 "usage: $me"
PATH=/usr/bin:/bin:$PATH
doc() {
	for tool in tools/docs/kernel-doc scripts/kernel-doc; do
		[ ! -x "$1/$tool" ] || break
	done
	(cd "$1" && "$tool" -none -Wall "$2" 2>&1) | sed -E 's/^([Ww]arning: )?([^: ]*):[0-9]+:?/\1/'
}
# the tool itself: it must find what is wrong here
canary=$OUT/canary.h
printf '/**\n * canary() - sings\n * @wrong: no such thing\n */\nint canary(int arg);\n' >"$canary"
doc "$WORK" "$canary" | grep -q arg || die 3 "kernel-doc finds nothing wrong in $canary: it does not work here"

n=0 new=
for file in $(ours -C "$WORK" diff --name-only --diff-filter=d base series -- '*.[ch]'); do
	n=$((n + 1))
	if [ -f "$SRC/$file" ]; then doc "$SRC" "$file"; fi | sort -u >"$OUT/doc.base"
	doc "$WORK" "$file" | sort -u >"$OUT/doc.new"
	more=$(comm -13 "$OUT/doc.base" "$OUT/doc.new")
	[ -z "$more" ] || new="$new$(printf '%s\n' "$more" | sed "s|^|$file: |")
"
done
[ -z "$new" ] || {
	printf '%s' "$new" >&2
	echo "$(printf '%s' "$new" | wc -l) new warnings of kernel-doc"
	exit 1
}
[ "$n" -gt 0 ] || die 1 "the series touches no file"
echo "$n files, no new warning with -Wall"
