// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the first fence that can be seen to the start of the hardware, the driver
 * is inside a signalling section: a module looks when the start bit is set
 */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "board.h"
#include "harness.h"
#include "kinds.h"

#define ROOT	"/sys/kernel/debug/vrf-section/"
#define JOBS	20

static unsigned long starts(const char *path)
{
	char text[24] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		SKIP("this kernel does not know which locks are held");
	CALL(read(fd, text, sizeof(text) - 1));
	close(fd);

	return strtoul(text, NULL, 0);
}

TEST_KINDS(open_when_started, 30, all_kinds)
{
	unsigned long inside = starts(ROOT "inside");
	unsigned long outside = starts(ROOT "outside");
	struct job_dev d;
	unsigned int i;

	job_open_mmap(&d, kind, 2);
	for (i = 0; i < JOBS; i++)
		job_run(&d, i % 2, i + 1);
	job_close(&d);

	inside = starts(ROOT "inside") - inside;
	outside = starts(ROOT "outside") - outside;
	note("%s: started %lu times inside a section, %lu outside", kind->name,
	     inside, outside);
	CHECK_EQ(inside, expect_fences() ? JOBS : 0);
	CHECK_EQ(outside, expect_fences() ? 0 : JOBS);
}
