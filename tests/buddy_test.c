// SPDX-License-Identifier: MIT
/* The buddy core in a sandbox: splitting, merging, what it touches, what it leaves. */
#include <linux/nmi.h>
#include "page_sandbox.h"

#define ONE_BLOCK	"0 0 0 0 0 0 0 0 0 0 1"
#define NOTHING		"0 0 0 0 0 0 0 0 0 0 0"

static struct page *start_page(void)
{
	return pfn_to_page(SANDBOX_START);
}

static void expect_block(struct kunit *test, unsigned long pfn, enum page_state state,
			 unsigned int order)
{
	KUNIT_EXPECT_EQ_MSG(test, page_state(pfn_to_page(pfn)), state, "frame %#lx", pfn);
	KUNIT_EXPECT_EQ_MSG(test, page_block_order(pfn_to_page(pfn)), order, "frame %#lx", pfn);
}

/* ledger: P4. From one block of order 10: the lowest part is taken, the upper halves stay free. */
static void buddy_splits(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned int want, order;

	for (want = 0; want < MAX_ORDER; want++) {
		struct page *page = locked_alloc(zone, want, MIGRATE_MOVABLE);

		KUNIT_ASSERT_PTR_EQ(test, page, start_page());
		expect_block(test, SANDBOX_START, PAGE_ALLOCATED, want);
		for (order = 0; order < MAX_ORDER; order++)
			KUNIT_EXPECT_EQ(test, zone->free_area[order].nr_free,
					order >= want && order < MAX_ORDER - 1);
		for (order = want; order < MAX_ORDER - 1; order++)
			expect_block(test, SANDBOX_START + (1UL << order), PAGE_FREE, order);
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages, MAX_ORDER_NR_PAGES - (1UL << want));
		KUNIT_EXPECT_TRUE(test, zones_validate());

		locked_free(zone, page, want);
		EXPECT_FREE_BLOCKS(test, zone, ONE_BLOCK);
		expect_block(test, SANDBOX_START, PAGE_FREE, MAX_ORDER - 1);
		KUNIT_EXPECT_TRUE(test, zones_validate());
	}
}

/* ---- merging ---- */

/* Ways to go through 2^bits things. */
static unsigned long upwards(unsigned long i, unsigned int bits)
{
	return i;
}

static unsigned long downwards(unsigned long i, unsigned int bits)
{
	return (1UL << bits) - 1 - i;
}

static unsigned long bits_reversed(unsigned long i, unsigned int bits)
{
	unsigned long reversed = 0;

	while (bits--) {
		reversed = reversed << 1 | (i & 1);
		i >>= 1;
	}
	return reversed;
}

static unsigned long scattered(unsigned long i, unsigned int bits)
{
	return (i * 617 + 5) & ((1UL << bits) - 1);	/* odd factor: each once */
}

static unsigned long (*const ways[])(unsigned long, unsigned int) = {
	upwards, downwards, bits_reversed, scattered,
};

/* The block of order 10 as blocks of @order, all taken. */
static void cut_up(struct kunit *test, struct zone *zone, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < MAX_ORDER_NR_PAGES >> order; i++)
		KUNIT_ASSERT_PTR_EQ(test, locked_alloc(zone, order, MIGRATE_MOVABLE),
				    start_page() + (i << order));
	EXPECT_FREE_BLOCKS(test, zone, NOTHING);
	KUNIT_EXPECT_NULL(test, locked_alloc(zone, 0, MIGRATE_MOVABLE));
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 0);
}

/* ledger: P4. In whatever order the parts are freed, the whole comes together again. */
static void buddy_merges(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned int way, order;
	unsigned long i, n;

	for (way = 0; way < ARRAY_SIZE(ways); way++) {
		for (order = 0; order < MAX_ORDER; order++) {
			cut_up(test, zone, order);
			n = MAX_ORDER_NR_PAGES >> order;
			for (i = 0; i < n; i++)
				locked_free(zone, start_page() + (ways[way](i, 10 - order) << order),
					    order);
			EXPECT_FREE_BLOCKS(test, zone, ONE_BLOCK);
			KUNIT_EXPECT_TRUE(test, zones_validate());
			touch_nmi_watchdog();
		}
	}
}

/* Every second block is free: nothing merges. Then the others come, and everything does. */
static void buddy_merges_only_with_free_buddies(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned int order;
	unsigned long i;

	for (order = 0; order < MAX_ORDER - 1; order++) {
		unsigned long n = MAX_ORDER_NR_PAGES >> order;

		cut_up(test, zone, order);
		for (i = 0; i < n; i += 2)
			locked_free(zone, start_page() + ((i + (i >> 1 & 1)) << order), order);
		KUNIT_EXPECT_EQ(test, zone->free_area[order].nr_free, n / 2);
		KUNIT_EXPECT_TRUE(test, zones_validate());
		for (i = 0; i < n; i += 2)
			locked_free(zone, start_page() + ((i + !(i >> 1 & 1)) << order), order);
		EXPECT_FREE_BLOCKS(test, zone, ONE_BLOCK);
	}
}

/* Neighbours that are free but no buddies: frames 1 and 2, say. */
static void buddy_is_not_just_a_neighbour(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);

	cut_up(test, zone, 0);
	locked_free(zone, start_page() + 1, 0);
	locked_free(zone, start_page() + 2, 0);
	EXPECT_FREE_BLOCKS(test, zone, "2 0 0 0 0 0 0 0 0 0 0");
	locked_free(zone, start_page() + 3, 0);
	EXPECT_FREE_BLOCKS(test, zone, "1 1 0 0 0 0 0 0 0 0 0");
	locked_free(zone, start_page() + 5, 0);		/* buddy of 4, which is taken */
	EXPECT_FREE_BLOCKS(test, zone, "2 1 0 0 0 0 0 0 0 0 0");
	locked_free(zone, start_page(), 0);
	EXPECT_FREE_BLOCKS(test, zone, "1 0 1 0 0 0 0 0 0 0 0");
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* The buddy is there and of our order, but not free; or free, but of another order. */
static void buddy_in_another_state(struct kunit *test)
{
	static const enum page_state states[] = {
		PAGE_INTERIOR, PAGE_PCP, PAGE_ALLOCATED, PAGE_RESERVED, PAGE_HOLE, PAGE_QUARANTINED,
	};
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned int i;

	cut_up(test, zone, 0);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		set_page_block(start_page() + 1, states[i], 0);
		locked_free(zone, start_page(), 0);
		KUNIT_EXPECT_EQ_MSG(test, zone->free_area[0].nr_free, 1, "state %d", states[i]);
		locked_take_out(zone, SANDBOX_START);
	}
	set_page_block(start_page() + 1, PAGE_ALLOCATED, 0);

	locked_free(zone, start_page() + 4, 0);
	locked_free(zone, start_page(), 2);		/* its buddy 4 is free, but of order 0 */
	EXPECT_FREE_BLOCKS(test, zone, "1 0 1 0 0 0 0 0 0 0 0");
}

/* ledger: P7. Two zones meet in the middle of a block: what is free does not become one. */
static void buddy_in_another_zone(struct kunit *test)
{
	struct zone *low, *high;

	page_sandbox_enter(test);
	low = page_sandbox_zone(ZONE_DMA, 1024, 1536);
	high = page_sandbox_zone(ZONE_NORMAL, 1536, 2048);
	page_sandbox_ram(low, 1024, 1536);
	page_sandbox_ram(high, 1536, 2048);
	EXPECT_FREE_BLOCKS(test, low, "0 0 0 0 0 0 0 0 0 1 0");
	EXPECT_FREE_BLOCKS(test, high, "0 0 0 0 0 0 0 0 0 1 0");
	KUNIT_EXPECT_TRUE(test, zones_validate());
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(high, 9, MIGRATE_MOVABLE), pfn_to_page(1536));
	KUNIT_EXPECT_NULL(test, locked_alloc(high, 0, MIGRATE_MOVABLE));
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(low, 0, MIGRATE_MOVABLE), pfn_to_page(1024));
}

/* ---- which block ---- */

static void buddy_takes_the_smallest_that_fits(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 2);
	struct page *small, *page;

	page = locked_alloc(zone, 10, MIGRATE_MOVABLE);
	set_page_block(page, PAGE_INTERIOR, 0);
	small = page + 64;
	locked_free(zone, small, 3);			/* beside a whole block of order 10 */
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(zone, 2, MIGRATE_MOVABLE), small);
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(zone, 1, MIGRATE_MOVABLE), small + 4);
	KUNIT_EXPECT_PTR_EQ(test, locked_alloc(zone, 1, MIGRATE_MOVABLE), small + 6);
	EXPECT_FREE_BLOCKS(test, zone, ONE_BLOCK);
}

/* What was freed last is in the CPU's cache: it goes first. */
static void buddy_takes_the_latest(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned long i;

	cut_up(test, zone, 2);
	for (i = 0; i < 256; i += 2)
		locked_free(zone, start_page() + 4 * i, 2);
	for (i = 256; i > 0; i -= 2)
		KUNIT_ASSERT_PTR_EQ(test, locked_alloc(zone, 2, MIGRATE_MOVABLE),
				    start_page() + 4 * (i - 2));
}

#define MANY	40U

/* A zone that has blocks of all orders, scattered. */
static struct zone *scattered_zone(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 2);
	unsigned long i;

	for (i = 0; i < 2 * MAX_ORDER_NR_PAGES; i += 3 + i / 3)
		locked_take_out(zone, SANDBOX_START + i);
	return zone;
}

/* So many blocks at once are those that one would get one by one, in the same order. */
static void buddy_takes_many(struct kunit *test)
{
	unsigned int order, got, n;
	u32 one_by_one[MANY], pfn;
	struct zone *zone;

	for (order = 0; order < NR_PCP_ORDERS; order++) {
		zone = scattered_zone(test);
		for (n = 0; n < MANY; n++)
			one_by_one[n] = page_to_pfn(locked_alloc(zone, order, MIGRATE_MOVABLE));
		page_sandbox_leave(test);

		zone = scattered_zone(test);
		got = locked_alloc_bulk(zone, order, MIGRATE_MOVABLE, MANY, &pfn);
		KUNIT_EXPECT_EQ(test, got, MANY);
		for (n = 0; n < got && pfn; n++, pfn = pfn_to_page(pfn)->buddy.next_pfn) {
			KUNIT_EXPECT_EQ(test, pfn, one_by_one[n]);
			expect_block(test, pfn, PAGE_PCP, order);
			set_page_block(pfn_to_page(pfn), PAGE_ALLOCATED, order);
		}
		KUNIT_EXPECT_EQ(test, n, got);
		KUNIT_EXPECT_EQ(test, pfn, 0);
		KUNIT_EXPECT_TRUE(test, zones_validate());
		page_sandbox_leave(test);
	}
}

/* More than there is: everything, and the number of it. */
static void buddy_takes_all(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned int n = 0;
	u32 first, pfn;

	KUNIT_EXPECT_EQ(test, locked_alloc_bulk(zone, 2, MIGRATE_UNMOVABLE, 1000, &first), 256);
	for (pfn = first; pfn; pfn = pfn_to_page(pfn)->buddy.next_pfn)
		n++;
	KUNIT_EXPECT_EQ(test, n, 256);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 0);
	EXPECT_FREE_BLOCKS(test, zone, NOTHING);
	KUNIT_EXPECT_EQ(test, locked_alloc_bulk(zone, 2, MIGRATE_UNMOVABLE, 3, &first), 0);
	KUNIT_EXPECT_EQ(test, first, 0);
}

/* Links: a block is taken from the front, the middle and the end of a list. */
static void buddy_unlinks_anywhere(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	static const unsigned int victims[] = { 8, 4, 0, 2, 6 };
	unsigned int i;

	cut_up(test, zone, 0);
	for (i = 0; i < 5; i++)
		locked_free(zone, start_page() + 2 * i, 0);	/* list: 8 6 4 2 0 */
	for (i = 0; i < 5; i++) {
		locked_take_out(zone, SANDBOX_START + victims[i]);
		KUNIT_EXPECT_EQ(test, list_length(zone, 0, MIGRATE_MOVABLE), 4 - i);
		KUNIT_EXPECT_TRUE_MSG(test, zones_validate(), "without frame %u", victims[i]);
	}
}

/* ---- constant time: pages inside a block are nobody's business ---- */

#define PATTERN(i)	(0x5eed0000UL + (i))

static void paint_insides(void)
{
	unsigned long i;

	for (i = 0; i < MAX_ORDER_NR_PAGES; i++) {
		start_page()[i].private = PATTERN(i);
		start_page()[i].index = ~PATTERN(i);
	}
}

/* How many pages' words are not as they were painted. */
static unsigned int touched(void)
{
	unsigned int n = 0;
	unsigned long i;

	for (i = 0; i < MAX_ORDER_NR_PAGES; i++)
		n += start_page()[i].private != PATTERN(i) || start_page()[i].index != ~PATTERN(i);
	return n;
}

static void buddy_touches_first_pages_only(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	struct page *page;
	unsigned int want;

	for (want = 0; want < MAX_ORDER; want++) {
		page = locked_alloc(zone, 10, MIGRATE_MOVABLE);
		paint_insides();
		locked_free(zone, page, 10);
		KUNIT_EXPECT_EQ(test, touched(), 1);
		page = locked_alloc(zone, want, MIGRATE_MOVABLE);
		locked_free(zone, page, want);
		KUNIT_EXPECT_EQ_MSG(test, touched(), 1 + (10 - want), "order %u", want);
	}
}

/* ---- taking one page out of a free block ---- */

static void buddy_take_out_anywhere(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	unsigned long i;

	for (i = 0; i < MAX_ORDER_NR_PAGES; i += i < 32 || i > 1000 ? 1 : 37) {
		locked_take_out(zone, SANDBOX_START + i);
		expect_block(test, SANDBOX_START + i, PAGE_ALLOCATED, 0);
		EXPECT_FREE_BLOCKS(test, zone, "1 1 1 1 1 1 1 1 1 1 0");
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages, MAX_ORDER_NR_PAGES - 1);
		KUNIT_EXPECT_TRUE(test, zones_validate());
		locked_free(zone, start_page() + i, 0);
		EXPECT_FREE_BLOCKS(test, zone, ONE_BLOCK);
	}
}

/* The first page of any page's block, whatever the block is. */
static void buddy_block_head(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	struct page *page = locked_alloc(zone, 3, MIGRATE_MOVABLE);
	unsigned long i;

	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_PTR_EQ(test, block_head(page + i), page);
	for (i = 8; i < MAX_ORDER_NR_PAGES; i++)
		KUNIT_EXPECT_PTR_EQ(test, block_head(page + i), page + (1UL << __fls(i)));
	KUNIT_EXPECT_PTR_EQ(test, block_head(pfn_to_page(7)), pfn_to_page(7));	/* a hole */
	set_page_block(page, PAGE_INTERIOR, 0);
	KUNIT_EXPECT_NULL(test, block_head(page + 5));
}

/* ---- those who watch ---- */

static struct {
	unsigned int splits, merges;
	unsigned int wrong;
} seen;

static void see_split(struct zone *zone, struct page *upper, unsigned int order)
{
	seen.wrong += order != 9 - seen.splits++ || page_state(upper) != PAGE_FREE ||
		      page_block_order(upper) != order || upper != start_page() + (1UL << order);
}

static void see_merge(struct zone *zone, struct page *page, unsigned int order)
{
	seen.wrong += order != seen.merges++ || page != start_page();
}

static void buddy_tells_watchers(struct kunit *test)
{
	static struct page_observer watcher = { .name = "test", .split = see_split, .merge = see_merge };
	struct zone *zone = page_sandbox_simple(test, 1);
	struct page *page;

	memset(&seen, 0, sizeof(seen));
	page_observer_attach(&watcher);
	page = locked_alloc(zone, 0, MIGRATE_MOVABLE);
	KUNIT_EXPECT_EQ(test, seen.splits, 10);
	locked_free(zone, page, 0);
	KUNIT_EXPECT_EQ(test, seen.splits, 10);
	KUNIT_EXPECT_EQ(test, seen.merges, 10);
	KUNIT_EXPECT_EQ(test, seen.wrong, 0);
	page_observer_detach(&watcher);
	locked_free(zone, locked_alloc(zone, 0, MIGRATE_MOVABLE), 0);
	KUNIT_EXPECT_EQ(test, seen.splits + seen.merges, 20);
}

/* ---- the real zones ---- */

/* ledger: P4. Whatever the machine has: sound, now and after a round through every order. */
static void buddy_on_this_machine(struct kunit *test)
{
	struct page *pages[MAX_ORDER];
	unsigned int order;

	KUNIT_EXPECT_TRUE(test, zones_validate());
	for (order = 0; order < MAX_ORDER; order++) {
		pages[order] = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);
		if (pages[order])
			KUNIT_EXPECT_EQ(test, page_to_pfn(pages[order]) & ((1UL << order) - 1), 0);
	}
	KUNIT_EXPECT_NOT_NULL(test, pages[0]);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	for (order = 0; order < MAX_ORDER; order++)
		if (pages[order])
			__free_pages(pages[order], order);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

static struct kunit_case buddy_cases[] = {
	KUNIT_CASE(buddy_splits),
	KUNIT_CASE(buddy_merges),
	KUNIT_CASE(buddy_merges_only_with_free_buddies),
	KUNIT_CASE(buddy_is_not_just_a_neighbour),
	KUNIT_CASE(buddy_in_another_state),
	KUNIT_CASE(buddy_in_another_zone),
	KUNIT_CASE(buddy_takes_the_smallest_that_fits),
	KUNIT_CASE(buddy_takes_the_latest),
	KUNIT_CASE(buddy_takes_many),
	KUNIT_CASE(buddy_takes_all),
	KUNIT_CASE(buddy_unlinks_anywhere),
	KUNIT_CASE(buddy_touches_first_pages_only),
	KUNIT_CASE(buddy_take_out_anywhere),
	KUNIT_CASE(buddy_block_head),
	KUNIT_CASE(buddy_tells_watchers),
	KUNIT_CASE(buddy_on_this_machine),
	{}
};

static struct kunit_suite buddy_suite = {
	.name = "buddy",
	.exit = page_sandbox_leave,
	.test_cases = buddy_cases,
};
kunit_test_suite(buddy_suite);
