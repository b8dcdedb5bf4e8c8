// SPDX-License-Identifier: GPL-2.0-only
/*
 * What release fences cost, in instructions: the calls that publish and signal
 * them, their share of a job, and fences of others in the same kernel
 *
 * For the boot "bench" (tests/board/run), where a nanosecond of the guest is an
 * instruction. Elsewhere the figures are nanoseconds, and of no use in an emulator.
 */

#define _GNU_SOURCE
#include <drm/drm.h>
#include <drm/vgem_drm.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "knobs.h"
#include "dmabuf.h"
#include "graph.h"
#include "harness.h"
#include "jobs.h"
#include "swsync.h"
#include "sync.h"

#define ATTACH		"vb2_buffer_attach_release_fence"
#define SIGNAL		"vb2_buffer_signal_release_fence"
#define QUEUE		"v4l2_m2m_buf_queue"
#define VGEM_ATTACH	"vgem_fence_attach_ioctl"
#define VGEM_SIGNAL	"vgem_fence_signal_ioctl"
#define SW_SYNC		"sw_sync_ioctl"
/* The first jobs allocate what the others find */
#define WARM_UP		8
#define BUFS		2
#define MAX_BUFS	32
#define MAX_CONTEXTS	64

static const struct kind *const bench_kinds[] = {
	&kind_rga, &kind_rga_nv12m, &kind_mpeg2, NULL
};
static const struct kind *const cycle_kinds[] = {
	&kind_rga, &kind_rga_nv12m, &kind_rga_1080p, &kind_mpeg2, NULL
};
static const struct kind *const rga[] = { &kind_rga, NULL };
static const unsigned int steps[] = { 0, 1, 2, 4, 8, 16, 32, 64 };
/* Up to as many as carry a fence; 0: no export at all */
static const unsigned int exports[] = { 0, 1, 2, 4, M2M_FENCED_EXPORTS };

static const char *const fence_calls[] = { ATTACH, SIGNAL, NULL };
/* All that the kernel does for a job: system calls, interrupt, the next job */
static const char *const job_calls[] = {
	"__arm64_sys_ioctl", "__arm64_sys_ppoll", "handle_fasteoi_irq",
	"v4l2_m2m_device_run_work", NULL
};

enum waiter { NOBODY, POLL, SYNC_FILE };

struct bench {
	struct job_dev d;
	int dmabuf[MAX_BUFS];	/* one of each buffer, for those who wait */
	enum waiter waiter;
	unsigned int bufs;	/* 0: BUFS */
	uint32_t stamp;
};

static unsigned int jobs(void)
{
	return env_number("VRF_JOBS", 100);
}

/* Rarely, so that the models' timers seldom get in between */
static void quiet(void)
{
	knob_look_every(5000);
}

static unsigned int bufs(const struct bench *b)
{
	return b->bufs ?: BUFS;
}

static void wait_for(struct bench *b, unsigned int index)
{
	struct pollfd pfd = { .fd = b->d.m.fd, .events = POLLIN };

	if (b->waiter == POLL) {
		pfd.fd = b->dmabuf[index];
		CHECK_EQ(CALL(poll(&pfd, 1, 5000)), 1);
	} else if (b->waiter == SYNC_FILE) {
		pfd.fd = dmabuf_sync_file(b->dmabuf[index], DMA_BUF_SYNC_READ);
		CHECK_EQ(CALL(poll(&pfd, 1, 5000)), 1);
		close(pfd.fd);
		pfd.fd = b->d.m.fd;
	}
	pfd.fd = b->d.m.fd;
	CHECK_EQ(CALL(poll(&pfd, 1, 5000)), 1);
}

/* The same system calls each time */
static void one_job(struct bench *b)
{
	unsigned int index = b->stamp++ % bufs(b);

	job_queue_cap(&b->d, index);
	job_queue_out(&b->d, index, b->stamp);
	wait_for(b, index);
	CHECK_EQ(m2m_dequeue(&b->d.m, &b->d.m.cap, NULL), index);
	job_dequeue_out(&b->d);
}

static void trace_jobs(struct bench *b, const char *const *functions)
{
	unsigned int i;

	for (i = 0; i < WARM_UP; i++)
		one_job(b);
	graph_start(functions);
	for (i = 0; i < jobs(); i++) {
		graph_mark();
		one_job(b);
	}
	graph_stop();
}

/* So many of each plane */
static void export_all(struct bench *b, unsigned int count)
{
	unsigned int i, p, n;

	for (i = 0; i < bufs(b); i++)
		for (p = 0; p < b->d.m.cap.fmt.num_planes; p++)
			for (n = 0; n < count; n++)
				b->dmabuf[i] = job_dmabuf(&b->d, i, p);
}

static int from_heap(const struct kind *kind, size_t size)
{
	/* The decoder needs memory in one piece */
	return dmabuf_from_heap(kind->requests ? dmabuf_cma_heap() : "/dev/dma_heap/system",
				(size + 4095) & ~4095ul);
}

static void import_all(struct bench *b)
{
	struct m2m_queue *q = &b->d.m.cap;
	unsigned int i, p;

	for (i = 0; i < BUFS; i++)
		for (p = 0; p < q->fmt.num_planes; p++)
			b->dmabuf[i] = q->buf[i].import[p] =
				from_heap(b->d.kind, q->fmt.plane_fmt[p].sizeimage);
}

/* Called for the source and for the capture buffer of each job; only the latter has a fence */
static uint64_t signal_median(void)
{
	uint64_t one = graph_nth_median(SIGNAL, 0, 2), other = graph_nth_median(SIGNAL, 1, 2);

	return one > other ? one : other;
}

static void report_fence(const struct kind *kind, const char *variant)
{
	figure(graph_median(ATTACH), "instructions", "on.%s.%s.attach", kind->name, variant);
	figure(signal_median(), "instructions", "on.%s.%s.signal", kind->name, variant);
}

static void need_fences(void)
{
	if (!expect_fences())
		SKIP("the option is off");
	quiet();
}

TEST(tracer, 60)
{
	quiet();
	figure(graph_overhead(), "instructions", "tracer.%s.overhead", expect_fences() ? "on" : "off");
}

TEST_KINDS(exported, 300, bench_kinds)
{
	struct bench b = { .waiter = NOBODY };
	unsigned int i;
	char name[32];

	need_fences();
	for (i = 0; i < sizeof(exports) / sizeof(*exports); i++) {
		job_open_mmap(&b.d, kind, BUFS);
		export_all(&b, exports[i]);
		trace_jobs(&b, fence_calls);
		snprintf(name, sizeof(name), "exports-%u", exports[i]);
		report_fence(kind, name);
		job_close(&b.d);
	}
}

TEST_KINDS(waited_for, 300, bench_kinds)
{
	static const char *const names[] = { "", "poll", "sync_file" };
	struct bench b = { .waiter = NOBODY };
	char name[32];

	need_fences();
	for (b.waiter = POLL; b.waiter <= SYNC_FILE; b.waiter++) {
		job_open_mmap(&b.d, kind, BUFS);
		export_all(&b, 1);
		trace_jobs(&b, fence_calls);
		snprintf(name, sizeof(name), "waiter-%s", names[b.waiter]);
		report_fence(kind, name);
		job_close(&b.d);
	}
}

TEST_KINDS(imported, 300, bench_kinds)
{
	struct bench b = { .waiter = NOBODY };

	need_fences();
	job_open(&b.d, kind);
	job_start(&b.d, V4L2_MEMORY_DMABUF, BUFS);
	import_all(&b);
	trace_jobs(&b, fence_calls);
	report_fence(kind, "imported");
	job_close(&b.d);
}

/* With the option on and off; the difference is all there is */
TEST_KINDS(whole, 300, cycle_kinds)
{
	const char *state = expect_fences() ? "on" : "off";
	struct bench b = { .waiter = NOBODY };

	quiet();
	job_open_mmap(&b.d, kind, BUFS);
	export_all(&b, 1);
	trace_jobs(&b, job_calls);
	figure(graph_job_median(job_calls), "instructions", "job.%s.%s", kind->name, state);
	figure(graph_job_calls(job_calls), "calls", "job.%s.%s.traced", kind->name, state);
	job_close(&b.d);
}

#define MAX_READERS	8

/* A job whose capture buffer has readers when it is queued, and none when it runs */
static void one_job_with_readers(struct bench *b, unsigned int readers)
{
	int timeline[MAX_READERS], fence;
	unsigned int i;

	for (i = 0; i < readers; i++) {
		timeline[i] = sw_sync_open();
		fence = sw_sync_fence(timeline[i], 1);
		dmabuf_put_sync_file(b->dmabuf[0], DMA_BUF_SYNC_READ, fence);
		close(fence);
	}
	graph_mark();
	job_queue_cap(&b->d, 0);
	for (i = 0; i < readers; i++) {
		sw_sync_inc(timeline[i]);
		close(timeline[i]);
	}
	job_queue_out(&b->d, 0, 1);
	wait_for(b, 0);
	CHECK_EQ(m2m_dequeue(&b->d.m, &b->d.m.cap, NULL), 0);
	job_dequeue_out(&b->d);
}

static uint64_t queue_median(const struct kind *kind, unsigned int exported, unsigned int readers)
{
	static const char *const calls[] = { QUEUE, NULL };
	struct bench b = { .waiter = NOBODY };
	unsigned int i;

	job_open_mmap(&b.d, kind, BUFS);
	export_all(&b, exported);
	for (i = 0; i < WARM_UP; i++)
		one_job_with_readers(&b, readers);
	graph_start(calls);
	for (i = 0; i < jobs(); i++)
		one_job_with_readers(&b, readers);
	graph_stop();
	job_close(&b.d);
	/* The capture buffer is queued first */
	return graph_nth_median(QUEUE, 0, 2);
}

/* What a driver's buf_queue operation takes, with the users of the buffer */
TEST_KINDS(queueing, 300, rga)
{
	quiet();
	if (waits_are_enabled()) {
		figure(queue_median(kind, 0, 0), "instructions", "queue.%s.not-exported", kind->name);
		figure(queue_median(kind, 1, 0), "instructions", "queue.%s.readers-0", kind->name);
		figure(queue_median(kind, 1, 1), "instructions", "queue.%s.readers-1", kind->name);
		figure(queue_median(kind, 1, MAX_READERS), "instructions",
		       "queue.%s.readers-%u", kind->name, MAX_READERS);
		figure(queue_median(kind, M2M_FENCED_EXPORTS, 0), "instructions",
		       "queue.%s.exports-%u", kind->name, M2M_FENCED_EXPORTS);
		waits_enable(false);
	}
	figure(queue_median(kind, 1, 0), "instructions", "queue.%s.%s", kind->name,
	       expect_fences() ? "wait-off" : "off");
	waits_enable(true);
}

static void vgem_fence(int fd, uint32_t handle, uint32_t flags)
{
	struct drm_vgem_fence_attach attach = { .handle = handle, .flags = flags };
	struct drm_vgem_fence_signal signal = { 0 };

	CALL(ioctl(fd, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach));
	signal.fence = attach.out_fence;
	CALL(ioctl(fd, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal));
}

static const char *const vgem_calls[] = { VGEM_ATTACH, VGEM_SIGNAL, NULL };

TEST(vgem, 60)
{
	unsigned int i;
	uint32_t handle;
	int fd;

	need_fences();
	fd = drm_open("vgem", NULL);
	dmabuf_from_vgem(fd, 1, &handle);
	for (i = 0; i < WARM_UP; i++)
		vgem_fence(fd, handle, VGEM_FENCE_WRITE);
	graph_start(vgem_calls);
	for (i = 0; i < jobs(); i++)
		vgem_fence(fd, handle, VGEM_FENCE_WRITE);
	graph_stop();
	figure(graph_median(VGEM_ATTACH), "instructions", "peer.vgem.attach");
	figure(graph_median(VGEM_SIGNAL), "instructions", "peer.vgem.signal");
}

TEST(sw_sync, 60)
{
	static const char *const calls[] = { SW_SYNC, NULL };
	unsigned int i;
	int timeline;

	need_fences();
	timeline = sw_sync_open();
	graph_start(calls);
	for (i = 0; i < jobs(); i++) {
		int fence = sw_sync_fence(timeline, i + 1);

		sw_sync_inc(timeline);
		close(fence);
	}
	graph_stop();
	/* Both are one function */
	figure(graph_nth_median(SW_SYNC, 0, 2), "instructions", "peer.sw_sync.create");
	figure(graph_nth_median(SW_SYNC, 1, 2), "instructions", "peer.sw_sync.inc");
}

/* What the cost is made of; calls that are inlined are not there */
static const char *const attach_parts[] = {
	"__kmalloc_cache_noprof", "dma_resv_reserve_fences", "dma_resv_add_fence",
	"ww_mutex_lock", "ww_mutex_unlock", "mutex_lock", "mutex_unlock",
	"mod_timer", "timer_init_key", "dma_fence_init", "sized_strscpy",
	"dma_resv_test_signaled", "drm_gem_object_lookup", "idr_alloc", NULL
};
static const char *const signal_parts[] = {
	"dma_fence_signal_locked", "dma_fence_signal", "timer_delete", "dma_fence_free",
	"idr_replace", "mutex_lock", "mutex_unlock", NULL
};

static void parts(struct bench *b, int vgem, uint32_t handle, const char *whole,
		  const char *name, const char *const *part)
{
	unsigned int i;
	uint64_t total;

	for (; *part; part++) {
		const char *const one[] = { *part, NULL };

		if (!graph_has(*part))
			continue;
		graph_start_inside(whole, *part);
		for (i = 0; i < jobs(); i++) {
			graph_mark();
			if (b)
				one_job(b);
			else
				vgem_fence(vgem, handle, VGEM_FENCE_WRITE);
		}
		graph_stop();
		total = graph_job_median(one);
		if (total)
			figure(total, "instructions", "part.%s.%s", name, *part);
	}
}

TEST_KINDS(inside, 600, rga)
{
	struct bench b = { .waiter = NOBODY };
	unsigned int i;

	need_fences();
	job_open_mmap(&b.d, kind, BUFS);
	export_all(&b, 1);
	for (i = 0; i < WARM_UP; i++)
		one_job(&b);
	parts(&b, 0, 0, ATTACH, "rga.attach", attach_parts);
	parts(&b, 0, 0, SIGNAL, "rga.signal", signal_parts);
	job_close(&b.d);
}

TEST(inside_vgem, 600)
{
	uint32_t handle;
	int fd;

	need_fences();
	fd = drm_open("vgem", NULL);
	dmabuf_from_vgem(fd, 1, &handle);
	parts(NULL, fd, handle, VGEM_ATTACH, "vgem.attach", attach_parts);
	parts(NULL, fd, handle, VGEM_SIGNAL, "vgem.signal", signal_parts);
}

/* Fences that others have left, each of a timeline of its own, not signalled */
static void leave_fences(int dmabuf, unsigned int count)
{
	struct dma_buf_import_sync_file import = { .flags = DMA_BUF_SYNC_READ };

	while (count--) {
		import.fd = sw_sync_fence(sw_sync_open(), 1);
		CALL(ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import));
		close(import.fd);
	}
}

TEST_KINDS(grows_with_fences, 600, rga)
{
	struct bench b = { .waiter = NOBODY };
	unsigned int i, n;

	need_fences();
	for (n = 0; n < sizeof(steps) / sizeof(steps[0]); n++) {
		job_open_mmap(&b.d, kind, BUFS);
		export_all(&b, 1);
		for (i = 0; i < BUFS; i++)
			leave_fences(b.dmabuf[i], steps[n]);
		trace_jobs(&b, fence_calls);
		figure(graph_median(ATTACH), "instructions", "growth.fences.%02u.attach", steps[n]);
		figure(signal_median(), "instructions", "growth.fences.%02u.signal", steps[n]);
		job_close(&b.d);
	}
}

/* A reader's fence: vgem refuses to write as long as somebody reads */
TEST(vgem_grows_with_fences, 600)
{
	unsigned int i, n;
	uint32_t handle;
	int fd, dmabuf;

	need_fences();
	fd = drm_open("vgem", NULL);
	for (n = 0; n < sizeof(steps) / sizeof(steps[0]); n++) {
		dmabuf = dmabuf_from_vgem(fd, 1, &handle);
		leave_fences(dmabuf, steps[n]);
		for (i = 0; i < WARM_UP; i++)
			vgem_fence(fd, handle, 0);
		graph_start(vgem_calls);
		for (i = 0; i < jobs(); i++)
			vgem_fence(fd, handle, 0);
		graph_stop();
		figure(graph_median(VGEM_ATTACH), "instructions", "growth.vgem-fences.%02u.attach", steps[n]);
	}
}

TEST_KINDS(grows_with_buffers, 300, rga)
{
	unsigned int i, n;

	need_fences();
	/* vb2 has no more than 32 for a driver that does not ask for more */
	for (n = 1; n < sizeof(steps) / sizeof(steps[0]) - 1; n++) {
		struct bench b = { .waiter = NOBODY };

		job_open_mmap(&b.d, kind, steps[n]);
		b.bufs = steps[n];
		export_all(&b, 1);
		for (i = 0; i < b.bufs; i++)
			one_job(&b);
		trace_jobs(&b, fence_calls);
		figure(graph_median(ATTACH), "instructions", "growth.buffers.%02u.attach", steps[n]);
		figure(signal_median(), "instructions", "growth.buffers.%02u.signal", steps[n]);
		job_close(&b.d);
	}
}

TEST_KINDS(grows_with_contexts, 300, rga)
{
	static struct bench b[MAX_CONTEXTS];
	unsigned int i, n, open = 0;

	need_fences();
	for (n = 1; n < sizeof(steps) / sizeof(steps[0]); n++) {
		for (; open < steps[n]; open++) {
			job_open_mmap(&b[open].d, kind, BUFS);
			export_all(&b[open], 1);
			one_job(&b[open]);
			one_job(&b[open]);
		}
		graph_start(fence_calls);
		for (i = 0; i < jobs(); i++)
			one_job(&b[i % open]);
		graph_stop();
		figure(graph_median(ATTACH), "instructions", "growth.contexts.%02u.attach", steps[n]);
		figure(signal_median(), "instructions", "growth.contexts.%02u.signal", steps[n]);
	}
}

/* A queue that did not opt in: the capture buffer, then the source, of each job */
TEST(not_opted_in, 120)
{
	static const char *const calls[] = { "vb2_buffer_done", NULL };
	const char *state = expect_fences() ? "on" : "off";
	struct bench b = { .waiter = NOBODY };

	quiet();
	job_open_mmap(&b.d, &kind_vim2m, BUFS);
	trace_jobs(&b, calls);
	figure(graph_nth_median(calls[0], 0, 2), "instructions", "other.%s.vim2m.done-0", state);
	figure(graph_nth_median(calls[0], 1, 2), "instructions", "other.%s.vim2m.done-1", state);
	job_close(&b.d);
}

/* Bytes: of the fence, a frame each; of what grows with a buffer, on and off */
TEST_KINDS(memory, 60, rga)
{
	const char *state = expect_fences() ? "on" : "off";
	struct bench b = { .waiter = NOBODY };
	unsigned long bytes, allocated;

	quiet();
	kmalloc_start("__vb2_queue_alloc");
	job_open_mmap(&b.d, kind, BUFS);
	bytes = kmalloc_bytes(&allocated);
	figure(bytes, "bytes", "memory.%s.buffer", state);
	job_close(&b.d);

	kmalloc_start("vb2_dma_sg_alloc");
	job_open_mmap(&b.d, kind, BUFS);
	bytes = kmalloc_bytes(&allocated);
	figure(bytes, "bytes", "memory.%s.plane", state);
	if (!expect_fences())
		return;

	export_all(&b, 1);
	kmalloc_start(ATTACH);
	one_job(&b);
	bytes = kmalloc_bytes(&allocated);
	figure(bytes, "bytes", "memory.on.fence");
	figure(allocated, "bytes", "memory.on.fence.allocated");
	job_close(&b.d);
}
