// SPDX-License-Identifier: MIT
/*
 * page_poison: a freed page is full of the pattern, and who writes to it is found out when it is
 * allocated again.
 */
#include <linux/highmem.h>
#include <linux/kasan.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "page_checkers.h"

static struct page_observer *poison;
static bool since_boot;

static struct page *alloc(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page;
}

static void fill(struct page *page, int byte, size_t from, size_t count)
{
	u8 *kaddr = kmap_local_pfn(page_to_pfn(page));

	kasan_disable_current();
	memset(kaddr + from, byte, count);
	kasan_enable_current();
	kunmap_local(kaddr);
}

static bool is_full_of(struct page *page, int byte)
{
	u8 *kaddr = kmap_local_pfn(page_to_pfn(page));
	bool full;

	kasan_disable_current();	/* it is free */
	full = !memchr_inv(kaddr, byte, PAGE_SIZE);
	kasan_enable_current();
	kunmap_local(kaddr);
	return full;
}

static bool is_marked(const struct page *page)
{
	return page->flags & BIT(PG_poisoned);
}

static void expect_out_of_service(struct kunit *test, struct page *page, unsigned int order)
{
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	KUNIT_EXPECT_EQ(test, page_block_order(page), order);
	expect_page_balance(test, 1UL << order);
}

static void poison_fills_what_is_freed(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 1);

	fill(page, 1, 0, PAGE_SIZE);
	fill(page + 1, 2, 0, PAGE_SIZE);
	__free_pages(page, 1);
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, is_full_of(page + i, PAGE_POISON));
		KUNIT_EXPECT_TRUE(test, is_marked(page + i));
	}
	KUNIT_ASSERT_TRUE(test, alloc_this(test, page, GFP_KERNEL, 1));
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_FALSE(test, is_marked(page + i));
	__free_pages(page, 1);
	expect_page_balance(test, 0);
}

static void poison_single_bit(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	__free_page(page);
	fill(page, PAGE_POISON ^ 0x10, 0x123, 1);
	KUNIT_EXPECT_REPORT(test, "pagealloc: single bit error",
			    alloc_this(test, page, GFP_KERNEL, 0));
	expect_out_of_service(test, page, 0);
}

/* From the first wrong byte to the last, and nothing around them. */
static void poison_dumps_the_damage(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	__free_page(page);
	fill(page, 0x01, 0x7fe, 1);
	fill(page, 0x02, 0x80f, 1);
	KUNIT_EXPECT_REPORT(test, "pagealloc: memory corruption",
		KUNIT_EXPECT_REPORT(test, "*7fe: 01 aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa",
			KUNIT_EXPECT_REPORT(test, "*80e: aa 02",
					    alloc_this(test, page, GFP_KERNEL, 0))));
	expect_out_of_service(test, page, 0);
}

static void poison_says_which_page(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);
	char line[64];

	__free_page(page);
	fill(page, 0, 0, PAGE_SIZE);
	snprintf(line, sizeof(line), "page:* pfn:%#lx", page_to_pfn(page));
	KUNIT_EXPECT_REPORT(test, "page dumped because: pagealloc: corrupted page details",
		KUNIT_EXPECT_REPORT(test, line,
			KUNIT_EXPECT_REPORT(test, " *poison_says_which_page*",
					    alloc_this(test, page, GFP_KERNEL, 0))));
	expect_out_of_service(test, page, 0);
}

/* One bad page spoils the block: nobody could be given the rest of it alone. */
static void poison_looks_inside_blocks(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 1);

	__free_pages(page, 1);
	fill(page + 1, 0xab, PAGE_SIZE - 1, 1);
	KUNIT_EXPECT_REPORT(test, "pagealloc: single bit error",
			    alloc_this(test, page, GFP_KERNEL, 1));
	expect_out_of_service(test, page, 1);
}

/* Where there is no high memory, it is a page like any other. */
static void poison_high_memory(struct kunit *test)
{
	struct page *page = alloc(test, GFP_HIGHUSER, 0);

	__free_page(page);
	KUNIT_EXPECT_TRUE(test, is_full_of(page, PAGE_POISON));
	fill(page, 0, 8, 8);
	KUNIT_EXPECT_REPORT(test, "pagealloc: memory corruption",
			    alloc_this(test, page, GFP_HIGHUSER, 0));
	expect_out_of_service(test, page, 0);
}

static void poison_gives_way_to_zero(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	__free_page(page);
	KUNIT_ASSERT_TRUE(test, alloc_this(test, page, GFP_KERNEL | __GFP_ZERO, 0));
	KUNIT_EXPECT_TRUE(test, is_full_of(page, 0));
	__free_page(page);
	expect_page_balance(test, 0);
}

/* What was freed while nobody watched may look like anything. */
static void poison_looks_at_marked_pages_only(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	page_observer_detach(poison);
	__free_page(page);
	fill(page, 0x55, 0, PAGE_SIZE);
	page_observer_attach(poison);
	KUNIT_ASSERT_TRUE(test, alloc_this(test, page, GFP_KERNEL, 0));
	KUNIT_EXPECT_TRUE(test, is_full_of(page, 0x55));
	__free_page(page);
	expect_page_balance(test, 0);
}

static void poison_stops_without_a_trace(struct kunit *test)
{
	struct page *page;

	if (since_boot)
		kunit_skip(test, "page_poison=1 is on the command line");
	page = alloc(test, GFP_KERNEL, 1);
	__free_pages(page, 1);
	KUNIT_EXPECT_TRUE(test, is_marked(page + 1));
	page_poison_stop();
	KUNIT_EXPECT_FALSE(test, page_observer_attached(poison));
	for (unsigned long pfn = 0; pfn < max_mapnr; pfn++)
		if (is_marked(pfn_to_page(pfn)))
			KUNIT_FAIL(test, "pfn %#lx is marked still", pfn);
	page_observer_attach(poison);
	expect_page_balance(test, 0);
}

static int page_poison_suite_init(struct kunit_suite *suite)
{
	poison = find_page_observer("page_poison");
	since_boot = page_observer_attached(poison);
	page_observer_attach(poison);
	return 0;
}

static void page_poison_suite_exit(struct kunit_suite *suite)
{
	if (!since_boot)
		page_poison_stop();
}

static int page_poison_init(struct kunit *test)
{
	if (page_observer_attached(find_page_observer("init_on_alloc")))
		kunit_skip(test, "init_on_alloc=1 is on the command line, and clears the traces");
	page_balance_begin();
	return 0;
}

static struct kunit_case page_poison_cases[] = {
	KUNIT_CASE(poison_fills_what_is_freed),
	KUNIT_CASE(poison_single_bit),
	KUNIT_CASE(poison_dumps_the_damage),
	KUNIT_CASE(poison_says_which_page),
	KUNIT_CASE(poison_looks_inside_blocks),
	KUNIT_CASE(poison_high_memory),
	KUNIT_CASE(poison_gives_way_to_zero),	/* ledger: G8 */
	KUNIT_CASE(poison_looks_at_marked_pages_only),
	KUNIT_CASE(poison_stops_without_a_trace),
	{}
};

static struct kunit_suite page_poison_suite = {
	.name = "page_poison",
	.suite_init = page_poison_suite_init,
	.suite_exit = page_poison_suite_exit,
	.init = page_poison_init,
	.test_cases = page_poison_cases,
};
kunit_test_suite(page_poison_suite);
