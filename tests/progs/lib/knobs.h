/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The knobs and counters of the modelled hardware; see tests/kmod
 */
#ifndef KNOBS_H
#define KNOBS_H

#include <stdbool.h>

/* Whether this hardware is modelled. On a real board it is not. */
bool knob_has(const char *model);
/* Skips the test where there are no knobs */
void knob_need(const char *model);
void knob_set(const char *model, const char *knob, unsigned long value);
unsigned long knob_count(const char *model, const char *counter);
/* Waits until a counter has reached a value, fails after a second or so */
void knob_wait(const char *model, const char *counter, unsigned long value);
/* All knobs back to what they were at boot */
void knob_reset(const char *model);

/*
 * A job that only this knob brings back, which is turned should the test end
 * early; NULL when it is back
 */
void knob_stuck(const char *model, const char *knob);

/* Whether the kernel has release fences, be they switched on or off */
bool exports_have_slots(void);
/* Whether the kernel has its parameter "enable" of release fences, and on */
bool fences_are_enabled(void);
/* Turns it; what ends a test early turns it on again */
bool fences_enable(bool on);

/* Whether jobs wait for the users of their buffers; the same of "wait" */
bool waits_are_enabled(void);
bool waits_enable(bool on);

/* How often the models look at their start bits; skips without them */
void knob_look_every(unsigned int us);

#endif
