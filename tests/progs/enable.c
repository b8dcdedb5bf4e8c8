// SPDX-License-Identifier: GPL-2.0-only
/*
 * videobuf2_release_fence.enable: off, nothing is published, but exports are
 * remembered. It is read once for each job, so a fence in flight ends as ever.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "sync.h"
#include "trace.h"

#define STAMP		0xe6ab1e00u
#define JOBS		400
#define READ_EVERY	20
#define SWITCH_US	3000

static const struct kind *const one_each[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_rkvdec, NULL
};

/* Where there are release fences they are on, and stay so for what comes later */
static void need_switch(void)
{
	if (!expect_fences())
		SKIP("the option is off");
	CHECK(fences_enable(true));
}

/* A kernel that has the parameter has it on, and one without fences has none */
TEST(parameter, 10)
{
	CHECK_EQ(fences_are_enabled(), expect_fences());
}

TEST_KINDS(off_publishes_nothing, 20, every_kind)
{
	struct job_dev d;
	int dmabuf;

	need_switch();
	job_open_bufs(&d, kind, 2);
	CHECK(fences_enable(false));
	dmabuf = job_dmabuf(&d, 0, 0);
	job_begin(&d, 0, STAMP);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW), 1);
	CHECK(dmabuf_poll(dmabuf, POLLIN, 0));
	job_end(&d, 0);
	CHECK(job_content(&d, 0, STAMP));
	/* What was exported meanwhile is fenced from the next job on */
	CHECK(fences_enable(true));
	CHECK(!dmabuf_pending(dmabuf));
	job_begin(&d, 0, STAMP + 1);
	CHECK(dmabuf_pending(dmabuf));
	job_end(&d, 0);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW), 1);
	job_close(&d);
}

/* Whatever it is switched to, that job's fence ends with the job */
TEST_KINDS(off_in_mid_job, 20, every_kind)
{
	struct job_dev d;
	int dmabuf, fd;

	need_switch();
	job_open_bufs(&d, kind, 2);
	dmabuf = job_dmabuf(&d, 0, 0);
	job_begin(&d, 0, STAMP);
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK(fences_enable(false));
	CHECK_EQ(sync_status(fd), 0);
	job_end(&d, 0);
	CHECK_EQ(sync_status(fd), 1);
	job_begin(&d, 0, STAMP + 1);
	CHECK(!dmabuf_pending(dmabuf));
	/* That job was not fenced, and is not now */
	CHECK(fences_enable(true));
	CHECK(!dmabuf_pending(dmabuf));
	job_end(&d, 0);
	job_close(&d);
}

static volatile bool stop;

static void *switch_on_and_off(void *unused)
{
	bool on = true;

	(void)unused;
	while (!stop) {
		on = !on;
		fences_enable(on);
		usleep(SWITCH_US);
	}
	fences_enable(true);
	return NULL;
}

TEST_KINDS(switched_while_jobs_run, 300, one_each)
{
	unsigned long jobs = how_many_jobs(JOBS), n;
	struct trace_counts c = { 0 };
	pthread_t thread;
	struct job_dev d;
	int dmabuf;

	need_switch();
	job_open_mmap(&d, kind, 2);
	dmabuf = job_dmabuf(&d, 0, 0);
	trace_start();
	CHECK(!pthread_create(&thread, NULL, switch_on_and_off, NULL));
	for (n = 0; n < jobs; n++) {
		job_run(&d, n % 2, n + 1);
		CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW), 1);
		if (n % READ_EVERY == 0)
			trace_read(&c);
	}
	stop = true;
	pthread_join(thread, NULL);
	close(dmabuf);
	job_close(&d);
	trace_settle(&c);
	trace_stop();
	note("%s: %lu jobs, %lu of them with a fence", kind->name, jobs, c.init);
	CHECK_EQ(c.lost, 0);
	CHECK(c.init > 0 && c.init < jobs);
	CHECK_EQ(c.signaled, c.init);
	CHECK_EQ(c.destroy, c.init);
}
