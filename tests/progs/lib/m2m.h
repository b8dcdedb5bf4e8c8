/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A multi-planar V4L2 mem2mem device, seen as an application sees it
 */
#ifndef M2M_H
#define M2M_H

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define M2M_MAX_BUFS	32
#define M2M_MAX_PLANES	3
/* So many exports of a plane carry fences */
#define M2M_FENCED_EXPORTS	8

struct m2m_plane {
	size_t size;
	void *map;		/* MMAP, or where somebody has mapped the import */
};

struct m2m_buf {
	struct m2m_plane plane[M2M_MAX_PLANES];
	int import[M2M_MAX_PLANES];	/* DMABUF only */
	uint32_t offset[M2M_MAX_PLANES];	/* of the data in it */
};

struct m2m_queue {
	uint32_t type;
	uint32_t memory;
	struct v4l2_pix_format_mplane fmt;
	unsigned int bufs;
	struct m2m_buf buf[M2M_MAX_BUFS];
};

struct m2m {
	int fd;
	char bus[32];
	struct m2m_queue out, cap;
};

/*
 * Opens the first node of @driver that takes @out_fourcc on its OUTPUT queue and
 * whose card is among the words of @cards, if that is not NULL. Skips the test
 * where there is none.
 */
void m2m_open(struct m2m *m, const char *driver, const char *cards,
	      uint32_t out_fourcc);
/* The media device on the same bus as @m */
int m2m_open_media(const struct m2m *m);
void m2m_close(struct m2m *m);

void m2m_format(struct m2m *m, struct m2m_queue *q, uint32_t fourcc,
		unsigned int width, unsigned int height);
/* Returns what VIDIOC_REQBUFS does, without a check */
int m2m_try_reqbufs(struct m2m *m, struct m2m_queue *q, uint32_t memory,
		    unsigned int count);
/* Buffers, and mappings of them if @memory is MMAP */
void m2m_buffers(struct m2m *m, struct m2m_queue *q, uint32_t memory,
		 unsigned int count);
void m2m_unmap(struct m2m_queue *q);
void m2m_stream(struct m2m *m, struct m2m_queue *q, bool on);

/* @request: a request, or -1. @stamp becomes the buffer's time stamp. */
void m2m_queue_buf(struct m2m *m, struct m2m_queue *q, unsigned int index,
		   uint32_t flags, int request, uint32_t stamp);
/* The buffer that came back; @b may be NULL */
unsigned int m2m_dequeue(struct m2m *m, struct m2m_queue *q,
			 struct v4l2_buffer *b);
/* Returns -1 with errno, EAGAIN when none came in time */
int m2m_try_dequeue(struct m2m *m, struct m2m_queue *q, unsigned int ms,
		    struct v4l2_buffer *b);

/* A new file descriptor of one plane; @flags are O_RDONLY and so on */
int m2m_export(struct m2m *m, struct m2m_queue *q, unsigned int index,
	       unsigned int plane, int flags);

#endif
