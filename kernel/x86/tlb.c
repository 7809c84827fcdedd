// SPDX-License-Identifier: MIT
/*
 * Forgetting translations (Intel SDM volume 3, section 4.10). The CPU may use a cached translation
 * until it is told not to. Kernel pages are global, so a reload of CR3 keeps them: one page is
 * forgotten by invlpg, everything by switching CR4.PGE off and on.
 *
 * A CPU can be made to forget by nobody but itself. So who takes a page of the kernel away from
 * all of them has them called, one and all, by on_each_cpu() ("shootdown"), and goes on when the
 * last one has answered. What only one CPU ever used, it forgets alone, without asking.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/smp.h>

#include "x86.h"

/* So many pages get one invlpg each; for more, a full flush is cheaper (Linux's figure). */
#define FLUSH_ALL_ABOVE_PAGES 33

u32 tlb_record_mask;
const struct tlb_recorder *tlb_recorder;

/* ---- on this CPU ---- */

void __flush_tlb_all(void)
{
	unsigned long cr4, flags;

	if (unlikely(tlb_record_mask))
		tlb_record_flushing_all();
	local_irq_save(flags);		/* an interrupt might change CR4, too */
	cr4 = read_cr4();
	if (cr4 & X86_CR4_PGE) {
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		write_cr3(read_cr3());
	}
	local_irq_restore(flags);
}

void __flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	unsigned long addr = start & PAGE_MASK, size = PAGE_ALIGN(end) - addr;	/* @end may be 0: 4 GiB */

	/* 0 bytes, although @end is above @start: all 4 GiB, and the size has wrapped. */
	if (size > FLUSH_ALL_ABOVE_PAGES * PAGE_SIZE || (!size && end > start)) {
		__flush_tlb_all();
		return;
	}
	if (unlikely(tlb_record_mask))
		tlb_record_flushing(addr, size >> PAGE_SHIFT);
	for (addr += size, size = -size; size; size += PAGE_SIZE)	/* 0 saves a comparison */
		flush_tlb_one_kernel(addr + size);
}

/* ---- on every CPU ---- */

struct flush {
	unsigned long start, end;
};

static void flush_range_here(void *info)
{
	const struct flush *flush = info;

	__flush_tlb_kernel_range(flush->start, flush->end);
}

static void flush_all_here(void *unused)
{
	__flush_tlb_all();
}

void flush_tlb_all(void)
{
	on_each_cpu(flush_all_here, NULL, 1);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	struct flush flush = { start, end };

	on_each_cpu(flush_range_here, &flush, 1);
}
