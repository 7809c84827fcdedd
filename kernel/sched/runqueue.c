// SPDX-License-Identifier: MIT
/* Runqueues: who waits for which CPU, and which CPU is best for whom. sched.c has the theory. */
#include <linux/kernel.h>
#include <linux/sched/clock.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>
#include <quarry/scheduler.h>

#include "runqueue.h"

DEFINE_PER_CPU_ALIGNED(struct rq, runqueues);

/* ---- queues ---- */

void array_add(struct prio_array *array, struct task_struct *task)
{
	list_add_tail(&task->run_list, &array->queue[task->prio]);
	__set_bit(task->prio, array->bitmap);
	array->nr++;
}

void array_remove(struct prio_array *array, struct task_struct *task)
{
	list_del_init(&task->run_list);
	if (list_empty(&array->queue[task->prio]))
		__clear_bit(task->prio, array->bitmap);
	array->nr--;
}

/* The running thread's slice may be over without its having left: the list tells. */
struct prio_array *array_of(struct rq *rq, struct task_struct *task)
{
	const struct task_struct *each;

	if (test_bit(task->prio, rq->active->bitmap))
		list_for_each_entry(each, &rq->active->queue[task->prio], run_list)
			if (each == task)
				return rq->active;
	return rq->expired;
}

void enqueue(struct rq *rq, struct task_struct *task)
{
	array_add(rq->active, task);
	rq->nr_running++;
	task->cpu = rq->cpu;
	task->on_rq = true;
}

void dequeue(struct rq *rq, struct task_struct *task)
{
	array_remove(array_of(rq, task), task);
	rq->nr_running--;
	task->on_rq = false;
}

/* Its mappings of high memory lie in this CPU's slots: their addresses would be wrong elsewhere. */
static bool is_pinned(const struct task_struct *task)
{
	return task->migration_disabled || task->kmap_ctrl.idx;
}

bool may_run_on(const struct task_struct *task, unsigned int cpu)
{
	if (is_pinned(task))
		return cpu == task->cpu;
	return cpumask_test_cpu(cpu, &task->cpus_mask) && cpu_online(cpu);
}

/* The running thread of @rq shall look anew who should run. */
void resched(struct rq *rq)
{
	if (rq->cpu == raw_smp_processor_id())
		set_preempt_need_resched();
	else
		smp_send_reschedule(rq->cpu);
}

static bool is_more_urgent(const struct task_struct *task, const struct rq *rq)
{
	return rq->curr == rq->idle || task->prio < rq->curr->prio;
}

void enqueue_and_preempt(struct rq *rq, struct task_struct *task)
{
	enqueue(rq, task);
	if (is_more_urgent(task, rq))
		resched(rq);
}

/* ---- which CPU ---- */

bool is_idle(unsigned int cpu)
{
	const struct rq *rq = cpu_rq(cpu);

	return !READ_ONCE(rq->nr_running) && rq->idle;
}

/* For a thread that wakes up. A rough choice: nothing is locked. */
unsigned int choose_cpu(const struct task_struct *task)
{
	unsigned int last = task->cpu, cpu;

	if (may_run_on(task, last) && (is_idle(last) || is_pinned(task)))
		return last;
	for_each_online_cpu(cpu)
		if (is_idle(cpu) && may_run_on(task, cpu))
			return cpu;
	if (may_run_on(task, last))
		return last;
	cpu = cpumask_any_and(&task->cpus_mask, cpu_online_mask);
	return cpu < NR_CPUS ? cpu : raw_smp_processor_id();
}

static struct task_struct *find_to_steal(struct rq *from, unsigned int to)
{
	struct prio_array *arrays[] = { from->expired, from->active };
	struct task_struct *task;
	unsigned int i, prio;

	for (i = 0; i < ARRAY_SIZE(arrays); i++)
		for_each_set_bit(prio, arrays[i]->bitmap, NICE_WIDTH)
			list_for_each_entry(task, &arrays[i]->queue[prio], run_list)
				if (!task->on_cpu && may_run_on(task, to))
					return task;
	return NULL;
}

static struct rq *find_busiest(const struct rq *but)
{
	struct rq *busiest = NULL;
	unsigned int cpu, most = 1;

	for_each_online_cpu(cpu) {
		struct rq *rq = cpu_rq(cpu);

		if (rq != but && READ_ONCE(rq->nr_running) > most) {
			most = rq->nr_running;
			busiest = rq;
		}
	}
	return busiest;
}

/* @rq, locked, has nothing to run: fetch a thread that waits elsewhere. */
void steal(struct rq *rq)
{
	struct rq *from = find_busiest(rq);
	struct task_struct *task;

	if (!from)
		return;
	if (from->cpu < rq->cpu) {		/* lower CPU first */
		rq_unlock(rq);
		rq_lock(from);
		rq_lock(rq);
	} else {
		rq_lock(from);
	}
	task = find_to_steal(from, rq->cpu);
	if (task && !rq->nr_running) {
		dequeue(from, task);
		enqueue(rq, task);
	}
	rq_unlock(from);
}

/* ---- beginning ---- */

static void array_init(struct prio_array *array)
{
	for (unsigned int prio = 0; prio < NICE_WIDTH; prio++)
		INIT_LIST_HEAD(&array->queue[prio]);
}

void sched_init_cpu(struct task_struct *idle)
{
	struct rq *rq = this_rq();

	rq->cpu = raw_smp_processor_id();
	rq->active = &rq->arrays[0];
	rq->expired = &rq->arrays[1];
	array_init(rq->active);
	array_init(rq->expired);
	set_task_stack_end_magic(idle);
	idle->flags |= PF_IDLE;
	idle->exec_start = local_clock();
	idle->on_cpu = true;
	idle->cpu = rq->cpu;
	rq->curr = rq->idle = idle;
}

unsigned int nr_running_on(unsigned int cpu)
{
	return READ_ONCE(cpu_rq(cpu)->nr_running);
}
