// SPDX-License-Identifier: MIT
/*
 * Who makes workers, and who works when none can be made (workqueue.c has the theory).
 *
 * Who lacks a worker may not sleep for memory; so a thread of its own makes them: "kthreadd". When there
 * is no memory, each queue that has works in that pool and a thread in reserve calls it: the
 * rescuer, which then runs them, one after another, where the pool's workers would have.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "workqueue.h"

#define RETRY_DELAY	(HZ / 10)	/* before a worker is tried to be made again */

static DEFINE_SPINLOCK(mayday_lock);	/* inside the pools' locks */

/* ---- the maker ---- */

/* No memory for a worker: those queues that have a thread in reserve use it now. */
static void send_maydays(struct worker_pool *pool)
{
	struct work_struct *work;

	spin_lock_irq(&pool->lock);
	spin_lock(&mayday_lock);
	list_for_each_entry(work, &pool->worklist, entry) {
		struct workqueue_struct *wq = work->pwq->wq;

		if (wq->rescuer && list_empty(&work->pwq->mayday_node)) {
			list_add_tail(&work->pwq->mayday_node, &wq->maydays);
			wake_up_process(wq->rescuer->task);
		}
	}
	spin_unlock(&mayday_lock);
	spin_unlock_irq(&pool->lock);
}

/* False: some pool must go without for the moment. */
static bool make_workers(void)
{
	struct worker_pool *pool;
	bool enough = true;

	for_each_worker_pool(pool) {
		if (!pool_lacks_worker(pool) || make_worker(pool))
			continue;
		send_maydays(pool);
		enough = false;
	}
	return enough;
}

static bool any_lacks_worker(void)
{
	struct worker_pool *pool;

	for_each_worker_pool(pool)
		if (pool_lacks_worker(pool))
			return true;
	return false;
}

static int maker_thread(void *unused)
{
	for (;;) {
		set_current_state(TASK_IDLE);
		if (!any_lacks_worker())
			schedule();
		__set_current_state(TASK_RUNNING);
		if (!make_workers())
			schedule_timeout_idle(RETRY_DELAY);
	}
	return 0;
}

/* The first worker of each pool is there before there is work: it never has to wait for memory. */
static void make_first_workers(void)
{
	struct worker_pool *pool;

	for_each_worker_pool(pool)
		if (!pool_is_bound(pool) || cpu_online(pool->cpu))
			BUG_ON(!make_worker(pool));
}

void worker_maker_start(void)
{
	struct task_struct *task;

	make_first_workers();
	task = kthread_run(maker_thread, NULL, "kthreadd");
	BUG_ON(IS_ERR(task));
	worker_maker = task;
	wake_up_process(task);
}

/* ---- rescuers ---- */

static struct pool_workqueue *next_mayday(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq;

	spin_lock_irq(&mayday_lock);
	pwq = list_first_entry_or_null(&wq->maydays, struct pool_workqueue, mayday_node);
	if (pwq)
		list_del_init(&pwq->mayday_node);
	spin_unlock_irq(&mayday_lock);
	return pwq;
}

/* All works of this queue that wait in its pool. */
static void rescue(struct worker *rescuer, struct pool_workqueue *pwq)
{
	struct worker_pool *pool = pwq->pool;
	struct work_struct *work, *next;

	if (pool_is_bound(pool))
		set_cpus_allowed_ptr(current, cpumask_of(pool->cpu));
	spin_lock_irq(&pool->lock);
	rescuer->pool = pool;
	list_for_each_entry_safe(work, next, &pool->worklist, entry)
		if (work->pwq == pwq)
			list_move_tail(&work->entry, &rescuer->scheduled);
	worker_process_list(rescuer, &rescuer->scheduled);
	spin_unlock_irq(&pool->lock);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static int rescuer_thread(void *data)
{
	struct worker *rescuer = data;
	struct pool_workqueue *pwq;

	current->flags |= PF_WQ_WORKER;
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		pwq = next_mayday(rescuer->rescues);
		if (!pwq && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		if (pwq)
			rescue(rescuer, pwq);
	}
	current->flags &= ~PF_WQ_WORKER;
	return 0;
}

bool rescuer_start(struct workqueue_struct *wq)
{
	struct worker *rescuer = worker_alloc(NULL);
	struct task_struct *task;

	if (!rescuer)
		return false;
	task = kthread_create(rescuer_thread, rescuer, "%s", wq->name);
	if (IS_ERR(task)) {
		kfree(rescuer);
		return false;
	}
	rescuer->task = task;
	rescuer->rescues = wq;
	wq->rescuer = rescuer;
	wake_up_process(task);
	return true;
}

void rescuer_stop(struct workqueue_struct *wq)
{
	if (!wq->rescuer)
		return;
	kthread_stop(wq->rescuer->task);
	kfree(wq->rescuer);
	wq->rescuer = NULL;
}
