// SPDX-License-Identifier: MIT
/* The validator of zones: each promise is broken in a sandbox, seen, named, and mended. */
#include <kunit/report.h>
#include <linux/minmax.h>
#include "page_sandbox.h"

static bool sound;		/* the validator's last verdict */

static void validate_quietly(void)
{
	int loglevel = console_loglevel;

	console_loglevel = LOGLEVEL_CRIT;
	sound = zones_validate();
	console_loglevel = loglevel;
}

/* What is broken by @crime must be reported in these words; what @mend does makes it good again. */
#define EXPECT_SEEN(test, words, crime, mend) \
do { \
	crime; \
	KUNIT_EXPECT_REPORT(test, "buddy: " words, validate_quietly()); \
	KUNIT_EXPECT_FALSE_MSG(test, sound, "%s", words); \
	mend; \
	KUNIT_EXPECT_TRUE_MSG(test, zones_validate(), "mended: %s", words); \
} while (0)

/* Of the sandbox's one zone: what its block of order 10 has been split into. */
static struct zone *zone;
static struct page *taken, *one, *two, *quarter;	/* taken, free of order 0, 1, 8 */

static int setup(struct kunit *test)
{
	zone = page_sandbox_simple(test, 2);
	taken = locked_alloc(zone, 0, MIGRATE_MOVABLE);
	one = taken + 1;
	two = taken + 2;
	quarter = taken + 256;
	return 0;
}

static void check_counters(struct kunit *test)
{
	EXPECT_SEEN(test, "zone Normal: nr_free_pages is 2048, but the map says 2047",
		    zone->nr_free_pages++, zone->nr_free_pages--);
	EXPECT_SEEN(test, "zone Normal: nr_isolated_free is 3, but the map says 0",
		    zone->nr_isolated_free += 3, zone->nr_isolated_free -= 3);
	EXPECT_SEEN(test, "zone Normal: nr_quarantined is 1, but the map says 0",
		    zone->nr_quarantined++, zone->nr_quarantined--);
	EXPECT_SEEN(test, "zone Normal: managed_pages is 2047, but the map says 2048",
		    zone->managed_pages--, zone->managed_pages++);
	EXPECT_SEEN(test, "zone Normal: present_pages is 2049, but the map says 2048",
		    zone->present_pages++, zone->present_pages--);
	EXPECT_SEEN(test, "zone Normal: nr_free of order 3 is 2, but 1 blocks are free",
		    zone->free_area[3].nr_free++, zone->free_area[3].nr_free--);
	EXPECT_SEEN(test, "zone Normal: the list of order 3, Movable, is not empty, but free_orders is 0x7f7",
		    zone->free_orders[MIGRATE_MOVABLE] ^= 8, zone->free_orders[MIGRATE_MOVABLE] ^= 8);
	EXPECT_SEEN(test, "zone Normal: the list of order 2, CMA, is empty, but free_orders is 0x4",
		    zone->free_orders[MIGRATE_CMA] ^= 4, zone->free_orders[MIGRATE_CMA] ^= 4);
	EXPECT_SEEN(test, "zone Normal: watermarks min 5, low 0, high 0 are not in this order",
		    min_wmark_pages(zone) = 5, min_wmark_pages(zone) = 0);
	EXPECT_SEEN(test, "zone Normal: watermarks min 0, low 6, high 0 are not in this order",
		    (low_wmark_pages(zone) = 6, build_zonelists()),
		    (low_wmark_pages(zone) = 0, build_zonelists()));
}

/* A page's state and order, where only its first page says them. */
static void check_states(struct kunit *test)
{
	unsigned long flags = one->flags;

	EXPECT_SEEN(test, "zone Normal: frame 0x401 is inside a block, but the block before it ends here",
		    set_page_block(one, PAGE_INTERIOR, 0), one->flags = flags);
	EXPECT_SEEN(test, "zone Normal: frame 0x401 has state 7, which there is none",
		    set_page_block(one, 7, 0), one->flags = flags);
	EXPECT_SEEN(test, "zone Normal: frame 0x401, free, has order 11",
		    set_page_block(one, PAGE_FREE, 11), one->flags = flags);
	EXPECT_SEEN(test, "zone Normal: frame 0x401, a hole, has order 1 instead of 0",
		    set_page_block(one, PAGE_HOLE, 1), one->flags = flags);
	EXPECT_SEEN(test, "zone Normal: frame 0x401, allocated, is not aligned to its order 3",
		    set_page_block(one, PAGE_ALLOCATED, 3), one->flags = flags);
	EXPECT_SEEN(test, "zone Normal: frame 0x401 says it is in zone 3, not 1",
		    one->flags |= PAGE_ZONE_MASK, one->flags = flags);
	EXPECT_SEEN(test, "zone Normal: frame 0x401, free, has a reference count of 1",
		    init_page_count(one), set_page_count(one, 0));
	EXPECT_SEEN(test, "zone Normal: frame 0x401, free, has flags 0x200",
		    __SetPageSlab(one), __ClearPageSlab(one));
	EXPECT_SEEN(test, "zone Normal: 0 blocks of order 0 are listed, but 1 are free",
		    zone->free_area[0].first[MIGRATE_MOVABLE] = 0,
		    zone->free_area[0].first[MIGRATE_MOVABLE] = page_to_pfn(one));
}

static void check_inside(struct kunit *test, struct page *page)
{
	EXPECT_SEEN(test, "zone Normal: frame 0x5* has flags 0x*, but is inside the block at 0x500",
		    set_page_block(page, PAGE_FREE, 0), set_page_block(page, PAGE_INTERIOR, 0));
	EXPECT_SEEN(test, "zone Normal: frame 0x5* inside the free block at 0x500 has * of 2",
		    set_page_count(page, 2), set_page_count(page, 0));
}

/* Inside a block: at the places where halves begin, and (the map being small) anywhere. */
static void check_insides(struct kunit *test)
{
	check_inside(test, quarter + 1);
	check_inside(test, quarter + 2);
	check_inside(test, quarter + 128);
	check_inside(test, quarter + 77);
	check_inside(test, quarter + 255);
}

static void check_zone_ends(struct kunit *test)
{
	EXPECT_SEEN(test, "zone Normal: frame 0x800, free, order 10, ends behind the zone (0xb00)",
		    zone->spanned_pages -= 0x100, zone->spanned_pages += 0x100);
	EXPECT_SEEN(test, "zone Normal: ends at frame 0xc00, the memory map at 0xb00",
		    max_mapnr = 0xb00, max_mapnr = SANDBOX_FRAMES);
}

/* ---- lists ---- */

static void check_links(struct kunit *test)
{
	u32 *first = &zone->free_area[0].first[MIGRATE_MOVABLE];

	EXPECT_SEEN(test, "zone Normal: the list of order 0, Movable, has more blocks than *: a circle?",
		    one->buddy.next_pfn = page_to_pfn(one), one->buddy.next_pfn = 0);
	EXPECT_SEEN(test, "zone Normal: the list of order 0, Movable, leads from frame 0x0 to 0x401, and "
		    "back from there to 0x7", one->buddy.prev_pfn = 7, one->buddy.prev_pfn = 0);
	EXPECT_SEEN(test, "zone Normal: the list of order 0, Movable, leads to frame 0x3, which is not *",
		    *first = 3, *first = page_to_pfn(one));
	EXPECT_SEEN(test, "zone Normal: the list of order 0, Movable, leads to frame 0x400, which is not "
		    "free*", *first = page_to_pfn(taken), *first = page_to_pfn(one));
	EXPECT_SEEN(test, "zone Normal: the list of order 0, Movable, leads to frame 0x402, which has "
		    "order 1", *first = page_to_pfn(two), *first = page_to_pfn(one));
}

/* On the list of another type; and then the type is wrong instead. */
static void check_types_of_lists(struct kunit *test)
{
	struct free_area *area = &zone->free_area[0];

	EXPECT_SEEN(test, "zone Normal: the list of order 0, Unmovable, has frame 0x401, whose "
		    "pageblock has type 1",
		    swap(area->first[MIGRATE_MOVABLE], area->first[MIGRATE_UNMOVABLE]),
		    swap(area->first[MIGRATE_MOVABLE], area->first[MIGRATE_UNMOVABLE]));
	EXPECT_SEEN(test, "zone Normal: the list of order 8, Movable, has frame 0x500, whose "
		    "pageblock has type 2",
		    pageblock_types[2] = MIGRATE_RECLAIMABLE, pageblock_types[2] = MIGRATE_MOVABLE);
	EXPECT_SEEN(test, "zone Normal: the pageblock of frame 0x600 has type 9, which there is none",
		    pageblock_types[3] = 9, pageblock_types[3] = MIGRATE_MOVABLE);
	EXPECT_SEEN(test, "zone Normal: frame 0x800, free, order 10, is one block over a Movable and a "
		    "Isolate pageblock",
		    pageblock_types[5] = MIGRATE_ISOLATE, pageblock_types[5] = MIGRATE_MOVABLE);
}

/* As many listed as free, but not the same: one twice, one not at all. */
static void check_who_is_listed(struct kunit *test)
{
	struct page *other;

	locked_take_out(zone, page_to_pfn(two) + 1);
	locked_take_out(zone, page_to_pfn(two));
	locked_free(zone, two, 0);			/* list: two, one */
	other = two;
	EXPECT_SEEN(test, "zone Normal: the blocks that are free are not those that are listed",
		    other->buddy.next_pfn = page_to_pfn(other),
		    other->buddy.next_pfn = page_to_pfn(one));
}

/* Side by side, both free, of one order: they should be one. */
static void check_buddies_apart(struct kunit *test)
{
	struct free_area *area = &zone->free_area[0];

	EXPECT_SEEN(test, "zone Normal: frames 0x400 and 0x401 are free buddies of order 0 side by side",
		    (set_page_block(taken, PAGE_FREE, 0), taken->buddy.next_pfn = 0,
		     taken->buddy.prev_pfn = page_to_pfn(one), one->buddy.next_pfn = page_to_pfn(taken),
		     area->nr_free++, zone->nr_free_pages++),
		    (set_page_block(taken, PAGE_ALLOCATED, 0), one->buddy.next_pfn = 0, area->nr_free--,
		     zone->nr_free_pages--));
}

/* ---- the CPUs' lists ---- */

static void check_cpu_lists(struct kunit *test)
{
	struct per_cpu_pages *pcp = &zone->per_cpu_pageset[0];
	u32 pfn = page_to_pfn(taken);

	set_page_block(taken, PAGE_PCP, 0);
	taken->buddy.next_pfn = 0;
	pcp->first[MIGRATE_MOVABLE] = pfn;
	pcp->count = 1;
	KUNIT_ASSERT_TRUE(test, zones_validate());

	EXPECT_SEEN(test, "zone Normal: count of CPU 0 is 2, but its lists have 1 pages",
		    pcp->count++, pcp->count--);
	EXPECT_SEEN(test, "zone Normal: count of CPU 1 is -1, but its lists have 0 pages",
		    zone->per_cpu_pageset[1].count--, zone->per_cpu_pageset[1].count++);
	EXPECT_SEEN(test, "zone Normal: turn of CPU 0 is 12, but there are 12 lists",
		    pcp->turn += NR_PCP_LISTS, pcp->turn -= NR_PCP_LISTS);
	EXPECT_SEEN(test, "zone Normal: the CPUs' lists have 0 pages, but 1 say they are there*",
		    (pcp->first[MIGRATE_MOVABLE] = 0, pcp->count = 0),
		    (pcp->first[MIGRATE_MOVABLE] = pfn, pcp->count = 1));
	EXPECT_SEEN(test, "zone Normal: CPU 0's list of order 0, Movable, has more blocks than the map*",
		    taken->buddy.next_pfn = pfn, taken->buddy.next_pfn = 0);
	EXPECT_SEEN(test, "zone Normal: CPU 0's list of order 1, Unmovable, has more blocks than the map*",
		    pcp->first[MIGRATE_PCPTYPES] = pfn, pcp->first[MIGRATE_PCPTYPES] = 0);
	EXPECT_SEEN(test, "zone Normal: CPU 0's list of order 0, Movable, leads to frame 0x401, which is "
		    "not on a CPU's list *",
		    pcp->first[MIGRATE_MOVABLE] = pfn + 1, pcp->first[MIGRATE_MOVABLE] = pfn);
	EXPECT_SEEN(test, "zone Normal: frame 0x400, on a CPU's list, has a reference count of 1",
		    init_page_count(taken), set_page_count(taken, 0));
}

/* ---- all zones ---- */

static void check_node(struct kunit *test)
{
	struct zoneref *ref = contig_page_data.zonelists[GFP_KERNEL & GFP_ZONEMASK].refs;

	EXPECT_SEEN(test, "the zones have 2048 pages, the node 2049",
		    contig_page_data.node_present_pages++, contig_page_data.node_present_pages--);
	EXPECT_SEEN(test, "zone Normal begins at frame 0x400, the one before it ends at 0x402",
		    (page_sandbox_zone(ZONE_DMA, 0x402, 0x402)->spanned_pages = 0,
		     contig_page_data.node_zones[ZONE_DMA].zone_start_pfn = 0x402),
		    contig_page_data.node_zones[ZONE_DMA].zone_start_pfn = 0);
	EXPECT_SEEN(test, "zonelist 0x0: low_mark of zone Normal is 1 instead of 0",
		    ref->low_mark++, ref->low_mark--);
	EXPECT_SEEN(test, "zone Normal: nr_reserved_highatomic is 512, but the map says 0",
		    zone_count_highatomic(ref->zone, MIGRATE_MOVABLE, MIGRATE_HIGHATOMIC),
		    zone_count_highatomic(ref->zone, MIGRATE_HIGHATOMIC, MIGRATE_MOVABLE));
	EXPECT_SEEN(test, "zonelist 0x0: zone Normal is out of place",
		    (ref[1] = ref[0], ref[2].zone = NULL), ref[1].zone = NULL);
}

/* Of very many faults the first are told, and how many more there are. */
static void check_tells_so_much_and_no_more(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 250; i++)
		set_page_count(quarter + 1 + i, 1);
	KUNIT_EXPECT_REPORT(test, "buddy: zone Normal: and 24* more", validate_quietly());
	for (i = 0; i < 250; i++)
		set_page_count(quarter + 1 + i, 0);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

static struct kunit_case check_buddy_cases[] = {
	KUNIT_CASE(check_counters),
	KUNIT_CASE(check_states),
	KUNIT_CASE(check_insides),
	KUNIT_CASE(check_zone_ends),
	KUNIT_CASE(check_links),
	KUNIT_CASE(check_types_of_lists),
	KUNIT_CASE(check_who_is_listed),
	KUNIT_CASE(check_buddies_apart),
	KUNIT_CASE(check_cpu_lists),
	KUNIT_CASE(check_node),
	KUNIT_CASE(check_tells_so_much_and_no_more),
	{}
};

static struct kunit_suite check_buddy_suite = {
	.name = "check_buddy",
	.init = setup,
	.exit = page_sandbox_leave,
	.test_cases = check_buddy_cases,
};
kunit_test_suite(check_buddy_suite);
