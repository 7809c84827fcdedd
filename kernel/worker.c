// SPDX-License-Identifier: MIT
/*
 * Workers: the threads that run what is queued (workqueue.c has the theory).
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <quarry/scheduler.h>

#include "workqueue.h"

struct worker_pool worker_pools[NR_WORKER_POOLS];
struct task_struct *worker_maker;

struct worker_pool *worker_pool_for(int cpu, bool highpri)
{
	return &worker_pools[2 * cpu + highpri];
}

/* ---- how many ---- */

/* There is work, and nobody who does it, or would fetch it. */
static bool need_more_worker(const struct worker_pool *pool)
{
	return !list_empty(&pool->worklist) && !pool->nr_running;
}

/* For a worker that is running itself. */
static bool keep_working(const struct worker_pool *pool)
{
	return !list_empty(&pool->worklist) && pool->nr_running <= pool_is_bound(pool);
}

void pool_wants_worker(struct worker_pool *pool)
{
	if (!need_more_worker(pool))
		return;
	if (pool->nr_idle)
		wake_up_process(list_first_entry(&pool->idle, struct worker, node)->task);
	else if (worker_maker)
		wake_up_process(worker_maker);
}

static void count(struct worker *worker)
{
	worker->counted = pool_is_bound(worker->pool);
	worker->pool->nr_running += worker->counted;
}

static void uncount(struct worker *worker)
{
	worker->pool->nr_running -= worker->counted;
	worker->counted = false;
}

/*
 * The scheduler's word that a worker goes to sleep in the middle of a work (or, !@sleeps, goes on):
 * then another one takes its place.
 */
static void worker_sleeps(bool sleeps)
{
	struct worker *worker = current_worker();
	struct worker_pool *pool = worker->pool;
	unsigned long flags;

	if (!worker->counted || worker->sleeping == sleeps)
		return;
	spin_lock_irqsave(&pool->lock, flags);
	worker->sleeping = sleeps;
	if (sleeps) {
		pool->nr_running--;
		pool_wants_worker(pool);
	} else {
		pool->nr_running++;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
}

struct worker *current_worker(void)
{
	return current->flags & PF_WQ_WORKER ? kthread_data(current) : NULL;
}

/* ---- one work ---- */

struct worker *find_worker_executing(struct worker_pool *pool, const struct work_struct *work)
{
	struct worker *worker;

	list_for_each_entry(worker, &pool->busy, node)
		if (worker->current_work == work && worker->current_func == work->func)
			return worker;
	return NULL;
}

void take_flushers(struct list_head *from, const struct work_struct *work, struct list_head *to)
{
	struct work_flusher *flusher, *next;

	list_for_each_entry_safe(flusher, next, from, node)
		if (flusher->work == work)
			list_move_tail(&flusher->node, to);
}

void end_flushers(struct list_head *from, const struct work_struct *work)
{
	struct work_flusher *flusher, *next;

	list_for_each_entry_safe(flusher, next, from, node) {
		if (flusher->work != work)
			continue;
		list_del(&flusher->node);
		complete(&flusher->done);	/* it lies on the waiter's stack */
	}
}

/* @work may be gone. */
static void check_what_is_left(work_func_t func)
{
	if (likely(!preempt_count()))
		return;
	pr_err("BUG: workqueue leaked lock or atomic: %s/0x%08x/%d\n", current->comm,
	       preempt_count(), current->pid);
	pr_err("     last function: %ps\n", func);
	dump_stack();
	preempt_count_set(0);
}

/* @work is on its way from the list into the worker's hands. */
static void begin_work(struct worker *worker, struct work_struct *work)
{
	struct worker_pool *pool = worker->pool;

	list_add(&worker->node, &pool->busy);
	worker->current_work = work;
	worker->current_func = work->func;
	worker->current_pwq = work->pwq;
	list_del_init(&work->entry);
	take_flushers(&pool->flushers, work, &worker->flushers);
}

static void end_work(struct worker *worker, unsigned int color)
{
	end_flushers(&worker->flushers, worker->current_work);
	list_del_init(&worker->node);
	worker->current_work = NULL;
	pwq_dec(worker->current_pwq, color, true);
	worker->current_pwq = NULL;
}

static void process_one_work(struct worker *worker, struct work_struct *work)
{
	struct worker *same = find_worker_executing(worker->pool, work);
	bool intensive = worker->counted && (work->pwq->wq->flags & WQ_CPU_INTENSIVE);
	unsigned int color = work_color(work);

	if (same) {		/* it has been queued again: whoever runs it does it afterwards */
		list_move_tail(&work->entry, &same->scheduled);
		return;
	}
	begin_work(worker, work);
	if (intensive)
		uncount(worker);
	pool_wants_worker(worker->pool);
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->flags);
	spin_unlock_irq(&worker->pool->lock);
	worker->current_func(work);
	check_what_is_left(worker->current_func);
	cond_resched();
	spin_lock_irq(&worker->pool->lock);
	if (intensive)
		count(worker);
	end_work(worker, color);
}

void worker_process_list(struct worker *worker, struct list_head *list)
{
	while (!list_empty(list))
		process_one_work(worker, list_first_entry(list, struct work_struct, entry));
}

/* ---- asking ---- */

unsigned int work_busy(struct work_struct *work)
{
	struct worker_pool *pool = READ_ONCE(work->pool);
	unsigned int busy = work_pending(work) ? WORK_BUSY_PENDING : 0;
	unsigned long flags;

	if (!pool)
		return busy;
	spin_lock_irqsave(&pool->lock, flags);
	if (find_worker_executing(pool, work))
		busy |= WORK_BUSY_RUNNING;
	spin_unlock_irqrestore(&pool->lock, flags);
	return busy;
}

static bool is_at_rest(struct worker_pool *pool)
{
	bool rest;

	spin_lock_irq(&pool->lock);
	rest = list_empty(&pool->worklist) && pool->nr_workers <= 1 && pool->nr_idle == pool->nr_workers;
	spin_unlock_irq(&pool->lock);
	return rest;
}

bool workqueues_at_rest(void)
{
	struct worker_pool *pool;

	for_each_worker_pool(pool)
		if (!is_at_rest(pool))
			return false;
	return true;
}

struct work_struct *current_work(void)
{
	struct worker *worker = current_worker();

	return worker ? worker->current_work : NULL;
}

/* ---- a worker's life ---- */

static void enter_idle(struct worker *worker)
{
	list_add(&worker->node, &worker->pool->idle);
	worker->pool->nr_idle++;
}

static void leave_idle(struct worker *worker)
{
	list_del_init(&worker->node);
	worker->pool->nr_idle--;
}

static void work_for_a_while(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;

	count(worker);
	while (keep_working(pool)) {
		process_one_work(worker, list_first_entry(&pool->worklist, struct work_struct, entry));
		worker_process_list(worker, &worker->scheduled);
	}
	uncount(worker);
}

/* Works until it finds nothing to do while another one is idle already: one in reserve is enough. */
static int worker_thread(void *data)
{
	struct worker *worker = data;
	struct worker_pool *pool = worker->pool;

	current->flags |= PF_WQ_WORKER;
	spin_lock_irq(&pool->lock);
	for (;;) {
		leave_idle(worker);
		if (need_more_worker(pool))
			work_for_a_while(worker);
		if (pool->nr_idle)
			break;
		enter_idle(worker);
		set_current_state(TASK_IDLE);
		spin_unlock_irq(&pool->lock);
		schedule();
		spin_lock_irq(&pool->lock);
	}
	current->flags |= PF_EXITING;		/* whom workers_at_rest() does not count, it sees there */
	pool->nr_workers--;
	spin_unlock_irq(&pool->lock);
	current->flags &= ~PF_WQ_WORKER;
	kfree(worker);
	return 0;
}

struct worker *worker_alloc(struct worker_pool *pool)
{
	struct worker *worker = kzalloc(sizeof(*worker), GFP_KERNEL);

	if (!worker)
		return NULL;
	worker->pool = pool;
	INIT_LIST_HEAD(&worker->node);
	INIT_LIST_HEAD(&worker->scheduled);
	INIT_LIST_HEAD(&worker->flushers);
	return worker;
}

static struct task_struct *worker_task(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	unsigned int number = pool->next_worker;	/* only the maker changes it */
	struct task_struct *task;

	if (pool_is_bound(pool))
		task = kthread_create(worker_thread, worker, "kworker/%d:%u%s", pool->cpu, number,
				      pool->nice < 0 ? "H" : "");
	else
		task = kthread_create(worker_thread, worker, "kworker/u%u:%u", pool->id, number);
	if (IS_ERR(task))
		return NULL;
	if (pool_is_bound(pool))
		kthread_bind(task, pool->cpu);
	set_user_nice(task, pool->nice);
	return task;
}

bool make_worker(struct worker_pool *pool)
{
	struct worker *worker = worker_alloc(pool);

	if (!worker)
		return false;
	worker->task = worker_task(worker);
	if (!worker->task) {
		kfree(worker);
		return false;
	}
	spin_lock_irq(&pool->lock);
	pool->next_worker++;
	pool->nr_workers++;
	enter_idle(worker);
	spin_unlock_irq(&pool->lock);
	wake_up_process(worker->task);
	return true;
}

bool pool_lacks_worker(struct worker_pool *pool)
{
	bool lacks;

	spin_lock_irq(&pool->lock);
	lacks = need_more_worker(pool) && !pool->nr_idle;
	spin_unlock_irq(&pool->lock);
	return lacks;
}

/* ---- beginning ---- */

void worker_pools_init(void)
{
	struct worker_pool *pool;

	sched_worker_sleeps = worker_sleeps;
	for_each_worker_pool(pool) {
		unsigned int index = pool - worker_pools;

		spin_lock_init(&pool->lock);
		pool->cpu = index / 2;
		pool->nice = index % 2 ? MIN_NICE : 0;
		pool->id = index;
		INIT_LIST_HEAD(&pool->worklist);
		INIT_LIST_HEAD(&pool->idle);
		INIT_LIST_HEAD(&pool->busy);
		INIT_LIST_HEAD(&pool->flushers);
	}
}
