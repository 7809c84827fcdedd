/* SPDX-License-Identifier: MIT */
/*
 * Timers: a function to be called once, when jiffies has reached a value. It is called in a
 * softirq: it must not sleep. (kernel/time/timer.c; LDD3 chapter 7, "Kernel Timers")
 *
 *	timer_setup(&dev->timer, on_timeout, 0);
 *	mod_timer(&dev->timer, jiffies + HZ);		from now on, or anew
 *	…
 *	del_timer_sync(&dev->timer);			before dev is freed
 *
 *	static void on_timeout(struct timer_list *t)
 *	{
 *		struct device *dev = from_timer(dev, t, timer);
 */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/rbtree_types.h>
#include <linux/types.h>

struct timer_list {
	struct rb_node node;		/* in its CPU's tree, if it is pending */
	bool pending;
	unsigned long expires;		/* jiffies; changed by mod_timer() only */
	unsigned long due;		/* when it will really be: its place in the tree */
	void (*function)(struct timer_list *t);
	u32 flags;			/* TIMER_*, and the CPU in whose tree it is, or was last */
};

#define TIMER_CPUMASK		0x0003ffff
#define TIMER_MIGRATING		0x00040000	/* on its way to another CPU's tree */
#define TIMER_DEFERRABLE	0x00080000	/* no difference here: the tick never stops */
#define TIMER_PINNED		0x00100000	/* stays on the CPU it was added on */
#define TIMER_IRQSAFE		0x00200000	/* called with interrupts off */
#define TIMER_INIT_FLAGS	(TIMER_DEFERRABLE | TIMER_PINNED | TIMER_IRQSAFE)

#define __TIMER_INITIALIZER(_function, _flags) { .function = (_function), .flags = (_flags) }
#define TIMER_INITIALIZER(_function, _expires, _data) __TIMER_INITIALIZER(_function, 0)
#define DEFINE_TIMER(_name, _function) \
	struct timer_list _name = __TIMER_INITIALIZER(_function, 0)

void timer_setup(struct timer_list *timer, void (*function)(struct timer_list *),
		 unsigned int flags);
#define timer_setup_on_stack timer_setup
#define destroy_timer_on_stack(timer) do { } while (0)
#define from_timer(var, callback_timer, field) container_of(callback_timer, typeof(*var), field)

static inline int timer_pending(const struct timer_list *timer)
{
	return READ_ONCE(timer->pending);
}

/*
 * All but the two named "_sync": any context. mod_timer() sets when it is to run, whether it is
 * pending or not: 1 if it was, 0 if not. mod_timer_pending(): only if it is. timer_reduce(): only
 * to earlier.
 */
int mod_timer(struct timer_list *timer, unsigned long expires);
int mod_timer_pending(struct timer_list *timer, unsigned long expires);
int timer_reduce(struct timer_list *timer, unsigned long expires);
/* At timer->expires. It must not be pending. */
void add_timer(struct timer_list *timer);
void add_timer_on(struct timer_list *timer, int cpu);

/* Not any more, if it was pending: 1, else 0. It may be running on another CPU at this moment … */
int del_timer(struct timer_list *timer);
/* … -1 when it is: nothing has been done … */
int try_to_del_timer_sync(struct timer_list *timer);
/*
 * … and waited for. Nobody may start it again meanwhile, and the caller must hold nothing that the
 * function wants. From interrupts only for TIMER_IRQSAFE ones.
 */
int del_timer_sync(struct timer_list *timer);
#define timer_delete		del_timer
#define timer_delete_sync	del_timer_sync
#define del_singleshot_timer_sync(timer) del_timer_sync(timer)

/* The tick's part: are any due? In the interrupt. */
void run_local_timers(void);
void init_timers(void);

#endif /* _LINUX_TIMER_H */
