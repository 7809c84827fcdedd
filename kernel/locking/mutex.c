// SPDX-License-Identifier: MIT
/*
 * Mutexes.
 *
 * The owner's word says it all: 0, or the thread that has it, and LOCK_WAITERS if somebody waits. Taking
 * a free mutex and giving one back for which nobody waits is one compare-and-exchange of that word.
 * All else is under queue.lock:
 *	a waiter is in the queue		=> LOCK_WAITERS is set
 *	LOCK_WAITERS is set			=> owner != NULL; only who holds queue.lock changes it
 * Who was killed while he waited leaves LOCK_WAITERS behind: the owner looks, and finds nobody.
 */
#include <asm/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/sched.h>

static bool change_owner(struct mutex *lock, unsigned long from, unsigned long to)
{
	int expected = from;

	return arch_try_cmpxchg((int *)&lock->queue.owner, &expected, to);
}

static unsigned long me(void)
{
	return (unsigned long)current;
}

/* ---- taking it ---- */

/* With queue.lock. True: the mutex was free, and is ours now. */
static bool take_or_announce(struct mutex *lock)
{
	for (;;) {
		unsigned long owner = READ_ONCE(lock->queue.owner);

		if (!owner) {
			if (change_owner(lock, 0, me()))
				return true;
		} else if (owner & LOCK_WAITERS || change_owner(lock, owner, owner | LOCK_WAITERS)) {
			return false;
		}
	}
}

static noinline int mutex_wait(struct mutex *lock, unsigned int state)
{
	int error = 0;

	if (lock_queue_owner(&lock->queue) == current)
		lock_queue_taken_twice(&lock->queue);
	spin_lock_irq(&lock->queue.lock);
	if (!take_or_announce(lock))
		error = lock_queue_wait(&lock->queue, false, state, MAX_SCHEDULE_TIMEOUT);
	spin_unlock_irq(&lock->queue.lock);
	return error;
}

static int mutex_take(struct mutex *lock, unsigned int subclass, unsigned int state,
		      unsigned long ip)
{
	might_sleep();
	lock_acquire(&lock->dep_map, subclass, 0, 0, 1, NULL, ip);
	if (unlikely(!change_owner(lock, 0, me())) && mutex_wait(lock, state)) {
		lock_release(&lock->dep_map, ip);
		return -EINTR;
	}
	lock_queue_held(&lock->queue);
	return 0;
}

void mutex_lock_nested(struct mutex *lock, unsigned int subclass)
{
	mutex_take(lock, subclass, TASK_UNINTERRUPTIBLE, _RET_IP_);
}
EXPORT_SYMBOL(mutex_lock_nested);

int mutex_lock_interruptible_nested(struct mutex *lock, unsigned int subclass)
{
	return mutex_take(lock, subclass, TASK_INTERRUPTIBLE, _RET_IP_);
}
EXPORT_SYMBOL(mutex_lock_interruptible_nested);

int mutex_lock_killable_nested(struct mutex *lock, unsigned int subclass)
{
	return mutex_take(lock, subclass, TASK_KILLABLE, _RET_IP_);
}
EXPORT_SYMBOL(mutex_lock_killable_nested);

int mutex_trylock(struct mutex *lock)
{
	if (!change_owner(lock, 0, me()))
		return 0;
	lock_acquire(&lock->dep_map, 0, 1, 0, 1, NULL, _RET_IP_);
	lock_queue_held(&lock->queue);
	return 1;
}
EXPORT_SYMBOL(mutex_trylock);

int atomic_dec_and_mutex_lock(atomic_t *counter, struct mutex *lock)
{
	int old = arch_atomic_read(counter);

	while (old != 1)
		if (arch_try_cmpxchg(&counter->counter, &old, old - 1))
			return 0;
	mutex_lock(lock);
	if (arch_atomic_sub_and_test(1, counter))
		return 1;
	mutex_unlock(lock);
	return 0;
}
EXPORT_SYMBOL(atomic_dec_and_mutex_lock);

/* ---- giving it back ---- */

/* To the one who has waited longest. */
static noinline void hand_over(struct mutex *lock)
{
	struct lock_waiter *next;
	unsigned long flags;

	spin_lock_irqsave(&lock->queue.lock, flags);
	next = lock_queue_first(&lock->queue);
	if (next) {
		WRITE_ONCE(lock->queue.owner, (unsigned long)next->task |
			   (list_is_singular(&lock->queue.waiters) ? 0 : LOCK_WAITERS));
		lock_queue_grant(next);
	} else {
		WRITE_ONCE(lock->queue.owner, 0);
	}
	spin_unlock_irqrestore(&lock->queue.lock, flags);
}

void mutex_unlock(struct mutex *lock)
{
	if (unlikely(lock_queue_owner(&lock->queue) != current)) {
		lock_queue_complain(&lock->queue, "given back by a thread that does not have it");
		return;
	}
	lock_release(&lock->dep_map, _RET_IP_);
	lock_queue_released(&lock->queue);
	if (unlikely(!change_owner(lock, me(), 0)))
		hand_over(lock);
}
EXPORT_SYMBOL(mutex_unlock);

/* ---- beginning and end ---- */

void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)
{
	lock_queue_init(&lock->queue, LOCK_MUTEX);
	lockdep_init_map(&lock->dep_map, name, key, 0);
}
EXPORT_SYMBOL(__mutex_init);

void mutex_destroy(struct mutex *lock)
{
	if (mutex_is_locked(lock))
		lock_queue_complain(&lock->queue, "destroyed while somebody has it");
}
EXPORT_SYMBOL(mutex_destroy);
