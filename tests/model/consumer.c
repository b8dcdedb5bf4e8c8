// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that locks many reservations at once, as a GPU driver does for a
 * submit: in one acquire context, with backoff, and no reservation twice
 */

#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "consumer.h"

#define MAX_HOLD_US	100000

static void consumer_unlock(struct dma_buf **dbuf, unsigned int num, int except)
{
	while (num--)
		if ((int)num != except)
			dma_resv_unlock(dbuf[num]->resv);
}

static int consumer_lock(struct dma_buf **dbuf, unsigned int num,
			 struct ww_acquire_ctx *ticket, u32 *backoffs)
{
	int contended = -1;
	unsigned int i;
	int ret;

retry:
	if (contended >= 0)
		dma_resv_lock_slow(dbuf[contended]->resv, ticket);

	for (i = 0; i < num; i++) {
		if ((int)i == contended)
			continue;

		ret = dma_resv_lock(dbuf[i]->resv, ticket);
		if (!ret)
			continue;

		consumer_unlock(dbuf, i, contended);
		if (contended >= 0)
			dma_resv_unlock(dbuf[contended]->resv);
		if (ret != -EDEADLK)
			return ret;

		(*backoffs)++;
		contended = i;
		goto retry;
	}

	return 0;
}

static int consumer_lock_all(struct dma_buf **dbuf, struct vrf_lock *arg)
{
	struct ww_acquire_ctx ticket;
	int ret;

	ww_acquire_init(&ticket, &reservation_ww_class);
	ret = consumer_lock(dbuf, arg->count, &ticket, &arg->backoffs);
	if (!ret) {
		ww_acquire_done(&ticket);
		if (arg->hold_us)
			usleep_range(arg->hold_us, arg->hold_us + 50);
		consumer_unlock(dbuf, arg->count, -1);
	}
	ww_acquire_fini(&ticket);

	return ret;
}

static long consumer_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	struct dma_buf *dbuf[VRF_MAX_DMABUFS];
	struct vrf_lock arg;
	unsigned int i;
	int ret;

	if (cmd != VRF_LOCK)
		return -ENOTTY;
	if (copy_from_user(&arg, (void __user *)user, sizeof(arg)))
		return -EFAULT;
	if (arg.count > VRF_MAX_DMABUFS || arg.hold_us > MAX_HOLD_US || arg.pad)
		return -EINVAL;

	arg.backoffs = 0;
	for (i = 0; i < arg.count; i++) {
		dbuf[i] = dma_buf_get(arg.fd[i]);
		if (IS_ERR(dbuf[i])) {
			ret = PTR_ERR(dbuf[i]);
			goto put;
		}
	}

	ret = consumer_lock_all(dbuf, &arg);
	if (!ret && copy_to_user((void __user *)user, &arg, sizeof(arg)))
		ret = -EFAULT;

put:
	while (i--)
		dma_buf_put(dbuf[i]);

	return ret;
}

static const struct file_operations consumer_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = consumer_ioctl,
};

static struct miscdevice consumer_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vrf-consumer",
	.fops = &consumer_fops,
};
module_misc_device(consumer_dev);

MODULE_DESCRIPTION("Locks the reservations of dma-bufs together, for tests");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
