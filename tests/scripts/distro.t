#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# distro/: what distributors take must name the patches that there are, and work
. "$(dirname "$0")/lib.sh"
D=$HERE/../../distro

# names DIR: the fixes, and the patches of a series
names() {
	fixes=$1/fixes
	[ -d "$fixes" ] || fixes=$S/../patches/fixes
	(cd "$fixes" && ls ./*.patch && cd "$1" && ls ./0*.patch) | sed 's|^./||'
}

test_distro_names_the_patches() {
	for series in "$S/../patches" "$S"/../patches/v[0-9]*/; do
		names "$series" >listed
		grep -o '[^ (]*-[^ ]*\.patch' "$D/arch/PKGBUILD.part" | cmp - listed || fail "Arch, $series"
		sed -n 's/^patch //p' "$D/yocto/release-fences/release-fences.scc" | cmp - listed || fail "Yocto, $series"
	done
	[ "$(sed -n 's/^kconf hardware //p' "$D/yocto/release-fences/release-fences.scc")" = release-fences.cfg ] || fail "no .cfg"
	cmp "$D/yocto/release-fences/release-fences.cfg" "$S/../Kconfig.fragment" || fail "the .cfg is not Kconfig.fragment"
}
# changelog VERSION: debian/changelog of the package in linux/
changelog() { printf 'linux (%s) unstable; urgency=medium\n\n  * Test\n' "$1" >linux/debian/changelog; }
# debian_package: an unpacked source package of a made-up kernel, and all series for it
debian_package() {
	repo linux
	series patches linux
	git clone -q linux made
	sed -i 's/^60$/sixty/' made/rga.c
	git -C made commit -qam 'rga: sixty'
	mkdir patches/fixes
	git -C made format-patch -q --stdout HEAD~ >patches/fixes/sixty.patch
	# on the line of the fix
	sed -i 's/^sixty$/SIXTY/' made/rga.c
	git -C made commit -qam 'rga: SIXTY'
	git -C made format-patch -q -1 --start-number 3 -o "$T/patches"
	rm -rf made
	for name in "$S"/../patches/v[0-9]*/; do
		name=patches/$(basename "$name")
		mkdir "$name"
		cp patches/0*.patch "$name/"
	done
	mkdir -p linux/debian/patches linux/debian/config/arm64 linux/debian/config/armhf
	echo bugfix/all/x.patch >linux/debian/patches/series
	echo CONFIG_X=y | tee linux/debian/config/arm64/config >linux/debian/config/armhf/config
	changelog 7.0.4-1
	cp -r linux/debian as-it-was
}
untouched() { diff -r as-it-was linux/debian || fail "something is half-made"; }
# again: the package as it was
again() {
	rm -rf linux/debian
	cp -r as-it-was linux/debian
}
test_distro_debian() {
	debian_package
	passes "$D/debian/add-series" linux patches
	[ "$(wc -l <linux/debian/patches/series)" = 5 ] || fail "$(cat linux/debian/patches/series)"
	while read -r patch; do
		[ "$patch" = bugfix/all/x.patch ] || [ -f "linux/debian/patches/$patch" ] || fail "no $patch"
	done <linux/debian/patches/series
	for arch in arm64 armhf; do
		[ "$(grep -c '^CONFIG_' linux/debian/config/$arch/config)" = 2 ] || fail "$arch: $(cat linux/debian/config/$arch/config)"
	done
	[ "$(ls linux/debian)" = "$(ls as-it-was)" ] || fail "it leaves $(ls linux/debian)"
	refused 2 'already has the series' "$D/debian/add-series" linux patches
	again
	# a kernel that has the fix takes the series alone
	patch -d linux -sp1 <patches/fixes/sixty.patch
	passes "$D/debian/add-series" linux patches
	[ "$(wc -l <linux/debian/patches/series)" = 4 ] && ! grep sixty linux/debian/patches/series || fail "the fix again: $(cat linux/debian/patches/series)"
	again
	mkdir -p linux/debian/patches/features/all/vb2-release-fences
	refused 2 'exists, but .* remove it' "$D/debian/add-series" linux patches
}
# A package takes the series that the page says, and no other
test_distro_debian_version() {
	debian_package
	sed -n 's/^| \([0-9., ]*\) | `\([^`]*\)` |$/\1|\2/p' "$D/../docs/distributors.md" >table
	[ "$(cut -d'|' -f2 table | sort)" = "$(printf '%s\n' patches/ patches/v[0-9]*/ | sort)" ] || fail "not all series: $(cat table)"
	while IFS='|' read -r versions fits; do
		for version in $(echo "$versions" | tr , ' '); do
			for series in patches patches/v[0-9]*/; do
				again
				changelog "$version.9-1~bpo1+1"
				if [ "${series%/}" = "${fits%/}" ]; then
					passes "$D/debian/add-series" linux "$series"
				else
					refused 2 "^add-series: $series is not for Linux $version, .*: take ${fits%/}$" "$D/debian/add-series" linux "$series"
					[ ! -e linux/debian/patches/features ] || fail "$series goes into $version"
				fi
			done
		done
	done <table
	again
	changelog 6.6.2-1
	refused 2 "there is no series for the Linux '6.6'" "$D/debian/add-series" linux patches
	changelog 7.4~rc2-1~exp1
	passes "$D/debian/add-series" linux patches/v7.3
}
test_distro_debian_refuses() {
	debian_package
	refused 2 'not an unpacked source package' "$D/debian/add-series" . patches
	refused 2 'there are no patches' "$D/debian/add-series" linux .
	mv patches/fixes gone
	refused 2 'there are no fixes in patches/../fixes: take all' "$D/debian/add-series" linux patches
	mv gone patches/fixes
	refused 2 'usage' "$D/debian/add-series" linux
	refused 2 'does not apply to linux: take the series' "$D/debian/add-series" linux "$S/../patches"
	untouched
	for gone in config/arm64 config/armhf; do
		again
		mv "linux/debian/$gone" gone
		refused 2 "no debian/$gone/config" "$D/debian/add-series" linux patches
		mv gone "linux/debian/$gone"
		untouched
	done
	again
	# the disk is full when the last file is written
	mkdir bin
	printf '#!/bin/sh\ncase $* in *armhf*) exit 1 ;; esac\nexec %s "$@"\n' "$(command -v cp)" >bin/cp
	chmod +x bin/cp
	refused 2 'cannot write into linux/debian: make room' env PATH="$T/bin:$PATH" "$D/debian/add-series" linux patches
	untouched
}
# pkgbuild: a stand-in for the PKGBUILD of a kernel; $loop is how its prepare() begins
pkgbuild() {
	cat >PKGBUILD <<END
pkgbase=linux
source=(https://example.org/linux.tar.xz{,.sign} config::https://example.org/config)
$(for sums in $1; do echo "$sums=(1 SKIP 2)"; done)
. "$D/arch/PKGBUILD.part"
prepare() {
	cd linux
$loop
	_release_fences
}
END
}
# as the kernels of Arch do it
arch_loop='	local src
	for src in "${source[@]}"; do
		src="${src%%::*}"
		src="${src##*/}"
		[[ $src = *.patch ]] || continue
		echo "Applying patch $src..."
		patch -Np1 < "../$src"
	done'
# arch: what makepkg does with PKGBUILD: it is read within a function, there must be as
# many sums as sources, and prepare() ends at the first error
arch() {
	bash -c '
		load() { . ./PKGBUILD; }
		srcdir=$PWD
		load || exit
		n=0
		for sums in {ck,md5,sha1,sha224,sha256,sha384,sha512,b2}sums; do
			declare -p $sums >/dev/null 2>&1 || continue
			declare -n list=$sums
			n=$((n + 1))
			[ ${#list[@]} = ${#source[@]} ] && [ "${list[*]: -7}" = "SKIP SKIP SKIP SKIP SKIP SKIP SKIP" ] || {
				echo "$sums: ${list[*]}" >&2
				exit 9
			}
		done
		[ $n = "$1" ] || exit 9
		set -e
		prepare' bash "$1"
}
arch_package() {
	command -v bash >/dev/null || skip "no bash"
	loop=''
	repo linux
	series patches linux
	git clone -q linux made
	sed -i 's/^60$/sixty/' made/rga.c
	git -C made commit -qam 'rga: sixty'
	git -C made format-patch -q -1 --start-number 3 -o "$T/patches"
	rm -rf made
	for name in $(names "$S/../patches"); do
		: >"$name"
		[ ! -e "$S/../patches/$name" ] || cp "patches/${name%%-*}"-* "$name"
	done
	cp "$S/../Kconfig.fragment" .
	mkdir linux/scripts/kconfig
	printf '#!/bin/sh\ncat "$3" >>"$2"\n' >linux/scripts/kconfig/merge_config.sh
	chmod +x linux/scripts/kconfig/merge_config.sh
	printf 'olddefconfig:\n\t@:\n' >linux/Makefile
}
test_distro_arch() {
	arch_package
	bash -n "$D/arch/PKGBUILD.part" || fail "a syntax error"
	pkgbuild sha256sums
	passes arch 1
	grep -q twenty linux/drivers/media/common/videobuf2/videobuf2-core.c || fail "not applied"
	grep -q forty linux/rga.c || fail "not applied"
}
test_distro_arch_sums() {
	arch_package
	for sums in cksums md5sums sha1sums sha224sums sha256sums sha384sums sha512sums b2sums 'sha256sums b2sums'; do
		git -C linux checkout -q rga.c drivers
		pkgbuild "$sums"
		passes arch "$(echo "$sums" | wc -w)"
	done
}
test_distro_arch_has_applied_all_of_source() {
	arch_package
	loop=$arch_loop
	pkgbuild 'sha256sums b2sums'
	passes arch 2
	named=$(sed -n '/^_fences=/,/)/p' "$D/arch/PKGBUILD.part" | grep -c '\.patch')
	[ "$(grep -c '^Applying patch' out)" = "$named" ] || fail "the loop did not run: $(cat out)"
	[ "$(grep -c forty linux/rga.c)" = 1 ] || fail "not applied once"
	# and where it has applied some of them only
	git -C linux checkout -q rga.c
	loop=
	pkgbuild b2sums
	passes arch 1
	[ "$(grep -c forty linux/rga.c)" = 1 ] || fail "the second was not applied"
}
test_distro_arch_refuses() {
	arch_package
	pkgbuild b2sums
	printf 'olddefconfig:\n\t@sed -i /RELEASE_FENCES/d .config\n' >linux/Makefile
	refused 1 '^the configuration lost CONFIG_VIDEOBUF2_RELEASE_FENCES: ' arch 1
	git -C linux checkout -q rga.c drivers
	sed -i 's/^38$/thirty-eight/' linux/rga.c
	refused 1 '^0002-.*\.patch does not apply without fuzz: take the series' arch 1
}
# What differs while the option is off is what scripts/build/check lets differ
test_distro_says_what_is_left() {
	sed -n "/^may()/,/^}/s/^	\*.*echo '^(\(.*\))\$'.*/\1/p" "$S/build/check" | tr '|' '\n' | grep '^[a-z]' | sort -u >may
	[ "$(wc -l <may)" -ge 3 ] || fail "scripts/build/check lets differ: $(cat may)"
	sed -n '/^Off: /,/^On: /p' "$D/../docs/distributors.md" >off
	grep -o '(`[a-z_]*`)' off | tr -d '()`' | sort | cmp - may || fail "it must name $(cat may)"
}
test_distro_debian_commands() {
	sed -n '/^## Debian/,/^## Arch/s/^    //p' "$D/../docs/distributors.md" >commands
	grep -oE 'apt-get source|add-series|dch|debian/rules debian/control|dpkg-buildpackage' commands >order
	printf '%s\n' 'apt-get source' add-series dch 'debian/rules debian/control' dpkg-buildpackage | cmp - order || fail "$(cat order)"
	grep -q 'dpkg-buildpackage itself was not run' "$D/../docs/distributors.md" || fail "it does not say what was not tried"
}
test_distro_shellcheck() {
	command -v shellcheck >/dev/null || skip "no shellcheck"
	shellcheck "$D/debian/add-series" "$D/arch/PKGBUILD.part"
}

run_tests "$@"
