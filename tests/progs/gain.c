// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a consumer gains that queues its work on the fence of a job, against one
 * that is told when the job is done; and where it gains nothing
 *
 * For the boot "bench": time counts instructions there, and the same run says the
 * same. Everything is as fast as one CPU at 1 GHz that never waits for memory.
 */

#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "knobs.h"
#include "graph.h"
#include "harness.h"
#include "jobs.h"
#include "screen.h"
#include "sync.h"

#define BUFS		2
#define ROUNDS		401
#define WARM_UP		5
#define JOB_US		2000
#define LOOK_US		100
#define FRAMES		60
#define HZ		60
#define WAIT_MS		5000
#define COMMIT		"vkms_atomic_commit_tail"

static const struct kind *const rga[] = { &kind_rga, NULL };

static void begin(struct job_dev *d, unsigned int index, uint32_t stamp)
{
	job_queue_cap(d, index);
	job_queue_out(d, index, stamp);
}

static void wait_done(struct job_dev *d)
{
	struct pollfd pfd = { .fd = d->m.fd, .events = POLLIN };

	CHECK_EQ(CALL(poll(&pfd, 1, WAIT_MS)), 1);
}

static unsigned int take(struct job_dev *d)
{
	unsigned int index = m2m_dequeue(&d->m, &d->m.cap, NULL);

	job_dequeue_out(d);
	return index;
}

/* When the hardware was done with its last job */
static uint64_t done_ns(struct job_dev *d)
{
	return knob_count(d->kind->model, "done_ns");
}

/* A consumer in a process of its own: it says when it ran, for each word it got */
struct consumer {
	int to, from;
};

static void consume(int in, int out, int dmabuf, bool fence)
{
	uint64_t now;
	int sync_fd;
	char word;

	while (read(in, &word, 1) == 1) {
		if (fence) {
			/* The job runs; this is what an importer does */
			sync_fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
			CHECK_EQ(sync_wait(sync_fd, WAIT_MS), 1);
			now = now_ns();
			close(sync_fd);
		} else {
			now = now_ns();
		}
		CHECK_EQ(write(out, &now, sizeof(now)), sizeof(now));
	}
	_exit(0);
}

static struct consumer start_consumer(int dmabuf, bool fence)
{
	int in[2], out[2];

	CALL(pipe(in));
	CALL(pipe(out));
	if (!CALL(fork())) {
		close(in[1]);
		consume(in[0], out[1], dmabuf, fence);
	}
	close(in[0]);
	return (struct consumer){ .to = in[1], .from = out[0] };
}

static void tell(struct consumer *c)
{
	CHECK_EQ(write(c->to, "", 1), 1);
}

static uint64_t ran_at(struct consumer *c)
{
	uint64_t at;

	CHECK_EQ(read(c->from, &at, sizeof(at)), sizeof(at));
	return at;
}

enum how { ITSELF, TOLD, FENCE };

/* From hardware-done to the consumer running, in instructions, the median of ROUNDS */
static uint64_t latency(const struct kind *kind, enum how how)
{
	struct consumer c = { .to = -1 };
	struct job_dev d;
	uint64_t ran, took[ROUNDS];
	unsigned int i;

	job_open_mmap(&d, kind, BUFS);
	knob_set(kind->model, "delay_us", JOB_US);
	if (how != ITSELF)
		c = start_consumer(CALL(m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR)),
				   how == FENCE);
	for (i = 0; i < WARM_UP + ROUNDS; i++) {
		begin(&d, 0, i + 1);
		if (how == FENCE)
			tell(&c);
		wait_done(&d);
		if (how == ITSELF) {
			m2m_dequeue(&d.m, &d.m.cap, NULL);
			ran = now_ns();
			job_dequeue_out(&d);
		} else {
			m2m_dequeue(&d.m, &d.m.cap, NULL);
			if (how == TOLD)
				tell(&c);
			ran = ran_at(&c);
			job_dequeue_out(&d);
		}
		if (i >= WARM_UP)
			took[i - WARM_UP] = ran - done_ns(&d);
	}
	close(c.to);
	job_close(&d);
	return median_of(took, ROUNDS);
}

/* One kernel has both ways, the one with the option on */
static void need_both(void)
{
	knob_look_every(LOOK_US);
	if (!expect_fences())
		SKIP("the option is off");
}

TEST_KINDS(until_a_program_runs, 120, rga)
{
	need_both();
	figure(latency(kind, ITSELF), "ns", "gain.program.dqbuf");
	figure(latency(kind, TOLD), "ns", "gain.program.dqbuf-told");
	figure(latency(kind, FENCE), "ns", "gain.program.fence");
}

/* From hardware-done to the display driver programming the frame */
static uint64_t commit_latency(struct job_dev *d, struct screen *s, bool early)
{
	uint64_t took[ROUNDS];
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		event_start(COMMIT);
		begin(d, i % BUFS, i + 1);
		if (early)
			screen_flip(s, i % BUFS);
		wait_done(d);
		take(d);
		if (!early)
			screen_flip(s, i % BUFS);
		CHECK(screen_flipped(s, WAIT_MS));
		took[i] = event_ns(COMMIT) - done_ns(d);
	}
	return median_of(took, ROUNDS);
}

TEST_KINDS(until_a_frame_is_programmed, 300, rga)
{
	struct job_dev d;
	struct screen s;

	need_both();
	job_open_mmap(&d, kind, BUFS);
	knob_set(kind->model, "delay_us", JOB_US);
	screen_open(&s, &d, BUFS, 1, HZ);
	figure(commit_latency(&d, &s, false), "ns", "gain.vkms.dqbuf");
	figure(commit_latency(&d, &s, true), "ns", "gain.vkms.fence");
	job_close(&d);
}

/*
 * Decode and show. A frame is committed when it was dequeued, or when its job has
 * begun: at once if it is the only one, else when the one before was dequeued.
 */
struct player {
	struct job_dev d;
	struct screen s;
	bool early;
	unsigned int bufs, frames;
	unsigned int job[SCREEN_MAX_BUFS], jobs;	/* in the driver, in order */
	unsigned int ready[SCREEN_MAX_BUFS], readies;	/* to be committed */
	bool decoded[SCREEN_MAX_BUFS], shown[SCREEN_MAX_BUFS];
	int pending, visible;
	unsigned long wakeups;
};

static void make_ready(struct player *p, unsigned int index)
{
	p->ready[p->readies++] = index;
}

static unsigned int pop(unsigned int *list, unsigned int *count)
{
	unsigned int first = *list;

	memmove(list, list + 1, --*count * sizeof(*list));
	return first;
}

static void decode(struct player *p, unsigned int index)
{
	p->decoded[index] = false;
	p->shown[index] = true;
	begin(&p->d, index, index + 1);
	p->job[p->jobs++] = index;
	if (p->early && p->jobs == 1)
		make_ready(p, index);
}

static void again(struct player *p, unsigned int index)
{
	if (p->decoded[index] && !p->shown[index])
		decode(p, index);
}

static void on_decoded(struct player *p)
{
	unsigned int index = take(&p->d);

	CHECK_EQ(pop(p->job, &p->jobs), index);
	p->decoded[index] = true;
	if (!p->early)
		make_ready(p, index);
	else if (p->jobs)
		make_ready(p, p->job[0]);
	again(p, index);
}

static void on_flipped(struct player *p)
{
	int before = p->visible;

	CHECK(screen_flipped(&p->s, 0));
	p->visible = p->pending;
	p->pending = -1;
	p->frames++;
	if (before >= 0) {
		p->shown[before] = false;
		again(p, before);
	}
}

static void play(struct player *p, unsigned int frames)
{
	struct pollfd pfd[2] = {
		{ .events = POLLIN }, { .fd = p->s.fd, .events = POLLIN },
	};
	unsigned int end = p->frames + frames;

	while (p->frames < end) {
		if (p->pending < 0 && p->readies) {
			p->pending = pop(p->ready, &p->readies);
			screen_flip(&p->s, p->pending);
		}
		/* Without a job poll() says POLLERR, at once */
		pfd[0].fd = p->jobs ? p->d.m.fd : -1;
		CHECK(CALL(poll(pfd, 2, WAIT_MS)) > 0);
		p->wakeups++;
		if (pfd[0].revents & POLLIN)
			on_decoded(p);
		if (pfd[1].revents & POLLIN)
			on_flipped(p);
	}
}

/* Of all tasks, the idle one as well */
static unsigned long switches(void)
{
	return proc_number("/proc/stat", "ctxt ");
}

struct played {
	double fps, wakeups, switches;
};

static struct played pipeline(const struct kind *kind, unsigned int bufs, bool early,
			      unsigned int job_us)
{
	struct player p = { .early = early, .bufs = bufs, .pending = -1, .visible = -1 };
	struct played played;
	unsigned long from;
	uint64_t begun;
	unsigned int i;

	job_open_mmap(&p.d, kind, bufs);
	knob_set(kind->model, "delay_us", job_us);
	screen_open(&p.s, &p.d, bufs, 0, HZ);
	for (i = 0; i < bufs; i++)
		decode(&p, i);
	play(&p, WARM_UP);
	p.wakeups = 0;
	from = switches();
	begun = now_ns();
	play(&p, FRAMES);
	played = (struct played){
		.fps = FRAMES * 1e9 / (now_ns() - begun),
		.wakeups = (double)p.wakeups / FRAMES,
		.switches = (double)(switches() - from) / FRAMES,
	};
	screen_close(&p.s);
	job_close(&p.d);
	return played;
}

static void report(const struct kind *kind, unsigned int bufs, bool early,
		   unsigned int job_us)
{
	struct played played = pipeline(kind, bufs, early, job_us);
	char name[64];

	snprintf(name, sizeof(name), "gain.play.%05u-us.%u-buffers.%s", job_us, bufs,
		 early ? "fence" : "dqbuf");
	figure(played.fps, "fps", "%s.fps", name);
	figure(played.wakeups, "a-frame", "%s.wake-ups", name);
	figure(played.switches, "a-frame", "%s.switches", name);
}

TEST_KINDS(decode_and_show, 900, rga)
{
	static const unsigned int job_us[] = { 8000, 15800, 20000 };
	unsigned int i, bufs;

	need_both();
	for (i = 0; i < 3; i++)
		for (bufs = 2; bufs <= SCREEN_MAX_BUFS; bufs++) {
			report(kind, bufs, false, job_us[i]);
			report(kind, bufs, true, job_us[i]);
		}
}

/* The longest job with which two buffers make every refresh; one more us misses some */
static unsigned int longest_job(const struct kind *kind, bool early)
{
	unsigned int fits = 10000, misses = 1000000 / HZ + 100, us;

	while (misses - fits > 1) {
		us = (fits + misses) / 2;
		if (pipeline(kind, 2, early, us).fps > HZ - 0.5)
			fits = us;
		else
			misses = us;
	}
	return fits;
}

TEST_KINDS(longest_job_in_time, 900, rga)
{
	need_both();
	figure(longest_job(kind, false), "us", "gain.longest-job.dqbuf");
	figure(longest_job(kind, true), "us", "gain.longest-job.fence");
}
