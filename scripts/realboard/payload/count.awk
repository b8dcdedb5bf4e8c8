# Counts trace events as "record" reads them. Of fences those of videobuf2; a wait
# is for any fence, and one that began before the recording is none. "disordered" is
# a fence that ends after a later one of its timeline, "twice" one that ends twice.
# Newer kernels have forgotten the driver of a fence by the time it is destroyed, so
# its timeline is what tells whose it is.
/tracing_mark_write: record: end/ { exit }
/\[LOST [0-9]+ EVENTS\]/ { sub(/.*\[LOST /, ""); lost += $1; next }
/ dma_fence_wait_(start|end): / {
	fence = $0
	sub(/.*context=/, "", fence)
	if (/wait_start: /) { n["wait_start"]++; waits[fence]++ }
	else if (fence in waits) { n["wait_end"]++; if (!--waits[fence]) delete waits[fence] }
	next
}
/ vb2_buf_queue: / { n["buf_queue"]++; next }
/ vb2_buf_done: / { n["buf_done"]++; next }
/ dma_fence_(init|signaled|destroy): / {
	what = $0
	sub(/.* dma_fence_/, "", what); sub(/:.*/, "", what)
	all[what]++
	at = $0; sub(/.*context=/, "", at); sub(/ .*/, "", at)
	if ($0 ~ /driver=videobuf2/) ours[at] = 1
	if (!(at in ours)) next
	n[what]++
	if (what != "signaled") next
	seq = $0; sub(/.*seqno=/, "", seq); sub(/[^0-9].*/, "", seq)
	seq += 0
	if (at in last && seq == last[at]) twice++
	if (at in last && seq < last[at]) disordered++
	last[at] = seq
}
END {
	printf "fences: %d %d %d\n", n["init"], n["signaled"], n["destroy"]
	printf "fences-of-all: %d %d %d\n", all["init"], all["signaled"], all["destroy"]
	printf "waits: %d %d\n", n["wait_start"], n["wait_end"]
	printf "buffers: %d %d\n", n["buf_queue"], n["buf_done"]
	printf "order: %d twice, %d disordered\n", twice, disordered
	printf "lost: %d\n", lost
}
