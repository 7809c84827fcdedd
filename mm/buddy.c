// SPDX-License-Identifier: MIT
/*
 * The buddy allocator: free pages in blocks of 2^order, split and merged.
 *
 * 1. The idea
 * Free memory is kept in blocks of 1, 2, 4 … 1024 pages, each aligned to its own size. Who wants a
 * size that is not there gets half of a larger block; the other half stays free. A block's *buddy*
 * is the other half of the block it was split from: their frame numbers differ in one bit,
 * 1 << order. When a block is freed and its buddy is free too, the two become one again, and so
 * on upwards. Finding the buddy is one XOR, so neither needs a search:
 *	order 2 at 0x1004: buddy 0x1004 ^ 4 = 0x1000, free -> order 3 at 0x1000
 *	order 3 at 0x1000: buddy 0x1000 ^ 8 = 0x1008, in use -> stop
 * (Knowlton, CACM 1965; Knuth, The Art of Computer Programming, volume 1, section 2.5; Gorman,
 * chapter 6.)
 *
 * 2. Structure
 *	zone->free_area[order].first[type]	heads of doubly linked lists of free blocks
 *	zone->free_orders[type]			which of them are not empty, a bit for each order
 *	page->flags of a block's first page	its state and order
 *	page->buddy				its links: frame numbers
 * All other pages of a block are PAGE_INTERIOR, so every step here touches only first pages, and
 * costs the same for 4 KiB and for 4 MiB. Newly freed blocks go to the front of their list.
 *
 * 3. Migrate types
 * One page that cannot be moved spoils a large block for as long as it lives. So pages that
 * behave alike are kept together: each pageblock (2 MiB) has a type, and its free blocks are on
 * the lists of that type. When a type's lists are empty, a block of another type is taken, the
 * largest there is, and with it, if at least half of its pageblock is free, that whole pageblock
 * changes hands: later requests then need not disturb the next one. (Movable requests try that
 * only for blocks of order 4 and up.)
 *	A free block of up to one pageblock is on the list of its pageblock's type; the two
 *	pageblocks of a free block of order 10 have the same type.
 * A closed pageblock (ISOLATE) is never taken from, and merges only with closed ones. One of the
 * high-atomic reserve is taken from by those only who ask for that type; it merges with its like, too.
 *
 * 4. Locking
 * Everything here runs under the zone's lock, taken by the caller with interrupts off.
 *
 * 5. What is not checked
 * That the block given to buddy_free() is whole and nobody's: page_alloc.c has looked. Links are
 * trusted; zone_validate() in mm/debug/ checks them all. That the type asked for is one of the first
 * three (the zonelist of flags that contradict themselves is empty, so no such request gets here), or
 * HIGHATOMIC, of which there must be a block then (highatomic.c).
 */
#include <linux/bitops.h>
#include <linux/minmax.h>

#include "internal.h"

static const enum migratetype fallbacks[MIGRATE_PCPTYPES][MIGRATE_PCPTYPES - 1] = {
	[MIGRATE_UNMOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
	[MIGRATE_MOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
	[MIGRATE_RECLAIMABLE]	= { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
};

/* ---- lists ---- */

/* zone->free_orders is the caller's to set, so that a loop does it once. */
static __always_inline void add_free_block(struct free_area *area, struct page *page, u32 pfn,
					   unsigned long block_flags, enum migratetype type)
{
	u32 next = area->first[type];

	page->flags |= block_flags;		/* it was PAGE_INTERIOR: all 0 */
	page->buddy.next_pfn = next;
	page->buddy.prev_pfn = 0;
	if (next)
		pfn_to_page(next)->buddy.prev_pfn = pfn;
	area->first[type] = pfn;
	area->nr_free++;
}

/* It is PAGE_INTERIOR then, until somebody says what it is to be. True: the list is empty now. */
static __always_inline bool remove_free_block(struct free_area *area, struct page *page,
					      enum migratetype type)
{
	u32 next = page->buddy.next_pfn;
	u32 prev = page->buddy.prev_pfn;

	barrier();		/* or gcc takes three instructions for the next line */
	page->flags &= ~PAGE_BLOCK_MASK;
	area->nr_free--;
	if (next)
		pfn_to_page(next)->buddy.prev_pfn = prev;
	if (prev) {
		pfn_to_page(prev)->buddy.next_pfn = next;
		return false;
	}
	area->first[type] = next;
	return !next;
}

/* The same for one block, with all that belongs to it. */
static void put_free_block(struct zone *zone, u32 pfn, unsigned int order, enum migratetype type)
{
	add_free_block(&zone->free_area[order], pfn_to_page(pfn), pfn,
		       page_block_flags(PAGE_FREE, order), type);
	zone->free_orders[type] |= 1U << order;
}

static void pull_free_block(struct zone *zone, u32 pfn, unsigned int order, enum migratetype type)
{
	if (remove_free_block(&zone->free_area[order], pfn_to_page(pfn), type))
		zone->free_orders[type] &= ~(1U << order);
}

static void count_free_pages(struct zone *zone, enum migratetype type, long pages)
{
	if (unlikely(type == MIGRATE_ISOLATE))
		zone->nr_isolated_free += pages;
	else
		zone->nr_free_pages += pages;
}

static void set_pageblock_type(unsigned long pfn, enum migratetype type)
{
	pageblock_types[pfn >> pageblock_order] = type;
}

/* Both pageblocks of a block of order 10, or the one that a smaller block lies in. */
static void set_block_type(unsigned long pfn, unsigned int order, enum migratetype type)
{
	set_pageblock_type(pfn, type);
	set_pageblock_type(pfn + (1UL << order) - 1, type);
}

/* ---- taking ---- */

/*
 * A block is not free any more. What an owner once left in the flags of the middle of a block is
 * cleared, unless it means damage.
 */
static __always_inline void set_taken(struct page *page, unsigned int order, enum page_state state)
{
	page->flags = (page->flags & (PAGE_FLAGS_KEPT | PAGE_FLAGS_CHECK_AT_FREE)) |
		      page_block_flags(state, order);
}

/* For those who watch: the block at @pfn was split from order @from down to @to. */
static noinline void tell_splits(struct zone *zone, u32 pfn, unsigned int from, unsigned int to)
{
	while (from-- > to)
		page_watched_split(zone, pfn_to_page(pfn + (1U << from)), from);
}

/*
 * Take the free block at @pfn off its list and split it until it has the order @want; what is
 * split off stays free.
 */
static __always_inline struct page *take_block(struct zone *zone, u32 pfn, unsigned int order,
					       unsigned int want, enum migratetype type)
{
	struct free_area *area = &zone->free_area[order];
	unsigned long flags = page_block_flags(PAGE_FREE, order);
	u32 size = 1U << order, wanted = 1U << want;
	struct page *page = pfn_to_page(pfn);

	if (remove_free_block(area, page, type))
		zone->free_orders[type] ^= size;
	zone->free_orders[type] |= size - wanted;	/* the bits from want up to order - 1 */
	while (size > wanted) {
		size >>= 1;
		flags -= page_block_flags(0, 1);
		add_free_block(--area, page + size, pfn + size, flags, type);
	}
	set_taken(page, want, PAGE_ALLOCATED);
	zone->nr_free_pages -= wanted;
	if (unlikely(page_watchers))
		tell_splits(zone, pfn, order, want);
	return page;
}

/*
 * Cut up to @count blocks of order @want off the lower end of the free block at @pfn; what is left
 * of it stays free. It is what so many single allocations would do, without putting onto lists
 * what is taken off again at once. Their numbers are linked behind *@link. Returns how many.
 */
static unsigned int cut_block(struct zone *zone, u32 pfn, unsigned int order, unsigned int want,
			      enum migratetype type, unsigned int count, u32 **link)
{
	unsigned int blocks = min(count, 1U << (order - want));
	u32 end = pfn + (1U << order), rest = pfn + (blocks << want);

	pull_free_block(zone, pfn, order, type);
	zone->nr_free_pages -= blocks << want;
	for (; pfn < rest; pfn += 1U << want) {
		struct page *page = pfn_to_page(pfn);

		set_taken(page, want, PAGE_PCP);
		**link = pfn;
		*link = &page->buddy.next_pfn;
	}
	while (rest < end) {
		order = __ffs(rest);
		put_free_block(zone, rest, order, type);
		rest += 1U << order;
	}
	return blocks;
}

/* ---- taking from another type ---- */

/*
 * The types that may help @type out, the better one first: the number of their largest block, or
 * of their smallest, of at least @order; 0 when they have none. Fills in *@order and *@donor.
 */
static u32 find_fallback(struct zone *zone, bool largest, enum migratetype type,
			 unsigned int *order, enum migratetype *donor)
{
	const enum migratetype *try = fallbacks[type];
	u32 first = zone->free_orders[try[0]] >> *order << *order;
	u32 second = zone->free_orders[try[1]] >> *order << *order;

	if (!(first | second))
		return 0;
	*order = largest ? __fls(first | second) : __ffs(first | second);
	*donor = first & (1U << *order) ? try[0] : try[1];
	return zone->free_area[*order].first[*donor];
}

/*
 * May all of the pageblock that a block of @order lies in go to @type with it? Movable pages do
 * little harm elsewhere, so for them it has to be a large block; the others are better off
 * spoiling one more pageblock entirely than several a little.
 */
static bool worth_claiming(unsigned int order, enum migratetype type)
{
	return order >= pageblock_order / 2 || type != MIGRATE_MOVABLE;
}

/* Give the pageblock of @pfn to @type, if at least half of it is free. */
static bool claim_pageblock(struct zone *zone, u32 pfn, unsigned int order, enum migratetype type,
			    enum migratetype donor)
{
	if (order >= pageblock_order) {
		pull_free_block(zone, pfn, order, donor);
		set_block_type(pfn, order, type);
		put_free_block(zone, pfn, order, type);
		return true;
	}
	if (buddy_move_pageblock(zone, pfn, type) >= pageblock_nr_pages / 2)
		return true;
	buddy_move_pageblock(zone, pfn, donor);
	return false;
}

static noinline struct page *take_from_others(struct zone *zone, unsigned int want,
					      enum migratetype type)
{
	unsigned int order = want;
	enum migratetype donor;
	u32 pfn = find_fallback(zone, true, type, &order, &donor);

	if (!pfn)
		return NULL;
	if (!worth_claiming(order, type)) {
		order = want;
		pfn = find_fallback(zone, false, type, &order, &donor);
	} else if (claim_pageblock(zone, pfn, order, type, donor)) {
		return buddy_alloc(zone, want, type);
	}
	return take_block(zone, pfn, order, want, donor);
}

/* From the smallest block that is large enough. */
struct page *buddy_alloc(struct zone *zone, unsigned int order, enum migratetype migratetype)
{
	u32 orders = zone->free_orders[migratetype] >> order;
	unsigned int from;

	if (unlikely(!orders))
		return take_from_others(zone, order, migratetype);
	from = order + __ffs(orders);
	return take_block(zone, zone->free_area[from].first[migratetype], from, order, migratetype);
}

struct page *buddy_alloc_smallest(struct zone *zone, unsigned int most,
				  enum migratetype migratetype, unsigned int *order)
{
	u32 orders = zone->free_orders[migratetype], small = orders & ((2U << most) - 1);
	u32 crumbs = small & -(1U << most >> 1);
	struct page *page;

	*order = most;
	if (crumbs)
		*order = __ffs(crumbs);
	else if (unlikely(small && !(orders >> most)))
		*order = __fls(small);
	while (!(page = buddy_alloc(zone, *order, migratetype)) && *order)
		--*order;
	return page;
}

unsigned int buddy_alloc_bulk(struct zone *zone, unsigned int order, enum migratetype migratetype,
			      unsigned int count, u32 *link)
{
	unsigned int got = 0;

	while (got < count) {
		u32 orders = zone->free_orders[migratetype] >> order;

		if (likely(orders && !page_watchers)) {
			unsigned int from = order + __ffs(orders);
			u32 pfn = zone->free_area[from].first[migratetype];

			got += cut_block(zone, pfn, from, order, migratetype, count - got, &link);
		} else {
			struct page *page = buddy_alloc(zone, order, migratetype);

			if (!page)
				break;
			set_page_block(page, PAGE_PCP, order);
			*link = page_to_pfn(page);
			link = &page->buddy.next_pfn;
			got++;
		}
	}
	*link = 0;
	return got;
}

/* ---- giving back ---- */

/*
 * The buddy of the block at @page, whose entries fill @bytes. The map is aligned (MEM_MAP_ALIGN),
 * so flipping that bit of the address flips that bit of the number.
 */
static __always_inline struct page *buddy_of(const struct page *page, unsigned long bytes)
{
	return (struct page *)((unsigned long)page ^ bytes);
}

static __always_inline struct page *lower_of(const struct page *page, const struct page *buddy)
{
	return (struct page *)((unsigned long)page & (unsigned long)buddy);
}

/*
 * May the free pageblocks at @page and @buddy become one block? Not when one of them is set apart
 * from the others. Otherwise the block has one type, and so both get it.
 */
static bool join_pageblocks(struct zone *zone, struct page *page, struct page *buddy)
{
	enum migratetype type = get_pageblock_migratetype(page);
	enum migratetype other = get_pageblock_migratetype(buddy);

	if (type != other && (type >= MIGRATE_PCPTYPES || other >= MIGRATE_PCPTYPES))
		return false;
	pull_free_block(zone, page_to_pfn(buddy), pageblock_order, other);
	set_pageblock_type(page_to_pfn(buddy), type);
	return true;
}

/* A block of order 10 whose two pageblocks have been set apart while it was in use. */
static noinline void free_in_halves(struct zone *zone, struct page *page)
{
	buddy_free(zone, page + pageblock_nr_pages, pageblock_order);
	buddy_free(zone, page, pageblock_order);
}

static __always_inline void free_and_merge(struct zone *zone, struct page *page,
					   unsigned int order)
{
	const unsigned long mask = PAGE_ZONE_MASK | PAGE_BLOCK_MASK;
	const unsigned long pageblock = pageblock_nr_pages * sizeof(struct page);
	unsigned long flags = (page->flags & PAGE_ZONE_MASK) | page_block_flags(PAGE_FREE, order);
	unsigned long bytes = sizeof(struct page) << order;	/* of the block's entries */
	unsigned long emptied = 0;				/* lists, in the same measure */
	struct free_area *area = &zone->free_area[order];
	enum migratetype type = get_pageblock_migratetype(page);
	struct page *buddy;

	if (unlikely(order > pageblock_order) &&
	    type != get_pageblock_migratetype(page + pageblock_nr_pages)) {
		free_in_halves(zone, page);
		return;
	}
	count_free_pages(zone, type, 1L << order);
	page->flags &= PAGE_FLAGS_KEPT;
	/* A free buddy of our order and zone has exactly these flags: one comparison. */
	for (; bytes < pageblock; bytes <<= 1) {
		buddy = buddy_of(page, bytes);
		if ((buddy->flags & mask) != flags)
			break;
		if (remove_free_block(area++, buddy, type))
			emptied |= bytes;
		page = lower_of(page, buddy);
		flags += page_block_flags(0, 1);
	}
	/* From order 9 to 10 two pageblocks join: only here can types differ. */
	buddy = buddy_of(page, pageblock);
	if (unlikely(bytes == pageblock) && (buddy->flags & mask) == flags &&
	    join_pageblocks(zone, page, buddy)) {
		area++;
		bytes <<= 1;
		page = lower_of(page, buddy);
		flags += page_block_flags(0, 1);
	}
	zone->free_orders[type] ^= emptied / sizeof(struct page);
	zone->free_orders[type] |= bytes / sizeof(struct page);
	add_free_block(area, page, page_to_pfn(page), flags, type);
}

static noinline void free_watched(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned int merged;

	free_and_merge(zone, page, order);
	merged = page_block_order(block_head(page));
	for (; order < merged; order++)
		page_watched_merge(zone, pfn_to_page(pfn & ~((2UL << order) - 1)), order);
}

void buddy_free(struct zone *zone, struct page *page, unsigned int order)
{
	if (unlikely(page_watchers))
		free_watched(zone, page, order);
	else
		free_and_merge(zone, page, order);
}

/* ---- free blocks as a whole ---- */

void buddy_take_out(struct zone *zone, unsigned long pfn)
{
	struct page *page = block_head(pfn_to_page(pfn));
	unsigned int order = page_block_order(page);
	enum migratetype type = get_pageblock_migratetype(page);
	u32 start = page_to_pfn(page);

	pull_free_block(zone, start, order, type);
	while (order > 0) {
		u32 upper = start + (1U << --order);

		if (pfn < upper) {
			put_free_block(zone, upper, order, type);
		} else {
			put_free_block(zone, start, order, type);
			start = upper;
		}
	}
	set_page_block(pfn_to_page(pfn), PAGE_ALLOCATED, 0);
	count_free_pages(zone, type, -1);
}

/* A block of order 10 that the pageblock of @pfn is one half of becomes two of order 9. */
static void part_pageblock(struct zone *zone, u32 pfn)
{
	struct page *page = pfn_to_page(pfn &= ~(MAX_ORDER_NR_PAGES - 1));
	enum migratetype type = get_pfnblock_migratetype(pfn);

	if (page_state(page) != PAGE_FREE || page_block_order(page) <= pageblock_order)
		return;
	pull_free_block(zone, pfn, MAX_ORDER - 1, type);
	put_free_block(zone, pfn + pageblock_nr_pages, pageblock_order, type);
	put_free_block(zone, pfn, pageblock_order, type);
}

/* A pageblock that is free as a whole may have a buddy that only its type kept it apart from. */
static void rejoin_pageblock(struct zone *zone, unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);
	enum migratetype type = get_pfnblock_migratetype(pfn);

	if (page_state(page) != PAGE_FREE || page_block_order(page) != pageblock_order)
		return;
	pull_free_block(zone, pfn, pageblock_order, type);
	count_free_pages(zone, type, -(long)pageblock_nr_pages);
	buddy_free(zone, page, pageblock_order);
}

unsigned long buddy_move_pageblock(struct zone *zone, unsigned long pfn,
				   enum migratetype migratetype)
{
	unsigned long end = pageblock_start_pfn(pfn) + pageblock_nr_pages;
	enum migratetype old = get_pfnblock_migratetype(pfn);
	unsigned long moved = 0;

	part_pageblock(zone, pfn);
	for (pfn = pageblock_start_pfn(pfn); pfn < end; ) {
		struct page *page = pfn_to_page(pfn);
		unsigned int order = page_block_order(page);

		if (page_state(page) == PAGE_FREE && page_zone(page) == zone) {
			pull_free_block(zone, pfn, order, old);
			put_free_block(zone, pfn, order, migratetype);
			moved += 1UL << order;
		}
		pfn += 1UL << order;
	}
	set_pageblock_type(end - 1, migratetype);
	zone_count_highatomic(zone, old, migratetype);
	count_free_pages(zone, old, -(long)moved);
	count_free_pages(zone, migratetype, moved);
	rejoin_pageblock(zone, end - pageblock_nr_pages);
	return moved;
}
