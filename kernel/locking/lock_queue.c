// SPDX-License-Identifier: MIT
/*
 * What mutexes, semaphores and rw-semaphores have in common.
 *
 * 1. The idea
 * A sleeping lock is a few words under a spinlock, and a queue of threads. Who gives the lock back
 * decides whose turn it is, says so in that thread's entry, and wakes it up: the lock is already its
 * own when it runs again. Nobody can take it in between, so the order is that of arrival.
 * What it costs: a lock that several threads want all the time changes hands, and threads, each time.
 *
 * 2. Structure
 *	waiter on queue->waiters  =>  !waiter->granted, and its thread is in lock_queue_wait()
 *	task->blocked_on == queue  =>  task is in lock_queue_wait(queue)
 *	task->sleeping_locks	the mutexes and rw-semaphores that it has
 *
 * 3. Deadlock
 * Each thread waits for one lock at most, and a mutex or the writer's side of a rw-semaphore has one owner.
 * So from a thread that is about to sleep a single path leads on: the lock, its owner, the lock he
 * waits for, and so forth. If it comes back to the thread, all on the way would sleep for ever: that is
 * reported and ends in BUG(). Each thread first says what it waits for and then looks, so the last
 * one that closes a circle sees all of it. Where a semaphore or readers are on the way, it ends.
 *
 * 4. Locking
 * queue->lock, interrupts off; inside it, task->pi_lock (waking up; and task->blocked_on). On the path,
 * one holds a queue while he takes the next: only under path_lock, and by trying, since who holds a
 * queue may wait for the pi_lock that guards the way to it.
 *	queue->lock held	=> its owner cannot give it back, so the owner exists
 *	task->pi_lock held	=> task->blocked_on exists, or is NULL
 *
 * 5. Contexts
 * Waiting: threads. Granting: any but NMI.
 */
#include <asm/barrier.h>
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/debug_locks.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <quarry/lock_queue.h>
#include <quarry/lock_wait.h>

/* ---- which locks a thread has ---- */

void lock_queue_held(const struct lock_queue *queue)
{
	struct sleeping_locks *locks = &current->sleeping_locks;

	locks->nr++;
	if (locks->nr_held < MAX_SLEEPING_LOCKS)
		locks->held[locks->nr_held++] = queue;
}

static int find_held(const struct sleeping_locks *locks, const struct lock_queue *queue)
{
	int i = locks->nr_held;

	while (--i >= 0 && locks->held[i] != queue)
		;
	return i;
}

/* If it is not there, it may be one that there was no room for; or another thread's. */
void lock_queue_released(const struct lock_queue *queue)
{
	struct sleeping_locks *locks = &current->sleeping_locks;
	int i = find_held(locks, queue);

	if (i >= 0)
		locks->held[i] = locks->held[--locks->nr_held];
	else if (locks->nr == locks->nr_held)
		return;
	locks->nr--;
}

void debug_show_held_locks(struct task_struct *task)
{
	const struct sleeping_locks *locks = &task->sleeping_locks;

	for (unsigned int i = 0; i < locks->nr_held; i++)
		pr_err(" #%u: %s %pS\n", i, lock_kind_name(locks->held[i]), locks->held[i]);
}

void debug_check_no_locks_held(void)
{
	unsigned int nr = current->sleeping_locks.nr;

	if (likely(!nr))
		return;
	pr_err("WARNING: %s/%d still has locks held!\n", current->comm, current->pid);
	pr_err("%u lock%s held by %s/%d:\n", nr, nr == 1 ? "" : "s", current->comm, current->pid);
	debug_show_held_locks(current);
	dump_stack();
}
EXPORT_SYMBOL(debug_check_no_locks_held);

/* ---- reports ---- */

const char *lock_kind_name(const struct lock_queue *queue)
{
	static const char *const names[] = { "mutex", "semaphore", "rw-semaphore" };

	return names[queue->kind];
}

void lock_queue_complain(const struct lock_queue *queue, const char *what)
{
	const struct task_struct *owner = lock_queue_owner(queue);

	pr_err("BUG: %s %pS: %s\n", lock_kind_name(queue), queue, what);
	pr_err(" this thread: %s/%d, owner: %s/%d\n", current->comm, current->pid,
	       owner ? owner->comm : "<none>", owner ? owner->pid : -1);
	dump_stack();
}

void lock_queue_taken_twice(const struct lock_queue *queue)
{
	lock_queue_complain(queue, "taken a second time by the same thread");
	BUG();
}

/* ---- deadlock ---- */

#define LONGEST_PATH	8

struct path {
	unsigned int length;
	struct {
		struct task_struct *task;	/* this one waits for the lock before it … */
		struct lock_queue *queue;	/* … and this is the lock that its owner waits for */
	} step[LONGEST_PATH];
};

static DEFINE_SPINLOCK(path_lock);

static void set_blocked_on(struct task_struct *task, struct lock_queue *queue)
{
	spin_lock(&task->pi_lock);
	smp_store_mb(task->blocked_on, queue);
	spin_unlock(&task->pi_lock);
}

/* The queue that @task waits in, locked, or NULL. Interrupts off. */
static struct lock_queue *lock_blocked_on(struct task_struct *task)
{
	for (;;) {
		struct lock_queue *queue;
		bool known;

		spin_lock(&task->pi_lock);
		queue = (struct lock_queue *)task->blocked_on;
		known = !queue || spin_trylock(&queue->lock);
		spin_unlock(&task->pi_lock);
		if (known)
			return queue;
		cpu_relax();
	}
}

/* Does the path that begins at @queue come back to this thread? path_lock is held, interrupts off. */
static bool follow_path(struct lock_queue *queue, struct path *path)
{
	struct lock_queue *next;

	spin_lock(&queue->lock);
	for (path->length = 0; queue && path->length < LONGEST_PATH; queue = next) {
		struct task_struct *owner = lock_queue_owner(queue);

		path->step[path->length].queue = queue;
		path->step[path->length++].task = owner;
		next = owner && owner != current ? lock_blocked_on(owner) : NULL;
		spin_unlock(&queue->lock);
		if (owner == current)
			return true;
	}
	if (queue)
		spin_unlock(&queue->lock);
	return false;
}

/* All on the path sleep, and will: nothing of it changes any more. */
static void report_deadlock(const struct path *path)
{
	const struct task_struct *who = current;

	pr_err("BUG: deadlock of %u thread%s\n", path->length, path->length == 1 ? "" : "s");
	for (unsigned int i = 0; i < path->length; i++) {
		const struct task_struct *owner = path->step[i].task;

		pr_err(" %s/%d waits for %s %pS, which %s/%d has\n", who->comm, who->pid,
		       lock_kind_name(path->step[i].queue), path->step[i].queue,
		       owner->comm, owner->pid);
		who = owner;
	}
	dump_stack();
}

/* Its name is copied while the lock cannot be given back. */
static void describe_wait(const struct lock_queue *queue, struct lock_wait *wait)
{
	const struct task_struct *owner = lock_queue_owner(queue);

	wait->lock = queue;
	wait->kind = lock_kind_name(queue);
	wait->has_owner = owner;
	if (owner) {
		wait->owner_pid = owner->pid;
		strscpy(wait->owner_comm, owner->comm, sizeof(wait->owner_comm));
	}
}

bool lock_waited_by(struct task_struct *task, struct lock_wait *wait)
{
	struct lock_queue *queue;
	unsigned long flags;

	local_irq_save(flags);
	queue = lock_blocked_on(task);
	if (queue) {
		describe_wait(queue, wait);
		spin_unlock(&queue->lock);
	}
	local_irq_restore(flags);
	return queue;
}

static bool is_deadlock(struct lock_queue *queue, struct path *path)
{
	unsigned long flags;
	bool closed;

	spin_lock_irqsave(&path_lock, flags);
	closed = follow_path(queue, path);
	spin_unlock_irqrestore(&path_lock, flags);
	return closed;
}

/* ---- waiting ---- */

/* Off the queue, and so off every path. The lock is held. */
static void leave(struct lock_waiter *waiter)
{
	list_del(&waiter->link);
	set_blocked_on(waiter->task, NULL);
}

/* Called, and returns, with the lock held; never returns if all would sleep for ever. */
static noinline void look_for_deadlock(struct lock_queue *queue, struct lock_waiter *me)
{
	struct path path;

	spin_unlock_irq(&queue->lock);
	if (is_deadlock(queue, &path)) {
		report_deadlock(&path);
		spin_lock_irq(&queue->lock);
		leave(me);
		spin_unlock_irq(&queue->lock);
		BUG();
	}
	spin_lock_irq(&queue->lock);
}

int lock_queue_wait(struct lock_queue *queue, bool reads, unsigned int state, long timeout)
{
	struct lock_waiter me = { .task = current, .reads = reads };
	const struct task_struct *owner = lock_queue_owner(queue);

	list_add_tail(&me.link, &queue->waiters);
	set_blocked_on(current, queue);
	if (owner && READ_ONCE(owner->blocked_on) && timeout == MAX_SCHEDULE_TIMEOUT)
		look_for_deadlock(queue, &me);
	while (!me.granted && timeout && !signal_pending_state(state, current)) {
		__set_current_state(state);
		spin_unlock_irq(&queue->lock);
		timeout = schedule_timeout(timeout);
		spin_lock_irq(&queue->lock);
	}
	if (me.granted)
		return 0;
	leave(&me);
	return timeout ? -EINTR : -ETIME;
}

void lock_queue_grant(struct lock_waiter *waiter)
{
	leave(waiter);
	waiter->granted = true;
	wake_up_process(waiter->task);
}
