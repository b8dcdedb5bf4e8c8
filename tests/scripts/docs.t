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
# recipe PAGE ARCH DIR: the commands of a page that set the option, in a made-up kernel that builds in DIR
# and has one driver built in
recipe() {
	rm -rf linux build bin
	mkdir -p linux/scripts/kconfig build bin
	cat >linux/scripts/kconfig/merge_config.sh <<'MERGE'
#!/bin/sh
dir=. less='=y$'
while :; do case $1 in -O) dir=$2; shift 2 ;; -y) less='=m$'; shift ;; -*) shift ;; *) break ;; esac; done
cat "$@" | sed "/VIDEO_HANTRO$less/d" >merged && mv merged "$dir/.config"
MERGE
	# the drivers are there on arm64 alone
	cat >bin/make <<'MAKE'
#!/bin/sh
dir=.
for word; do case $word in O=*) dir=${word#O=} ;; esac; done
[ "$ARCH $CROSS_COMPILE" = 'arm64 aarch64-linux-gnu-' ] || sed -i '/HANTRO\|RGA/d' "$dir/.config"
MAKE
	chmod +x linux/scripts/kconfig/merge_config.sh bin/make
	(cd linux && echo CONFIG_VIDEO_HANTRO=y >"$3/.config")
	sed -n 's/^    //; /^export ARCH=/,/^grep /p' "$1" |
		sed "s|^O=\. |O=$3 |; s|ARCH=arm64|ARCH=$2|; s|/path/to/this|$S/..|" >commands
	(cd linux && PATH=$T/bin:$PATH sh -eu ../commands) >out 2>err || fail "$(cat out err)"
}
test_docs_configure() {
	for page in "$S/../README.md" "$S/../docs/distributors.md"; do
		for dir in . "$T/build"; do
			recipe "$page" arm64 "$dir"
			[ "$(wc -l <out)" = 3 ] || fail "${page##*/} does not say that all is there: $(cat out)"
			says '^CONFIG_VIDEO_HANTRO=y$'
			recipe "$page" x86_64 "$dir"
			[ "$(wc -l <out)" = 1 ] || fail "${page##*/} does not say that the drivers are gone: $(cat out)"
		done
		[ ! -e linux/.config ] || fail "the next build with O= refuses a source with a .config"
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
