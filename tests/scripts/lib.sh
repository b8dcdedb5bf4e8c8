# shellcheck shell=sh
# shellcheck disable=SC2034
# For the tests: a made-up kernel and series, and words to say what must happen.
export S
S=$(cd "$HERE/../../scripts" && pwd -P)
T=$PWD
unset KDIR BASE GIT_URL ARCHIVE BASES CPUS JOBS VB2_LOCKED FINDING
export XDG_CACHE_HOME="$T/xdg" PATCHES="$T/patches" GIT_CONFIG_GLOBAL="$T/gitconfig"
export GIT_CONFIG_NOSYSTEM=1 GIT_URL="file://$T/no-server" ARCHIVE="file://$T/archive"
CACHE=$XDG_CACHE_HOME/vb2-release-fences
git config --global user.name Tester
git config --global user.email tester@example.org

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
	printf 'v7.0 linux-source-7.0 7.0.13-1 %s %s -\n' "$(stat -c %s "$package")" "$(sha256sum <"$package" | cut -d' ' -f1)" >bases
	export BASES="$T/bases"
}

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
	left=$(find "$CACHE" \( -name '*.new' -o -name '*.unpack' -o -name '*.index*' -o -name 'try.*' \) 2>/dev/null || true)
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
	for dir in $PATH; do
		[ ! -d "$dir" ] || ln -sf "$dir"/* bin/ 2>/dev/null || true
	done
	unset IFS
	for tool; do rm -f "bin/$tool"; done
}
