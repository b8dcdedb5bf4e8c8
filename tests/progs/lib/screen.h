/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vkms, seen as a compositor sees it: frames of a capture queue on a screen
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs.h"

#define SCREEN_MAX_BUFS	4

struct screen {
	int fd;
	int crc;
	unsigned int card;
	uint32_t connector, crtc, plane, mode;
	unsigned int width, height, hz;
	uint32_t fb[SCREEN_MAX_BUFS];
	/* What was handed to the screen: their fences are those that it waits for */
	int dmabuf[SCREEN_MAX_BUFS][M2M_MAX_PLANES];
	unsigned int bufs, planes;
};

/*
 * With framebuffers of the first @bufs capture buffers of @d; shows number @first.
 * A buffer of one plane is shown as pixels of 32 bit, whatever its format. Skips
 * where there is no vkms.
 */
void screen_open(struct screen *s, struct job_dev *d, unsigned int bufs,
		 unsigned int first, unsigned int hz);
void screen_close(struct screen *s);
/* Does not wait; the event says when the frame is shown */
void screen_flip(struct screen *s, unsigned int index);
/* Takes the event, waits for it for so long */
bool screen_flipped(struct screen *s, unsigned int ms);

/* From here on a CRC of each refresh, to be read all the time; skips without them */
void screen_open_crc(struct screen *s);
/* Of the oldest refresh that was not read yet */
uint32_t screen_next_crc(struct screen *s);
/* Of a frame that is composed after this call */
uint32_t screen_crc(struct screen *s);

#endif
