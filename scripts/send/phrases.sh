# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# cover-letter: say_NAME is what stands for @NAME@ in the letter. It quotes evidence of the series
# that is sent, $name, and of no other; what is not there is "not recorded".
# quoted FILE: $file of evidence; without one it says so, and ends
quoted() {
	file=$(kept "$1" "$name") || exit
	[ -z "$file" ] || return 0
	echo "not recorded"
	exit 0
}
say_base() {
	file=$(kept board "$name") || exit
	[ -n "$file" ] || { echo "Linux $name (no run is recorded)"; return; }
	header base "$file" | sed 's/, tree .*//'
}
# A report fails the board, so a board that passed had none. With the option off there is
# nothing for lockdep to look at.
say_lockdep() {
	quoted board
	(passed "$file") || exit
	boots=$(awk -F '\t' '$6 == "lockdep" && $2 != "off" { print $2 }' "$file" | sort -u)
	[ -n "$boots" ] || { echo "not recorded"; return; }
	echo "no report in $(echo "$boots" | wc -l) boots"
}
# what consumers saw: the least and the longest time that any of them waited
say_observed() {
	file=$(kept board "$name") || exit
	[ -n "$file" ] || { echo "How long consumers wait while a job runs: not recorded."; return; }
	table=$(table_observed "$file") || exit
	printf '%s\n' "$table" | awk -F ' *[|] *' '
		function take(text, state, n) {
			split(text, n, " ")
			if (low[state] == "" || n[1] < low[state]) low[state] = n[1] + 0
			if (n[3] > high[state]) high[state] = n[3] + 0
		}
		function range(state) { return (low[state] == high[state] ? "" : low[state] " to ") high[state] + 0 " ms" }
		NR <= 2 { next }
		$5 ~ /^[0-9]+ to [0-9]+ ms, new content$/ && $4 ~ /^[0-9]+ to [0-9]+ ms, old content$/ {
			take($5, "on"); take($4, "off")
			sub(/[(].*/, "", $2)
			if (!($2 in seen)) names = names (names == "" ? "" : ", ") $2
			seen[$2]
			next
		}
		$5 ~ /ms, / { print "an unexpected row: " $0 >"/dev/stderr"; exit bad = 1 }
		END {
			if (bad || names == "") exit 1
			print "Consumers (" names ") that looked while a job ran waited " range("on") " and read new content. With the option off they waited " range("off") " and read old content."
		}'
}
# what was run of "tested", in words
say_passed() {
	tested | grep -vE '^[a-z-]*(wait|rkvdec)	' | while IFS=$tab read -r what _; do
		of=$(kept "$what" "$name") || exit
		[ -n "$of" ] || continue
		short=$(in_short "$what" "$of") || exit
		n=${short%% *}
		skipped=$(echo "$short" | sed -n 's/.* \([0-9]*\)s$/ (\1 skipped)/p')
		case $what in
		check) echo "$short checks of build and lint" ;;
		board) echo "$n tests with PROVE_LOCKING$skipped" ;;
		rt) echo "$n with PREEMPT_RT$skipped" ;;
		kasan) echo "$n with KASAN$skipped" ;;
		vim2m) echo "$n with vim2m on x86_64$skipped" ;;
		soak) echo "$n jobs in a row, whose fences all ended" ;;
		apps) echo "v4l2-compliance and GStreamer, which print the same $n lines as without the series" ;;
		mutants) echo "$short mutants detected" ;;
		esac
	done >"$tmp/passed" || exit
	[ -s "$tmp/passed" ] || echo "not recorded" >"$tmp/passed"
	sed '$!s/$/,/' "$tmp/passed"
}
say_cost() {
	quoted bench
	cost "$file"
}
# say_wait_NAME: of patches/wait
say_wait_passed() {
	quoted wait
	(passed "$file") || exit
	awk -F '\t' '
		/^#/ || $6 != "" || $5 != "pass" { next }
		{ n[$2 ~ /^vim2m/ ? "x86" : $2 ~ /-rt$/ ? "rt" : $2 ~ /-(kasan|unbind)$/ ? "kasan" : $2 ~ /^bench/ ? "" : "arm64"]++ }
		END {
			printf "%d tests with PROVE_LOCKING, %d with KASAN, %d with PREEMPT_RT, and %d of the kselftest\n",
				n["arm64"], n["kasan"], n["rt"], n["x86"]
		}' "$file"
}
say_wait_readers() { quoted wait; readers "$file"; }
say_wait_chain() { quoted wait; chain "$file"; }
say_wait_cost() { quoted wait; queueing "$file"; }
say_wait_mutants() {
	quoted mutants-wait
	in_short mutants-wait "$file"
}
# on which real boards it ran, and whether anybody waited
say_real() {
	table=$("$S/realboard/records.sh") || exit
	printf '%s\n' "$table" | awk -F '\t' '
		$2 == "real" && $15 == "" { n++; at = at (at == "" ? "" : "; ") $3 " (a consumer waited: " $16 ")" }
		END { print n ? at : "not run in this form" }'
}
# how large a series that follows is: without what is only for older kernels
say_size_wait() { size wait; }
say_size_rkvdec() { size rkvdec; }
size() {
	find "$PATCHES/$1" -name '*.patch' ! -path '*/v[0-9]*/*' -exec cat {} + | awk '
		/^Subject: / { n++ }
		/^diff --git / { test = / b\/tools\/testing\// }
		/^\+/ && !/^\+\+\+ / { if (test) tests++; else lines++ }
		END {
			if (!n) { print "not there"; exit }
			printf "%d patches, %d added lines", n, lines
			if (tests) printf " and %d of a kselftest", tests
			print ""
		}'
}
