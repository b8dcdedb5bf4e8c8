# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# cover-letter: what stands on lines of its own; say_table_NAME is for @table-NAME@
# What a consumer saw, in few words. The kinds of job are named once, and those of a row
# that not all of them have once more.
say_table_observed() {
	file=$(kept board.ktap) || exit
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
# summed FILE: of a table boot, subject, passed, failed, skipped; "N passed", and skipped
summed() {
	awk -F '\t' '
		/^#/ { next }
		{ pass += $3; fail += $4; skip += $5 }
		END { if (!pass || fail) exit 1; printf "%d%s\n", pass, skip ? " " skip "s" : "" }' "$1" ||
		die 1 "${1#"$TOP"/} holds a failure: record it again"
}
tested_check() { awk -F '\t' '/^#/ { next } { n++ } $2 == "ok" { ok++ } END { printf "%d of %d\n", ok, n; exit !n }' "$1"; }
tested_board() {
	boards "$1" >"$tmp/boards" || exit
	summed "$tmp/boards"
}
# what begins and ends is as many
tested_soak() {
	awk '
		/^#/ { next }
		{
			sub(/^[^:]*: /, "")
			gsub(/[a-z_,:;]/, "")
			jobs += $1; init += $3; signaled += $4; destroy += $5; start += $6; end += $7; n++
		}
		END {
			if (!n || init != signaled || init != destroy || start != end) exit 1
			print jobs
		}' "$1" || die 1 "${1#"$TOP"/} does not add up: record it again"
}
tested_apps() { sed -n 's/^lines compared: //p' "$1"; }
tested_mutants() { echo "$(grep -vc '^#' "$1") of $(find "$TOP/tests/mutants" -maxdepth 1 -name '*.patch' | wc -l)"; }
# what was tested with which series, and what was not
say_table_tests() {
	bases=$(series_names)
	printf '%-42s' 'Tested, modelled hardware (s: skipped)'
	for base in $bases; do printf ' %9s' "$base"; done
	echo
	while IFS='	' read -r how file what; do
		printf '  %-40s' "$what"
		for base in $bases; do
			file_of=$(kept "$file" "$base") || exit
			cell='not run'
			[ -z "$file_of" ] || cell=$("$how" "$file_of") || exit
			printf ' %9s' "$cell"
		done
		echo
	done <<'END'
tested_check	check	build and lint: checks
tested_board	board.ktap	arm64, PROVE_LOCKING: tests
summed	rt	arm64, PREEMPT_RT: tests
summed	kasan	arm64, KASAN and kmemleak: tests
tested_soak	soak	jobs, all fences and waits ended
tested_apps	apps	v4l2-compliance, GStreamer: same lines
summed	vim2m	x86_64, vim2m and kselftest: tests
tested_mutants	mutants	broken variants of the series detected
END
}
