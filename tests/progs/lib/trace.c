// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting with the kernel's trace events, in an instance of its own
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "trace.h"

#define INSTANCE	"/sys/kernel/tracing/instances/vrf"
#define BUFFER_KB	"4096"
#define MAX_CONTEXTS	4096
#define SETTLE_MS	5000

static int pipe_fd = -1;
static char rest[65536];
static size_t rest_len;
/* The last seqno signalled, by context; contexts are few and come in a row */
static struct {
	unsigned int context, seqno;
} last[MAX_CONTEXTS];
/* Our contexts: a fence that is destroyed may not know its driver any more */
static unsigned int ours[MAX_CONTEXTS];

static void put(const char *file, const char *text)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), INSTANCE "/%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		SKIP("no tracing: %s: %s", path, strerror(errno));
	close(fd);
}

static void instance_start(void)
{
	rmdir(INSTANCE);
	if (mkdir(INSTANCE, 0700))
		SKIP("no tracing: %s", strerror(errno));
	put("buffer_size_kb", BUFFER_KB);
	pipe_fd = CALL(open(INSTANCE "/trace_pipe", O_RDONLY | O_NONBLOCK));
}

void trace_start(void)
{
	instance_start();
	put("events/dma_fence/enable", "1");
	put("events/vb2/vb2_buf_queue/enable", "1");
	put("events/vb2/vb2_buf_done/enable", "1");
}

void trace_deadlocks_start(void)
{
	char filter[32];

	instance_start();
	snprintf(filter, sizeof(filter), "ret == %d", -EDEADLK);
	put("events/lock/contention_end/filter", filter);
	put("events/lock/contention_end/enable", "1");
}

void trace_stop(void)
{
	close(pipe_fd);
	CALL(rmdir(INSTANCE));
}

static void signaled(struct trace_counts *c, const char *line)
{
	unsigned int context, seqno, i;
	const char *at = strstr(line, "context=");

	c->signaled++;
	if (!at || sscanf(at, "context=%u seqno=%u", &context, &seqno) != 2)
		FAIL("what is %s", line);
	i = context % MAX_CONTEXTS;
	if (last[i].context == context) {
		c->twice += last[i].seqno == seqno;
		c->disordered += (int)(seqno - last[i].seqno) < 0;
	}
	last[i].context = context;
	last[i].seqno = seqno;
}

static unsigned int context_of(const char *line)
{
	const char *at = strstr(line, "context=");
	unsigned int context;

	if (!at || sscanf(at, "context=%u", &context) != 1)
		FAIL("what is %s", line);
	return context;
}

static bool is_ours(const char *line)
{
	unsigned int context = context_of(line);

	return context && ours[context % MAX_CONTEXTS] == context;
}

static void began(struct trace_counts *c, const char *line)
{
	unsigned int context = context_of(line);

	if (!strstr(line, "driver=videobuf2"))
		return;
	c->init++;
	ours[context % MAX_CONTEXTS] = context;
}

static void take(void *data, const char *line)
{
	struct trace_counts *c = data;

	if (strstr(line, "LOST"))
		c->lost++;
	else if (strstr(line, " dma_fence_wait_start: "))
		c->wait_start++;
	else if (strstr(line, " dma_fence_wait_end: "))
		c->wait_end++;
	else if (strstr(line, " vb2_buf_queue: "))
		c->buf_queue++;
	else if (strstr(line, " vb2_buf_done: "))
		c->buf_done++;
	else if (strstr(line, " dma_fence_init: "))
		began(c, line);
	else if (strstr(line, " dma_fence_signaled: ") && is_ours(line))
		signaled(c, line);
	else if (strstr(line, " dma_fence_destroy: ") && is_ours(line))
		c->destroy++;
}

static void for_each_line(void (*fn)(void *data, const char *line), void *data)
{
	char *line, *end;
	ssize_t len;

	for (;;) {
		len = read(pipe_fd, rest + rest_len, sizeof(rest) - 1 - rest_len);
		if (len <= 0)
			break;
		rest_len += len;
		rest[rest_len] = 0;
		for (line = rest; (end = strchr(line, '\n')); line = end + 1) {
			*end = 0;
			fn(data, line);
		}
		rest_len = strlen(line);
		memmove(rest, line, rest_len);
	}
}

void trace_read(struct trace_counts *c)
{
	for_each_line(take, c);
}

void trace_settle(struct trace_counts *c)
{
	uint64_t end = now_ns() + SETTLE_MS * 1000000ull;

	do {
		sleep_ms(20);
		trace_read(c);
	} while (c->destroy < c->init && now_ns() < end);
}

struct deadlocks {
	char task[16];
	unsigned long count;
};

static void take_deadlock(void *data, const char *line)
{
	struct deadlocks *d = data;

	d->count += strstr(line, " contention_end: ") && strstr(line, d->task);
}

unsigned long trace_deadlocks(int tid)
{
	struct deadlocks d = { .count = 0 };

	snprintf(d.task, sizeof(d.task), "-%d ", tid);
	for_each_line(take_deadlock, &d);
	return d.count;
}
