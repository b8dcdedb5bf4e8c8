// SPDX-License-Identifier: GPL-2.0-only
/*
 * The job and the core's timer end a fence at the same time, thousands of times:
 * whoever comes first, it is signalled once, and destroyed in the end. For a kernel
 * whose timer is short (tests/board/short-timer.h).
 */

#include <stdlib.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"
#include "trace.h"

#define JOBS		1000
#define BUFS		2
#define READ_EVERY	20
#define STEP_US		100
#define DESTROY_MS	5000

static const struct kind *const one_each[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_rkvdec, NULL
};

/* One reference is the timer's. Files are let go by work, fences by RCU. */
static void check_accounts(const struct kind *kind, struct trace_counts *c,
			   unsigned long jobs)
{
	uint64_t end = now_ns() + DESTROY_MS * 1000000ull;

	do {
		sleep_ms(20);
		trace_read(c);
	} while (c->destroy < c->init && now_ns() < end);
	trace_stop();

	note("%s: fences: init %lu signaled %lu destroy %lu", kind->name, c->init,
	     c->signaled, c->destroy);
	CHECK_EQ(c->lost, 0);
	CHECK_EQ(c->init, jobs);
	CHECK_EQ(c->signaled, jobs);
	CHECK_EQ(c->destroy, jobs);
	CHECK_EQ(c->twice, 0);
	CHECK_EQ(c->disordered, 0);
}

TEST_KINDS(job_meets_timer, 300, one_each)
{
	unsigned long jobs = env_number("VRF_JOBS", JOBS), n, in_time = 0, late = 0;
	int dmabuf[BUFS], fd[BUFS], status;
	struct trace_counts counts = { 0 };
	unsigned int i, delay_us = 4000;
	struct job_dev d;

	if (!env_number("VRF_SHORT_TIMER", 0))
		SKIP("the timer of this kernel is not short");
	knob_need(kind->model);
	job_open_mmap(&d, kind, BUFS);
	knob_set(kind->model, "jitter_us", 4000);
	for (i = 0; i < BUFS; i++)
		dmabuf[i] = CALL(m2m_export(&d.m, &d.m.cap, i, 0, O_RDWR));

	trace_start();
	for (n = 0; n < jobs; n++) {
		i = n % BUFS;
		knob_set(kind->model, "delay_us", delay_us);
		job_queue_cap(&d, i);
		job_queue_out(&d, i, n + 1);
		fd[i] = dmabuf_sync_file(dmabuf[i], DMA_BUF_SYNC_READ);
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), i);
		status = sync_status(fd[i]);
		/* However fast the machine is, half of them are to be late */
		if (status == -ETIME) {
			late++;
			delay_us -= delay_us > STEP_US ? STEP_US : 0;
		} else if (status == 1) {
			in_time++;
			delay_us += STEP_US;
		} else {
			FAIL("status %d after DQBUF", status);
		}
		CHECK(dmabuf_status(dmabuf[i], DMA_BUF_SYNC_RW) != 0);
		CHECK_EQ(job_word(&d, i), n + 1);
		close(fd[i]);
		job_dequeue_out(&d);
		if (n % READ_EVERY == 0)
			trace_read(&counts);
	}
	note("%s: %lu jobs in time, %lu late", kind->name, in_time, late);
	CHECK(in_time > jobs / 20 && late > jobs / 20);
	for (i = 0; i < BUFS; i++)
		close(dmabuf[i]);
	job_close(&d);
	check_accounts(kind, &counts, jobs);
}
