// SPDX-License-Identifier: MIT
/* The CPUs' own lists in a sandbox: what is fetched and returned when, and who keeps out. */
#include <linux/minmax.h>
#include "page_sandbox.h"

#define HIGH	24
#define BATCH	8
#define ALL_FREE "0 0 0 0 0 0 0 0 0 0 3"

static struct zone *zone;
static struct per_cpu_pages *pcp;
static int preempt_depth;

static int setup(struct kunit *test)
{
	preempt_depth = preempt_count();
	zone = page_sandbox_simple(test, 3);
	pcp_enable(true);
	pcp = &zone->per_cpu_pageset[0];
	pcp->high = HIGH;
	pcp->batch = BATCH;
	return 0;
}

static void teardown(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, preempt_count(), preempt_depth);
	page_sandbox_leave(test);
}

static struct page *take(unsigned int order)
{
	return front_alloc(zone, order, MIGRATE_MOVABLE);
}

static void give(struct page *page, unsigned int order)
{
	front_free(page, order);
}

/* ---- in and out ---- */

/* ledger: P11. An empty list fetches a batch; the next ones do not ask the zone. */
static void pcp_fetches_a_batch(struct kunit *test)
{
	unsigned long free = zone->nr_free_pages;
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		struct page *page = take(0);

		KUNIT_EXPECT_PTR_EQ(test, page, pfn_to_page(SANDBOX_START + i));
		KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
		KUNIT_EXPECT_EQ(test, pcp->count, BATCH - 1 - i);
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages, free - BATCH);
		KUNIT_EXPECT_TRUE(test, zones_validate());
	}
	take(0);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, free - 2 * BATCH);
}

/* A batch is so many pages, of whatever order; at least one block. Larger orders have no lists. */
static void pcp_batches_of_all_orders(struct kunit *test)
{
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long free = zone->nr_free_pages, fetched;
		struct page *page = take(order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_EQ(test, page_block_order(page), order);
		fetched = free - zone->nr_free_pages;
		KUNIT_EXPECT_EQ(test, fetched, max_t(unsigned long, BATCH, 1UL << order));
		KUNIT_EXPECT_EQ(test, pcp->count, fetched - (1UL << order));
		give(page, order);
		KUNIT_EXPECT_EQ(test, pcp->count, order < NR_PCP_ORDERS ? fetched : 0);
		KUNIT_EXPECT_TRUE(test, zones_validate());
		drain_local_pages(zone);
		EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
	}
	pcp->batch = 1;
	give(take(3), 3);
	KUNIT_EXPECT_EQ(test, pcp->count, 8);
}

/* What was freed last is still in the cache: it is the next to go. */
static void pcp_reuses_the_latest(struct kunit *test)
{
	struct page *a = take(1), *b = take(1), *c = take(1);

	give(a, 1);
	give(c, 1);
	give(b, 1);
	KUNIT_EXPECT_PTR_EQ(test, take(1), b);
	KUNIT_EXPECT_PTR_EQ(test, take(1), c);
	KUNIT_EXPECT_PTR_EQ(test, take(1), a);
}

/* Each order and each type has its list; a block goes to that of its pageblock's type. */
static void pcp_keeps_lists_apart(struct kunit *test)
{
	struct page *one = take(0), *two = take(1), *other;

	give(one, 0);
	give(two, 1);
	KUNIT_EXPECT_PTR_EQ(test, take(0), one);
	KUNIT_EXPECT_PTR_EQ(test, take(1), two);

	give(one, 0);
	other = front_alloc(zone, 0, MIGRATE_UNMOVABLE);	/* claims a pageblock for itself */
	KUNIT_EXPECT_PTR_NE(test, other, one);
	KUNIT_ASSERT_EQ(test, get_pageblock_migratetype(other), MIGRATE_UNMOVABLE);
	give(other, 0);
	KUNIT_EXPECT_PTR_EQ(test, take(0), one);
	KUNIT_EXPECT_PTR_EQ(test, front_alloc(zone, 0, MIGRATE_UNMOVABLE), other);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* A block on these lists is not free: its buddy finds no partner. */
static void pcp_blocks_do_not_merge(struct kunit *test)
{
	struct page *a = locked_alloc(zone, 0, MIGRATE_MOVABLE);
	struct page *b = locked_alloc(zone, 0, MIGRATE_MOVABLE);

	KUNIT_ASSERT_PTR_EQ(test, b, a + 1);
	give(a, 0);
	KUNIT_EXPECT_EQ(test, page_state(a), PAGE_PCP);
	locked_free(zone, b, 0);
	KUNIT_EXPECT_EQ(test, zone->free_area[0].nr_free, 1);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 3 * MAX_ORDER_NR_PAGES - 1);
	drain_all_pages(NULL);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* ---- how much ---- */

/* Above the high mark a batch goes back. */
static void pcp_returns_a_batch(struct kunit *test)
{
	struct page *pages[2 * HIGH];
	unsigned int i;

	for (i = 0; i < 2 * HIGH; i++)
		pages[i] = locked_alloc(zone, 0, MIGRATE_MOVABLE);
	for (i = 0; i < HIGH; i++)
		give(pages[i], 0);
	KUNIT_EXPECT_EQ(test, pcp->count, HIGH);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 3 * MAX_ORDER_NR_PAGES - 2 * HIGH);
	give(pages[i++], 0);
	KUNIT_EXPECT_EQ(test, pcp->count, HIGH + 1 - BATCH);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 3 * MAX_ORDER_NR_PAGES - 2 * HIGH + BATCH);
	for (; i < 2 * HIGH; i++) {
		give(pages[i], 0);
		KUNIT_EXPECT_LE(test, pcp->count, HIGH);
		KUNIT_EXPECT_TRUE(test, zones_validate());
	}
	drain_local_pages(NULL);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* Pages go back list by list: one is emptied before the next, and then it goes on from there. */
static void pcp_returns_list_by_list(struct kunit *test)
{
	struct page *small[4], *large[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		large[i] = locked_alloc(zone, 3, MIGRATE_MOVABLE);
	for (i = 0; i < 4; i++)
		small[i] = locked_alloc(zone, 0, MIGRATE_MOVABLE);
	for (i = 0; i < 4; i++)
		give(small[i], 0);
	for (i = 0; i < 3; i++)
		give(large[i], 3);		/* 28 pages: the 4 small ones go, and a block of 8 */
	KUNIT_EXPECT_EQ(test, pcp->count, 16);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_NE(test, page_state(small[i]), PAGE_PCP);
	KUNIT_EXPECT_EQ(test, page_state(large[0]), PAGE_PCP);

	pcp->batch = 9;
	small[0] = locked_alloc(zone, 0, MIGRATE_MOVABLE);
	give(small[0], 0);
	give(locked_alloc(zone, 3, MIGRATE_MOVABLE), 3);	/* 25 pages: at least 9 go */
	KUNIT_EXPECT_EQ(test, pcp->count, 9);
	KUNIT_EXPECT_EQ(test, page_state(small[0]), PAGE_PCP);	/* not its turn yet */
	KUNIT_EXPECT_TRUE(test, zones_validate());
	pcp->batch = 100;
	pcp->high = 1;
	give(locked_alloc(zone, 1, MIGRATE_MOVABLE), 1);	/* all that there is */
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

static void pcp_when_there_is_nothing(struct kunit *test)
{
	struct page *pages[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		pages[i] = take(10);
	KUNIT_EXPECT_NULL(test, take(0));
	KUNIT_EXPECT_NULL(test, take(3));
	KUNIT_EXPECT_NULL(test, take(4));
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
	KUNIT_EXPECT_FALSE(test, in_cpu_layer());
	for (i = 0; i < 3; i++)
		give(pages[i], 10);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

static void expect_counts(struct kunit *test, unsigned long pages)
{
	KUNIT_EXPECT_EQ(test, zone->nr_alloc + pcp->nr_alloc, pages);
	KUNIT_EXPECT_EQ(test, zone->nr_freed + pcp->nr_freed, pages);
}

/* Through the lists or past them: both are counted. */
static void pcp_counts_pages(struct kunit *test)
{
	struct page *page = take(2);

	give(page, 2);
	expect_counts(test, 4);
	give(take(5), 5);
	expect_counts(test, 36);
	cpu_layer_enter();
	give(take(0), 0);
	expect_counts(test, 37);
	cpu_layer_leave();
}

/* ---- somebody is inside ---- */

/* As an interrupt finds it that comes while this CPU is busy with its lists. */
static void pcp_interrupt_goes_to_the_core(struct kunit *test)
{
	struct per_cpu_pages before;
	struct page *page;

	give(take(0), 0);
	before = *pcp;
	cpu_layer_enter();

	page = take(0);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 3 * MAX_ORDER_NR_PAGES - BATCH - 1);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	give(page, 0);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 3 * MAX_ORDER_NR_PAGES - BATCH);
	KUNIT_EXPECT_MEMEQ(test, pcp, &before, sizeof(before));
	KUNIT_EXPECT_TRUE(test, zones_validate());
	cpu_layer_leave();
}

/* While this CPU is inside, nobody takes anything away from under it. */
static void pcp_is_not_drained_while_inside(struct kunit *test)
{
	give(take(0), 0);
	cpu_layer_enter();
	drain_local_pages(zone);
	KUNIT_EXPECT_EQ(test, pcp->count, BATCH);
	cpu_layer_leave();
	drain_local_pages(zone);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
}

/* ---- draining, switching off ---- */

static void pcp_drains_one_zone_or_all(struct kunit *test)
{
	struct zone *other = page_sandbox_zone(ZONE_DMA, 512, 1024);
	struct per_cpu_pages *others = &other->per_cpu_pageset[0];
	struct page *page;

	page_sandbox_ram(other, 512, 1024);
	others->high = HIGH;
	others->batch = BATCH;
	page = front_alloc(other, 0, MIGRATE_MOVABLE);
	KUNIT_ASSERT_PTR_EQ(test, page_zone(page), other);
	give(page, 0);
	give(take(0), 0);
	KUNIT_EXPECT_EQ(test, others->count, BATCH);
	KUNIT_EXPECT_EQ(test, pcp->count, BATCH);
	drain_all_pages(other);
	KUNIT_EXPECT_EQ(test, others->count, 0);
	KUNIT_EXPECT_EQ(test, pcp->count, BATCH);
	EXPECT_FREE_BLOCKS(test, other, "0 0 0 0 0 0 0 0 0 1 0");
	give(front_alloc(other, 0, MIGRATE_MOVABLE), 0);
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, others->count + pcp->count, 0);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

static void pcp_switched_off_and_on(struct kunit *test)
{
	give(take(0), 0);
	pcp_enable(false);
	KUNIT_EXPECT_FALSE(test, pcp_enabled());
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
	give(take(2), 2);
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
	EXPECT_FREE_BLOCKS(test, zone, ALL_FREE);
	pcp_enable(false);
	drain_all_pages(NULL);			/* nothing to wait for */

	pcp_enable(true);
	KUNIT_EXPECT_TRUE(test, pcp_enabled());
	give(take(2), 2);
	KUNIT_EXPECT_EQ(test, pcp->count, BATCH);
	pcp_enable(true);
	KUNIT_EXPECT_EQ(test, pcp->count, BATCH);
}

static void pcp_leaves_closed_pageblocks_alone(struct kunit *test)
{
	struct page *page = locked_alloc(zone, 0, MIGRATE_MOVABLE);

	locked_move(zone, page_to_pfn(page), MIGRATE_ISOLATE);
	give(page, 0);
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
	KUNIT_EXPECT_EQ(test, zone->nr_isolated_free, pageblock_nr_pages);
}

/* ---- sizes ---- */

/* Batches are Linux 6.1's for zones of these sizes; the lists hold a few, but never much. */
static void pcp_sizes_follow_the_zone(struct kunit *test)
{
	static const struct { unsigned long managed; int batch; } zones[] = {
		{ 0, 1 }, { 3977, 1 }, { 32768, 7 }, { 225280, 63 }, { 1UL << 20, 63 }, { 15UL << 20, 63 },
	};
	struct zone *empty = &contig_page_data.node_zones[ZONE_HIGHMEM];
	struct per_cpu_pages *last = &empty->per_cpu_pageset[NR_CPUS - 1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(zones); i++) {
		empty->managed_pages = zones[i].managed;
		pcp_set_sizes(empty);
		KUNIT_EXPECT_EQ(test, empty->per_cpu_pageset[0].batch, zones[i].batch);
		KUNIT_EXPECT_EQ(test, last->batch, zones[i].batch);
		KUNIT_EXPECT_GE(test, last->high, 4 * last->batch);
		KUNIT_EXPECT_LE(test, last->high, MAX_ORDER_NR_PAGES);
		KUNIT_EXPECT_LE(test, last->high, max_t(unsigned long, zones[i].managed / 64, 4));
	}
}

/* ledger: P11. On the machine itself: a drain brings back all that was free before. */
static void pcp_on_this_machine(struct kunit *test)
{
	struct page *pages[40];
	unsigned long free;
	unsigned int i, n;

	page_sandbox_leave(test);
	drain_all_pages(NULL);
	free = nr_free_pages();
	n = alloc_pages_bulk_array(GFP_KERNEL, ARRAY_SIZE(pages), memset(pages, 0, sizeof(pages)));
	KUNIT_EXPECT_EQ(test, n, ARRAY_SIZE(pages));
	for (i = 0; i < n; i++)
		__free_page(pages[i]);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

static struct kunit_case page_pcp_cases[] = {
	KUNIT_CASE(pcp_fetches_a_batch),
	KUNIT_CASE(pcp_batches_of_all_orders),
	KUNIT_CASE(pcp_reuses_the_latest),
	KUNIT_CASE(pcp_keeps_lists_apart),
	KUNIT_CASE(pcp_blocks_do_not_merge),
	KUNIT_CASE(pcp_returns_a_batch),
	KUNIT_CASE(pcp_returns_list_by_list),
	KUNIT_CASE(pcp_when_there_is_nothing),
	KUNIT_CASE(pcp_counts_pages),
	KUNIT_CASE(pcp_interrupt_goes_to_the_core),
	KUNIT_CASE(pcp_is_not_drained_while_inside),
	KUNIT_CASE(pcp_drains_one_zone_or_all),
	KUNIT_CASE(pcp_switched_off_and_on),
	KUNIT_CASE(pcp_leaves_closed_pageblocks_alone),
	KUNIT_CASE(pcp_sizes_follow_the_zone),
	KUNIT_CASE(pcp_on_this_machine),
	{}
};

static struct kunit_suite page_pcp_suite = {
	.name = "page_pcp",
	.init = setup,
	.exit = teardown,
	.test_cases = page_pcp_cases,
};
kunit_test_suite(page_pcp_suite);
