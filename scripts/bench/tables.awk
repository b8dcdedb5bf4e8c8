# SPDX-License-Identifier: GPL-2.0-only
# The tables of what "bench" measured, in Markdown
/^#/ { next }
{ figure[$1] = $2 }
function of(name) {
	if (!(name in figure)) {
		print "tables.awk: there is no " name >"/dev/stderr"
		bad = 1
		return "-"
	}
	return figure[name]
}
function row(text, kind, variant, name) {
	name = "on." kind "." variant
	print "| " text " | " of(name ".attach") " | " of(name ".signal") " |"
}
function peer(text, a, b) { print "| " text " | " of(a) " | " of(b) " |" }
function job(text, kind) {
	print "| " text " | " of("job." kind ".off") " | " of("more." kind) " | " of("share." kind) " % |"
}
function both(name, what) { return of(name ".dqbuf." what) ", " of(name ".fence." what) }
function play(us, bufs, name) {
	name = "gain.play." us "-us." bufs "-buffers"
	print "| " us / 1000 " ms, " bufs " | " both(name, "fps") " | " both(name, "wake-ups") " | " both(name, "switches") " |"
}
END {
	print "| instructions | publish | signal |"
	print "| --- | --- | --- |"
	row("rga, one plane, not exported", "rga", "exports-0")
	row("rga, one plane, one export", "rga", "exports-1")
	row("... two exports", "rga", "exports-2")
	row("... four exports", "rga", "exports-4")
	row("... eight exports, the most that carry fences", "rga", "exports-8")
	row("... one export, poll() waits on it", "rga", "waiter-poll")
	row("... one export, a sync_file waits", "rga", "waiter-sync_file")
	row("rga, one plane, imported", "rga", "imported")
	row("rga, NV12M: two planes, one export each", "rga-nv12m", "exports-1")
	row("... eight exports each", "rga-nv12m", "exports-8")
	row("rga, NV12M, imported", "rga-nv12m", "imported")
	row("hantro, MPEG-2, one export", "mpeg2", "exports-1")
	row("hantro, MPEG-2, imported", "mpeg2", "imported")
	peer("*vgem: its attach and its signal ioctl*", "peer.vgem.attach", "peer.vgem.signal")
	peer("*sw_sync: its create and its inc ioctl*", "peer.sw_sync.create", "peer.sw_sync.inc")
	print ""
	print "| a whole job | instructions, option off | more with it on | share |"
	print "| --- | --- | --- | --- |"
	job("rga, 128x64 ARGB", "rga")
	job("rga, 128x64 NV12M", "rga-nv12m")
	job("rga, 1080p NV12 to 720p", "rga-1080p")
	job("hantro, 128x64 MPEG-2", "mpeg2")
	print ""
	print "| switched off, or not used | option off | on |"
	print "| --- | --- | --- |"
	print "| bytes more in all objects | " of("bytes.off.all") " | " of("bytes.on.all") " |"
	print "| ... of them in videobuf2-core.o | " 0 + figure["bytes.off.media/common/videobuf2/videobuf2-core.o"] " | " 0 + figure["bytes.on.media/common/videobuf2/videobuf2-core.o"] " |"
	print "| instructions of vb2_buffer_done() run for a queue that did not opt in (vim2m) | " of("other.off.vim2m.done-1") " | " of("other.on.vim2m.done-1") " |"
	print ""
	print "| bytes | option off | on |"
	print "| --- | --- | --- |"
	print "| a buffer of the rga | " of("memory.off.buffer") " | " of("memory.on.buffer") " |"
	print "| a plane of it (dma-sg) | " of("memory.off.plane") " | " of("memory.on.plane") " |"
	print "| a job: its fence | 0 | " of("memory.on.fence") ", of a slab of " of("memory.on.fence.allocated") " |"
	print ""
	print "| from hardware-done until the consumer runs | after DQBUF | on the fence |"
	print "| --- | --- | --- |"
	print "| the program that dequeues, itself | " of("gain.program.dqbuf") " ns | - |"
	print "| another program, told through a pipe, or with a sync_file | " of("gain.program.dqbuf-told") " ns | " of("gain.program.fence") " ns |"
	print "| vkms, from an atomic commit | " of("gain.vkms.dqbuf") " ns | " of("gain.vkms.fence") " ns |"
	print "| the longest job with which two buffers make every refresh of 60 Hz | " of("gain.longest-job.dqbuf") " us | " of("gain.longest-job.fence") " us |"
	print ""
	print "| decode and show, 60 Hz: job, buffers | frames a second: DQBUF, fence | wake-ups a frame | context switches a frame |"
	print "| --- | --- | --- | --- |"
	for (i = 1; i <= split("08000 15800 20000", us); i++)
		for (bufs = 2; bufs <= 4; bufs++)
			play(us[i], bufs)
	exit bad
}
