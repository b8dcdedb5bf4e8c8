// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer in the kernel: vkms shows a frame of the rga while the job that
 * writes it still runs. The commit has to wait for the fence; the CRC of what was
 * shown says whether it did. Without release fences the old frame is shown.
 */

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "screen.h"

/* Words, as pixels: unlike each other in each of the colours */
#define OLD		0x11a05030u
#define NEW		0x22407090u
#define OTHER		0x3308c0f0u

/* Slow enough for an emulator */
#define REFRESH_HZ	10
#define HELD_MS		500
#define FLIP_MS		5000

enum { BUF_OLD, BUF_NEW, BUF_OTHER, BUF_JOB, BUFS };

static const struct kind *const shown_kinds[] = { &kind_rga, &kind_rga_1080p, &kind_rga3, NULL };

static uint32_t show(struct screen *s, unsigned int index)
{
	screen_flip(s, index);
	CHECK(screen_flipped(s, FLIP_MS));
	return screen_crc(s);
}

static const char *name_of(uint32_t crc, const uint32_t *known)
{
	return crc == known[BUF_OLD] ? "old frame" : crc == known[BUF_NEW] ? "new frame" :
	       crc == known[BUF_OTHER] ? "frame before" : "strange frame";
}

TEST_KINDS(shown_when_finished, 90, shown_kinds)
{
	static const uint32_t stamps[BUFS] = { OLD, NEW, OTHER, OLD };
	uint32_t crc[BUFS], held, shown;
	struct job_dev d;
	struct screen s;
	unsigned int i;
	bool early;

	knob_need(kind->model);
	job_open_mmap(&d, kind, BUFS);
	for (i = 0; i < BUFS; i++)
		job_run(&d, i, stamps[i]);
	screen_open(&s, &d, BUFS, BUF_OTHER, REFRESH_HZ);
	screen_open_crc(&s);
	for (i = 0; i <= BUF_OTHER; i++)
		crc[i] = show(&s, i);
	CHECK(crc[BUF_OLD] != crc[BUF_NEW] && crc[BUF_OLD] != crc[BUF_OTHER] &&
	      crc[BUF_NEW] != crc[BUF_OTHER]);

	job_pause(&d);
	job_queue_cap(&d, BUF_JOB);
	job_queue_out(&d, 0, NEW);
	job_wait_running(&d);

	/* The job is not done, the frame is to be shown */
	screen_flip(&s, BUF_JOB);
	early = screen_flipped(&s, HELD_MS);
	held = screen_crc(&s);
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), BUF_JOB);
	if (!early)
		CHECK(screen_flipped(&s, FLIP_MS));
	shown = screen_crc(&s);

	saw("vkms, atomic commit", "%s | | %s, %s; after the job %s", kind->name,
	    early ? "flipped at once" : "the flip waits", name_of(held, crc),
	    name_of(shown, crc));
	CHECK_EQ(early, !expect_fences());
	CHECK_EQ(held, crc[expect_fences() ? BUF_OTHER : BUF_OLD]);
	CHECK_EQ(shown, crc[BUF_NEW]);
	screen_close(&s);
	job_close(&d);
}
