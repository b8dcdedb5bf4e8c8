# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# cover-letter: what stands on lines of its own; say_table_NAME is for @table-NAME@
# What a consumer saw, in few words. The kinds of job are named once, and those of a row
# that not all of them have once more.
say_table_observed() {
	file=$(kept board) || exit
	[ -n "$file" ] || { echo "Consumers while a job runs: not run"; return; }
	table=$(table_observed "$file") || exit
	printf '%s\n' "$table" | awk -F ' *[|] *' '
		function brief(text) {
			sub(/^the flip waits, .*; after the job /, "waits, ", text)
			sub(/; after the job .*/, "", text)
			sub(/ to /, "-", text)
			sub(/ content$/, "", text)
			return text
		}
		NR > 2 {
			row[++n] = $2; kinds[n] = $3; off[n] = brief($4); on[n] = brief($5)
			if (length($3) > length(all)) all = $3
		}
		END {
			title = "Consumers while a job runs: time waited, content read (" all
			for (i = 1; i <= n; i++)
				if (kinds[i] != all) title = title "; " row[i] ": " kinds[i]
			print title ")"
			print "| consumer | option off | option on |\n| --- | --- | --- |"
			for (i = 1; i <= n; i++) print "| " row[i] " | " off[i] " | " on[i] " |"
		}' >"$tmp/observed"
	awk -f "$S/evidence/text.awk" "$tmp/observed"
}
# what was tested with which series, and what was not
say_table_tests() {
	bases=$(series_names)
	printf '%-42s' 'Tested, modelled hardware (s: skipped)'
	for base in $bases; do printf ' %9s' "$base"; done
	echo
	tested | while IFS='	' read -r file what; do
		printf '  %-40s' "$what"
		for base in $bases; do
			file_of=$(kept "$file" "$base") || exit
			cell='not run'
			[ -z "$file_of" ] || cell=$(in_short "$file" "$file_of") || exit
			printf ' %9s' "$cell"
		done
		echo
	done
}
