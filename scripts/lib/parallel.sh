# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Commands that run at the same time; sourced after common.sh. A signal ends them with
# the rest of the run (common.sh).
pids=''

# together COMMAND...: run it beside the others; a line that counts is for one alone
together() {
	(
		export NO_COUNTER=1
		"$@"
	) 9>&- &
	pids="$pids $!"
}
# all_ended: wait for all of them; the exit code is that of the last that failed
all_ended() {
	ended=0
	for pid in $pids; do
		wait "$pid" || ended=$?
	done
	pids=''
	return "$ended"
}
# trees BASE...: "tree" for each of them, at the same time: most of it is busy on one
# processor
trees() {
	for base; do
		together env BASE="$base" KDIR= "$S/tree/tree"
	done
	all_ended
}
