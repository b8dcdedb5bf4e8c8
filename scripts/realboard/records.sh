#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# records.sh [FILE...]: the records of boards (of evidence/boards for this base), a
# line each: file, hardware, model, kernel, command, fences, waits, buffers, splats,
# exit code, tests, lacks, option, order, what keeps it from being a proof that the
# fences work, empty if nothing does, and whether anybody waited for a release fence.
# 1 if one is cut off or of other patches.
. "$(dirname "$0")/../lib/common.sh"
. "$S/tree/series.sh"
. "$S/evidence/keep.sh"
base=$(series_name) || exit
dir=$(series) || exit
if [ $# = 0 ]; then
	set -- "$EVIDENCE"/boards/*.record
	[ -e "$1" ] || exit 0
fi
ids=$(patch_ids "$dir"/*.patch | cut -d' ' -f1 | sort)
rc=0
for record; do
	[ -r "$record" ] || die 2 "usage: $me [FILE...]: there is no $record"
	[ "$(sed -n 1p "$record") $(tail -n 1 "$record")" = "record: 1 end" ] ||
		{ say "${record##*/} is cut off: record it again"; rc=1; continue; }
	[ "$(sed -n 's/^base: //p' "$record")" = "$base" ] || continue
	[ "$(sed -n 's/^patch: \([0-9a-f]*\).*/\1/p' "$record" | sort)" = "$ids" ] ||
		{
			say "${record##*/} is of other patches than ${dir#"$TOP"/}: record it again with the tarball of $(again realboard), or remove it"
			rc=1
			continue
		}
	awk -v file="${record##*/}" '
		{ at = index($0, ": "); key = substr($0, 1, at - 1); value = substr($0, at + 2) }
		key != "log" && key != "" { v[key] = value }
		function pair(text, n, w) {
			if (lost) return "not counted (" lost " events lost)"
			n = split(text, w, " ")
			return w[1] ~ /^[0-9]+$/ && n > 1 ? w[1] "/" w[2] : "not counted"
		}
		# apart NAME: two counts that are not the same, in words
		function apart(name, n, w) {
			n = split(v[name], w, " ")
			return n > 1 && w[1] == w[2] ? "" : name " " (n > 1 && w[1] ~ /^[0-9]/ ? w[1] "/" w[2] : "not counted") "; "
		}
		# times PREFIX: how often a release fence was waited for, in words
		function times(p, w) {
			split(v[p "release-waits"], w, " ")
			return w[1] + 0 " threads, " v[p "release-jobs"] " jobs of a GPU, " v[p "release-callbacks"] " callbacks"
		}
		function waited() {
			if (v["waited"] != "no" && v["waited"] != "yes") return v["waited"] == "" ? "unknown" : v["waited"]
			return v["waited"] ": " times("") (v["compared"] == "yes" ? "; switched off " times("off-") : "")
		}
		function fault() {
			if (v["option"] != "y") return "its kernel has the option " (v["option"] == "n" ? "off" : v["option"])
			if (v["enable"] == "N") return "videobuf2_release_fence.enable was off"
			if (v["splats"] != "0" || v["exit"] != "0") return v["splats"] " splats, exit code " v["exit"]
			if ("off-fences" in v && v["off-fences"] !~ /^0 /)
				return "fences began with videobuf2_release_fence.enable off: " v["off-fences"]
			if ("off-splats" in v && (v["off-splats"] != "0" || v["off-exit"] != "0"))
				return "switched off: " v["off-splats"] " splats, exit code " v["off-exit"]
			if (v["lost"] != "0" || v["dropped"] != "0") return lost ? lost " events lost" : "not all was counted"
			if (v["fences"] ~ /^0 /) return "no fence began"
			if (order != "0/0") return "fences twice/disordered: " order
			return apart("fences") apart("waits") apart("buffers")
		}
		END {
			lost = v["lost"] + v["dropped"]
			order = v["order"] ~ /^[0-9]+ twice, [0-9]+ disordered$/ ? v["order"] : "not counted"
			sub(/ twice, /, "/", order)
			sub(/ disordered/, "", order)
			why = fault()
			sub(/; $/, "", why)
			printf "%s\t%s\t%s\t%s, option %s, lockdep %s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", file, v["hardware"],
				v["model"], v["kernel"], v["option"], v["lockdep"], v["command"], pair(v["fences"]),
				pair(v["waits"]), pair(v["buffers"]), v["splats"], v["exit"], v["tests"],
				v["lacks"] == "nothing" ? "" : v["lacks"], v["option"], order, why, waited()
		}' "$record"
done
exit $rc
