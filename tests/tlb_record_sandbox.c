// SPDX-License-Identifier: MIT
#include <asm/tlbflush.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/smp.h>

#include "tlb_record_sandbox.h"

static bool was_on;
static void (*old_watcher)(unsigned long pfn, bool stale);

void tlb_make_stale(struct kunit *test, unsigned long nr)
{
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), FRAME(0), nr, PAGE_KERNEL), 0);
	unmap_kernel_range(PAGE(0), nr);
}

void tlb_flush(unsigned int n, unsigned long nr)
{
	flush_tlb_kernel_range(PAGE(n), PAGE(n + nr));
}

/* The report that names page @n, its frame, and the CPUs @cpus (a bit each). */
const char *tlb_report_of(unsigned int n, unsigned long cpus)
{
	static char pattern[160];

	snprintf(pattern, sizeof(pattern), "tlb_record: %08lx is to be used again, but the TLB of "
		 "CPU %*pbl was not flushed since it was mapped to pfn 0x%lx", PAGE(n), NR_CPUS,
		 &cpus, FRAME(n));
	return pattern;
}

/* Forgetting page @n is reported, with @cpus as the culprits; and then it is forgotten. */
void tlb_expect_crime_of(struct kunit *test, unsigned int n, unsigned long cpus)
{
	unsigned long before = tlb_record_reports, pfn = 0;
	volatile unsigned long forgotten = 0;

	KUNIT_EXPECT_REPORT(test, tlb_report_of(n, cpus),
			    forgotten = forget_kernel_range(PAGE(n), 1, &pfn));
	KUNIT_EXPECT_EQ(test, forgotten, 1);
	KUNIT_EXPECT_EQ(test, pfn, FRAME(n));
	KUNIT_EXPECT_EQ(test, window_page(PAGE(n), NULL), WINDOW_EMPTY);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, before + 1);
	tlb_record_reports = before;
}

unsigned long tlb_all_cpus(void)
{
	return cpumask_bits(cpu_online_mask)[0];
}

void tlb_expect_crime(struct kunit *test, unsigned int n)
{
	tlb_expect_crime_of(test, n, tlb_all_cpus());
}

/* Forgetting @nr pages from page @n on is all right. */
void tlb_expect_clean(struct kunit *test, unsigned int n, unsigned long nr)
{
	unsigned long before = tlb_record_reports;

	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(n), nr), nr);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, before);
	tlb_record_reports = before;
}

u32 *tlb_entry_word(unsigned int n)
{
	struct page_walk walk;
	pte_t *table;

	walk_page_tables(PAGE(n), &walk);
	table = __va(walk.entry[1] & PTE_PFN_MASK);
	return (u32 *)&table[(PAGE(n) >> PAGE_SHIFT) % PTRS_PER_TABLE];
}

/* As if @cpu, too, had run when the page was unmapped. */
void tlb_add_cpu(unsigned int n, unsigned int cpu)
{
	*tlb_entry_word(n) |= 2U << cpu;
}

unsigned int tlb_another_cpu(void)
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
void tlb_flush_as_cpu(unsigned int cpu, unsigned int n, unsigned long nr)
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
void tlb_flush_but_on(unsigned int cpu, unsigned int n, unsigned long nr)
{
	struct cpumask mask = *cpu_online_mask;
	struct pages pages = { n, nr };

	cpumask_clear_cpu(cpu, &mask);
	on_each_cpu_mask(&mask, flush_here, &pages, true);
}
int tlb_record_enter(struct kunit *test)
{
	was_on = tlb_record_enabled();
	tlb_record_enable(false);
	old_watcher = tlb_record_watcher;
	tlb_record_watcher = NULL;
	tlb_record_enable(true);
	return 0;
}

void tlb_record_leave(struct kunit *test)
{
	tlb_record_enable(false);
	tlb_record_watcher = old_watcher;
	tlb_record_enable(was_on);
	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(0), TEST_WINDOW_PAGES), 0);
}

