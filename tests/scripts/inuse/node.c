// SPDX-License-Identifier: GPL-2.0-only
/*
 * For record.t: plays a V4L2 node, preloaded behind inuse.so. The player says in
 * the reserved fields what it wants to get. A queue has 100 buffers. As in the C
 * library, a call that succeeds does not touch errno.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

static int export_buffer(struct v4l2_exportbuffer *exp)
{
	exp->fd = dup(exp->reserved[0]);
	return exp->fd < 0 ? -1 : 0;
}

static int queue_buffer(const struct v4l2_buffer *buf)
{
	if (buf->index < 100)
		return 0;
	errno = EINVAL;
	return -1;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	switch (request) {
	case VIDIOC_EXPBUF:
		return export_buffer(arg);
	case VIDIOC_QBUF:
		return queue_buffer(arg);
	case VIDIOC_REQBUFS:
		return 0;
	case VIDIOC_CREATE_BUFS:
		((struct v4l2_create_buffers *)arg)->index =
			((struct v4l2_create_buffers *)arg)->reserved[0];
		return 0;
	default:
		return syscall(SYS_ioctl, fd, request, arg);
	}
}
