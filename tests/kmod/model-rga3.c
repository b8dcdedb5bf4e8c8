// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modelled hardware: RGA3, the 2D engine of RK3588
 */

#include <linux/bitfield.h>

#include "model.h"

#define RGA3_SYS_CTRL		0x000
#define RGA3_SYS_SOFT_RESET	GENMASK(4, 3)
#define RGA3_CMD_CTRL		0x004
#define RGA3_CMD_START		BIT(0)
#define RGA3_CMD_ADDR		0x008
#define RGA3_VERSION		0x018
#define RGA3_VERSION_3_0	0x30000000
#define RGA3_INT_RAW		0x024
#define RGA3_INT_DONE		BIT(0)
#define RGA3_INT_READ_ERROR	BIT(2)
#define RGA3_INT_CLR		0x02c

/* Offsets in the command buffer, 0x100 less than those of the registers */
#define CMD_SRC_Y		0x010
#define CMD_DST_SIZE		0x030
#define CMD_DST_HEIGHT		GENMASK(28, 16)
#define CMD_WR_CTRL		0x0a0
#define CMD_WR_FORMAT		GENMASK(7, 4)
#define CMD_WR_PLANES		GENMASK(9, 8)
#define CMD_WR_STRIDE		0x0a8
#define CMD_WR_UV_STRIDE	0x0ac
#define CMD_WR_Y		0x0b0
#define CMD_WR_UV		0x0b4

#define FORMAT_YUV420		0
#define PLANES_SEMI_PLANAR	1

static void rga3_init(struct model *m)
{
	model_write(m, RGA3_CMD_CTRL, 0);
	model_write(m, RGA3_INT_RAW, 0);
	model_write(m, RGA3_INT_CLR, 0);
	model_write(m, RGA3_VERSION, RGA3_VERSION_3_0);
}

static bool rga3_started(struct model *m)
{
	return model_take_bit(m, RGA3_CMD_CTRL, RGA3_CMD_START);
}

static void rga3_fetch(struct model *m, struct model_job *job)
{
	u32 *cmd = phys_to_virt(model_read(m, RGA3_CMD_ADDR));
	u32 ctrl = cmd[CMD_WR_CTRL / 4];
	u32 lines = FIELD_GET(CMD_DST_HEIGHT, cmd[CMD_DST_SIZE / 4]);

	job->src = cmd[CMD_SRC_Y / 4];
	model_add_span(job, cmd[CMD_WR_Y / 4], cmd[CMD_WR_STRIDE / 4] * 4, lines);

	if (FIELD_GET(CMD_WR_PLANES, ctrl) != PLANES_SEMI_PLANAR)
		return;
	if (FIELD_GET(CMD_WR_FORMAT, ctrl) == FORMAT_YUV420)
		lines /= 2;
	model_add_span(job, cmd[CMD_WR_UV / 4], cmd[CMD_WR_UV_STRIDE / 4] * 4, lines);
}

static bool rga3_was_reset(struct model *m)
{
	return model_read(m, RGA3_SYS_CTRL) & RGA3_SYS_SOFT_RESET;
}

static void rga3_ack(struct model *m)
{
	u32 clear = model_read(m, RGA3_INT_CLR);

	if (!clear)
		return;
	model_write(m, RGA3_INT_RAW, model_read(m, RGA3_INT_RAW) & ~clear);
	model_write(m, RGA3_INT_CLR, 0);
}

static void rga3_finish(struct model *m, bool ok)
{
	model_write(m, RGA3_INT_RAW, ok ? RGA3_INT_DONE : RGA3_INT_READ_ERROR);
}

const struct model_ops model_rga3_ops = {
	.name = "rga3",
	.init = rga3_init,
	.started = rga3_started,
	.fetch = rga3_fetch,
	.was_reset = rga3_was_reset,
	.ack = rga3_ack,
	.finish = rga3_finish,
};
