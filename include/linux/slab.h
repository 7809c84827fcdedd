/* SPDX-License-Identifier: MIT */
/*
 * Memory by the object: caches of equal objects, and kmalloc() for sizes of any kind. As in Linux
 * 6.1 (LDD3 chapter 8, "The Real Story of kmalloc" and "Lookaside Caches"; LKD chapter 12, "Slab
 * Layer"). mm/slab.c tells how a cache works, mm/kmalloc.c how sizes become caches.
 *
 * Objects are contiguous in physical memory and lie in the direct map. With __GFP_DIRECT_RECLAIM
 * (in GFP_KERNEL) the caller must be able to sleep; without it, any context but NMI. Freeing is
 * legal in any context but NMI. Failure is NULL, never an error code.
 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/kasan.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/types.h>

/* ---- flags of kmem_cache_create(): Linux's names and numbers ---- */

/* Checks, for this cache alone (mm/debug/slub_debug.c). `slub_debug=` asks for them by letters. */
#define SLAB_CONSISTENCY_CHECKS	0x00000100U	/* F: each free is checked at once, each slab often */
#define SLAB_RED_ZONE		0x00000400U	/* Z: guard bytes on both sides of each object */
#define SLAB_POISON		0x00000800U	/* P: freed objects are filled, and must stay so */
#define SLAB_STORE_USER		0x00010000U	/* U: who allocated it last, and who freed it */
#define SLAB_TRACE		0x00200000U	/* T: a line in the log for each alloc and free */

#define SLAB_KMALLOC		0x00001000U	/* one of kmalloc()'s: no others set it */
#define SLAB_HWCACHE_ALIGN	0x00002000U	/* to cache lines, or a fraction that fits the size */
#define SLAB_CACHE_DMA		0x00004000U	/* from ZONE_DMA, which GFP_DMA names */
#define SLAB_CACHE_DMA32	0x00008000U	/* below 4 GiB: everything here is */
#define SLAB_RECLAIM_ACCOUNT	0x00020000U	/* can be shrunk: counted as reclaimable, grouped so */
#define SLAB_TEMPORARY		SLAB_RECLAIM_ACCOUNT
#define SLAB_PANIC		0x00040000U	/* panic if the cache cannot be created */
#define SLAB_TYPESAFE_BY_RCU	0x00080000U	/* slabs, not objects, wait for readers (with RCU) */
#define SLAB_MEM_SPREAD		0x00100000U	/* one node: no effect */
#define SLAB_NOLEAKTRACE	0x00800000U	/* the leak finder looks neither for it nor into it */
#define SLAB_FAILSLAB		0x02000000U	/* failslab with cache-filter=1: this one */
#define SLAB_ACCOUNT		0x04000000U	/* charged to its group: <linux/memcontrol.h> */
#define SLAB_KASAN		0x08000000U
#define SLAB_NO_USER_FLAGS	0x10000000U	/* not what slub_debug= says */

/* Quarry's own. */
#define SLAB_NO_REAP		0x40000000U	/* free slabs stay, until kmem_cache_shrink(): LDD3's */
#define SLAB_NO_MAGAZINES	0x80000000U	/* straight to the slabs: no layer of CPUs above them */

/* Every object is aligned to at least this. Powers of two from kmalloc() are aligned to themselves. */
#define ARCH_SLAB_MINALIGN	8
#define ARCH_KMALLOC_MINALIGN	8

/* What kmalloc(0) returns: no memory, but may be freed. Reading it is a fault. */
#define ZERO_SIZE_PTR		((void *)16)
#define ZERO_OR_NULL_PTR(x)	((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)

struct kmem_cache;

/* main.c: everything below is legal from now on. */
void kmem_cache_init(void);
bool slab_is_available(void);

/* ---- caches ---- */

/*
 * A cache of objects of @size bytes, aligned to @align (0: ARCH_SLAB_MINALIGN will do). @name is
 * copied. @ctor (or NULL) is called once for each object when a slab is filled, in the context of
 * whoever allocates then, and not again before the slab has been returned: objects must be freed in
 * the state in which it left them. NULL: no memory; or a name, size, alignment or flags that no
 * cache can have, which is reported. Process context.
 */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *));
/*
 * The same; only the bytes [@useroffset, + @usersize) of an object may be copied from and to
 * user memory. (kmem_cache_create() allows none; kmalloc() memory may be copied whole.)
 */
struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size,
					      unsigned int align, slab_flags_t flags,
					      unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *));

/* For a struct: its own name, size and alignment. */
#define KMEM_CACHE(__struct, __flags) \
	kmem_cache_create(#__struct, sizeof(struct __struct), __alignof__(struct __struct), \
			  (__flags), NULL)
#define KMEM_CACHE_USERCOPY(__struct, __flags, __field) \
	kmem_cache_create_usercopy(#__struct, sizeof(struct __struct), \
				   __alignof__(struct __struct), (__flags), \
				   offsetof(struct __struct, __field), \
				   sizeof_field(struct __struct, __field), NULL)

/*
 * The cache ends; all its objects must have been freed. Otherwise they are reported, with who
 * allocated them as far as that is known, the cache stays usable, and 1 is returned (as in LDD3;
 * Linux returns nothing today). 0: done. NULL is nothing. Process context.
 */
int kmem_cache_destroy(struct kmem_cache *cachep);

/* Give back to the page allocator what is not in use. 0: no slab is left. Process context. */
int kmem_cache_shrink(struct kmem_cache *cachep);

unsigned int kmem_cache_size(struct kmem_cache *cachep);	/* as it was asked for */
const char *kmem_cache_name(struct kmem_cache *cachep);

/* ---- objects ---- */

/*
 * An object of @cachep, as its constructor or its last owner left it. @gfp matters only when the
 * cache must grow (and for __GFP_ZERO, which is nothing for caches with a constructor).
 */
void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t gfp) __malloc;
#define kmem_cache_alloc_node(cachep, gfp, node) ((void)(node), kmem_cache_alloc(cachep, gfp))
#define kmem_cache_alloc_lru(cachep, lru, gfp) ((void)(lru), kmem_cache_alloc(cachep, gfp))

static __always_inline void *kmem_cache_zalloc(struct kmem_cache *cachep, gfp_t gfp)
{
	return kmem_cache_alloc(cachep, gfp | __GFP_ZERO);
}

/*
 * Give @objp back to its cache, constructed. NULL is nothing. An object of another cache, or what
 * is no object at all, is reported, and stays what it was.
 */
void kmem_cache_free(struct kmem_cache *cachep, void *objp);

/* @nr objects into @p, all or none: returns @nr or 0. Interrupts on, in Linux. */
int kmem_cache_alloc_bulk(struct kmem_cache *cachep, gfp_t gfp, size_t nr, void **p);
/* @cachep NULL: objects of any caches, or from kmalloc(). */
void kmem_cache_free_bulk(struct kmem_cache *cachep, size_t nr, void **p);
#define kfree_bulk(size, p) kmem_cache_free_bulk(NULL, size, p)

/* ---- kmalloc: size classes ---- */

/* Classes are powers of two from 8 to 8192, 96 and 192. What is larger is whole pages, up to 4 MiB. */
#define KMALLOC_SHIFT_LOW	3
#define KMALLOC_SHIFT_HIGH	13
#define KMALLOC_SHIFT_MAX	(MAX_ORDER + PAGE_SHIFT - 1)
#define KMALLOC_MIN_SIZE	(1 << KMALLOC_SHIFT_LOW)
#define KMALLOC_MAX_CACHE_SIZE	(1UL << KMALLOC_SHIFT_HIGH)
#define KMALLOC_MAX_SIZE	(1UL << KMALLOC_SHIFT_MAX)
#define KMALLOC_MAX_ORDER	(KMALLOC_SHIFT_MAX - PAGE_SHIFT)

enum kmalloc_cache_type {
	KMALLOC_NORMAL,
	KMALLOC_RECLAIM,	/* __GFP_RECLAIMABLE: kmalloc-rcl-… */
	KMALLOC_CGROUP,		/* __GFP_ACCOUNT: kmalloc-cg-… */
	KMALLOC_DMA,		/* __GFP_DMA: dma-kmalloc-… */
	NR_KMALLOC_TYPES
};

/* [type][n]: 1 is 96 bytes, 2 is 192, and n above that is 2^n. */
extern struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];

/* Of several, the stricter. */
static __always_inline enum kmalloc_cache_type kmalloc_type(gfp_t flags)
{
	if (likely(!(flags & (__GFP_DMA | __GFP_RECLAIMABLE | __GFP_ACCOUNT))))
		return KMALLOC_NORMAL;
	if (flags & __GFP_DMA)
		return KMALLOC_DMA;
	return flags & __GFP_RECLAIMABLE ? KMALLOC_RECLAIM : KMALLOC_CGROUP;
}

/* The class of @size, from 1 to KMALLOC_MAX_CACHE_SIZE. For constants: it is one, too. */
static __always_inline unsigned int kmalloc_index(size_t size)
{
	if (size <= KMALLOC_MIN_SIZE)
		return KMALLOC_SHIFT_LOW;
	if (size > 64 && size <= 96)
		return 1;
	if (size > 128 && size <= 192)
		return 2;
	return ilog2(size - 1) + 1;
}

/* For sizes that are not known before run time, and for those beyond the classes. */
void *__kmalloc(size_t size, gfp_t flags) __alloc_size(1);
void *kmalloc_large(size_t size, gfp_t flags) __alloc_size(1);
/* For those that are: @cache is the right one. */
void *kmalloc_trace(struct kmem_cache *cache, gfp_t flags, size_t size) __alloc_size(3);

/*
 * At least @size bytes, not cleared; at most about twice as many. Aligned to
 * ARCH_KMALLOC_MINALIGN, and to the largest power of two that divides the class. NULL: no memory,
 * or, with a warning, @size is above KMALLOC_MAX_SIZE. 0 bytes: ZERO_SIZE_PTR.
 */
static __always_inline __alloc_size(1) void *kmalloc(size_t size, gfp_t flags)
{
	if (__builtin_constant_p(size)) {
		if (!size)
			return ZERO_SIZE_PTR;
		if (size > KMALLOC_MAX_CACHE_SIZE)
			return kmalloc_large(size, flags);
		return kmalloc_trace(kmalloc_caches[kmalloc_type(flags)][kmalloc_index(size)],
				     flags, size);
	}
	return __kmalloc(size, flags);
}

/* The same, filled with zeros. */
static __always_inline __alloc_size(1) void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

/* There is one node. */
#define kmalloc_node(size, flags, node)	((void)(node), kmalloc(size, flags))
#define kzalloc_node(size, flags, node)	((void)(node), kzalloc(size, flags))
#define __kmalloc_node(size, flags, node) ((void)(node), __kmalloc(size, flags))
#define kmalloc_large_node(size, flags, node) ((void)(node), kmalloc_large(size, flags))
#define kmalloc_track_caller(size, flags) __kmalloc(size, flags)
#define kmalloc_node_track_caller(size, flags, node) kmalloc_node(size, flags, node)

/* @n elements of @size bytes; NULL also when the product does not fit. */
static __always_inline __alloc_size(1, 2) void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return kmalloc(bytes, flags);
}

static __always_inline __alloc_size(1, 2) void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	return kmalloc_array(n, size, flags | __GFP_ZERO);
}

#define kmalloc_array_node(n, size, flags, node) ((void)(node), kmalloc_array(n, size, flags))
#define kcalloc_node(n, size, flags, node) ((void)(node), kcalloc(n, size, flags))

/*
 * Free what any of the above returned, or an object of any cache. NULL and ZERO_SIZE_PTR are
 * nothing. What none of them returned is reported, and stays what it was.
 */
void kfree(const void *objp);
/* The same, and nobody finds its contents afterwards. */
void kfree_sensitive(const void *objp);
#define kzfree(objp) kfree_sensitive(objp)

/*
 * The memory at @objp, of another size: in place where its class allows, otherwise moved, with as
 * much of its contents as fits. NULL: there is no memory, and the old one is untouched. @objp
 * NULL: kmalloc(); @new_size 0: kfree(), and ZERO_SIZE_PTR. With __GFP_ZERO, what is new is zero
 * (if all that was there before had been allocated so).
 */
void *krealloc(const void *objp, size_t new_size, gfp_t flags) __realloc_size(2);

static __always_inline __realloc_size(2, 3) void *krealloc_array(void *objp, size_t new_n,
							       size_t new_size, gfp_t flags)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(new_n, new_size, &bytes)))
		return NULL;
	return krealloc(objp, bytes, flags);
}

/* How much memory is really there: all of it may be used. 0 for NULL and ZERO_SIZE_PTR. */
size_t ksize(const void *objp);
/* How much kmalloc(@size) would really give. @size itself where it cannot serve. */
size_t kmalloc_size_roundup(size_t size);

/* ---- kvmalloc: kmalloc() if that is easy, vmalloc() otherwise ---- */

/*
 * Larger than a page, it does not try hard to find contiguous memory before it takes vmalloc()'s;
 * with flags that forbid sleeping (GFP_ATOMIC, GFP_NOWAIT) there is only kmalloc().
 */
void *kvmalloc_node(size_t size, gfp_t flags, int node) __alloc_size(1);

static __always_inline __alloc_size(1) void *kvmalloc(size_t size, gfp_t flags)
{
	return kvmalloc_node(size, flags, -1);
}

static __always_inline __alloc_size(1) void *kvzalloc(size_t size, gfp_t flags)
{
	return kvmalloc(size, flags | __GFP_ZERO);
}

#define kvzalloc_node(size, flags, node) kvmalloc_node(size, (flags) | __GFP_ZERO, node)

static __always_inline __alloc_size(1, 2) void *kvmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return kvmalloc(bytes, flags);
}

static __always_inline __alloc_size(1, 2) void *kvcalloc(size_t n, size_t size, gfp_t flags)
{
	return kvmalloc_array(n, size, flags | __GFP_ZERO);
}

/* The first @oldsize bytes move along. NULL: the old memory is untouched. */
void *kvrealloc(const void *p, size_t oldsize, size_t newsize, gfp_t flags) __realloc_size(3);
/* Free what kmalloc(), kvmalloc() or vmalloc() returned. May sleep if it was vmalloc()'s. */
void kvfree(const void *addr);
void kvfree_sensitive(const void *addr, size_t len);

/* ---- the form of Linux 2.6, which <compat/linux26.h> calls by its old name ---- */

/* What a constructor is told: it is one (and no destructor), and must not sleep. */
#define SLAB_CTOR_CONSTRUCTOR	0x001UL
#define SLAB_CTOR_ATOMIC	0x002UL
#define SLAB_CTOR_VERIFY	0x004UL		/* accepted; nobody is told so */

/*
 * As kmem_cache_create(). @ctor and @dtor (or NULL) get the object, the cache and the above; @dtor
 * is called for each object when its slab is returned.
 */
struct kmem_cache *kmem_cache_create26(const char *name, size_t size, size_t align,
				       unsigned long flags,
				       void (*ctor)(void *, struct kmem_cache *, unsigned long),
				       void (*dtor)(void *, struct kmem_cache *, unsigned long));

/* Say in the log what the object at @object is, if it is one: false if it is not. */
bool kmem_dump_obj(void *object);
bool kmem_valid_obj(void *object);

#endif /* _LINUX_SLAB_H */
