/* SPDX-License-Identifier: MIT */
/* Times in nanoseconds. */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#define KTIME_MAX		((s64)~((u64)1 << 63))
#define KTIME_SEC_MAX		(KTIME_MAX / NSEC_PER_SEC)

static inline ktime_t ktime_set(const s64 secs, const unsigned long nsecs)
{
	return secs >= 9223372036LL ? KTIME_MAX : secs * NSEC_PER_SEC + (s64)nsecs;
}

#define ktime_sub(lhs, rhs)	((lhs) - (rhs))
#define ktime_add(lhs, rhs)	((lhs) + (rhs))
#define ktime_add_ns(kt, nsval)	((kt) + (nsval))
#define ktime_sub_ns(kt, nsval)	((kt) - (nsval))
#define ktime_to_ns(kt)		((s64)(kt))

static inline ktime_t ns_to_ktime(u64 ns) { return ns; }
static inline ktime_t ms_to_ktime(u64 ms) { return ms * NSEC_PER_MSEC; }
static inline ktime_t us_to_ktime(u64 us) { return us * NSEC_PER_USEC; }
static inline s64 ktime_to_us(const ktime_t kt) { return div_s64(kt, NSEC_PER_USEC); }
static inline s64 ktime_to_ms(const ktime_t kt) { return div_s64(kt, NSEC_PER_MSEC); }

static inline int ktime_compare(const ktime_t a, const ktime_t b)
{
	return a < b ? -1 : a > b;
}

static inline bool ktime_after(const ktime_t a, const ktime_t b) { return a > b; }
static inline bool ktime_before(const ktime_t a, const ktime_t b) { return a < b; }
static inline s64 ktime_us_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_us(later - earlier);
}
static inline s64 ktime_ms_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_ms(later - earlier);
}
static inline ktime_t ktime_add_us(ktime_t kt, u64 us) { return kt + us * NSEC_PER_USEC; }
static inline ktime_t ktime_add_ms(ktime_t kt, u64 ms) { return kt + ms * NSEC_PER_MSEC; }

#endif /* _LINUX_KTIME_H */
