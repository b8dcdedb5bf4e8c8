// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver is unbound while its hardware runs a job, or while a job waits for the users of
 * its buffers: nothing touches the device that is gone, and a fence ends all the same.
 *
 * Neither driver supports this with files open: close() waits for a job that nobody ends,
 * and uses freed memory (docs/unbind.md). So a process keeps the files until the machine
 * is switched off, and the modules stay in use: a boot of its own.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "swsync.h"
#include "sync.h"

/* Later than hantro's watchdog, and than the timer of the core */
#define WATCHDOG_MS	3500
#define TIMER_MS	8000
/* The driver need not wait for the job */
#define UNBIND_MS	1500
/* For the hardware to begin a job that may begin */
#define WHILE_MS	300

static const struct kind *const rga[] = { &kind_rga, &kind_rga3, NULL };
/* Each device of hantro once, see check_bound_again() */
static const struct kind *const decoder[] = { &kind_mpeg2, NULL };
static const struct kind *const encoder[] = { &kind_jpeg, NULL };

/* The name of the device behind the node */
static void device_of(struct job_dev *d, char *name, size_t size)
{
	char path[64], target[256] = "";
	struct stat node;

	CALL(fstat(d->m.fd, &node));
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device", major(node.st_rdev),
		 minor(node.st_rdev));
	CALL(readlink(path, target, sizeof(target) - 1));
	snprintf(name, size, "%.60s", strrchr(target, '/') + 1);
}

/* @what: "bind" or "unbind" */
static void write_driver(const struct kind *kind, const char *what, const char *device)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s/%s", kind->driver, what);
	fd = CALL(open(path, O_WRONLY | O_CLOEXEC));
	CALL(write(fd, device, strlen(device)));
	close(fd);
}

static bool is_pipe(const char *fd)
{
	char path[64], target[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%.20s", fd);
	return readlink(path, target, sizeof(target) - 1) > 0 && !strncmp(target, "pipe:", 5);
}

/* Nobody reads from a pipe that never ends */
static void close_pipes(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (is_pipe(entry->d_name))
			close(atoi(entry->d_name));
	closedir(dir);
}

static void keep_files(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid)
		return;
	setpgid(0, 0);
	close_pipes();
	for (;;)
		pause();
}

/* The model has no reset line, so its interrupt would wait for the driver to come back */
static void end_job_unseen(const struct kind *kind)
{
	unsigned long done = knob_count(kind->model, "done");

	knob_set(kind->model, "drop_irqs", 1);
	knob_set(kind->model, "release", 1);
	knob_wait(kind->model, "done", done + 1);
}

/*
 * What the driver is like after that. Not hantro: videodev still has the video device of an
 * open file, which was freed with the driver's data, and looks at it when another one is
 * registered. So the tests of hantro are the last.
 */
static void check_bound_again(const struct kind *kind, const char *device)
{
	struct job_dev d;

	if (!strcmp(kind->driver, "hantro-vpu"))
		return;
	write_driver(kind, "bind", device);
	knob_reset(kind->model);
	job_open_mmap(&d, kind, 2);
	job_run(&d, 0, 3);
	CHECK(job_content(&d, 0, 3));
	job_close(&d);
}

static void unbind_in_mid_job(const struct kind *kind)
{
	struct job_dev d;
	uint64_t from;
	char device[64];
	int dmabuf, fence, status;

	knob_need(kind->model);
	job_open_mmap(&d, kind, 2);
	device_of(&d, device, sizeof(device));
	dmabuf = job_dmabuf(&d, 0, 0);
	job_run(&d, 1, 1);
	d.started = knob_count(kind->model, "started");
	knob_set(kind->model, "hang_jobs", 1);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, 2);
	job_wait_running(&d);
	fence = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(sync_status(fence), !expect_fences());

	keep_files();
	from = now_ns();
	write_driver(kind, "unbind", device);
	note("%s: unbound in %llu ms", kind->name,
	     (unsigned long long)(now_ns() - from) / 1000000);
	CHECK((now_ns() - from) / 1000000 < UNBIND_MS);
	status = sync_wait(fence, TIMER_MS);
	note("%s: status of the fence %d after %llu ms", kind->name, status,
	     (unsigned long long)(now_ns() - from) / 1000000);
	CHECK_EQ(status, expect_fences() ? -ETIME : 1);
	sleep_ms(WATCHDOG_MS);

	end_job_unseen(kind);
	check_bound_again(kind, device);
}

/* The user ends when the device is gone: the job does not start */
static void unbind_while_a_job_waits(const struct kind *kind)
{
	struct job_dev d;
	unsigned long before;
	char device[64];
	int user;

	knob_need(kind->model);
	if (!waits_are_enabled())
		SKIP("no job waits");
	job_open_mmap(&d, kind, 2);
	device_of(&d, device, sizeof(device));
	user = sw_sync_use(job_dmabuf(&d, 0, 0), DMA_BUF_SYNC_READ);
	before = knob_count(kind->model, "started");
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, 2);
	sleep_ms(WHILE_MS);

	keep_files();
	write_driver(kind, "unbind", device);
	sw_sync_inc(user);
	sleep_ms(WHILE_MS);
	CHECK_EQ(knob_count(kind->model, "started"), before);
	check_bound_again(kind, device);
}

TEST_KINDS(in_mid_job, 60, rga) { unbind_in_mid_job(kind); }
TEST_KINDS(while_a_job_waits, 60, rga) { unbind_while_a_job_waits(kind); }
TEST_KINDS(decoder_in_mid_job, 60, decoder) { unbind_in_mid_job(kind); }
TEST_KINDS(while_an_encoder_waits, 60, encoder) { unbind_while_a_job_waits(kind); }
