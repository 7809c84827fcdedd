/* SPDX-License-Identifier: MIT */
/* The rule about sleeping; <linux/sched.h> has it, too. */
#ifndef _QUARRY_MIGHT_SLEEP_H
#define _QUARRY_MIGHT_SLEEP_H

#include <linux/preempt.h>

/* The report of a function that may sleep, called where sleeping is forbidden. */
void __might_sleep_report(const char *file, int line) __cold;

/*
 * At the door of whatever may sleep: says so, with the caller's backtrace, when it is called where
 * it must not sleep, whether it would have slept this time or not.
 */
#define might_sleep() \
	do { if (unlikely(preempt_count())) __might_sleep_report(__FILE__, __LINE__); } while (0)
#define might_sleep_if(condition) \
	do { if (condition) might_sleep(); } while (0)

#endif /* _QUARRY_MIGHT_SLEEP_H */
