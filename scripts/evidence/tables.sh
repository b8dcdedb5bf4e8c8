# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What is kept as evidence, as Markdown tables on stdout: for docs/results.md and the
# letter. Sourced after keep.sh; the files are named by the caller, who knows that they may be
# quoted.

# table_observed RECORD: what a consumer saw, with the series switched off and on
table_observed() { awk -f "$S/evidence/observed.awk" "$1"; }
# table_board RECORD: tests of each subject on each boot that passed, and were skipped
table_board() {
	(passed "$1") || exit
	awk -F '\t' '
		/^#/ || $6 != "" || $4 == "" { next }
		!($2 in seen) { seen[$2] = 1; boot[++nb] = $2 }
		!($3 in known) { known[$3] = 1; subject[++ns] = $3 }
		{ n[$2, $3, $5]++; was[$2, $3] = 1 }
		END {
			line = "| program"; under = "| ---"
			for (b = 1; b <= nb; b++) { line = line " | " boot[b]; under = under " | ---" }
			print line " |"; print under " |"
			for (s = 1; s <= ns; s++) {
				line = "| " subject[s]
				for (b = 1; b <= nb; b++) {
					skipped = n[boot[b], subject[s], "skip"]
					if (!((boot[b], subject[s]) in was)) cell = "not run"
					else cell = n[boot[b], subject[s], "pass"] + 0 (skipped ? " " skipped "s" : "")
					line = line " | " cell
				}
				print line " |"
			}
		}' "$1"
}
# table_accounting RECORD: what the program accounting counted, a line each kind of job
table_accounting() {
	awk -F '\t' '
		/^#/ || $3 != "accounting" || $4 !~ /every_fence_ends$/ { next }
		{ key = $2 " " $4; sub(/[.][a-z_]*$/, "", key); value[key, $6] = $7 + 0 }
		$6 == "jobs" { order[++rows] = key }
		END {
			print "| boot, kind of job | jobs | fences begun/signalled/freed | waits begun/ended | buffers queued/done |\n| --- | --- | --- | --- | --- |"
			for (i = 1; i <= rows; i++) {
				key = order[i]
				print "| " key " | " value[key, "jobs"] " | " value[key, "fences.begun"] "/" value[key, "fences.signalled"] "/" \
					value[key, "fences.freed"] " | " value[key, "waits.begun"] "/" value[key, "waits.ended"] " | " \
					value[key, "buffers.queued"] "/" value[key, "buffers.done"] " |"
			}
		}' "$1"
}
# table_bench RECORD: several
table_bench() { figures "$1" | awk -f "$S/bench/tables.awk"; }
# table_readers RECORD: what the program gpu saw: a player queues a buffer that is still read, with and
# without jobs that wait, and with poll() before QBUF
table_readers() {
	figures "$1" | awk '
		split($1, part, ".") == 4 && part[3] ~ /^(wait-off|wait|poll)$/ {
			key = part[1] " | " part[2]
			if (!(key in seen)) order[++rows] = key
			seen[key]
			value[key, part[3], part[4]] = $2
		}
		function each(what, format) {
			return sprintf(format "; " format "; " format, value[key, "wait-off", what], value[key, "wait", what], value[key, "poll", what])
		}
		END {
			if (!rows) exit 1
			print "Each cell: jobs do not wait; jobs wait (`patches/wait`); the player calls poll() before QBUF.\n"
			print "| job | fence of the reader | pictures read | changed meanwhile | frames a second | player blocked, ms | wake-ups a frame |"
			print "| --- | --- | --- | --- | --- | --- | --- |"
			for (i = 1; i <= rows; i++) {
				key = order[i]
				print "| " key " | " value[key, "wait", "read"] " | " each("changed", "%d") " | " each("frames", "%.0f") " | " \
					each("blocked", "%.0f") " | " each("wake-ups", "%.1f") " |"
			}
		}' || die 1 "${1#"$TOP"/} has no pictures that somebody read: record it again"
}
# readers FILE: the same in a sentence
readers() {
	figures "$1" | awk '
		split($1, part, ".") == 4 && part[4] == "read" && !n { n = $2 }
		split($1, part, ".") == 4 && part[4] == "changed" {
			if (part[3] == "wait-off") { if (least == "" || $2 < least) least = $2; if ($2 > most) most = $2 }
			else if (part[3] == "wait") with += $2
			else polled += $2
		}
		split($1, part, ".") == 4 && part[3] == "poll" && part[4] == "blocked" {
			if (low == "" || $2 < low) low = $2
			if ($2 > high) high = $2
		}
		END {
			if (!n) exit 1
			printf "of %d pictures that are still read when they are queued again, %d to %d change if jobs do not wait, %d if they do; with poll() before QBUF %d, and the player is blocked for %.1f to %.1f s in all\n",
				n, least, most, with, polled, low / 1000, high / 1000
		}' || die 1 "${1#"$TOP"/} has no pictures that somebody read: record it again"
}
# chain FILE: a decoder, a converter and a screen, whose frames are passed on before they are done
chain() {
	figures "$1" | awk '
		sub(/^chain[.]/, "", $1) { v[$1] = $2 }
		END {
			if (!v["early.frames"]) exit 1
			printf "%d of %d frames went to the converter early, %d to the screen (%d wrong); %.1f ms to the screen (%.1f with DQBUF in between), %.1f wake-ups a frame (%.1f)\n",
				v["early.converter-early"], v["early.frames"], v["early.screen-early"], v["early.wrong"] + v["dqbuf.wrong"],
				v["early.queued-to-shown"] / 1e6, v["dqbuf.queued-to-shown"] / 1e6, v["early.wake-ups"], v["dqbuf.wake-ups"]
		}' || die 1 "${1#"$TOP"/} has no chain of devices: record it again"
}
# queueing FILE: what collecting the users of a buffer costs
queueing() {
	figures "$1" | awk -v on="$(kept_on "$1")" '
		$1 ~ /^queue[.]/ { sub(/.*[.]/, "", $1); v[$1] = $2 }
		function more(n) { return v["readers-" n] - v["wait-off"] }
		END {
			if (!v["wait-off"]) exit 1
			printf "queueing a buffer executes %d instructions more if nobody uses it, %d with one reader, %d with eight, on %s\n",
				more(0), more(1), more(8), on
		}' || die 1 "${1#"$TOP"/} has no costs of queueing: record it again"
}
# table_checks CHECK: what "make" found. What is set apart is about the files in the
# repository, which are not signed.
table_checks() {
	awk -F '\t' '
		/^#/ { next }
		!n++ { print "| check | result | finding |\n| --- | --- | --- |" }
		{ sub(/; apart: .*/, "", $3); print "| " $4 " | " $2 " | " $3 " |" }' "$1"
}
# table_mutants RECORD
table_mutants() {
	awk -F '\t' '
		/^#/ { next }
		!n++ { print "| mutation | detected by | machine |\n| --- | --- | --- |" }
		$6 == "mistake" { what[$4] = $7; next }
		{ gsub(/[|]/, "/"); print "| " what[$4] " | " $7 " | " $2 " |" }' "$1"
}
# table_said RECORD: what the applications said that was compared
table_said() { awk -F '\t' '!/^#/ && $3 == "compared" && $6 != "" { print "- " $7 }' "$1"; }
# table_records RECORDS: as records.sh has them
table_records() {
	awk -F '\t' '
		!n++ {
			print "| record | hardware | kernel | command | fences, waits, buffers | splats, exit code | did anybody wait for a release fence? |"
			print "| --- | --- | --- | --- | --- | --- | --- |"
		}
		{
			print "| " $1 " | " $2 ($3 == "" ? "" : ", " $3) " | " $4 " | " $5 " | " $6 ", " $7 ", " $8 " | " $9 ", " $10 \
				($11 == "" ? "" : "; tests: " $11) ($12 == "" ? "" : "; lacks " $12) " | " $16 " |"
		}' "$1"
}

# in_short NAME FILE: what a record of this name comes to, in a few characters
in_short() {
	case $1 in
	check) awk -F '\t' '/^#/ { next } { n++ } $2 == "ok" { ok++ } END { printf "%d of %d\n", ok, n; exit !n }' "$2" ;;
	mutants*)
		(passed "$2") || exit
		of=${1#mutants} # one of its folders
		echo "$(grep -c '	mistake	' "$2") of $(find "$TOP/tests/mutants/${of#-}" -maxdepth 1 -name '*.patch' | wc -l)"
		;;
	soak) # what begins and ends is as many
		(passed "$2") || exit
		awk -F '\t' '
			{ n[$6] += $7 }
			END {
				if (!n["jobs"] || n["fences.begun"] != n["fences.signalled"] || n["fences.begun"] != n["fences.freed"]) exit 1
				if (n["waits.begun"] != n["waits.ended"]) exit 1
				print n["jobs"]
			}' "$2" || die 1 "${2#"$TOP"/} does not add up: record it again"
		;;
	apps) awk -F '\t' '$6 == "lines" { print $7 + 0; n++ } END { exit !n }' "$2" ;;
	*)
		(passed "$2") || exit
		awk -F '\t' '
			!/^#/ && $6 == "" { n[$5]++ }
			END { if (!n["pass"]) exit 1; printf "%d%s\n", n["pass"], n["skip"] ? " " n["skip"] "s" : "" }' "$2" ||
			die 1 "${2#"$TOP"/} has no test that passed: record it again"
		;;
	esac
}
# tested: what is kept, a line each: name, what it says
tested() {
	cat <<'END'
check	build and lint: checks
board	arm64, PROVE_LOCKING: tests
rt	arm64, PREEMPT_RT: tests
kasan	arm64, KASAN and kmemleak: tests
soak	jobs, all fences and waits ended
apps	v4l2-compliance, GStreamer: same lines
vim2m	x86_64, vim2m and kselftest: tests
mutants	broken variants of the series detected
wait	patches/wait, arm64 and x86_64: tests
mutants-wait	broken variants of it detected
rkvdec	patches/rkvdec, arm64: tests
mutants-rkvdec	broken variants of it detected
END
}
# cost FILE: what a job costs, of the kinds whose figures are given
cost() {
	figures "$1" | awk -v on="$(kept_on "$1")" '
		$1 ~ /^more\./ { if (least == "" || $2 < least) least = $2; if ($2 > most) most = $2 }
		$1 ~ /^share\./ { if (low == "" || $2 < low) low = $2; if ($2 > high) high = $2 }
		END {
			if (least == "") exit 1
			printf "a job executes %d to %d instructions more, %s to %s %% of what it executes with the option off, on %s\n", least, most, low, high, on
		}' || die 1 "${1#"$TOP"/} has no figures of jobs: record it again"
}
# growth FILE: what publishing costs with each buffer, context or fence that is there already
growth() {
	figures "$1" | awk '
		$1 ~ /^growth[.].*[.]attach$/ {
			split($1, part, "[.]")
			what = part[2]; n = part[3] + 0
			if (!(what in least) || n < least[what]) { least[what] = n; first[what] = $2 }
			if (n > most[what]) { most[what] = n; last[what] = $2 }
		}
		function each(what) { return sprintf("%.0f", (last[what] - first[what]) / (most[what] - least[what])) }
		END {
			if (!most["fences"] || !most["buffers"] || !most["contexts"]) exit
			printf "Publishing takes %d instructions more with each fence that others left (vgem: %d), %d with each buffer, %d with each context.\n",
				each("fences"), each("vgem-fences"), each("buffers"), each("contexts")
		}'
}
