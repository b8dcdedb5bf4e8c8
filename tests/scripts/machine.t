#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a machine may lack: tools, room, rights
. "$(dirname "$0")/lib.sh"
test_tool_missing() {
	repo linux
	without git
	refused 3 'NO_INSTALL is set; as root: apt-get install .* pkg-git$' env PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
	said 'missing: git'
	without flock
	refused 3 ' pkg-flock$' env PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
	[ ! -e "$CACHE/tree" ] || fail "a tree was made"
}
# Each verb asks for its own tools, by the table of the project
test_tools_by_verb() {
	export TOOLS_TSV="$S/lib/tools.tsv"
	# shellcheck source=scripts/lib/tools.sh
	. "$S/lib/tools.sh"
	rows_for tree | cut -f1 >tree.tools
	grep -qx curl tree.tools || fail "tree has no curl"
	! grep -qE 'sparse|qemu|gcc' tree.tools || fail "tree asks for $(cat tree.tools)"
	rows_for tree lint | cut -f1 | grep -qx sparse || fail "lint has no sparse"
	rows_for build | cut -f1 | grep -qx aarch64-linux-gnu-ld || fail "build has no binutils"
	rows_for lint | cut -f1 | grep -qx codespell || fail "lint has no codespell"
	[ "$(rows_for '*' | wc -l)" = "$(grep -vc '^#' "$TOOLS_TSV")" ] || fail "deps asks for less than all"
	awk -F '\t' '!/^#/ && NF != 5' "$TOOLS_TSV" >bad
	[ ! -s bad ] || fail "not five columns: $(cat bad)"
}
test_kinds_of_tools() {
	# shellcheck source=scripts/lib/tools.sh
	. "$S/lib/tools.sh"
	for tool in sh no-such-tool'|sh' header:stdio.h /etc/passwd perl:strict python:os git:am; do
		has_tool $tool || fail "$tool is not found"
	done
	for tool in no-such-tool 'no-such|none' header:none.h /no/such perl:No::Such python:no_such git:no-such static:false; do
		! has_tool "$tool" || fail "$tool is found"
	done
}
# A clang that is too old for the kernel is none, nor is one without its linker
test_clang_of_some_age() {
	# shellcheck source=scripts/lib/tools.sh
	. "$S/lib/tools.sh"
	without clang ld.lld llvm-ar clang-19 ld.lld-19 llvm-ar-19
	clang_is() {
		printf '#!/bin/sh\necho %s\n' "$2" >"bin/clang$1"
		ln -sf sh "bin/ld.lld$1"
		ln -sf sh "bin/llvm-ar$1"
		chmod +x "bin/clang$1"
	}
	PATH=$T/bin
	clang_is '' 14
	! has_tool llvm:15 || fail "clang 14 is found"
	clang_is '' 15
	has_tool llvm:15 || fail "clang 15 is not found"
	[ -z "$(clang_suffix)" ] || fail "clang 15 is clang$(clang_suffix)"
	rm bin/ld.lld
	hash -r
	! has_tool llvm:15 || fail "clang without ld.lld is found"
	clang_is -19 19
	has_tool llvm:15 || fail "clang 19 is not found"
	[ "$(clang_suffix)" = -19 ] || fail "clang 19 is clang$(clang_suffix)"
	rm bin/llvm-ar-19
	hash -r
	! has_tool llvm:15 || fail "clang 19 without llvm-ar is found"
}
# missing: a table with two tools that nobody has, of the verb clean
missing() {
	printf 'no-such-tool-x\tclean\tpkg-x\tfedora-x\tarch-x\n/no/such/file\tclean\tpkg-y\tfedora-y\tarch-y\n' >>"$TOOLS_TSV"
	unset NO_INSTALL
	without apt-get
	printf '#!/bin/sh\necho %s\n' "$1" >bin/id.new
	mv bin/id.new bin/id
	chmod +x bin/id
	shift
	for tool; do
		printf '#!/bin/sh\necho "$@" >>%s/%s.log\n' "$T" "$tool" >"bin/$tool"
		chmod +x "bin/$tool"
	done
	export PATH="$T/bin"
}
test_deps_nothing_missing() {
	passes "$S/deps"
	said 'nothing is missing'
}
test_deps_as_root() {
	missing 0 apt-get
	refused 3 'still missing' "$S/clean"
	said 'missing: no-such-tool-x /no/such/file'
	said 'installs, .*NO_INSTALL=1.*: pkg-x pkg-y$'
	grep -q 'install .*pkg-x pkg-y' apt-get.log || fail "apt-get was not asked"
	rm apt-get.log
	NO_INSTALL=1 refused 3 'NO_INSTALL is set' "$S/clean"
	[ ! -e apt-get.log ] || fail "apt-get was asked: $(cat apt-get.log)"
}
test_deps_as_a_user() {
	missing 1000 apt-get
	refused 3 'run as root: apt-get install -y --no-install-recommends pkg-x pkg-y$' "$S/clean"
	[ ! -e apt-get.log ] || fail "apt-get was asked"
}
test_deps_elsewhere() {
	missing 1000 dnf
	refused 3 'run as root: dnf install fedora-x fedora-y$' "$S/clean"
	rm bin/dnf
	printf '#!/bin/sh\n' >bin/pacman
	chmod +x bin/pacman
	refused 3 'run as root: pacman -S --needed arch-x arch-y$' "$S/clean"
	rm bin/pacman
	refused 3 'none of apt-get, dnf and pacman: .* pkg-x pkg-y$' "$S/clean"
}
test_cache_not_writable() {
	refused 8 'cannot write to .*XDG_CACHE_HOME' env XDG_CACHE_HOME=/proc/none "$S/tree/tree"
}
test_cache_in_a_bad_place() {
	refused 2 'no absolute path' env XDG_CACHE_HOME=here "$S/tree/tree"
	refused 2 'a space or a colon' env XDG_CACHE_HOME="$T/my cache" "$S/tree/tree"
}
test_checkout_and_patches_in_a_bad_place() {
	mkdir 'my project'
	ln -s "$T"/project/* 'my project/'
	refused 2 'no path with a space, as .*/my project: move' "my project/scripts/tree/tree"
	refused 2 'PATCHES=.*/my patches: .* no space' env PATCHES="$T/my patches" "$S/tree/apply"
	[ ! -e "$CACHE" ] || fail "the cache was made all the same"
}
# full SIZE: a cache with room for SIZE
full() {
	[ "$(id -u)" = 0 ] || skip "only root can mount a small file system"
	mkdir -p xdg
	mount -t tmpfs -o size="$1" none xdg 2>/dev/null || skip "no file system can be mounted here"
	trap 'umount "$T/xdg"' EXIT
}
test_disk_too_small() {
	repo linux
	full 40k
	refused 8 '(is full|MB are needed): make room' env KDIR="$T/linux" "$S/tree/tree"
}
# a df that tells of room the first time it is asked, which is then gone
lying_df() {
	without
	printf '#!/bin/sh\n[ -e %s ] || { : >%s; printf "F\\nF 9 9 99999999 9 /\\n"; exit; }\nexec %s "$@"\n' \
		"$T/asked" "$T/asked" "$(command -v df)" >bin/df.new
	mv bin/df.new bin/df
	chmod +x bin/df
}
test_disk_full_while_downloading() {
	package archive
	full 150k
	lying_df
	refused 8 'is full: make room' env PATH="$T/bin" "$S/tree/tree"
	[ -e asked ] || fail "nobody asked for room"
	[ ! -e "$CACHE/tree/v7.0" ] || fail "half a tree"
}
test_disk_full_while_copying() {
	kernel linux
	head -c 200000 /dev/urandom >linux/noise
	git -C linux init -q
	git -C linux add .
	git -C linux commit -qm noise
	full 160k
	lying_df
	refused 8 'is full: make room' env PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
	[ -z "$(ls "$CACHE/tree")" ] || fail "half a tree: $(ls "$CACHE/tree")"
}
test_jobs_not_a_number() { refused 2 'no number of processors' env CPUS=many "$S/tree/tree"; }
test_tests_of_another_file() { refused 2 'there is no nosuch.t$' "$HERE/run" nosuch.t; }
test_warm_not_a_word() { refused 2 'WARM=maybe: give WARM=yes, or leave it out$' env WARM=maybe "$S/test/test-fresh"; }

run_tests "$@"
