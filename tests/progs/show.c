// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer in the kernel: vkms shows a frame of the rga while the job that
 * writes it still runs. The commit has to wait for the fence; the CRC of what was
 * shown says whether it did. Without release fences the old frame is shown.
 */

#include <drm/drm.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

static int open_crc(struct screen *s)
{
	char path[80];
	int control;

	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/crtc-0/crc/control", s->card);
	control = open(path, O_WRONLY);
	if (control < 0)
		SKIP("no CRC of what is shown: %s", strerror(errno));
	CHECK_EQ(write(control, "auto", 4), 4);
	close(control);
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/crtc-0/crc/data", s->card);
	return CALL(open(path, O_RDONLY));
}

static uint32_t frame_number(struct screen *s)
{
	union drm_wait_vblank wait = { .request.type = _DRM_VBLANK_RELATIVE };

	CALL(ioctl(s->fd, DRM_IOCTL_WAIT_VBLANK, &wait));
	return wait.reply.sequence;
}

/* Of a frame that is composed after this call; vkms may be some frames behind */
static uint32_t read_crc(struct screen *s, int data)
{
	uint32_t now = frame_number(s), frame, crc;
	char line[64];
	ssize_t len;

	do {
		len = CALL(read(data, line, sizeof(line) - 1));
		line[len] = 0;
		CHECK_EQ(sscanf(line, "%x %x", &frame, &crc), 2);
	} while ((int32_t)(frame - now) < 2);

	return crc;
}

static uint32_t show(struct screen *s, int data, unsigned int index)
{
	screen_flip(s, index);
	CHECK(screen_flipped(s, FLIP_MS));
	return read_crc(s, data);
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
	int data;

	knob_need(kind->model);
	job_open_mmap(&d, kind, BUFS);
	for (i = 0; i < BUFS; i++)
		job_run(&d, i, stamps[i]);
	screen_open(&s, &d, BUFS, BUF_OTHER, REFRESH_HZ);
	data = open_crc(&s);
	for (i = 0; i <= BUF_OTHER; i++)
		crc[i] = show(&s, data, i);
	CHECK(crc[BUF_OLD] != crc[BUF_NEW] && crc[BUF_OLD] != crc[BUF_OTHER] &&
	      crc[BUF_NEW] != crc[BUF_OTHER]);

	job_pause(&d);
	job_queue_cap(&d, BUF_JOB);
	job_queue_out(&d, 0, NEW);
	job_wait_running(&d);

	/* The job is not done, the frame is to be shown */
	screen_flip(&s, BUF_JOB);
	early = screen_flipped(&s, HELD_MS);
	held = read_crc(&s, data);
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), BUF_JOB);
	if (!early)
		CHECK(screen_flipped(&s, FLIP_MS));
	shown = read_crc(&s, data);

	note("%s on vkms while the job runs: %s, CRC %08x (%s); after it: CRC %08x (%s)",
	     kind->name, early ? "flipped at once" : "the flip waits",
	     held, name_of(held, crc), shown, name_of(shown, crc));
	CHECK_EQ(early, !expect_fences());
	CHECK_EQ(held, crc[expect_fences() ? BUF_OTHER : BUF_OLD]);
	CHECK_EQ(shown, crc[BUF_NEW]);
	job_close(&d);
}
