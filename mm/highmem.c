// SPDX-License-Identifier: MIT
/*
 * Temporary mappings: how the kernel touches a page that the direct map does not reach.
 *
 * 1. The idea
 * A 32-bit kernel sees 1 GiB, and the machine may own sixty. To read or write a page above the
 * line, it is mapped for a moment at one of a few fixed addresses (Linux: kmap_local, since 5.11;
 * LKD chapter 12 has its ancestor, kmap_atomic).
 *
 * 2. Structure and invariants
 * Each CPU has KM_MAX_IDX slots, used as a stack: the last one mapped is the first unmapped.
 *	slots [0, depth) are mapped, slots [depth, KM_MAX_IDX) are not
 * A page in the direct map needs no slot: its address there is returned (with the rights it has
 * there), and taking it back is then nothing. So a caller need not know where its page lies.
 *
 * 3. Contexts
 * Any, interrupts included: mapping never waits and never allocates.
 *
 * 4. What is not here yet
 * Other CPUs, and kmap() with its 512 shared slots: they come with struct page.
 */
#include <asm/fixmap.h>
#include <linux/bug.h>
#include <linux/highmem.h>
#include <linux/panic.h>
#include <linux/pfn.h>
#include <quarry/boot_level.h>

static unsigned int depth;

static unsigned int slot_index(unsigned int slot)
{
	return FIX_KMAP_BEGIN + slot;
}

void *kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot)
{
	if (pfn < max_low_pfn && is_direct_mapped(pfn))
		return __va(PFN_PHYS(pfn));
	if (WARN(pfn >= PFN_DOWN(cpu_phys_limit), "kmap_local_pfn: frame 0x%lx is out of reach\n", pfn))
		return NULL;
	if (!boot_level_needed(BOOT_PAGING, "kmap_local_pfn()"))
		return NULL;
	if (depth == KM_MAX_IDX)
		panic("kmap_local_pfn: more than %d nested mappings", KM_MAX_IDX);
	__set_fixmap(slot_index(depth), PFN_PHYS(pfn), prot);
	return (void *)fix_to_virt(slot_index(depth++));
}

void *kmap_local_pfn(unsigned long pfn)
{
	return kmap_local_pfn_prot(pfn, PAGE_KERNEL);
}

void __kunmap_local(const void *vaddr)
{
	unsigned long addr = (unsigned long)vaddr & PAGE_MASK;

	if (addr < FIXADDR_START)
		return;				/* it is in the direct map */
	if (WARN(!depth || addr != fix_to_virt(slot_index(depth - 1)),
		 "kunmap_local(%px): not the mapping made last (%u are open)\n", vaddr, depth))
		return;
	clear_fixmap(slot_index(--depth));
}
