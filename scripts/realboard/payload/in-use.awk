# SPDX-License-Identifier: GPL-2.0-only
# What inuse.so counted (its report, see inuse.c): one line for each queue, and whether
# the player queued buffers that were still in use. The variables: wait, not empty if it
# waited first; queued, how many buffers the kernel saw queued meanwhile, and frames, how
# many were taken from V4L2 devices.
# a number without its zeros: busybox takes these for octal
function number(text) {
	sub(/^0+/, "", text)
	return text + 0
}
{ for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+$/) $i = number($i) }
NR == 1 { processes = $2; no_room = $3; next }
NF != 7 || /^!/ { next }
{
	printf "queue: %s %s: %d queued, %d in use, %d not asked, %d no DMABUF", $1, $2, $3, $4, $5, $6
	print wait == "" ? "" : sprintf(", %d free after waiting", $7)
	all += $3
	in_use += $4
	not_asked += $5
	asked += $3 - $5 - $6
	freed += $7
}
function nothing_seen() {
	if (processes == 0)
		return "no process loaded inuse.so: it is a static program, runs in a sandbox, or on another processor"
	if (queued > 0)
		return "no VIDIOC_QBUF was seen, but the kernel saw " queued + 0 " buffers queued: by a program without inuse.so"
	return "nothing was queued to a V4L2 device"
}
function answer() {
	if (in_use > 0)
		return "yes: " in_use " of " asked " buffers that were asked" (wait == "" ? "" : ", " freed " of them not after waiting")
	if (all == 0) return "unknown: " nothing_seen()
	if (frames == "0") return "unknown: no V4L2 device finished a buffer"
	if (not_asked > 0)
		return "unknown: " not_asked " buffers could not be asked: the player had closed their descriptors; the other " asked " were idle"
	if (asked == 0) return "unknown: no buffer was a DMABUF: the player copies its frames"
	if (no_room > 0) return "unknown: there was no room for " no_room + 0 " exports or queues; " asked " others were idle"
	return "no: none of " asked " buffers; this is no proof: explicit synchronisation, and a read that is submitted later, cannot be seen"
}
END { print "in-use: " answer() }
