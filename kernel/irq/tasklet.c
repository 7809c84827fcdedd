// SPDX-License-Identifier: MIT
/*
 * Tasklets: softirqs for everybody.
 *
 * 1. The idea
 * Two of the softirqs, HI_SOFTIRQ and TASKLET_SOFTIRQ, each call the functions of a list of their
 * CPU. Who schedules a tasklet hangs it up on the list of the CPU that he is on.
 *
 * 2. Structure, in tasklet->state
 *	SCHED	<=> in some CPU's list, once	set by who hangs it up; cleared before the call
 *	RUN	being called			so no second CPU calls it
 *	count > 0				disabled: stays in the list, its softirq raised
 *
 * 3. Locking
 * The lists are their CPU's own, with interrupts off. The bits are changed by atomic instructions.
 */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/percpu-defs.h>
#include <linux/sched.h>

struct tasklet_list {
	struct tasklet_struct *first, **last_link;	/* last_link: NULL while it is empty */
};

static DEFINE_PER_CPU(struct tasklet_list, tasklet_vec);
static DEFINE_PER_CPU(struct tasklet_list, tasklet_hi_vec);

/* ---- lists; interrupts off ---- */

static void append(struct tasklet_list *list, struct tasklet_struct *t)
{
	t->next = NULL;
	*(list->first ? list->last_link : &list->first) = t;
	list->last_link = &t->next;
}

static void schedule_on(struct tasklet_struct *t, struct tasklet_list __percpu *lists, int nr)
{
	unsigned long flags;

	if (test_and_set_bit(TASKLET_STATE_SCHED, &t->state))
		return;
	local_irq_save(flags);
	append(raw_cpu_ptr(lists), t);
	raise_softirq_irqoff(nr);
	local_irq_restore(flags);
	softirq_run_if_possible();
}

void tasklet_schedule(struct tasklet_struct *t)
{
	schedule_on(t, &tasklet_vec, TASKLET_SOFTIRQ);
}

void tasklet_hi_schedule(struct tasklet_struct *t)
{
	schedule_on(t, &tasklet_hi_vec, HI_SOFTIRQ);
}

/* ---- running ---- */

/* False: it runs elsewhere, or is disabled. */
static bool try_to_run(struct tasklet_struct *t)
{
	if (test_and_set_bit(TASKLET_STATE_RUN, &t->state))
		return false;
	if (atomic_read(&t->count)) {
		clear_bit(TASKLET_STATE_RUN, &t->state);
		return false;
	}
	WARN_ONCE(!test_and_clear_bit(TASKLET_STATE_SCHED, &t->state),
		  "tasklet SCHED state not set: %pS\n", t->callback);
	if (t->use_callback)
		t->callback(t);
	else
		t->func(t->data);
	clear_bit(TASKLET_STATE_RUN, &t->state);
	return true;
}

static void run_list(struct tasklet_list *list, int nr)
{
	struct tasklet_struct *t, *next;

	local_irq_disable();
	t = list->first;
	list->first = NULL;
	local_irq_enable();
	for (; t; t = next) {
		next = t->next;
		if (try_to_run(t))
			continue;
		local_irq_disable();
		append(list, t);
		__raise_softirq_irqoff(nr);
		local_irq_enable();
	}
}

static void tasklet_action(struct softirq_action *h)
{
	run_list(raw_cpu_ptr(&tasklet_vec), TASKLET_SOFTIRQ);
}

static void tasklet_hi_action(struct softirq_action *h)
{
	run_list(raw_cpu_ptr(&tasklet_hi_vec), HI_SOFTIRQ);
}

void softirq_init(void)
{
	open_softirq(TASKLET_SOFTIRQ, tasklet_action);
	open_softirq(HI_SOFTIRQ, tasklet_hi_action);
}

/* ---- making and ending ---- */

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	*t = (struct tasklet_struct){ .callback = callback, .use_callback = true };
}

void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)
{
	*t = (struct tasklet_struct){ .func = func, .data = data };
}

void tasklet_unlock_wait(struct tasklet_struct *t)
{
	while (test_bit(TASKLET_STATE_RUN, &t->state))
		cpu_relax();
}

void tasklet_disable_nosync(struct tasklet_struct *t)
{
	atomic_inc(&t->count);		/* a barrier: who runs it has seen it, or we see RUN */
}

void tasklet_disable(struct tasklet_struct *t)
{
	tasklet_disable_nosync(t);
	tasklet_unlock_wait(t);
}

void tasklet_enable(struct tasklet_struct *t)
{
	atomic_dec(&t->count);
}

void tasklet_kill(struct tasklet_struct *t)
{
	if (WARN_ONCE(in_interrupt(), "Attempt to kill tasklet from interrupt\n"))
		return;
	while (test_and_set_bit(TASKLET_STATE_SCHED, &t->state))
		schedule_timeout_uninterruptible(1);
	tasklet_unlock_wait(t);
	clear_bit(TASKLET_STATE_SCHED, &t->state);
}
