# shellcheck shell=sh
# distro/: what distributors take must name the patches that there are, and work
D=$S/../distro

# names DIR: the patches of a series
names() { (cd "$1" && ls 0*.patch); }

test_distro_names_the_patches() {
	for series in "$S/../patches" "$S"/../patches/v*/; do
		names "$series" >listed
		grep -o '[0-9]*-[^ ]*\.patch' "$D/arch/PKGBUILD.part" | cmp - listed || fail "Arch, $series"
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
	for name in "$S"/../patches/v*/; do
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
	[ "$(wc -l <linux/debian/patches/series)" = 3 ] || fail "$(cat linux/debian/patches/series)"
	while read -r patch; do
		[ "$patch" = bugfix/all/x.patch ] || [ -f "linux/debian/patches/$patch" ] || fail "no $patch"
	done <linux/debian/patches/series
	for arch in arm64 armhf; do
		[ "$(grep -c '^CONFIG_' linux/debian/config/$arch/config)" = 2 ] || fail "$arch: $(cat linux/debian/config/$arch/config)"
	done
	[ "$(ls linux/debian)" = "$(ls as-it-was)" ] || fail "it leaves $(ls linux/debian)"
	refused 2 'has the series already' "$D/debian/add-series" linux patches
	again
	mkdir -p linux/debian/patches/features/all/vb2-release-fences
	refused 2 'is there, but .* remove it' "$D/debian/add-series" linux patches
}
# A package takes the series that the page says, and no other
test_distro_debian_version() {
	debian_package
	sed -n 's/^| \([0-9., ]*\) | `\([^`]*\)` |$/\1|\2/p' "$D/../docs/distributors.md" >table
	[ "$(cut -d'|' -f2 table | sort)" = "$(printf '%s\n' patches/ patches/v*/ | sort)" ] || fail "not all series: $(cat table)"
	while IFS='|' read -r versions fits; do
		for version in $(echo "$versions" | tr , ' '); do
			for series in patches patches/v*/; do
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
	changelog 7.1.2-1
	refused 2 "there is no series for the Linux '7.1'" "$D/debian/add-series" linux patches
	changelog 7.4~rc2-1~exp1
	passes "$D/debian/add-series" linux patches/v7.3
}
test_distro_debian_refuses() {
	debian_package
	refused 2 'no unpacked source package' "$D/debian/add-series" . patches
	refused 2 'there are no patches' "$D/debian/add-series" linux .
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
# arch PREPARE: PKGBUILD.part in a PKGBUILD with two kinds of sums, at the end of
# its prepare(), which begins with PREPARE
arch() {
	bash -euc '
		source=(linux.tar) sha256sums=(1) md5sums=(2) srcdir=$1
		. "$2"
		[ "${#source[@]}" = "${#sha256sums[@]}" ] && [ "${#source[@]}" = "${#md5sums[@]}" ]
		[ ! -v b2sums ]
		cd linux && eval "$3" && _release_fences' bash "$T" "$D/arch/PKGBUILD.part" "$1"
}
# as the kernels of Arch do it
arch_loop='for src in "${source[@]}"; do
	[[ $src = *.patch ]] || continue
	patch -Np1 <"../$src"
done'
arch_package() {
	repo linux
	series patches linux
	i=0
	for name in $(names "$S/../patches"); do
		i=$((i + 1))
		cp patches/000$i-* "$name" 2>/dev/null || : >"$name"
	done
	cp "$S/../Kconfig.fragment" .
	mkdir linux/scripts/kconfig
	printf '#!/bin/sh\ncat "$3" >>"$2"\n' >linux/scripts/kconfig/merge_config.sh
	chmod +x linux/scripts/kconfig/merge_config.sh
	printf 'olddefconfig:\n\t@sed -i s/DROP//g .config\n' >linux/Makefile
}
test_distro_arch() {
	command -v bash >/dev/null || skip "no bash"
	bash -n "$D/arch/PKGBUILD.part" || fail "a syntax error"
	arch_package
	passes arch :
	grep -q forty linux/rga.c || fail "not applied"
}
test_distro_arch_has_applied_all_of_source() {
	command -v bash >/dev/null || skip "no bash"
	arch_package
	passes arch "$arch_loop"
	grep -q forty linux/rga.c || fail "not applied"
}
test_distro_arch_refuses() {
	command -v bash >/dev/null || skip "no bash"
	arch_package
	printf 'olddefconfig:\n\t@sed -i /RELEASE_FENCES/d .config\n' >linux/Makefile
	! arch : >out 2>&1 || fail "a lost option is not noticed"
	grep -q 'lost CONFIG_VIDEOBUF2_RELEASE_FENCES' out || fail "$(cat out)"
	git -C linux checkout -q rga.c drivers
	sed -i 's/^38$/thirty-eight/' linux/rga.c
	! arch : >out 2>&1 || fail "a patch that does not fit is not noticed"
	grep -q FAILED out || fail "$(cat out)"
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
