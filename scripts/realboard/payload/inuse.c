// SPDX-License-Identifier: GPL-2.0-only
/*
 * For "record -r": does a player queue buffers to V4L2 that somebody still uses?
 *
 * This library is preloaded into the player. It intercepts ioctl() and nothing
 * else. Before VIDIOC_QBUF it asks each DMABUF of the buffer with poll(): a
 * buffer that the device will write must have no readers and no writers left
 * (POLLOUT), one that it will read must have no writers left (POLLIN). It only
 * counts, unless RECORD_WAIT is set: then it waits first, a second at most.
 *
 * RECORD_IN_USE names the report, a file of rows that record has prepared. It
 * is mapped, and counted in as text. So a player that is killed leaves its
 * counts behind, and nothing has to be written at exit or in a signal handler.
 *
 * The library keeps no reference to a DMABUF and no descriptor of its own. It
 * asks the descriptors that the player has. An export whose descriptor the
 * player has closed may still be used by somebody, but can no longer be asked.
 * A buffer with such an export is counted as not asked.
 *
 * Links against nothing, so that one build works with old and new C libraries:
 *
 *	cc -O2 -fPIC -shared -nostdlib -o inuse.so inuse.c
 *
 * (with -mno-outline-atomics on arm64).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORTS		1024	/* that are remembered */
#define ASKED		32	/* DMABUFs of one buffer that are asked */
#define WAIT_MS		1000

/* Older C libraries have dlsym() in a library that may not be there */
#pragma weak dlsym

/*
 * A row of the report: a name, and numbers of ten digits. Row 0 counts the
 * processes (QUEUED) and what the library had no room for (IN_USE).
 */
enum number { QUEUED, IN_USE, NOT_ASKED, NO_DMABUF, FREED, NUMBERS };

struct number_text {
	char space;
	char digit[10];
};

struct row {
	char name[33];
	struct number_text number[NUMBERS];
	char newline;
};

static struct row *rows;
static size_t num_rows;
static bool wait_first;

/* Which file a descriptor belongs to. Each DMABUF has an inode of its own. */
struct identity {
	uint64_t dev, ino;
};

/* A DMABUF that VIDIOC_EXPBUF made */
struct export {
	uint32_t type;		/* 0: the slot is free */
	uint32_t index, plane;
	int node, fd;
	struct identity id;
	bool unasked;		/* an earlier export of the plane was closed */
};

static struct export exports[EXPORTS];
static int num_exports;		/* slots that were ever in use */

/* Protects exports, and the names of rows against other threads */
static int locked;

static void lock(void)
{
	while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void unlock(void)
{
	__atomic_store_n(&locked, 0, __ATOMIC_RELEASE);
}

/* Adds one to a number that other threads and processes count in, too */
static void count(struct row *row, enum number number)
{
	char *digit = row->number[number].digit + 9;
	int i;

	for (i = 0; i < 10; i++, digit--) {
		char old = __atomic_load_n(digit, __ATOMIC_RELAXED), new;

		do {
			new = old == '9' ? '0' : old + 1;
		} while (!__atomic_compare_exchange_n(digit, &old, new, false,
						      __ATOMIC_RELAXED,
						      __ATOMIC_RELAXED));
		if (new != '0')
			return;
	}
}

static void count_lost(void)
{
	if (rows)
		count(&rows[0], IN_USE);
}

/* The row of that name, or a free one, or NULL. Caller holds the lock. */
static struct row *find_row(const char name[33])
{
	size_t i;
	int j;

	for (i = 1; i < num_rows; i++) {
		struct row *row = &rows[i];
		char free = ' ';

		if (!memcmp(row->name, name, sizeof(row->name)))
			return row;
		/* '!' until the row is complete. Other processes skip it. */
		if (!__atomic_compare_exchange_n(&row->name[0], &free, '!',
						 false, __ATOMIC_RELAXED,
						 __ATOMIC_RELAXED))
			continue;
		memcpy(row->name + 1, name + 1, sizeof(row->name) - 1);
		for (j = 0; j < NUMBERS; j++)
			memset(row->number[j].digit, '0', 10);
		__atomic_store_n(&row->name[0], name[0], __ATOMIC_RELEASE);
		return row;
	}

	return NULL;
}

/* The row of a queue: "video1 CAPTURE" */
static struct row *row_of(int node, uint32_t type)
{
	char link[40], path[100], text[60], name[33];
	const char *base = "video?";
	struct row *row;
	ssize_t len;
	char *c;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", node);
	len = readlink(link, path, sizeof(path) - 1);
	if (len > 0) {
		path[len] = '\0';
		base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	}
	len = snprintf(text, sizeof(text), "%.20s %s", base,
		       V4L2_TYPE_IS_OUTPUT(type) ? "OUTPUT" : "CAPTURE");
	memset(name, ' ', sizeof(name));
	memcpy(name, text, len);
	for (c = name; c < name + strlen(base) && c < name + 20; c++)
		if (*c <= ' ')
			*c = '_';
	lock();
	row = find_row(name);
	unlock();

	return row;
}

/* False if the descriptor is closed. Where statx() is refused, all are alike. */
static bool identify(int fd, struct identity *id)
{
	struct statx stx;

	id->dev = 0;
	id->ino = 0;
	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_INO, &stx))
		return errno != EBADF;
	id->dev = (uint64_t)stx.stx_dev_major << 32 | stx.stx_dev_minor;
	id->ino = stx.stx_ino;

	return true;
}

/* Whether the player still has the descriptor that VIDIOC_EXPBUF gave it */
static bool is_open(const struct export *export)
{
	struct identity id;

	return identify(export->fd, &id) && id.dev == export->id.dev &&
	       id.ino == export->id.ino;
}

static bool is_of(const struct export *export, int node, uint32_t type)
{
	return export->type == type && export->node == node;
}

/*
 * A slot for @new: a free one, or that of a closed export. Of the same plane
 * first, so that a player that exports and closes for each frame fills no more
 * than one.
 */
static struct export *find_slot(struct export *new)
{
	struct export *e, *slot = NULL;
	int i;

	for (i = 0; i < num_exports; i++) {
		e = &exports[i];
		if (!e->type) {
			slot = slot ?: e;
			continue;
		}
		if (is_of(e, new->node, new->type) && e->index == new->index &&
		    e->plane == new->plane && !is_open(e)) {
			new->unasked = true;
			return e;
		}
	}
	if (!slot && num_exports < EXPORTS)
		slot = &exports[num_exports++];
	for (i = 0; !slot && i < EXPORTS; i++)
		if (!is_open(&exports[i]))
			slot = &exports[i];

	return slot;
}

static void remember(int node, const struct v4l2_exportbuffer *exp)
{
	struct export new = {
		.type = exp->type,
		.index = exp->index,
		.plane = exp->plane,
		.node = node,
		.fd = exp->fd,
	};
	struct export *slot;

	if (!identify(exp->fd, &new.id))
		return;
	lock();
	slot = find_slot(&new);
	if (slot)
		*slot = new;
	unlock();
	if (!slot)
		count_lost();
}

/* These buffers are no more, or new. So is what was exported of them. */
static void forget(int node, uint32_t type, uint32_t first, uint32_t end)
{
	struct export *e;

	lock();
	for (e = exports; e < exports + num_exports; e++)
		if (is_of(e, node, type) && e->index >= first && e->index < end)
			e->type = 0;
	unlock();
}

/* What VIDIOC_QBUF is about to queue */
struct buffer {
	struct export dmabuf[ASKED];
	int num_dmabufs;
	bool unasked;		/* somebody may use it who cannot be asked */
	bool in_use;
	bool freed;		/* not in use any more after waiting */
};

/* All versions of struct v4l2_buffer, whatever time_t is, begin and end so */
struct buffer_head {
	uint32_t index, type;
};

struct buffer_tail {
	uint32_t sequence, memory;
	union {
		uint32_t offset;
		unsigned long userptr;
		struct v4l2_plane *planes;
		int32_t fd;
	} m;
	uint32_t length, reserved2;
	int32_t request_fd;
};

static void add_dmabuf(struct buffer *buf, const struct export *export)
{
	if (export->unasked || buf->num_dmabufs == ASKED)
		buf->unasked = true;
	if (buf->num_dmabufs < ASKED)
		buf->dmabuf[buf->num_dmabufs++] = *export;
}

static void find_imports(struct buffer *buf, uint32_t type,
			 const struct buffer_tail *tail)
{
	struct export import = { .type = 0 };
	uint32_t i;

	if (!V4L2_TYPE_IS_MULTIPLANAR(type)) {
		import.fd = tail->m.fd;
		add_dmabuf(buf, &import);
		return;
	}
	for (i = 0; tail->m.planes && i < tail->length && i < VIDEO_MAX_PLANES;
	     i++) {
		import.fd = tail->m.planes[i].m.fd;
		add_dmabuf(buf, &import);
	}
}

static void find_exports(struct buffer *buf, int node, uint32_t type,
			 uint32_t index)
{
	const struct export *e;
	int i, n = 0;

	lock();
	for (e = exports; e < exports + num_exports; e++)
		if (is_of(e, node, type) && e->index == index)
			add_dmabuf(buf, e);
	unlock();
	for (i = 0; i < buf->num_dmabufs; i++) {
		if (is_open(&buf->dmabuf[i]))
			buf->dmabuf[n++] = buf->dmabuf[i];
		else
			buf->unasked = true;
	}
	buf->num_dmabufs = n;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Whether a DMABUF is idle, at @deadline at the latest (0: now) */
static bool is_idle(struct buffer *buf, int fd, short event, int64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = event };
	int64_t left;
	int ret;

	do {
		left = deadline ? deadline - now_ms() : 0;
		ret = poll(&pfd, 1, left > 0 ? left : 0);
	} while (ret < 0 && errno == EINTR && left > 0);
	if (ret < 0 || pfd.revents & POLLNVAL)
		buf->unasked = true;

	return ret != 0;
}

static bool all_idle(struct buffer *buf, short event, int64_t deadline)
{
	int i;

	for (i = 0; i < buf->num_dmabufs; i++)
		if (!is_idle(buf, buf->dmabuf[i].fd, event, deadline))
			return false;

	return true;
}

static void ask(struct buffer *buf, int node, const void *arg, size_t size)
{
	const struct buffer_head *head = arg;
	const struct buffer_tail *tail = arg + size - sizeof(*tail);
	short event = V4L2_TYPE_IS_OUTPUT(head->type) ? POLLIN : POLLOUT;

	if (tail->memory == V4L2_MEMORY_DMABUF)
		find_imports(buf, head->type, tail);
	else if (tail->memory == V4L2_MEMORY_MMAP)
		find_exports(buf, node, head->type, head->index);
	buf->in_use = !all_idle(buf, event, 0);
	if (buf->in_use && wait_first)
		buf->freed = all_idle(buf, event, now_ms() + WAIT_MS);
}

static void count_buffer(const struct buffer *buf, int node, uint32_t type)
{
	struct row *row = row_of(node, type);

	if (!row) {
		count_lost();
		return;
	}
	count(row, QUEUED);
	if (buf->in_use)
		count(row, IN_USE);
	else if (buf->unasked)
		count(row, NOT_ASKED);
	else if (!buf->num_dmabufs)
		count(row, NO_DMABUF);
	if (buf->freed)
		count(row, FREED);
}

static bool is_qbuf(unsigned int request)
{
	return _IOC_NR(request) == _IOC_NR(VIDIOC_QBUF) &&
	       _IOC_DIR(request) == _IOC_DIR(VIDIOC_QBUF) &&
	       _IOC_SIZE(request) >=
			sizeof(struct buffer_head) + sizeof(struct buffer_tail);
}

/* What the kernel has done tells which exports there are */
static void learn(int node, unsigned int request, const void *arg)
{
	const struct v4l2_requestbuffers *req = arg;
	const struct v4l2_create_buffers *create = arg;

	switch (request) {
	case (unsigned int)VIDIOC_EXPBUF:
		remember(node, arg);
		break;
	case (unsigned int)VIDIOC_REQBUFS:
		forget(node, req->type, 0, UINT32_MAX);
		break;
	case (unsigned int)VIDIOC_CREATE_BUFS:
		forget(node, create->format.type, create->index,
		       create->index + create->count);
		break;
	}
}

typedef int (*ioctl_fn)(int, unsigned long, ...);

static int call(ioctl_fn next, int fd, unsigned long request, void *arg)
{
	return next ? next(fd, request, arg) :
		      syscall(SYS_ioctl, fd, request, arg);
}

/* Here and below, errno is what the player or the kernel made it */
static int queue(ioctl_fn next, int fd, unsigned long request, void *arg)
{
	struct buffer buf = { .num_dmabufs = 0 };
	int saved_errno = errno;
	int ret;

	ask(&buf, fd, arg, _IOC_SIZE(request));
	errno = saved_errno;
	ret = call(next, fd, request, arg);
	if (ret < 0)
		return ret;
	saved_errno = errno;
	count_buffer(&buf, fd, ((struct buffer_head *)arg)->type);
	errno = saved_errno;

	return ret;
}

static int intercept(ioctl_fn next, int fd, unsigned long request, void *arg)
{
	int saved_errno, ret;

	if (!rows || _IOC_TYPE(request) != 'V' || !arg)
		return call(next, fd, request, arg);
	if (is_qbuf(request))
		return queue(next, fd, request, arg);
	ret = call(next, fd, request, arg);
	if (ret < 0)
		return ret;
	saved_errno = errno;
	learn(fd, request, arg);
	errno = saved_errno;

	return ret;
}

static ioctl_fn find_next(const char *name)
{
	return dlsym ? (ioctl_fn)dlsym(RTLD_NEXT, name) : NULL;
}

#define INTERCEPT(name)							\
	int name(int fd, unsigned long request, ...)			\
	{								\
		static ioctl_fn next;					\
		va_list args;						\
		void *arg;						\
									\
		va_start(args, request);				\
		arg = va_arg(args, void *);				\
		va_end(args);						\
		if (!next)						\
			next = find_next(#name);			\
		return intercept(next, fd, request, arg);		\
	}

INTERCEPT(ioctl)
#if __SIZEOF_POINTER__ == 4
/* What ioctl() becomes where time_t has 64 bits */
INTERCEPT(__ioctl_time64)
#endif

__attribute__((constructor)) static void open_report(void)
{
	const char *path = getenv("RECORD_IN_USE");
	off_t size;
	void *map;
	int fd;

	if (!path)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	size = lseek(fd, 0, SEEK_END);
	if (size < (off_t)sizeof(struct row))
		goto close_report;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		goto close_report;
	wait_first = getenv("RECORD_WAIT");
	num_rows = size / sizeof(struct row);
	rows = map;
	count(&rows[0], QUEUED);

close_report:
	close(fd);
}
