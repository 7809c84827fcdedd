// SPDX-License-Identifier: MIT
/* What the flags of a request mean: their values, the zones they name, and how they are served. */
#include <kunit/report.h>
#include <linux/kernel.h>

#include "page_log.h"
#include "zone_sandbox.h"

static struct zone *const zones = contig_page_data.node_zones;

/* -------------------------------- values and names -------------------------------- */

/* ledger: G7 G8 */
static void values_are_linux(struct kunit *test)
{
	static const struct { gfp_t flag; unsigned int value; } flags[] = {
		{ __GFP_DMA, 0x01 }, { __GFP_HIGHMEM, 0x02 }, { __GFP_DMA32, 0x04 },
		{ __GFP_MOVABLE, 0x08 }, { __GFP_RECLAIMABLE, 0x10 }, { __GFP_HIGH, 0x20 },
		{ __GFP_IO, 0x40 }, { __GFP_FS, 0x80 }, { __GFP_ZERO, 0x100 },
		{ __GFP_ATOMIC, 0x200 }, { __GFP_DIRECT_RECLAIM, 0x400 },
		{ __GFP_KSWAPD_RECLAIM, 0x800 }, { __GFP_WRITE, 0x1000 }, { __GFP_NOWARN, 0x2000 },
		{ __GFP_RETRY_MAYFAIL, 0x4000 }, { __GFP_NOFAIL, 0x8000 },
		{ __GFP_NORETRY, 0x10000 }, { __GFP_MEMALLOC, 0x20000 }, { __GFP_COMP, 0x40000 },
		{ __GFP_NOMEMALLOC, 0x80000 }, { __GFP_HARDWALL, 0x100000 },
		{ __GFP_THISNODE, 0x200000 }, { __GFP_ACCOUNT, 0x400000 },
		{ __GFP_RECLAIM, 0xc00 }, { GFP_ZONEMASK, 0x0f },
		{ GFP_ATOMIC, 0xa20 }, { GFP_KERNEL, 0xcc0 }, { GFP_KERNEL_ACCOUNT, 0x400cc0 },
		{ GFP_NOWAIT, 0x800 }, { GFP_NOIO, 0xc00 }, { GFP_NOFS, 0xc40 },
		{ GFP_USER, 0x100cc0 }, { GFP_DMA, 0x01 }, { GFP_DMA32, 0x04 },
		{ GFP_HIGHUSER, 0x100cc2 }, { GFP_HIGHUSER_MOVABLE, 0x100cca },
		{ GFP_TRANSHUGE_LIGHT, 0x1c20ca }, { GFP_TRANSHUGE, 0x1c24ca },
	};

	for (int i = 0; i < ARRAY_SIZE(flags); i++)
		KUNIT_EXPECT_EQ_MSG(test, flags[i].flag, flags[i].value, "flag %d", i);
}

/* ledger: G9. Textbooks of 2.6 and 3.x: what they meant, by today's names. */
static void old_names_are_accepted(struct kunit *test)
{
	struct page *page;

	KUNIT_EXPECT_EQ(test, __GFP_WAIT, __GFP_RECLAIM);
	KUNIT_EXPECT_EQ(test, __GFP_WAIT | __GFP_IO | __GFP_FS, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, __GFP_COLD, 0U);
	KUNIT_EXPECT_EQ(test, __GFP_REPEAT, __GFP_RETRY_MAYFAIL);
	page = alloc_page(__GFP_WAIT | __GFP_COLD | __GFP_REPEAT);
	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
}

/* -------------------------------- which zones -------------------------------- */

/* A zonelist has the zones that have pages, from the highest allowed down to DMA. */
static void expect_zonelist(struct kunit *test, gfp_t gfp, int highest)
{
	const struct zoneref *ref = gfp_zonelist(gfp)->refs;

	if (highest < 0) {		/* forbidden: nowhere that has a page */
		for (; ref->zone; ref++)
			KUNIT_EXPECT_FALSE_MSG(test, managed_zone(ref->zone), "%#x", gfp);
		return;
	}
	for (int i = highest; i >= ZONE_DMA; i--)
		if (managed_zone(&zones[i]))
			KUNIT_EXPECT_PTR_EQ_MSG(test, (ref++)->zone, &zones[i], "%#x", gfp);
	KUNIT_EXPECT_NULL_MSG(test, ref->zone, "%#x", gfp);
}

/* ledger: G4 G5 G6 P3. All 16 combinations of the four flags, in the order of their values. */
static void zonelists_by_flags(struct kunit *test)
{
	enum { D = ZONE_DMA, N = ZONE_NORMAL, H = ZONE_HIGHMEM, M = ZONE_MOVABLE, BAD = -1 };
	static const int highest[16] = {
		N, D, H, BAD, N, BAD, BAD, BAD,		/* DMA 1, HIGHMEM 2, DMA32 4 */
		N, D, M, BAD, N, BAD, BAD, BAD,		/* the same with MOVABLE, 8 */
	};

	for (gfp_t gfp = 0; gfp < ARRAY_SIZE(highest); gfp++) {
		KUNIT_EXPECT_EQ(test, oracle_highest_zone(gfp), highest[gfp]);
		expect_zonelist(test, gfp, highest[gfp]);
		if (highest[gfp] != BAD)
			KUNIT_EXPECT_EQ_MSG(test, gfp_zone(gfp), highest[gfp], "%#x", gfp);
	}
	KUNIT_EXPECT_PTR_EQ(test, gfp_zonelist(GFP_KERNEL | __GFP_ZERO), gfp_zonelist(0));
	KUNIT_EXPECT_PTR_EQ(test, node_zonelist(0, GFP_HIGHUSER), gfp_zonelist(__GFP_HIGHMEM));
}

/*
 * ledger: G4 G5 G6 P3. With room everywhere, the best zone serves; the others are there for when
 * there is none.
 */
static void best_zone_serves_first(struct kunit *test)
{
	static const gfp_t legal[] = {
		0, __GFP_DMA, __GFP_HIGHMEM, __GFP_DMA32, __GFP_MOVABLE, __GFP_MOVABLE | __GFP_DMA,
		__GFP_MOVABLE | __GFP_HIGHMEM, __GFP_MOVABLE | __GFP_DMA32,
	};

	for (int i = 0; i < ARRAY_SIZE(legal); i++) {
		struct page *page = sandbox_alloc(GFP_NOWAIT | legal[i], 0);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_PTR_EQ(test, page_zone(page), gfp_zonelist(legal[i])->refs[0].zone);
	}
}

/* ledger: G4. GFP_DMA is DMA or nothing: that NORMAL has plenty does not help. */
static void dma_is_the_dma_zone_or_nothing(struct kunit *test)
{
	struct page *page = sandbox_alloc(GFP_KERNEL | GFP_DMA, 0);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_PTR_EQ(test, page_zone(page), &zones[ZONE_DMA]);
	KUNIT_EXPECT_LT(test, page_to_pfn(page), MAX_DMA_PFN);

	zone_squeeze(&zones[ZONE_DMA], 0);
	KUNIT_EXPECT_NULL(test, sandbox_alloc(GFP_KERNEL | GFP_DMA, 0));
	KUNIT_EXPECT_NULL(test, sandbox_alloc(GFP_ATOMIC | GFP_DMA, 0));
	KUNIT_EXPECT_NULL(test, sandbox_alloc(GFP_DMA | __GFP_MEMALLOC, 0));
	page = sandbox_alloc(GFP_KERNEL | __GFP_NORETRY, 0);
	KUNIT_EXPECT_EQ(test, page != NULL, populated_zone(&zones[ZONE_NORMAL]));
}

static void expect_served_from(struct kunit *test, gfp_t gfp, const struct zone *zone)
{
	struct page *page = sandbox_alloc(gfp, 0);

	KUNIT_EXPECT_PTR_EQ_MSG(test, page ? page_zone(page) : NULL, zone, "%pGg", &gfp);
}

/*
 * ledger: G5. Myth: "without a zone flag, from NORMAL or HIGHMEM." From NORMAL, then DMA, and
 * never from high memory, however much of it is free: the caller could not use it.
 */
static void plain_is_normal_then_dma(struct kunit *test)
{
	int dma_ratio = sysctl_lowmem_reserve_ratio[ZONE_DMA];

	sysctl_lowmem_reserve_ratio[ZONE_DMA] = 0;	/* what DMA keeps back is watermark_test's */
	setup_per_zone_lowmem_reserve();
	zone_squeeze(&zones[ZONE_NORMAL], 0);
	expect_served_from(test, GFP_KERNEL, &zones[ZONE_DMA]);
	zone_squeeze(&zones[ZONE_DMA], 0);
	kunit_info(test, "GFP_KERNEL with no low memory and %lu pages of high memory free\n",
		   nr_free_pages());
	expect_served_from(test, GFP_KERNEL | __GFP_NORETRY, NULL);
	expect_served_from(test, GFP_ATOMIC | __GFP_MEMALLOC, NULL);
	expect_served_from(test, __GFP_DMA32, NULL);
	sysctl_lowmem_reserve_ratio[ZONE_DMA] = dma_ratio;
	setup_per_zone_lowmem_reserve();
}

static void set_no_reserves(int saved[ZONE_HIGHMEM])
{
	for (int i = ZONE_DMA; i < ZONE_HIGHMEM; i++) {
		saved[i] = sysctl_lowmem_reserve_ratio[i];
		sysctl_lowmem_reserve_ratio[i] = 0;
	}
	setup_per_zone_lowmem_reserve();
}

static void restore_reserves(const int saved[ZONE_HIGHMEM])
{
	for (int i = ZONE_DMA; i < ZONE_HIGHMEM; i++)
		sysctl_lowmem_reserve_ratio[i] = saved[i];
	setup_per_zone_lowmem_reserve();
}

/*
 * ledger: G6. Myth: "__GFP_HIGHMEM: from HIGHMEM, or else NORMAL." Also from DMA, when both are
 * empty.
 */
static void highmem_then_normal_then_dma(struct kunit *test)
{
	static const gfp_t gfps[] = { GFP_HIGHUSER, GFP_HIGHUSER_MOVABLE };
	int saved[ZONE_HIGHMEM];

	set_no_reserves(saved);
	for (int i = ZONE_HIGHMEM; i >= ZONE_DMA; i--) {
		if (!populated_zone(&zones[i]))
			continue;
		for (int j = 0; j < ARRAY_SIZE(gfps); j++)
			expect_served_from(test, gfps[j], &zones[i]);
		zone_squeeze(&zones[i], 0);
	}
	expect_served_from(test, GFP_HIGHUSER | __GFP_NORETRY, NULL);
	restore_reserves(saved);
}

/* -------------------------------- what makes no sense -------------------------------- */

/* ledger: P3. There is no DMA32 zone: everything below the line is below 4 GiB. */
static void dma32_is_below_the_line(struct kunit *test)
{
	struct page *page = sandbox_alloc(GFP_KERNEL | __GFP_DMA32, 0);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_LT(test, page_to_phys(page), 1ULL << 32);
	KUNIT_EXPECT_FALSE(test, PageHighMem(page));
	expect_served_from(test, GFP_KERNEL | __GFP_DMA32, gfp_zonelist(0)->refs[0].zone);
}

static struct page *volatile got;	/* survives the watch over the log */

/* Said once, served always: from the zone that all the flags can bear. */
static void expect_forbidden(struct kunit *test, gfp_t gfp)
{
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "alloc_pages: *flags that exclude each other: *",
			    got = sandbox_alloc(GFP_NOWAIT | gfp, 0));
	KUNIT_ASSERT_NOT_NULL(test, got);
	KUNIT_EXPECT_PTR_EQ(test, page_zone(got), gfp_zonelist(gfp & __GFP_DMA)->refs[0].zone);
	KUNIT_EXPECT_STREQ(test, PAGE_LOG(got = sandbox_alloc(GFP_NOWAIT | gfp, 0)), "");
	KUNIT_EXPECT_NOT_NULL(test, got);
}

/* ledger: P3 */
static void forbidden_combinations_are_reported(struct kunit *test)
{
	expect_forbidden(test, __GFP_DMA32 | __GFP_HIGHMEM);
	expect_forbidden(test, __GFP_DMA32 | __GFP_HIGHMEM | __GFP_MOVABLE);
	expect_forbidden(test, __GFP_DMA | __GFP_HIGHMEM);
	expect_forbidden(test, __GFP_DMA | __GFP_HIGHMEM | __GFP_MOVABLE);
	expect_forbidden(test, __GFP_DMA | __GFP_DMA32);
	expect_forbidden(test, __GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM);
}

static volatile unsigned long addr;

/* ledger: G6 P5. What returns an address cannot return high memory, which has none. */
static void get_free_pages_is_never_high(struct kunit *test)
{
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "*: high memory has no address: *(GFP_HIGHUSER)",
			    addr = __get_free_pages(GFP_HIGHUSER, 0));
	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_EXPECT_TRUE(test, virt_addr_valid(addr));
	KUNIT_EXPECT_FALSE(test, PageHighMem(virt_to_page(addr)));
	free_page(addr);

	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "*: high memory has no address: *",
			    addr = get_zeroed_page(GFP_HIGHUSER));
	KUNIT_EXPECT_TRUE(test, virt_addr_valid(addr));
	free_page(addr);
	KUNIT_EXPECT_STREQ(test, PAGE_LOG(addr = __get_free_page(GFP_KERNEL)), "");
	free_page(addr);
}

/* ledger: P5 G5. Low memory is gone, high memory is not: there is no address to be had. */
static void no_address_without_low_memory(struct kunit *test)
{
	zone_squeeze(&zones[ZONE_NORMAL], 0);
	zone_squeeze(&zones[ZONE_DMA], 0);
	KUNIT_EXPECT_EQ(test, __get_free_page(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY), 0);
	KUNIT_EXPECT_EQ(test, __get_dma_pages(GFP_KERNEL | __GFP_NOWARN, 0), 0);
	KUNIT_EXPECT_EQ(test, get_zeroed_page(GFP_ATOMIC | __GFP_NOWARN), 0);
	KUNIT_EXPECT_NULL(test, alloc_pages_exact(5000,
				GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY));
}

/* -------------------------------- migrate types -------------------------------- */

/* ledger: P10 G8 */
static void migrate_types_by_flags(struct kunit *test)
{
	bool grouped = !page_group_by_mobility_disabled;

	KUNIT_EXPECT_EQ(test, gfp_migratetype(GFP_KERNEL), MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_EQ(test, gfp_migratetype(GFP_HIGHUSER), MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_EQ(test, gfp_migratetype(GFP_HIGHUSER_MOVABLE),
			grouped ? MIGRATE_MOVABLE : MIGRATE_UNMOVABLE);
	KUNIT_EXPECT_EQ(test, gfp_migratetype(GFP_KERNEL | __GFP_RECLAIMABLE),
			grouped ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE);
}

static bool has_free_pageblock(const struct zone *zone)
{
	return zone->free_area[pageblock_order].nr_free || zone->free_area[MAX_ORDER - 1].nr_free;
}

/* ledger: P10. While whole pageblocks are free, each kind of page gets pageblocks of its own. */
static void kinds_are_kept_apart(struct kunit *test)
{
	static const gfp_t kinds[] = { 0, __GFP_MOVABLE, __GFP_RECLAIMABLE };

	for (int i = 0; i < 3 * ARRAY_SIZE(kinds); i++) {
		gfp_t gfp = GFP_KERNEL | kinds[i % ARRAY_SIZE(kinds)];
		bool room = has_free_pageblock(gfp_zonelist(gfp)->refs[0].zone);
		struct page *page = sandbox_alloc(gfp, i % 4);

		KUNIT_ASSERT_NOT_NULL(test, page);
		if (room)
			KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), gfp_migratetype(gfp));
	}
}

/* ledger: P10 G8. Movable and reclaimable at once: that is no migrate type. */
static void both_kinds_at_once_are_reported(struct kunit *test)
{
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "alloc_pages: flags that exclude each other: *",
			    got = alloc_pages(GFP_KERNEL | GFP_MOVABLE_MASK, 1));
	KUNIT_ASSERT_NOT_NULL(test, got);
	KUNIT_EXPECT_EQ(test, page_block_order(got), 1);
	__free_pages(got, 1);
	pcp_enable(true);
	for (unsigned int order = 0; order <= PAGE_ALLOC_COSTLY_ORDER; order++) {
		got = alloc_pages(GFP_HIGHUSER | GFP_MOVABLE_MASK, order);
		KUNIT_ASSERT_NOT_NULL(test, got);
		KUNIT_EXPECT_EQ(test, page_block_order(got), order);
		__free_pages(got, order);
	}
	pcp_enable(false);
}

/* -------------------------------- nodes -------------------------------- */

static void expect_single_page(struct kunit *test, struct page *page)
{
	KUNIT_EXPECT_NOT_NULL(test, page);
	if (!page)
		return;
	KUNIT_EXPECT_EQ(test, page_to_nid(page), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_page(page);
}

/* ledger: P9 G8 */
static void the_node_there_is(struct kunit *test)
{
	void *exact;

	page_log_begin();
	expect_single_page(test, alloc_pages_node(0, GFP_KERNEL, 0));
	expect_single_page(test, alloc_pages_node(NUMA_NO_NODE, GFP_KERNEL, 0));
	expect_single_page(test, alloc_pages_node(numa_node_id(), GFP_KERNEL | __GFP_THISNODE, 0));
	expect_single_page(test, __alloc_pages_node(numa_mem_id(), GFP_ATOMIC, 0));
	expect_single_page(test, __alloc_pages(GFP_KERNEL, 0, 0, NULL));
	expect_single_page(test, alloc_page(GFP_KERNEL | __GFP_THISNODE));
	exact = alloc_pages_exact_nid(0, 1, GFP_KERNEL);
	free_pages_exact(exact, 1);
	KUNIT_EXPECT_STREQ(test, page_log_end(), "");
	KUNIT_EXPECT_NOT_NULL(test, exact);
}

static void expect_no_such_node(struct kunit *test, int nid)
{
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "*there is no node *", got = alloc_pages_node(nid, GFP_KERNEL, 0));
	expect_single_page(test, got);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "*there is no node *",
			    got = __alloc_pages(GFP_KERNEL, 0, nid, NULL));
	expect_single_page(test, got);
}

/* ledger: P9 */
static void another_node_is_reported_and_served(struct kunit *test)
{
	expect_no_such_node(test, 1);
	expect_no_such_node(test, -2);
	expect_no_such_node(test, 64);
}

/* -------------------------------- the others -------------------------------- */

/*
 * ledger: G7 G8. With memory to spare, every flag that is not about zones is served without a
 * word.
 */
static void every_flag_is_served(struct kunit *test)
{
	static const gfp_t named[] = {
		GFP_KERNEL, GFP_KERNEL_ACCOUNT, GFP_ATOMIC, GFP_NOWAIT, GFP_NOIO, GFP_NOFS, GFP_USER,
		GFP_HIGHUSER, GFP_HIGHUSER_MOVABLE, GFP_TRANSHUGE, GFP_TRANSHUGE_LIGHT, GFP_DMA, 0,
	};

	page_log_begin();
	for (gfp_t bit = __GFP_HIGH; bit <= ___GFP_ZEROTAGS; bit <<= 1)
		expect_single_page(test, alloc_page(bit));
	for (int i = 0; i < ARRAY_SIZE(named); i++)
		expect_single_page(test, alloc_page(named[i]));
	KUNIT_EXPECT_STREQ(test, page_log_end(), "");
}

/* ledger: G14. Masks are printed as names: the combination first, then what is left over. */
static void masks_have_names(struct kunit *test)
{
	static const struct { gfp_t gfp; const char *names; } masks[] = {
		{ GFP_KERNEL, "GFP_KERNEL" },
		{ GFP_ATOMIC | __GFP_ZERO, "GFP_ATOMIC|__GFP_ZERO" },
		{ GFP_HIGHUSER_MOVABLE | __GFP_COMP, "GFP_HIGHUSER_MOVABLE|__GFP_COMP" },
		{ GFP_NOWAIT | __GFP_NOWARN, "GFP_NOWAIT|__GFP_NOWARN" },
		{ 0, "none" },
	};
	char text[80];

	for (int i = 0; i < ARRAY_SIZE(masks); i++) {
		snprintf(text, sizeof(text), "%pGg", &masks[i].gfp);
		KUNIT_EXPECT_STREQ(test, text, masks[i].names);
	}
}

static struct kunit_case gfp_cases[] = {
	KUNIT_CASE(values_are_linux),
	KUNIT_CASE(old_names_are_accepted),
	KUNIT_CASE(zonelists_by_flags),
	KUNIT_CASE(best_zone_serves_first),
	KUNIT_CASE(dma_is_the_dma_zone_or_nothing),
	KUNIT_CASE(plain_is_normal_then_dma),
	KUNIT_CASE(highmem_then_normal_then_dma),
	KUNIT_CASE(dma32_is_below_the_line),
	KUNIT_CASE(forbidden_combinations_are_reported),
	KUNIT_CASE(get_free_pages_is_never_high),
	KUNIT_CASE(no_address_without_low_memory),
	KUNIT_CASE(migrate_types_by_flags),
	KUNIT_CASE(kinds_are_kept_apart),
	KUNIT_CASE(both_kinds_at_once_are_reported),
	KUNIT_CASE(the_node_there_is),
	KUNIT_CASE(another_node_is_reported_and_served),
	KUNIT_CASE(every_flag_is_served),
	KUNIT_CASE(masks_have_names),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite gfp_suite = {
	.name = "gfp",
	.init = zone_sandbox_enter,
	.exit = zone_sandbox_leave,
	.test_cases = gfp_cases,
};
kunit_test_suite(gfp_suite);
