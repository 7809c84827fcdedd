/* SPDX-License-Identifier: MIT */
/* For tests of the flush record: pages that lie nowhere, and ways to flush them on some CPUs only. */
#ifndef _TESTS_TLB_RECORD_SANDBOX_H
#define _TESTS_TLB_RECORD_SANDBOX_H

#include <kunit/test.h>

#include "window_pages.h"

#define PAGE(n)		(TEST_WINDOW + (n) * PAGE_SIZE)
#define FRAME(n)	(0x100UL + (n))		/* behind PAGE(n) */

/* For a suite's init and exit: the record is on, and nobody watches; afterwards all is as it was. */
int tlb_record_enter(struct kunit *test);
void tlb_record_leave(struct kunit *test);

/* @nr pages from PAGE(0) on, mapped and unmapped, but not flushed. */
void tlb_make_stale(struct kunit *test, unsigned long nr);

/* Flush pages [@n, @n + @nr): everywhere; on CPU @cpu alone; on all others. */
void tlb_flush(unsigned int n, unsigned long nr);
void tlb_flush_as_cpu(unsigned int cpu, unsigned int n, unsigned long nr);
void tlb_flush_but_on(unsigned int cpu, unsigned int n, unsigned long nr);

/* A CPU that this is not; where there is none, one that is not there. All that are there, a bit each. */
unsigned int tlb_another_cpu(void);
unsigned long tlb_all_cpus(void);
/* The word of page @n's entry in which the record keeps its bits. */
u32 *tlb_entry_word(unsigned int n);
/* As if @cpu, too, had run when the page was unmapped. */
void tlb_add_cpu(unsigned int n, unsigned int cpu);

/* The report that names page @n, its frame, and the CPUs @cpus (a bit each). */
const char *tlb_report_of(unsigned int n, unsigned long cpus);
/* Forgetting page @n is reported, with @cpus, or all, as the culprits; and then it is forgotten. */
void tlb_expect_crime_of(struct kunit *test, unsigned int n, unsigned long cpus);
void tlb_expect_crime(struct kunit *test, unsigned int n);
/* Forgetting @nr pages from page @n on is all right. */
void tlb_expect_clean(struct kunit *test, unsigned int n, unsigned long nr);

#endif /* _TESTS_TLB_RECORD_SANDBOX_H */
