# shellcheck shell=sh
# shellcheck disable=SC2154
# For record: the kernel's trace events, in an instance of their own, which goes
# away again. Nothing else of tracing is touched.
tracefs='' mounted='' instance='' reader='' incomplete=''
events="dma_fence/dma_fence_init dma_fence/dma_fence_signaled dma_fence/dma_fence_destroy
	dma_fence/dma_fence_wait_end dma_fence/dma_fence_wait_start vb2/vb2_buf_queue vb2/vb2_buf_done"

trace_start() {
	for dir in "$root/sys/kernel/tracing" "$root/sys/kernel/debug/tracing"; do
		[ ! -d "$dir/events" ] || { tracefs=$dir; break; }
	done
	if [ -z "$tracefs" ] && mount -t tracefs tracefs "$root/sys/kernel/tracing" 2>/dev/null; then
		tracefs=$root/sys/kernel/tracing mounted=1
	fi
	[ -n "$tracefs" ] || { lack "tracefs (CONFIG_FTRACE), so nothing was counted"; return; }
	# its events come with the module, which may not be loaded yet
	[ -d "$tracefs/events/vb2" ] || modprobe videobuf2-common 2>/dev/null || :
	mkdir "$tracefs/instances/record-$$" 2>/dev/null ||
		{ lack "trace instances, so nothing was counted"; return; }
	instance=$tracefs/instances/record-$$
	echo 8192 >"$instance/buffer_size_kb"
	for event in $events; do
		{ echo 1 >"$instance/events/$event/enable"; } 2>/dev/null ||
			{ lack "the trace event ${event#*/}, so nothing was counted"; incomplete=1; }
	done
	[ -z "$incomplete" ] || return 0
	(awk -f "$here/count.awk" "$instance/trace_pipe" >"$tmp/counts"; : >"$tmp/counted") &
	reader=$!
}

# dropped: how many the buffers did not hold, as far as trace_pipe did not say so
dropped() { cat "$instance"/per_cpu/cpu*/stats 2>/dev/null | awk '/^dropped events:/ { n += $3 } END { print n + 0 }'; }

# let what is under way end, then mark the end, and wait until the reader got there:
# a reader that is killed takes along what it has not counted yet
trace_count() {
	[ -n "$reader" ] || { echo "fences: not counted" >"$tmp/counts"; return; }
	sleep 1
	echo 0 >"$instance/events/enable"
	echo "record: end" >"$instance/trace_marker"
	left=120
	while [ ! -e "$tmp/counted" ] && [ $left -gt 0 ]; do sleep 1; left=$((left - 1)); done
	if [ ! -e "$tmp/counted" ]; then
		lack "the time to read all events, so nothing was counted"
		echo "fences: not counted" >"$tmp/counts"
		return
	fi
	wait "$reader"
	reader=''
	echo "dropped: $(dropped)" >>"$tmp/counts"
}

trace_stop() {
	# the reader of an instance that is read ends with a mark
	if [ -n "$reader" ] && [ ! -e "$tmp/counted" ]; then
		echo "record: end" >"$instance/trace_marker"
		wait "$reader"
	fi
	[ -z "$instance" ] || rmdir "$instance" || say "cannot remove $instance"
	[ -z "$mounted" ] || umount "$tracefs" 2>/dev/null || say "cannot unmount $tracefs"
}
