#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# maintainers.sh: get_maintainer.pl must name every list of the table lists.tsv,
# and an entry of MAINTAINERS must cover every new file.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 0 ] || die 2 "usage: $me"
cd "$WORK"
# without the user's ~/.get_maintainer.conf
HOME=$(mktemp -d)
export HOME
trap 'rm -rf "$HOME"' EXIT
missing=
n=0
for p in "$(series_dir)"/*.patch; do
	who=$(perl scripts/get_maintainer.pl --nogit --nogit-fallback --norolestats "$p")
	known=
	while read -r pattern lists; do
		# shellcheck disable=SC2254 # a pattern
		case $pattern:${p##*/} in '#'*) ;; "$pattern":$pattern) known="$known $lists" ;; esac
	done <"$S/lint/lists.tsv"
	[ -n "$known" ] || missing="$missing ${p##*/}:no-row-in-scripts/lint/lists.tsv"
	for list in $known; do
		n=$((n + 1))
		printf '%s\n' "$who" | grep -qF "$list" || missing="$missing ${p##*/}:$list"
	done
	for new in $(sed -n '/^--- \/dev\/null/{n;s|^+++ b/||p}' "$p"); do
		perl scripts/get_maintainer.pl --nogit --nogit-fallback --nokeywords --sections -f "$new" |
			grep -qE '^(VIDEOBUF2 FRAMEWORK|HANTRO VPU|ROCKCHIP RASTER)' || missing="$missing $new:no-entry"
	done
done
for m in $missing; do say "missing: $m"; done
[ -z "$missing" ] || { echo "$(echo "$missing" | wc -w) of $n lists or entries missing"; exit 1; }
echo "$n lists named as they must be; MAINTAINERS covers all new files"
