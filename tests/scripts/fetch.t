#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make tree: a base, from a git server or a Debian archive, and what goes wrong
. "$(dirname "$0")/lib.sh"
deb=pool/main/l/linux/linux-source-7.0_7.0.13-1_all.deb
part=dl/linux-source-7.0_7.0.13-1_all.deb.part

test_base_cloned() {
	repo server
	passes env GIT_URL="file://$T/server" "$S/tree/tree"
	said 'clones v7.0'
	[ -f "$CACHE/tree/v7.0/rga.c" ] || fail "no tree"
}
test_base_clone_cut_off() {
	repo server
	package archive
	rm -f server/.git/objects/*/*
	passes env GIT_URL="file://$T/server" "$S/tree/tree"
	said 'the clone was cut off'
	said 'source package instead'
}
test_base_clone_without_an_end() {
	repo server
	package archive
	git=$(command -v git)
	without git
	printf '#!/bin/sh\ncase " $* " in *" clone "*) exec sleep 60 ;; esac\nexec %s "$@"\n' "$git" >bin/git
	chmod +x bin/git
	hurried
	PATH=$T/bin passes env GIT_URL="file://$T/server" "$S/tree/tree"
	said 'the clone took more than 30 minutes'
	said 'source package instead'
	[ -f "$CACHE/tree/v7.0/rga.c" ] || fail "no tree"
}
test_base_downloaded() {
	package archive
	passes "$S/tree/tree"
	said 'v7.0: Linux 7.0.0'
	[ -f "$CACHE/tree/v7.0/rga.c" ] || fail "no tree"
	rm -r archive
	passes "$S/tree/tree"
	rm -rf "$CACHE/tree"
	passes "$S/tree/tree"
}
test_base_download_resumed() {
	package archive
	mkdir -p "$CACHE/dl"
	head -c 100000 "archive/$deb" >"$CACHE/$part"
	passes "$S/tree/tree"
	! grep -q 'takes it again' err || fail "it did not resume"
}
test_base_download_damaged() {
	package archive
	mkdir -p "$CACHE/dl"
	head -c 100000 /dev/zero >"$CACHE/$part"
	passes "$S/tree/tree"
	said 'came out wrong .*takes it again'
}
test_base_download_too_short() {
	package archive
	head -c 100000 "archive/$deb" >short
	mv short "archive/$deb"
	refused 7 'cannot have .*check the network' "$S/tree/tree"
	said 'was cut at 100000 of'
	[ ! -e "$CACHE/tree/v7.0" ] || fail "half a tree"
}
test_base_download_always_wrong() {
	package archive
	dd if=/dev/zero of="archive/$deb" bs=1000 seek=1 count=1 conv=notrunc 2>/dev/null
	refused 7 'cannot have' "$S/tree/tree"
	[ ! -e "$CACHE/$part" ] || fail "the wrong file was kept"
}
test_base_cached_package_damaged() {
	package archive
	mkdir -p "$CACHE/dl"
	echo broken >"$CACHE/${part%.part}"
	passes "$S/tree/tree"
	said 'is damaged: takes it again'
}
test_base_not_served() {
	package archive
	rm -r archive/pool
	refused 7 'cannot have' "$S/tree/tree"
}
test_base_without_apt() {
	package archive
	without apt-get
	refused 7 'no apt of Debian.*KDIR' env -u ARCHIVE PATH="$T/bin" "$S/tree/tree"
}
test_base_that_nobody_has() {
	refused 7 'no Debian package for v5.1 .*give KDIR' env BASE=v5.1 "$S/tree/tree"
}
test_base_not_a_version() { refused 2 'no kernel version' env BASE=seven "$S/tree/tree"; }
test_base_and_kdir() { refused 2 'not both' env BASE=v7.0 KDIR=/ "$S/tree/tree"; }
# The pinned version is gone from the archive: the suite has a newer one, if it is named
test_base_not_served_but_in_the_suite() {
	package archive
	rm -r archive/pool
	sed -i 's/-$/sid/' bases
	mkdir scripts
	cp -r "$S/lib" "$S/tree" scripts/
	printf '#!/bin/sh\necho "asked for $1 of $2" >&2\nexit 7\n' >scripts/tree/apt-download.sh
	chmod +x scripts/tree/apt-download.sh
	refused 7 'asked for linux-source-7.0 of sid' scripts/tree/tree
}
# What was downloaded once needs no network
test_packages_by_apt_offline() {
	mkdir -p "$CACHE/dl/apt-sid-arm64"
	echo x >"$CACHE/dl/pkg-a_1_arm64.deb"
	echo "$(sha256sum <"$CACHE/dl/pkg-a_1_arm64.deb" | cut -d' ' -f1) $CACHE/dl/pkg-a_1_arm64.deb" >"$CACHE/dl/apt-sid-arm64/pkg-a.had"
	mkdir bin
	printf '#!/bin/sh\necho "asked $*" >>%s/asked\nexit 1\n' "$T" | tee bin/apt-get >bin/apt-cache
	chmod +x bin/*
	export PATH="$T/bin:$PATH"
	passes "$S/tree/apt-download.sh" pkg-a sid "$CACHE/dl" arm64
	says 'pkg-a_1_arm64.deb$'
	[ ! -e asked ] || fail "$(cat asked)"
	echo y >"$CACHE/dl/pkg-a_1_arm64.deb"
	! "$S/tree/apt-download.sh" pkg-a sid "$CACHE/dl" arm64 >out 2>err || fail "a damaged package is taken"
}
# Each would find the package of the other beside its own, if they shared a directory
test_packages_by_apt_together() {
	mkdir bin
	cat >bin/apt-cache <<-'EOF'
		#!/bin/sh
		for pkg; do :; done
		echo "SHA256: $(echo "$pkg" | sha256sum | cut -c1-64)"
	EOF
	cat >bin/apt-get <<-'EOF'
		#!/bin/sh
		for pkg; do :; done
		echo "$pkg" | tee "${pkg}_1_all.deb" >"$CAME/$pkg.came"
		for second in 1 2 3 4 5 6 7 8 9; do
			[ -e "$CAME/pkg-a.came" ] && [ -e "$CAME/pkg-b.came" ] || sleep 1
		done
	EOF
	chmod +x bin/*
	mkdir -p "$CACHE/dl"
	export CAME="$T" PATH="$T/bin:$PATH"
	"$S/tree/apt-download.sh" pkg-a sid "$CACHE/dl" >a 2>err.a &
	passes "$S/tree/apt-download.sh" pkg-b sid "$CACHE/dl"
	wait $! || fail "the other exits with $?: $(cat err.a)"
	for pkg in a b; do
		[ -f "$CACHE/dl/pkg-${pkg}_1_all.deb" ] || fail "pkg-$pkg is not there"
	done
	! ls -d "$CACHE"/dl/new* || fail "something is left"
}

run_tests "$@"
