/* SPDX-License-Identifier: MIT */
/*
 * For code from the days of Linux 2.6: forms that LDD3 and LKD print and Linux 6.1 no longer has.
 * A file that includes this header, after or before any other, may use the older and the newer form
 * side by side.
 */
#ifndef _COMPAT_LINUX26_H
#define _COMPAT_LINUX26_H

#include <asm/kmap_types.h>
#include <linux/highmem.h>
#include <linux/mempool.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* ---- atomic kmaps: each purpose had its slot, until slots became a stack (2.6.37) ---- */

/* The type, where one is given, is looked at by the compiler and by nobody else. */
#define __KM_TYPE(type...)	((void)(const enum km_type []){ KM_USER0, ##type })

#define kmap_atomic(page, type...)		(__KM_TYPE(type), kmap_atomic(page))
#define kmap_atomic_pfn(pfn, type...)		(__KM_TYPE(type), kmap_atomic_pfn(pfn))

#undef kunmap_atomic
#define kunmap_atomic(vaddr, type...) \
do { \
	BUILD_BUG_ON(__same_type((vaddr), struct page *)); \
	__KM_TYPE(type); \
	__kunmap_atomic(vaddr); \
} while (0)
#define kunmap_atomic_notypecheck(vaddr, type)	__kunmap_atomic(vaddr)

/* kmap_atomic_prot() had its type in the middle. */
#define __kmap_atomic_prot2(page, prot)		kmap_atomic_prot(page, prot)
#define __kmap_atomic_prot3(page, type, prot)	(__KM_TYPE(type), kmap_atomic_prot(page, prot))
#define kmap_atomic_prot(page, args...) \
	__PASTE(__kmap_atomic_prot, COUNT_ARGS(page, args))(page, args)

/* And so had its form for a frame, which is gone since 5.11. */
#define __kmap_atomic_prot_pfn2(pfn, prot)	kmap_atomic_pfn_prot(pfn, prot)
#define __kmap_atomic_prot_pfn3(pfn, type, prot) \
	(__KM_TYPE(type), kmap_atomic_pfn_prot(pfn, prot))
#define kmap_atomic_prot_pfn(pfn, args...) \
	__PASTE(__kmap_atomic_prot_pfn, COUNT_ARGS(pfn, args))(pfn, args)

#define kmap_atomic_to_page(vaddr)		kmap_to_page(vaddr)

/* zero_user() before 2.6.23, and in between (2.6.23 and 2.6.24). */
#define memclear_highpage_flush(page, offset, size)	zero_user(page, offset, size)
#define zero_user_page(page, offset, size, km_type)	zero_user(page, offset, size)

/* ---- vmalloc: rights were an argument, until Linux 5.8 ---- */

#define ____vmalloc2(size, gfp)			__vmalloc(size, gfp)
#define ____vmalloc3(size, gfp, prot)		((void)(prot), __vmalloc(size, gfp))
#define __vmalloc(size, args...) \
	__PASTE(____vmalloc, COUNT_ARGS(size, args))(size, args)

/* ioremap() has always been without the cache on this machine. */
#define ioremap_nocache(offset, size)		ioremap(offset, size)

/* ---- slab caches: a destructor, constructors with three arguments (until 2.6.23) ---- */

typedef struct kmem_cache kmem_cache_t;

/*
 * Constructors and destructors were told the cache, and in @flags who is calling (SLAB_CTOR_… in
 * <linux/slab.h>): one function could be both. A destructor needs a constructor beside it.
 */
typedef void (kmem_ctor26_t)(void *objp, kmem_cache_t *cachep, unsigned long flags);

static inline kmem_cache_t *__kmem_cache_create23(const char *name, size_t size, size_t align,
						  unsigned long flags, kmem_ctor26_t *ctor)
{
	return kmem_cache_create26(name, size, align, flags, ctor, NULL);
}

/* Five arguments: the constructor's own type tells which it is. */
#define __kmem_cache_create5(name, size, align, flags, ctor) \
	_Generic((ctor), kmem_ctor26_t *: __kmem_cache_create23, default: kmem_cache_create) \
		(name, size, align, flags, ctor)
#define __kmem_cache_create6(name, size, align, flags, ctor, dtor) \
	kmem_cache_create26(name, size, align, flags, ctor, dtor)
#define kmem_cache_create(name, size, align, flags, ctor...) \
	__PASTE(__kmem_cache_create, COUNT_ARGS(name, size, align, flags, ctor)) \
		(name, size, align, flags, ctor)

/* Caches' flags that have another name today (SLAB_NO_REAP is in <linux/slab.h>). */
#define SLAB_DEBUG_FREE		SLAB_CONSISTENCY_CHECKS
#define SLAB_DEBUG_INITIAL	0	/* let the constructor verify: SLAB_CTOR_VERIFY */
#define SLAB_MUST_HWCACHE_ALIGN	SLAB_HWCACHE_ALIGN
#define SLAB_DESTROY_BY_RCU	SLAB_TYPESAFE_BY_RCU

/* kmem_cache_alloc()'s flags had names of their own. */
#define SLAB_NOFS		GFP_NOFS
#define SLAB_NOIO		GFP_NOIO
#define SLAB_ATOMIC		GFP_ATOMIC
#define SLAB_USER		GFP_USER
#define SLAB_KERNEL		GFP_KERNEL
#define SLAB_DMA		GFP_DMA
/* Those that a cache passes on when it grows; and "do not grow", which nobody can ask any more. */
#define SLAB_LEVEL_MASK		GFP_LEVEL_MASK
#define GFP_LEVEL_MASK		(__GFP_WAIT | __GFP_HIGH | __GFP_ATOMIC | __GFP_IO | __GFP_FS | \
				 __GFP_COLD | __GFP_NOWARN | __GFP_REPEAT | __GFP_NOFAIL | \
				 __GFP_NORETRY | __GFP_COMP | __GFP_NOMEMALLOC)

/* ---- mempools: flags were an int (until 2.6.14); resizing took some (until 4.1) ---- */

/* Either type of callback, and no other. An int is passed as an unsigned int is. */
typedef union {
	mempool_alloc_t *alloc;
	void *(*alloc26)(int gfp_mask, void *pool_data);
} __attribute__((transparent_union)) __mempool_alloc26_t;

static inline int __mempool_init26(mempool_t *pool, int min_nr, __mempool_alloc26_t alloc_fn,
				   mempool_free_t *free_fn, void *pool_data)
{
	return mempool_init(pool, min_nr, alloc_fn.alloc, free_fn, pool_data);
}

static inline mempool_t *__mempool_create26(int min_nr, __mempool_alloc26_t alloc_fn,
					    mempool_free_t *free_fn, void *pool_data)
{
	return mempool_create(min_nr, alloc_fn.alloc, free_fn, pool_data);
}

static inline mempool_t *__mempool_create_node26(int min_nr, __mempool_alloc26_t alloc_fn,
						 mempool_free_t *free_fn, void *pool_data, int nid)
{
	return mempool_create_node(min_nr, alloc_fn.alloc, free_fn, pool_data, GFP_KERNEL, nid);
}

#define mempool_init(pool, min_nr, alloc_fn, free_fn, pool_data) \
	__mempool_init26(pool, min_nr, alloc_fn, free_fn, pool_data)
#define mempool_create(min_nr, alloc_fn, free_fn, pool_data) \
	__mempool_create26(min_nr, alloc_fn, free_fn, pool_data)

/* Its flags came later (3.6). */
#define ____mempool_create_node5(min_nr, alloc_fn, free_fn, pool_data, nid) \
	__mempool_create_node26(min_nr, alloc_fn, free_fn, pool_data, nid)
#define ____mempool_create_node6(min_nr, alloc_fn, free_fn, pool_data, gfp_mask, nid) \
	mempool_create_node(min_nr, alloc_fn, free_fn, pool_data, gfp_mask, nid)
#define mempool_create_node(min_nr, alloc_fn, free_fn, pool_data, args...) \
	__PASTE(____mempool_create_node, COUNT_ARGS(min_nr, alloc_fn, free_fn, pool_data, args)) \
		(min_nr, alloc_fn, free_fn, pool_data, args)

#define __mempool_resize2(pool, new_min_nr)		mempool_resize(pool, new_min_nr)
#define __mempool_resize3(pool, new_min_nr, gfp_mask) \
	((void)(gfp_mask), mempool_resize(pool, new_min_nr))
#define mempool_resize(pool, new_min_nr, gfp_mask...) \
	__PASTE(__mempool_resize, COUNT_ARGS(pool, new_min_nr, ##gfp_mask))(pool, new_min_nr, ##gfp_mask)

#endif /* _COMPAT_LINUX26_H */
