/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_TIMEKEEPING_H
#define _LINUX_TIMEKEEPING_H

#include <linux/types.h>

typedef s64 ktime_t;		/* nanoseconds; <linux/ktime.h> computes with them */

/*
 * Time since boot, from the time-stamp counter; where there is none, in steps of a tick. Any
 * context. The machine never sleeps, so that all of these are the same clock.
 */
ktime_t ktime_get(void);
/* In steps of a tick; cheaper. */
ktime_t ktime_get_coarse(void);

static inline u64 ktime_get_ns(void) { return ktime_get(); }
static inline ktime_t ktime_get_raw(void) { return ktime_get(); }
static inline u64 ktime_get_raw_ns(void) { return ktime_get(); }
static inline ktime_t ktime_get_boottime(void) { return ktime_get(); }
static inline u64 ktime_get_boottime_ns(void) { return ktime_get(); }
static inline u64 ktime_get_mono_fast_ns(void) { return ktime_get(); }
static inline u64 ktime_get_coarse_ns(void) { return ktime_get_coarse(); }
s64 ktime_get_seconds(void);
static inline s64 ktime_get_boottime_seconds(void) { return ktime_get_seconds(); }

#endif /* _LINUX_TIMEKEEPING_H */
