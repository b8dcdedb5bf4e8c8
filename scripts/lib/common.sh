# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Common to all scripts here; they source it first. Exit codes of all scripts:
#   0  done                             5  the tree has uncommitted changes
#   1  a check found something          6  no series fits the tree
#   2  wrong usage or variable          7  a tree cannot be had (network, archive)
#   3  a tool is missing                8  the cache cannot be written, or is full
#   4  no kernel tree                 130  interrupted
set -eu
me=${0##*/}
if [ "${1:-}" = --help ]; then
	sed -n '1d; /^# SPDX/d; /^#/!q; s/^# \{0,1\}//p' "$0"
	exit
fi

# A run lives in a process group of its own, which a signal ends as a whole: what runs
# in the background has no interest in Ctrl-C, and would keep the lock of the cache.
# A script that asks on the terminal sets VB2_GROUP=1 before it sources this file.
if [ -z "${VB2_GROUP:-}" ] && [ -x "$0" ] && command -v setsid >/dev/null; then
	end_group() {
		trap '' HUP INT TERM
		for signal in TERM 0 0 0 0 0 0 0 0 0 0 0 0 0 0 KILL; do
			kill -s $signal -- "-${!:-}" 2>/dev/null || kill -s $signal "${!:-}" 2>/dev/null || break
			sleep 0.2
		done
		exit 130
	}
	export VB2_GROUP=1
	trap 'end_group' HUP INT TERM
	exec 3<&0 # what runs in the background has no other stdin
	setsid "$0" "$@" <&3 3<&- &
	wait $! && exit || exit $?
fi
trap 'exit 130' HUP INT TERM

# of a git hook, or of another repository
unset CDPATH GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_NAMESPACE GIT_OBJECT_DIRECTORY
unset GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_SHALLOW_FILE GIT_EXTERNAL_DIFF GIT_DIFF_OPTS
# a new repository takes no hooks, and the form of the repositories that it borrows objects from
export GIT_TEMPLATE_DIR='' GIT_DEFAULT_HASH=sha1 GIT_DEFAULT_REF_FORMAT=files
export LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0
# A verb stands in scripts/ or in the folder of its stage
TOP=$(cd "$(dirname "$0")/.." && pwd)
TOP=$(cd "${TOP%/scripts}" && pwd -P)
S=$TOP/scripts
QUICK=${QUICK:-} SERIES=${SERIES:-} BASE=${BASE:-} KDIR=${KDIR:-} CPUS=${CPUS:-$(nproc)}
case ${PATCHES:=$TOP/patches} in /*) ;; *) PATCHES=$PWD/${PATCHES%/} ;; esac

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() {
	code=$1
	shift
	say "$*"
	[ -z "${FINDING:-}" ] || printf '%s\n' "$*" >>"$FINDING"
	exit "$code"
}
# show COMMAND...: V=1 shows the commands that matter
show() { [ -z "${V:-}" ] || printf '+ %s\n' "$*" >&2; }

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

# unset_user COMMAND...: where git has none of the user's settings, nor the two files, attributes and
# ignore, that it reads without any
unset_user() {
	env -u GIT_CONFIG_COUNT -u GIT_CONFIG_PARAMETERS XDG_CONFIG_HOME=/nonexistent \
		GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 "$@"
}
# git in our own repositories: ignores all that; no hooks, no auto-maintenance
ours() { unset_user git -c core.hooksPath=/dev/null -c maintenance.auto=false "$@"; }
# git where the user's configuration must count: to read KDIR and this checkout (safe.directory), and to
# know who sends by which server. The clone in get-source.sh is the other place (proxies, insteadOf,
# credentials). No hook of the user has a say.
theirs() { git -c core.hooksPath=/dev/null -c core.fsmonitor=false "$@"; }

# lock: one run at a time in the cache, and a place for what it writes; the verbs that it calls
# take both as theirs
lock() {
	mkdir -p "$OUT" 2>/dev/null || die_io 8 "cannot write $OUT"
	[ -z "${VB2_LOCKED:-}" ] || return 0
	exec 9>"$CACHE/lock"
	flock -n 9 || { say "waits for another run that uses $CACHE"; flock 9; }
	export VB2_LOCKED=1
}

# totals REPORT: passed, failed and skipped, by the lines that end the reports in it (ktap.awk);
# without one it is one failure
totals() {
	awk -F '[: ]' '/^# Totals: pass:/ { p += $5; f += $7; s += $9; n++ } END { print p + 0, f + !n, s + 0 }' "$1"
}

# figures RECORD: NAME VALUE UNIT of each metric in it
figures() { awk -F '\t' '!/^#/ && $6 != "" { print $6, $7 }' "$1"; }

# key WORD...: a short hash of the words
key() { printf '%s\n' "$@" | sha256sum | cut -c1-20; }
# files FILE...: a short hash of what is in the files
files() { cat "$@" | sha256sum | cut -c1-20; }

# cross ARCH: the prefix of its compiler; distributions name them differently
cross() {
	case ${1:-} in
	arm64) set -- aarch64-linux-gnu- ;;
	arm) set -- arm-linux-gnueabihf- arm-linux-gnu- arm-none-linux-gnueabihf- ;;
	x86_64) set -- x86_64-linux-gnu- x86_64-pc-linux-gnu- ;;
	*) die 2 "usage: cross arm64|arm|x86_64" ;;
	esac
	first=$1
	for prefix; do
		! command -v "${prefix}gcc" >/dev/null || { echo "$prefix"; return; }
	done
	echo "$first"
}
# version DIR: the kernel version of a tree, without the build system
version() {
	awk -F ' *= *' '
	/^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *=/ { v[$1] = $2 }
	/^NAME *=/ { exit }
	END { print v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] v["EXTRAVERSION"] }
	' "$1/Makefile"
}
# start_from FROM TO: where nothing was built in TO yet, begin with a copy of FROM, if
# that is there; a whole one or none
start_from() {
	[ -d "$1" ] && [ ! -d "$2" ] || return 0
	rm -rf "$2.new"
	mkdir -p "${2%/*}"
	cp -a "$1" "$2.new" || { rm -rf "$2.new"; die_io 8 "cannot copy $1 to $2"; }
	mv "$2.new" "$2"
}
# fixes_of SERIES: the directory of the fixes below the series in this directory
fixes_of() { if [ -d "$1/fixes" ]; then echo "$1/fixes"; else echo "$PATCHES/fixes"; fi; }
# patch_name PATCH: a fix has its folder before it
patch_name() { case $1 in */fixes/*) echo "fixes/${1##*/}" ;; *) echo "${1##*/}" ;; esac; }
# again VERB: as it has to be typed for this tree
again() { echo "'make $1${SERIES:+ SERIES=$SERIES}${KDIR:+ KDIR=$KDIR}${BASE:+ BASE=$BASE}'"; }
# applied: die unless the series is applied
applied() {
	ours -C "$WORK" rev-parse -q --verify refs/tags/series >/dev/null 2>&1 ||
		die 4 "the series is not applied: run $(again apply) first"
}
# series_dir: the directory of the series that was applied
series_dir() { applied; cat "$WORK/.git/vb2-series"; }

case $TOP in *[[:space:]]*) die 2 "the scripts work in no path with a space, as $TOP: move the checkout" ;; esac
case $PATCHES in *[[:space:]]*) die 2 "PATCHES=$PATCHES: there must be no space in it" ;; esac
[ -z "$KDIR" ] || [ -z "$BASE" ] || die 2 "give KDIR or BASE, not both"
case $BASE in
'' | v[0-9]*.[0-9]*) ;;
*) die 2 "BASE=$BASE is no kernel version: write it as in BASE=v7.0" ;;
esac
case $QUICK in '' | 1) ;; *) die 2 "QUICK=$QUICK: give QUICK=1, or leave it out" ;; esac
case $CPUS in '' | *[!0-9]* | 0) die 2 "CPUS=$CPUS is no number of processors" ;; esac
case ${JOBS:-1} in *[!0-9]* | 0*) die 2 "JOBS=$JOBS is no number of jobs" ;; esac
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
CACHE=${XDG_CACHE_HOME:-${HOME:?is not set, nor is XDG_CACHE_HOME}/.cache}/vb2-release-fences
case $CACHE in
/*[[:space:]:]*) die 2 "the kernel builds in no path with a space or a colon, as $CACHE: set XDG_CACHE_HOME" ;;
/*) ;;
*) die 2 "XDG_CACHE_HOME=$XDG_CACHE_HOME is no absolute path" ;;
esac
mkdir -p "$CACHE" 2>/dev/null && [ -w "$CACHE" ] ||
	die 8 "cannot write to $CACHE: set XDG_CACHE_HOME to a place of yours"

# tree_names: of everything that belongs to one tree
tree_names() {
	if [ -n "$KDIR" ]; then
		[ -d "$KDIR" ] || die 4 "KDIR: there is no directory $KDIR"
		KDIR=$(cd "$KDIR" && pwd -P) || die 4 "KDIR: cannot enter the directory above"
		ID=kdir-$(key "$KDIR" | cut -c1-10)
		TREE=$KDIR
	else
		ID=${BASE:-v7.0}
		TREE=$ID
	fi
	# SERIES=NAME: what is on top of the series (tree/stack.sh), in trees and with results of its own
	on=$ID${SERIES:+-$SERIES}
	SRC=$CACHE/tree/$ID FIXED=$CACHE/fixed/$on WORK=$CACHE/work/$on OUT=$CACHE/out/$on
}
tree_names
# one for all kernels, and for those with the option on and off. Not with CCACHE_DEPEND:
# then it does not see .incbin, and gives a bzImage another kernel of the same size.
export CCACHE_DIR="${CCACHE_DIR:-$CACHE/ccache}"
export S SRC FIXED WORK OUT CACHE TREE

# shellcheck source=scripts/lib/tools.sh
. "$S/lib/tools.sh"
