/* SPDX-License-Identifier: MIT */
/*
 * The inner steps of the CPUs' lists, which page_pcp.c explains. They are here because single
 * pages are most of all requests, and for them page_alloc.c takes these steps without a call.
 */
#ifndef _MM_PAGE_PCP_H
#define _MM_PAGE_PCP_H

#include "core_lock.h"
#include "internal.h"

/* Blocks of smaller orders are kept here: NR_PCP_ORDERS, or 0: the lists are switched off. */
extern unsigned int pcp_orders;

static __always_inline struct per_cpu_pages *this_pcp(struct zone *zone)
{
	unsigned long offset = raw_smp_processor_id() * sizeof(struct per_cpu_pages);
	struct per_cpu_pages *pcp;

	/* Hidden: in one register, not a sum that is made anew at each use. */
	OPTIMIZER_HIDE_VAR(offset);
	pcp = (void *)zone->per_cpu_pageset + offset;
	OPTIMIZER_HIDE_VAR(pcp);
	return pcp;
}

/*
 * *@pcp: the lists of this CPU, for us alone until pcp_leave(). False: this CPU is inside already,
 * and we are the interrupt that came meanwhile; there is nothing to leave.
 */
static __always_inline bool pcp_enter(struct zone *zone, struct per_cpu_pages **pcp)
{
	if (unlikely(in_cpu_layer())) {
		*pcp = NULL;
		return false;
	}
	cpu_layer_enter();
	*pcp = this_pcp(zone);
	return true;
}

static __always_inline void pcp_leave(void)
{
	cpu_layer_leave();
}

static __always_inline u32 *pcp_list(struct per_cpu_pages *pcp, unsigned int order,
				     enum migratetype type)
{
	return &pcp->first[order * MIGRATE_PCPTYPES + type];
}

/*
 * The first block, of 2^@order pages, of a list that is not empty. It is PAGE_ALLOCATED before the
 * mark is taken off: who looks at all pages while no CPU is inside finds on the lists all that is
 * PAGE_PCP.
 */
static __always_inline struct page *pcp_pop(struct per_cpu_pages *pcp, u32 *first,
					    unsigned int order)
{
	struct page *page = pfn_to_page(*first);

	*first = page->buddy.next_pfn;
	pcp->count -= 1 << order;
	pcp->nr_alloc += 1 << order;
	if (!page)
		__builtin_unreachable();	/* the caller need not ask */
	barrier();	/* or gcc takes three instructions for the next line */
	change_page_state(page, PAGE_PCP, PAGE_ALLOCATED);
	return page;
}

/* Put the block at @pfn onto a list. It is PAGE_PCP already. True: the lists are too long now. */
static __always_inline bool pcp_push(struct per_cpu_pages *pcp, u32 *first, struct page *page,
				     unsigned long pfn, unsigned int order)
{
	page->buddy.next_pfn = *first;
	*first = pfn;
	pcp->nr_freed += 1 << order;
	pcp->count += 1 << order;
	barrier();	/* gcc would take three instructions for one */
	return pcp->count > pcp->high;
}

/*
 * For a moment, blocks are not what their first pages say. Between the two, nobody looks at the map
 * who has stopped all CPUs for it (<linux/stop_machine.h>): they stop outside the mark.
 */
static __always_inline bool map_change_begin(void)
{
	if (in_cpu_layer())
		return false;
	cpu_layer_enter();
	return true;
}

static __always_inline void map_change_end(bool begun)
{
	if (begun)
		cpu_layer_leave();
}

/* At least a batch of pages goes back to the zone. */
void pcp_give_back(struct per_cpu_pages *pcp);

/* ---- in and out ---- */

/* What pcp_alloc() and pcp_free() do when the lists are empty, busy, or not for such a block. */
struct page *pcp_alloc_slow(struct zone *zone, unsigned int order, enum migratetype migratetype);
void pcp_free_slow(struct page *page, unsigned int order);

/*
 * A block of 2^@order pages: from this CPU's lists, or else from the zone. NULL: the zone has none.
 * It is PAGE_ALLOCATED, with a count of 0 and no flags, unless somebody wrote to it while it was free.
 */
static __always_inline struct page *pcp_alloc(struct zone *zone, unsigned int order,
					      enum migratetype type)
{
	struct per_cpu_pages *pcp;
	struct page *page;
	u32 *first;

	if (order >= pcp_orders || unlikely(!pcp_enter(zone, &pcp)))
		return pcp_alloc_slow(zone, order, type);
	first = pcp_list(pcp, order, type);
	if (unlikely(!*first)) {
		pcp_leave();
		return pcp_alloc_slow(zone, order, type);
	}
	page = pcp_pop(pcp, first, order);
	pcp_leave();
	return page;
}

/*
 * Take back the block at @pfn, which is @page, PAGE_ALLOCATED, and whose last holder is gone. Its
 * flags are cleared, its count is made 0.
 */
static __always_inline void pcp_free(struct page *page, unsigned long pfn, unsigned int order)
{
	struct per_cpu_pages *pcp;
	enum migratetype type;
	u32 *first;

	if (order >= pcp_orders ||
	    unlikely((type = get_pfnblock_migratetype(pfn)) >= MIGRATE_PCPTYPES) ||
	    unlikely(!pcp_enter(page_zone(page), &pcp))) {
		pcp_free_slow(page, order);
		return;
	}
	page->flags &= PAGE_FLAGS_KEPT | PAGE_BLOCK_MASK;
	barrier();
	change_page_state(page, PAGE_ALLOCATED, PAGE_PCP);
	page->_refcount.counter = 0;
	first = pcp_list(pcp, order, type);
	if (unlikely(pcp_push(pcp, first, page, pfn, order)))
		pcp_give_back(pcp);
	pcp_leave();
}

#endif /* _MM_PAGE_PCP_H */
