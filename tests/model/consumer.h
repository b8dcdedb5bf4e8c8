/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/vrf-consumer: locks reservations as a GPU driver does for a submit
 */
#ifndef VRF_CONSUMER_H
#define VRF_CONSUMER_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VRF_MAX_DMABUFS		16

/**
 * struct vrf_lock - lock the reservations of some dma-bufs together
 *
 * @count:	of @fd
 * @hold_us:	how long to keep them all locked
 * @backoffs:	returned, how often a contended one had to go first
 * @pad:	0
 * @fd:		the dma-bufs, in the order in which to lock them
 */
struct vrf_lock {
	__u32 count;
	__u32 hold_us;
	__u32 backoffs;
	__u32 pad;
	__s32 fd[VRF_MAX_DMABUFS];
};

/* EALREADY: two of the dma-bufs have one reservation */
#define VRF_LOCK	_IOWR('v', 0xf0, struct vrf_lock)

#endif
