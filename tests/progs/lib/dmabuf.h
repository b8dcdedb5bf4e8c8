/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dma-bufs that others export
 */
#ifndef DMABUF_H
#define DMABUF_H

#include <stddef.h>
#include <stdint.h>

/* Opens what is there, or skips */
int open_or_skip(const char *path);
int dmabuf_from_heap(const char *path, size_t size);
/* The path of the heap whose memory is in one piece */
const char *dmabuf_cma_heap(void);

/* How many there are in the kernel, all told; -1 if it does not say */
long dmabuf_count(void);

/* The device of this DRM driver, and the number of its card if @card; or skips */
int drm_open(const char *driver, unsigned int *card);
/* Whole pages of vgem, and their handle if @handle */
int dmabuf_from_vgem(int vgem, size_t size, uint32_t *handle);

#endif
