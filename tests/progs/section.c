// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules that a module checks inside the kernel (tests/kmod/section.c). From the
 * first fence that can be seen to the start of the hardware, the driver is inside
 * a signalling section; the fence is signalled while the driver owns the buffer.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

#define ROOT		"/sys/kernel/debug/vrf-section/"
#define JOBS		20
#define MANY_JOBS	300

static unsigned long count_or_skip(const char *path, const char *why)
{
	char text[24] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		SKIP("%s", why);
	CALL(read(fd, text, sizeof(text) - 1));
	close(fd);

	return strtoul(text, NULL, 0);
}

static unsigned long seen(const char *path)
{
	return count_or_skip(path, "this kernel does not know which locks are held");
}

static unsigned long ends(const char *path)
{
	return count_or_skip(path, "nobody looks on in this kernel");
}

/* In all planes of two buffers, one with an export more than the other */
static unsigned int export_all(struct job_dev *d)
{
	unsigned int planes = d->m.cap.fmt.num_planes, p;

	for (p = 0; p < planes; p++) {
		CALL(m2m_export(&d->m, &d->m.cap, 0, p, O_RDWR));
		CALL(m2m_export(&d->m, &d->m.cap, 1, p, O_RDWR));
		CALL(m2m_export(&d->m, &d->m.cap, 1, p, O_RDONLY));
	}
	return 3 * planes;
}

TEST_KINDS(open_when_started, 30, all_kinds)
{
	unsigned long inside = seen(ROOT "inside");
	unsigned long outside = seen(ROOT "outside");
	struct job_dev d;
	unsigned int i;

	job_open_mmap(&d, kind, 2);
	export_all(&d);
	for (i = 0; i < JOBS; i++)
		job_run(&d, i % 2, i + 1);
	job_close(&d);

	inside = seen(ROOT "inside") - inside;
	outside = seen(ROOT "outside") - outside;
	note("%s: started %lu times inside a section, %lu outside", kind->name,
	     inside, outside);
	CHECK_EQ(inside, expect_fences() ? JOBS : 0);
	CHECK_EQ(outside, expect_fences() ? 0 : JOBS);
}

TEST_KINDS(open_when_published, 30, all_kinds)
{
	unsigned long good = seen(ROOT "published");
	unsigned long bad = seen(ROOT "published_badly");
	unsigned int i, exports;
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	exports = export_all(&d);
	for (i = 0; i < JOBS; i++)
		job_run(&d, i % 2, i + 1);
	job_close(&d);

	good = seen(ROOT "published") - good;
	bad = seen(ROOT "published_badly") - bad;
	note("%s: published %lu times as a writer inside a section, %lu otherwise",
	     kind->name, good, bad);
	CHECK_EQ(bad, 0);
	CHECK_EQ(good, expect_fences() ? exports * JOBS / 2 : 0);
}

TEST_KINDS(signalled_before_done, 60, all_kinds)
{
	unsigned long good = ends(ROOT "signalled");
	unsigned long late = ends(ROOT "signalled_late");
	unsigned int jobs = how_often(MANY_JOBS), i;
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	export_all(&d);
	if (knob_has(kind->model))
		knob_set(kind->model, "delay_us", 0);
	for (i = 0; i < jobs; i++)
		job_run(&d, i % 2, i + 1);
	job_close(&d);

	good = ends(ROOT "signalled") - good;
	late = ends(ROOT "signalled_late") - late;
	note("%s: signalled %lu times before the buffer was done, %lu after",
	     kind->name, good, late);
	CHECK_EQ(late, 0);
	CHECK_EQ(good, expect_fences() ? jobs : 0);
}

static void requeue_next(void)
{
	int fd = open(ROOT "requeue", O_WRONLY);

	if (fd < 0)
		SKIP("no knob that gives a buffer back unprocessed");
	CALL(write(fd, "1", 1));
	close(fd);
}

/*
 * No driver here gives a capture buffer back QUEUED, so the module does. It is
 * neither with the driver nor done then, until STREAMOFF.
 */
TEST_KINDS(given_back_queued, 20, all_kinds)
{
	struct job_dev d;
	int dmabuf, fd;

	knob_need(kind->model);
	job_open_mmap(&d, kind, 2);
	dmabuf = CALL(m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR));
	job_pause(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, 1);
	job_wait_running(&d);
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(sync_status(fd), !expect_fences());
	requeue_next();
	job_go(&d);
	CHECK_EQ(sync_wait(fd, 5000), expect_fences() ? -ECANCELED : 1);
	job_dequeue_out(&d);
	REFUSED(m2m_try_dequeue(&d.m, &d.m.cap, 50, NULL), EAGAIN);

	m2m_stream(&d.m, &d.m.cap, false);
	m2m_stream(&d.m, &d.m.cap, true);
	job_run(&d, 0, 2);
	CHECK(job_content(&d, 0, 2));
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW), 1);
	CHECK_EQ(sync_status(fd), expect_fences() ? -ECANCELED : 1);
	job_close(&d);
}
