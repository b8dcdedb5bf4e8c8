// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs tiles_free() and tiles_reallocate() of the AV1 decoder, cut out of the
 * kernel's source into tiles.inc, with an allocator that fails on demand: a
 * frame, a higher one whose Nth allocation fails, and the first one again. The
 * last must find five buffers that exist.
 */
#include "tiles.h"

struct v4l2_av1_tile_info {
	uint8_t tile_cols;
};

struct v4l2_ctrl_av1_frame {
	uint32_t frame_height_minus_1;
	struct v4l2_av1_tile_info tile_info;
};

struct hantro_av1_dec_ctrls {
	const struct v4l2_ctrl_av1_frame *frame;
};

struct hantro_av1_dec_hw_ctx {
	struct hantro_aux_buf db_data_col, db_ctrl_col, cdef_col, sr_col, lr_col;
	struct hantro_av1_dec_ctrls ctrls;
	unsigned int num_tile_cols_allocated;
};

struct hantro_ctx {
	struct hantro_dev *dev;
	int bit_depth;
	struct hantro_av1_dec_hw_ctx av1_dec;
};

#include "tiles.inc"

static int frame(struct hantro_ctx *ctx, unsigned int height)
{
	const struct v4l2_ctrl_av1_frame control = {
		.frame_height_minus_1 = height - 1,
		.tile_info.tile_cols = 1,
	};

	ctx->av1_dec.ctrls.frame = &control;
	return rockchip_vpu981_av1_dec_tiles_reallocate(ctx);
}

static int missing(const struct hantro_av1_dec_hw_ctx *av1)
{
	return !av1->db_data_col.cpu + !av1->db_ctrl_col.cpu +
	       !av1->cdef_col.cpu + !av1->sr_col.cpu + !av1->lr_col.cpu;
}

static int fails_at(int nth)
{
	struct hantro_dev dev = { 0 };
	struct hantro_ctx ctx = { .dev = &dev, .bit_depth = 8 };
	int lost;

	if (frame(&ctx, 1088))
		return 1;
	fail_at = nth;
	if (frame(&ctx, 1u << 22) != -ENOMEM)
		return 1;
	fail_at = 0;
	if (frame(&ctx, 1088))
		return 1;

	lost = say_lost(nth, missing(&ctx.av1_dec));
	rockchip_vpu981_av1_dec_tiles_free(&ctx);
	return lost;
}

int main(void)
{
	return each_fails(5);
}
