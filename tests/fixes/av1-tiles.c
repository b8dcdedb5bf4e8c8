// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs tiles_free() and tiles_reallocate() of the AV1 decoder, cut out of the
 * kernel's source into tiles.inc, with an allocator that fails on demand: a
 * frame, a higher one whose Nth allocation fails, and the first one again. The
 * last must find five buffers that exist.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ALIGN(x, a)	(((x) + (a) - 1) / (a) * (a))
#define GFP_KERNEL	0

typedef uint64_t dma_addr_t;

struct hantro_aux_buf {
	size_t size;
	void *cpu;
	dma_addr_t dma;
};

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

struct hantro_dev {
	void *dev;
};

struct hantro_ctx {
	struct hantro_dev *dev;
	int bit_depth;
	struct hantro_av1_dec_hw_ctx av1_dec;
};

static int fail_at;

static void *dma_alloc_coherent(void *dev, size_t size, dma_addr_t *dma, int gfp)
{
	void *cpu;

	(void)dev;
	(void)size;
	(void)gfp;
	if (fail_at && !--fail_at)
		return NULL;
	cpu = malloc(1);
	*dma = (uintptr_t)cpu;
	return cpu;
}

static void dma_free_coherent(void *dev, size_t size, void *cpu, dma_addr_t dma)
{
	(void)dev;
	(void)size;
	(void)dma;
	free(cpu);
}

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

/* 0 if the frame after the failure has its buffers */
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

	lost = missing(&ctx.av1_dec);
	if (lost)
		printf("allocation %d fails: the next frame starts with %d buffers that are freed\n",
		       nth, lost);
	rockchip_vpu981_av1_dec_tiles_free(&ctx);
	return lost;
}

int main(void)
{
	int nth, bad = 0;

	for (nth = 1; nth <= 5; nth++)
		bad += !!fails_at(nth);
	if (bad)
		return 1;
	printf("the next frame has its five buffers, whichever allocation failed\n");
	return 0;
}
