// SPDX-License-Identifier: MIT
/*
 * Single pages, many at a time.
 *
 * 1. The idea
 * Who wants 4,096 pages and maps them one by one does not need 4,096 walks through the allocator.
 * A free block of the buddy core *is* a number of free pages in a row: taken as a whole and then
 * declared to be single pages, each with a count of its own, it costs one walk and a few
 * instructions a page. Given back, a row of single pages which fill an aligned block is declared
 * to be that block again.
 *
 * 2. Crumbs first
 * Such a caller does not care whether his pages lie together, and others do. So among the blocks
 * that are not too large for him he gets the smallest, which is of the least use to anybody else;
 * a larger one is split only when there are no more crumbs. It is the order in which single
 * requests would use up the core's blocks, too. But each block is a walk again: those that have less
 * than half of what he still needs are left to smaller requests, as long as there are others.
 *
 * 3. The easy case only
 * Everything special is left to alloc_page() and __free_page(), page by page: short memory, a
 * checker that watches, flags that contradict each other, a page that somebody else holds as
 * well, damage. What they do about it is told in page_alloc.c.
 *
 * 4. Contexts, locks
 * As alloc_page() and __free_page(). The zone's lock is taken once a block, and nothing is done under
 * it that takes time by the page.
 */
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "page_pcp.h"

/* Rows of fewer pages are not worth the zone's lock: the CPUs' lists take them one by one. */
#define LEAST_ORDER	2

/* ---- taking ---- */

/*
 * All 2^@order pages of an allocated block become single ones. A page inside a block has nothing
 * but its zone in flags. They are not set to what they should be but changed from it, so that what
 * was wrong stays wrong: then false, and sort_out() can tell which pages are damaged.
 */
static bool make_single(struct page *page, unsigned int order)
{
	const unsigned long interior = page->flags & PAGE_ZONE_MASK;
	struct page *end = page + (1UL << order);
	unsigned long all = interior, any = interior, counts = 0;	/* alike: all == any */

	page->flags &= ~PAGE_BLOCK_MASK;
	for (; page < end; page++) {
		all &= page->flags;
		any |= page->flags;
		counts |= page->_refcount.counter;
		page->flags ^= page_block_flags(PAGE_ALLOCATED, 0);
		page->private = 0;
		page->_refcount.counter++;
	}
	return likely(all == any && !counts);
}

/* What is damaged goes out of service, the rest goes back. */
static noinline void sort_out(struct page *page, unsigned int order)
{
	for (struct page *end = page + (1UL << order); page < end; page++) {
		if (is_allocated_block(page, 0) && page_ref_count(page) == 1) {
			__free_page(page);
			continue;
		}
		bad_page(page, "changed while it was free");
		set_page_count(page, 0);
		quarantine_block(page, 0);
	}
}

/*
 * The first zone that is above its low watermark, so that it may be asked for pages as
 * alloc_from_first() does. The order *@most is lowered to what the zone can spare.
 */
static struct zone *zone_with_plenty(gfp_t gfp, unsigned int *most)
{
	const struct zoneref *ref = gfp_zonelist(gfp)->refs;

	for (; ref->zone; ref++) {
		long plenty = (long)(ref->zone->nr_free_pages - ref->low_mark);

		if (plenty > 0) {
			*most = min(*most, (unsigned int)ilog2((unsigned long)plenty));
			return ref->zone;
		}
	}
	return NULL;
}

static struct page *take_run(gfp_t gfp, unsigned int most, unsigned int *order)
{
	struct zone *zone = zone_with_plenty(gfp, &most);
	struct page *page;
	unsigned long flags;
	bool begun, good;

	if (!zone)
		return NULL;
	flags = zone_lock(zone);
	page = buddy_alloc_smallest(zone, most, gfp_migratetype(gfp), order);
	if (likely(page))
		zone->nr_alloc += 1UL << *order;
	zone_unlock(zone, flags);
	if (unlikely(!page))
		return NULL;
	begun = map_change_begin();
	good = make_single(page, *order);
	map_change_end(begun);
	if (unlikely(!good)) {
		sort_out(page, *order);
		return NULL;
	}
	return page;
}

/* May whole blocks be taken? Not when a checker wants to see each page, or @gfp wants more of it. */
static bool is_simple(gfp_t gfp)
{
	return !page_watchers && !(gfp & (__GFP_ZERO | __GFP_ACCOUNT)) && gfp_as_served(gfp) == gfp;
}

struct page *alloc_page_run(gfp_t gfp, unsigned long nr, unsigned long *got)
{
	unsigned int order;
	struct page *page;

	might_alloc(gfp);
	if (nr >= 1UL << LEAST_ORDER && is_simple(gfp)) {
		page = take_run(gfp, min(ilog2(nr), MAX_ORDER - 1), &order);
		if (likely(page)) {
			*got = 1UL << order;
			return page;
		}
	}
	*got = 1;
	return alloc_page(gfp);
}

/* ---- giving back ---- */

/* Are they all sound, and without any flags that would have to be cleared? */
static bool all_plain(const struct page *page, unsigned int order)
{
	const unsigned long single = (page->flags & PAGE_ZONE_MASK) |
				     page_block_flags(PAGE_ALLOCATED, 0);
	const struct page *end = page + (1UL << order);
	unsigned long all = single, any = single, all_counts = 1, any_count = 1;

	for (; page < end; page++) {
		all &= page->flags;
		any |= page->flags;
		all_counts &= page->_refcount.counter;
		any_count |= page->_refcount.counter;
	}
	return likely(all == any && all_counts == any_count);
}

static void make_interior(struct page *page, unsigned int order)
{
	for (struct page *end = page + (1UL << order); page < end; page++) {
		page->flags ^= page_block_flags(PAGE_ALLOCATED, 0);
		page->_refcount.counter = 0;
	}
}

/* Give back 2^@order pages, which fill an aligned block, as that block. False: not in this way. */
static bool free_as_block(struct page *page, unsigned int order)
{
	bool begun;

	if (order < LEAST_ORDER || page_watchers || !all_plain(page, order))
		return false;
	begun = map_change_begin();
	make_interior(page, order);
	pcp_free_slow(page, order);
	map_change_end(begun);
	return true;
}

static void free_singly(struct page *page, struct page *end)
{
	for (; page < end; page++)
		__free_page(page);
}

void free_page_run(struct page *page, unsigned long nr)
{
	if (likely(nr == 1)) {
		__free_page(page);
		return;
	}
	while (nr) {
		unsigned long pfn = page_to_pfn(page);
		unsigned int order = min3(ilog2(nr), (int)__ffs(pfn), MAX_ORDER - 1);
		struct page *end = page + (1UL << order);

		nr -= end - page;
		if (!free_as_block(page, order))
			free_singly(page, end);
		page = end;
	}
}

/* ---- into an array, onto a list ---- */

/* How many places of @array are empty, from the first one on? */
static unsigned long count_empty(struct page **array, unsigned long nr)
{
	unsigned long empty = 0;

	while (empty < nr && !array[empty])
		empty++;
	return empty;
}

/* Fill @nr empty places. Returns how many were filled. */
static unsigned long fill(gfp_t gfp, unsigned long nr, struct page **array)
{
	unsigned long done = 0, got;

	while (done < nr) {
		struct page *page = alloc_page_run(gfp, nr - done, &got);

		if (!page)
			break;
		while (got--)
			array[done++] = page++;
	}
	return done;
}

unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr, struct page **array)
{
	unsigned long done = 0;

	while (done < nr) {
		unsigned long empty = count_empty(array + done, nr - done);
		unsigned long filled = fill(gfp, empty, array + done);

		done += filled;
		if (filled < empty)
			break;
		if (done < nr)
			done++;			/* a place that was not empty */
	}
	return done;
}

unsigned long alloc_pages_bulk_list(gfp_t gfp, unsigned long nr, struct list_head *list)
{
	unsigned long done = 0, got;

	while (done < nr) {
		struct page *page = alloc_page_run(gfp, nr - done, &got);

		if (!page)
			break;
		for (done += got; got--; page++)
			list_add(&page->lru, list);
	}
	return done;
}
