// SPDX-License-Identifier: MIT
/*
 * Migrate types in a sandbox: pageblocks, what happens when a type has nothing left, and pageblocks
 * that are set apart.
 */
#include "page_sandbox.h"

/* The first frame of the n-th pageblock of zone_of(), and of the sandbox. */
#define BLOCK(n)	(SANDBOX_START + (n) * MAX_ORDER_NR_PAGES)
#define HALF(n)		(SANDBOX_START + (n) * pageblock_nr_pages)

static enum migratetype type_of(unsigned long pfn)
{
	return get_pfnblock_migratetype(pfn);
}

/*
 * A zone of pageblocks of these types (up to three), all free. Between them are holes, so that
 * each is one block of order 9 for good.
 */
static struct zone *zone_of(struct kunit *test, unsigned int nr, const enum migratetype *types)
{
	struct zone *zone;
	unsigned int i;

	page_sandbox_enter(test);
	zone = page_sandbox_zone(ZONE_NORMAL, SANDBOX_START, BLOCK(nr));
	for (i = 0; i < nr; i++) {
		page_sandbox_ram(zone, BLOCK(i), BLOCK(i) + pageblock_nr_pages);
		locked_move(zone, BLOCK(i), types[i]);
	}
	return zone;
}

/*
 * Take all of pageblock @n and give back blocks of @order at every @step-th place of it, the
 * lowest last.
 */
static void thin_out(struct kunit *test, struct zone *zone, unsigned int n, unsigned int order,
		     unsigned long step)
{
	struct page *page = locked_alloc(zone, 9, type_of(BLOCK(n)));
	unsigned long i;

	KUNIT_ASSERT_PTR_EQ(test, page, pfn_to_page(BLOCK(n)));
	for (i = 0; i < pageblock_nr_pages; i += 1UL << order)
		set_page_block(page + i, PAGE_ALLOCATED, order);
	for (i = 0; i < pageblock_nr_pages; i += step)
		locked_free(zone, page + (pageblock_nr_pages - step - i), order);
}

/* ---- one's own first ---- */

/* ledger: P10 */
static void types_have_lists_of_their_own(struct kunit *test)
{
	static const enum migratetype types[] = {
		MIGRATE_MOVABLE, MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE,
	};
	struct zone *zone = zone_of(test, 3, types);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct page *page = locked_alloc(zone, 4, types[i]);

		KUNIT_EXPECT_PTR_EQ(test, page, pfn_to_page(BLOCK(i)));
		KUNIT_EXPECT_EQ(test, list_length(zone, 4, types[i]), 1);
		locked_free(zone, page, 4);
		KUNIT_EXPECT_EQ(test, list_length(zone, 9, types[i]), 1);
	}
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* ---- falling back ---- */

struct fallback {
	enum migratetype want, first, second;	/* whose blocks are taken, in this order */
};

static const struct fallback fallback_orders[] = {
	{ MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
	{ MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
	{ MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
};

static void describe(const struct fallback *f, char *desc)
{
	strscpy(desc, migratetype_names[f->want], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fallback_orders, fallback_orders, describe);

/* ledger: P10. A whole pageblock is there of each other type: it changes hands as a whole. */
static void types_steal_a_pageblock(struct kunit *test)
{
	const struct fallback *f = test->param_value;
	enum migratetype types[] = { f->second, f->first, MIGRATE_ISOLATE };
	struct zone *zone = zone_of(test, 3, types);
	struct page *page = locked_alloc(zone, 0, f->want);

	KUNIT_ASSERT_PTR_EQ(test, page, pfn_to_page(BLOCK(1)));
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(1)), f->want);
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(0)), f->second);
	KUNIT_EXPECT_EQ(test, list_length(zone, 8, f->want), 1);
	KUNIT_EXPECT_TRUE(test, zones_validate());

	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(zone, 9, f->want), pfn_to_page(BLOCK(0)));
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(0)), f->want);
	KUNIT_EXPECT_NULL(test, locked_alloc(zone, 9, f->want));	/* not the closed one */
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(2)), MIGRATE_ISOLATE);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* The largest block goes, even if it is of the type that is asked last. */
static void types_steal_the_largest(struct kunit *test)
{
	const struct fallback *f = test->param_value;
	enum migratetype types[] = { f->first, f->second };
	struct zone *zone = zone_of(test, 2, types);

	thin_out(test, zone, 0, 7, 256);
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(zone, 2, f->want), pfn_to_page(BLOCK(1)));
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(0)), f->first);
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(1)), f->want);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* A block of order 10 lies in two pageblocks: both change hands. */
static void types_steal_two_pageblocks(struct kunit *test)
{
	const struct fallback *f = test->param_value;
	struct zone *zone = page_sandbox_simple(test, 1);
	struct page *page;

	locked_move(zone, HALF(0), f->second);
	locked_free(zone, locked_alloc(zone, 9, f->second), 9);		/* merges with the other half */
	KUNIT_ASSERT_EQ(test, list_length(zone, 10, f->second), 1);
	page = locked_alloc(zone, 0, f->want);
	KUNIT_ASSERT_PTR_EQ(test, page, pfn_to_page(BLOCK(0)));
	KUNIT_EXPECT_EQ(test, type_of(HALF(0)), f->want);
	KUNIT_EXPECT_EQ(test, type_of(HALF(1)), f->want);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/*
 * Less than a pageblock is there. UNMOVABLE and RECLAIMABLE take the pageblock over if half of it
 * is free, since they would spoil it anyway; MOVABLE does so for large blocks only.
 */
static void types_claim_half_free_pageblocks(struct kunit *test)
{
	const struct fallback *f = test->param_value;
	enum migratetype types[] = { f->first, MIGRATE_ISOLATE };
	struct zone *zone = zone_of(test, 2, types);
	bool small_is_enough = f->want != MIGRATE_MOVABLE;
	struct page *page;

	thin_out(test, zone, 0, 3, 16);		/* half of it, in blocks of order 3 */
	page = locked_alloc(zone, 0, f->want);
	KUNIT_ASSERT_PTR_EQ(test, page, pfn_to_page(small_is_enough ? BLOCK(0) + 496 : BLOCK(0)));
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(0)), small_is_enough ? f->want : f->first);
	KUNIT_EXPECT_EQ(test, list_length(zone, 3, type_of(BLOCK(0))), 31);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* A quarter is free: the pageblock keeps its type, and only the block goes. */
static void types_leave_busy_pageblocks(struct kunit *test)
{
	const struct fallback *f = test->param_value;
	enum migratetype types[] = { f->first, MIGRATE_ISOLATE };
	struct zone *zone = zone_of(test, 2, types);
	struct page *page;

	thin_out(test, zone, 0, 7, 512);
	page = locked_alloc(zone, 5, f->want);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(0)), f->first);
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 1 1 0 0 1 0");
	KUNIT_EXPECT_EQ(test, list_length(zone, 5, f->first), 1);
	KUNIT_EXPECT_EQ(test, list_length(zone, 6, f->first), 1);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	locked_free(zone, page, 5);
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 1 0 1 0");
}

/* MOVABLE pages that must go among others take the smallest block that will do. */
static void types_movable_takes_the_smallest(struct kunit *test)
{
	static const enum migratetype types[] = { MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE };
	struct zone *zone = zone_of(test, 2, types);

	thin_out(test, zone, 0, 1, 4);
	thin_out(test, zone, 1, 3, 16);
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(zone, 1, MIGRATE_MOVABLE), pfn_to_page(BLOCK(0)));
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(zone, 2, MIGRATE_MOVABLE), pfn_to_page(BLOCK(1)));
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(0)), MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_EQ(test, type_of(BLOCK(1)), MIGRATE_RECLAIMABLE);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* Nothing falls back to types that are set apart, and they to nothing else. */
static void types_apart_are_left_alone(struct kunit *test)
{
	static const enum migratetype types[] = {
		MIGRATE_ISOLATE, MIGRATE_HIGHATOMIC, MIGRATE_CMA,
	};
	struct zone *zone = zone_of(test, 3, types);
	enum migratetype want;

	for (want = 0; want < MIGRATE_PCPTYPES; want++)
		KUNIT_EXPECT_NULL(test, locked_alloc(zone, 0, want));
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 3 0");
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 2 * pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* ---- pageblocks and blocks ---- */

/* Free pageblocks of ordinary types become one block, which is of one type. */
static void types_merge_across_pageblocks(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	struct page *page = locked_alloc(zone, 0, MIGRATE_MOVABLE);

	locked_move(zone, HALF(1), MIGRATE_UNMOVABLE);
	EXPECT_FREE_BLOCKS(test, zone, "1 1 1 1 1 1 1 1 1 1 0");
	KUNIT_EXPECT_EQ(test, list_length(zone, 9, MIGRATE_UNMOVABLE), 1);
	locked_free(zone, page, 0);
	EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 0 1");
	KUNIT_EXPECT_EQ(test, type_of(HALF(0)), type_of(HALF(1)));
	KUNIT_EXPECT_EQ(test, list_length(zone, 10, type_of(HALF(0))), 1);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* Those set apart merge with their like only. */
static void types_apart_stay_apart(struct kunit *test)
{
	static const enum migratetype apart[] = { MIGRATE_ISOLATE, MIGRATE_CMA, MIGRATE_HIGHATOMIC };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(apart); i++) {
		struct zone *zone = page_sandbox_simple(test, 2);
		unsigned int half;

		for (half = 1; half < 4; half++)
			locked_move(zone, HALF(half), apart[i]);
		for (half = 0; half < 4; half++) {
			EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 2 1");
			locked_take_out(zone, HALF(half) + 7);
			locked_free(zone, pfn_to_page(HALF(half) + 7), 0);
		}
		KUNIT_EXPECT_EQ(test, list_length(zone, 10, apart[i]), 1);
		KUNIT_EXPECT_TRUE(test, zones_validate());
		page_sandbox_leave(test);
	}
}

/* While a block of order 10 was somebody's, one of its pageblocks was closed. */
static void types_free_over_two_pageblocks(struct kunit *test)
{
	unsigned int half;

	for (half = 0; half < 2; half++) {
		struct zone *zone = page_sandbox_simple(test, 1);
		struct page *page = locked_alloc(zone, 10, MIGRATE_MOVABLE);

		KUNIT_EXPECT_EQ(test, locked_move(zone, HALF(half), MIGRATE_ISOLATE), 0);
		locked_free(zone, page, 10);
		EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 2 0");
		KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages);
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages, pageblock_nr_pages);
		KUNIT_EXPECT_TRUE(test, zones_validate());
		page_sandbox_leave(test);
	}
}

/* Moving a pageblock moves its free blocks, and only its own. */
static void types_move_a_pageblock(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 2);
	struct page *first = locked_alloc(zone, 0, MIGRATE_MOVABLE), *page;

	KUNIT_EXPECT_EQ(test, locked_move(zone, HALF(1) + 77, MIGRATE_UNMOVABLE), pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, type_of(HALF(0)), MIGRATE_MOVABLE);
	KUNIT_EXPECT_EQ(test, type_of(HALF(1)), MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_EQ(test, list_length(zone, 9, MIGRATE_UNMOVABLE), 1);
	KUNIT_EXPECT_EQ(test, list_length(zone, 8, MIGRATE_MOVABLE), 1);
	KUNIT_EXPECT_TRUE(test, zones_validate());

	page = locked_alloc(zone, 3, MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_PTR_EQ(test, page, pfn_to_page(HALF(1)));
	KUNIT_EXPECT_EQ(test, locked_move(zone, HALF(1), MIGRATE_ISOLATE), pageblock_nr_pages - 8);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages - 8);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	locked_free(zone, page, 3);		/* to the closed ones */
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, list_length(zone, 9, MIGRATE_ISOLATE), 1);
	KUNIT_EXPECT_EQ(test, locked_move(zone, HALF(1), MIGRATE_RECLAIMABLE), pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, 0);
	KUNIT_EXPECT_EQ(test, list_length(zone, 9, MIGRATE_RECLAIMABLE), 1);
	locked_free(zone, first, 0);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 4 * pageblock_nr_pages);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* One half of a free block of order 10 is closed, and opened again. */
static void types_part_and_rejoin(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned int half;

	for (half = 0; half < 2; half++) {
		KUNIT_EXPECT_EQ(test, locked_move(zone, HALF(half), MIGRATE_ISOLATE),
				pageblock_nr_pages);
		EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 2 0");
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages, pageblock_nr_pages);
		KUNIT_EXPECT_TRUE(test, zones_validate());
		KUNIT_EXPECT_EQ(test, locked_move(zone, HALF(half), MIGRATE_UNMOVABLE),
				pageblock_nr_pages);
		EXPECT_FREE_BLOCKS(test, zone, "0 0 0 0 0 0 0 0 0 0 1");
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages, MAX_ORDER_NR_PAGES);
		KUNIT_EXPECT_TRUE(test, zones_validate());
	}
}

static struct kunit_case buddy_types_cases[] = {
	KUNIT_CASE(types_have_lists_of_their_own),
	KUNIT_CASE_PARAM(types_steal_a_pageblock, fallback_orders_gen_params),
	KUNIT_CASE_PARAM(types_steal_the_largest, fallback_orders_gen_params),
	KUNIT_CASE_PARAM(types_steal_two_pageblocks, fallback_orders_gen_params),
	KUNIT_CASE_PARAM(types_claim_half_free_pageblocks, fallback_orders_gen_params),
	KUNIT_CASE_PARAM(types_leave_busy_pageblocks, fallback_orders_gen_params),
	KUNIT_CASE(types_movable_takes_the_smallest),
	KUNIT_CASE(types_apart_are_left_alone),
	KUNIT_CASE(types_merge_across_pageblocks),
	KUNIT_CASE(types_apart_stay_apart),
	KUNIT_CASE(types_free_over_two_pageblocks),
	KUNIT_CASE(types_move_a_pageblock),
	KUNIT_CASE(types_part_and_rejoin),
	{}
};

static struct kunit_suite buddy_types_suite = {
	.name = "buddy_types",
	.exit = page_sandbox_leave,
	.test_cases = buddy_types_cases,
};
kunit_test_suite(buddy_types_suite);
