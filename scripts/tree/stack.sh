#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# stack.sh NAME: a copy of the tree with the series, with what the row NAME of stacks.tsv says on
# top, in work/BASE-NAME of the cache, checked out at its end. Tags there: base and fixes (what is
# below), 1..n (after each patch), series (all). fixed/BASE-NAME is the tree below. In the tree of
# the series its end is refs/stacks/NAME: a kernel that is built there shares what ccache knows.
. "$(dirname "$0")/../lib/common.sh"
. "$S/tree/series.sh"
[ $# = 1 ] || die 2 "usage: $me NAME"
[ -n "$(stack_field "$1" 1)" ] || die 2 "SERIES=$1 is none of $(stack_names | tr '\n' ' ')(scripts/tree/stacks.tsv)"
applied
name=$1 tree=$WORK-$1 below=$WORK
series=$(series_name) || exit
on=$(stack_below "$name" "$series")
if [ "$on" != series ]; then
	"$0" "$on" || exit
	below=$WORK-$on
fi
# shellcheck disable=SC2046 # paths of ours, without spaces
set -- $(stack_files "$name" "$series")
[ $# != 0 ] || die 6 "patches/$name has nothing for the series for $series"

make_copy() {
	rm -rf "$tree" "$tree.new"
	mkdir -p "$tree.new"
	# git makes a new file of each that it changes, so links will do
	find "$below" -mindepth 1 -maxdepth 1 ! -name .git -exec cp -al -t "$tree.new" {} + &&
		cp -a "$below/.git" "$tree.new/.git" || die_io 8 "cannot copy $below"
	mv "$tree.new" "$tree"
}
# git_am PATCH...: git am of the patches, with a tag after each
git_am() {
	ours for-each-ref --format='delete %(refname)' refs/tags | ours update-ref --stdin
	ours fetch -qfn "$below" refs/tags/series:refs/tags/base
	ours tag fixes base
	ours checkout -qf --detach base
	n=0
	export GIT_COMMITTER_NAME=vb2-release-fences GIT_COMMITTER_EMAIL=none
	for p; do
		ours am -q --committer-date-is-author-date "$p" >"$tree.log" 2>&1 || {
			sed -n '1,5p' "$tree.log" >&2
			ours am --abort
			die 6 "git am fails on $TREE with ${p#"$PATCHES"/}, see above"
		}
		n=$((n + 1))
		ours tag $n
	done
	ours tag series
	say "applied $n patches of $name on top of $on, in $tree"
}
state=$(key "$(ours -C "$below" rev-parse series)" "$(files "$@")")
if [ "$(cat "$tree/.git/stack-state" 2>/dev/null)" != "$state" ]; then
	[ -d "$tree/.git" ] || make_copy
	cd "$tree" || exit
	rm -rf .git/stack-state .git/rebase-apply
	git_am "$@"
	echo "$state" >.git/stack-state
fi
ours -C "$tree" checkout -qf --detach series || die_io 8 "cannot check out $tree"
ours -C "$WORK" fetch -qfn "$tree" "refs/tags/series:refs/stacks/$name"
mkdir -p "$CACHE/fixed" && ln -sfn "$below" "$CACHE/fixed/${tree##*/}"
