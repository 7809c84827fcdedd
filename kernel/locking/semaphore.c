// SPDX-License-Identifier: MIT
/*
 * Semaphores: a count and a queue, both under queue.lock.
 *	somebody waits	=> count == 0
 * So up() either raises the count or lets one in who waits, and then the count stays as it is.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/semaphore.h>

static int enter(struct semaphore *sem, unsigned int state, long timeout)
{
	unsigned long flags;
	int result = 0;

	might_sleep();
	spin_lock_irqsave(&sem->queue.lock, flags);
	if (likely(sem->count))
		sem->count--;
	else
		result = lock_queue_wait(&sem->queue, false, state, timeout);
	spin_unlock_irqrestore(&sem->queue.lock, flags);
	return result;
}

void down(struct semaphore *sem)
{
	enter(sem, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
}
EXPORT_SYMBOL(down);

int down_interruptible(struct semaphore *sem)
{
	return enter(sem, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
}
EXPORT_SYMBOL(down_interruptible);

int down_killable(struct semaphore *sem)
{
	return enter(sem, TASK_KILLABLE, MAX_SCHEDULE_TIMEOUT);
}
EXPORT_SYMBOL(down_killable);

int down_timeout(struct semaphore *sem, long jiffies)
{
	return enter(sem, TASK_UNINTERRUPTIBLE, jiffies);
}
EXPORT_SYMBOL(down_timeout);

int down_trylock(struct semaphore *sem)
{
	unsigned long flags;
	bool in;

	spin_lock_irqsave(&sem->queue.lock, flags);
	in = sem->count > 0;
	sem->count -= in;
	spin_unlock_irqrestore(&sem->queue.lock, flags);
	return !in;
}
EXPORT_SYMBOL(down_trylock);

void up(struct semaphore *sem)
{
	struct lock_waiter *next;
	unsigned long flags;

	spin_lock_irqsave(&sem->queue.lock, flags);
	next = lock_queue_first(&sem->queue);
	if (next)
		lock_queue_grant(next);
	else
		sem->count++;
	spin_unlock_irqrestore(&sem->queue.lock, flags);
}
EXPORT_SYMBOL(up);
