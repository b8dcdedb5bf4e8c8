// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a consumer of a capture buffer sees while the job runs: it waits, and
 * when the wait is over the content is that of the new job. On a kernel without
 * release fences the same tests see the old content.
 */

#include <poll.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

#define OLD		0x01d01d01u
#define NEW		0x0e770e77u
#define JOB_MS		60
/* Shorter than any watchdog, longer than a busy machine is late */
#define AT_ONCE_MS	1000
#define LIMIT_MS	5000

static const struct kind *const observed[] = {
	&kind_rga, &kind_rga_nv12m, &kind_rga_1080p, &kind_rga_import,
	&kind_rga3, &kind_rga3_nv12m, &kind_mpeg2, &kind_mpeg2_import,
	&kind_h264, &kind_h264_import, NULL
};

struct scene {
	struct job_dev d;
	int dmabuf[M2M_MAX_PLANES];
	unsigned int planes;
	pid_t later;
};

/* A buffer with the content of an old job, exported, and a new job on it */
static void open_scene(struct scene *s, const struct kind *kind)
{
	unsigned int p;

	memset(s, 0, sizeof(*s));
	knob_need(kind->model);
	job_open_bufs(&s->d, kind, 2);
	job_run(&s->d, 0, OLD);
	CHECK(job_content(&s->d, 0, OLD));

	s->planes = s->d.m.cap.fmt.num_planes;
	for (p = 0; p < s->planes; p++)
		s->dmabuf[p] = job_dmabuf(&s->d, 0, p);

	job_pause(&s->d);
	job_queue_cap(&s->d, 0);
	job_queue_out(&s->d, 0, NEW);
	job_wait_running(&s->d);
	CHECK_EQ(knob_count(kind->model, "stamp"), NEW);
}

/*
 * The job goes on, but only when the test has begun to wait. Where nobody waits
 * it runs until the test is over: who would wait all the same comes back late.
 */
static void finish_later(struct scene *s)
{
	if (!expect_fences())
		return;
	s->later = CALL(fork());
	if (s->later)
		return;
	sleep_ms(JOB_MS);
	job_go(&s->d);
	_exit(0);
}

static void close_scene(struct scene *s)
{
	unsigned int p;

	if (s->later)
		CALL(waitpid(s->later, NULL, 0));
	job_go(&s->d);
	CHECK_EQ(m2m_dequeue(&s->d.m, &s->d.m.cap, NULL), 0);
	job_dequeue_out(&s->d);
	CHECK(job_content(&s->d, 0, NEW));
	for (p = 0; p < s->planes; p++)
		close(s->dmabuf[p]);
	job_close(&s->d);
}

/* What the wait was worth */
static void check_seen(struct scene *s, const char *what, unsigned int plane,
		       unsigned int ms)
{
	uint32_t seen = *(volatile uint32_t *)s->d.m.cap.buf[0].plane[plane].map;

	saw(what, "%s | %u | %s content", s->d.kind->name, ms,
	    seen == NEW ? "new" : seen == OLD ? "old" : "strange");
	if (expect_fences()) {
		CHECK(ms >= JOB_MS / 2);
		CHECK_EQ(seen, NEW);
		CHECK(job_content(&s->d, 0, NEW));
	} else {
		CHECK(ms < AT_ONCE_MS);
		CHECK_EQ(seen, OLD);
	}
}

static void status_while_running(const struct kind *kind, unsigned int flags)
{
	struct scene s;
	unsigned int p;
	int fd[M2M_MAX_PLANES];

	open_scene(&s, kind);
	for (p = 0; p < s.planes; p++) {
		fd[p] = dmabuf_sync_file(s.dmabuf[p], flags);
		CHECK_EQ(sync_status(fd[p]), !expect_fences());
	}
	saw("sync_file, at once", "%s | | %s", kind->name,
	    sync_status(fd[0]) ? "signalled" : "pending");
	close_scene(&s);
	for (p = 0; p < s.planes; p++) {
		CHECK_EQ(sync_status(fd[p]), 1);
		close(fd[p]);
	}
}

TEST_KINDS(sync_file_to_read, 20, observed)
{
	status_while_running(kind, DMA_BUF_SYNC_READ);
}

TEST_KINDS(sync_file_to_write, 20, observed)
{
	status_while_running(kind, DMA_BUF_SYNC_RW);
}

TEST_KINDS(sync_file_wait, 30, observed)
{
	struct scene s;
	uint64_t from;
	int fd;

	open_scene(&s, kind);
	fd = dmabuf_sync_file(s.dmabuf[0], DMA_BUF_SYNC_READ);
	finish_later(&s);
	from = now_ns();
	CHECK_EQ(sync_wait(fd, LIMIT_MS), 1);
	check_seen(&s, "sync_file", 0, (now_ns() - from) / 1000000);
	close(fd);
	close_scene(&s);
}

static void poll_waits(const struct kind *kind, short events, const char *what)
{
	unsigned int p, planes = 1;
	struct scene s;
	uint64_t from;

	for (p = 0; p < planes; p++) {
		open_scene(&s, kind);
		planes = s.planes;
		CHECK_EQ(dmabuf_poll(s.dmabuf[p], events, 0), !expect_fences());
		finish_later(&s);
		from = now_ns();
		CHECK(dmabuf_poll(s.dmabuf[p], events, LIMIT_MS));
		check_seen(&s, what, p, (now_ns() - from) / 1000000);
		close_scene(&s);
	}
}

TEST_KINDS(poll_in, 30, observed)
{
	poll_waits(kind, POLLIN, "poll(POLLIN)");
}

TEST_KINDS(poll_out, 30, observed)
{
	poll_waits(kind, POLLOUT, "poll(POLLOUT)");
}

static void start_waits(const struct kind *kind, unsigned int flags,
			const char *what)
{
	unsigned int p, planes = 1, ms;
	struct scene s;

	for (p = 0; p < planes; p++) {
		open_scene(&s, kind);
		planes = s.planes;
		finish_later(&s);
		ms = dmabuf_start(s.dmabuf[p], flags);
		check_seen(&s, what, p, ms);
		dmabuf_end(s.dmabuf[p], flags);
		close_scene(&s);
	}
}

TEST_KINDS(sync_start_to_read, 30, observed)
{
	start_waits(kind, DMA_BUF_SYNC_READ, "SYNC_START(READ)");
}

TEST_KINDS(sync_start_to_write, 30, observed)
{
	start_waits(kind, DMA_BUF_SYNC_WRITE, "SYNC_START(WRITE)");
}
