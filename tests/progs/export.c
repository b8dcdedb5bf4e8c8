// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exports of a capture plane: when, how many, and how long they live
 */

#define _GNU_SOURCE
#include <drm/drm.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "sync.h"
#include "../kmod/consumer.h"

#define OFTEN		2000
#define STAMP		0xe0e0e0e0u
#define CROSS_JOBS	500
#define EXPORTERS	2
#define KEPT		64
#define HOLD_US		400000
#define CLOSE_MAX_MS	100
#define CLOSE_TRIES	5

static const struct kind *const one_each[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_rkvdec, NULL
};
static const struct kind *const contig[] = { &kind_mpeg2, NULL };
static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };

static int export(struct job_dev *d, unsigned int index, int mode)
{
	return CALL(m2m_export(&d->m, &d->m.cap, index, 0, mode));
}

/* Each dma-buf has an inode of its own */
static ino_t inode(int fd)
{
	struct stat st;

	CALL(fstat(fd, &st));
	return st.st_ino;
}

TEST_KINDS(a_dmabuf_for_each_export, 20, all_kinds)
{
	unsigned int i, j;
	struct job_dev d;
	int fd[6];

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < 6; i++) {
		fd[i] = export(&d, 0, modes[i % 3]);
		CHECK_EQ(fcntl(fd[i], F_GETFL) & O_ACCMODE, modes[i % 3]);
		CHECK_EQ(fcntl(fd[i], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
		for (j = 0; j < i; j++)
			CHECK(inode(fd[i]) != inode(fd[j]));
	}
	job_close(&d);
}

TEST_KINDS(output_exports_stay_apart, 20, one_each)
{
	struct job_dev d;
	int a, b;

	job_open_mmap(&d, kind, 2);
	a = CALL(m2m_export(&d.m, &d.m.out, 0, 0, O_RDWR));
	b = CALL(m2m_export(&d.m, &d.m.out, 0, 0, O_RDWR));
	CHECK(inode(a) != inode(b));
	job_close(&d);
}

static uint32_t gem_import(int drm, int dmabuf)
{
	struct drm_prime_handle prime = { .fd = dmabuf };

	CALL(ioctl(drm, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));
	return prime.handle;
}

static int gem_export(int drm, uint32_t handle)
{
	struct drm_prime_handle prime = { .handle = handle, .flags = DRM_CLOEXEC };

	return ioctl(drm, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) ? -1 : prime.fd;
}

/* A client that exports twice does not know that somebody closes one of the two */
TEST_KINDS(gem_handles_close_apart, 20, all_kinds)
{
	int drm = drm_open("vgem", NULL);
	struct drm_gem_close gem_close = { 0 };
	struct job_dev d;
	uint32_t kept;

	job_open_mmap(&d, kind, 2);
	gem_close.handle = gem_import(drm, export(&d, 0, O_RDWR));
	kept = gem_import(drm, export(&d, 0, O_RDWR));
	CHECK(kept != gem_close.handle);
	CALL(ioctl(drm, DRM_IOCTL_GEM_CLOSE, &gem_close));
	REFUSED(gem_export(drm, gem_close.handle), ENOENT);
	CALL(gem_export(drm, kept));
	job_close(&d);
}

TEST_KINDS(epoll_is_silent_after_close, 20, all_kinds)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = CALL(epoll_create1(EPOLL_CLOEXEC)), closed, other;
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	other = export(&d, 0, O_RDWR);
	closed = export(&d, 0, O_RDWR);
	CALL(epoll_ctl(epoll, EPOLL_CTL_ADD, closed, &event));
	CHECK_EQ(CALL(epoll_wait(epoll, &event, 1, 0)), 1);
	close(closed);
	job_run(&d, 0, STAMP);
	CHECK_EQ(CALL(epoll_wait(epoll, &event, 1, 0)), 0);
	CHECK(dmabuf_poll(other, POLLIN, 0));
	job_close(&d);
}

/* An export carries the fences of the jobs that start after it was made */
TEST_KINDS(before_during_after, 20, all_kinds)
{
	int before[3], during[3], pending[3];
	struct job_dev d;
	unsigned int i;

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < 3; i++)
		before[i] = export(&d, 0, modes[i]);
	job_begin(&d, 0, STAMP);
	for (i = 0; i < 3; i++) {
		pending[i] = dmabuf_sync_file(before[i], DMA_BUF_SYNC_READ);
		CHECK_EQ(sync_status(pending[i]), !expect_fences());
		CHECK_EQ(dmabuf_poll(before[i], POLLIN, 0), !expect_fences());
		during[i] = export(&d, 0, modes[i]);
		CHECK_EQ(dmabuf_status(during[i], DMA_BUF_SYNC_RW), 1);
		CHECK(dmabuf_poll(during[i], POLLIN | POLLOUT, 0));
	}
	job_end(&d, 0);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(sync_status(pending[i]), 1);
		CHECK_EQ(dmabuf_status(before[i], DMA_BUF_SYNC_RW), 1);
	}

	job_begin(&d, 0, STAMP);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(dmabuf_pending(before[i]), expect_fences());
		CHECK_EQ(dmabuf_pending(during[i]), expect_fences());
	}
	job_end(&d, 0);
	job_close(&d);
}

/* Closed and made again while the job runs: the next job finds the last one */
TEST_KINDS(export_again_in_mid_job, 20, one_each)
{
	struct job_dev d;
	unsigned int i;
	int fd;

	job_open_mmap(&d, kind, 2);
	fd = export(&d, 0, O_RDWR);
	job_begin(&d, 0, STAMP);
	for (i = 0; i < 100; i++) {
		close(fd);
		fd = export(&d, 0, O_RDWR);
		CHECK(!dmabuf_pending(fd));
	}
	job_end(&d, 0);
	job_begin(&d, 0, STAMP);
	CHECK_EQ(dmabuf_pending(fd), expect_fences());
	job_end(&d, 0);
	CHECK_EQ(dmabuf_status(fd, DMA_BUF_SYNC_RW), 1);
	job_close(&d);
}

TEST_KINDS(export_and_close_many_times, 120, one_each)
{
	unsigned int times = how_often(OFTEN), i;
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < times; i++) {
		close(export(&d, 0, modes[i % 3]));
		if (i % 100 == 0)
			job_run(&d, 0, i + 1);
	}
	CHECK(job_content(&d, 0, i - 100 + 1));
	job_close(&d);
}

struct exporter {
	pthread_t thread;
	struct job_dev *d;
	unsigned long rounds, pending, ended_badly;
	int kept[KEPT];
};

static volatile bool stop_exporters;

/* What it got while jobs ran is looked at later, so as not to wait for each job */
static void keep_fence(struct exporter *e, int fd)
{
	int *kept = &e->kept[e->rounds % KEPT];

	if (*kept > 0) {
		e->ended_badly += sync_wait(*kept, 5000) != 1;
		close(*kept);
	}
	e->pending += !sync_status(fd);
	*kept = fd;
}

/* Jobs start between two rounds, so it looks at the exports of the last round */
static void *export_and_close(void *data)
{
	struct exporter *e = data;
	int fd[2][3], *last;
	unsigned int i, turn;

	for (turn = 0; !stop_exporters; turn++) {
		for (i = 0; i < 3; i++)
			fd[turn % 2][i] = export(e->d, turn % 2, modes[i]);
		last = fd[(turn + 1) % 2];
		for (i = 0; turn && i < 3; i++, e->rounds++) {
			keep_fence(e, dmabuf_sync_file(last[i], DMA_BUF_SYNC_READ));
			close(last[i]);
		}
	}
	return NULL;
}

static void join_exporter(struct exporter *e)
{
	unsigned int i;

	pthread_join(e->thread, NULL);
	for (i = 0; i < KEPT && e->kept[i] > 0; i++)
		e->ended_badly += sync_wait(e->kept[i], 5000) != 1;
}

/* Two threads make exports and close them while fences are published on them */
TEST_KINDS(exports_against_jobs, 300, one_each)
{
	static struct exporter exporter[EXPORTERS];
	unsigned long jobs = how_many_jobs(CROSS_JOBS), n;
	struct job_dev d;
	unsigned int i;

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < EXPORTERS; i++) {
		exporter[i].d = &d;
		CHECK(!pthread_create(&exporter[i].thread, NULL, export_and_close,
				      &exporter[i]));
	}
	for (n = 0; n < jobs; n++) {
		job_run(&d, n % 2, n + 1);
		CHECK(job_content(&d, n % 2, n + 1));
	}
	stop_exporters = true;
	for (i = 0; i < EXPORTERS; i++) {
		join_exporter(&exporter[i]);
		note("%s: %lu jobs, %lu exports, %lu of them with a fence to wait for",
		     kind->name, jobs, exporter[i].rounds, exporter[i].pending);
		CHECK_EQ(exporter[i].ended_badly, 0);
		CHECK_EQ(exporter[i].pending > 0, expect_fences());
	}
	job_close(&d);
}

static int consumer;

static void *hold(void *data)
{
	struct vrf_lock lock = { .count = 1, .hold_us = HOLD_US, .fence = -1 };

	lock.fd[0] = *(int *)data;
	CALL(ioctl(consumer, VRF_LOCK, &lock));
	return NULL;
}

static void *queue_source(void *data)
{
	job_queue_out(data, 0, STAMP);
	return NULL;
}

/* Returns how long it took to close an export that the job is about to serve */
static unsigned int close_under_job(struct job_dev *d)
{
	int closed = export(d, 0, O_RDONLY), other = export(d, 0, O_RDWR);
	unsigned long started = 0;
	pthread_t holder, starter;
	unsigned int ms;
	uint64_t from;

	if (knob_has(d->kind->model))
		started = knob_count(d->kind->model, "started");
	job_queue_cap(d, 0);
	CHECK(!pthread_create(&holder, NULL, hold, &other));
	sleep_ms(20);
	/* A job starts in the thread that queues it, if the device is idle */
	CHECK(!pthread_create(&starter, NULL, queue_source, d));
	sleep_ms(20);
	from = now_ns();
	close(closed);
	ms = (now_ns() - from) / 1000000;
	if (expect_fences() && knob_has(d->kind->model) && ms < CLOSE_MAX_MS)
		CHECK_EQ(knob_count(d->kind->model, "started"), started);
	pthread_join(holder, NULL);
	pthread_join(starter, NULL);
	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, NULL), 0);
	job_dequeue_out(d);
	CHECK_EQ(dmabuf_status(other, DMA_BUF_SYNC_RW), 1);
	CHECK(job_content(d, 0, STAMP));
	close(other);

	return ms;
}

/*
 * The job waits for the reservation of one export and has a reference to that of
 * the other, which is closed meanwhile: the close does not wait, and the job
 * publishes on a reservation that nobody else knows any more. A busy machine may
 * be slow, so it has some tries.
 */
TEST_KINDS(closed_while_published_on, 30, one_each)
{
	unsigned int try, ms = CLOSE_MAX_MS;
	struct job_dev d;

	consumer = open_or_skip("/dev/vrf-consumer");
	job_open_mmap(&d, kind, 2);
	for (try = 0; try < CLOSE_TRIES && ms >= CLOSE_MAX_MS; try++)
		ms = close_under_job(&d);
	note("%s: the close took %u ms, try %u", kind->name, ms, try);
	CHECK(ms < CLOSE_MAX_MS);
	job_close(&d);
}

static void check_kept(int dmabuf, int sync_fd)
{
	uint32_t *word;

	CHECK_EQ(sync_status(sync_fd), 1);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW), 1);
	dmabuf_start(dmabuf, DMA_BUF_SYNC_READ);
	word = mmap(NULL, 4096, PROT_READ, MAP_SHARED, dmabuf, 0);
	CHECK(word != MAP_FAILED);
	CHECK_EQ(*word, STAMP);
	munmap(word, 4096);
	dmabuf_end(dmabuf, DMA_BUF_SYNC_READ);
}

TEST_KINDS(kept_after_reqbufs_and_close, 20, all_kinds)
{
	struct job_dev d;
	int dmabuf, fd;

	job_open_mmap(&d, kind, 2);
	dmabuf = export(&d, 0, O_RDWR);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, STAMP);
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	job_dequeue_out(&d);
	m2m_stream(&d.m, &d.m.cap, false);
	m2m_unmap(&d.m.cap);
	CALL(m2m_try_reqbufs(&d.m, &d.m.cap, V4L2_MEMORY_MMAP, 0));
	check_kept(dmabuf, fd);
	job_close(&d);
	check_kept(dmabuf, fd);
}

TEST_KINDS(owner_killed_in_mid_job, 20, all_kinds)
{
	int dmabuf, fd, pidfd, ready = CALL(eventfd(0, 0));
	uint64_t theirs;
	struct job_dev d;
	pid_t pid;

	knob_need(kind->model);
	pid = CALL(fork());
	if (!pid) {
		job_open_mmap(&d, kind, 2);
		theirs = export(&d, 0, O_RDWR);
		job_pause(&d);
		job_queue_cap(&d, 0);
		job_queue_out(&d, 0, STAMP);
		job_wait_running(&d);
		CALL(write(ready, &theirs, sizeof(theirs)));
		pause();
	}
	CALL(read(ready, &theirs, sizeof(theirs)));
	pidfd = CALL(syscall(SYS_pidfd_open, pid, 0));
	dmabuf = CALL(syscall(SYS_pidfd_getfd, pidfd, (int)theirs, 0));
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(sync_status(fd), !expect_fences());
	CALL(kill(pid, SIGKILL));
	sleep_ms(50);
	knob_set(kind->model, "pause", 0);
	CHECK_EQ(sync_wait(fd, 5000), 1);
	CALL(waitpid(pid, NULL, 0));
	check_kept(dmabuf, fd);
}


static long cma_free_kb(void)
{
	return proc_number("/proc/meminfo", "CmaFree:");
}

/*
 * CMA holds one set of buffers, not two. If the old set lived on while the new
 * one is made, the new one would have to lie elsewhere.
 */
TEST_KINDS(new_buffers_over_exported_ones, 60, contig)
{
	struct job_dev d;
	long before, first, second;
	unsigned int i, bufs;

	before = cma_free_kb();
	if (before <= 0)
		SKIP("no CMA");
	job_open(&d, kind);
	m2m_format(&d.m, &d.m.out, kind->out_fourcc, 1920, 1088);
	m2m_format(&d.m, &d.m.cap, kind->cap_fourcc, 1920, 1088);
	/* Two thirds of it */
	bufs = before * 2 / 3 / (d.m.cap.fmt.plane_fmt[0].sizeimage / 1024);
	if (bufs > M2M_MAX_BUFS)
		bufs = M2M_MAX_BUFS;

	CALL(m2m_try_reqbufs(&d.m, &d.m.cap, V4L2_MEMORY_MMAP, bufs));
	CHECK_EQ(d.m.cap.bufs, bufs);
	first = before - cma_free_kb();
	for (i = 0; i < bufs; i++)
		close(export(&d, i, O_RDWR));
	CALL(m2m_try_reqbufs(&d.m, &d.m.cap, V4L2_MEMORY_MMAP, bufs));
	CHECK_EQ(d.m.cap.bufs, bufs);
	second = before - cma_free_kb();
	note("%u buffers, %ld KiB of CMA, then %ld of %ld", bufs, first, second, before);
	CHECK(first > before / 2);
	CHECK(second >= first - first / 10);
	job_close(&d);
}
