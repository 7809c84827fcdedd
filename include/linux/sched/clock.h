/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_CLOCK_H
#define _LINUX_SCHED_CLOCK_H

#include <linux/types.h>

/*
 * Nanoseconds since boot, from the time-stamp counter; 0 before it is calibrated (or without one).
 */
u64 local_clock(void);
#define sched_clock local_clock

#endif /* _LINUX_SCHED_CLOCK_H */
