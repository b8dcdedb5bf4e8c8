// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modelled hardware: RGA2, the 2D engine of RK3288 and RK3399
 */

#include <linux/bitfield.h>

#include "model.h"

#define RGA2_SYS_CTRL		0x000
#define RGA2_SYS_SOFT_RESET	BIT(3)
#define RGA2_CMD_CTRL		0x004
#define RGA2_CMD_START		BIT(0)
#define RGA2_CMD_BASE		0x008
#define RGA2_INT		0x010
#define RGA2_INT_ERROR		BIT(0)
#define RGA2_INT_CMD_DONE	BIT(2)
#define RGA2_INT_STATUS		GENMASK(3, 0)
#define RGA2_INT_CLEAR		GENMASK(7, 4)
#define RGA2_VERSION		0x028
#define RGA2_VERSION_3_2	0x03200000

/* Offsets in the command buffer, 0x100 less than those of the registers */
#define CMD_SRC_Y		0x008
#define CMD_DST_INFO		0x038
#define CMD_DST_FORMAT		GENMASK(3, 0)
#define CMD_DST_Y		0x03c
#define CMD_DST_CB		0x040
#define CMD_DST_CR		0x044
#define CMD_DST_VIR		0x048
#define CMD_DST_STRIDE		GENMASK(14, 0)
#define CMD_DST_ACT		0x04c
#define CMD_DST_HEIGHT		GENMASK(27, 16)
#define CMD_SRC_TABLE		0x070
#define CMD_DST_TABLE		0x078

#define FORMAT_YUV422SP		8
#define FORMAT_YUV422P		9
#define FORMAT_YUV420SP		10
#define FORMAT_YUV420P		11

static void rga2_init(struct model *m)
{
	model_write(m, RGA2_CMD_CTRL, 0);
	model_write(m, RGA2_INT, 0);
	model_write(m, RGA2_VERSION, RGA2_VERSION_3_2);
}

static bool rga2_started(struct model *m)
{
	return model_take_bit(m, RGA2_CMD_CTRL, RGA2_CMD_START);
}

static void rga2_fetch(struct model *m, struct model_job *job)
{
	u32 *cmd = phys_to_virt(model_read(m, RGA2_CMD_BASE));
	u32 stride = FIELD_GET(CMD_DST_STRIDE, cmd[CMD_DST_VIR / 4]) * 4;
	u32 lines = FIELD_GET(CMD_DST_HEIGHT, cmd[CMD_DST_ACT / 4]) + 1;
	u32 cb = cmd[CMD_DST_CB / 4], cr = cmd[CMD_DST_CR / 4];

	job->src = cmd[CMD_SRC_Y / 4];
	job->src_table = cmd[CMD_SRC_TABLE / 4] << 4;
	job->dst_table = cmd[CMD_DST_TABLE / 4] << 4;
	model_add_span(job, cmd[CMD_DST_Y / 4], stride, lines);

	switch (FIELD_GET(CMD_DST_FORMAT, cmd[CMD_DST_INFO / 4])) {
	case FORMAT_YUV422SP:
		model_add_span(job, cb, stride, lines);
		break;
	case FORMAT_YUV420SP:
		model_add_span(job, cb, stride, lines / 2);
		break;
	case FORMAT_YUV422P:
		model_add_span(job, cb, stride / 2, lines);
		model_add_span(job, cr, stride / 2, lines);
		break;
	case FORMAT_YUV420P:
		model_add_span(job, cb, stride / 2, lines / 2);
		model_add_span(job, cr, stride / 2, lines / 2);
		break;
	}
}

static bool rga2_was_reset(struct model *m)
{
	return model_read(m, RGA2_SYS_CTRL) & RGA2_SYS_SOFT_RESET;
}

static void rga2_ack(struct model *m)
{
	u32 status = model_read(m, RGA2_INT);

	if (status & RGA2_INT_CLEAR)
		model_write(m, RGA2_INT, status & ~(RGA2_INT_CLEAR | RGA2_INT_STATUS));
}

static void rga2_finish(struct model *m, bool ok)
{
	u32 enabled = model_read(m, RGA2_INT) & ~(RGA2_INT_CLEAR | RGA2_INT_STATUS);

	model_write(m, RGA2_INT,
		    enabled | (ok ? RGA2_INT_CMD_DONE : RGA2_INT_ERROR));
}

const struct model_ops model_rga2_ops = {
	.name = "rga",
	.init = rga2_init,
	.started = rga2_started,
	.fetch = rga2_fetch,
	.was_reset = rga2_was_reset,
	.ack = rga2_ack,
	.finish = rga2_finish,
};
