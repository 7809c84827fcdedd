// SPDX-License-Identifier: MIT
/*
 * Wrong frees, each committed once: it is reported, what may not be used any more is out of
 * service, and everything else is as it was. What is lost here is lost until the next boot: some
 * twenty pages a run.
 */
#include <asm/sections.h>
#include <linux/kernel.h>

#include "page_checkers.h"

static struct page *alloc(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page;
}

/* ---- free already ---- */

static void double_free(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	__free_page(page);
	EXPECT_BAD_PAGE(test, "double free*", __free_page(page));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	expect_page_balance(test, 1);

	EXPECT_BAD_PAGE(test, "it is out of service", __free_page(page));
	expect_page_balance(test, 1);
}

/* Only the page that was named is lost, not the block. */
static void double_free_of_a_block(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 4);

	__free_pages(page, 4);
	EXPECT_BAD_PAGE(test, "double free*", __free_pages(page, 4));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	KUNIT_EXPECT_EQ(test, page_block_order(page), 0);
	expect_page_balance(test, 1);
}

static void free_inside_a_free_block(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 4);

	__free_pages(page, 4);
	EXPECT_BAD_PAGE(test, "double free: it lies in a free block*", __free_page(page + 5));
	KUNIT_EXPECT_EQ(test, page_state(page + 5), PAGE_QUARANTINED);
	expect_page_balance(test, 1);
}

static void put_too_often(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	get_page(page);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	put_page(page);
	EXPECT_BAD_PAGE(test, "double free*", put_page(page));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	expect_page_balance(test, 1);
}

static void put_of_a_compound_page_too_often(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL | __GFP_COMP, 1);

	put_page(page + 1);
	EXPECT_BAD_PAGE(test, "double free*", put_page(page));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	expect_page_balance(test, 1);
}

/* ---- somebody else's ---- */

static void free_reserved(struct kunit *test)
{
	struct page *page = virt_to_page(_stext);

	EXPECT_BAD_PAGE(test, "it was never allocated*", __free_page(page));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_RESERVED);
	EXPECT_BAD_PAGE(test, "it was never allocated*", free_page((unsigned long)_stext));
	EXPECT_BAD_PAGE(test, "it was never allocated*", __free_page(pfn_to_page(0)));
	expect_page_balance(test, 0);
}

static void free_a_hole(struct kunit *test)
{
	volatile unsigned long pfn = 0;

	while (pfn < max_mapnr && page_state(pfn_to_page(pfn)) != PAGE_HOLE)
		pfn++;
	KUNIT_ASSERT_LT_MSG(test, pfn, max_mapnr, "every PC has a hole below 1 MiB");
	EXPECT_BAD_PAGE(test, "it was never allocated*", __free_page(pfn_to_page(pfn)));
	KUNIT_EXPECT_EQ(test, page_state(pfn_to_page(pfn)), PAGE_HOLE);
	expect_page_balance(test, 0);
}

/* The cache still uses it: it stays allocated. */
static void free_a_slabs_page(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	__SetPageSlab(page);
	EXPECT_BAD_PAGE(test, "it belongs to a slab cache", __free_page(page));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__ClearPageSlab(page);
	__free_page(page);
	expect_page_balance(test, 0);
}

/* ---- not what was allocated ---- */

/* The block still belongs to whoever has it. */
static void free_a_tail(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 2);

	EXPECT_BAD_PAGE(test, "not the first page of its block*", __free_page(page + 1));
	EXPECT_BAD_PAGE(test, "not the first page of its block*", __free_pages(page + 2, 1));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, page_block_order(page), 2);
	__free_pages(page, 2);
	expect_page_balance(test, 0);
}

static void order_too_small(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 2);

	EXPECT_BAD_PAGE(test, "freed with order 1, allocated with order 2", __free_pages(page, 1));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	KUNIT_EXPECT_EQ(test, page_block_order(page), 2);
	expect_page_balance(test, 4);
}

static void order_too_large(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	EXPECT_BAD_PAGE(test, "freed with order 3, allocated with order 0", __free_pages(page, 3));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	expect_page_balance(test, 1);
}

static void order_beyond_all(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	EXPECT_BAD_PAGE(test, "freed with order 40*", __free_pages(page, 40));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	expect_page_balance(test, 1);
}

/* ---- no page ---- */

static void expect_no_page(struct kunit *test, unsigned long wrong)
{
	KUNIT_EXPECT_REPORT(test, "page:* is not in the memory map*",
		EXPECT_BAD_PAGE(test, "freed, but it is no page",
				__free_page((struct page *)wrong)));
}

static void free_what_is_no_page(struct kunit *test)
{
	struct page on_stack = { 0 };
	const unsigned long wrong[] = {
		0, sizeof(struct page), (unsigned long)&on_stack, (unsigned long)_stext,
		(unsigned long)mem_map + 4, (unsigned long)mem_map + sizeof(struct page) - 1,
		(unsigned long)(mem_map - 1), (unsigned long)(mem_map + max_mapnr), ~0UL,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_no_page(test, wrong[i]);
	expect_page_balance(test, 0);
}

static void expect_no_address(struct kunit *test, unsigned long wrong)
{
	KUNIT_EXPECT_REPORT(test, "free_pages: * is no address of the direct map",
			    free_pages(wrong, 0));
}

static void free_what_is_no_address(struct kunit *test)
{
	expect_no_address(test, PAGE_SIZE);
	expect_no_address(test, PAGE_OFFSET - PAGE_SIZE);
	expect_no_address(test, (unsigned long)high_memory);
	expect_no_address(test, -PAGE_SIZE);
	free_pages(0, 0);
	expect_page_balance(test, 0);
}

/* ---- still in use ---- */

static void expect_flag_is_seen(struct kunit *test, enum pageflags flag)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	page->flags |= BIT(flag);
	EXPECT_BAD_PAGE(test, "PAGE_FLAGS_CHECK_AT_FREE flag(s) set", __free_page(page));
	KUNIT_EXPECT_EQ_MSG(test, page_state(page), PAGE_QUARANTINED, "flag %d", flag);
	KUNIT_EXPECT_EQ_MSG(test, page->flags & PAGE_FLAGS_MASK, 0, "flag %d", flag);
}

static void free_with_flags(struct kunit *test)
{
	expect_flag_is_seen(test, PG_locked);
	expect_flag_is_seen(test, PG_private);
	expect_flag_is_seen(test, PG_lru);
	expect_flag_is_seen(test, PG_reserved);
	expect_page_balance(test, 4);
}

static void free_what_nobody_holds(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	set_page_count(page, 0);
	EXPECT_BAD_PAGE(test, "nobody holds it: its reference count is 0", __free_page(page));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	expect_page_balance(test, 1);
}

static void change_while_free(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 0);

	__free_page(page);
	set_page_count(page, 1);
	EXPECT_BAD_PAGE(test, "changed while it was free",
			alloc_this(test, page, GFP_KERNEL, 0));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_QUARANTINED);
	expect_page_balance(test, 1);
}

/* ---- the report ---- */

static void report_shows_the_page(struct kunit *test)
{
	struct page *page = alloc(test, GFP_KERNEL, 1);

	SetPageDirty(page);
	KUNIT_EXPECT_REPORT(test, "page:* refcount:1 mapcount:0 mapping:* index:* pfn:0x*",
			    dump_page(page, NULL));
	KUNIT_EXPECT_REPORT(test, "flags: *dirty*", dump_page(page, NULL));
	KUNIT_EXPECT_REPORT(test, "raw: * 00000001 *", dump_page(page, NULL));
	KUNIT_EXPECT_REPORT(test, "*order:1*dirty*", dump_page(page + 1, NULL));
	KUNIT_EXPECT_REPORT(test, "page dumped because: curiosity", dump_page(page, "curiosity"));
	KUNIT_EXPECT_REPORT(test, " *report_shows_the_page*", bad_page(page, "who called"));
	__free_pages(page, 1);
	expect_page_balance(test, 0);
}

static int page_crime_init(struct kunit *test)
{
	page_balance_begin();
	return 0;
}

static struct kunit_case page_crime_cases[] = {
	KUNIT_CASE(double_free),		/* ledger: P5 */
	KUNIT_CASE(double_free_of_a_block),	/* ledger: P4 P5 */
	KUNIT_CASE(free_inside_a_free_block),	/* ledger: P4 */
	KUNIT_CASE(put_too_often),		/* ledger: P8 */
	KUNIT_CASE(put_of_a_compound_page_too_often), /* ledger: P8 */
	KUNIT_CASE(free_reserved),		/* ledger: P1 */
	KUNIT_CASE(free_a_hole),		/* ledger: P1 */
	KUNIT_CASE(free_a_slabs_page),
	KUNIT_CASE(free_a_tail),		/* ledger: P5 */
	KUNIT_CASE(order_too_small),		/* ledger: P5 */
	KUNIT_CASE(order_too_large),		/* ledger: P5 */
	KUNIT_CASE(order_beyond_all),
	KUNIT_CASE(free_what_is_no_page),	/* ledger: P1 P5 */
	KUNIT_CASE(free_what_is_no_address),	/* ledger: P5 P6 */
	KUNIT_CASE(free_with_flags),
	KUNIT_CASE(free_what_nobody_holds),	/* ledger: P8 */
	KUNIT_CASE(change_while_free),
	KUNIT_CASE(report_shows_the_page),	/* ledger: P1 */
	{}
};

static struct kunit_suite page_crime_suite = {
	.name = "page_crime",
	.init = page_crime_init,
	.test_cases = page_crime_cases,
};
kunit_test_suite(page_crime_suite);
