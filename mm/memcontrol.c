// SPDX-License-Identifier: MIT
/*
 * Memory control groups.
 *
 * 1. The idea
 * One process can make the kernel allocate without end: open files, pipes, sockets. GFP_KERNEL has no
 * way to know on whose behalf, and then all run out of memory together. So threads are put in groups, and
 * what the kernel allocates *because of them* is charged to the group: __GFP_ACCOUNT, SLAB_ACCOUNT. A
 * group has a limit. At the limit its own memory is reclaimed, its own processes are killed, or its own
 * requests fail; its neighbours do not notice. (Linux's admin-guide/cgroup-v2, "Memory"; the
 * memory-allocation guide: untrusted allocations should be charged, with GFP_KERNEL_ACCOUNT.)
 *
 * 2. Who pays
 *	a thread	the group that set_active_memcg() has named; otherwise its process's (mm->memcg)
 *	an interrupt	nobody, unless it has called set_active_memcg() itself; so do kernel threads
 * A new process is in the group of its parent; mem_cgroup_attach() takes it elsewhere.
 * The root pays nothing for itself; it only counts what its children owe.
 *
 * 3. Structure
 *	root ── web ── db	charges climb: what db owes is in web's counter and in the root's, and
 *	     └─ mail		has to fit under the limits of both (page_counter.c)
 * What was charged points to an obj_cgroup, and that to its group: memcg_charge.c. memcg_owners.c keeps
 * those pointers for pages, and memcg_slab.c has the way of an object.
 *
 * 4. The end of a group
 * Threads may still have it, and memory that it was charged may be in use for years. The group is taken
 * off the tree, and its obj_cgroups become its parent's. After a grace period nobody charges the group
 * itself any more; its counter then says exactly what those obj_cgroups owe. The parent's counters
 * have that already, so it is taken off the group's alone: nothing is left charged to it. What threads
 * that still have it allocate is charged to its parent. Its memory goes with the last reference.
 *
 * 5. Locking, contexts
 * memcg_mutex: groups come and go one at a time. No memory is allocated under it, so that who reclaims
 * could take it. memcg_lock, interrupts off: the list of all groups, each behind its parent and
 * before all that is not in it, and the obj_cgroups of each. Creating, removing, limits: process context.
 *
 * 6. What is not here
 * memory.low, min, high; swap; per-CPU memory (alloc_percpu() with __GFP_ACCOUNT is not charged).
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"
#include "memcg.h"

static DEFINE_MUTEX(memcg_mutex);

void __init mem_cgroup_init(void)
{
	memcg_owners_init();
}

/* ---- the first group, and the last ---- */

/*
 * From the first group on, objects that may be charged take the slow way; until nobody owes anything.
 * Somebody may still do when the last group goes: then the next one that goes tries again.
 */
static void charge_kmem(bool on)
{
	static const struct memory_charger charger = {
		.charge_page = memcg_charge_page,
		.uncharge_page = memcg_uncharge_page,
		.pre_alloc = memcg_slab_pre_alloc,
		.post_alloc = memcg_slab_post_alloc,
		.free_object = memcg_slab_free,
	};

	if (on == (memory_charger != NULL))
		return;
	WRITE_ONCE(memory_charger, on ? &charger : NULL);
	magazines_enable(magazines_enabled());
}

/* ---- creating ---- */

static bool is_name(const char *name)
{
	size_t length = strlen(name);

	return length && length < MEMCG_NAME_LEN && !strchr(name, '/');
}

static struct mem_cgroup *new_memcg(const char *name, struct mem_cgroup *parent)
{
	struct mem_cgroup *memcg = kzalloc(sizeof(*memcg), GFP_KERNEL);

	if (!memcg)
		return NULL;
	memcg->objcg = obj_cgroup_alloc(memcg);
	if (!memcg->objcg) {
		kfree(memcg);
		return NULL;
	}
	strscpy(memcg->name, name, sizeof(memcg->name));
	page_counter_init(&memcg->memory, &parent->memory);
	refcount_set(&memcg->refs, 1);
	memcg->parent = parent;
	INIT_LIST_HEAD(&memcg->objcg_list);
	list_add(&memcg->objcg->list, &memcg->objcg_list);
	return memcg;
}

/* Nobody has seen it. */
static void discard(struct mem_cgroup *memcg)
{
	obj_cgroup_put(memcg->objcg);
	kfree_rcu(memcg, rcu);
}

/* Right behind the parent; that keeps the order. With memcg_mutex. */
static int enter_tree(struct mem_cgroup *memcg)
{
	struct mem_cgroup *parent = memcg->parent;
	unsigned long flags;
	int error = 0;

	spin_lock_irqsave(&memcg_lock, flags);
	if (!parent->online)
		error = -EINVAL;
	else if (memcg_find_child(parent, memcg->name, strlen(memcg->name)))
		error = -EEXIST;
	if (!error) {
		mem_cgroup_get(parent);
		parent->nr_children++;
		memcg->online = true;
		list_add(&memcg->list, &parent->list);
	}
	spin_unlock_irqrestore(&memcg_lock, flags);
	return error;
}

struct mem_cgroup *mem_cgroup_create(const char *name, struct mem_cgroup *parent)
{
	struct mem_cgroup *memcg;
	int error;

	if (!is_name(name))
		return ERR_PTR(-EINVAL);
	memcg = new_memcg(name, parent ?: root_mem_cgroup);
	if (!memcg)
		return ERR_PTR(-ENOMEM);
	mutex_lock(&memcg_mutex);
	charge_kmem(true);
	error = enter_tree(memcg);
	mutex_unlock(&memcg_mutex);
	if (error) {
		discard(memcg);
		return ERR_PTR(error);
	}
	return memcg;
}

/* ---- removing ---- */

static int may_go(const struct mem_cgroup *memcg)
{
	if (!memcg->online)
		return -ENOENT;
	return memcg == root_mem_cgroup || memcg->nr_children ? -EBUSY : 0;
}

/* Off the tree; whoever owes to it owes to its parent. */
static void leave_tree(struct mem_cgroup *memcg)
{
	struct mem_cgroup *parent = memcg->parent;
	struct obj_cgroup *objcg;
	unsigned long flags;

	spin_lock_irqsave(&memcg_lock, flags);
	list_for_each_entry(objcg, &memcg->objcg_list, list)
		rcu_assign_pointer(objcg->memcg, parent);
	list_splice_init(&memcg->objcg_list, &parent->objcg_list);
	RCU_INIT_POINTER(memcg->objcg, NULL);
	list_del(&memcg->list);
	memcg->online = false;
	parent->nr_children--;
	spin_unlock_irqrestore(&memcg_lock, flags);
}

int mem_cgroup_remove(struct mem_cgroup *memcg)
{
	struct obj_cgroup *objcg;
	int error;

	might_sleep();
	mutex_lock(&memcg_mutex);
	error = may_go(memcg);
	if (error) {
		mutex_unlock(&memcg_mutex);
		return error;
	}
	objcg = memcg->objcg;
	leave_tree(memcg);
	synchronize_rcu();		/* nobody charges it, or uncharges it, any more */
	page_counter_cancel(&memcg->memory, page_counter_read(&memcg->memory));
	obj_cgroup_put(objcg);
	charge_kmem(nr_obj_cgroups());
	mutex_unlock(&memcg_mutex);
	mem_cgroup_put(memcg);
	return 0;
}

/* ---- limits, processes ---- */

void mem_cgroup_set_max(struct mem_cgroup *memcg, unsigned long nr_pages)
{
	unsigned int retries = MAX_RECLAIM_RETRIES;
	unsigned long usage;

	might_sleep();
	xchg(&memcg->memory.max, nr_pages);
	while ((usage = page_counter_read(&memcg->memory)) > nr_pages) {
		if (retries) {
			if (!memcg_reclaim(memcg, usage - nr_pages, GFP_KERNEL))
				retries--;
			continue;
		}
		memcg_memory_event(memcg, MEMCG_OOM);
		if (!mem_cgroup_out_of_memory(memcg, GFP_KERNEL, 0))
			break;
	}
}

/* What it has been charged for stays where it is. */
void mem_cgroup_attach(struct mm_struct *mm, struct mem_cgroup *memcg)
{
	if (memcg)
		mem_cgroup_get(memcg);
	mem_cgroup_put(xchg(&mm->memcg, memcg));
}
