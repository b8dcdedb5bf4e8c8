# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What is kept as evidence, as Markdown tables on stdout: for docs/results.md, and by
# way of text.awk for the letter. Sourced after keep.sh; the files are named by the
# caller, who knows that they may be quoted.

# boards FILE: the report as ktap.awk has it; it ends if the board did not pass
boards() {
	awk -f "$S/evidence/ktap.awk" "$1" || die 1 "${1#"$TOP"/}: the board did not pass, see above: record it again"
}
# table_observed KTAP
table_observed() { awk -f "$S/evidence/observed.awk" "$1"; }
# table_board KTAP: tests of each subject on each boot that passed, and were skipped
table_board() {
	table=$(boards "$1") || exit
	printf '%s\n' "$table" | awk -F '\t' '
		!($1 in seen) { seen[$1] = 1; boot[++nb] = $1 }
		!($2 in known) { known[$2] = 1; subject[++ns] = $2 }
		{ pass[$1, $2] = $3; skip[$1, $2] = $5; was[$1, $2] = 1 }
		END {
			line = "| program"; under = "| ---"
			for (b = 1; b <= nb; b++) { line = line " | " boot[b]; under = under " | ---" }
			print line " |"; print under " |"
			for (s = 1; s <= ns; s++) {
				line = "| " subject[s]
				for (b = 1; b <= nb; b++) {
					if (!((boot[b], subject[s]) in was)) cell = "not run"
					else cell = pass[boot[b], subject[s]] (skip[boot[b], subject[s]] ? " " skip[boot[b], subject[s]] "s" : "")
					line = line " | " cell
				}
				print line " |"
			}
		}'
}
# table_figures KTAP: "NAME: N jobs, ...; fences: ..." of the accounting, and the lines
# "figure: NAME = VALUE UNIT", each with the boot that it is of
table_figures() {
	awk '
		/^# booting / { boot = $3 }
		/^ *# [a-z0-9-]+: [0-9]+ jobs, [0-9]+ ms; fences: / {
			sub(/^ *# /, ""); gsub(/[:;,]/, "")
			if (!n++) print "| boot, kind of job | jobs | fences begun/signalled | waits begun/ended | buffers queued/done |\n| --- | --- | --- | --- | --- |"
			print "| " boot " " $1 " | " $2 " | " $8 "/" $10 " | " $14 "/" $15 " | " $17 "/" $18 " |"
		}' "$1"
	awk '
		/^# booting / { boot = $3 }
		/^ *# figure: [^=]+ = [^ ]/ {
			sub(/^ *# figure: /, "")
			at = index($0, " = ")
			if (!n++) print "\n| boot | figure | value |\n| --- | --- | --- |"
			print "| " boot " | " substr($0, 1, at - 1) " | " substr($0, at + 3) " |"
		}' "$1"
}
# table_soak SOAK: the same, of one boot, with the fences that were freed
table_soak() {
	awk '
		/^#/ { next }
		!n++ { print "| kind of job | jobs | fences begun/signalled/freed | waits begun/ended | buffers queued/done |\n| --- | --- | --- | --- | --- |" }
		{
			gsub(/[:;,]/, "")
			print "| " $1 " | " $2 " | " $8 "/" $10 "/" $12 " | " $14 "/" $15 " | " $17 "/" $18 " |"
		}' "$1"
}
# table_bench FIGURES: several
table_bench() { awk -f "$S/bench/tables.awk" "$1"; }
# table_checks CHECK: what "make" found. What is set apart is about the files in the
# repository, which are not signed.
table_checks() {
	awk -F '\t' '
		/^#/ { next }
		!n++ { print "| check | result | finding |\n| --- | --- | --- |" }
		{ sub(/; apart: .*/, "", $3); print "| " $4 " | " $2 " | " $3 " |" }' "$1"
}
# table_mutants MUTANTS
table_mutants() {
	awk -F '\t' '
		/^#/ { next }
		!n++ { print "| mutation | detected by | machine |\n| --- | --- | --- |" }
		{ gsub(/[|]/, "/"); print "| " $1 " | " $2 " | " $3 " |" }' "$1"
}
# table_records RECORDS: as records.sh has them
table_records() {
	awk -F '\t' '
		!n++ { print "| record | hardware | kernel | command | fences, waits, buffers | splats, exit code | did anybody wait for a release fence? |\n| --- | --- | --- | --- | --- | --- | --- |" }
		{ print "| " $1 " | " $2 ($3 == "" ? "" : ", " $3) " | " $4 " | " $5 " | " $6 ", " $7 ", " $8 " | " $9 ", " $10 ($11 == "" ? "" : "; tests: " $11) ($12 == "" ? "" : "; lacks " $12) " | " $16 " |" }' "$1"
}
