// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-bufs that others export
 */

#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dmabuf.h"
#include "harness.h"

#define MAX_CARDS	8
#define PAGE		4096

int open_or_skip(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		SKIP("no %s", path);
	return fd;
}

int dmabuf_from_heap(const char *path, size_t size)
{
	struct dma_heap_allocation_data data = {
		.len = size, .fd_flags = O_RDWR | O_CLOEXEC,
	};

	CALL(ioctl(open_or_skip(path), DMA_HEAP_IOCTL_ALLOC, &data));
	return data.fd;
}

/* Kernels that do not know the first name use that of the area of memory */
const char *dmabuf_cma_heap(void)
{
	static const char *const paths[] = {
		"/dev/dma_heap/default_cma_region", "/dev/dma_heap/reserved",
		"/dev/dma_heap/linux,cma",
	};
	unsigned int i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (!access(paths[i], F_OK))
			return paths[i];

	return paths[0];
}

long dmabuf_count(void)
{
	FILE *list = fopen("/sys/kernel/debug/dma_buf/bufinfo", "r");
	long count = -1;
	char line[256];
	int all = 0;

	/* Not "Total %ld devices attached", of which each dma-buf has one */
	while (list && !all && fgets(line, sizeof(line), list))
		sscanf(line, "Total %ld objects%n", &count, &all);
	if (list)
		fclose(list);
	return all ? count : -1;
}

static bool is_driver(int fd, const char *driver)
{
	char name[16] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

	return !ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, driver);
}

int drm_open(const char *driver, unsigned int *card)
{
	char path[32];
	unsigned int i;
	int fd;

	for (i = 0; i < MAX_CARDS; i++) {
		snprintf(path, sizeof(path), "/dev/dri/card%u", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && is_driver(fd, driver)) {
			if (card)
				*card = i;
			return fd;
		}
		close(fd);
	}

	SKIP("no %s", driver);
}

int dmabuf_from_vgem(int vgem, size_t size, uint32_t *handle)
{
	struct drm_mode_create_dumb dumb = {
		.width = PAGE / 4, .height = (size + PAGE - 1) / PAGE, .bpp = 32,
	};
	struct drm_prime_handle prime = { .flags = DRM_CLOEXEC | DRM_RDWR };

	CALL(ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	if (handle)
		*handle = dumb.handle;
	prime.handle = dumb.handle;
	CALL(ioctl(vgem, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime));
	return prime.fd;
}
