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
	unsigned int card;
	uint32_t connector, crtc, plane, mode;
	unsigned int hz;
	uint32_t fb[SCREEN_MAX_BUFS];
};

/*
 * With framebuffers of the first @bufs capture buffers of @d; shows number @first.
 * Skips where there is no vkms.
 */
void screen_open(struct screen *s, struct job_dev *d, unsigned int bufs,
		 unsigned int first, unsigned int hz);
/* Does not wait; the event says when the frame is shown */
void screen_flip(struct screen *s, unsigned int index);
/* Takes the event, waits for it for so long */
bool screen_flipped(struct screen *s, unsigned int ms);

#endif
