// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs that wait until others no longer use their buffers, on real drivers. What
 * vim2m can show is in the selftest. Here are held capture buffers, draining, and
 * users that end in interrupt or while others hold locks.
 */

#define _GNU_SOURCE
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../kmod/consumer.h"
#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "swsync.h"
#include "sync.h"

#define BUFS		2
#define WHILE_MS	150
#define STAMP		0x5a5a1234u
#define TIMES		10000
#define FEWER_TIMES	500
#define HOLD_MS		3000
#define SETTLE_MS	200
#define AT_ONCE_MS	1200

static const struct kind *const sources[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_h264, &kind_jpeg, NULL
};
static const struct kind *const held_kinds[] = { &kind_h264, &kind_h264_import, NULL };
static const struct kind *const encoders[] = { &kind_jpeg, NULL };
static const struct kind *const rga[] = { &kind_rga, NULL };
/* What the RGA can read; the second is another device */
static const struct kind *const first_kinds[] = { &kind_rga, &kind_rga3, NULL };
static const struct kind *const one_each[] = { &kind_rga, &kind_mpeg2, NULL };

static unsigned long started(struct job_dev *d)
{
	return knob_count(d->kind->model, "started");
}

/* After a while, whether the hardware has begun one more job than @before */
static void check_waits(struct job_dev *d, unsigned long before)
{
	sleep_ms(WHILE_MS);
	CHECK_EQ(started(d), before + !waits_are_enabled());
}

static void take_both(struct job_dev *d, unsigned int index, uint32_t stamp)
{
	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, NULL), index);
	CHECK_EQ(job_word(d, index), stamp);
	job_dequeue_out(d);
}

/* A reader of the last plane, so that all planes are looked at */
TEST_KINDS(reader_of_the_picture, 20, every_kind)
{
	struct job_dev d;
	unsigned long before;
	int dmabuf, user;

	knob_need(kind->model);
	job_open_bufs(&d, kind, BUFS);
	dmabuf = job_dmabuf(&d, 0, d.m.cap.fmt.num_planes - 1);
	user = sw_sync_use(dmabuf, DMA_BUF_SYNC_READ);
	before = started(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, STAMP);
	check_waits(&d, before);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_READ), 1);
	sw_sync_inc(user);
	take_both(&d, 0, STAMP);
	job_close(&d);
}

TEST_KINDS(writer_of_the_source, 20, sources)
{
	struct job_dev d;
	unsigned long before;
	int dmabuf, user;

	knob_need(kind->model);
	job_open_bufs(&d, kind, BUFS);
	dmabuf = CALL(m2m_export(&d.m, &d.m.out, 0, 0, O_RDWR));
	user = sw_sync_use(dmabuf, DMA_BUF_SYNC_WRITE);
	before = started(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, 0);
	check_waits(&d, before);
	if (waits_are_enabled())
		*(uint32_t *)d.m.out.buf[0].plane[0].map = STAMP;
	sw_sync_inc(user);
	m2m_dequeue(&d.m, &d.m.cap, NULL);
	if (waits_are_enabled() && !kind->encoder)
		CHECK_EQ(job_word(&d, 0), STAMP);
	job_close(&d);
}

/* The first field of a pair is decoded, the capture buffer is held */
static void hold_first_field(struct job_dev *d, const struct kind *kind)
{
	unsigned long done;

	knob_need(kind->model);
	job_open_bufs(d, kind, BUFS);
	done = knob_count(kind->model, "done");
	job_queue_cap(d, 0);
	job_queue_field(d, 0, STAMP, 1, TOP, true);
	knob_wait(kind->model, "done", done + 1);
	job_dequeue_out(d);
}

/* Who begins to use a held buffer comes too late for the second field */
TEST_KINDS(held_buffer_is_not_checked_again, 20, held_kinds)
{
	struct job_dev d;

	hold_first_field(&d, kind);
	sw_sync_use(job_dmabuf(&d, 0, 0), DMA_BUF_SYNC_READ);
	job_queue_field(&d, 1, STAMP, 1, BOTTOM, false);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	job_close(&d);
}

/* The second source has a writer, the held buffer waits with it */
TEST_KINDS(second_field_has_a_writer, 20, held_kinds)
{
	struct job_dev d;
	unsigned long before;
	int user;

	hold_first_field(&d, kind);
	user = sw_sync_use(CALL(m2m_export(&d.m, &d.m.out, 1, 0, O_RDWR)),
			 DMA_BUF_SYNC_WRITE);
	before = started(&d);
	job_queue_field(&d, 1, STAMP, 1, BOTTOM, false);
	check_waits(&d, before);
	if (waits_are_enabled())
		CHECK_EQ(m2m_try_dequeue(&d.m, &d.m.cap, 0, NULL), -1);
	sw_sync_inc(user);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	job_close(&d);
}

/* A new frame comes instead: the held buffer goes back though the next has a reader */
TEST_KINDS(held_buffer_goes_back, 20, held_kinds)
{
	struct job_dev d;
	unsigned long before;
	int user;

	hold_first_field(&d, kind);
	user = sw_sync_use(job_dmabuf(&d, 1, 0), DMA_BUF_SYNC_READ);
	before = started(&d);
	job_queue_cap(&d, 1);
	job_queue_field(&d, 1, STAMP, 2, TOP, false);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	check_waits(&d, before);
	sw_sync_inc(user);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 1);
	job_close(&d);
}

static void drain(struct job_dev *d)
{
	struct v4l2_encoder_cmd cmd = { .cmd = V4L2_ENC_CMD_STOP };

	CALL(ioctl(d->m.fd, VIDIOC_ENCODER_CMD, &cmd));
}

/* CMD_STOP while the last source has a writer: it is encoded, then comes the end */
TEST_KINDS(drain_while_the_last_waits, 20, encoders)
{
	struct v4l2_buffer b;
	struct job_dev d;
	unsigned long before;
	int user;

	knob_need(kind->model);
	job_open_bufs(&d, kind, BUFS);
	user = sw_sync_use(CALL(m2m_export(&d.m, &d.m.out, 0, 0, O_RDWR)),
			 DMA_BUF_SYNC_WRITE);
	before = started(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, STAMP);
	if (!waits_are_enabled())
		m2m_dequeue(&d.m, &d.m.out, NULL);
	drain(&d);
	check_waits(&d, before);
	if (waits_are_enabled()) {
		CHECK_EQ(m2m_try_dequeue(&d.m, &d.m.cap, 0, NULL), -1);
		sw_sync_inc(user);
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, &b), 0);
		CHECK(b.flags & V4L2_BUF_FLAG_LAST);
		CHECK(b.bytesused || started(&d) == before + 1);
	}
	job_close(&d);
}

/* STREAMOFF of the source ends the wait, and with it the draining */
TEST_KINDS(streamoff_while_draining, 20, encoders)
{
	struct v4l2_buffer b;
	struct job_dev d;
	unsigned long before;
	int user;

	if (!waits_are_enabled())
		SKIP("no job waits");
	knob_need(kind->model);
	job_open_bufs(&d, kind, BUFS);
	user = sw_sync_use(CALL(m2m_export(&d.m, &d.m.out, 0, 0, O_RDWR)),
			 DMA_BUF_SYNC_WRITE);
	before = started(&d);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, STAMP);
	drain(&d);
	m2m_stream(&d.m, &d.m.out, false);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, &b), 0);
	CHECK(b.flags & V4L2_BUF_FLAG_LAST);
	sw_sync_inc(user);
	sleep_ms(WHILE_MS);
	CHECK_EQ(started(&d), before);
	job_close(&d);
}

/* The context waits, other contexts and devices do not, and STREAMOFF gets out */
TEST_KINDS(user_never_ends, 30, one_each)
{
	struct job_dev d, same, other;
	const struct kind *others = kind == &kind_rga ? &kind_mpeg2 : &kind_rga;
	unsigned int i;
	uint64_t from;

	job_open_bufs(&d, kind, BUFS);
	job_open_bufs(&same, kind, BUFS);
	job_open_bufs(&other, others, BUFS);
	sw_sync_use(job_dmabuf(&d, 0, 0), DMA_BUF_SYNC_READ);
	job_queue_cap(&d, 0);
	job_queue_out(&d, 0, STAMP);
	for (i = 0; i < 20; i++) {
		job_run(&same, 0, i + 1);
		job_run(&other, 0, i + 1);
	}
	if (waits_are_enabled())
		CHECK_EQ(m2m_try_dequeue(&d.m, &d.m.cap, 0, NULL), -1);
	from = now_ns();
	m2m_stream(&d.m, &d.m.cap, false);
	m2m_stream(&d.m, &d.m.out, false);
	CHECK(now_ns() - from < AT_ONCE_MS * 1000000ull);
	job_close(&other);
	job_close(&same);
	job_close(&d);
}

/* An RGA whose source is what a device of @first writes */
static void open_second(struct job_dev *d, const struct kind *first, int dmabuf)
{
	static struct kind second;

	second = kind_rga;
	second.width = first->width;
	second.height = first->height;
	job_open(d, &second);
	m2m_buffers(&d->m, &d->m.out, V4L2_MEMORY_DMABUF, BUFS);
	m2m_buffers(&d->m, &d->m.cap, V4L2_MEMORY_MMAP, BUFS);
	d->m.out.buf[0].import[0] = dmabuf;
	m2m_stream(&d->m, &d->m.out, true);
	m2m_stream(&d->m, &d->m.cap, true);
}

static void queue_second(struct job_dev *d)
{
	m2m_queue_buf(&d->m, &d->m.cap, 0, 0, -1, 0);
	m2m_queue_buf(&d->m, &d->m.out, 0, 0, -1, 0);
}

/* The fence of the first device is signalled in its interrupt handler */
TEST_KINDS(second_job_follows, 60, first_kinds)
{
	struct job_dev first, second;
	unsigned long before;
	unsigned int i;
	int dmabuf;

	if (!waits_are_enabled() || !expect_fences())
		SKIP("no job waits for a release fence");
	knob_need(kind->model);
	job_open_mmap(&first, kind, BUFS);
	dmabuf = job_dmabuf(&first, 0, 0);
	open_second(&second, kind, dmabuf);
	for (i = 1; i <= 100; i++) {
		job_begin(&first, 0, i);
		before = started(&second);
		queue_second(&second);
		CHECK_EQ(started(&second), before);
		job_end(&first, 0);
		CHECK_EQ(m2m_dequeue(&second.m, &second.m.cap, NULL), 0);
		m2m_dequeue(&second.m, &second.m.out, NULL);
		CHECK(job_content(&second, 0, i));
	}
	job_close(&second);
	job_close(&first);
}

/* ... while STREAMOFF gives the buffer back that waits for it */
TEST_KINDS(streamoff_in_interrupt, 600, first_kinds)
{
	unsigned int i, times = how_often(env_number("VRF_MANY", 0) ? TIMES : FEWER_TIMES);
	unsigned int waited = 0, ended = 0;
	struct job_dev first, second;
	int dmabuf;

	if (!waits_are_enabled() || !expect_fences())
		SKIP("no job waits for a release fence");
	knob_need(kind->model);
	job_open_mmap(&first, kind, BUFS);
	dmabuf = job_dmabuf(&first, 0, 0);
	open_second(&second, kind, dmabuf);
	knob_set(kind->model, "delay_us", 200);
	knob_set(kind->model, "jitter_us", 600);
	for (i = 1; i <= times; i++) {
		job_queue_cap(&first, 0);
		job_queue_out(&first, 0, i);
		waited += dmabuf_pending(dmabuf);
		queue_second(&second);
		usleep(i % 8 * 100);
		ended += !dmabuf_pending(dmabuf);
		m2m_stream(&second.m, &second.m.out, false);
		m2m_stream(&second.m, &second.m.cap, false);
		take_both(&first, 0, i);
		m2m_stream(&second.m, &second.m.out, true);
		m2m_stream(&second.m, &second.m.cap, true);
	}
	figure(times, "times", "streamoff.%s", kind->name);
	figure(waited, "times", "streamoff.%s.pending-at-qbuf", kind->name);
	figure(ended, "times", "streamoff.%s.ended-before", kind->name);
	CHECK(waited > times / 10);
	job_close(&second);
	job_close(&first);
}

struct holder {
	pthread_t thread;
	int dmabuf;
	uint64_t from;
};

static void *hold(void *data)
{
	struct holder *h = data;
	struct vrf_lock lock = {
		.count = 1, .hold_us = HOLD_MS * 1000, .fence = -1, .fd = { h->dmabuf },
	};

	CALL(ioctl(open_or_skip("/dev/vrf-consumer"), VRF_LOCK, &lock));
	return NULL;
}

/*
 * When the job of @first ends, two things happen, in this order: @waiting may go on,
 * and @blocked is run, which waits for a foreign lock. close() of @waiting does not.
 */
TEST_KINDS(close_beside_a_blocked_job, 40, rga)
{
	struct job_dev first, blocked, waiting;
	struct holder h;
	unsigned int ms;
	uint64_t from;
	int dmabuf;

	if (!waits_are_enabled() || !expect_fences())
		SKIP("no job waits for a release fence");
	knob_need(kind->model);
	close(open_or_skip("/dev/vrf-consumer"));
	job_open_mmap(&first, kind, BUFS);
	job_open_mmap(&blocked, kind, BUFS);
	dmabuf = job_dmabuf(&first, 0, 0);
	open_second(&waiting, kind, dmabuf);

	job_begin(&first, 0, STAMP);
	job_queue_cap(&blocked, 0);
	job_queue_out(&blocked, 0, STAMP);
	queue_second(&waiting);
	h.dmabuf = job_dmabuf(&blocked, 0, 0);
	h.from = now_ns();
	CHECK(!pthread_create(&h.thread, NULL, hold, &h));
	sleep_ms(SETTLE_MS);
	job_end(&first, 0);
	sleep_ms(SETTLE_MS);
	CHECK_EQ(m2m_try_dequeue(&blocked.m, &blocked.m.cap, 0, NULL), -1);
	from = now_ns();
	job_close(&waiting);
	ms = (now_ns() - from) / 1000000;
	figure(ms, "ms", "close-beside-a-blocked-job");
	CHECK((now_ns() - h.from) / 1000000 < HOLD_MS);
	CHECK(ms < AT_ONCE_MS);
	pthread_join(h.thread, NULL);
	take_both(&blocked, 0, STAMP);
	job_close(&blocked);
	job_close(&first);
}
