// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues that did not opt in: exports and fences as they have always been
 */

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

#define JOBS	100

static const struct kind *const others[] = { &kind_jpeg, &kind_vim2m, NULL };

TEST_KINDS(nothing_published, 30, others)
{
	bool model = knob_has(kind->model);
	struct job_dev d;
	unsigned int i;
	int dmabuf, fd;

	job_open_mmap(&d, kind, 2);
	dmabuf = CALL(m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR));
	for (i = 0; i < 10; i++) {
		if (model)
			job_pause(&d);
		job_queue_cap(&d, 0);
		job_queue_out(&d, 0, i + 1);
		if (model)
			job_wait_running(&d);
		fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_RW);
		/* The job does run, and nobody is told */
		CHECK_EQ(m2m_try_dequeue(&d.m, &d.m.cap, 0, NULL), -1);
		CHECK_EQ(sync_status(fd), 1);
		CHECK(dmabuf_poll(dmabuf, POLLIN, 0));
		CHECK(dmabuf_poll(dmabuf, POLLOUT, 0));
		close(fd);
		if (model)
			job_go(&d);
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
		job_dequeue_out(&d);
	}
	job_close(&d);
}

TEST_KINDS(a_dmabuf_for_each_export, 20, others)
{
	struct job_dev d;
	struct stat a, b;

	job_open_mmap(&d, kind, 2);
	CALL(fstat(CALL(m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR)), &a));
	CALL(fstat(CALL(m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR)), &b));
	CHECK(a.st_ino != b.st_ino);
	job_close(&d);
}

TEST_KINDS(jobs_run, 60, others)
{
	struct job_dev d;
	unsigned int i;

	job_open_mmap(&d, kind, 4);
	for (i = 0; i < JOBS; i++)
		job_run(&d, i % 4, i + 1);
	job_close(&d);
}
