#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# record, of the tarball for real boards: with nothing but busybox, and a made-up
# /proc and /sys
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sendable.sh"

# board: $T/bin has busybox alone, $T/root is what record sees of the kernel
board() {
	command -v busybox >/dev/null || skip "no busybox"
	[ "$(id -u)" = 0 ] || skip "record wants root"
	mkdir -p bin root/proc/device-tree root/sys/kernel root/dev root/sys/class/video4linux/video0 root/boot
	busybox --install -s bin 2>/dev/null || for applet in $(busybox --list); do ln -sf "$(command -v busybox)" "bin/$applet"; done
	cp -r "$S/realboard/payload" tarball
	cp "$HERE/../board/splats.re" "$S/lib/ktap.awk" tarball
	printf 'base: v7.3\npatch: 0123 media: one\n' >tarball/series
	printf 'Pine64 PineTab2 v2.0\0' >root/proc/device-tree/model
	printf 'pine64,pinetab2\0rockchip,rk3566\0' >root/proc/device-tree/compatible
	printf 'ffff t vb2_buffer_attach_release_fence\n' >root/proc/kallsyms
	printf ' debug_locks: 1\n' >root/proc/lockdep_stats
	echo rockchip-rga >root/sys/class/video4linux/video0/name
	printf 'CONFIG_PROVE_LOCKING=y\nCONFIG_VIDEOBUF2_RELEASE_FENCES=y\nCONFIG_USB=y\n' | gzip >root/proc/config.gz
	: >root/dev/kmsg
	# the log holds what was written to it, and what the test says
	rm -f bin/dmesg
	printf '#!%s/bin/sh\ncat %s/root/dev/kmsg %s/log 2>/dev/null; :\n' "$T" "$T" "$T" >bin/dmesg
	# a second is long where nothing takes time
	rm -f bin/sleep
	printf '#!%s/bin/sh\nexec busybox sleep 0.1\n' "$T" >bin/sleep
	chmod +x bin/dmesg bin/sleep
}
# tracing: a tracefs whose instances have what they need, and these events
tracing() {
	mkdir -p root/sys/kernel/tracing/events/vb2 root/sys/kernel/tracing/instances
	: >root/sys/kernel/tracing/dynamic_events
	printf '%s\n' "$@" >events
	rm -f bin/mkdir bin/rmdir
	cat >bin/mkdir <<END
#!$T/bin/sh
busybox mkdir "\$@" || exit
for dir; do :; done
case \$dir in */instances/*) ;; *) exit 0 ;; esac
for e in dma_fence_init dma_fence_signaled dma_fence_destroy dma_fence_wait_start dma_fence_wait_end; do busybox mkdir -p \$dir/events/dma_fence/\$e; done
for e in v4l2_dqbuf; do busybox mkdir -p \$dir/events/v4l2/\$e; done
busybox mkdir -p \$dir/events/vb2/vb2_buf_queue \$dir/events/vb2/vb2_buf_done \$dir/per_cpu/cpu0 \$dir/events/gpu_scheduler/drm_sched_job_unschedulable
sed -n 's/^[fp]:\([^ ]*\) .*/\1/p' $T/root/sys/kernel/tracing/dynamic_events | while read event; do busybox mkdir -p \$dir/events/\$event; done
printf 'entries: 0\noverrun: 0\ndropped events: 0\n' >\$dir/per_cpu/cpu0/stats
cp $T/events \$dir/trace_pipe
END
	printf '#!%s/bin/sh\ncase $1 in */instances/*) exec rm -r "$1" ;; esac\nexec busybox rmdir "$@"\n' "$T" >bin/rmdir
	chmod +x bin/mkdir bin/rmdir
}
# rec: with busybox sh, which takes its own applets whatever PATH holds; shrec with
# another shell, where stand-ins in $T/bin count
rec() { env -i PATH="$T/bin" RECORD_ROOT="$T/root" TMPDIR="$T" "$T/bin/sh" "$T/tarball/record" "$@"; }
shrec() { env -i PATH="$T/bin" RECORD_ROOT="$T/root" TMPDIR="$T" /bin/sh "$T/tarball/record" "$@"; }
has() { grep -qE -- "$1" pine.record || fail "the record has no '$1': $(cat pine.record)"; }

test_record_of_a_board() {
	board
	tracing ' old-1 [000] 1.0: dma_fence_wait_end: driver=videobuf2 timeline=t context=1 seqno=1' \
		' mpv-1 [000] 1.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=1' \
		' mpv-1 [000] 1.0: dma_fence_init: driver=panfrost timeline=t context=9 seqno=1' \
		' mpv-1 [000] 1.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=2' \
		' way-1 [000] 1.0: dma_fence_wait_start: driver=videobuf2 timeline=t context=1 seqno=2' \
		' way-1 [000] 1.0: dma_fence_wait_start: driver=panfrost timeline=t context=9 seqno=1' \
		' way-1 [000] 1.0: drm_sched_job_unschedulable: fence=7:1 depends on unsignalled fence=1:2, client_id:3' \
		' way-1 [000] 1.0: drm_sched_job_unschedulable: fence=7:2 depends on unsignalled fence=9:1' \
		' way-1 [000] 1.0: add_callback: (dma_fence_add_callback+0x0/0x90) context=1 seqno=1' \
		' way-1 [000] 1.0: add_callback: (dma_fence_add_callback+0x0/0x90) context=1 seqno=2' \
		' way-1 [000] 1.0: add_callback: (dma_fence_add_callback+0x0/0x90) context=9 seqno=1' \
		' way-1 [000] 1.0: dma_fence_wait_end: driver=panfrost timeline=t context=9 seqno=1' \
		' irq-1 [000] 1.0: dma_fence_signaled: driver=videobuf2 timeline=t context=1 seqno=2' \
		' irq-1 [000] 1.0: dma_fence_signaled: driver=videobuf2 timeline=t context=1 seqno=1' \
		' mpv-1 [000] 1.0: dma_fence_wait_start: driver=videobuf2 timeline=t context=1 seqno=1' \
		' mpv-1 [000] 1.0: dma_fence_wait_end: driver=videobuf2 timeline=t context=1 seqno=1' \
		' rcu-1 [000] 1.0: dma_fence_destroy: driver=detached-driver timeline=signaled-timeline context=1 seqno=1' \
		' rcu-1 [000] 1.0: dma_fence_destroy: driver=detached-driver timeline=signaled-timeline context=9 seqno=1' \
		' mpv-1 [000] 1.0: vb2_buf_queue: owner = 1' ' irq-1 [000] 1.0: vb2_buf_done: owner = 1' \
		'CPU:0 [LOST 7 EVENTS]' ' sh-1 [000] 2.0: tracing_mark_write: record: end' \
		' mpv-1 [000] 3.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=3'
	code=0
	shrec -n pine -- sh -c 'echo played; exit 3' >out 2>err || code=$?
	[ $code = 3 ] || fail "the code of the command got lost: $code, $(cat err)"
	grep -qx played out || fail "the command did not run"
	for line in 'record: 1' 'hardware: real' 'model: Pine64 PineTab2 v2.0' 'base: v7.3' 'patch: 0123 media: one' \
		'option: y' 'lockdep: on' 'device: video0 rockchip-rga' 'config: CONFIG_PROVE_LOCKING=y' 'exit: 3' \
		'fences: 2 2 1' 'fences-of-all: 3 2 2' 'waits: 3 2' 'release-waits: 1 0' \
		'release-jobs: 1' 'release-callbacks: 2' 'waited: yes' 'enable: unknown' 'buffers: 1 1' 'order: 0 twice, 1 disordered' \
		'lost: 7' 'splats: 0' 'lacks: nothing' 'command: sh -c echo played; exit 3'; do
		has "^$line\$"
	done
	! grep -q 'not counted' pine.record || fail "it does not count"
	! grep -q USB pine.record || fail "more of the configuration than it says"
	[ "$(tail -n 1 pine.record)" = end ] || fail "no end"
	[ -z "$(ls root/sys/kernel/tracing/instances)" ] || fail "the instance is still there"
	sed -n '$p' root/sys/kernel/tracing/dynamic_events | grep -qE '^-:record[0-9]+/add_callback$' ||
		fail "the event is still there: $(cat root/sys/kernel/tracing/dynamic_events)"
	[ -z "$(ls -d tmp.* 2>/dev/null)" ] || fail "left behind: $(ls)"
}
# waiting EVENT...: a fence begins, these happen, it ends
waiting() {
	tracing ' mpv-1 [000] 1.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=2' "$@" \
		' irq-1 [000] 1.0: dma_fence_signaled: driver=videobuf2 timeline=t context=1 seqno=2' \
		' way-1 [000] 2.0: dma_fence_wait_start: driver=detached-driver timeline=signaled-timeline context=1 seqno=2'
}
test_record_who_waited() {
	board
	waiting
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^waited: no$'
	has '^waits: 1 0$'
	said 'did anybody wait for a release fence\? no'
	for event in 'dma_fence_wait_start: driver=videobuf2 timeline=t context=1 seqno=2' \
		'drm_sched_job_wait_dep: job ring=x, id=5, depends fence=0000, context=1, seq=2' \
		'drm_sched_job_unschedulable: fence=7:1 depends on unsignalled fence=1:2' 'add_callback: (x+0x0/0x90) context=1 seqno=2'; do
		waiting " way-1 [000] 1.0: $event"
		shrec -n pine -- true >out 2>err || fail "$(cat err)"
		has '^waited: yes$'
	done
	# what was lost may have been a wait
	waiting 'CPU:0 [LOST 7 EVENTS]'
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^waited: unknown: 7 events were lost$'
	# without BTF there are no callbacks to see, and nobody may say that none waited
	waiting
	sed -i '/dynamic_events/d' bin/mkdir
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^release-callbacks: unknown$'
	has '^waited: unknown: the kernel lacks an event, see "lacks"$'
	has '^lacks: an event for callbacks on fences'
	waiting
	sed -i 's/drm_sched_job_unschedulable/other/' bin/mkdir
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^release-jobs: unknown$'
	has '^waited: unknown: the kernel lacks an event'
}
# dequeued MINOR TYPE N: N times what the kernel traces for VIDIOC_DQBUF
dequeued() { seq "$3" | sed "s/.*/ mpv-1 [000] 1.0: v4l2_dqbuf: minor = $1, index = &, type = $2, bytesused = 9, flags = /"; }
# node NUMBER MINOR DRIVER
node() {
	mkdir -p "root/sys/class/video4linux/video$1/device"
	echo "81:$2" >"root/sys/class/video4linux/video$1/dev"
	printf 'DRIVER=%s\nOF_NAME=codec\n' "$3" >"root/sys/class/video4linux/video$1/device/uevent"
	echo "name of $3" >"root/sys/class/video4linux/video$1/name"
}
test_record_in_which_no_fence_began() {
	board
	rm -r root/sys/class/video4linux/*
	node 7 4 rkvdec
	tracing ' mpv-1 [000] 1.0: dma_fence_init: driver=panfrost timeline=t context=9 seqno=1'
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^waited: unknown: no V4L2 device finished a buffer$'
	has '^frames: 0$'
	said 'did anybody wait for a release fence\? unknown: no V4L2 device'
	shrec -n pine -- sh -c 'exit 9' >out 2>err && fail "exit code lost"
	has '^waited: unknown: the command failed \(exit code 9\); no V4L2 device finished a buffer$'
	# a decoder that publishes none, and a node that is gone again
	tracing "$(dequeued 4 VIDEO_OUTPUT_MPLANE 3)" "$(dequeued 4 VIDEO_CAPTURE_MPLANE 40)" "$(dequeued 5 VIDEO_CAPTURE 2)"
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^frames: 42$'
	has '^node: video7 rkvdec: 40 frames$'
	has '^waited: unknown: rkvdec \(video7\) and an unknown driver \(minor 5\) finished 42 frames without a release fence: '
	# an older kernel without the event, but something did finish
	tracing ' irq-1 [000] 1.0: vb2_buf_done: owner = 1'
	sed -i 's/ v4l2_dqbuf//' bin/mkdir
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^frames: unknown$'
	has '^lacks: the trace event v4l2_dqbuf, so '
	has '^waited: unknown: a V4L2 device finished 1 buffers without a release fence: '
	# switched off, and without the option
	tracing "$(dequeued 4 VIDEO_CAPTURE_MPLANE 40)"
	mkdir -p root/sys/module/videobuf2_release_fence/parameters
	echo N >root/sys/module/videobuf2_release_fence/parameters/enable
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^waited: unknown: release fences were switched off$'
	echo 'ffff t vb2_buffer_done' >root/proc/kallsyms
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^waited: unknown: the kernel has no release fences$'
}
test_record_off_and_on() {
	board
	waiting ' way-1 [000] 1.0: add_callback: (x+0x0/0x90) context=1 seqno=2'
	switch=root/sys/module/videobuf2_release_fence/parameters/enable
	shrec -c -n pine -- true >out 2>err && fail "it compares nothing" || grep -q 'no videobuf2_release_fence.enable' err || fail "$(cat err)"
	mkdir -p "${switch%/*}"
	echo Y >$switch
	shrec -c -n pine -- sh -c "cat $T/$switch >>$T/states; echo 'dma_fence_init: driver=none context=3 seqno=1' >$T/events" >out 2>err || fail "$(cat err)"
	[ "$(cat states)" = "N
Y" ] || fail "it ran with $(cat states)"
	for line in 'off-enable: N' 'enable: Y' 'off-fences: 1 1 0' 'fences: 0 0 0' 'off-waited: yes' 'off-exit: 0' 'exit: 0' 'off-splats: 0'; do
		has "^$line\$"
	done
	[ "$(cat $switch)" = Y ] || fail "left at $(cat $switch)"
	# as it was, also when the second run fails
	echo N >$switch
	code=0
	shrec -c -n pine -- sh -c "exit 3" >out 2>err || code=$?
	[ $code = 3 ] || fail "exit code $code"
	[ "$(cat $switch)" = N ] || fail "left at $(cat $switch)"
	[ -z "$(ls root/sys/kernel/tracing/instances)" ] || fail "an instance is still there"
}
# compares OFF ON: -c with so many frames in the two runs
compares() {
	tracing "$(dequeued 4 VIDEO_CAPTURE_MPLANE "$1")"
	dequeued 4 VIDEO_CAPTURE_MPLANE "$2" >on
	shrec -c -n pine -- sh -c "cat $T/on >$T/events" >out 2>err || fail "$(cat err)"
	has "^off-frames: $1\$"
	has "^frames: $2\$"
}
test_record_compares_what_is_alike() {
	board
	mkdir -p root/sys/module/videobuf2_release_fence/parameters
	echo Y >root/sys/module/videobuf2_release_fence/parameters/enable
	compares 100 91
	has '^compared: yes$'
	compares 91 100
	has '^compared: yes$'
	compares 100 89
	has '^compared: no: 100 frames with release fences off, 89 with them on$'
	said 'do not compare the two runs: 100 frames'
	compares 0 0
	has '^compared: no: 0 frames'
	tracing
	sed -i 's/ v4l2_dqbuf//' bin/mkdir
	shrec -c -n pine -- true >out 2>err || fail "$(cat err)"
	has '^compared: no: unknown frames'
	# one run alone is none to compare
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	! grep -q '^compared' pine.record || fail "it compares one run"
}
test_record_without_an_event() {
	board
	tracing ' mpv-1 [000] 1.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=1'
	sed -i 's/ dma_fence_signaled//' bin/mkdir
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^lacks: the trace event dma_fence_signaled'
	has '^fences: not counted$'
}
test_record_of_splats() {
	board
	echo '[1.0] WARNING: CPU: 0 PID: 1 at drivers/old.c' >root/dev/kmsg
	# the log is appended to, as the kernel does
	rm root/dev/kmsg
	mkfifo root/dev/kmsg
	printf '#!%s/bin/sh\ncat %s/before 2>/dev/null; cat %s/marks %s/log 2>/dev/null; :\n' "$T" "$T" "$T" "$T" >bin/dmesg
	echo '[1.0] WARNING: CPU: 0 PID: 1 at drivers/old.c' >before
	cat root/dev/kmsg >marks &
	printf '%s\n' '[    2.000000] WARNING: possible circular locking dependency detected' '[2.0] the chain' \
		'[    3.000000][   T12] unreferenced object 0xffff (size 64):' >new
	shrec -n pine -- sh -c "cp $T/new $T/log" >out 2>err || fail "$(cat err)"
	has '^splats: 2$'
	has '^splats-before: 1$'
	has '^log: the chain'
	has '^log: unreferenced object'
	! grep -q '^log:.*old.c' pine.record || fail "an old splat counts"
}
test_record_names_what_a_board_lacks() {
	board
	rm -r root/proc/* root/sys/* root/dev
	rec -n pine -- true >out 2>err || fail "$(cat err)"
	for what in 'a device tree' 'its configuration' '/proc/kallsyms' 'lockdep \(not built\)' 'any V4L2 device' '/dev/kmsg' \
		'tracefs \(CONFIG_FTRACE\), so nothing was counted'; do
		grep -qE "^lacks: .*$what" pine.record || fail "it does not say that it lacks '$what': $(cat pine.record)"
		grep -qE "$what" err || fail "the owner does not hear of '$what'"
	done
	has '^fences: not counted$'
	has '^option: unknown$'
	has '^hardware: unknown$'
	rm bin/awk
	code=0
	shrec -n pine -- true >out 2>err || code=$?
	[ $code = 3 ] && grep -q "no 'awk'" err || fail "without awk: $code, $(cat err)"
}
test_record_of_a_kernel_without_the_option() {
	board
	echo 'ffff t vb2_buffer_done' >root/proc/kallsyms
	printf ' debug_locks: 0\n' >root/proc/lockdep_stats
	printf 'linux,dummy-virt\0' >root/proc/device-tree/compatible
	rec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^option: n$'
	has '^lockdep: off since an earlier report$'
	has '^hardware: modelled$'
}
test_record_bad_usage() {
	board
	for args in '' '--' '-x -- true' 'true' '-n' '-c' '-u' '-c -r -- true' '-R -c -- true'; do
		code=0
		# shellcheck disable=SC2086
		rec $args >out 2>err || code=$?
		[ $code = 2 ] && grep -q usage err || fail "'$args': $code, $(cat err)"
	done
	code=0
	rec -n 'a/b' -- true >out 2>err || code=$?
	[ $code = 2 ] && grep -q 'name of letters' err || fail "a bad name: $code, $(cat err)"
	rec -- no-such-player >out 2>err && fail "no such command" || grep -q "no command 'no-such-player'" err || fail "$(cat err)"
	[ -z "$(ls ./*.record* 2>/dev/null)" ] || fail "a record all the same"
}
# players: inuse.so as the tarball has it, but for this processor, and players on a node
players() {
	command -v gcc >/dev/null || skip "no gcc"
	board
	tracing ' mpv-1 [000] 1.0: vb2_buf_queue: owner = 1' "$(dequeued 4 VIDEO_CAPTURE_MPLANE 1)"
	made=${T%/*}/fixture-players
	[ -d "$made" ] || {
		mkdir -p "$made.new/dev"
		cc() { gcc -O2 -Wall -Wextra -Werror "$@" || exit; }
		cc -fPIC -shared -nostdlib -o "$made.new/inuse.so" "$S/realboard/payload/inuse.c"
		cc -fPIC -shared -o "$made.new/node.so" "$HERE/inuse/node.c"
		cc -o "$made.new/player" "$HERE/inuse/player.c" -lpthread
		: >"$made.new/dev/video3"
		mv "$made.new" "$made"
	}
	cp "$made/inuse.so" tarball/
}
# plays OPTION HABIT: record it; its code is in $code
plays() {
	code=0
	env -i PATH="$T/bin" RECORD_ROOT="$T/root" TMPDIR="$T" LD_PRELOAD="$made/node.so" /bin/sh "$T/tarball/record" "$1" -n pine -- \
		"$made/player" "$made/dev/video3" "$2" >out 2>err || code=$?
}
# finds HABIT ANSWER QUEUE...: without fault, of the player or of the library
finds() {
	plays -r "$1"
	[ $code = 0 ] || fail "the player that $1 exits with $code: $(cat err)"
	has "^in-use: $2"
	shift 2
	for queue; do has "^queue: video3 $queue\$"; done
	[ "$(grep -c '^queue:' pine.record)" = $# ] || fail "other queues: $(cat pine.record)"
}
test_buffers_in_use() {
	players
	finds behaves 'no: none of 8 buffers; this is no proof: ' 'CAPTURE: 8 queued, 0 in use, 0 not asked, 0 no DMABUF'
	said 'were buffers in use when they were queued\? no: none of 8 buffers; this is no proof'
	finds hurries 'yes: 3 of 8 buffers that were asked$' 'CAPTURE: 8 queued, 3 in use, 0 not asked, 0 no DMABUF' \
		'OUTPUT: 4 queued, 0 in use, 0 not asked, 4 no DMABUF'
	finds imports 'yes: 5 of 9' 'CAPTURE: 4 queued, 2 in use, 0 not asked, 0 no DMABUF' \
		'OUTPUT: 5 queued, 3 in use, 0 not asked, 0 no DMABUF'
	finds fails 'unknown: no buffer was a DMABUF' 'CAPTURE: 1 queued, 0 in use, 0 not asked, 1 no DMABUF'
	finds does_nothing 'unknown: no VIDIOC_QBUF was seen, but the kernel saw 1 buffers queued'
	[ -z "$(ls -d tmp.* 2>/dev/null)" ] || fail "left behind: $(ls)"
	# where nothing was decoded nothing was queued again
	tracing ' mpv-1 [000] 1.0: vb2_buf_queue: owner = 1'
	finds behaves 'unknown: no V4L2 device finished a buffer$' 'CAPTURE: 8 queued, 0 in use, 0 not asked, 0 no DMABUF'
	# callbacks are those of poll() in inuse.so then
	tracing ' mpv-1 [000] 1.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=2' \
		' mpv-1 [000] 1.0: add_callback: (x+0x0/0x90) context=1 seqno=2'
	finds does_nothing 'unknown: nothing was queued to a V4L2 device'
	has '^waited: unknown: inuse.so polled the DMABUFs itself$'
}
test_buffers_that_cannot_be_asked() {
	players
	finds closes 'yes: 1 of 2' 'CAPTURE: 6 queued, 1 in use, 3 not asked, 1 no DMABUF'
	finds forgets 'yes: 2 of 2' 'CAPTURE: 5 queued, 1 in use, 0 not asked, 4 no DMABUF' \
		'OUTPUT: 1 queued, 1 in use, 0 not asked, 0 no DMABUF'
	finds exports_twice 'yes: 1 of 2' 'CAPTURE: 2 queued, 1 in use, 0 not asked, 0 no DMABUF'
	finds exports_often 'yes: 1 of 1' 'CAPTURE: 3 queued, 1 in use, 2 not asked, 0 no DMABUF'
	finds exports_one_buffer 'yes: 1 of 1' 'CAPTURE: 2 queued, 1 in use, 1 not asked, 0 no DMABUF'
	finds closes_all 'unknown: 1 buffers could not be asked: the player had closed their descriptors; the other 1 were idle' \
		'CAPTURE: 2 queued, 0 in use, 1 not asked, 0 no DMABUF'
	# shellcheck disable=SC3045 # each sh that may run this has it
	[ "$(ulimit -Hn)" != unlimited ] && [ "$(ulimit -Hn)" -lt 1200 ] && skip "no process may have 1200 files open"
	finds exports_many 'unknown: there was no room for 76 exports' 'CAPTURE: 1 queued, 0 in use, 0 not asked, 0 no DMABUF'
	finds exports_many_in_turn 'yes: 2 of 2' 'CAPTURE: 3 queued, 2 in use, 0 not asked, 1 no DMABUF'
}
test_buffers_of_many() {
	players
	finds threads 'yes: 60000 of 160000' 'CAPTURE: 160000 queued, 60000 in use, 0 not asked, 0 no DMABUF' \
		'OUTPUT: 1 queued, 0 in use, 0 not asked, 1 no DMABUF'
	gcc -O2 -o counters "$HERE/inuse/counters.c" -lpthread
	passes ./counters
	[ "$(cut -d' ' -f1 out)" = "$(cut -d' ' -f2 out)" ] || fail "counts got lost: $(cat out)"
	# whatever becomes of the player
	plays -r is_killed
	[ $code = 137 ] || fail "exit code $code"
	has '^queue: video3 CAPTURE: 1 queued, 1 in use'
	has '^in-use: yes: 1 of 1'
	# what the player starts
	env -i PATH="$T/bin" RECORD_ROOT="$T/root" TMPDIR="$T" LD_PRELOAD="$made/node.so" /bin/sh "$T/tarball/record" -r -n pine -- \
		/bin/sh -c '"$1" "$2" hurries; "$1" "$2" behaves & "$1" "$2" hurries; wait' sh "$made/player" "$made/dev/video3" || fail "it fails"
	has '^queue: video3 CAPTURE: 24 queued, 6 in use'
}
test_buffers_are_waited_for() {
	players
	finds is_patient 'yes: 2 of 2 buffers that were asked$' 'CAPTURE: 2 queued, 2 in use, 0 not asked, 0 no DMABUF'
	plays -R is_patient
	[ $code = 0 ] || fail "exit code $code: $(cat err)"
	has '^queue: video3 CAPTURE: 2 queued, 2 in use, 0 not asked, 0 no DMABUF, 1 free after waiting$'
	has '^in-use: yes: 2 of 2 buffers that were asked, 1 of them not after waiting$'
}
test_buffers_of_who_has_no_library() {
	players
	# it is loaded by the command, and by nothing that record itself runs
	printf '#!%s/bin/sh\nenv >>%s/environment; exec busybox date "$@"\n' "$T" "$T" >bin/stand-in
	chmod +x bin/stand-in
	mv -f bin/stand-in bin/date
	shrec -r -n pine -- busybox true 2>err || fail "$(cat err)"
	has '^in-use: unknown: no process loaded inuse.so'
	grep -q PATH environment || fail "the stand-in did not run"
	! grep -q inuse environment || fail "record itself loads it"
	rm tarball/inuse.so
	code=0
	shrec -r -n pine -- true 2>err || code=$?
	[ $code = 2 ] && said 'inuse.so is missing' || fail "$code"
	cp "$made/inuse.so" tarball/
	cp -r tarball 'tar ball'
	code=0
	env -i PATH="$T/bin" RECORD_ROOT="$T/root" TMPDIR="$T" /bin/sh "$T/tar ball/record" -r -n pine -- true 2>err || code=$?
	[ $code = 2 ] && said 'where the path has no space' || fail "$code"
}
test_record_on_the_desktop_of_a_user() {
	players
	# runs COMMAND as that user would
	printf '#!%s/bin/sh\n[ "$1 $2 $3" = "-u nobody --" ] || exit 9\nshift 3\nexec "$@"\n' "$T" >bin/runuser
	chmod +x bin/runuser
	uid=$(id -u nobody)
	code=0
	shrec -u nobody -n pine -- true 2>err || code=$?
	[ $code = 2 ] && said "'nobody' is not logged in at a Wayland desktop: there is no .*/run/user/$uid/wayland" || fail "$code"
	mkdir -p "root/run/user/$uid"
	: >"root/run/user/$uid/wayland-1.lock"
	shrec -u nobody -n pine -- true 2>err && fail "a lock is no socket"
	: >"root/run/user/$uid/wayland-1"
	shrec -u nobody -n pine -- sh -c 'env; exit 3' >out 2>err && fail "exit code lost"
	says '^WAYLAND_DISPLAY=wayland-1$'
	says "^XDG_RUNTIME_DIR=$T/root/run/user/$uid\$"
	says "^DBUS_SESSION_BUS_ADDRESS=unix:path=$T/root/run/user/$uid/bus\$"
	says '^USER=nobody$'
	says "^HOME=$(eval echo ~nobody)\$"
	has '^exit: 3$'
	has '^command: sh -c env; exit 3$'
	# with the library, which that user can read
	env -i PATH="$T/bin" RECORD_ROOT="$T/root" TMPDIR="$T" LD_PRELOAD="$made/node.so" /bin/sh "$T/tarball/record" -u nobody -r -n pine -- \
		"$made/player" "$made/dev/video3" hurries || fail "it fails"
	has '^in-use: yes: 3 of 8'
	printf '#!%s/bin/sh\nshift 3\nfor word; do [ "$word" != test ] || exit 1; done\nexec "$@"\n' "$T" >bin/runuser
	code=0
	shrec -u nobody -r -n pine -- true 2>err || code=$?
	[ $code = 2 ] && said "'nobody' cannot read .*/tarball" || fail "$code: $(cat err)"
	for bad in no-such-user 'a b' '' -- '$(id)'; do
		code=0
		shrec -u "$bad" -n pine -- true 2>err || code=$?
		[ $code = 2 ] || fail "'$bad': $code, $(cat err)"
	done
	rm bin/runuser
	code=0
	shrec -u nobody -n pine -- true 2>err || code=$?
	[ $code = 3 ] && said "no 'runuser'" || fail "$code: $(cat err)"
}
test_record_into_the_results() {
	board
	sendable
	sed 's/^/patch: /; 1s/^/base: v7.3\n/' ids >tarball/series
	tracing ' mpv-1 [000] 1.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=1'
	printf 'linux,dummy-virt\0' >root/proc/device-tree/compatible
	(cd evidence/boards && shrec -n emulated -- true >/dev/null 2>&1) || fail "no record"
	(unset BASE && passes "$S/evidence/results" "$T/mine.md") || exit
	grep -q "^| emulated.record | modelled, Pine64.* | 1/0, 0/0, .* | no: 0 threads, 0 jobs of a GPU, 0" mine.md || fail "$(cat mine.md)"
	passes env BASE=v7.3 "$S/realboard/records.sh" evidence/boards/emulated.record
	says 'no: 0 threads, 0 jobs of a GPU, 0 callbacks$'
	# the two runs of -c, as far as they can be compared
	sed -i 's/^waited: .*/&\noff-release-waits: 4 4\noff-waited: yes\ncompared: yes/' evidence/boards/emulated.record
	passes env BASE=v7.3 "$S/realboard/records.sh" evidence/boards/emulated.record
	says '; switched off 4 threads, '
	sed -i 's/^compared: .*/compared: no: 9 frames/' evidence/boards/emulated.record
	passes env BASE=v7.3 "$S/realboard/records.sh" evidence/boards/emulated.record
	says 'no: 0 threads, 0 jobs of a GPU, 0 callbacks$'
	sed -i 's/^waited: .*/waited: unknown: no V4L2 device finished a buffer/' evidence/boards/emulated.record
	passes env BASE=v7.3 "$S/realboard/records.sh" evidence/boards/emulated.record
	says 'unknown: no V4L2 device finished a buffer$'
	passes "$S/send/cover-letter"
	grep -q "^  real hardware: not run in this form$" cover-letter || fail "$(cat cover-letter)"
}
test_board_tarball() {
	command -v aarch64-linux-gnu-gcc >/dev/null || skip "no compiler for arm64"
	sendable
	passes "$S/realboard/realboard"
	tar -xzf "$CACHE"/out/v7.3/vb2-board-v7.3.tar.gz
	(cd vb2-board-v7.3/progs && printf '%s\n' *) | sort >progs
	sort vb2-board-v7.3/list | cmp - progs || fail "$(cat progs)"
	[ "$(sed -n 's/^patch: //p' vb2-board-v7.3/series)" = "$(cat ids)" ] || fail "$(cat vb2-board-v7.3/series)"
	cmp "$HERE/../board/splats.re" vb2-board-v7.3/splats.re || fail "another idea of a splat than the emulated board has"
	! aarch64-linux-gnu-readelf -l vb2-board-v7.3/progs/observe | grep -q INTERP || fail "not static"
	[ -z "$(ls -d "$CACHE"/out/v7.3/vb2-board-v7.3 2>/dev/null)" ] || fail "left behind"
	# no version of a symbol, no other library, and nothing that an old C library has not
	cd vb2-board-v7.3 || fail "no tarball"
	aarch64-linux-gnu-readelf -dVW inuse.so >elf
	! grep -E 'NEEDED|VERNEED|Version needs' elf || fail "it is tied to a C library"
	aarch64-linux-gnu-readelf --dyn-syms -W inuse.so | awk '$7 == "UND" && $8 != "" { print $8 }' | sort >symbols
	printf '%s\n' __errno_location clock_gettime close dlsym getenv lseek memcmp memcpy memset mmap open poll readlink \
		sched_yield snprintf strlen strrchr syscall | sort >known
	[ -z "$(comm -23 symbols known)" ] || fail "inuse.so needs $(comm -23 symbols known)"
}
test_tests_on_a_board() {
	board
	mkdir -p tarball/progs root/sys/bus/platform/drivers/rockchip-rga/fdb60000.rga/of_node
	printf '#!%s/bin/sh\necho "KTAP version 1\n1..1\nok 1 a # ${VRF_EXPECT-fences} ${VRF_RGA3-no rga3} ${VRF_VIM2M-no vim2m}"\n' "$T" >tarball/progs/one
	chmod +x tarball/progs/one
	echo one >tarball/list
	set -- env -i PATH="$T/bin" RECORD_ROOT="$T/root" TMPDIR="$T" "$T/bin/sh" "$T/tarball/tests"
	passes "$@"
	says '^    ok 1 a # fences no rga3 no vim2m$'
	printf 'rockchip,rk3588-rga3\0' >root/sys/bus/platform/drivers/rockchip-rga/fdb60000.rga/of_node/compatible
	mkdir -p root/sys/module/vim2m/parameters
	: >root/sys/module/vim2m/parameters/multiplanar
	: >root/proc/kallsyms
	passes "$@"
	says '^    ok 1 a # none 1 1$'
	echo 'ffff t vb2_buffer_attach_release_fence' >root/proc/kallsyms
	mkdir -p root/sys/module/videobuf2_release_fence/parameters
	echo N >root/sys/module/videobuf2_release_fence/parameters/enable
	passes "$@"
	says '^    ok 1 a # none 1 1$'
	echo 'exit 1' >>tarball/progs/one
	! "$@" >out || fail "a program that fails passes"
	says '^not ok 1 one$'
}

run_tests "$@"
