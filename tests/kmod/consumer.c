// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that locks many reservations at once, as a GPU driver does for a
 * submit: in one acquire context, with backoff, and no reservation twice. A
 * dma-buf that it gets twice is one GEM object to such a driver.
 */

#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sync_file.h>
#include <linux/uaccess.h>

#include "consumer.h"

#define MAX_HOLD_US	5000000

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

/* As a submit does when it is sure to run */
static int consumer_add_fence(struct dma_buf **dbuf, unsigned int num,
			      struct dma_fence *fence)
{
	unsigned int i;
	int ret;

	for (i = 0; i < num; i++) {
		ret = dma_resv_reserve_fences(dbuf[i]->resv, 1);
		if (ret)
			return ret;
	}
	for (i = 0; i < num; i++)
		dma_resv_add_fence(dbuf[i]->resv, fence, DMA_RESV_USAGE_READ);

	return 0;
}

/* As poll() on a dma-buf does, and what looks at one alone */
static int consumer_lock_alone(struct dma_buf *dbuf, const struct vrf_lock *arg)
{
	int ret = dma_resv_lock(dbuf->resv, NULL);

	if (ret)
		return ret;

	usleep_range(arg->hold_us, arg->hold_us + 50);
	dma_resv_unlock(dbuf->resv);

	return 0;
}

static int consumer_lock_all(struct dma_buf **dbuf, struct vrf_lock *arg,
			     struct dma_fence *fence)
{
	struct ww_acquire_ctx ticket;
	int ret;

	if (arg->flags & VRF_LOCK_ALONE)
		return consumer_lock_alone(dbuf[0], arg);

	ww_acquire_init(&ticket, &reservation_ww_class);
	ret = consumer_lock(dbuf, arg->count, &ticket, &arg->backoffs);
	if (!ret) {
		ww_acquire_done(&ticket);
		if (fence)
			ret = consumer_add_fence(dbuf, arg->count, fence);
		if (arg->hold_us)
			usleep_range(arg->hold_us, arg->hold_us + 50);
		consumer_unlock(dbuf, arg->count, -1);
	}
	ww_acquire_fini(&ticket);

	return ret;
}

static void consumer_put(struct dma_buf **dbuf, unsigned int num)
{
	while (num--)
		dma_buf_put(dbuf[num]);
}

static bool consumer_has(struct dma_buf **dbuf, unsigned int num,
			 struct dma_buf *other)
{
	while (num--)
		if (dbuf[num] == other)
			return true;
	return false;
}

/* Returns how many, each of them once */
static int consumer_get(struct dma_buf **dbuf, const struct vrf_lock *arg)
{
	struct dma_buf *next;
	unsigned int i;
	int num = 0;

	for (i = 0; i < arg->count; i++) {
		next = dma_buf_get(arg->fd[i]);
		if (IS_ERR(next)) {
			consumer_put(dbuf, num);
			return PTR_ERR(next);
		}
		if (!(arg->flags & VRF_LOCK_EQUAL) && consumer_has(dbuf, num, next))
			dma_buf_put(next);
		else
			dbuf[num++] = next;
	}

	return num;
}

static long consumer_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	struct dma_buf *dbuf[VRF_MAX_DMABUFS];
	struct dma_fence *fence = NULL;
	struct vrf_lock arg;
	int ret;

	if (cmd != VRF_LOCK)
		return -ENOTTY;
	if (copy_from_user(&arg, (void __user *)user, sizeof(arg)))
		return -EFAULT;
	if (arg.count > VRF_MAX_DMABUFS || arg.hold_us > MAX_HOLD_US ||
	    arg.flags & ~(VRF_LOCK_EQUAL | VRF_LOCK_ALONE))
		return -EINVAL;
	if (arg.flags & VRF_LOCK_ALONE && (arg.count != 1 || arg.fence != -1))
		return -EINVAL;

	if (arg.fence != -1) {
		fence = sync_file_get_fence(arg.fence);
		if (!fence)
			return -EINVAL;
	}

	ret = consumer_get(dbuf, &arg);
	if (ret < 0)
		goto put_fence;

	arg.count = ret;
	arg.backoffs = 0;
	ret = consumer_lock_all(dbuf, &arg, fence);
	if (!ret && copy_to_user((void __user *)user, &arg, sizeof(arg)))
		ret = -EFAULT;

	consumer_put(dbuf, arg.count);
put_fence:
	dma_fence_put(fence);
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
/* MODULE_IMPORT_NS() takes a string since 6.13 */
MODULE_INFO(import_ns, "DMA_BUF");
