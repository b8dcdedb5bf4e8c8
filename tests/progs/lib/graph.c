// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long calls of kernel functions take, from the function graph tracer
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "graph.h"
#include "harness.h"

#define TRACING		"/sys/kernel/tracing/"
#define MAX_CALLS	20000
#define MARK		"next job"
/* Does nothing but say ENOSYS; no system call has this number on arm64 */
#define NOTHING		"__arm64_sys_ni_syscall"
#define NOTHING_NR	244
#define NOTHING_CALLS	200

static uint64_t value[MAX_CALLS];
static bool tracing;

static void put(const char *file, const char *text, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), TRACING "%s", file);
	fd = open(path, O_WRONLY | flags);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd))
		SKIP("no tracing: %s to %s: %s", text, path, strerror(errno));
}

static void option(const char *name, bool on)
{
	char path[64];

	snprintf(path, sizeof(path), "options/%s", name);
	put(path, on ? "1" : "0", 0);
}

static uint64_t overhead;

/* Of nothing at all it would be every function */
static void filter(const char *const *functions)
{
	int flags = O_TRUNC;
	char line[80];

	for (; *functions; functions++, flags = O_APPEND) {
		/* Only with its end is it looked at before the file is closed */
		snprintf(line, sizeof(line), "%s\n", *functions);
		put("set_ftrace_filter", line, flags);
	}
}

static void start(const char *const *functions)
{
	put("tracing_on", "0", 0);
	put("current_tracer", "nop", 0);
	put("buffer_size_kb", "16384", 0);
	filter(functions);
	put("trace_clock", "local", 0);
	put("current_tracer", "function_graph", 0);
	option("funcgraph-cpu", false);
	option("funcgraph-overhead", false);
	option("funcgraph-tail", true);
	option("sleep-time", false);
	put("trace", "", O_TRUNC);
	put("tracing_on", "1", 0);
	tracing = true;
}

void graph_start(const char *const *functions)
{
	/* Which traces too, and so comes before */
	if (strcmp(*functions, NOTHING))
		graph_overhead();
	put("set_graph_function", "", O_TRUNC);
	start(functions);
}

void graph_start_inside(const char *inside, const char *function)
{
	const char *const functions[] = { inside, function, NULL };

	graph_overhead();
	put("set_graph_function", inside, O_TRUNC);
	start(functions);
}

bool graph_has(const char *function)
{
	FILE *list = fopen(TRACING "available_filter_functions", "r");
	size_t len = strlen(function);
	char line[256];
	bool has = false;

	while (list && !has && fgets(line, sizeof(line), list))
		has = !strncmp(line, function, len) && strchr(" \n", line[len]);
	if (list)
		fclose(list);
	return has;
}

void graph_mark(void)
{
	if (tracing)
		put("trace_marker", MARK, 0);
}

/* The tracer stays: without it the trace would be gone */
void graph_stop(void)
{
	put("tracing_on", "0", 0);
	tracing = false;
}

/*
 * "  1.456 us    |  name();", or with what is traced below it "} /\* name *\/";
 * modules have " [module]" after the name. Returns the nanoseconds of @name.
 */
static bool take(const char *line, const char *name, uint64_t *ns)
{
	const char *us = strstr(line, " us "), *bar = strchr(line, '|');
	size_t len = strlen(name);
	const char *at;
	double time;

	if (!us || !bar || sscanf(line, "%lf", &time) != 1)
		return false;
	at = strstr(bar, "} /* ");
	if (at)
		at += 5;
	else
		at = bar + 1 + strspn(bar + 1, " ");
	if (strncmp(at, name, len) || (at[len] != '(' && at[len] != ' '))
		return false;
	*ns = time * 1000 + 0.5;
	return true;
}

/* Fills value[], one for each call or each job; returns how many */
static unsigned int collect(const char *const *functions, bool jobs, bool count)
{
	FILE *trace = fopen(TRACING "trace", "r");
	const char *const *function;
	unsigned int n = 0;
	uint64_t ns;
	char line[512];

	if (!trace)
		FAIL("no trace: %s", strerror(errno));
	memset(value, 0, sizeof(value));
	while (fgets(line, sizeof(line), trace)) {
		if (strstr(line, "LOST"))
			FAIL("the tracer lost something");
		if (jobs && strstr(line, MARK))
			n++;
		for (function = functions; *function; function++) {
			if (!take(line, *function, &ns) || (jobs && !n))
				continue;
			value[n - jobs] += count ? 1 : ns > overhead ? ns - overhead : 0;
			n += !jobs;
		}
		if (n == MAX_CALLS)
			FAIL("too much to trace");
	}
	fclose(trace);
	return n;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t median_of(uint64_t *values, unsigned int n)
{
	if (!n)
		FAIL("nothing was measured");
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

static uint64_t median(unsigned int n)
{
	return median_of(value, n);
}

uint64_t graph_median(const char *function)
{
	const char *const functions[] = { function, NULL };

	return median(collect(functions, false, false));
}

uint64_t graph_nth_median(const char *function, unsigned int nth, unsigned int of)
{
	const char *const functions[] = { function, NULL };
	unsigned int n = collect(functions, false, false), i;

	for (i = 0; i * of + nth < n; i++)
		value[i] = value[i * of + nth];
	return median(i);
}

uint64_t graph_job_median(const char *const *functions)
{
	return median(collect(functions, true, false));
}

uint64_t graph_job_calls(const char *const *functions)
{
	return median(collect(functions, true, true));
}

uint64_t graph_overhead(void)
{
	static const char *const functions[] = { NOTHING, NULL };
	static const char file[] = "/tmp/tracer-overhead";
	unsigned int i;
	FILE *kept;

	/* Each test is a process of its own */
	kept = overhead ? NULL : fopen(file, "r");
	if (kept) {
		if (fscanf(kept, "%lu", &overhead) != 1)
			FAIL("what is in %s?", file);
		fclose(kept);
	}
	if (overhead)
		return overhead;

	graph_start(functions);
	for (i = 0; i < NOTHING_CALLS; i++)
		syscall(NOTHING_NR);
	graph_stop();
	overhead = graph_median(NOTHING);
	kept = fopen(file, "w");
	if (!kept || fprintf(kept, "%lu", overhead) < 0 || fclose(kept))
		FAIL("%s: %s", file, strerror(errno));
	return overhead;
}

void kmalloc_start(const char *caller)
{
	char filter[128];

	put("tracing_on", "0", 0);
	put("current_tracer", "nop", 0);
	snprintf(filter, sizeof(filter), "call_site.function == %s", caller);
	put("events/kmem/kmalloc/filter", filter, 0);
	put("events/kmem/kmalloc/enable", "1", 0);
	put("trace", "", O_TRUNC);
	put("tracing_on", "1", 0);
}

unsigned long kmalloc_bytes(unsigned long *allocated)
{
	FILE *trace = fopen(TRACING "trace", "r");
	unsigned long bytes = 0;
	char line[512];
	const char *at;

	put("tracing_on", "0", 0);
	put("events/kmem/kmalloc/enable", "0", 0);
	while (trace && fgets(line, sizeof(line), trace)) {
		at = strstr(line, "bytes_req=");
		if (at && sscanf(at, "bytes_req=%lu bytes_alloc=%lu", &bytes, allocated) != 2)
			FAIL("what is %s", line);
	}
	if (trace)
		fclose(trace);
	return bytes;
}

void event_start(const char *function)
{
	const char *const functions[] = { function, NULL };

	put("tracing_on", "0", 0);
	put("current_tracer", "nop", 0);
	put("trace_clock", "mono", 0);
	filter(functions);
	put("current_tracer", "function", 0);
	put("trace", "", O_TRUNC);
	put("tracing_on", "1", 0);
}

uint64_t event_ns(const char *function)
{
	FILE *trace = fopen(TRACING "trace", "r");
	double seconds = 0;
	char line[512];
	const char *at;

	put("tracing_on", "0", 0);
	/* "task-1 [000] d.... 12.345678: function <-caller" */
	while (trace && fgets(line, sizeof(line), trace)) {
		at = strstr(line, function);
		if (!at || *line == '#')
			continue;
		while (at > line && at[-1] != ']')
			at--;
		at += strspn(at, " ");
		at += strcspn(at, " ");
		if (sscanf(at, "%lf", &seconds) != 1)
			FAIL("what is %s", line);
	}
	if (trace)
		fclose(trace);
	if (!seconds)
		FAIL("%s was not called", function);
	return seconds * 1e9 + 0.5;
}
