/* SPDX-License-Identifier: MIT */
/*
 * Page tables, as the rooms above see them: map a page, unmap it, look it up. PAE: three levels,
 * 64-bit entries (Intel SDM volume 3, section 4.4). The four bits of an address's top pick one of
 * four page-directory pointers; ours is the fourth, so the kernel is one page directory.
 */
#ifndef _ASM_PGTABLE_H
#define _ASM_PGTABLE_H

#define PTRS_PER_TABLE		512
#define PMD_SHIFT		21		/* a page directory's entry covers 2 MiB */

#ifndef __ASSEMBLY__

#include <asm/page.h>

typedef u64 pte_t;

#define PMD_SIZE		(1UL << PMD_SHIFT)
#define PMD_MASK		(~(PMD_SIZE - 1))

#define _PAGE_PRESENT		0x001ULL
#define _PAGE_RW		0x002ULL
#define _PAGE_USER		0x004ULL
#define _PAGE_PWT		0x008ULL
#define _PAGE_PCD		0x010ULL
#define _PAGE_ACCESSED		0x020ULL
#define _PAGE_DIRTY		0x040ULL
#define _PAGE_PSE		0x080ULL	/* in a directory: a 2 MiB page */
#define _PAGE_GLOBAL		0x100ULL
#define _PAGE_NX		(1ULL << 63)
#define PTE_PFN_MASK		0x0000000ffffff000ULL	/* 36 bits of physical address */

/* Rights of a mapping. On a CPU without NX, and without PGE, those bits are left out when used. */
typedef struct { u64 pgprot; } pgprot_t;

#define __pgprot(x)		((pgprot_t){ (x) })
#define pgprot_val(x)		((x).pgprot)
#define __PAGE_BASE		(_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_GLOBAL)
#define PAGE_KERNEL		__pgprot(__PAGE_BASE | _PAGE_RW | _PAGE_DIRTY | _PAGE_NX)
#define PAGE_KERNEL_RO		__pgprot(__PAGE_BASE | _PAGE_NX)
#define PAGE_KERNEL_ROX		__pgprot(__PAGE_BASE)
#define PAGE_KERNEL_NOCACHE	__pgprot(pgprot_val(PAGE_KERNEL) | _PAGE_PCD | _PAGE_PWT)

/*
 * The window: kernel addresses above the direct map whose tables all exist from boot, so that
 * mapping in it never allocates. A guard of 8 MiB stands between the direct map and vmalloc. Where
 * it begins is known from paging_init() on.
 */
#define WINDOW_START		(PAGE_OFFSET + lowmem_end)
#define VMALLOC_START		(WINDOW_START + (8UL << 20))
#define VMALLOC_END		(PKMAP_BASE - PAGE_SIZE)
#define PKMAP_BASE		0xffc00000UL	/* 2 MiB of kmap slots; then 2 MiB of fixmap */

/*
 * Draw the line between low and high memory (lowmem_end, max_low_pfn, max_pfn, high_memory), build
 * the kernel's final page tables from memblock and switch to them. From here on memblock hands out
 * low memory only, but all of it; RAM above "highmem=" is no longer in its list.
 */
void paging_init(void);

/*
 * Map the page at @addr of the window (or of any range whose tables exist) to the frame at @phys.
 * Returns 0; -EINVAL when an address is not page-aligned or out of reach; -EEXIST when something
 * is mapped there already; -ENOMEM when there is no page table (outside the window).
 * A new mapping needs no flush: absent entries are not cached.
 */
int map_kernel_page(unsigned long addr, phys_addr_t phys, pgprot_t prot);

/*
 * Remove the mapping at @addr. The caller flushes: flush_tlb_kernel_range(), before the address
 * or the frame is used again. Returns the frame's physical address, or ~0 when nothing was mapped
 * (or a 2 MiB page, which is not taken apart here).
 */
phys_addr_t unmap_kernel_page(unsigned long addr);

/*
 * Does low memory's page frame @pfn have its place in the direct map? Holes have none, and neither
 * have guard pages. @pfn is below max_low_pfn.
 */
bool is_direct_mapped(unsigned long pfn);

/* A walk through the tables, level by level, for `pt ADDR`, fault reports and tests. */
struct page_walk {
	unsigned int levels;	/* entries that were read: 1 to 3 */
	u64 entry[3];		/* pointer table, directory, table */
	bool present;
	bool large;		/* ended at a 2 MiB page */
	phys_addr_t phys;	/* what @addr translates to, offset included; when present */
	bool writable, executable, user;
};

/* Walk the tables this CPU uses for @addr, without faulting. Returns walk->present. */
bool walk_page_tables(unsigned long addr, struct page_walk *walk);

/* Every run of equal rights in the kernel's quarter of the address space, lowest first. */
struct mapped_range {
	unsigned long start, end;	/* [start, end); end 0 means 4 GiB */
	phys_addr_t phys;		/* of start */
	u64 rights;			/* the RW, NX, PCD, GLOBAL and PSE bits of all of it */
};
void for_each_mapped_range(void (*range)(const struct mapped_range *r, void *arg), void *arg);

/* How many pages are both writable and executable; 0 is what a boot check insists on. */
unsigned long count_wx_pages(void);

#endif /* !__ASSEMBLY__ */
#endif /* _ASM_PGTABLE_H */
