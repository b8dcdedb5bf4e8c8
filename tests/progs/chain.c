// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chain of devices: hantro decodes, the RGA converts, vkms shows
 *
 * Each buffer is handed over by the protocol of dmabuf.rst: if its fence is seen, it
 * is passed on while its job runs, otherwise after DQBUF. The same chain with DQBUF
 * between all stages is there to compare. The CRC of every refresh says what was
 * shown.
 */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "graph.h"
#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "screen.h"
#include "sync.h"

#define BUFS		2
#define FRAMES		101
#define WORDS		8
#define HZ		60
#define JOB_US		2000
#define FLIP_MS		8000

static const struct kind decoder = {
	.name = "mpeg2", .driver = "hantro-vpu", .model = "vdpu",
	.out_fourcc = V4L2_PIX_FMT_MPEG2_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = 128, .height = 64, .requests = true,
};
static const struct kind converter = {
	.name = "rga", .driver = "rockchip-rga", .cards = "rockchip-rga rga2", .model = "rga",
	.out_fourcc = V4L2_PIX_FMT_NV12, .cap_fourcc = V4L2_PIX_FMT_ARGB32,
	.width = 128, .height = 64,
};

struct chain {
	struct job_dev dec, conv;
	struct kind dec_kind;
	struct screen s;
	int dmabuf[2][BUFS];
	bool early;
	unsigned int early_conv, early_screen, wrong;
	uint32_t crc[WORDS];
	uint64_t gap[FRAMES], whole[FRAMES];
};

/* A grey that is black or white in no colour space */
static uint32_t word_of(unsigned int frame)
{
	return 0x01010101u * (24 + 24 * (frame % WORDS));
}

static void open_chain(struct chain *c, bool early)
{
	struct m2m *m = &c->conv.m;
	unsigned int i;

	memset(c, 0, sizeof(*c));
	c->early = early;
	c->dec_kind = decoder;
	c->dec_kind.controls = kind_mpeg2.controls;
	job_open_mmap(&c->dec, &c->dec_kind, BUFS);
	job_open(&c->conv, &converter);
	m2m_buffers(m, &m->out, V4L2_MEMORY_DMABUF, BUFS);
	m2m_buffers(m, &m->cap, V4L2_MEMORY_MMAP, BUFS);
	for (i = 0; i < BUFS; i++) {
		c->dmabuf[0][i] = job_dmabuf(&c->dec, i, 0);
		c->dmabuf[1][i] = job_dmabuf(&c->conv, i, 0);
		m->out.buf[i].import[0] = c->dmabuf[0][i];
	}
	m2m_stream(m, &m->out, true);
	m2m_stream(m, &m->cap, true);
	screen_open(&c->s, &c->conv, BUFS, BUFS - 1, HZ);
	screen_open_crc(&c->s);
}

static void close_chain(struct chain *c)
{
	screen_close(&c->s);
	job_close(&c->conv);
	job_close(&c->dec);
}

static void queue_decoder(struct chain *c, unsigned int i, uint32_t word)
{
	job_queue_cap(&c->dec, i);
	job_queue_out(&c->dec, i, word);
}

static void take_decoder(struct chain *c, unsigned int i)
{
	CHECK_EQ(m2m_dequeue(&c->dec.m, &c->dec.m.cap, NULL), i);
	job_dequeue_out(&c->dec);
}

static void queue_converter(struct chain *c, unsigned int i)
{
	m2m_queue_buf(&c->conv.m, &c->conv.m.cap, i, 0, -1, 0);
	m2m_queue_buf(&c->conv.m, &c->conv.m.out, i, 0, -1, 0);
}

static void take_converter(struct chain *c, unsigned int i)
{
	CHECK_EQ(m2m_dequeue(&c->conv.m, &c->conv.m.cap, NULL), i);
	CHECK_EQ(m2m_dequeue(&c->conv.m, &c->conv.m.out, NULL), i);
}

static void show(struct chain *c, unsigned int i)
{
	screen_flip(&c->s, i);
	CHECK(screen_flipped(&c->s, FLIP_MS));
}

/* The frame before may be shown a little longer, anything else is wrong */
static void look_at_screen(struct chain *c, unsigned int frame)
{
	uint32_t new = c->crc[frame % WORDS], seen;
	uint32_t before = c->crc[(frame + WORDS - 1) % WORDS];
	bool right = true;

	while ((seen = screen_next_crc(&c->s)) != new)
		right &= seen == before;
	c->wrong += !right;
}

/* The CRC of each word, out of frames that are surely done */
static void learn(struct chain *c)
{
	unsigned int i, b;

	for (i = 0; i < WORDS; i++) {
		b = i % BUFS;
		queue_decoder(c, b, word_of(i));
		take_decoder(c, b);
		queue_converter(c, b);
		take_converter(c, b);
		CHECK(job_content(&c->conv, b, word_of(i)));
		show(c, b);
		c->crc[i] = screen_crc(&c->s);
	}
}

static void one_frame(struct chain *c, unsigned int frame)
{
	unsigned int i = frame % BUFS;
	bool decoded = false, converted = false;
	uint64_t from = now_ns();

	CHECK_EQ(dmabuf_status(c->dmabuf[0][i], DMA_BUF_SYNC_WRITE), 1);
	CHECK_EQ(dmabuf_status(c->dmabuf[1][i], DMA_BUF_SYNC_WRITE), 1);
	queue_decoder(c, i, word_of(frame));
	if (!c->early || !dmabuf_pending(c->dmabuf[0][i])) {
		take_decoder(c, i);
		decoded = true;
	}
	c->early_conv += !decoded;
	queue_converter(c, i);
	if (!c->early || !dmabuf_pending(c->dmabuf[1][i])) {
		take_converter(c, i);
		converted = true;
	}
	c->early_screen += !converted;
	show(c, i);
	c->whole[frame] = now_ns() - from;
	look_at_screen(c, frame);
	if (!decoded)
		take_decoder(c, i);
	if (!converted)
		take_converter(c, i);
	c->gap[frame] = knob_count("rga", "done_ns") - knob_count("vdpu", "done_ns");
}

static void play(bool early)
{
	const char *how = early ? "early" : "dqbuf";
	struct rusage before, after;
	unsigned int frame;
	struct chain c;

	open_chain(&c, early);
	knob_need("vdpu");
	learn(&c);
	knob_set("vdpu", "delay_us", JOB_US);
	knob_set("rga", "delay_us", JOB_US);
	CALL(getrusage(RUSAGE_THREAD, &before));
	for (frame = 0; frame < FRAMES; frame++)
		one_frame(&c, frame);
	CALL(getrusage(RUSAGE_THREAD, &after));
	figure(FRAMES, "frames", "chain.%s.frames", how);
	figure(c.early_conv, "frames", "chain.%s.converter-early", how);
	figure(c.early_screen, "frames", "chain.%s.screen-early", how);
	figure(c.wrong, "frames", "chain.%s.wrong", how);
	figure(median_of(c.gap, FRAMES), "ns", "chain.%s.decoded-to-converted", how);
	figure(median_of(c.whole, FRAMES), "ns", "chain.%s.queued-to-shown", how);
	figure((double)(after.ru_nvcsw - before.ru_nvcsw) / FRAMES, "a-frame",
	       "chain.%s.wake-ups", how);
	CHECK_EQ(c.wrong, 0);
	if (!early || !expect_fences())
		CHECK_EQ(c.early_conv, 0);
	else
		CHECK(c.early_conv > FRAMES / 4);
	close_chain(&c);
}

TEST(dequeue_between_all_stages, 300)
{
	play(false);
}

/* Only if the second device waits for the first one is the protocol enough */
TEST(hand_over_by_the_protocol, 300)
{
	if (expect_fences() && !waits_are_enabled())
		SKIP("no device waits for another");
	play(true);
}
