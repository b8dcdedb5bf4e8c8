# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Where a kernel tree comes from: a git server, or Debian's source package. Sourced by tree.
# GIT_URL names another git server, ARCHIVE=URL another archive.
GIT_URL=${GIT_URL:-https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git}
BASES=${BASES:-$S/tree/bases.tsv}

# commit_tree REPO DIR TEXT: commit all files of DIR, which is not written to, to REPO and
# check them out there (or only commit, when DIR is REPO). Author and dates are fixed: the
# same files are the same commit.
commit_tree() (
	export GIT_AUTHOR_NAME=vb2-release-fences GIT_COMMITTER_NAME=vb2-release-fences
	export GIT_AUTHOR_EMAIL=none GIT_COMMITTER_EMAIL=none
	export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
	export GIT_DIR="$1/.git" GIT_WORK_TREE="$2"
	# -f: the .gitignore of Debian's tarball ignores everything
	(cd "$2" && ours -c core.looseCompression=1 add -f -A .) || die_io 8 "cannot add $2 to a repository"
	ours commit -q -m "$3" || die_io 8 "cannot commit $2"
	[ "$1" != "$2" ] || exit 0
	export GIT_WORK_TREE="$1"
	cd "$1" || exit
	ours reset -q --hard || die_io 8 "cannot check out $1"
)

# get_source BASE DIR: a git repository of a base in DIR
get_source() {
	mkdir -p "${2%/*}"
	rm -rf "$2"
	if timeout --foreground 10 git ls-remote --exit-code "$GIT_URL" "refs/tags/$1" >/dev/null 2>&1; then
		! clone "$1" "$2" || return 0
	else
		say "no $1 from $GIT_URL (no answer in 10 s, or no such tag)"
	fi
	say "takes Debian's source package instead"
	deb=$(package_of "$1") || exit
	space 3500000
	unpack "$deb" "$2"
	say "makes a git repository of it"
	ours init -q "$2"
	commit_tree "$2" "$2" "${deb##*/}"
}

# clone BASE DIR
clone() {
	[ "${GIT_URL#file:}" != "$GIT_URL" ] || space 2500000
	say "clones $1 from $GIT_URL"
	code=0
	show git clone --depth 1 --branch "$1" "$GIT_URL" "$2"
	# the user's settings are for the way to the server, and must not change the files
	timeout --foreground --kill-after=10 1800 git -c core.hooksPath=/dev/null clone --no-checkout --progress --depth 1 \
		--branch "$1" "$GIT_URL" "$2" || code=$?
	[ $code != 0 ] || { ours -C "$2" reset -q --hard || die_io 8 "cannot check out $2"; return 0; }
	rm -rf "$2"
	case $code in 124 | 137) why="took more than 30 minutes" ;; *) why="was cut off" ;; esac
	say "the clone $why"
	return 1
}

# unpack DEB DIR
unpack() {
	say "unpacks ${1##*/}"
	mkdir -p "$2.unpack"
	dpkg-deb -x "$1" "$2.unpack" || die_io 8 "cannot unpack $1"
	tar=$(find "$2.unpack/usr/src" -name 'linux-source-*.tar.xz')
	[ -f "$tar" ] || die 7 "$1 holds no kernel source"
	mkdir "$2"
	tar -xJf "$tar" -C "$2" --strip-components=1 || die_io 8 "cannot unpack $tar"
	rm -rf "$2.unpack"
}

# package_of BASE: download Debian's source package of a base; its path on stdout
package_of() {
	known=$(awk '!/^#/ { printf "%s ", $1 }' "$BASES")
	row=$(awk -v b="$1" '$1 == b' "$BASES")
	[ -n "$row" ] ||
		die 7 "there is no Debian package for $1 in scripts/tree/bases.tsv (it has: ${known% }): give KDIR, or GIT_URL"
	# shellcheck disable=SC2086 # a row of words
	set -- $row
	pkg=$2 version=$3 pool=$4 size=$5 sum=$6 suite=$7 dl=$CACHE/dl
	mkdir -p "$dl"
	archives=''
	[ "$version" = - ] || ! pinned || return 0
	[ "$suite" = - ] ||
		exec "$S/tree/apt-download.sh" "$pkg" "$suite" "$dl"
	die 7 "cannot have ${file##*/} from ${archives:-any archive (this machine has no apt of Debian)}: check the network, give KDIR=/path/to/linux, or GIT_URL"
}

# pinned: the package in the version of the table, from the cache or a pool
pinned() {
	file=$dl/${pkg}_${version}_all.deb
	if [ -f "$file" ]; then
		! good "$file" || { echo "$file"; return; }
		say "${file##*/} in the cache is damaged: takes it again"
		rm "$file"
	fi
	space $((size / 1024 + 1024))
	archives=${ARCHIVE:-$(apt-get indextargets --format '$(SITE)' 'Origin: Debian' 2>/dev/null | sort -u)}
	for site in $archives; do
		url=$site/$pool/${file##*/}
		say "downloads $url ($((size / 1000000)) MB)"
		! from_pool "$url" "$file" || { echo "$file"; return; }
	done
	return 1
}

good() { [ "$(stat -c %s "$1")" = "$size" ] && [ "$(sha256sum <"$1")" = "$sum  -" ]; }

# from_pool URL FILE: 0 when FILE is whole and right; what was cut is resumed
from_pool() {
	for try in 1 2 3; do
		rc=0
		curl -fL --connect-timeout 10 --speed-limit 1000 --speed-time 30 --progress-bar \
			-C - -o "$2.part" "$1" >&2 || rc=$?
		[ -f "$2.part" ] || return 1
		if good "$2.part"; then
			mv "$2.part" "$2"
			return 0
		fi
		if [ "$(stat -c %s "$2.part")" -ge "$size" ]; then
			say "${2##*/} came out wrong (size or sha256): takes it again"
			rm "$2.part"
		elif [ $rc = 22 ]; then # the server has no such file
			return 1
		else
			[ $rc != 23 ] || die_io 8 "cannot write $2.part"
			say "the download was cut at $(stat -c %s "$2.part") of $size bytes (try $try of 3)"
		fi
	done
	return 1
}
