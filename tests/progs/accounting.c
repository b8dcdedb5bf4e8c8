// SPDX-License-Identifier: GPL-2.0-only
/*
 * Over many jobs: each fence begun is signalled, once and in order, each wait
 * ends, each buffer comes back, and in the end no fence is left
 */

#include <unistd.h>

#include "board.h"
#include "harness.h"
#include "kinds.h"
#include "sync.h"
#include "trace.h"

/* Two kinds for each driver */
#define JOBS		(expect_fences() ? 5000 : 1000)
#define BUFS		4
#define READ_EVERY	20
#define DESTROY_MS	5000

static void run_jobs(const struct kind *kind, struct trace_counts *counts,
		     unsigned long jobs)
{
	struct job_dev d;
	unsigned long n;
	unsigned int i;
	int dmabuf[BUFS];

	job_open_mmap(&d, kind, BUFS);
	if (board_has(kind->model))
		board_set(kind->model, "delay_us", 0);
	for (i = 0; i < BUFS; i++) {
		dmabuf[i] = CALL(m2m_export(&d.m, &d.m.cap, i, 0, O_RDWR));
		job_queue_cap(&d, i);
		job_queue_out(&d, i, i + 1);
	}
	for (n = BUFS; n < jobs; n++) {
		if (n % 10 == 0) {
			dmabuf_start(dmabuf[n % BUFS], DMA_BUF_SYNC_READ);
			dmabuf_end(dmabuf[n % BUFS], DMA_BUF_SYNC_READ);
		}
		i = m2m_dequeue(&d.m, &d.m.cap, NULL);
		job_dequeue_out(&d);
		job_queue_cap(&d, i);
		job_queue_out(&d, i, n);
		if (n % READ_EVERY == 0)
			trace_read(counts);
	}
	for (i = 0; i < BUFS; i++) {
		m2m_dequeue(&d.m, &d.m.cap, NULL);
		job_dequeue_out(&d);
	}
	for (i = 0; i < BUFS; i++)
		close(dmabuf[i]);
	job_close(&d);
}

TEST_KINDS(every_fence_ends, 3600, all_kinds)
{
	unsigned long jobs = env_number("VRF_JOBS", JOBS);
	uint64_t from = now_ns(), end;
	struct trace_counts c = { 0 };

	trace_start();
	run_jobs(kind, &c, jobs);
	/* Files are let go by work, fences by RCU */
	end = now_ns() + DESTROY_MS * 1000000ull;
	do {
		sleep_ms(20);
		trace_read(&c);
	} while (c.destroy < c.init && now_ns() < end);
	trace_stop();

	note("%s: %lu jobs, %llu ms; fences: init %lu signaled %lu destroy %lu; waits: %lu %lu; buffers: %lu %lu",
	     kind->name, jobs, (unsigned long long)(now_ns() - from) / 1000000,
	     c.init, c.signaled, c.destroy, c.wait_start, c.wait_end,
	     c.buf_queue, c.buf_done);
	CHECK_EQ(c.lost, 0);
	CHECK_EQ(c.init, expect_fences() ? jobs : 0);
	CHECK_EQ(c.signaled, c.init);
	CHECK_EQ(c.destroy, c.init);
	CHECK_EQ(c.twice, 0);
	CHECK_EQ(c.disordered, 0);
	CHECK_EQ(c.wait_end, c.wait_start);
	CHECK_EQ(c.buf_queue, 2 * jobs);
	CHECK_EQ(c.buf_done, 2 * jobs);
}
