# SPDX-License-Identifier: GPL-2.0-only
# What count.awk counted, after a line "is-node: MINOR NODE DRIVER" for each video node
# that there is now: the same, with the nodes by name, and whether anybody waited for a
# release fence. Where none began, nobody could wait, and it says why none began. The
# variables: code, how the command ended; option, of the kernel; enable, of the module;
# polled, not empty if inuse.so asked DMABUFs itself, which makes callbacks.
/^is-node: / {
	minor = $2 + 0
	node[minor] = $3
	sub(/^is-node: [^ ]* [^ ]* /, "")
	driver[minor] = $0
	next
}
/^dequeued: / {
	known = $2 in node
	print "node: " (known ? node[$2] " " driver[$2] : "minor " $2) ": " $3 " frames"
	who = who (who == "" ? "" : " and ") (known ? driver[$2] " (" node[$2] ")" : "an unknown driver (minor " $2 ")")
	next
}
{ print; key = $1; sub(/^[^ ]* /, ""); v[key] = $0 }
function nothing_began(what) {
	if (option == "n") return "the kernel has no release fences"
	if (enable == "N") return "release fences were switched off"
	split(v["buffers:"], done, " ")
	if (who != "")
		what = who " finished " v["frames:"] " frames"
	else if (v["frames:"] == "unknown" && done[2] > 0)
		what = "a V4L2 device finished " done[2] " buffers"
	else
		what = "no V4L2 device finished a buffer"
	if (what !~ /^no /) what = what " without a release fence: the driver publishes none, or the buffers were no DMABUFs"
	return (code != 0 ? "the command failed (exit code " code "); " : "") what
}
function waited() {
	if (v["fences:"] !~ /^[0-9]/) return "unknown: nothing was counted, see \"lacks\""
	if (polled != "") v["release-callbacks:"] = "unknown"
	if (v["release-waits:"] + v["release-jobs:"] + v["release-callbacks:"] > 0) return "yes"
	if (v["lost:"] + v["dropped:"] > 0) return "unknown: " v["lost:"] + v["dropped:"] " events were lost"
	if (v["fences:"] + 0 == 0) return "unknown: " nothing_began()
	if (v["release-jobs:"] == "unknown" || v["release-callbacks:"] == "unknown")
		return "unknown: " (polled != "" ? "inuse.so polled the DMABUFs itself" : "the kernel lacks an event, see \"lacks\"")
	return "no"
}
END { print "waited: " waited() }
