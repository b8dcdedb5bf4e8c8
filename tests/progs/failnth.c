// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation on the way to a fence fails once: the buffer comes back all
 * the same, and nothing stays pending
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <linux/media.h>
#include <unistd.h>

#include "dmabuf.h"
#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define MOST		200
#define ROUNDS		1500
/* A quarter of the rounds fails at each place; a fence takes 192 bytes */
#define LEAK_KB		36
#define SETTLE_ROUNDS	40

static const struct kind *const one_each[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_rkvdec, NULL
};
static const struct kind *const started[] = {
	&kind_rga, &kind_rga_nv12m, &kind_rga_import, &kind_rga3, &kind_mpeg2,
	&kind_mpeg2_import, &kind_h264, &kind_rkvdec, NULL
};

static const struct kind *const no_requests[] = { &kind_rga, &kind_rga3, NULL };

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		SKIP("no fault injection: %s: %s", path, strerror(errno));
	close(fd);
}

static int nth_fd = -1;

static void prepare(void)
{
	put(FAILSLAB "ignore-gfp-wait", "N");
	put(FAILSLAB "verbose", "0");
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (nth_fd < 0)
		SKIP("no /proc/thread-self/fail-nth");
}

static void fail_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	CHECK_EQ(pwrite(nth_fd, text, len, 0), len);
}

/* Whether the allocation was reached and failed */
static bool has_failed(void)
{
	char text[16] = "";

	CALL(pread(nth_fd, text, sizeof(text) - 1, 0));
	fail_nth(0);
	return !atoi(text);
}

/* The call that starts the job, which may fail for want of memory */
static bool start(struct job_dev *d, unsigned int n)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = { 0 };
	struct m2m_queue *out = &d->m.out;
	struct v4l2_buffer b = {
		.type = out->type, .memory = V4L2_MEMORY_MMAP,
		.field = V4L2_FIELD_NONE, .m.planes = planes, .length = 1,
	};
	int ret;

	*(uint32_t *)out->buf[0].plane[0].map = n;
	planes[0].bytesused = out->buf[0].plane[0].size;
	if (d->kind->requests) {
		m2m_queue_buf(&d->m, out, 0, 0, d->request[0], n);
		d->kind->controls(d, d->request[0], FRAME);
		fail_nth(n);
		ret = ioctl(d->request[0], MEDIA_REQUEST_IOC_QUEUE);
	} else {
		fail_nth(n);
		ret = ioctl(d->m.fd, VIDIOC_QBUF, &b);
	}
	if (ret)
		CHECK_EQ(errno, ENOMEM);
	return !ret;
}

/* What a consumer can look at: some exports of each plane, or the import */
#define EXPORTS	3

struct seen {
	unsigned int count;
	int dmabuf[M2M_MAX_PLANES * EXPORTS];
};

/* Made anew for each job, so that no reservation has room for a fence yet */
static void open_seen(struct job_dev *d, struct seen *s)
{
	unsigned int p, i;

	s->count = 0;
	if (d->kind->import)
		job_import_anew(d, 0);
	for (p = 0; p < d->m.cap.fmt.num_planes; p++) {
		for (i = 0; i < (d->kind->import ? 1 : EXPORTS); i++)
			s->dmabuf[s->count++] = job_dmabuf(d, 0, p);
	}
}

static void close_seen(struct seen *s)
{
	while (s->count)
		close(s->dmabuf[--s->count]);
}

/* All of them or none have the fence; 1 if there is none */
static int status_of_all(struct seen *s)
{
	int status = dmabuf_status(s->dmabuf[0], DMA_BUF_SYNC_READ);
	unsigned int i;

	for (i = 1; i < s->count; i++)
		CHECK_EQ(dmabuf_status(s->dmabuf[i], DMA_BUF_SYNC_READ), status);

	return status;
}

static void start_after_all(struct job_dev *d, unsigned int n)
{
	if (d->kind->requests) {
		job_reinit(d);
		m2m_stream(&d->m, &d->m.out, false);
		m2m_stream(&d->m, &d->m.out, true);
	}
	job_queue_out(d, 0, n);
}

TEST_KINDS(starting_a_job, 120, started)
{
	unsigned int n, failed = 0, refused = 0, unfenced = 0, reservations = 0;
	struct job_dev d;
	struct seen seen;
	bool hit = true;

	knob_need(kind->model);
	prepare();
	job_open_bufs(&d, kind, 2);
	for (n = 1; hit && n < MOST; n++) {
		open_seen(&d, &seen);
		reservations = seen.count;
		job_pause(&d);
		job_queue_cap(&d, 0);
		if (!start(&d, n)) {
			hit = has_failed();
			refused++;
			start_after_all(&d, n);
		} else {
			hit = has_failed();
		}
		failed += hit;
		job_wait_running(&d);
		unfenced += status_of_all(&seen);
		job_go(&d);
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
		CHECK_EQ(status_of_all(&seen), 1);
		CHECK_EQ(job_word(&d, 0), n);
		job_dequeue_out(&d);
		close_seen(&seen);
	}

	note("%s: %u allocations failed, %u calls refused, %u jobs without a fence",
	     kind->name, failed, refused, unfenced);
	CHECK(n < MOST);
	/* That of the fence, and of the list of each reservation: each failed once */
	if (expect_fences())
		CHECK_EQ(unfenced, 1 + reservations);
	job_close(&d);
}

/* Whether a job publishes on @dmabuf */
static bool is_fenced(struct job_dev *d, int dmabuf)
{
	bool fenced;

	job_begin(d, 0, 1);
	fenced = dmabuf_pending(dmabuf);
	job_end(d, 0);

	return fenced;
}

/* An export whose reservation cannot be allocated is made all the same, without fences */
TEST_KINDS(exporting, 120, one_each)
{
	int dmabuf, all[M2M_FENCED_EXPORTS];
	unsigned int n, i, failed = 0, unfenced = 0;
	struct job_dev d;
	long dmabufs;
	bool hit = true;

	knob_need(kind->model);
	prepare();
	job_open_mmap(&d, kind, 2);
	/* dma-contig takes it for a bug (WARN_ON) when it cannot make its table */
	all[0] = job_dmabuf(&d, 0, 0);
	dmabufs = dmabuf_count();
	CHECK(dmabufs > 0);
	for (n = 1; hit && n < MOST; n++) {
		fail_nth(n);
		dmabuf = m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR);
		hit = has_failed();
		if (dmabuf < 0) {
			/* The core hides what the allocator said */
			CHECK_EQ(errno, EINVAL);
			failed++;
			continue;
		}
		unfenced += !is_fenced(&d, dmabuf);
		close(dmabuf);
	}
	note("%s: %u exports failed, %u carry no fences", kind->name, failed, unfenced);
	CHECK(failed > 0 && n < MOST);
	if (expect_fences())
		CHECK_EQ(unfenced, 1);
	/* None of those that failed lives on, or has kept a slot */
	CHECK_EQ(dmabuf_count(), dmabufs);
	for (i = 1; i < M2M_FENCED_EXPORTS; i++)
		all[i] = job_dmabuf(&d, 0, 0);
	job_begin(&d, 0, 1);
	for (i = 0; i < M2M_FENCED_EXPORTS; i++)
		CHECK_EQ(dmabuf_pending(all[i]), expect_fences());
	job_end(&d, 0);
	job_close(&d);
}

static long slab_kb(void)
{
	/* Freed by RCU, which may wait for more of it */
	sleep_ms(200);
	return proc_number("/proc/meminfo", "SUnreclaim:");
}

/* A job on a dma-buf whose reservation has no room yet */
static void fail_one(struct job_dev *d, unsigned int n)
{
	int dmabuf = CALL(m2m_export(&d->m, &d->m.cap, 0, 0, O_RDWR));

	job_queue_cap(d, 0);
	if (!start(d, n))
		job_queue_out(d, 0, n);
	fail_nth(0);
	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, NULL), 0);
	job_dequeue_out(d);
	close(dmabuf);
}

/* What leaked stays, so it may take its time */
static long slab_growth(long before)
{
	unsigned int i;
	long kb;

	for (i = 0; i < SETTLE_ROUNDS; i++) {
		kb = slab_kb() - before;
		if (kb < LEAK_KB)
			break;
	}

	return kb;
}

/* Many times, since a fence that leaks is small */
TEST_KINDS(leaks_nothing, 300, no_requests)
{
	/* Fewer would not show it */
	unsigned int rounds = expect_fences() ? ROUNDS : ROUNDS / 10, i;
	struct job_dev d;
	long kb;

	prepare();
	job_open_mmap(&d, kind, 2);
	if (knob_has(kind->model))
		knob_set(kind->model, "delay_us", 0);
	for (i = 0; i < 100; i++)
		fail_one(&d, 1 + i % 4);
	kb = slab_kb();
	for (i = 0; i < rounds; i++)
		fail_one(&d, 1 + i % 4);
	kb = slab_growth(kb);
	note("%s: %ld KiB more after %u failures", kind->name, kb, rounds);
	/* KASAN keeps what was freed for a while; with it kmemleak tells */
	if (access(KMEMLEAK, F_OK))
		CHECK(kb < LEAK_KB);
	job_close(&d);
}
