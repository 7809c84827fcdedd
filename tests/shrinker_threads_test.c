// SPDX-License-Identifier: MIT
/* Shrinkers that come and go, or are asked, while one of them runs. Needs a second thread, and time. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../mm/vmscan.h"
#include "climb_watch.h"
#include "probe_shrinker.h"
#include "test_thread.h"

static struct probe probe;
static DECLARE_COMPLETION(inside);
static DECLARE_COMPLETION(go_on);

static void find(struct shrinker *shrinker, unsigned long count, void *found)
{
	*(bool *)found |= shrinker == &probe.shrinker;
}

static bool is_known(void)
{
	bool found = false;

	for_each_shrinker(find, &found);
	return found;
}

static unsigned long scan_for_long(struct probe *p, struct shrink_control *sc)
{
	complete(&inside);
	wait_for_completion(&go_on);
	return SHRINK_STOP;
}

static int shrink_in_a_thread(void *data)
{
	shrink_slab(GFP_KERNEL | TAG, NULL, 0);
	return 0;
}

static int unregister_in_a_thread(void *data)
{
	unregister_shrinker(&probe.shrinker);
	return 0;
}

static int synchronize_in_a_thread(void *data)
{
	synchronize_shrinkers();
	return 0;
}

/* @wait waits for the scan. Meanwhile, who is short of memory gets on without shrinkers. */
static void waits_for_a_scan(struct kunit *test, int (*wait)(void *data))
{
	struct test_thread scanner, waiter;

	reinit_completion(&inside);
	reinit_completion(&go_on);
	probe = (struct probe) { .there = 10, .shrinker.seeks = 2, .scan = scan_for_long };
	probe_begin(test, &probe);
	test_thread_start(test, &scanner, shrink_in_a_thread, NULL);
	wait_for_completion(&inside);
	test_thread_start(test, &waiter, wait, NULL);
	test_thread_sleeps(test, &waiter, TASK_UNINTERRUPTIBLE);
	probe_forget(&probe);
	KUNIT_EXPECT_EQ(test, shrink_slab(GFP_KERNEL | TAG, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, probe.counts, 0);
	complete(&go_on);
	test_thread_join(&waiter);
	test_thread_join(&scanner);
}

/* ledger: R2. When unregister returns, no call of it runs any more. */
static void unregister_waits(struct kunit *test)
{
	waits_for_a_scan(test, unregister_in_a_thread);
	KUNIT_EXPECT_FALSE(test, is_known());
}

static void synchronize_waits(struct kunit *test)
{
	waits_for_a_scan(test, synchronize_in_a_thread);
	KUNIT_EXPECT_TRUE(test, is_known());
}

static void shrinker_threads_leave(struct kunit *test)
{
	probe_end(&probe);
}

static struct kunit_case shrinker_threads_cases[] = {
	KUNIT_CASE(unregister_waits),
	KUNIT_CASE(synchronize_waits),
	{}
};

static struct kunit_suite shrinker_threads_suite = {
	.name = "shrinker_threads",
	.exit = shrinker_threads_leave,
	.test_cases = shrinker_threads_cases,
};
kunit_test_suite(shrinker_threads_suite);
