# SPDX-License-Identifier: GPL-2.0-only
# Counts trace events as "record" reads them. Of fences those of videobuf2; a wait
# is for any fence, and one that began before the recording is none. "disordered" is
# a fence that ends after a later one of its timeline, "twice" one that ends twice.
# Newer kernels have forgotten the driver of a fence by the time it is destroyed, so
# its timeline is what tells whose it is.
#
# Who waited for a release fence while it was pending: a thread (release-waits), a job
# of a GPU (release-jobs), or a callback, as poll() and fence containers use it
# (release-callbacks). The variables jobs, callbacks and dqbuf (frames that an application
# took back) are empty where the kernel has no event for it, as is users: buffers whose job had to wait
# until others no longer used them (patches/wait). Those of which no end is seen were given back.
/tracing_mark_write: record: end/ { exit }
/\[LOST [0-9]+ EVENTS\]/ { sub(/.*\[LOST /, ""); lost += $1; next }
# pending CONTEXT SEQNO: a release fence that has not ended
function pending(context, seqno) { return (context, seqno + 0) in alive }
function number(name, text) {
	text = $0
	sub(".* " name "=", "", text)
	return text + 0
}
/ dma_fence_wait_(start|end): / {
	fence = $0
	sub(/.*context=/, "", fence)
	if (/wait_start: /) {
		n["wait_start"]++
		waits[fence]++
		if (pending(number("context"), number("seqno"))) { n["release_start"]++; release[fence]++ }
	} else if (fence in waits) {
		n["wait_end"]++
		if (!--waits[fence]) delete waits[fence]
		if (fence in release) { n["release_end"]++; if (!--release[fence]) delete release[fence] }
	}
	next
}
/ drm_sched_job_wait_dep: / { if (pending(number("context"), number("seq"))) n["job"]++; next }
/ drm_sched_job_unschedulable: / {
	sub(/.* unsignalled fence=/, "")
	split($0, fence_of, /[: ]/)
	if (pending(fence_of[1] + 0, fence_of[2])) n["job"]++
	next
}
/ add_callback: / { if (pending(number("context"), number("seqno"))) n["callback"]++; next }
function at_time() {
	match($0, /[0-9]+\.[0-9]+: vb2_buf_wait/)
	return substr($0, RSTART, RLENGTH) + 0
}
# buffer: its queue, type and index
function buffer(of) {
	match($0, /owner = [^,]*,/)
	of = substr($0, RSTART, RLENGTH)
	match($0, /index = [^,]*, type = [^,]*,/)
	return of substr($0, RSTART, RLENGTH)
}
/ vb2_buf_wait_start: / { n["users_start"]++; since[buffer()] = at_time(); next }
/ vb2_buf_wait_end: / {
	of = buffer()
	if (of in since) { n["users_end"]++; waited += at_time() - since[of]; delete since[of] }
	next
}
/ vb2_buf_queue: / { n["buf_queue"]++; next }
/ vb2_buf_done: / { n["buf_done"]++; next }
/ v4l2_dqbuf: .* type = VIDEO_CAPTURE/ {
	frames++
	sub(/.* minor = /, "")
	if (!($0 + 0 in dequeued)) minor[++minors] = $0 + 0
	dequeued[$0 + 0]++
	next
}
/ dma_fence_(init|signaled|destroy): / {
	what = $0
	sub(/.* dma_fence_/, "", what); sub(/:.*/, "", what)
	all[what]++
	at = number("context")
	if ($0 ~ /driver=videobuf2/) ours[at] = 1
	if (!(at in ours)) next
	n[what]++
	seq = number("seqno")
	if (what == "init") alive[at, seq] = 1
	if (what != "signaled") next
	delete alive[at, seq]
	if (at in last && seq == last[at]) twice++
	if (at in last && seq < last[at]) disordered++
	last[at] = seq
}
END {
	printf "fences: %d %d %d\n", n["init"], n["signaled"], n["destroy"]
	printf "fences-of-all: %d %d %d\n", all["init"], all["signaled"], all["destroy"]
	printf "waits: %d %d\n", n["wait_start"], n["wait_end"]
	printf "release-waits: %d %d\n", n["release_start"], n["release_end"]
	print "release-jobs: " (jobs == "" ? "unknown" : n["job"] + 0)
	print "release-callbacks: " (callbacks == "" ? "unknown" : n["callback"] + 0)
	if (users == "") print "buffer-waits: unknown"
	else printf "buffer-waits: %d %d %d ms\n", n["users_start"], n["users_end"], waited * 1000 + 0.5
	printf "buffers: %d %d\n", n["buf_queue"], n["buf_done"]
	print "frames: " (dqbuf == "" ? "unknown" : frames + 0)
	for (i = 1; i <= minors; i++) print "dequeued: " minor[i] " " dequeued[minor[i]]
	printf "order: %d twice, %d disordered\n", twice, disordered
	printf "lost: %d\n", lost
}
