// SPDX-License-Identifier: MIT
/*
 * The high-atomic reserve: a few pageblocks for those who need blocks at once.
 *
 * 1. The idea
 * Watermarks keep pages back, but not pages side by side: a zone can have thousands free, far more than
 * its marks ask for, and yet no two of them next to each other. Who may wait then waits until somebody
 * reclaims or compacts; a network driver that fills its receive ring in an interrupt cannot. So when
 * such a request, of order 1 and up and with __GFP_ATOMIC, could be served only in the slow way, the
 * pageblock that served it is kept back from then on: what is free in it, and what comes free, is for
 * such requests only. Whoever needed a block once will need one again.
 *
 * 2. Structure
 *	pageblock_types[]		MIGRATE_HIGHATOMIC: a migrate type to which nothing falls back, and
 *					which merges with its like only (buddy.c)
 *	zone->nr_reserved_highatomic	the pages of those pageblocks, free or not
 *	nr_reserved_highatomic <= managed_pages / 100 + 2 * pageblock_nr_pages
 * A reserve below the first two terms of that sum grows by a pageblock, so a small zone's ends a little
 * above it. Free pages in the reserve are counted in nr_free_pages like all others. Requests that cannot
 * have them are measured without the whole reserve, also without what is in use of it (watermark.c): they
 * are refused a little too early rather than too late.
 *
 * 3. Taking and giving back
 * An atomic request of order 1 and up that comes the slow way looks here first, then where everybody does.
 * A page goes back to the reserve by itself when it is freed: its pageblock's type says where it belongs.
 * (Linux 6.1 looks here last, when blocks of up to order 3 are wanted, and a page freed to a CPU's list
 * is anybody's: so its reserve drains slowly.)
 *
 * 4. Giving up
 * A reserve that nobody uses is memory wasted. When somebody has reclaimed and still gets nothing, a
 * pageblock that has free pages goes to his type, as long as the zone has another one; before anybody
 * is killed, the last one goes as well (@force).
 *
 * 5. Where there is none
 * On machines that do not group pages by mobility (page_group_by_mobility_disabled): a pageblock would
 * be half of their memory. Nor is a pageblock reserved that is set apart already, or that reaches beyond
 * the zone. (Linux does not ask the first.)
 *
 * 6. Locking and contexts
 * All under the zone's lock; any context but NMI. The count is also read without it.
 */
#include <linux/bitops.h>

#include "page_pcp.h"

static unsigned long most_reserved(const struct zone *zone)
{
	return zone->managed_pages / 100 + pageblock_nr_pages;
}

/* ---- taking ---- */

struct page *highatomic_alloc(struct zone *zone, unsigned int order)
{
	struct page *page = NULL;
	unsigned long flags;

	if (!(READ_ONCE(zone->free_orders[MIGRATE_HIGHATOMIC]) >> order))
		return NULL;
	flags = zone_lock(zone);
	if (zone->free_orders[MIGRATE_HIGHATOMIC] >> order) {
		page = buddy_alloc(zone, order, MIGRATE_HIGHATOMIC);
		zone->nr_alloc += 1UL << order;
	}
	zone_unlock(zone, flags);
	return page;
}

/* ---- reserving ---- */

static bool can_be_reserved(const struct zone *zone, unsigned long pfn)
{
	unsigned long start = pageblock_start_pfn(pfn);

	return zone->nr_reserved_highatomic < most_reserved(zone) &&
	       get_pfnblock_migratetype(pfn) < MIGRATE_PCPTYPES &&
	       zone_spans_pfn(zone, start) && zone_spans_pfn(zone, start + pageblock_nr_pages - 1);
}

void reserve_highatomic_pageblock(struct page *page, struct zone *zone)
{
	unsigned long pfn = page_to_pfn(page), flags;

	/* Most of the time there is enough already: not worth the lock. */
	if (page_group_by_mobility_disabled ||
	    READ_ONCE(zone->nr_reserved_highatomic) >= most_reserved(zone))
		return;
	flags = zone_lock(zone);
	if (can_be_reserved(zone, pfn))
		buddy_move_pageblock(zone, pfn, MIGRATE_HIGHATOMIC);
	zone_unlock(zone, flags);
}

/* ---- giving up ---- */

/* A pageblock of @zone that has free pages; of those, one whose pages are in the smallest pieces. */
static bool give_up_pageblock(struct zone *zone, enum migratetype to)
{
	u32 orders = zone->free_orders[MIGRATE_HIGHATOMIC];

	if (!orders)
		return false;
	buddy_move_pageblock(zone, zone->free_area[__ffs(orders)].first[MIGRATE_HIGHATOMIC], to);
	return true;
}

bool unreserve_highatomic_pageblock(gfp_t gfp, bool force)
{
	unsigned long keep = force ? 0 : pageblock_nr_pages, flags;
	const struct zoneref *ref;
	bool gave = false;

	for (ref = gfp_zonelist(gfp)->refs; ref->zone && !gave; ref++) {
		if (READ_ONCE(ref->zone->nr_reserved_highatomic) <= keep)
			continue;
		flags = zone_lock(ref->zone);
		if (ref->zone->nr_reserved_highatomic > keep)
			gave = give_up_pageblock(ref->zone, gfp_migratetype(gfp));
		zone_unlock(ref->zone, flags);
	}
	return gave;
}
