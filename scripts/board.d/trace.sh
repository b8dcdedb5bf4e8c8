# shellcheck shell=sh
# shellcheck disable=SC2154
# For record: the kernel's trace events, in an instance of their own, which goes
# away again. Nothing else of tracing is touched.
tracefs='' mounted='' instance='' reader='' incomplete=''
events="dma_fence/dma_fence_init dma_fence/dma_fence_signaled dma_fence/dma_fence_destroy
	dma_fence/dma_fence_wait_start dma_fence/dma_fence_wait_end vb2/vb2_buf_queue vb2/vb2_buf_done"

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
	mkfifo "$tmp/pipe"
	awk -f "$here/count.awk" <"$tmp/pipe" >"$tmp/counts" &
	counter=$!
	cat "$instance/trace_pipe" >"$tmp/pipe" &
	reader=$!
}

# unread: how many events are still in the buffers
unread() { cat "$instance"/per_cpu/cpu*/stats 2>/dev/null | awk '/^entries:/ { n += $2 } END { print n + 0 }'; }
# dropped: how many the buffers did not hold, as far as trace_pipe did not say so
dropped() { cat "$instance"/per_cpu/cpu*/stats 2>/dev/null | awk '/^dropped events:/ { n += $3 } END { print n + 0 }'; }

# let what is under way end, and the reader get through, then make an end
trace_count() {
	[ -n "$reader" ] && [ -z "$incomplete" ] || { echo "fences: not counted" >"$tmp/counts"; return; }
	sleep 1
	echo 0 >"$instance/tracing_on"
	left=60
	while [ "$(unread)" != 0 ] && [ $left -gt 0 ]; do sleep 1; left=$((left - 1)); done
	sleep 1
	[ "$(unread)" = 0 ] || lack "the time to read all events: $(unread) were left"
	kill "$reader" 2>/dev/null
	wait "$reader" 2>/dev/null
	wait "$counter"
	echo "dropped: $(dropped)" >>"$tmp/counts"
	reader=
}

trace_stop() {
	[ -z "$reader" ] || { kill "$reader"; wait "$reader"; } 2>/dev/null
	[ -z "$instance" ] || rmdir "$instance" || say "cannot remove $instance"
	[ -z "$mounted" ] || umount "$tracefs" 2>/dev/null || say "cannot unmount $tracefs"
}
