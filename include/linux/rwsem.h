/* SPDX-License-Identifier: MIT */
/*
 * Rw-semaphores: any number of readers or one writer, who may sleep. In the order of arrival: a
 * reader waits behind a writer who waits, so a thread that reads must not begin to read again.
 * Who wrote gives back; a reader's lock may be given back by another (the _non_owner forms say so).
 * kernel/locking/rwsem.c.
 */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/lockdep.h>
#include <quarry/lock_queue.h>

struct rw_semaphore {
	struct lock_queue queue;	/* its owner is who writes */
	int active;			/* how many read; -1: somebody writes */
	LOCKDEP_MAP
};

#define __RWSEM_INITIALIZER(name) \
	{ __LOCK_QUEUE_INITIALIZER(name.queue, LOCK_RWSEM), 0 LOCKDEP_MAP_INIT(name) }
#define DECLARE_RWSEM(name)	struct rw_semaphore name = __RWSEM_INITIALIZER(name)

#define init_rwsem(sem) \
do { \
	static struct lock_class_key __key; \
	\
	__init_rwsem(sem, #sem, &__key); \
} while (0)
void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key);

void down_read_nested(struct rw_semaphore *sem, int subclass);
void down_write_nested(struct rw_semaphore *sem, int subclass);
#define down_read(sem)		down_read_nested(sem, 0)
#define down_write(sem)		down_write_nested(sem, 0)
/* 0: it is ours; -EINTR: this thread has been killed (<linux/sched/signal.h>). */
int __must_check down_read_interruptible(struct rw_semaphore *sem);
int __must_check down_read_killable(struct rw_semaphore *sem);
int __must_check down_write_killable(struct rw_semaphore *sem);
/* 1: it is ours; 0: not without waiting. */
int down_read_trylock(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);

void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
/* From writing to reading, with no writer in between. */
void downgrade_write(struct rw_semaphore *sem);

void down_read_non_owner(struct rw_semaphore *sem);
void up_read_non_owner(struct rw_semaphore *sem);

static inline int rwsem_is_locked(struct rw_semaphore *sem)
{
	return READ_ONCE(sem->active) != 0;
}

static inline int rwsem_is_contended(struct rw_semaphore *sem)
{
	return !list_empty(&sem->queue.waiters);
}

#endif /* _LINUX_RWSEM_H */
