/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a consumer of a dma-buf sees of its fences
 */
#ifndef SYNC_H
#define SYNC_H

#include <linux/dma-buf.h>
#include <stdbool.h>
#include <stdint.h>

/* sync_file status: 1 signalled, 0 pending, below an error */
int sync_status(int sync_fd);
/* The latest time stamp of the fences in a signalled sync_file */
uint64_t sync_time_ns(int sync_fd);
/* Waits, then the status; fails when it stays pending */
int sync_wait(int sync_fd, unsigned int ms);
/* A sync_file of what is in both */
int sync_merge(int a, int b);

/* A sync_file of what an access with these DMA_BUF_SYNC_* has to wait for */
int dmabuf_sync_file(int dmabuf, unsigned int flags);
/* Others have to wait for this, which is such an access */
void dmabuf_put_sync_file(int dmabuf, unsigned int flags, int sync_fd);
/* Status of such a sync_file, which is closed again */
int dmabuf_status(int dmabuf, unsigned int flags);
/* Whether a reader has to wait */
bool dmabuf_pending(int dmabuf);
/* Whether poll() on the dma-buf says @events in time */
bool dmabuf_poll(int dmabuf, short events, int ms);
/* DMA_BUF_IOCTL_SYNC START; the milliseconds it took */
unsigned int dmabuf_start(int dmabuf, unsigned int flags);
void dmabuf_end(int dmabuf, unsigned int flags);

#endif
