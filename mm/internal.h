/* SPDX-License-Identifier: MIT */
/* What the page allocator's chapters know of each other. */
#ifndef _MM_INTERNAL_H
#define _MM_INTERNAL_H

#include <linux/bitops.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/oom.h>

#include "hooks.h"

/*
 * The first zone of a zonelist that has none: always empty, so that a request need not ask whether
 * there is a first zone. Adding a block's size to the mark does not wrap, signed or not.
 */
#define MARK_UNREACHABLE	(~0UL / 4)
#define REF_NOWHERE	{ &contig_page_data.node_zones[ZONE_MOVABLE], MARK_UNREACHABLE }

/*
 * The entries of a block of the largest order begin at a multiple of their own size, as the block
 * does: so an entry's buddy is found by flipping one bit of its address.
 */
#define MEM_MAP_ALIGN	(MAX_ORDER_NR_PAGES * sizeof(struct page))

/* ---- mm/buddy.c: the core. The caller holds the zone's lock ---- */

/*
 * Take a block of 2^@order pages, from the lists of @migratetype or, when they are empty, of
 * another type. NULL: there is none. The block is PAGE_ALLOCATED; of its owner's flags, those that
 * mean damage are as they were left.
 */
struct page *buddy_alloc(struct zone *zone, unsigned int order, enum migratetype migratetype);

/*
 * Up to @count such blocks for a CPU's list (PAGE_PCP), as if taken one by one. Their numbers are
 * linked behind *@link by page->buddy.next_pfn, 0 at the end. Returns how many.
 */
unsigned int buddy_alloc_bulk(struct zone *zone, unsigned int order, enum migratetype migratetype,
			      unsigned int count, u32 *link);

/*
 * A block of at most 2^@most pages: where there is a choice, the smallest of those that are at least
 * half as large. *@order says which.
 */
struct page *buddy_alloc_smallest(struct zone *zone, unsigned int most,
				  enum migratetype migratetype, unsigned int *order);

/* Give a block back, merged with its free buddies. It is on no list; its state does not matter. */
void buddy_free(struct zone *zone, struct page *page, unsigned int order);

/* Take the page @pfn, which lies in a free block, out of it: the rest stays free. */
void buddy_take_out(struct zone *zone, unsigned long pfn);

/* Make the pageblock of @pfn one of @migratetype, with all its free blocks. Returns its free pages. */
unsigned long buddy_move_pageblock(struct zone *zone, unsigned long pfn,
				   enum migratetype migratetype);

/* ---- mm/page_pcp.c: the CPUs' own lists. Taking and freeing blocks: page_pcp.h ---- */

/* Set the lists' sizes from the zone's; mm_init(), and when watermarks change. */
void pcp_set_sizes(struct zone *zone);
/* Switch the lists on or off (off: they are drained). Tests. */
void pcp_enable(bool on);
bool pcp_enabled(void);

/* ---- mm/page_alloc.c ---- */

/* What an allocator passes on when it needs pages for itself: how to get them, not which. */
#define GFP_RECLAIM_MASK \
	(__GFP_RECLAIM | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | __GFP_RETRY_MAYFAIL | \
	 __GFP_NOFAIL | __GFP_NORETRY | __GFP_MEMALLOC | __GFP_NOMEMALLOC | __GFP_ATOMIC)

/*
 * What @gfp is served as. Of flags that exclude each other, the stricter: what can be reached is the
 * caller's limit, and a page that can be reclaimed need not be movable.
 */
gfp_t gfp_as_served(gfp_t gfp);

#define ALLOC_WMARK_MASK	3		/* an enum zone_watermarks */
#define ALLOC_NO_WATERMARKS	0x04		/* down to the last page */
#define ALLOC_OOM		0x08		/* a victim on its way out: half of that again */
#define ALLOC_HARDER		0x10		/* __GFP_ATOMIC: a quarter further */
#define ALLOC_HIGH		0x20		/* __GFP_HIGH: half of min */
#define ALLOC_KSWAPD		0x800		/* wake kswapd */
static_assert(ALLOC_HIGH == ___GFP_HIGH && ALLOC_KSWAPD == ___GFP_KSWAPD_RECLAIM);

/* An allocated block of that order, as far as its first page tells, with nothing wrong with it? */
static __always_inline bool is_allocated_block(const struct page *page, unsigned int order)
{
	return (page->flags & (PAGE_BLOCK_MASK | PAGE_FLAGS_CHECK_AT_FREE)) ==
	       page_block_flags(PAGE_ALLOCATED, order);
}

/*
 * The first zone of @gfp's list that has a block, and more pages than ALLOC_* and the mark in it leave
 * alone. NULL: there is none.
 */
struct page *get_page_from_freelist(gfp_t gfp, unsigned int order, unsigned int alloc_flags);

/* ---- mm/page_slow.c: memory is short. As alloc_pages() ---- */

struct page *__alloc_pages_slowpath(gfp_t gfp, unsigned int order);

/* What @gfp by itself may use of the reserves. (PF_MEMALLOC is the thread's, not the request's.) */
unsigned int gfp_to_alloc_flags(gfp_t gfp);

/* ---- mm/highatomic.c: pageblocks for those who need blocks at once ---- */

/* A block of 2^@order pages from @zone's reserve, PAGE_ALLOCATED. NULL: none there. Any context but NMI. */
struct page *highatomic_alloc(struct zone *zone, unsigned int order);

/*
 * An atomic request of order 1 and up was served, in the slow way, with the block at @page: keep its
 * pageblock back for others like it, if @zone has not enough of that. Any context but NMI.
 */
void reserve_highatomic_pageblock(struct page *page, struct zone *zone);

/*
 * Somebody who asked for @gfp has reclaimed, and gets nothing: give a pageblock back to everybody, to his
 * own type. @force: also the last one of its zone. False: there was none to give back.
 */
bool unreserve_highatomic_pageblock(gfp_t gfp, bool force);

/* ---- mm/mmzone.c ---- */

/*
 * A pageblock changes its type. Those of the high-atomic reserve do not count where requests are measured
 * that cannot have them. With the zone's lock held; the buddy core calls it.
 */
void zone_count_highatomic(struct zone *zone, enum migratetype old, enum migratetype type);

/* ---- mm/page_bulk.c: single pages, many at a time ---- */

/*
 * Single pages for somebody who wants @nr of them and does not care where they lie: *@got of them,
 * at most @nr, whose frames follow each other, each with a count of its own. Contexts and
 * failure as alloc_page().
 */
struct page *alloc_page_run(gfp_t gfp, unsigned long nr, unsigned long *got);

/* What __free_page() does, for each of @nr pages whose frames follow each other. Any context but NMI. */
void free_page_run(struct page *page, unsigned long nr);

/* ---- mm/show_mem.c: the report of a failed allocation, and how often there may be one ---- */

void report_alloc_failure(gfp_t gfp, unsigned int order);
extern struct ratelimit_state nopage_rs;

/* ---- mm/watermark.c ---- */

/* A request with @alloc_flags is refused at so many free pages, and below; -1: never. */
long watermark_floor(unsigned long mark, unsigned int alloc_flags);

/* How much of the high-atomic reserve does not count as free where such a request is measured. */
unsigned long highatomic_kept_from(const struct zone *zone, unsigned int alloc_flags);

/* Fill in the zonelists, and again when reserves change. */
void build_zonelists(void);
/* mm_init(): all of the above for the first time. */
void watermarks_init(void);

/* ---- mm/bad_page.c: pages that are not what they should be ---- */

/* Report it. The caller sees to it that the page is not used again. */
void bad_page(const struct page *page, const char *reason);
/* Report a free that cannot be, and take out of service what can be. Takes the zone's lock. */
void bad_free(struct page *page, unsigned int order);
/* Out of service: a block that is on no list and that nobody owns. */
void quarantine_block(struct page *page, unsigned int order);

/* ---- mm/debug/check_buddy.c ---- */

/* Check everything that <linux/mmzone.h> promises about @zone; each broken promise is printed. */
bool zone_validate(struct zone *zone);
bool zones_validate(void);

/* ---- mm/debug/: the checkers, for their tests ---- */

/* Detach page_poison, and take its marks off: before it could attach again, they were stale. */
void page_poison_stop(void);

/*
 * page_owner's records from now on, 16 bytes a page from frame 0 on, all 0. What lies behind them
 * has none. NULL and 0: no records. Switched while it is not attached.
 */
void page_owner_use(void *storage, size_t size);

/* stale_frames' counts: how many stale mappings each of the first @frames frames has. */
struct stale_counts {
	s16 *of;
	unsigned long frames;
};

/*
 * Use these from now on, all 0; returns those in use until now. No frames: nobody counts. Called
 * while the flush record is off.
 */
struct stale_counts stale_frames_use(struct stale_counts counts);

/* ---- the OOM killer: mm/oom_kill.c, oom_report.c, oom_reaper.c ---- */

/* Is @mm one of those that could be killed for it: of the group, if it is a group's limit? */
static inline bool oom_concerns(const struct oom_control *oc, struct mm_struct *mm)
{
	return !oc->memcg || mm_match_cgroup(mm, oc->memcg);
}

/* The report: who asked, the state of memory, all processes, and whom it will be. */
void oom_dump_header(const struct oom_control *oc);
/* "Out of memory", or what @message says, "Killed process ..."; and what was left of it. */
void oom_report_kill(const struct mm_struct *mm, const char *message);
void oom_report_reaped(const struct mm_struct *mm);
/* How many such headers there may be. */
extern struct ratelimit_state oom_rs;

/* @mm has been killed: in a while, what is left of its memory is to be taken. */
void queue_oom_reaper(struct mm_struct *mm);
extern unsigned int oom_reaper_delay;	/* that while, in jiffies */

/* ---- for whoever walks the map ---- */

/* Every block that begins in the zone: @page its first page. 0-order for reserved pages and holes. */
#define for_each_block(zone, pfn, page) \
	for ((pfn) = (zone)->zone_start_pfn; \
	     (pfn) < zone_end_pfn(zone) && ((page) = pfn_to_page(pfn), true); \
	     (pfn) += 1UL << page_block_order(page))

/* Every block on a free list. */
#define for_each_free_block(area, migratetype, page) \
	for ((page) = (area)->first[migratetype] ? pfn_to_page((area)->first[migratetype]) : NULL; \
	     (page); (page) = (page)->buddy.next_pfn ? pfn_to_page((page)->buddy.next_pfn) : NULL)

#endif /* _MM_INTERNAL_H */
