/* SPDX-License-Identifier: MIT */
/*
 * Mutexes: locks whose owner may sleep. Who wants one that is taken sleeps until its turn comes, in
 * the order of arrival. Only the thread that took it may give it back. Thread context only.
 *
 * Reported by name, and at once: a thread that takes a mutex it has; threads that wait for each
 * other in a circle; giving back what another one has; ending with a mutex (kernel/locking/lock_queue.c).
 */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/lockdep.h>
#include <quarry/lock_queue.h>

struct mutex {
	struct lock_queue queue;	/* its owner is the mutex's */
	LOCKDEP_MAP
};

#define __MUTEX_INITIALIZER(lockname) \
	{ __LOCK_QUEUE_INITIALIZER(lockname.queue, LOCK_MUTEX) LOCKDEP_MAP_INIT(lockname) }
#define DEFINE_MUTEX(name)	struct mutex name = __MUTEX_INITIALIZER(name)

#define mutex_init(mutex) \
do { \
	static struct lock_class_key __key; \
	\
	__mutex_init(mutex, #mutex, &__key); \
} while (0)
void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key);
/* It is not used any more. Somebody has it: reported. */
void mutex_destroy(struct mutex *lock);

void mutex_lock_nested(struct mutex *lock, unsigned int subclass);
/* 0: it is ours; -EINTR: this thread has been killed (<linux/sched/signal.h>). */
int __must_check mutex_lock_interruptible_nested(struct mutex *lock, unsigned int subclass);
int __must_check mutex_lock_killable_nested(struct mutex *lock, unsigned int subclass);
#define mutex_lock(lock)		mutex_lock_nested(lock, 0)
#define mutex_lock_interruptible(lock)	mutex_lock_interruptible_nested(lock, 0)
#define mutex_lock_killable(lock)	mutex_lock_killable_nested(lock, 0)
#define mutex_lock_io(lock)		mutex_lock(lock)
#define mutex_lock_nest_lock(lock, outer) mutex_lock(lock)

/* 1: it is ours; 0: somebody else's. Does not sleep. */
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

/* Take one off @counter; if that makes it 0, return 1 with @lock taken. */
int atomic_dec_and_mutex_lock(atomic_t *counter, struct mutex *lock);

static inline bool mutex_is_locked(struct mutex *lock)
{
	return lock_queue_owner(&lock->queue) != NULL;
}

#endif /* _LINUX_MUTEX_H */
