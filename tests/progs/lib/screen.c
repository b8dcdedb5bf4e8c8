// SPDX-License-Identifier: GPL-2.0-only
/*
 * vkms, seen as a compositor sees it: frames of a capture queue on a screen
 */

#include <drm/drm.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_mode.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dmabuf.h"
#include "harness.h"
#include "screen.h"

static void open_card(struct screen *s)
{
	struct drm_set_client_cap atomic = { DRM_CLIENT_CAP_ATOMIC, 1 };

	s->fd = drm_open("vkms", &s->card);
	CALL(ioctl(s->fd, DRM_IOCTL_SET_CLIENT_CAP, &atomic));
}

static uint64_t property(struct screen *s, uint32_t object, uint32_t type,
			 const char *name, uint32_t *id)
{
	uint32_t ids[64];
	uint64_t values[64];
	struct drm_mode_obj_get_properties get = {
		.props_ptr = (uintptr_t)ids, .prop_values_ptr = (uintptr_t)values,
		.count_props = 64, .obj_id = object, .obj_type = type,
	};
	unsigned int i;

	CALL(ioctl(s->fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get));
	for (i = 0; i < get.count_props; i++) {
		struct drm_mode_get_property prop = { .prop_id = ids[i] };

		CALL(ioctl(s->fd, DRM_IOCTL_MODE_GETPROPERTY, &prop));
		if (strcmp(prop.name, name))
			continue;
		*id = ids[i];
		return values[i];
	}

	FAIL("object %u has no property %s", object, name);
}

static void find_pipe(struct screen *s)
{
	uint32_t planes[16], id;
	struct drm_mode_card_res res = {
		.connector_id_ptr = (uintptr_t)&s->connector, .count_connectors = 1,
		.crtc_id_ptr = (uintptr_t)&s->crtc, .count_crtcs = 1,
	};
	struct drm_mode_get_plane_res plane_res = {
		.plane_id_ptr = (uintptr_t)planes, .count_planes = 16,
	};
	unsigned int i;

	CALL(ioctl(s->fd, DRM_IOCTL_MODE_GETRESOURCES, &res));
	CHECK(s->connector && s->crtc);
	CALL(ioctl(s->fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &plane_res));
	for (i = 0; i < plane_res.count_planes && i < 16; i++) {
		s->plane = planes[i];
		/* 1 is a primary plane */
		if (property(s, planes[i], DRM_MODE_OBJECT_PLANE, "type", &id) == 1)
			return;
	}

	FAIL("no primary plane");
}

static void make_mode(struct screen *s)
{
	unsigned int width = s->width, height = s->height;
	struct drm_mode_modeinfo mode = {
		.hdisplay = width, .hsync_start = width + 16,
		.hsync_end = width + 32, .htotal = width + 64,
		.vdisplay = height, .vsync_start = height + 4,
		.vsync_end = height + 8, .vtotal = height + 16,
		.vrefresh = s->hz, .name = "test",
	};
	struct drm_mode_create_blob blob = {
		.data = (uintptr_t)&mode, .length = sizeof(mode),
	};

	mode.clock = mode.htotal * mode.vtotal * s->hz / 1000;
	CALL(ioctl(s->fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &blob));
	s->mode = blob.blob_id;
}

/* The size in pixels: words of 32 bit, unless it is shown as what it is */
static void measure(struct screen *s, const struct v4l2_pix_format_mplane *fmt)
{
	s->planes = fmt->num_planes;
	s->width = fmt->width;
	s->height = fmt->height;
	if (s->planes > 1)
		return;
	s->width = fmt->plane_fmt[0].bytesperline / 4;
	if (fmt->pixelformat == V4L2_PIX_FMT_NV12)
		s->height = s->height * 3 / 2;
}

/* A framebuffer out of a capture buffer, as a compositor makes it */
static uint32_t make_fb(struct screen *s, struct job_dev *d, unsigned int index)
{
	struct drm_mode_fb_cmd2 fb = {
		.width = s->width, .height = s->height,
		.pixel_format = s->planes > 1 ? DRM_FORMAT_NV12 : DRM_FORMAT_XRGB8888,
	};
	struct drm_prime_handle prime;
	unsigned int p;

	for (p = 0; p < s->planes; p++) {
		s->dmabuf[index][p] = job_dmabuf(d, index, p);
		prime = (struct drm_prime_handle){ .fd = s->dmabuf[index][p] };
		CALL(ioctl(s->fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));
		fb.handles[p] = prime.handle;
		fb.pitches[p] = d->m.cap.fmt.plane_fmt[p].bytesperline;
	}
	CALL(ioctl(s->fd, DRM_IOCTL_MODE_ADDFB2, &fb));

	return fb.fb_id;
}

struct request {
	uint32_t object[3], count[3], prop[16];
	uint64_t value[16];
	unsigned int objects, props;
};

static void add_object(struct request *r, uint32_t object)
{
	r->object[r->objects++] = object;
}

static void add(struct screen *s, struct request *r, uint32_t type,
		const char *name, uint64_t value)
{
	property(s, r->object[r->objects - 1], type, name, &r->prop[r->props]);
	r->value[r->props++] = value;
	r->count[r->objects - 1]++;
}

static void commit(struct screen *s, struct request *r, uint32_t flags)
{
	struct drm_mode_atomic atomic = {
		.flags = flags, .count_objs = r->objects,
		.objs_ptr = (uintptr_t)r->object,
		.count_props_ptr = (uintptr_t)r->count,
		.props_ptr = (uintptr_t)r->prop,
		.prop_values_ptr = (uintptr_t)r->value,
	};

	CALL(ioctl(s->fd, DRM_IOCTL_MODE_ATOMIC, &atomic));
}

static void switch_on(struct screen *s, unsigned int first)
{
	uint64_t width = s->width, height = s->height;
	struct request r = { 0 };

	add_object(&r, s->connector);
	add(s, &r, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", s->crtc);
	add_object(&r, s->crtc);
	add(s, &r, DRM_MODE_OBJECT_CRTC, "MODE_ID", s->mode);
	add(s, &r, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
	add_object(&r, s->plane);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "FB_ID", s->fb[first]);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "CRTC_ID", s->crtc);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "SRC_X", 0);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "SRC_Y", 0);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "SRC_W", width << 16);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "SRC_H", height << 16);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "CRTC_X", 0);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "CRTC_Y", 0);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "CRTC_W", width);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "CRTC_H", height);
	commit(s, &r, DRM_MODE_ATOMIC_ALLOW_MODESET);
}

void screen_flip(struct screen *s, unsigned int index)
{
	struct request r = { 0 };

	add_object(&r, s->plane);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "FB_ID", s->fb[index]);
	commit(s, &r, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT);
}

bool screen_flipped(struct screen *s, unsigned int ms)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };
	char event[256];

	if (CALL(poll(&pfd, 1, ms)) != 1)
		return false;
	CALL(read(s->fd, event, sizeof(event)));
	return true;
}

void screen_open(struct screen *s, struct job_dev *d, unsigned int bufs,
		 unsigned int first, unsigned int hz)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->hz = hz;
	s->crc = -1;
	open_card(s);
	find_pipe(s);
	measure(s, &d->m.cap.fmt);
	make_mode(s);
	CHECK(bufs <= SCREEN_MAX_BUFS);
	s->bufs = bufs;
	for (i = 0; i < bufs; i++)
		s->fb[i] = make_fb(s, d, i);
	switch_on(s, first);
}

void screen_close(struct screen *s)
{
	unsigned int i, p;

	for (i = 0; i < s->bufs; i++)
		for (p = 0; p < s->planes; p++)
			close(s->dmabuf[i][p]);
	if (s->crc >= 0)
		close(s->crc);
	close(s->fd);
}

void screen_open_crc(struct screen *s)
{
	char path[80];
	int control;

	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/crtc-0/crc/control", s->card);
	control = open(path, O_WRONLY);
	if (control < 0)
		SKIP("no CRC of what is shown: %s", strerror(errno));
	CHECK_EQ(write(control, "auto", 4), 4);
	close(control);
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/crtc-0/crc/data", s->card);
	s->crc = CALL(open(path, O_RDONLY));
}

static uint32_t read_crc(struct screen *s, uint32_t *frame)
{
	char line[64];
	ssize_t len;
	uint32_t crc;

	len = CALL(read(s->crc, line, sizeof(line) - 1));
	line[len] = 0;
	CHECK_EQ(sscanf(line, "%x %x", frame, &crc), 2);
	return crc;
}

uint32_t screen_next_crc(struct screen *s)
{
	uint32_t frame;

	return read_crc(s, &frame);
}

/* vkms may be some frames behind */
uint32_t screen_crc(struct screen *s)
{
	union drm_wait_vblank wait = { .request.type = _DRM_VBLANK_RELATIVE };
	uint32_t frame, crc;

	CALL(ioctl(s->fd, DRM_IOCTL_WAIT_VBLANK, &wait));
	do {
		crc = read_crc(s, &frame);
	} while ((int32_t)(frame - wait.reply.sequence) < 2);

	return crc;
}
