// SPDX-License-Identifier: MIT
/* When there is no page: who is told so, how loudly, and what the report says. */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/sizes.h>

#include "page_log.h"
#include "zone_sandbox.h"

static struct page *volatile got;	/* survives the watch over the log */

/* One warning at the first, whoever asks; and NULL at once every time. */
static void expect_too_large(struct kunit *test, gfp_t gfp, unsigned int order)
{
	const char *log;

	clear_warn_once();
	log = PAGE_LOG(got = alloc_pages(gfp, order));
	KUNIT_EXPECT_NULL(test, got);
	page_log_expect(test, page_log_expect(test, log, "WARNING: *"), "*order*");
	KUNIT_EXPECT_EQ(test, page_log_count(log, "WARNING: "), 1);
	KUNIT_EXPECT_STREQ(test, PAGE_LOG(got = alloc_pages(gfp, order)), "");
	KUNIT_EXPECT_NULL(test, got);
}

/* ledger: P4 */
static void orders_above_ten(struct kunit *test)
{
	expect_too_large(test, GFP_KERNEL, MAX_ORDER);
	expect_too_large(test, GFP_ATOMIC, MAX_ORDER);
	expect_too_large(test, GFP_HIGHUSER_MOVABLE, 20);
	expect_too_large(test, GFP_KERNEL, 32);
	expect_too_large(test, GFP_KERNEL, ~0U);
	clear_warn_once();
	KUNIT_EXPECT_STREQ(test, PAGE_LOG(got = alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_ORDER)),
			   "");
	KUNIT_EXPECT_NULL(test, got);
}

/*
 * ledger: G15. Myth: "GFP_KERNEL sleeps until 20 MB are there." What is larger than the largest
 * block cannot be had by waiting: NULL at once, and a warning.
 */
static void twenty_megabytes_at_once(struct kunit *test)
{
	unsigned int order = get_order(20 * SZ_1M);

	KUNIT_EXPECT_EQ(test, order, 13);
	expect_too_large(test, GFP_KERNEL, order);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "WARNING: *",
			    got = (void *)__get_free_pages(GFP_KERNEL, order));
	KUNIT_EXPECT_NULL(test, got);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "WARNING: *", got = alloc_pages_exact(20 * SZ_1M, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, got);
}

/* Neither a word nor a kill. */
#define RESIGNED	(__GFP_NOWARN | __GFP_NORETRY)

static noinline struct page *greedy_driver(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	barrier();			/* so that the call is no jump */
	return page;
}

/* Who, how much, with which flags, called from where, and the state of every zone. */
static void expect_failure_report(struct kunit *test, gfp_t gfp, unsigned int order,
				  const char *what)
{
	char headline[128];
	const char *log;

	snprintf(headline, sizeof(headline),
		 "%s: page allocation failure: %s, nodemask=(null)*", current->comm, what);
	ratelimit_state_reset(&nopage_rs);
	log = PAGE_LOG(got = greedy_driver(gfp, order));
	KUNIT_EXPECT_NULL(test, got);
	log = page_log_expect(test, log, headline);
	log = page_log_expect(test, log, "*greedy_driver+*");
	log = page_log_expect(test, log, "Mem-Info:");
	log = page_log_expect(test, log, "*DMA free:*min:*low:*high:*");
	page_log_expect(test, log, "*DMA: *4kB*4096kB*");
}

/* ledger: G8 G14 */
static void failure_is_reported(struct kunit *test)
{
	zones_squeeze(0);
	expect_failure_report(test, GFP_NOWAIT, 0, "order:0, mode:0x800(GFP_NOWAIT)");
	expect_failure_report(test, GFP_KERNEL | __GFP_ZERO, 3,
			      "order:3, mode:0xdc0(GFP_KERNEL|__GFP_ZERO)");
	expect_failure_report(test, GFP_ATOMIC | GFP_DMA, 10,
			      "order:10, mode:0xa21(GFP_ATOMIC|GFP_DMA)");
}

/* ledger: G8. Whoever can do without says so. */
static void failure_in_silence(struct kunit *test)
{
	zones_squeeze(0);
	ratelimit_state_reset(&nopage_rs);
	KUNIT_EXPECT_STREQ(test, PAGE_LOG(got = alloc_page(GFP_KERNEL | RESIGNED)), "");
	KUNIT_EXPECT_NULL(test, got);
	KUNIT_EXPECT_STREQ(test, PAGE_LOG(got = alloc_page(GFP_TRANSHUGE_LIGHT)), "");
	KUNIT_EXPECT_NULL(test, got);
}

static unsigned int reports_of_failures(int n)
{
	char headline[64];
	const char *log;

	snprintf(headline, sizeof(headline), "%s: page allocation failure: ", current->comm);
	page_log_begin();
	while (n--)
		alloc_page(GFP_NOWAIT);
	log = page_log_end();
	return page_log_count(log, headline);
}

/*
 * ledger: G8. One report in ten seconds: a driver that tries again and again does not fill the
 * log.
 */
static void failure_reports_are_limited(struct kunit *test)
{
	u64 interval = nopage_rs.interval;

	zones_squeeze(0);
	KUNIT_EXPECT_EQ(test, interval, 10000000000ULL);
	ratelimit_state_reset(&nopage_rs);
	KUNIT_EXPECT_EQ(test, reports_of_failures(5), 1);
	nopage_rs.interval = 0;			/* no limit */
	KUNIT_EXPECT_EQ(test, reports_of_failures(2), 2);
	nopage_rs.interval = interval;
	ratelimit_state_reset(&nopage_rs);
}

static struct kunit_case page_alloc_failure_cases[] = {
	KUNIT_CASE(orders_above_ten),
	KUNIT_CASE(twenty_megabytes_at_once),
	KUNIT_CASE(failure_is_reported),
	KUNIT_CASE(failure_in_silence),
	KUNIT_CASE(failure_reports_are_limited),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite page_alloc_failure_suite = {
	.name = "page_alloc_failure",
	.init = zone_sandbox_enter,
	.exit = zone_sandbox_leave,
	.test_cases = page_alloc_failure_cases,
};
kunit_test_suite(page_alloc_failure_suite);
