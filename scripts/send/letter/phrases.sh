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
	file=$(kept board) || exit
	[ -n "$file" ] || { echo "${E##*/} (no run is recorded)"; return; }
	header base "$file" | sed 's/, tree .*//'
}
# A report fails the board, so a board that passed had none. With the option off there is
# nothing for lockdep to look at.
say_lockdep() {
	file=$(kept board) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	(passed "$file") || exit
	boots=$(awk -F '\t' '$6 == "lockdep" && $2 != "off" { print $2 }' "$file" | sort -u)
	[ -n "$boots" ] || { echo "not run"; return; }
	echo "no report in $(echo "$boots" | wc -l) boots"
}
say_cost() {
	file=$(kept bench) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	cost "$file"
}
# on which real boards it ran, and whether anybody waited
say_real() {
	table=$("$S/realboard/records.sh") || exit
	printf '%s\n' "$table" | awk -F '\t' '
		$2 == "real" && $15 == "" { n++; at = at (at == "" ? "" : "; ") $3 " (a consumer waited: " $16 ")" }
		END { print n ? at : "not run in this form" }'
}
