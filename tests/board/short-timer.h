/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before videobuf2-release-fence.c, for the boot "short": its only
 * timer ends fences after two ticks, about when jobs end, and its handler is slow
 * to begin, so that jobs end meanwhile. It sleeps: were its processor busy, so
 * would be the one that is woken there, and would always come too late.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

struct slow_timer {
	struct work_struct work;
	struct timer_list *timer;
};

static void (*real_handler)(struct timer_list *timer);

static void slow_work(struct work_struct *work)
{
	struct slow_timer *slow = container_of(work, struct slow_timer, work);

	usleep_range(3000, 3500);
	real_handler(slow->timer);
	kfree(slow);
}

static void slow_handler(struct timer_list *timer)
{
	struct slow_timer *slow = kmalloc(sizeof(*slow), GFP_ATOMIC);

	if (!slow) {
		real_handler(timer);
		return;
	}
	slow->timer = timer;
	INIT_WORK(&slow->work, slow_work);
	schedule_work(&slow->work);
}

static inline void slow_timer_setup(struct timer_list *timer,
				    void (*handler)(struct timer_list *timer))
{
	real_handler = handler;
	timer_setup(timer, slow_handler, 0);
}

#undef timer_setup
#define timer_setup(timer, callback, flags) slow_timer_setup(timer, callback)
#define mod_timer(timer, expires) mod_timer(timer, jiffies + 2)
