// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs of hantro and rkvdec that cannot start: userspace can make one codec of the board
 * fail, VP9
 *
 * Each file in debugfs is how many jobs shall fail in one place of device_run().
 */

#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

/* run() at once, run() with the controls applied, the clocks, runtime PM */
static atomic_t run, prepare, clocks, power;
static struct dentry *dir;

static bool shall_fail(atomic_t *jobs)
{
	return atomic_dec_if_positive(jobs) >= 0;
}

/* The function returns an error and does nothing else: it was only just called */
static int return_at_once(struct pt_regs *regs)
{
	regs_set_return_value(regs, -EIO);
	instruction_pointer_set(regs, regs->regs[30]);
	return 1;
}

static int run_called(struct kprobe *p, struct pt_regs *regs)
{
	return shall_fail(&run) ? return_at_once(regs) : 0;
}

static int clocks_called(struct kprobe *p, struct pt_regs *regs)
{
	return shall_fail(&clocks) ? return_at_once(regs) : 0;
}

static int prepare_returns(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (shall_fail(&prepare))
		regs_set_return_value(regs, -EIO);
	return 0;
}

/* __pm_runtime_resume(dev, flags), which counts its caller even if it fails; 1: of another */
static int power_called(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct device *dev = (void *)regs_get_kernel_argument(regs, 0);

	return !dev->driver || (strcmp(dev->driver->name, "hantro-vpu") &&
				strcmp(dev->driver->name, "rkvdec"));
}

static int power_returns(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (shall_fail(&power))
		regs_set_return_value(regs, -EIO);
	return 0;
}

static struct kprobe probes[] = {
	{ .symbol_name = "rockchip_vpu2_mpeg2_dec_run", .pre_handler = run_called },
	{ .symbol_name = "rockchip_vpu2_h264_dec_run", .pre_handler = run_called },
	{ .symbol_name = "rockchip_vpu2_jpeg_enc_run", .pre_handler = run_called },
	{ .symbol_name = "clk_bulk_enable", .pre_handler = clocks_called },
};

static struct kretprobe returns[] = {
	{ .kp.symbol_name = "hantro_h264_dec_prepare_run", .handler = prepare_returns },
	{ .kp.symbol_name = "__pm_runtime_resume", .entry_handler = power_called,
	  .handler = power_returns },
};

static unsigned int num_probes, num_returns;

static void remove_probes(void)
{
	while (num_probes)
		unregister_kprobe(&probes[--num_probes]);
	while (num_returns)
		unregister_kretprobe(&returns[--num_returns]);
}

static bool add_probes(void)
{
	for (; num_probes < ARRAY_SIZE(probes); num_probes++)
		if (register_kprobe(&probes[num_probes]))
			return false;
	for (; num_returns < ARRAY_SIZE(returns); num_returns++)
		if (register_kretprobe(&returns[num_returns]))
			return false;
	return true;
}

/* A kernel without probes has no such files, and the tests are skipped */
static int __init fail_init(void)
{
	if (!add_probes()) {
		remove_probes();
		return 0;
	}

	dir = debugfs_create_dir("vrf-fail", NULL);
	debugfs_create_atomic_t("run", 0600, dir, &run);
	debugfs_create_atomic_t("prepare", 0600, dir, &prepare);
	debugfs_create_atomic_t("clocks", 0600, dir, &clocks);
	debugfs_create_atomic_t("power", 0600, dir, &power);

	return 0;
}

static void __exit fail_exit(void)
{
	debugfs_remove(dir);
	remove_probes();
}

module_init(fail_init);
module_exit(fail_exit);

MODULE_DESCRIPTION("Makes jobs of hantro and rkvdec fail before they start, for tests");
MODULE_LICENSE("GPL");
