#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is kept as evidence, when it may be quoted, and docs/results.md
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"

# report BOOT TEXT: of one boot
report() { echo "$1;observe;rga.poll;pass;saw poll(POLLIN);rga | $2" | rows; }
observed() { awk -f "$S/evidence/observed.awk" "$1"; }
test_observed() {
	{ report fences '62 | new content'; report off '0 | old content'; } >record
	passes observed record
	grep -qxF '| poll(POLLIN) | rga | 0 to 0 ms, old content | 62 to 62 ms, new content |' out || fail "$(cat out)"
}
test_observed_in_one_boot_only() {
	report fences '62 | new content' >record
	refused 1 'only one boot has rga' observed record
}
test_evidence_of_a_board_that_failed() {
	mkdir scripts
	takes evidence/evidence evidence/keep.sh test/board.sh
	export WHAT=board
	printf '#!/bin/sh\n' >scripts/tree/tree
	printf '#!/bin/sh\n' >scripts/tree/apply
	echo 'record_root() { echo none; }' >>scripts/test/board.sh
	mkdir -p tests/board
	printf '#!/bin/sh\necho "# boots: $*"\necho "    not ok 1 rga.race"\nexit 1\n' >tests/board/run
	find scripts tests -type f -exec chmod +x {} +
	refused 1 'did not pass: .*evidence.ktap$' scripts/evidence/evidence
	said 'not ok 1 rga.race'
	[ ! -e evidence ] || fail "it keeps that as evidence"
	grep -q '^# boots: fences off short record$' "$CACHE/out/v7.0/evidence.ktap" || fail "what it said is lost"
	printf '#!/bin/sh\n' >tests/board/run
	refused 1 'the run did not pass' scripts/evidence/evidence
	said 'it is empty'
	printf '#!/bin/sh\necho "FAIL lint"\nexit 1\n' >scripts/all
	chmod +x scripts/all
	refused 1 "'make' failed" env WHAT=check scripts/evidence/evidence
	said 'FAIL lint'
	[ ! -e evidence ] || fail "it keeps what make did not pass"
	refused 2 "there is no evidence of 'nonsense'" env WHAT="board nonsense" scripts/evidence/evidence
	refused 2 'JOBS is for WHAT=soak' env JOBS=5 scripts/evidence/evidence
	refused 2 'give BASE, not KDIR' env KDIR="$T" scripts/evidence/evidence
	refused 2 'not with ONLY or BOOTS' env ONLY=race scripts/evidence/evidence
}
test_evidence_of_all() {
	mkdir scripts
	takes evidence/evidence test/board.sh
	mkdir -p scripts/bench tests/board
	cat >scripts/evidence/keep.sh <<'END'
keep() { cat >/dev/null; echo "$1" >>kept; }
commit_of() { :; }
passed() { grep -q pass "$1"; }
EVIDENCE=evidence
END
	# shellcheck disable=SC2016 # of the stubs
	stub='mkdir -p "$OUT/record"; echo pass | tee "$OUT/record/${0##*test-}" "$OUT/record/${0##*/}" "$OUT/record/mutants-$1" >/dev/null; echo "${0##*/} $* ${BOOTS:-}" >>asked'
	echo 'emulate() { echo "$*" >>asked; mkdir -p "$OUT/record"; echo pass >"$OUT/record/$1"; }' >>scripts/test/board.sh
	mkdir -p patches/vim2m patches/wait patches/rkvdec
	: | tee patches/vim2m/1.patch patches/wait/1.patch >patches/rkvdec/1.patch
	for verb in bench/bench test/soak test/mutants test/test-kasan test/test-rt test/test-apps test/test-vim2m; do
		printf '#!/bin/sh\n%s\n' "$stub" >scripts/$verb
	done
	printf '#!/bin/sh\necho check >>asked\n' >scripts/all
	find scripts -type f -exec chmod +x {} +
	for base in v6.12 v7.0 v7.3; do
		rm -f asked kept
		BASE=$base CHECKS=/dev/null WHAT=all passes scripts/evidence/evidence
		sed 's/ *$//' asked | tr '\n' ';' >$base
		[ "$(wc -l <kept)" = "$(wc -l <asked)" ] || fail "kept: $(cat kept)"
	done
	all='check;board fences off short record;test-kasan  kasan unbind;test-rt  rt;test-apps;soak;bench;'
	more='test-vim2m  vim2m-base vim2m vim2m-off vim2m-rt;wait wait wait-kasan wait-unbind wait-rt bench-wait vim2m-wait;rkvdec rkvdec rkvdec-kasan rkvdec-rt rkvdec-record;'
	[ "$(cat v7.3)" = "$all${more}mutants .;mutants wait;mutants rkvdec;" ] || fail "v7.3: $(cat v7.3)"
	# what goes on top of the series is not for this base
	[ "$(cat v6.12)" = "$all" ] || fail "v6.12: $(cat v6.12)"
	# of patches/wait vim2m is no part where it is not for this base
	mkdir patches/wait/v6.12
	: >patches/wait/v6.12/1.patch
	rm asked
	BASE=v6.12 WHAT=wait passes scripts/evidence/evidence
	[ "$(sed 's/ *$//' asked)" = 'wait wait wait-kasan wait-unbind wait-rt bench-wait' ] || fail "$(cat asked)"
	# they are made in the series that is sent
	[ "$(cat v7.0)" = "$all$more" ] || fail "v7.0: $(cat v7.0)"
	# a part of them is kept as such
	rm asked
	BASE=v7.3 WHAT=mutants ONLY="one two" passes scripts/evidence/evidence
	[ "$(sed 's/ *$//' asked)" = 'mutants one two' ] || fail "$(cat asked)"
}
# keeps NAME: what stdin has, with the scripts in clone/
keeps() {
	cat >stdin
	sh -euc '. "$S/lib/common.sh"; . "$S/tree/series.sh"; . "$S/evidence/keep.sh"; keep "$1" "make soak" "a soak" git <stdin' "$T/clone/scripts/tree/tree" "$1" >out 2>err || fail "$(cat err)"
}
test_evidence_is_kept() {
	sendable
	git init -q clone
	cp -r "$HERE/../../scripts" clone/
	echo 1 >clone/a
	git -C clone add a
	git -C clone commit -qm one
	rm -r evidence/v7.3
	mkdir evidence/v7.3
	echo old >evidence/v7.3/old
	echo line | keeps soak
	for line in '# a soak (make soak)' "# base: Linux 7.3.0 (v7.3), tree $(git -C "$CACHE/tree/v7.3" rev-parse 'HEAD^{tree}')" \
		"# date: $(date '+%Y-%m-%d')" "# patch-id $(sed 1q ids)" line; do
		grep -qxF "$line" evidence/v7.3/soak || fail "no '$line': $(cat evidence/v7.3/soak)"
	done
	grep -qxE "# commit: $(git -C clone rev-parse --short=12 HEAD), and changes that were not committed" evidence/v7.3/soak || fail "$(cat evidence/v7.3/soak)"
	[ ! -e evidence/v7.3/old ] || fail "what no manifest has is left"
	[ "$(grep -v '^#' evidence/v7.3/manifest)" = "soak	$(sha256sum <evidence/v7.3/soak | cut -d' ' -f1)	make soak" ] || fail "$(cat evidence/v7.3/manifest)"
	# again, and one more; all is committed now
	git -C clone add scripts
	git -C clone commit -qm two
	echo other | keeps soak
	echo other | keeps apps
	grep -qxF "# commit: $(git -C clone rev-parse --short=12 HEAD)" evidence/v7.3/apps || fail "$(cat evidence/v7.3/apps)"
	[ "$(grep -vc '^#' evidence/v7.3/manifest)" = 2 ] || fail "$(cat evidence/v7.3/manifest)"
	# shellcheck disable=SC2317 # by passes
	faults() { sh -euc '. "$S/lib/common.sh"; . "$S/evidence/keep.sh"; faults_of "$EVIDENCE/v7.3"' "$S/tree/tree"; }
	passes faults
	[ ! -s out ] || fail "$(cat out)"
	echo more >>evidence/v7.3/apps
	rm evidence/v7.3/soak
	passes faults
	says 'v7.3/apps is not as v7.3/manifest has it'
	says 'v7.3/soak is gone'
}
# shown PATTERN: "make results" prints such a line, or docs/results.md has it
shown() {
	(unset BASE && passes "$S/evidence/results" "$T/mine.md") || exit
	cat out mine.md | grep -qE -- "$1" || fail "it does not say '$1': $(cat out mine.md)"
}
test_results_of_the_board() {
	sendable
	shown '^\| fences rga \| 6234 \| 6234/6233/6230 \| 97/96 \| 12468/12467 \|$'
	shown '^\| race \| not run \| not run \| 1 \| not run \|$'
	shown '^\| `board` \| arm64, PROVE_LOCKING: tests \| not run \| 7 1s \|$'
	printf '%s\n' 'soak;accounting;rga.every_fence_ends;pass;jobs;200 jobs' 'soak;;;pass;end;' | rows | has_header soak
	shown '^\| soak rga \| 200 \| '
}
test_results_of_records() {
	sendable
	record virt modelled
	shown '^\| virt.record \| modelled, Board virt \| .* \| 555/555, 66/66, 777/777 \| 0, 0 .*\| unknown \|$'
	record pine real
	sed -i 's/^lost: 0/lost: 3/' evidence/boards/pine.record
	shown '^\| pine.record \| real, Board pine \| .* \| not counted \(3 events lost\), '
}
test_results_of_vim2m() {
	sendable
	mkdir -p patches/vim2m
	cp patches/v7.3/0001* patches/vim2m/
	{ cat ids; sed 1q ids; } >ids.new
	mv ids.new ids
	printf '%s\n' 'vim2m;release_fence;a;pass;;' 'vim2m;;;pass;end;' | rows | has_header vim2m
	shown '^\| release_fence \| 1 \|$'
	sed -i 's/fences, all/fences: all/' patches/vim2m/*
	shown '/vim2m. is of other patches than the series for v7.3 has\.$'
}
# why FILE: why it must not be quoted
why() {
	sh -euc '. "$S/lib/common.sh"; . "$S/tree/series.sh"; . "$S/evidence/keep.sh"; why_not "$EVIDENCE/v7.3/$1" v7.3' "$S/tree/tree" "$1" >out 2>err ||
		fail "$(cat err)"
}
# What was run holds while a comment changes, what reads comments does not
test_a_comment_leaves_what_was_run() {
	sendable
	printf 'apply\tok\tfits\tapplies\n' | has_header check
	sed -i "s/^# date: .*/&\n# code: $(BASE=v7.3 "$S/evidence/code-id.sh" "$PATCHES/v7.3")/" evidence/v7.3/check
	cp evidence/v7.3/check evidence/v7.3/soak
	cp -r patches as-they-were
	# changed PATCH SED: in the patches as they were
	changed() {
		rm -rf patches
		cp -r as-they-were patches
		sed -i "$2" patches/v7.3/"$1"*
		! diff -r patches as-they-were >/dev/null || fail "$2 changes nothing"
		why soak
	}
	changed 0001 's|^+dma_fence_end_signalling();|& /* the end */|'
	[ ! -s out ] || fail "a comment spoils what was run: $(cat out)"
	why check
	says 'is of other patches'
	changed 0001 's|^+dma_fence_end_signalling();|+dma_fence_end_signalling(1);|'
	says 'is of other patches'
	changed 0001 's|^+.*bool "fences|&, really|'
	says 'is of other patches'
	changed 0002 's|^+v4l2_m2m_attach|+x4l2_m2m_attach|'
	says 'is of other patches'
	# without a tree nobody knows
	changed 0001 's|^+dma_fence_end_signalling();|& /* the end */|'
	rm -r "$CACHE/tree"
	why soak
	says 'is of other patches'
	rm -r patches
	cp -r as-they-were patches
	why soak
	[ ! -s out ] || fail "the same patches are refused: $(cat out)"
}
test_results_of_what_was_benched() {
	sendable
	awk -f "$S/bench/tables.awk" /dev/null 2>&1 | sed -n 's/^tables.awk: there is no \(.*\)/bench;bench;figures;pass;\1;4711 x/p' | rows | has_header bench
	sed -i 's/\(on.rga.exports-0.attach	\).*/\1815 x/; s/\(share.rga	\).*/\13 x/' evidence/v7.3/bench
	shown '^\| rga, one plane, not exported \| 815 \| 4711 \|$'
	shown '^\| \.\.\. eight exports, the most that carry fences \| 4711 \| 4711 \|$'
	shown '^\| \*vgem: its attach .* \| 4711 \| 4711 \|$'
	shown '^\| rga, 128x64 ARGB \| 4711 \| 4711 \| 3 % \|$'
	for what in fences:36 vgem-fences:40 buffers:0 contexts:0; do
		printf "bench;bench;figures;pass;growth.${what%:*}.%s.attach;%s instructions\n" 00 100 64 $((100 + 64 * ${what#*:})) | rows >>evidence/v7.3/bench
	done
	shown '36 instructions more with each fence that others left .vgem: 40., 0 with each buffer, 0 with each context'
}
test_results_of_evidence() {
	sendable
	unset BASE
	passes "$S/evidence/results" "$T/mine.md"
	for line in '| poll(POLLIN) | rga | 0 to 0 ms, old content | 62 to 62 ms, new content |' '| observe | 2 1s | 2 | not run | not run |' \
		'| arm64 | ok | 46 objects |' 'Nothing is recorded.'; do
		cat out mine.md | grep -qxF "$line" || fail "no '$line': $(cat out mine.md)"
	done
	grep -q 'recorded at commit 0123456789ab on 2026-11-28, with qemu made up' out || fail "it does not say where it was recorded"
	sed -i 's/^# patch-id ./# patch-id x/' evidence/v7.3/board
	passes "$S/evidence/results" "$T/mine.md"
	grep -qxF '| `board` | arm64, PROVE_LOCKING: tests | not run | outdated |' mine.md || fail "$(cat mine.md)"
	grep -qxF 'Not shown: `evidence/v7.3/board` is of other patches than the series for v7.3 has.' out || fail "$(cat mine.md)"
	! cat out mine.md | grep -q 'old content' || fail "it is shown"
	refused 2 'give neither KDIR nor BASE' env BASE=v7.3 "$S/evidence/results"
}
# of the repository itself
test_results_of_a_missing_directory() {
	echo old >mine.md
	refused 2 "EVIDENCE: there is no directory $T/none\$" env EVIDENCE="$T/none" "$S/evidence/results" mine.md
	[ "$(cat mine.md)" = old ] || fail "it writes $(cat mine.md)"
}
test_results_are_what_evidence_says() {
	unset EVIDENCE
	PATCHES="$HERE/../../patches" passes "$S/evidence/results" "$T/mine.md"
	diff -u "$HERE/../../docs/results.md" mine.md || fail "docs/results.md is not what evidence says: run 'make results'"
}

run_tests "$@"
