/* SPDX-License-Identifier: MIT */
/*
 * Forgetting translations. Kernel pages are global, so reloading CR3 is not enough: invlpg, or a
 * toggle of CR4.PGE. Ranges are the whole machine's business: whoever takes a page away from all
 * CPUs calls flush_tlb_kernel_range(), and need not know how many there are.
 */
#ifndef _ASM_TLBFLUSH_H
#define _ASM_TLBFLUSH_H

#include <linux/compiler.h>
#include <linux/types.h>

/*
 * On every CPU, [start, end): page by page when it is short, everything when it is long. When it
 * returns, no CPU uses an old translation of the range. Process context.
 */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);
/* On every CPU, everything. */
void flush_tlb_all(void);

/* This CPU's entry for the page of @addr: for addresses that only this CPU uses. Any context. */
static __always_inline void flush_tlb_one_kernel(unsigned long addr)
{
	__asm__ __volatile__("invlpg %0" : : "m"(*(const char *)addr) : "memory");
}

/* On this CPU alone: [start, end), or all entries, global ones too. */
void __flush_tlb_kernel_range(unsigned long start, unsigned long end);
void __flush_tlb_all(void);

/*
 * The flush record (`tlb_record` on the command line; kernel/x86/tlb_record.c): which CPUs may
 * still hold a translation of each stale page (<asm/pgtable.h>). With it, forgetting a stale page
 * that a CPU was not told to flush is reported. Flushing one page on this CPU alone does not count.
 */
bool tlb_record_enabled(void);
/* Switch it while the kernel runs; off: everything is flushed first. Process context. */
void tlb_record_enable(bool on);

/*
 * While the record is on: called for each mapping that becomes stale, with its frame and true; and
 * with false when the last CPU has flushed it. One call at a time, interrupts off. NULL: nobody
 * wants to know. Changed only while the record is off: then no call is outstanding.
 */
extern void (*tlb_record_watcher)(unsigned long pfn, bool stale);

/* How often an address or a frame was about to be used again too early. Tests set it back. */
extern unsigned long tlb_record_reports;

#endif /* _ASM_TLBFLUSH_H */
