#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# apt-download.sh PACKAGE SUITE DIR [ARCH]: download a package with apt into DIR; its path
# on stdout. Of SUITE, with an apt state of its own, where the machine's has none, and
# for another architecture; what was had that way before is not asked for again.
. "$(dirname "$0")/../lib/common.sh"
[ $# = 3 ] || [ $# = 4 ] || die 2 "usage: [ARCHIVE=URL] $me PACKAGE SUITE DIR [ARCH]"
need apt-get apt-cache
pkg=$1 suite=$2 apt=$3/apt-$2${4:+-$4} new=$3/new-$1 arch=${4:-}
trap 'rm -rf "$new"' EXIT
opts=

# shellcheck disable=SC2086 # options are words
newest() { apt-cache $opts show --no-all-versions "$pkg" 2>/dev/null | sed -n 's/^SHA256: //p'; }

# had: what an earlier download brought, and is whole
had=$apt/$pkg.had
if [ -f "$had" ]; then
	read -r sum deb <"$had"
	if [ -f "$deb" ] && [ "$(sha256sum <"$deb")" = "$sum  -" ]; then
		echo "$deb"
		exit
	fi
fi
# found DEB: it is whole, and its path is what is wanted
found() {
	mkdir -p "$apt"
	echo "$sum $1" >"$had"
	echo "$1"
}

mkdir -p "$new"
sum=
[ -n "$arch" ] || sum=$(newest)
if [ -z "$sum" ]; then
	sites=${ARCHIVE:-$(apt-get indextargets --format '$(SITE)' 'Origin: Debian' | sort -u)}
	for site in $sites; do break; done
	[ -n "${site:-}" ] || die 7 "apt knows no Debian archive here: give KDIR=/path/to/linux, or GIT_URL"
	mkdir -p "$apt/lists/partial" "$apt/archives/partial"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$key] $site $suite main" >"$apt/sources.list"
	opts="-o Dir::State::lists=$apt/lists -o Dir::Cache=$apt -o Dir::Etc::sourceparts=-"
	opts="$opts -o Dir::Etc::sourcelist=$apt/sources.list -o Acquire::Languages=none -o APT::Sandbox::User=root"
	say "asks $site for $pkg of $suite"
	[ -z "$arch" ] || opts="$opts -o APT::Architecture=$arch -o APT::Architectures=$arch"
	# shellcheck disable=SC2086
	apt-get $opts update >&2 || die 7 "no $suite from $site: check the network, or give KDIR=/path/to/linux"
	sum=$(newest)
	[ -n "$sum" ] || die 7 "$suite of $site has no $pkg any more: give KDIR=/path/to/linux, or GIT_URL"
fi

for deb in "$3/${pkg}_"*.deb; do
	if [ -f "$deb" ] && [ "$(sha256sum <"$deb")" = "$sum  -" ]; then
		found "$deb"
		exit
	fi
done
space 300000
# shellcheck disable=SC2086
(cd "$new" && apt-get $opts -o APT::Sandbox::User=root download "$pkg" >&2) ||
	die_io 7 "apt cannot download $pkg: check the network, or give KDIR=/path/to/linux"
for deb in "$new"/*.deb; do
	[ "$(sha256sum <"$deb")" = "$sum  -" ] || die 7 "apt brought another $pkg than its index says: try again"
	mv "$deb" "$3/"
	found "$3/${deb##*/}"
done
