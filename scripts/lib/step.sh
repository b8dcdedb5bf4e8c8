# shellcheck shell=sh
# Steps of the plan and what came out of them; sourced after common.sh.

# result NAME KEY STATUS SECONDS FINDING: keep what came out of a step of the plan
result() {
	mkdir -p "$OUT/results"
	printf '%s\t%s\t%s\t%s\n' "$2" "$3" "$4" "$5" >"$OUT/results/$1.tmp"
	mv "$OUT/results/$1.tmp" "$OUT/results/$1"
	: >"$OUT/results/$1.seen"
	printf '%s: %s: %s\n' "$1" "$3" "$5" >&2
}

# step NAME KEY COMMAND...: run COMMAND, whose last line of output is its finding,
# unless NAME is already known good for KEY
step() {
	name=$1 key=$2 res=$OUT/results/$1
	shift 2
	mkdir -p "$OUT/results"
	if [ -r "$res" ] && [ "$(cut -f1,2 "$res")" = "$key	ok" ]; then
		printf '%s: ok as before: %s\n' "$name" "$(cut -f4 "$res")" >&2
		: >"$res.seen"
		return 0
	fi
	rm -f "$res"
	begin=$(date +%s) status=ok
	: >"$res.out"
	FINDING=$res.out "$@" >>"$res.out" || status=FAIL
	result "$name" "$key" $status $(($(date +%s) - begin)) "$(tail -n 1 "$res.out")"
	rm -f "$res.out"
	[ $status = ok ]
}
