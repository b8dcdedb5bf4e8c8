#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What can be seen in the patches alone: hantro_end_prepare_run(), which publishes the
# fence, is called right before the start bit, and never on the way out of an error
. "$(dirname "$0")/lib.sh"

# kicks PATCH: for each hantro_end_prepare_run() that it adds, what the next code line is
kicks() {
	awk '/^diff / { waits = 0 }
		waits && /^[ +].*;$/ { print; waits = 0 }
		waits && /^[ +].*[({,]$/ { print; waits = 0 }
		/^\+\t+cookie = hantro_end_prepare_run\(ctx\);$/ { waits = 1 }
		END { if (waits) print "nothing" }' "$1"
}
# what a codec does with its registers to start: some read the one with the bit first
kick='(vdpu|hantro_reg)_(write|write_relaxed|read)\('

publishes_only_before_kicks() {
	kicks "$1" >found
	[ "$(wc -l <found)" = 9 ] || fail "$(wc -l <found) places publish, not one in each of 9 decoders"
	! grep -vE "$kick" found >others || fail "published before $(head -n 1 others)"
}
test_hantro_publishes_before_the_kick() {
	for p in "$HERE"/../../patches/0002-*.patch "$HERE"/../../patches/v[0-9]*/0002-*.patch; do
		publishes_only_before_kicks "$p"
	done
}
# the mistake: what AV1 had on its error path
test_hantro_publishing_on_an_error_path_is_seen() {
	sed 's/^ 	hantro_reg_write(vpu, &av1_dec_e, 1);/ 	hantro_irq_done(vpu, VB2_BUF_STATE_ERROR);/' \
		"$HERE"/../../patches/0002-*.patch >bad.patch
	! (publishes_only_before_kicks bad.patch) >out 2>&1 || fail "it is not seen"
	grep -q hantro_irq_done out || fail "$(cat out)"
}

run_tests "$@"
