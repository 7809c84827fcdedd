// SPDX-License-Identifier: MIT
#include <linux/list.h>
#include <linux/string.h>

#include "page_checkers.h"

static unsigned long free_before, quarantined_before;

struct page_observer *find_page_observer(const char *name)
{
	struct page_observer *const *o;

	for_each_registered(page_observers, o)
		if (!strcmp((*o)->name, name))
			return *o;
	return NULL;
}

/* @gfp, but for the type of the pageblock that @page lies in: on those lists it waits. */
static gfp_t gfp_for(const struct page *page, gfp_t gfp)
{
	return (gfp & ~GFP_MOVABLE_MASK) | get_pageblock_migratetype(page) << GFP_MOVABLE_SHIFT;
}

static bool met(const struct page *page)
{
	return page_state(page) == PAGE_ALLOCATED || page_state(page) == PAGE_QUARANTINED;
}

/* What was freed last is handed out first, so it is nearly always the first that we get. */
bool alloc_this(struct kunit *test, struct page *page, gfp_t gfp, unsigned int order)
{
	struct page *other, *next;
	LIST_HEAD(others);

	while (!met(page)) {
		other = alloc_pages(gfp_for(page, gfp) | __GFP_NOWARN, order);
		if (!other)
			break;
		if (other != page)
			list_add(&other->lru, &others);
	}
	list_for_each_entry_safe(other, next, &others, lru)
		__free_pages(other, order);
	KUNIT_EXPECT_TRUE_MSG(test, met(page), "pfn %#lx was not handed out", page_to_pfn(page));
	return page_state(page) == PAGE_ALLOCATED;
}

static unsigned long nr_quarantined(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone(zone)
		pages += zone->nr_quarantined;
	return pages;
}

void page_balance_begin(void)
{
	drain_all_pages(NULL);
	free_before = nr_free_pages();
	quarantined_before = nr_quarantined();
}

void expect_page_balance(struct kunit *test, unsigned long lost)
{
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, nr_quarantined(), quarantined_before + lost);
	KUNIT_EXPECT_EQ(test, nr_free_pages() + lost, free_before);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}
