// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fence outlives everything: its driver unbound, videobuf2 unloaded, a
 * sync_file still knows it. Comes last, since no driver is left after it.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"
#include "sync.h"

#define UNLOAD_MS	10000

static const struct kind *const bound[] = { &kind_rga, &kind_mpeg2, NULL };

/* Sync files, and what they say while the driver is there */
struct kept {
	int good, bad;
	struct sync_fence_info good_says, bad_says;
};

static int run_and_keep(struct job_dev *d, int dmabuf, uint32_t stamp)
{
	int fd;

	d->started = knob_count(d->kind->model, "started");
	job_queue_cap(d, 0);
	job_queue_out(d, 0, stamp);
	job_wait_running(d);
	fd = dmabuf_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	CHECK_EQ(sync_status(fd), !expect_fences());
	return fd;
}

static void read_fence(int fd, struct sync_fence_info *fence)
{
	struct sync_file_info info = {
		.num_fences = 1, .sync_fence_info = (uintptr_t)fence,
	};

	memset(fence, 0, sizeof(*fence));
	CALL(ioctl(fd, SYNC_IOC_FILE_INFO, &info));
	CHECK_EQ(info.num_fences, 1);
}

/* A fence of a job that went well, and of one that did not */
static void keep(struct kept *k, const struct kind *kind)
{
	struct job_dev d;
	int dmabuf;

	job_open_mmap(&d, kind, 2);
	dmabuf = CALL(m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR));
	job_pause(&d);
	k->good = run_and_keep(&d, dmabuf, 1);
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	job_dequeue_out(&d);

	knob_set(kind->model, "hang_jobs", 1);
	k->bad = run_and_keep(&d, dmabuf, 2);
	if (expect_fences())
		CHECK_EQ(sync_wait(k->bad, 8000), kind->requests ? -EIO : -ETIME);
	if (!kind->requests)
		knob_set(kind->model, "release", 1);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), 0);
	job_dequeue_out(&d);
	read_fence(k->good, &k->good_says);
	CHECK_EQ(k->good_says.status, 1);
	read_fence(k->bad, &k->bad_says);
	if (expect_fences())
		CHECK_EQ(k->bad_says.status, kind->requests ? -EIO : -ETIME);

	close(dmabuf);
	knob_reset(kind->model);
	job_close(&d);
}

/* All its devices: links to them stand in the driver's directory */
static unsigned int unbind(const char *driver)
{
	char path[300];
	struct dirent *entry;
	unsigned int n = 0;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s", driver);
	dir = opendir(path);
	CHECK(dir);
	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s/unbind", driver);
	fd = CALL(open(path, O_WRONLY));
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_LNK || !strcmp(entry->d_name, "module"))
			continue;
		CALL(write(fd, entry->d_name, strlen(entry->d_name)));
		n++;
	}
	close(fd);
	closedir(dir);

	return n;
}

/* One round over the modules; those in use go when their users have gone */
static unsigned int unload_some(bool *videobuf2)
{
	FILE *list = fopen("/proc/modules", "r");
	unsigned int gone = 0;
	char line[400], name[64];

	CHECK(list);
	*videobuf2 = false;
	while (fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%63s", name) != 1 || !strncmp(name, "vrf_", 4))
			continue;
		if (!syscall(SYS_delete_module, name, O_NONBLOCK))
			gone++;
		else if (!strncmp(name, "videobuf2", 9))
			*videobuf2 = true;
	}
	fclose(list);

	return gone;
}

static unsigned int unload_all(void)
{
	uint64_t end = now_ns() + UNLOAD_MS * 1000000ull;
	unsigned int gone = 0, now;
	bool videobuf2;

	do {
		now = unload_some(&videobuf2);
		gone += now;
		sleep_ms(10);
		if (now_ns() > end)
			FAIL("a module of videobuf2 is still in use");
	} while (videobuf2 || now);

	return gone;
}

/*
 * What was unmapped may still be in a TLB, and a call into it would go well. The next module
 * that is loaded flushes it. (A real board has the modules elsewhere.)
 */
static void load_a_module(void)
{
	int fd = open("/modules.d/mc.ko", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	CALL(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

static void check_kept(int fd, const struct sync_fence_info *before)
{
	struct sync_fence_info now;

	read_fence(fd, &now);
	CHECK(!memcmp(&now, before, sizeof(now)));
	CHECK(dmabuf_poll(fd, POLLIN, 0));
	close(fd);
}

TEST(sync_file_outlives_modules, 60)
{
	struct kept kept[sizeof(bound) / sizeof(bound[0])];
	unsigned int i, devices = 0, modules;

	for (i = 0; bound[i]; i++)
		knob_need(bound[i]->model);
	for (i = 0; bound[i]; i++)
		keep(&kept[i], bound[i]);
	for (i = 0; bound[i]; i++)
		devices += unbind(bound[i]->driver);
	CHECK(devices >= 2);
	modules = unload_all();
	CHECK(modules >= 8);
	load_a_module();
	for (i = 0; bound[i]; i++) {
		check_kept(kept[i].good, &kept[i].good_says);
		check_kept(kept[i].bad, &kept[i].bad_says);
	}
	note("%u devices unbound, %u modules unloaded", devices, modules);
}
