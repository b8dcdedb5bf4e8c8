// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has a buffer from VIDIOC_DQBUF finds its fence signalled, every time
 */

#include <poll.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

/* Of each kind; the subject section looks at the order itself */
#define JOBS	400

static void check_signalled(int sync_fd, uint64_t queued, uint64_t dequeued)
{
	uint64_t when;

	CHECK_EQ(sync_status(sync_fd), 1);
	when = sync_time_ns(sync_fd);
	if (when < queued || when > dequeued)
		FAIL("signalled at %llu, queued at %llu, dequeued at %llu",
		     (unsigned long long)when, (unsigned long long)queued,
		     (unsigned long long)dequeued);
}

TEST_KINDS(dqbuf_implies_signalled, 300, every_kind)
{
	unsigned long jobs = how_many_jobs(JOBS), i, pending = 0;
	bool seen;
	uint64_t queued, dequeued, from = now_ns();
	struct v4l2_buffer b;
	struct job_dev d;
	int dmabuf[4], fd;

	job_open_bufs(&d, kind, 4);
	if (knob_has(kind->model)) {
		knob_set(kind->model, "delay_us", 1000);
		knob_set(kind->model, "jitter_us", 1000);
	}
	for (i = 0; i < 4; i++)
		dmabuf[i] = job_dmabuf(&d, i, 0);

	for (i = 0; i < jobs; i++) {
		queued = now_ns();
		job_queue_cap(&d, i % 4);
		job_queue_out(&d, i % 4, i + 1);
		fd = dmabuf_sync_file(dmabuf[i % 4], DMA_BUF_SYNC_READ);
		seen = !sync_status(fd);
		pending += seen;
		/* Spin: who sleeps leaves the kernel time to be late */
		while (m2m_try_dequeue(&d.m, &d.m.cap, i % 2 ? 1000 : 0, &b))
			CHECK_EQ(errno, EAGAIN);
		dequeued = now_ns();
		CHECK_EQ(b.index, i % 4);
		CHECK_EQ(dmabuf_status(dmabuf[i % 4], DMA_BUF_SYNC_RW), 1);
		if (seen)
			check_signalled(fd, queued, dequeued);
		CHECK_EQ(job_word(&d, i % 4), i + 1);
		close(fd);
		job_dequeue_out(&d);
	}

	note("%s: %lu jobs, %lu fences seen pending, %llu jobs/s", kind->name,
	     jobs, pending, jobs * 1000000000ull / (now_ns() - from));
	/* Or else the test has seen nothing */
	if (expect_fences())
		CHECK(pending > jobs / 2);
	else
		CHECK_EQ(pending, 0);
	job_close(&d);
}
