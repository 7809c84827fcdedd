// SPDX-License-Identifier: MIT
/* page_counter: a tree of counters with limits. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/page_counter.h>

#include "test_thread.h"

static struct page_counter top, middle, leaf;

static int page_counter_test_init(struct kunit *test)
{
	page_counter_init(&top, NULL);
	page_counter_init(&middle, &top);
	page_counter_init(&leaf, &middle);
	return 0;
}

#define EXPECT_USAGE(test, of_top, of_middle, of_leaf) do { \
	KUNIT_EXPECT_EQ(test, page_counter_read(&top), of_top); \
	KUNIT_EXPECT_EQ(test, page_counter_read(&middle), of_middle); \
	KUNIT_EXPECT_EQ(test, page_counter_read(&leaf), of_leaf); \
} while (0)

/* ledger: G13 */
static void page_counter_climbs(struct kunit *test)
{
	struct page_counter *fail;

	KUNIT_EXPECT_TRUE(test, page_counter_try_charge(&leaf, 5, &fail));
	KUNIT_EXPECT_TRUE(test, page_counter_try_charge(&middle, 3, &fail));
	EXPECT_USAGE(test, 8, 8, 5);
	page_counter_uncharge(&leaf, 2);
	EXPECT_USAGE(test, 6, 6, 3);
	page_counter_cancel(&leaf, 3);
	EXPECT_USAGE(test, 6, 6, 0);
}

/* ledger: G13 */
static void page_counter_refuses_and_backs_out(struct kunit *test)
{
	struct page_counter *fail = NULL;

	KUNIT_ASSERT_EQ(test, page_counter_set_max(&middle, 10), 0);
	KUNIT_EXPECT_TRUE(test, page_counter_try_charge(&leaf, 10, &fail));
	KUNIT_EXPECT_FALSE(test, page_counter_try_charge(&leaf, 1, &fail));
	KUNIT_EXPECT_PTR_EQ(test, fail, &middle);
	EXPECT_USAGE(test, 10, 10, 10);
	KUNIT_EXPECT_EQ(test, middle.failcnt, 1);
	KUNIT_EXPECT_EQ(test, leaf.failcnt, 0);
	KUNIT_EXPECT_EQ(test, top.failcnt, 0);
	page_counter_uncharge(&leaf, 1);
	KUNIT_EXPECT_TRUE(test, page_counter_try_charge(&leaf, 1, &fail));
	KUNIT_EXPECT_EQ(test, middle.failcnt, 1);
	/* The lowest limit that is hit, not the highest. */
	KUNIT_ASSERT_EQ(test, page_counter_set_max(&leaf, 10), 0);
	KUNIT_EXPECT_FALSE(test, page_counter_try_charge(&leaf, 1, &fail));
	KUNIT_EXPECT_PTR_EQ(test, fail, &leaf);
	KUNIT_EXPECT_EQ(test, middle.failcnt, 1);
}

/* ledger: G13 */
static void page_counter_charge_does_not_ask(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, page_counter_set_max(&middle, 4), 0);
	page_counter_charge(&leaf, 6);
	EXPECT_USAGE(test, 6, 6, 6);
	KUNIT_EXPECT_EQ(test, middle.failcnt, 0);
	KUNIT_EXPECT_EQ(test, middle.watermark, 6);
}

/* ledger: G13 */
static void page_counter_peaks(struct kunit *test)
{
	struct page_counter *fail;

	page_counter_charge(&leaf, 7);
	page_counter_uncharge(&leaf, 5);
	KUNIT_EXPECT_TRUE(test, page_counter_try_charge(&middle, 1, &fail));
	KUNIT_EXPECT_EQ(test, leaf.watermark, 7);
	KUNIT_EXPECT_EQ(test, top.watermark, 7);
	KUNIT_EXPECT_TRUE(test, page_counter_try_charge(&middle, 5, &fail));
	KUNIT_EXPECT_EQ(test, leaf.watermark, 7);
	KUNIT_EXPECT_EQ(test, middle.watermark, 8);
	page_counter_reset_watermark(&leaf);
	KUNIT_EXPECT_EQ(test, leaf.watermark, 2);
	/* What was refused has never been. */
	KUNIT_ASSERT_EQ(test, page_counter_set_max(&top, 8), 0);
	KUNIT_EXPECT_FALSE(test, page_counter_try_charge(&leaf, 100, &fail));
	KUNIT_EXPECT_EQ(test, top.watermark, 8);
}

/* ledger: G13 */
static void page_counter_limit_below_usage(struct kunit *test)
{
	page_counter_charge(&leaf, 6);
	KUNIT_EXPECT_EQ(test, page_counter_set_max(&leaf, 5), -EBUSY);
	KUNIT_EXPECT_EQ(test, leaf.max, PAGE_COUNTER_MAX);
	KUNIT_EXPECT_EQ(test, page_counter_set_max(&leaf, 6), 0);
	KUNIT_EXPECT_EQ(test, leaf.max, 6);
	KUNIT_EXPECT_EQ(test, page_counter_set_max(&leaf, PAGE_COUNTER_MAX), 0);
	KUNIT_EXPECT_EQ(test, leaf.max, PAGE_COUNTER_MAX);
}

static void page_counter_underflow_is_told(struct kunit *test)
{
	struct page_counter counter;

	page_counter_init(&counter, NULL);
	page_counter_charge(&counter, 2);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "page_counter underflow: -1 nr_pages=3",
			    page_counter_uncharge(&counter, 3));
	KUNIT_EXPECT_EQ(test, page_counter_read(&counter), 0);
}

/* ledger: G13 */
static void page_counter_reads_sizes(struct kunit *test)
{
	unsigned long nr = 0;

	KUNIT_EXPECT_EQ(test, page_counter_memparse("max", "max", &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, PAGE_COUNTER_MAX);
	KUNIT_EXPECT_EQ(test, page_counter_memparse("-1", "-1", &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, PAGE_COUNTER_MAX);
	KUNIT_EXPECT_EQ(test, page_counter_memparse("1M", "max", &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 256);
	KUNIT_EXPECT_EQ(test, page_counter_memparse("8191", "max", &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 1);
	KUNIT_EXPECT_EQ(test, page_counter_memparse("16E", "max", &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 0);			/* 2^64 is 0, as memparse() has it */
	KUNIT_EXPECT_EQ(test, page_counter_memparse("15E", "max", &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, PAGE_COUNTER_MAX);
	KUNIT_EXPECT_EQ(test, page_counter_memparse("", "max", &nr), -EINVAL);
	KUNIT_EXPECT_EQ(test, page_counter_memparse("much", "max", &nr), -EINVAL);
	KUNIT_EXPECT_EQ(test, page_counter_memparse("1M2", "max", &nr), -EINVAL);
}

/* ---- all CPUs at once ---- */

#define ROUNDS	2000
#define LIMIT	3

static int charge_and_uncharge(void *unused)
{
	struct page_counter *fail;
	int over = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (!page_counter_try_charge(i & 1 ? &leaf : &middle, 1 + i % 2, &fail))
			continue;
		over += READ_ONCE(middle.watermark) > LIMIT;
		page_counter_uncharge(i & 1 ? &leaf : &middle, 1 + i % 2);
	}
	return over;
}

/* ledger: G13 */
static void page_counter_everywhere(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, page_counter_set_max(&middle, LIMIT), 0);
	KUNIT_EXPECT_EQ(test, test_threads_run(test, 8, charge_and_uncharge, NULL), 0);
	EXPECT_USAGE(test, 0, 0, 0);
	KUNIT_EXPECT_GE(test, middle.watermark, 2);
	KUNIT_EXPECT_LE(test, middle.watermark, LIMIT);
}

static struct kunit_case page_counter_cases[] = {
	KUNIT_CASE(page_counter_climbs),
	KUNIT_CASE(page_counter_refuses_and_backs_out),
	KUNIT_CASE(page_counter_charge_does_not_ask),
	KUNIT_CASE(page_counter_peaks),
	KUNIT_CASE(page_counter_limit_below_usage),
	KUNIT_CASE(page_counter_underflow_is_told),
	KUNIT_CASE(page_counter_reads_sizes),
	KUNIT_CASE(page_counter_everywhere),
	{}
};

static struct kunit_suite page_counter_suite = {
	.name = "page_counter",
	.init = page_counter_test_init,
	.test_cases = page_counter_cases,
};

kunit_test_suite(page_counter_suite);
