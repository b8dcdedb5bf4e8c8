#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a machine may lack: tools, room, rights
. "$(dirname "$0")/lib.sh"
test_tool_missing() {
	repo linux
	without git
	refused 3 "tool 'git' is missing: run 'make deps'" env PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
	without flock
	refused 3 "tool 'flock' is missing" env PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
}
test_compiler_missing() {
	without aarch64-linux-gnu-gcc
	refused 3 "tool 'aarch64-linux-gnu-gcc' is missing" env PATH="$T/bin" "$S/build/kmake" linux o arm64
}
test_tools_of_build_and_lint_missing() {
	repo linux
	series patches linux
	export KDIR="$T/linux"
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	without arm-linux-gnueabihf-gcc codespell
	PATH=$T/bin refused 3 "tool 'arm-linux-gnueabihf-gcc' is missing: run 'make deps'" "$S/build/build"
	PATH=$T/bin refused 3 "tool 'codespell' is missing" "$S/lint/lint"
}
test_deps_nothing_missing() {
	echo 'sh dash' >packages
	passes env PACKAGES="$T/packages" "$S/deps"
}
# deps with an apt-get and id of our own
test_deps_as_root() {
	printf 'sh dash\nno-such-tool-x pkg-x\n/no/such/file pkg-y\n' >packages
	without
	printf '#!/bin/sh\necho "$@" >>%s/apt.log\n' "$T" >bin/apt-get.new
	mv bin/apt-get.new bin/apt-get
	printf '#!/bin/sh\necho 0\n' >bin/id.new
	mv bin/id.new bin/id
	chmod +x bin/apt-get bin/id
	passes env PACKAGES="$T/packages" PATH="$T/bin" "$S/deps"
	grep -q 'install .*pkg-x pkg-y' apt.log || fail "apt-get was not asked"
}
test_deps_as_a_user() {
	printf 'no-such-tool-x pkg-x\n' >packages
	without
	printf '#!/bin/sh\necho 1000\n' >bin/id.new
	mv bin/id.new bin/id
	chmod +x bin/id
	refused 3 'run as root: apt-get install .*pkg-x' env PACKAGES="$T/packages" PATH="$T/bin" "$S/deps"
}
test_deps_elsewhere() {
	printf 'no-such-tool-x pkg-x\n' >packages
	without apt-get
	refused 3 'no Debian.*pkg-x' env PACKAGES="$T/packages" PATH="$T/bin" "$S/deps"
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
	refused 2 'no path with a space, as .*/my project: move' "my project/scripts/tree/series" v7.0
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
	full 64k
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
	full 300k
	lying_df
	refused 8 'is full: make room' env PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
	[ -z "$(ls "$CACHE/tree")" ] || fail "half a tree: $(ls "$CACHE/tree")"
}
test_jobs_not_a_number() { refused 2 'no number of processors' env CPUS=many "$S/tree/tree"; }

run_tests "$@"
