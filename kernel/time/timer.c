// SPDX-License-Identifier: MIT
/*
 * Timers.
 *
 * 1. The idea
 * Each CPU keeps its timers in a tree, ordered by when they are due. The tick looks at the first;
 * when that is due, it raises TIMER_SOFTIRQ, which calls the functions of all that are. (Linux
 * has a wheel of lists instead: constant time for each timer, at the price of a large table for
 * each CPU and of being late by up to an eighth. A tree takes logarithmic time, is exact, and is
 * empty when there are no timers.)
 *
 * 2. Structure
 *	timer->pending	<=> in the tree of CPU timer->flags & TIMER_CPUMASK
 *	timer->due == max(timer->expires, base->clk + 1), base->clk as it was when it was added
 *	base->clk	the jiffies whose timers have been run, or are being run
 *	base->running	the one whose function is being called
 * A timer that is due already when it is added is called by the next tick; so one that adds itself
 * again and again does not keep the softirq for ever.
 *
 * 3. Where a timer runs
 * On the CPU that has set it last; but one whose function is running stays where that is, so that
 * it never runs on two CPUs, and one that is pinned stays wherever it is.
 *
 * 4. Locking
 *	base->lock	the tree, and all fields of the timers in it. Interrupts off. Not held while
 *			a timer's function runs.
 * On its way from one CPU to another, a timer is TIMER_MIGRATING; who wants it waits.
 *
 * 5. Deleting
 * A function may free what its timer is part of: after calling it, nothing of the timer is looked
 * at. del_timer_sync() waits until base->running is another one. It would wait for ever where it
 * has interrupted the function, or is called by it: that is reported.
 */
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

struct timer_base {
	spinlock_t lock;
	unsigned long clk;
	struct rb_root_cached tree;
	struct timer_list *running;
};

static DEFINE_PER_CPU(struct timer_base, timer_bases) = {
	.lock = __SPIN_LOCK_UNLOCKED(timer_bases.lock),
	.clk = INITIAL_JIFFIES,
};

/* ---- the tree; locked ---- */

static bool is_due_before(struct rb_node *a, const struct rb_node *b)
{
	return time_before(rb_entry(a, struct timer_list, node)->due,
			   rb_entry(b, struct timer_list, node)->due);
}

static void enqueue(struct timer_base *base, struct timer_list *timer, unsigned long expires)
{
	timer->expires = expires;
	timer->due = time_after(expires, base->clk) ? expires : base->clk + 1;
	timer->pending = true;
	rb_add_cached(&timer->node, &base->tree, is_due_before);
}

static void detach(struct timer_base *base, struct timer_list *timer)
{
	rb_erase_cached(&timer->node, &base->tree);
	timer->pending = false;
}

static struct timer_list *first_due(const struct timer_base *base, unsigned long now)
{
	struct timer_list *first = rb_entry_safe(rb_first_cached(&base->tree), struct timer_list,
						 node);

	return first && time_after_eq(now, first->due) ? first : NULL;
}

/* ---- which CPU's ---- */

static struct timer_base *lock_base(struct timer_list *timer, unsigned long *irqs)
{
	for (;;) {
		u32 flags = READ_ONCE(timer->flags);
		struct timer_base *base = per_cpu_ptr(&timer_bases, flags & TIMER_CPUMASK);

		if (!(flags & TIMER_MIGRATING)) {
			spin_lock_irqsave(&base->lock, *irqs);
			if (timer->flags == flags)
				return base;
			spin_unlock_irqrestore(&base->lock, *irqs);
		}
		cpu_relax();
	}
}

/* From @base, locked, to CPU @cpu's, which is locked then. It is not pending. Interrupts off. */
static struct timer_base *move(struct timer_list *timer, struct timer_base *base, unsigned int cpu)
{
	struct timer_base *new = per_cpu_ptr(&timer_bases, cpu);

	if (new == base || base->running == timer)
		return base;
	timer->flags |= TIMER_MIGRATING;
	spin_unlock(&base->lock);
	spin_lock(&new->lock);
	WRITE_ONCE(timer->flags, (timer->flags & TIMER_INIT_FLAGS) | cpu);
	return new;
}

/* ---- setting ---- */

void timer_setup(struct timer_list *timer, void (*function)(struct timer_list *),
		 unsigned int flags)
{
	*timer = (struct timer_list){
		.function = function,
		.flags = (flags & TIMER_INIT_FLAGS) | raw_smp_processor_id(),
	};
}

enum how { SET, ONLY_IF_PENDING, ONLY_EARLIER };

static int set_timer(struct timer_list *timer, unsigned long expires, enum how how)
{
	struct timer_base *base;
	unsigned long irqs;
	int was;

	BUG_ON(!timer->function);
	base = lock_base(timer, &irqs);
	was = timer->pending;
	if ((how == ONLY_IF_PENDING && !was) ||
	    (how == ONLY_EARLIER && was && time_before_eq(timer->expires, expires)))
		goto out;
	if (was)
		detach(base, timer);
	if (!(was && (timer->flags & TIMER_PINNED)))
		base = move(timer, base, raw_smp_processor_id());
	enqueue(base, timer, expires);
out:
	spin_unlock_irqrestore(&base->lock, irqs);
	return was;
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	return set_timer(timer, expires, SET);
}

int mod_timer_pending(struct timer_list *timer, unsigned long expires)
{
	return set_timer(timer, expires, ONLY_IF_PENDING);
}

int timer_reduce(struct timer_list *timer, unsigned long expires)
{
	return set_timer(timer, expires, ONLY_EARLIER);
}

void add_timer(struct timer_list *timer)
{
	BUG_ON(timer_pending(timer));
	set_timer(timer, timer->expires, SET);
}

void add_timer_on(struct timer_list *timer, int cpu)
{
	struct timer_base *base;
	unsigned long irqs;

	BUG_ON(timer_pending(timer) || !timer->function);
	base = lock_base(timer, &irqs);
	base = move(timer, base, cpu);
	enqueue(base, timer, timer->expires);
	spin_unlock_irqrestore(&base->lock, irqs);
}

/* ---- deleting ---- */

int del_timer(struct timer_list *timer)
{
	struct timer_base *base;
	unsigned long irqs;
	int was;

	if (!timer_pending(timer))
		return 0;
	base = lock_base(timer, &irqs);
	was = timer->pending;
	if (was)
		detach(base, timer);
	spin_unlock_irqrestore(&base->lock, irqs);
	return was;
}

int try_to_del_timer_sync(struct timer_list *timer)
{
	struct timer_base *base;
	unsigned long irqs;
	int was = -1;

	base = lock_base(timer, &irqs);
	if (base->running != timer) {
		was = timer->pending;
		if (was)
			detach(base, timer);
	}
	spin_unlock_irqrestore(&base->lock, irqs);
	return was;
}

/* Does this CPU call its function at this very moment? */
static bool runs_below_us(const struct timer_list *timer)
{
	return in_interrupt() && raw_cpu_ptr(&timer_bases)->running == timer;
}

int del_timer_sync(struct timer_list *timer)
{
	int was;

	WARN_ON(in_hardirq() && !(timer->flags & TIMER_IRQSAFE));
	if (WARN(runs_below_us(timer), "timer: %pS waits for its own end\n", timer->function))
		return del_timer(timer);
	while ((was = try_to_del_timer_sync(timer)) < 0)
		cpu_relax();
	return was;
}

/* ---- running ---- */

static void call_timer(struct timer_list *timer, void (*function)(struct timer_list *))
{
	int before = preempt_count();

	function(timer);
	if (before == preempt_count())
		return;
	WARN_ONCE(1, "timer: %pS preempt leak: %08x -> %08x\n", function, before, preempt_count());
	preempt_count_set(before);
}

/* Interrupts are off, but for the function of a timer that is not TIMER_IRQSAFE. */
static void expire(struct timer_base *base, struct timer_list *timer)
{
	bool irqs_on = !(timer->flags & TIMER_IRQSAFE);
	void (*function)(struct timer_list *) = timer->function;

	detach(base, timer);
	base->running = timer;
	spin_unlock(&base->lock);
	if (irqs_on)
		local_irq_enable();
	call_timer(timer, function);
	local_irq_disable();
	spin_lock(&base->lock);
	base->running = NULL;
}

static void run_timers(struct softirq_action *h)
{
	struct timer_base *base = raw_cpu_ptr(&timer_bases);
	unsigned long now = jiffies;
	struct timer_list *timer;

	local_irq_disable();
	spin_lock(&base->lock);
	base->clk = now;
	while ((timer = first_due(base, now)))
		expire(base, timer);
	base->running = NULL;		/* even if a function has not come back: a test's fault */
	spin_unlock(&base->lock);
	local_irq_enable();
}

void run_local_timers(void)
{
	struct timer_base *base = raw_cpu_ptr(&timer_bases);
	bool due;

	spin_lock(&base->lock);
	due = first_due(base, jiffies);
	if (!due)
		base->clk = jiffies;
	spin_unlock(&base->lock);
	if (due)
		raise_softirq_irqoff(TIMER_SOFTIRQ);
}

void init_timers(void)
{
	open_softirq(TIMER_SOFTIRQ, run_timers);
}

/* ---- sleeping for a while ---- */

struct process_timer {
	struct timer_list timer;
	struct task_struct *task;
};

static void wake_sleeper(struct timer_list *t)
{
	wake_up_process(from_timer((struct process_timer *)NULL, t, timer)->task);
}

long schedule_timeout(long timeout)
{
	struct process_timer sleep = { .task = current };
	unsigned long end = jiffies + timeout;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	if (timeout < 0) {
		pr_err("schedule_timeout: wrong timeout value %lx\n", timeout);
		dump_stack();
		__set_current_state(TASK_RUNNING);
		return 0;
	}
	timer_setup_on_stack(&sleep.timer, wake_sleeper, 0);
	mod_timer(&sleep.timer, end);
	schedule();
	del_timer_sync(&sleep.timer);
	destroy_timer_on_stack(&sleep.timer);
	timeout = end - jiffies;
	return max(timeout, 0L);
}

long schedule_timeout_interruptible(long timeout)
{
	__set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}

long schedule_timeout_uninterruptible(long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

long schedule_timeout_killable(long timeout)
{
	__set_current_state(TASK_KILLABLE);
	return schedule_timeout(timeout);
}

long schedule_timeout_idle(long timeout)
{
	__set_current_state(TASK_IDLE);
	return schedule_timeout(timeout);
}
