#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The series for the other bases must not drift apart from the one for v7.0
. "$(dirname "$0")/lib.sh"

# real_series: the patches of the project, to be broken
real_series() {
	cp -r "$S/../patches" .
	for dir in patches/v[0-9]*/; do break; done
	dir=${dir%/} v=$(basename "$dir")
}
# noticed: the difference is another one than the list has
noticed() { ! "$S/tree/compare-series.sh" "$v" 2>err | cmp -s - "$dir/differs" || fail "$1 is not noticed"; }
mend() { sed -i "$@"; }

test_series_differ_as_listed() {
	unset PATCHES
	for dir in "$S"/../patches/v[0-9]*/; do
		"$S/tree/compare-series.sh" "$(basename "$dir")" >now
		diff "$dir/differs" now || fail "$(basename "$dir") differs from v7.0 by other lines than its list differs has:
bring the change to the other series too, or look at the lines above and run scripts/tree/compare-series.sh"
	done
}
test_series_that_drift_apart() {
	real_series
	mend 's/^+.*dma_fence_context_alloc(1);/&\n+\tmended();/' patches/0001-*
	noticed "a line more in v7.0"
	mend 's/^+.*dma_fence_context_alloc(1);/&\n+\tmended();/' "$dir"/0001-*
	"$S/tree/compare-series.sh" "$v" | cmp - "$dir/differs" || fail "the same mend in both is no difference"
	mend 's/mended/mend/' "$dir"/0001-*
	noticed "a line that differs"
	real_series
	mend '0,/^-\t/s/^-\t.*/&x/' "$dir"/0002-*
	noticed "a removed line"
	real_series
	mend '1,/^---$/s/ fence / face /' patches/0001-*
	noticed "another message"
	real_series
	mend 's/^Subject: .*/&s/' "$dir"/0003-*
	noticed "another subject"
	real_series
	mend 's|^+++ b/drivers/media/platform/rockchip/rga/rga.c|&x|' patches/0003-*
	noticed "another file"
}
test_series_of_another_length() {
	real_series
	cp patches/0003-* patches/0004-more.patch
	refused 1 'has 3 patches, v7.0 has 4' "$S/tree/compare-series.sh" "$v"
	mv patches/0004-more.patch "$dir"/
	refused 1 'has 4 patches, v7.0 has 3' "$S/tree/compare-series.sh" "$v"
	rm "$dir"/0003-*
	refused 1 'has no 0003' "$S/tree/compare-series.sh" "$v"
	refused 2 'usage' "$S/tree/compare-series.sh" v1.0
}
# letter_of SERIES: what is sent is about this one, and not the one for v7.0
letter_of() {
	printf '%s' 'the letter' >in
	LETTER_IN=$T/in LETTER=$T/letter passes "$S/send/cover-letter"
	said "from .*evidence/$1, "
}
test_series_that_was_applied() {
	repo linux
	series patches linux
	sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 2/; ' linux/Makefile
	sed -i 's/^38$/thirty-eight/' linux/rga.c
	git -C linux commit -qam v7.2
	git -C linux tag v7.2
	series patches/v7.3 linux
	export GIT_URL="file://$T/linux" EVIDENCE="$T/evidence"
	# before that only its name tells
	BASE=v7.2 refused 4 'not applied: run .make apply BASE=v7.2' "$S/send/cover-letter"
	BASE=v7.3 letter_of v7.3
	BASE=v7.0 letter_of v7.0
	BASE=v7.2 passes "$S/tree/tree"
	BASE=v7.2 passes "$S/tree/apply"
	BASE=v7.2 letter_of v7.3
	# of another checkout
	cp -r patches elsewhere
	echo "$T/elsewhere/v7.3" >"$CACHE/work/v7.2/.git/vb2-series"
	BASE=v7.2 refused 4 'not applied' "$S/send/cover-letter"
	KDIR=$T/linux refused 4 'not applied: run .make apply KDIR=' "$S/send/cover-letter"
	KDIR=$T/linux passes "$S/tree/tree"
	KDIR=$T/linux passes "$S/tree/apply"
	KDIR=$T/linux letter_of v7.3
}
test_range_diff() {
	repo linux
	cp -r linux linux73
	sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 3/; ' linux73/Makefile
	sed -i 's/^38$/thirty-eight/' linux73/rga.c
	git -C linux73 commit -qam v7.3
	git -C linux73 tag v7.3
	git -C linux fetch -q "$T/linux73" v7.3:refs/tags/v7.3
	series patches linux
	series patches/v7.3 linux73
	GIT_URL="file://$T/linux" passes "$S/tree/range-diff"
	grep -q '^1: .* = 1: .* vb2: twenty$' out || fail "$(cat out)"
	grep -q '^2: .* ! 2: .* rga: forty$' out || fail "$(cat out)"
	grep -q '^ *-* thirty-eight$\|+ thirty-eight$' out || fail "$(cat out)"
	refused 2 'neither KDIR nor BASE' env BASE=v7.3 "$S/tree/range-diff"
	# with the exit code of the verb that failed
	sed -i 's/^-40$/-41/' patches/0002* patches/v7.3/0002*
	GIT_URL="file://$T/linux" refused 6 'no series fits' "$S/tree/range-diff"
}

run_tests "$@"
