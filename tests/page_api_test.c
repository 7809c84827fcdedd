// SPDX-License-Identifier: MIT
/*
 * What can be done with a block once one has it: hold it, hold a part of it, cut it up, have
 * exactly as much as one needs, or many single pages at once.
 */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "page_log.h"
#include "zone_sandbox.h"

/* -------------------------------- sizes -------------------------------- */

/* ledger: P4 */
static void get_order_is_log2_of_pages(struct kunit *test)
{
	static const struct { unsigned long size; int order; } sizes[] = {
		{ 1, 0 }, { 4095, 0 }, { 4096, 0 }, { 4097, 1 }, { 8192, 1 }, { 8193, 2 },
		{ SZ_64K, 4 }, { SZ_64K + 1, 5 }, { SZ_4M, 10 }, { SZ_4M + 1, 11 },
		{ SZ_2G, 19 }, { ~0UL, 20 },
	};

	for (int i = 0; i < ARRAY_SIZE(sizes); i++)
		KUNIT_EXPECT_EQ_MSG(test, get_order(sizes[i].size), sizes[i].order, "%lu",
				    sizes[i].size);
}

/* -------------------------------- references -------------------------------- */

/* ledger: P8 */
static void last_holder_frees(struct kunit *test)
{
	unsigned long free = nr_free_pages();
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	KUNIT_EXPECT_TRUE(test, get_page_unless_zero(page));
	KUNIT_EXPECT_EQ(test, page_count(page), 3);
	put_page(page);
	__free_page(page);		/* drops a reference, as put_page() does */
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free - 1);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	KUNIT_EXPECT_FALSE(test, get_page_unless_zero(page));
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
}

/* ledger: P8. put_page() in two steps, as code does that has something to say between them. */
static void put_in_two_steps(struct kunit *test)
{
	unsigned long free = nr_free_pages();
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	KUNIT_EXPECT_FALSE(test, put_page_testzero(page));
	KUNIT_EXPECT_TRUE(test, put_page_testzero(page));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free - 4);
	__put_page(page);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
}

/* -------------------------------- compound pages -------------------------------- */

static void expect_compound(struct kunit *test, struct page *head, unsigned int order)
{
	KUNIT_EXPECT_TRUE(test, PageHead(head));
	KUNIT_EXPECT_FALSE(test, PageTail(head));
	KUNIT_EXPECT_EQ(test, compound_order(head), order);
	KUNIT_EXPECT_EQ(test, compound_nr(head), 1UL << order);
	KUNIT_EXPECT_EQ(test, page_size(head), PAGE_SIZE << order);
	for (unsigned long i = 0; i < 1UL << order; i++) {
		struct page *page = nth_page(head, i);

		KUNIT_EXPECT_PTR_EQ(test, compound_head(page), head);
		KUNIT_EXPECT_TRUE(test, PageCompound(page));
		KUNIT_EXPECT_EQ(test, PageTail(page), i > 0);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
	}
	KUNIT_EXPECT_PTR_EQ(test, virt_to_head_page(page_address(head) + PAGE_SIZE + 1), head);
}

/* ledger: P8 G8 */
static void compound_pages_know_their_head(struct kunit *test)
{
	for (unsigned int order = 1; order <= 6; order++) {
		struct page *head = sandbox_alloc(GFP_KERNEL | __GFP_COMP, order);

		if (head)
			expect_compound(test, head, order);
		else
			KUNIT_EXPECT_NULL(test, oracle_zone(GFP_KERNEL, order));
	}
}

/*
 * ledger: P8 G8. A reference to any part holds the whole; the last one, to whichever part, frees
 * it.
 */
static void any_part_holds_the_whole(struct kunit *test)
{
	unsigned long free = nr_free_pages();
	struct page *head = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);

	KUNIT_ASSERT_NOT_NULL(test, head);
	get_page(head + 5);
	KUNIT_EXPECT_EQ(test, page_count(head), 2);
	KUNIT_EXPECT_EQ(test, page_count(head + 7), 2);
	__free_pages(head, 3);		/* its owner is done with it */
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free - 8);
	expect_compound(test, head, 3);
	put_page(head + 6);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	KUNIT_EXPECT_FALSE(test, PageHead(head));
}

/* ledger: P8. Order 0 is a page like any other, and a block without __GFP_COMP is not compound. */
static void not_compound(struct kunit *test)
{
	struct page *single = sandbox_alloc(GFP_KERNEL | __GFP_COMP, 0);
	struct page *plain = sandbox_alloc(GFP_KERNEL, 2);

	KUNIT_ASSERT_NOT_NULL(test, single);
	KUNIT_ASSERT_NOT_NULL(test, plain);
	KUNIT_EXPECT_FALSE(test, PageCompound(single));
	KUNIT_EXPECT_EQ(test, page_size(single), PAGE_SIZE);
	for (int i = 0; i < 4; i++) {
		KUNIT_EXPECT_FALSE(test, PageCompound(plain + i));
		KUNIT_EXPECT_PTR_EQ(test, compound_head(plain + i), plain + i);
		KUNIT_EXPECT_EQ(test, compound_order(plain + i), 0);
		KUNIT_EXPECT_EQ(test, page_count(plain + i), i == 0);
	}
}

/*
 * ledger: P8. Somebody (a lookup without locks, in Linux) holds the first page of a plain block
 * when its owner frees it. The other pages are free at once, the first one when it is let go of.
 */
static void first_page_held_by_another(struct kunit *test)
{
	for (unsigned int order = 1; order <= 6; order++) {
		unsigned long free = nr_free_pages();
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);

		if (!page)
			break;
		get_page(page);
		__free_pages(page, order);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free - 1);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		KUNIT_EXPECT_EQ(test, page_block_order(page), 0);
		KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
		for (unsigned int i = 0; i < order; i++)
			KUNIT_EXPECT_EQ(test, page_state(page + (1UL << i)), PAGE_FREE);
		put_page(page);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	}
}

/* -------------------------------- cutting up -------------------------------- */

/* ledger: P8 */
static void split_pages_are_freed_singly(struct kunit *test)
{
	for (unsigned int order = 0; order <= 5; order++) {
		unsigned long free = nr_free_pages(), n = 1UL << order;
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);

		if (!page)
			break;
		split_page(page, order);
		for (unsigned long i = 0; i < n; i++) {
			KUNIT_EXPECT_EQ(test, page_count(page + i), 1);
			KUNIT_EXPECT_EQ(test, page_state(page + i), PAGE_ALLOCATED);
			KUNIT_EXPECT_EQ(test, page_block_order(page + i), 0);
		}
		for (unsigned long i = 0; i < n; i++) {		/* in an order that jumps about */
			__free_page(page + (i * 5 + 3) % n);
			KUNIT_EXPECT_EQ(test, nr_free_pages(), free - n + i + 1);
		}
	}
}

/* ledger: P8 */
static void only_plain_blocks_are_split(struct kunit *test)
{
	struct page *compound = sandbox_alloc(GFP_KERNEL | __GFP_COMP, 2);
	struct page *plain = sandbox_alloc(GFP_KERNEL, 2);

	KUNIT_ASSERT_NOT_NULL(test, compound);
	KUNIT_ASSERT_NOT_NULL(test, plain);
	KUNIT_EXPECT_REPORT(test, "split_page: *", split_page(compound, 2));
	expect_compound(test, compound, 2);
	KUNIT_EXPECT_REPORT(test, "split_page: *", split_page(plain, 1));
	KUNIT_EXPECT_REPORT(test, "split_page: *", split_page(plain + 1, 0));
	KUNIT_EXPECT_EQ(test, page_block_order(plain), 2);
}

/* -------------------------------- exactly so much -------------------------------- */

static void expect_exact(struct kunit *test, size_t size)
{
	unsigned long free = nr_free_pages(), pages = DIV_ROUND_UP(size, PAGE_SIZE);
	void *p = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);

	if (!p) {
		KUNIT_EXPECT_NULL(test, oracle_zone(GFP_KERNEL, get_order(size)));
		return;
	}
	KUNIT_EXPECT_EQ_MSG(test, nr_free_pages(), free - pages, "%zu bytes", size);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED((unsigned long)p));
	for (unsigned long i = 0; i < pages; i++) {
		KUNIT_EXPECT_EQ(test, page_count(virt_to_page(p) + i), 1);
		KUNIT_EXPECT_EQ(test, *(u32 *)(p + i * PAGE_SIZE), 0);
		memset(p + i * PAGE_SIZE, 0x77, PAGE_SIZE);
	}
	free_pages_exact(p, size);
	KUNIT_EXPECT_EQ_MSG(test, nr_free_pages(), free, "%zu bytes", size);
}

/* ledger: P8. Linux rounds up to whole pages, not to a power of two of them. */
static void as_many_pages_as_needed(struct kunit *test)
{
	static const size_t sizes[] = {
		1, 4096, 4097, 3 * 4096, 5 * 4096 - 1, 5 * 4096, 5 * 4096 + 1, 7 * 4096, SZ_64K,
		SZ_64K + 1, 100 * 1000, 33 * 4096, SZ_512K - 4096, SZ_1M + 1, 3 * SZ_1M,
	};

	for (int i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_exact(test, sizes[i]);
}

static void *volatile exact;

/*
 * ledger: P8. Neither a compound page, which cannot be cut up, nor high memory, which has no
 * address.
 */
static void exact_refuses_some_flags(struct kunit *test)
{
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "alloc_pages_exact: *__GFP_COMP*",
			    exact = alloc_pages_exact(5000, GFP_KERNEL | __GFP_COMP));
	KUNIT_ASSERT_NOT_NULL(test, exact);
	KUNIT_EXPECT_FALSE(test, PageCompound(virt_to_page(exact)));
	free_pages_exact(exact, 5000);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "alloc_pages_exact: *", exact = alloc_pages_exact(1, GFP_HIGHUSER));
	KUNIT_ASSERT_NOT_NULL(test, exact);
	KUNIT_EXPECT_TRUE(test, virt_addr_valid(exact));
	free_pages_exact(exact, 1);
}

/* -------------------------------- many at once -------------------------------- */

#define BULK	24

static void free_all(struct page **array, unsigned long n)
{
	while (n--)
		if (array[n])
			__free_page(array[n]);
}

static void fill_the_holes(struct kunit *test)
{
	unsigned long free = nr_free_pages();
	struct page *array[BULK + 1] = {}, *first, *fourth;

	array[0] = first = alloc_page(GFP_KERNEL);
	array[3] = fourth = alloc_page(GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_array(GFP_KERNEL, BULK, array), BULK);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free - BULK);
	KUNIT_EXPECT_PTR_EQ(test, array[0], first);
	KUNIT_EXPECT_PTR_EQ(test, array[3], fourth);
	KUNIT_EXPECT_NULL(test, array[BULK]);
	for (int i = 0; i < BULK; i++) {
		KUNIT_ASSERT_NOT_NULL(test, array[i]);
		KUNIT_EXPECT_EQ(test, page_count(array[i]), 1);
		for (int j = 0; j < i; j++)
			KUNIT_EXPECT_PTR_NE(test, array[i], array[j]);
	}
	/* nothing is left to do */
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_array(GFP_KERNEL, BULK, array), BULK);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free - BULK);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_array(GFP_KERNEL, 0, array), 0);
	free_all(array, BULK);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
}

static bool is_fine(struct page *page, unsigned int order, gfp_t gfp)
{
	return true;
}

static struct page_observer watching = { .name = "page_api", .alloc = is_fine };

/*
 * ledger: P8. Places that are filled already stay so, and count; also when a checker wants to see
 * each page.
 */
static void bulk_fills_the_holes(struct kunit *test)
{
	fill_the_holes(test);
	page_observer_attach(&watching);
	fill_the_holes(test);
	page_observer_detach(&watching);
}

/*
 * ledger: P8 V1. A run that is longer than what the first zone can spare: it gives what it can
 * before the next one is asked, as it would page by page.
 */
static void runs_use_up_the_first_zone(struct kunit *test)
{
	const struct zoneref *first = gfp_zonelist(GFP_HIGHUSER)->refs;
	unsigned long spare = 23, got;
	struct page *page, *next;
	LIST_HEAD(taken);

	if (!zone_squeeze(first->zone, first->low_mark + spare))
		kunit_skip(test, "the first zone has not so much to give, or a checker watches");
	while (first->zone->nr_free_pages > first->low_mark) {
		page = alloc_page_run(GFP_HIGHUSER, 1024, &got);
		KUNIT_ASSERT_NOT_NULL(test, page);
		for (unsigned long i = 0; i < got; i++)
			list_add(&page[i].lru, &taken);
		KUNIT_ASSERT_PTR_EQ(test, page_zone(page), first->zone);
		KUNIT_EXPECT_LE(test, got, spare);
		spare -= got;
	}
	KUNIT_EXPECT_EQ(test, spare, 0);
	list_for_each_entry_safe(page, next, &taken, lru)
		__free_page(page);
}

/*
 * ledger: P8. When memory is short: as many as there were, counted from the front up to the first
 * hole.
 */
static void bulk_stops_where_memory_ends(struct kunit *test)
{
	struct zone *zone = gfp_zonelist(GFP_KERNEL)->refs[0].zone;
	struct page *array[BULK] = {}, *held = sandbox_alloc(GFP_KERNEL, 0);
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY;	/* nobody shall die for it */
	struct zone *other;
	LIST_HEAD(list);

	KUNIT_ASSERT_NOT_NULL(test, held);
	for_each_populated_zone(other)
		zone_squeeze(other, other == zone ? min_wmark_pages(zone) + 3 : 0);
	array[1] = held;
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_array(gfp, BULK, array), 4);
	for (int i = 0; i < BULK; i++)
		KUNIT_EXPECT_EQ_MSG(test, array[i] != NULL, i < 4, "place %d", i);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_list(gfp, BULK, &list), 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
	array[1] = NULL;		/* the sandbox's */
	free_all(array, 4);
}

/* ledger: P8 */
static void bulk_as_a_list(struct kunit *test)
{
	unsigned long free = nr_free_pages(), n = 0;
	struct page *page, *next;
	LIST_HEAD(list);

	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_list(GFP_KERNEL, BULK, &list), BULK);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_list(GFP_KERNEL, 0, &list), 0);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_list(GFP_KERNEL, 2, &list), 2);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free - BULK - 2);
	list_for_each_entry_safe(page, next, &list, lru) {
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		__free_page(page);
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, BULK + 2);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
}

/* -------------------------------- boot's pages -------------------------------- */

/*
 * ledger: P2. As a balloon driver does it: a page is taken out of the allocator's books, and
 * returned.
 */
static void reserved_page_is_handed_over(struct kunit *test)
{
	unsigned long free = nr_free_pages(), total = totalram_pages();
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	page_zone(page)->managed_pages--;
	set_page_block(page, PAGE_RESERVED, 0);
	__SetPageReserved(page);
	free_reserved_page(page);
	KUNIT_EXPECT_FALSE(test, PageReserved(page));
	KUNIT_EXPECT_EQ(test, totalram_pages(), total);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
}

/* ledger: P2. Of a range that is not made of whole pages, the whole ones. */
static void reserved_area_is_handed_over(struct kunit *test)
{
	unsigned long total = totalram_pages();
	char *area = alloc_pages_exact(4 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, area);
	for (int i = 1; i < 3; i++) {
		page_zone(virt_to_page(area))->managed_pages--;
		set_page_block(virt_to_page(area) + i, PAGE_RESERVED, 0);
		__SetPageReserved(virt_to_page(area) + i);
	}
	KUNIT_EXPECT_EQ(test, free_reserved_area(area + 1, area + 4 * PAGE_SIZE - 1, 0x5a, NULL), 2);
	KUNIT_EXPECT_EQ(test, totalram_pages(), total);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(area)), 1);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(area) + 3), 1);
	KUNIT_EXPECT_EQ(test, free_reserved_area(area + 1, area + PAGE_SIZE, -1, NULL), 0);
	free_page((unsigned long)area);
	free_page((unsigned long)area + 3 * PAGE_SIZE);
}

/* ledger: P8. Who holds the first page of a block holds it when it has become a page. */
static void split_pages_keep_their_holders(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	split_page(page, 2);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	for (int i = 0; i < 4; i++)
		__free_page(page + i);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
}

static struct kunit_case page_api_cases[] = {
	KUNIT_CASE(get_order_is_log2_of_pages),
	KUNIT_CASE(last_holder_frees),
	KUNIT_CASE(put_in_two_steps),
	KUNIT_CASE(compound_pages_know_their_head),
	KUNIT_CASE(any_part_holds_the_whole),
	KUNIT_CASE(not_compound),
	KUNIT_CASE(first_page_held_by_another),
	KUNIT_CASE(split_pages_are_freed_singly),
	KUNIT_CASE(split_pages_keep_their_holders),
	KUNIT_CASE(reserved_area_is_handed_over),
	KUNIT_CASE(only_plain_blocks_are_split),
	KUNIT_CASE(as_many_pages_as_needed),
	KUNIT_CASE(exact_refuses_some_flags),
	KUNIT_CASE(bulk_fills_the_holes),
	KUNIT_CASE(runs_use_up_the_first_zone),
	KUNIT_CASE(bulk_stops_where_memory_ends),
	KUNIT_CASE(bulk_as_a_list),
	KUNIT_CASE(reserved_page_is_handed_over),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite page_api_suite = {
	.name = "page_api",
	.init = zone_sandbox_enter,
	.exit = zone_sandbox_leave,
	.test_cases = page_api_cases,
};
kunit_test_suite(page_api_suite);
