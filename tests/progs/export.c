// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exports of a capture plane: when, how many, and how long they live
 */

#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "knobs.h"
#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"
#include "../kmod/consumer.h"

#define MANY		10000
#define OFTEN		2000
#define STAMP		0xe0e0e0e0u
#define CROSS_JOBS	500
#define KEPT		64
#define HOLD_US		100000
#define CLOSE_MIN_MS	20
#define CLOSE_TRIES	5
#define CROWD_TRIES	5

static const struct kind *const one_each[] = { &kind_rga, &kind_rga3, &kind_mpeg2, NULL };
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

static bool is_dmabuf(int fd)
{
	char path[64], target[128] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CALL(readlink(path, target, sizeof(target) - 1));
	return strstr(target, "dmabuf");
}

TEST_KINDS(one_dmabuf_for_each_access_mode, 20, all_kinds)
{
	unsigned int i, j;
	struct job_dev d;
	int fd[3], again;

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < 3; i++) {
		fd[i] = export(&d, 0, modes[i]);
		CHECK_EQ(fcntl(fd[i], F_GETFL) & O_ACCMODE, modes[i]);
		for (j = 0; j < i; j++)
			CHECK(inode(fd[i]) != inode(fd[j]));
		again = export(&d, 0, modes[i]);
		CHECK(again != fd[i]);
		/* As before on queues that did not opt in */
		CHECK_EQ(inode(again) == inode(fd[i]), expect_fences());
		CHECK_EQ(fcntl(again, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
		close(again);
		CHECK(is_dmabuf(fd[i]));
	}
	CHECK(inode(export(&d, 1, O_RDWR)) != inode(fd[2]));
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

/* Before, during and after the job, in every mode */
TEST_KINDS(before_during_after, 20, all_kinds)
{
	int before[3], during[3], after[3], pending[3];
	struct job_dev d;
	unsigned int i;

	knob_need(kind->model);
	job_open_mmap(&d, kind, 2);
	/* The write-only one comes while the job runs */
	before[0] = export(&d, 0, modes[0]);
	before[2] = export(&d, 0, modes[2]);
	job_pause(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, STAMP);
	job_wait_running(&d);
	for (i = 0; i < 3; i++) {
		during[i] = export(&d, 0, modes[i]);
		pending[i] = dmabuf_sync_file(during[i], DMA_BUF_SYNC_READ);
		CHECK_EQ(sync_status(pending[i]), !expect_fences());
		CHECK_EQ(dmabuf_poll(during[i], POLLIN, 0), !expect_fences());
	}
	CHECK_EQ(dmabuf_status(before[0], DMA_BUF_SYNC_READ), !expect_fences());
	CHECK_EQ(dmabuf_status(before[2], DMA_BUF_SYNC_READ), !expect_fences());

	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(sync_status(pending[i]), 1);
		after[i] = export(&d, 0, modes[i]);
		CHECK_EQ(dmabuf_status(after[i], DMA_BUF_SYNC_RW), 1);
	}
	job_close(&d);
}

/* Closed and made again while the job runs: the new dma-buf has the fence */
TEST_KINDS(export_again_in_mid_job, 20, one_each)
{
	struct job_dev d;
	unsigned int i;
	int fd;

	knob_need(kind->model);
	job_open_mmap(&d, kind, 2);
	fd = export(&d, 0, O_RDWR);
	job_pause(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, STAMP);
	job_wait_running(&d);
	for (i = 0; i < 100; i++) {
		close(fd);
		fd = export(&d, 0, O_RDWR);
		CHECK_EQ(dmabuf_status(fd, DMA_BUF_SYNC_READ), !expect_fences());
	}
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	CHECK_EQ(dmabuf_status(fd, DMA_BUF_SYNC_RW), 1);
	job_close(&d);
}

static void many_files(void)
{
	struct rlimit limit = { MANY + 100, MANY + 100 };

	CALL(setrlimit(RLIMIT_NOFILE, &limit));
}

/* Of the fastest of ten rounds: what else the machine does can only slow them down */
static uint64_t ns_per_job(struct job_dev *d)
{
	uint64_t from, ns, best = UINT64_MAX;
	unsigned int round, i;

	for (round = 0; round < 10; round++) {
		from = now_ns();
		for (i = 0; i < 5; i++)
			job_run(d, 0, STAMP);
		ns = (now_ns() - from) / 5;
		if (ns < best)
			best = ns;
	}

	return best;
}

TEST_KINDS(ten_thousand_exports, 120, one_each)
{
	static int fd[MANY];
	uint64_t alone, crowd;
	struct job_dev d;
	unsigned int i;

	many_files();
	job_open_mmap(&d, kind, 2);
	alone = ns_per_job(&d);
	for (i = 0; i < MANY; i++)
		fd[i] = export(&d, 0, modes[i % 3]);
	if (expect_fences())
		for (i = 3; i < MANY; i++)
			CHECK_EQ(inode(fd[i]), inode(fd[i % 3]));
	/* Other work comes and goes, exports that cost would cost each time */
	crowd = ns_per_job(&d);
	for (i = 0; i < CROWD_TRIES && crowd >= 3 * alone; i++)
		crowd = ns_per_job(&d);
	note("%s: %llu us a job alone, %llu us with %d exports, at best", kind->name,
	     (unsigned long long)alone / 1000, (unsigned long long)crowd / 1000, MANY);
	CHECK(crowd < 3 * alone);
	CHECK_EQ(dmabuf_status(fd[0], DMA_BUF_SYNC_RW), 1);
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

static struct {
	struct job_dev *d;
	volatile bool stop;
	unsigned long rounds, pending, ended_badly;
	int kept[KEPT];
} exporter;

/* What it got while jobs ran is looked at later, so as not to wait for each job */
static void keep_fence(int fd)
{
	int *kept = &exporter.kept[exporter.rounds % KEPT];

	if (*kept > 0) {
		exporter.ended_badly += sync_wait(*kept, 5000) != 1;
		close(*kept);
	}
	exporter.pending += !sync_status(fd);
	*kept = fd;
}

static void *export_and_close(void *unused)
{
	unsigned int i;
	int fd[3];

	(void)unused;
	while (!exporter.stop) {
		for (i = 0; i < 3; i++)
			fd[i] = export(exporter.d, exporter.rounds % 2, modes[i]);
		for (i = 0; i < 3; i++, exporter.rounds++) {
			keep_fence(dmabuf_sync_file(fd[i], DMA_BUF_SYNC_READ));
			close(fd[i]);
		}
	}
	return NULL;
}

/* Exports come and go while fences are published on them */
TEST_KINDS(exports_against_jobs, 300, one_each)
{
	unsigned long jobs = how_many_jobs(CROSS_JOBS), n;
	pthread_t thread;
	struct job_dev d;
	unsigned int i;

	job_open_mmap(&d, kind, 2);
	exporter.d = &d;
	CHECK(!pthread_create(&thread, NULL, export_and_close, NULL));
	for (n = 0; n < jobs; n++) {
		job_run(&d, n % 2, n + 1);
		CHECK(job_content(&d, n % 2, n + 1));
	}
	exporter.stop = true;
	pthread_join(thread, NULL);
	for (i = 0; i < KEPT && exporter.kept[i] > 0; i++)
		exporter.ended_badly += sync_wait(exporter.kept[i], 5000) != 1;
	note("%s: %lu jobs, %lu exports, %lu of them with a fence to wait for",
	     kind->name, jobs, exporter.rounds, exporter.pending);
	CHECK_EQ(exporter.ended_badly, 0);
	CHECK_EQ(exporter.pending > 0, expect_fences());
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

static void *start_job(void *data)
{
	job_queue_out(data, 0, STAMP);
	return NULL;
}

/* Returns how long it took to close an export that the job is about to serve */
static unsigned int close_under_job(struct job_dev *d)
{
	int closed = export(d, 0, O_RDONLY), other = export(d, 0, O_RDWR);
	pthread_t holder, starter;
	unsigned int ms;
	uint64_t from;

	job_queue_cap(d, 0);
	CHECK(!pthread_create(&holder, NULL, hold, &other));
	sleep_ms(20);
	/* A job starts in the thread that queues it, if the device is idle */
	CHECK(!pthread_create(&starter, NULL, start_job, d));
	sleep_ms(20);
	from = now_ns();
	close(closed);
	ms = (now_ns() - from) / 1000000;
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
 * The job waits for the reservation of one export, and knows of the other by a
 * pointer without a reference: that one must not go away before it is served.
 * A busy machine may run the threads in another order, so it has some tries.
 */
TEST_KINDS(closed_while_published_on, 20, one_each)
{
	unsigned int try, ms = 0;
	struct job_dev d;

	consumer = open_or_skip("/dev/vrf-consumer");
	job_open_mmap(&d, kind, 2);
	for (try = 0; try < CLOSE_TRIES && ms < CLOSE_MIN_MS; try++)
		ms = close_under_job(&d);
	note("%s: the close took %u ms, try %u", kind->name, ms, try);
	if (expect_fences())
		CHECK(ms >= CLOSE_MIN_MS);
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

/*
 * An export whose file is closed but whose dentry a path still holds (O_PATH)
 * is dead. EXPBUF must make a new one, not hand out what became of the file.
 */
TEST_KINDS(dead_export_stays_dead, 60, one_each)
{
	unsigned int tries = how_often(50), i, j;
	int fd, path_fd, other[64];
	struct job_dev d;
	char path[64];

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < tries; i++) {
		fd = export(&d, 0, O_RDWR);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		path_fd = open(path, O_PATH | O_CLOEXEC);
		if (path_fd < 0)
			SKIP("no O_PATH of a dma-buf: %s", strerror(errno));
		close(fd);
		/* The freed file lies where the next ones are taken from */
		for (j = 0; j < 64; j++)
			other[j] = CALL(eventfd(0, 0));
		fd = export(&d, 0, O_RDWR);
		if (!is_dmabuf(fd))
			FAIL("EXPBUF returned somebody else's file");
		job_run(&d, 0, STAMP + i);
		CHECK_EQ(dmabuf_status(fd, DMA_BUF_SYNC_RW), 1);
		for (j = 0; j < 64; j++)
			close(other[j]);
		close(path_fd);
		close(fd);
	}
	job_close(&d);
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
