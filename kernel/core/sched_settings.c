// SPDX-License-Identifier: MIT
/* Where a thread may run, how urgent it is, and what it has used. sched.c has the theory. */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/sched/task_stack.h>
#include <quarry/scheduler.h>

#include "runqueue.h"

#define DEFAULT_PRIO	(-MIN_NICE)

/* ---- who, where, how ---- */

int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask)
{
	unsigned long flags;
	struct rq *rq;

	if (!cpumask_intersects(mask, cpu_online_mask))
		return -EINVAL;
	spin_lock_irqsave(&task->pi_lock, flags);
	rq = task_rq_lock(task);
	cpumask_copy(&task->cpus_mask, mask);
	if (task->on_rq && !may_run_on(task, rq->cpu) && !task->on_cpu) {
		dequeue(rq, task);
		rq_unlock(rq);
		rq = cpu_rq(choose_cpu(task));
		rq_lock(rq);
		enqueue_and_preempt(rq, task);
	} else if (task->on_cpu) {
		resched(rq);		/* it moves itself, when it leaves its stack */
	}
	rq_unlock(rq);
	spin_unlock_irqrestore(&task->pi_lock, flags);
	while ((READ_ONCE(task->on_rq) || READ_ONCE(task->on_cpu)) &&
	       !may_run_on(task, task_cpu(task)))
		yield();
	return 0;
}

void migrate_disable(void)
{
	preempt_disable();
	current->migration_disabled++;
	preempt_enable();
}

/* If it was to move meanwhile, it does so now. */
void migrate_enable(void)
{
	preempt_disable();
	WARN_ON_ONCE(!current->migration_disabled);
	if (!--current->migration_disabled && !may_run_on(current, raw_smp_processor_id()))
		set_preempt_need_resched();
	preempt_enable();
}

void set_user_nice(struct task_struct *task, long nice)
{
	unsigned long flags;
	struct rq *rq;
	bool queued;

	spin_lock_irqsave(&task->pi_lock, flags);
	rq = task_rq_lock(task);
	queued = task->on_rq;
	if (queued)
		dequeue(rq, task);
	task->prio = clamp(nice, (long)MIN_NICE, (long)MAX_NICE) - MIN_NICE;
	if (queued)
		enqueue(rq, task);
	resched(rq);
	rq_unlock(rq);
	spin_unlock_irqrestore(&task->pi_lock, flags);
}

u64 task_sched_runtime(struct task_struct *task)
{
	unsigned long flags;
	struct rq *rq;
	u64 time;

	local_irq_save(flags);
	rq = task_rq_lock(task);
	time = task->sum_exec_runtime;
	if (rq->curr == task)
		time += local_clock() - task->exec_start;
	rq_unlock(rq);
	local_irq_restore(flags);
	return time;
}

unsigned long long nr_context_switches_cpu(int cpu)
{
	return READ_ONCE(cpu_rq(cpu)->nr_switches);
}

struct task_struct *idle_task(int cpu)
{
	return cpu_rq(cpu)->idle;
}

/* ---- beginning ---- */

void sched_init_task(struct task_struct *task, void (*fn)(void *arg), void *arg)
{
	task->__state = TASK_NEW;
	task->prio = DEFAULT_PRIO;
	task->time_slice = slice_of(task);
	task->cpu = raw_smp_processor_id();
	task->cpus_mask = CPU_MASK_ALL;
	spin_lock_init(&task->pi_lock);
	INIT_LIST_HEAD(&task->run_list);
	thread_init_stack(task, fn, arg);
}
