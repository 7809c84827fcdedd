// SPDX-License-Identifier: MIT
/* init_on_alloc and init_on_free: what the last owner wrote is gone, at the one time or the other. */
#include <linux/highmem.h>
#include <linux/kasan.h>
#include <linux/string.h>

#include "page_checkers.h"

#define DIRT 0x77

/* Attached by a case: detached after it. */
static struct page_observer *attached;

static void attach(const char *name)
{
	struct page_observer *observer = find_page_observer(name);

	if (page_observer_attached(observer))
		return;
	page_observer_attach(observer);
	attached = observer;
}

static void make_dirty(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		void *kaddr = kmap_local_pfn(page_to_pfn(page + i));

		memset(kaddr, DIRT, PAGE_SIZE);
		kunmap_local(kaddr);
	}
}

static bool is_clear(struct page *page)
{
	void *kaddr = kmap_local_pfn(page_to_pfn(page));
	bool clear;

	kasan_disable_current();	/* it may be free */
	clear = !memchr_inv(kaddr, 0, PAGE_SIZE);
	kasan_enable_current();
	kunmap_local(kaddr);
	return clear;
}

static struct page *alloc_dirty(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	KUNIT_ASSERT_NOT_NULL(test, page);
	make_dirty(page, order);
	return page;
}

static void expect_clear_on_alloc(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_dirty(test, gfp, order);

	__free_pages(page, order);
	KUNIT_ASSERT_TRUE(test, alloc_this(test, page, gfp, order));
	for (unsigned long i = 0; i < 1UL << order; i++)
		KUNIT_EXPECT_TRUE_MSG(test, is_clear(page + i), "page %lu of order %u", i, order);
	__free_pages(page, order);
}

static void init_clears_what_is_allocated(struct kunit *test)
{
	attach("init_on_alloc");
	expect_clear_on_alloc(test, GFP_KERNEL, 0);
	expect_clear_on_alloc(test, GFP_KERNEL, 3);
	expect_clear_on_alloc(test, GFP_HIGHUSER, 1);
	expect_clear_on_alloc(test, GFP_KERNEL | __GFP_ZERO, 1);
}

static void expect_clear_on_free(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_dirty(test, gfp, order);

	__free_pages(page, order);
	for (unsigned long i = 0; i < 1UL << order; i++)
		KUNIT_EXPECT_TRUE_MSG(test, is_clear(page + i), "page %lu of order %u", i, order);
}

static void init_clears_what_is_freed(struct kunit *test)
{
	if (page_observer_attached(find_page_observer("page_poison")))
		kunit_skip(test, "page_poison=1 is on the command line, and takes precedence");
	attach("init_on_free");
	expect_clear_on_free(test, GFP_KERNEL, 0);
	expect_clear_on_free(test, GFP_KERNEL, 3);
	expect_clear_on_free(test, GFP_HIGHUSER, 1);
}

/* The pattern that poisoning looks for must not be cleared, whatever the command line says. */
static void init_gives_way_to_poison(struct kunit *test)
{
	if (!page_observer_attached(find_page_observer("page_poison")))
		return;
	KUNIT_EXPECT_FALSE(test, page_observer_attached(find_page_observer("init_on_alloc")));
	KUNIT_EXPECT_FALSE(test, page_observer_attached(find_page_observer("init_on_free")));
}

static int page_init_init(struct kunit *test)
{
	attached = NULL;
	page_balance_begin();
	return 0;
}

static void page_init_exit(struct kunit *test)
{
	if (attached)
		page_observer_detach(attached);
	expect_page_balance(test, 0);
}

static struct kunit_case page_init_cases[] = {
	KUNIT_CASE(init_clears_what_is_allocated),
	KUNIT_CASE(init_clears_what_is_freed),
	KUNIT_CASE(init_gives_way_to_poison),
	{}
};

static struct kunit_suite page_init_suite = {
	.name = "page_init",
	.init = page_init_init,
	.exit = page_init_exit,
	.test_cases = page_init_cases,
};
kunit_test_suite(page_init_suite);
