/* SPDX-License-Identifier: MIT */
/*
 * Fixed virtual addresses at the top of the address space whose page behind them is chosen at run
 * time. Their page table is part of the image, so they work before any other table exists.
 */
#ifndef _ASM_FIXMAP_H
#define _ASM_FIXMAP_H

#include <asm/pgtable.h>

#define NR_CPUS			8
#define KM_MAX_IDX		16	/* nested kmap_local mappings per CPU, as in Linux */
#define EARLY_MAP_SLOTS		4
#define EARLY_MAP_SLOT_PAGES	64

enum fixed_addresses {
	FIX_HOLE,			/* the last page stays empty: addresses must not wrap */
	FIX_KMAP_BEGIN,
	FIX_KMAP_END = FIX_KMAP_BEGIN + NR_CPUS * KM_MAX_IDX - 1,
	FIX_EARLY_BEGIN,
	FIX_EARLY_END = FIX_EARLY_BEGIN + EARLY_MAP_SLOTS * EARLY_MAP_SLOT_PAGES - 1,
	__end_of_fixed_addresses
};

#define FIXADDR_TOP		0xfffff000UL
#define FIXADDR_START \
	(FIXADDR_TOP - ((unsigned long)__end_of_fixed_addresses << PAGE_SHIFT))

/* Larger indices lie lower. */
#define __fix_to_virt(index)	(FIXADDR_TOP - ((unsigned long)(index) << PAGE_SHIFT))
#define fix_to_virt(index)	__fix_to_virt(index)
#define virt_to_fix(addr)	((FIXADDR_TOP - ((addr) & PAGE_MASK)) >> PAGE_SHIFT)

/*
 * Put the page frame at @phys behind fixed address @index, or take it away. Flushes this CPU's TLB
 * entry.
 */
void __set_fixmap(unsigned int index, phys_addr_t phys, pgprot_t prot);
void clear_fixmap(unsigned int index);
#define set_fixmap(index, phys) __set_fixmap(index, phys, PAGE_KERNEL)

#endif /* _ASM_FIXMAP_H */
