// SPDX-License-Identifier: MIT
/*
 * Who waits on the ladder, and who does not: a request in another thread, which gets its page when somebody
 * gives one back; and in a timer, which cannot.
 */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/oom.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/timer.h>
#include <linux/vmstat.h>

#include "../mm/vmscan.h"
#include "climb_watch.h"
#include "probe_shrinker.h"
#include "test_thread.h"
#include "zone_sandbox.h"

static struct probe probe;

/* ---- in a thread ---- */

#define PATIENCE	(20 * HZ)

static struct waiter {
	gfp_t gfp;
	bool go;
	struct page *page;
} waiter;

static int wait_for_page(void *data)
{
	struct waiter *w = data;

	while (!READ_ONCE(w->go))
		schedule_timeout_uninterruptible(1);
	WRITE_ONCE(w->page, alloc_page(w->gfp | TAG));
	return 0;
}

/* Until it has stood on @rung three times. It must have got nothing so far. */
static void let_it_climb(struct kunit *test, const char *rung)
{
	unsigned long end = jiffies + PATIENCE;

	climb_watch_begin();
	WRITE_ONCE(waiter.go, true);
	while (climb_count(rung) < 3 && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_GE(test, climb_count(rung), 3);
	KUNIT_EXPECT_NULL(test, READ_ONCE(waiter.page));
}

static void expect_page(struct kunit *test, struct test_thread *thread)
{
	zones_release();
	test_thread_join(thread);
	climb_watch_end();
	KUNIT_EXPECT_EQ(test, climb_count("fail"), 0);	/* "oom" may have found it, with its last look */
	KUNIT_EXPECT_NOT_NULL(test, waiter.page);
	if (waiter.page)
		__free_page(waiter.page);
}

/*
 * ledger: G1 G10. Where somebody else is after memory already, it waits until there is some.
 * Nobody is killed for it.
 */
static void kernel_waits_until_there_is_a_page(struct kunit *test)
{
	unsigned long kills = vm_events(OOM_KILL);
	struct test_thread thread;

	waiter = (struct waiter) { .gfp = GFP_KERNEL };
	test_thread_start(test, &thread, wait_for_page, &waiter);
	mutex_lock(&oom_lock);
	empty_everything();
	let_it_climb(test, "reclaim");
	expect_page(test, &thread);
	mutex_unlock(&oom_lock);
	KUNIT_EXPECT_EQ(test, vm_events(OOM_KILL), kills);
}

/* ledger: G8 G10. __GFP_NOFAIL: when all else has failed, all begins again. */
static void nofail_waits_until_there_is_a_page(struct kunit *test)
{
	static const char twice[] = WOKEN " reclaim nofail kswapd reclaim nofail ";
	struct test_thread thread;

	waiter = (struct waiter) { .gfp = GFP_KERNEL | GFP_DMA | __GFP_NOFAIL };
	test_thread_start(test, &thread, wait_for_page, &waiter);
	empty_everything();
	let_it_climb(test, "nofail");
	KUNIT_EXPECT_EQ(test, strncmp(climb_rungs(), twice, strlen(twice)), 0);
	expect_page(test, &thread);
}

/* ledger: G8. And it need not be left alone with what is left: the last page is its own. */
static void nofail_takes_the_last_page(struct kunit *test)
{
	struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];

	zones_leave(dma, 1);
	KUNIT_EXPECT_NOT_NULL(test, climb(GFP_KERNEL | GFP_DMA | __GFP_NOFAIL | __GFP_NORETRY, 0));
	KUNIT_EXPECT_STREQ(test, climb_rungs(), WOKEN " reclaim nofail");
	KUNIT_EXPECT_EQ(test, dma->nr_free_pages, 0);
}

/* ---- in a timer ---- */

static struct {
	struct timer_list timer;
	gfp_t gfp;
	const struct zone *zone;
	unsigned long stopped_at;
	bool done;
} late;

static void ask_in_timer(struct timer_list *t)
{
	climb_watch_begin();
	sandbox_exhaust(late.gfp | TAG, 0, late.zone, &late.stopped_at);
	climb_watch_end();
	WRITE_ONCE(late.done, true);
}

static void run_timer(gfp_t gfp)
{
	unsigned long end = jiffies + PATIENCE;

	late.gfp = gfp;
	late.done = false;
	timer_setup(&late.timer, ask_in_timer, 0);
	mod_timer(&late.timer, jiffies + 1);
	while (!READ_ONCE(late.done) && time_before(jiffies, end))
		cpu_relax();
	del_timer_sync(&late.timer);
}

/*
 * ledger: G1 G2. Three eighths of min stay, and nothing is reclaimed; nor for one who says that
 * he can wait.
 */
static void timers_do_not_wait(struct kunit *test)
{
	unsigned long min;
	struct zone *zone;
	gfp_t gfp;

	zone = probe_keep_the_rest(test, &probe, 8, &gfp);
	late.zone = zone;
	min = min_wmark_pages(zone);
	run_timer(GFP_ATOMIC | gfp);
	KUNIT_EXPECT_TRUE(test, late.done);
	KUNIT_EXPECT_EQ(test, late.stopped_at, (min - min / 2) - (min - min / 2) / 4);
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *",
			    run_timer(GFP_KERNEL | gfp));
	KUNIT_EXPECT_STREQ(test, climb_rungs(), WOKEN " fail");
	KUNIT_EXPECT_EQ(test, probe.counts, 0);
}

/* ---- the suite ---- */

/* Alone with the zones: kswapd would reap what a case counts. */
static int ladder_waits_begin(struct kunit_suite *suite)
{
	kswapd_stop(0);
	return 0;
}

static void ladder_waits_end(struct kunit_suite *suite)
{
	WRITE_ONCE(kswapd_of_node.failures, 0);
	kswapd_run(0);
}

static void ladder_waits_leave(struct kunit *test)
{
	climb_watch_end();
	probe_end(&probe);
	zone_sandbox_leave(test);
}

static struct kunit_case ladder_waits_cases[] = {
	KUNIT_CASE(kernel_waits_until_there_is_a_page),
	KUNIT_CASE(nofail_waits_until_there_is_a_page),
	KUNIT_CASE(nofail_takes_the_last_page),
	KUNIT_CASE(timers_do_not_wait),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite ladder_waits_suite = {
	.name = "ladder_waits",
	.suite_init = ladder_waits_begin,
	.suite_exit = ladder_waits_end,
	.init = zone_sandbox_enter,
	.exit = ladder_waits_leave,
	.test_cases = ladder_waits_cases,
};
kunit_test_suite(ladder_waits_suite);
