// SPDX-License-Identifier: MIT
/*
 * How far down each kind of request may go, to the page: zones are drained page by page, and the
 * free count at which a request first fails is compared with what Linux's rules say.
 */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <quarry/test_seed.h>

#include "page_log.h"
#include "zone_sandbox.h"

/* -------------------------------- the floors -------------------------------- */

/*
 * Who asks, and how much of min he must leave: all, less a half, less a quarter; or nothing. (Plain
 * GFP_KERNEL does not give in there, but has somebody killed: oom_ladder_test.c.)
 */
static const struct rung {
	const char *name;
	gfp_t gfp;
	bool memalloc;			/* between memalloc_noreclaim_save() and restore() */
	bool interrupt;			/* in a hardware interrupt */
	bool half, quarter, nothing;
} rungs[] = {
	{ .name = "GFP_NOWAIT", .gfp = GFP_NOWAIT },
	{ .name = "GFP_KERNEL & ~__GFP_RECLAIM", .gfp = GFP_KERNEL & ~__GFP_RECLAIM },
	{ .name = "GFP_KERNEL | __GFP_NORETRY", .gfp = GFP_KERNEL | __GFP_NORETRY },
	{ .name = "GFP_KERNEL | __GFP_RETRY_MAYFAIL", .gfp = GFP_KERNEL | __GFP_RETRY_MAYFAIL },
	{ .name = "__GFP_HIGH", .gfp = GFP_NOWAIT | __GFP_HIGH, .half = true },
	{ .name = "__GFP_ATOMIC", .gfp = GFP_NOWAIT | __GFP_ATOMIC, .quarter = true },
	{ .name = "GFP_ATOMIC", .gfp = GFP_ATOMIC, .half = true, .quarter = true },
	{ .name = "GFP_ATOMIC in an interrupt", .gfp = GFP_ATOMIC, .interrupt = true,
	  .half = true, .quarter = true },
	{ .name = "GFP_ATOMIC | __GFP_NOMEMALLOC", .gfp = GFP_ATOMIC | __GFP_NOMEMALLOC, .half = true },
	{ .name = "__GFP_MEMALLOC", .gfp = GFP_NOWAIT | __GFP_MEMALLOC, .nothing = true },
	{ .name = "__GFP_MEMALLOC in an interrupt", .gfp = GFP_NOWAIT | __GFP_MEMALLOC,
	  .interrupt = true, .nothing = true },
	{ .name = "__GFP_MEMALLOC | __GFP_NOMEMALLOC",
	  .gfp = GFP_NOWAIT | __GFP_MEMALLOC | __GFP_NOMEMALLOC },
	{ .name = "PF_MEMALLOC, GFP_NOWAIT", .gfp = GFP_NOWAIT, .memalloc = true, .nothing = true },
	{ .name = "PF_MEMALLOC, GFP_KERNEL", .gfp = GFP_KERNEL, .memalloc = true, .nothing = true },
	{ .name = "PF_MEMALLOC, __GFP_NOMEMALLOC", .gfp = GFP_NOWAIT | __GFP_NOMEMALLOC,
	  .memalloc = true },
	{ .name = "PF_MEMALLOC, interrupted", .gfp = GFP_NOWAIT, .memalloc = true,
	  .interrupt = true },
};

static void describe_rung(const struct rung *rung, char *desc)
{
	strscpy(desc, rung->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rung, rungs, describe_rung);

static unsigned long floor_of(const struct zone *zone, const struct rung *rung)
{
	unsigned long floor = rung->nothing ? 0 : min_wmark_pages(zone);

	if (rung->half)
		floor -= floor / 2;
	if (rung->quarter)
		floor -= floor / 4;
	return floor;
}

/* Take all that is to be had as @rung asks for it; the zone's free count at the first refusal. */
static unsigned long exhaust_as(const struct rung *rung, gfp_t zone_flags, unsigned int order,
				const struct zone *zone)
{
	unsigned int saved = rung->memalloc ? memalloc_noreclaim_save() : 0;
	unsigned long stop;

	if (rung->interrupt)
		preempt_count_add(HARDIRQ_OFFSET);
	sandbox_exhaust(rung->gfp | zone_flags, order, zone, &stop);
	if (rung->interrupt)
		preempt_count_sub(HARDIRQ_OFFSET);
	if (rung->memalloc)
		memalloc_noreclaim_restore(saved);
	return stop;
}

/* So many pages above its floor a zone begins: few enough to be drained page by page. */
#define ABOVE_THE_FLOOR	40

static const gfp_t zone_flags[] = {
	[ZONE_DMA] = __GFP_DMA,
	[ZONE_NORMAL] = 0,
	[ZONE_HIGHMEM] = __GFP_HIGHMEM,
};

/* Empty all other zones; leave ABOVE_THE_FLOOR pages more than @most. False: there were fewer. */
static bool leave_only(struct zone *zone, unsigned long most)
{
	struct zone *other;

	for_each_populated_zone(other)
		if (other != zone)
			zone_squeeze(other, 0);
	return zone_squeeze(zone, most + ABOVE_THE_FLOOR);
}

/* Are @pages pages free in blocks of at least @order? */
static bool has_pages_in_blocks(const struct zone *zone, unsigned int order, unsigned long pages)
{
	unsigned long there = 0;

	for (; order < MAX_ORDER; order++)
		there += zone->free_area[order].nr_free << order;
	return there >= pages;
}

/*
 * A request for n pages must leave more than the floor, not counting what it takes beside its
 * first page. So from floor + 40 on, it is granted 40 / n times, and then refused.
 */
static void expect_floor(struct kunit *test, struct zone *zone, const struct rung *rung,
			 unsigned int order)
{
	const struct list_head *mark = zones_mark();
	unsigned long start = floor_of(zone, rung) + ABOVE_THE_FLOOR;
	unsigned long granted = ABOVE_THE_FLOOR >> order << order;

	zone_squeeze(zone, start);
	if (!has_pages_in_blocks(zone, order, granted)) {	/* a tiny zone in pieces */
		KUNIT_EXPECT_LT(test, zone->managed_pages, MAX_ORDER_NR_PAGES);
		zones_release_to(mark);
		return;
	}
	KUNIT_EXPECT_EQ_MSG(test, exhaust_as(rung, zone_flags[zone_idx(zone)], order, zone),
			    start - granted, "%s, order %u: min is %lu", zone->name, order,
			    min_wmark_pages(zone));
	zones_release_to(mark);
}

/* ledger: G2 G3 G8 G10 P12 */
static void stops_at_its_floor(struct kunit *test)
{
	unsigned int zones = 0;
	struct zone *zone;

	for_each_populated_zone(zone) {
		if (leave_only(zone, min_wmark_pages(zone))) {
			for (unsigned int order = 0; order <= PAGE_ALLOC_COSTLY_ORDER; order++)
				expect_floor(test, zone, test->param_value, order);
			zones++;
		}
		zones_release();
	}
	KUNIT_EXPECT_GT(test, zones, 0);
}

/* The largest zone without high memory: Linux's reserves are meant for it. */
static struct zone *main_zone(void)
{
	struct zone *normal = &contig_page_data.node_zones[ZONE_NORMAL];

	return normal->managed_pages > min_wmark_pages(normal) + ABOVE_THE_FLOOR ?
	       normal : &contig_page_data.node_zones[ZONE_DMA];
}

/*
 * ledger: G2. Myth: "GFP_ATOMIC can use even the last free page." It is refused when three eighths
 * of min are still free; only whoever frees memory gets the rest.
 */
static void atomic_does_not_get_the_last_page(struct kunit *test)
{
	static const struct rung nowait = { .gfp = GFP_NOWAIT }, atomic = { .gfp = GFP_ATOMIC },
				 freeing = { .gfp = GFP_ATOMIC, .memalloc = true };
	struct zone *zone = main_zone();
	unsigned long min = min_wmark_pages(zone), after_nowait, after_atomic;

	KUNIT_ASSERT_TRUE(test, leave_only(zone, min));
	after_nowait = exhaust_as(&nowait, zone_flags[zone_idx(zone)], 0, zone);
	after_atomic = exhaust_as(&atomic, zone_flags[zone_idx(zone)], 0, zone);
	kunit_info(test, "%s, min %lu: GFP_NOWAIT is refused with %lu pages free, GFP_ATOMIC with %lu\n",
		   zone->name, min, after_nowait, after_atomic);
	KUNIT_EXPECT_EQ(test, after_nowait, min);
	KUNIT_EXPECT_EQ(test, after_atomic, (min - min / 2) - (min - min / 2) / 4);
	KUNIT_EXPECT_GT(test, after_atomic, 0);
	KUNIT_EXPECT_EQ(test, exhaust_as(&freeing, zone_flags[zone_idx(zone)], 0, zone), 0);
}

/* ledger: G2 G8. Whoever can wait is told so, and gets what __GFP_HIGH gets. */
static void atomic_is_for_those_who_cannot_wait(struct kunit *test)
{
	static const struct rung both = { .gfp = GFP_KERNEL | __GFP_HIGH | __GFP_ATOMIC };
	struct zone *zone = main_zone();
	unsigned long min = min_wmark_pages(zone);

	KUNIT_ASSERT_TRUE(test, leave_only(zone, min));
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "WARNING: *",
			    exhaust_as(&both, zone_flags[zone_idx(zone)], 0, zone));
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, min - min / 2);
}

/* ledger: G8 G10. Who must not fail gets the last page before the kernel gives up. */
static void nofail_gets_the_last_page(struct kunit *test)
{
	static const struct rung kernel = { .gfp = GFP_KERNEL | __GFP_NORETRY };
	struct zone *zone = main_zone();
	unsigned long min = min_wmark_pages(zone);
	gfp_t flags = zone_flags[zone_idx(zone)];

	KUNIT_ASSERT_TRUE(test, leave_only(zone, min));
	KUNIT_EXPECT_EQ(test, exhaust_as(&kernel, flags, 0, zone), min);
	page_log_begin();		/* this process is killed for it */
	for (unsigned long i = 0; i < min; i++)
		KUNIT_EXPECT_NOT_NULL(test, sandbox_alloc(GFP_KERNEL | __GFP_NOFAIL | flags, 0));
	page_log_end();
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 0);
}

/* ledger: G8. Who cannot wait is told so, and refused like others. */
static void nofail_needs_waiting(struct kunit *test)
{
	zones_squeeze(0);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "alloc_pages: __GFP_NOFAIL *", alloc_page(GFP_NOWAIT | __GFP_NOFAIL));
	KUNIT_EXPECT_NULL(test, sandbox_alloc(GFP_NOWAIT | __GFP_NOFAIL, 0));
}

/* -------------------------------- reserves between zones -------------------------------- */

/*
 * @zone must keep its reserve against requests that could have been served by zone @upper, on top
 * of what they must leave anyway. Where the reserve is all of the zone, they get nothing.
 */
static void expect_reserve(struct kunit *test, struct zone *zone, int upper)
{
	const struct rung *nowait = &rungs[0];
	unsigned long floor = min_wmark_pages(zone) + zone->lowmem_reserve[upper], expected;

	leave_only(zone, floor);
	expected = min(zone->nr_free_pages, floor);
	KUNIT_EXPECT_EQ_MSG(test, exhaust_as(nowait, zone_flags[upper], 0, zone), expected,
			    "%s, against zone %d: %lu", zone->name, upper, zone->lowmem_reserve[upper]);
	zones_release();
}

/* ledger: P12 G5 G6 */
static void lower_zones_keep_a_reserve(struct kunit *test)
{
	struct zone *zones = contig_page_data.node_zones;

	for (int lower = ZONE_DMA; lower <= ZONE_NORMAL; lower++)
		for (int upper = lower + 1; upper <= ZONE_HIGHMEM; upper++)
			if (populated_zone(&zones[lower]))
				expect_reserve(test, &zones[lower], upper);
}

/* ledger: G8 P12. Whoever may take everything is not held up by another zone's reserve either. */
static void memalloc_ignores_the_reserve(struct kunit *test)
{
	static const struct rung memalloc = { .gfp = GFP_NOWAIT | __GFP_MEMALLOC };
	struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];

	leave_only(dma, 0);
	KUNIT_EXPECT_EQ(test, exhaust_as(&memalloc, __GFP_HIGHMEM, 0, dma), 0);
}

/* -------------------------------- low, then min -------------------------------- */

/* ledger: G5 P12. While another zone has enough, a zone's own reserve is left alone. */
static void at_the_low_mark_the_next_zone_serves(struct kunit *test)
{
	struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];
	struct zone *normal = &contig_page_data.node_zones[ZONE_NORMAL];
	unsigned long dma_low = low_wmark_pages(dma) + dma->lowmem_reserve[ZONE_NORMAL];
	struct zone *first = populated_zone(normal) ? normal : dma;
	struct page *page[3];

	if (first == normal)
		KUNIT_ASSERT_TRUE(test, zone_squeeze(normal, low_wmark_pages(normal) + 1));
	KUNIT_ASSERT_TRUE(test, zone_squeeze(dma, dma_low + 1));
	for (int i = 0; i < ARRAY_SIZE(page); i++)
		KUNIT_ASSERT_NOT_NULL(test, page[i] = sandbox_alloc(GFP_NOWAIT, 0));
	KUNIT_EXPECT_PTR_EQ(test, page_zone(page[0]), first);	/* down to low */
	KUNIT_EXPECT_PTR_EQ(test, page_zone(page[1]), dma);	/* down to low */
	KUNIT_EXPECT_PTR_EQ(test, page_zone(page[2]), first);	/* from low towards min */
}

/*
 * ledger: P11 P12 G2 G3. What lies on the CPU's list was taken out of the zone before: that it is
 * at hand does not entitle anybody to it who would be refused otherwise.
 */
static void pages_at_hand_are_no_reserve(struct kunit *test)
{
	struct zone *zone = main_zone(), *other;
	gfp_t flags = zone_flags[zone_idx(zone)];
	struct page *page;

	pcp_enable(true);
	page = alloc_page(GFP_KERNEL | flags);
	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
	KUNIT_ASSERT_EQ(test, page_state(page), PAGE_PCP);
	for_each_populated_zone(other)
		zone_squeeze(other, other == zone ? min_wmark_pages(zone) : 0);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, min_wmark_pages(zone));
	KUNIT_EXPECT_NULL(test, sandbox_alloc(GFP_NOWAIT | flags, 0));
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_PCP);
	/* who can wait has the lists sent home first, and then there is a page more than min */
	KUNIT_EXPECT_NOT_NULL(test, sandbox_alloc(GFP_KERNEL | flags, 0));
	zones_release();
	pcp_enable(false);
}

/* -------------------------------- anything, against the oracle -------------------------------- */

static gfp_t random_gfp(struct rnd_state *rnd)
{
	static const gfp_t zone_choices[] = {
		0, 0, __GFP_DMA, __GFP_DMA32, __GFP_HIGHMEM, __GFP_HIGHMEM | __GFP_MOVABLE,
		__GFP_MOVABLE, __GFP_RECLAIMABLE,
	};
	static const gfp_t bits[] = {
		__GFP_HIGH, __GFP_ATOMIC, __GFP_KSWAPD_RECLAIM, __GFP_MEMALLOC, __GFP_NOMEMALLOC,
		__GFP_COMP, __GFP_NORETRY, __GFP_HARDWALL,
	};
	gfp_t gfp = zone_choices[prandom_u32_max_state(rnd, ARRAY_SIZE(zone_choices))];

	for (int i = 0; i < ARRAY_SIZE(bits); i++)
		if (prandom_u32_max_state(rnd, 4) == 0)
			gfp |= bits[i];
	return gfp;
}

/* Near one of the marks, or empty, or as it is. */
static void squeeze_at_random(struct rnd_state *rnd)
{
	struct zone *zone;

	for_each_populated_zone(zone) {
		unsigned long mark[] = {
			0, min_wmark_pages(zone) / 2, min_wmark_pages(zone), low_wmark_pages(zone),
			min_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL],
			low_wmark_pages(zone) + zone->lowmem_reserve[ZONE_HIGHMEM], ~0UL / 2,
		};
		unsigned long free = mark[prandom_u32_max_state(rnd, ARRAY_SIZE(mark))];

		zone_squeeze(zone, free + prandom_u32_max_state(rnd, 12));
	}
}

/* One request that the oracle has judged before. False: they do not agree. */
static bool expect_oracle(struct kunit *test, struct rnd_state *rnd)
{
	unsigned int order = prandom_u32_max_state(rnd, prandom_u32_max_state(rnd, 8) ? 4 : MAX_ORDER);
	bool memalloc = prandom_u32_max_state(rnd, 8) == 0;
	unsigned int saved = current->flags & PF_MEMALLOC;
	gfp_t gfp = random_gfp(rnd);
	const struct zone *expected;
	struct page *page;

	if (memalloc)
		saved = memalloc_noreclaim_save();
	expected = oracle_zone(gfp, order);
	page = sandbox_alloc(gfp, order);
	memalloc_noreclaim_restore(saved);
	KUNIT_EXPECT_PTR_EQ_MSG(test, page ? page_zone(page) : NULL, expected,
				"order %u, %#x(%pGg)%s", order, gfp, &gfp,
				memalloc ? ", PF_MEMALLOC" : "");
	return page ? page_zone(page) == expected : !expected;
}

/* ledger: P3 P12 G2 G3 G4 G5 G6 G8 */
static void agrees_with_the_oracle(struct kunit *test)
{
	unsigned int rounds = kunit_rounds(100);
	const struct list_head *mark;
	struct rnd_state rnd;
	struct zone *zone;

	prandom_seed_state(&rnd, kunit_seed());
	for_each_populated_zone(zone)	/* so that a round is short on large machines, too */
		zone_squeeze(zone, high_wmark_pages(zone) + 8 * MAX_ORDER_NR_PAGES);
	mark = zones_mark();
	while (rounds--) {
		squeeze_at_random(&rnd);
		for (int i = 0; i < 32; i++)
			if (!expect_oracle(test, &rnd))
				return;
		zones_release_to(mark);
	}
}

static struct kunit_case watermark_cases[] = {
	KUNIT_CASE_PARAM(stops_at_its_floor, rung_gen_params),
	KUNIT_CASE(atomic_does_not_get_the_last_page),
	KUNIT_CASE(atomic_is_for_those_who_cannot_wait),
	KUNIT_CASE(nofail_gets_the_last_page),
	KUNIT_CASE(nofail_needs_waiting),
	KUNIT_CASE(lower_zones_keep_a_reserve),
	KUNIT_CASE(memalloc_ignores_the_reserve),
	KUNIT_CASE(at_the_low_mark_the_next_zone_serves),
	KUNIT_CASE(pages_at_hand_are_no_reserve),
	KUNIT_CASE(agrees_with_the_oracle),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite watermark_suite = {
	.name = "watermark",
	.init = zone_sandbox_enter,
	.exit = zone_sandbox_leave,
	.test_cases = watermark_cases,
};
kunit_test_suite(watermark_suite);
