#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# base-commit.sh: the commit that the tree is at, if others can have it; nothing for a
# tree that was made of a package, or that is ahead of all tags and remote branches.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 0 ] || die 2 "usage: [KDIR=/path | BASE=vX.Y] $me"
head=$(ours -C "$SRC" rev-parse -q --verify HEAD) || die 4 "there is no tree in the cache yet: run 'make tree' first"
if [ -z "$KDIR" ]; then
	[ "$(ours -C "$SRC" log -1 --format=%ce)" = none ] || echo "$head"
elif [ -e "$KDIR/.git" ]; then
	ref=$(git -C "$KDIR" for-each-ref --count=1 --contains "$head" refs/tags refs/remotes)
	[ -z "$ref" ] || echo "$head"
fi
