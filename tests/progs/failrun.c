// SPDX-License-Identifier: GPL-2.0-only
/*
 * A job of a decoder that cannot start gives back all that it took: its buffers and its
 * request, the clocks, runtime PM. The jobs before and after it do not notice.
 *
 * A module makes jobs fail (tests/kmod/fail.c).
 */

#include <fcntl.h>
#include <glob.h>
#include <linux/media.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "sync.h"

#define KNOBS		"/sys/kernel/debug/vrf-fail/"
#define CLOCK		"/sys/kernel/debug/clk/board-clock/clk_enable_count"
#define SUSPEND_MS	2000
#define OTHERS_MS	500
#define REQUEST_MS	1000

static const struct kind *const hantros[] = { &kind_mpeg2, &kind_h264, &kind_jpeg, NULL };
static const struct kind *const resuming[] = {
	&kind_mpeg2, &kind_h264, &kind_jpeg, &kind_rkvdec, &kind_rkvdec_vp9, NULL
};
static const struct kind *const vp9[] = { &kind_rkvdec_vp9, NULL };
static const struct kind *const h264[] = { &kind_h264, NULL };
static const struct kind *const mpeg2[] = { &kind_mpeg2, NULL };

/* What the device has taken while nothing runs */
struct idle {
	bool suspended;
	unsigned long clocks;
};

static void fail_next(const char *knob)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), KNOBS "%s", knob);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		SKIP("nothing makes a job fail in this kernel");
	CALL(write(fd, "1", 1));
	close(fd);
}

static void read_text(const char *path, char *text, size_t size)
{
	int fd = CALL(open(path, O_RDONLY | O_CLOEXEC));
	ssize_t len = CALL(read(fd, text, size - 1));

	text[len] = 0;
	close(fd);
}

/* rkvdec has one device, and gives the name of the driver for that of the bus */
static bool is_suspended(struct job_dev *d)
{
	const char *name = strchr(d->m.bus, ':') + 1;
	char path[128], status[16];
	glob_t found;

	if (!strcmp(name, d->kind->driver))
		snprintf(path, sizeof(path),
			 "/sys/bus/platform/drivers/%s/*.video-codec/power/runtime_status", name);
	else
		snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/power/runtime_status",
			 name);
	CHECK(!glob(path, 0, NULL, &found));
	CHECK_EQ(found.gl_pathc, 1);
	read_text(found.gl_pathv[0], status, sizeof(status));
	globfree(&found);
	return !strcmp(status, "suspended\n");
}

/* It suspends a while after its last job */
static struct idle wait_idle(struct job_dev *d)
{
	uint64_t end = now_ns() + SUSPEND_MS * 1000000ull;
	struct idle idle;
	char count[16];

	do {
		sleep_ms(20);
		idle.suspended = is_suspended(d);
	} while (!idle.suspended && now_ns() < end);
	read_text(CLOCK, count, sizeof(count));
	idle.clocks = strtoul(count, NULL, 10);

	return idle;
}

static bool request_completes(struct job_dev *d, unsigned int index)
{
	struct pollfd pfd = { .fd = d->request[index], .events = POLLPRI };

	return !d->kind->requests || poll(&pfd, 1, REQUEST_MS) == 1;
}

static bool can_reinit(struct job_dev *d, unsigned int index)
{
	return !d->kind->requests || !ioctl(d->request[index], MEDIA_REQUEST_IOC_REINIT);
}

static void check_good(struct job_dev *d, unsigned int index, uint32_t stamp)
{
	struct v4l2_buffer b;

	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, &b), index);
	CHECK(!(b.flags & V4L2_BUF_FLAG_ERROR));
	if (!d->kind->encoder)
		CHECK(job_content(d, index, stamp));
}

static void queue(struct job_dev *d, unsigned int index)
{
	job_queue_cap(d, index);
	job_queue_out(d, index, index + 1);
}

/* A frame of another size, which VP9 only finds when the controls are applied */
static void queue_wide(struct job_dev *d, unsigned int index)
{
	struct kind wide = *d->kind;
	const struct kind *kind = d->kind;

	wide.width *= 2;
	d->kind = &wide;
	queue(d, index);
	d->kind = kind;
}

/*
 * Three jobs are queued, the second cannot start; then two more. Without a knob the
 * second is a frame of another size.
 */
static void second_fails(const struct kind *kind, const char *knob)
{
	struct idle before, after;
	bool completes, reinit;
	struct v4l2_buffer b;
	struct job_dev d;
	unsigned int i;
	int dmabuf;

	knob_need(kind->model);
	job_open_mmap(&d, kind, 3);
	dmabuf = job_dmabuf(&d, 1, 0);
	/* All devices share the clock: the one of an earlier test suspends, too */
	sleep_ms(OTHERS_MS);
	before = wait_idle(&d);
	CHECK(before.suspended);

	job_begin(&d, 0, 1);
	if (knob)
		queue(&d, 1);
	else
		queue_wide(&d, 1);
	queue(&d, 2);
	if (knob)
		fail_next(knob);
	job_go(&d);
	check_good(&d, 0, 1);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, &b), 1);
	CHECK(b.flags & V4L2_BUF_FLAG_ERROR);
	CHECK(!dmabuf_pending(dmabuf));
	check_good(&d, 2, 3);
	for (i = 0; i < 3; i++)
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.out, NULL), i);

	completes = request_completes(&d, 1);
	reinit = can_reinit(&d, 1);
	after = wait_idle(&d);
	note("%s: request %s, %s, clocks enabled %+ld times", kind->name,
	     completes && reinit ? "completed" : "still queued",
	     after.suspended ? "suspended" : "not suspended", after.clocks - before.clocks);
	CHECK(completes && reinit);
	CHECK(after.suspended);
	CHECK_EQ(after.clocks, before.clocks);

	CHECK(can_reinit(&d, 0) && can_reinit(&d, 2));
	for (i = 0; i < 2; i++) {
		queue(&d, i);
		check_good(&d, i, i + 1);
		job_dequeue_out(&d);
	}
	CHECK(wait_idle(&d).suspended);
	close(dmabuf);
	job_close(&d);
}

/* Before the controls of the request were applied */
TEST_KINDS(run_fails, 20, hantros)
{
	second_fails(kind, "run");
}

TEST_KINDS(run_fails_late, 20, h264)
{
	second_fails(kind, "prepare");
}

TEST_KINDS(clocks_fail, 20, hantros)
{
	second_fails(kind, "clocks");
}

TEST_KINDS(size_does_not_fit, 20, vp9)
{
	second_fails(kind, NULL);
}

TEST_KINDS(resume_fails, 20, resuming)
{
	second_fails(kind, "power");
}

/* The watchdog of a failed job would reset another one, two seconds later */
static void next_is_not_reset(const struct kind *kind, const char *knob)
{
	struct v4l2_buffer b;
	struct job_dev d;

	knob_need(kind->model);
	job_open_mmap(&d, kind, 3);
	fail_next(knob);
	queue(&d, 0);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, &b), 0);
	CHECK(b.flags & V4L2_BUF_FLAG_ERROR);
	sleep_ms(1200);
	job_begin(&d, 1, 2);
	sleep_ms(1200);
	job_go(&d);
	check_good(&d, 1, 2);
	job_close(&d);
}

TEST_KINDS(watchdog_is_not_armed, 20, mpeg2)
{
	next_is_not_reset(kind, "run");
}

TEST_KINDS(watchdog_is_not_armed_late, 20, h264)
{
	next_is_not_reset(kind, "prepare");
}
