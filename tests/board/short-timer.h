/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before videobuf2-release-fence.c, for the boot "short": its only
 * timer ends fences after two ticks, about when jobs end, and its handler is slow
 * to begin, so that jobs end meanwhile.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/timer.h>

#define mod_timer(timer, expires) mod_timer(timer, jiffies + 2)

#undef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname)	\
	({								\
		mdelay(3);						\
		container_of(callback_timer, typeof(*var), timer_fieldname); \
	})
