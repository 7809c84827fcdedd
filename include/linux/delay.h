/* SPDX-License-Identifier: MIT */
/*
 * Waiting. udelay() and its like keep the CPU busy: any context, never shorter than asked. msleep()
 * and its like let others run. (kernel/time/delay.c)
 */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

#include <linux/types.h>

void __udelay(unsigned long usecs);
void __ndelay(unsigned long nsecs);
void mdelay(unsigned long msecs);

/* More than 20 ms at once is refused by Linux's linker. Here as there: mdelay() is for that. */
void __bad_udelay(void);
#define udelay(n) \
	({ if (__builtin_constant_p(n) && (n) > 20000) __bad_udelay(); __udelay(n); })
#define ndelay(n) \
	({ if (__builtin_constant_p(n) && (n) > 20000) __bad_udelay(); __ndelay(n); })

void msleep(unsigned int msecs);
/* 0, or what was left of the time when the thread was woken. */
unsigned long msleep_interruptible(unsigned int msecs);
void usleep_range(unsigned long min, unsigned long max);
void usleep_range_state(unsigned long min, unsigned long max, unsigned int state);
void fsleep(unsigned long usecs);

static inline void ssleep(unsigned int seconds)
{
	msleep(seconds * 1000);
}

#endif /* _LINUX_DELAY_H */
