// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four contexts on each device, random delays, buffers in flight, random ends;
 * the fences of two devices in one sync file
 */

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"
#include "trace.h"

#define CONTEXTS	4
#define BUFS		3
#define JOBS		100
/* What a context has to see, and how many times as many jobs it may take */
#define SEEN		10
#define PATIENCE	20
#define WAIT_NS		10000000000ull

/* Fences seen pending, by all contexts */
static unsigned long *seen;

struct context {
	struct job_dev d;
	int dmabuf[BUFS];
	int fence[BUFS];
	uint32_t stamp[BUFS];
	unsigned long seen;
};

/* Before its job starts a buffer has no fence, so look again */
static void look(struct context *c)
{
	unsigned int i;

	for (i = 0; i < BUFS; i++) {
		if (sync_status(c->fence[i]) != 1)
			continue;
		close(c->fence[i]);
		c->fence[i] = dmabuf_sync_file(c->dmabuf[i], DMA_BUF_SYNC_READ);
		c->seen += !sync_status(c->fence[i]);
	}
}

static void queue(struct context *c, unsigned int i, uint32_t stamp)
{
	c->stamp[i] = stamp;
	job_queue_cap(&c->d, i);
	job_queue_out(&c->d, i, stamp);
	c->fence[i] = dmabuf_sync_file(c->dmabuf[i], DMA_BUF_SYNC_READ);
	c->seen += !sync_status(c->fence[i]);
}

static void check_one(struct context *c, unsigned int i)
{
	CHECK_EQ(sync_status(c->fence[i]), 1);
	CHECK_EQ(dmabuf_status(c->dmabuf[i], DMA_BUF_SYNC_RW), 1);
	CHECK_EQ(job_word(&c->d, i), c->stamp[i]);
	close(c->fence[i]);
}

/*
 * The next buffer. Looks while it waits: when it has come the job of another
 * context runs.
 */
static unsigned int dequeue(struct context *c)
{
	uint64_t end = now_ns() + WAIT_NS;
	struct v4l2_buffer b;

	while (m2m_try_dequeue(&c->d.m, &c->d.m.cap, 1, &b)) {
		CHECK_EQ(errno, EAGAIN);
		CHECK(now_ns() < end);
		look(c);
	}

	return b.index;
}

/* All at once, as a client that seeks */
static void cut(struct context *c)
{
	unsigned int i;

	m2m_stream(&c->d.m, &c->d.m.out, false);
	m2m_stream(&c->d.m, &c->d.m.cap, false);
	for (i = 0; i < BUFS; i++) {
		CHECK(sync_status(c->fence[i]) != 0);
		CHECK(dmabuf_status(c->dmabuf[i], DMA_BUF_SYNC_RW) != 0);
		close(c->fence[i]);
	}
	job_reinit(&c->d);
	m2m_stream(&c->d.m, &c->d.m.out, true);
	m2m_stream(&c->d.m, &c->d.m.cap, true);
}

static void run_context(const struct kind *kind, unsigned int number)
{
	unsigned long jobs = how_many_jobs(JOBS), n;
	unsigned int enough = how_often(SEEN), i, seed = number;
	struct context c = { 0 };

	job_open_bufs(&c.d, kind, BUFS);
	if (knob_has(kind->model)) {
		knob_set(kind->model, "delay_us", 50);
		knob_set(kind->model, "jitter_us", 1500);
	}
	for (i = 0; i < BUFS; i++) {
		c.dmabuf[i] = job_dmabuf(&c.d, i, 0);
		queue(&c, i, i + 1);
	}

	/* A busy machine lets it look too late, so go on until it saw enough */
	for (n = BUFS; n < jobs || (expect_fences() && c.seen < enough &&
				    n < PATIENCE * jobs); n++) {
		if (rand_r(&seed) % 64 == 0) {
			cut(&c);
			for (i = 0; i < BUFS; i++)
				queue(&c, i, n << 8 | i);
		}
		i = dequeue(&c);
		check_one(&c, i);
		job_dequeue_out(&c.d);
		queue(&c, i, n << 8 | number);
	}

	/* Half of them drain, the others go as they are */
	for (i = 0; number % 2 && i < BUFS; i++)
		check_one(&c, m2m_dequeue(&c.d.m, &c.d.m.cap, NULL));
	__atomic_add_fetch(seen, c.seen, __ATOMIC_RELAXED);
	job_close(&c.d);
}

/* How many of the children failed; reads the trace meanwhile, or events get lost */
static unsigned int wait_for(unsigned int children, struct trace_counts *c)
{
	unsigned int failed = 0;
	int status;

	while (children) {
		if (!CALL(waitpid(-1, &status, WNOHANG))) {
			trace_read(c);
			sleep_ms(5);
			continue;
		}
		failed += !!status;
		children--;
	}

	return failed;
}

/* Each fence begun was signalled, once, in the order of its buffer, and is gone */
static void check_trace(struct trace_counts *c)
{
	trace_settle(c);
	trace_stop();
	note("fences: init %lu signaled %lu destroy %lu", c->init, c->signaled, c->destroy);
	CHECK_EQ(c->lost, 0);
	CHECK_EQ(c->init > 0, expect_fences());
	CHECK_EQ(c->signaled, c->init);
	CHECK_EQ(c->destroy, c->init);
	CHECK_EQ(c->twice, 0);
	CHECK_EQ(c->disordered, 0);
}

static void run_contexts(const struct kind *const *kinds, unsigned int count)
{
	struct trace_counts counts = { 0 };
	unsigned int i, children = 0;

	trace_start();
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(seen != MAP_FAILED);
	for (; *kinds; kinds++) {
		for (i = 0; i < count; i++, children++) {
			if (CALL(fork()))
				continue;
			run_context(*kinds, i);
			_exit(0);
		}
	}
	CHECK_EQ(wait_for(children, &counts), 0);
	check_trace(&counts);
	note("%u contexts, %lu fences seen pending", children, *seen);
	if (expect_fences())
		CHECK(*seen >= how_often(SEEN) * children);
	else
		CHECK_EQ(*seen, 0);
}

TEST_KINDS(four_contexts, 300, every_kind)
{
	const struct kind *const one[] = { kind, NULL };
	struct job_dev d;

	/* Skips where there is no such device */
	job_open(&d, kind);
	job_close(&d);
	run_contexts(one, CONTEXTS);
}

TEST(all_devices_at_once, 400)
{
	const struct kind *const both[] = { &kind_rga, &kind_mpeg2, &kind_h264, NULL };
	struct job_dev d;
	unsigned int i;

	for (i = 0; both[i]; i++) {
		job_open(&d, both[i]);
		job_close(&d);
	}
	run_contexts(both, CONTEXTS / 2);
}

/* The fence of a job that the hardware holds, after @before others */
static int hold_job(struct job_dev *d, const struct kind *kind, unsigned int before)
{
	int dmabuf, fence;

	job_open_mmap(d, kind, 1);
	dmabuf = CALL(m2m_export(&d->m, &d->m.cap, 0, 0, O_RDWR));
	while (before--)
		job_run(d, 0, before);
	job_pause(d);
	job_queue_cap(d, 0);
	job_queue_out(d, 0, 1);
	job_wait_running(d);
	fence = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	close(dmabuf);

	return fence;
}

static void end_job(struct job_dev *d)
{
	job_go(d);
	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, NULL), 0);
}

/* Of two fences of one context a merge would only keep the later one */
TEST(merge_waits_for_both, 60)
{
	struct job_dev first, last;
	int fence[2], merged;

	fence[0] = hold_job(&first, &kind_rga, 3);
	fence[1] = hold_job(&last, &kind_mpeg2, 0);
	merged = sync_merge(fence[0], fence[1]);
	end_job(&first);
	CHECK_EQ(sync_status(fence[0]), 1);
	CHECK_EQ(sync_status(merged), !expect_fences());
	end_job(&last);
	CHECK_EQ(sync_status(merged), 1);
	job_close(&last);
	job_close(&first);
}
