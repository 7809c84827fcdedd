// SPDX-License-Identifier: MIT
/*
 * The flush record: a page that is forgotten before every CPU has flushed it is reported, and no
 * other. The frames of these pages are nobody's, so the crimes harm nobody.
 *
 * "Another" CPU is a real one where there are several. Where there is only one, a case writes another
 * CPU's bit into the entry, and flushes under that CPU's number.
 */
#include <asm/tlbflush.h>
#include <kunit/afterwards.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <quarry/params.h>

#include "kunit_capture.h"
#include "tlb_record_sandbox.h"

/* ---- one CPU ---- */

static void record_no_flush(struct kunit *test)
{
	tlb_make_stale(test, 1);
	tlb_expect_crime(test, 0);
}

static void record_each_page_is_named(struct kunit *test)
{
	tlb_make_stale(test, 3);
	tlb_expect_crime(test, 1);
	tlb_expect_crime(test, 0);
	tlb_expect_crime(test, 2);
}

/* The backtrace says who forgot the flush. */
static noinline void forget_without_flush(void)
{
	forget_test_pages(PAGE(0), 1);
	barrier();
}

static void record_names_the_caller(struct kunit *test)
{
	tlb_make_stale(test, 1);
	KUNIT_EXPECT_REPORT(test, " forget_without_flush+*", forget_without_flush());
	tlb_record_reports--;
}

static void record_flushed(struct kunit *test)
{
	tlb_make_stale(test, 8);
	tlb_flush(0, 8);
	tlb_expect_clean(test, 0, 8);

	tlb_make_stale(test, 100);
	tlb_flush(0, 100);
	tlb_expect_clean(test, 0, 100);

	tlb_make_stale(test, 3);
	tlb_flush(0, 20);				/* more than need be */
	tlb_expect_clean(test, 0, 3);

	tlb_make_stale(test, 2);
	flush_tlb_kernel_range(PAGE(0), 0);	/* up to 4 GiB */
	tlb_expect_clean(test, 0, 2);
}

static void flush_all_here(void *unused)
{
	__flush_tlb_all();
}

static void record_flushed_all(struct kunit *test)
{
	tlb_make_stale(test, TEST_WINDOW_PAGES);
	flush_tlb_all();
	tlb_expect_clean(test, 0, TEST_WINDOW_PAGES);

	tlb_make_stale(test, 1);
	on_each_cpu(flush_all_here, NULL, 1);
	tlb_expect_clean(test, 0, 1);

	tlb_make_stale(test, 1);
	flush_tlb_kernel_range(0, ~0UL);	/* 4 GiB of pages: their number is 0 */
	tlb_expect_clean(test, 0, 1);
}

/* Pages far apart, unmapped one after the other in both directions: none is passed over. */
static void record_flushed_all_of_many_ranges(struct kunit *test)
{
	static const unsigned int order[] = { 50, 90, 10, 91, 9, 127, 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(order[i]), FRAME(order[i]), 1,
						       PAGE_KERNEL), 0);
		unmap_kernel_range(PAGE(order[i]), 1);
	}
	tlb_flush(127, 1);				/* each of them narrows what is left */
	tlb_flush(0, 9);
	tlb_flush(40, 20);
	tlb_expect_crime(test, 10);
	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(0), TEST_WINDOW_PAGES),
			ARRAY_SIZE(order) - 1);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, 0);
}

static void record_partial_flush(struct kunit *test)
{
	tlb_make_stale(test, 5);
	tlb_flush(1, 2);
	tlb_expect_crime(test, 0);
	tlb_expect_clean(test, 1, 2);
	tlb_expect_crime(test, 3);
	tlb_flush(4, 1);
	tlb_expect_clean(test, 4, 1);
}

/* A page counts as soon as one byte of it is in the range. */
static void record_flush_by_the_byte(struct kunit *test)
{
	tlb_make_stale(test, 4);
	flush_tlb_kernel_range(PAGE(2) - 1, PAGE(2) + 1);
	tlb_expect_crime(test, 0);
	tlb_expect_clean(test, 1, 2);
	tlb_expect_crime(test, 3);
}

/* Before it was unmapped, the CPU could load the translation again. */
static void record_flushed_too_early(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), FRAME(0), 1, PAGE_KERNEL), 0);
	tlb_flush(0, 1);
	flush_tlb_all();
	unmap_kernel_range(PAGE(0), 1);
	tlb_expect_crime(test, 0);
}

/* What one CPU forgets, the others still know, even if there are none so far. */
static void record_flushed_here_only(struct kunit *test)
{
	tlb_make_stale(test, 1);
	flush_tlb_one_kernel(PAGE(0));
	tlb_expect_crime(test, 0);
}

/* ---- several CPUs ---- */

static void record_other_cpus_are_named(struct kunit *test)
{
	tlb_make_stale(test, 3);
	tlb_add_cpu(0, 3);
	tlb_add_cpu(1, 7);
	tlb_add_cpu(2, 1);
	tlb_add_cpu(2, 2);
	tlb_expect_crime_of(test, 0, tlb_all_cpus() | BIT(3));
	tlb_flush_but_on(7, 1, 1);
	tlb_expect_crime_of(test, 1, BIT(7));
	tlb_expect_crime_of(test, 2, tlb_all_cpus() | BIT(1) | BIT(2));
}

static void record_each_cpu_flushes_for_itself(struct kunit *test)
{
	unsigned int other = tlb_another_cpu();

	tlb_make_stale(test, 4);
	tlb_add_cpu(0, other);
	tlb_add_cpu(1, other);
	tlb_add_cpu(2, other);
	tlb_flush_as_cpu(other, 0, 2);
	tlb_expect_crime_of(test, 0, tlb_all_cpus() & ~BIT(other));
	tlb_flush_but_on(other, 1, 2);
	tlb_expect_clean(test, 1, 1);
	tlb_expect_crime_of(test, 2, BIT(other));
	tlb_flush_as_cpu(other, 0, 4);
	tlb_expect_crime_of(test, 3, tlb_all_cpus() & ~BIT(other));
}

/* Each CPU has bounds of its own: what one has done with, another may not. */
static void record_full_flushes_one_by_one(struct kunit *test)
{
	unsigned int other = tlb_another_cpu();

	tlb_make_stale(test, 40);
	tlb_add_cpu(0, other);
	tlb_add_cpu(39, other);
	tlb_flush_but_on(other, 0, 40);
	tlb_flush_as_cpu(other, 0, 40);
	tlb_expect_clean(test, 0, 40);
}

/* ---- every suite ---- */

/*
 * With the record on, no case of any suite may leave a report behind that it did not want: so all
 * of them together show that no needed flush is left out.
 */
static void no_report_is_left(struct kunit *test)
{
	unsigned long reports = tlb_record_reports;

	tlb_record_reports = 0;
	KUNIT_EXPECT_EQ_MSG(test, reports, 0, "reports of the flush record, see above");
}
KUNIT_AFTERWARDS(no_report_is_left);

static void leave_a_report(struct kunit *test)
{
	tlb_make_stale(test, 1);
	forget_test_pages(PAGE(0), 1);
}

static void record_reports_fail_a_case(struct kunit *test)
{
	const char *text = capture_case(leave_a_report);

	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "reports of the flush record, see above"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\n    not ok 1 it\n"));
	KUNIT_EXPECT_EQ(test, tlb_record_reports, 0);
}

static struct kunit_case record_cases[] = {
	KUNIT_CASE(record_no_flush),
	KUNIT_CASE(record_each_page_is_named),
	KUNIT_CASE(record_names_the_caller),
	KUNIT_CASE(record_flushed),
	KUNIT_CASE(record_flushed_all),
	KUNIT_CASE(record_flushed_all_of_many_ranges),
	KUNIT_CASE(record_partial_flush),
	KUNIT_CASE(record_flush_by_the_byte),
	KUNIT_CASE(record_flushed_too_early),
	KUNIT_CASE(record_flushed_here_only),
	KUNIT_CASE(record_other_cpus_are_named),
	KUNIT_CASE(record_each_cpu_flushes_for_itself),
	KUNIT_CASE(record_full_flushes_one_by_one),
	KUNIT_CASE(record_reports_fail_a_case),
	{}
};

static struct kunit_suite record_suite = {
	.name = "tlb_record",
	.init = tlb_record_enter,
	.exit = tlb_record_leave,
	.test_cases = record_cases,
};
kunit_test_suite(record_suite);
