# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154
# For record: the kernel's trace events, in an instance of their own, which goes
# away again. Nothing else of tracing is touched, but for one event that is made for
# the time of the recording.
tracefs='' mounted='' instance='' reader='' incomplete='' own_event='' counted=''
events="dma_fence/dma_fence_init dma_fence/dma_fence_signaled dma_fence/dma_fence_destroy
	dma_fence/dma_fence_wait_end dma_fence/dma_fence_wait_start vb2/vb2_buf_queue vb2/vb2_buf_done"

# turn_on EVENT: in the instance; its error is not worth a line
turn_on() { { echo 1 >"$instance/events/$1/enable"; } 2>/dev/null; }

# A job of a GPU that has to wait for a fence: by its name of 7.0 or of 6.12
trace_jobs() {
	jobs=
	for event in drm_sched_job_unschedulable drm_sched_job_wait_dep; do
		! turn_on "gpu_scheduler/$event" || { jobs=1; return; }
	done
	lack "an event for jobs that wait for a fence (drm_sched), so those are unknown"
}
# Which video node an application took frames from
trace_frames() {
	dqbuf=
	if turn_on v4l2/v4l2_dqbuf; then dqbuf=1; else lack "the trace event v4l2_dqbuf, so the number of frames is unknown"; fi
}
# dma_fence_add_callback() has no event of its own. One is made where the kernel knows
# the members of a fence (BTF).
make_callback_event() {
	for kind in f p; do
		{ echo "$kind:record$$/add_callback dma_fence_add_callback context=fence->context seqno=fence->seqno" \
			>>"$tracefs/dynamic_events"; } 2>/dev/null && { own_event=record$$/add_callback; return; }
	done
	:
}
trace_callbacks() {
	callbacks=
	{ [ -n "$own_event" ] && turn_on "$own_event" && callbacks=1; } ||
		lack "an event for callbacks on fences (CONFIG_FPROBE_EVENTS, CONFIG_DEBUG_INFO_BTF), so those are unknown"
}

# Buffers that others still used when their job could have started: with patches/wait alone, so no
# kernel lacks these events
trace_users() {
	users=
	! turn_on vb2/vb2_buf_wait_start || ! turn_on vb2/vb2_buf_wait_end || users=1
}

# trace_start FILE: what is counted from now on goes there
trace_start() {
	counts=$1 incomplete='' instance=''
	for dir in "$root/sys/kernel/tracing" "$root/sys/kernel/debug/tracing"; do
		[ ! -d "$dir/events" ] || { tracefs=$dir; break; }
	done
	if [ -z "$tracefs" ] && mount -t tracefs tracefs "$root/sys/kernel/tracing" 2>/dev/null; then
		tracefs=$root/sys/kernel/tracing mounted=1
	fi
	[ -n "$tracefs" ] || { lack "tracefs (CONFIG_FTRACE), so nothing was counted"; return; }
	# its events come with the module, which may not be loaded yet
	[ -d "$tracefs/events/vb2" ] || modprobe videobuf2-common 2>/dev/null || :
	[ -d "$tracefs/events/v4l2" ] || modprobe videodev 2>/dev/null || :
	make_callback_event
	mkdir "$tracefs/instances/record-$$" 2>/dev/null ||
		{ lack "trace instances, so nothing was counted"; return; }
	instance=$tracefs/instances/record-$$
	echo 8192 >"$instance/buffer_size_kb"
	for event in $events; do
		turn_on "$event" || { lack "the trace event ${event#*/}, so nothing was counted"; incomplete=1; }
	done
	[ -z "$incomplete" ] || return 0
	trace_jobs
	trace_callbacks
	trace_frames
	trace_users
	counted=$counts.done
	(
		awk -v jobs="$jobs" -v callbacks="$callbacks" -v dqbuf="$dqbuf" -v users="$users" \
			-f "$here/count.awk" "$instance/trace_pipe" >"$counts"
		: >"$counted"
	) &
	reader=$!
}

# dropped: how many the buffers did not hold, as far as trace_pipe did not say so
dropped() { cat "$instance"/per_cpu/cpu*/stats 2>/dev/null | awk '/^dropped events:/ { n += $3 } END { print n + 0 }'; }

# let what is under way end, then mark the end, and wait until the reader got there:
# a reader that is killed takes along what it has not counted yet
trace_count() {
	[ -n "$reader" ] || { echo 'fences: not counted' >"$counts"; return; }
	sleep 1
	echo 0 >"$instance/events/enable"
	echo "record: end" >"$instance/trace_marker"
	left=120
	while [ ! -e "$counted" ] && [ $left -gt 0 ]; do sleep 1; left=$((left - 1)); done
	if [ ! -e "$counted" ]; then
		lack "the time to read all events, so nothing was counted"
		echo 'fences: not counted' >"$counts"
		return
	fi
	wait "$reader"
	reader=''
	echo "dropped: $(dropped)" >>"$counts"
}

trace_stop() {
	# the reader of an instance that is read ends with a mark
	if [ -n "$reader" ] && [ ! -e "$counted" ]; then
		echo "record: end" >"$instance/trace_marker"
		wait "$reader"
	fi
	reader=''
	[ -z "$instance" ] || rmdir "$instance" || say "cannot remove $instance"
	instance=''
	[ -z "$own_event" ] || echo "-:$own_event" >>"$tracefs/dynamic_events" || say "cannot remove the event $own_event"
	own_event=''
	[ -z "$mounted" ] || umount "$tracefs" 2>/dev/null || say "cannot unmount $tracefs"
	mounted=''
}
