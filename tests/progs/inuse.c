// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "record -r" counts: buffers that are still in use when they are queued. The
 * library is linked instead of preloaded, as this program is static. It asks real
 * DMABUFs; their users are fences of sw_sync.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"
#include "swsync.h"
#include "sync.h"

#include "../../scripts/realboard/payload/inuse.c"

#define BUFS		4
#define ROWS		8
#define USE_MS		100

static const struct kind *const kinds[] = {
	&kind_rga, &kind_rga_nv12m, &kind_rga_import, &kind_mpeg2, &kind_mpeg2_import,
	&kind_vim2m, NULL
};

/* An empty report, before the library looks for it */
__attribute__((constructor(101))) static void make_report(void)
{
	static char path[40];
	int fd = memfd_create("in-use", 0);
	struct row row;
	unsigned int i;

	memset(&row, ' ', sizeof(row));
	for (i = 0; i < NUMBERS; i++)
		memset(row.number[i].digit, '0', sizeof(row.number[i].digit));
	memcpy(row.name, "processes", 9);
	if (write(fd, &row, sizeof(row)) < 0)
		return;
	memset(&row, ' ', sizeof(row));
	for (i = 1; i < ROWS; i++)
		if (write(fd, &row, sizeof(row)) < 0)
			return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	setenv("RECORD_IN_USE", path, 1);
}

static unsigned long number_of(struct job_dev *d, uint32_t type, enum number number)
{
	char text[11] = "";

	memcpy(text, row_of(d->m.fd, type)->number[number].digit, 10);
	return strtoul(text, NULL, 10);
}

/* What is counted from the first call on */
struct counted {
	unsigned long number[NUMBERS];
};

static struct counted counted(struct job_dev *d, uint32_t type)
{
	struct counted c;
	int i;

	for (i = 0; i < NUMBERS; i++)
		c.number[i] = number_of(d, type, i);
	return c;
}

static void check_counted(struct job_dev *d, uint32_t type, const struct counted *from,
			  const struct counted *want)
{
	struct counted now = counted(d, type);
	int i;

	for (i = 0; i < NUMBERS; i++)
		if (now.number[i] - from->number[i] != want->number[i])
			FAIL("number %d of queue %u: %lu, not %lu", i, type,
			     now.number[i] - from->number[i], want->number[i]);
}

static void end_use(int timeline)
{
	sw_sync_inc(timeline);
	close(timeline);
}

/* All planes; returns how many exports there are, the last plane of each buffer first */
static unsigned int export_all(struct job_dev *d, int dmabuf[BUFS * M2M_MAX_PLANES])
{
	unsigned int i, p, planes = d->m.cap.fmt.num_planes;

	for (i = 0; i < BUFS; i++)
		for (p = 0; p < planes; p++)
			dmabuf[(planes - 1 - p) * BUFS + i] = job_dmabuf(d, i, p);
	return BUFS * planes;
}

/*
 * Three buffers of four are queued while they are read or written. Each is a job
 * to the end, and then all are queued again, without a user.
 */
TEST_KINDS(counts_buffers_in_use, 60, kinds)
{
	static const unsigned int access[BUFS] = {
		0, DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_READ,
	};
	const struct counted want = { { [QUEUED] = 2 * BUFS, [IN_USE] = 3 } };
	struct counted from;
	int dmabuf[BUFS * M2M_MAX_PLANES], user = -1;
	struct job_dev d;
	unsigned int i;

	job_open_bufs(&d, kind, BUFS);
	export_all(&d, dmabuf);
	from = counted(&d, d.m.cap.type);
	for (i = 0; i < 2 * BUFS; i++) {
		if (i < BUFS && access[i])
			user = sw_sync_use(dmabuf[i], access[i]);
		job_queue_cap(&d, i % BUFS);
		if (i < BUFS && access[i])
			end_use(user);
		job_queue_out(&d, i % BUFS, i + 1);
		CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), i % BUFS);
		job_dequeue_out(&d);
	}
	check_counted(&d, d.m.cap.type, &from, &want);
	job_close(&d);
}

/* The habits of a careful player: it asks first */
TEST_KINDS(counts_none_that_were_asked_for, 60, kinds)
{
	const struct counted want = { { [QUEUED] = 2 * BUFS } };
	struct counted from;
	int dmabuf[BUFS * M2M_MAX_PLANES], user;
	struct job_dev d;
	unsigned int i;

	job_open_bufs(&d, kind, BUFS);
	export_all(&d, dmabuf);
	from = counted(&d, d.m.cap.type);
	for (i = 0; i < 2 * BUFS; i++) {
		user = sw_sync_use(dmabuf[i % BUFS], DMA_BUF_SYNC_READ);
		CHECK(!dmabuf_poll(dmabuf[i % BUFS], POLLOUT, 0));
		end_use(user);
		CHECK(dmabuf_poll(dmabuf[i % BUFS], POLLOUT, 1000));
		job_run(&d, i % BUFS, i + 1);
	}
	check_counted(&d, d.m.cap.type, &from, &want);
	job_close(&d);
}

/* A source may be read by others, but not written */
TEST_KINDS(sources_may_have_readers, 60, kinds)
{
	const struct counted want = { {
		[QUEUED] = 4, [IN_USE] = 1, [NOT_ASKED] = 1, [NO_DMABUF] = 1,
	} };
	struct counted from;
	struct job_dev d;
	int dmabuf[2], user;

	job_open_bufs(&d, kind, BUFS);
	dmabuf[0] = CALL(m2m_export(&d.m, &d.m.out, 0, 0, O_RDWR));
	dmabuf[1] = CALL(m2m_export(&d.m, &d.m.out, 1, 0, O_RDWR));
	close(CALL(m2m_export(&d.m, &d.m.out, 2, 0, O_RDWR)));
	from = counted(&d, d.m.out.type);
	user = sw_sync_use(dmabuf[0], DMA_BUF_SYNC_READ);
	job_queue_out(&d, 0, 1);
	end_use(user);
	user = sw_sync_use(dmabuf[1], DMA_BUF_SYNC_WRITE);
	job_queue_out(&d, 1, 2);
	end_use(user);
	job_queue_out(&d, 2, 3);
	job_queue_out(&d, 3, 4);
	check_counted(&d, d.m.out.type, &from, &want);
	job_close(&d);
}

static void *use_for_a_while(void *timeline)
{
	sleep_ms(USE_MS);
	end_use(*(int *)timeline);
	return NULL;
}

/* As with -R */
TEST_KINDS(waits_first, 60, kinds)
{
	const struct counted want = { { [QUEUED] = 2, [IN_USE] = 2, [FREED] = 1 } };
	struct counted from;
	int dmabuf[BUFS * M2M_MAX_PLANES], user;
	pthread_t thread;
	struct job_dev d;
	uint64_t begin;

	job_open_bufs(&d, kind, BUFS);
	export_all(&d, dmabuf);
	from = counted(&d, d.m.cap.type);
	wait_first = true;
	user = sw_sync_use(dmabuf[0], DMA_BUF_SYNC_READ);
	begin = now_ns();
	CHECK(!pthread_create(&thread, NULL, use_for_a_while, &user));
	job_queue_cap(&d, 0);
	CHECK(now_ns() - begin >= USE_MS * 1000000ull);
	CHECK(!pthread_join(thread, NULL));

	user = sw_sync_use(dmabuf[1], DMA_BUF_SYNC_READ);
	begin = now_ns();
	job_queue_cap(&d, 1);
	CHECK(now_ns() - begin >= WAIT_MS * 1000000ull);
	end_use(user);
	check_counted(&d, d.m.cap.type, &from, &want);
	job_close(&d);
}

/* The library does not keep what the player lets go of, be it in use or not */
TEST_KINDS(keeps_no_dmabuf, 60, kinds)
{
	int dmabuf[BUFS * M2M_MAX_PLANES], user;
	long before = dmabuf_count();
	struct job_dev d;
	unsigned int n, ms;

	if (before < 0)
		SKIP("this kernel does not count its dma-bufs");
	job_open_bufs(&d, kind, BUFS);
	n = export_all(&d, dmabuf);
	CHECK(dmabuf_count() > before);
	user = sw_sync_use(dmabuf[0], DMA_BUF_SYNC_READ);
	job_queue_cap(&d, 0);
	job_queue_cap(&d, 1);
	end_use(user);
	while (n)
		close(dmabuf[--n]);
	job_close(&d);
	for (ms = 0; dmabuf_count() != before && ms < 3000; ms++)
		sleep_ms(1);
	CHECK_EQ(dmabuf_count(), before);
}
