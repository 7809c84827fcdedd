/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BOTTOM_HALF_H
#define _LINUX_BOTTOM_HALF_H

#include <linux/compiler.h>
#include <linux/preempt.h>

/*
 * Between the two no softirq runs on this CPU, and no other thread. They nest. Not while interrupts
 * are off: local_bh_enable() runs what has come up meanwhile. (kernel/irq/softirq.c)
 */
static __always_inline void local_bh_disable(void)
{
	preempt_count_add(SOFTIRQ_DISABLE_OFFSET);
	barrier();
}

void local_bh_enable(void);
/* Inside a softirq, where nothing could run yet. */
void _local_bh_enable(void);

/* For locks, which have preemption off as well: take @cnt off preempt_count, softirqs last. */
void __local_bh_enable_ip(unsigned long ip, unsigned int cnt);

static inline bool local_bh_blocked(void) { return false; }

#endif /* _LINUX_BOTTOM_HALF_H */
