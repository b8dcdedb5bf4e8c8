// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many exports of a plane carry fences, which of them, and what the others cost
 */

#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "sync.h"

#define SLOTS		M2M_FENCED_EXPORTS
#define MANY		10000
#define STAMP		0x51075107u
#define REFUSALS	(3 * SLOTS)
#define LOG_TRIES	16
#define CROWD_TRIES	5
#define CLOSES		100

static const struct kind *const one_each[] = {
	&kind_rga, &kind_rga3, &kind_mpeg2, &kind_rkvdec, NULL
};
static const struct kind *const two_planes[] = { &kind_rga_nv12m, &kind_rga3_nv12m, NULL };

static int export(struct job_dev *d, unsigned int index)
{
	return job_dmabuf(d, index, 0);
}

static void export_many(struct job_dev *d, unsigned int plane, int *fd, unsigned int count)
{
	while (count--)
		*fd++ = job_dmabuf(d, 0, plane);
}

static void close_many(const int *fd, unsigned int count)
{
	while (count--)
		close(*fd++);
}

static unsigned int pending_of(const int *fd, unsigned int count)
{
	unsigned int pending = 0;

	while (count--)
		pending += dmabuf_pending(*fd++);
	return pending;
}

/* So many of them, where there are release fences at all */
static unsigned int fenced(unsigned int count)
{
	return expect_fences() ? count : 0;
}

TEST_KINDS(eight_exports_are_fenced, 20, all_kinds)
{
	unsigned int planes, p;
	int fd[M2M_MAX_PLANES][SLOTS];
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	planes = d.m.cap.fmt.num_planes;
	for (p = 0; p < planes; p++)
		export_many(&d, p, fd[p], SLOTS);
	job_begin(&d, 0, STAMP);
	for (p = 0; p < planes; p++)
		CHECK_EQ(pending_of(fd[p], SLOTS), fenced(SLOTS));
	job_end(&d, 0);
	for (p = 0; p < planes; p++)
		CHECK_EQ(pending_of(fd[p], SLOTS), 0);
	job_close(&d);
}

/* How many lines in which the kernel itself names exports of videobuf2 it has logged */
static unsigned int lines_of_exports(void)
{
	int kmsg = CALL(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
	unsigned int lines = 0;
	char line[1024];
	ssize_t len;

	while ((len = read(kmsg, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		if (len <= 0)
			continue;
		line[len] = 0;
		/* Priorities from 8 on are those of programs, as what this one reports */
		lines += atoi(line) < 8 && strstr(line, "videobuf2") && strstr(line, "export");
	}
	close(kmsg);
	return lines;
}

/*
 * One more than there are slots for. It carries no fence, as none does without
 * release fences. The log says so once, even while they are switched off: a client
 * must not be able to fill the log.
 */
TEST_KINDS(ninth_export_is_not_fenced_and_logged, 60, all_kinds)
{
	int fd[SLOTS], ninth[LOG_TRIES];
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	export_many(&d, 0, fd, SLOTS);
	export_many(&d, 0, ninth, LOG_TRIES);
	CHECK_EQ(lines_of_exports(), exports_have_slots());

	job_begin(&d, 0, STAMP);
	CHECK_EQ(pending_of(ninth, LOG_TRIES), 0);
	CHECK(dmabuf_poll(ninth[0], POLLIN, 0));
	CHECK_EQ(pending_of(fd, SLOTS), fenced(SLOTS));
	/* Nor does one in mid-job */
	CHECK(!dmabuf_pending(export(&d, 0)));
	CHECK_EQ(pending_of(fd, SLOTS), fenced(SLOTS));
	job_end(&d, 0);
	job_close(&d);
}

/* A full set says nothing about another plane, or another buffer */
TEST_KINDS(slots_are_of_one_plane, 20, two_planes)
{
	int fd[SLOTS + 1], plane, buffer;
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	export_many(&d, 0, fd, SLOTS + 1);
	plane = job_dmabuf(&d, 0, 1);
	buffer = export(&d, 1);
	job_begin(&d, 0, STAMP);
	CHECK_EQ(dmabuf_pending(plane), expect_fences());
	job_end(&d, 0);
	job_begin(&d, 1, STAMP);
	CHECK_EQ(dmabuf_pending(buffer), expect_fences());
	job_end(&d, 1);
	job_close(&d);
}

/* Whichever of them goes, the next one has its place, and the others keep theirs */
TEST_KINDS(closed_export_frees_its_slot, 30, one_each)
{
	int fd[SLOTS], ninth;
	struct job_dev d;
	unsigned int i;

	job_open_mmap(&d, kind, 2);
	export_many(&d, 0, fd, SLOTS);
	ninth = export(&d, 0);
	for (i = 0; i < SLOTS; i++) {
		close(fd[i]);
		fd[i] = export(&d, 0);
		job_begin(&d, 0, STAMP);
		CHECK_EQ(pending_of(fd, SLOTS), fenced(SLOTS));
		CHECK(!dmabuf_pending(ninth));
		job_end(&d, 0);
	}
	/* What had no slot frees none */
	close(ninth);
	ninth = export(&d, 0);
	job_begin(&d, 0, STAMP);
	CHECK_EQ(pending_of(fd, SLOTS), fenced(SLOTS));
	CHECK(!dmabuf_pending(ninth));
	job_end(&d, 0);
	job_close(&d);
}

static void limit_files(unsigned long count)
{
	struct rlimit limit;

	CALL(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = count;
	if (limit.rlim_max < count)
		limit.rlim_max = count;
	CALL(setrlimit(RLIMIT_NOFILE, &limit));
}

/* The dma-buf is there, its descriptor is not: it must go, and its slot with it */
TEST_KINDS(no_descriptor_in_mid_job, 20, one_each)
{
	struct job_dev d;
	int fd[SLOTS], next;
	unsigned int i;

	job_open_mmap(&d, kind, 2);
	fd[0] = export(&d, 0);
	job_begin(&d, 0, STAMP);
	next = CALL(dup(fd[0]));
	close(next);
	limit_files(next);
	for (i = 0; i < REFUSALS; i++)
		REFUSED(m2m_export(&d.m, &d.m.cap, 0, 0, O_RDWR), EMFILE);
	limit_files(MANY);
	export_many(&d, 0, fd + 1, SLOTS - 1);
	job_end(&d, 0);
	CHECK_EQ(pending_of(fd, SLOTS), 0);
	job_begin(&d, 0, STAMP);
	CHECK_EQ(pending_of(fd, SLOTS), fenced(SLOTS));
	job_end(&d, 0);
	job_close(&d);
}

static int open_path(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		SKIP("no O_PATH of a dma-buf: %s", strerror(errno));
	return fd;
}

/*
 * A path holds the dentry of a dma-buf whose file is gone. Nobody can wait for it
 * any more, but jobs still publish on it, and it keeps its slot until it goes.
 */
TEST_KINDS(path_keeps_a_closed_export, 30, one_each)
{
	int fd[SLOTS], path[SLOTS], next;
	unsigned int tries = how_often(50), i;
	struct job_dev d;

	job_open_mmap(&d, kind, 2);
	export_many(&d, 0, fd, SLOTS);
	for (i = 0; i < SLOTS; i++)
		path[i] = open_path(fd[i]);
	close_many(fd, SLOTS);
	for (i = 0; i < tries; i++) {
		/* What was freed with the files is used by others */
		next = CALL(eventfd(0, 0));
		job_run(&d, 0, STAMP + i);
		close(next);
	}
	fd[0] = export(&d, 0);
	close_many(path, SLOTS);
	fd[1] = export(&d, 0);
	job_begin(&d, 0, STAMP);
	CHECK(!dmabuf_pending(fd[0]));
	CHECK_EQ(dmabuf_pending(fd[1]), expect_fences());
	job_end(&d, 0);
	job_close(&d);
}

/* Of the fastest of ten rounds: what else the machine does can only slow them down */
static uint64_t ns_per_job(struct job_dev *d)
{
	uint64_t from, ns, best = UINT64_MAX;
	unsigned int round, i;

	for (round = 0; round < 10; round++) {
		from = now_ns();
		for (i = 0; i < 5; i++)
			job_run(d, 0, STAMP);
		ns = (now_ns() - from) / 5;
		if (ns < best)
			best = ns;
	}

	return best;
}

/* The same of a close, which is that of the dma-buf */
static uint64_t ns_per_close(struct job_dev *d)
{
	uint64_t from, ns, best = UINT64_MAX;
	unsigned int round;
	int fd[CLOSES];

	for (round = 0; round < 10; round++) {
		export_many(d, 0, fd, CLOSES);
		from = now_ns();
		close_many(fd, CLOSES);
		ns = (now_ns() - from) / CLOSES;
		if (ns < best)
			best = ns;
	}

	return best;
}

struct cost {
	uint64_t job, close;
};

static struct cost cost_of(struct job_dev *d)
{
	return (struct cost){ .job = ns_per_job(d), .close = ns_per_close(d) };
}

static bool is_dearer(const struct cost *crowd, const struct cost *alone)
{
	return crowd->job >= 3 * alone->job || crowd->close >= 3 * alone->close;
}

/* The one that was there before them has its fence meanwhile, and afterwards */
TEST_KINDS(ten_thousand_exports, 240, one_each)
{
	static int fd[MANY];
	struct cost alone, crowd;
	struct job_dev d;
	unsigned int i;
	int first, next;

	limit_files(MANY + 1000);
	job_open_mmap(&d, kind, 2);
	first = export(&d, 0);
	alone = cost_of(&d);
	export_many(&d, 0, fd, MANY);
	/* Other work comes and goes, exports that cost would cost each time */
	crowd = cost_of(&d);
	for (i = 0; i < CROWD_TRIES && is_dearer(&crowd, &alone); i++)
		crowd = cost_of(&d);
	note("%s: a job takes %llu us alone, %llu us with %d exports, a close %llu and %llu us, at best",
	     kind->name, (unsigned long long)alone.job / 1000,
	     (unsigned long long)crowd.job / 1000, MANY,
	     (unsigned long long)alone.close / 1000,
	     (unsigned long long)crowd.close / 1000);
	CHECK(!is_dearer(&crowd, &alone));
	job_begin(&d, 0, STAMP);
	CHECK_EQ(dmabuf_pending(first), expect_fences());
	CHECK(!dmabuf_pending(fd[MANY - 1]));
	job_end(&d, 0);

	close_many(fd, MANY);
	next = export(&d, 0);
	job_begin(&d, 0, STAMP);
	CHECK_EQ(dmabuf_pending(first), expect_fences());
	CHECK_EQ(dmabuf_pending(next), expect_fences());
	job_end(&d, 0);
	job_close(&d);
}
