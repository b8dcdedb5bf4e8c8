// SPDX-License-Identifier: GPL-2.0-only
/*
 * The knobs and counters of the modelled hardware
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"

#define ROOT		"/sys/kernel/debug/vrf-model"
#define DELAY_US	500
#define ENABLE		"/sys/module/videobuf2_release_fence/parameters/enable"
#define WAIT		"/sys/module/videobuf2_release_fence/parameters/wait"
#define WAIT_MS		5000

static void path_of(char *path, size_t size, const char *model, const char *file)
{
	snprintf(path, size, ROOT "/%s/%s", model, file);
}

bool knob_has(const char *model)
{
	char path[128];

	if (!model)
		return false;
	path_of(path, sizeof(path), model, "pause");
	return !access(path, W_OK);
}

void knob_need(const char *model)
{
	if (!knob_has(model))
		SKIP("no knobs on this hardware");
}

static bool try_set(const char *model, const char *knob, unsigned long value)
{
	char path[128], text[24];
	int fd, len;
	bool done;

	path_of(path, sizeof(path), model, knob);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return false;
	len = snprintf(text, sizeof(text), "%lu", value);
	done = write(fd, text, len) == len;
	close(fd);

	return done;
}

void knob_set(const char *model, const char *knob, unsigned long value)
{
	if (!try_set(model, knob, value))
		FAIL("%s of %s = %lu: %s", knob, model, value, strerror(errno));
}

unsigned long knob_count(const char *model, const char *counter)
{
	char path[128], text[24] = "";
	int fd;

	snprintf(path, sizeof(path), ROOT "/%s/count/%s", model, counter);
	fd = CALL(open(path, O_RDONLY));
	CALL(read(fd, text, sizeof(text) - 1));
	close(fd);

	return strtoul(text, NULL, 0);
}

void knob_wait(const char *model, const char *counter, unsigned long value)
{
	uint64_t end = now_ns() + WAIT_MS * 1000000ull;

	while (knob_count(model, counter) < value) {
		if (now_ns() > end)
			FAIL("%s of %s is %lu, never got to %lu", counter, model,
			     knob_count(model, counter), value);
		sleep_ms(1);
	}
}

static void set_parameter(const char *name, unsigned int us)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/vrf_model/parameters/%s", name);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%u", us) < 0 || fclose(file))
		SKIP("no models: %s", strerror(errno));
}

void knob_look_every(unsigned int us)
{
	set_parameter("poll_us", us);
	set_parameter("idle_us", us);
}

void knob_reset(const char *model)
{
	static const char *const knobs[] = {
		"jitter_us", "fail_jobs", "hang_jobs", "drop_irqs", "pause",
	};
	unsigned int i;

	if (!knob_has(model))
		return;
	for (i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++)
		knob_set(model, knobs[i], 0);
	knob_set(model, "delay_us", DELAY_US);
}

bool exports_have_slots(void)
{
	return !access(ENABLE, F_OK);
}

static bool is_on(const char *path)
{
	char value = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	CALL(read(fd, &value, 1));
	close(fd);

	return value == 'Y';
}

static bool turn(const char *path, bool on)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, on ? "Y" : "N", 1) == 1;
	close(fd);

	return done;
}

bool fences_are_enabled(void)
{
	return is_on(ENABLE);
}

bool fences_enable(bool on)
{
	return turn(ENABLE, on);
}

bool waits_are_enabled(void)
{
	return is_on(WAIT);
}

bool waits_enable(bool on)
{
	return turn(WAIT, on);
}

static struct {
	const char *model, *knob;
} stuck;

void knob_stuck(const char *model, const char *knob)
{
	stuck.model = model;
	stuck.knob = knob;
}

/* Or the driver waits for its job when the test's files are closed, for ever */
static void go_on(void)
{
	static const char *const models[] = { "rga", "rga3", "vdpu", "vepu" };
	unsigned int i;

	if (expect_fences())
		fences_enable(true);
	waits_enable(true);
	if (stuck.model && try_set(stuck.model, stuck.knob, 1))
		note("%s was stuck: %s", stuck.model, stuck.knob);
	for (i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		/* Refused where nothing hangs */
		if (try_set(models[i], "pause", 0) && try_set(models[i], "release", 1))
			note("%s hung, released", models[i]);
	}
}

__attribute__((constructor)) static void knob_init(void)
{
	test_ends_early = go_on;
}
