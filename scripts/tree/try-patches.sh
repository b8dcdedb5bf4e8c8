#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# try-patches.sh PATCH...: would the patches apply to the tree, in order and without fuzz? In
# an index of their own; nothing else is touched. On stdout the hunks that have an
# offset or fail, and last the finding; 1 if one fails.
. "$(dirname "$0")/../lib/common.sh"
[ $# -ge 1 ] || die 2 "usage: $me PATCH..."
log=$OUT/try.log
rejects=$OUT/try.rejects
mkdir -p "$OUT"
export GIT_INDEX_FILE="$OUT/try.index"
trap 'rm -rf "$OUT/try.index" "$log" "$rejects"' EXIT
ours -C "$SRC" read-tree HEAD || die_io 8 "cannot write $OUT"

# blob_id FILE: what git calls it in a repository of SHA-1 ids, as patches have them whatever SRC has
blob_id() {
	set -- "HEAD:$1"
	{ printf 'blob %s\0' "$(ours -C "$SRC" cat-file -s "$1")" && ours -C "$SRC" cat-file -p "$1"; } 2>/dev/null | sha1sum
}
# what the series was made on, and what is there: the first blob id of each file
same=0 touched=0 other=
for file in $(sed -n 's|^--- a/||p' "$@" | sort -u); do
	was=$(sed -n "\\|^diff --git a/$file |,/^---/s/^index \\([0-9a-f]*\\)\\.\\..*/\\1/p" "$@" | sed -n 1p)
	touched=$((touched + 1))
	case $(blob_id "$file") in
	"$was"*) same=$((same + 1)) ;;
	*) other="$other ${file##*/}" ;;
	esac
done

# all_hunks PATCH: git stops at the first hunk of a file that fails; with --reject it
# looks at all of them, and takes what fits, for the patches that come after
all_hunks() {
	mkdir -p "$rejects"
	(cd "$rejects" && GIT_DIR="$SRC/.git" GIT_WORK_TREE="$rejects" ours apply --cached --reject "$1") 2>&1 |
		sed -n -E 's/^error: patch failed: (.*):([0-9]+)$/\1, the hunk at line \2/p
			s/^error: (.*): does not exist in index$/\1, which is not there/p
			s/^error: (.*): already exists in index$/\1, which is there already/p'
}

offset=0 failed=0 first=
for p; do
	if ours -C "$SRC" apply --cached -v "$p" >"$log" 2>&1; then
		n=$(grep -c 'offset' "$log" || true)
		offset=$((offset + n))
		awk -v p="$(patch_name "$p")" '/^Checking patch/ { f = $3 } /offset/ { print "  " p ": " f " " $0 }' "$log"
		continue
	fi
	why=$(sed -n 's/^error: //p' "$log" | sed -n 1p)
	all_hunks "$p" >"$log"
	[ -s "$log" ] || printf '%s\n' "$why" >"$log"
	sed "s|^|  $(patch_name "$p") fails: |" "$log"
	failed=$((failed + $(wc -l <"$log")))
	first=${first:-"$(patch_name "$p") fails: $(sed -n 1p "$log")"}
done
if [ $failed != 0 ]; then
	[ $failed = 1 ] || first="$first, and $((failed - 1)) more"
	echo "$first"
	exit 1
fi
echo "$offset hunks with an offset; $same of $touched touched files unchanged since the series' base${other:+, not$other}"
