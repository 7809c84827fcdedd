// SPDX-License-Identifier: MIT
/*
 * Policy: who gets pages, from which zone, and how far down.
 *
 * 1. The idea
 * The buddy core gives out any free block. Whether a request may have it is decided here, from
 * its GFP flags: the zone flags name the zones that will do, the others say what the caller can
 * bear (LDD3 chapter 8; LKD chapter 12; Linux's core-api/memory-allocation).
 *
 * 2. The way of a request
 *	alloc_from_first()		the first zone of the list has plenty: take it. Nearly always
 *	alloc_slow()		contradictory flags, orders beyond 10, and everything while a
 *				checker is attached (hooks.h)
 *	get_page_from_freelist()	all zones of the list, above their low watermark
 *	__alloc_pages_slowpath()	memory is short: the ladder (page_slow.c)
 *
 * 3. A page's state here
 * Free blocks come from the core (or the CPU's lists) with all flags clear and count 0, and must go
 * back so: whatever else is found is a mistake of the last owner's, and is reported. Only
 * first pages are looked at.
 *
 * 4. Contexts
 * Any but NMI; with __GFP_DIRECT_RECLAIM only where sleeping is allowed, and that is checked, by
 * preempt_count.
 * Free counts are read without the lock: a request may be measured against a value that is a few
 * pages old. The watermarks have room for that.
 *
 * 5. What has no effect
 * __GFP_WRITE, __GFP_HARDWALL, and, on one node, __GFP_THISNODE.
 */
#include <linux/bitops.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>
#include <quarry/boot_level.h>

#include "page_pcp.h"

/* ---- making a free block an allocated one ---- */

static noinline struct page *clear_single(struct page *page)
{
	if (unlikely(PageHighMem(page)))
		clear_highpage(page);
	else
		clear_page(lowmem_page_address(page));
	return page;
}

static void clear_pages(struct page *page, unsigned int order)
{
	for (struct page *end = page + (1UL << order); page < end; page++)
		clear_single(page);
}

/* Charged to the thread's group, if to any; otherwise it is free again. False: there is no room. */
static bool charge(struct page *page, unsigned int order, gfp_t gfp)
{
	const struct memory_charger *charger = READ_ONCE(memory_charger);

	if (!charger || charger->charge_page(page, order, gfp))
		return true;
	__free_pages(page, order);
	return false;
}

/* What fewer requests want. NULL: the group has no room at once, and alloc_slow() will make some. */
static noinline struct page *prepare_further(struct page *page, gfp_t gfp, unsigned int order)
{
	if ((gfp & __GFP_ACCOUNT) && !charge(page, order, GFP_NOWAIT | __GFP_NOWARN))
		return NULL;
	if (gfp & __GFP_ZERO)
		clear_pages(page, order);
	return page;
}

/* What few requests want, of several pages. */
static noinline struct page *prepare_specially(struct page *page, gfp_t gfp, unsigned int order)
{
	if (gfp & __GFP_COMP)
		__SetPageHead(page);
	if (gfp & (__GFP_ZERO | __GFP_ACCOUNT))
		return prepare_further(page, gfp, order);
	return page;
}

static noinline struct page *prepare_single(struct page *page, gfp_t gfp)
{
	if (gfp & __GFP_ACCOUNT)
		return prepare_further(page, gfp, 0);
	return clear_single(page);
}

/* Is the block as it was left, when it was freed? */
static __always_inline bool is_untouched(const struct page *page, unsigned int order)
{
	return !(((page->flags & ~PAGE_FLAGS_KEPT) ^ page_block_flags(PAGE_ALLOCATED, order)) |
		 page->_refcount.counter);
}

/* An untouched block becomes the caller's. NULL: his group has no room for it. */
static __always_inline struct page *prepare(struct page *page, gfp_t gfp, unsigned int order)
{
	page->private = 0;
	page->_refcount.counter = 1;
	if (unlikely(gfp & (order ? __GFP_ZERO | __GFP_COMP | __GFP_ACCOUNT :
			    __GFP_ZERO | __GFP_ACCOUNT)))
		return order ? prepare_specially(page, gfp, order) : prepare_single(page, gfp);
	return page;
}

/* ---- zones ---- */

/* Is the block as it should be? If not, it goes out of service. */
static bool fit_or_quarantine(struct page *page, gfp_t gfp, unsigned int order)
{
	if (!is_untouched(page, order))
		bad_page(page, "changed while it was free");
	else if (!page_watchers || page_watched_alloc(page, order, gfp))
		return true;
	set_page_count(page, 0);
	quarantine_block(page, order);
	return false;
}

/* A block from @zone, whatever its watermarks say; for those it is kept for, from the reserve first. */
static struct page *take_from_zone(struct zone *zone, gfp_t gfp, unsigned int order,
				   bool highatomic)
{
	struct page *page;

	do {
		page = highatomic ? highatomic_alloc(zone, order) : NULL;
		if (!page)
			page = pcp_alloc_slow(zone, order, gfp_migratetype(gfp));
	} while (page && !fit_or_quarantine(page, gfp, order));
	if (!page)
		return NULL;
	if (highatomic)
		reserve_highatomic_pageblock(page, zone);
	return prepare(page, gfp & ~__GFP_ACCOUNT, order);
}

struct page *get_page_from_freelist(gfp_t gfp, unsigned int order, unsigned int alloc_flags)
{
	const struct zonelist *list = gfp_zonelist(gfp);
	bool highatomic = order && (alloc_flags & ALLOC_HARDER);
	const struct zoneref *ref;
	struct page *page;

	for (ref = list->refs; ref->zone; ref++) {
		unsigned long mark = wmark_pages(ref->zone, alloc_flags & ALLOC_WMARK_MASK);

		if (!zone_watermark_ok(ref->zone, order, mark, list->highest, alloc_flags))
			continue;
		page = take_from_zone(ref->zone, gfp, order, highatomic);
		if (page)
			return page;
	}
	return NULL;
}

/* ---- the way in ---- */

gfp_t gfp_as_served(gfp_t gfp)
{
	gfp_t zones = gfp & (__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM);

	if (zones & (zones - 1))	/* more than one */
		gfp &= ~(__GFP_DMA32 | __GFP_HIGHMEM);
	if ((gfp & GFP_MOVABLE_MASK) == GFP_MOVABLE_MASK)
		gfp &= ~__GFP_MOVABLE;
	return gfp;
}

static gfp_t without_contradiction(gfp_t gfp)
{
	gfp_t served = gfp_as_served(gfp);

	WARN_ONCE(served != gfp, "alloc_pages: flags that exclude each other: %#x(%pGg)\n", gfp,
		  &gfp);
	return served;
}

/* Charged, however long that takes. Over the group's limit: NULL, and no news for the log. */
static noinline struct page *alloc_charged(gfp_t gfp, unsigned int order)
{
	struct page *page = get_page_from_freelist(gfp, order, WMARK_LOW);

	if (!page)
		page = __alloc_pages_slowpath(gfp, order);
	return page && charge(page, order, gfp) ? page : NULL;
}

/* Everything else: 2 and 3 above. */
static noinline struct page *alloc_slow(gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (order >= MAX_ORDER) {
		WARN_ONCE(!(gfp & __GFP_NOWARN),
			  "alloc_pages: order %u is above %d, the largest there is\n", order,
			  MAX_ORDER - 1);
		return NULL;
	}
	if (!boot_level_needed(BOOT_PAGES, "alloc_pages()"))
		return NULL;
	if (page_watchers && !page_watched_may_alloc(gfp, order))
		return NULL;
	gfp = without_contradiction(gfp);
	if (gfp & __GFP_ACCOUNT)
		return alloc_charged(gfp, order);
	page = get_page_from_freelist(gfp, order, WMARK_LOW);
	return page ? page : __alloc_pages_slowpath(gfp, order);
}

/* A block that was damaged while it was free goes out of service; here is another. */
static noinline struct page *alloc_instead_of(struct page *page, gfp_t gfp, unsigned int order)
{
	fit_or_quarantine(page, gfp, order);
	return alloc_slow(gfp, order);
}

/*
 * The first zone has plenty: so it is nearly always, and then there is nothing to ask. NULL: it
 * has not, or no such block, or a checker is attached.
 */
static __always_inline struct page *alloc_from_first(gfp_t gfp, unsigned int order)
{
	const struct zoneref *first = gfp_zonelist(gfp)->refs;
	struct page *page;

	OPTIMIZER_HIDE_VAR(first);
	if (unlikely((long)first->zone->nr_free_pages <=
		     (long)(first->low_mark + (1UL << order) - 1)))
		return NULL;
	page = pcp_alloc(first->zone, order, gfp_migratetype(gfp));
	if (unlikely(!page))
		return NULL;
	if (unlikely(!is_untouched(page, order)))
		return alloc_instead_of(page, gfp, order);
	return prepare(page, gfp, order);
}

static noinline struct page *alloc_block(gfp_t gfp, unsigned int order)
{
	struct page *page = NULL;

	might_alloc(gfp);
	if (likely(order < MAX_ORDER))
		page = alloc_from_first(gfp, order);
	return likely(page) ? page : alloc_slow(gfp, order);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (unlikely(order || must_not_sleep(gfp)))
		return alloc_block(gfp, order);
	page = alloc_from_first(gfp, 0);
	return likely(page) ? page : alloc_slow(gfp, 0);
}

static noinline gfp_t without_highmem(gfp_t gfp)
{
	WARN_ONCE(true, "get_free_pages: high memory has no address: %#x(%pGg)\n", gfp, &gfp);
	return gfp & ~__GFP_HIGHMEM;
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (unlikely(gfp & __GFP_HIGHMEM))
		gfp = without_highmem(gfp);
	page = alloc_pages(gfp, order);
	return likely(page) ? (unsigned long)lowmem_page_address(page) : 0;
}

/* The address is needed for clearing and for the caller: so this is not made of the above. */
unsigned long get_zeroed_page(gfp_t gfp)
{
	struct page *page = NULL;
	void *addr;

	if (likely(!(gfp & (__GFP_HIGHMEM | __GFP_ACCOUNT))) && likely(!must_not_sleep(gfp)))
		page = alloc_from_first(gfp & ~(__GFP_ZERO | __GFP_HIGHMEM | __GFP_ACCOUNT), 0);
	if (unlikely(!page))
		return __get_free_pages(gfp | __GFP_ZERO, 0);
	addr = lowmem_page_address(page);
	clear_page(addr);
	return (unsigned long)addr;
}

struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)
{
	WARN_ONCE(nid != 0 && nid != NUMA_NO_NODE, "alloc_pages_node: there is no node %d\n", nid);
	return alloc_pages(gfp, order);
}

struct page *__alloc_pages(gfp_t gfp, unsigned int order, int preferred_nid, nodemask_t *nodemask)
{
	return alloc_pages_node(preferred_nid, gfp, order);
}

/* ---- freeing ---- */

/* Nobody holds the block at @page any more. */
static void release(struct page *page, unsigned int order)
{
	set_page_count(page, 0);
	if (unlikely(page_watchers) && !page_watched_free(page, order))
		quarantine_block(page, order);
	else
		pcp_free(page, page_to_pfn(page), order);
}

/* The same of one that somebody may owe for. */
static void release_charged(struct page *page, unsigned int order)
{
	if (PageMemcgKmem(page))
		memory_charger->uncharge_page(page, order);
	release(page, order);
}

/* Sound but for having been charged? */
static bool can_be_freed(const struct page *page, unsigned int order)
{
	return (page->flags &
		(PAGE_BLOCK_MASK | (PAGE_FLAGS_CHECK_AT_FREE & ~BIT(PG_memcg_kmem)))) ==
	       page_block_flags(PAGE_ALLOCATED, order);
}

/*
 * Somebody else holds the first page too: he knows of one page only.
 * The others can go. (Of a compound page he would hold all.)
 */
static void free_all_but_first(struct page *page, unsigned int order)
{
	while (order-- > 0) {
		struct page *part = page + (1UL << order);
		bool begun = map_change_begin();

		set_page_block(page, PAGE_ALLOCATED, order);
		set_page_block(part, PAGE_ALLOCATED, order);
		part->flags |= page->flags & BIT(PG_memcg_kmem);
		map_change_end(begun);
		release_charged(part, order);
	}
}

/* While we hold it still: who drops the last reference must find a block of the order he knows. */
static void free_shared(struct page *page, unsigned int order)
{
	if (order && !PageHead(page)) {
		free_all_but_first(page, order);
		order = 0;
	}
	if (put_page_testzero(page))
		release_charged(page, order);
}

/* Others hold it too, or a checker is attached, or somebody owes for it, or it is wrong. */
static noinline void free_slow(struct page *page, unsigned int order)
{
	if (checked_pfn(page) >= max_mapnr || !can_be_freed(page, order) ||
	    page_ref_count(page) <= 0)
		bad_free(page, order);
	else if (page_ref_freeze(page, 1))
		release_charged(page, order);
	else
		free_shared(page, order);
}

/*
 * A block with one holder: so it is nearly always. A count of 1 is our own, and whoever else wants
 * to hold the page would have to get at it through us: so it need not be changed atomically. (Who
 * looks pages up without holding them, as Linux's page cache does, would make this the place for
 * page_ref_freeze(), a locked instruction. There is nobody like that here.)
 */
static __always_inline bool is_ours(struct page *page, unsigned long pfn, unsigned int order)
{
	return likely(pfn < page_free_limit && is_allocated_block(page, order) &&
		      page->_refcount.counter == 1);
}

static noinline void free_block(struct page *page, unsigned int order)
{
	unsigned long pfn = checked_pfn(page);

	if (likely(is_ours(page, pfn, order)))
		pcp_free(page, pfn, order);
	else
		free_slow(page, order);
}

void __free_pages(struct page *page, unsigned int order)
{
	unsigned long pfn = checked_pfn(page);

	if (unlikely(order))
		free_block(page, order);
	else if (likely(is_ours(page, pfn, 0)))
		pcp_free(page, pfn, 0);
	else
		free_slow(page, 0);
}

/* @page is a first page whose count has just become 0. */
void __put_page(struct page *page)
{
	unsigned int order = compound_order(page);

	if (checked_pfn(page) < max_mapnr && is_allocated_block(page, order))
		release(page, order);
	else if (checked_pfn(page) < max_mapnr && can_be_freed(page, order))
		release_charged(page, order);
	else
		bad_free(page, order);
}

void put_page(struct page *page)
{
	page = compound_head(page);
	if (unlikely(page_ref_count(page) <= 0))
		bad_free(page, compound_order(page));
	else if (put_page_testzero(page))
		__put_page(page);
}
