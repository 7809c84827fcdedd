/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <asm/pgtable.h>

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

#endif /* _LINUX_HIGHMEM_H */
