// SPDX-License-Identifier: GPL-2.0-only
/*
 * A job waits for the reservation of an export that somebody else keeps locked. Other
 * exports of the plane are made and released meanwhile as ever, whoever does it. What
 * waits is the job, who queued it, and who needs a reservation that the job holds
 * already.
 */

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kmod/consumer.h"
#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "sync.h"

#define HOLD_MS		3000
/* The lock is taken, the job waits for it */
#define SETTLE_MS	200
/* While the lock is held for far longer than that */
#define AT_ONCE_MS	1200
#define LATE_MS		10000
#define BYSTANDER_BYTES	(8u << 20)
#define STAMP		0x1a571a57u

static const struct kind *const kinds[] = { &kind_rga, &kind_rga3, NULL };

static unsigned int ms_since(uint64_t from)
{
	return (now_ns() - from) / 1000000;
}

/* Buffer 0 of @d: @locked is what somebody keeps locked, @other the second export */
struct scene {
	struct job_dev d;
	struct job_dev decoder;		/* a bystander */
	int locked, other;
	unsigned int flags;		/* VRF_LOCK_* */
	pthread_t locker, client;
	uint64_t from;
};

static void *hold(void *data)
{
	struct scene *s = data;
	struct vrf_lock lock = {
		.count = 1, .flags = s->flags, .hold_us = HOLD_MS * 1000, .fence = -1,
		.fd = { s->locked },
	};

	CALL(ioctl(open_or_skip("/dev/vrf-consumer"), VRF_LOCK, &lock));
	return NULL;
}

static void *start_job(void *data)
{
	struct scene *s = data;
	uint64_t from = now_ns();

	job_queue_cap(&s->d, 0);
	job_queue_out(&s->d, 0, STAMP);
	note("%s: the job was queued in %u ms", s->d.kind->name, ms_since(from));
	return NULL;
}

static int export(struct scene *s)
{
	return CALL(m2m_export(&s->d.m, &s->d.m.cap, 0, 0, O_RDONLY));
}

static void open_devices(struct scene *s, const struct kind *kind)
{
	memset(s, 0, sizeof(*s));
	knob_need(kind->model);
	close(open_or_skip("/dev/vrf-consumer"));
	job_open_mmap(&s->decoder, &kind_mpeg2, 2);
	job_open_mmap(&s->d, kind, 2);
}

static void open_scene(struct scene *s, const struct kind *kind)
{
	open_devices(s, kind);
	s->locked = export(s);
	s->other = export(s);
}

static void take_lock(struct scene *s)
{
	s->from = now_ns();
	CHECK(!pthread_create(&s->locker, NULL, hold, s));
	sleep_ms(SETTLE_MS);
}

/* From here on the job waits */
static void block_job(struct scene *s)
{
	take_lock(s);
	CHECK(!pthread_create(&s->client, NULL, start_job, s));
	sleep_ms(SETTLE_MS);
}

/* Whoever had to wait came through, and so does the job */
static void close_scene(struct scene *s)
{
	pthread_join(s->locker, NULL);
	if (s->client)
		pthread_join(s->client, NULL);
	CHECK_EQ(m2m_dequeue(&s->d.m, &s->d.m.cap, NULL), 0);
	CHECK(job_content(&s->d, 0, STAMP));
	CHECK_EQ(dmabuf_status(s->locked, DMA_BUF_SYNC_RW), 1);
	close(s->locked);
	job_close(&s->d);
	job_close(&s->decoder);
}

/* With the lock held, or it says nothing */
static void check_at_once(struct scene *s, const char *what, uint64_t from)
{
	unsigned int ms = ms_since(from);

	note("%s: %s takes %u ms", s->d.kind->name, what, ms);
	CHECK(ms < AT_ONCE_MS);
	CHECK(ms_since(s->from) < HOLD_MS);
}

/* Ends with the lock at the latest; without fences nobody waits for it */
static void tell_wait(struct scene *s, const char *what, uint64_t from)
{
	unsigned int ms = ms_since(from);

	note("%s: a foreign lock is held for %u ms; %u ms after it was taken: %s takes %u ms",
	     s->d.kind->name, HOLD_MS, (unsigned int)((from - s->from) / 1000000), what, ms);
	CHECK(ms < HOLD_MS + AT_ONCE_MS);
	if (!expect_fences())
		CHECK(ms < AT_ONCE_MS);
}

/* What has nothing to do with the plane */
static void check_bystanders(struct scene *s)
{
	int heap = dmabuf_from_heap(dmabuf_cma_heap(), BYSTANDER_BYTES);
	uint64_t from;
	int fd;

	from = now_ns();
	close(heap);
	check_at_once(s, "the last close of another's dma-buf", from);

	from = now_ns();
	fd = job_dmabuf(&s->decoder, 0, 0);
	job_run(&s->decoder, 0, STAMP);
	CHECK_EQ(dmabuf_status(fd, DMA_BUF_SYNC_RW), 1);
	close(fd);
	check_at_once(s, "a job of another device, with an export", from);
}

TEST_KINDS(last_close, 40, kinds)
{
	struct scene s;
	uint64_t from;

	open_scene(&s, kind);
	block_job(&s);
	check_bystanders(&s);
	from = now_ns();
	close(s.other);
	check_at_once(&s, "the last close of an export of that plane", from);
	close_scene(&s);
}

/*
 * The ioctl that starts a job holds a lock of the device, for which VIDIOC_EXPBUF
 * waits. The job that starts when another one ends is started by a worker.
 */
TEST_KINDS(export_beside_a_job_that_waits, 40, kinds)
{
	struct scene s;
	uint64_t from;
	int made;

	open_scene(&s, kind);
	job_pause(&s.d);
	job_queue_cap(&s.d, 1);
	job_queue_out(&s.d, 1, STAMP);
	job_wait_running(&s.d);
	job_queue_cap(&s.d, 0);
	job_queue_out(&s.d, 0, STAMP);
	take_lock(&s);
	job_go(&s.d);
	CHECK_EQ(m2m_dequeue(&s.d.m, &s.d.m.cap, NULL), 1);
	sleep_ms(SETTLE_MS);

	from = now_ns();
	made = export(&s);
	check_at_once(&s, "another export of that plane", from);
	from = now_ns();
	close(made);
	close(s.other);
	check_at_once(&s, "the last close of two of them", from);
	if (expect_fences())
		REFUSED(m2m_try_dequeue(&s.d.m, &s.d.m.cap, 0, NULL), EAGAIN);
	close_scene(&s);
}

/*
 * Without an acquire context for the lock the job does not back off: it keeps the
 * reservations that it has while it waits for the next. poll() needs them.
 */
TEST_KINDS(poll_on_a_sibling, 40, kinds)
{
	struct scene s;
	uint64_t from;

	open_devices(&s, kind);
	s.flags = VRF_LOCK_ALONE;
	/* In the order in which the job locks them */
	s.other = export(&s);
	s.locked = export(&s);
	block_job(&s);
	check_bystanders(&s);
	from = now_ns();
	dmabuf_poll(s.other, POLLIN, 0);
	tell_wait(&s, "poll() on another export of that plane, timeout 0,", from);
	close(s.other);
	close_scene(&s);
}

/* Whose only reference to the export is the child's */
static pid_t start_holder(struct scene *s)
{
	int ready[2];
	pid_t pid;
	char c;

	CALL(pipe(ready));
	pid = CALL(fork());
	if (!pid) {
		close(ready[0]);
		close(s->locked);
		CALL(write(ready[1], "", 1));
		for (;;)
			pause();
	}
	CHECK_EQ(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	close(s->other);
	return pid;
}

TEST_KINDS(end_of_a_process, 40, kinds)
{
	struct scene s;
	uint64_t from;
	pid_t pid;

	open_scene(&s, kind);
	pid = start_holder(&s);
	block_job(&s);
	check_bystanders(&s);
	from = now_ns();
	kill(pid, SIGKILL);
	CALL(waitpid(pid, NULL, 0));
	check_at_once(&s, "the end of a process that has the last reference", from);
	close_scene(&s);
}

/* A decoder whose fence is signalled in its interrupt handler, when we say so */
struct signaller {
	struct job_dev d;
	int dmabuf;
};

static void open_signaller(struct signaller *sig)
{
	job_open_mmap(&sig->d, &kind_mpeg2, 2);
	sig->dmabuf = job_dmabuf(&sig->d, 0, 0);
	m2m_unmap(&sig->d.m.cap);
}

/*
 * poll() that has to wait leaves a callback at the fence, and that has a reference
 * of the dma-buf. @dmabuf is closed: the callback's reference is the last one.
 */
static void leave_to_callback(struct signaller *sig, int dmabuf)
{
	int fence;

	job_pause(&sig->d);
	job_queue_cap(&sig->d, 0);
	job_queue_out(&sig->d, 0, STAMP);
	job_wait_running(&sig->d);
	fence = dmabuf_sync_file(sig->dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(sync_status(fence), 0);
	dmabuf_put_sync_file(dmabuf, DMA_BUF_SYNC_WRITE, fence);
	CHECK(!dmabuf_poll(dmabuf, POLLIN, 0));
	close(fence);
	close(dmabuf);
}

/* Its interrupt handler puts the reference, which leaves the rest to a worker */
static void signal_fence(struct signaller *sig)
{
	job_go(&sig->d);
	CHECK_EQ(m2m_dequeue(&sig->d.m, &sig->d.m.cap, NULL), 0);
	job_dequeue_out(&sig->d);
}

static void close_signaller(struct signaller *sig)
{
	close(sig->dmabuf);
	job_close(&sig->d);
}

/* Whether somebody has an export of it; nobody has mapped it */
static bool is_exported(struct job_dev *d, unsigned int index)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = { 0 };
	struct v4l2_buffer b = {
		.type = d->m.cap.type, .index = index, .memory = d->m.cap.memory,
		.m.planes = planes, .length = VIDEO_MAX_PLANES,
	};

	CALL(ioctl(d->m.fd, VIDIOC_QUERYBUF, &b));
	return b.flags & V4L2_BUF_FLAG_MAPPED;
}

static void wait_until_let_go(struct job_dev *d, unsigned int index)
{
	uint64_t from = now_ns();

	while (is_exported(d, index)) {
		CHECK(ms_since(from) < LATE_MS);
		sleep_ms(1);
	}
}

/*
 * The system has one worker for files that were put in interrupt or by a kernel
 * thread. If it waited, so would whatever is put after that, whosever it is.
 */
static void put_by_worker(const struct kind *kind, bool blocked)
{
	struct signaller sig;
	struct scene s;
	uint64_t from;

	if (!expect_fences())
		SKIP("the option is off");
	open_scene(&s, kind);
	open_signaller(&sig);
	leave_to_callback(&sig, s.other);
	if (blocked)
		block_job(&s);
	signal_fence(&sig);
	/* Before the decoder is told to wait again */
	if (blocked)
		check_bystanders(&s);

	CHECK(!is_exported(&sig.d, 1));
	leave_to_callback(&sig, job_dmabuf(&sig.d, 1, 0));
	CHECK(is_exported(&sig.d, 1));
	from = now_ns();
	signal_fence(&sig);
	wait_until_let_go(&sig.d, 1);
	if (blocked) {
		check_at_once(&s, "another's dma-buf, put in interrupt after such an export,", from);
		close_scene(&s);
	} else {
		note("%s: nobody waits; a dma-buf put in interrupt takes %u ms", kind->name,
		     ms_since(from));
		CHECK(ms_since(from) < AT_ONCE_MS);
		close(s.locked);
		job_close(&s.d);
		job_close(&s.decoder);
	}
	close_signaller(&sig);
}

TEST_KINDS(put_in_interrupt, 40, kinds)
{
	put_by_worker(kind, false);
}

TEST_KINDS(put_in_interrupt_behind_a_job_that_waits, 60, kinds)
{
	put_by_worker(kind, true);
}
