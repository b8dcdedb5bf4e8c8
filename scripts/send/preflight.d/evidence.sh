# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# preflight: what was recorded
# of_evidence FILE: it is there, and may be quoted
of_evidence() {
	base=$(series_name)
	file=$EVIDENCE/$base/$1
	[ -s "$file" ] || no "there is no ${file#"$TOP"/}: run $(again all), then $(again evidence)"
	why=$(why_not "$file" "$base" | head -n 1)
	[ -z "$why" ] || no "${file#"$TOP"/} $why: run $(again evidence)"
}
check_evidence() { # evidence is there and whole
	only_quoted
	for name in board check; do of_evidence $name; done
	dir=$EVIDENCE/$(series_name)
	fault=$(faults_of "$dir" | head -n 1)
	[ -z "$fault" ] || no "$fault: run $(again evidence), or git checkout ${dir#"$TOP"/}"
	awk -F '\t' '/^#/ { next } { n++ } $2 != "ok" { bad = 1 } END { exit bad || !n }' "$dir/check" ||
		no "${dir#"$TOP"/}/check holds a failure: run $(again all), then $(again evidence)"
	(passed "$dir/board") 2>"$tmp/why" || no "the board did not pass ($(sed -n 1p "$tmp/why")): run $(again evidence)"
	for boot in fences off short record; do
		awk -F '\t' -v boot=$boot '$2 == boot && $6 == "end" { n++ } END { exit !n }' "$dir/board" ||
			no "the boot '$boot' is missing: run $(again evidence)"
	done
	few=$(awk -F '\t' '
		$2 != "fences" || $3 != "accounting" { next }
		$6 == "jobs" { jobs[$4] = $7 + 0 }
		$6 == "jobs-of-a-full-run" { want[$4] = $7 + 0 }
		END {
			for (test in want) { n++; if (jobs[test] < want[test]) { print test " ran " jobs[test] " jobs, not " want[test]; exit } }
			if (!n) print "accounting counted no jobs"
		}' "$dir/board")
	[ -z "$few" ] || no "$few: run $(again evidence)"
	echo "${dir#"$TOP"/}, of these patches"
}
check_recorded() { # since it was recorded
	only_quoted
	commits=$(commits_recorded)
	case $commits in
	'') no "no file of evidence says of which commit it is: run $(again evidence)" ;;
	*,*) no "some of evidence was recorded with changes that were not committed, which nobody else can have: record it again" ;;
	esac
	since=
	for commit in $commits; do
		changed=$(theirs -C "$TOP" diff --name-only "$commit" -- tests scripts configs 2>/dev/null | wc -l) &&
			theirs -C "$TOP" rev-parse -q --verify "$commit^{commit}" >/dev/null 2>&1 ||
			{ since="$since; $commit is not in this clone"; continue; }
		[ "$changed" = 0 ] || since="$since; since $commit $changed files of tests, scripts and configs have changed (git diff --stat $commit -- tests scripts configs)"
	done
	[ -z "$since" ] || remark "${since#; }: docs/results.md names the commit"
	echo "at commit $(echo "$commits" | tr '\n' ' ' | sed 's/ $//'); no test or script has changed since"
}
check_lockdep() { # ran under lockdep
	only_quoted
	file=$EVIDENCE/$(series_name)/board
	[ -f "$file" ] && awk -F '\t' '$2 == "fences" && $6 == "lockdep" { n++ } END { exit !n }' "$file" ||
		no "no board ran with PROVE_LOCKING and release fences: run $(again evidence)"
	echo "lockdep looked until the end, with release fences"
}
check_hardware() { # ran on real hardware
	"$S/realboard/records.sh" >"$tmp/records" 2>"$tmp/why" || no "$(tail -n 1 "$tmp/why")"
	bad=$(awk -F '\t' '$15 != "" { printf "%s%s (%s)", n++ ? ", " : "", $1, $15 }' "$tmp/records")
	[ -z "$bad" ] || no "no proof that fences work: $bad: record it again, or take it out of evidence/boards"
	real=$(awk -F '\t' '$2 == "real" { print $3 }' "$tmp/records" | sort -u | tr '\n' ' ')
	grep -qi 'real hardware' "$LETTER" || no "the letter does not say whether it ran on real hardware"
	[ -z "$SERIES" ] || real='' # records are of v2
	[ -n "$real" ] || remark "not done, and the letter says so ($(again realboard) is for that)"
	echo "done: ${real% }; did anybody wait? $(awk -F '\t' '$2 == "real" { printf "%s%s", sep, $16; sep = ", " }' "$tmp/records")"
}
check_results() { # docs/results.md
	only_v2
	(unset BASE KDIR; "$S/evidence/results" "$tmp/results") >/dev/null 2>"$tmp/why" || no "$(tail -n 1 "$tmp/why")"
	cmp -s "${RESULTS:-$TOP/docs/results.md}" "$tmp/results" ||
		no "docs/results.md is not what evidence says: run 'make results'"
	echo "is what evidence says"
}
