// SPDX-License-Identifier: GPL-2.0-only
/*
 * Those who look at fences while jobs end: what a sync_file says of its fence, a
 * deadline for it, and the list of all dma-bufs. Newer kernels let go of the ops of
 * a fence when it is signalled; KASAN would see a reader that comes too late.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sync_file.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "sync.h"

#define BUFS		2
#define JOBS		300
#define BUFINFO		"/sys/kernel/debug/dma_buf/bufinfo"
/* Exporters of videobuf2 have names that begin so as well; 6.12 has the timeline between */
#define OURS		"videobuf2 "
#define PENDING		"unsignalled"

/* Of 6.5, so not every toolchain has it */
#ifndef SYNC_IOC_SET_DEADLINE
struct sync_set_deadline {
	uint64_t deadline_ns;
	uint64_t pad;
};

#define SYNC_IOC_SET_DEADLINE	_IOW(SYNC_IOC_MAGIC, 5, struct sync_set_deadline)
#endif

static int dmabuf[BUFS];
static volatile bool stop;

struct reader {
	pthread_t thread;
	void *(*read)(void *data);
	unsigned long looks, pending;
};

/* The fence's status; a pending one must know whose it is */
static int status_by_info(int fd)
{
	struct sync_fence_info fence = { .status = 0 };
	struct sync_file_info info = {
		.num_fences = 1, .sync_fence_info = (uintptr_t)&fence,
	};

	CALL(ioctl(fd, SYNC_IOC_FILE_INFO, &info));
	CHECK_EQ(info.num_fences, 1);
	if (!fence.status) {
		CHECK(!strcmp(fence.driver_name, "videobuf2"));
		CHECK(fence.obj_name[0]);
	}
	return fence.status;
}

static void *read_info(void *data)
{
	struct reader *r = data;
	unsigned int i;
	int fd;

	for (i = 0; !stop; i++) {
		fd = dmabuf_sync_file(dmabuf[i % BUFS], DMA_BUF_SYNC_READ);
		r->pending += !status_by_info(fd);
		do
			r->looks++;
		while (!status_by_info(fd));
		close(fd);
	}
	return NULL;
}

static void *set_deadline(void *data)
{
	struct sync_set_deadline deadline = { .deadline_ns = 0 };
	struct reader *r = data;
	unsigned int i;
	int fd;

	for (i = 0; !stop; i++) {
		fd = dmabuf_sync_file(dmabuf[i % BUFS], DMA_BUF_SYNC_READ);
		r->pending += !sync_status(fd);
		do {
			deadline.deadline_ns = now_ns();
			CALL(ioctl(fd, SYNC_IOC_SET_DEADLINE, &deadline));
			r->looks++;
		} while (!sync_status(fd));
		close(fd);
	}
	return NULL;
}

static void *read_bufinfo(void *data)
{
	struct reader *r = data;
	char text[4096];
	ssize_t len;
	int fd;

	while (!stop) {
		fd = CALL(open(BUFINFO, O_RDONLY | O_CLOEXEC));
		while ((len = CALL(read(fd, text, sizeof(text) - 1))) > 0) {
			text[len] = 0;
			r->pending += strstr(text, OURS) && strstr(text, PENDING);
		}
		close(fd);
		r->looks++;
	}
	return NULL;
}

TEST_KINDS(look_while_jobs_end, 300, every_kind)
{
	struct reader reader[] = {
		{ .read = read_info }, { .read = set_deadline }, { .read = read_bufinfo },
	};
	unsigned long jobs = how_many_jobs(JOBS), n;
	struct job_dev d;
	unsigned int i;

	if (access(BUFINFO, R_OK))
		SKIP("no %s", BUFINFO);
	job_open_bufs(&d, kind, BUFS);
	if (knob_has(kind->model))
		knob_set(kind->model, "jitter_us", 1000);
	for (i = 0; i < BUFS; i++)
		dmabuf[i] = job_dmabuf(&d, i, 0);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&reader[i].thread, NULL, reader[i].read, &reader[i]));
	for (n = 0; n < jobs; n++) {
		job_run(&d, n % BUFS, n + 1);
		CHECK_EQ(job_word(&d, n % BUFS), n + 1);
	}
	stop = true;
	for (i = 0; i < 3; i++) {
		pthread_join(reader[i].thread, NULL);
		CHECK_EQ(reader[i].pending > 0, expect_fences());
	}
	note("%s: %lu jobs; looks at a fence %lu, deadlines %lu, lists %lu; of them seen pending %lu, %lu, %lu",
	     kind->name, jobs, reader[0].looks, reader[1].looks, reader[2].looks,
	     reader[0].pending, reader[1].pending, reader[2].pending);
	job_close(&d);
}
