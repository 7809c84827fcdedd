// SPDX-License-Identifier: MIT
/*
 * What all chapters of the page allocator share: the map of all pages, and the node with its zones.
 * mm_init.c fills them in.
 */
#include <linux/kernel.h>

#include "internal.h"

struct page *mem_map;
unsigned long max_mapnr;
u8 *pageblock_types;

bool page_group_by_mobility_disabled;
unsigned int page_mobility_mask = GFP_MOVABLE_MASK >> GFP_MOVABLE_SHIFT;

/* Until the zonelists are built, nobody is served. */
struct pglist_data contig_page_data = {
	.zonelists = { [0 ... 31] = { .refs = { REF_NOWHERE } } },
};

const char *const migratetype_names[MIGRATE_TYPES] = {
	[MIGRATE_UNMOVABLE]	= "Unmovable",
	[MIGRATE_MOVABLE]	= "Movable",
	[MIGRATE_RECLAIMABLE]	= "Reclaimable",
	[MIGRATE_HIGHATOMIC]	= "HighAtomic",
	[MIGRATE_CMA]		= "CMA",
	[MIGRATE_ISOLATE]	= "Isolate",
};

/* Those marks are what the quick way measures itself against: so it need not know of the reserve. */
static void count_highatomic(struct zone *zone, long pages)
{
	struct zonelist *list = contig_page_data.zonelists;
	struct zoneref *ref;

	zone->nr_reserved_highatomic += pages;
	for (; list < contig_page_data.zonelists + ARRAY_SIZE(contig_page_data.zonelists); list++)
		for (ref = list->refs; ref->zone; ref++)
			if (ref->zone == zone)
				ref->low_mark += pages;
}

void zone_count_highatomic(struct zone *zone, enum migratetype old, enum migratetype type)
{
	int more = (type == MIGRATE_HIGHATOMIC) - (old == MIGRATE_HIGHATOMIC);

	if (unlikely(more))
		count_highatomic(zone, more * (long)pageblock_nr_pages);
}

struct page *block_head(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		struct page *head = pfn_to_page(pfn & ~((1UL << order) - 1));

		if (page_state(head) != PAGE_INTERIOR)
			return page_block_order(head) >= order ? head : NULL;
	}
	return NULL;
}
