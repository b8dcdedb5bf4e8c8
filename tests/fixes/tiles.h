/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tile buffers of a decoder need of the kernel, with an allocator that fails on
 * demand
 */
#ifndef TILES_H
#define TILES_H

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

struct hantro_dev {
	void *dev;
};

/* The allocation that fails, counted from 1; 0: none */
static int fail_at;

static inline void *dma_alloc_coherent(void *dev, size_t size, dma_addr_t *dma, int gfp)
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

static inline void dma_free_coherent(void *dev, size_t size, void *cpu, dma_addr_t dma)
{
	(void)dev;
	(void)size;
	(void)dma;
	free(cpu);
}

/* A frame whose @nth allocation fails: 0 if the frame after it has its buffers */
static int fails_at(int nth);

/* As main(): each of @count allocations fails once */
static inline int each_fails(int count)
{
	int nth, bad = 0;

	for (nth = 1; nth <= count; nth++)
		bad += !!fails_at(nth);
	if (bad)
		return 1;
	printf("the next frame has its %d buffers, whichever allocation failed\n", count);
	return 0;
}

/* @lost: how many buffers the frame after the failure lacks */
static inline int say_lost(int nth, int lost)
{
	if (lost)
		printf("allocation %d fails: the next frame starts with %d buffers that are freed\n",
		       nth, lost);
	return lost;
}

#endif
