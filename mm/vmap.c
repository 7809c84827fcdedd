// SPDX-License-Identifier: MIT
/*
 * Other things in the vmalloc range than vmalloc()'s memory: pages that somebody has already
 * (vmap), device memory (ioremap), addresses alone (get_vm_area). What they have in common: the
 * frames are somebody else's, unless VM_MAP_PUT_PAGES hands them over, so taking a mapping back
 * means flushing at once. The areas themselves, and how they go, are vmalloc.c's; contexts and
 * locking too.
 *
 * Device memory is mapped uncached: reading it twice may give two answers, and a write must
 * get there. The processor's own rule (MTRRs) may say the same of the address already; the mapping
 * says it whatever they say (Intel SDM volume 3, section 12.5.2).
 *
 * Not checked: that what is at an address given to ioremap() is a device; only that it is not RAM.
 */
#include <linux/io.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>

#include "internal.h"
#include "vmalloc.h"

/* ---- pages that somebody has ---- */

static __always_inline bool map_pages(unsigned long addr, struct page **pages, unsigned int count,
				      pgprot_t prot)
{
	pte_t *pte = kernel_ptes(addr, count);
	u64 rights = supported_rights(prot);
	u32 in_use = 0;

	for (; count; count--, pte++, pages++) {
		unsigned long pfn = checked_pfn(READ_ONCE(*pages));	/* in a register only once */

		if (WARN(pfn >= max_mapnr, "vmap: %px is no page\n", *pages))
			return false;
		in_use |= kernel_pte_used(pte);
		set_kernel_pte(pte, pfn, rights);
	}
	return !WARN_ON(in_use != 0);	/* looked at together: the area is new, so this is damage */
}

static __always_inline struct vm_struct *map_foreign(struct page **pages, unsigned int count,
						     unsigned long flags, pgprot_t prot,
						     const void *caller)
{
	struct vm_struct *area;

	if (!count || count > ULONG_MAX >> PAGE_SHIFT || count > totalram_pages())
		return NULL;
	area = vm_area_get((unsigned long)count << PAGE_SHIFT, 1, flags, GFP_KERNEL, caller);
	if (likely(area && map_pages((unsigned long)area->addr, pages, count, prot)))
		return area;
	if (area)
		vm_area_let_go(area);
	return NULL;
}

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	const void *caller = __builtin_return_address(0);
	struct vm_struct *area;

	if (WARN(!pgprot_is_sane(prot), "vmap: no rights that a page may have: %#llx, for %pS\n",
		 pgprot_val(prot), caller))
		return NULL;
	WARN_ONCE(flags & VM_NO_GUARD, "vmap: it has a guard page all the same\n");
	area = map_foreign(pages, count, (flags & (VM_USERMAP | VM_DMA_COHERENT)) | VM_MAP, prot,
			   caller);
	if (unlikely(!area))
		return NULL;
	if (flags & VM_MAP_PUT_PAGES) {
		area->nr_pages = count;
		area->pages = pages;
		area->flags |= VM_MAP_PUT_PAGES;
	}
	tell_alloc(area);
	return area->addr;
}

void *vm_map_ram(struct page **pages, unsigned int count, int node)
{
	struct vm_struct *area = map_foreign(pages, count, VM_RAM, PAGE_KERNEL,
					     __builtin_return_address(0));

	if (unlikely(!area))
		return NULL;
	tell_alloc(area);
	return area->addr;
}

void vunmap(const void *addr)
{
	vm_area_unmap(addr, VM_MAP, 0, "vunmap", __builtin_return_address(0));
}

void vm_unmap_ram(const void *mem, unsigned int count)
{
	vm_area_unmap(mem, VM_RAM, max(count, 1U), "vm_unmap_ram", __builtin_return_address(0));
}

/* ---- device memory ---- */

/* Is there RAM, known to the kernel, in [first, end) (frames)? */
static bool has_ram(unsigned long first, unsigned long end)
{
	for (; first < end; first++)
		if (pfn_valid(first) && page_state(pfn_to_page(first)) != PAGE_HOLE)
			return true;
	return false;
}

static bool can_be_mapped(phys_addr_t phys, unsigned long size)
{
	phys_addr_t end = phys + size;

	if (!size || end <= phys || end > cpu_phys_limit || size > VMALLOC_TOTAL) {
		WARN(true, "ioremap: %lu bytes at 0x%llx are out of reach\n", size, (u64)phys);
		return false;
	}
	if (has_ram(PFN_DOWN(phys), PFN_UP(end))) {
		WARN(true, "ioremap on RAM at 0x%llx - 0x%llx\n", (u64)phys, (u64)end - 1);
		return false;
	}
	return true;
}

static void __iomem *map_device(phys_addr_t phys, unsigned long size, pgprot_t prot,
				const void *caller)
{
	unsigned long offset = phys & ~PAGE_MASK;
	unsigned long pages = PFN_UP(offset + size);
	struct vm_struct *area;

	if (!can_be_mapped(phys, size))
		return NULL;
	area = vm_area_get(pages << PAGE_SHIFT, 1, VM_IOREMAP, GFP_KERNEL, caller);
	if (!area)
		return NULL;
	area->phys_addr = phys - offset;
	BUG_ON(map_kernel_range((unsigned long)area->addr, PFN_DOWN(phys), pages, prot));
	tell_alloc(area);
	return area->addr + offset;
}

void __iomem *ioremap(resource_size_t phys_addr, unsigned long size)
{
	return map_device(phys_addr, size, PAGE_KERNEL_NOCACHE, __builtin_return_address(0));
}

void __iomem *ioremap_cache(resource_size_t phys_addr, unsigned long size)
{
	return map_device(phys_addr, size, PAGE_KERNEL, __builtin_return_address(0));
}

void iounmap(volatile void __iomem *addr)
{
	const void *page = (const void *)((unsigned long)addr & PAGE_MASK);

	vm_area_unmap(page, VM_IOREMAP, 0, "iounmap", __builtin_return_address(0));
}

/* ---- addresses alone ---- */

/* Whoever maps there may call it what he likes, but the pages are never the area's. */
static unsigned long address_flags(unsigned long flags)
{
	if (flags & VM_IOREMAP)
		flags &= ~VM_MAP;
	return (flags & (VM_IOREMAP | VM_MAP | VM_USERMAP | VM_DMA_COHERENT | VM_NO_GUARD)) |
	       VM_ADDRESSES;
}

struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, const void *caller)
{
	return vm_area_get(size, 1, address_flags(flags), GFP_KERNEL, caller);
}

struct vm_struct *get_vm_area(unsigned long size, unsigned long flags)
{
	return get_vm_area_caller(size, flags, __builtin_return_address(0));
}

void free_vm_area(struct vm_struct *area)
{
	vm_area_unmap(area->addr, VM_ADDRESSES, 0, "free_vm_area", __builtin_return_address(0));
}

/* ---- asking ---- */

unsigned long vmalloc_to_pfn(const void *addr)
{
	unsigned long pfn;

	if (!is_vmalloc_addr(addr) || window_page((unsigned long)addr, &pfn) != WINDOW_MAPPED)
		return 0;
	return pfn;
}

struct page *vmalloc_to_page(const void *addr)
{
	unsigned long pfn = vmalloc_to_pfn(addr);

	return pfn && pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}
