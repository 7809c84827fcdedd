/* SPDX-License-Identifier: MIT */
/*
 * Page tables, as the rooms above see them: map a page, unmap it, look it up. PAE: three levels,
 * 64-bit entries (Intel SDM volume 3, section 4.4). The top two bits of an address pick one of four
 * page-directory pointers; the kernel's is the last of them, so the kernel is one page directory.
 */
#ifndef _ASM_PGTABLE_H
#define _ASM_PGTABLE_H

#define PTRS_PER_TABLE		512
#define PMD_SHIFT		21		/* a page directory's entry covers 2 MiB */

#ifndef __ASSEMBLY__

#include <asm/page.h>
#include <linux/compiler.h>

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

/*
 * An entry of the window or the fixmap that is not present, but not empty either: it was unmapped,
 * and CPUs may still have it cached. The CPU ignores all other bits of such an entry.
 */
#define _PAGE_STALE		0x200ULL
#define _PAGE_STALE_CPUS	0x1feULL	/* bit 1 + n: CPU n, with `tlb_record` */

/* Rights of a mapping. On a CPU without NX, and without PGE, those bits are left out when used. */
typedef struct { u64 pgprot; } pgprot_t;

/* The bits that this CPU knows, of all that there are. */
extern u64 __supported_pte_mask;

static inline u64 supported_rights(pgprot_t prot)
{
	return prot.pgprot & __supported_pte_mask;
}

#define __pgprot(x)		((pgprot_t){ (x) })
#define pgprot_val(x)		((x).pgprot)
#define __PAGE_BASE		(_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_GLOBAL)
#define PAGE_KERNEL		__pgprot(__PAGE_BASE | _PAGE_RW | _PAGE_DIRTY | _PAGE_NX)
#define PAGE_KERNEL_RO		__pgprot(__PAGE_BASE | _PAGE_NX)
#define PAGE_KERNEL_ROX		__pgprot(__PAGE_BASE)
#define PAGE_KERNEL_NOCACHE	__pgprot(pgprot_val(PAGE_KERNEL) | _PAGE_PCD | _PAGE_PWT)

/* supported_rights(PAGE_KERNEL), worked out once. */
extern u64 page_kernel_rights;

#define _PAGE_RIGHTS \
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_PWT | _PAGE_PCD | _PAGE_ACCESSED | \
	 _PAGE_DIRTY | _PAGE_GLOBAL | _PAGE_NX)

/* Rights of a mapping and nothing else, and not such that it can be both written to and executed. */
static inline bool pgprot_is_sane(pgprot_t prot)
{
	u64 bits = pgprot_val(prot);

	return (bits & _PAGE_PRESENT) && !(bits & ~_PAGE_RIGHTS) &&
	       (bits & (_PAGE_RW | _PAGE_NX)) != _PAGE_RW;
}

/*
 * The window: kernel addresses above the direct map, up to the fixmap, whose tables all exist from
 * boot, so that mapping in it never allocates. Its first 8 MiB are a guard between the direct map
 * and vmalloc. Where the window begins is known from paging_init() on.
 */
#define WINDOW_START		(PAGE_OFFSET + lowmem_end)
#define WINDOW_END		FIXADDR_TABLE
#define VMALLOC_START		(WINDOW_START + (8UL << 20))
#define VMALLOC_END		(PKMAP_BASE - PAGE_SIZE)
#define PKMAP_BASE		0xffc00000UL	/* 2 MiB of kmap slots … */
#define FIXADDR_TABLE		0xffe00000UL	/* … and 2 MiB of fixmap, whose table is in the image */

/*
 * Draw the line between low and high memory (lowmem_end, max_low_pfn, max_pfn, high_memory), build
 * the kernel's final page tables from memblock and switch to them. From here on memblock hands out
 * low memory only, but all of it; RAM above "highmem=" is no longer in its list.
 */
void paging_init(void);

/*
 * The window, page by page. A page of it is in one of three states:
 *
 *	empty ── map ──> mapped ── unmap ──> stale ── forget ──> empty
 *
 * After unmap_kernel_range() a CPU may go on using a translation it has cached. So the page is
 * *stale*: not mapped, but its entry still says which frame it had. flush_tlb_kernel_range() makes
 * all CPUs forget; then forget_kernel_range() makes the page empty and says which frames are no
 * longer reachable. Only an empty page can be mapped: an address is not used again before it was
 * flushed, and whoever frees frames on forget_kernel_range()'s word does not free them before.
 *
 * Ranges are @nr pages from @addr on, in the window or in the fixmap; callers keep others off
 * them. Any context; nothing allocates, and only revoke_kernel_range() waits.
 */

/*
 * Map @nr consecutive frames from @pfn on. Returns 0; -EINVAL when a page or frame is out of reach;
 * -EEXIST when one of the pages is not empty. Then nothing has changed. A new mapping needs no
 * flush: absent entries are not cached.
 */
int map_kernel_range(unsigned long addr, unsigned long pfn, unsigned long nr, pgprot_t prot);

/*
 * The same by hand, for frames that do not follow each other: the @nr entries from that of @addr
 * on, or NULL when they are out of reach. Whoever has found one empty may set it.
 */
pte_t *kernel_ptes(unsigned long addr, unsigned long nr);

/* 0 for an empty page only. */
static inline u32 kernel_pte_used(const pte_t *pte)
{
	return *(const u32 *)pte;
}

/* @rights: of supported_rights(). The half with the present bit goes last: never half an entry. */
static __always_inline void set_kernel_pte(pte_t *pte, unsigned long pfn, u64 rights)
{
	u32 *word = (u32 *)pte;

	WRITE_ONCE(word[1], (u32)(rights >> 32) | pfn >> (32 - PAGE_SHIFT));
	WRITE_ONCE(word[0], (u32)rights | pfn << PAGE_SHIFT);
}

/* Unmap: what is mapped in the range becomes stale, the rest of it stays as it is. */
void unmap_kernel_range(unsigned long addr, unsigned long nr);

/*
 * All CPUs have forgotten: make stale pages empty, from @addr on, as long as their frames follow
 * each other. Returns how many they were, at most @nr, and the first one's frame in *@pfn; 0 when
 * the page at @addr is not stale.
 */
unsigned long forget_kernel_range(unsigned long addr, unsigned long nr, unsigned long *pfn);

/* The same where it does not matter which frames they were: all stale pages of the range. */
void forget_kernel_pages(unsigned long addr, unsigned long nr);

/*
 * Unmap, flush and forget in one step, where nobody maps anything until it returns: so the pages
 * can be empty before the flush, and need not be stale. When it returns, no CPU reaches the frames
 * by them. Process context.
 */
void revoke_kernel_range(unsigned long addr, unsigned long nr);

enum window_page { WINDOW_EMPTY, WINDOW_MAPPED, WINDOW_STALE };

/* The state of the page at @addr; unless it is empty, its frame in *@pfn (which may be NULL). */
enum window_page window_page(unsigned long addr, unsigned long *pfn);

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
