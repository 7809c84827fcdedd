/* SPDX-License-Identifier: MIT */
/*
 * Zones: page frames that are good for the same purposes. Names and numbers are Linux's for i386
 * with PAE (LKD chapter 12; Gorman, "Understanding the Linux Virtual Memory Manager", chapter 2).
 */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <asm/local.h>
#include <asm/page.h>
#include <linux/mm_types.h>
#include <linux/page-flags.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

/* Orders 0 … 10: blocks of 4 KiB … 4 MiB. */
#define MAX_ORDER		11
#define MAX_ORDER_NR_PAGES	(1UL << (MAX_ORDER - 1))

/* Up to here an allocation is expected to succeed, and the CPUs keep blocks of their own. */
#define PAGE_ALLOC_COSTLY_ORDER	3

/* The unit of grouping by mobility: 2 MiB, what one large page maps. */
#define pageblock_order		9
#define pageblock_nr_pages	(1UL << pageblock_order)
#define pageblock_start_pfn(pfn) ((pfn) & ~(pageblock_nr_pages - 1))

enum migratetype {
	MIGRATE_UNMOVABLE,	/* the kernel's own: stays where it is */
	MIGRATE_MOVABLE,	/* its contents can be copied elsewhere */
	MIGRATE_RECLAIMABLE,	/* a shrinker can empty it */
	MIGRATE_PCPTYPES,	/* the CPUs keep lists of the types before this one */
	MIGRATE_HIGHATOMIC = MIGRATE_PCPTYPES,	/* kept back for atomic blocks: mm/highatomic.c */
	MIGRATE_CMA,		/* lent to movable pages by a device (not used yet) */
	MIGRATE_ISOLATE,	/* nothing is allocated from here */
	MIGRATE_TYPES
};

extern const char *const migratetype_names[MIGRATE_TYPES];

enum zone_type {
	ZONE_DMA,		/* below 16 MiB: what an ISA device can address */
	ZONE_NORMAL,		/* up to the line: always mapped */
	ZONE_HIGHMEM,		/* above it: mapped on demand */
	ZONE_MOVABLE,		/* always empty here; its column stands in Linux's texts */
	__MAX_NR_ZONES
};
#define MAX_NR_ZONES	__MAX_NR_ZONES
#define MAX_DMA_PFN	(16UL << (20 - PAGE_SHIFT))

enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

/* The free blocks of one order. Lists are linked by frame number; 0 ends them. */
struct free_area {
	u32 first[MIGRATE_TYPES];
	unsigned long nr_free;		/* blocks on all of these lists */
};

#define NR_PCP_ORDERS	(PAGE_ALLOC_COSTLY_ORDER + 1)
#define NR_PCP_LISTS	(NR_PCP_ORDERS * MIGRATE_PCPTYPES)

/*
 * One CPU's own blocks of one zone; mm/page_pcp.c. Only that CPU touches them, with preemption off
 * and a mark that tells its interrupts to keep away.
 *
 *	count == sum over the lists of (blocks << order)
 */
struct per_cpu_pages {
	int count;			/* pages on the lists */
	int high;			/* more than this: a batch goes back to the zone */
	int batch;			/* pages moved at a time */
	int turn;			/* the list from which pages go back next */
	unsigned long nr_alloc;		/* pages ever handed out by these lists, */
	unsigned long nr_freed;		/* and taken back */
	u32 first[NR_PCP_LISTS];	/* [order * MIGRATE_PCPTYPES + migrate type] */
} __aligned(128);

/* How often the lock of an allocator's core was taken; and how often it was somebody else's then. */
struct core_lock_counts {
	unsigned long taken, contended;
};

/*
 * What must hold whenever the lock is free; zone_validate() checks it:
 *
 *	spanned_pages == present_pages + holes
 *	present_pages == nr_free_pages + isolated + on CPUs' lists + allocated + reserved +
 *			 nr_quarantined
 *	managed_pages == present_pages - reserved
 *	nr_free_pages == sum over orders of (blocks on lists other than ISOLATE) << order
 *	nr_reserved_highatomic == HIGHATOMIC pageblocks << pageblock_order
 *	free_orders[type] has the bits of the orders whose list of that type is not empty
 *	every free block is on exactly one list: that of its order and of its pageblock's type
 *	no two free buddies of one order lie side by side, unless their pageblocks keep them apart
 */
struct zone {
	unsigned long _watermark[NR_WMARK];	/* in pages, as everything here */
	unsigned long lowmem_reserve[MAX_NR_ZONES]; /* kept from those whom zone [i] could serve */
	unsigned long zone_start_pfn;
	unsigned long spanned_pages;		/* from the first frame to the last */
	unsigned long present_pages;		/* of them RAM */
	unsigned long managed_pages;		/* of them handed to the buddy allocator */
	const char *name;

	spinlock_t lock;			/* for everything below but the CPUs' lists */
	unsigned long nr_free_pages;		/* read without the lock */
	unsigned long nr_isolated_free;		/* free, but on an ISOLATE list */
	unsigned long nr_quarantined;		/* out of service */
	unsigned long nr_reserved_highatomic;	/* of HIGHATOMIC pageblocks, free or not */
	unsigned long nr_alloc, nr_freed;	/* as with the CPUs' lists, but past them */
	struct core_lock_counts lock_counts;	/* by those who allocate and free */
	u32 free_orders[MIGRATE_TYPES];		/* bit order: free_area[order].first[type] is not 0 */
	struct free_area free_area[MAX_ORDER];
	struct per_cpu_pages per_cpu_pageset[NR_CPUS];
};

#define min_wmark_pages(z)	((z)->_watermark[WMARK_MIN])
#define low_wmark_pages(z)	((z)->_watermark[WMARK_LOW])
#define high_wmark_pages(z)	((z)->_watermark[WMARK_HIGH])
#define wmark_pages(z, i)	((z)->_watermark[i])

/*
 * Where a request with certain zone flags may be served, the best zone first; ended by NULL. Empty
 * for combinations of flags that make no sense.
 */
struct zoneref {
	struct zone *zone;
	unsigned long low_mark;		/* its low watermark, its reserve against us, and its high-atomic
					 * reserve: with more free pages, no question need be asked.
					 * Written with the zone's lock held */
};

struct zonelist {
	struct zoneref refs[MAX_NR_ZONES + 1];
	enum zone_type highest;		/* the best zone there could be, populated or not */
} __aligned(64);

/* The one node of this machine. */
typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist zonelists[32];	/* by the flags of zone and mobility: gfp_zonelist() */
	unsigned long node_start_pfn;
	unsigned long node_present_pages;
	unsigned long node_spanned_pages;
	int node_id;
} pg_data_t;

extern struct pglist_data contig_page_data;
#define NODE_DATA(nid)		(&contig_page_data)
#define first_online_pgdat()	(&contig_page_data)

#ifndef NUMA_NO_NODE
#define NUMA_NO_NODE	(-1)
#endif
#define numa_node_id()		0
#define numa_mem_id()		0

#define zone_idx(zone)		((enum zone_type)((zone) - contig_page_data.node_zones))

static inline unsigned long zone_end_pfn(const struct zone *zone)
{
	return zone->zone_start_pfn + zone->spanned_pages;
}

static inline bool zone_spans_pfn(const struct zone *zone, unsigned long pfn)
{
	return zone->zone_start_pfn <= pfn && pfn < zone_end_pfn(zone);
}

static inline unsigned long zone_managed_pages(const struct zone *zone)
{
	return zone->managed_pages;
}

static inline bool managed_zone(const struct zone *zone)
{
	return zone->managed_pages;
}

static inline bool populated_zone(const struct zone *zone)
{
	return zone->present_pages;
}

/* Linux's Movable zone is as high as its pages would be: high only where there is high memory. */
static inline bool is_highmem_idx(enum zone_type idx)
{
	return idx == ZONE_HIGHMEM ||
	       (idx == ZONE_MOVABLE && populated_zone(&contig_page_data.node_zones[ZONE_HIGHMEM]));
}

static inline bool is_highmem(const struct zone *zone)
{
	return is_highmem_idx(zone_idx(zone));
}

/* Every zone, lowest first; those that have RAM. */
#define for_each_zone(zone) \
	for ((zone) = contig_page_data.node_zones; \
	     (zone) < contig_page_data.node_zones + MAX_NR_ZONES; (zone)++)
#define for_each_populated_zone(zone) \
	for_each_zone(zone) if (!populated_zone(zone)) {} else

/* The memory map, and how many pages it has: all frames up to the end of RAM, rounded up. */
extern struct page *mem_map;
extern unsigned long max_mapnr;

#define pfn_to_page(pfn)	(mem_map + (pfn))
#define page_to_pfn(page)	((unsigned long)((page) - mem_map))
#define pfn_valid(pfn)		((pfn) < max_mapnr)

/* The number of @page, or one that is too large when it does not point to an entry of the map. */
static __always_inline unsigned long checked_pfn(const struct page *page)
{
	return ror32((unsigned long)page - (unsigned long)mem_map, STRUCT_PAGE_SHIFT);
}

static __always_inline enum zone_type page_zonenum(const struct page *page)
{
	return page->flags >> PAGE_ZONE_SHIFT;
}

static __always_inline struct zone *page_zone(const struct page *page)
{
	return &contig_page_data.node_zones[page_zonenum(page)];
}

#define page_to_nid(page)	0
#define pfn_to_nid(pfn)		0

/* The type of the pageblock that @pfn lies in: one byte for 2 MiB. Changed under the zone's lock. */
extern u8 *pageblock_types;

static __always_inline enum migratetype get_pfnblock_migratetype(unsigned long pfn)
{
	return pageblock_types[pfn >> pageblock_order];
}

/* The same from the page: one shift from its place in the map, where gcc would make two. */
static __always_inline enum migratetype get_pageblock_migratetype(const struct page *page)
{
	return pageblock_types[((unsigned long)page - (unsigned long)mem_map) /
			       (sizeof(struct page) << pageblock_order)];
}

/* True on machines too small to group pages by mobility: everything is unmovable there. */
extern bool page_group_by_mobility_disabled;

/* Are there more than @mark free pages, reserves respected, and a block of @order? No lock. */
bool zone_watermark_ok(struct zone *zone, unsigned int order, unsigned long mark,
		       int highest_zoneidx, unsigned int alloc_flags);

/*
 * The three tunables of the watermarks; mm/watermark.c, /proc/sys/vm. After a change:
 * setup_per_zone_wmarks() or setup_per_zone_lowmem_reserve(). Process context.
 */
extern int min_free_kbytes;
extern int user_min_free_kbytes;	/* what somebody asked for, or -1 */
extern int watermark_scale_factor;
extern int sysctl_lowmem_reserve_ratio[MAX_NR_ZONES];
void setup_per_zone_wmarks(void);
void setup_per_zone_lowmem_reserve(void);

#endif /* _LINUX_MMZONE_H */
