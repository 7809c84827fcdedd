// SPDX-License-Identifier: MIT
#include <linux/minmax.h>
#include "page_sandbox.h"

#define MAP_ORDER	4		/* of the block that holds the sandbox's map */
static_assert(SANDBOX_FRAMES * sizeof(struct page) == PAGE_SIZE << MAP_ORDER);

static struct {
	bool active, pcp_on;
	struct page *map;		/* the block that the sandbox's map lies in */
	struct page *mem_map;
	unsigned long max_mapnr;
	u8 *pageblock_types;
	unsigned long max_low_pfn;
	void *high_memory;
	struct page_observer *watchers;
	unsigned long free_limit;
	struct pglist_data node;
	bool mobility_disabled;
	unsigned int mobility_mask;
} saved;

static u8 types[SANDBOX_FRAMES >> pageblock_order];

static void put_aside(void)
{
	saved.active = true;
	saved.pcp_on = pcp_enabled();
	saved.mem_map = mem_map;
	saved.max_mapnr = max_mapnr;
	saved.pageblock_types = pageblock_types;
	saved.max_low_pfn = max_low_pfn;
	saved.high_memory = high_memory;
	saved.watchers = page_watchers;
	saved.free_limit = page_free_limit;
	saved.node = contig_page_data;
	saved.mobility_disabled = page_group_by_mobility_disabled;
	saved.mobility_mask = page_mobility_mask;
}

void page_sandbox_enter(struct kunit *test)
{
	struct page *map = alloc_pages(GFP_KERNEL, MAP_ORDER);
	struct zone *zone;

	KUNIT_ASSERT_NOT_NULL(test, map);
	drain_all_pages(NULL);
	put_aside();
	saved.map = map;
	mem_map = memset(page_address(map), 0, PAGE_SIZE << MAP_ORDER);
	max_mapnr = SANDBOX_FRAMES;
	max_low_pfn = SANDBOX_FRAMES;
	high_memory = __va(PFN_PHYS(SANDBOX_FRAMES));
	pageblock_types = memset(types, MIGRATE_MOVABLE, sizeof(types));
	page_watchers = NULL;
	page_free_limit = max_mapnr;
	page_group_by_mobility_disabled = false;
	page_mobility_mask = 3;

	memset(&contig_page_data, 0, sizeof(contig_page_data));
	for_each_zone(zone)
		zone->name = saved.node.node_zones[zone_idx(zone)].name;
	page_sandbox_zone(ZONE_NORMAL, 0, SANDBOX_FRAMES);
	page_sandbox_zone(ZONE_NORMAL, 0, 0);
	build_zonelists();
}

void page_sandbox_leave(struct kunit *test)
{
	if (!saved.active)
		return;
	pcp_enable(saved.pcp_on);
	mem_map = saved.mem_map;
	max_mapnr = saved.max_mapnr;
	pageblock_types = saved.pageblock_types;
	max_low_pfn = saved.max_low_pfn;
	high_memory = saved.high_memory;
	page_watchers = saved.watchers;
	page_free_limit = saved.free_limit;
	contig_page_data = saved.node;
	page_group_by_mobility_disabled = saved.mobility_disabled;
	page_mobility_mask = saved.mobility_mask;
	setup_per_zone_lowmem_reserve();	/* its sums lie outside of what was put aside */
	saved.active = false;
	__free_pages(saved.map, MAP_ORDER);
}

struct zone *page_sandbox_zone(enum zone_type type, unsigned long start, unsigned long end)
{
	struct zone *zone = &contig_page_data.node_zones[type];
	unsigned long pfn;

	zone->zone_start_pfn = start;
	zone->spanned_pages = end - start;
	for (pfn = start; pfn < end; pfn++)
		pfn_to_page(pfn)->flags = (unsigned long)type << PAGE_ZONE_SHIFT |
					  page_block_flags(PAGE_HOLE, 0);
	return zone;
}

/* The largest block that ends at @end and does not begin below @start. */
static unsigned int largest_order(unsigned long start, unsigned long end)
{
	return min3((unsigned int)__ffs(end), (unsigned int)__fls(end - start), MAX_ORDER - 1U);
}

void page_sandbox_ram(struct zone *zone, unsigned long start, unsigned long end)
{
	unsigned long pfn;
	unsigned int order;

	zone->present_pages += end - start;
	zone->managed_pages += end - start;
	contig_page_data.node_present_pages += end - start;
	for (pfn = start; pfn < end; pfn++)
		set_page_block(pfn_to_page(pfn), PAGE_INTERIOR, 0);
	for (; end > start; end -= 1UL << order) {	/* downwards: the lowest are first in the lists */
		order = largest_order(start, end);
		locked_free(zone, pfn_to_page(end - (1UL << order)), order);
	}
	build_zonelists();
}

struct zone *page_sandbox_simple(struct kunit *test, unsigned int blocks)
{
	unsigned long end = SANDBOX_START + blocks * MAX_ORDER_NR_PAGES;
	struct zone *zone;

	page_sandbox_enter(test);
	zone = page_sandbox_zone(ZONE_NORMAL, SANDBOX_START, end);
	page_sandbox_ram(zone, SANDBOX_START, end);
	return zone;
}

/* ---- the core, under the lock ---- */

/* A block that the core meant for a CPU's list becomes somebody's. */
static void hand_out(struct page *page)
{
	if (page_state(page) == PAGE_PCP)
		page->flags ^= page_block_flags(PAGE_PCP ^ PAGE_ALLOCATED, 0);
}

struct page *locked_alloc(struct zone *zone, unsigned int order, enum migratetype type)
{
	struct page *page;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	page = buddy_alloc(zone, order, type);
	if (page)
		hand_out(page);
	spin_unlock_irqrestore(&zone->lock, flags);
	return page;
}

unsigned int locked_alloc_bulk(struct zone *zone, unsigned int order, enum migratetype type,
			       unsigned int count, u32 *link)
{
	unsigned int taken;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	taken = buddy_alloc_bulk(zone, order, type, count, link);
	spin_unlock_irqrestore(&zone->lock, flags);
	return taken;
}

void locked_free(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	buddy_free(zone, page, order);
	spin_unlock_irqrestore(&zone->lock, flags);
}

void locked_take_out(struct zone *zone, unsigned long pfn)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	buddy_take_out(zone, pfn);
	hand_out(pfn_to_page(pfn));
	spin_unlock_irqrestore(&zone->lock, flags);
}

unsigned long locked_move(struct zone *zone, unsigned long pfn, enum migratetype type)
{
	unsigned long flags, moved;

	spin_lock_irqsave(&zone->lock, flags);
	moved = buddy_move_pageblock(zone, pfn, type);
	spin_unlock_irqrestore(&zone->lock, flags);
	return moved;
}

/* ---- the front door ---- */

struct page *front_alloc(struct zone *zone, unsigned int order, enum migratetype type)
{
	static const gfp_t zones[MAX_NR_ZONES] = { [ZONE_DMA] = __GFP_DMA, [ZONE_HIGHMEM] = __GFP_HIGHMEM };

	return alloc_pages(zones[zone_idx(zone)] | type << GFP_MOVABLE_SHIFT | __GFP_NOWARN, order);
}

void front_free(struct page *page, unsigned int order)
{
	init_page_count(page);
	__free_pages(page, order);
}

/* ---- looking ---- */

const char *free_blocks(const struct zone *zone, char *buf, size_t size)
{
	unsigned int order;
	int n = 0;

	for (order = 0; order < MAX_ORDER; order++)
		n += scnprintf(buf + n, size - n, "%s%lu", order ? " " : "",
			       zone->free_area[order].nr_free);
	return buf;
}

unsigned int list_length(const struct zone *zone, unsigned int order, enum migratetype type)
{
	const struct page *page;
	unsigned int n = 0;

	for_each_free_block(&zone->free_area[order], type, page)
		n++;
	return n;
}
