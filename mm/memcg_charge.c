// SPDX-License-Identifier: MIT
/*
 * Charging: who owes, and what happens when a group is at its limit.
 *
 * 1. The idea
 * What is allocated for a group is charged to its obj_cgroup (<linux/memcontrol.h>), which stands
 * between what was allocated and the group: it can be handed on to the parent when the group goes.
 *
 * 2. Bytes
 * Counters count pages; objects have bytes. So an obj_cgroup buys whole pages from its group, and keeps
 * the change:
 *	nr_charged_bytes	bought, and nobody's yet; less than a page when nobody is in the middle
 * An object takes from that, or buys as many pages as it needs; what it gives back is kept, and whole
 * pages of it go back. When nothing is owed any more, nothing is left. (Linux keeps the change for each
 * CPU, so that most objects need no atomic instruction, and drains those stocks now and then.)
 *
 * 3. At the limit
 * A ladder again (page_alloc.c). Who cannot wait is refused at once. Who can has the group reclaimed,
 * and tries again, as long as that brings something, and MAX_RECLAIM_RETRIES times when it does not;
 * then the OOM killer looks for somebody in the group, and it all begins again.
 *	GFP_NOWAIT		refused at once
 *	__GFP_NORETRY		refused after one round
 *	__GFP_RETRY_MAYFAIL	refused instead of a kill; so is what is larger than 2^3 pages
 *	__GFP_HIGH (GFP_ATOMIC)	let through, above the limit: others will have to reclaim for it
 *	__GFP_NOFAIL		let through at the end, after everything has been tried
 *	PF_MEMALLOC		let through at once: it frees memory
 * A refusal is no failure of the page allocator: nothing is reported, as in Linux.
 *
 * 4. Locking, contexts
 * Any but NMI; sleeps where the flags allow it. obj_cgroup->memcg is read, and that group charged, in one
 * RCU read-side critical section: after a grace period nobody charges a group any more that has been
 * removed (memcontrol.c). No lock is held while it is reclaimed.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "memcg.h"

DEFINE_PER_CPU(struct mem_cgroup *, int_active_memcg);

/* ---- obj_cgroups ---- */

static atomic_t nr_objcgs;

unsigned int nr_obj_cgroups(void)
{
	return atomic_read(&nr_objcgs);
}

struct obj_cgroup *obj_cgroup_alloc(struct mem_cgroup *memcg)
{
	struct obj_cgroup *objcg = kzalloc(sizeof(*objcg), GFP_KERNEL);

	if (!objcg)
		return NULL;
	refcount_set(&objcg->refcnt, 1);
	objcg->memcg = memcg;
	INIT_LIST_HEAD(&objcg->list);
	atomic_inc(&nr_objcgs);
	return objcg;
}

/* Nobody owes any more. */
static void obj_cgroup_release(struct obj_cgroup *objcg)
{
	unsigned long flags;

	WARN_ON_ONCE(atomic_read(&objcg->nr_charged_bytes));
	spin_lock_irqsave(&memcg_lock, flags);
	list_del(&objcg->list);
	spin_unlock_irqrestore(&memcg_lock, flags);
	atomic_dec(&nr_objcgs);
	kfree_rcu(objcg, rcu);
}

void obj_cgroup_put_many(struct obj_cgroup *objcg, unsigned int nr)
{
	if (refcount_sub_and_test(nr, &objcg->refcnt))
		obj_cgroup_release(objcg);
}

void obj_cgroup_put(struct obj_cgroup *objcg)
{
	obj_cgroup_put_many(objcg, 1);
}

/* For whom this thread, or interrupt, works. Read-side critical section: the process may be moved. */
static struct mem_cgroup *memcg_of_current(void)
{
	if (!in_task())
		return this_cpu_read(int_active_memcg);
	if (current->active_memcg)
		return current->active_memcg;
	return current->mm && !(current->flags & PF_KTHREAD) ? READ_ONCE(current->mm->memcg) : NULL;
}

/* The root is not charged for itself; a group that has been removed has left all to its parent. */
struct obj_cgroup *get_obj_cgroup_from_current(void)
{
	struct obj_cgroup *objcg = NULL;
	struct mem_cgroup *memcg;

	rcu_read_lock();
	for (memcg = memcg_of_current(); memcg && !mem_cgroup_is_root(memcg); memcg = memcg->parent) {
		objcg = rcu_dereference(memcg->objcg);
		if (objcg && refcount_inc_not_zero(&objcg->refcnt))
			break;
		objcg = NULL;
	}
	rcu_read_unlock();
	return objcg;
}

/* ---- at the limit ---- */

static unsigned long margin(struct mem_cgroup *memcg)
{
	unsigned long usage = page_counter_read(&memcg->memory);
	unsigned long max = READ_ONCE(memcg->memory.max);

	return usage < max ? max - usage : 0;
}

/* First what has been freed already, and vmalloc() keeps until it flushes; then what could be freed. */
unsigned long memcg_reclaim(struct mem_cgroup *memcg, unsigned long nr_pages, gfp_t gfp)
{
	unsigned long before = page_counter_read(&memcg->memory), after;

	vm_unmap_aliases();
	if (margin(memcg) < nr_pages)
		try_to_free_mem_cgroup_pages(memcg, nr_pages, gfp, 0);
	after = page_counter_read(&memcg->memory);
	return before > after ? before - after : 0;
}

/* It has been killed, or chosen to be: what it asks for is not worth another kill. */
static bool task_is_dying(void)
{
	return tsk_is_oom_victim(current) || fatal_signal_pending(current) ||
	       (current->flags & PF_EXITING);
}

/* Somebody may have made room while we waited for the killer. */
bool mem_cgroup_out_of_memory(struct mem_cgroup *memcg, gfp_t gfp, int order)
{
	struct oom_control oc = { .memcg = memcg, .gfp_mask = gfp, .order = order };
	bool helped;

	if (mutex_lock_killable(&oom_lock))
		return true;
	helped = margin(memcg) >= 1UL << order || task_is_dying() || out_of_memory(&oc);
	mutex_unlock(&oom_lock);
	return helped;
}

/* What has been tried so far. */
struct patience {
	int retries;		/* left, without progress */
	bool passed_oom;	/* the OOM killer has helped */
};

/* One round: is it worth another try? */
static bool make_room(struct mem_cgroup *over, gfp_t gfp, unsigned int nr_pages, struct patience *p)
{
	unsigned long reclaimed;

	memcg_memory_event(over, MEMCG_MAX);
	reclaimed = memcg_reclaim(over, nr_pages, gfp);
	if (margin(over) >= nr_pages)
		return true;
	if (gfp & __GFP_NORETRY)
		return false;
	if (reclaimed && nr_pages <= 1 << PAGE_ALLOC_COSTLY_ORDER)
		return true;
	if (p->retries--)
		return true;
	if (gfp & __GFP_RETRY_MAYFAIL || nr_pages > 1 << PAGE_ALLOC_COSTLY_ORDER)
		return false;
	if (p->passed_oom && task_is_dying())
		return false;
	memcg_memory_event(over, MEMCG_OOM);
	*p = (struct patience) { MAX_RECLAIM_RETRIES, true };
	return mem_cgroup_out_of_memory(over, gfp, get_order(nr_pages << PAGE_SHIFT));
}

/* One try. False: *@over is at its limit, and held. */
static bool charge_once(struct obj_cgroup *objcg, unsigned int nr_pages, struct mem_cgroup **over)
{
	struct page_counter *fail;
	bool done;

	rcu_read_lock();
	done = page_counter_try_charge(&rcu_dereference(objcg->memcg)->memory, nr_pages, &fail);
	if (unlikely(!done)) {
		*over = mem_cgroup_from_counter(fail);
		mem_cgroup_get(*over);
	}
	rcu_read_unlock();
	return done;
}

static void charge_anyway(struct obj_cgroup *objcg, unsigned int nr_pages)
{
	rcu_read_lock();
	page_counter_charge(&rcu_dereference(objcg->memcg)->memory, nr_pages);
	rcu_read_unlock();
}

/* Try again and again. False: refused for good. */
static bool charge_patiently(struct obj_cgroup *objcg, gfp_t gfp, unsigned int nr_pages)
{
	struct patience patience = { .retries = MAX_RECLAIM_RETRIES };
	struct mem_cgroup *over;
	bool go_on = true;

	while (go_on) {
		if (charge_once(objcg, nr_pages, &over))
			return true;
		go_on = gfpflags_allow_blocking(gfp) && make_room(over, gfp, nr_pages, &patience);
		mem_cgroup_put(over);
	}
	return false;
}

static bool frees_memory(void)
{
	return in_task() && (current->flags & PF_MEMALLOC);
}

int obj_cgroup_charge_pages(struct obj_cgroup *objcg, gfp_t gfp, unsigned int nr_pages)
{
	if (!frees_memory() && charge_patiently(objcg, gfp, nr_pages))
		return 0;
	if (!frees_memory() && !(gfp & (__GFP_NOFAIL | __GFP_HIGH)))
		return -ENOMEM;
	charge_anyway(objcg, nr_pages);
	return 0;
}

void obj_cgroup_uncharge_pages(struct obj_cgroup *objcg, unsigned int nr_pages)
{
	rcu_read_lock();
	page_counter_uncharge(&rcu_dereference(objcg->memcg)->memory, nr_pages);
	rcu_read_unlock();
}

/* ---- bytes ---- */

/* From the change. False: there is not so much. */
static bool take_change(struct obj_cgroup *objcg, int size)
{
	int bytes = atomic_read(&objcg->nr_charged_bytes);

	do {
		if (bytes < size)
			return false;
	} while (!atomic_try_cmpxchg(&objcg->nr_charged_bytes, &bytes, bytes - size));
	return true;
}

/* Into it; whole pages go back. */
static void put_change(struct obj_cgroup *objcg, int size)
{
	int bytes = atomic_add_return(size, &objcg->nr_charged_bytes);

	while (bytes >= (int)PAGE_SIZE) {
		if (!atomic_try_cmpxchg(&objcg->nr_charged_bytes, &bytes,
					bytes % (int)PAGE_SIZE))
			continue;
		obj_cgroup_uncharge_pages(objcg, bytes >> PAGE_SHIFT);
		break;
	}
}

int obj_cgroup_charge(struct obj_cgroup *objcg, gfp_t gfp, size_t size)
{
	if (take_change(objcg, size))
		return 0;
	if (obj_cgroup_charge_pages(objcg, gfp, PFN_UP(size)))
		return -ENOMEM;
	put_change(objcg, PAGE_ALIGN(size) - size);
	return 0;
}

void obj_cgroup_uncharge(struct obj_cgroup *objcg, size_t size)
{
	put_change(objcg, size);
}

/* ---- pages: for struct memory_charger (hooks.h) ---- */

/* @objcg has been charged for the block: write it down. False: no memory for that. */
static bool own_block(struct obj_cgroup *objcg, struct page *page, unsigned int nr, gfp_t gfp)
{
	refcount_add(nr, &objcg->refcnt);
	if (owners_set_pages(page, nr, objcg, gfp)) {
		__SetPageMemcgKmem(page);
		return true;
	}
	obj_cgroup_uncharge_pages(objcg, nr);
	obj_cgroup_put_many(objcg, nr);
	return false;
}

bool memcg_charge_page(struct page *page, unsigned int order, gfp_t gfp)
{
	struct obj_cgroup *objcg = get_obj_cgroup_from_current();
	unsigned int nr = 1U << order;
	bool charged;

	if (!objcg)
		return true;
	charged = !obj_cgroup_charge_pages(objcg, gfp, nr);
	if (charged)
		charged = own_block(objcg, page, nr, gfp);
	obj_cgroup_put(objcg);
	return charged;
}

void memcg_uncharge_page(struct page *page, unsigned int order)
{
	struct obj_cgroup *objcg = owners_clear_pages(page, 1U << order);

	__ClearPageMemcgKmem(page);
	obj_cgroup_uncharge_pages(objcg, 1U << order);
	obj_cgroup_put_many(objcg, 1U << order);
}
