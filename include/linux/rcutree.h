/* SPDX-License-Identifier: MIT */
/* What the scheduler and the tick tell RCU (kernel/rcu/rcu.c), and the rarer ways to wait. */
#ifndef _LINUX_RCUTREE_H
#define _LINUX_RCUTREE_H

#include <linux/cpumask.h>
#include <linux/smp.h>
#include <linux/types.h>

/* CPUs that have yet to show that they are outside any read-side critical section. */
extern struct cpumask rcu_waiting;

void rcu_qs(void);

/* This CPU is about to change threads, or could: interrupts are off. */
static __always_inline void rcu_note_context_switch(bool preempt)
{
	if (unlikely(cpumask_test_cpu(raw_smp_processor_id(), &rcu_waiting)))
		rcu_qs();
}

/* In the interrupt of this CPU's clock. */
void rcu_sched_clock_irq(int user);

/* Softirqs are there: callbacks run from now on. */
void rcu_init(void);

/* The same as synchronize_rcu(), at the cost of interrupting all CPUs. */
void synchronize_rcu_expedited(void);

/*
 * A grace period that begins after the call has this number; start_… sees to it that there is one.
 * poll_…: is it over? cond_…: return when it is. Only the last one may sleep.
 */
unsigned long get_state_synchronize_rcu(void);
unsigned long start_poll_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long oldstate);
void cond_synchronize_rcu(unsigned long oldstate);

#endif /* _LINUX_RCUTREE_H */
