#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fixes.sh: each patch of patches/fixes (or of the series' own "fixes") must apply to the
# tree alone, and after the series; tag "fixes": all after the series. Off v7.0 it may be
# that one is not wanted any more. Called by apply.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 0 ] || die 2 "usage: $me"
cd "$WORK"
series=$(cat .git/vb2-series)
fixes=$PATCHES/fixes
[ ! -d "$series/fixes" ] || fixes=$series/fixes
log=$OUT/fixes.log
trap 'rm -f "$log"; ours checkout -qf --detach series' EXIT
export GIT_COMMITTER_NAME=vb2-release-fences GIT_COMMITTER_EMAIL=none

rm -rf .git/rebase-apply # of a run that was interrupted
ours checkout -qf --detach series
n=0 good=0
for p in "$fixes"/*.patch; do
	[ -f "$p" ] || continue
	n=$((n + 1))
	if ! "$S/tree/try-patches.sh" "$p" >"$log"; then
		say "does not apply to $TREE alone: $(tail -n 1 "$log")"
	elif ! ours am -q --committer-date-is-author-date "$p" >"$log" 2>&1; then
		say "${p##*/} does not apply after the series: $(sed -n 's/^error: //p' "$log" | sed -n 1p)"
		ours am --abort
	else
		good=$((good + 1))
	fi
done
ours tag -f fixes >/dev/null
echo "$good of $n fixes apply, each before and after the series"
[ $good = $n ] || [ "$fixes" != "$PATCHES/fixes" ] || [ "$series" != "$PATCHES" ]
