# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2034
# For the tests: a made-up kernel and series, and words to say what must happen. A .t file
# sources this, has a function test_* for each test, and ends with: run_tests "$@"
# It is run by prove, or alone; "apply.t test_name" runs one test.
HERE=$(cd "$(dirname "$0")" && pwd -P)

# run_tests [TEST...]: each in a shell and an empty directory, as TAP on stdout
run_tests() {
	# shellcheck disable=SC2046 # words
	[ $# != 0 ] || set -- $(sed -n 's/^\(test_[a-z0-9_]*\)() .*/\1/p' "$0")
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' HUP INT TERM
	# where what a test makes can be run: /tmp may be noexec
	printf '#!/bin/sh\n' >"$work/run" && chmod +x "$work/run"
	"$work/run" 2>/dev/null || {
		cache=${XDG_CACHE_HOME:-$HOME/.cache}
		rm -r "$work"
		mkdir -p "$cache"
		work=$(mktemp -d -p "$cache")
	}
	echo "1..$#"
	n=0 failed=0
	for name; do
		n=$((n + 1)) code=0 begin=$(date +%s)
		mkdir "$work/test"
		# in the background "set -e" counts, whatever the shell
		(
			set -eu
			cd "$work/test"
			setup
			"$name"
		) >"$work/log" 2>&1 </dev/null &
		wait $! || code=$?
		case $code in
		0) echo "ok $n $name" ;;
		4) echo "ok $n $name # SKIP $(tail -n 1 "$work/log")" ;;
		*)
			failed=$((failed + 1))
			sed 's/^/# /' "$work/log"
			kept=$(mktemp -d "${TMPDIR:-/tmp}/vb2-$name.XXXXXX")
			cp -a "$work/test/." "$work/log" "$kept/"
			echo "# its directory is kept: $kept"
			echo "not ok $n $name"
			;;
		esac
		rm -rf "$work/test"
		seconds=$(($(date +%s) - begin))
		[ $seconds -lt 20 ] || echo "# $name took $seconds s"
	done
	[ $failed = 0 ]
}

# setup: what each test begins with
setup() {
	export S
	T=$PWD
	# The project, but no git repository: the sender may have a user.name in this clone
	mkdir project
	ln -s "$(cd "$HERE/../.." && pwd -P)"/* project/
	S=$T/project/scripts
	# make BASE=... hands its variables to every make below it
	unset MAKEFLAGS MAKEOVERRIDES MFLAGS
	export VB2_GROUP=1 # the tests are ended as a whole
	unset KDIR BASE QUICK GIT_URL ARCHIVE BASES CPUS JOBS ONLY BOOTS EVIDENCE LETTER SEND MBOX INBOX V ASSISTED_BY KEEP WHAT DIRTY
	unset FIXES SERIES WARM KVM LETTER_IN VB2_LOCKED VB2_RUN VERB TOOLS_KEY FINDING STEP NO_COUNTER
	export CHANGES=/dev/null XDG_CACHE_HOME="$T/xdg" PATCHES="$T/patches" GIT_CONFIG_GLOBAL="$T/gitconfig"
	export GIT_CONFIG_NOSYSTEM=1 GIT_URL="file://$T/no-server" ARCHIVE="file://$T/archive"
	# nothing is installed by a test, and few tools are asked for
	export NO_INSTALL=1 TOOLS_TSV="$T/tools.tsv"
	printf '%s\tall\tpkg-%s\tpkg-%s\tpkg-%s\n' git git git git flock flock flock flock >"$TOOLS_TSV"
	CACHE=$XDG_CACHE_HOME/vb2-release-fences
	printf '[user]\n\tname = Tester\n\temail = tester@example.org\n[maintenance]\n\tauto = false\n' >"$GIT_CONFIG_GLOBAL"
}
# fixture NAME PATH...: what make_NAME makes here; of the second test of a file on it is copied,
# which is quicker
fixture() {
	made=${T%/*}/fixture-$1
	[ ! -d "$made" ] || { cp -a "$made"/. .; return; }
	"make_$1"
	shift
	mkdir "$made.new"
	cp -a "$@" "$made.new/"
	mv "$made.new" "$made"
}

# takes SCRIPT...: copies of them in scripts/, where the others may be stubs
takes() {
	for script; do
		mkdir -p "$(dirname "scripts/$script")"
		cp "$S/$script" "scripts/$script"
	done
	mkdir -p scripts/tree scripts/build scripts/lint scripts/test scripts/evidence scripts/lib
	cp "$S"/lib/* scripts/lib/
	cp "$S/tree/series.sh" "$S/tree/bases.tsv" "$S/tree/stacks.tsv" scripts/tree/
}
skip() { echo "$*"; exit 4; }
fail() { echo "FAIL: $*"; exit 1; }

# kernel DIR: the files by which a kernel is known, and one to patch
kernel() {
	mkdir -p "$1/drivers/media/common/videobuf2" "$1/scripts"
	printf 'VERSION = 7\nPATCHLEVEL = 0\nSUBLEVEL = 0\nEXTRAVERSION =\nNAME = Test\n' >"$1/Makefile"
	echo >"$1/MAINTAINERS"
	echo >"$1/Kconfig"
	seq 1 60 >"$1/drivers/media/common/videobuf2/videobuf2-core.c"
	seq 1 60 >"$1/rga.c"
}
# repo DIR: the same as a git checkout, tagged v7.0
repo() {
	kernel "$1"
	git -C "$1" init -q -b master
	git -C "$1" add .
	git -C "$1" commit -qm kernel
	git -C "$1" tag v7.0
}
# tree_to_patch: the checkout linux, its tree in the cache, and a series for it
tree_to_patch() {
	fixture tree_to_patch linux patches xdg
	export KDIR="$T/linux"
	# a copy has other inodes than the index has
	git -C "$CACHE"/tree/kdir-* update-index -q --refresh
}
make_tree_to_patch() {
	repo linux
	series patches linux
	export KDIR="$T/linux"
	passes "$S/tree/tree"
}
# applied_series: the same, and applied
applied_series() {
	fixture applied_series linux patches xdg
	export KDIR="$T/linux"
}
make_applied_series() {
	make_tree_to_patch
	passes "$S/tree/apply"
}
# series DIR KERNEL: two patches for KERNEL
series() {
	git clone -q "$2" made 2>/dev/null
	sed -i 's/^20$/twenty/' made/drivers/media/common/videobuf2/videobuf2-core.c
	git -C made commit -qam 'vb2: twenty'
	sed -i 's/^40$/forty/' made/rga.c
	git -C made commit -qam 'rga: forty'
	git -C made format-patch -q -o "$T/$1" "$(git -C "$2" rev-parse HEAD)"
	rm -rf made
}
# package DIR: a Debian source package of a made-up kernel, in an archive, known
# to a table "bases" as v7.0
package() {
	kernel src/linux
	mkdir -p deb/DEBIAN deb/usr/src "$1/pool/main/l/linux"
	# something that does not compress, to have a middle to cut at
	head -c 200000 /dev/urandom >src/linux/noise
	tar -C src -cJf deb/usr/src/linux-source-7.0.tar.xz linux
	printf 'Package: linux-source-7.0\nVersion: 7.0.13-1\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: t\n' >deb/DEBIAN/control
	package=$1/pool/main/l/linux/linux-source-7.0_7.0.13-1_all.deb
	dpkg-deb -b deb "$package" >/dev/null
	printf 'v7.0 linux-source-7.0 7.0.13-1 pool/main/l/linux %s %s -\n' "$(stat -c %s "$package")" "$(sha256sum <"$package" | cut -d' ' -f1)" >bases
	export BASES="$T/bases"
}

# same WANT GOT: two files; the difference is shown
same() { diff -u "$1" "$2" || fail "$2 is not as it has to be, see above"; }
# passes COMMAND...: it must exit with 0
passes() { "$@" >out 2>err || fail "$* exits with $?: $(cat err)"; }
# refused CODE PATTERN COMMAND...: it must exit with CODE, say why in its last line
# on stderr, and leave nothing half-made
refused() {
	want=$1 pattern=$2
	shift 2
	code=0
	"$@" >out 2>err || code=$?
	[ "$code" = "$want" ] || fail "$* exits with $code, not $want: $(cat err)"
	tail -n 1 err | grep -qE -- "$pattern" || fail "$* says: $(tail -n 1 err)"
	left=$(find "$CACHE" \( -name '*.new' -o -name '*.unpack' -o -name '*.index*' -o -name 'try.*' -o -name 'pick.*' \) 2>/dev/null || true)
	[ -z "$left" ] || fail "$* leaves $left"
}
# said PATTERN: the last command said so on stderr
said() { grep -qE -- "$1" err || fail "it does not say '$1': $(cat err)"; }
# state DIR: everything about the files of DIR, to see that nothing touched them
state() { (cd "$1" && find . -printf '%p %m %s %T@\n' | sort && find . -type f -exec sha256sum {} + | sort) | sha256sum; }
# without TOOL...: $T/bin has all that PATH has but the tools
without() {
	rm -rf bin
	mkdir bin
	IFS=:
	# each directory once: /bin may be /usr/bin
	for dir in $PATH; do
		[ ! -d "$dir" ] || (cd "$dir" && pwd -P)
	done | awk '!seen[$0]++' | while read -r dir; do
		ln -sf "$dir"/* bin/ 2>/dev/null || true
	done
	unset IFS
	for tool; do rm -f "bin/$tool"; done
}
# hurried: a "timeout" that does not wait long, in bin; it must be used as
# timeout [--OPTION=VALUE...] SECONDS COMMAND...
hurried() {
	rm -f bin/timeout
	cat >bin/timeout <<END
#!/bin/sh
while [ "\${1#--}" != "\$1" ]; do shift; done
shift
exec $(command -v timeout) --foreground 3 "\$@"
END
	chmod +x bin/timeout
}
# says PATTERN: the last command said so on stdout
says() { grep -qE -- "$1" out || fail "it does not say '$1': $(cat out)"; }
