#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# stack.sh NAME: a copy of the tree with the series, with patches/NAME on top, in work/BASE-NAME of
# the cache; its path on stdout. Tags there: base, fixes, series, NAME. It is checked out at NAME.
. "$(dirname "$0")/../lib/common.sh"
. "$S/tree/series.sh"
patches=$PATCHES/${1:-none}
[ $# = 1 ] && [ -d "$patches" ] || die 2 "usage: $me NAME, a folder of $PATCHES"
ls "$patches"/*.patch >/dev/null 2>&1 || die 6 "there are no patches in $patches"
applied
tree=$WORK-$1
state=$(key "$(ours -C "$WORK" rev-parse base fixes series)" "$(files "$patches"/*.patch)")
if [ "$(cat "$tree/.git/stack-state" 2>/dev/null)" != "$state" ]; then
	if [ ! -d "$tree/.git" ]; then
		rm -rf "$tree" "$tree.new"
		mkdir -p "$tree.new"
		# git makes a new file of each that it changes, so links will do
		find "$WORK" -mindepth 1 -maxdepth 1 ! -name .git -exec cp -al -t "$tree.new" {} + &&
			cp -a "$WORK/.git" "$tree.new/.git" || die_io 8 "cannot copy $WORK"
		mv "$tree.new" "$tree"
	fi
	cd "$tree" || exit
	rm -rf .git/stack-state .git/rebase-apply
	ours fetch -qf "$WORK" 'refs/tags/*:refs/tags/*'
	ours checkout -qf --detach series
	export GIT_COMMITTER_NAME=vb2-release-fences GIT_COMMITTER_EMAIL=none
	ours am -q --committer-date-is-author-date "$patches"/*.patch >"$tree.log" 2>&1 || {
		sed -n '1,5p' "$tree.log" >&2
		ours am --abort
		die 6 "git am fails on the series with patches/$1, see above"
	}
	ours tag -f "$1" >/dev/null
	echo "$state" >.git/stack-state
fi
ours -C "$tree" checkout -qf --detach "$1" || die_io 8 "cannot check out $tree"
echo "$tree"
