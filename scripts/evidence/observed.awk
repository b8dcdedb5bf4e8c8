# SPDX-License-Identifier: GPL-2.0-only
# What a consumer saw while a job ran, with the series switched off and on, out of the
# report of the board (boots off and fences): consumer, kinds of job, off, on. A row is
# all kinds of job that saw the same.
function saw(kind, how, text, ms) {
	key = how SUBSEP kind
	if (!(key in known)) {
		known[key] = ++keys
		hows[keys] = how
		kinds[keys] = kind
	}
	what[key, on] = text
	if (ms == "")
		return
	if (!((key, on) in low) || ms < low[key, on])
		low[key, on] = ms
	if (ms > high[key, on])
		high[key, on] = ms
}
# least and most of the rows that are shown as one
function range(list, boot,    i, n, key, least, most) {
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
/^# booting / { on = $3 ~ /-y/ }
/waited [0-9]+ ms, content / {
	sub(/^ *# /, "")
	ms = $0
	sub(/.*waited /, "", ms)
	saw($1, $2, $NF " content", ms + 0)
}
/sync_file while the job runs: status/ {
	sub(/^ *# /, "")
	saw($1, "sync_file, at once", $NF == 0 ? "pending" : $NF == 1 ? "signalled" : "status " $NF)
}
/on vkms while the job runs: / {
	sub(/^ *# /, "")
	text = $0
	sub(/.*while the job runs: /, "", text)
	sub(/, CRC [0-9a-f]+/, ",", text)
	sub(/; after it: CRC [0-9a-f]+/, "; after the job", text)
	gsub(/[()]/, "", text)
	saw($1, "vkms, atomic commit", text)
}
END {
	for (i = 1; i <= keys; i++) {
		key = hows[i] SUBSEP kinds[i]
		if (!((key, 0) in what) || !((key, 1) in what)) {
			print "observed.awk: only one boot has " kinds[i] ", " hows[i] >"/dev/stderr"
			exit 1
		}
		row = hows[i] SUBSEP what[key, 0] SUBSEP what[key, 1]
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
		print "| " cell[1] " | " names " | " range(list[order[r]], 0) cell[2] \
			" | " range(list[order[r]], 1) cell[3] " |"
	}
	exit !rows
}
