// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capture buffers that somebody else has made: udmabuf, a dma-heap, vgem, and
 * another V4L2 device. Others lock their reservations too, in another order.
 */

#define _GNU_SOURCE
#include <linux/udmabuf.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "knobs.h"
#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"
#include "swsync.h"
#include "sync.h"
#include "trace.h"
#include "../kmod/consumer.h"

#define PAGE		4096
#define OLD		0x01d01d01u
#define NEW		0x0e770e77u
#define CROSS_JOBS	500
#define HOLD_US		200

/* Pages need not lie in a row for the RGA2; the RGA3 on the board has no IOMMU */
static const struct kind *const scattered[] = { &kind_rga, &kind_rga_nv12m, NULL };
static const struct kind *const decoders[] = { &kind_mpeg2, &kind_h264, NULL };
static const struct kind *const nv12m[] = { &kind_rga_nv12m, NULL };

static int from_udmabuf(size_t size)
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = size };
	int dev = open_or_skip("/dev/udmabuf");

	create.memfd = CALL(memfd_create("import", MFD_ALLOW_SEALING));
	CALL(ftruncate(create.memfd, size));
	CALL(fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	return CALL(ioctl(dev, UDMABUF_CREATE, &create));
}

static int from_system(size_t size)
{
	return dmabuf_from_heap("/dev/dma_heap/system", size);
}

static int from_cma(size_t size)
{
	return dmabuf_from_heap(dmabuf_cma_heap(), size);
}

static int from_vgem(size_t size)
{
	return dmabuf_from_vgem(drm_open("vgem", NULL), size, NULL);
}

/* A capture buffer of another decoder: contiguous, and not ours */
static int from_v4l2(size_t size)
{
	static struct job_dev other;

	job_open(&other, &kind_h264);
	m2m_buffers(&other.m, &other.m.cap, V4L2_MEMORY_MMAP, 1);
	CHECK(other.m.cap.fmt.plane_fmt[0].sizeimage > size - PAGE);
	return CALL(m2m_export(&other.m, &other.m.cap, 0, 0, O_RDWR));
}

/* The picture as the importer's client sees it */
static void map_planes(struct job_dev *d, const int *dmabuf)
{
	struct m2m_buf *buf = &d->m.cap.buf[0];
	unsigned int p;

	for (p = 0; p < d->m.cap.fmt.num_planes; p++) {
		buf->import[p] = dmabuf[p];
		buf->plane[p].map = mmap(NULL, buf->plane[p].size, PROT_READ | PROT_WRITE,
					 MAP_SHARED, dmabuf[p], 0);
		CHECK(buf->plane[p].map != MAP_FAILED);
	}
}

static void open_importer(struct job_dev *d, const struct kind *kind, const int *dmabuf)
{
	job_open(d, kind);
	job_start(d, V4L2_MEMORY_DMABUF, 1);
	map_planes(d, dmabuf);
}

/* Of whole pages, and not one too many: the rga's page table has no place for it */
static size_t pages_of(const struct kind *kind, unsigned int plane)
{
	size_t bytes = kind->width * kind->height;

	switch (kind->cap_fourcc) {
	case V4L2_PIX_FMT_ARGB32:
	case V4L2_PIX_FMT_ABGR32:
		bytes *= 4;
		break;
	case V4L2_PIX_FMT_NV12M:
		bytes = plane ? bytes / 2 : bytes;
		break;
	default:
		/* A decoder puts data of its own behind the picture */
		bytes *= 2;
	}
	return (bytes + PAGE - 1) / PAGE * PAGE;
}

static void import_from(const struct kind *kind, int (*make)(size_t size))
{
	unsigned int p, planes;
	struct job_dev d;
	int dmabuf[2], fd;

	knob_need(kind->model);
	for (p = 0; p < 2; p++)
		dmabuf[p] = make(pages_of(kind, p));
	open_importer(&d, kind, dmabuf);
	planes = d.m.cap.fmt.num_planes;
	job_run(&d, 0, OLD);
	CHECK(job_content(&d, 0, OLD));

	job_pause(&d);
	job_queue_cap(&d, 0);
	for (p = 0; p < planes; p++)
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_RW), 1);
	job_queue_out(&d, 0, NEW);
	job_wait_running(&d);
	for (p = 0; p < planes; p++) {
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_READ), !expect_fences());
		CHECK_EQ(dmabuf_poll(dmabuf[p], POLLIN, 0), !expect_fences());
		CHECK_EQ(dmabuf_poll(dmabuf[p], POLLOUT, 0), !expect_fences());
	}
	fd = dmabuf_sync_file(dmabuf[0], DMA_BUF_SYNC_READ);
	CHECK_EQ(job_word(&d, 0), OLD);
	job_go(&d);
	if (expect_fences()) {
		CHECK_EQ(sync_wait(fd, 5000), 1);
		CHECK(job_content(&d, 0, NEW));
	}
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	CHECK_EQ(sync_status(fd), 1);
	for (p = 0; p < planes; p++)
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_RW), 1);
	CHECK(job_content(&d, 0, NEW));
	job_close(&d);
}

TEST_KINDS(udmabuf, 20, scattered)
{
	import_from(kind, from_udmabuf);
}

TEST_KINDS(system_heap, 20, scattered)
{
	import_from(kind, from_system);
}

TEST_KINDS(vgem, 20, scattered)
{
	import_from(kind, from_vgem);
}

TEST_KINDS(cma_heap, 20, all_kinds)
{
	import_from(kind, from_cma);
}

TEST_KINDS(v4l2_export, 20, decoders)
{
	import_from(kind, from_v4l2);
}

/* Two planes, one reservation: it must be locked once only */
TEST_KINDS(two_planes_in_one_dmabuf, 20, nv12m)
{
	int dmabuf = from_system(pages_of(kind, 0)), both[2] = { dmabuf, dmabuf };
	struct job_dev d;

	knob_need(kind->model);
	open_importer(&d, kind, both);
	job_run(&d, 0, OLD);
	CHECK(job_content(&d, 0, OLD));
	job_pause(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, NEW);
	job_wait_running(&d);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_READ), !expect_fences());
	CHECK(job_content(&d, 0, OLD));
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW), 1);
	CHECK(job_content(&d, 0, NEW));
	job_close(&d);
}

static struct vrf_lock lock_of(const int *fd, unsigned int count)
{
	struct vrf_lock lock = { .count = count, .fence = -1 };

	memcpy(lock.fd, fd, count * sizeof(*fd));
	return lock;
}

static int try_lock(struct vrf_lock *lock)
{
	static int dev = -1;

	if (dev < 0)
		dev = open_or_skip("/dev/vrf-consumer");
	return ioctl(dev, VRF_LOCK, lock);
}

/* How many different dma-bufs were locked together */
static unsigned int lock_all(const int *fd, unsigned int count)
{
	struct vrf_lock lock = lock_of(fd, count);

	CALL(try_lock(&lock));
	return lock.count;
}

/*
 * As panfrost does with the buffers of a submit. Two dma-bufs with one reservation
 * would be -EALREADY, and each export is a dma-buf of its own.
 */
TEST_KINDS(exports_locked_together, 20, all_kinds)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	unsigned int i;
	struct vrf_lock lock;
	struct job_dev d;
	int fd[7];

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < 6; i++)
		fd[i] = CALL(m2m_export(&d.m, &d.m.cap, 0, 0, modes[i % 3]));
	fd[6] = CALL(m2m_export(&d.m, &d.m.cap, 1, 0, O_RDWR));
	CHECK_EQ(lock_all(fd, 7), 7);
	if (knob_has(kind->model)) {
		job_pause(&d);
		job_queue_cap(&d, 0);
		job_queue_out(&d, 0, NEW);
		job_wait_running(&d);
		CHECK_EQ(lock_all(fd, 7), 7);
		job_go(&d);
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	}
	CHECK_EQ(lock_all(fd, 7), 7);

	/* The check can fail */
	fd[1] = dup(fd[0]);
	lock = lock_of(fd, 2);
	lock.flags = VRF_LOCK_EQUAL;
	REFUSED(try_lock(&lock), EALREADY);
	job_close(&d);
}

static void put_fence(const int *fd, unsigned int count, int fence)
{
	struct vrf_lock lock = lock_of(fd, count);

	lock.fence = fence;
	CALL(try_lock(&lock));
}

/* Others use the reservation too: neither fence takes the other's place. The job is not to wait. */
TEST_KINDS(beside_the_fence_of_another, 20, nv12m)
{
	int timeline = sw_sync_open(), fence = sw_sync_fence(timeline, 1), p;
	struct job_dev d;
	int dmabuf[2] = {
		from_system(pages_of(kind, 0)), from_udmabuf(pages_of(kind, 1)),
	};

	waits_enable(false);
	open_importer(&d, kind, dmabuf);
	put_fence(dmabuf, 2, fence);
	job_pause(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, NEW);
	job_wait_running(&d);
	for (p = 0; p < 2; p++) {
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_READ), !expect_fences());
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_RW), 0);
	}
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	CHECK(job_content(&d, 0, NEW));
	for (p = 0; p < 2; p++) {
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_READ), 1);
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_RW), 0);
	}
	sw_sync_inc(timeline);
	for (p = 0; p < 2; p++)
		CHECK_EQ(dmabuf_status(dmabuf[p], DMA_BUF_SYNC_RW), 1);
	job_close(&d);
	waits_enable(true);
}

static struct {
	int fd[2];
	int timeline;
	volatile bool stop;
	unsigned long rounds, backoffs;
} foe;

static void *lock_other_way(void *unused)
{
	struct vrf_lock lock;

	(void)unused;
	while (!foe.stop) {
		lock = lock_of(foe.fd, 2);
		lock.hold_us = HOLD_US;
		lock.fence = sw_sync_fence(foe.timeline, ++foe.rounds);
		CALL(try_lock(&lock));
		foe.backoffs += lock.backoffs;
		sw_sync_inc(foe.timeline);
		close(lock.fence);
	}
	return NULL;
}

TEST_KINDS(locked_and_fenced_in_opposite_order, 120, nv12m)
{
	unsigned int jobs = how_often(CROSS_JOBS), i;
	unsigned long ours = 0;
	pthread_t thread;
	struct job_dev d;
	int dmabuf[2] = {
		from_system(pages_of(kind, 0)), from_udmabuf(pages_of(kind, 1)),
	};

	lock_all(dmabuf, 2);
	foe.timeline = sw_sync_open();
	foe.fd[0] = dmabuf[1];
	foe.fd[1] = dmabuf[0];
	open_importer(&d, kind, dmabuf);
	trace_deadlocks_start();
	CHECK(!pthread_create(&thread, NULL, lock_other_way, NULL));
	for (i = 0; i < jobs || (expect_fences() && !(ours && foe.backoffs) &&
				 i < CROSS_JOBS); i++) {
		job_run(&d, 0, i + 1);
		/* The foe only says that it reads */
		CHECK_EQ(dmabuf_status(dmabuf[0], DMA_BUF_SYNC_READ), 1);
		CHECK_EQ(dmabuf_status(dmabuf[1], DMA_BUF_SYNC_READ), 1);
		CHECK_EQ(job_word(&d, 0), i + 1);
		/* Jobs start in the thread that queues them, if the device is idle */
		ours += trace_deadlocks(getpid());
	}
	foe.stop = true;
	pthread_join(thread, NULL);
	trace_stop();
	note("%u jobs against %lu locks; backoffs: %lu of the jobs, %lu of the others",
	     i, foe.rounds, ours, foe.backoffs);
	if (expect_fences())
		CHECK(ours > 0 && foe.backoffs > 0);
	CHECK_EQ(dmabuf_status(dmabuf[0], DMA_BUF_SYNC_RW), 1);
	CHECK_EQ(dmabuf_status(dmabuf[1], DMA_BUF_SYNC_RW), 1);
	CHECK(job_content(&d, 0, i));
	job_close(&d);
}
