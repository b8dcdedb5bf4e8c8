#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sphinx.sh: sphinx over the folders of Documentation that the series touches, and those that
# take in its kernel-doc, or what is above them and has an index; no warning that the base does
# not have. The base is read only if a warning names something that the series touches: no other
# warning can be new.
. "$(dirname "$0")/../lib/common.sh"
. "$S/lib/once.sh"
. "$S/build/kmake.sh"
[ $# = 0 ] || die 2 "usage: $me"
PATH=/usr/bin:/bin:$PATH

# documents: those that the series touches, or whose kernel-doc it touches
documents() {
	ours -C "$WORK" diff --name-only fixes series -- 'Documentation/*.rst' | sed 's|^Documentation/||'
	for header in $(ours -C "$WORK" diff --name-only fixes series -- include); do
		ours -C "$WORK" grep -l "kernel-doc:: $header" series -- Documentation | sed 's|^series:Documentation/||'
	done
}
# with_index: of each folder the nearest that sphinx can begin in
with_index() {
	while read -r dir; do
		while [ ! -e "$SRC/Documentation/$dir/index.rst" ]; do
			case $dir in */*) dir=${dir%/*} ;; *) die 1 "Documentation/$dir has no index.rst" ;; esac
		done
		echo "$dir"
	done
}
documents=$(documents | sort -u)
dirs=$(printf '%s\n' "$documents" | sed 's|/[^/]*$||' | sort -u | with_index | sort -u | tr '\n' ' ')
if [ -z "${dirs% }" ]; then
	[ -n "$SERIES" ] || die 1 "the series touches no documentation"
	echo "$SERIES touches no documentation"
	exit
fi

# docs TREE NAME: the warnings of the html of these folders, in $OUT/sphinx.NAME
docs() {
	progress "$2: $dirs"
	rm -rf "$OUT/sphinx-$2"
	kmake gcc "$1" "$OUT/sphinx-$2" arm64 htmldocs SPHINXDIRS="${dirs% }" SPHINXOPTS=-j"$CPUS" \
		>"$OUT/sphinx-$2.log" 2>&1 || {
		tail -n 5 "$OUT/sphinx-$2.log" >&2
		die_io 1 "sphinx fails, see $OUT/sphinx-$2.log"
	}
	for document in $documents; do
		[ ! -e "$1/Documentation/$document" ] || [ -n "$(find "$OUT/sphinx-$2" -path "*/${document%.rst}.html")" ] ||
			die 1 "sphinx made no page of $document, see $OUT/sphinx-$2.log"
	done
	grep -E 'WARNING|ERROR|[Ww]arning:' "$OUT/sphinx-$2.log" | sed -E "s|$1/||g; s|$OUT/sphinx-$2/||g; s/:[0-9]+:/:/g" |
		sort -u >"$OUT/sphinx.$2"
	echo "$2: $(wc -l <"$OUT/sphinx.$2") warnings"
}
# touched: the files of the series, and the pages that sphinx makes of them, without a suffix
touched() {
	ours -C "$WORK" diff --name-only fixes series
	printf '%s\n' "$documents" | sed 's/[.]rst$//'
}
docs "$WORK" series >&2
touched >"$OUT/sphinx.touched"
if grep -qF -f "$OUT/sphinx.touched" "$OUT/sphinx.series"; then
	made="$OUT/sphinx.base" about=base once sphinx-base "$dirs" -- docs "$SRC" base >&2
	no_new sphinx "$OUT/sphinx.base" "$OUT/sphinx.series"
fi
echo "${dirs% }: no warning that the base does not have (of $(wc -l <"$OUT/sphinx.series"))"
