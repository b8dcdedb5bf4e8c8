// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the tests of one program and reports them as KTAP
 *
 * usage: PROGRAM [-l] [NAME...]
 * A NAME selects the tests whose name contains it, -l lists them.
 * Exit code: 0 all passed or were skipped, 1 one failed, 2 none was selected.
 */

#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"

#define EXIT_FAILED	1
#define EXIT_SKIPPED	4
/* Of no more jobs a quick look is made up */
#define QUICK_JOBS	100

static struct test *tests;
static struct test **last = &tests;
static int reason[2];

void (*test_ends_early)(void);

void test_add(struct test *test)
{
	*last = test;
	last = &test->next;
}

void test_add_kinds(const char *name, unsigned int seconds,
		    void (*run)(const struct kind *kind),
		    const struct kind *const *kinds)
{
	struct test *test;
	char *full;

	for (; *kinds; kinds++) {
		if ((*kinds)->only_with && !getenv((*kinds)->only_with))
			continue;
		test = calloc(1, sizeof(*test));
		if (!test || asprintf(&full, "%s.%s", (*kinds)->name, name) < 0)
			abort();
		*test = (struct test){
			.name = full, .kind = *kinds, .seconds = seconds, .run = run,
		};
		test_add(test);
	}
}

void note(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("# %s\n", text);
	fflush(stdout);
}

void figure(double value, const char *unit, const char *fmt, ...)
{
	char name[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	note("figure: %s %.*f %s", name, value == (long)value ? 0 : 2, value, unit);
}

void saw(const char *what, const char *result, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, result);
	vsnprintf(text, sizeof(text), result, ap);
	va_end(ap);
	note("saw: %s | %s", what, text);
}

void fail_at(const char *file, int line, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note("%s:%d: %s", file, line, text);
	if (test_ends_early)
		test_ends_early();
	_exit(EXIT_FAILED);
}

void skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdprintf(reason[1], fmt, ap);
	va_end(ap);
	_exit(EXIT_SKIPPED);
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000l };

	nanosleep(&ts, NULL);
}

bool expect_fences(void)
{
	const char *expect = getenv("VRF_EXPECT");

	return !expect || strcmp(expect, "none");
}

unsigned long env_number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

unsigned long how_many_jobs(unsigned long usual)
{
	return env_number("VRF_JOBS", expect_fences() ? usual : usual / 10);
}

unsigned int how_often(unsigned int usual)
{
	bool quick = env_number("VRF_JOBS", ULONG_MAX) <= QUICK_JOBS;

	return quick || !expect_fences() ? usual / 10 : usual;
}

long proc_number(const char *file, const char *key)
{
	FILE *f = fopen(file, "r");
	size_t len = strlen(key);
	long number = -1;
	char line[4096];

	while (f && number < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len))
			number = strtol(line + len, NULL, 10);
	if (f)
		fclose(f);
	return number;
}

static bool selected(const struct test *test, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strstr(test->name, *names))
			return true;
	return false;
}

/* Returns the wait status, or -1 when the time was up */
static int run_child(const struct test *test)
{
	struct pollfd pfd;
	pid_t pid;
	int status, ready;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		test->run(test->kind);
		fflush(stdout);
		_exit(0);
	}

	pfd.fd = syscall(SYS_pidfd_open, pid, 0);
	pfd.events = POLLIN;
	ready = poll(&pfd, 1, test->seconds * 1000);
	close(pfd.fd);
	/* What the test has started goes with it */
	kill(-pid, SIGKILL);
	if (ready != 1)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;

	return ready == 1 ? status : -1;
}

static bool run_test(const struct test *test, unsigned int number)
{
	char why[200] = "";
	ssize_t len;
	int status;

	if (pipe(reason))
		abort();
	/* So that a splat of the kernel can be told to belong to it */
	note("RUN %s", test->name);
	status = run_child(test);
	close(reason[1]);
	len = read(reason[0], why, sizeof(why) - 1);
	close(reason[0]);

	if (status == -1)
		note("ran longer than %u seconds", test->seconds);
	else if (WIFSIGNALED(status))
		note("killed by signal %d", WTERMSIG(status));

	if (!status) {
		printf("ok %u %s\n", number, test->name);
	} else if (status != -1 && WIFEXITED(status) &&
		   WEXITSTATUS(status) == EXIT_SKIPPED && len > 0) {
		printf("ok %u %s # SKIP %s\n", number, test->name, why);
	} else {
		printf("not ok %u %s\n", number, test->name);
		return false;
	}

	return true;
}

int main(int argc, char **argv)
{
	bool list = argc > 1 && !strcmp(argv[1], "-l");
	unsigned int number = 0, failed = 0;
	char **names = argv + 1 + list;
	struct test *test;

	for (test = tests; test; test = test->next)
		number += selected(test, names);
	if (!number)
		return 2;
	if (!list)
		printf("KTAP version 1\n1..%u\n", number);

	number = 0;
	for (test = tests; test; test = test->next) {
		if (!selected(test, names))
			continue;
		if (list)
			puts(test->name);
		else
			failed += !run_test(test, ++number);
		fflush(stdout);
	}

	return failed ? EXIT_FAILED : 0;
}
