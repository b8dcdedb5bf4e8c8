/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fences that a test signals itself
 */
#ifndef SWSYNC_H
#define SWSYNC_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness.h"
#include "sync.h"

/* As in the kernel's sw_sync.c, no header has it */
struct sw_sync_create_fence_data {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC_IOC_CREATE_FENCE	_IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC			_IOW('W', 1, uint32_t)

/* A timeline at 0 */
static inline int sw_sync_open(void)
{
	int fd = open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		SKIP("no sw_sync: %s", strerror(errno));
	return fd;
}

/* A sync_file that is signalled when the timeline has come to @seqno */
static inline int sw_sync_fence(int timeline, uint32_t seqno)
{
	struct sw_sync_create_fence_data data = { .value = seqno };

	CALL(ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, &data));
	return data.fence;
}

static inline void sw_sync_inc(int timeline)
{
	uint32_t one = 1;

	CALL(ioctl(timeline, SW_SYNC_IOC_INC, &one));
}

/* Somebody who uses a dma-buf, until sw_sync_inc() of the timeline that is returned */
static inline int sw_sync_use(int dmabuf, unsigned int flags)
{
	int timeline = sw_sync_open(), fence = sw_sync_fence(timeline, 1);

	dmabuf_put_sync_file(dmabuf, flags, fence);
	close(fence);
	return timeline;
}

#endif
