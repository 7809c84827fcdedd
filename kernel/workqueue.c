// SPDX-License-Identifier: MIT
/*
 * Work queues: functions to be called soon, by threads.
 *
 * 1. The idea
 * An interrupt handler cannot sleep, and must be short: it leaves what is left to somebody who can.
 * A thread for each driver would cost a stack each, which mostly waits. So all queues share a few
 * threads, the workers. Each CPU has a pool of them, and runs one work at a time: more would only take
 * the CPU from each other. But as soon as a work sleeps, another worker goes on with the next one;
 * the scheduler tells. So works do not wait for each other's waiting. (Tejun Heo's "concurrency
 * managed workqueue", Linux since 2.6.36; LKD chapter 8 describes the form before it.)
 *
 * 2. Structure
 *	workqueue_struct	a name, limits, and for each pool that it uses a
 *	pool_workqueue (pwq)	its share of a worker_pool, which has
 *	worklist		works that may run now, and workers to run them
 * A work waits in exactly one list: worklist; pwq->inactive, while max_active works of its queue are
 * active on that CPU already; or worker->scheduled, when that worker must run it and no other.
 *	PENDING is set  <=>  it waits, or its timer runs, or it is being cancelled; who sets the bit,
 *			     and nobody else, puts it into a list
 *	pwq->nr_active <= max_active; inactive is empty unless nr_active == max_active
 *	pool->nr_running = busy workers that do not sleep (0 in the pool for any CPU, where each work
 *			   gets a worker)
 *	worklist is not empty  =>  nr_running > 0, or an idle worker has been woken, or kthreadd,
 *				   which makes one (worker.c)
 * A worker that finds nothing to do while another one is idle ends: each pool keeps one.
 *
 * 3. Never twice at a time
 * A work that runs and is queued again goes to the pool where it runs, whatever CPU was asked for,
 * and there to that worker.
 *
 * 4. Waiting
 * For one work: a flusher hangs in the pool until a worker begins that work, then at that worker until
 * it is through. For a whole queue: works have one of two colors. A flush changes the color of those
 * that come, and waits until none of the old color is left; flushes come one at a time, so when one
 * begins there is only one color.
 *
 * 5. When there is no memory
 * A new worker needs some, and what frees memory may be a work. A queue with WQ_MEM_RECLAIM has a
 * thread of its own in reserve, the rescuer: it is called when no worker can be made.
 *
 * 6. Locking
 * pool->lock, with interrupts off, guards everything of a pool and of its shares. One pool at a time.
 * Inside it: the scheduler's locks, completions', mayday_lock. flush_mutex is outside.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "workqueue.h"

#define DRAIN_PATIENCE	10

struct workqueue_struct *system_wq, *system_highpri_wq, *system_long_wq, *system_unbound_wq;

/* ---- queueing ---- */

static struct pool_workqueue *pwq_for(struct workqueue_struct *wq, int cpu)
{
	if (wq->flags & WQ_UNBOUND)
		return &wq->pwq[0];
	if (cpu >= (int)nr_cpu_ids || !cpu_online(cpu))
		cpu = raw_smp_processor_id();
	return &wq->pwq[cpu];
}

static void activate(struct pool_workqueue *pwq, struct work_struct *work)
{
	pwq->nr_active++;
	list_move_tail(&work->entry, &pwq->pool->worklist);
	clear_bit(WORK_STRUCT_INACTIVE_BIT, &work->flags);
	pool_wants_worker(pwq->pool);
}

/* PENDING is ours; pwq->pool->lock is held. */
static void insert_work(struct pool_workqueue *pwq, struct work_struct *work)
{
	WRITE_ONCE(work->pool, pwq->pool);
	work->pwq = pwq;
	assign_bit(WORK_STRUCT_COLOR_BIT, &work->flags, pwq->color);
	pwq->in_flight[pwq->color]++;
	if (pwq->nr_active < pwq->wq->max_active) {
		activate(pwq, work);
	} else {
		set_bit(WORK_STRUCT_INACTIVE_BIT, &work->flags);
		list_add_tail(&work->entry, &pwq->inactive);
	}
}

/* With the lock of its pool: the share of @wq where @work runs at this moment, or else @pwq. */
static struct pool_workqueue *lock_where_it_runs(struct pool_workqueue *pwq,
						 const struct work_struct *work)
{
	struct worker_pool *last = READ_ONCE(work->pool);
	struct worker *worker;

	if (last && last != pwq->pool) {
		spin_lock(&last->lock);
		worker = find_worker_executing(last, work);
		if (worker && worker->current_pwq->wq == pwq->wq)
			return worker->current_pwq;
		spin_unlock(&last->lock);
	}
	spin_lock(&pwq->pool->lock);
	return pwq;
}

/* PENDING is ours, interrupts are off. */
static void queue_pending(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	struct pool_workqueue *pwq = lock_where_it_runs(pwq_for(wq, cpu), work);

	if (!WARN_ON(!list_empty(&work->entry)))
		insert_work(pwq, work);
	spin_unlock(&pwq->pool->lock);
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long flags;
	bool queued;

	local_irq_save(flags);
	queued = !test_and_set_bit(WORK_STRUCT_PENDING_BIT, &work->flags);
	if (queued)
		queue_pending(cpu, wq, work);
	local_irq_restore(flags);
	preempt_check_resched();
	return queued;
}

/* ---- and later ---- */

/* In a softirq, interrupts off. */
void delayed_work_timer_fn(struct timer_list *t)
{
	struct delayed_work *dwork = from_timer(dwork, t, timer);

	queue_pending(dwork->cpu, dwork->wq, &dwork->work);
}

/* PENDING is ours, interrupts are off. */
static void queue_delayed_pending(int cpu, struct workqueue_struct *wq,
				  struct delayed_work *dwork, unsigned long delay)
{
	if (!delay) {
		queue_pending(cpu, wq, &dwork->work);
		return;
	}
	dwork->wq = wq;
	dwork->cpu = cpu;
	dwork->timer.expires = jiffies + delay;
	if (cpu != WORK_CPU_UNBOUND && cpu_online(cpu))
		add_timer_on(&dwork->timer, cpu);
	else
		add_timer(&dwork->timer);
}

bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay)
{
	unsigned long flags;
	bool queued;

	local_irq_save(flags);
	queued = !test_and_set_bit(WORK_STRUCT_PENDING_BIT, &dwork->work.flags);
	if (queued)
		queue_delayed_pending(cpu, wq, dwork, delay);
	local_irq_restore(flags);
	preempt_check_resched();
	return queued;
}

/* ---- how works go ---- */

void pwq_dec(struct pool_workqueue *pwq, unsigned int color, bool active)
{
	pwq->in_flight[color]--;
	if (active) {
		pwq->nr_active--;
		if (!list_empty(&pwq->inactive))
			activate(pwq, list_first_entry(&pwq->inactive, struct work_struct, entry));
	}
	if (pwq->flush_color != color || pwq->in_flight[color])
		return;
	pwq->flush_color = -1;
	if (atomic_dec_and_test(&pwq->wq->pwqs_to_flush))
		complete(&pwq->wq->flushed);
}

/* It waits, and its pool is locked: it waits no more, and PENDING is ours. */
static void take_out(struct worker_pool *pool, struct work_struct *work)
{
	bool active = !test_and_clear_bit(WORK_STRUCT_INACTIVE_BIT, &work->flags);

	list_del_init(&work->entry);
	end_flushers(&pool->flushers, work);
	pwq_dec(work->pwq, work_color(work), active);
}

static bool take_out_of_pool(struct work_struct *work)
{
	struct worker_pool *pool = READ_ONCE(work->pool);
	bool waits;

	if (!pool)
		return false;
	spin_lock(&pool->lock);
	waits = work->pool == pool && !list_empty(&work->entry);
	if (waits)
		take_out(pool, work);
	spin_unlock(&pool->lock);
	return waits;
}

/*
 * Get hold of PENDING. With interrupts off, to be restored by *@flags: 1: it waited, or its timer
 * (@dwork, unless NULL) ran; 0: neither. With interrupts as they were: -ENOENT: somebody else
 * cancels it; -EAGAIN: it is on its way from the timer, or from a caller, into the list.
 */
static int grab_pending(struct work_struct *work, struct delayed_work *dwork, unsigned long *flags)
{
	local_irq_save(*flags);
	if (dwork && del_timer(&dwork->timer))
		return 1;
	if (!test_and_set_bit(WORK_STRUCT_PENDING_BIT, &work->flags))
		return 0;
	if (take_out_of_pool(work))
		return 1;
	local_irq_restore(*flags);
	if (test_bit(WORK_STRUCT_CANCELING_BIT, &work->flags))
		return -ENOENT;
	cpu_relax();
	return -EAGAIN;
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay)
{
	unsigned long flags;
	int waited;

	do
		waited = grab_pending(&dwork->work, dwork, &flags);
	while (waited == -EAGAIN);
	if (waited < 0)
		return true;		/* who cancels it has the last word */
	queue_delayed_pending(cpu, wq, dwork, delay);
	local_irq_restore(flags);
	preempt_check_resched();
	return waited;
}

/* ---- waiting for one ---- */

/* With pool->lock: the list in which a flusher of @work has to wait; NULL: there is nothing to wait for. */
static struct list_head *where_to_wait(struct worker_pool *pool, struct work_struct *work,
				       bool may_wait)
{
	struct worker *worker;

	if (may_wait && work->pool == pool && !list_empty(&work->entry))
		return &pool->flushers;
	worker = find_worker_executing(pool, work);
	if (!worker || WARN_ON_ONCE(worker->task == current))
		return NULL;
	return &worker->flushers;
}

/* @may_wait: not only if it runs, but also if it waits. */
static bool wait_for_work(struct work_struct *work, bool may_wait)
{
	struct worker_pool *pool = READ_ONCE(work->pool);
	struct work_flusher flusher = { .work = work };
	struct list_head *list;

	might_sleep();
	if (!pool)
		return false;
	init_completion(&flusher.done);
	spin_lock_irq(&pool->lock);
	list = where_to_wait(pool, work, may_wait);
	if (list)
		list_add_tail(&flusher.node, list);
	spin_unlock_irq(&pool->lock);
	if (list)
		wait_for_completion(&flusher.done);
	return list;
}

bool flush_work(struct work_struct *work)
{
	return wait_for_work(work, true);
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	local_irq_disable();
	if (del_timer(&dwork->timer))
		queue_pending(dwork->cpu, dwork->wq, &dwork->work);
	local_irq_enable();
	return flush_work(&dwork->work);
}

/* While PENDING is ours, nobody can queue it, it itself neither. */
static bool cancel_sync(struct work_struct *work, struct delayed_work *dwork)
{
	unsigned long flags;
	int waited;

	while ((waited = grab_pending(work, dwork, &flags)) < 0)
		if (waited == -ENOENT)
			schedule_timeout_uninterruptible(1);
	set_bit(WORK_STRUCT_CANCELING_BIT, &work->flags);
	local_irq_restore(flags);
	wait_for_work(work, false);
	clear_bit(WORK_STRUCT_CANCELING_BIT, &work->flags);
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->flags);
	return waited;
}

bool cancel_work_sync(struct work_struct *work)
{
	return cancel_sync(work, NULL);
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	return cancel_sync(&dwork->work, dwork);
}

static bool cancel(struct work_struct *work, struct delayed_work *dwork)
{
	unsigned long flags;
	int waited;

	do
		waited = grab_pending(work, dwork, &flags);
	while (waited == -EAGAIN);
	if (waited < 0)
		return false;
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->flags);
	local_irq_restore(flags);
	return waited;
}

bool cancel_work(struct work_struct *work)
{
	return cancel(work, NULL);
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	return cancel(&dwork->work, dwork);
}

/* ---- waiting for all ---- */

/* True: there is something to wait for. */
static bool change_color(struct pool_workqueue *pwq)
{
	bool any;

	spin_lock_irq(&pwq->pool->lock);
	any = pwq->in_flight[pwq->color];
	if (any) {
		pwq->flush_color = pwq->color;
		atomic_inc(&pwq->wq->pwqs_to_flush);
	}
	pwq->color = !pwq->color;
	spin_unlock_irq(&pwq->pool->lock);
	return any;
}

/* True: there was something to wait for. */
static bool flush_queue(struct workqueue_struct *wq)
{
	bool any = false;

	might_sleep();
	mutex_lock(&wq->flush_mutex);
	reinit_completion(&wq->flushed);
	atomic_set(&wq->pwqs_to_flush, 1);	/* ourselves: so nobody completes it too early */
	for (unsigned int i = 0; i < wq->nr_pwqs; i++)
		any |= change_color(&wq->pwq[i]);
	if (!atomic_dec_and_test(&wq->pwqs_to_flush))
		wait_for_completion(&wq->flushed);
	mutex_unlock(&wq->flush_mutex);
	return any;
}

void flush_workqueue(struct workqueue_struct *wq)
{
	flush_queue(wq);
}

void drain_workqueue(struct workqueue_struct *wq)
{
	unsigned int tries = 0;

	while (flush_queue(wq))
		if (++tries == DRAIN_PATIENCE)
			pr_warn("workqueue %s: drain_workqueue() isn't complete after %u tries\n",
				wq->name, tries);
}

int schedule_on_each_cpu(work_func_t func)
{
	struct work_struct *works = kcalloc(nr_cpu_ids, sizeof(*works), GFP_KERNEL);
	unsigned int cpu;

	if (!works)
		return -ENOMEM;
	for_each_online_cpu(cpu) {
		INIT_WORK(&works[cpu], func);
		schedule_work_on(cpu, &works[cpu]);
	}
	for_each_online_cpu(cpu)
		flush_work(&works[cpu]);
	kfree(works);
	return 0;
}

/* ---- queues ---- */

static void init_share(struct workqueue_struct *wq, unsigned int index)
{
	int cpu = wq->flags & WQ_UNBOUND ? WORK_CPU_UNBOUND : index;

	wq->pwq[index] = (struct pool_workqueue){
		.pool = worker_pool_for(cpu, wq->flags & WQ_HIGHPRI),
		.wq = wq,
		.flush_color = -1,
	};
	INIT_LIST_HEAD(&wq->pwq[index].inactive);
	INIT_LIST_HEAD(&wq->pwq[index].mayday_node);
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	unsigned int nr_pwqs = flags & WQ_UNBOUND ? 1 : nr_cpu_ids, i;
	struct workqueue_struct *wq = kzalloc(struct_size(wq, pwq, nr_pwqs), GFP_KERNEL);
	va_list args;

	if (!wq)
		return NULL;
	va_start(args, max_active);
	vsnprintf(wq->name, sizeof(wq->name), fmt, args);
	va_end(args);
	wq->flags = flags;
	wq->max_active = clamp(max_active ?: WQ_DFL_ACTIVE, 1, (int)WQ_MAX_ACTIVE);
	wq->nr_pwqs = nr_pwqs;
	mutex_init(&wq->flush_mutex);
	init_completion(&wq->flushed);
	INIT_LIST_HEAD(&wq->maydays);
	for (i = 0; i < nr_pwqs; i++)
		init_share(wq, i);
	if ((flags & WQ_MEM_RECLAIM) && !rescuer_start(wq)) {
		kfree(wq);
		return NULL;
	}
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	drain_workqueue(wq);
	rescuer_stop(wq);
	mutex_destroy(&wq->flush_mutex);
	kfree(wq);
}

void __init workqueue_init(void)
{
	worker_pools_init();
	system_wq = alloc_workqueue("events", 0, 0);
	system_highpri_wq = alloc_workqueue("events_highpri", WQ_HIGHPRI, 0);
	system_long_wq = alloc_workqueue("events_long", 0, 0);
	system_unbound_wq = alloc_workqueue("events_unbound", WQ_UNBOUND, 0);
	BUG_ON(!system_wq || !system_highpri_wq || !system_long_wq || !system_unbound_wq);
	worker_maker_start();
}
