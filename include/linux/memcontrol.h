/* SPDX-License-Identifier: MIT */
/*
 * Memory control groups: who uses how much, and may not use more. The names are Linux 6.1's where it has
 * them. Linux makes and removes groups through a file system; here there are functions for that
 * (mem_cgroup_create() …), and the monitor's word `memcg`. mm/memcontrol.c has the theory.
 *
 * What is charged: pages and kmalloc() memory asked for with __GFP_ACCOUNT (GFP_KERNEL_ACCOUNT), and
 * objects of caches with SLAB_ACCOUNT, to the group that the allocating thread works for at the moment.
 */
#ifndef _LINUX_MEMCONTROL_H
#define _LINUX_MEMCONTROL_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/page_counter.h>
#include <linux/percpu-defs.h>
#include <linux/preempt.h>
#include <linux/rcutree.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/types.h>

/* What happens to a group, counted: memory.events. */
enum memcg_memory_event {
	MEMCG_LOW,		/* memory.low and memory.high are not there: always 0 */
	MEMCG_HIGH,
	MEMCG_MAX,		/* it was at its limit, and somebody who can wait asked for more */
	MEMCG_OOM,		/* … and reclaim did not help */
	MEMCG_OOM_KILL,		/* … so that a process of it was killed */
	MEMCG_OOM_GROUP_KILL,
	MEMCG_NR_MEMORY_EVENTS,
};

#define MEMCG_NAME_LEN	32

/*
 * A group. Outside of mm/ only its name and counter are of interest.
 *	memory.usage = what obj_cgroups on objcg_list owe + the children's usage
 */
struct mem_cgroup {
	struct page_counter memory;
	struct mem_cgroup *parent;	/* held. NULL: the root */
	char name[MEMCG_NAME_LEN];	/* in its parent; "" is the root's */
	refcount_t refs;		/* the tree's is one, until the group is removed */
	bool online;			/* in the tree */
	unsigned int nr_children;
	struct list_head list;		/* all groups, each behind its parent: mm/memcontrol.c */
	struct obj_cgroup *objcg;	/* who owes what it allocates from now on; RCU. NULL: removed */
	struct list_head objcg_list;	/* those that owe to it: its own, and what it has inherited */
	atomic_long_t memory_events[MEMCG_NR_MEMORY_EVENTS];		/* its own, and its children's */
	atomic_long_t memory_events_local[MEMCG_NR_MEMORY_EVENTS];
	struct rcu_head rcu;
};

/*
 * Who owes: what was charged points to it, not to the group, so that removing a group need not find all
 * that: the obj_cgroup's group is its parent from then on. It stays as long as something points to it.
 *	what its group was charged for it, in pages
 *	= pages that point to it + (bytes of objects that point to it + nr_charged_bytes) / PAGE_SIZE
 */
struct obj_cgroup {
	refcount_t refcnt;
	struct mem_cgroup *memcg;	/* RCU */
	atomic_t nr_charged_bytes;	/* charged, and nobody's yet: less than a page */
	atomic_t object_bytes[2];	/* for memory.stat; [1]: of caches that can be shrunk */
	struct list_head list;
	struct rcu_head rcu;
};

extern struct mem_cgroup *root_mem_cgroup;

/* main.c: everything below is legal from now on. */
void mem_cgroup_init(void);

/* ---- groups. Process context, may sleep, unless said otherwise ---- */

/*
 * A new group @name in @parent (NULL: the root), without a limit. It stays until it is removed; the
 * caller has no reference beyond that. ERR_PTR(): -EEXIST, -ENOMEM, or -EINVAL: it is no name (empty,
 * too long, with a '/'), or @parent has been removed.
 */
struct mem_cgroup *mem_cgroup_create(const char *name, struct mem_cgroup *parent);
/*
 * The end of a group. What is still charged to it is its parent's from then on, and so is what threads
 * allocate that still have it. -EBUSY: it has children, or is the root. -ENOENT: it has been removed.
 */
int mem_cgroup_remove(struct mem_cgroup *memcg);
/* The group at @path, "web/db" for instance; "" and "/" are the root. Held. NULL: there is none. */
struct mem_cgroup *mem_cgroup_find(const char *path);
/* "/web/db" into @buf. Returns @buf. Any context. */
char *mem_cgroup_path(const struct mem_cgroup *memcg, char *buf, size_t size);

/*
 * A new limit, in pages (PAGE_COUNTER_MAX: none), as writing to memory.max: it holds at once. If more is
 * charged already, the group is reclaimed from, and if that does not help, its processes are killed
 * until it fits, or there are none left.
 */
void mem_cgroup_set_max(struct mem_cgroup *memcg, unsigned long nr_pages);

/* References. Any context. */
static inline void mem_cgroup_get(struct mem_cgroup *memcg)
{
	refcount_inc(&memcg->refs);
}
void mem_cgroup_put(struct mem_cgroup *memcg);		/* NULL is nothing */

/*
 * The groups under @top and itself (NULL: all), parents first: call it with what it returned before,
 * at first with NULL, until it returns NULL. What it returns is held until the next call; who stops
 * earlier calls mem_cgroup_iter_break(). A group that is removed while it is visited ends the walk. Any
 * context. (Linux shares walks between reclaimers; there is no such thing here, @reclaim is NULL.)
 */
struct mem_cgroup_reclaim_cookie;
struct mem_cgroup *mem_cgroup_iter(struct mem_cgroup *top, struct mem_cgroup *prev,
				   struct mem_cgroup_reclaim_cookie *reclaim);
static inline void mem_cgroup_iter_break(struct mem_cgroup *root, struct mem_cgroup *prev)
{
	mem_cgroup_put(prev);
}

static inline struct mem_cgroup *parent_mem_cgroup(const struct mem_cgroup *memcg)
{
	return memcg->parent;
}

static inline bool mem_cgroup_is_root(const struct mem_cgroup *memcg)
{
	return memcg == root_mem_cgroup;
}

/* Is @memcg @top, or in it? */
bool mem_cgroup_is_descendant(struct mem_cgroup *memcg, struct mem_cgroup *top);

static inline struct mem_cgroup *mem_cgroup_from_counter(struct page_counter *counter)
{
	return container_of(counter, struct mem_cgroup, memory);
}

/* @event has happened to @memcg, and so to those above it. Any context. */
void memcg_memory_event(struct mem_cgroup *memcg, enum memcg_memory_event event);

/* What memory.stat says, in bytes. */
struct memcg_stat {
	unsigned long long kernel;	/* all of it */
	unsigned long long slab_reclaimable, slab_unreclaimable;
};
void mem_cgroup_get_stat(struct mem_cgroup *memcg, struct memcg_stat *stat);

/* ---- processes ---- */

/*
 * @mm's threads work for @memcg from now on (NULL: for nobody), as when a process is written to
 * cgroup.procs. Any context; the caller sees to it that @mm stays.
 */
void mem_cgroup_attach(struct mm_struct *mm, struct mem_cgroup *memcg);
/* Is @mm's group @memcg, or in it? Any context. */
bool mm_match_cgroup(struct mm_struct *mm, struct mem_cgroup *memcg);
/* @mm's group, held; the root, if it has none. Any context. */
struct mem_cgroup *get_mem_cgroup_from_mm(struct mm_struct *mm);
/* memcg_memory_event() of @mm's group. */
void memcg_memory_event_mm(struct mm_struct *mm, enum memcg_memory_event event);

/* @memcg's part of the OOM killer's report; and of its last line, with where @victim is. */
void mem_cgroup_print_oom_meminfo(struct mem_cgroup *memcg);
void mem_cgroup_print_oom_context(struct mem_cgroup *memcg, const struct mm_struct *victim);

/* ---- for whom a thread works ---- */

/* In interrupts it is the CPU's, not the thread's. */
DECLARE_PER_CPU(struct mem_cgroup *, int_active_memcg);

/*
 * From now on what this thread allocates is charged to @memcg (NULL: as before), which the caller
 * holds. Returns what it was, to be put back:
 *	old = set_active_memcg(memcg); … set_active_memcg(old);
 * An interrupt that does so works for nobody else: it must put it back before it returns.
 */
static inline struct mem_cgroup *set_active_memcg(struct mem_cgroup *memcg)
{
	struct mem_cgroup *old;

	if (!in_task()) {
		old = this_cpu_read(int_active_memcg);
		this_cpu_write(int_active_memcg, memcg);
	} else {
		old = current->active_memcg;
		current->active_memcg = memcg;
	}
	return old;
}

/* ---- charging, for allocators. Any context; may sleep where @gfp allows it ---- */

/* Who is to owe, held; NULL: nobody. */
struct obj_cgroup *get_obj_cgroup_from_current(void);
void obj_cgroup_put(struct obj_cgroup *objcg);
/* @size bytes. 0 or -ENOMEM. */
int obj_cgroup_charge(struct obj_cgroup *objcg, gfp_t gfp, size_t size);
void obj_cgroup_uncharge(struct obj_cgroup *objcg, size_t size);
int obj_cgroup_charge_pages(struct obj_cgroup *objcg, gfp_t gfp, unsigned int nr_pages);
void obj_cgroup_uncharge_pages(struct obj_cgroup *objcg, unsigned int nr_pages);

#endif /* _LINUX_MEMCONTROL_H */
