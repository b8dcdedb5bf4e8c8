/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The knobs and counters of the modelled hardware; see tests/model
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>

/* Whether this hardware is modelled. On a real board it is not. */
bool board_has(const char *model);
/* Skips the test where there are no knobs */
void board_need(const char *model);
void board_set(const char *model, const char *knob, unsigned long value);
unsigned long board_count(const char *model, const char *counter);
/* Waits until a counter has reached a value, fails after a second or so */
void board_wait(const char *model, const char *counter, unsigned long value);
/* All knobs back to what they were at boot */
void board_reset(const char *model);

/*
 * A job that only this knob brings back, which is turned should the test end
 * early; NULL when it is back
 */
void board_stuck(const char *model, const char *knob);

/* How often the models look at their start bits; skips without them */
void board_look_every(unsigned int us);

#endif
