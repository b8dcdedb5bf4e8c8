// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modelled hardware: VDPU2, the decoder of RK3399 and RK3568
 */

#include <linux/bitfield.h>

#include "model.h"

/* The decoder is the second half of the block */
#define VDPU2_SWREG(n)		(0x400 + (n) * 4)
#define VDPU2_MODE		VDPU2_SWREG(53)
#define VDPU2_MODE_MASK		GENMASK(3, 0)
#define VDPU2_MODE_H264		0
#define VDPU2_INT		VDPU2_SWREG(55)
#define VDPU2_INT_ERROR		BIT(12)
#define VDPU2_INT_READY		BIT(4)
#define VDPU2_INT_IRQ		BIT(0)
#define VDPU2_CTRL		VDPU2_SWREG(57)
#define VDPU2_CTRL_FIELD	BIT(16)
#define VDPU2_CTRL_START	BIT(0)
#define VDPU2_RESET		VDPU2_SWREG(58)
#define VDPU2_OUT_BASE		VDPU2_SWREG(63)
#define VDPU2_STREAM_BASE	VDPU2_SWREG(64)
#define VDPU2_H264_SIZE		VDPU2_SWREG(110)
#define VDPU2_H264_WIDTH	GENMASK(8, 0)
#define VDPU2_H264_HEIGHT	GENMASK(16, 9)
#define VDPU2_SIZE		VDPU2_SWREG(120)
#define VDPU2_WIDTH		GENMASK(31, 23)
#define VDPU2_HEIGHT		GENMASK(18, 11)

#define MB			16

static void vdpu2_init(struct model *m)
{
	model_write(m, VDPU2_CTRL, 0);
	model_write(m, VDPU2_INT, 0);
	model_write(m, VDPU2_RESET, 0);
}

static bool vdpu2_started(struct model *m)
{
	if (!model_take_bit(m, VDPU2_CTRL, VDPU2_CTRL_START))
		return false;

	model_write(m, VDPU2_RESET, 0);

	return true;
}

static void vdpu2_fetch(struct model *m, struct model_job *job)
{
	u32 out = model_read(m, VDPU2_OUT_BASE);
	u32 width, height, field, size;

	if (FIELD_GET(VDPU2_MODE_MASK, model_read(m, VDPU2_MODE)) == VDPU2_MODE_H264) {
		size = model_read(m, VDPU2_H264_SIZE);
		width = FIELD_GET(VDPU2_H264_WIDTH, size) * MB;
		height = FIELD_GET(VDPU2_H264_HEIGHT, size) * MB;
	} else {
		size = model_read(m, VDPU2_SIZE);
		width = FIELD_GET(VDPU2_WIDTH, size) * MB;
		height = FIELD_GET(VDPU2_HEIGHT, size) * MB;
	}

	/* A field is every other line; @out says which */
	field = model_read(m, VDPU2_CTRL) & VDPU2_CTRL_FIELD ? 2 : 1;

	job->src = model_read(m, VDPU2_STREAM_BASE);
	job->spans = 2;
	job->span[0] = (struct model_span){
		.addr = out, .bytes = width,
		.step = width * field, .lines = height / field,
	};
	job->span[1] = (struct model_span){
		.addr = out + width * height, .bytes = width,
		.step = width * field, .lines = height / 2 / field,
	};
}

static bool vdpu2_was_reset(struct model *m)
{
	return model_read(m, VDPU2_RESET);
}

static void vdpu2_finish(struct model *m, bool ok)
{
	model_write(m, VDPU2_INT, ok ? VDPU2_INT_READY | VDPU2_INT_IRQ : VDPU2_INT_ERROR);
}

const struct model_ops model_vdpu2_ops = {
	.name = "vdpu",
	.init = vdpu2_init,
	.started = vdpu2_started,
	.fetch = vdpu2_fetch,
	.was_reset = vdpu2_was_reset,
	.finish = vdpu2_finish,
};
