// SPDX-License-Identifier: GPL-2.0-only
/*
 * A player whose frames a GPU reads: pictures that change while they are read
 *
 * The player has the habits of FFmpeg and of a compositor such as wlroots. A buffer
 * is given back when the next frame is handed over, although the GPU may still read
 * it, and the buffer that was given back last is decoded into next. The GPU puts a
 * read fence on each picture before it is handed over, reads it slowly, in the order
 * of hand-over, and signals the fence.
 */

#define _GNU_SOURCE
#include <drm/drm.h>
#include <drm/vgem_drm.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"
#include "knobs.h"
#include "swsync.h"
#include "sync.h"

#define BUFS		3
#define FRAMES		300
#define JOB_US		1000
#define LOOKS		8
#define LOOK_US		1000
#define WAIT_MS		8000
/* The GPU is this many frames behind at most, as with two buffers of its own */
#define BEHIND		2

static const struct kind *const kinds[] = { &kind_rga, &kind_mpeg2, NULL };
static const struct kind *const read_by_vgem[] = { &kind_rga, &kind_mpeg2_import, NULL };

struct picture {
	unsigned int index;
	uint32_t stamp;
	uint32_t fence;		/* of vgem, or the point on the timeline */
};

struct gpu {
	struct job_dev *d;
	int vgem;		/* -1: fences of sw_sync */
	int timeline;
	int dmabuf[BUFS];
	uint32_t handle[BUFS];
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	struct picture picture[BEHIND + 1];
	unsigned int submitted, read, changed;
	bool end;
};

static void signal_picture(struct gpu *g, const struct picture *p)
{
	struct drm_vgem_fence_signal arg = { .fence = p->fence };

	if (g->vgem < 0)
		sw_sync_inc(g->timeline);
	else
		CALL(ioctl(g->vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &arg));
}

/* Its first line, its last word: a job changes all of them */
static bool is_picture(struct gpu *g, const struct picture *p)
{
	const uint32_t *word = g->d->m.cap.buf[p->index].plane[0].map;
	unsigned int i, words = g->d->m.cap.fmt.plane_fmt[0].bytesperline / sizeof(*word);
	unsigned int last = words * g->d->m.cap.fmt.height - 1;

	for (i = 0; i < words; i++)
		if (word[i] != p->stamp)
			return false;
	return word[last] == p->stamp;
}

/* Each look takes a moment, so that a job has the time to change the picture */
static bool read_picture(struct gpu *g, const struct picture *p)
{
	bool same = true;
	unsigned int i;

	for (i = 0; i < LOOKS; i++) {
		same &= is_picture(g, p);
		usleep(LOOK_US);
	}
	return same & is_picture(g, p);
}

static void *read_pictures(void *data)
{
	struct gpu *g = data;
	struct picture p;
	bool same;

	pthread_mutex_lock(&g->lock);
	for (;;) {
		while (g->read == g->submitted && !g->end)
			pthread_cond_wait(&g->cond, &g->lock);
		if (g->read == g->submitted)
			break;
		p = g->picture[g->read % (BEHIND + 1)];
		pthread_mutex_unlock(&g->lock);
		same = read_picture(g, &p);
		signal_picture(g, &p);
		pthread_mutex_lock(&g->lock);
		g->changed += !same;
		g->read++;
		pthread_cond_broadcast(&g->cond);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

static uint32_t put_fence(struct gpu *g, unsigned int index)
{
	struct drm_vgem_fence_attach attach;
	uint32_t point = g->submitted + 1;
	int fence;

	if (g->vgem >= 0) {
		attach = (struct drm_vgem_fence_attach){ .handle = g->handle[index] };
		CALL(ioctl(g->vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach));
		return attach.out_fence;
	}
	fence = sw_sync_fence(g->timeline, point);
	dmabuf_put_sync_file(g->dmabuf[index], DMA_BUF_SYNC_READ, fence);
	close(fence);
	return point;
}

static void submit(struct gpu *g, unsigned int index, uint32_t stamp)
{
	struct picture p = { .index = index, .stamp = stamp };

	pthread_mutex_lock(&g->lock);
	while (g->submitted - g->read >= BEHIND)
		pthread_cond_wait(&g->cond, &g->lock);
	p.fence = put_fence(g, index);
	g->picture[g->submitted++ % (BEHIND + 1)] = p;
	pthread_cond_broadcast(&g->cond);
	pthread_mutex_unlock(&g->lock);
}

static void open_gpu(struct gpu *g, struct job_dev *d, bool vgem)
{
	unsigned int i;

	memset(g, 0, sizeof(*g));
	g->d = d;
	g->vgem = vgem ? drm_open("vgem", NULL) : -1;
	g->timeline = vgem ? -1 : sw_sync_open();
	for (i = 0; i < BUFS; i++) {
		struct drm_prime_handle prime;

		g->dmabuf[i] = job_dmabuf(d, i, 0);
		prime = (struct drm_prime_handle){ .fd = g->dmabuf[i] };
		if (vgem)
			CALL(ioctl(g->vgem, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));
		g->handle[i] = prime.handle;
	}
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->cond, NULL);
	CHECK(!pthread_create(&g->thread, NULL, read_pictures, g));
}

static void close_gpu(struct gpu *g)
{
	unsigned int i;

	pthread_mutex_lock(&g->lock);
	g->end = true;
	pthread_cond_broadcast(&g->cond);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	for (i = 0; i < BUFS; i++)
		close(g->dmabuf[i]);
	close(g->vgem < 0 ? g->timeline : g->vgem);
}

struct played {
	unsigned int changed;
	double fps, blocked_ms, switches;
};

/* A stack of buffers: what came back last is used next */
static struct played play(const struct kind *kind, bool vgem, bool careful)
{
	unsigned int free[BUFS] = { 0, 1, 2 }, frees = BUFS, i, index;
	uint64_t begun, blocked = 0, from;
	struct rusage before, after;
	int last = -1;
	struct played played;
	struct job_dev d;
	struct gpu g;

	job_open_bufs(&d, kind, BUFS);
	if (knob_has(kind->model))
		knob_set(kind->model, "delay_us", JOB_US);
	open_gpu(&g, &d, vgem);
	CALL(getrusage(RUSAGE_THREAD, &before));
	begun = now_ns();
	for (i = 0; i < FRAMES; i++) {
		index = free[--frees];
		from = now_ns();
		if (careful)
			CHECK(dmabuf_poll(g.dmabuf[index], POLLOUT, WAIT_MS));
		blocked += now_ns() - from;
		job_run(&d, index, i + 1);
		submit(&g, index, i + 1);
		if (last >= 0)
			free[frees++] = last;
		last = index;
	}
	played.fps = FRAMES * 1e9 / (now_ns() - begun);
	CALL(getrusage(RUSAGE_THREAD, &after));
	close_gpu(&g);
	played.changed = g.changed;
	played.blocked_ms = blocked / 1e6;
	played.switches = (double)(after.ru_nvcsw - before.ru_nvcsw) / FRAMES;
	job_close(&d);
	return played;
}

static void tell(const struct kind *kind, const char *fences, const char *how,
		 const struct played *p)
{
	figure(FRAMES, "pictures", "%s.%s.%s.read", kind->name, fences, how);
	figure(p->changed, "pictures", "%s.%s.%s.changed", kind->name, fences, how);
	figure(p->fps, "a-second", "%s.%s.%s.frames", kind->name, fences, how);
	figure(p->blocked_ms, "ms", "%s.%s.%s.blocked", kind->name, fences, how);
	figure(p->switches, "a-frame", "%s.%s.%s.wake-ups", kind->name, fences, how);
}

static void compare(const struct kind *kind, bool vgem)
{
	const char *fences = vgem ? "vgem" : "sw_sync";
	bool waits = waits_are_enabled();
	struct played p;

	knob_need(kind->model);
	p = play(kind, vgem, false);
	tell(kind, fences, waits ? "wait" : "no-wait", &p);
	CHECK_EQ(p.changed > 0, !waits);

	if (waits) {
		waits_enable(false);
		p = play(kind, vgem, false);
		tell(kind, fences, "wait-off", &p);
		CHECK(p.changed > 0);
	}
	p = play(kind, vgem, true);
	tell(kind, fences, "poll", &p);
	CHECK_EQ(p.changed, 0);
	if (waits)
		waits_enable(true);
}

TEST_KINDS(reads_what_was_given_back, 300, kinds)
{
	compare(kind, false);
}

/* A driver that others wrote; its fences time out after ten seconds */
TEST_KINDS(vgem_reads, 300, read_by_vgem)
{
	compare(kind, true);
}
