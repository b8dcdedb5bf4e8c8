// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modelled hardware: rkvdec, the other decoder of RK3399. Its codecs have the registers
 * that matter here in common.
 */

#include <linux/bitfield.h>

#include "model.h"

/* Start bit, status and interrupt mask; the driver writes all of it each time */
#define RKVDEC_INT		0x004
#define RKVDEC_INT_START	BIT(0)
#define RKVDEC_INT_DISABLE	BIT(4)
#define RKVDEC_INT_IRQ		BIT(8)
#define RKVDEC_INT_READY	BIT(12)
#define RKVDEC_INT_ERROR	BIT(14)
#define RKVDEC_INT_WAS_RESET	BIT(22)
#define RKVDEC_MODE		0x008
#define RKVDEC_MODE_MASK	GENMASK(21, 20)
#define RKVDEC_MODE_HEVC	0
#define RKVDEC_PICTURE		0x00c
#define RKVDEC_PICTURE_STRIDE	GENMASK(8, 0)
#define RKVDEC_PICTURE_SLICES	GENMASK(31, 21)
#define RKVDEC_STREAM_BASE	0x010
#define RKVDEC_OUT_BASE		0x01c
#define RKVDEC_SIZE		0x024
#define RKVDEC_SIZE_MASK	GENMASK(20, 0)

/* Of strides and sizes */
#define UNIT			16

/* What the hardware finds in the stream: words of the source */
enum { STAMP, FIELD, SLICES };
enum { FRAME, TOP_FIELD, BOTTOM_FIELD };

static void rkvdec_init(struct model *m)
{
	model_write(m, RKVDEC_INT, 0);
}

static bool rkvdec_started(struct model *m)
{
	return model_take_bit(m, RKVDEC_INT, RKVDEC_INT_START);
}

/*
 * The lines of luma and chroma lie in a row; those of luma are even in number. What the
 * driver keeps behind them stays as it is.
 */
static void rkvdec_fetch(struct model *m, struct model_job *job)
{
	u32 mode = FIELD_GET(RKVDEC_MODE_MASK, model_read(m, RKVDEC_MODE));
	u32 picture = model_read(m, RKVDEC_PICTURE);
	u32 stride = FIELD_GET(RKVDEC_PICTURE_STRIDE, picture) * UNIT;
	u32 size = FIELD_GET(RKVDEC_SIZE_MASK, model_read(m, RKVDEC_SIZE)) * UNIT;
	u32 *source, parity, field;

	job->src = model_read(m, RKVDEC_STREAM_BASE);
	source = model_memory(0, job->src);
	if (!source || !stride)
		return;

	job->broken = mode == RKVDEC_MODE_HEVC &&
		      FIELD_GET(RKVDEC_PICTURE_SLICES, picture) != source[SLICES];

	/* A field is every other line */
	parity = source[FIELD];
	field = parity == FRAME ? 1 : 2;
	job->spans = 1;
	job->span[0] = (struct model_span){
		.addr = model_read(m, RKVDEC_OUT_BASE) + (parity == BOTTOM_FIELD ? stride : 0),
		.bytes = stride, .step = stride * field, .lines = size / stride / field,
	};
}

/* The watchdog masks the interrupt, or the next job may have been started since */
static bool rkvdec_was_reset(struct model *m)
{
	return model_read(m, RKVDEC_INT) & (RKVDEC_INT_DISABLE | RKVDEC_INT_START);
}

/* After an error it resets itself, and its IOMMU with it */
static void rkvdec_finish(struct model *m, bool ok)
{
	u32 status = ok ? RKVDEC_INT_READY : RKVDEC_INT_ERROR | RKVDEC_INT_WAS_RESET;

	model_write(m, RKVDEC_INT, status | RKVDEC_INT_IRQ);
}

const struct model_ops model_rkvdec_ops = {
	.name = "rkvdec",
	.init = rkvdec_init,
	.started = rkvdec_started,
	.fetch = rkvdec_fetch,
	.was_reset = rkvdec_was_reset,
	.finish = rkvdec_finish,
};
