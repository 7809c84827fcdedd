// SPDX-License-Identifier: MIT
/* Pageblocks that are closed: in a sandbox, and once on the machine's own. */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/page-isolation.h>
#include "page_sandbox.h"

#define HALF(n)		(SANDBOX_START + (n) * pageblock_nr_pages)	/* of a block of order 10 */
#define ALL_FREE	"0 0 0 0 0 0 0 0 0 0 3"

static int close_range(unsigned long start, unsigned long end)
{
	return start_isolate_page_range(start, end, MIGRATE_MOVABLE, 0, GFP_KERNEL);
}

static void open_range(unsigned long start, unsigned long end)
{
	undo_isolate_page_range(start, end, MIGRATE_MOVABLE);
}

static bool closed(unsigned int half)
{
	return is_migrate_isolate_page(pfn_to_page(HALF(half)));
}

/* One page is asked for; its whole pageblock is closed, and nothing else. */
static void isolation_closes_whole_pageblocks(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);

	KUNIT_ASSERT_EQ(test, close_range(HALF(1) + 5, HALF(1) + 6), 0);
	KUNIT_EXPECT_FALSE(test, closed(0));
	KUNIT_EXPECT_TRUE(test, closed(1));
	KUNIT_EXPECT_FALSE(test, closed(2));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), 5 * pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(1), HALF(2), 0), 0);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(1) + 3, HALF(1) + 4, 0), 0);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(1), HALF(2) + 1, 0), -EBUSY);
	KUNIT_EXPECT_TRUE(test, zones_validate());

	open_range(HALF(1) + 5, HALF(1) + 6);
	KUNIT_EXPECT_FALSE(test, closed(1));
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(1), HALF(2), 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), 6 * pageblock_nr_pages);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* ledger: P10. Memory runs out without a page of the closed range. */
static void isolation_gives_nothing_out(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);
	unsigned int n = 0;
	struct page *page;

	KUNIT_ASSERT_EQ(test, close_range(HALF(1), HALF(4)), 0);
	while ((page = locked_alloc(zone, 4, n % MIGRATE_PCPTYPES))) {
		unsigned long pfn = page_to_pfn(page);

		KUNIT_ASSERT_TRUE(test, pfn < HALF(1) || pfn >= HALF(4));
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, 3 * pageblock_nr_pages / 16);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), 0);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(1), HALF(4), 0), 0);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* What has an owner when its pageblock is closed comes back to the closed ones, and waits there. */
static void isolation_keeps_what_is_freed(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);
	struct page *small = locked_alloc(zone, 2, MIGRATE_MOVABLE);
	struct page *large = locked_alloc(zone, 10, MIGRATE_MOVABLE);

	KUNIT_ASSERT_PTR_EQ(test, large, pfn_to_page(HALF(2)));
	KUNIT_ASSERT_EQ(test, close_range(HALF(0), HALF(3)), 0);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, 2 * pageblock_nr_pages - 4);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(0), HALF(1), 0), -EBUSY);
	locked_free(zone, small, 2);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(0), HALF(2), 0), 0);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(0), HALF(3), 0), -EBUSY);
	locked_free(zone, large, 10);		/* half of it is closed */
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(0), HALF(3), 0), 0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), 3 * pageblock_nr_pages);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	open_range(HALF(0), HALF(3));
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

static void expect_busy(struct kunit *test, unsigned long start, unsigned long end, const char *why)
{
	char before[MAX_ORDER * 12], after[MAX_ORDER * 12];
	const struct zone *zone = &contig_page_data.node_zones[ZONE_NORMAL];
	unsigned long isolated = zone->nr_isolated_free;

	free_blocks(zone, before, sizeof(before));
	KUNIT_EXPECT_EQ_MSG(test, close_range(start, end), -EBUSY, "%s", why);
	KUNIT_EXPECT_STREQ_MSG(test, free_blocks(zone, after, sizeof(after)), before, "%s", why);
	KUNIT_EXPECT_EQ_MSG(test, zone->nr_isolated_free, isolated, "%s", why);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* All or nothing. */
static void isolation_is_refused(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);
	struct page *page = pfn_to_page(HALF(0) + 3);

	KUNIT_ASSERT_EQ(test, close_range(HALF(2), HALF(3)), 0);
	expect_busy(test, HALF(2), HALF(3), "closed already");
	expect_busy(test, HALF(1), HALF(3), "the second is closed already");
	KUNIT_EXPECT_FALSE(test, closed(1));
	open_range(HALF(2), HALF(3));

	locked_take_out(zone, HALF(0) + 3);
	set_page_block(page, PAGE_RESERVED, 0);
	zone->managed_pages--;
	expect_busy(test, HALF(0), HALF(2), "a page is reserved");
	set_page_block(page, PAGE_HOLE, 0);
	zone->present_pages--;
	contig_page_data.node_present_pages--;
	expect_busy(test, HALF(0), HALF(1), "a page is missing");
	expect_busy(test, HALF(5), SANDBOX_FRAMES + 1, "behind the end of the map");
	KUNIT_EXPECT_EQ(test, close_range(HALF(1), HALF(1)), 0);	/* nothing at all */
	KUNIT_EXPECT_FALSE(test, closed(1));
}

/* Opening gives the type that is asked for, to what was closed only. */
static void isolation_opens_as_another_type(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);
	struct page *page = locked_alloc(zone, 0, MIGRATE_MOVABLE);

	KUNIT_ASSERT_EQ(test, close_range(HALF(1), HALF(2)), 0);
	undo_isolate_page_range(HALF(0), HALF(6), MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_EQ(test, get_pfnblock_migratetype(HALF(0)), MIGRATE_MOVABLE);
	KUNIT_EXPECT_EQ(test, get_pfnblock_migratetype(HALF(1)), MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_EQ(test, get_pfnblock_migratetype(HALF(2)), MIGRATE_MOVABLE);
	KUNIT_EXPECT_EQ(test, list_length(zone, 9, MIGRATE_UNMOVABLE), 1);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	locked_free(zone, page, 0);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* Opened in any order, closed neighbours come together again. */
static void isolation_opens_in_any_order(struct kunit *test)
{
	static const u8 orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 } };
	struct zone *zone = page_sandbox_simple(test, 3);
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		for (j = 0; j < 4; j++)
			KUNIT_ASSERT_EQ(test, close_range(HALF(j), HALF(j + 1)), 0);
		EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);	/* closed ones merge as well */
		for (j = 0; j < 4; j++) {
			open_range(HALF(orders[i][j]), HALF(orders[i][j] + 1));
			KUNIT_EXPECT_TRUE(test, zones_validate());
		}
		EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
	}
}

/* Pages that a CPU keeps are sent home; those freed later do not stop at its lists. */
static void isolation_empties_the_cpus_lists(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 3);
	struct per_cpu_pages *pcp = &zone->per_cpu_pageset[0];
	struct page *first, *second;

	pcp_enable(true);
	pcp->high = 64;
	pcp->batch = 16;
	first = front_alloc(zone, 0, MIGRATE_MOVABLE);
	second = front_alloc(zone, 1, MIGRATE_MOVABLE);
	front_free(first, 0);
	KUNIT_ASSERT_GT(test, pcp->count, 0);
	KUNIT_ASSERT_EQ(test, page_to_pfn(second) & ~(pageblock_nr_pages - 1), HALF(0));

	KUNIT_ASSERT_EQ(test, close_range(HALF(0), HALF(1)), 0);
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages - 2);
	front_free(second, 1);
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
	KUNIT_EXPECT_EQ(test, test_pages_isolated(HALF(0), HALF(1), 0), 0);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	open_range(HALF(0), HALF(1));
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* The machine's own pageblocks, as many as can be closed (those with the kernel in them cannot). */
static void isolation_on_this_machine(struct kunit *test)
{
	unsigned long free, pfn, tried = 0;
	struct zone *zone;

	drain_all_pages(NULL);
	free = nr_free_pages();
	for_each_populated_zone(zone) {
		pfn = ALIGN(zone->zone_start_pfn, pageblock_nr_pages);
		for (; pfn + pageblock_nr_pages <= zone_end_pfn(zone) && tried < 64;
		     pfn += pageblock_nr_pages) {
			enum migratetype type = get_pfnblock_migratetype(pfn);

			if (close_range(pfn, pfn + 1))
				continue;
			tried++;
			KUNIT_EXPECT_LE(test, nr_free_pages(), free);
			undo_isolate_page_range(pfn, pfn + 1, type);
			KUNIT_EXPECT_EQ(test, get_pfnblock_migratetype(pfn), type);
			KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
		}
	}
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

static struct kunit_case page_isolation_cases[] = {
	KUNIT_CASE(isolation_closes_whole_pageblocks),
	KUNIT_CASE(isolation_gives_nothing_out),
	KUNIT_CASE(isolation_keeps_what_is_freed),
	KUNIT_CASE(isolation_is_refused),
	KUNIT_CASE(isolation_opens_as_another_type),
	KUNIT_CASE(isolation_opens_in_any_order),
	KUNIT_CASE(isolation_empties_the_cpus_lists),
	KUNIT_CASE(isolation_on_this_machine),
	{}
};

static struct kunit_suite page_isolation_suite = {
	.name = "page_isolation",
	.exit = page_sandbox_leave,
	.test_cases = page_isolation_cases,
};
kunit_test_suite(page_isolation_suite);
