#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# README.md and docs/: what they name is there
. "$(dirname "$0")/lib.sh"
pages() { printf '%s\n' "$S/../README.md" "$S"/../docs/*.md; }

test_docs_name_verbs_that_are_there() {
	sed -n 's/^\([a-z][a-z0-9-]*\):.*/\1/p' "$S/../Makefile" | sort >verbs
	# of the kernel's own Makefile
	echo olddefconfig >>verbs
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
# recipe ARCH DIR: the commands of "Configuration" in a made-up kernel, for a build in DIR
recipe() {
	rm -rf linux build bin
	mkdir -p linux/scripts/kconfig build bin
	# as the kernel's: it writes where -O says, or here
	cat >linux/scripts/kconfig/merge_config.sh <<'END'
#!/bin/sh
dir=.
while :; do case $1 in -O) dir=$2; shift 2 ;; -*) shift ;; *) break ;; esac; done
cat "$@" >merged && mv merged "$dir/.config"
END
	# the two drivers are there on arm64 alone
	cat >bin/make <<'END'
#!/bin/sh
dir=.
for word; do case $word in O=*) dir=${word#O=} ;; esac; done
[ "$ARCH" = arm64 ] || sed -i '/HANTRO\|RGA/d' "$dir/.config"
END
	chmod +x linux/scripts/kconfig/merge_config.sh bin/make
	(cd linux && echo CONFIG_MEDIA_SUPPORT=y >"$2/.config")
	sed -n '/^## Configuration/,/^## S/s/^    //p' "$S/../docs/distributors.md" |
		sed "s|^O=\.|O=$2|; s|ARCH=arm64|ARCH=$1|; s|/path/to/this|$S/..|" >commands
	(cd linux && PATH=$T/bin:$PATH ARCH=$1 sh -eu ../commands) >out 2>err || fail "$(cat out err)"
}
test_docs_configure() {
	for dir in . "$T/build"; do
		recipe arm64 "$dir"
		[ "$(wc -l <out)" = 3 ] || fail "it does not say that all is there: $(cat out)"
		recipe x86_64 "$dir"
		[ "$(wc -l <out)" = 1 ] || fail "it does not say that the drivers are gone: $(cat out)"
	done
	[ ! -e linux/.config ] || fail "the next build with O= refuses a source with a .config"
}
run_tests "$@"
