#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# code-id.sh SERIES PATCH...: a hash of what the compiler sees of the files that the fixes, the
# series in the directory SERIES and the PATCHes on top touch, on the tree in the cache: of C without
# comments and with no macro expanded, of Kconfig, Makefiles and what else is built all of it, of
# documentation nothing. Nothing without a tree. What was run stays true while only a comment changes.
. "$(dirname "$0")/../lib/common.sh"
. "$S/tree/pick-series.sh"
[ $# != 0 ] && [ -d "$1" ] || die 2 "usage: [BASE=vX.Y] $me SERIES [PATCH...]"
[ -d "$SRC/.git" ] || exit 0
command -v gcc >/dev/null || die 3 "gcc is missing, which tells code from comments: run 'make deps'"
series=$1
shift
tree=$(ours -C "$SRC" rev-parse 'HEAD^{tree}')
known=$OUT/code-ids
state=$(key "$tree" "$(cat "$(fixes_of "$series")"/*.patch "$series"/*.patch "$@" "$0" 2>/dev/null | sha256sum)" \
	"$(gcc --version)")
mkdir -p "$OUT" || die_io 8 "cannot write $OUT"
if id=$(grep -s "^$state " "$known"); then
	echo "${id#* }"
	exit
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
lacking "$series"
# shellcheck disable=SC2086 # paths of ours
set -- $fixes "$series"/*.patch "$@"
export GIT_INDEX_FILE="$tmp/index"
ours -C "$SRC" read-tree HEAD
ours -C "$SRC" apply --cached "$@" 2>"$tmp/why" || exit 0 # they are made for another tree
sees() {
	case $1 in
	Documentation/* | MAINTAINERS | *.rst) ;;
	*.[chS]) ours -C "$SRC" show ":$1" | gcc -fpreprocessed -dD -E -P -x c - | sed 's/^[[:space:]]*//; /^$/d' ;;
	*) ours -C "$SRC" show ":$1" ;;
	esac
}
id=$({
	echo "$tree"
	sed -n 's|^+++ b/||p' "$@" | sort -u | while read -r file; do
		echo "$file $(sees "$file" | sha256sum)"
	done
} | sha256sum | cut -c1-20)
echo "$state $id" >>"$known"
echo "$id"
