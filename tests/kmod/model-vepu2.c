// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modelled hardware: VEPU2, the encoder of RK3399 and RK3568
 */

#include <linux/bitfield.h>

#include "model.h"

#define VEPU2_IN_PLANE_0	0x0c0
#define VEPU2_STREAM_LIMIT	0x0d4
#define VEPU2_OUT_STREAM	0x134
#define VEPU2_START		0x19c
#define VEPU2_START_ENABLE	BIT(0)
#define VEPU2_INT		0x1b4
#define VEPU2_INT_DISABLE	BIT(8)
#define VEPU2_INT_ERROR		BIT(4)
#define VEPU2_INT_READY		BIT(1)
#define VEPU2_INT_IRQ		BIT(0)

/* Every picture is coded in so much */
#define VEPU2_STREAM_BYTES	256

static void vepu2_init(struct model *m)
{
	model_write(m, VEPU2_START, 0);
	model_write(m, VEPU2_INT, 0);
}

static bool vepu2_started(struct model *m)
{
	return model_take_bit(m, VEPU2_START, VEPU2_START_ENABLE);
}

static void vepu2_fetch(struct model *m, struct model_job *job)
{
	job->src = model_read(m, VEPU2_IN_PLANE_0);
	model_add_span(job, model_read(m, VEPU2_OUT_STREAM), VEPU2_STREAM_BYTES, 1);
}

static bool vepu2_was_reset(struct model *m)
{
	return model_read(m, VEPU2_INT) & VEPU2_INT_DISABLE;
}

static void vepu2_finish(struct model *m, bool ok)
{
	/* In bits */
	model_write(m, VEPU2_STREAM_LIMIT, VEPU2_STREAM_BYTES * 8);
	model_write(m, VEPU2_INT, ok ? VEPU2_INT_READY | VEPU2_INT_IRQ : VEPU2_INT_ERROR);
}

const struct model_ops model_vepu2_ops = {
	.name = "vepu",
	.init = vepu2_init,
	.started = vepu2_started,
	.fetch = vepu2_fetch,
	.was_reset = vepu2_was_reset,
	.finish = vepu2_finish,
};
