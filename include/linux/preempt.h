/* SPDX-License-Identifier: MIT */
/*
 * preempt_count: why this CPU must not be given to another thread. Linux's layout: bits 0-7 count
 * preempt_disable(), 8-15 softirqs, 16-19 hardware interrupts, 20-23 NMIs. While one of them is not
 * 0, nothing may sleep. Bit 24 is explained below.
 *
 * Bit 31, upside down: 0 says that somebody waits for this CPU, another thread or the drain of what
 * it keeps for itself. So the whole word becomes 0 at the very instruction that ends the last critical
 * section, if it has to be followed up, and leaving one costs an instruction and a jump.
 */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <asm/preempt.h>
#include <linux/percpu-defs.h>
#include <linux/types.h>

#define PREEMPT_SHIFT	0
#define SOFTIRQ_SHIFT	8
#define HARDIRQ_SHIFT	16
#define NMI_SHIFT	20
#define PREEMPT_OFFSET	(1U << PREEMPT_SHIFT)
#define SOFTIRQ_OFFSET	(1U << SOFTIRQ_SHIFT)
#define SOFTIRQ_DISABLE_OFFSET (2 * SOFTIRQ_OFFSET)
#define HARDIRQ_OFFSET	(1U << HARDIRQ_SHIFT)
#define NMI_OFFSET	(1U << NMI_SHIFT)
#define PREEMPT_MASK	(0xffU << PREEMPT_SHIFT)
#define SOFTIRQ_MASK	(0xffU << SOFTIRQ_SHIFT)
#define HARDIRQ_MASK	(0xfU << HARDIRQ_SHIFT)
#define NMI_MASK	(0xfU << NMI_SHIFT)
#define PREEMPT_NEED_RESCHED	(1U << 31)
/* Nothing forbids preemption, and nobody asks for it. */
#define PREEMPT_ENABLED		PREEMPT_NEED_RESCHED

DECLARE_PER_CPU(unsigned int, __preempt_count);

#define preempt_count() ((int)(arch_percpu_read(__preempt_count) & ~PREEMPT_NEED_RESCHED))
#define preempt_count_add(val)	arch_percpu_add(__preempt_count, val)
#define preempt_count_sub(val)	arch_percpu_add(__preempt_count, -(val))

/* To a value that was read before: a fault ended what had raised it. */
static inline void preempt_count_set(int count)
{
	preempt_count_add(count - preempt_count());
}

/* In one instruction. False also when somebody waits for this CPU: that is for the slow way, too. */
static __always_inline bool preempt_count_is_zero(void)
{
	return arch_percpu_equals(__preempt_count, PREEMPT_ENABLED);
}

/* ---- somebody waits for this CPU ---- */

static __always_inline bool tif_need_resched(void)
{
	return !arch_percpu_test(__preempt_count, PREEMPT_NEED_RESCHED);
}
#define need_resched()			tif_need_resched()
#define set_preempt_need_resched()	arch_percpu_and(__preempt_count, ~PREEMPT_NEED_RESCHED)
#define clear_preempt_need_resched()	arch_percpu_or(__preempt_count, PREEMPT_NEED_RESCHED)

/* kernel/sched/sched.c: do what is waited for, if it may be done here. */
asmlinkage void preempt_schedule(void);

/* Take @val off; if that was the last reason against it, and somebody waits, let him. */
static __always_inline void preempt_count_sub_and_resched(unsigned int val)
{
	if (unlikely(arch_percpu_sub_and_test(__preempt_count, val)))
		__preempt_schedule();
}

#define preempt_check_resched() \
	do { if (unlikely(arch_percpu_equals(__preempt_count, 0))) __preempt_schedule(); } while (0)

/* ---- what this CPU keeps for itself ---- */

/*
 * Bit 24: this CPU is inside its own page lists or magazines (mm/page_pcp.c, mm/slab_cpu.c). An
 * interrupt that finds the mark keeps out. One plain instruction sets it and forbids preemption at
 * once: an interrupt comes before it or after it. <quarry/cpu_layer.h> asks other CPUs to drain theirs.
 */
#define CPU_LAYER_SHIFT	24
#define CPU_LAYER_OFFSET	(1U << CPU_LAYER_SHIFT)

static __always_inline bool in_cpu_layer(void)
{
	return arch_percpu_test(__preempt_count, CPU_LAYER_OFFSET);
}

#define cpu_layer_enter() \
	do { preempt_count_add(CPU_LAYER_OFFSET + PREEMPT_OFFSET); barrier(); } while (0)
#define cpu_layer_leave() \
	do { barrier(); preempt_count_sub_and_resched(CPU_LAYER_OFFSET + PREEMPT_OFFSET); } while (0)

/* ---- preemption ---- */

/* Between the two, this thread stays on this CPU, and no other runs on it. They nest. */
#define preempt_disable()	do { arch_percpu_inc(__preempt_count); barrier(); } while (0)
#define preempt_enable() \
do { \
	barrier(); \
	if (unlikely(arch_percpu_dec_and_test(__preempt_count))) \
		__preempt_schedule(); \
} while (0)
#define preempt_enable_no_resched() \
	do { barrier(); arch_percpu_dec(__preempt_count); } while (0)
#define preempt_disable_notrace()	preempt_disable()
#define preempt_enable_notrace()	preempt_enable()
#define preemptible()		(preempt_count() == 0 && !irqs_disabled())

#define hardirq_count()		(preempt_count() & HARDIRQ_MASK)
#define softirq_count()		(preempt_count() & SOFTIRQ_MASK)
#define irq_count()		(preempt_count() & (HARDIRQ_MASK | SOFTIRQ_MASK | NMI_MASK))
#define in_nmi()		(preempt_count() & NMI_MASK)
#define in_hardirq()		hardirq_count()
#define in_irq()		hardirq_count()
#define in_serving_softirq()	(softirq_count() & SOFTIRQ_OFFSET)
#define in_softirq()		softirq_count()
#define in_interrupt()		irq_count()
#define in_task()		(!(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)))
#define in_atomic()		(preempt_count() != 0)

/*
 * Between the two, this thread stays on this CPU, though others may run on it meanwhile, and it may
 * sleep. They nest. (kernel/sched/sched_settings.c)
 */
void migrate_disable(void);
void migrate_enable(void);

#endif /* _LINUX_PREEMPT_H */
