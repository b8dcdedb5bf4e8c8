# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # common.sh has $tab; the caller takes $found
# Which series fits a tree; sourced after common.sh.
CHANGES=${CHANGES:-$S/tree/upstream-changes.tsv}

# series_for VERSION: the directories of all series, the one nearest to VERSION first:
# the newest that is not newer, then older ones, then newer ones
series_for() {
	newer='' list=''
	for v in $(printf '%s\n' v7.0 "$PATCHES"/v[0-9]*/ | sed 's|/$||; s|.*/||; /\*/d' | sort -V); do
		dir=$PATCHES/$v
		[ "$v" != v7.0 ] || dir=$PATCHES
		ls "$dir"/*.patch >/dev/null 2>&1 || continue
		if [ "$(printf '%s\n' "$v" "$1" | sort -V | sed -n 1p)" = "$v" ]; then
			list="$dir $list"
		else
			newer="$newer $dir"
		fi
	done
	[ -n "$list$newer" ] || die 6 "there are no patches in $PATCHES"
	# shellcheck disable=SC2086 # paths of ours, without spaces
	printf '%s\n' $list $newer
}

# hindrances SERIES: the rows of upstream-changes.tsv that keep SERIES (v7.0, ...) from the
# tree, a sentence each
hindrances() {
	while IFS=$tab read -r series file state pattern sentence; do
		case $series in "$1" | any) ;; *) continue ;; esac
		is=lacks
		! grep -qE -- "$pattern" "$SRC/$file" 2>/dev/null || is=has
		[ "$is" != "$state" ] || printf '%s\n' "$sentence"
	done <"$CHANGES"
}

# lacking SERIES: $fixes, those below the series in this directory that the tree lacks, in their
# order. The last is looked for first: it may have changed the lines of an earlier one.
lacking() {
	fixes=''
	export GIT_INDEX_FILE="$OUT/pick.index"
	ours -C "$SRC" read-tree HEAD || die_io 8 "cannot write $OUT"
	for p in $(find "$(fixes_of "$1")" -name '*.patch' 2>/dev/null | sort -r); do
		ours -C "$SRC" apply -R --cached "$p" 2>/dev/null || fixes="$p $fixes"
	done
	unset GIT_INDEX_FILE
	rm -f "$OUT/pick.index"
}

# fits_tree SERIES: do the fixes that the tree lacks and the series in this directory apply? The
# finding is the last line of $log.
# shellcheck disable=SC2086 # $fixes are paths of ours, without spaces
fits_tree() {
	lacking "$1"
	if [ -n "$fixes" ] && ! "$S/tree/try-patches.sh" $fixes >"$log"; then
		echo "it is based on the fixes, and $(tail -n 1 "$log")" >>"$log"
		return 1
	fi
	"$S/tree/try-patches.sh" $fixes "$1"/*.patch >"$log"
}

# pick_series: $fits, the series that fits the tree, the one for the nearest version up to
# the tree's first, by trying them all, $fixes that go below it, and $found, how; ends with 6 if
# none does: stderr then has every hunk that fails, and what upstream changed there
pick_series() {
	log=$OUT/pick.log
	rm -f "$log"*
	version=v$(version "$SRC")
	fits='' below=''
	list=$(series_for "$version") || exit
	for dir in $list; do
		name=${dir#"${PATCHES%/*}"/}
		for=v7.0
		[ "$dir" = "$PATCHES" ] || for=${dir##*/}
		tried=ok
		fits_tree "$dir" || tried=
		hindrances "$for" >"$log.met"
		if [ "$tried" ] && [ ! -s "$log.met" ]; then
			say "the series in $name, for $for, fits $TREE"
			sed -n '/^  .*offset/p' "$log" >&2
			[ -n "$fits" ] || { fits=$dir; below=$fixes; found="$name: $(tail -n 1 "$log")"; }
			continue
		fi
		finding=$(tail -n 1 "$log")
		[ -z "$tried" ] || finding="git can apply it, but: $(sed -n 1p "$log.met")"
		say "the series in $name does not fit $TREE: $finding"
		{
			echo "  $name:"
			[ "$tried" ] || sed -n '/^  .* fails: /p' "$log"
			sed 's/^/  upstream: /' "$log.met"
		} >>"$log.none"
	done
	fixes=$below
	[ -n "$fits" ] || {
		cat "$log.none" >&2
		rm -f "$log"*
		die 6 "no series fits $TREE (Linux $version), see above: take another base (make help), or port the patch that is named"
	}
	rm -f "$log"*
}
