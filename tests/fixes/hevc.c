// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs tile_buffer_reallocate() of the HEVC decoder, cut out of the kernel's source into
 * tiles.inc: a frame of four columns, one of more columns whose Nth allocation fails, and
 * the first one again. The last must find three buffers that exist.
 */
#include "tiles.h"

struct v4l2_ctrl_hevc_sps {
	uint16_t pic_height_in_luma_samples;
};

struct v4l2_ctrl_hevc_pps {
	uint8_t num_tile_columns_minus1;
};

struct hantro_hevc_dec_ctrls {
	const struct v4l2_ctrl_hevc_sps *sps;
	const struct v4l2_ctrl_hevc_pps *pps;
};

struct hantro_hevc_dec_hw_ctx {
	struct hantro_aux_buf tile_filter, tile_sao, tile_bsd;
	struct hantro_hevc_dec_ctrls ctrls;
	unsigned int num_tile_cols_allocated;
};

struct hantro_ctx {
	struct hantro_dev *dev;
	int bit_depth;
	struct hantro_hevc_dec_hw_ctx hevc_dec;
};

#include "tiles.inc"

static int frame(struct hantro_ctx *ctx, unsigned int columns)
{
	const struct v4l2_ctrl_hevc_sps sps = { .pic_height_in_luma_samples = 1080 };
	const struct v4l2_ctrl_hevc_pps pps = { .num_tile_columns_minus1 = columns - 1 };

	ctx->hevc_dec.ctrls.sps = &sps;
	ctx->hevc_dec.ctrls.pps = &pps;
	return tile_buffer_reallocate(ctx);
}

static int missing(const struct hantro_hevc_dec_hw_ctx *hevc)
{
	return !hevc->tile_filter.cpu + !hevc->tile_sao.cpu + !hevc->tile_bsd.cpu;
}

static int fails_at(int nth)
{
	struct hantro_dev dev = { 0 };
	struct hantro_ctx ctx = { .dev = &dev, .bit_depth = 8 };

	if (frame(&ctx, 4))
		return 1;
	fail_at = nth;
	if (frame(&ctx, 20) != -ENOMEM)
		return 1;
	fail_at = 0;
	if (frame(&ctx, 4))
		return 1;

	return say_lost(nth, missing(&ctx.hevc_dec));
}

int main(void)
{
	return each_fails(3);
}
