/* SPDX-License-Identifier: MIT */
/*
 * Fixed virtual addresses at the top of the address space whose page behind them is chosen at run
 * time. Their page table is part of the image, so they work before any other table exists.
 */
#ifndef _ASM_FIXMAP_H
#define _ASM_FIXMAP_H

#include <asm/kmap_size.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>
#include <linux/compiler.h>
#include <linux/percpu-defs.h>
#include <linux/threads.h>

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

extern pte_t fixmap_table[PTRS_PER_TABLE];	/* boot/start.S; of the addresses from FIXADDR_TABLE on */

/*
 * The same for pages that only this CPU uses, in few instructions: so a page is named by its number,
 * @vpn = address / PAGE_SIZE, from which it is one step to its entry and one to its address. To set
 * it, it must be empty. Cleared, it is flushed here at once: it is empty then, not stale.
 */
#define fix_to_vpn(index)	((FIXADDR_TOP >> PAGE_SHIFT) - (index))

static __always_inline pte_t *fixmap_pte(unsigned long vpn)
{
	return (pte_t *)((unsigned long)fixmap_table -
			 (FIXADDR_TABLE >> PAGE_SHIFT) * sizeof(pte_t) + vpn * sizeof(pte_t));
}

static __always_inline void set_fixmap_local(unsigned long vpn, unsigned long pfn, u64 rights)
{
	set_kernel_pte(fixmap_pte(vpn), pfn, rights);
}

static __always_inline void clear_fixmap_local(unsigned long vpn)
{
	WRITE_ONCE(*(u32 *)fixmap_pte(vpn), 0);		/* the half with the present bit */
	flush_tlb_one_kernel(vpn << PAGE_SHIFT);
}

/* ---- the slots of kmap_local: kernel/x86/kmap_local.c. Who maps what there, mm/highmem.c knows ---- */

/* The fixmap index of kmap_local slot @slot (0 … KM_MAX_IDX - 1) of @cpu. Deeper ones lie higher. */
#define kmap_local_index(cpu, slot) \
	(FIX_KMAP_BEGIN + (cpu) * KM_MAX_IDX + KM_MAX_IDX - 1 - (slot))

/*
 * kmap_local on this CPU: the n-th mapping, counted from 1, is at virtual page kmap_local_base + n.
 */
DECLARE_PER_CPU(unsigned int, kmap_local_base);

/* Boot, when each CPU has its own variables: its own slots, too. */
void kmap_local_init(void);

#endif /* _ASM_FIXMAP_H */
