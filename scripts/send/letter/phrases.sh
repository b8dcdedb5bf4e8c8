# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# cover-letter: what stands in a line of the letter; say_NAME is for @NAME@. $E is the
# evidence of the series.
say_v1() { v1_link; }
# where it was recorded: of each file, once
say_recorded() {
	commits=$(for file in "$E"/*; do
		[ ! -f "$file" ] || [ "${file##*/}" = manifest ] || header commit "$file"
	done | sort -u)
	[ -n "$commits" ] || { echo "not run"; return; }
	echo "recorded at commit $(echo "$commits" | tr '\n' ' ' | sed 's/ $//; s/ / and /g')"
}
say_base() {
	file=$(kept board.ktap) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	header base "$file" | sed 's/, tree .*//'
}
say_board() {
	file=$(kept board.ktap) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	table=$(boards "$file") || exit
	echo "$table" | awk -F '\t' -v nb="$(grep -c '^# booting ' "$file")" '
		{ pass += $3; skip += $5; subjects[$2] }
		END {
			for (s in subjects) ns++
			printf "%d tests of %d subjects passed, %d skipped, in %d boots\n", pass, ns, skip, nb
		}'
}
say_checks() {
	file=$(kept check) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	awk -F '\t' '/^#/ { next } { n++ } $2 == "ok" { ok++ } END { printf "%d of %d checks ok\n", ok, n; exit !n }' "$file"
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
	echo "no report on the emulated board, in $(echo "$boots" | wc -l) boots of $(echo "$boots" | sort -u | wc -l) kernels with PROVE_LOCKING and release fences"
}
# counted NAME: of a file of boards: "N tests passed, N skipped, no report, on KERNEL"
counted() {
	file=$(kept "$1") || exit
	[ -n "$file" ] || { echo "not run"; return; }
	awk -F '\t' -v on="$(kept_on "$file")" '
		/^#/ { next }
		{ pass += $3; fail += $4; skip += $5 }
		END {
			if (!pass || fail) exit 1
			printf "%d tests passed, %d skipped, no report, on %s\n", pass, skip, on
		}' "$file" || die 1 "${file#"$TOP"/} holds a failure: record it again"
}
say_kasan() { counted kasan; }
say_rt() { counted rt; }
say_vim2m() { counted vim2m; }
# what begins and ends is as many
say_soak() {
	file=$(kept soak) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	awk -v on="$(kept_on "$file")" '
		/^#/ { next }
		{
			sub(/^[^:]*: /, "")
			gsub(/[a-z_,:;]/, "")
			jobs += $1; init += $3; signaled += $4; destroy += $5; start += $6; end += $7; n++
		}
		END {
			if (!n || init != signaled || init != destroy || start != end) exit 1
			printf "%d jobs of %d kinds; all %d fences were signalled and freed, and all %d waits completed, on %s\n",
				jobs, n, init, start, on
		}' "$file" || die 1 "${file#"$TOP"/} does not add up: record it again"
}
say_mutants() {
	file=$(kept mutants) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	echo "$(grep -vc '^#' "$file") of $(find "$TOP/tests/mutants" -name '*.patch' | wc -l) deliberately broken variants were detected, on $(kept_on "$file")"
}
say_apps() {
	file=$(kept apps) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	echo "$(sed -n 's/^lines compared: //p' "$file") lines, the same with the series as without, on $(kept_on "$file")"
}
# what a job costs, of the kind whose figures are given
say_cost() {
	file=$(kept bench) || exit
	[ -n "$file" ] || { echo "not run"; return; }
	awk -v on="$(kept_on "$file")" '
		$1 ~ /^more\./ { if (least == "" || $2 < least) least = $2; if ($2 > most) most = $2 }
		$1 ~ /^share\./ { if (low == "" || $2 < low) low = $2; if ($2 > high) high = $2 }
		END {
			if (least == "") exit 1
			printf "%d to %d instructions a job, %s to %s %% of it, on %s\n", least, most, low, high, on
		}' "$file" || die 1 "${file#"$TOP"/} has no figures of jobs: record it again"
}
# on which real boards it ran, and whether anybody waited
say_real() {
	table=$("$S/realboard/records.sh") || exit
	printf '%s\n' "$table" | awk -F '\t' '
		$2 == "real" && $15 == "" { n++; at = at (at == "" ? "" : "; ") $3 ", did anybody wait for a release fence? " $16 }
		END { print n ? at : "not run in this form" }'
}
