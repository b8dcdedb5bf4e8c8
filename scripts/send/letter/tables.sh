# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# cover-letter: what stands on lines of its own; say_table_NAME is for @table-NAME@
# text TITLE FUNCTION NAME: the table that FUNCTION makes of the file NAME of evidence
text() {
	printf '%s\n\n' "$1"
	file=$(kept "$3") || exit
	[ -n "$file" ] || { echo "  not run"; return; }
	table=$("$2" "$file") || exit
	printf '%s\n' "$table" | awk -f "$S/evidence/text.awk"
}
say_table_board() {
	text "Tests on the emulated board that passed, and were skipped (s)" table_board board.ktap
	[ -z "$file" ] || {
		echo
		echo "  -y: with CONFIG_VIDEOBUF2_RELEASE_FENCES, -n: with the option off"
		! grep -q '^# booting short' "$file" || echo "  short: the timer of a fence as short as a job, so that the two meet"
		echo "  modelled hardware (QEMU TCG, tests/kmod); not run on a real board"
	}
}
say_table_figures() { text "What was counted: begun and ended, by the trace events" table_figures board.ktap; }
# but for the last table, where the fence makes no difference to speak of
bench_tables() { table_bench "$1" | sed '/^| decode and show/,/^$/d'; }
say_table_bench() { text "What it costs (instructions of an arm64 kernel, QEMU -icount, one CPU)" bench_tables bench; }
say_table_checks() { text "What was built and checked" table_checks check; }
# the kinds of job that saw the same are named once
observed() {
	table=$(table_observed "$1") || exit
	printf '%s\n' "$table" | awk -F ' *[|] *' '
		NR == 1 { head = "| " $2 " | " $4 " | " $5 " |"; next }
		NR == 2 { next }
		!($3 in row) { kinds[++n] = $3 }
		{ row[$3] = row[$3] "\n| " $2 " | " $4 " | " $5 " |" }
		END {
			for (i = 1; i <= n; i++) {
				if (i > 1) print ""
				line = "  jobs:"
				m = split(kinds[i], kind, " ")
				for (k = 1; k <= m; k++) {
					if (length(line " " kind[k]) > 75) { print line; line = "       " }
					line = line " " kind[k]
				}
				print line "\n" head row[kinds[i]]
			}
		}'
}
say_table_observed() { text "What a consumer sees while a job runs, option off and on" observed board.ktap; }
say_table_records() {
	printf 'Records of boards (scripts/realboard/payload/record)\n\n'
	"$S/realboard/records.sh" >"$tmp/records" || exit
	[ -s "$tmp/records" ] || { echo "  not run"; return; }
	# a record is too wide for a table: its cells below each other
	table_records "$tmp/records" | awk -F ' *[|] *' '
		NR < 3 { for (i = 3; NR == 1 && i < NF; i++) name[i] = $i; next }
		{
			print "  " $2
			for (i = 3; i < NF; i++) {
				line = "    " name[i] (name[i] ~ /\?$/ ? "" : ":")
				n = split($i, word, " ")
				for (w = 1; w <= n; w++) {
					if (length(line " " word[w]) > 75) { print line; line = "     " }
					line = line " " word[w]
				}
				print line
			}
		}'
}
