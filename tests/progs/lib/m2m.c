// SPDX-License-Identifier: GPL-2.0-only
/*
 * A multi-planar V4L2 mem2mem device, seen as an application sees it
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/media.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "m2m.h"

#define MAX_NODES	32

static bool takes(int fd, uint32_t type, uint32_t fourcc)
{
	struct v4l2_fmtdesc desc = { .type = type };

	for (; !ioctl(fd, VIDIOC_ENUM_FMT, &desc); desc.index++)
		if (desc.pixelformat == fourcc)
			return true;
	return false;
}

static bool is_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words;

	while ((at = strstr(at, word))) {
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

void m2m_open(struct m2m *m, const char *driver, const char *cards,
	      uint32_t out_fourcc)
{
	struct v4l2_capability cap;
	unsigned int i;
	char path[32];

	memset(m, 0, sizeof(*m));
	m->out.type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
	m->cap.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;

	for (i = 0; i < MAX_NODES; i++) {
		snprintf(path, sizeof(path), "/dev/video%u", i);
		m->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (m->fd < 0)
			continue;
		CALL(ioctl(m->fd, VIDIOC_QUERYCAP, &cap));
		if (!strcmp((char *)cap.driver, driver) &&
		    (!cards || is_word(cards, (char *)cap.card)) &&
		    takes(m->fd, m->out.type, out_fourcc)) {
			memcpy(m->bus, cap.bus_info, sizeof(m->bus));
			return;
		}
		close(m->fd);
	}

	SKIP("no node of %s for %.4s", driver, (char *)&out_fourcc);
}

int m2m_open_media(const struct m2m *m)
{
	struct media_device_info info;
	unsigned int i;
	char path[32];
	int fd;

	for (i = 0; i < MAX_NODES; i++) {
		snprintf(path, sizeof(path), "/dev/media%u", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		CALL(ioctl(fd, MEDIA_IOC_DEVICE_INFO, &info));
		if (!strcmp(info.bus_info, m->bus))
			return fd;
		close(fd);
	}

	FAIL("no media device on %s", m->bus);
}

void m2m_close(struct m2m *m)
{
	m2m_unmap(&m->out);
	m2m_unmap(&m->cap);
	close(m->fd);
	m->fd = -1;
}

void m2m_format(struct m2m *m, struct m2m_queue *q, uint32_t fourcc,
		unsigned int width, unsigned int height)
{
	struct v4l2_format f = { .type = q->type };

	f.fmt.pix_mp.pixelformat = fourcc;
	f.fmt.pix_mp.width = width;
	f.fmt.pix_mp.height = height;
	CALL(ioctl(m->fd, VIDIOC_S_FMT, &f));
	CHECK_EQ(f.fmt.pix_mp.pixelformat, fourcc);
	CHECK(f.fmt.pix_mp.num_planes <= M2M_MAX_PLANES);
	q->fmt = f.fmt.pix_mp;
}

int m2m_try_reqbufs(struct m2m *m, struct m2m_queue *q, uint32_t memory,
		    unsigned int count)
{
	struct v4l2_requestbuffers req = {
		.type = q->type, .memory = memory, .count = count,
	};

	if (ioctl(m->fd, VIDIOC_REQBUFS, &req))
		return -1;

	q->memory = memory;
	q->bufs = req.count;
	return 0;
}

static void query(struct m2m *m, struct m2m_queue *q, unsigned int index)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = { 0 };
	struct v4l2_buffer b = {
		.type = q->type, .index = index, .memory = q->memory,
		.m.planes = planes, .length = VIDEO_MAX_PLANES,
	};
	struct m2m_plane *plane;
	unsigned int i;

	CALL(ioctl(m->fd, VIDIOC_QUERYBUF, &b));
	for (i = 0; i < q->fmt.num_planes; i++) {
		plane = &q->buf[index].plane[i];
		plane->size = q->fmt.plane_fmt[i].sizeimage;
		if (q->memory != V4L2_MEMORY_MMAP)
			continue;
		plane->map = mmap(NULL, planes[i].length, PROT_READ | PROT_WRITE,
				  MAP_SHARED, m->fd, planes[i].m.mem_offset);
		CHECK(plane->map != MAP_FAILED);
	}
}

void m2m_buffers(struct m2m *m, struct m2m_queue *q, uint32_t memory,
		 unsigned int count)
{
	unsigned int i;

	CALL(m2m_try_reqbufs(m, q, memory, count));
	CHECK(q->bufs >= count && q->bufs <= M2M_MAX_BUFS);
	for (i = 0; i < q->bufs; i++)
		query(m, q, i);
}

void m2m_unmap(struct m2m_queue *q)
{
	struct m2m_plane *plane;
	unsigned int i, p;

	for (i = 0; i < q->bufs; i++) {
		for (p = 0; p < M2M_MAX_PLANES; p++) {
			plane = &q->buf[i].plane[p];
			if (plane->map && q->memory == V4L2_MEMORY_MMAP)
				munmap(plane->map, plane->size);
			plane->map = NULL;
		}
	}
}

void m2m_stream(struct m2m *m, struct m2m_queue *q, bool on)
{
	CALL(ioctl(m->fd, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &q->type));
}

void m2m_queue_buf(struct m2m *m, struct m2m_queue *q, unsigned int index,
		   uint32_t flags, int request, uint32_t stamp)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = { 0 };
	struct v4l2_buffer b = {
		.type = q->type, .index = index, .memory = q->memory,
		.flags = flags, .field = V4L2_FIELD_NONE,
		.timestamp.tv_sec = stamp / 1000000,
		.timestamp.tv_usec = stamp % 1000000,
		.m.planes = planes, .length = q->fmt.num_planes,
	};
	unsigned int i;

	if (request >= 0) {
		b.flags |= V4L2_BUF_FLAG_REQUEST_FD;
		b.request_fd = request;
	}
	for (i = 0; i < q->fmt.num_planes; i++) {
		planes[i].bytesused = q->buf[index].plane[i].size;
		planes[i].length = q->buf[index].plane[i].size;
		if (q->memory == V4L2_MEMORY_DMABUF) {
			planes[i].m.fd = q->buf[index].import[i];
			planes[i].data_offset = q->buf[index].offset[i];
		}
	}
	CALL(ioctl(m->fd, VIDIOC_QBUF, &b));
}

int m2m_try_dequeue(struct m2m *m, struct m2m_queue *q, unsigned int ms,
		    struct v4l2_buffer *b)
{
	bool out = q->type == V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
	struct pollfd pfd = {
		.fd = m->fd,
		.events = out ? POLLOUT : POLLIN,
	};
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = { 0 };
	struct v4l2_buffer local;
	uint64_t end = now_ns() + ms * 1000000ull, now;
	int ret;

	if (!b)
		b = &local;
	for (;;) {
		memset(b, 0, sizeof(*b));
		b->type = q->type;
		b->memory = q->memory;
		b->m.planes = planes;
		b->length = VIDEO_MAX_PLANES;
		ret = ioctl(m->fd, VIDIOC_DQBUF, b);
		b->m.planes = NULL;
		now = now_ns();
		if (!ret || errno != EAGAIN || now >= end)
			return ret;
		pfd.revents = 0;
		poll(&pfd, 1, (end - now) / 1000000 + 1);
		if (pfd.revents & POLLERR)
			sleep_ms(1);
	}
}

unsigned int m2m_dequeue(struct m2m *m, struct m2m_queue *q,
			 struct v4l2_buffer *b)
{
	struct v4l2_buffer local;

	if (!b)
		b = &local;
	CALL(m2m_try_dequeue(m, q, 10000, b));
	return b->index;
}

int m2m_export(struct m2m *m, struct m2m_queue *q, unsigned int index,
	       unsigned int plane, int flags)
{
	struct v4l2_exportbuffer e = {
		.type = q->type, .index = index, .plane = plane,
		.flags = flags | O_CLOEXEC,
	};

	if (ioctl(m->fd, VIDIOC_EXPBUF, &e))
		return -1;
	return e.fd;
}
