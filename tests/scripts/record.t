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
	chmod +x bin/dmesg
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
	# without BTF there are no callbacks to see, and nobody may say that none waited
	waiting
	sed -i '/dynamic_events/d' bin/mkdir
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^release-callbacks: unknown$'
	has '^waited: unknown$'
	has '^lacks: an event for callbacks on fences'
	waiting
	sed -i 's/drm_sched_job_unschedulable/other/' bin/mkdir
	shrec -n pine -- true >out 2>err || fail "$(cat err)"
	has '^release-jobs: unknown$'
	has '^waited: unknown$'
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
	for args in '' '--' '-x -- true' 'true' '-n' '-c'; do
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
test_record_into_the_results() {
	board
	sendable
	sed 's/^/patch: /; 1s/^/base: v7.3\n/' ids >tarball/series
	tracing ' mpv-1 [000] 1.0: dma_fence_init: driver=videobuf2 timeline=t context=1 seqno=1'
	printf 'linux,dummy-virt\0' >root/proc/device-tree/compatible
	(cd evidence/boards && shrec -n emulated -- true >/dev/null 2>&1) || fail "no record"
	(unset BASE && passes "$S/evidence/results" "$T/mine.md") || exit
	grep -q "^| emulated.record | modelled, Pine64.* | 1/0, 0/0, .* | no: 0 threads, 0 jobs of a GPU, 0" mine.md || fail "$(cat mine.md)"
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
