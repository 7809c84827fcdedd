/* SPDX-License-Identifier: MIT */
/*
 * Forgetting translations. Kernel pages are global, so reloading CR3 is not enough: invlpg, or a
 * toggle of CR4.PGE.
 */
#ifndef _ASM_TLBFLUSH_H
#define _ASM_TLBFLUSH_H

#include <linux/types.h>

/* This CPU's entry for the page of @addr. */
void flush_tlb_one_kernel(unsigned long addr);

/* [start, end): page by page when it is short, everything when it is long. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/* All of this CPU's entries, global ones too. */
void __flush_tlb_all(void);

#endif /* _ASM_TLBFLUSH_H */
