// SPDX-License-Identifier: MIT
/*
 * Forgetting translations (Intel SDM volume 3, section 4.10). The CPU may use a cached translation
 * until it is told not to. Kernel pages are global, so a reload of CR3 keeps them: one page is
 * forgotten by invlpg, everything by switching CR4.PGE off and on.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>

/* From about this many pages on, a full flush is cheaper than one invlpg each (Linux's figure). */
#define FLUSH_ALL_ABOVE_PAGES 33

void flush_tlb_one_kernel(unsigned long addr)
{
	__asm__ __volatile__("invlpg (%0)" : : "r"(addr) : "memory");
}

void __flush_tlb_all(void)
{
	unsigned long cr4 = read_cr4();

	if (cr4 & X86_CR4_PGE) {
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		write_cr3(read_cr3());
	}
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	unsigned long addr = start & PAGE_MASK;
	unsigned long pages = (PAGE_ALIGN(end) - addr) >> PAGE_SHIFT;	/* @end may be 0: 4 GiB */

	if (pages > FLUSH_ALL_ABOVE_PAGES) {
		__flush_tlb_all();
		return;
	}
	for (; pages; pages--, addr += PAGE_SIZE)
		flush_tlb_one_kernel(addr);
}
