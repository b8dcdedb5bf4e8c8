# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# cover-letter: what stands in a line of the letter; say_NAME is for @NAME@. $E is the
# evidence of the series.
say_v1() { v1_link; }
# where the evidence can be read: the row "link" of thread.tsv
say_link() {
	link=$(thread link)
	echo "${link:-not published}"
}
# where it was recorded
say_recorded() {
	commits=$(commits_recorded)
	[ -n "$commits" ] || { echo "not recorded"; return; }
	n=$(echo "$commits" | wc -l)
	if [ "$n" = 1 ]; then echo "recorded at commit $commits"; else echo "of $n commits, see docs/results.md"; fi
}
say_base() {
	file=$(kept board.ktap) || exit
	[ -n "$file" ] || { echo "${E##*/} (no run is recorded)"; return; }
	header base "$file" | sed 's/, tree .*//'
}
# A report fails the board, so a board that passed had none. With the option off there is
# nothing for lockdep to look at.
say_lockdep() {
	file=$(kept board.ktap) && config=$(kept fences.config) || exit
	[ -n "$file" ] && [ -n "$config" ] || { echo "not run"; return; }
	boards "$file" >/dev/null || exit
	for option in PROVE_LOCKING VIDEOBUF2_RELEASE_FENCES; do
		grep -qx "CONFIG_$option=y" "$config" || { echo "not run"; return; }
	done
	# the configuration of fences is that of each boot whose name says so
	boots=$(sed -n 's/^# booting \(.*-y\)$/\1/p' "$file")
	echo "no report in $(echo "$boots" | wc -l) boots"
}
# what a job costs, of the kinds whose figures are given
say_cost() {
	file=$(kept bench) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	awk -v on="$(kept_on "$file")" '
		$1 ~ /^more\./ { if (least == "" || $2 < least) least = $2; if ($2 > most) most = $2 }
		$1 ~ /^share\./ { if (low == "" || $2 < low) low = $2; if ($2 > high) high = $2 }
		END {
			if (least == "") exit 1
			printf "%d to %d instructions a job, %s to %s %% more, on %s\n",
				least, most, low, high, on
		}' "$file" || die 1 "${file#"$TOP"/} has no figures of jobs: record it again"
}
# on which real boards it ran, and whether anybody waited
say_real() {
	table=$("$S/realboard/records.sh") || exit
	printf '%s\n' "$table" | awk -F '\t' '
		$2 == "real" && $15 == "" { n++; at = at (at == "" ? "" : "; ") $3 " (a consumer waited: " $16 ")" }
		END { print n ? at : "not run in this form" }'
}
