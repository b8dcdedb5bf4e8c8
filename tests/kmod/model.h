/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Modelled hardware behind the registers of a media driver
 *
 * A register block is ordinary memory. One timer for each block watches the
 * start bit, plays the job and raises the real interrupt of the device.
 */
#ifndef VRF_MODEL_H
#define VRF_MODEL_H

#include <linux/hrtimer.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define MODEL_MAX_SPANS		6

struct model;

/* Lines of a picture in the address space of the device */
struct model_span {
	u32 addr;
	u32 bytes;		/* in a line */
	u32 step;		/* from line to line */
	u32 lines;
};

struct model_job {
	u32 stamp;		/* first word of the source, filled into @span */
	u32 src;
	u32 src_table;		/* page table of the source, 0: none */
	u32 dst_table;		/* page table of the destination, 0: none */
	bool broken;		/* what is programmed does not fit the source */
	unsigned int spans;
	struct model_span span[MODEL_MAX_SPANS];
};

/**
 * struct model_ops - what one kind of hardware does
 *
 * @name:	of the directory in debugfs
 * @init:	put the registers into their reset state, may be NULL
 * @started:	take the start bit, if it is set
 * @fetch:	read from the registers what the job has to do
 * @was_reset:	the driver has told the hardware to forget its job
 * @ack:	take back the status that the driver has acknowledged, may be NULL
 * @finish:	set the status that the driver reads in its interrupt handler
 *
 * All but @init are called with &model.lock held.
 */
struct model_ops {
	const char *name;
	void (*init)(struct model *m);
	bool (*started)(struct model *m);
	void (*fetch)(struct model *m, struct model_job *job);
	bool (*was_reset)(struct model *m);
	void (*ack)(struct model *m);
	void (*finish)(struct model *m, bool ok);
};

enum model_state {
	MODEL_IDLE,
	MODEL_BUSY,		/* the delay of a job runs */
	MODEL_WRITING,		/* the destination is being written */
	MODEL_HUNG,		/* until it is released */
};

/* What the tests turn. Those that count jobs count down to zero. */
struct model_knobs {
	u32 delay_us;
	u32 jitter_us;
	u32 fail_jobs;
	u32 hang_jobs;
	u32 drop_irqs;
	bool pause;
};

struct model_counts {
	u32 started;
	u32 done;
	u32 failed;
	u32 hung;
	u32 late;
	u32 aborted;
	u32 irqs;
	u32 dropped;
	u32 spurious;
	u32 bad_address;
	u32 stamp;
	u64 done_ns;		/* when, on the clock of CLOCK_MONOTONIC */
};

struct model {
	struct list_head list;		/* in model_list */
	const struct model_ops *ops;
	struct device *dev;
	void __iomem *regs;
	int irq;
	struct dentry *dir;
	struct hrtimer timer;
	/* Protects all below and the order of register accesses */
	spinlock_t lock;
	enum model_state state;
	ktime_t due;
	struct model_job job;
	struct model_knobs knobs;
	struct model_counts counts;
	unsigned int idle_looks;	/* since the last job */
	unsigned int span;
	u32 line;
};

/**
 * model_memory() - what the hardware reads or writes at an address
 *
 * @table:	page table of the hardware, 0: none
 * @addr:	address
 *
 * Return: the bytes up to the end of the page, or %NULL if no memory is there.
 */
void *model_memory(u32 table, u32 addr);

static inline u32 model_read(struct model *m, u32 reg)
{
	return readl(m->regs + reg);
}

static inline void model_write(struct model *m, u32 reg, u32 val)
{
	writel(val, m->regs + reg);
}

/* Whether @bit is set; hardware takes its start bit away */
static inline bool model_take_bit(struct model *m, u32 reg, u32 bit)
{
	u32 val = model_read(m, reg);

	if (!(val & bit))
		return false;

	model_write(m, reg, val & ~bit);

	return true;
}

/* Lines without a gap between them */
static inline void model_add_span(struct model_job *job, u32 addr, u32 bytes, u32 lines)
{
	job->span[job->spans++] = (struct model_span){
		.addr = addr, .bytes = bytes, .step = bytes, .lines = lines,
	};
}

/**
 * vrf_model_starts() - jobs that the driver has started, taken by the model or not
 *
 * @name:	of the model
 * @reg:	of its start bit
 * @bit:	its start bit
 *
 * Takes no lock, for probes. The model takes the bit before it counts, so what it
 * takes just now is missing for a moment.
 */
unsigned int vrf_model_starts(const char *name, u32 reg, u32 bit);

extern const struct model_ops model_rkvdec_ops;
extern const struct model_ops model_rga2_ops;
extern const struct model_ops model_rga3_ops;
extern const struct model_ops model_vdpu2_ops;
extern const struct model_ops model_vepu2_ops;

#endif
