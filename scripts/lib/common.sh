# shellcheck shell=sh
# Common to all scripts here; they source it first. Exit codes of all scripts:
#   0  done                             5  the tree has uncommitted changes
#   1  a check found something          6  no series fits the tree
#   2  wrong usage or variable          7  a tree cannot be had (network, archive)
#   3  a tool is missing                8  the cache cannot be written, or is full
#   4  no kernel tree
set -eu
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE CDPATH
export LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0
me=${0##*/}
# A verb stands in scripts/ or in the folder of its stage
TOP=$(cd "$(dirname "$0")/.." && pwd)
TOP=$(cd "${TOP%/scripts}" && pwd -P)
S=$TOP/scripts
QUICK=${QUICK:-} BASE=${BASE:-} KDIR=${KDIR:-} CPUS=${CPUS:-$(nproc)}
PATCHES=${PATCHES:-$TOP/patches}

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() {
	code=$1
	shift
	say "$*"
	[ -z "${FINDING:-}" ] || printf '%s\n' "$*" >>"$FINDING"
	exit "$code"
}

need() {
	for tool; do
		command -v "$tool" >/dev/null || die 3 "the tool '$tool' is missing: run 'make deps'"
	done
}

# die_io CODE MESSAGE: a failed write; say so if the disk is what failed
die_io() {
	free=$(df -Pk "$CACHE" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge 1024 ] ||
		die 8 "the disk under $CACHE is full: make room, or set XDG_CACHE_HOME to another place"
	die "$@"
}

# space KB: refuse a job that cannot end well
space() {
	free=$(df -Pk "$CACHE" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$1" ] ||
		die 8 "$CACHE has $((free / 1024)) MB free, $(($1 / 1024 + 1)) MB are needed: make room, or set XDG_CACHE_HOME to another place"
}

# git in our own repositories: the user's configuration has no say there
ours() { GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git "$@"; }

# lock: one run at a time in the cache; children inherit it
lock() {
	[ -z "${VB2_LOCKED:-}" ] || return 0
	exec 9>"$CACHE/lock"
	flock -n 9 || { say "waits for another run that uses $CACHE"; flock 9; }
	export VB2_LOCKED=1
}

# key WORD...: a short hash of the words, for stamps
key() { printf '%s\n' "$@" | sha256sum | cut -c1-20; }
# files FILE...: a short hash of what is in the files
files() { cat "$@" | sha256sum | cut -c1-20; }

case $TOP in *[[:space:]]*) die 2 "the scripts work in no path with a space, as $TOP: move the checkout" ;; esac
case $PATCHES in *[[:space:]]*) die 2 "PATCHES=$PATCHES: there must be no space in it" ;; esac
[ -z "$KDIR" ] || [ -z "$BASE" ] || die 2 "give KDIR or BASE, not both"
case $BASE in
'' | v[0-9]*.[0-9]*) ;;
*) die 2 "BASE=$BASE is no kernel version: write it as in BASE=v7.0" ;;
esac
case $QUICK in '' | 1) ;; *) die 2 "QUICK=$QUICK: give QUICK=1, or leave it out" ;; esac
case $CPUS in '' | *[!0-9]* | 0) die 2 "CPUS=$CPUS is no number of processors" ;; esac
trap 'exit 130' HUP INT TERM
need nproc df awk sed sha256sum
CACHE=${XDG_CACHE_HOME:-${HOME:?is not set, nor is XDG_CACHE_HOME}/.cache}/vb2-release-fences
case $CACHE in
/*[[:space:]:]*) die 2 "the kernel builds in no path with a space or a colon, as $CACHE: set XDG_CACHE_HOME" ;;
/*) ;;
*) die 2 "XDG_CACHE_HOME=$XDG_CACHE_HOME is no absolute path" ;;
esac
mkdir -p "$CACHE" 2>/dev/null && [ -w "$CACHE" ] ||
	die 8 "cannot write to $CACHE: set XDG_CACHE_HOME to a place of yours"

# the names of everything that belongs to one tree
if [ -n "$KDIR" ]; then
	KDIR=$(cd "$KDIR" 2>/dev/null && pwd -P) || die 4 "KDIR: there is no directory $KDIR"
	ID=kdir-$(key "$KDIR" | cut -c1-10)
	TREE=$KDIR
else
	ID=${BASE:-v7.0}
	TREE=$ID
fi
SRC=$CACHE/tree/$ID WORK=$CACHE/work/$ID OUT=$CACHE/out/$ID
# one for all kernels, and for those with the option on and off
export CCACHE_DIR="${CCACHE_DIR:-$CACHE/ccache}"
# The compiler tells what it has read: no source is preprocessed before it is compiled
export CCACHE_DEPEND=1
export S SRC WORK OUT CACHE TREE
