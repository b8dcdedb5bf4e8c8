// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about release fences that neither lockdep nor a consumer can see broken
 *
 * - The signalling section is open when a reservation first shows the fence, and
 *   when the hardware has been started. Lockdep cannot tell a section that was
 *   opened too late or closed too early, it only misses what came outside. So look
 *   at the locks that a task holds.
 * - The fence is published as that of a writer.
 * - It is signalled while the driver still owns the buffer, before the done list.
 *
 * And what no driver here does: a buffer that is given back unprocessed, QUEUED.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/version.h>
#include <media/videobuf2-core.h>

#include "model.h"

#define START_LOOKS	100

/* The start bit of a decoder */
struct start_bit {
	const char *model;
	u32 reg;
	u32 bit;
};

static const struct start_bit vdpu2 = { "vdpu", 0x400 + 57 * 4, BIT(0) };
static const struct start_bit rkvdec = { "rkvdec", 0x004, BIT(0) };

static atomic_t inside, outside;
static atomic_t published, published_badly;
static atomic_t signalled, signalled_late;
/* How many capture buffers to give back QUEUED */
static atomic_t requeue;
static struct dentry *dir;

#ifdef CONFIG_LOCKDEP
#define KNOWS_LOCKS	true

static bool section_is_open(void)
{
	int i;

	for (i = 0; i < current->lockdep_depth; i++)
		if (!strcmp(current->held_locks[i].instance->name, "dma_fence_map"))
			return true;
	return false;
}
#else
#define KNOWS_LOCKS	false

static bool section_is_open(void)
{
	return true;
}
#endif

static int section_started(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	atomic_inc(section_is_open() ? &inside : &outside);
	return 0;
}

/*
 * A decoder starts the hardware in the middle of a function. So look at its start bit
 * when the section ends that its last function before has opened. One job at a time.
 */
static struct task_struct *committed;
static const struct start_bit *start_bit;
static unsigned int starts_before;

static unsigned int starts(void)
{
	return vrf_model_starts(start_bit->model, start_bit->reg, start_bit->bit);
}

static int run_committed(const struct start_bit *start)
{
	if (!section_is_open()) {
		atomic_inc(&outside);
		return 0;
	}

	start_bit = start;
	starts_before = starts();
	WRITE_ONCE(committed, current);
	return 0;
}

static int hantro_committed(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return run_committed(&vdpu2);
}

static int rkvdec_committed(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return run_committed(&rkvdec);
}

static bool decoder_has_started(void)
{
	unsigned int looks;

	for (looks = 0; looks < START_LOOKS; looks++) {
		if (starts() != starts_before)
			return true;
		udelay(1);
	}
	return false;
}

/* dma_fence_end_signalling(cookie); a cookie that is true, as in interrupts, ends nothing */
static int section_ended(struct kprobe *p, struct pt_regs *regs)
{
	if (READ_ONCE(committed) != current || (u8)regs_get_kernel_argument(regs, 0))
		return 0;

	WRITE_ONCE(committed, NULL);
	atomic_inc(decoder_has_started() ? &inside : &outside);
	return 0;
}

/* Under rcu_read_lock(). dma_fence_driver_name() is of 6.17; fences kept their ops before. */
static const char *driver_name(struct dma_fence *fence)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
	return fence->ops->get_driver_name(fence);
#else
	return (const char __force *)dma_fence_driver_name(fence);
#endif
}

static bool is_release_fence(struct dma_fence *fence)
{
	bool ret;

	rcu_read_lock();
	ret = !strcmp(driver_name(fence), "videobuf2");
	rcu_read_unlock();

	return ret;
}

/* dma_resv_add_fence(obj, fence, usage) */
static int fence_added(struct kprobe *p, struct pt_regs *regs)
{
	struct dma_fence *fence = (void *)regs_get_kernel_argument(regs, 1);
	enum dma_resv_usage usage = regs_get_kernel_argument(regs, 2);

	if (is_release_fence(fence))
		atomic_inc(usage == DMA_RESV_USAGE_WRITE && section_is_open() ?
			   &published : &published_badly);
	return 0;
}

#ifdef CONFIG_VIDEOBUF2_RELEASE_FENCES
static bool has_fence(struct vb2_buffer *vb)
{
	return vb->release_fence;
}
#else
static bool has_fence(struct vb2_buffer *vb)
{
	return false;
}
#endif

/* vb2_buffer_signal_release_fence(vb, state) */
static int fence_signalled(struct kprobe *p, struct pt_regs *regs)
{
	struct vb2_buffer *vb = (void *)regs_get_kernel_argument(regs, 0);

	if (!has_fence(vb))
		return 0;

	atomic_inc(vb->state == VB2_BUF_STATE_ACTIVE ? &signalled : &signalled_late);
	return 0;
}

/* vb2_buffer_done(vb, state) */
static int buffer_done(struct kprobe *p, struct pt_regs *regs)
{
	struct vb2_buffer *vb = (void *)regs_get_kernel_argument(regs, 0);

	if (!vb->vb2_queue->is_output && atomic_dec_if_positive(&requeue) >= 0)
		regs->regs[1] = VB2_BUF_STATE_QUEUED;
	return 0;
}

/* What is not there has no hardware started, which a test would notice */
static struct kretprobe start_probes[] = {
	{ .kp.symbol_name = "rga_hw_start", .handler = section_started },
	{ .kp.symbol_name = "rga3_hw_start", .handler = section_started },
	{ .kp.symbol_name = "hantro_end_prepare_run", .handler = hantro_committed },
	{ .kp.symbol_name = "rkvdec_run_postamble", .handler = rkvdec_committed },
};

/* The same: nothing published, nothing signalled, no buffer given back */
static struct kprobe probes[] = {
	{ .symbol_name = "dma_resv_add_fence", .pre_handler = fence_added },
	{ .symbol_name = "dma_fence_end_signalling", .pre_handler = section_ended },
	{ .symbol_name = "vb2_buffer_signal_release_fence", .pre_handler = fence_signalled },
	{ .symbol_name = "vb2_buffer_done", .pre_handler = buffer_done },
};

static bool start_registered[ARRAY_SIZE(start_probes)];
static bool probe_registered[ARRAY_SIZE(probes)];

static int __init section_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(start_probes); i++)
		start_registered[i] = !register_kretprobe(&start_probes[i]);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		probe_registered[i] = !register_kprobe(&probes[i]);

	dir = debugfs_create_dir("vrf-section", NULL);
	if (KNOWS_LOCKS) {
		debugfs_create_atomic_t("inside", 0600, dir, &inside);
		debugfs_create_atomic_t("outside", 0600, dir, &outside);
		debugfs_create_atomic_t("published", 0600, dir, &published);
		debugfs_create_atomic_t("published_badly", 0600, dir, &published_badly);
	}
	debugfs_create_atomic_t("signalled", 0600, dir, &signalled);
	debugfs_create_atomic_t("signalled_late", 0600, dir, &signalled_late);
	debugfs_create_atomic_t("requeue", 0600, dir, &requeue);

	return 0;
}

static void __exit section_exit(void)
{
	unsigned int i;

	debugfs_remove(dir);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probe_registered[i])
			unregister_kprobe(&probes[i]);
	for (i = 0; i < ARRAY_SIZE(start_probes); i++)
		if (start_registered[i])
			unregister_kretprobe(&start_probes[i]);
}

module_init(section_init);
module_exit(section_exit);

MODULE_DESCRIPTION("Checks release fences where they are published and signalled");
MODULE_LICENSE("GPL");
