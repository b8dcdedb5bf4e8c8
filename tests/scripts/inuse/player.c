// SPDX-License-Identifier: GPL-2.0-only
/*
 * For record.t: players with good and bad habits, on the node of node.c.
 *
 * usage: player NODE HABIT
 *
 * A socket plays the DMABUF: it has an inode of its own, and poll() reports what
 * the other end makes it report. It exits with 1 if a call does not behave.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What errno holds before and after a call that succeeds */
#define BEFORE		97

#define CAPTURE		V4L2_BUF_TYPE_VIDEO_CAPTURE
#define OUTPUT		V4L2_BUF_TYPE_VIDEO_OUTPUT
#define CAPTURE_MPLANE	V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
#define OUTPUT_MPLANE	V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE

#define CHECK(true_)							\
	do {								\
		if (!(true_)) {						\
			fprintf(stderr, "line %d: !(%s), errno %d\n",	\
				__LINE__, #true_, errno);		\
			exit(1);					\
		}							\
	} while (0)

static int node;

struct dmabuf {
	int fd, other_end;
};

/* POLLOUT, and no POLLIN: nobody uses it, or somebody writes it */
static struct dmabuf make_dmabuf(void)
{
	int fds[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	return (struct dmabuf){ fds[0], fds[1] };
}

/* No POLLOUT from here on: it has readers or writers */
static void use(struct dmabuf d)
{
	char page[4096] = { 0 };

	while (send(d.fd, page, sizeof(page), MSG_DONTWAIT) > 0)
		;
	CHECK(errno == EAGAIN);
}

static void unuse(struct dmabuf d)
{
	char page[4096];

	while (recv(d.other_end, page, sizeof(page), MSG_DONTWAIT) > 0)
		;
}

/* POLLIN from here on: it has no writers */
static void written(struct dmabuf d)
{
	CHECK(send(d.other_end, "x", 1, 0) == 1);
}

static int export(__u32 type, unsigned int index, unsigned int plane,
		  struct dmabuf d)
{
	struct v4l2_exportbuffer exp = {
		.type = type,
		.index = index,
		.plane = plane,
		.flags = O_CLOEXEC,
		.reserved[0] = d.fd,
	};

	errno = BEFORE;
	CHECK(!ioctl(node, VIDIOC_EXPBUF, &exp));
	CHECK(errno == BEFORE);
	return exp.fd;
}

static void queue(__u32 type, unsigned int index)
{
	struct v4l2_plane planes[2] = { 0 };
	struct v4l2_buffer buf = {
		.type = type,
		.memory = V4L2_MEMORY_MMAP,
		.index = index,
	};

	if (V4L2_TYPE_IS_MULTIPLANAR(type)) {
		buf.m.planes = planes;
		buf.length = 2;
	}
	errno = BEFORE;
	CHECK(!ioctl(node, VIDIOC_QBUF, &buf));
	CHECK(errno == BEFORE);
}

static void queue_imports(__u32 type, unsigned int n, struct dmabuf a,
			  struct dmabuf b)
{
	struct v4l2_plane planes[2] = { { .m.fd = a.fd }, { .m.fd = b.fd } };
	struct v4l2_buffer buf = {
		.type = type,
		.memory = V4L2_MEMORY_DMABUF,
		.flags = V4L2_BUF_FLAG_REQUEST_FD,
		.request_fd = 123,
	};

	if (V4L2_TYPE_IS_MULTIPLANAR(type)) {
		buf.m.planes = planes;
		buf.length = n;
	} else {
		buf.m.fd = a.fd;
	}
	CHECK(!ioctl(node, VIDIOC_QBUF, &buf));
	CHECK(buf.request_fd == 123 && buf.flags & V4L2_BUF_FLAG_REQUEST_FD);
}

static void request_buffers(__u32 type, unsigned int count)
{
	struct v4l2_requestbuffers req = {
		.type = type,
		.memory = V4L2_MEMORY_MMAP,
		.count = count,
	};

	CHECK(!ioctl(node, VIDIOC_REQBUFS, &req));
}

static void create_buffers(__u32 type, unsigned int index, unsigned int count)
{
	struct v4l2_create_buffers create = {
		.format.type = type,
		.count = count,
		.reserved[0] = index,
	};

	CHECK(!ioctl(node, VIDIOC_CREATE_BUFS, &create));
}

/* 4 buffers of two planes; each is queued again when nobody uses it any more */
static void behaves(void)
{
	struct dmabuf d[4][2];
	unsigned int i;

	for (i = 0; i < 8; i++) {
		d[i / 2][i % 2] = make_dmabuf();
		export(CAPTURE_MPLANE, i / 2, i % 2, d[i / 2][i % 2]);
	}
	for (i = 0; i < 8; i++) {
		queue(CAPTURE_MPLANE, i / 2);
		use(d[i / 2][i % 2]);
		unuse(d[i / 2][i % 2]);
	}
}

/* The last plane of three buffers is still in use */
static void hurries(void)
{
	struct dmabuf d[4];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		export(CAPTURE_MPLANE, i, 0, make_dmabuf());
		d[i] = make_dmabuf();
		export(CAPTURE_MPLANE, i, 1, d[i]);
		queue(CAPTURE_MPLANE, i);
		queue(OUTPUT_MPLANE, i);
		if (i)
			use(d[i]);
	}
	for (i = 0; i < 4; i++)
		queue(CAPTURE_MPLANE, i);
}

static void imports(void)
{
	struct dmabuf a = make_dmabuf(), b = make_dmabuf();

	queue_imports(CAPTURE, 1, a, a);
	queue_imports(OUTPUT, 1, a, a);		/* being written: in use */
	queue_imports(OUTPUT, 1, b, b);		/* in use */
	written(a);
	queue_imports(OUTPUT, 1, a, a);
	use(a);
	queue_imports(CAPTURE, 1, a, a);	/* in use */
	queue_imports(OUTPUT, 1, a, a);		/* by readers only */
	queue_imports(OUTPUT_MPLANE, 2, a, b);	/* b is: in use */
	queue_imports(CAPTURE_MPLANE, 2, b, a);	/* a is: in use */
	queue_imports(CAPTURE_MPLANE, 1, b, a);
}

/* What it closes cannot be asked, and is not kept either */
static void closes(void)
{
	struct dmabuf first = make_dmabuf(), d = make_dmabuf();
	struct dmabuf other = make_dmabuf();
	int fd = export(CAPTURE, 0, 0, first);
	char c;

	queue(CAPTURE, 0);
	use(other);
	close(fd);
	CHECK(dup2(other.fd, fd) == fd);
	queue(CAPTURE, 0);			/* not asked: it is another file */
	close(fd);
	queue(CAPTURE, 0);			/* not asked */
	fd = export(CAPTURE, 0, 0, d);
	queue(CAPTURE, 0);			/* not asked: somebody may have the first */
	use(d);
	queue(CAPTURE, 0);			/* in use */
	queue(CAPTURE, 1);			/* no DMABUF */
	unuse(d);
	close(fd);
	close(d.fd);
	CHECK(recv(d.other_end, &c, 1, MSG_DONTWAIT) == 0);
}

static void closes_all(void)
{
	struct dmabuf d = make_dmabuf();
	int fd = export(CAPTURE, 0, 0, d);

	queue(CAPTURE, 0);
	close(fd);
	queue(CAPTURE, 0);			/* not asked */
}

/* New buffers have nothing to do with the exports of the old ones */
static void forgets(void)
{
	struct dmabuf d = make_dmabuf();
	int other;

	export(CAPTURE, 0, 0, d);
	export(CAPTURE, 1, 0, d);
	export(OUTPUT, 0, 0, d);
	use(d);
	request_buffers(CAPTURE, 0);
	request_buffers(CAPTURE, 2);
	queue(CAPTURE, 0);
	queue(CAPTURE, 1);
	queue(OUTPUT, 0);			/* in use: not of that queue */
	export(CAPTURE, 0, 0, d);
	export(CAPTURE, 1, 0, d);
	create_buffers(CAPTURE, 1, 4);
	queue(CAPTURE, 0);			/* in use */
	queue(CAPTURE, 1);
	/* and a node that is open a second time has buffers of its own */
	other = node;
	node = dup(node);
	queue(CAPTURE, 0);
	close(node);
	node = other;
}

/* Two have the plane, and the first still uses it */
static void exports_twice(void)
{
	struct dmabuf d = make_dmabuf();

	export(CAPTURE, 0, 0, d);
	export(CAPTURE, 0, 0, make_dmabuf());
	queue(CAPTURE, 0);
	use(d);
	queue(CAPTURE, 0);			/* in use */
}

/* It exports for each frame, and keeps the last export of one buffer */
static void exports_often(void)
{
	struct dmabuf d;
	unsigned int i;

	for (i = 0; i < 3000; i++) {
		d = make_dmabuf();
		close(export(CAPTURE, i % 4, 0, d));
		close(d.fd);
		close(d.other_end);
	}
	d = make_dmabuf();
	export(CAPTURE, 3, 0, d);
	queue(CAPTURE, 0);			/* not asked */
	queue(CAPTURE, 3);			/* not asked */
	use(d);
	queue(CAPTURE, 3);			/* in use */
}

/* More exports than there is room for */
static int export_many(struct dmabuf d)
{
	struct rlimit limit;
	int i, fd;

	CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max;
	CHECK(!setrlimit(RLIMIT_NOFILE, &limit));
	fd = export(CAPTURE, 0, 0, d);
	for (i = 1; i < 1100; i++)
		export(CAPTURE, i, 0, d);
	return fd;
}

static void exports_many(void)
{
	export_many(make_dmabuf());
	queue(CAPTURE, 1);
}

/* ... until one is closed, or new buffers need none */
static void exports_many_in_turn(void)
{
	struct dmabuf d = make_dmabuf();

	close(export_many(d));
	d = make_dmabuf();
	use(d);
	export(CAPTURE, 99, 0, d);
	queue(CAPTURE, 99);			/* in use */
	request_buffers(CAPTURE, 9);
	export(CAPTURE, 0, 0, d);
	queue(CAPTURE, 0);			/* in use */
	queue(CAPTURE, 1);			/* no DMABUF */
}

/* Four planes would do, and there are 40 */
static void exports_one_buffer(void)
{
	struct dmabuf d = make_dmabuf();
	unsigned int i;

	for (i = 0; i < 40; i++)
		export(CAPTURE, 0, 0, d);
	queue(CAPTURE, 0);			/* not asked, as far as it goes */
	use(d);
	queue(CAPTURE, 0);			/* in use */
}

#define THREADS	8
#define TIMES	20000

/* Each has a buffer of its own, which it makes and exports anew each time */
static void *one_thread(void *arg)
{
	unsigned int i, index = *(unsigned int *)arg;
	struct dmabuf d = make_dmabuf();
	int fd;

	if (index < 3)
		use(d);
	for (i = 0; i < TIMES; i++) {
		create_buffers(CAPTURE, index, 1);
		fd = export(CAPTURE, index, 0, d);
		queue(CAPTURE, index);
		close(fd);
	}
	return NULL;
}

static void threads(void)
{
	pthread_t thread[THREADS];
	unsigned int i, index[THREADS];
	int status;

	for (i = 0; i < THREADS; i++) {
		index[i] = i;
		CHECK(!pthread_create(&thread[i], NULL, one_thread, &index[i]));
	}
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_join(thread[i], NULL));
	/* a child counts in the same rows */
	if (!fork()) {
		queue(OUTPUT, 0);
		_exit(0);
	}
	CHECK(wait(&status) > 0 && !status);
}

/* Calls that fail are as they were, and not counted */
static void fails(void)
{
	struct v4l2_buffer buf = { .type = CAPTURE, .memory = V4L2_MEMORY_MMAP };
	int fd = open("/dev/null", O_RDONLY);

	buf.index = 100;
	errno = 0;
	CHECK(ioctl(node, VIDIOC_QBUF, &buf) == -1 && errno == EINVAL);
	CHECK(ioctl(node, VIDIOC_QUERYCAP, &buf) == -1 && errno == ENOTTY);
	CHECK(ioctl(fd, VIDIOC_DQBUF, NULL) == -1 && errno == ENOTTY);
	queue(CAPTURE, 0);
}

static void is_killed(void)
{
	struct dmabuf d = make_dmabuf();

	export(CAPTURE, 0, 0, d);
	use(d);
	queue(CAPTURE, 0);
	raise(SIGKILL);
}

static long ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void *ends_use(void *arg)
{
	usleep(100000);
	unuse(*(struct dmabuf *)arg);
	return NULL;
}

/* One buffer is free after 100 ms, the other never */
static void is_patient(void)
{
	bool waits = getenv("RECORD_WAIT");
	struct dmabuf d[2] = { make_dmabuf(), make_dmabuf() };
	pthread_t thread;
	long begin = ms();

	use(d[0]);
	use(d[1]);
	export(CAPTURE, 0, 0, d[0]);
	export(CAPTURE, 1, 0, d[1]);
	CHECK(!pthread_create(&thread, NULL, ends_use, &d[0]));
	queue(CAPTURE, 0);
	CHECK(waits ? ms() - begin >= 90 && ms() - begin < 900 :
		      ms() - begin < 90);
	begin = ms();
	queue(CAPTURE, 1);
	CHECK(waits ? ms() - begin >= 990 && ms() - begin < 3000 :
		      ms() - begin < 90);
	CHECK(!pthread_join(thread, NULL));
}

static void does_nothing(void)
{
}

static const struct {
	const char *name;
	void (*play)(void);
} habits[] = {
	{ "behaves", behaves },
	{ "hurries", hurries },
	{ "imports", imports },
	{ "closes", closes },
	{ "closes_all", closes_all },
	{ "forgets", forgets },
	{ "exports_twice", exports_twice },
	{ "exports_often", exports_often },
	{ "exports_many", exports_many },
	{ "exports_many_in_turn", exports_many_in_turn },
	{ "exports_one_buffer", exports_one_buffer },
	{ "threads", threads },
	{ "fails", fails },
	{ "is_killed", is_killed },
	{ "is_patient", is_patient },
	{ "does_nothing", does_nothing },
};

int main(int argc, char **argv)
{
	unsigned int i;

	CHECK(argc == 3);
	node = open(argv[1], O_RDWR);
	CHECK(node >= 0);
	for (i = 0; i < sizeof(habits) / sizeof(*habits); i++) {
		if (!strcmp(argv[2], habits[i].name)) {
			habits[i].play();
			return 0;
		}
	}
	fprintf(stderr, "unknown habit: %s\n", argv[2]);
	return 2;
}
