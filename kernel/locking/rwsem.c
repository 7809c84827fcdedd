// SPDX-License-Identifier: MIT
/*
 * Rw-semaphores: who is in, and a queue of those who wait, all under queue.lock.
 *	active > 0	so many read		queue.owner == 0
 *	active == -1	one writes		queue.owner == who
 *	somebody waits	=> active != 0, and the first who waits could not come in:
 *			   he writes, or active == -1
 * Who comes goes to the end of the queue if there is one, though he could come in now: that is the
 * order of arrival, and no writer waits for ever. Who leaves lets the first in, and if he reads, all
 * readers behind him up to the first writer.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

/* ---- coming in ---- */

static bool may_enter(const struct rw_semaphore *sem, bool reads)
{
	return reads ? sem->active >= 0 : sem->active == 0;
}

static void enter(struct rw_semaphore *sem, struct task_struct *task, bool reads)
{
	if (reads) {
		sem->active++;
	} else {
		sem->active = -1;
		WRITE_ONCE(sem->queue.owner, (unsigned long)task);
	}
}

static bool try_to_enter(struct rw_semaphore *sem, bool reads)
{
	if (!may_enter(sem, reads) || rwsem_is_contended(sem))
		return false;
	enter(sem, current, reads);
	return true;
}

static void let_next_in(struct rw_semaphore *sem)
{
	struct lock_waiter *next = lock_queue_first(&sem->queue);

	while (next && may_enter(sem, next->reads)) {
		enter(sem, next->task, next->reads);
		lock_queue_grant(next);
		next = lock_queue_first(&sem->queue);
	}
}

/* Who is killed while he waits may have been the one that those behind him waited for. */
static int wait(struct rw_semaphore *sem, bool reads, unsigned int state)
{
	int error = lock_queue_wait(&sem->queue, reads, state, MAX_SCHEDULE_TIMEOUT);

	if (error)
		let_next_in(sem);
	return error;
}

static int take(struct rw_semaphore *sem, bool reads, unsigned int state)
{
	unsigned long flags;
	int error = 0;

	might_sleep();
	if (lock_queue_owner(&sem->queue) == current)
		lock_queue_taken_twice(&sem->queue);
	spin_lock_irqsave(&sem->queue.lock, flags);
	if (!try_to_enter(sem, reads))
		error = wait(sem, reads, state);
	spin_unlock_irqrestore(&sem->queue.lock, flags);
	if (!error)
		lock_queue_held(&sem->queue);
	return error;
}

static int take_or_forget(struct rw_semaphore *sem, bool reads, unsigned int state, unsigned long ip)
{
	lock_acquire(&sem->dep_map, 0, 0, reads, 1, NULL, ip);
	if (!take(sem, reads, state))
		return 0;
	lock_release(&sem->dep_map, ip);
	return -EINTR;
}

static int try_to_take(struct rw_semaphore *sem, bool reads, unsigned long ip)
{
	unsigned long flags;
	bool in;

	spin_lock_irqsave(&sem->queue.lock, flags);
	in = try_to_enter(sem, reads);
	spin_unlock_irqrestore(&sem->queue.lock, flags);
	if (in) {
		lock_acquire(&sem->dep_map, 0, 1, reads, 1, NULL, ip);
		lock_queue_held(&sem->queue);
	}
	return in;
}

/* ---- leaving ---- */

static void read_ends(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->queue.lock, flags);
	sem->active--;
	let_next_in(sem);
	spin_unlock_irqrestore(&sem->queue.lock, flags);
}

/* @readers: 1, the writer goes on as a reader. */
static void write_ends(struct rw_semaphore *sem, int readers)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->queue.lock, flags);
	WRITE_ONCE(sem->queue.owner, 0);
	sem->active = readers;
	let_next_in(sem);
	spin_unlock_irqrestore(&sem->queue.lock, flags);
}

static bool nobody_reads(struct rw_semaphore *sem)
{
	if (likely(READ_ONCE(sem->active) > 0))
		return false;
	lock_queue_complain(&sem->queue, "up_read(), but nobody reads");
	return true;
}

static bool somebody_else_writes(struct rw_semaphore *sem)
{
	if (likely(lock_queue_owner(&sem->queue) == current))
		return false;
	lock_queue_complain(&sem->queue, "given back by a thread that does not write");
	return true;
}

/* ---- what others call ---- */

void down_read_nested(struct rw_semaphore *sem, int subclass)
{
	lock_acquire(&sem->dep_map, subclass, 0, 1, 1, NULL, _RET_IP_);
	take(sem, true, TASK_UNINTERRUPTIBLE);
}
EXPORT_SYMBOL(down_read_nested);

int down_read_interruptible(struct rw_semaphore *sem)
{
	return take_or_forget(sem, true, TASK_INTERRUPTIBLE, _RET_IP_);
}
EXPORT_SYMBOL(down_read_interruptible);

int down_read_killable(struct rw_semaphore *sem)
{
	return take_or_forget(sem, true, TASK_KILLABLE, _RET_IP_);
}
EXPORT_SYMBOL(down_read_killable);

void down_write_nested(struct rw_semaphore *sem, int subclass)
{
	lock_acquire(&sem->dep_map, subclass, 0, 0, 1, NULL, _RET_IP_);
	take(sem, false, TASK_UNINTERRUPTIBLE);
}
EXPORT_SYMBOL(down_write_nested);

int down_write_killable(struct rw_semaphore *sem)
{
	return take_or_forget(sem, false, TASK_KILLABLE, _RET_IP_);
}
EXPORT_SYMBOL(down_write_killable);

int down_read_trylock(struct rw_semaphore *sem)
{
	return try_to_take(sem, true, _RET_IP_);
}
EXPORT_SYMBOL(down_read_trylock);

int down_write_trylock(struct rw_semaphore *sem)
{
	return try_to_take(sem, false, _RET_IP_);
}
EXPORT_SYMBOL(down_write_trylock);

void up_read(struct rw_semaphore *sem)
{
	if (nobody_reads(sem))
		return;
	lock_release(&sem->dep_map, _RET_IP_);
	lock_queue_released(&sem->queue);
	read_ends(sem);
}
EXPORT_SYMBOL(up_read);

void up_write(struct rw_semaphore *sem)
{
	if (somebody_else_writes(sem))
		return;
	lock_release(&sem->dep_map, _RET_IP_);
	lock_queue_released(&sem->queue);
	write_ends(sem, 0);
}
EXPORT_SYMBOL(up_write);

void downgrade_write(struct rw_semaphore *sem)
{
	if (somebody_else_writes(sem))
		return;
	lock_downgrade(&sem->dep_map, _RET_IP_);
	write_ends(sem, 1);
}
EXPORT_SYMBOL(downgrade_write);

void down_read_non_owner(struct rw_semaphore *sem)
{
	take(sem, true, TASK_UNINTERRUPTIBLE);
	lock_queue_released(&sem->queue);	/* not this thread's */
}
EXPORT_SYMBOL(down_read_non_owner);

void up_read_non_owner(struct rw_semaphore *sem)
{
	if (!nobody_reads(sem))
		read_ends(sem);
}
EXPORT_SYMBOL(up_read_non_owner);

void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key)
{
	lock_queue_init(&sem->queue, LOCK_RWSEM);
	sem->active = 0;
	lockdep_init_map(&sem->dep_map, name, key, 0);
}
EXPORT_SYMBOL(__init_rwsem);
