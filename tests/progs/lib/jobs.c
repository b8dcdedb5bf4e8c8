// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of job that the tests run
 */

#include <linux/media.h>
#include <linux/v4l2-controls.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "knobs.h"
#include "dmabuf.h"
#include "harness.h"
#include "jobs.h"

#define WIDTH	128
#define HEIGHT	64
#define PAGE	4096
#define MAX_SLICES	8

static void set_controls(struct job_dev *d, int request,
			 struct v4l2_ext_control *control, unsigned int count)
{
	struct v4l2_ext_controls controls = {
		.which = request < 0 ? V4L2_CTRL_WHICH_CUR_VAL : V4L2_CTRL_WHICH_REQUEST_VAL,
		.request_fd = request < 0 ? 0 : request,
		.controls = control, .count = count,
	};

	CALL(ioctl(d->m.fd, VIDIOC_S_EXT_CTRLS, &controls));
}

static void mpeg2_controls(struct job_dev *d, int request, unsigned int parity)
{
	struct v4l2_ctrl_mpeg2_sequence seq = {
		.horizontal_size = d->kind->width,
		.vertical_size = d->kind->height,
		.chroma_format = 1,
		.flags = parity == FRAME ? V4L2_MPEG2_SEQ_FLAG_PROGRESSIVE : 0,
	};
	struct v4l2_ctrl_mpeg2_picture pic = {
		.picture_coding_type = V4L2_MPEG2_PIC_CODING_TYPE_I,
		.picture_structure = parity == FRAME ? V4L2_MPEG2_PIC_FRAME :
				     parity == TOP ? V4L2_MPEG2_PIC_TOP_FIELD :
				     V4L2_MPEG2_PIC_BOTTOM_FIELD,
		.f_code = { { 15, 15 }, { 15, 15 } },
	};
	struct v4l2_ext_control control[] = {
		{ .id = V4L2_CID_STATELESS_MPEG2_SEQUENCE,
		  .size = sizeof(seq), .ptr = &seq },
		{ .id = V4L2_CID_STATELESS_MPEG2_PICTURE,
		  .size = sizeof(pic), .ptr = &pic },
	};

	set_controls(d, request, control, 2);
}

static void h264_controls(struct job_dev *d, int request, unsigned int parity)
{
	struct v4l2_ctrl_h264_sps sps = {
		.profile_idc = 77,
		.level_idc = 31,
		.chroma_format_idc = 1,
		.max_num_ref_frames = 1,
		.pic_width_in_mbs_minus1 = d->kind->width / 16 - 1,
		.pic_height_in_map_units_minus1 =
			d->kind->height / (parity == FRAME ? 16 : 32) - 1,
		.flags = V4L2_H264_SPS_FLAG_DIRECT_8X8_INFERENCE |
			 (parity == FRAME ? V4L2_H264_SPS_FLAG_FRAME_MBS_ONLY : 0),
	};
	struct v4l2_ctrl_h264_pps pps = { 0 };
	struct v4l2_ctrl_h264_scaling_matrix matrix = { 0 };
	struct v4l2_ctrl_h264_decode_params params = {
		.nal_ref_idc = 1,
		.flags = (parity == BOTTOM ? 0 : V4L2_H264_DECODE_PARAM_FLAG_IDR_PIC) |
			 (parity == FRAME ? 0 : V4L2_H264_DECODE_PARAM_FLAG_FIELD_PIC) |
			 (parity == BOTTOM ? V4L2_H264_DECODE_PARAM_FLAG_BOTTOM_FIELD : 0),
	};
	struct v4l2_ext_control control[] = {
		{ .id = V4L2_CID_STATELESS_H264_SPS, .size = sizeof(sps), .ptr = &sps },
		{ .id = V4L2_CID_STATELESS_H264_PPS, .size = sizeof(pps), .ptr = &pps },
		{ .id = V4L2_CID_STATELESS_H264_SCALING_MATRIX,
		  .size = sizeof(matrix), .ptr = &matrix },
		{ .id = V4L2_CID_STATELESS_H264_DECODE_PARAMS,
		  .size = sizeof(params), .ptr = &params },
	};

	set_controls(d, request, control, 4);
}

static void vp9_controls(struct job_dev *d, int request, unsigned int parity)
{
	struct v4l2_ctrl_vp9_frame frame = {
		.bit_depth = 8,
		.frame_width_minus_1 = d->kind->width - 1,
		.frame_height_minus_1 = d->kind->height - 1,
		.flags = V4L2_VP9_FRAME_FLAG_KEY_FRAME | V4L2_VP9_FRAME_FLAG_SHOW_FRAME |
			 V4L2_VP9_FRAME_FLAG_X_SUBSAMPLING |
			 V4L2_VP9_FRAME_FLAG_Y_SUBSAMPLING,
	};
	struct v4l2_ctrl_vp9_compressed_hdr header = { 0 };
	struct v4l2_ext_control control[] = {
		{ .id = V4L2_CID_STATELESS_VP9_FRAME,
		  .size = sizeof(frame), .ptr = &frame },
		{ .id = V4L2_CID_STATELESS_VP9_COMPRESSED_HDR,
		  .size = sizeof(header), .ptr = &header },
	};

	(void)parity;
	set_controls(d, request, control, 2);
}

static void hevc_controls(struct job_dev *d, int request, unsigned int parity)
{
	struct v4l2_ctrl_hevc_sps sps = {
		.pic_width_in_luma_samples = d->kind->width,
		.pic_height_in_luma_samples = d->kind->height,
		.chroma_format_idc = 1,
		.log2_diff_max_min_luma_coding_block_size = 2,
	};
	struct v4l2_ctrl_hevc_pps pps = { 0 };
	struct v4l2_ctrl_hevc_scaling_matrix matrix = { 0 };
	struct v4l2_ctrl_hevc_decode_params params = {
		.flags = V4L2_HEVC_DECODE_PARAM_FLAG_IRAP_PIC |
			 V4L2_HEVC_DECODE_PARAM_FLAG_IDR_PIC,
	};
	struct v4l2_ctrl_hevc_slice_params slice[MAX_SLICES];
	struct v4l2_ext_control control[] = {
		{ .id = V4L2_CID_STATELESS_HEVC_SPS, .size = sizeof(sps), .ptr = &sps },
		{ .id = V4L2_CID_STATELESS_HEVC_PPS, .size = sizeof(pps), .ptr = &pps },
		{ .id = V4L2_CID_STATELESS_HEVC_SCALING_MATRIX,
		  .size = sizeof(matrix), .ptr = &matrix },
		{ .id = V4L2_CID_STATELESS_HEVC_DECODE_PARAMS,
		  .size = sizeof(params), .ptr = &params },
		{ .id = V4L2_CID_STATELESS_HEVC_SLICE_PARAMS,
		  .size = d->slices * sizeof(*slice), .ptr = slice },
	};
	unsigned int i;

	(void)parity;
	memset(slice, 0, sizeof(slice));
	for (i = 0; i < MAX_SLICES; i++)
		slice[i].slice_type = V4L2_HEVC_SLICE_TYPE_I;
	set_controls(d, request, control, 5);
}

/* How Linux 7.0 and 7.2 name it */
#define RGA2	"rockchip-rga rga2"

const struct kind kind_rga = {
	.name = "rga", .driver = "rockchip-rga", .cards = RGA2, .model = "rga",
	.out_fourcc = V4L2_PIX_FMT_ARGB32, .cap_fourcc = V4L2_PIX_FMT_ARGB32,
	.width = WIDTH, .height = HEIGHT,
};

const struct kind kind_rga_nv12m = {
	.name = "rga-nv12m", .driver = "rockchip-rga", .cards = RGA2, .model = "rga",
	.out_fourcc = V4L2_PIX_FMT_ARGB32, .cap_fourcc = V4L2_PIX_FMT_NV12M,
	.width = WIDTH, .height = HEIGHT,
};

const struct kind kind_rga_nv12m_shown = {
	.name = "rga-nv12m", .driver = "rockchip-rga", .cards = RGA2, .model = "rga",
	.only_with = "VRF_VKMS_NV12",
	.out_fourcc = V4L2_PIX_FMT_ARGB32, .cap_fourcc = V4L2_PIX_FMT_NV12M,
	/* vkms is slow to convert it */
	.width = 64, .height = 40,
};

const struct kind kind_rga_1080p = {
	.name = "rga-1080p", .driver = "rockchip-rga", .cards = RGA2, .model = "rga",
	.out_fourcc = V4L2_PIX_FMT_NV12, .cap_fourcc = V4L2_PIX_FMT_XBGR32,
	.width = 1920, .height = 1080, .cap_width = 1280, .cap_height = 720,
};

const struct kind kind_rga3 = {
	.name = "rga3", .driver = "rockchip-rga", .cards = "rga3", .model = "rga3",
	.only_with = "VRF_RGA3",
	.out_fourcc = V4L2_PIX_FMT_ABGR32, .cap_fourcc = V4L2_PIX_FMT_ABGR32,
	.width = WIDTH, .height = 2 * HEIGHT,
};

const struct kind kind_rga3_nv12m = {
	.name = "rga3-nv12m", .driver = "rockchip-rga", .cards = "rga3", .model = "rga3",
	.only_with = "VRF_RGA3",
	.out_fourcc = V4L2_PIX_FMT_ABGR32, .cap_fourcc = V4L2_PIX_FMT_NV12M,
	.width = WIDTH, .height = 2 * HEIGHT,
};

const struct kind kind_mpeg2 = {
	.name = "mpeg2", .driver = "hantro-vpu", .model = "vdpu",
	.out_fourcc = V4L2_PIX_FMT_MPEG2_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = mpeg2_controls,
};

const struct kind kind_h264 = {
	.name = "h264", .driver = "hantro-vpu", .model = "vdpu",
	.out_fourcc = V4L2_PIX_FMT_H264_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = h264_controls,
};

const struct kind kind_rkvdec = {
	.name = "rkvdec", .driver = "rkvdec", .model = "rkvdec",
	.only_with = "VRF_RKVDEC",
	.out_fourcc = V4L2_PIX_FMT_H264_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = h264_controls,
};

const struct kind kind_rkvdec_hevc = {
	.name = "rkvdec-hevc", .driver = "rkvdec", .model = "rkvdec",
	.only_with = "VRF_RKVDEC",
	.out_fourcc = V4L2_PIX_FMT_HEVC_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = hevc_controls,
};

const struct kind kind_rkvdec_vp9 = {
	.name = "rkvdec-vp9", .driver = "rkvdec", .model = "rkvdec",
	.only_with = "VRF_RKVDEC",
	.out_fourcc = V4L2_PIX_FMT_VP9_FRAME, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = vp9_controls,
};

const struct kind kind_rga_import = {
	.name = "rga-import", .driver = "rockchip-rga", .cards = RGA2, .model = "rga",
	.out_fourcc = V4L2_PIX_FMT_ARGB32, .cap_fourcc = V4L2_PIX_FMT_ARGB32,
	.width = WIDTH, .height = HEIGHT, .import = true,
};

const struct kind kind_mpeg2_import = {
	.name = "mpeg2-import", .driver = "hantro-vpu", .model = "vdpu",
	.out_fourcc = V4L2_PIX_FMT_MPEG2_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = mpeg2_controls, .import = true,
};

const struct kind kind_h264_import = {
	.name = "h264-import", .driver = "hantro-vpu", .model = "vdpu",
	.out_fourcc = V4L2_PIX_FMT_H264_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = h264_controls, .import = true,
};

const struct kind kind_rkvdec_import = {
	.name = "rkvdec-import", .driver = "rkvdec", .model = "rkvdec",
	.only_with = "VRF_RKVDEC",
	.out_fourcc = V4L2_PIX_FMT_H264_SLICE, .cap_fourcc = V4L2_PIX_FMT_NV12,
	.width = WIDTH, .height = HEIGHT, .requests = true,
	.controls = h264_controls, .import = true,
};

const struct kind kind_jpeg = {
	.name = "jpeg", .driver = "hantro-vpu", .model = "vepu",
	.out_fourcc = V4L2_PIX_FMT_YUYV, .cap_fourcc = V4L2_PIX_FMT_JPEG,
	.width = WIDTH, .height = HEIGHT, .encoder = true,
};

const struct kind kind_vim2m = {
	.name = "vim2m", .driver = "vim2m", .only_with = "VRF_VIM2M",
	.out_fourcc = V4L2_PIX_FMT_RGB24, .cap_fourcc = V4L2_PIX_FMT_RGB24,
	.width = WIDTH, .height = HEIGHT,
};

const struct kind *const all_kinds[] = {
	&kind_rga, &kind_rga_nv12m, &kind_rga3, &kind_rga3_nv12m,
	&kind_mpeg2, &kind_h264, &kind_rkvdec, &kind_rkvdec_hevc, &kind_rkvdec_vp9, NULL
};

const struct kind *const every_kind[] = {
	&kind_rga, &kind_rga_nv12m, &kind_rga_import, &kind_rga3, &kind_rga3_nv12m,
	&kind_mpeg2, &kind_mpeg2_import, &kind_h264, &kind_h264_import,
	&kind_rkvdec, &kind_rkvdec_import, NULL
};

void job_open(struct job_dev *d, const struct kind *kind)
{
	unsigned int width = kind->cap_width ?: kind->width;
	unsigned int height = kind->cap_height ?: kind->height;

	memset(d, 0, sizeof(*d));
	d->kind = kind;
	d->slices = 1;
	m2m_open(&d->m, kind->driver, kind->cards, kind->out_fourcc);
	knob_reset(kind->model);
	/* The coded side first, the other depends on it */
	if (kind->encoder)
		m2m_format(&d->m, &d->m.cap, kind->cap_fourcc, width, height);
	m2m_format(&d->m, &d->m.out, kind->out_fourcc, kind->width, kind->height);
	/* The decoder takes the capture format from the sequence */
	if (kind->controls)
		kind->controls(d, -1, FRAME);
	if (!kind->encoder)
		m2m_format(&d->m, &d->m.cap, kind->cap_fourcc, width, height);
	d->media = kind->requests ? m2m_open_media(&d->m) : -1;
}

void job_start(struct job_dev *d, uint32_t cap_memory, unsigned int bufs)
{
	unsigned int i;

	m2m_buffers(&d->m, &d->m.out, V4L2_MEMORY_MMAP, bufs);
	m2m_buffers(&d->m, &d->m.cap, cap_memory, bufs);
	for (i = 0; d->kind->requests && i < bufs; i++)
		CALL(ioctl(d->media, MEDIA_IOC_REQUEST_ALLOC, &d->request[i]));
	m2m_stream(&d->m, &d->m.out, true);
	m2m_stream(&d->m, &d->m.cap, true);
}

void job_open_mmap(struct job_dev *d, const struct kind *kind, unsigned int bufs)
{
	job_open(d, kind);
	job_start(d, V4L2_MEMORY_MMAP, bufs);
}

static void import_plane(struct m2m_buf *buf, unsigned int p)
{
	struct m2m_plane *plane = &buf->plane[p];

	buf->import[p] = dmabuf_from_heap(dmabuf_cma_heap(),
					  (plane->size + PAGE - 1) / PAGE * PAGE);
	plane->map = mmap(NULL, plane->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			  buf->import[p], 0);
	CHECK(plane->map != MAP_FAILED);
}

static void let_go_plane(struct m2m_buf *buf, unsigned int p)
{
	struct m2m_plane *plane = &buf->plane[p];

	munmap(plane->map, plane->size);
	plane->map = NULL;
	close(buf->import[p]);
}

static void for_each_import(struct job_dev *d,
			    void (*fn)(struct m2m_buf *buf, unsigned int p))
{
	struct m2m_queue *cap = &d->m.cap;
	unsigned int i, p;

	for (i = 0; d->kind->import && i < cap->bufs; i++)
		for (p = 0; p < cap->fmt.num_planes; p++)
			fn(&cap->buf[i], p);
}

void job_open_bufs(struct job_dev *d, const struct kind *kind, unsigned int bufs)
{
	job_open(d, kind);
	job_start(d, kind->import ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_MMAP, bufs);
	for_each_import(d, import_plane);
}

void job_import_anew(struct job_dev *d, unsigned int index)
{
	unsigned int p;

	for (p = 0; p < d->m.cap.fmt.num_planes; p++) {
		let_go_plane(&d->m.cap.buf[index], p);
		import_plane(&d->m.cap.buf[index], p);
	}
}

int job_dmabuf(struct job_dev *d, unsigned int index, unsigned int plane)
{
	if (d->kind->import)
		return CALL(fcntl(d->m.cap.buf[index].import[plane], F_DUPFD_CLOEXEC, 0));

	return CALL(m2m_export(&d->m, &d->m.cap, index, plane, O_RDWR));
}

void job_close(struct job_dev *d)
{
	unsigned int i;

	for (i = 0; d->kind->requests && i < d->m.out.bufs; i++)
		close(d->request[i]);
	for_each_import(d, let_go_plane);
	m2m_close(&d->m);
	if (d->media >= 0)
		close(d->media);
}

void job_queue_cap(struct job_dev *d, unsigned int index)
{
	m2m_queue_buf(&d->m, &d->m.cap, index, 0, -1, 0);
}

static void queue_out(struct job_dev *d, unsigned int index, uint32_t stamp,
		      uint32_t time, unsigned int parity, uint32_t flags)
{
	int request = d->kind->requests ? d->request[index] : -1;
	uint32_t *source = d->m.out.buf[index].plane[0].map;

	source[0] = stamp;
	/* rkvdec is not told which field it decodes, it looks for that in the stream */
	if (request >= 0) {
		source[1] = parity;
		source[2] = d->slices;
	}
	m2m_queue_buf(&d->m, &d->m.out, index, flags, request, time);
	if (request < 0)
		return;

	d->kind->controls(d, request, parity);
	CALL(ioctl(request, MEDIA_REQUEST_IOC_QUEUE));
}

void job_queue_out(struct job_dev *d, unsigned int index, uint32_t stamp)
{
	queue_out(d, index, stamp, stamp, FRAME, 0);
}

void job_queue_field(struct job_dev *d, unsigned int index, uint32_t stamp,
		     uint32_t time, unsigned int parity, bool hold)
{
	queue_out(d, index, stamp, time, parity,
		  hold ? V4L2_BUF_FLAG_M2M_HOLD_CAPTURE_BUF : 0);
}

unsigned int job_dequeue_out(struct job_dev *d)
{
	unsigned int index = m2m_dequeue(&d->m, &d->m.out, NULL);

	if (d->kind->requests)
		CALL(ioctl(d->request[index], MEDIA_REQUEST_IOC_REINIT));
	return index;
}

void job_reinit(struct job_dev *d)
{
	unsigned int i;

	for (i = 0; d->kind->requests && i < d->m.out.bufs; i++)
		CALL(ioctl(d->request[i], MEDIA_REQUEST_IOC_REINIT));
}

void job_run(struct job_dev *d, unsigned int index, uint32_t stamp)
{
	job_queue_cap(d, index);
	job_queue_out(d, index, stamp);
	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, NULL), index);
	job_dequeue_out(d);
}

void job_pause(struct job_dev *d)
{
	knob_need(d->kind->model);
	d->started = knob_count(d->kind->model, "started");
	knob_set(d->kind->model, "pause", 1);
}

void job_wait_running(struct job_dev *d)
{
	knob_wait(d->kind->model, "started", d->started + 1);
}

void job_go(struct job_dev *d)
{
	knob_set(d->kind->model, "pause", 0);
}

void job_begin(struct job_dev *d, unsigned int index, uint32_t stamp)
{
	job_pause(d);
	job_queue_cap(d, index);
	job_queue_out(d, index, stamp);
	job_wait_running(d);
}

void job_end(struct job_dev *d, unsigned int index)
{
	job_go(d);
	CHECK_EQ(m2m_dequeue(&d->m, &d->m.cap, NULL), index);
	job_dequeue_out(d);
}

/* The picture; a decoder keeps data of its own behind it */
static size_t picture_bytes(struct job_dev *d, unsigned int plane)
{
	struct v4l2_pix_format_mplane *fmt = &d->m.cap.fmt;
	size_t luma = fmt->plane_fmt[plane].bytesperline * fmt->height;

	if (fmt->pixelformat == V4L2_PIX_FMT_NV12)
		return luma * 3 / 2;
	return plane ? luma / 2 : luma;
}

bool job_content(struct job_dev *d, unsigned int index, uint32_t stamp)
{
	unsigned int plane;
	uint32_t *word;
	size_t i;

	for (plane = 0; plane < d->m.cap.fmt.num_planes; plane++) {
		word = d->m.cap.buf[index].plane[plane].map;
		for (i = 0; i < picture_bytes(d, plane) / sizeof(*word); i++) {
			if (word[i] != stamp) {
				note("plane %u, word %zu: %#x, not %#x", plane, i,
				     word[i], stamp);
				return false;
			}
		}
	}

	return true;
}

uint32_t job_word(struct job_dev *d, unsigned int index)
{
	return *(volatile uint32_t *)d->m.cap.buf[index].plane[0].map;
}
