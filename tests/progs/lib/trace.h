/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounting with the kernel's trace events
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

struct trace_counts {
	/* Of fences of videobuf2 */
	unsigned long init, signaled, destroy;
	/* Waits for any fence */
	unsigned long wait_start, wait_end;
	/* Of buffers */
	unsigned long buf_queue, buf_done;
	/* Fences that were signalled twice, or after a later one of their context */
	unsigned long twice, disordered;
	/* Events that got lost: then nothing above is worth anything */
	unsigned long lost;
};

/* Counts the times that @tid, of all in this process, got -EDEADLK for a lock */
void trace_deadlocks_start(void);
unsigned long trace_deadlocks(int tid);

/* Skips the test where the events cannot be traced */
void trace_start(void);
/* Takes in what has been traced; often, or events get lost */
void trace_read(struct trace_counts *counts);
/* Goes on until every fence is destroyed: files are let go by work, fences by RCU */
void trace_settle(struct trace_counts *counts);
void trace_stop(void);

#endif
