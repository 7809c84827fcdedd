// SPDX-License-Identifier: MIT
/*
 * The ladder that a request climbs when memory is short: which rungs it stands on, in which order,
 * for each kind of request; when it asks the shrinkers; how long it goes on; whether it waits. How
 * far each gets down is watermark_test's. Nobody is killed: what would come to that is fed, or held
 * up.
 */
#include <kunit/report.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/oom.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/timer.h>
#include <linux/vmstat.h>

#include "../mm/slab.h"
#include "../mm/vmscan.h"
#include "climb_watch.h"
#include "probe_shrinker.h"
#include "test_thread.h"
#include "zone_sandbox.h"

static struct probe probe;

/* A round of direct reclaim that finds nothing asks at each priority, from 12 to 0. */
#define ASKED_IN_A_ROUND	(DEF_PRIORITY + 1)

/* ---- each kind of request, with nothing to be had ---- */

enum where { THREAD, FREEING, INTERRUPT, SPINLOCK, NO_PREEMPTION, NO_INTERRUPTS };

#define COSTLY	(PAGE_ALLOC_COSTLY_ORDER + 1)

static const struct request {
	const char *name;
	gfp_t gfp;
	unsigned int order;
	enum where where;
	const char *rungs;
} requests[] = {
	{ "& ~__GFP_RECLAIM", GFP_KERNEL & ~__GFP_RECLAIM, 0, THREAD, "enter reserves fail" },
	{ "& ~__GFP_RECLAIM, order 3", GFP_KERNEL & ~__GFP_RECLAIM, 3, THREAD,
	  "enter reserves fail" },
	{ "& ~__GFP_DIRECT_RECLAIM", GFP_KERNEL & ~__GFP_DIRECT_RECLAIM, 0, THREAD, WOKEN " fail" },
	{ "GFP_NOWAIT", GFP_NOWAIT, 0, THREAD, WOKEN " fail" },
	{ "GFP_ATOMIC", GFP_ATOMIC, 0, THREAD, WOKEN " fail" },
	{ "GFP_ATOMIC, order 2", GFP_ATOMIC, 2, THREAD, WOKEN " fail" },
	{ "GFP_ATOMIC in an interrupt", GFP_ATOMIC, 0, INTERRUPT, WOKEN " fail" },
	{ "GFP_ATOMIC under a lock", GFP_ATOMIC, 0, SPINLOCK, WOKEN " fail" },
	{ "__GFP_NORETRY", GFP_KERNEL | __GFP_NORETRY, 0, THREAD, WOKEN " reclaim fail" },
	{ "__GFP_NORETRY, order 1", GFP_KERNEL | __GFP_NORETRY, 1, THREAD,
	  WOKEN " reclaim compaction fail" },
	{ "__GFP_NORETRY & ~__GFP_KSWAPD_RECLAIM",
	  (GFP_KERNEL | __GFP_NORETRY) & ~__GFP_KSWAPD_RECLAIM, 0, THREAD,
	  "enter reserves reclaim fail" },
	{ "GFP_NOIO | __GFP_NORETRY", GFP_NOIO | __GFP_NORETRY, 0, THREAD, WOKEN " reclaim fail" },
	{ "costly order", GFP_KERNEL, COSTLY, THREAD,
	  WOKEN " reclaim compaction fail" },
	{ "__GFP_RETRY_MAYFAIL, nothing could be freed", GFP_KERNEL | __GFP_RETRY_MAYFAIL, 0, THREAD,
	  WOKEN " reclaim fail" },
	{ "costly order, __GFP_RETRY_MAYFAIL, nothing could be freed",
	  GFP_KERNEL | __GFP_RETRY_MAYFAIL, COSTLY, THREAD,
	  WOKEN " reclaim compaction fail" },
	{ "GFP_DMA: no kill would help", GFP_KERNEL | GFP_DMA, 0, THREAD, WOKEN " reclaim fail" },
	{ "__GFP_THISNODE", GFP_KERNEL | __GFP_THISNODE, 0, THREAD, WOKEN " reclaim fail" },
	{ "__GFP_MEMALLOC", GFP_KERNEL | __GFP_MEMALLOC | __GFP_NORETRY, 0, THREAD,
	  WOKEN " last reserves reclaim fail" },
	{ "__GFP_MEMALLOC, interrupt", GFP_NOWAIT | __GFP_MEMALLOC, 0, INTERRUPT,
	  WOKEN " last reserves fail" },
	{ "__GFP_NOMEMALLOC", GFP_KERNEL | __GFP_NOMEMALLOC | __GFP_NORETRY, 0, THREAD,
	  WOKEN " reclaim fail" },
	{ "PF_MEMALLOC", GFP_KERNEL, 0, FREEING, WOKEN " last reserves fail" },
	{ "PF_MEMALLOC, __GFP_NOMEMALLOC", GFP_KERNEL | __GFP_NOMEMALLOC, 0, FREEING, WOKEN " fail" },
	{ "GFP_KERNEL under a lock", GFP_KERNEL, 0, SPINLOCK, WOKEN " fail" },
	{ "GFP_KERNEL with preemption off", GFP_KERNEL, 0, NO_PREEMPTION, WOKEN " fail" },
	{ "GFP_KERNEL with interrupts off", GFP_KERNEL, 0, NO_INTERRUPTS, WOKEN " fail" },
	{ "GFP_KERNEL in an interrupt", GFP_KERNEL, 0, INTERRUPT, WOKEN " fail" },
};

static void describe(const struct request *request, char *desc)
{
	strscpy(desc, request->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(request, requests, describe);

static struct page *climb_with_interrupts_off(gfp_t gfp, unsigned int order)
{
	unsigned long flags;
	struct page *page;

	local_irq_save(flags);
	page = climb(gfp, order);
	local_irq_restore(flags);
	return page;
}

static struct page *climb_freeing(gfp_t gfp, unsigned int order)
{
	unsigned int flags = memalloc_noreclaim_save();
	struct page *page = climb(gfp, order);

	memalloc_noreclaim_restore(flags);
	return page;
}

static struct page *climb_counted(gfp_t gfp, unsigned int order, unsigned int count)
{
	struct page *page;

	preempt_count_add(count);
	page = climb(gfp, order);
	preempt_count_sub(count);
	return page;
}

static struct page *climb_under_a_lock(gfp_t gfp, unsigned int order)
{
	static DEFINE_SPINLOCK(lock);
	struct page *page;

	spin_lock(&lock);
	page = climb(gfp, order);
	spin_unlock(&lock);
	return page;
}

static struct page *climb_there(const struct request *r)
{
	switch (r->where) {
	case FREEING:
		return climb_freeing(r->gfp, r->order);
	case INTERRUPT:
		return climb_counted(r->gfp, r->order, HARDIRQ_OFFSET);
	case NO_PREEMPTION:
		return climb_counted(r->gfp, r->order, PREEMPT_OFFSET);
	case SPINLOCK:
		return climb_under_a_lock(r->gfp, r->order);
	case NO_INTERRUPTS:
		return climb_with_interrupts_off(r->gfp, r->order);
	default:
		return climb(r->gfp, r->order);
	}
}

/* Is it one that may sleep, where nobody may? */
static bool is_a_mistake(const struct request *r)
{
	return r->where > FREEING && gfpflags_allow_blocking(r->gfp);
}

static const struct {
	const char *name;
	enum vm_event_item event;
} counted[] = {
	{ "enter", RUNG_ENTER }, { "kswapd", RUNG_KSWAPD }, { "reserves", RUNG_RESERVES },
	{ "last reserves", RUNG_LAST_RESERVES }, { "reclaim", RUNG_RECLAIM },
	{ "compaction", RUNG_COMPACTION }, { "oom", RUNG_OOM }, { "retry", RUNG_RETRY },
	{ "nofail", RUNG_NOFAIL }, { "fail", RUNG_FAIL },
};

/* Others may have climbed meanwhile. */
static void expect_events(struct kunit *test, const unsigned long *before)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(counted); i++)
		KUNIT_EXPECT_GE_MSG(test, vm_events(counted[i].event) - before[i],
				    climb_count(counted[i].name), "%s", counted[i].name);
}

static noinline bool gets_a_page(struct kunit *test, const struct request *r)
{
	struct page *volatile page = NULL;

	if (!is_a_mistake(r))
		return climb_there(r);
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *",
			    page = climb_there(r));
	return page;
}

/* ledger: G1 G2 G3 G8 G10 */
static void climbs_as_its_flags_say(struct kunit *test)
{
	const struct request *r = test->param_value;
	unsigned long before[ARRAY_SIZE(counted)];

	probe_begin(test, &probe);
	empty_everything();
	for (unsigned int i = 0; i < ARRAY_SIZE(counted); i++)
		before[i] = vm_events(counted[i].event);
	WRITE_ONCE(kswapd_of_node.wanted, false);
	KUNIT_EXPECT_FALSE(test, gets_a_page(test, r));
	KUNIT_EXPECT_STREQ(test, climb_rungs(), r->rungs);
	expect_events(test, before);
	KUNIT_EXPECT_EQ(test, probe.counts, climb_count("reclaim") * ASKED_IN_A_ROUND);
	KUNIT_EXPECT_EQ(test, READ_ONCE(kswapd_of_node.wanted), climb_count("kswapd") != 0);
}

/* ---- how long it goes on ---- */

static unsigned int rounds_left;

/* Pages come back, and somebody else takes them at once: progress, a number of times. */
static unsigned long others_take_it(struct probe *p, struct shrink_control *sc)
{
	if (!rounds_left)
		return SHRINK_STOP;
	rounds_left--;
	mm_account_reclaimed_pages(SWAP_CLUSTER_MAX);
	return SHRINK_STOP;
}

static void expect_rounds(struct kunit *test, unsigned int retries)
{
	KUNIT_EXPECT_EQ(test, climb_count("retry"), retries);
	KUNIT_EXPECT_EQ(test, climb_count("reclaim"), retries + 1);
	KUNIT_EXPECT_EQ(test, climb_count("kswapd"), retries + 2);
	KUNIT_EXPECT_EQ(test, climb_count("fail"), 1);
	KUNIT_EXPECT_EQ(test, climb_count("oom"), 0);
}

/*
 * ledger: G10. As long as reclaim brings something it goes on, however often; then it fails, and
 * kills nobody.
 */
static void mayfail_goes_on_while_there_is_progress(struct kunit *test)
{
	unsigned long kills = vm_events(OOM_KILL);

	probe = (struct probe) { .there = 100, .shrinker.seeks = 2, .scan = others_take_it };
	probe_begin(test, &probe);
	empty_everything();
	rounds_left = 20;
	KUNIT_EXPECT_NULL(test, climb(GFP_KERNEL | __GFP_RETRY_MAYFAIL, 0));
	expect_rounds(test, 20);
	KUNIT_EXPECT_EQ(test, vm_events(OOM_KILL), kills);
}

/* ledger: G10. Single pages make no large block: 16 rounds are enough, whatever they bring. */
static void costly_mayfail_ends_in_spite_of_progress(struct kunit *test)
{
	probe = (struct probe) { .there = 100, .shrinker.seeks = 2, .scan = others_take_it };
	probe_begin(test, &probe);
	empty_everything();
	rounds_left = 1000;
	KUNIT_EXPECT_NULL(test, climb(GFP_KERNEL | __GFP_RETRY_MAYFAIL, COSTLY));
	expect_rounds(test, MAX_RECLAIM_RETRIES);
}

/* ledger: G10. One round, though it has brought something: it might go on so. */
static void one_round_in_spite_of_progress(struct kunit *test)
{
	probe = (struct probe) { .there = 100, .shrinker.seeks = 2, .scan = others_take_it };
	probe_begin(test, &probe);
	empty_everything();
	rounds_left = 1000;
	KUNIT_EXPECT_NULL(test, climb(GFP_KERNEL | __GFP_NORETRY, 0));
	expect_rounds(test, 0);
	KUNIT_EXPECT_NULL(test, climb(GFP_KERNEL, COSTLY));
	expect_rounds(test, 0);
}

/* ledger: G10. Nor without it, where pages are more than enough, but no two side by side. */
static void mayfail_ends_without_progress(struct kunit *test)
{
	struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];

	zones_leave(dma, 2 * min_wmark_pages(dma) + 32);
	zone_shatter(dma);
	KUNIT_ASSERT_GT(test, dma->nr_free_pages, min_wmark_pages(dma) + 2);
	slab_reap_caches();
	KUNIT_EXPECT_NULL(test, climb(GFP_KERNEL | GFP_DMA | __GFP_RETRY_MAYFAIL, 1));
	expect_rounds(test, MAX_RECLAIM_RETRIES);
	KUNIT_EXPECT_NULL(test, climb(GFP_KERNEL | GFP_DMA | __GFP_NORETRY, 1));
	expect_rounds(test, 0);
	KUNIT_EXPECT_NOT_NULL(test, climb(GFP_KERNEL | GFP_DMA | __GFP_NORETRY, 0));
}

/* ---- reclaim brings it ---- */

/* ledger: G1 G10 R2. The page comes back with the first round, without a retry. */
static void reclaim_brings_a_page(struct kunit *test)
{
	unsigned long stolen = vm_events(PGSTEAL_DIRECT), stalls;
	struct zone *zone;
	gfp_t gfp;

	zone = probe_keep_the_rest(test, &probe, 8, &gfp);
	stalls = vm_events(ALLOCSTALL_DMA + zone_idx(zone));
	KUNIT_EXPECT_NOT_NULL(test, climb(GFP_KERNEL | gfp, 0));
	KUNIT_EXPECT_STREQ(test, climb_rungs(), WOKEN " reclaim");
	KUNIT_EXPECT_GT(test, vm_events(ALLOCSTALL_DMA + zone_idx(zone)), stalls);
	KUNIT_EXPECT_GE(test, vm_events(PGSTEAL_DIRECT) - stolen, 8 - probe.nr_pages);
	KUNIT_EXPECT_EQ(test, probe.gfp & ~TAG, GFP_KERNEL | gfp);
}

/*
 * ledger: G1 G11. While there is something to be freed, small orders are served. (Callers look at
 * what they get all the same.)
 */
static void small_orders_do_not_fail(struct kunit *test)
{
	gfp_t gfp;

	probe.shrinker.batch = 8;
	probe_keep_the_rest(test, &probe, 96, &gfp);
	for (unsigned int i = 0; i < 2 * (PAGE_ALLOC_COSTLY_ORDER + 1); i++) {
		unsigned int order = i % (PAGE_ALLOC_COSTLY_ORDER + 1);

		KUNIT_EXPECT_NOT_NULL_MSG(test, climb(GFP_KERNEL | gfp, order), "order %u", order);
		KUNIT_EXPECT_EQ(test, climb_count("oom") + climb_count("fail"), 0);
	}
}

/* ---- the suite ---- */

/* Alone with the zones: kswapd would reap what a case counts. */
static int ladder_begin(struct kunit_suite *suite)
{
	kswapd_stop(0);
	return 0;
}

static void ladder_end(struct kunit_suite *suite)
{
	WRITE_ONCE(kswapd_of_node.failures, 0);
	kswapd_run(0);
}

static void ladder_leave(struct kunit *test)
{
	climb_watch_end();
	probe_end(&probe);
	zone_sandbox_leave(test);
}

static struct kunit_case ladder_cases[] = {
	KUNIT_CASE_PARAM(climbs_as_its_flags_say, request_gen_params),
	KUNIT_CASE(mayfail_goes_on_while_there_is_progress),
	KUNIT_CASE(costly_mayfail_ends_in_spite_of_progress),
	KUNIT_CASE(one_round_in_spite_of_progress),
	KUNIT_CASE(mayfail_ends_without_progress),
	KUNIT_CASE(reclaim_brings_a_page),
	KUNIT_CASE(small_orders_do_not_fail),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite ladder_suite = {
	.name = "ladder",
	.suite_init = ladder_begin,
	.suite_exit = ladder_end,
	.init = zone_sandbox_enter,
	.exit = ladder_leave,
	.test_cases = ladder_cases,
};
kunit_test_suite(ladder_suite);
