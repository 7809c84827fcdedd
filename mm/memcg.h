/* SPDX-License-Identifier: MIT */
/* What the chapters about memory control groups know of each other. Tests and checkers see it too. */
#ifndef _MM_MEMCG_H
#define _MM_MEMCG_H

#include <linux/memcontrol.h>
#include <linux/spinlock.h>

#include "slab.h"
#include "vmscan.h"

/* ---- mm/memcg_tree.c ---- */

/*
 * Which groups there are, and all their objcg_lists. Any context but NMI; interrupts off. Innermost but
 * for the allocators' own locks: nothing is allocated or freed under it.
 */
extern spinlock_t memcg_lock;

/* The child of @parent whose name is the @length characters at @name. With memcg_lock. */
struct mem_cgroup *memcg_find_child(struct mem_cgroup *parent, const char *name, size_t length);

/* ---- mm/memcg_charge.c: who owes ---- */

/* One that owes to @memcg. NULL: no memory. */
struct obj_cgroup *obj_cgroup_alloc(struct mem_cgroup *memcg);
void obj_cgroup_put_many(struct obj_cgroup *objcg, unsigned int nr);
/*
 * @memcg is above its limit, or would be: give back @nr_pages. Returns how many it were. May sleep.
 */
unsigned long memcg_reclaim(struct mem_cgroup *memcg, unsigned long nr_pages, gfp_t gfp);
/* A process of @memcg is killed, or has been. False: there is none. May sleep. */
bool mem_cgroup_out_of_memory(struct mem_cgroup *memcg, gfp_t gfp, int order);

/* For struct memory_charger (hooks.h). */
bool memcg_charge_page(struct page *page, unsigned int order, gfp_t gfp);
void memcg_uncharge_page(struct page *page, unsigned int order);

/* How many there are. */
unsigned int nr_obj_cgroups(void);

/* ---- mm/memcg_owners.c: who owes for which page and which object ---- */

/* mem_cgroup_init() */
void memcg_owners_init(void);

/*
 * @nr pages from @page on, of one block, are @objcg's; each takes over a reference. False: no
 * memory to write it down.
 */
bool owners_set_pages(struct page *page, unsigned int nr, struct obj_cgroup *objcg, gfp_t gfp);
/* They are nobody's any more. Returns whose they were, still held by each. */
struct obj_cgroup *owners_clear_pages(struct page *page, unsigned int nr);

/* The same of object @index out of @num in the slab whose first page is @page; it takes over a reference. */
bool owners_set_object(struct page *page, unsigned int num, unsigned int index,
		       struct obj_cgroup *objcg, gfp_t gfp);
/* NULL: it was nobody's. */
struct obj_cgroup *owners_clear_object(struct page *page, unsigned int index);

/*
 * Each page that somebody owes for (@index -1), and each object, by its slab's first page. While nobody
 * else changes anything: interrupts off, the lock taken.
 */
void owners_walk(void (*visit)(struct page *page, int index, struct obj_cgroup *objcg, void *arg),
		 void *arg);

/* ---- mm/memcg_slab.c: objects ---- */

/* What an object of @cache costs its group, in bytes. */
size_t obj_full_size(const struct kmem_cache *cache);
/* For struct memory_charger (hooks.h). */
bool memcg_slab_pre_alloc(struct kmem_cache *cache, gfp_t gfp, struct obj_cgroup **objcg);
void memcg_slab_post_alloc(struct kmem_cache *cache, gfp_t gfp, struct obj_cgroup *objcg,
			   void *object);
void memcg_slab_free(struct kmem_cache *cache, const void *object);

/* ---- mm/debug/check_memcg.c ---- */

/* Do the counters say what pages and objects say? While nobody charges. */
bool memcg_validate(void);

#endif /* _MM_MEMCG_H */
