# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2153,SC2094,SC2030,SC2031 # $tab and $TREE are of common.sh; a step has its own subshell
# Step cache: skips steps whose inputs are unchanged; sourced after common.sh, in a verb that has called
# need_for. The result of a step is kept in $OUT/results/NAME: its key, "ok" or "FAIL",
# the seconds that it took, the run that asked last, the seconds of that run, the finding.
# NAME.inputs has what the key is made of.

# A run: the outermost verb and all that it calls
export VB2_RUN="${VB2_RUN:-$(date +%s).$$}"
CHECKS=${CHECKS:-$S/build/checks.tsv}

# tree_ids nothing|base|series: the tree; the series, patch by patch and with the fixes
tree_ids() {
	[ "$1" != nothing ] || return 0
	ours -C "$SRC" rev-parse -q --verify HEAD 2>/dev/null || :
	[ "$1" = base ] || ours -C "$WORK" for-each-ref --format='%(refname) %(tree)' refs/tags 2>/dev/null || :
}

# contents: of the files, folders and words on stdin a hash each, the same in every checkout
contents() {
	cd "$TOP"
	folders='' list=''
	while read -r input; do
		if [ -d "$input" ]; then
			folders="$folders $input"
		elif [ -e "$input" ]; then
			list="$list $input"
		else
			printf '%s\n' "$input"
		fi
	done
	# shellcheck disable=SC2086 # there are no spaces in them
	find -H $folders -type f ! -name '.*' -exec sha256sum {} + | sort
	# shellcheck disable=SC2086
	[ -z "$list" ] || sha256sum $list | cut -d' ' -f1
}
# tools_key VERB: the versions of its tools; of the verb that runs they are asked for once
tools_key() {
	case ${TOOLS_KEY:-} in
	"$1 "*) echo "$TOOLS_KEY" ;;
	*) echo "$1 $(tool_versions "$1" | sha256sum | cut -c1-20)" ;;
	esac
}
# key_of FILE: the key that is made of the inputs listed in FILE: the verb, what it is
# about, the folder of its stage, and any files, folders and words
key_of() {
	{
		read -r verb
		read -r tree
		tools_key "$verb"
		tree_ids "$tree"
		{ echo scripts/lib; cat; } | contents
	} <"$1" | sha256sum | cut -c1-20
}

# once_good NAME: is NAME known good for what its key is made of now?
once_good() {
	[ -f "$OUT/results/$1" ] && [ -f "$OUT/results/$1.inputs" ] || return 1
	IFS=$tab read -r known status _ <"$OUT/results/$1"
	[ "$status" = ok ] && [ "$known" = "$(key_of "$OUT/results/$1.inputs")" ]
}

# once NAME INPUT... -- COMMAND...: run COMMAND, whose last line of output is the finding,
# unless NAME is known good. An INPUT is a file, a folder or a word. What COMMAND makes can
# be named in $made: without it NAME is not good; about=base is a step that the series has
# no part in. COMMAND is best a script: some shells ignore "set -e" in a function.
once() { again='' _once "$@"; }
# once_again: the same, but it is run whatever is known
once_again() { again=yes _once "$@"; }

_once() {
	name=$1 res=$OUT/results/$1
	shift
	mkdir -p "$OUT/results" || die_io 8 "cannot write $OUT"
	TOOLS_KEY=$(tools_key "${VERB:-$me}")
	export TOOLS_KEY
	{
		folder=$(cd "$(dirname "$0")" && pwd -P)
		printf '%s\n' "${VERB:-$me}" "${about:-series}" "${folder#"$TOP"/}"
		for input; do
			[ "$input" != -- ] || break
			printf '%s\n' "${input#"$TOP"/}"
		done
	} >"$res.inputs.new"
	while [ "$1" != -- ]; do shift; done
	shift
	key=$(key_of "$res.inputs.new")
	made_of=${made:-/} made='' about=''
	if [ -z "$again" ] && [ -e "$made_of" ] && [ -r "$res" ] && [ "$(cut -f1,2 "$res")" = "$key${tab}ok" ]; then
		rm "$res.inputs.new"
		IFS=$tab read -r _ _ seconds _ _ finding <"$res"
		result ok "$seconds" 0 "$finding"
		report "ok as before: $finding"
		return 0
	fi
	rm -f "$res"
	mv "$res.inputs.new" "$res.inputs"
	begin=$(date +%s) status=ok code=0
	report "begins"
	: >"$res.out"
	show "$@"
	# In the background: a trap need not wait for it, and set -e counts for functions,
	# but not with bash
	(
		set -e
		export FINDING="$res.out" STEP="$name" STEP_BEGIN="$begin"
		"$@"
	) >>"$res.out" 9>&- &
	job=$!
	count_on_terminal "$job" &
	counter=$!
	wait "$job" || { code=$? status=FAIL; }
	wait "$counter"
	[ "$status" != ok ] || [ "$(key_of "$res.inputs")" = "$key" ] || key=changed-meanwhile
	seconds=$(($(date +%s) - begin))
	finding=$(tail -n 1 "$res.out" | tr "$tab" ' ')
	result $status $seconds $seconds "$finding"
	rm -f "$res.out" "$res.now"
	report "$status, $seconds s: $finding"
	return $code
}

# result STATUS SECONDS SECONDS-OF-THIS-RUN FINDING
result() {
	printf '%s\t' "$key" "$1" "$2" "$VB2_RUN" "$3" >"$res.new"
	printf '%s\n' "$4" >>"$res.new"
	mv "$res.new" "$res"
}

# report TEXT: a line about the step $name, with its number where it has one
report() {
	line="$(title "$name"): $1"
	if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
		case $1 in ok*) line="$(printf '\033[32m%s\033[0m' "$line")" ;; FAIL*) line="$(printf '\033[31m%s\033[0m' "$line")" ;; esac
	fi
	[ ! -t 2 ] || printf '\r\033[K' >&2
	printf '%s\n' "$line" >&2
}
# plan: the rows of checks.tsv that are due, name and words
plan() {
	awk -F '\t' -v quick="$QUICK" '/^#/ || NF < 3 { next } quick && $2 == "full" { next } { print $1 "\t" $3 }' "$CHECKS"
}
# title NAME: "[3/15] arm64, option on"
title() {
	plan | awk -F '\t' -v name="$1" '
		$1 == name { n = NR; words = $2 }
		END { if (n) printf "[%d/%d] %s", n, NR, words; else print name }'
}

# progress TEXT: how far the command of a step is
progress() {
	[ -n "${STEP:-}" ] || return 0
	printf '%s\n' "$1" >"$OUT/results/$STEP.now"
	[ -t 2 ] && [ -z "${NO_COUNTER:-}" ] ||
		printf '%s: %s, %s s\n' "$(title "$STEP")" "$1" "$(($(date +%s) - STEP_BEGIN))" >&2
}
# count_on_terminal PID: a line that counts the seconds while PID lives
count_on_terminal() {
	[ -t 2 ] && [ -z "${NO_COUNTER:-}" ] || return 0
	words=$(title "$name")
	while kill -0 "$1" 2>/dev/null; do
		now=$(cat "$res.now" 2>/dev/null || :)
		printf '\r\033[K%s: %s%s s' "$words" "${now:+$now, }" "$(($(date +%s) - begin))" >&2
		sleep 1
	done
}

# once_summary: the table of what this run asked for, on stdout, and where the time went;
# 1 unless every row of checks.tsv is ok
once_summary() {
	ok=0 bad=0
	echo
	echo "vb2 release fences on $TREE: Linux $(version "$SRC"), commit $(ours -C "$SRC" rev-parse --short=12 HEAD)"
	echo
	printf '%-7s %5s  %-44s %s\n' "" s "what was run" "what it found"
	plan >"$OUT/results/plan.now"
	while IFS=$tab read -r name words; do
		status='not run' spent=- finding=
		if [ -r "$OUT/results/$name" ]; then
			IFS=$tab read -r _ is _ run was found <"$OUT/results/$name"
			[ "$run" != "$VB2_RUN" ] || status=$is spent=$was finding=$found
		fi
		if [ "$status" = ok ]; then ok=$((ok + 1)); else bad=$((bad + 1)); fi
		printf '%-7s %5s  %-44s %s\n' "$status" "$spent" "$words" "$finding"
	done <"$OUT/results/plan.now"
	rm "$OUT/results/plan.now"
	echo
	once_times
	echo "$ok ok, $bad fell short"
	[ $bad = 0 ] && [ $ok != 0 ]
}
# once_known: what is known good of checks.tsv, a line for each row with tabs: name, status,
# finding, words; 1 and nothing if a row is not
once_known() {
	rows=''
	for row in $(plan | cut -f1); do
		once_good "$row" || return 1
		rows="$rows$row$tab$(cut -f2,6 "$OUT/results/$row")$tab$(plan | awk -F '\t' -v n="$row" '$1 == n { print $2 }')
"
	done
	printf '%s' "$rows"
}
# once_times: where the time of this run went, on one line: what took longest first
once_times() {
	total=$(($(date +%s) - ${VB2_RUN%%.*}))
	spent=$(find "$OUT/results" -type f ! -name '*.*' -exec awk -F '\t' -v run="$VB2_RUN" '
		$4 == run && $5 > 0 { n = FILENAME; sub(/.*\//, "", n); print $5, n }' {} + |
		sort -rn | awk '{ printf "%s%s %s s", sep, $2, $1; sep = ", " }')
	echo "took $total s: ${spent:-nothing had to be run again}"
}

# together COMMAND...: run it beside the others; a line that counts is for one alone. A
# signal ends them with the rest of the run (common.sh).
pids=''
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
