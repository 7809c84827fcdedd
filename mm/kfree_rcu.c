// SPDX-License-Identifier: MIT
/*
 * kfree_rcu(): freeing what readers may still be looking at.
 *
 * 1. The idea
 * A callback for each object would be a call and a function for each kind of object. Instead the objects
 * that a CPU wants to free are chained through their rcu_heads, and one callback frees a whole chain:
 *
 *	pending[cpu].collecting -> object -> object			come since the last call_rcu()
 *	pending[cpu].waiting -> object -> object			a grace period is awaited
 *	waiting == NULL => collecting == NULL
 * A head's func is what has to be freed: the object that it lies in or, with FREE_HEAD added, another
 * one for which the head was allocated.
 *
 * 2. Contexts, locking
 * Any context but NMI; kvfree_rcu() with one argument may sleep. The chains are their CPU's own, with
 * interrupts off. The callback is a softirq's, where vfree() puts things off (vmalloc.c).
 */
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <quarry/rcu.h>

struct pending {
	struct rcu_head *collecting, *waiting;
	struct rcu_head rcu;
};

static DEFINE_PER_CPU(struct pending, pending);

#define FREE_HEAD	1UL

static void free_one(struct rcu_head *head)
{
	unsigned long what = (unsigned long)head->func;

	if (what & FREE_HEAD)
		kfree(head);
	kvfree((void *)(what & ~FREE_HEAD));
}

static void free_waiting(struct rcu_head *rcu);

static void wait_for_grace_period(struct pending *here)
{
	here->waiting = here->collecting;
	here->collecting = NULL;
	if (here->waiting)
		call_rcu(&here->rcu, free_waiting);
}

static void free_waiting(struct rcu_head *rcu)
{
	struct pending *here = container_of(rcu, struct pending, rcu);
	struct rcu_head *head = here->waiting, *next;
	unsigned long flags;

	local_irq_save(flags);
	wait_for_grace_period(here);
	local_irq_restore(flags);
	for (; head; head = next) {
		next = head->next;
		free_one(head);
	}
}

static void add(struct rcu_head *head, unsigned long what)
{
	struct pending *here;
	unsigned long flags;

	head->func = (rcu_callback_t)what;
	local_irq_save(flags);
	here = raw_cpu_ptr(&pending);
	head->next = here->collecting;
	here->collecting = head;
	if (!here->waiting)
		wait_for_grace_period(here);
	local_irq_restore(flags);
}

/* Without a head one is allocated; if none is to be had, we wait ourselves. */
static void free_without_head(void *ptr)
{
	struct rcu_head *head;

	might_sleep();
	if (ZERO_OR_NULL_PTR(ptr))
		return;
	head = kmalloc(sizeof(*head), GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	if (head) {
		add(head, (unsigned long)ptr | FREE_HEAD);
		return;
	}
	synchronize_rcu();
	kvfree(ptr);
}

void kvfree_call_rcu(struct rcu_head *head, void *ptr)
{
	if (head)
		add(head, (unsigned long)ptr);
	else
		free_without_head(ptr);
}

/* The first time, what is collected begins to wait; the second time it is free. */
void kvfree_rcu_barrier(void)
{
	rcu_barrier();
	rcu_barrier();
}

static bool is_anything_pending(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (READ_ONCE(per_cpu_ptr(&pending, cpu)->waiting))
			return true;
	return false;
}

/* ---- under pressure: all or nothing ---- */

static unsigned long count_pending(struct shrinker *shrinker, struct shrink_control *sc)
{
	return is_anything_pending() ? 1 : SHRINK_EMPTY;
}

/* Objects, not pages: the slabs' shrinker is asked behind this one. */
static unsigned long free_pending(struct shrinker *shrinker, struct shrink_control *sc)
{
	kvfree_rcu_barrier();
	return 1;
}

static struct shrinker kfree_rcu_shrinker = {
	.count_objects = count_pending, .scan_objects = free_pending, .seeks = DEFAULT_SEEKS,
};

void __init kfree_rcu_init(void)
{
	register_shrinker(&kfree_rcu_shrinker, "rcu-kfree");
}
