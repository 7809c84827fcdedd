// SPDX-License-Identifier: MIT
/*
 * Wait queues.
 *
 * 1. The idea
 * A thread that waits stands in a list, marked as asleep; a wake-up goes through the list. What it
 * waits for, the list does not know: the thread looks again each time it is woken.
 *
 * 2. No wake-up is lost
 *	who waits				who wakes
 *	1. into the queue, state := asleep	a. condition := true
 *	2. looks at the condition		b. goes through the queue: state := running
 *	3. gives the CPU away if still asleep
 * If 2 comes before a, then 1 came before b: the wake-up finds the thread, and 3 does not sleep, or
 * ends. The queue's lock, and the exchange in set_current_state(), keep 1 before 2 and a before b.
 *
 * 3. Exclusive waiters
 * If only one of many can go on, waking them all is work for nothing. They stand behind all others,
 * and a wake-up stops at the n-th of them that it has woken.
 *
 * 4. Locking, contexts
 * wq_head->lock, interrupts off; inside it the lock of the thread that is woken. An entry that took
 * itself off in its wake-up (autoremove) is looked at without the lock by finish_wait(): it is on its
 * own thread's stack, and the waker's last access to it is what list_empty_careful() waits for.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

/* ---- in and out ---- */

void init_wait_entry(struct wait_queue_entry *entry, int flags)
{
	entry->flags = flags;
	entry->private = current;
	entry->func = autoremove_wake_function;
	INIT_LIST_HEAD(&entry->entry);
}
EXPORT_SYMBOL(init_wait_entry);

/* Exclusive ones at the end; but those with priority at the very front. The lock is held. */
static void enter(struct wait_queue_head *wq_head, struct wait_queue_entry *entry)
{
	if (entry->flags & WQ_FLAG_EXCLUSIVE && !(entry->flags & WQ_FLAG_PRIORITY))
		__add_wait_queue_entry_tail(wq_head, entry);
	else
		__add_wait_queue(wq_head, entry);
}

static void add(struct wait_queue_head *wq_head, struct wait_queue_entry *entry, unsigned int flags)
{
	unsigned long irq;

	spin_lock_irqsave(&wq_head->lock, irq);
	entry->flags &= ~(WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY);
	entry->flags |= flags;
	enter(wq_head, entry);
	spin_unlock_irqrestore(&wq_head->lock, irq);
}

void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *entry)
{
	add(wq_head, entry, 0);
}
EXPORT_SYMBOL(add_wait_queue);

void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *entry)
{
	add(wq_head, entry, WQ_FLAG_EXCLUSIVE);
}
EXPORT_SYMBOL(add_wait_queue_exclusive);

void add_wait_queue_priority(struct wait_queue_head *wq_head, struct wait_queue_entry *entry)
{
	add(wq_head, entry, WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY);
}
EXPORT_SYMBOL(add_wait_queue_priority);

void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *entry)
{
	unsigned long irq;

	spin_lock_irqsave(&wq_head->lock, irq);
	__remove_wait_queue(wq_head, entry);
	spin_unlock_irqrestore(&wq_head->lock, irq);
}
EXPORT_SYMBOL(remove_wait_queue);

/* ---- waking ---- */

static void wake_some(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive, void *key)
{
	struct wait_queue_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &wq_head->head, entry) {
		unsigned int flags = entry->flags;	/* it may be gone afterwards */
		int woken = entry->func(entry, mode, 0, key);

		if (woken < 0 || (woken && flags & WQ_FLAG_EXCLUSIVE && !--nr_exclusive))
			break;
	}
}

void __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive, void *key)
{
	unsigned long irq;

	spin_lock_irqsave(&wq_head->lock, irq);
	wake_some(wq_head, mode, nr_exclusive, key);
	spin_unlock_irqrestore(&wq_head->lock, irq);
}
EXPORT_SYMBOL(__wake_up);

void __wake_up_locked(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive)
{
	wake_some(wq_head, mode, nr_exclusive, NULL);
}
EXPORT_SYMBOL(__wake_up_locked);

void __wake_up_locked_key(struct wait_queue_head *wq_head, unsigned int mode, void *key)
{
	wake_some(wq_head, mode, 1, key);
}
EXPORT_SYMBOL(__wake_up_locked_key);

int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int wake_flags,
			  void *key)
{
	return wake_up_state(entry->private, mode);
}
EXPORT_SYMBOL(default_wake_function);

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int wake_flags,
			     void *key)
{
	int woken = default_wake_function(entry, mode, wake_flags, key);

	if (woken)
		list_del_init_careful(&entry->entry);
	return woken;
}
EXPORT_SYMBOL(autoremove_wake_function);

/* ---- waiting ---- */

/* Returns whether the queue was empty. */
static bool prepare(struct wait_queue_head *wq_head, struct wait_queue_entry *entry, int state)
{
	bool was_empty;
	unsigned long irq;

	spin_lock_irqsave(&wq_head->lock, irq);
	was_empty = list_empty(&wq_head->head);
	if (list_empty(&entry->entry))
		enter(wq_head, entry);
	set_current_state(state);
	spin_unlock_irqrestore(&wq_head->lock, irq);
	return was_empty;
}

void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *entry, int state)
{
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	prepare(wq_head, entry, state);
}
EXPORT_SYMBOL(prepare_to_wait);

bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *entry,
			       int state)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	return prepare(wq_head, entry, state);
}
EXPORT_SYMBOL(prepare_to_wait_exclusive);

/* Who has been killed leaves the queue before he can be woken: an exclusive wake-up must not be lost. */
long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *entry,
			   int state)
{
	if (signal_pending_state(state, current)) {
		finish_wait(wq_head, entry);
		return -ERESTARTSYS;
	}
	prepare(wq_head, entry, state);
	return 0;
}
EXPORT_SYMBOL(prepare_to_wait_event);

void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *entry)
{
	unsigned long irq;

	__set_current_state(TASK_RUNNING);
	if (list_empty_careful(&entry->entry))
		return;
	spin_lock_irqsave(&wq_head->lock, irq);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&wq_head->lock, irq);
}
EXPORT_SYMBOL(finish_wait);

/* ---- a wake-up that is remembered ---- */

/* The exchange comes before the look at WOKEN; woken_wake_function() sets WOKEN before it looks. */
long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout)
{
	set_current_state(mode);
	if (!(READ_ONCE(entry->flags) & WQ_FLAG_WOKEN))
		timeout = schedule_timeout(timeout);
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(entry->flags, entry->flags & ~WQ_FLAG_WOKEN);
	smp_mb();			/* and only then is the condition looked at */
	return timeout;
}
EXPORT_SYMBOL(wait_woken);

int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int wake_flags, void *key)
{
	smp_mb();			/* the condition, then the mark */
	entry->flags |= WQ_FLAG_WOKEN;
	return default_wake_function(entry, mode, wake_flags, key);
}
EXPORT_SYMBOL(woken_wake_function);
