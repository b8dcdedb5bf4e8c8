#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vim2m-tree.sh TREE PATCHES: a tree like $WORK with PATCHES on top of the series. Tags
# there: base, series, vim2m.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 2 ] || die 2 "usage: $me TREE PATCHES"
tree=$1 patches=$2
state=$(key "$(ours -C "$WORK" rev-parse base series)" "$(files "$patches"/*.patch)")
[ "$(cat "$tree/.git/vim2m-state" 2>/dev/null)" != "$state" ] || exit 0

if [ ! -d "$tree/.git" ]; then
	rm -rf "$tree" "$tree.new"
	mkdir -p "$tree.new"
	# git makes a new file of each that it changes, so links will do
	find "$WORK" -mindepth 1 -maxdepth 1 ! -name .git -exec cp -al -t "$tree.new" {} + &&
		cp -a "$WORK/.git" "$tree.new/.git" || die_io 8 "cannot copy $WORK"
	mv "$tree.new" "$tree"
fi
cd "$tree"
rm -rf .git/vim2m-state .git/rebase-apply
ours fetch -qf "$WORK" 'refs/tags/*:refs/tags/*'
ours checkout -qf --detach series
export GIT_COMMITTER_NAME=vb2-release-fences GIT_COMMITTER_EMAIL=none
ours am -q --committer-date-is-author-date "$patches"/*.patch >"$tree.log" 2>&1 || {
	sed -n '1,5p' "$tree.log" >&2
	ours am --abort
	die 6 "git am fails on the series with ${patches##*/patches/}, see above"
}
ours tag -f vim2m >/dev/null
echo "$state" >.git/vim2m-state
