/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <asm/pgtable.h>
#include <linux/mm.h>
#include <linux/string.h>

/*
 * Map the page frame @pfn, wherever it lies, until kunmap_local(). Returns its address: the
 * direct map's where it is in it, one of this CPU's KM_MAX_IDX slots otherwise. Mappings nest, and
 * must be undone in the reverse order. Never sleeps, any context; one nested too deep is a panic.
 */
void *kmap_local_pfn(unsigned long pfn);
void *kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot);

/*
 * Undo the mapping that @vaddr, an address within it, came from. Out of order: a warning, nothing
 * changed.
 */
void __kunmap_local(const void *vaddr);
#define kunmap_local(vaddr) __kunmap_local(vaddr)

static inline void *kmap_local_page(struct page *page)
{
	return kmap_local_pfn(page_to_pfn(page));
}

/* Fill the page at @addr with zeros. */
static inline void clear_page(void *addr)
{
	memset(addr, 0, PAGE_SIZE);
}

/* Fill a page with zeros, wherever it lies. Any context. */
static inline void clear_highpage(struct page *page)
{
	void *kaddr = kmap_local_page(page);

	clear_page(kaddr);
	kunmap_local(kaddr);
}

#endif /* _LINUX_HIGHMEM_H */
