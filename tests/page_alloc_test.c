// SPDX-License-Identifier: MIT
/*
 * alloc_pages() as its callers see it: what a fresh page is like, who may call it where, and that
 * all is as before when everything was given back.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <quarry/test_seed.h>

#include "page_log.h"
#include "zone_sandbox.h"

static struct zone *const zones = contig_page_data.node_zones;

/* -------------------------------- a fresh block -------------------------------- */

static void expect_fresh(struct kunit *test, struct page *page, unsigned int order)
{
	KUNIT_EXPECT_EQ(test, page_to_pfn(page) % (1UL << order), 0);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, page_block_order(page), order);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, page->flags & PAGE_FLAGS_MASK, 0);
	KUNIT_EXPECT_EQ(test, page_private(page), 0);
	KUNIT_EXPECT_PTR_EQ(test, compound_head(page), page);
}

/* ledger: P4 P5. The free count falls by the block's size, and rises by it again. */
static void every_order(struct kunit *test)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		const struct zone *zone = oracle_zone(GFP_KERNEL, order);
		unsigned long free = nr_free_pages();
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);

		KUNIT_ASSERT_PTR_EQ(test, page ? page_zone(page) : NULL, zone);
		if (!page)
			continue;		/* so little memory */
		expect_fresh(test, page, order);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free - (1UL << order));
		__free_pages(page, order);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	}
}

/* ledger: P5 P6 */
static void addresses_of_every_order(struct kunit *test)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		unsigned long addr = __get_free_pages(GFP_KERNEL | __GFP_NOWARN, order);

		if (!addr) {
			KUNIT_EXPECT_NULL(test, oracle_zone(GFP_KERNEL, order));
			continue;
		}
		KUNIT_EXPECT_EQ(test, (addr - PAGE_OFFSET) % (PAGE_SIZE << order), 0);
		memset((void *)addr, 0x5a, PAGE_SIZE << order);
		expect_fresh(test, virt_to_page(addr), order);
		free_pages(addr, order);
	}
	free_pages(0, 0);		/* nothing */
	free_pages(0, 5);
	free_page(0);
}

/*
 * ledger: P5. Whatever the last owner wrote into struct page and need not clear, the next one does
 * not see.
 */
static void nothing_is_left_of_the_last_owner(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1), *again;

	KUNIT_ASSERT_NOT_NULL(test, page);
	zones_squeeze(0);		/* so that it is the only one */
	SetPageReferenced(page);
	SetPageUptodate(page);
	SetPageDirty(page);
	SetPageError(page);
	SetPageOwnerPriv1(page);
	set_page_private(page, 0x1234);
	page->index = 5;
	__free_pages(page, 1);
	again = alloc_pages(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN, 1);
	KUNIT_ASSERT_PTR_EQ(test, again, page);
	expect_fresh(test, again, 1);
	__free_pages(again, 1);
}

/*
 * ledger: P5 P11. A free page's links lie where its owner's words will be: the next owner does not
 * see them.
 */
static void nothing_is_left_of_the_free_list(struct kunit *test)
{
	struct page *page[32] = {};

	for (int lists = 0; lists < 2; lists++) {
		pcp_enable(lists);
		for (int i = 0; i < ARRAY_SIZE(page); i++)
			KUNIT_ASSERT_NOT_NULL(test, page[i] = alloc_page(GFP_KERNEL));
		for (int i = 0; i < ARRAY_SIZE(page); i += 2)	/* so that they do not merge */
			__free_page(page[i]);
		for (int i = 0; i < ARRAY_SIZE(page); i += 2) {
			KUNIT_ASSERT_NOT_NULL(test, page[i] = alloc_page(GFP_KERNEL));
			expect_fresh(test, page[i], 0);
		}
		for (int i = 0; i < ARRAY_SIZE(page); i++)
			__free_page(page[i]);
	}
	pcp_enable(false);
}

/* -------------------------------- __GFP_ZERO -------------------------------- */

/* Bytes of the block that differ from @value. */
static unsigned long differing(struct page *page, unsigned int order, u8 value)
{
	unsigned long n = 0;

	for (unsigned long i = 0; i < 1UL << order; i++) {
		u32 *words = kmap_local_pfn(page_to_pfn(page + i));

		for (int j = 0; j < PAGE_SIZE / sizeof(u32); j++)
			n += words[j] != value * 0x01010101U;
		kunmap_local(words);
	}
	return n;
}

static void fill(struct page *page, unsigned int order, u8 value)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		void *va = kmap_local_pfn(page_to_pfn(page + i));

		memset(va, value, PAGE_SIZE);
		kunmap_local(va);
	}
}

/* The only free block is full of rubbish, and comes back as zeros. False: there is none. */
static bool expect_zeroed(struct kunit *test, gfp_t gfp, unsigned int order)
{
	const struct list_head *mark = zones_mark();
	struct page *page, *again;

	gfp |= __GFP_MEMALLOC | __GFP_NOWARN;
	page = alloc_pages(gfp, order);
	if (!page)
		return false;
	zones_squeeze(0);
	fill(page, order, 0xa5);
	__free_pages(page, order);
	again = alloc_pages(gfp | __GFP_ZERO, order);
	KUNIT_EXPECT_PTR_EQ(test, again, page);
	if (again) {
		KUNIT_EXPECT_EQ_MSG(test, differing(again, order, 0), 0, "%pGg, order %u", &gfp,
				    order);
		expect_fresh(test, again, order);
		__free_pages(again, order);
	}
	zones_release_to(mark);
	return true;
}

/* ledger: G8 P5 */
static void zeroed_if_asked(struct kunit *test)
{
	static const gfp_t from[] = { GFP_KERNEL, GFP_KERNEL | __GFP_DMA, GFP_HIGHUSER };
	unsigned int blocks = 0;
	struct zone *zone;

	for_each_populated_zone(zone)	/* so that emptying them is short */
		zone_squeeze(zone, 8 * MAX_ORDER_NR_PAGES);
	for (int i = 0; i < ARRAY_SIZE(from); i++)
		for (unsigned int order = 0; order < MAX_ORDER; order++)
			blocks += expect_zeroed(test, from[i], order);
	KUNIT_EXPECT_GE(test, blocks, 3 * (PAGE_ALLOC_COSTLY_ORDER + 1));
}

/* ledger: P5 */
static void zeroed_page_by_address(struct kunit *test)
{
	unsigned long addr = __get_free_page(GFP_KERNEL), again;

	KUNIT_ASSERT_NE(test, addr, 0);
	zones_squeeze(0);
	memset((void *)addr, 0xa5, PAGE_SIZE);
	free_page(addr);
	again = get_zeroed_page(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN);
	KUNIT_EXPECT_EQ(test, again, addr);
	KUNIT_EXPECT_EQ(test, differing(virt_to_page(addr), 0, 0), 0);
	free_page(again);
}

/* ledger: G8. With memory there, those who must not fail are served like everybody. */
static void nofail_does_not_fail(struct kunit *test)
{
	for (unsigned int order = 0; order <= 1; order++) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOFAIL, order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		expect_fresh(test, page, order);
		__free_pages(page, order);
	}
}

/* -------------------------------- where it may be called -------------------------------- */

static struct page *volatile got;	/* survives the watch over the log */

static noinline struct page *careless_driver(gfp_t gfp)
{
	struct page *page = alloc_page(gfp);

	barrier();
	return page;
}

/* The misuse is reported with the way here, and served all the same. */
static void expect_misuse(struct kunit *test, const char *log, bool expected)
{
	if (expected) {
		log = page_log_expect(test, log,
				      "BUG: sleeping function called from invalid context at mm/*");
		log = page_log_expect(test, log, "in_atomic(): 1, *");
		page_log_expect(test, log, "*careless_driver+*");
	} else {
		KUNIT_EXPECT_STREQ(test, log, "");
	}
	KUNIT_EXPECT_NOT_NULL(test, got);
	if (got)
		__free_page(got);
}

/* Under a lock, with preemption off, in an interrupt: there, nothing may sleep. */
static void expect_in_atomic_context(struct kunit *test, gfp_t gfp, bool misuse)
{
	static DEFINE_SPINLOCK(lock);

	expect_misuse(test, PAGE_LOG(spin_lock(&lock); got = careless_driver(gfp);
				     spin_unlock(&lock)), misuse);
	expect_misuse(test, PAGE_LOG(preempt_disable(); got = careless_driver(gfp);
				     preempt_enable()), misuse);
	expect_misuse(test, PAGE_LOG(preempt_count_add(HARDIRQ_OFFSET); got = careless_driver(gfp);
				     preempt_count_sub(HARDIRQ_OFFSET)), misuse);
	expect_misuse(test, PAGE_LOG(got = careless_driver(gfp)), false);
}

/* ledger: G1 */
static void sleeping_where_it_must_not(struct kunit *test)
{
	expect_in_atomic_context(test, GFP_KERNEL, true);
	expect_in_atomic_context(test, GFP_USER, true);
	expect_in_atomic_context(test, GFP_NOIO, true);
	expect_in_atomic_context(test, GFP_NOFS, true);
	expect_in_atomic_context(test, __GFP_WAIT, true);
}

/* ledger: G1 G2 G3 */
static void not_sleeping_is_right_anywhere(struct kunit *test)
{
	expect_in_atomic_context(test, GFP_ATOMIC, false);
	expect_in_atomic_context(test, GFP_NOWAIT, false);
	expect_in_atomic_context(test, GFP_KERNEL & ~__GFP_DIRECT_RECLAIM, false);
	expect_in_atomic_context(test, 0, false);
}

/* -------------------------------- how much there is -------------------------------- */

/* ledger: P2 P12 */
static void totals_are_sums(struct kunit *test)
{
	unsigned long managed = 0, high = 0, buffer = 0, free = 0, free_high = 0;
	const struct zone *zone;
	struct sysinfo info;

	for_each_zone(zone) {
		managed += zone->managed_pages;
		free += zone->nr_free_pages;
		if (zone_idx(zone) >= ZONE_HIGHMEM) {
			high += zone->managed_pages;
			free_high += zone->nr_free_pages;
		} else if (zone->managed_pages > high_wmark_pages(zone)) {
			buffer += zone->managed_pages - high_wmark_pages(zone);
		}
	}
	KUNIT_EXPECT_EQ(test, totalram_pages(), managed);
	KUNIT_EXPECT_EQ(test, totalhigh_pages(), high);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	KUNIT_EXPECT_EQ(test, nr_free_buffer_pages(), buffer);
	memset(&info, 0xff, sizeof(info));
	si_meminfo(&info);
	KUNIT_EXPECT_EQ(test, info.totalram, managed);
	KUNIT_EXPECT_EQ(test, info.freeram, free);
	KUNIT_EXPECT_EQ(test, info.totalhigh, high);
	KUNIT_EXPECT_EQ(test, info.freehigh, free_high);
	KUNIT_EXPECT_EQ(test, info.mem_unit, 4096);
	KUNIT_EXPECT_EQ(test, info.sharedram + info.bufferram + info.totalswap + info.freeswap, 0);
}

/* -------------------------------- with the CPU's lists -------------------------------- */

#define HELD	64

/* Take and give back at random, a little of everything. */
static void take_and_give(struct rnd_state *rnd, struct page *held[HELD], u8 order[HELD])
{
	static const gfp_t gfps[] = { GFP_KERNEL, GFP_ATOMIC, GFP_DMA, GFP_HIGHUSER_MOVABLE };
	unsigned int i = prandom_u32_max_state(rnd, HELD);

	if (held[i]) {
		__free_pages(held[i], order[i]);
		held[i] = NULL;
		return;
	}
	order[i] = prandom_u32_max_state(rnd, 5);
	held[i] = alloc_pages(gfps[prandom_u32_max_state(rnd, ARRAY_SIZE(gfps))] | __GFP_NOWARN |
			      __GFP_NORETRY, order[i]);
}

/* ledger: P5 P11 */
static void all_comes_back(struct kunit *test)
{
	static struct page *held[HELD];
	unsigned int steps = kunit_rounds(1000);
	unsigned long free = nr_free_pages();
	struct rnd_state rnd;
	u8 order[HELD];

	memset(held, 0, sizeof(held));
	prandom_seed_state(&rnd, kunit_seed());
	pcp_enable(true);
	while (steps--)
		take_and_give(&rnd, held, order);
	for (int i = 0; i < HELD; i++)
		if (held[i])
			__free_pages(held[i], order[i]);
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	pcp_enable(false);
}

/* ledger: P11. What a CPU keeps for itself is not free for others; draining makes it so. */
static void draining_gives_back(struct kunit *test)
{
	struct zone *zone = gfp_zonelist(GFP_KERNEL)->refs[0].zone;
	struct zone *other = zone == &zones[ZONE_DMA] ? &zones[ZONE_NORMAL] : &zones[ZONE_DMA];
	unsigned long free = nr_free_pages();
	struct page *page;

	pcp_enable(true);
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_PCP);
	KUNIT_EXPECT_LT(test, nr_free_pages(), free);
	drain_all_pages(other);		/* of no concern to this one */
	KUNIT_EXPECT_LT(test, nr_free_pages(), free);
	drain_all_pages(zone);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	KUNIT_EXPECT_NE(test, page_state(page), PAGE_PCP);
	drain_local_pages(NULL);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	pcp_enable(false);
}

static struct kunit_case page_alloc_cases[] = {
	KUNIT_CASE(every_order),
	KUNIT_CASE(addresses_of_every_order),
	KUNIT_CASE(nothing_is_left_of_the_last_owner),
	KUNIT_CASE(nothing_is_left_of_the_free_list),
	KUNIT_CASE(zeroed_if_asked),
	KUNIT_CASE(zeroed_page_by_address),
	KUNIT_CASE(nofail_does_not_fail),
	KUNIT_CASE(sleeping_where_it_must_not),
	KUNIT_CASE(not_sleeping_is_right_anywhere),
	KUNIT_CASE(totals_are_sums),
	KUNIT_CASE(all_comes_back),
	KUNIT_CASE(draining_gives_back),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite page_alloc_suite = {
	.name = "page_alloc",
	.init = zone_sandbox_enter,
	.exit = zone_sandbox_leave,
	.test_cases = page_alloc_cases,
};
kunit_test_suite(page_alloc_suite);
