/* SPDX-License-Identifier: MIT */
/* What the slab allocator's chapters know of each other; tests, checkers and shows see it too. */
#ifndef _MM_SLAB_H
#define _MM_SLAB_H

#include <linux/cache.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include <quarry/slab_errors.h>

#include "core_lock.h"
#include "hooks.h"

/*
 * One slab: 2^gfporder pages, cut into "num" objects. The description stands at the beginning of
 * the slab, or, where that would waste too much, in a cache made for such (cache->slab_cache).
 * Each page of it has PG_slab set, and says whose it is: page->slab_cache, page->slab.
 *
 *	object i begins at objects + i * cache->size	(the slot; see object_offset below)
 *	bit i of free[] is set: it is the slab's; clear: somebody's, or in a magazine
 *	nr_free = the number of bits set
 *	on cache->full if nr_free == 0, on cache->free if nr_free == num, otherwise on cache->partial
 */
struct slab {
	struct list_head list;
	void *objects;
	u16 nr_free;
	u16 nr_aside;			/* damaged: nobody gets them, and nobody has them */
	unsigned long free[];
};

/* Caches that the slab allocator has for itself: they hold links to free objects, which lead nowhere. */
#define SLAB_OWN_CACHE	(SLAB_NO_MAGAZINES | SLAB_NO_USER_FLAGS | SLAB_NOLEAKTRACE)

/* page->slab_cache of what kmalloc_large() returned: it is a block of pages. */
#define KMALLOC_LARGE	((struct kmem_cache *)1)

/*
 * A magazine: up to "rounds" free objects, a stack. floor is NULL, so that popping needs no count:
 * top points at the object that goes next, or at floor. While it is loaded, the CPU knows top.
 */
struct magazine {
	struct magazine *next;		/* on one list of the depot */
	void **top;
	unsigned short rounds;
	unsigned short cpu;		/* who filled it, while it lies in the depot */
	void *floor;
	void *round[];
};

/*
 * What one CPU has at hand. Only code that runs on it looks in, inside the mark
 * (<linux/preempt.h>, cpu_layer_enter()).
 *
 *	loaded: floor <= top <= end		nothing loaded, or switched off: top == end == &no_round,
 *						empty and full at once, so that neither way is quick
 */
struct kmem_cache_cpu {
	void **top;
	void **end;
	struct magazine *loaded;
	struct magazine *previous;
	unsigned long nr_alloc, nr_free;	/* requests that did not end quickly */
	unsigned long reserved[2];	/* 32 bytes in all: an index is a shift */
};

/* Magazines for which no CPU has a place: full ones (not empty, at least) and empty ones. */
struct depot {
	spinlock_t lock;
	struct magazine *full, *empty;
	unsigned int nr_full, nr_empty;
	unsigned int limit;		/* of full ones */
	unsigned int patience;		/* to be spent on visits, until magazines grow */
	unsigned char type, first_type;	/* which magazines (slab_cpu.c): now, and at first */
	struct core_lock_counts lock_counts;
	unsigned long nr_remote;	/* objects that came from another CPU's magazine */
};

struct kmem_cache {
	/* what was asked for, mostly */
	const char *name;
	slab_flags_t flags;
	unsigned int object_size;
	unsigned int zero_size;		/* what __GFP_ZERO clears: that, or nothing if there is a ctor */
	unsigned int align;
	unsigned int useroffset, usersize;
	void (*ctor)(void *);
	void (*ctor26)(void *, struct kmem_cache *, unsigned long);	/* the six-argument form's … */
	void (*dtor26)(void *, struct kmem_cache *, unsigned long);	/* … <compat/linux26.h> */
	struct list_head list;		/* slab_caches */

	/*
	 * how a slab is cut: it does not change any more
	 *	object_offset + object_size <= size, a multiple of align
	 *	num * size + what the description takes <= PAGE_SIZE << gfporder
	 */
	unsigned int size;		/* from one slot to the next */
	unsigned int object_offset;	/* from the slot to the object: what checkers keep in front */
	u32 reciprocal;			/* 2^32 / size, rounded up */
	unsigned int num;
	unsigned int gfporder;
	gfp_t allocflags;		/* added when pages are allocated */
	unsigned int first_slot;	/* from the slab's first byte, without colour */
	unsigned int colour_off;	/* one step of colour, in bytes … */
	unsigned int nr_colours;	/* … and how many places there are for the first slot */
	struct kmem_cache *slab_cache;	/* where descriptions are; NULL: on the slab */
	bool is_for_ever;		/* one of the first, on which all others stand */
	bool watched;			/* somebody wants to see each object */
	bool has_magazines;		/* slab_magazines.c: when it has none */
	u16 inuse;			/* checkers' own: where in the slot their notes begin */

	/*
	 * mm/slab.c: the slabs, under the lock
	 *	nr_slabs = those on the three lists; nr_free_slabs = those on free
	 *	nr_free_objects = the sum of all slabs' nr_free
	 */
	spinlock_t lock;
	struct list_head full, partial, free;
	unsigned long nr_slabs, nr_free_slabs, nr_free_objects;
	unsigned long max_free_slabs;	/* more are returned at once */
	unsigned int next_colour;
	unsigned long nr_grown, nr_reaped;	/* slabs, ever */
	struct core_lock_counts lock_counts;	/* by those who allocate and free */

	struct depot depot;
	struct kmem_cache_cpu cpu[NR_CPUS] ____cacheline_aligned;
};

/*
 * All caches, in the order of their creation. It changes with both taken; either keeps it as it is.
 *	slab_mutex	for who does something with each, that may take long: process context. Nobody
 *			allocates with it taken, since who is short of memory takes it (slab_reap_caches())
 *	slab_lock	for who only looks: any context but NMI; interrupts off
 * A cache's has_magazines and watched change with slab_mutex taken.
 */
extern struct list_head slab_caches;
extern struct mutex slab_mutex;
extern spinlock_t slab_lock;
#define for_each_cache(cache) list_for_each_entry(cache, &slab_caches, list)

/*
 * May objects of @cache be charged to groups? Then it has no magazines while there are any: memcg_slab.c.
 */
static inline bool cache_may_be_charged(const struct kmem_cache *cache)
{
	return (cache->flags & SLAB_ACCOUNT) ||
	       ((cache->flags & SLAB_KMALLOC) &&
		(cache->flags & (SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA)));
}

/* ---- object, slot, slab, page ---- */

/* The page of @object, if it lies in the direct map; otherwise NULL. Any value will do. */
static __always_inline struct page *object_page(const void *object)
{
	unsigned long pfn = virt_to_pfn(object);
	struct page *page;

	if (unlikely(pfn >= max_low_pfn))
		return NULL;
	page = pfn_to_page(pfn);
	if (!page)
		__builtin_unreachable();	/* the caller need not ask again */
	return page;
}

/* PageSlab() in one instruction. */
static __always_inline bool page_is_slab(const struct page *page)
{
	return page->flags & BIT(PG_slab);
}

/* The slab's page of @object; NULL: it lies in no slab. Any value of @object will do. */
static inline struct page *slab_page(const void *object)
{
	struct page *page = object_page(object);

	return page && PageSlab(page) ? page : NULL;
}

static __always_inline void *slab_slot(const struct kmem_cache *cache, const struct slab *slab,
				       unsigned int index)
{
	return slab->objects + index * cache->size;
}

static __always_inline void *slab_object(const struct kmem_cache *cache, const struct slab *slab,
					 unsigned int index)
{
	return slab_slot(cache, slab, index) + cache->object_offset;
}

/* Which slot @addr lies in; at least num when it is in none. */
static __always_inline unsigned int slab_index(const struct kmem_cache *cache,
					       const struct slab *slab, const void *addr)
{
	return (unsigned long)(addr - slab->objects) / cache->size;
}

static __always_inline bool slab_object_is_free(const struct slab *slab, unsigned int index)
{
	return slab->free[index / 32] >> (index % 32) & 1;
}

/* Slots are in use when no slab and no magazine has them: the slower question. Any context. */
bool slab_object_in_magazine(struct kmem_cache *cache, const void *object);

/* ---- mm/slab.c: the core, right under one lock. Any context but NMI ---- */

/*
 * Up to @nr objects of @cache: what its slabs have, or, when they have nothing, what one new slab
 * has. Returns how many; 0: there is no memory. @gfp as for kmem_cache_alloc(); no zeroing here.
 */
unsigned int slab_alloc(struct kmem_cache *cache, gfp_t gfp, unsigned int nr, void **objects);

/*
 * @nr objects, which lie in slabs of @cache, back to them. What is free already, or does not begin
 * where an object does, is reported, and nothing else happens to it.
 */
void slab_free(struct kmem_cache *cache, unsigned int nr, void *const *objects);

/*
 * Is @object in use, as far as its slab knows, and does it begin where one can? If not, reports. For
 * caches that are watched: the watchers look at the slab first.
 */
bool slab_check_object(struct kmem_cache *cache, const void *object);

/* @gfp without what no memory with an address can have (__GFP_HIGHMEM …), which is reported. */
gfp_t slab_fix_flags(gfp_t gfp) __cold;

/* What slabs take, in pages: those that can be shrunk (SLAB_RECLAIM_ACCOUNT), and others. */
unsigned long slab_pages(bool reclaimable);
/* As many of them are on their way into a cache, or out of one: in no list of slabs. */
unsigned long slab_pages_moving(bool reclaimable);

/* Slabs that no list of @cache has any more. Those of SLAB_TYPESAFE_BY_RCU go when nobody reads. */
void slabs_destroy(struct kmem_cache *cache, struct list_head *slabs);
/* Under the lock. @sign 1: a slab comes onto a list; -1: it leaves it for good. */
void slab_count_listed(const struct kmem_cache *cache, int sign);

/* ---- mm/slab_reap.c: what slabs have left over ---- */

/* An object that is damaged: out of use for as long as its slab is there. Nobody owns it. */
void slab_set_aside(struct kmem_cache *cache, void *object);

/* Objects that are neither in a slab nor set aside: in magazines, or somebody's. */
unsigned long slab_objects_out(struct kmem_cache *cache);
/* Every slab goes. There is no object out, and nobody else knows the cache. Process context. */
void slab_destroy_all(struct kmem_cache *cache);

/* Free slabs beyond @keep go back to the page allocator. Returns how many went. */
unsigned long slab_reap(struct kmem_cache *cache, unsigned long keep);

/* ---- mm/slab_layout.c ---- */

/*
 * How a slab of objects of @cache->size and @cache->align is cut best: sets gfporder, num and
 * what follows from them. False: there is no order in which even one fits.
 */
bool slab_lay_out(struct kmem_cache *cache);

/* The bytes of a slab's description: in the slab, or an object of cache->slab_cache. */
size_t slab_description_size(unsigned int num);
/* Descriptions that lie outside have bits for so many objects. */
#define SLAB_OUTSIDE_OBJECTS	64

/* ---- mm/slab_depot.c, slab_cpu.c, slab_magazines.c ---- */

/* kmem_cache_free_bulk(), of one cache. */
void slab_cpu_free_bulk(struct kmem_cache *cache, size_t nr, void **p);

/* A new cache's magazines; before anybody uses it. */
void magazines_init(struct kmem_cache *cache);
/* All CPUs' magazines and the depot's are emptied into the slabs. Process context. */
void magazines_drain(struct kmem_cache *cache);
/* The same of all caches that @is_wanted() names, calling the other CPUs once. With slab_mutex. */
void magazines_drain_all(bool (*is_wanted)(const struct kmem_cache *cache));
/* May caches have magazines from now on? `nomagazines` on the command line says no. */
void magazines_allow(bool on);
bool magazines_enabled(void);
/* As it says now for @cache, or for all: after "watched" changed. Process context, with slab_mutex. */
void magazines_update(struct kmem_cache *cache);
void magazines_update_all(void);
/* Objects in magazines, at the moment. */
unsigned long magazines_count(struct kmem_cache *cache);

/*
 * Every magazine there is: loaded or not, by a CPU (cpu < 0: in the depot). False ends the walk. Any
 * context but NMI; while other CPUs go on, some rounds may be seen twice, or not at all, or be no
 * objects any more.
 */
bool magazines_walk(struct kmem_cache *cache,
		    bool (*visit)(struct kmem_cache *cache, int cpu, void *const *rounds,
				  unsigned int nr, void *arg),
		    void *arg);

/* ---- mm/slab_common.c ---- */

/*
 * All caches are shrunk, but those with SLAB_NO_REAP. The page allocator asks for it when memory is
 * short. Process context.
 */
void slab_reap_caches(void);
/* From now on the page allocator asks for it when memory is short. kmem_cache_init(). */
void slab_shrinker_init(void);

/* Switch all caches' magazines on or off (off: they are drained). Tests. */
void magazines_enable(bool on);

/* The numbers of /proc/slabinfo, all taken at one moment. */
struct slabinfo {
	unsigned long active_objs;	/* with their owners */
	unsigned long num_objs;
	unsigned long active_slabs;	/* with at least one object out, in magazines or with owners */
	unsigned long num_slabs;
	unsigned long in_magazines;
};

void get_slabinfo(struct kmem_cache *cache, struct slabinfo *info);

/* The cache of that name: the first, if several have it; NULL: none has. */
struct kmem_cache *find_cache(const char *name);

/* kmem_cache_init(): where each CPU finds its magazines. */
void slab_cpu_init(void);
/* kmem_cache_init(): the caches of caches and of descriptions; and that all others are there. */
void cache_of_caches_init(void);
void slab_is_complete(void);

/* ---- mm/slab_report.c: mistakes of callers ---- */

/* Each prints which object of which cache it is about, in SLUB's manner, and where it was called. */
void report_wrong_free(struct kmem_cache *cache, const void *object);
void report_not_slab(const void *object);
void report_double_free(struct kmem_cache *cache, const void *object);
void report_not_an_object(struct kmem_cache *cache, const void *object);

/* slab_set_aside(): false, it is aside already. Is it? Its slab, and all in it, goes. */
bool remember_aside(const void *object);
bool is_aside(const void *object);
void forget_aside(const struct kmem_cache *cache, const struct slab *slab) __cold;

/* kmem_cache_destroy() while objects are out: which ones, and who has allocated them. */
void report_objects_left(struct kmem_cache *cache);

/* ---- mm/debug/check_slab.c ---- */

/* Check everything promised above; each broken promise is printed. True: there is none. */
bool cache_validate(struct kmem_cache *cache);
bool caches_validate(void);

#endif /* _MM_SLAB_H */
