/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long calls of kernel functions take, from the function graph tracer
 *
 * Under -icount the guest's nanoseconds are instructions. A duration has what the
 * tracer does in it; graph_overhead() says how much, and all that is returned here
 * is without it.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include <stdbool.h>
#include <stdint.h>

/* Traces these functions, a list that NULL ends. Skips where one is not there. */
void graph_start(const char *const *functions);
/* The same, but only calls made by @inside, which is traced as well */
void graph_start_inside(const char *inside, const char *function);
/* Whether it can be traced: it was not inlined */
bool graph_has(const char *function);
/* What follows belongs to the next job; nothing while nothing is traced */
void graph_mark(void);
void graph_stop(void);

uint64_t median_of(uint64_t *values, unsigned int n);

/* Of a function that does nothing; measured at the first call */
uint64_t graph_overhead(void);
/* The median over all calls of @function since graph_start() */
uint64_t graph_median(const char *function);
/* Of every call whose number is @nth modulo @of */
uint64_t graph_nth_median(const char *function, unsigned int nth, unsigned int of);
/* The median over all jobs of what @functions took together */
uint64_t graph_job_median(const char *const *functions);
/* The median over all jobs of the number of calls */
uint64_t graph_job_calls(const char *const *functions);

/* Requested bytes of the last kmalloc() that @caller made, while traced */
void kmalloc_start(const char *caller);
unsigned long kmalloc_bytes(unsigned long *allocated);

/* When @function was called last, on the clock of now_ns(), to a microsecond */
void event_start(const char *function);
uint64_t event_ns(const char *function);

#endif
