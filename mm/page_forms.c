// SPDX-License-Identifier: MIT
/*
 * Other forms of alloc_pages() and __free_pages(): by address, exactly so many bytes,
 * an allocated block in pieces, and pages that boot had kept. All stand on those two.
 *
 * Contexts are theirs, and there are no locks here, except that free_reserved_page() changes
 * managed_pages under the zone's. Not checked: that free_pages_exact() gets the size that was
 * asked for, and that nobody uses a page which free_reserved_page() gives away.
 */
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "page_pcp.h"

void free_pages(unsigned long addr, unsigned int order)
{
	if (!addr)
		return;
	if (WARN(!virt_addr_valid(addr), "free_pages: %#lx is no address of the direct map\n", addr))
		return;
	__free_pages(virt_to_page(addr), order);
}

/* ---- blocks in pieces ---- */

void split_page(struct page *page, unsigned int order)
{
	bool begun;

	if (WARN(page_state(page) != PAGE_ALLOCATED || page_block_order(page) != order ||
		 PageHead(page), "split_page: pfn %#lx is no plain block of order %u\n",
		 page_to_pfn(page), order))
		return;
	begun = map_change_begin();
	set_page_block(page, PAGE_ALLOCATED, 0);	/* it keeps its count: others may hold it */
	for (unsigned long i = 1; i < 1UL << order; i++) {
		set_page_block(page + i, PAGE_ALLOCATED, 0);
		page[i].flags |= page->flags & BIT(PG_memcg_kmem);	/* each has its owner */
		init_page_count(page + i);
	}
	map_change_end(begun);
}

void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);
	unsigned long used = PFN_UP(size);
	struct page *page;
	unsigned long addr;

	if (WARN_ONCE(gfp & (__GFP_COMP | __GFP_HIGHMEM),
		      "alloc_pages_exact: neither compound nor high: %#x(%pGg)\n", gfp, &gfp))
		gfp &= ~(__GFP_COMP | __GFP_HIGHMEM);
	addr = size ? __get_free_pages(gfp, order) : 0;
	if (!addr)
		return NULL;
	page = virt_to_page(addr);
	split_page(page, order);
	for (unsigned long i = used; i < 1UL << order; i++)
		__free_page(page + i);
	return (void *)addr;
}

void *alloc_pages_exact_nid(int nid, size_t size, gfp_t gfp)
{
	WARN_ONCE(nid != 0 && nid != NUMA_NO_NODE,
		  "alloc_pages_exact_nid: there is no node %d\n", nid);
	return alloc_pages_exact(size, gfp);
}

void free_pages_exact(void *virt, size_t size)
{
	unsigned long addr = (unsigned long)virt;
	unsigned long end = addr + PAGE_ALIGN(size);

	for (; addr < end; addr += PAGE_SIZE)
		free_page(addr);
}

/* ---- pages that boot kept, and somebody gives back ---- */

void free_reserved_page(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	if (page_state(page) != PAGE_RESERVED) {
		bad_page(page, "free_reserved_page: it is not reserved");
		return;
	}
	spin_lock_irqsave(&zone->lock, flags);
	__ClearPageReserved(page);
	set_page_block(page, PAGE_ALLOCATED, 0);
	zone->managed_pages++;
	spin_unlock_irqrestore(&zone->lock, flags);
	__free_page(page);
}

unsigned long free_reserved_area(void *start, void *end, int poison, const char *what)
{
	unsigned long first = PFN_UP(__pa(start));
	unsigned long last = PFN_DOWN(__pa(end));
	unsigned long pfn;

	for (pfn = first; pfn < last; pfn++) {
		if (poison >= 0 && poison <= 0xff)
			memset(pfn_to_virt(pfn), poison, PAGE_SIZE);
		free_reserved_page(pfn_to_page(pfn));
	}
	if (what && first < last)
		pr_info("Freeing %s memory: %luK\n", what, (last - first) * 4);
	return first < last ? last - first : 0;
}
