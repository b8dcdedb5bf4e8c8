// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing is published for a job that may never start or never end: a starved
 * OUTPUT queue, a capture buffer that is held for a second field
 */

#include <poll.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

#define WHILE_MS	200

static const struct kind *const held_kinds[] = {
	&kind_h264, &kind_h264_import, &kind_rkvdec, NULL
};

static void check_nothing(int dmabuf)
{
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_RW), 1);
	CHECK(dmabuf_poll(dmabuf, POLLIN, 0));
	CHECK(dmabuf_poll(dmabuf, POLLOUT, 0));
}

TEST_KINDS(starved_output, 20, every_kind)
{
	struct job_dev d;
	int dmabuf;

	job_open_bufs(&d, kind, 2);
	dmabuf = job_dmabuf(&d, 0, 0);
	job_queue_cap(&d, 0);
	check_nothing(dmabuf);
	sleep_ms(WHILE_MS);
	check_nothing(dmabuf);

	m2m_stream(&d.m, &d.m.cap, false);
	check_nothing(dmabuf);
	job_close(&d);
}

/* The source is there, the capture buffer comes last */
TEST_KINDS(starved_capture, 20, every_kind)
{
	struct job_dev d;
	int dmabuf;

	knob_need(kind->model);
	job_open_bufs(&d, kind, 2);
	dmabuf = job_dmabuf(&d, 0, 0);
	job_pause(&d);
	job_queue_out(&d, 0, 1);
	sleep_ms(WHILE_MS);
	check_nothing(dmabuf);

	job_queue_cap(&d, 0);
	job_wait_running(&d);
	CHECK_EQ(dmabuf_status(dmabuf, DMA_BUF_SYNC_READ), !expect_fences());
	job_go(&d);
	m2m_dequeue(&d.m, &d.m.cap, NULL);
	check_nothing(dmabuf);
	job_close(&d);
}

/* The second of two queued buffers has no fence before its own job starts */
TEST_KINDS(next_in_queue, 20, every_kind)
{
	struct job_dev d;
	int dmabuf[2];

	knob_need(kind->model);
	job_open_bufs(&d, kind, 2);
	dmabuf[0] = job_dmabuf(&d, 0, 0);
	dmabuf[1] = job_dmabuf(&d, 1, 0);
	job_pause(&d);
	job_queue_cap(&d, 0);
	job_queue_cap(&d, 1);
	job_queue_out(&d, 0, 1);
	job_queue_out(&d, 1, 2);
	job_wait_running(&d);
	CHECK_EQ(dmabuf_status(dmabuf[0], DMA_BUF_SYNC_READ), !expect_fences());
	check_nothing(dmabuf[1]);
	job_go(&d);
	m2m_dequeue(&d.m, &d.m.cap, NULL);
	m2m_dequeue(&d.m, &d.m.cap, NULL);
	check_nothing(dmabuf[1]);
	job_close(&d);
}

static void first_field(struct job_dev *d, const struct kind *kind, int *dmabuf)
{
	unsigned long done;

	knob_need(kind->model);
	job_open_bufs(d, kind, 2);
	*dmabuf = job_dmabuf(d, 0, 0);
	job_pause(d);
	done = knob_count(kind->model, "done");
	job_queue_cap(d, 0);
	job_queue_field(d, 0, 0x70707070, 1, TOP, true);
	job_wait_running(d);
	check_nothing(*dmabuf);

	job_go(d);
	knob_wait(kind->model, "done", done + 1);
	job_dequeue_out(d);
	sleep_ms(WHILE_MS);
	check_nothing(*dmabuf);
	CHECK_EQ(m2m_try_dequeue(&d->m, &d->m.cap, 0, NULL), -1);
	CHECK_EQ(errno, EAGAIN);
}

/* The two fields as the model writes them, line by line */
static void check_fields(struct job_dev *d, uint32_t top, uint32_t bottom)
{
	uint32_t *word = d->m.cap.buf[0].plane[0].map;
	unsigned int y, words = d->kind->width / sizeof(*word);

	for (y = 0; y < d->kind->height; y++)
		CHECK_EQ(word[y * words], y % 2 ? bottom : top);
}

TEST_KINDS(field_pair, 20, held_kinds)
{
	struct job_dev d;
	int dmabuf, fd;

	first_field(&d, kind, &dmabuf);

	job_pause(&d);
	job_queue_field(&d, 1, 0x0b0b0b0b, 1, BOTTOM, false);
	job_wait_running(&d);
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(sync_status(fd), !expect_fences());
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	CHECK_EQ(sync_status(fd), 1);
	check_fields(&d, 0x70707070, 0x0b0b0b0b);
	close(fd);
	job_close(&d);
}

TEST_KINDS(second_field_never_comes, 20, held_kinds)
{
	struct job_dev d;
	int dmabuf;

	first_field(&d, kind, &dmabuf);
	m2m_stream(&d.m, &d.m.cap, false);
	check_nothing(dmabuf);
	job_close(&d);
	check_nothing(dmabuf);
}

/* A new frame comes instead: the held buffer goes back, the next gets the fence */
TEST_KINDS(second_field_is_lost, 20, held_kinds)
{
	int dmabuf, next;
	struct job_dev d;

	first_field(&d, kind, &dmabuf);
	next = job_dmabuf(&d, 1, 0);
	job_pause(&d);
	job_queue_cap(&d, 1);
	job_queue_field(&d, 1, 0x0b0b0b0b, 2, TOP, false);
	job_wait_running(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	check_nothing(dmabuf);
	CHECK_EQ(dmabuf_status(next, DMA_BUF_SYNC_READ), !expect_fences());
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 1);
	check_nothing(next);
	job_close(&d);
}
