// SPDX-License-Identifier: MIT
/* page->_refcount: each operation does what its name says, and tells what it should. */
#include <kunit/test.h>
#include <linux/mm.h>

/* A page of nobody's map: only its count is used. */
static int setup(struct kunit *test)
{
	static struct page page;

	page = (struct page) { .flags = page_block_flags(PAGE_ALLOCATED, 0) };
	test->priv = &page;
	return 0;
}

/* ledger: P8 */
static void counts_up_and_down(struct kunit *test)
{
	struct page *page = test->priv;

	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	init_page_count(page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	page_ref_inc(page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	page_ref_add(page, 10);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 12);
	page_ref_sub(page, 3);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 9);
	page_ref_dec(page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 8);
	set_page_count(page, 100);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 100);
	KUNIT_EXPECT_EQ(test, page_count(page), 100);
}

/* ledger: P8 */
static void tells_the_new_value(struct kunit *test)
{
	struct page *page = test->priv;

	KUNIT_EXPECT_EQ(test, page_ref_inc_return(page), 1);
	KUNIT_EXPECT_EQ(test, page_ref_inc_return(page), 2);
	KUNIT_EXPECT_EQ(test, page_ref_dec_return(page), 1);
	KUNIT_EXPECT_TRUE(test, page_ref_dec_and_test(page));
	set_page_count(page, 5);
	KUNIT_EXPECT_FALSE(test, page_ref_dec_and_test(page));
	KUNIT_EXPECT_FALSE(test, page_ref_sub_and_test(page, 3));
	KUNIT_EXPECT_TRUE(test, page_ref_sub_and_test(page, 1));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
}

/* ledger: P8. A free page is not to be got hold of by one more reference. */
static void adds_unless(struct kunit *test)
{
	struct page *page = test->priv;

	KUNIT_EXPECT_FALSE(test, page_ref_add_unless(page, 1, 0));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	init_page_count(page);
	KUNIT_EXPECT_TRUE(test, page_ref_add_unless(page, 4, 0));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 5);
	KUNIT_EXPECT_FALSE(test, page_ref_add_unless(page, 1, 5));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 5);
}

/*
 * ledger: P8. Frozen at the expected count only; from then on it looks free to whoever comes
 * along.
 */
static void freezes(struct kunit *test)
{
	struct page *page = test->priv;

	set_page_count(page, 3);
	KUNIT_EXPECT_FALSE(test, page_ref_freeze(page, 2));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 3);
	KUNIT_EXPECT_TRUE(test, page_ref_freeze(page, 3));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_FALSE(test, get_page_unless_zero(page));
	page_ref_unfreeze(page, 3);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 3);
	KUNIT_EXPECT_TRUE(test, get_page_unless_zero(page));
}

static struct kunit_case page_ref_cases[] = {
	KUNIT_CASE(counts_up_and_down),
	KUNIT_CASE(tells_the_new_value),
	KUNIT_CASE(adds_unless),
	KUNIT_CASE(freezes),
	{}
};

static struct kunit_suite page_ref_suite = {
	.name = "page_ref",
	.init = setup,
	.test_cases = page_ref_cases,
};
kunit_test_suite(page_ref_suite);
