// SPDX-License-Identifier: GPL-2.0-only
/*
 * Early hand-over: a player that gives frames to the screen (vkms) while the jobs
 * that write them still run, by the protocol that dmabuf.rst describes. The CRC of
 * every refresh says what was shown. Without release fences the same player waits
 * for DQBUF, so it never shows a wrong frame either.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "screen.h"
#include "swsync.h"
#include "sync.h"

/* On the screen, and three jobs in the driver */
#define BUFS		4
#define PIPELINE	3
/* A frame is one word all over; more of them than buffers, so that old shows */
#define WORDS		8

#define FRAMES		80
#define FEW_FRAMES	25
#define HZ		60
/* Some are over before the next refresh, some take a few of them */
#define SHORTEST_US	200
#define LONGEST_US	40000
#define LONG_ENOUGH_US	20000
#define SWITCH_US	150000
#define FLIP_MS		8000
/* Of the wrong frames, with their CRCs */
#define SHOW_WRONG	3
#define STARVED_MS	100

#define SWITCH	"/sys/module/videobuf2_release_fence/parameters/enable"

static const struct kind *const shown[] = {
	&kind_rga, &kind_rga_nv12m_shown, &kind_rga3, &kind_mpeg2_import, NULL
};
static const struct kind *const one_each[] = { &kind_rga, &kind_mpeg2_import, NULL };
static const struct kind *const rga[] = { &kind_rga, NULL };
static const struct kind *const decoder[] = { &kind_mpeg2_import, NULL };

enum how {
	CAREFUL,		/* the protocol */
	CARELESS,		/* does not look before it queues a buffer */
	NAIVE,			/* does not look at all */
};

/* Frame n is in buffer n % BUFS; those before @shown have been on the screen */
struct player {
	struct job_dev d;
	struct screen s;
	enum how how;
	unsigned int depth;	/* jobs in the driver at a time */
	struct job_dev *rival;	/* has a job before each of ours, or NULL */
	unsigned int learnt_us;	/* for one frame, job and screen */
	unsigned int queued, dequeued, shown;
	unsigned int early, wrong;
	bool alone[BUFS];
	uint32_t crc[WORDS];
};

/* A grey that is black or white in no colour space */
static uint32_t word_of(unsigned int frame)
{
	return 0x01010101u * (24 + 24 * (frame % WORDS));
}

static unsigned int pending_planes(struct player *p, unsigned int index,
				   unsigned int flags)
{
	unsigned int plane, pending = 0;

	for (plane = 0; plane < p->s.planes; plane++)
		pending += !dmabuf_status(p->s.dmabuf[index][plane], flags);
	return pending;
}

/* Nobody reads the buffer any more, or writes it: what comes next is the job's */
static bool is_alone(struct player *p, unsigned int index)
{
	return !pending_planes(p, index, DMA_BUF_SYNC_WRITE);
}

/* Asked of the very dma-bufs that the screen has got, of all their planes */
static bool job_runs(struct player *p, unsigned int index)
{
	return pending_planes(p, index, DMA_BUF_SYNC_READ) == p->s.planes;
}

/* Else the job has not begun, is over or has no fence: DQBUF tells */
static bool may_hand_on(struct player *p, unsigned int index)
{
	if (p->how == NAIVE)
		return true;
	if (p->how == CAREFUL && !p->alone[index])
		return false;
	return job_runs(p, index);
}

static void queue_frame(struct player *p)
{
	unsigned int index = p->queued % BUFS;

	if (p->rival) {
		job_queue_cap(p->rival, 0);
		job_queue_out(p->rival, 0, 0);
	}
	p->alone[index] = is_alone(p, index);
	job_queue_cap(&p->d, index);
	job_queue_out(&p->d, index, word_of(p->queued));
	p->queued++;
}

static void dequeue_frame(struct player *p)
{
	struct v4l2_buffer b;

	if (p->rival) {
		CHECK_EQ(m2m_dequeue(&p->rival->m, &p->rival->m.cap, NULL), 0);
		job_dequeue_out(p->rival);
	}
	CHECK_EQ(m2m_dequeue(&p->d.m, &p->d.m.cap, &b), p->dequeued % BUFS);
	CHECK(!(b.flags & V4L2_BUF_FLAG_ERROR));
	job_dequeue_out(&p->d);
	p->dequeued++;
}

/*
 * Until the new frame is on the screen. The one before may still be shown, since
 * vkms may be late; whatever else is shown is wrong: old content, or a part of it.
 */
static bool look_at_screen(struct player *p)
{
	uint32_t new = p->crc[p->shown % WORDS], seen;
	uint32_t before = p->crc[(p->shown + WORDS - 1) % WORDS];
	bool right = true;

	while ((seen = screen_next_crc(&p->s)) != new) {
		if (seen != before && right && p->how == CAREFUL &&
		    p->wrong < SHOW_WRONG)
			note("frame %u: CRC %08x is neither %08x nor %08x of the one before",
			     p->shown, seen, new, before);
		right &= seen == before;
	}
	return right;
}

/* Asked when it is the frame's turn, since in a queue it is too early before */
static void show_frame(struct player *p)
{
	bool early = may_hand_on(p, p->shown % BUFS);

	if (!early)
		dequeue_frame(p);
	screen_flip(&p->s, p->shown % BUFS);
	CHECK(screen_flipped(&p->s, FLIP_MS));
	p->wrong += !look_at_screen(p);
	p->shown++;
	if (early)
		dequeue_frame(p);
	p->early += early;
}

static bool may_queue(struct player *p, unsigned int frames)
{
	return p->queued < frames && p->queued - p->dequeued < p->depth &&
	       p->queued + 1 < p->shown + BUFS;
}

static void play(struct player *p, unsigned int frames)
{
	while (p->shown < frames) {
		while (may_queue(p, frames))
			queue_frame(p);
		show_frame(p);
	}
}

/* The CRC of each word, out of frames that are surely done */
static void learn(struct player *p)
{
	uint64_t from = now_ns();
	unsigned int i, j;

	for (i = 0; i < WORDS; i++) {
		job_run(&p->d, i % BUFS, word_of(i));
		CHECK(job_content(&p->d, i % BUFS, word_of(i)));
		screen_flip(&p->s, i % BUFS);
		CHECK(screen_flipped(&p->s, FLIP_MS));
		p->crc[i] = screen_crc(&p->s);
		for (j = 0; j < i; j++)
			CHECK(p->crc[i] != p->crc[j]);
	}
	p->learnt_us = (now_ns() - from) / 1000 / WORDS;
}

/* Of random length; where the screen is slow there are longer ones */
static void vary_jobs(struct player *p, unsigned int shortest_us)
{
	const char *model = p->d.kind->model;

	if (!knob_has(model))
		return;
	knob_set(model, "delay_us", shortest_us);
	knob_set(model, "jitter_us",
		 p->learnt_us > LONGEST_US ? p->learnt_us : LONGEST_US);
}

static void open_player(struct player *p, const struct kind *kind, enum how how,
			unsigned int depth)
{
	memset(p, 0, sizeof(*p));
	p->how = how;
	p->depth = depth;
	job_open_bufs(&p->d, kind, BUFS);
	screen_open(&p->s, &p->d, BUFS, BUFS - 1, HZ);
	screen_open_crc(&p->s);
	learn(p);
	vary_jobs(p, SHORTEST_US);
}

static void close_player(struct player *p)
{
	screen_close(&p->s);
	job_close(&p->d);
}

static void tell(const struct player *p, const char *what)
{
	note("handover: %u of %u frames handed on early, %u wrong (%s, %s)",
	     p->early, p->shown, p->wrong, p->d.kind->name, what);
}

static void play_by_protocol(const struct kind *kind, unsigned int depth, const char *what)
{
	struct player p;

	open_player(&p, kind, CAREFUL, depth);
	play(&p, FRAMES);
	tell(&p, what);
	CHECK_EQ(p.wrong, 0);
	/* In a pipeline most are over before it is their turn, if the screen is slow */
	if (!expect_fences())
		CHECK_EQ(p.early, 0);
	else
		CHECK(p.early > (depth > 1 ? 0 : p.shown / 4));
	close_player(&p);
}

TEST_KINDS(idle_device, 120, shown)
{
	play_by_protocol(kind, 1, "idle device");
}

TEST_KINDS(pipeline, 120, shown)
{
	play_by_protocol(kind, PIPELINE, "three jobs in the driver");
}

/*
 * What asking is worth. Without fences the screen waits for nothing. With them it
 * waits if the job runs, but another client's job may be before it.
 */
static void play_naively(const struct kind *kind)
{
	struct player p;

	knob_need(kind->model);
	open_player(&p, kind, NAIVE, 1);
	play(&p, FEW_FRAMES);
	tell(&p, "idle device, does not ask");
	if (expect_fences())
		CHECK_EQ(p.wrong, 0);
	else
		CHECK(p.wrong > 0);
	close_player(&p);
}

TEST_KINDS(naive_on_an_idle_device, 60, one_each)
{
	play_naively(kind);
}

static unsigned int wrong_behind_a_rival(const struct kind *kind, enum how how,
					 const char *what)
{
	struct job_dev rival;
	struct player p;

	knob_need(kind->model);
	job_open_bufs(&rival, kind, 2);
	open_player(&p, kind, how, 1);
	p.rival = &rival;
	play(&p, FEW_FRAMES);
	tell(&p, what);
	close_player(&p);
	job_close(&rival);
	return p.wrong;
}

TEST_KINDS(busy_device, 60, one_each)
{
	CHECK_EQ(wrong_behind_a_rival(kind, CAREFUL, "busy device"), 0);
}

TEST_KINDS(naive_on_a_busy_device, 60, one_each)
{
	CHECK(wrong_behind_a_rival(kind, NAIVE, "busy device, does not ask") > 0);
}

/* A capture buffer that somebody still uses, if @flags, and no source for a job */
static int starve(struct player *p, unsigned int flags)
{
	int timeline = sw_sync_open(), fence = sw_sync_fence(timeline, 1);
	unsigned int plane;

	for (plane = 0; flags && plane < p->s.planes; plane++)
		dmabuf_put_sync_file(p->s.dmabuf[0][plane], flags, fence);
	close(fence);
	p->alone[0] = is_alone(p, 0);
	job_queue_cap(&p->d, 0);
	return timeline;
}

static bool handed_on_in(struct player *p, unsigned int ms)
{
	for (; ms; ms--) {
		if (may_hand_on(p, 0))
			return true;
		sleep_ms(1);
	}
	return false;
}

/* Used by nobody, read by another, written by another */
TEST_KINDS(starved, 30, one_each)
{
	static const unsigned int flags[] = { 0, DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE };
	struct player p;
	unsigned int i;
	int timeline;

	open_player(&p, kind, CAREFUL, 1);
	for (i = 0; i < 3; i++) {
		timeline = starve(&p, flags[i]);
		CHECK_EQ(p.alone[0], !flags[i]);
		CHECK(!handed_on_in(&p, STARVED_MS));
		sw_sync_inc(timeline);
		CHECK(!handed_on_in(&p, STARVED_MS));
		m2m_stream(&p.d.m, &p.d.m.cap, false);
		m2m_stream(&p.d.m, &p.d.m.cap, true);
	}
	close_player(&p);
}

/* What the look before queueing is for: the screen waits for somebody else */
TEST_KINDS(starved_and_does_not_look, 30, one_each)
{
	struct player p;
	int timeline;

	open_player(&p, kind, CARELESS, 1);
	timeline = starve(&p, DMA_BUF_SYNC_WRITE);
	CHECK(handed_on_in(&p, STARVED_MS));
	screen_flip(&p.s, 0);
	CHECK(!screen_flipped(&p.s, STARVED_MS));
	sw_sync_inc(timeline);
	CHECK(screen_flipped(&p.s, FLIP_MS));
	/* And then shows what was in the buffer before */
	CHECK_EQ(screen_crc(&p.s), p.crc[WORDS - BUFS]);
	m2m_stream(&p.d.m, &p.d.m.cap, false);
	close_player(&p);
}

static void enable(bool on)
{
	FILE *file = fopen(SWITCH, "w");

	if (!file || fprintf(file, "%d", on) < 0 || fclose(file))
		FAIL(SWITCH ": %s", strerror(errno));
}

static void (*end_of_others)(void);

static void enable_again(void)
{
	FILE *file = fopen(SWITCH, "w");

	if (file) {
		fprintf(file, "1");
		fclose(file);
	}
	end_of_others();
}

static pid_t start_switching(void)
{
	unsigned int i;
	pid_t pid;

	end_of_others = test_ends_early;
	test_ends_early = enable_again;
	pid = CALL(fork());
	if (pid)
		return pid;
	for (i = 0;; i++) {
		enable(i % 2);
		usleep(random() % SWITCH_US);
	}
}

/* Jobs of some length: on an idle device the player sees every fence there is */
static void play_switched(const struct kind *kind, unsigned int depth, const char *what)
{
	struct player p;
	pid_t pid;

	if (!expect_fences())
		SKIP("the option is off");
	knob_need(kind->model);
	open_player(&p, kind, CAREFUL, depth);
	vary_jobs(&p, LONG_ENOUGH_US);
	pid = start_switching();
	play(&p, FRAMES);
	kill(pid, SIGKILL);
	CALL(waitpid(pid, NULL, 0));
	enable(true);
	tell(&p, what);
	CHECK_EQ(p.wrong, 0);
	/* Both have happened */
	CHECK(p.early > 0 && p.early < p.shown);
	close_player(&p);
}

TEST_KINDS(switched_on_an_idle_device, 120, rga)
{
	play_switched(kind, 1, "idle device, fences switched on and off");
}

TEST_KINDS(switched_pipeline, 120, decoder)
{
	play_switched(kind, PIPELINE, "three jobs in the driver, fences switched on and off");
}
