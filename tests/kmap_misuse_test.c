// SPDX-License-Identifier: MIT
/* kunmap() and kunmap_local() of what was not mapped: reported, and nothing else happens. */
#include <kunit/report.h>

#include "../mm/highmem.h"
#include "high_pages.h"

static struct page **pages;

static int begin(struct kunit *test)
{
	kmap_flush_unused();
	pages = high_pages_get(test, 2);
	return 0;
}

static void end(struct kunit *test)
{
	if (test->status == KUNIT_SKIPPED)
		return;
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	kmap_flush_unused();
	high_pages_put();
}

/* ledger: H1 */
static void kunmap_of_a_page_never_mapped(struct kunit *test)
{
	void *volatile other = kmap(pages[1]);

	KUNIT_EXPECT_REPORT(test, "kunmap(pfn 0x*): it is not mapped", kunmap(pages[0]));
	KUNIT_EXPECT_REPORT(test, "WARNING: *", kunmap(pages[0]));
	KUNIT_EXPECT_NULL(test, page_address(pages[0]));
	KUNIT_EXPECT_PTR_EQ(test, page_address(pages[1]), other);
	kunmap(pages[1]);
}

/* ledger: H1. The report names who called kmap() last. */
static void kunmap_too_often(struct kunit *test)
{
	void *volatile addr = kmap(pages[0]);

	kunmap(pages[0]);
	KUNIT_EXPECT_REPORT(test, "kunmap(pfn 0x*): *kunmap_too_often+*", kunmap(pages[0]));
	KUNIT_EXPECT_PTR_EQ(test, kmap(pages[0]), addr);	/* as if nothing had been */
	EXPECT_WORDS(test, (u32 *)addr, pages[0], 0);
	kmap_flush_unused();
	EXPECT_WORDS(test, (u32 *)addr, pages[0], 0);
	kunmap(pages[0]);
	kmap_flush_unused();
	KUNIT_EXPECT_REPORT(test, "kunmap(pfn 0x*): it is not mapped", kunmap(pages[0]));
}

/* The two kinds mixed up. */
static void each_its_own_unmap(struct kunit *test)
{
	void *shared = kmap(pages[0]), *local = kmap_local_page(pages[1]);

	KUNIT_EXPECT_REPORT(test, "kunmap_local(*): *kmap()*", kunmap_local(shared));
	KUNIT_EXPECT_REPORT(test, "kunmap(pfn 0x*): it is not mapped", kunmap(pages[1]));
	EXPECT_WORDS(test, (u32 *)shared, pages[0], 0);
	EXPECT_WORDS(test, (u32 *)local, pages[1], 0);
	kunmap_local(local);
	kunmap(pages[0]);
}

/* ledger: H1. Reported, and done all the same. */
static void kmap_where_nothing_may_sleep(struct kunit *test)
{
	void *volatile addr = NULL;

	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *",
			    addr = kmap(pages[0]));
	preempt_enable();
	EXPECT_WORDS(test, (u32 *)addr, pages[0], 0);
	kunmap(pages[0]);
}

static void kmap_to_page_of_an_empty_slot(struct kunit *test)
{
	void *addr = kmap(pages[0]), *local = kmap_local_page(pages[1]);

	kunmap(pages[0]);
	kunmap_local(local);
	kmap_flush_unused();
	KUNIT_EXPECT_REPORT(test, "kmap_to_page(*): nothing is mapped there",
			    KUNIT_EXPECT_NULL(test, kmap_to_page(addr)));
	KUNIT_EXPECT_REPORT(test, "kmap_to_page(*): nothing is mapped there",
			    KUNIT_EXPECT_NULL(test, kmap_to_page(local)));
}

static struct kunit_case kmap_misuse_cases[] = {
	KUNIT_CASE(kunmap_of_a_page_never_mapped),
	KUNIT_CASE(kunmap_too_often),
	KUNIT_CASE(each_its_own_unmap),
	KUNIT_CASE(kmap_where_nothing_may_sleep),
	KUNIT_CASE(kmap_to_page_of_an_empty_slot),
	{}
};

static struct kunit_suite kmap_misuse_suite = {
	.name = "kmap_misuse",
	.init = begin,
	.exit = end,
	.test_cases = kmap_misuse_cases,
};
kunit_test_suite(kmap_misuse_suite);
