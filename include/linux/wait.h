/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: threads that sleep until something has become true. Who waits says what for:
 *
 *	wait_event(device->queue, device->ready);
 *
 * and who makes it true wakes those who wait, afterwards:
 *
 *	device->ready = true;
 *	wake_up(&device->queue);
 *
 * The condition is looked at again at each wake-up, in the thread that waits. Waking is legal in
 * any context but NMIs; waiting is sleeping. kernel/sched/wait.c.
 *
 * What is "interruptible" or "killable" ends with -ERESTARTSYS when the thread is killed and the
 * condition is not true: <linux/sched/signal.h>.
 */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <asm/barrier.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct wait_queue_entry;

/*
 * What wake_up() does with one that waits. Returns whether it woke somebody (then an exclusive one
 * counts), or a negative number: stop here.
 */
typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry, unsigned int mode, int wake_flags,
				 void *key);
int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int wake_flags,
			  void *key);
/* The same, and takes the entry off its queue. */
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int wake_flags,
			     void *key);

#define WQ_FLAG_EXCLUSIVE	0x01	/* of these, a wake-up wakes only so many */
#define WQ_FLAG_WOKEN		0x02
#define WQ_FLAG_PRIORITY	0x20	/* at the front, and exclusive */

/* One that waits. */
struct wait_queue_entry {
	unsigned int flags;
	void *private;			/* the thread, unless func is the caller's own */
	wait_queue_func_t func;
	struct list_head entry;
};
typedef struct wait_queue_entry wait_queue_entry_t;

/* Those who are not exclusive stand before those who are. */
struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

#define __WAITQUEUE_INITIALIZER(name, task) \
	{ .private = (task), .func = default_wake_function, .entry = { NULL, NULL } }
#define DECLARE_WAITQUEUE(name, task) \
	struct wait_queue_entry name = __WAITQUEUE_INITIALIZER(name, task)

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
	{ .lock = __SPIN_LOCK_INITIALIZER(name.lock), .head = LIST_HEAD_INIT(name.head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) \
	struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK DECLARE_WAIT_QUEUE_HEAD

#define init_waitqueue_head(wq_head) \
do { \
	spin_lock_init(&(wq_head)->lock); \
	INIT_LIST_HEAD(&(wq_head)->head); \
} while (0)

static inline void init_waitqueue_entry(struct wait_queue_entry *entry, struct task_struct *task)
{
	entry->flags = 0;
	entry->private = task;
	entry->func = default_wake_function;
}

static inline void init_waitqueue_func_entry(struct wait_queue_entry *entry, wait_queue_func_t func)
{
	entry->flags = 0;
	entry->private = NULL;
	entry->func = func;
}

/*
 * Does somebody wait? Without the lock. Who has just made the condition true must let that be seen
 * before he looks here: wq_has_sleeper() does it himself.
 */
static inline int waitqueue_active(struct wait_queue_head *wq_head)
{
	return !list_empty(&wq_head->head);
}

static inline bool wq_has_sleeper(struct wait_queue_head *wq_head)
{
	smp_mb();
	return waitqueue_active(wq_head);
}

/* ---- in and out ---- */

void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *entry);
void add_wait_queue_priority(struct wait_queue_head *wq_head, struct wait_queue_entry *entry);
void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *entry);

/* With wq_head->lock held. */
static inline void __add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *entry)
{
	list_add(&entry->entry, &wq_head->head);
}

static inline void __add_wait_queue_entry_tail(struct wait_queue_head *wq_head,
					       struct wait_queue_entry *entry)
{
	list_add_tail(&entry->entry, &wq_head->head);
}

static inline void __add_wait_queue_entry_tail_exclusive(struct wait_queue_head *wq_head,
							 struct wait_queue_entry *entry)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	__add_wait_queue_entry_tail(wq_head, entry);
}

static inline void __remove_wait_queue(struct wait_queue_head *wq_head,
				       struct wait_queue_entry *entry)
{
	list_del(&entry->entry);
}

/* ---- waking: all that are not exclusive, and @nr of those that are (0: all) ---- */

void __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive, void *key);
/* With wq_head->lock held. */
void __wake_up_locked(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive);
void __wake_up_locked_key(struct wait_queue_head *wq_head, unsigned int mode, void *key);

#define wake_up(x)			__wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_nr(x, nr)		__wake_up(x, TASK_NORMAL, nr, NULL)
#define wake_up_all(x)			__wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_locked(x)		__wake_up_locked(x, TASK_NORMAL, 1)
#define wake_up_all_locked(x)		__wake_up_locked(x, TASK_NORMAL, 0)
#define wake_up_interruptible(x)	__wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_nr(x, nr)	__wake_up(x, TASK_INTERRUPTIBLE, nr, NULL)
#define wake_up_interruptible_all(x)	__wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)
/* The waker is about to sleep himself: a hint that nobody takes here. */
#define wake_up_sync(x)			wake_up(x)
#define wake_up_interruptible_sync(x)	wake_up_interruptible(x)

/* ---- waiting by hand ---- */

#define DEFINE_WAIT_FUNC(name, function) \
	struct wait_queue_entry name = { \
		.private = current, \
		.func = function, \
		.entry = LIST_HEAD_INIT((name).entry), \
	}
#define DEFINE_WAIT(name)	DEFINE_WAIT_FUNC(name, autoremove_wake_function)

void init_wait_entry(struct wait_queue_entry *entry, int flags);
#define init_wait(wait)	init_wait_entry(wait, 0)

/*
 * Into the queue, if it is not there, and say that this thread is about to sleep in @state. Then
 * look at the condition, then schedule(); in a loop; finish_wait() behind it.
 */
void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *entry, int state);
/* True: nobody else was waiting. */
bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *entry,
			       int state);
/* As @entry's flags say. Returns 0; or -ERESTARTSYS, out of the queue: this thread has been killed. */
long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *entry,
			   int state);
void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *entry);

/*
 * For conditions whose evaluation itself may sleep: a wake-up that comes meanwhile is remembered in
 * the entry, whose func is woken_wake_function. Returns what is left of @timeout.
 */
long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout);
int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int wake_flags,
			void *key);

/* ---- waiting for a condition ---- */

/* May a sleep in @state, nearly always a constant, end by a signal? */
#define ___wait_is_interruptible(state) ((state) & (TASK_INTERRUPTIBLE | TASK_WAKEKILL))

/* @sleep is what gives the CPU away; it may end the loop with `break`. 0, or -ERESTARTSYS. */
#define ___wait_event(wq_head, condition, state, exclusive, sleep) \
({ \
	struct wait_queue_entry __entry; \
	long __signal; \
	\
	init_wait_entry(&__entry, (exclusive) ? WQ_FLAG_EXCLUSIVE : 0); \
	for (;;) { \
		__signal = prepare_to_wait_event(&(wq_head), &__entry, state); \
		if (condition) { \
			__signal = 0; \
			break; \
		} \
		if (___wait_is_interruptible(state) && __signal) \
			break; \
		sleep; \
	} \
	finish_wait(&(wq_head), &__entry); \
	__signal; \
})

#define __wait_event_state(wq_head, condition, state, exclusive) \
({ \
	might_sleep(); \
	(condition) ? 0 : ___wait_event(wq_head, condition, state, exclusive, schedule()); \
})

/*
 * Returns 0 if @condition is false when the time is over; otherwise what is left of @timeout jiffies,
 * at least 1; or -ERESTARTSYS.
 */
#define __wait_event_timeout(wq_head, condition, timeout, state) \
({ \
	long __left = (timeout), __error = 0; \
	bool __true; \
	\
	might_sleep(); \
	__true = (condition); \
	if (!__true) \
		__error = ___wait_event(wq_head, (__true = (condition)) || !__left, state, 0, \
					__left = schedule_timeout(__left)); \
	__error ?: __true && !__left ? 1 : __left; \
})

#define wait_event(wq_head, condition) \
	((void)__wait_event_state(wq_head, condition, TASK_UNINTERRUPTIBLE, 0))
#define wait_event_timeout(wq_head, condition, timeout) \
	__wait_event_timeout(wq_head, condition, timeout, TASK_UNINTERRUPTIBLE)
#define io_wait_event(wq_head, condition)	wait_event(wq_head, condition)

/* These return 0, or -ERESTARTSYS. */
#define wait_event_interruptible(wq_head, condition) \
	((int)__wait_event_state(wq_head, condition, TASK_INTERRUPTIBLE, 0))
#define wait_event_interruptible_exclusive(wq_head, condition) \
	((int)__wait_event_state(wq_head, condition, TASK_INTERRUPTIBLE, 1))
#define wait_event_killable(wq_head, condition) \
	((int)__wait_event_state(wq_head, condition, TASK_KILLABLE, 0))
#define wait_event_killable_exclusive(wq_head, condition) \
	((int)__wait_event_state(wq_head, condition, TASK_KILLABLE, 1))
#define wait_event_interruptible_timeout(wq_head, condition, timeout) \
	__wait_event_timeout(wq_head, condition, timeout, TASK_INTERRUPTIBLE)
#define wait_event_killable_timeout(wq_head, condition, timeout) \
	__wait_event_timeout(wq_head, condition, timeout, TASK_KILLABLE)

/* For those that wait for work: their sleep is no load. */
#define wait_event_idle(wq_head, condition) \
	((void)__wait_event_state(wq_head, condition, TASK_IDLE, 0))
#define wait_event_idle_exclusive(wq_head, condition) \
	((void)__wait_event_state(wq_head, condition, TASK_IDLE, 1))
#define wait_event_idle_timeout(wq_head, condition, timeout) \
	__wait_event_timeout(wq_head, condition, timeout, TASK_IDLE)

/* With @lock held, which is let go only while the thread sleeps; @cmd runs without it. */
#define wait_event_lock_irq_cmd(wq_head, condition, lock, cmd) \
do { \
	if (!(condition)) \
		___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, \
			      ({ spin_unlock_irq(&lock); cmd; schedule(); spin_lock_irq(&lock); })); \
} while (0)
#define wait_event_lock_irq(wq_head, condition, lock) \
	wait_event_lock_irq_cmd(wq_head, condition, lock, (void)0)

/* @before and @after each sleep. */
#define wait_event_cmd(wq_head, condition, before, after) \
do { \
	might_sleep(); \
	if (!(condition)) \
		___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, \
			      ({ before; schedule(); after; })); \
} while (0)

#endif /* _LINUX_WAIT_H */
