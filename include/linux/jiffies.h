/* SPDX-License-Identifier: MIT */
/*
 * Time in ticks. jiffies wraps, five minutes after boot for the first time, so that code that
 * compares with < is found out: time_after() and its like are right as long as the two are less
 * than half of the range apart.
 */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/typecheck.h>
#include <linux/types.h>

#define CONFIG_HZ		100
#define HZ			CONFIG_HZ
#define USER_HZ			100
#define TICK_NSEC		((NSEC_PER_SEC + HZ / 2) / HZ)
#define TICK_USEC		((USEC_PER_SEC + HZ / 2) / HZ)
#define INITIAL_JIFFIES		((unsigned long)(unsigned int)(-300 * HZ))

extern u64 jiffies_64;				/* get_jiffies_64() */
extern unsigned long volatile jiffies;		/* its lower half */

u64 get_jiffies_64(void);

#define time_after(a, b) \
	(typecheck(unsigned long, a) && typecheck(unsigned long, b) && ((long)((b) - (a)) < 0))
#define time_before(a, b)	time_after(b, a)
#define time_after_eq(a, b) \
	(typecheck(unsigned long, a) && typecheck(unsigned long, b) && ((long)((a) - (b)) >= 0))
#define time_before_eq(a, b)	time_after_eq(b, a)
#define time_in_range(a, b, c)	(time_after_eq(a, b) && time_before_eq(a, c))
#define time_in_range_open(a, b, c) (time_after_eq(a, b) && time_before(a, c))
#define time_after64(a, b) \
	(typecheck(u64, a) && typecheck(u64, b) && ((s64)((b) - (a)) < 0))
#define time_before64(a, b)	time_after64(b, a)
#define time_after_eq64(a, b) \
	(typecheck(u64, a) && typecheck(u64, b) && ((s64)((a) - (b)) >= 0))
#define time_before_eq64(a, b)	time_after_eq64(b, a)
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)
#define time_is_before_eq_jiffies(a) time_after_eq(jiffies, a)
#define time_is_after_eq_jiffies(a) time_before_eq(jiffies, a)

/* The most that can be asked for and still be told from the past. */
#define MAX_JIFFY_OFFSET	((LONG_MAX >> 1) - 1)

/* To ticks: rounded up, so that nobody waits too short; what is negative as an int is for ever. */
unsigned long msecs_to_jiffies(const unsigned int m);
unsigned long usecs_to_jiffies(const unsigned int u);
unsigned long nsecs_to_jiffies(u64 n);		/* rounded down */
u64 nsecs_to_jiffies64(u64 n);

static inline unsigned int jiffies_to_msecs(const unsigned long j)
{
	return (MSEC_PER_SEC / HZ) * j;
}

static inline unsigned int jiffies_to_usecs(const unsigned long j)
{
	return (USEC_PER_SEC / HZ) * j;
}

static inline u64 jiffies_to_nsecs(const unsigned long j)
{
	return (u64)jiffies_to_usecs(j) * NSEC_PER_USEC;
}

static inline u64 jiffies64_to_nsecs(u64 j)
{
	return j * TICK_NSEC;
}

#endif /* _LINUX_JIFFIES_H */
