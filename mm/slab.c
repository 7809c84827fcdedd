// SPDX-License-Identifier: MIT
/*
 * Slabs: one cache of equal objects.
 *
 * 1. The idea
 * The page allocator gives out pages; what kernels want are objects of 30 or 700 bytes, the same
 * kinds again and again. So pages are cut into objects of one size, once, and the objects are
 * handed out and taken back. One that comes back keeps the state that its constructor gave it, so
 * that the next owner need not build it anew. (Bonwick, "The Slab Allocator", 1994; LDD3
 * chapter 8, "Lookaside Caches"; LKD chapter 12, "Slab Layer".)
 *
 * 2. Structure
 *	cache ── full     slab, slab, …		no object is free
 *	      ── partial  slab, …		some are
 *	      └─ free     slab, …		all are: such slabs can be returned
 * A slab is 2^gfporder pages: first its description (struct slab, mm/slab.h), then as many objects
 * as fit. Where the description would cost more in the slab than outside, it is an object of a
 * cache of descriptions.
 *
 *	| description | colour | object 0 | object 1 | … | object num - 1 | rest |
 *
 * Which objects are free is a bitmap in the description. (Most slab allocators have an array with
 * an index for each object there, Linux's bufctl. It costs a byte or two an object where this is
 * an eighth; and the bitmap knows at once whether an object is free already.) Nothing is ever
 * written into a free object: it is constructed.
 *
 * 3. Partial first
 * Objects come from partial slabs as long as there are any: so slabs fill up, and others become
 * free as a whole. Free slabs beyond a few are returned at once, the others when memory is short
 * (slab_reap(), called from slab_common.c).
 *
 * 4. Colour
 * What is left over at the end of a slab moves the first object: each new slab of a cache begins a
 * cache line later than the last one, until there is no room. Objects of the same number in
 * different slabs then do not compete for the same line of the CPU's cache.
 *
 * 5. From an object to its slab
 * Each page of a slab says in struct page whose it is. The object's number follows from its
 * address by a multiplication with 2^32 / size, rounded up: exact for addresses where an object
 * begins, since num * size is less than 2^32; any other address betrays itself by not being that
 * number's.
 *
 * 6. Locking, contexts
 * cache->lock, interrupts off: lists, bitmaps, counts. Pages are allocated and freed without it.
 * Any context but NMI. Everything here is right without the CPUs' magazines (slab_cpu.c), which
 * stand above it.
 *
 * 7. What is not checked
 * That the object given back is one of this cache's: the callers have seen to that.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/swap.h>

#include "internal.h"
#include "slab.h"

LIST_HEAD(slab_caches);		/* slab_common.c keeps it */

/* ---- a new slab ---- */

/*
 * Pages of slabs: of those on the caches' lists, and of those that are not yet there, or not any more.
 * A slab goes from one to the other with its cache's lock held. [1]: SLAB_RECLAIM_ACCOUNT.
 */
static atomic_t nr_listed[2], nr_moving[2];

static bool is_reclaimable(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_RECLAIM_ACCOUNT;
}

void slab_count_listed(const struct kmem_cache *cache, int sign)
{
	int pages = sign * (1 << cache->gfporder);

	atomic_add(pages, &nr_listed[is_reclaimable(cache)]);
	atomic_sub(pages, &nr_moving[is_reclaimable(cache)]);
}

unsigned long slab_pages_moving(bool reclaimable)
{
	return atomic_read(&nr_moving[reclaimable]);
}

unsigned long slab_pages(bool reclaimable)
{
	return atomic_read(&nr_listed[reclaimable]) + slab_pages_moving(reclaimable);
}

/* Flags that make no sense here, since objects need an address. */
#define GFP_SLAB_BUG_MASK	(__GFP_DMA32 | __GFP_HIGHMEM | ~__GFP_BITS_MASK)

gfp_t slab_fix_flags(gfp_t gfp)
{
	gfp_t invalid = gfp & GFP_SLAB_BUG_MASK;

	gfp &= ~GFP_SLAB_BUG_MASK;
	pr_warn("Unexpected gfp: %#x (%pGg). Fixing up to gfp: %#x (%pGg). Fix your code!\n",
		invalid, &invalid, gfp, &gfp);
	dump_stack();
	return gfp;
}

/*
 * The pages of one slab, as an address; NULL: there are none. How hard to try is the caller's to say;
 * what kind of pages is the cache's: others will get objects of them.
 */
static void *kmem_getpages(struct kmem_cache *cache, gfp_t gfp)
{
	struct page *page;

	if (unlikely(gfp & GFP_SLAB_BUG_MASK))
		gfp = slab_fix_flags(gfp);
	gfp &= GFP_RECLAIM_MASK | __GFP_HARDWALL | __GFP_THISNODE;
	page = alloc_pages(gfp | cache->allocflags, cache->gfporder);
	if (!page)
		return NULL;
	atomic_add(1 << cache->gfporder, &nr_moving[is_reclaimable(cache)]);
	return lowmem_page_address(page);
}

static void kmem_freepages(struct kmem_cache *cache, void *addr)
{
	struct page *page = virt_to_page(addr), *end = page + (1 << cache->gfporder);

	atomic_sub(1 << cache->gfporder, &nr_moving[is_reclaimable(cache)]);
	mm_account_reclaimed_pages(1 << cache->gfporder);
	for (struct page *p = page; p < end; p++) {
		__ClearPageSlab(p);
		p->slab_cache = NULL;
		p->slab = NULL;
	}
	__free_pages(page, cache->gfporder);
}

/* The pages say whose they are. */
static void claim_pages(struct kmem_cache *cache, struct slab *slab, void *addr)
{
	struct page *page = virt_to_page(addr), *end = page + (1 << cache->gfporder);

	for (; page < end; page++) {
		__SetPageSlab(page);
		page->slab_cache = cache;
		page->slab = slab;
	}
}

static void all_free(struct slab *slab, unsigned int num)
{
	unsigned int i;

	slab->nr_free = num;
	slab->nr_aside = 0;
	for (i = 0; i < num / BITS_PER_LONG; i++)
		slab->free[i] = ~0UL;
	if (num % BITS_PER_LONG)
		slab->free[i] = (1UL << num % BITS_PER_LONG) - 1;
}

/* May the six-argument form's functions sleep? */
static unsigned long ctor26_flags(gfp_t gfp)
{
	return SLAB_CTOR_CONSTRUCTOR | (gfpflags_allow_blocking(gfp) ? 0 : SLAB_CTOR_ATOMIC);
}

static noinline void construct_objects(struct kmem_cache *cache, struct slab *slab, gfp_t gfp)
{
	for (unsigned int i = 0; i < cache->num; i++) {
		void *object = slab_object(cache, slab, i);

		if (cache->ctor)
			cache->ctor(object);
		if (cache->ctor26)
			cache->ctor26(object, cache, ctor26_flags(gfp));
		if (cache->watched)
			slab_watched_born(cache, object);
	}
}

static noinline void destroy_objects(struct kmem_cache *cache, struct slab *slab)
{
	for (unsigned int i = 0; i < cache->num; i++) {
		void *object = slab_object(cache, slab, i);

		if (cache->watched)
			slab_watched_buried(cache, object);
		if (cache->dtor26)
			cache->dtor26(object, cache, 0);
	}
}

/* Each new slab has the next colour. CPUs that meet here may give two slabs the same. */
static unsigned int pick_colour(struct kmem_cache *cache)
{
	unsigned int colour = cache->next_colour;

	cache->next_colour = colour + 1 < cache->nr_colours ? colour + 1 : 0;
	return colour * cache->colour_off;
}

/* A slab on no list; NULL: no memory. May sleep as @gfp says. */
static struct slab *new_slab(struct kmem_cache *cache, gfp_t gfp)
{
	void *addr = kmem_getpages(cache, gfp);
	struct slab *slab = addr;
	void *description;

	if (!addr)
		return NULL;
	if (cache->slab_cache) {
		gfp_t how = gfp & GFP_RECLAIM_MASK;

		if (!slab_alloc(cache->slab_cache, how, 1, &description)) {
			kmem_freepages(cache, addr);
			return NULL;
		}
		slab = description;
	}
	slab->objects = addr + cache->first_slot + pick_colour(cache);
	all_free(slab, cache->num);
	claim_pages(cache, slab, addr);
	if (cache->ctor || cache->ctor26 || cache->watched)
		construct_objects(cache, slab, gfp);
	return slab;
}

static void destroy_slab(struct kmem_cache *cache, struct slab *slab)
{
	void *addr = (void *)ALIGN_DOWN((unsigned long)slab->objects,
					PAGE_SIZE << cache->gfporder);
	void *description = slab;

	if (cache->dtor26 || cache->watched)
		destroy_objects(cache, slab);
	if (unlikely(slab->nr_aside))
		forget_aside(cache, slab);
	kmem_freepages(cache, addr);
	if (cache->slab_cache)
		slab_free(cache->slab_cache, 1, &description);
}

/* SLAB_TYPESAFE_BY_RCU: nobody reads any more. The slab was on no list: its place there was RCU's. */
static void destroy_after_readers(struct rcu_head *head)
{
	struct slab *slab = container_of((struct list_head *)head, struct slab, list);

	destroy_slab(virt_to_page(slab->objects)->slab_cache, slab);
}
static_assert(sizeof(struct rcu_head) == sizeof(struct list_head));

void slabs_destroy(struct kmem_cache *cache, struct list_head *slabs)
{
	struct slab *slab, *next;

	list_for_each_entry_safe(slab, next, slabs, list)
		if (unlikely(cache->flags & SLAB_TYPESAFE_BY_RCU))
			call_rcu((struct rcu_head *)&slab->list, destroy_after_readers);
		else
			destroy_slab(cache, slab);
}

/* ---- taking ---- */

unsigned int (*slab_first_choice)(unsigned int num);

/* One object, and not the first that comes. The slab has at least one. */
static noinline void *take_any(struct kmem_cache *cache, struct slab *slab)
{
	unsigned int i = find_next_bit(slab->free, cache->num, slab_first_choice(cache->num));

	if (i >= cache->num)
		i = find_first_bit(slab->free, cache->num);
	__clear_bit(i, slab->free);
	return slab_object(cache, slab, i);
}

/*
 * @count objects of @slab, which has so many. The last one in @objects is the first in the slab:
 * magazines are emptied from their end.
 */
static void take(struct kmem_cache *cache, struct slab *slab, unsigned int count, void **objects)
{
	void **into = objects + count, *first = slab_object(cache, slab, 0);
	unsigned long *word = slab->free, bits = *word;

	slab->nr_free -= count;
	while (unlikely(slab_first_choice) && into > objects)
		*--into = take_any(cache, slab);
	while (into > objects) {
		if (!bits) {
			*word++ = 0;
			bits = *word;
			first += BITS_PER_LONG * cache->size;
			continue;
		}
		*--into = first + __ffs(bits) * cache->size;
		bits &= bits - 1;
		*word = bits;
	}
}

/* From one slab, which is on a list of @cache, or on none yet (@from_free is what it then counts as). */
static unsigned int take_from(struct kmem_cache *cache, struct slab *slab, unsigned int nr,
			      void **objects)
{
	unsigned int count = min_t(unsigned int, nr, slab->nr_free);

	cache->nr_free_slabs -= slab->nr_free == cache->num;
	cache->nr_free_objects -= count;
	take(cache, slab, count, objects);
	list_move(&slab->list, slab->nr_free ? &cache->partial : &cache->full);
	return count;
}

/* Up to @nr objects of the slabs that are there. Under the lock. */
static unsigned int take_from_slabs(struct kmem_cache *cache, unsigned int nr, void **objects)
{
	unsigned int got = 0;

	while (got < nr) {
		struct slab *slab = list_first_entry_or_null(&cache->partial, struct slab, list);

		if (!slab)
			slab = list_first_entry_or_null(&cache->free, struct slab, list);
		if (!slab)
			break;
		if (unlikely(cache->watched))
			slab_watched_check(cache, slab);
		got += take_from(cache, slab, nr - got, objects + got);
	}
	return got;
}

/* A slab that nobody has seen yet becomes one of the cache's free ones. Under the lock. */
static void add_slab(struct kmem_cache *cache, struct slab *slab)
{
	list_add(&slab->list, &cache->free);
	slab_count_listed(cache, 1);
	cache->nr_slabs++;
	cache->nr_grown++;
	cache->nr_free_slabs++;
	cache->nr_free_objects += cache->num;
}

/* What the slabs have that are there. */
static unsigned int alloc_from_slabs(struct kmem_cache *cache, unsigned int nr, void **objects)
{
	unsigned long flags;
	unsigned int got;

	if (!READ_ONCE(cache->nr_free_objects))
		return 0;
	flags = core_lock(&cache->lock, &cache->lock_counts);
	got = take_from_slabs(cache, nr, objects);
	core_unlock(&cache->lock, flags);
	return got;
}

/* Where there are no pages for a new one, somebody may have freed an object meanwhile. */
unsigned int slab_alloc(struct kmem_cache *cache, gfp_t gfp, unsigned int nr, void **objects)
{
	unsigned int got = alloc_from_slabs(cache, nr, objects);
	unsigned long flags;
	struct slab *slab;

	if (got)
		return got;
	slab = new_slab(cache, gfp);
	if (!slab)
		return alloc_from_slabs(cache, nr, objects);
	flags = core_lock(&cache->lock, &cache->lock_counts);
	add_slab(cache, slab);
	got = take_from(cache, slab, nr, objects);
	core_unlock(&cache->lock, flags);
	return got;
}

/* ---- giving back ---- */

/* A slab has become partial, or free, with its last object. Those that are too many go to @doomed. */
static noinline void relist(struct kmem_cache *cache, struct slab *slab, struct list_head *doomed)
{
	if (slab->nr_free < cache->num) {
		list_move(&slab->list, &cache->partial);
		return;
	}
	if (cache->nr_free_slabs >= cache->max_free_slabs) {
		list_move(&slab->list, doomed);
		slab_count_listed(cache, -1);
		cache->nr_slabs--;
		cache->nr_reaped++;
		cache->nr_free_objects -= cache->num;
		return;
	}
	list_move(&slab->list, &cache->free);
	cache->nr_free_slabs++;
}

/* Under the lock. False: @object is not one that can be freed. */
static __always_inline bool give_back(struct kmem_cache *cache, const void *object,
				      struct list_head *doomed)
{
	struct slab *slab = virt_to_page(object)->slab;
	unsigned long offset = object - cache->object_offset - slab->objects;
	unsigned int i = (u64)offset * cache->reciprocal >> 32;

	if (unlikely(i * cache->size != offset || i >= cache->num) ||
	    unlikely(__test_and_set_bit(i, slab->free)))
		return false;
	cache->nr_free_objects++;
	slab->nr_free++;
	if (unlikely(slab->nr_free == 1) || unlikely(slab->nr_free == cache->num))
		relist(cache, slab, doomed);
	return true;
}

/* Not an object, or free already? Says which. */
static __cold void report_bad_free(struct kmem_cache *cache, const void *object)
{
	const struct slab *slab = virt_to_page(object)->slab;
	unsigned int i = slab_index(cache, slab, object - cache->object_offset);

	if (i < cache->num && slab_object(cache, slab, i) == object)
		report_double_free(cache, object);
	else
		report_not_an_object(cache, object);
}

void slab_free(struct kmem_cache *cache, unsigned int nr, void *const *objects)
{
	unsigned long flags = core_lock(&cache->lock, &cache->lock_counts);
	LIST_HEAD(doomed);

	for (unsigned int i = 0; i < nr; i++) {
		if (likely(give_back(cache, objects[i], &doomed)))
			continue;
		core_unlock(&cache->lock, flags);
		report_bad_free(cache, objects[i]);
		flags = core_lock(&cache->lock, &cache->lock_counts);
	}
	core_unlock(&cache->lock, flags);
	if (unlikely(!list_empty(&doomed)))
		slabs_destroy(cache, &doomed);
}

bool slab_check_object(struct kmem_cache *cache, const void *object)
{
	struct slab *slab = virt_to_page(object)->slab;
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&cache->lock, flags);
	slab_watched_check(cache, slab);
	spin_unlock_irqrestore(&cache->lock, flags);
	i = slab_index(cache, slab, object - cache->object_offset);
	if (i < cache->num && slab_object(cache, slab, i) == object &&
	    !slab_object_is_free(slab, i) && !(slab->nr_aside && is_aside(object)))
		return true;
	report_bad_free(cache, object);
	return false;
}
