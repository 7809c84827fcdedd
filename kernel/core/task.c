// SPDX-License-Identifier: MIT
/*
 * Who runs, and what it may do: one thread on one CPU so far, which is not preempted. Locks and
 * the rule about sleeping are kept all the same, so that breaking it is noticed now.
 */
#include <linux/irqflags.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

int __preempt_count;
unsigned int cpu_number;

struct task_struct init_task = { .comm = "swapper" };
struct task_struct *current_task = &init_task;

void __might_sleep_report(const char *file, int line)
{
	pr_err("BUG: sleeping function called from invalid context at %s:%d\n", file, line);
	pr_err("in_atomic(): %d, irqs_disabled(): %d, non_block: 0, pid: %d, name: %s\n",
	       in_atomic(), irqs_disabled(), current->pid, current->comm);
	pr_err("preempt_count: %x, expected: %x\n", preempt_count(), 0);
	dump_stack();
}

/* With one CPU, whoever holds the lock cannot go on while we wait. */
void __spin_lock_contended(spinlock_t *lock)
{
	panic("spinlock %pS: taken a second time by the same CPU", lock);
}

void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	unsigned long flags;

	local_irq_save(flags);
	func(info);
	local_irq_restore(flags);
}
