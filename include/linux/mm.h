/* SPDX-License-Identifier: MIT */
/* Pages: from numbers to addresses and back, references, counts. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/mmdebug.h>
#include <linux/mmzone.h>
#include <linux/page_ref.h>
#include <linux/pfn.h>
#include <linux/sched/mm.h>

/* ---- addresses: the direct map's, but for page_address(); any context ---- */

#define page_to_phys(page)	PFN_PHYS(page_to_pfn(page))
#define phys_to_page(phys)	pfn_to_page(PFN_DOWN(phys))
#define virt_to_pfn(kaddr)	(((unsigned long)(kaddr) - PAGE_OFFSET) >> PAGE_SHIFT)
#define virt_to_page(kaddr)	pfn_to_page(virt_to_pfn(kaddr))
#define pfn_to_virt(pfn)	__va(PFN_PHYS(pfn))
/* In bytes on both sides: gcc would not see that >> 4 and << 12 are one shift. */
#define page_to_virt(page) \
	((void *)(((unsigned long)(page) - (unsigned long)mem_map) * \
		  (PAGE_SIZE / sizeof(struct page)) + PAGE_OFFSET))
#define lowmem_page_address(page) page_to_virt(page)

/* Does @kaddr lie in the direct map? Addresses below PAGE_OFFSET get numbers above 1 GiB. */
#define virt_addr_valid(kaddr)	(virt_to_pfn(kaddr) < max_low_pfn)

void *highmem_page_address(const struct page *page);

/*
 * Where the kernel sees @page: in the direct map or, in high memory, at kmap()'s address. NULL: it
 * is not mapped. Without a kmap() of one's own, that may be about to change.
 */
static inline void *page_address(const struct page *page)
{
	return unlikely(PageHighMem(page)) ? highmem_page_address(page) : lowmem_page_address(page);
}

/* compound_head() of the page at @x. Of any block, also a free one, block_head() has the first. */
static inline struct page *virt_to_head_page(const void *x)
{
	return compound_head(virt_to_page(x));
}

/* Bytes of a compound page, or of one page. */
static inline unsigned long page_size(const struct page *page)
{
	return PAGE_SIZE << compound_order(page);
}

/* The @n-th page behind @page. */
#define nth_page(page, n)	((page) + (n))

/* The smallest order whose block has @size bytes; 20 for 0, as in Linux: no order at all. */
static inline int get_order(unsigned long size)
{
	return fls((size - 1) >> PAGE_SHIFT);
}

/* ---- references ---- */

/* One more holder. The caller holds one already, or the page is its own. Any context. */
static inline void get_page(struct page *page)
{
	page = compound_head(page);
	if (!WARN_ON_ONCE(page_ref_count(page) <= 0))
		page_ref_inc(page);
}

/* The same unless the page is being freed: then false, and nothing has changed. */
static inline bool get_page_unless_zero(struct page *page)
{
	return page_ref_add_unless(page, 1, 0);
}

/* One holder less: true for the last, who must then free the page. */
static inline int put_page_testzero(struct page *page)
{
	WARN_ON_ONCE(page_ref_count(page) == 0);
	return page_ref_dec_and_test(page);
}

/*
 * One holder less; the last frees the page, or the whole compound page that it is part of. A
 * block of several pages that is not compound must be freed by __free_pages(), which is told its
 * order. Any context but NMI.
 */
void put_page(struct page *page);
void __put_page(struct page *page);	/* when the count is 0 already */

/* Turn an allocated block of 2^@order pages (not compound) into single pages, each with its count. */
void split_page(struct page *page, unsigned int order);

static inline unsigned long page_private(const struct page *page)
{
	return page->private;
}

static inline void set_page_private(struct page *page, unsigned long private)
{
	page->private = private;
}

/* ---- how much there is, in pages ---- */

unsigned long nr_free_pages(void);		/* free, in all zones; CPUs' lists not counted */
unsigned long nr_free_buffer_pages(void);	/* low memory that is not kept in reserve */
/* Managed, in all zones. */
static __always_inline unsigned long totalram_pages(void)
{
	const struct zone *zones = contig_page_data.node_zones;

	static_assert(MAX_NR_ZONES == 4);
	return zones[0].managed_pages + zones[1].managed_pages + zones[2].managed_pages +
	       zones[3].managed_pages;
}
unsigned long totalhigh_pages(void);

struct sysinfo {
	unsigned long totalram, freeram, sharedram, bufferram;
	unsigned long totalswap, freeswap;
	unsigned long totalhigh, freehigh;
	unsigned int mem_unit;		/* bytes that the numbers count */
};
void si_meminfo(struct sysinfo *val);
/* What could be had without taking anything away from anybody: an estimate. */
long si_mem_available(void);
/* What normal requests must leave alone, in all zones together. */
extern unsigned long totalreserve_pages;

/* The state of memory, zone by zone, into the log: Linux's "Mem-Info:". */
void show_mem(void);

/* ---- handing RAM over; boot, and whoever frees memory that boot had reserved ---- */

/* Give a reserved page to the allocator. */
void free_reserved_page(struct page *page);
/* The same for the whole pages in [start, end); returns how many. @what is for the log, or NULL. */
unsigned long free_reserved_area(void *start, void *end, int poison, const char *what);

/*
 * main.c: build zones and the memory map from memblock, then hand all free RAM to the buddy
 * allocator. From then on memblock is history and alloc_pages() is legal.
 */
void mm_init(void);

#endif /* _LINUX_MM_H */
