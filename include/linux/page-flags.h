/* SPDX-License-Identifier: MIT */
/*
 * page->flags, one word:
 *
 *	31 30 | 29  27 |     26     | 25      21 | 20   18 |    17    | 16                      0
 *	zone  | unused | memcg_kmem |   order    |  state  | poisoned | PG_* flags, Linux's numbers
 *
 * A block of 2^order pages is described by its first page alone: state and order stand there. All
 * its other pages are PAGE_INTERIOR, whoever owns it, so that splitting, merging, allocating and
 * freeing a block of any size touches one page. block_head() finds the first page of any.
 *
 * A compound page is a block that its owner treats as one page, with one reference count, in its
 * first page; compound_head() finds that from any other. Asked for by __GFP_COMP.
 *
 * The zone is written once, when the map is built. State and order belong to the allocator. The
 * flags belong to the page's owner, and must be clear again when it is freed.
 */
#ifndef _LINUX_PAGE_FLAGS_H
#define _LINUX_PAGE_FLAGS_H

#include <linux/bitops.h>
#include <linux/mm_types.h>
#include <linux/tracepoint-defs.h>

enum pageflags {
	PG_locked,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_workingset,
	PG_waiters,
	PG_error,
	PG_slab,		/* belongs to a slab cache */
	PG_owner_priv_1,
	PG_arch_1,
	PG_reserved,		/* not the allocator's: firmware, kernel image, a hole; or a driver's */
	PG_private,
	PG_private_2,
	PG_writeback,
	PG_head,		/* first page of a compound page (__GFP_COMP) */
	__NR_PAGEFLAGS,

	/* page_poison's own: this page was filled with PAGE_POISON when it was freed */
	PG_poisoned = __NR_PAGEFLAGS,
	/* charged: somebody owes for this block, or for objects of this slab (mm/memcg_owners.c) */
	PG_memcg_kmem = 26,
};

#define PAGE_STATE_SHIFT	18
#define PAGE_STATE_MASK		(7UL << PAGE_STATE_SHIFT)
#define PAGE_ORDER_SHIFT	21
#define PAGE_ORDER_MASK		(31UL << PAGE_ORDER_SHIFT)
#define PAGE_ZONE_SHIFT		30
#define PAGE_ZONE_MASK		(3UL << PAGE_ZONE_SHIFT)

enum page_state {
	PAGE_INTERIOR,		/* not the first page of its block */
	PAGE_FREE,		/* on a free list of the buddy allocator */
	PAGE_PCP,		/* on a CPU's list */
	PAGE_ALLOCATED,		/* somebody's */
	PAGE_RESERVED,		/* RAM that was taken before there was an allocator; order 0 */
	PAGE_HOLE,		/* no RAM at all; order 0 */
	PAGE_QUARANTINED,	/* found damaged or misused: out of service for good */
};

/* A block's state and order as they stand in its first page's flags. */
#define page_block_flags(state, order) \
	(((unsigned long)(state) << PAGE_STATE_SHIFT) | \
	 ((unsigned long)(order) << PAGE_ORDER_SHIFT))
#define PAGE_BLOCK_MASK		(PAGE_STATE_MASK | PAGE_ORDER_MASK)

static __always_inline enum page_state page_state(const struct page *page)
{
	return (page->flags & PAGE_STATE_MASK) >> PAGE_STATE_SHIFT;
}

/* log2 of the pages in the block that starts at @page; meaningless for PAGE_INTERIOR. */
static __always_inline unsigned int page_block_order(const struct page *page)
{
	return (page->flags & PAGE_ORDER_MASK) >> PAGE_ORDER_SHIFT;
}

static __always_inline void set_page_block(struct page *page, enum page_state state,
					   unsigned int order)
{
	page->flags = (page->flags & ~PAGE_BLOCK_MASK) | page_block_flags(state, order);
}

/* One XOR, where the state it has is known. */
static __always_inline void change_page_state(struct page *page, enum page_state from,
					      enum page_state to)
{
	page->flags ^= page_block_flags(from ^ to, 0);
}

/*
 * Must be clear when a page is freed: somebody still believes to own it. PG_head is no sign of
 * that; state and order are compared as well.
 */
#define PAGE_FLAGS_CHECK_AT_FREE \
	(BIT(PG_locked) | BIT(PG_lru) | BIT(PG_active) | BIT(PG_slab) | BIT(PG_reserved) | \
	 BIT(PG_private) | BIT(PG_private_2) | BIT(PG_writeback) | BIT(PG_memcg_kmem))
/* The PG_* flags: the next owner finds them cleared. */
#define PAGE_FLAGS_MASK		(BIT(__NR_PAGEFLAGS) - 1)
/* What stays in the flags whoever owns the page. */
#define PAGE_FLAGS_KEPT		(PAGE_ZONE_MASK | BIT(PG_poisoned))

/*
 * PageX(page), SetPageX(page), ClearPageX(page), TestSetPageX(page), TestClearPageX(page) and,
 * with two underscores in front, the forms that are not atomic.
 */
#define __PAGE_FLAG(Name, bit) \
static __always_inline int Page##Name(const struct page *page) \
{ return (READ_ONCE(page->flags) >> (bit)) & 1; } \
static __always_inline void SetPage##Name(struct page *page) { set_bit(bit, &page->flags); } \
static __always_inline void ClearPage##Name(struct page *page) { clear_bit(bit, &page->flags); } \
static __always_inline void __SetPage##Name(struct page *page) { page->flags |= BIT(bit); } \
static __always_inline void __ClearPage##Name(struct page *page) { page->flags &= ~BIT(bit); } \
static __always_inline int TestSetPage##Name(struct page *page) \
{ return test_and_set_bit(bit, &page->flags); } \
static __always_inline int TestClearPage##Name(struct page *page) \
{ return test_and_clear_bit(bit, &page->flags); }

__PAGE_FLAG(Locked, PG_locked)
__PAGE_FLAG(Referenced, PG_referenced)
__PAGE_FLAG(Uptodate, PG_uptodate)
__PAGE_FLAG(Dirty, PG_dirty)
__PAGE_FLAG(LRU, PG_lru)
__PAGE_FLAG(Active, PG_active)
__PAGE_FLAG(Error, PG_error)
__PAGE_FLAG(Slab, PG_slab)
__PAGE_FLAG(OwnerPriv1, PG_owner_priv_1)
__PAGE_FLAG(Reserved, PG_reserved)
__PAGE_FLAG(Private, PG_private)
__PAGE_FLAG(Private2, PG_private_2)
__PAGE_FLAG(Writeback, PG_writeback)
__PAGE_FLAG(Head, PG_head)
__PAGE_FLAG(MemcgKmem, PG_memcg_kmem)

/* The first page of a block on a buddy free list. */
static __always_inline int PageBuddy(const struct page *page)
{
	return page_state(page) == PAGE_FREE;
}

/* Quarantined: out of service for good. (Linux's name is from memory that the hardware reports.) */
static __always_inline int PageHWPoison(const struct page *page)
{
	return page_state(page) == PAGE_QUARANTINED;
}

/* No direct-mapped address: ZONE_HIGHMEM or ZONE_MOVABLE, whose numbers have the top bit. */
static __always_inline int PageHighMem(const struct page *page)
{
	return page->flags >> 31;
}

/*
 * The first page of the block that @page lies in, free or allocated; @page itself when it is a
 * block's first. NULL only when the map is damaged. Takes up to 11 look-ups: a block of order n
 * is aligned to 2^n, so its first page is one of the 11 numbers got by clearing low bits.
 * Without the zone's lock the answer is a snapshot, unless the caller owns the block.
 */
struct page *block_head(const struct page *page);

/* Of a compound page: its first page. Of any other page: itself. */
static inline struct page *compound_head(const struct page *page)
{
	struct page *head;

	if (likely(page_state(page) != PAGE_INTERIOR))
		return (struct page *)page;
	head = block_head(page);
	return head && PageHead(head) ? head : (struct page *)page;
}

static inline int PageTail(const struct page *page)
{
	return compound_head(page) != page;
}

static inline int PageCompound(const struct page *page)
{
	return PageHead(compound_head(page));
}

/* 0 for a page that is not the first of a compound page. */
static inline unsigned int compound_order(const struct page *page)
{
	return PageHead(page) ? page_block_order(page) : 0;
}

static inline unsigned long compound_nr(const struct page *page)
{
	return 1UL << compound_order(page);
}

/* For %pGp: the names of the PG_* flags, and of the states. */
extern const struct trace_print_flags pageflag_names[];
extern const char *const page_state_names[];

#endif /* _LINUX_PAGE_FLAGS_H */
