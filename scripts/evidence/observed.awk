# SPDX-License-Identifier: GPL-2.0-only
# What a consumer saw while a job ran, with the series switched off and on, out of the record of
# the boots off and fences: consumer, kinds of job, off, on. A row is all kinds of job that saw
# the same. The metric is "saw CONSUMER", its value "KIND | MILLISECONDS | WHAT".
BEGIN { FS = "\t" }
/^#/ || $6 !~ /^saw / || ($2 != "fences" && $2 != "off") { next }
{
	split($7, part, / *[|] */)
	how = substr($6, 5)
	key = how SUBSEP part[1]
	if (!(key in known)) {
		known[key] = ++keys
		hows[keys] = how
		kinds[keys] = part[1]
	}
	what[key, $2] = part[3]
	if (part[2] == "")
		next
	ms = part[2] + 0
	if (!((key, $2) in low) || ms < low[key, $2])
		low[key, $2] = ms
	if (ms > high[key, $2])
		high[key, $2] = ms
}
# least and most of the rows that are shown as one
function range(list, boot,    i, n, k, key, least, most) {
	n = split(list, key, " ")
	least = ""
	most = 0
	for (i = 1; i <= n; i++) {
		k = hows[key[i]] SUBSEP kinds[key[i]]
		if (!((k, boot) in low))
			return ""
		if (least == "" || low[k, boot] < least)
			least = low[k, boot]
		if (high[k, boot] > most)
			most = high[k, boot]
	}
	return least + 0 " to " most + 0 " ms, "
}
END {
	for (i = 1; i <= keys; i++) {
		key = hows[i] SUBSEP kinds[i]
		if (!((key, "off") in what) || !((key, "fences") in what)) {
			print "observed.awk: only one boot has " kinds[i] ", " hows[i] >"/dev/stderr"
			exit 1
		}
		row = hows[i] SUBSEP what[key, "off"] SUBSEP what[key, "fences"]
		if (!(row in list))
			order[++rows] = row
		list[row] = list[row] " " i
	}
	print "| consumer, while the job runs | kinds of job | option off | option on |"
	print "| --- | --- | --- | --- |"
	for (r = 1; r <= rows; r++) {
		split(order[r], cell, SUBSEP)
		names = ""
		n = split(list[order[r]], index_of, " ")
		for (i = 1; i <= n; i++)
			names = names (i > 1 ? ", " : "") kinds[index_of[i]]
		print "| " cell[1] " | " names " | " range(list[order[r]], "off") cell[2] \
			" | " range(list[order[r]], "fences") cell[3] " |"
	}
	exit !rows
}
