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

/* From a queue where it must not wait into another. Called with the queue locked, which it leaves. */
static void move_queued(struct rq *rq, struct task_struct *task)
{
	dequeue(rq, task);
	rq_unlock(rq);
	rq = cpu_rq(choose_cpu(task));
	rq_lock(rq);
	enqueue_and_preempt(rq, task);
	rq_unlock(rq);
}

/*
 * True: it is where it may run, or sleeps, and will wake up there. If it runs elsewhere, it is asked to
 * leave: each time, since by then it may have been through a queue to another CPU that it must not use.
 */
static bool move_away(struct task_struct *task)
{
	struct rq *rq = task_rq_lock(task);
	bool done = may_run_on(task, rq->cpu) || !(task->on_rq || task->on_cpu);

	if (!done && !task->on_cpu) {
		move_queued(rq, task);
		return true;
	}
	if (!done)
		resched(rq);
	rq_unlock(rq);
	return done;
}

int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask)
{
	unsigned long flags;

	if (!cpumask_intersects(mask, cpu_online_mask))
		return -EINVAL;
	spin_lock_irqsave(&task->pi_lock, flags);
	cpumask_copy(&task->cpus_mask, mask);
	while (!move_away(task)) {
		spin_unlock_irqrestore(&task->pi_lock, flags);
		yield();
		spin_lock_irqsave(&task->pi_lock, flags);
	}
	spin_unlock_irqrestore(&task->pi_lock, flags);
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

void sched_set_fifo(struct task_struct *task)
{
	set_user_nice(task, MIN_NICE);
}

void sched_set_fifo_low(struct task_struct *task)
{
	set_user_nice(task, MIN_NICE);
}

void sched_set_normal(struct task_struct *task, int nice)
{
	set_user_nice(task, nice);
}

/* ---- what it does ---- */

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

/* A look at @task: 0 or the number to be returned, and whether it must be waited for. */
static unsigned long look_at(struct task_struct *task, unsigned int state, bool *busy)
{
	unsigned long flags, switches = 0;
	struct rq *rq;

	local_irq_save(flags);
	rq = task_rq_lock(task);
	*busy = false;
	if (!state || READ_ONCE(task->__state) == state) {
		switches = (task->nvcsw + task->nivcsw) | LONG_MIN;
		*busy = task->on_rq || task->on_cpu;
	}
	rq_unlock(rq);
	local_irq_restore(flags);
	return switches;
}

unsigned long wait_task_inactive(struct task_struct *task, unsigned int state)
{
	unsigned long switches;
	bool busy;

	while ((switches = look_at(task, state, &busy)) && busy)
		yield();
	return switches;
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
