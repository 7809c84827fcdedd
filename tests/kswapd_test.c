// SPDX-License-Identifier: MIT
/*
 * Kswapd: a zone that is at its low mark wakes it, it works until there is enough again, and it
 * leaves off where nothing is to be had. The memory it gets back is a cache's of single pages.
 * Zones are measured by their own numbers; how long it takes to get there is limited by patience
 * only.
 */
#include <kunit/settle.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "../mm/slab.h"
#include "../mm/vmscan.h"
#include "climb_watch.h"
#include "probe_shrinker.h"
#include "zone_sandbox.h"

#define PATIENCE	(30 * HZ)
#define A_MOMENT	(HZ / 50)	/* for one who is awake, or is woken, to begin */
#define A_WHILE		(HZ / 8)	/* longer than kswapd rests between two runs */

static struct probe probe;
static struct zone *zone;
static gfp_t zone_flag;

/* Until @condition, or patience is out. */
#define wait_until(condition) \
({ \
	unsigned long __end = jiffies + PATIENCE; \
	\
	while (!(condition) && time_before(jiffies, __end)) \
		schedule_timeout_uninterruptible(1); \
	(condition); \
})

static unsigned long runs(void)
{
	return vm_events(PAGEOUTRUN);
}

static bool is_hopeless(void)
{
	return READ_ONCE(kswapd_of_node.failures) >= MAX_RECLAIM_RETRIES;
}

static bool sleeps_for(unsigned long ticks)
{
	unsigned long before = runs();

	schedule_timeout_uninterruptible(ticks);
	return runs() == before && !READ_ONCE(kswapd_of_node.wanted);
}

static unsigned long above_min(unsigned long mark)
{
	return mark - min_wmark_pages(zone);
}

/* Pages enough for it to get well, and to stop half-way. */
static unsigned long plenty(void)
{
	return 3 * above_min(high_wmark_pages(zone));
}

/* There is only one zone, at min + @above, and besides, @nr pages in our cache. */
static void begin(struct kunit *test, unsigned long nr, unsigned long above)
{
	KUNIT_ASSERT_TRUE(test, zones_leave(zone, min_wmark_pages(zone) + above + nr));
	slab_reap_caches();
	zone_squeeze(zone, min_wmark_pages(zone) + above + nr);
	probe.shrinker.seeks = 2;
	probe.shrinker.batch = 8;
	probe.for_all = true;
	probe_begin(test, &probe);
	probe_keep(test, &probe, (GFP_KERNEL & ~__GFP_RECLAIM) | zone_flag, nr);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, min_wmark_pages(zone) + above);
}

/* Down to min. */
static void use_up(gfp_t gfp)
{
	unsigned long stop;

	sandbox_exhaust(gfp | zone_flag, 0, zone, &stop);
}

static bool is_well(void)
{
	return READ_ONCE(zone->nr_free_pages) > high_wmark_pages(zone);
}

/*
 * ledger: R1 G3. It sleeps above low; below, the first request wakes it; above high it sleeps
 * again.
 */
static void works_from_low_to_high(struct kunit *test)
{
	unsigned long stolen = vm_events(PGSTEAL_KSWAPD);

	begin(test, plenty(), above_min(low_wmark_pages(zone)) + 1);
	KUNIT_EXPECT_NOT_NULL(test, sandbox_alloc(GFP_NOWAIT | zone_flag, 0));
	KUNIT_EXPECT_TRUE(test, sleeps_for(A_MOMENT));
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, low_wmark_pages(zone));
	KUNIT_EXPECT_NOT_NULL(test, sandbox_alloc(GFP_NOWAIT | zone_flag, 0));
	KUNIT_EXPECT_TRUE(test, wait_until(is_well()));
	KUNIT_EXPECT_TRUE(test, wait_until(sleeps_for(A_WHILE)));
	KUNIT_EXPECT_TRUE(test, is_well());
	KUNIT_EXPECT_GT(test, probe.nr_pages, 0);	/* enough is enough */
	KUNIT_EXPECT_GE(test, vm_events(PGSTEAL_KSWAPD) - stolen,
			high_wmark_pages(zone) - low_wmark_pages(zone));
	KUNIT_EXPECT_EQ(test, probe.gfp, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, kswapd_of_node.failures, 0);
}

/* ledger: R1 G10. Who forbids it is not the one to wake it, though he takes what there is. */
static void not_for_who_forbids_it(struct kunit *test)
{
	unsigned long before;

	begin(test, plenty(), 8);
	before = runs();
	use_up(GFP_KERNEL & ~__GFP_RECLAIM);
	KUNIT_EXPECT_TRUE(test, sleeps_for(A_MOMENT));
	KUNIT_EXPECT_EQ(test, runs(), before);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, min_wmark_pages(zone));
	KUNIT_EXPECT_EQ(test, probe.scans, 0);
	use_up(GFP_ATOMIC);
	KUNIT_EXPECT_TRUE(test, wait_until(runs() > before));
}

/* ledger: R1. After 16 runs without a page it gives up; between two of them it takes a rest. */
static void gives_up(struct kunit *test)
{
	unsigned long before, begun = jiffies;

	begin(test, 0, 1);
	before = runs();
	WRITE_ONCE(kswapd_of_node.failures, MAX_RECLAIM_RETRIES - 4);
	use_up(GFP_NOWAIT);
	KUNIT_EXPECT_TRUE(test, wait_until(is_hopeless()));
	KUNIT_EXPECT_GE(test, runs() - before, 4);
	KUNIT_EXPECT_GE(test, jiffies - begun, 3 * (HZ / 10 - 1));
	KUNIT_EXPECT_TRUE(test, wait_until(sleeps_for(A_WHILE)));
	/* an order that came in while it worked it takes, too */
	KUNIT_EXPECT_LE(test, kswapd_of_node.failures, MAX_RECLAIM_RETRIES + 1);
	before = runs();
	use_up(GFP_NOWAIT);
	KUNIT_EXPECT_TRUE(test, sleeps_for(A_MOMENT));
	KUNIT_EXPECT_EQ(test, runs(), before);
}

/*
 * ledger: R1 R2. Until somebody who reclaims for himself finds that there is something after all.
 */
static void begins_again(struct kunit *test)
{
	unsigned long before;

	begin(test, plenty(), 0);
	WRITE_ONCE(kswapd_of_node.failures, MAX_RECLAIM_RETRIES);
	before = runs();
	use_up(GFP_NOWAIT);
	KUNIT_EXPECT_TRUE(test, sleeps_for(A_MOMENT));
	KUNIT_EXPECT_EQ(test, runs(), before);
	KUNIT_EXPECT_NOT_NULL(test, sandbox_alloc(GFP_KERNEL | __GFP_NORETRY | zone_flag, 0));
	KUNIT_EXPECT_EQ(test, kswapd_of_node.failures, 0);
	use_up(GFP_NOWAIT);
	KUNIT_EXPECT_TRUE(test, wait_until(runs() > before));
}

/* ledger: R1. Orders wait for it until it is there. */
static void stops_and_runs(struct kunit *test)
{
	unsigned long before;

	kswapd_stop(0);
	kswapd_stop(0);					/* there is none: nothing happens */
	begin(test, plenty(), 8);
	before = runs();
	use_up(GFP_NOWAIT);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, runs(), before);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(kswapd_of_node.wanted));
	probe_end(&probe);
	zones_release();				/* a thread takes memory */
	kswapd_run(0);
	KUNIT_EXPECT_TRUE(test, wait_until(runs() > before));
}

/* ---- what is counted when it has hardly gone to sleep ---- */

#define TRIES	10

static void take_again(void)
{
	use_up(GFP_NOWAIT);
}

/* Nobody asks for a page here: that it is too little again, it sees by itself. */
static void fall_below_high(void)
{
	zone_squeeze(zone, high_wmark_pages(zone) - 1);
}

/*
 * It has just gone to rest when @spoil happens: is @event counted? A busy host may come in
 * between.
 */
static bool counts(struct kunit *test, enum vm_event_item event, void (*spoil)(void))
{
	unsigned long before = vm_events(event);

	begin(test, plenty(), 8);
	use_up(GFP_NOWAIT);
	KUNIT_EXPECT_TRUE(test, wait_until(is_well()));
	schedule_timeout_uninterruptible(2);
	spoil();
	schedule_timeout_uninterruptible(A_WHILE);
	probe_end(&probe);
	zones_release();
	return vm_events(event) > before;
}

static void expect_counted(struct kunit *test, enum vm_event_item event, void (*spoil)(void))
{
	for (unsigned int try = 0; try < TRIES; try++)
		if (counts(test, event, spoil))
			return;
	KUNIT_FAIL(test, "it has never been counted");
}

/* ledger: R1 */
static void woken_quickly(struct kunit *test)
{
	expect_counted(test, KSWAPD_LOW_WMARK_HIT_QUICKLY, take_again);
}

/* ledger: R1 */
static void low_again_quickly(struct kunit *test)
{
	expect_counted(test, KSWAPD_HIGH_WMARK_HIT_QUICKLY, fall_below_high);
}

/* ---- the suite ---- */

/* A new one for each case, without memory of the one before. */
static int kswapd_enter(struct kunit *test)
{
	kswapd_stop(0);
	WRITE_ONCE(kswapd_of_node.wanted, false);
	WRITE_ONCE(kswapd_of_node.failures, 0);
	kswapd_run(0);
	kunit_settle();
	zone_sandbox_enter(test);
	zone = zone_with_room(2048, &zone_flag);
	return 0;
}

static void kswapd_leave(struct kunit *test)
{
	probe_end(&probe);
	zones_release();
	WRITE_ONCE(kswapd_of_node.failures, 0);
	zone_sandbox_leave(test);
}

static struct kunit_case kswapd_cases[] = {
	KUNIT_CASE(works_from_low_to_high),
	KUNIT_CASE(not_for_who_forbids_it),
	KUNIT_CASE(gives_up),
	KUNIT_CASE(begins_again),
	KUNIT_CASE(stops_and_runs),
	KUNIT_CASE(woken_quickly),
	KUNIT_CASE(low_again_quickly),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite kswapd_suite = {
	.name = "kswapd",
	.init = kswapd_enter,
	.exit = kswapd_leave,
	.test_cases = kswapd_cases,
};
kunit_test_suite(kswapd_suite);
