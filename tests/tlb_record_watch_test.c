// SPDX-License-Identifier: MIT
/* The flush record: who is told of stale translations, and the record switched on and off. */
#include <asm/tlbflush.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/params.h>

#include "../mm/highmem.h"
#include "tlb_record_sandbox.h"

/* ---- who is told ---- */

static long stale_count[4], stale_ever[4];

static void count_stale(unsigned long pfn, bool stale)
{
	if (pfn - FRAME(0) >= ARRAY_SIZE(stale_count))
		return;
	stale_count[pfn - FRAME(0)] += stale ? 1 : -1;
	stale_ever[pfn - FRAME(0)] += stale;
}

static void watch(void)
{
	tlb_record_enable(false);
	tlb_record_watcher = count_stale;
	memset(stale_count, 0, sizeof(stale_count));
	memset(stale_ever, 0, sizeof(stale_ever));
	tlb_record_enable(true);
}

static void record_tells_of_each_mapping(struct kunit *test)
{
	watch();
	tlb_make_stale(test, 2);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	KUNIT_EXPECT_EQ(test, stale_count[1], 1);
	KUNIT_EXPECT_EQ(test, stale_count[2], 0);
	unmap_kernel_range(PAGE(2), 2);		/* nothing is mapped there */
	KUNIT_EXPECT_EQ(test, stale_count[2], 0);
	unmap_kernel_range(PAGE(0), 2);		/* nor there, any more */
	KUNIT_EXPECT_EQ(test, stale_ever[0], 1);
	tlb_flush(1, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	KUNIT_EXPECT_EQ(test, stale_count[1], 0);
	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	tlb_expect_clean(test, 0, 2);
	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	KUNIT_EXPECT_EQ(test, stale_ever[0], 1);
}

static void record_tells_when_the_last_has_flushed(struct kunit *test)
{
	watch();
	tlb_make_stale(test, 1);
	tlb_add_cpu(0, tlb_another_cpu());
	tlb_flush_but_on(tlb_another_cpu(), 0, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	tlb_flush_as_cpu(tlb_another_cpu(), 0, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	tlb_expect_clean(test, 0, 1);
}

/* The report flushes: whoever counts is not left with a mapping that no longer exists. */
static void record_tells_after_a_crime(struct kunit *test)
{
	watch();
	tlb_make_stale(test, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	tlb_expect_crime(test, 0);
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
}

/* revoke_kernel_range() goes the whole way, so that the record can follow it. */
static void record_follows_a_revocation(struct kunit *test)
{
	watch();
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), FRAME(0), 2, PAGE_KERNEL), 0);
	revoke_kernel_range(PAGE(0), 2);
	KUNIT_EXPECT_EQ(test, stale_ever[1], 1);
	KUNIT_EXPECT_EQ(test, stale_count[1], 0);
	KUNIT_EXPECT_EQ(test, window_page(PAGE(1), NULL), WINDOW_EMPTY);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, 0);
}

/* Forgetting without asking for frames is held to the same. */
static void record_sees_forget_pages(struct kunit *test)
{
	tlb_make_stale(test, 3);
	tlb_flush(0, 2);
	KUNIT_EXPECT_REPORT(test, tlb_report_of(2, tlb_all_cpus()), forget_kernel_pages(PAGE(0), 3));
	KUNIT_EXPECT_EQ(test, tlb_record_reports, 1);
	KUNIT_EXPECT_EQ(test, window_page(PAGE(2), NULL), WINDOW_EMPTY);
	tlb_record_reports = 0;
}

/* A page may be freed, and be somebody else's, while kmap() still has it mapped: that is no crime. */
static void record_says_nothing_of_kmap(struct kunit *test)
{
	unsigned int nr = 0;
	unsigned long addr, pfn;

	watch();
	spin_lock(&kmap_lock);
	while (nr < LAST_PKMAP - 1 && kmap_slots[nr].count)
		nr++;
	addr = PKMAP_ADDR(nr);
	KUNIT_EXPECT_EQ(test, map_kernel_range(addr, FRAME(0), 1, PAGE_KERNEL), 0);
	unmap_kernel_range(addr, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, forget_kernel_range(addr, 1, &pfn), 1);
	spin_unlock(&kmap_lock);
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	KUNIT_EXPECT_EQ(test, stale_ever[0], 0);
}

/* ---- on and off ---- */

static void record_off_reports_nothing(struct kunit *test)
{
	tlb_record_enable(false);
	KUNIT_EXPECT_FALSE(test, tlb_record_enabled());
	tlb_make_stale(test, 2);
	KUNIT_EXPECT_EQ(test, *tlb_entry_word(0) & 0x1fe, 0);
	tlb_expect_clean(test, 0, 2);

	tlb_make_stale(test, 2);
	tlb_record_enable(true);		/* too late for these */
	KUNIT_EXPECT_TRUE(test, tlb_record_enabled());
	tlb_expect_clean(test, 0, 2);
}

/* What was stale before is in nobody's record: so it must not be reachable, either. */
static void record_switched_on_flushes(struct kunit *test)
{
	static u8 page[PAGE_SIZE] __aligned(PAGE_SIZE);
	volatile u8 *byte = (u8 *)PAGE(0);

	tlb_record_enable(false);
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), frame_of(page), 1, PAGE_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, *byte, 0);
	unmap_kernel_range(PAGE(0), 1);
	tlb_record_enable(true);
	KUNIT_EXPECT_REPORT(test, "BUG: unable to handle page fault*", *byte);
	tlb_expect_clean(test, 0, 1);
}

static void record_switched_off_flushes(struct kunit *test)
{
	watch();
	tlb_make_stale(test, 3);
	tlb_record_enable(false);
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	KUNIT_EXPECT_EQ(test, *tlb_entry_word(2) & 0x1fe, 0);
	tlb_expect_clean(test, 0, 3);
}

static void record_by_the_word(struct kunit *test)
{
	char on[] = "tlb_record", off[] = "tlb_record=off", yes[] = "tlb_record=1";
	char wrong[] = "tlb_record=perhaps";

	parse_params(off);
	KUNIT_EXPECT_FALSE(test, tlb_record_enabled());
	parse_params(on);
	KUNIT_EXPECT_TRUE(test, tlb_record_enabled());
	parse_params(off);
	parse_params(yes);
	KUNIT_EXPECT_TRUE(test, tlb_record_enabled());
	KUNIT_EXPECT_REPORT(test, "Malformed*\"tlb_record=perhaps\"*", parse_params(wrong));
	KUNIT_EXPECT_TRUE(test, tlb_record_enabled());
}

static struct kunit_case record_watch_cases[] = {
	KUNIT_CASE(record_tells_of_each_mapping),
	KUNIT_CASE(record_tells_when_the_last_has_flushed),
	KUNIT_CASE(record_tells_after_a_crime),
	KUNIT_CASE(record_follows_a_revocation),
	KUNIT_CASE(record_sees_forget_pages),
	KUNIT_CASE(record_says_nothing_of_kmap),
	KUNIT_CASE(record_off_reports_nothing),
	KUNIT_CASE(record_switched_on_flushes),
	KUNIT_CASE(record_switched_off_flushes),
	KUNIT_CASE(record_by_the_word),
	{}
};

static struct kunit_suite record_watch_suite = {
	.name = "tlb_record_watch",
	.init = tlb_record_enter,
	.exit = tlb_record_leave,
	.test_cases = record_watch_cases,
};
kunit_test_suite(record_watch_suite);
