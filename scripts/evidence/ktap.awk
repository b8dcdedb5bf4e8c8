# SPDX-License-Identifier: GPL-2.0-only
# A report of the board as a table: boot, subject, passed, failed, skipped. Exits with
# 1, and says why, if a boot is not whole or did not pass.
function flush() {
	if (subject != "") printf "%s\t%s\t%d\t%d\t%d\n", boot, subject, pass, fail, skip
	subject = ""; pass = fail = skip = 0
}
function broken(why) { printf "%s: %s\n", boot == "" ? "no boot" : boot, why >"/dev/stderr"; bad = 1 }
function close_boot() {
	flush()
	if (boot != "" && !ended) broken("the report has no end")
}
/^# booting / { close_boot(); boot = $3; ended = 0; boots++; next }
/^# Subtest: / { flush(); subject = $3; next }
/^    ok [0-9]+ .*# SKIP/ { skip++; next }
/^    ok [0-9]/ { pass++; all++; next }
/^    not ok [0-9]/ { fail++; broken($0); next }
/^not ok [0-9]/ { broken($0); next }
/^# board: [0-9]+ failed, [0-9]+ skipped, [0-9]+ faults$/ {
	flush()
	ended = 1
	if ($3 || $7) broken($0)
}
END {
	close_boot()
	if (!boots || !all) broken("nothing passed")
	exit bad
}
