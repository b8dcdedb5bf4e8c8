// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend in mid-job, as far as the drivers have it: hantro and rkvdec are forced into
 * runtime suspend, rga has no system sleep at all. The fence ends with the job all the same,
 * whether that is over meanwhile or after resume.
 *
 * By pm_test: suspend, some time, resume. The hardware is a model that runs on, its
 * clocks and power are not modelled.
 */

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "sync.h"

#define POWER		"/sys/power/"
#define SECONDS		"/sys/module/suspend/parameters/pm_test_delay"
/* Less than the suspend takes, and less than a watchdog */
#define JOB_US		400000
#define NEXT		0x600d600du

static const struct kind *const kinds[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_mpeg2_import, &kind_rkvdec, NULL
};

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		SKIP("cannot suspend: %s", strerror(errno));
	CALL(write(fd, text, strlen(text)));
	close(fd);
}

/* Comes back by itself. @level: how far down it goes. */
static void suspend(const char *level, const char *seconds)
{
	uint64_t from = now_ns();

	put(POWER "pm_test", level);
	put(SECONDS, seconds);
	put(POWER "state", "freeze");
	note("suspended to %s, back after %llu ms", level,
	     (unsigned long long)(now_ns() - from) / 1000000);
	put(POWER "pm_test", "none");
}

static int start(struct job_dev *d, const struct kind *kind, uint32_t stamp)
{
	int dmabuf = job_dmabuf(d, 0, 0), fd;

	d->started = knob_count(kind->model, "started");
	job_queue_cap(d, 0);
	job_queue_out(d, 0, stamp);
	job_wait_running(d);
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(sync_status(fd), !expect_fences());
	close(dmabuf);
	return fd;
}

static void finish(struct job_dev *d, int fence, uint32_t stamp)
{
	struct v4l2_buffer b;

	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, &b), 0);
	CHECK(!(b.flags & V4L2_BUF_FLAG_ERROR));
	CHECK_EQ(sync_status(fence), 1);
	CHECK(job_content(d, 0, stamp));
	job_dequeue_out(d);
	close(fence);
}

static void run_next(struct job_dev *d)
{
	job_run(d, 0, NEXT);
	CHECK(job_content(d, 0, NEXT));
}

/* The job is over while its device is suspended, and its interrupt waits */
static void over_meanwhile(const struct kind *kind, const char *level)
{
	unsigned long done;
	struct job_dev d;
	int fence;

	knob_need(kind->model);
	job_open_bufs(&d, kind, 2);
	knob_set(kind->model, "delay_us", JOB_US);
	done = knob_count(kind->model, "done");
	fence = start(&d, kind, 1);
	CHECK_EQ(knob_count(kind->model, "done"), done);
	suspend(level, "1");
	CHECK_EQ(knob_count(kind->model, "done"), done + 1);
	finish(&d, fence, 1);
	run_next(&d);
	job_close(&d);
}

TEST_KINDS(over_while_devices_are_suspended, 40, kinds)
{
	over_meanwhile(kind, "devices");
}

TEST_KINDS(over_while_interrupts_are_off, 40, kinds)
{
	over_meanwhile(kind, "platform");
}

/* The job runs on after resume */
TEST_KINDS(over_after_resume, 40, kinds)
{
	struct job_dev d;
	int fence;

	knob_need(kind->model);
	job_open_bufs(&d, kind, 2);
	job_pause(&d);
	fence = start(&d, kind, 2);
	suspend("platform", "0");
	CHECK_EQ(sync_status(fence), !expect_fences());
	job_go(&d);
	finish(&d, fence, 2);
	run_next(&d);
	job_close(&d);
}
