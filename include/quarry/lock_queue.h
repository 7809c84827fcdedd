/* SPDX-License-Identifier: MIT */
/*
 * What mutexes, semaphores and rw-semaphores have in common: the threads that wait for them, in the
 * order they came. Who gives such a lock back hands it to those whose turn it is; so nobody overtakes,
 * and nobody waits for ever. kernel/locking/lock_queue.c.
 */
#ifndef _QUARRY_LOCK_QUEUE_H
#define _QUARRY_LOCK_QUEUE_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

enum lock_kind { LOCK_MUTEX, LOCK_SEMAPHORE, LOCK_RWSEM };

/* The first member of each such lock: where a thread waits, task->blocked_on points at it. */
struct lock_queue {
	unsigned long owner;	/* the one thread that has it, if it is known; LOCK_WAITERS may be added */
	enum lock_kind kind;
	spinlock_t lock;
	struct list_head waiters;
};

/* Somebody waits: the owner must not give it back without looking. */
#define LOCK_WAITERS	1UL

/* On its thread's stack. */
struct lock_waiter {
	struct list_head link;
	struct task_struct *task;
	bool granted;
	bool reads;		/* a rw-semaphore's reader */
};

#define __LOCK_QUEUE_INITIALIZER(queue, queue_kind) { \
	.kind = queue_kind, \
	.lock = __SPIN_LOCK_INITIALIZER(queue.lock), \
	.waiters = LIST_HEAD_INIT(queue.waiters), \
}

#define lock_queue_init(queue, queue_kind) \
do { \
	(queue)->owner = 0; \
	(queue)->kind = (queue_kind); \
	spin_lock_init(&(queue)->lock); \
	INIT_LIST_HEAD(&(queue)->waiters); \
} while (0)

static inline struct task_struct *lock_queue_owner(const struct lock_queue *queue)
{
	return (struct task_struct *)(READ_ONCE(queue->owner) & ~LOCK_WAITERS);
}

static inline struct lock_waiter *lock_queue_first(struct lock_queue *queue)
{
	return list_first_entry_or_null(&queue->waiters, struct lock_waiter, link);
}

/*
 * Wait at the end of @queue, whose lock is held with interrupts off, until somebody grants it: 0; or
 * until @timeout jiffies are over: -ETIME; or until this thread is killed, if @state allows for it:
 * -EINTR. In these two cases it is out of the queue. The lock is held again.
 */
int lock_queue_wait(struct lock_queue *queue, bool reads, unsigned int state, long timeout);

/* Its turn has come: off the queue, and wake it up. The queue's lock is held. */
void lock_queue_grant(struct lock_waiter *waiter);

/* This thread has got a lock, or gives it back: for `locks`, and for the end of a thread. */
void lock_queue_held(const struct lock_queue *queue);
void lock_queue_released(const struct lock_queue *queue);

/* What is wrong, about which lock: a line and a backtrace. */
void lock_queue_complain(const struct lock_queue *queue, const char *what) __cold;

/* This thread waits for what only it can give back: says so, and does not return. */
void lock_queue_taken_twice(const struct lock_queue *queue) __cold __noreturn;

/* "mutex" and so on. */
const char *lock_kind_name(const struct lock_queue *queue);

#endif /* _QUARRY_LOCK_QUEUE_H */
