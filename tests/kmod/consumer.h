/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/vrf-consumer: locks reservations as a GPU driver does for a submit
 */
#ifndef VRF_CONSUMER_H
#define VRF_CONSUMER_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VRF_MAX_DMABUFS		16

/* Lock what came twice twice, which no GEM driver would */
#define VRF_LOCK_EQUAL		(1 << 0)
/* Of one dma-buf, without an acquire context: who waits for it does not back off */
#define VRF_LOCK_ALONE		(1 << 1)

/**
 * struct vrf_lock - lock the reservations of some dma-bufs together
 *
 * @count:	of @fd; returned, how many different dma-bufs that are
 * @flags:	VRF_LOCK_*
 * @hold_us:	how long to keep them all locked
 * @backoffs:	returned, how often a contended one had to go first
 * @fence:	a sync_file to put on all of them while they are locked, or -1
 * @fd:		the dma-bufs, in the order in which to lock them
 */
struct vrf_lock {
	__u32 count;
	__u32 flags;
	__u32 hold_us;
	__u32 backoffs;
	__s32 fence;
	__s32 fd[VRF_MAX_DMABUFS];
};

/* EALREADY: two of the dma-bufs have one reservation */
#define VRF_LOCK	_IOWR('v', 0xf0, struct vrf_lock)

#endif
