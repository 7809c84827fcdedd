// SPDX-License-Identifier: MIT
/*
 * Contexts of a program: one CPU, one thread, no interrupts.
 *
 * What there is of kernel/core/, locking/ and sched/ works as it is: locks are found free, and calling
 * all CPUs calls this one. Who would have to wait for another thread waits for ever, which is a mistake,
 * and the end.
 *
 * RCU: there is no other CPU, so a grace period is over as soon as this one is in no read-side
 * critical section: callbacks run where the machine would run its softirqs, at the end of the last
 * section that forbids them.
 */
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/oom.h>
#include <linux/panic.h>
#include <linux/psi.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>

/* ---- this CPU ---- */

unsigned long host_irq_flags = X86_EFLAGS_IF;
unsigned long host_percpu_offset;

void load_percpu_segment(unsigned long offset)
{
	host_percpu_offset = offset;
}

void arch_send_call_function_ipi(unsigned int cpu)
{
	BUG();			/* there is no other */
}

bool trigger_single_cpu_backtrace(int cpu)
{
	return false;
}

/* ---- waiting ---- */

/* Time is all that can pass here. */
long schedule_timeout(long timeout)
{
	if (timeout == MAX_SCHEDULE_TIMEOUT)
		panic("this thread sleeps, and there is no other that could wake it");
	__set_current_state(TASK_RUNNING);
	return 0;
}

long schedule_timeout_uninterruptible(long timeout)
{
	return schedule_timeout(timeout);
}

void schedule(void)
{
	schedule_timeout(MAX_SCHEDULE_TIMEOUT);
}

/* Nobody else waits for this CPU. */
int __cond_resched(void)
{
	return 0;
}

int wake_up_state(struct task_struct *task, unsigned int state)
{
	return 0;		/* it is this one, and it runs */
}

int wake_up_process(struct task_struct *task)
{
	return wake_up_state(task, TASK_NORMAL);
}

/* Nobody asks how long that was. */
void psi_memstall_enter(unsigned long *flags)
{
	*flags = 0;
}

void psi_memstall_leave(unsigned long *flags)
{
}

/* ---- processes ---- */

DEFINE_MUTEX(oom_lock);

bool out_of_memory(struct oom_control *oc)
{
	return false;		/* there are none */
}

/* ---- RCU ---- */

static struct rcu_head *first, **last = &first;	/* callbacks that have not run, in order */

static struct rcu_head *take_callback(void)
{
	struct rcu_head *head = first;

	if (head) {
		first = head->next;
		if (!first)
			last = &first;
	}
	return head;
}

/* As a softirq has it. What they hand over runs behind them. */
static void run_callbacks(void)
{
	struct rcu_head *head;

	preempt_count_add(SOFTIRQ_OFFSET);
	while ((head = take_callback()))
		head->func(head);
	preempt_count_sub(SOFTIRQ_OFFSET);
}

void host_preempt_schedule(void)
{
	if (!preemptible())
		return;
	clear_preempt_need_resched();
	run_callbacks();
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
	head->next = NULL;
	*last = head;
	last = &head->next;
	set_preempt_need_resched();
	preempt_check_resched();
}

void synchronize_rcu(void)
{
	might_sleep();
}

void rcu_barrier(void)
{
	might_sleep();
	run_callbacks();
}
