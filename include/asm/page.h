/* SPDX-License-Identifier: MIT */
/*
 * Pages and the direct map. The kernel lives in the last of the four gigabytes: low memory (what
 * lies below the line) appears there as a whole, PAGE_OFFSET higher.
 */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#define PAGE_SHIFT	12
#define PAGE_OFFSET_RAW	0xC0000000

#ifndef __ASSEMBLY__

#include <linux/types.h>

#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_OFFSET	0xC0000000UL

/* Rounds up to a page; keeps the operand's width (phys_addr_t must not be cut to 32 bits). */
#define PAGE_ALIGN(addr)	(((addr) + (__typeof__(addr))(PAGE_SIZE - 1)) & \
				 ~(__typeof__(addr))(PAGE_SIZE - 1))
#define PAGE_ALIGNED(addr)	(!((addr) & (PAGE_SIZE - 1)))

/*
 * The line: physical memory below it is always mapped, above it (high memory) only on demand.
 * lowmem_end, in bytes, is as far as the direct map could reach: 1 GiB of kernel addresses less
 * 128 MiB for everything that is mapped on demand, unless "vmalloc=" says otherwise. paging_init()
 * draws the line; what lies below LOWMEM_SURE is low memory wherever it comes to be.
 */
#define LOWMEM_SURE	(64UL << 20)
extern unsigned long lowmem_end;

#define __PHYSICAL_MASK_SHIFT	36
#define MAX_PHYS_ADDR		(1ULL << __PHYSICAL_MASK_SHIFT)

/* What this CPU reaches of it: physical addresses from here on fault. cpu_init() finds out. */
extern phys_addr_t cpu_phys_limit;

/* Only for direct-mapped addresses, the image's own included. */
#define __pa(va)	((phys_addr_t)((unsigned long)(va) - PAGE_OFFSET))
#define __va(pa)	((void *)((unsigned long)(pa) + PAGE_OFFSET))

/* The first page frame number above low memory (≤ lowmem_end), and the end of all RAM. */
extern unsigned long max_low_pfn, max_pfn;
/* The first address behind the direct map. */
extern void *high_memory;

#endif /* !__ASSEMBLY__ */
#endif /* _ASM_PAGE_H */
