/* SPDX-License-Identifier: MIT */
/*
 * preempt_count: why this CPU must not be given to another thread. Linux's layout: bits 0-7 count
 * preempt_disable(), 8-15 softirqs, 16-19 hardware interrupts, 20-23 NMIs, 24 see below. While it is not 0,
 * nothing may sleep. There are no threads yet; the count is kept so that the rule holds already.
 */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/types.h>

#define PREEMPT_SHIFT	0
#define SOFTIRQ_SHIFT	8
#define HARDIRQ_SHIFT	16
#define NMI_SHIFT	20
#define PREEMPT_OFFSET	(1U << PREEMPT_SHIFT)
#define SOFTIRQ_OFFSET	(1U << SOFTIRQ_SHIFT)
#define HARDIRQ_OFFSET	(1U << HARDIRQ_SHIFT)
#define NMI_OFFSET	(1U << NMI_SHIFT)
#define PREEMPT_MASK	(0xffU << PREEMPT_SHIFT)
#define SOFTIRQ_MASK	(0xffU << SOFTIRQ_SHIFT)
#define HARDIRQ_MASK	(0xfU << HARDIRQ_SHIFT)
#define NMI_MASK	(0xfU << NMI_SHIFT)

extern int __preempt_count;

#define preempt_count()		__preempt_count
#define preempt_count_add(val)	do { __preempt_count += (val); } while (0)
#define preempt_count_sub(val)	do { __preempt_count -= (val); } while (0)
#define preempt_count_set(val)	do { __preempt_count = (val); } while (0)

/* One instruction, where gcc would load the count first. */
static __always_inline bool preempt_count_is_zero(void)
{
	bool zero;

	__asm__("cmpl $0, %1" : "=@ccz"(zero) : "m"(__preempt_count));
	return zero;
}

/*
 * Bit 24: this CPU is inside what it keeps for itself (mm/slab_cpu.c). An interrupt that finds the
 * mark keeps out. One plain instruction sets it and forbids preemption at once: an interrupt
 * comes before it or after it.
 */
#define CPU_LAYER_SHIFT	24
#define CPU_LAYER_OFFSET	(1U << CPU_LAYER_SHIFT)

/* Two instructions with the jump, where gcc would load the count first. */
static __always_inline bool in_cpu_layer(void)
{
	bool inside;

	__asm__("testl %2, %1" : "=@ccnz"(inside) : "m"(__preempt_count), "i"(CPU_LAYER_OFFSET));
	return inside;
}

#define cpu_layer_enter() \
	do { preempt_count_add(CPU_LAYER_OFFSET + PREEMPT_OFFSET); barrier(); } while (0)
#define cpu_layer_leave() \
	do { barrier(); preempt_count_sub(CPU_LAYER_OFFSET + PREEMPT_OFFSET); } while (0)

/* Between the two, this thread stays on this CPU, and no other runs on it. They nest. */
#define preempt_disable()	do { preempt_count_add(1); barrier(); } while (0)
#define preempt_enable()	do { barrier(); preempt_count_sub(1); } while (0)
#define preempt_enable_no_resched() preempt_enable()

#define hardirq_count()		(preempt_count() & HARDIRQ_MASK)
#define softirq_count()		(preempt_count() & SOFTIRQ_MASK)
#define in_nmi()		(preempt_count() & NMI_MASK)
#define in_hardirq()		hardirq_count()
#define in_interrupt()		(preempt_count() & (HARDIRQ_MASK | SOFTIRQ_MASK | NMI_MASK))
#define in_task()		(!(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)))
#define in_atomic()		(preempt_count() != 0)

#endif /* _LINUX_PREEMPT_H */
