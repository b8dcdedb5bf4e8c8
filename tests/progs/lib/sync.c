// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a consumer of a dma-buf sees of its fences
 */

#include <linux/sync_file.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness.h"
#include "sync.h"

#define MAX_FENCES	16

static void info_of(int sync_fd, struct sync_file_info *info,
		    struct sync_fence_info *fences)
{
	memset(info, 0, sizeof(*info));
	if (fences) {
		memset(fences, 0, MAX_FENCES * sizeof(*fences));
		info->num_fences = MAX_FENCES;
		info->sync_fence_info = (uintptr_t)fences;
	}
	CALL(ioctl(sync_fd, SYNC_IOC_FILE_INFO, info));
}

int sync_status(int sync_fd)
{
	struct sync_file_info info;

	info_of(sync_fd, &info, NULL);
	return info.status;
}

uint64_t sync_time_ns(int sync_fd)
{
	struct sync_fence_info fences[MAX_FENCES];
	struct sync_file_info info;
	uint64_t latest = 0;
	unsigned int i;

	info_of(sync_fd, &info, fences);
	for (i = 0; i < info.num_fences; i++)
		if (fences[i].timestamp_ns > latest)
			latest = fences[i].timestamp_ns;

	return latest;
}

int sync_wait(int sync_fd, unsigned int ms)
{
	struct pollfd pfd = { .fd = sync_fd, .events = POLLIN };

	if (CALL(poll(&pfd, 1, ms)) != 1)
		FAIL("sync_file still pending after %u ms", ms);

	return sync_status(sync_fd);
}

int sync_merge(int a, int b)
{
	struct sync_merge_data merge = { .name = "both", .fd2 = b, .fence = -1 };

	CALL(ioctl(a, SYNC_IOC_MERGE, &merge));
	return merge.fence;
}

int dmabuf_sync_file(int dmabuf, unsigned int flags)
{
	struct dma_buf_export_sync_file export = { .flags = flags, .fd = -1 };

	CALL(ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export));
	return export.fd;
}

void dmabuf_put_sync_file(int dmabuf, unsigned int flags, int sync_fd)
{
	struct dma_buf_import_sync_file import = { .flags = flags, .fd = sync_fd };

	CALL(ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import));
}

int dmabuf_status(int dmabuf, unsigned int flags)
{
	int fd = dmabuf_sync_file(dmabuf, flags);
	int status = sync_status(fd);

	close(fd);
	return status;
}

bool dmabuf_pending(int dmabuf)
{
	return !dmabuf_status(dmabuf, DMA_BUF_SYNC_READ);
}

bool dmabuf_poll(int dmabuf, short events, int ms)
{
	struct pollfd pfd = { .fd = dmabuf, .events = events };

	CALL(poll(&pfd, 1, ms));
	CHECK(!(pfd.revents & (POLLERR | POLLNVAL)));
	return pfd.revents & events;
}

unsigned int dmabuf_start(int dmabuf, unsigned int flags)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | flags };
	uint64_t from = now_ns();

	CALL(ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync));
	return (now_ns() - from) / 1000000;
}

void dmabuf_end(int dmabuf, unsigned int flags)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_END | flags };

	CALL(ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync));
}
