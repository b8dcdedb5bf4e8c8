/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small test harness: a child and a time limit for each test, KTAP on stdout
 *
 * A test returns when it has passed. CHECK() and its like end it as failed,
 * SKIP() ends it as skipped. What it leaves behind goes with its process.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct kind;

struct test {
	const char *name;
	const struct kind *kind;	/* NULL: not for each kind of job */
	unsigned int seconds;
	void (*run)(const struct kind *kind);
	struct test *next;
};

void test_add(struct test *test);
/* The test once for each kind of job in @kinds, a list that NULL ends */
void test_add_kinds(const char *name, unsigned int seconds,
		    void (*run)(const struct kind *kind),
		    const struct kind *const *kinds);

/* One test, that runs for at most @secs seconds */
#define TEST(fn, secs)							\
	static void fn(const struct kind *kind);			\
	static struct test fn##_test = {				\
		.name = #fn, .seconds = secs, .run = fn			\
	};								\
	__attribute__((constructor)) static void fn##_add(void)		\
	{								\
		test_add(&fn##_test);					\
	}								\
	static void fn(__attribute__((unused)) const struct kind *kind)

/* One test for each of @kinds */
#define TEST_KINDS(fn, secs, kinds)					\
	static void fn(const struct kind *kind);			\
	__attribute__((constructor)) static void fn##_add(void)		\
	{								\
		test_add_kinds(#fn, secs, fn, kinds);			\
	}								\
	static void fn(const struct kind *kind)

_Noreturn void fail_at(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
_Noreturn void skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A line of diagnosis or of a result, in the report but of no consequence */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A note of something measured: its name, the value, the unit */
void figure(double value, const char *unit, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A note of what a consumer saw */
void saw(const char *what, const char *result, ...)
	__attribute__((format(printf, 2, 3)));

#define FAIL(...)	fail_at(__FILE__, __LINE__, __VA_ARGS__)
#define SKIP(...)	skip(__VA_ARGS__)

#define CHECK(cond)							\
	do {								\
		if (!(cond))						\
			FAIL("%s", #cond);				\
	} while (0)

#define CHECK_EQ(a, b)							\
	do {								\
		long long a_ = (a), b_ = (b);				\
		if (a_ != b_)						\
			FAIL("%s is %lld, not %s (%lld)", #a, a_, #b, b_); \
	} while (0)

/* A call that must succeed, evaluates to what it returned */
#define CALL(call)							\
	({								\
		long ret_ = (long)(call);				\
		if (ret_ == -1)						\
			FAIL("%s: %s", #call, strerror(errno));		\
		ret_;							\
	})

/* A call that must be refused with this errno */
#define REFUSED(call, err)						\
	do {								\
		errno = 0;						\
		if ((long)(call) != -1)					\
			FAIL("%s was not refused", #call);		\
		if (errno != (err))					\
			FAIL("%s: %s, not %s", #call, strerror(errno), #err); \
	} while (0)

/*
 * Called when a test ends early: hardware that was told to wait must go on, or
 * the device could not even be closed
 */
extern void (*test_ends_early)(void);

uint64_t now_ns(void);
void sleep_ms(unsigned int ms);

/* Whether this kernel should have release fences: VRF_EXPECT, default yes */
bool expect_fences(void);
/* A number from the environment */
unsigned long env_number(const char *name, unsigned long otherwise);
/* How many jobs: VRF_JOBS, or @usual; a tenth where there is no fence to go wrong */
unsigned long how_many_jobs(unsigned long usual);
/* How often to do other things: @usual, a tenth there or for a quick look (VRF_JOBS) */
unsigned int how_often(unsigned int usual);
/* What follows @key at the start of a line of @file, -1 where it is not there */
long proc_number(const char *file, const char *key);

#endif
