// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer in the kernel: vkms shows a frame of the rga while the job that
 * writes it still runs. The commit has to wait for the fence; the CRC of what was
 * shown says whether it did. Without release fences the old frame is shown.
 */

#include <drm/drm.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_mode.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "board.h"
#include "harness.h"
#include "kinds.h"

/* Words, as pixels: unlike each other in each of the colours */
#define OLD		0x11a05030u
#define NEW		0x22407090u
#define OTHER		0x3308c0f0u

#define MAX_CARDS	8
#define REFRESH_HZ	10
#define HELD_MS		500
#define FLIP_MS		5000

enum { BUF_OLD, BUF_NEW, BUF_OTHER, BUF_JOB, BUFS };

static const struct kind *const shown_kinds[] = { &kind_rga, &kind_rga_1080p, &kind_rga3, NULL };

struct screen {
	int fd;
	unsigned int card;
	uint32_t connector, crtc, plane, mode;
	uint32_t fb[BUFS];
	int crc;
};

static bool is_vkms(int fd)
{
	char name[16] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

	return !ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "vkms");
}

static void open_card(struct screen *s)
{
	struct drm_set_client_cap atomic = { DRM_CLIENT_CAP_ATOMIC, 1 };
	char path[32];

	for (s->card = 0; s->card < MAX_CARDS; s->card++) {
		snprintf(path, sizeof(path), "/dev/dri/card%u", s->card);
		s->fd = open(path, O_RDWR | O_CLOEXEC);
		if (s->fd >= 0 && is_vkms(s->fd)) {
			CALL(ioctl(s->fd, DRM_IOCTL_SET_CLIENT_CAP, &atomic));
			return;
		}
		close(s->fd);
	}

	SKIP("no vkms");
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

/* Slow enough for an emulator */
static void make_mode(struct screen *s, unsigned int width, unsigned int height)
{
	struct drm_mode_modeinfo mode = {
		.hdisplay = width, .hsync_start = width + 16,
		.hsync_end = width + 32, .htotal = width + 64,
		.vdisplay = height, .vsync_start = height + 4,
		.vsync_end = height + 8, .vtotal = height + 16,
		.vrefresh = REFRESH_HZ, .name = "test",
	};
	struct drm_mode_create_blob blob = {
		.data = (uintptr_t)&mode, .length = sizeof(mode),
	};

	mode.clock = mode.htotal * mode.vtotal * REFRESH_HZ / 1000;
	CALL(ioctl(s->fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &blob));
	s->mode = blob.blob_id;
}

/* A framebuffer out of a capture buffer, as a compositor makes it */
static uint32_t make_fb(struct screen *s, struct job_dev *d, unsigned int index)
{
	struct drm_prime_handle prime = {
		.fd = CALL(m2m_export(&d->m, &d->m.cap, index, 0, O_RDWR)),
	};
	struct drm_mode_fb_cmd2 fb = {
		.width = d->m.cap.fmt.width, .height = d->m.cap.fmt.height,
		.pixel_format = DRM_FORMAT_XRGB8888,
		.pitches[0] = d->m.cap.fmt.plane_fmt[0].bytesperline,
	};

	CALL(ioctl(s->fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));
	close(prime.fd);
	fb.handles[0] = prime.handle;
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

static void switch_on(struct screen *s, struct job_dev *d)
{
	uint64_t width = d->m.cap.fmt.width, height = d->m.cap.fmt.height;
	struct request r = { 0 };

	add_object(&r, s->connector);
	add(s, &r, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", s->crtc);
	add_object(&r, s->crtc);
	add(s, &r, DRM_MODE_OBJECT_CRTC, "MODE_ID", s->mode);
	add(s, &r, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
	add_object(&r, s->plane);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "FB_ID", s->fb[BUF_OTHER]);
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

/* Does not wait; the event says when the frame is shown */
static void flip(struct screen *s, unsigned int index)
{
	struct request r = { 0 };

	add_object(&r, s->plane);
	add(s, &r, DRM_MODE_OBJECT_PLANE, "FB_ID", s->fb[index]);
	commit(s, &r, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT);
}

static bool flipped(struct screen *s, unsigned int ms)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };
	char event[256];

	if (CALL(poll(&pfd, 1, ms)) != 1)
		return false;
	CALL(read(s->fd, event, sizeof(event)));
	return true;
}

static void open_crc(struct screen *s)
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

static uint32_t frame_number(struct screen *s)
{
	union drm_wait_vblank wait = { .request.type = _DRM_VBLANK_RELATIVE };

	CALL(ioctl(s->fd, DRM_IOCTL_WAIT_VBLANK, &wait));
	return wait.reply.sequence;
}

/* Of a frame that is composed after this call; vkms may be some frames behind */
static uint32_t read_crc(struct screen *s)
{
	uint32_t now = frame_number(s), frame, crc;
	char line[64];
	ssize_t len;

	do {
		len = CALL(read(s->crc, line, sizeof(line) - 1));
		line[len] = 0;
		CHECK_EQ(sscanf(line, "%x %x", &frame, &crc), 2);
	} while ((int32_t)(frame - now) < 2);

	return crc;
}

static uint32_t show(struct screen *s, unsigned int index)
{
	flip(s, index);
	CHECK(flipped(s, FLIP_MS));
	return read_crc(s);
}

static void open_screen(struct screen *s, struct job_dev *d)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	open_card(s);
	find_pipe(s);
	make_mode(s, d->m.cap.fmt.width, d->m.cap.fmt.height);
	for (i = 0; i < BUFS; i++)
		s->fb[i] = make_fb(s, d, i);
	switch_on(s, d);
	open_crc(s);
}

static const char *name_of(uint32_t crc, const uint32_t *known)
{
	return crc == known[BUF_OLD] ? "old frame" : crc == known[BUF_NEW] ? "new frame" :
	       crc == known[BUF_OTHER] ? "frame before" : "strange frame";
}

TEST_KINDS(shown_when_finished, 90, shown_kinds)
{
	static const uint32_t stamps[BUFS] = { OLD, NEW, OTHER, OLD };
	uint32_t crc[BUFS], held, shown;
	struct job_dev d;
	struct screen s;
	unsigned int i;
	bool early;

	board_need(kind->model);
	job_open_mmap(&d, kind, BUFS);
	for (i = 0; i < BUFS; i++)
		job_run(&d, i, stamps[i]);
	open_screen(&s, &d);
	for (i = 0; i <= BUF_OTHER; i++)
		crc[i] = show(&s, i);
	CHECK(crc[BUF_OLD] != crc[BUF_NEW] && crc[BUF_OLD] != crc[BUF_OTHER] &&
	      crc[BUF_NEW] != crc[BUF_OTHER]);

	job_pause(&d);
	job_queue_cap(&d, BUF_JOB);
	job_queue_out(&d, 0, NEW);
	job_wait_running(&d);

	/* The job is not done, the frame is to be shown */
	flip(&s, BUF_JOB);
	early = flipped(&s, HELD_MS);
	held = read_crc(&s);
	job_go(&d);
	CHECK_EQ(m2m_dequeue(&d.m, &d.m.cap, NULL), BUF_JOB);
	if (!early)
		CHECK(flipped(&s, FLIP_MS));
	shown = read_crc(&s);

	note("%s on vkms while the job runs: %s, CRC %08x (%s); after it: CRC %08x (%s)",
	     kind->name, early ? "flipped at once" : "the flip waits",
	     held, name_of(held, crc), shown, name_of(shown, crc));
	CHECK_EQ(early, !expect_fences());
	CHECK_EQ(held, crc[expect_fences() ? BUF_OTHER : BUF_OLD]);
	CHECK_EQ(shown, crc[BUF_NEW]);
	job_close(&d);
}
