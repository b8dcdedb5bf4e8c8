// SPDX-License-Identifier: GPL-2.0-only
/*
 * A job that hangs is no concern of others: a client whose own job waits behind it
 * has published nothing, so the screen shows that client's buffers at once
 */

#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "screen.h"
#include "sync.h"

#define OLD		0x11a05030u
#define SHOWN		0x22407090u
#define NEW		0x3308c0f0u

#define REFRESH_HZ	10
/* Some refreshes; far less than the five seconds after which the core gives up */
#define AT_ONCE_MS	1500
#define TIMER_MIN_MS	4500
#define FLIP_MS		8000

enum { BUF_SHOWN, BUF_WAITING, BUFS };

static const struct kind *const rgas[] = { &kind_rga, &kind_rga3, NULL };

static unsigned int ms_since(uint64_t from)
{
	return (now_ns() - from) / 1000000;
}

/* On the same hardware, one hangs and one waits for it */
static void hang(struct job_dev *hung, struct job_dev *mine)
{
	uint64_t from;

	hung->started = knob_count(hung->kind->model, "started");
	knob_set(hung->kind->model, "hang_jobs", 1);
	knob_stuck(hung->kind->model, "release");
	job_queue_cap(hung, 0);
	job_queue_out(hung, 0, NEW);
	job_wait_running(hung);

	from = now_ns();
	job_queue_cap(mine, BUF_WAITING);
	job_queue_out(mine, BUF_WAITING, NEW);
	CHECK(ms_since(from) < AT_ONCE_MS);
}

static void release(struct job_dev *hung, struct job_dev *mine)
{
	knob_set(hung->kind->model, "release", 1);
	knob_stuck(NULL, NULL);
	CHECK_EQ(m2m_dequeue(&hung->m, &hung->m.cap, NULL), 0);
	CHECK_EQ(m2m_dequeue(&mine->m, &mine->m.cap, NULL), BUF_WAITING);
	CHECK(job_content(mine, BUF_WAITING, NEW));
}

static unsigned int flip(struct screen *s, unsigned int index, unsigned int limit_ms)
{
	uint64_t from = now_ns();

	screen_flip(s, index);
	CHECK(screen_flipped(s, limit_ms));
	return ms_since(from);
}

TEST_KINDS(shown_while_another_hangs, 40, rgas)
{
	struct job_dev hung, mine;
	unsigned int ms;
	struct screen s;
	uint32_t old;
	int dmabuf;

	knob_need(kind->model);
	job_open_mmap(&hung, kind, BUFS);
	job_open_mmap(&mine, kind, BUFS);
	job_run(&mine, BUF_SHOWN, SHOWN);
	job_run(&mine, BUF_WAITING, OLD);
	screen_open(&s, &mine, BUFS, BUF_WAITING, REFRESH_HZ);
	screen_open_crc(&s);
	old = screen_crc(&s);
	flip(&s, BUF_SHOWN, FLIP_MS);
	CHECK(screen_crc(&s) != old);

	dmabuf = job_dmabuf(&hung, 0, 0);
	hang(&hung, &mine);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_READ), !expect_fences());
	ms = flip(&s, BUF_WAITING, AT_ONCE_MS);
	note("%s: another client's job hangs, shown after %u ms", kind->name, ms);
	CHECK_EQ(screen_crc(&s), old);
	CHECK_EQ(dmabuf_status(s.dmabuf[BUF_WAITING][0], DMA_BUF_SYNC_RW), 1);
	/* It hangs still */
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_READ), !expect_fences());

	release(&hung, &mine);
	screen_close(&s);
	job_close(&mine);
	job_close(&hung);
}

/* The screen waits for the hung job itself no longer than the core lets it */
TEST_KINDS(hung_frame_on_the_screen, 60, rgas)
{
	struct job_dev hung, mine;
	unsigned int ms;
	struct screen s;

	knob_need(kind->model);
	job_open_mmap(&hung, kind, BUFS);
	job_open_mmap(&mine, kind, BUFS);
	screen_open(&s, &hung, BUFS, 1, REFRESH_HZ);
	hang(&hung, &mine);
	ms = flip(&s, 0, FLIP_MS);
	note("%s: shown after %u ms, the job hangs", kind->name, ms);
	CHECK(expect_fences() ? ms > TIMER_MIN_MS : ms < AT_ONCE_MS);
	/* And everybody's frames are shown again */
	CHECK(flip(&s, 1, AT_ONCE_MS) < AT_ONCE_MS);
	release(&hung, &mine);
	screen_close(&s);
	job_close(&mine);
	job_close(&hung);
}
