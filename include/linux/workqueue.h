/* SPDX-License-Identifier: MIT */
/*
 * Work queues: a function to be called soon, by a thread: it may sleep. (LDD3 chapter 7,
 * "Workqueues"; LKD chapter 8.)
 *
 *	INIT_WORK(&dev->work, on_work);
 *	schedule_work(&dev->work);		any context; nothing happens if it waits already
 *	…
 *	cancel_work_sync(&dev->work);		before dev is freed
 *
 *	static void on_work(struct work_struct *work)
 *	{
 *		struct device *dev = container_of(work, struct device, work);
 *
 * A work runs once for however many calls there were while it waited, and never twice at a time. When
 * its function begins, it may be queued again, or freed.
 */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/container_of.h>
#include <linux/list.h>
#include <linux/threads.h>
#include <linux/timer.h>
#include <linux/types.h>

struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	unsigned long flags;		/* WORK_STRUCT_* */
	struct list_head entry;		/* while it waits: in its pool's list, or in its share's */
	work_func_t func;
	struct worker_pool *pool;	/* where it waits, or ran last */
	struct pool_workqueue *pwq;	/* valid while it waits */
};

enum {					/* bit numbers */
	WORK_STRUCT_PENDING_BIT,	/* queued, or its timer runs, or it is being cancelled */
	WORK_STRUCT_INACTIVE_BIT,	/* too many of its queue's run already */
	WORK_STRUCT_CANCELING_BIT,
	WORK_STRUCT_COLOR_BIT,		/* which of two flushes has to wait for it */
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	struct workqueue_struct *wq;	/* where it goes when the timer runs out */
	int cpu;
};

#define to_delayed_work(_work)	container_of(_work, struct delayed_work, work)

void delayed_work_timer_fn(struct timer_list *t);

#define __WORK_INITIALIZER(n, f) { .entry = LIST_HEAD_INIT((n).entry), .func = (f) }
#define __DELAYED_WORK_INITIALIZER(n, f, tflags) { \
	.work = __WORK_INITIALIZER((n).work, (f)), \
	.timer = __TIMER_INITIALIZER(delayed_work_timer_fn, (tflags) | TIMER_IRQSAFE), \
}
#define DECLARE_WORK(n, f)	struct work_struct n = __WORK_INITIALIZER(n, f)
#define DECLARE_DELAYED_WORK(n, f) \
	struct delayed_work n = __DELAYED_WORK_INITIALIZER(n, f, 0)

#define INIT_WORK(_work, _func) \
	(*(_work) = (struct work_struct)__WORK_INITIALIZER(*(_work), _func))
#define INIT_DELAYED_WORK(_work, _func) \
do { \
	INIT_WORK(&(_work)->work, (_func)); \
	timer_setup(&(_work)->timer, delayed_work_timer_fn, TIMER_IRQSAFE); \
} while (0)
/* On the stack: it must have run, or been cancelled, before the function returns. */
#define INIT_WORK_ONSTACK		INIT_WORK
#define INIT_DELAYED_WORK_ONSTACK	INIT_DELAYED_WORK
#define destroy_work_on_stack(work)	do { } while (0)
#define destroy_delayed_work_on_stack(work) do { } while (0)

#define work_pending(work)		test_bit(WORK_STRUCT_PENDING_BIT, &(work)->flags)
#define delayed_work_pending(w)		work_pending(&(w)->work)

/* ---- queues ---- */

/* Flags: Linux's values. */
enum {
	WQ_UNBOUND		= 1 << 1,	/* any CPU will do; as many threads as there is work */
	WQ_FREEZABLE		= 1 << 2,	/* nothing is frozen here */
	WQ_MEM_RECLAIM		= 1 << 3,	/* has a thread in reserve, for when there is no memory */
	WQ_HIGHPRI		= 1 << 4,	/* by threads of nice -20 */
	WQ_CPU_INTENSIVE	= 1 << 5,	/* other works need not wait for one of these */
	WQ_SYSFS		= 1 << 6,
	WQ_POWER_EFFICIENT	= 1 << 7,
	__WQ_ORDERED		= 1 << 17,	/* one at a time, in the order they came */

	WQ_MAX_ACTIVE		= 512,
	WQ_DFL_ACTIVE		= WQ_MAX_ACTIVE / 2,
	WORK_CPU_UNBOUND	= NR_CPUS,	/* this CPU, if it matters at all */
};

/*
 * A queue of its own, to be flushed and destroyed as a whole. At most @max_active of its works run at
 * a time on each CPU (WQ_UNBOUND: at all); 0: the usual. NULL: memory is short. May sleep.
 */
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
	__printf(1, 4);
#define alloc_ordered_workqueue(fmt, flags, args...) \
	alloc_workqueue(fmt, WQ_UNBOUND | __WQ_ORDERED | (flags), 1, ##args)
#define create_workqueue(name)		alloc_workqueue("%s", WQ_MEM_RECLAIM, 1, (name))
#define create_singlethread_workqueue(name) \
	alloc_ordered_workqueue("%s", WQ_MEM_RECLAIM, name)
/* When all that is in it has run. Nobody may queue any more, but its works themselves. May sleep. */
void destroy_workqueue(struct workqueue_struct *wq);

extern struct workqueue_struct *system_wq, *system_highpri_wq, *system_long_wq, *system_unbound_wq;

/* main.c: works may be queued from now on; and they run as soon as threads do. */
void workqueue_init(void);

/* ---- queueing: any context but NMI. True: done; false: it waited already ---- */

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay);
/* In @delay ticks from now on, if its timer runs or not; true if it did. */
bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay);

static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work_on(WORK_CPU_UNBOUND, wq, work);
}

static inline bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
				      unsigned long delay)
{
	return queue_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}

static inline bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
				    unsigned long delay)
{
	return mod_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}

/* On the system's own queue: for works that do not take long. */
static inline bool schedule_work_on(int cpu, struct work_struct *work)
{
	return queue_work_on(cpu, system_wq, work);
}

static inline bool schedule_work(struct work_struct *work)
{
	return queue_work(system_wq, work);
}

static inline bool schedule_delayed_work_on(int cpu, struct delayed_work *dwork,
					    unsigned long delay)
{
	return queue_delayed_work_on(cpu, system_wq, dwork, delay);
}

static inline bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work(system_wq, dwork, delay);
}

/* Call @func once on each CPU, by works, and wait. 0 or -ENOMEM. May sleep. */
int schedule_on_each_cpu(work_func_t func);

/* ---- waiting. May sleep; a work must not wait for itself ---- */

/* For what was queued before: true if there was something to wait for. */
bool flush_work(struct work_struct *work);
/* The same; if its timer still runs, it is queued at once. */
bool flush_delayed_work(struct delayed_work *dwork);
/* For all works that were queued in @wq before. */
void flush_workqueue(struct workqueue_struct *wq);
/* Until it is empty: also for what those works queue themselves. */
void drain_workqueue(struct workqueue_struct *wq);
#define flush_scheduled_work()	flush_workqueue(system_wq)

/*
 * It will not run again, and is not running, when this returns, even if it queues itself. True: it
 * waited. The caller sees to it that nobody else queues it afterwards.
 */
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work_sync(struct delayed_work *dwork);
/* Any context: if it waits, it will not run; but it may be running. True: it waited. */
bool cancel_work(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *dwork);

/* ---- asking ---- */

#define WORK_BUSY_PENDING	(1 << 0)
#define WORK_BUSY_RUNNING	(1 << 1)
/* Rough, since it may change at any moment. */
unsigned int work_busy(struct work_struct *work);
/* No work waits or runs, and no worker is there but the one that each pool keeps. Process context. */
bool workqueues_at_rest(void);
/* The work that the caller runs in; NULL: none. */
struct work_struct *current_work(void);

#endif /* _LINUX_WORKQUEUE_H */
