// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modelled hardware: the timer, the knobs and the counters
 */

#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/irq.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/platform_device.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/version.h>

#include "model.h"

/* So much is written in one go, then the timer lets others run */
#define MODEL_WRITE_BYTES	SZ_128K
#define MODEL_WRITE_NS		(20 * NSEC_PER_USEC)

/* So many looks without a job: it is idle */
#define MODEL_IDLE_LOOKS	100

static unsigned int poll_us = 300;
module_param(poll_us, uint, 0644);
MODULE_PARM_DESC(poll_us, "microseconds between two looks at a start bit");

static unsigned int idle_us = 1000;
module_param(idle_us, uint, 0644);
MODULE_PARM_DESC(idle_us, "the same of one that is idle, to leave the CPU to the others");

static unsigned int delay_us = 500;
module_param(delay_us, uint, 0444);
MODULE_PARM_DESC(delay_us, "microseconds that a job takes, until a test turns its knob");

static LIST_HEAD(model_list);

void *model_memory(u32 table, u32 addr)
{
	phys_addr_t phys = addr;
	u32 *entry;

	if (table) {
		entry = model_memory(0, table + (addr >> PAGE_SHIFT) * sizeof(*entry));
		if (!entry)
			return NULL;
		phys = *entry + offset_in_page(addr);
	}

	return pfn_valid(PHYS_PFN(phys)) ? phys_to_virt(phys) : NULL;
}

static bool model_write_line(struct model *m, u32 addr, u32 bytes)
{
	u8 *stamp = (u8 *)&m->job.stamp;
	u32 i, chunk;
	u8 *to;

	while (bytes) {
		to = model_memory(m->job.dst_table, addr);
		if (!to)
			return false;

		chunk = min_t(u32, bytes, PAGE_SIZE - offset_in_page(addr));
		if (IS_ALIGNED((unsigned long)to | chunk, sizeof(m->job.stamp)))
			memset32((u32 *)to, m->job.stamp, chunk / sizeof(u32));
		else
			for (i = 0; i < chunk; i++)
				to[i] = stamp[i % sizeof(m->job.stamp)];
		addr += chunk;
		bytes -= chunk;
	}

	return true;
}

/* Returns true when all is written */
static bool model_write_some(struct model *m)
{
	struct model_span *span;
	u32 written = 0;

	while (m->span < m->job.spans) {
		span = &m->job.span[m->span];
		if (m->line == span->lines) {
			m->span++;
			m->line = 0;
			continue;
		}
		if (written >= MODEL_WRITE_BYTES)
			return false;
		if (!model_write_line(m, span->addr + m->line * span->step,
				      span->bytes)) {
			m->counts.bad_address++;
			return true;
		}
		written += span->bytes;
		m->line++;
	}

	return true;
}

static void model_raise(struct model *m)
{
	if (m->knobs.drop_irqs) {
		m->knobs.drop_irqs--;
		m->counts.dropped++;
		return;
	}

	m->counts.irqs++;
	irq_set_irqchip_state(m->irq, IRQCHIP_STATE_PENDING, true);
}

static void model_finish(struct model *m, bool ok)
{
	m->state = MODEL_IDLE;
	if (ok)
		m->counts.done++;
	else
		m->counts.failed++;

	m->ops->finish(m, ok);
	m->counts.done_ns = ktime_get_ns();
	model_raise(m);
}

static void model_begin(struct model *m, ktime_t now)
{
	u32 us = m->knobs.delay_us;
	u32 *src;

	memset(&m->job, 0, sizeof(m->job));
	m->ops->fetch(m, &m->job);

	src = model_memory(m->job.src_table, m->job.src);
	if (src)
		m->job.stamp = *src;
	else
		m->counts.bad_address++;

	if (m->knobs.jitter_us)
		us += get_random_u32_below(m->knobs.jitter_us);

	m->idle_looks = 0;
	m->span = 0;
	m->line = 0;
	m->due = ktime_add_us(now, us);
	m->state = MODEL_BUSY;
	m->counts.started++;
	m->counts.stamp = m->job.stamp;

	if (m->knobs.hang_jobs) {
		m->knobs.hang_jobs--;
		m->counts.hung++;
		m->state = MODEL_HUNG;
		m->due = KTIME_MAX;
	}
}

static void model_step(struct model *m, ktime_t now)
{
	if (m->ops->ack)
		m->ops->ack(m);

	if (m->state != MODEL_IDLE && m->ops->was_reset(m)) {
		m->counts.aborted++;
		m->state = MODEL_IDLE;
	}

	switch (m->state) {
	case MODEL_IDLE:
		m->idle_looks++;
		if (m->ops->started(m))
			model_begin(m, now);
		break;
	case MODEL_HUNG:
		if (ktime_before(now, m->due))
			break;
		m->counts.late++;
		m->state = MODEL_WRITING;
		break;
	case MODEL_BUSY:
		if (m->knobs.pause || ktime_before(now, m->due))
			break;
		if (m->job.broken || m->knobs.fail_jobs) {
			if (!m->job.broken)
				m->knobs.fail_jobs--;
			model_finish(m, false);
			break;
		}
		m->state = MODEL_WRITING;
		fallthrough;
	case MODEL_WRITING:
		if (model_write_some(m))
			model_finish(m, true);
		break;
	}
}

unsigned int vrf_model_starts(const char *name, u32 reg, u32 bit)
{
	struct model *m;

	list_for_each_entry(m, &model_list, list)
		if (!strcmp(m->ops->name, name))
			return READ_ONCE(m->counts.started) + !!(model_read(m, reg) & bit);

	return 0;
}
EXPORT_SYMBOL_GPL(vrf_model_starts);

static ktime_t model_us(unsigned int us)
{
	return ns_to_ktime((u64)us * NSEC_PER_USEC);
}

static ktime_t model_next(struct model *m, ktime_t now)
{
	ktime_t poll = model_us(poll_us ?: 1);

	if (m->state == MODEL_WRITING)
		return ns_to_ktime(MODEL_WRITE_NS);
	if (m->state == MODEL_BUSY && ktime_after(m->due, now))
		return min(poll, ktime_sub(m->due, now));
	if (m->idle_looks > MODEL_IDLE_LOOKS)
		return max(poll, model_us(idle_us));

	return poll;
}

static enum hrtimer_restart model_timer(struct hrtimer *t)
{
	struct model *m = container_of(t, struct model, timer);
	ktime_t now = hrtimer_cb_get_time(t);
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	model_step(m, now);
	hrtimer_set_expires(t, ktime_add(now, model_next(m, now)));
	spin_unlock_irqrestore(&m->lock, flags);

	return HRTIMER_RESTART;
}

/* Until the driver has seen it, so that the next job does not get it instead */
static int model_wait_taken(struct model *m)
{
	bool pending;
	int ret, late;

	late = read_poll_timeout(irq_get_irqchip_state, ret, ret || !pending,
				 100, 10 * USEC_PER_SEC, false,
				 m->irq, IRQCHIP_STATE_PENDING, &pending);
	if (late || ret)
		return late ?: ret;

	/* Taken, but it may still run */
	synchronize_irq(m->irq);

	return 0;
}

/* 0: the interrupt line alone; 1: with the status of a finished job, but no job */
static int model_spurious_set(void *data, u64 val)
{
	struct model *m = data;
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	if (m->ops->ack)
		m->ops->ack(m);
	if (val)
		m->ops->finish(m, true);
	m->counts.spurious++;
	model_raise(m);
	spin_unlock_irqrestore(&m->lock, flags);

	return model_wait_taken(m);
}
DEFINE_DEBUGFS_ATTRIBUTE(model_spurious_fops, NULL, model_spurious_set, "%llu\n");

/* A write of anything: a hung job ends now */
static int model_release_set(void *data, u64 val)
{
	struct model *m = data;
	unsigned long flags;
	int ret = -ENOENT;

	spin_lock_irqsave(&m->lock, flags);
	if (m->state == MODEL_HUNG) {
		m->due = 0;
		ret = 0;
	}
	spin_unlock_irqrestore(&m->lock, flags);

	return ret;
}
DEFINE_DEBUGFS_ATTRIBUTE(model_release_fops, NULL, model_release_set, "%llu\n");

static void model_add_files(struct model *m)
{
	struct dentry *counts;

	m->dir = debugfs_create_dir(m->ops->name, debugfs_lookup("vrf-model", NULL));
	debugfs_create_u32("delay_us", 0600, m->dir, &m->knobs.delay_us);
	debugfs_create_u32("jitter_us", 0600, m->dir, &m->knobs.jitter_us);
	debugfs_create_u32("fail_jobs", 0600, m->dir, &m->knobs.fail_jobs);
	debugfs_create_u32("hang_jobs", 0600, m->dir, &m->knobs.hang_jobs);
	debugfs_create_u32("drop_irqs", 0600, m->dir, &m->knobs.drop_irqs);
	debugfs_create_bool("pause", 0600, m->dir, &m->knobs.pause);
	debugfs_create_file("spurious", 0200, m->dir, m, &model_spurious_fops);
	debugfs_create_file("release", 0200, m->dir, m, &model_release_fops);

	counts = debugfs_create_dir("count", m->dir);
	debugfs_create_u32("started", 0400, counts, &m->counts.started);
	debugfs_create_u32("done", 0400, counts, &m->counts.done);
	debugfs_create_u32("failed", 0400, counts, &m->counts.failed);
	debugfs_create_u32("hung", 0400, counts, &m->counts.hung);
	debugfs_create_u32("late", 0400, counts, &m->counts.late);
	debugfs_create_u32("aborted", 0400, counts, &m->counts.aborted);
	debugfs_create_u32("irqs", 0400, counts, &m->counts.irqs);
	debugfs_create_u32("dropped", 0400, counts, &m->counts.dropped);
	debugfs_create_u32("spurious", 0400, counts, &m->counts.spurious);
	debugfs_create_u32("bad_address", 0400, counts, &m->counts.bad_address);
	debugfs_create_u64("done_ns", 0400, counts, &m->counts.done_ns);
	debugfs_create_x32("stamp", 0400, counts, &m->counts.stamp);
}

static int model_map(struct model *m)
{
	struct device_node *np;

	np = of_parse_phandle(m->dev->of_node, "device", 0);
	if (!np)
		return dev_err_probe(m->dev, -EINVAL, "no device to play\n");

	/* No region is claimed: it is the driver's */
	m->regs = of_iomap(np, 0);
	m->irq = of_irq_get(np, 0);
	of_node_put(np);

	if (!m->regs)
		return dev_err_probe(m->dev, -ENOMEM, "no registers\n");
	if (m->irq <= 0) {
		iounmap(m->regs);
		return dev_err_probe(m->dev, -EINVAL, "no interrupt\n");
	}

	return 0;
}

/* hrtimer_setup() is of 6.13 */
static void model_timer_setup(struct model *m)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(&m->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	m->timer.function = model_timer;
#else
	hrtimer_setup(&m->timer, model_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#endif
}

static int model_probe(struct platform_device *pdev)
{
	struct model *m;
	int ret;

	m = devm_kzalloc(&pdev->dev, sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;

	m->dev = &pdev->dev;
	m->ops = device_get_match_data(&pdev->dev);
	m->knobs.delay_us = delay_us;
	spin_lock_init(&m->lock);

	ret = model_map(m);
	if (ret)
		return ret;

	if (m->ops->init)
		m->ops->init(m);
	model_add_files(m);
	platform_set_drvdata(pdev, m);
	list_add(&m->list, &model_list);

	model_timer_setup(m);
	hrtimer_start(&m->timer, model_us(poll_us), HRTIMER_MODE_REL);

	return 0;
}

static void model_remove(struct platform_device *pdev)
{
	struct model *m = platform_get_drvdata(pdev);

	hrtimer_cancel(&m->timer);
	list_del(&m->list);
	debugfs_remove(m->dir);
	iounmap(m->regs);
}

static const struct of_device_id model_of_match[] = {
	{ .compatible = "vrf,model-rkvdec", .data = &model_rkvdec_ops },
	{ .compatible = "vrf,model-rga2", .data = &model_rga2_ops },
	{ .compatible = "vrf,model-rga3", .data = &model_rga3_ops },
	{ .compatible = "vrf,model-vdpu2", .data = &model_vdpu2_ops },
	{ .compatible = "vrf,model-vepu2", .data = &model_vepu2_ops },
	{ }
};
MODULE_DEVICE_TABLE(of, model_of_match);

static struct platform_driver model_driver = {
	.probe = model_probe,
	.remove = model_remove,
	.driver = {
		.name = "vrf-model",
		.of_match_table = model_of_match,
	},
};

static struct dentry *model_root;

static int __init model_init(void)
{
	int ret;

	if (!poll_us)
		return -EINVAL;

	model_root = debugfs_create_dir("vrf-model", NULL);
	ret = platform_driver_register(&model_driver);
	if (ret)
		debugfs_remove(model_root);

	return ret;
}
module_init(model_init);

static void __exit model_exit(void)
{
	platform_driver_unregister(&model_driver);
	debugfs_remove(model_root);
}
module_exit(model_exit);

MODULE_DESCRIPTION("Modelled RGA2, RGA3, rkvdec, VDPU2 and VEPU2 for the vb2 release fence tests");
MODULE_LICENSE("GPL");
