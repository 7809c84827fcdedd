// SPDX-License-Identifier: MIT
/*
 * Closing and opening pageblocks: <linux/page-isolation.h>. Closing one moves its free blocks to
 * the ISOLATE lists, where nobody looks. Only then are the CPUs' lists sent home: what they held
 * arrives on the closed lists, and pcp_free() keeps nothing of a closed pageblock. Pages that have
 * an owner come there when they are freed.
 *
 * Locking: types change under the zone's lock; can_be_closed() looks without it. Not checked: that
 * two callers do not overlap. A page that another CPU is just freeing may still land on that CPU's
 * list; test_pages_isolated() finds it missing, and another drain sends it home.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/page-isolation.h>

#include "internal.h"

/* Of the memory map; it may be empty. */
static bool is_range(unsigned long start_pfn, unsigned long end_pfn)
{
	return start_pfn <= end_pfn && end_pfn <= max_mapnr;
}

/* RAM, all of it, and open. */
static bool can_be_closed(unsigned long pfn)
{
	unsigned long end = pfn + pageblock_nr_pages;

	if (!pfn_valid(end - 1) || is_migrate_isolate(get_pfnblock_migratetype(pfn)))
		return false;
	for (; pfn < end; pfn++) {
		const struct page *page = pfn_to_page(pfn);

		if (page_state(page) == PAGE_RESERVED || page_state(page) == PAGE_HOLE)
			return false;
	}
	return true;
}

static void set_type(unsigned long pfn, enum migratetype migratetype)
{
	struct zone *zone = page_zone(pfn_to_page(pfn));
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	buddy_move_pageblock(zone, pfn, migratetype);
	spin_unlock_irqrestore(&zone->lock, flags);
}

int start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     unsigned int migratetype, int flags, gfp_t gfp_flags)
{
	unsigned long start = pageblock_start_pfn(start_pfn);
	unsigned long end = ALIGN(end_pfn, pageblock_nr_pages);
	unsigned long pfn;

	if (!is_range(start_pfn, end_pfn))
		return -EBUSY;
	for (pfn = start; pfn < end; pfn += pageblock_nr_pages)
		if (!can_be_closed(pfn))
			return -EBUSY;
	for (pfn = start; pfn < end; pfn += pageblock_nr_pages)
		set_type(pfn, MIGRATE_ISOLATE);
	drain_all_pages(NULL);
	return 0;
}

void undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     unsigned int migratetype)
{
	unsigned long end = ALIGN(end_pfn, pageblock_nr_pages);
	unsigned long pfn;

	if (!is_range(start_pfn, end_pfn))
		return;
	for (pfn = pageblock_start_pfn(start_pfn); pfn < end; pfn += pageblock_nr_pages)
		if (is_migrate_isolate(get_pfnblock_migratetype(pfn)))
			set_type(pfn, migratetype);
}

int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn, int isol_flags)
{
	unsigned long pfn = start_pfn;

	if (!is_range(start_pfn, end_pfn))
		return -EBUSY;
	while (pfn < end_pfn) {
		const struct page *head = block_head(pfn_to_page(pfn));

		if (!head || page_state(head) != PAGE_FREE ||
		    !is_migrate_isolate(get_pfnblock_migratetype(pfn)))
			return -EBUSY;
		pfn = page_to_pfn(head) + (1UL << page_block_order(head));
	}
	return 0;
}
