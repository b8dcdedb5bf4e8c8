// SPDX-License-Identifier: GPL-2.0-only
/*
 * Over many jobs: each fence begun is signalled, once and in order, each wait
 * ends, each buffer comes back, and in the end no fence is left
 */

#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"
#include "trace.h"

/* 10,000 for each driver, which has three kinds and four, and more with an RGA3 */
#define JOBS		(kind->requests ? 2500 : 3400)
#define BUFS		4
#define READ_EVERY	20
/* Long enough for a busy machine to find the job at work */
#define SLOW_US		200000

/* A busy machine does a hundred jobs a second and more */
static unsigned int seconds_of_jobs(void)
{
	return 600 + env_number("VRF_JOBS", 0) / 50;
}

/* What the hardware counts of its jobs */
static const char *const hardware[] = {
	"started", "done", "irqs", "failed", "hung", "aborted", "bad_address",
};

static void count_hardware(const struct kind *kind, unsigned long *counts)
{
	unsigned int i;

	for (i = 0; i < sizeof(hardware) / sizeof(*hardware); i++)
		counts[i] = knob_has(kind->model) ? knob_count(kind->model, hardware[i]) : 0;
}

/* Each job was begun and ended, once, and none went wrong */
static void check_hardware(const struct kind *kind, const unsigned long *before,
			   unsigned long jobs)
{
	unsigned long after[sizeof(hardware) / sizeof(*hardware)];
	unsigned int i;

	count_hardware(kind, after);
	for (i = 0; knob_has(kind->model) && i < sizeof(hardware) / sizeof(*hardware); i++)
		CHECK_EQ(after[i] - before[i], i < 3 ? jobs : 0);
}

/* Waits for a job that is surely not over yet, where its length can be set */
static void read_running(struct job_dev *d, unsigned int index, int dmabuf)
{
	if (!knob_has(d->kind->model)) {
		job_run(d, index, index + 1);
		return;
	}
	knob_set(d->kind->model, "delay_us", SLOW_US);
	d->started = knob_count(d->kind->model, "started");
	job_queue_cap(d, index);
	job_queue_out(d, index, index + 1);
	job_wait_running(d);
	dmabuf_start(dmabuf, DMA_BUF_SYNC_READ);
	dmabuf_end(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, NULL), index);
	job_dequeue_out(d);
	knob_set(d->kind->model, "delay_us", 0);
}

static void run_jobs(const struct kind *kind, struct trace_counts *counts,
		     unsigned long jobs)
{
	struct job_dev d;
	unsigned long n;
	unsigned int i;
	int dmabuf[BUFS];

	job_open_bufs(&d, kind, BUFS);
	for (i = 0; i < BUFS; i++) {
		dmabuf[i] = job_dmabuf(&d, i, 0);
		/* A slow one, in which somebody waits */
		if (i == 0)
			read_running(&d, i, dmabuf[i]);
		else
			job_run(&d, i, i + 1);
	}
	for (i = 0; i < BUFS; i++) {
		job_queue_cap(&d, i);
		job_queue_out(&d, i, i + 1);
	}
	for (n = 2 * BUFS; n < jobs; n++) {
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

TEST_KINDS(every_fence_ends, seconds_of_jobs(), every_kind)
{
	unsigned long jobs = how_many_jobs(JOBS);
	unsigned long before[sizeof(hardware) / sizeof(*hardware)];
	uint64_t from = now_ns();
	struct trace_counts c = { 0 };

	count_hardware(kind, before);
	trace_start();
	run_jobs(kind, &c, jobs);
	check_hardware(kind, before, jobs);
	trace_settle(&c);
	trace_stop();

	figure(jobs, "jobs", "jobs");
	figure(JOBS, "jobs", "jobs-of-a-full-run");
	figure((now_ns() - from) / 1000000, "ms", "time");
	figure(c.init, "fences", "fences.begun");
	figure(c.signaled, "fences", "fences.signalled");
	figure(c.destroy, "fences", "fences.freed");
	figure(c.wait_start, "waits", "waits.begun");
	figure(c.wait_end, "waits", "waits.ended");
	figure(c.buf_queue, "buffers", "buffers.queued");
	figure(c.buf_done, "buffers", "buffers.done");
	CHECK_EQ(c.lost, 0);
	CHECK_EQ(c.init, expect_fences() ? jobs : 0);
	CHECK_EQ(c.signaled, c.init);
	CHECK_EQ(c.destroy, c.init);
	CHECK_EQ(c.twice, 0);
	CHECK_EQ(c.disordered, 0);
	CHECK_EQ(c.wait_end, c.wait_start);
	/* Those who read while the job runs do wait, nobody waits without a fence */
	CHECK_EQ(c.wait_start > 0, expect_fences());
	CHECK_EQ(c.buf_queue, 2 * jobs);
	CHECK_EQ(c.buf_done, 2 * jobs);
}

/* A buffer that nobody has an export of needs no fence, and gets none */
TEST_KINDS(no_export_no_fence, 60, all_kinds)
{
	struct trace_counts c = { 0 };
	struct job_dev d;
	unsigned int n;

	job_open_mmap(&d, kind, BUFS);
	trace_start();
	for (n = 0; n < 2 * BUFS; n++)
		job_run(&d, n % BUFS, n + 1);
	trace_read(&c);
	CHECK_EQ(c.init, 0);
	close(job_dmabuf(&d, 0, 0));
	job_run(&d, 0, n + 1);
	trace_read(&c);
	CHECK_EQ(c.init, 0);
	job_dmabuf(&d, 0, 0);
	job_run(&d, 0, n + 2);
	trace_settle(&c);
	trace_stop();
	CHECK_EQ(c.lost, 0);
	CHECK_EQ(c.init, expect_fences());
	job_close(&d);
}
