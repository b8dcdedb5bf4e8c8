#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# README.md and docs/: what they name is there
. "$(dirname "$0")/lib.sh"
pages() { printf '%s\n' "$S/../README.md" "$S"/../docs/*.md; }

test_docs_name_verbs_that_are_there() {
	sed -n 's/^\([a-z][a-z0-9-]*\):.*/\1/p' "$S/../Makefile" | sort >verbs
	# of the kernel's own Makefile
	printf 'olddefconfig\ntinyconfig\n' >>verbs
	for page in $(pages); do
		{ grep -oE '`make [a-z][a-z0-9-]*' "$page"; grep -oE '^    ([a-z]+ && )?make [a-z][a-z0-9-]*' "$page"; } |
			sed 's/.*make //' | sort -u >named
		while read -r verb; do
			grep -qx "$verb" verbs || fail "${page##*/} names make $verb, which the Makefile does not have"
		done <named
	done
}
test_docs_link_to_what_is_there() {
	for page in $(pages); do
		grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -v '://' >links || :
		while read -r link; do
			[ -e "${page%/*}/$link" ] || fail "${page##*/} links to $link, which is not there"
		done <links
	done
}
# Paths in backquotes that begin with a directory of this project
test_docs_name_files_that_are_there() {
	for page in $(pages); do
		grep -oE '`(patches|scripts|tests|configs|distro|docs|evidence|\.ci)/[A-Za-z0-9_./-]*`' "$page" | tr -d '`' | sort -u >paths || :
		while read -r path; do
			[ -e "$S/../$path" ] || fail "${page##*/} names $path, which is not there"
		done <paths
	done
}
# It is read in minutes, and its commands fit a terminal; what a reviewer types is in testing.md
test_docs_readme_is_short() {
	readme=$S/../README.md
	[ "$(wc -l <"$readme")" -le 120 ] || fail "README.md has $(wc -l <"$readme") lines, more than 120"
	for page in $(pages); do
		! grep -nE '^    .{97}' "$page" || fail "${page##*/} has commands of more than 100 columns"
	done
	for text in 'record -c -u me' 'record -r -u me' 'record -R -u me' 'mpv --hwdec=help' v4l2codecs; do
		grep -qF -- "$text" "$readme" || fail "README.md does not say $text"
	done
}
run_tests "$@"
