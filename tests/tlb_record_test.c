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
#include "window_pages.h"

#define PAGE(n)		(TEST_WINDOW + (n) * PAGE_SIZE)
#define FRAME(n)	(0x100UL + (n))		/* behind PAGE(n) */

static bool was_on;
static void (*old_watcher)(unsigned long pfn, bool stale);

static void make_stale(struct kunit *test, unsigned long nr)
{
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), FRAME(0), nr, PAGE_KERNEL), 0);
	unmap_kernel_range(PAGE(0), nr);
}

static void flush(unsigned int n, unsigned long nr)
{
	flush_tlb_kernel_range(PAGE(n), PAGE(n + nr));
}

/* The report that names page @n, its frame, and the CPUs @cpus (a bit each). */
static const char *report_of(unsigned int n, unsigned long cpus)
{
	static char pattern[160];

	snprintf(pattern, sizeof(pattern), "tlb_record: %08lx is to be used again, but the TLB of "
		 "CPU %*pbl was not flushed since it was mapped to pfn 0x%lx", PAGE(n), NR_CPUS,
		 &cpus, FRAME(n));
	return pattern;
}

/* Forgetting page @n is reported, with @cpus as the culprits; and then it is forgotten. */
static void expect_crime_of(struct kunit *test, unsigned int n, unsigned long cpus)
{
	unsigned long before = tlb_record_reports, pfn = 0;
	volatile unsigned long forgotten = 0;

	KUNIT_EXPECT_REPORT(test, report_of(n, cpus),
			    forgotten = forget_kernel_range(PAGE(n), 1, &pfn));
	KUNIT_EXPECT_EQ(test, forgotten, 1);
	KUNIT_EXPECT_EQ(test, pfn, FRAME(n));
	KUNIT_EXPECT_EQ(test, window_page(PAGE(n), NULL), WINDOW_EMPTY);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, before + 1);
	tlb_record_reports = before;
}

static unsigned long all_cpus(void)
{
	return cpumask_bits(cpu_online_mask)[0];
}

static void expect_crime(struct kunit *test, unsigned int n)
{
	expect_crime_of(test, n, all_cpus());
}

/* Forgetting @nr pages from page @n on is all right. */
static void expect_clean(struct kunit *test, unsigned int n, unsigned long nr)
{
	unsigned long before = tlb_record_reports;

	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(n), nr), nr);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, before);
	tlb_record_reports = before;
}

/* ---- one CPU ---- */

static void record_no_flush(struct kunit *test)
{
	make_stale(test, 1);
	expect_crime(test, 0);
}

static void record_each_page_is_named(struct kunit *test)
{
	make_stale(test, 3);
	expect_crime(test, 1);
	expect_crime(test, 0);
	expect_crime(test, 2);
}

/* The backtrace says who forgot the flush. */
static noinline void forget_without_flush(void)
{
	forget_test_pages(PAGE(0), 1);
	barrier();
}

static void record_names_the_caller(struct kunit *test)
{
	make_stale(test, 1);
	KUNIT_EXPECT_REPORT(test, " forget_without_flush+*", forget_without_flush());
	tlb_record_reports--;
}

static void record_flushed(struct kunit *test)
{
	make_stale(test, 8);
	flush(0, 8);
	expect_clean(test, 0, 8);

	make_stale(test, 100);
	flush(0, 100);
	expect_clean(test, 0, 100);

	make_stale(test, 3);
	flush(0, 20);				/* more than need be */
	expect_clean(test, 0, 3);

	make_stale(test, 2);
	flush_tlb_kernel_range(PAGE(0), 0);	/* up to 4 GiB */
	expect_clean(test, 0, 2);
}

static void flush_all_here(void *unused)
{
	__flush_tlb_all();
}

static void record_flushed_all(struct kunit *test)
{
	make_stale(test, TEST_WINDOW_PAGES);
	flush_tlb_all();
	expect_clean(test, 0, TEST_WINDOW_PAGES);

	make_stale(test, 1);
	on_each_cpu(flush_all_here, NULL, 1);
	expect_clean(test, 0, 1);

	make_stale(test, 1);
	flush_tlb_kernel_range(0, ~0UL);	/* 4 GiB of pages: their number is 0 */
	expect_clean(test, 0, 1);
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
	flush(127, 1);				/* each of them narrows what is left */
	flush(0, 9);
	flush(40, 20);
	expect_crime(test, 10);
	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(0), TEST_WINDOW_PAGES),
			ARRAY_SIZE(order) - 1);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, 0);
}

static void record_partial_flush(struct kunit *test)
{
	make_stale(test, 5);
	flush(1, 2);
	expect_crime(test, 0);
	expect_clean(test, 1, 2);
	expect_crime(test, 3);
	flush(4, 1);
	expect_clean(test, 4, 1);
}

/* A page counts as soon as one byte of it is in the range. */
static void record_flush_by_the_byte(struct kunit *test)
{
	make_stale(test, 4);
	flush_tlb_kernel_range(PAGE(2) - 1, PAGE(2) + 1);
	expect_crime(test, 0);
	expect_clean(test, 1, 2);
	expect_crime(test, 3);
}

/* Before it was unmapped, the CPU could load the translation again. */
static void record_flushed_too_early(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), FRAME(0), 1, PAGE_KERNEL), 0);
	flush(0, 1);
	flush_tlb_all();
	unmap_kernel_range(PAGE(0), 1);
	expect_crime(test, 0);
}

/* What one CPU forgets, the others still know, even if there are none so far. */
static void record_flushed_here_only(struct kunit *test)
{
	make_stale(test, 1);
	flush_tlb_one_kernel(PAGE(0));
	expect_crime(test, 0);
}

/* ---- several CPUs ---- */

/* The word of page @n's entry in which the record keeps its bits. */
static u32 *entry_word(unsigned int n)
{
	struct page_walk walk;
	pte_t *table;

	walk_page_tables(PAGE(n), &walk);
	table = __va(walk.entry[1] & PTE_PFN_MASK);
	return (u32 *)&table[(PAGE(n) >> PAGE_SHIFT) % PTRS_PER_TABLE];
}

/* As if @cpu, too, had run when the page was unmapped. */
static void add_cpu(unsigned int n, unsigned int cpu)
{
	*entry_word(n) |= 2U << cpu;
}

static unsigned int another_cpu(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id())
			return cpu;
	return 5;
}

struct pages {
	unsigned int n;
	unsigned long nr;
};

static void flush_here(void *info)
{
	const struct pages *pages = info;

	__flush_tlb_kernel_range(PAGE(pages->n), PAGE(pages->n + pages->nr));
}

/* On CPU @cpu alone. */
static void flush_as_cpu(unsigned int cpu, unsigned int n, unsigned long nr)
{
	unsigned int self = raw_smp_processor_id();
	struct pages pages = { n, nr };
	unsigned long flags;

	if (cpu_online(cpu)) {
		smp_call_function_single(cpu, flush_here, &pages, 1);
		return;
	}
	local_irq_save(flags);
	this_cpu_write(cpu_number, cpu);
	flush_here(&pages);
	this_cpu_write(cpu_number, self);
	local_irq_restore(flags);
}

/* On all but CPU @cpu. */
static void flush_but_on(unsigned int cpu, unsigned int n, unsigned long nr)
{
	struct cpumask mask = *cpu_online_mask;
	struct pages pages = { n, nr };

	cpumask_clear_cpu(cpu, &mask);
	on_each_cpu_mask(&mask, flush_here, &pages, true);
}

static void record_other_cpus_are_named(struct kunit *test)
{
	make_stale(test, 3);
	add_cpu(0, 3);
	add_cpu(1, 7);
	add_cpu(2, 1);
	add_cpu(2, 2);
	expect_crime_of(test, 0, all_cpus() | BIT(3));
	flush_but_on(7, 1, 1);
	expect_crime_of(test, 1, BIT(7));
	expect_crime_of(test, 2, all_cpus() | BIT(1) | BIT(2));
}

static void record_each_cpu_flushes_for_itself(struct kunit *test)
{
	unsigned int other = another_cpu();

	make_stale(test, 4);
	add_cpu(0, other);
	add_cpu(1, other);
	add_cpu(2, other);
	flush_as_cpu(other, 0, 2);
	expect_crime_of(test, 0, all_cpus() & ~BIT(other));
	flush_but_on(other, 1, 2);
	expect_clean(test, 1, 1);
	expect_crime_of(test, 2, BIT(other));
	flush_as_cpu(other, 0, 4);
	expect_crime_of(test, 3, all_cpus() & ~BIT(other));
}

/* Each CPU has bounds of its own: what one has done with, another may not. */
static void record_full_flushes_one_by_one(struct kunit *test)
{
	unsigned int other = another_cpu();

	make_stale(test, 40);
	add_cpu(0, other);
	add_cpu(39, other);
	flush_but_on(other, 0, 40);
	flush_as_cpu(other, 0, 40);
	expect_clean(test, 0, 40);
}

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
	make_stale(test, 2);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	KUNIT_EXPECT_EQ(test, stale_count[1], 1);
	KUNIT_EXPECT_EQ(test, stale_count[2], 0);
	unmap_kernel_range(PAGE(2), 2);		/* nothing is mapped there */
	KUNIT_EXPECT_EQ(test, stale_count[2], 0);
	unmap_kernel_range(PAGE(0), 2);		/* nor there, any more */
	KUNIT_EXPECT_EQ(test, stale_ever[0], 1);
	flush(1, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	KUNIT_EXPECT_EQ(test, stale_count[1], 0);
	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	expect_clean(test, 0, 2);
	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	KUNIT_EXPECT_EQ(test, stale_ever[0], 1);
}

static void record_tells_when_the_last_has_flushed(struct kunit *test)
{
	watch();
	make_stale(test, 1);
	add_cpu(0, another_cpu());
	flush_but_on(another_cpu(), 0, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	flush_as_cpu(another_cpu(), 0, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	expect_clean(test, 0, 1);
}

/* The report flushes: whoever counts is not left with a mapping that no longer exists. */
static void record_tells_after_a_crime(struct kunit *test)
{
	watch();
	make_stale(test, 1);
	KUNIT_EXPECT_EQ(test, stale_count[0], 1);
	expect_crime(test, 0);
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
	make_stale(test, 3);
	flush(0, 2);
	KUNIT_EXPECT_REPORT(test, report_of(2, all_cpus()), forget_kernel_pages(PAGE(0), 3));
	KUNIT_EXPECT_EQ(test, tlb_record_reports, 1);
	KUNIT_EXPECT_EQ(test, window_page(PAGE(2), NULL), WINDOW_EMPTY);
	tlb_record_reports = 0;
}

/* ---- on and off ---- */

static void record_off_reports_nothing(struct kunit *test)
{
	tlb_record_enable(false);
	KUNIT_EXPECT_FALSE(test, tlb_record_enabled());
	make_stale(test, 2);
	KUNIT_EXPECT_EQ(test, *entry_word(0) & 0x1fe, 0);
	expect_clean(test, 0, 2);

	make_stale(test, 2);
	tlb_record_enable(true);		/* too late for these */
	KUNIT_EXPECT_TRUE(test, tlb_record_enabled());
	expect_clean(test, 0, 2);
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
	expect_clean(test, 0, 1);
}

static void record_switched_off_flushes(struct kunit *test)
{
	watch();
	make_stale(test, 3);
	tlb_record_enable(false);
	KUNIT_EXPECT_EQ(test, stale_count[0], 0);
	KUNIT_EXPECT_EQ(test, *entry_word(2) & 0x1fe, 0);
	expect_clean(test, 0, 3);
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
	make_stale(test, 1);
	forget_test_pages(PAGE(0), 1);
}

static void record_reports_fail_a_case(struct kunit *test)
{
	const char *text = capture_case(leave_a_report);

	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "reports of the flush record, see above"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\n    not ok 1 it\n"));
	KUNIT_EXPECT_EQ(test, tlb_record_reports, 0);
}

/* ---- the suite ---- */

static int record_init(struct kunit *test)
{
	was_on = tlb_record_enabled();
	tlb_record_enable(false);
	old_watcher = tlb_record_watcher;
	tlb_record_watcher = NULL;
	tlb_record_enable(true);
	return 0;
}

static void record_exit(struct kunit *test)
{
	tlb_record_enable(false);
	tlb_record_watcher = old_watcher;
	tlb_record_enable(was_on);
	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(0), TEST_WINDOW_PAGES), 0);
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
	KUNIT_CASE(record_tells_of_each_mapping),
	KUNIT_CASE(record_tells_when_the_last_has_flushed),
	KUNIT_CASE(record_tells_after_a_crime),
	KUNIT_CASE(record_follows_a_revocation),
	KUNIT_CASE(record_sees_forget_pages),
	KUNIT_CASE(record_off_reports_nothing),
	KUNIT_CASE(record_switched_on_flushes),
	KUNIT_CASE(record_switched_off_flushes),
	KUNIT_CASE(record_by_the_word),
	KUNIT_CASE(record_reports_fail_a_case),
	{}
};

static struct kunit_suite record_suite = {
	.name = "tlb_record",
	.init = record_init,
	.exit = record_exit,
	.test_cases = record_cases,
};
kunit_test_suite(record_suite);
