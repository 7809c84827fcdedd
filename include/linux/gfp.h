/* SPDX-License-Identifier: MIT */
/*
 * Allocating pages: the page allocator's interface, as in Linux 6.1 (LDD3 chapter 8, "get_free_page
 * and Friends"; LKD chapter 12). mm/page_alloc.c tells how it decides, mm/buddy.c how it splits.
 *
 * Blocks are 2^order pages, physically contiguous and aligned to their size; orders 0 to 10. Flags
 * are those of <linux/gfp_types.h>. With __GFP_DIRECT_RECLAIM (in GFP_KERNEL) the caller must be
 * able to sleep; without it, any context but NMI. Failure is NULL, or 0 as an address, and is
 * reported in the log unless __GFP_NOWARN.
 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/gfp_types.h>
#include <linux/mmzone.h>

typedef struct { unsigned long bits[1]; } nodemask_t;

/* The migrate type that @gfp asks for. */
extern unsigned int page_mobility_mask;	/* 3, or 0 where pages are not grouped by mobility */
#define GFP_MOVABLE_MASK	(__GFP_RECLAIMABLE | __GFP_MOVABLE)
#define GFP_MOVABLE_SHIFT	3

static __always_inline enum migratetype gfp_migratetype(gfp_t gfp)
{
	return (gfp >> GFP_MOVABLE_SHIFT) & page_mobility_mask;
}

static __always_inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}

/*
 * The zones that @gfp may be served from. The flags of mobility choose the list as well, so that
 * both of them at once, which is no migrate type, have a list of their own: an empty one.
 */
static __always_inline const struct zonelist *gfp_zonelist(gfp_t gfp)
{
	return &contig_page_data.zonelists[gfp & (GFP_ZONEMASK | __GFP_RECLAIMABLE)];
}

#define node_zonelist(nid, gfp)	gfp_zonelist(gfp)

/* The highest zone that @gfp allows. */
static inline enum zone_type gfp_zone(gfp_t gfp)
{
	return gfp_zonelist(gfp)->highest;
}

/* A block of 2^@order pages, or NULL. Its reference count is 1. */
struct page *alloc_pages(gfp_t gfp, unsigned int order);
#define alloc_page(gfp)	alloc_pages(gfp, 0)

/* The same on a node. There is one: any other number is reported, and node 0 serves. */
struct page *__alloc_pages(gfp_t gfp, unsigned int order, int preferred_nid, nodemask_t *nodemask);
struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order);
#define __alloc_pages_node(nid, gfp, order) alloc_pages_node(nid, gfp, order)

/* The same, as an address; 0 on failure. Never high memory: __GFP_HIGHMEM is taken off, with a warning. */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
unsigned long get_zeroed_page(gfp_t gfp);
#define __get_free_page(gfp)		__get_free_pages(gfp, 0)
#define __get_dma_pages(gfp, order)	__get_free_pages((gfp) | GFP_DMA, order)

/*
 * Drop the reference that the allocation returned, with the order it was asked for; the block is
 * free when it was the last. Any context but NMI. A wrong page or order is reported, and the page
 * stays out of service. An address of 0 is nothing.
 */
void __free_pages(struct page *page, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
#define __free_page(page)	__free_pages(page, 0)
#define free_page(addr)		free_pages(addr, 0)

/*
 * Exactly as many pages as @size bytes need, where a power of two would be too much; as an
 * address, NULL on failure. Freed with the same size. @gfp must not have __GFP_COMP.
 */
void *alloc_pages_exact(size_t size, gfp_t gfp);
void *alloc_pages_exact_nid(int nid, size_t size, gfp_t gfp);
void free_pages_exact(void *virt, size_t size);

/*
 * Single pages for the empty (NULL) places among the first @nr of @array. Returns how many places
 * are filled afterwards, counted from the front; fewer than @nr when memory is short.
 */
unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr, struct page **array);
/* Up to @nr pages, each put in front of @list by page->lru. Returns how many. */
unsigned long alloc_pages_bulk_list(gfp_t gfp, unsigned long nr, struct list_head *list);

/* Back to the zones with what the CPUs keep: of @zone, or of all (NULL). Process context. */
void drain_all_pages(struct zone *zone);
void drain_local_pages(struct zone *zone);

#endif /* _LINUX_GFP_H */
