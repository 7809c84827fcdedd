/* SPDX-License-Identifier: MIT */
/*
 * Pools that keep some elements back, for work that must go on when memory is short (LDD3 chapter
 * 8, "Memory Pools"; Linux's core-api). mm/mempool.c tells how.
 */
#ifndef _LINUX_MEMPOOL_H
#define _LINUX_MEMPOOL_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

/* How the pool gets an element when it is not from its reserve, and how it gives one back. */
typedef void *(mempool_alloc_t)(gfp_t gfp_mask, void *pool_data);
typedef void (mempool_free_t)(void *element, void *pool_data);

/*
 * The elements held back are elements[0 … curr_nr - 1], and 0 <= curr_nr <= min_nr. What has been
 * taken out of the reserve and not come back makes the difference.
 */
typedef struct mempool_s {
	spinlock_t lock;
	int min_nr;		/* as many are held back, if they can be had */
	int curr_nr;		/* as many are there */
	void **elements;
	void *pool_data;
	mempool_alloc_t *alloc;
	mempool_free_t *free;
	wait_queue_head_t wait;	/* for one to come back */
	atomic_t nr_out;	/* with their owners, from the reserve or not */
} mempool_t;

static inline bool mempool_initialized(mempool_t *pool)
{
	return pool->elements != NULL;
}

/*
 * A pool that keeps @min_nr elements (1 for 0) back: they are allocated now. In memory of the
 * caller's: 0, or -ENOMEM, or, with a warning, -EINVAL for less than no elements. In its own: NULL
 * for all of these. Process context.
 */
int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
		 void *pool_data);
int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn,
		      mempool_free_t *free_fn, void *pool_data, gfp_t gfp_mask, int node_id);
mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			  void *pool_data);
mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			       void *pool_data, gfp_t gfp_mask, int nid);

/*
 * The pool ends, and its reserve is freed. All elements must have come back: how many have not is
 * reported. They stay their owners', but mempool_free() cannot take them any more. Of memory that is
 * all zero, or has been through it, mempool_exit() makes nothing; so NULL for mempool_destroy().
 * Process context.
 */
void mempool_exit(mempool_t *pool);
void mempool_destroy(mempool_t *pool);

/*
 * Keep @new_min_nr elements back from now on. 0, also if not all of them could be had at once: what
 * is missing stays behind as others come back. -ENOMEM: all is as it was; -EINVAL, with a warning:
 * less than 1. Process context.
 */
int mempool_resize(mempool_t *pool, int new_min_nr);

/*
 * An element: from the allocator, and if it has none, from the reserve. If that is empty, NULL; or,
 * where @gfp_mask allows sleeping, it asks the allocator in earnest, and then sleeps until one comes
 * back: never NULL. (Where it must not sleep after all, that is reported, and it is NULL.) Elements
 * are not cleared, so __GFP_ZERO is a mistake. Any context but NMI.
 */
void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask) __malloc;
/*
 * Give it back: to the reserve, if that is not full, or else to the allocator. NULL is nothing. Any
 * context but NMI.
 */
void mempool_free(void *element, mempool_t *pool);

/* For pools of objects of a cache, which is pool_data. */
void *mempool_alloc_slab(gfp_t gfp_mask, void *pool_data);
void mempool_free_slab(void *element, void *pool_data);

static inline int mempool_init_slab_pool(mempool_t *pool, int min_nr, struct kmem_cache *kc)
{
	return mempool_init(pool, min_nr, mempool_alloc_slab, mempool_free_slab, kc);
}

static inline mempool_t *mempool_create_slab_pool(int min_nr, struct kmem_cache *kc)
{
	return mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, kc);
}

/* Of kmalloc() memory: pool_data is the size. */
void *mempool_kmalloc(gfp_t gfp_mask, void *pool_data);
void mempool_kfree(void *element, void *pool_data);

static inline int mempool_init_kmalloc_pool(mempool_t *pool, int min_nr, size_t size)
{
	return mempool_init(pool, min_nr, mempool_kmalloc, mempool_kfree, (void *)size);
}

static inline mempool_t *mempool_create_kmalloc_pool(int min_nr, size_t size)
{
	return mempool_create(min_nr, mempool_kmalloc, mempool_kfree, (void *)size);
}

/* Of blocks of pages: pool_data is the order, an element a struct page. */
void *mempool_alloc_pages(gfp_t gfp_mask, void *pool_data);
void mempool_free_pages(void *element, void *pool_data);

static inline int mempool_init_page_pool(mempool_t *pool, int min_nr, int order)
{
	return mempool_init(pool, min_nr, mempool_alloc_pages, mempool_free_pages,
			    (void *)(long)order);
}

static inline mempool_t *mempool_create_page_pool(int min_nr, int order)
{
	return mempool_create(min_nr, mempool_alloc_pages, mempool_free_pages, (void *)(long)order);
}

#endif /* _LINUX_MEMPOOL_H */
