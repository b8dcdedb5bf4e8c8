/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of job that the tests run, each on a device of its own
 */
#ifndef JOBS_H
#define JOBS_H

#include <fcntl.h>

#include "m2m.h"

struct job_dev;

struct kind {
	const char *name;
	const char *driver;
	const char *cards;		/* names of the hardware, NULL: any */
	const char *model;		/* its name among the models */
	const char *only_with;		/* in the environment; NULL: always */
	uint32_t out_fourcc, cap_fourcc;
	unsigned int width, height;
	unsigned int cap_width, cap_height;	/* 0: the same */
	bool requests;			/* stateless decoder */
	bool encoder;
	bool import;			/* capture buffers of the CMA heap */
	/* Sets the controls of one frame or field, in a request */
	void (*controls)(struct job_dev *d, int request, unsigned int parity);
};

/* All that publish release fences, on buffers of their own; ends with NULL */
extern const struct kind *const all_kinds[];
/* Those that write into buffers of others as well, a codec or two for each driver */
extern const struct kind *const every_kind[];
extern const struct kind kind_rga_import, kind_mpeg2_import, kind_h264_import;
extern const struct kind kind_rga, kind_rga_nv12m, kind_mpeg2, kind_h264;
/* The same, where vkms can show it */
extern const struct kind kind_rga_nv12m_shown;
/* Large and scaled, as a video player has it */
extern const struct kind kind_rga_1080p;
/* The newer hardware of the same driver */
extern const struct kind kind_rga3, kind_rga3_nv12m;
/* The other decoder of the RK3399, with H.264 if the name says no more */
extern const struct kind kind_rkvdec, kind_rkvdec_import;
extern const struct kind kind_rkvdec_hevc, kind_rkvdec_vp9;
/* Those that did not opt in: an encoder of hantro, a driver of software */
extern const struct kind kind_jpeg, kind_vim2m;

enum { FRAME, TOP, BOTTOM };

struct job_dev {
	const struct kind *kind;
	struct m2m m;
	int media;
	int request[M2M_MAX_BUFS];
	unsigned int slices;		/* of a HEVC frame, at most 8 */
	unsigned long started;
};

/* A device with formats set, knobs in their places, but no buffers yet */
void job_open(struct job_dev *d, const struct kind *kind);
/* Buffers in both queues, MMAP for OUTPUT, and streaming */
void job_start(struct job_dev *d, uint32_t cap_memory, unsigned int bufs);
void job_open_mmap(struct job_dev *d, const struct kind *kind, unsigned int bufs);
/* With the capture buffers that the kind has: its own, or imported and mapped */
void job_open_bufs(struct job_dev *d, const struct kind *kind, unsigned int bufs);
/* Another dma-buf for the import, whose reservation nobody has used yet */
void job_import_anew(struct job_dev *d, unsigned int index);
/* A file descriptor of the dma-buf of a plane: exported, or that of the import */
int job_dmabuf(struct job_dev *d, unsigned int index, unsigned int plane);
void job_close(struct job_dev *d);

void job_queue_cap(struct job_dev *d, unsigned int index);
/* A source whose job writes @stamp all over the capture buffer */
void job_queue_out(struct job_dev *d, unsigned int index, uint32_t stamp);
/*
 * The same for one field; @hold keeps the capture buffer for the next, which
 * has to have the same @time
 */
void job_queue_field(struct job_dev *d, unsigned int index, uint32_t stamp,
		     uint32_t time, unsigned int parity, bool hold);
/* Takes the source back, so that it can be queued again */
unsigned int job_dequeue_out(struct job_dev *d);
/* After STREAMOFF: all requests can be used again */
void job_reinit(struct job_dev *d);
/* One job from begin to end */
void job_run(struct job_dev *d, unsigned int index, uint32_t stamp);

/* The hardware holds the next job until job_go(); skips without knobs */
void job_pause(struct job_dev *d);
/* Waits until the hardware has begun a job since job_pause() */
void job_wait_running(struct job_dev *d);
void job_go(struct job_dev *d);

/* A job that the hardware has begun, and holds until job_end(); skips without knobs */
void job_begin(struct job_dev *d, unsigned int index, uint32_t stamp);
/* Takes both of its buffers back */
void job_end(struct job_dev *d, unsigned int index);

/* Whether all planes of a mapped capture buffer hold nothing but @stamp */
bool job_content(struct job_dev *d, unsigned int index, uint32_t stamp);
/* The first word of a mapped capture buffer */
uint32_t job_word(struct job_dev *d, unsigned int index);

#endif
