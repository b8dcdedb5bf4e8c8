# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034
# For record: a library in the command asks whether buffers are in use when they are queued.
report=''

find_library() {
	case $here in *[\ :]*) die 2 "unpack the tarball where the path has no space and no colon: it is in $here" ;; esac
	[ -r "$here/inuse.so" ] || die 2 "$here/inuse.so is missing: unpack the tarball again, or build it, see inuse.c"
	[ -z "$user" ] || as_user test -r "$here/inuse.so" ||
		die 2 "'$user' cannot read $here: unpack the tarball where all can read it, as in /var/tmp"
}
# start COMMAND...: the library is loaded by the command and what that starts, and by
# nothing else
start() {
	if [ -n "$in_use" ]; then
		# by whatever user the command runs as; its rows are those of inuse.c
		report=$(mktemp) && chmod 666 "$report" && awk 'BEGIN {
			printf "%-33s", "processes"
			for (i = 0; i < 5; i++) printf " %010d", 0
			print ""
			for (i = 1; i < 64; i++) printf "%88s\n", ""
		}' >"$report" || die 8 "cannot write to /tmp"
		set -- env LD_PRELOAD="$here/inuse.so${LD_PRELOAD:+:$LD_PRELOAD}" RECORD_IN_USE="$report" ${wait:+RECORD_WAIT=1} "$@"
	fi
	if [ -n "$user" ]; then as_user "$@"; else VRF_TOTALS=$tmp/totals "$@"; fi
}
# in_use_counts COUNTS: of the report
in_use_counts() {
	awk -v wait="$wait" -v queued="$(sed -n 's/^buffers: \([0-9]*\) .*/\1/p' "$1")" \
		-v frames="$(sed -n 's/^frames: //p' "$1")" -f "$here/in-use.awk" "$report"
}
