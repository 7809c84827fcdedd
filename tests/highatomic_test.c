// SPDX-License-Identifier: MIT
/* The high-atomic reserve, in a sandbox: who makes it, who may use it, when it is given up. */
#include <linux/page-isolation.h>

#include "page_sandbox.h"

/* The n-th pageblock of the sandbox; who cannot wait, and who is not urgent either. */
#define HALF(n)		(SANDBOX_START + (n) * pageblock_nr_pages)
#define ATOMIC		(__GFP_HIGH | __GFP_ATOMIC | __GFP_NOWARN)
#define NOT_URGENT	__GFP_NOWARN
#define ALL_FREE	"0 0 0 0 0 0 0 0 0 0 3"
#define ALL_PAGES	(3 * MAX_ORDER_NR_PAGES)

static void set_marks(struct zone *zone, unsigned long min, unsigned long low)
{
	min_wmark_pages(zone) = min;
	low_wmark_pages(zone) = low;
	high_wmark_pages(zone) = low;
	build_zonelists();
}

/* Six pageblocks, all free, and no CPU keeps anything. */
static struct zone *plain_zone(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);

	pcp_enable(false);
	return zone;
}

/* The same with a low mark above that: everybody comes the slow way. */
static struct zone *short_zone(struct kunit *test)
{
	struct zone *zone = plain_zone(test);

	set_marks(zone, 0, ALL_PAGES);
	return zone;
}

static enum migratetype type_of(unsigned long pfn)
{
	return get_pfnblock_migratetype(pfn);
}

/* The pages of HIGHATOMIC pageblocks, as the zone counts them; and by their types. */
static void expect_reserved(struct kunit *test, const struct zone *zone, unsigned long pageblocks)
{
	unsigned long there = 0;

	for (int n = 0; n < 6; n++)
		there += type_of(HALF(n)) == MIGRATE_HIGHATOMIC;
	KUNIT_EXPECT_EQ(test, there, pageblocks);
	KUNIT_EXPECT_EQ(test, zone->nr_reserved_highatomic, pageblocks * pageblock_nr_pages);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* All that @gfp can have, in blocks of @order. Returns how many; the last one taken links to the others. */
static unsigned int take_all(gfp_t gfp, unsigned int order, struct page **pages)
{
	struct page *page;
	unsigned int n = 0;

	for (*pages = NULL; (page = alloc_pages(gfp, order)); n++) {
		page->private = *pages ? page_to_pfn(*pages) : 0;
		*pages = page;
	}
	return n;
}

static void free_all(struct page *page, unsigned int order)
{
	while (page) {
		struct page *next = page->private ? pfn_to_page(page->private) : NULL;

		page->private = 0;
		__free_pages(page, order);
		page = next;
	}
}

/* ---- who makes it ---- */

/* ledger: G2 P10 P12. Whoever is atomic, wants several pages, and gets them in the slow way. */
static void highatomic_is_made_by_slow_atomic_blocks(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *page;

	page = alloc_pages(ATOMIC, 0);
	expect_reserved(test, zone, 0);
	__free_pages(page, 0);
	page = alloc_pages(NOT_URGENT | __GFP_HIGH, 2);
	expect_reserved(test, zone, 0);
	__free_pages(page, 2);
	page = alloc_pages(ATOMIC | __GFP_NOMEMALLOC, 2);
	expect_reserved(test, zone, 0);
	__free_pages(page, 2);

	page = alloc_pages(ATOMIC, 2);
	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_reserved(test, zone, 1);
	KUNIT_EXPECT_EQ(test, type_of(page_to_pfn(page)), MIGRATE_HIGHATOMIC);
	__free_pages(page, 2);
	expect_reserved(test, zone, 1);
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 2 2");
}

/* While there is plenty, nothing need be kept back. */
static void highatomic_is_not_made_in_plenty(struct kunit *test)
{
	struct zone *zone = plain_zone(test);
	struct page *page = alloc_pages(ATOMIC, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_reserved(test, zone, 0);
	__free_pages(page, 2);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* Below a hundredth of the zone and a pageblock it grows; here that is 30 pages and one pageblock. */
static void highatomic_ends_at_a_hundredth(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *pages;

	KUNIT_EXPECT_EQ(test, take_all(ATOMIC, 9, &pages), 6);
	expect_reserved(test, zone, 2);
	free_all(pages, 9);
	expect_reserved(test, zone, 2);
}

/* Of a block over two pageblocks one becomes part of the reserve; the halves part when it is freed. */
static void highatomic_of_a_largest_block(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *page = alloc_pages(ATOMIC, 10);

	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_reserved(test, zone, 1);
	__free_pages(page, 10);
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 2 2");
	KUNIT_EXPECT_TRUE(test, unreserve_highatomic_pageblock(NOT_URGENT, true));
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* On a machine that is too small to group pages, half of it would be gone. */
static void highatomic_needs_grouping(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *page;

	page_group_by_mobility_disabled = true;
	page = alloc_pages(ATOMIC, 2);
	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_reserved(test, zone, 0);
	__free_pages(page, 2);
}

/* What is set apart already stays what it is; what lies partly in another zone is not all ours. */
static void highatomic_spares_some_pageblocks(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);
	struct page *page = locked_alloc(zone, 2, MIGRATE_MOVABLE);
	unsigned long pfn = page_to_pfn(page);

	locked_move(zone, pfn, MIGRATE_CMA);
	reserve_highatomic_pageblock(page, zone);
	KUNIT_EXPECT_EQ(test, type_of(pfn), MIGRATE_CMA);
	locked_move(zone, pfn, MIGRATE_MOVABLE);
	locked_free(zone, page, 2);
	page_sandbox_leave(test);

	page_sandbox_enter(test);
	zone = page_sandbox_zone(ZONE_NORMAL, SANDBOX_START + 256, SANDBOX_START + 512 + 256);
	page_sandbox_ram(zone, SANDBOX_START + 256, SANDBOX_START + 512 + 256);
	for (unsigned long at = SANDBOX_START + 256; at < SANDBOX_START + 768; at += 256)
		reserve_highatomic_pageblock(pfn_to_page(at), zone);
	KUNIT_EXPECT_EQ(test, zone->nr_reserved_highatomic, 0);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* ---- who may use it ---- */

/*
 * ledger: G2 P10. The reason for it all: others take what they get, page by page, and leave holes of one
 * page. Half of the memory is free then, far above all marks, and nobody gets two pages side by side;
 * but atomic requests do, all of a pageblock.
 */
static void highatomic_serves_when_memory_is_in_pieces(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *first = alloc_pages(ATOMIC, 1), *blocks;
	unsigned int got = 0;

	KUNIT_ASSERT_NOT_NULL(test, first);
	while (alloc_pages(NOT_URGENT | __GFP_MEMALLOC, 0))
		got++;
	KUNIT_EXPECT_EQ(test, got, 5 * pageblock_nr_pages);
	for (unsigned long pfn = SANDBOX_START; pfn < HALF(6); pfn += 2)
		if (type_of(pfn) != MIGRATE_HIGHATOMIC)
			__free_pages(pfn_to_page(pfn), 0);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, got / 2 + pageblock_nr_pages - 2);
	KUNIT_EXPECT_NULL(test, alloc_pages(NOT_URGENT | __GFP_HIGH, 1));
	KUNIT_EXPECT_NULL(test, alloc_pages(NOT_URGENT | __GFP_MEMALLOC, 1));
	KUNIT_EXPECT_EQ(test, take_all(ATOMIC, 1, &blocks), pageblock_nr_pages / 2 - 1);
	expect_reserved(test, zone, 1);
}

/* Single pages are not what it is for, however urgent. */
static void highatomic_is_for_blocks_only(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *page = alloc_pages(ATOMIC, 3), *pages;

	KUNIT_EXPECT_EQ(test, take_all(ATOMIC, 0, &pages), 5 * pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, pageblock_nr_pages - 8);
	free_all(pages, 0);
	KUNIT_EXPECT_EQ(test, take_all(NOT_URGENT | __GFP_MEMALLOC, 0, &pages), 5 * pageblock_nr_pages);
	free_all(pages, 0);
	__free_pages(page, 3);
	expect_reserved(test, zone, 1);
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 2 2");
}

/* The reserve is used before other pageblocks are cut up; and by those who come the slow way only. */
static void highatomic_is_taken_from_first(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *first = alloc_pages(ATOMIC, 1), *second = alloc_pages(ATOMIC, 5), *third;

	KUNIT_EXPECT_EQ(test, page_to_pfn(first) >> pageblock_order, page_to_pfn(second) >> pageblock_order);
	__free_pages(second, 5);
	set_marks(zone, 0, 0);
	third = alloc_pages(ATOMIC, 1);
	KUNIT_EXPECT_NE(test, type_of(page_to_pfn(third)), MIGRATE_HIGHATOMIC);
	__free_pages(third, 1);
	__free_pages(first, 1);
	expect_reserved(test, zone, 1);
}

/* What comes free in it is for atomic blocks again, and does not wait on a CPU's list for anybody. */
static void highatomic_comes_home(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct per_cpu_pages *pcp = zone->per_cpu_pageset;
	struct page *page;

	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		pcp[cpu].high = pcp[cpu].batch = 64;
	pcp_enable(true);
	page = alloc_pages(ATOMIC, 1);
	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_reserved(test, zone, 1);
	__free_pages(page, 1);
	KUNIT_EXPECT_EQ(test, page_state(block_head(page)), PAGE_FREE);
	drain_all_pages(NULL);
	expect_reserved(test, zone, 1);
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 2 2");
}

/* ---- how it is measured ---- */

static bool passes(struct zone *zone, unsigned int order, unsigned int alloc_flags)
{
	return zone_watermark_ok(zone, order, min_wmark_pages(zone), ZONE_NORMAL, alloc_flags);
}

/* ledger: P12. For whom it is not, all of it counts as taken, also the block that is in use. */
static void highatomic_does_not_count_for_others(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *page = alloc_pages(ATOMIC, 1);
	unsigned long free = zone->nr_free_pages;

	KUNIT_ASSERT_NOT_NULL(test, page);
	set_marks(zone, free - pageblock_nr_pages, free - pageblock_nr_pages);
	KUNIT_EXPECT_FALSE(test, passes(zone, 0, 0));
	KUNIT_EXPECT_FALSE(test, alloc_pages(NOT_URGENT, 0));
	KUNIT_EXPECT_TRUE(test, passes(zone, 0, ALLOC_OOM));
	set_marks(zone, free - pageblock_nr_pages - 1, free - pageblock_nr_pages - 1);
	KUNIT_EXPECT_TRUE(test, passes(zone, 0, 0));
	KUNIT_EXPECT_FALSE(test, passes(zone, 1, 0));

	set_marks(zone, free * 4 / 3, free * 4 / 3);		/* a quarter less is free, or a page less */
	KUNIT_EXPECT_FALSE(test, passes(zone, 0, ALLOC_HARDER));
	set_marks(zone, (free - 1) * 4 / 3, free);
	KUNIT_EXPECT_TRUE(test, passes(zone, 0, ALLOC_HARDER));
	__free_pages(page, 1);
}

/* ledger: P12. A block of the reserve is a block for those only whom it is for. */
static void highatomic_blocks_are_not_for_others(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *first = alloc_pages(ATOMIC, 1), *pages;

	take_all(NOT_URGENT, 0, &pages);
	KUNIT_EXPECT_TRUE(test, passes(zone, 8, ALLOC_HARDER));
	KUNIT_EXPECT_FALSE(test, passes(zone, 8, ALLOC_OOM));
	KUNIT_EXPECT_FALSE(test, passes(zone, 8, ALLOC_NO_WATERMARKS));
	KUNIT_EXPECT_FALSE(test, passes(zone, 9, ALLOC_HARDER));
	free_all(pages, 0);
	__free_pages(first, 1);
}

/* The quick way measures by the zonelist's mark: it knows of the reserve, made or given up. */
static void highatomic_moves_the_quick_mark(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	const struct zoneref *ref = gfp_zonelist(NOT_URGENT)->refs;

	__free_pages(alloc_pages(ATOMIC, 1), 1);
	KUNIT_EXPECT_EQ(test, ref->low_mark, ALL_PAGES + pageblock_nr_pages);
	set_marks(zone, 0, 100);
	KUNIT_EXPECT_EQ(test, ref->low_mark, 100 + pageblock_nr_pages);
	KUNIT_EXPECT_TRUE(test, unreserve_highatomic_pageblock(NOT_URGENT, true));
	KUNIT_EXPECT_EQ(test, ref->low_mark, 100);
}

/* ---- when it is given up ---- */

/* The last one only when nothing else helps; and it becomes his who needs it. */
static void highatomic_is_given_up(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *pages;

	KUNIT_EXPECT_FALSE(test, unreserve_highatomic_pageblock(NOT_URGENT, true));
	take_all(ATOMIC, 9, &pages);
	expect_reserved(test, zone, 2);
	KUNIT_EXPECT_FALSE(test, unreserve_highatomic_pageblock(NOT_URGENT, true));	/* all in use */
	free_all(pages, 9);

	KUNIT_EXPECT_TRUE(test, unreserve_highatomic_pageblock(NOT_URGENT | __GFP_RECLAIMABLE, false));
	expect_reserved(test, zone, 1);
	KUNIT_EXPECT_FALSE(test, unreserve_highatomic_pageblock(NOT_URGENT, false));
	expect_reserved(test, zone, 1);
	KUNIT_EXPECT_TRUE(test, unreserve_highatomic_pageblock(NOT_URGENT | __GFP_RECLAIMABLE, true));
	expect_reserved(test, zone, 0);
	KUNIT_EXPECT_FALSE(test, unreserve_highatomic_pageblock(NOT_URGENT, true));
	KUNIT_EXPECT_EQ(test, type_of(HALF(0)), MIGRATE_RECLAIMABLE);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* Only in zones that can serve him. */
static void highatomic_of_other_zones_stays(struct kunit *test)
{
	struct zone *zone = short_zone(test);

	__free_pages(alloc_pages(ATOMIC, 1), 1);
	KUNIT_EXPECT_FALSE(test, unreserve_highatomic_pageblock(NOT_URGENT | __GFP_DMA, true));
	expect_reserved(test, zone, 1);
}

/* A pageblock that somebody closes is not kept back any more, and does not come back by being opened. */
static void highatomic_can_be_closed(struct kunit *test)
{
	struct zone *zone = short_zone(test);
	struct page *page = alloc_pages(ATOMIC, 1);
	unsigned long pfn = page_to_pfn(page);

	__free_pages(page, 1);
	KUNIT_ASSERT_EQ(test, start_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE, 0, 0), 0);
	expect_reserved(test, zone, 0);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages);
	undo_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE);
	expect_reserved(test, zone, 0);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

static struct kunit_case highatomic_cases[] = {
	KUNIT_CASE(highatomic_is_made_by_slow_atomic_blocks),
	KUNIT_CASE(highatomic_is_not_made_in_plenty),
	KUNIT_CASE(highatomic_ends_at_a_hundredth),
	KUNIT_CASE(highatomic_of_a_largest_block),
	KUNIT_CASE(highatomic_needs_grouping),
	KUNIT_CASE(highatomic_spares_some_pageblocks),
	KUNIT_CASE(highatomic_serves_when_memory_is_in_pieces),
	KUNIT_CASE(highatomic_is_for_blocks_only),
	KUNIT_CASE(highatomic_is_taken_from_first),
	KUNIT_CASE(highatomic_comes_home),
	KUNIT_CASE(highatomic_does_not_count_for_others),
	KUNIT_CASE(highatomic_blocks_are_not_for_others),
	KUNIT_CASE(highatomic_moves_the_quick_mark),
	KUNIT_CASE(highatomic_is_given_up),
	KUNIT_CASE(highatomic_of_other_zones_stays),
	KUNIT_CASE(highatomic_can_be_closed),
	{}
};

static struct kunit_suite highatomic_suite = {
	.name = "highatomic",
	.exit = page_sandbox_leave,
	.test_cases = highatomic_cases,
};
kunit_test_suite(highatomic_suite);
