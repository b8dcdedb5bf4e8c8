# shellcheck shell=sh
# Commands that run at the same time, and end with the script; sourced after common.sh
pids=''
# shellcheck disable=SC2086 # words
trap '[ -z "$pids" ] || kill $pids 2>/dev/null; exit 130' HUP INT TERM

# together COMMAND...: run it beside the others
together() {
	"$@" &
	pids="$pids $!"
}
# all_ended: wait for all of them; the exit code is that of the last that failed
all_ended() {
	code=0
	for pid in $pids; do
		wait "$pid" || code=$?
	done
	return "$code"
}
