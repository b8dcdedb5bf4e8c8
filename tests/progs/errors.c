// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever the hardware does, a published fence ends, with the right error
 */

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

/* The watchdog of both decoders: 2 s. The timer of the core: 5 s. Both run late here. */
#define WATCHDOG_MIN_MS	1500
#define WATCHDOG_MAX_MS	4500
#define TIMER_MIN_MS	4500
#define TIMER_MAX_MS	8000

static const struct kind *const decoders[] = {
	&kind_mpeg2, &kind_h264, &kind_mpeg2_import, &kind_rkvdec, &kind_rkvdec_import, NULL
};
static const struct kind *const hevc[] = { &kind_rkvdec_hevc, NULL };
static const struct kind *const late_decoders[] = {
	&kind_mpeg2, &kind_h264_import, &kind_rkvdec, NULL
};
/* Each of these waits takes seconds, so no buffer has all of them */
static const struct kind *const rgas[] = { &kind_rga, &kind_rga3, NULL };
static const struct kind *const late_rgas[] = { &kind_rga_import, &kind_rga3, NULL };
static const struct kind *const one_each[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_rkvdec, NULL
};

/* Starts a job on buffer 0 and returns what a consumer waits for */
static int start_job(struct job_dev *d, uint32_t stamp)
{
	int dmabuf = job_dmabuf(d, 0, 0), fd;

	d->started = knob_count(d->kind->model, "started");
	job_queue_cap(d, 0);
	job_queue_out(d, 0, stamp);
	job_wait_running(d);
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	close(dmabuf);

	return fd;
}

static void open_dev(struct job_dev *d, const struct kind *kind)
{
	knob_need(kind->model);
	job_open_bufs(d, kind, 2);
	/* Long enough to look at it */
	knob_set(kind->model, "delay_us", 20000);
}

static void check_pending(int fd)
{
	CHECK_EQ(sync_status(fd), expect_fences() ? 0 : 1);
}

static void check_wait(int fd, int status, unsigned int min_ms, unsigned int max_ms)
{
	uint64_t from = now_ns();
	unsigned int ms;

	if (!expect_fences())
		return;
	CHECK_EQ(sync_wait(fd, max_ms), status);
	ms = (now_ns() - from) / 1000000;
	note("status %d after %u ms", status, ms);
	CHECK(ms >= min_ms);
}

/* One more job: the device and the buffer work, the new fence has no error */
static void check_next(struct job_dev *d)
{
	int fd = start_job(d, 0x600d600d);
	struct v4l2_buffer b;

	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, &b), 0);
	CHECK(!(b.flags & V4L2_BUF_FLAG_ERROR));
	CHECK_EQ(sync_status(fd), 1);
	CHECK(job_content(d, 0, 0x600d600d));
	job_dequeue_out(d);
	close(fd);
}

static void dequeue_error(struct job_dev *d)
{
	struct v4l2_buffer b;

	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, &b), 0);
	CHECK(b.flags & V4L2_BUF_FLAG_ERROR);
	job_dequeue_out(d);
}

TEST_KINDS(error_irq, 20, decoders)
{
	struct job_dev d;
	int fd;

	open_dev(&d, kind);
	knob_set(kind->model, "fail_jobs", 1);
	job_pause(&d);
	fd = start_job(&d, 1);
	check_pending(fd);
	job_go(&d);
	check_wait(fd, -EIO, 0, 1000);
	dequeue_error(&d);
	check_next(&d);
	job_close(&d);
}

/*
 * No error: the hardware fails if it is told of other slices than it finds. A driver that
 * looks the slices up too early reads those of the frame before, from freed memory if
 * there are more now.
 */
TEST_KINDS(more_slices_than_before, 20, hevc)
{
	static const unsigned int slices[] = { 1, 8, 3 };
	struct job_dev d;
	unsigned int i;

	open_dev(&d, kind);
	for (i = 0; i < sizeof(slices) / sizeof(*slices); i++) {
		d.slices = slices[i];
		check_next(&d);
	}
	job_close(&d);
}

static void watchdog(const struct kind *kind, const char *knob)
{
	struct job_dev d;
	int fd;

	open_dev(&d, kind);
	knob_set(kind->model, knob, 1);
	fd = start_job(&d, 1);
	check_pending(fd);
	check_wait(fd, -EIO, WATCHDOG_MIN_MS, WATCHDOG_MAX_MS);
	dequeue_error(&d);
	/* It comes when nobody waits for it any more */
	knob_set(kind->model, "spurious", 1);
	sleep_ms(10);
	check_next(&d);
	job_close(&d);
}

TEST_KINDS(hang_ends_by_watchdog, 30, decoders)
{
	watchdog(kind, "hang_jobs");
}

TEST_KINDS(dropped_irq_ends_by_watchdog, 30, decoders)
{
	watchdog(kind, "drop_irqs");
}

/*
 * The driver takes it for the end of the job that runs. The fence goes with the
 * buffer, and when the hardware really ends that job nobody waits for it.
 */
TEST_KINDS(irq_of_hung_job_in_next_job, 30, late_decoders)
{
	unsigned long done;
	struct v4l2_buffer b;
	struct job_dev d;
	int hung, next;

	open_dev(&d, kind);
	knob_set(kind->model, "hang_jobs", 1);
	hung = start_job(&d, 1);
	check_wait(hung, -EIO, WATCHDOG_MIN_MS, WATCHDOG_MAX_MS);
	dequeue_error(&d);

	job_pause(&d);
	next = start_job(&d, 2);
	check_pending(next);
	knob_set(kind->model, "spurious", 1);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, &b), 0);
	CHECK(!(b.flags & V4L2_BUF_FLAG_ERROR));
	CHECK_EQ(sync_status(next), 1);
	CHECK_EQ(sync_status(hung), expect_fences() ? -EIO : 1);
	job_dequeue_out(&d);

	done = knob_count(kind->model, "done");
	job_go(&d);
	knob_wait(kind->model, "done", done + 1);
	CHECK_EQ(m2m_try_dequeue(&d.m, &d.m.cap, 50, &b), -1);
	CHECK_EQ(errno, EAGAIN);
	check_next(&d);
	CHECK_EQ(sync_status(next), 1);
	close(next);
	close(hung);
	job_close(&d);
}

/*
 * Nobody but the core's timer ends it. The buffer stays with the driver until
 * @knob makes the hardware come back.
 */
static void core_timer(const struct kind *kind, const char *cause,
		       const char *knob, bool written)
{
	struct v4l2_buffer b;
	struct job_dev d;
	int fd, dmabuf;

	open_dev(&d, kind);
	dmabuf = job_dmabuf(&d, 0, 0);
	knob_set(kind->model, cause, 1);
	knob_stuck(kind->model, knob);
	fd = start_job(&d, 0x1a7e1a7e);
	check_pending(fd);
	check_wait(fd, -ETIME, TIMER_MIN_MS, TIMER_MAX_MS);
	CHECK_EQ(m2m_try_dequeue(&d.m, &d.m.cap, 0, &b), -1);
	CHECK_EQ(errno, EAGAIN);
	if (expect_fences())
		CHECK(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW) != 0);

	knob_set(kind->model, knob, 1);
	knob_stuck(NULL, NULL);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, &b), 0);
	CHECK(!(b.flags & V4L2_BUF_FLAG_ERROR));
	job_dequeue_out(&d);
	if (written)
		CHECK(job_content(&d, 0, 0x1a7e1a7e));
	/* What was said stays said */
	CHECK_EQ(sync_status(fd), expect_fences() ? -ETIME : 1);
	close(dmabuf);
	check_next(&d);
	job_close(&d);
}

TEST_KINDS(hang_ends_by_timer, 30, rgas)
{
	core_timer(kind, "hang_jobs", "release", true);
}

/* The driver ignores the error, so the job hangs */
TEST_KINDS(error_irq_ends_by_timer, 30, late_rgas)
{
	core_timer(kind, "fail_jobs", "spurious", false);
}

TEST_KINDS(spurious_irq_when_idle, 20, every_kind)
{
	struct job_dev d;
	unsigned int i;

	open_dev(&d, kind);
	check_next(&d);
	for (i = 0; i < 10; i++) {
		knob_set(kind->model, "spurious", 0);
		sleep_ms(1);
	}
	check_next(&d);
	job_close(&d);
}

/* A decoder takes it for an error; the rga looks at the status first */
TEST_KINDS(spurious_irq_in_mid_job, 20, every_kind)
{
	unsigned long done;
	struct v4l2_buffer b;
	struct job_dev d;
	int fd;

	open_dev(&d, kind);
	done = knob_count(kind->model, "done");
	job_pause(&d);
	fd = start_job(&d, 0x5b5b5b5b);
	knob_set(kind->model, "spurious", 0);
	sleep_ms(10);
	if (!kind->requests) {
		CHECK_EQ(sync_status(fd), !expect_fences());
		job_go(&d);
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
		CHECK_EQ(sync_status(fd), 1);
	} else {
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, &b), 0);
		CHECK(b.flags & V4L2_BUF_FLAG_ERROR);
		CHECK_EQ(sync_status(fd), expect_fences() ? -EIO : 1);
		job_go(&d);
	}
	job_dequeue_out(&d);
	/* The hardware writes to the end, and its interrupt is taken before the next one */
	knob_wait(kind->model, "done", done + 1);
	knob_set(kind->model, "spurious", 0);
	check_next(&d);
	job_close(&d);
}

static void *go_later(void *data)
{
	struct job_dev *d = data;

	sleep_ms(100);
	job_go(d);
	return NULL;
}

/* Pending until the hardware goes on, which it does while the caller stops it */
static int job_that_goes_on(struct job_dev *d, const struct kind *kind, pthread_t *thread)
{
	int fd;

	open_dev(d, kind);
	job_pause(d);
	fd = start_job(d, 2);
	CHECK_EQ(sync_status(fd), !expect_fences());
	CHECK(!pthread_create(thread, NULL, go_later, d));
	return fd;
}

TEST_KINDS(streamoff_in_mid_job, 20, every_kind)
{
	pthread_t thread;
	struct job_dev d;
	int fd;

	fd = job_that_goes_on(&d, kind, &thread);
	m2m_stream(&d.m, &d.m.cap, false);
	CHECK(sync_status(fd) != 0);
	pthread_join(thread, NULL);
	m2m_stream(&d.m, &d.m.out, false);
	job_close(&d);
	CHECK_EQ(sync_status(fd), 1);
}

TEST_KINDS(close_in_mid_job, 20, every_kind)
{
	pthread_t thread;
	struct job_dev d;
	int fd;

	fd = job_that_goes_on(&d, kind, &thread);
	job_close(&d);
	CHECK_EQ(sync_status(fd), 1);
	pthread_join(thread, NULL);
}

struct lost_irq {
	const char *model;
	unsigned long done;
	int fence;
};

/* The interrupt comes when the fence is signalled, or should have been */
static void *irq_after_fence(void *data)
{
	struct lost_irq *lost = data;
	struct pollfd pfd = { .fd = lost->fence, .events = POLLIN };

	knob_wait(lost->model, "done", lost->done + 1);
	poll(&pfd, 1, TIMER_MAX_MS);
	knob_set(lost->model, "spurious", 1);
	return NULL;
}

/* STREAMOFF waits for the job, the job for its interrupt: the fence must not wait too */
TEST_KINDS(streamoff_of_hung_job, 40, one_each)
{
	struct lost_irq lost = { .model = kind->model };
	pthread_t thread;
	struct job_dev d;
	uint64_t from;
	int status;

	open_dev(&d, kind);
	lost.done = knob_count(kind->model, "done");
	knob_set(kind->model, "drop_irqs", 1);
	lost.fence = start_job(&d, 3);
	CHECK(!pthread_create(&thread, NULL, irq_after_fence, &lost));
	from = now_ns();
	m2m_stream(&d.m, &d.m.cap, false);
	status = sync_status(lost.fence);
	pthread_join(thread, NULL);
	note("%s: STREAMOFF took %llu ms, status %d", kind->name,
	     (unsigned long long)(now_ns() - from) / 1000000, status);
	CHECK_EQ(status, !expect_fences() ? 1 : kind->requests ? -EIO : -ETIME);
	knob_reset(kind->model);
	job_close(&d);
}
