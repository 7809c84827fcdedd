/* SPDX-License-Identifier: MIT */
/*
 * Semaphores: so many may be in at once. They have no owner: another thread may let the next one
 * in, and up() is legal in any context but NMIs. down() sleeps. For one at a time, take a mutex.
 * kernel/locking/semaphore.c.
 */
#ifndef _LINUX_SEMAPHORE_H
#define _LINUX_SEMAPHORE_H

#include <quarry/lock_queue.h>

struct semaphore {
	struct lock_queue queue;
	unsigned int count;		/* how many more may come in */
};

#define __SEMAPHORE_INITIALIZER(name, n) \
	{ .queue = __LOCK_QUEUE_INITIALIZER(name.queue, LOCK_SEMAPHORE), .count = (n) }
#define DEFINE_SEMAPHORE(name)	struct semaphore name = __SEMAPHORE_INITIALIZER(name, 1)

#define sema_init(sem, n) \
do { \
	lock_queue_init(&(sem)->queue, LOCK_SEMAPHORE); \
	(sem)->count = (n); \
} while (0)

void down(struct semaphore *sem);
/* 0: we are in; -EINTR: this thread has been killed (<linux/sched/signal.h>). */
int __must_check down_interruptible(struct semaphore *sem);
int __must_check down_killable(struct semaphore *sem);
/* -ETIME: not within @jiffies. */
int __must_check down_timeout(struct semaphore *sem, long jiffies);
/* 0: we are in; 1: not. (Not as mutex_trylock().) Any context but NMI. */
int __must_check down_trylock(struct semaphore *sem);
void up(struct semaphore *sem);

#endif /* _LINUX_SEMAPHORE_H */
