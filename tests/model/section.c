// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the signalling section open when the hardware has been started?
 *
 * Lockdep cannot tell a section that was closed too early, it only misses what
 * came after. So look at the locks that a task holds when it comes back from the
 * function that sets the start bit.
 */

#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#ifdef CONFIG_LOCKDEP

static atomic_t inside, outside;
static struct dentry *dir;

static bool section_is_open(void)
{
	int i;

	for (i = 0; i < current->lockdep_depth; i++)
		if (!strcmp(current->held_locks[i].instance->name, "dma_fence_map"))
			return true;
	return false;
}

static int section_started(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	atomic_inc(section_is_open() ? &inside : &outside);
	return 0;
}

/* What is not there has no hardware started, which a test would notice */
static struct kretprobe probes[] = {
	{ .kp.symbol_name = "rga_hw_start", .handler = section_started },
	{ .kp.symbol_name = "rga3_hw_start", .handler = section_started },
	{ .kp.symbol_name = "rockchip_vpu2_mpeg2_dec_run", .handler = section_started },
	{ .kp.symbol_name = "rockchip_vpu2_h264_dec_run", .handler = section_started },
};

static bool registered[ARRAY_SIZE(probes)];

static int __init section_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		registered[i] = !register_kretprobe(&probes[i]);

	dir = debugfs_create_dir("vrf-section", NULL);
	debugfs_create_atomic_t("inside", 0600, dir, &inside);
	debugfs_create_atomic_t("outside", 0600, dir, &outside);

	return 0;
}

static void __exit section_exit(void)
{
	unsigned int i;

	debugfs_remove(dir);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (registered[i])
			unregister_kretprobe(&probes[i]);
}

#else /* Nobody knows which locks are held */

static int __init section_init(void)
{
	return 0;
}

static void __exit section_exit(void)
{
}

#endif

module_init(section_init);
module_exit(section_exit);

MODULE_DESCRIPTION("Counts hardware starts inside and outside of a signalling section");
MODULE_LICENSE("GPL");
