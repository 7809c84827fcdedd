// SPDX-License-Identifier: MIT
/*
 * Who has which addresses of the vmalloc range.
 *
 * 1. The idea
 * Between VMALLOC_START and VMALLOC_END lie *areas*, and between them *holes*. A new area, unless a
 * spare fits (section 3), goes into the lowest hole that is sure to have room for it ("first fit":
 * what is left of the range stays in one piece at its upper end for as long as possible). Only
 * areas are described. A hole has no description of its own: each area knows how much is free in
 * front of it, so when an area goes, the hole in front of the next one grows, and two holes can
 * never lie side by side unmerged.
 *
 * 2. Structure
 * Areas form a red-black tree by address (Cormen et al., chapter 13), augmented (ibid., chapter
 * 14): each knows the largest hole of its subtree. So finding the lowest hole of at least a given
 * size is one walk from the root: to the left if there is such a hole, else here, else to the
 * right. An area of no size, range_end, stands at VMALLOC_END: the hole in front of it is what
 * is free behind the last area.
 *	area->hole = area->addr - the end of the area before it (or VMALLOC_START)
 *	area->largest_hole = max(area->hole, largest_hole of both children)
 *	the sum of all holes and sizes = VMALLOC_TOTAL
 *
 * 3. Spares
 * Most areas are small, come and go, and are wanted again in the same size. So a small area that
 * is free keeps its place in the tree for a while, with nothing mapped in it, and the next request
 * of exactly that size gets it without a search ("quantum caching", Bonwick and Adams, "Magazines
 * and Vmem", 2001). To everybody else it is an area that has been freed (VM_LAZY). When
 * there is no room elsewhere, spares become holes again.
 *	pages of all spares of one size <= SPARE_ROOM
 *
 * 4. Locking
 * vmap_lock guards all of this, with interrupts off, for one walk through the tree at a time.
 * Descriptions come from a cache, and are allocated and freed without it.
 *
 * 5. What is not checked
 * That nothing is mapped in an area that goes: vmalloc.c sees to it. vmalloc_validate() in
 * mm/debug/ checks all that section 2 says.
 */
#include <linux/align.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/rbtree_augmented.h>
#include <linux/slab.h>

#include "internal.h"
#include "vmalloc.h"

DEFINE_SPINLOCK(vmap_lock);

static struct rb_root areas = RB_ROOT;
static struct vm_struct range_end;

/* Where areas are described. */
static struct kmem_cache *vmap_area_cache;

/* ---- the tree ---- */

#define area_of(node) rb_entry(node, struct vm_struct, rb_node)
#define own_hole(area) ((area)->hole)
RB_DECLARE_CALLBACKS_MAX(static, largest, struct vm_struct, rb_node, unsigned long, largest_hole,
			 own_hole)

static __always_inline unsigned long start_of(const struct vm_struct *area)
{
	return (unsigned long)area->addr;
}

static __always_inline unsigned long end_of(const struct vm_struct *area)
{
	return start_of(area) + area->size;
}

/* The area behind the lowest hole of at least @size bytes; NULL: there is no such hole. */
static struct vm_struct *find_hole(unsigned long size)
{
	struct rb_node *node = areas.rb_node;

	if (area_of(node)->largest_hole < size)
		return NULL;
	for (;;) {
		if (node->rb_left && area_of(node->rb_left)->largest_hole >= size)
			node = node->rb_left;
		else if (area_of(node)->hole >= size)
			return area_of(node);
		else
			node = node->rb_right;
	}
}

/*
 * Hang @area into the tree, between @next and the one before it. Two places have changed: @next's
 * hole, and @area below its parent. Going up ends where nothing changes, so it starts at both.
 */
static void insert_before(struct vm_struct *area, struct vm_struct *next)
{
	struct rb_node *parent = &next->rb_node, **link = &parent->rb_left;

	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	area->largest_hole = area->hole;
	rb_link_node(&area->rb_node, parent, link);
	largest_propagate(parent, NULL);
	largest_propagate(&next->rb_node, NULL);
	rb_insert_augmented(&area->rb_node, &areas, &largest);
}

/* @area describes the lowest room at a multiple of @align. False: there is none. */
static bool place(struct vm_struct *area, unsigned long size, unsigned long align)
{
	/* A hole as large as this has room wherever it begins. */
	struct vm_struct *next = find_hole(size + align - PAGE_SIZE);
	unsigned long hole_start, start;

	if (unlikely(!next))
		return false;
	hole_start = start_of(next) - next->hole;
	start = ALIGN(hole_start, align);
	area->addr = (void *)start;
	area->size = size;
	area->hole = start - hole_start;
	next->hole = start_of(next) - (start + size);
	insert_before(area, next);
	return true;
}

static void unplace(struct vm_struct *area)
{
	struct vm_struct *next = area_of(rb_next(&area->rb_node));

	rb_erase_augmented(&area->rb_node, &areas, &largest);
	next->hole += area->hole + area->size;
	largest_propagate(&next->rb_node, NULL);
}

/* ---- spares ---- */

#define SPARE_PAGES	32		/* the largest spare, its guard included */
#define SPARE_ROOM	256		/* pages: a MiB of addresses for each size */

static struct spares {
	struct vm_struct *first;
	unsigned int pages;		/* of all of them */
} spares[SPARE_PAGES + 1];		/* by their size in pages */

static struct vm_struct *take_spare(unsigned long size)
{
	struct spares *same = &spares[size >> PAGE_SHIFT];
	struct vm_struct *area = same->first;

	if (area) {
		same->first = area->next;
		same->pages -= size >> PAGE_SHIFT;
	}
	return area;
}

/* False: @area is too large, or there are enough of its size. */
static bool keep_spare(struct vm_struct *area)
{
	unsigned long pages = area->size >> PAGE_SHIFT;
	struct spares *same;

	if (pages > SPARE_PAGES)
		return false;
	same = &spares[pages];
	if (same->pages + pages > SPARE_ROOM)
		return false;
	same->pages += pages;
	area->next = same->first;
	same->first = area;
	area->flags = VM_LAZY | VM_SPARE | VM_ALLOC;	/* with no pages: nothing is mapped */
	area->nr_pages = 0;
	return true;
}

/* ---- in and out ---- */

/* What is known of an area before anything is mapped in it. Under the lock. */
static void describe(struct vm_struct *area, unsigned long flags, const void *caller)
{
	area->flags = flags;
	area->nr_pages = 0;
	area->phys_addr = 0;
	area->caller = caller;
}

static struct vm_struct *reuse_spare(unsigned long size, unsigned long flags, const void *caller)
{
	struct vm_struct *area;
	unsigned long irq_flags;

	spin_lock_irqsave(&vmap_lock, irq_flags);
	area = take_spare(size);
	if (area)
		describe(area, flags, caller);
	spin_unlock_irqrestore(&vmap_lock, irq_flags);
	return area;
}

static struct vm_struct *new_area(unsigned long size, unsigned long align, unsigned long flags,
				  gfp_t gfp, const void *caller)
{
	struct vm_struct *area = NULL;
	unsigned long irq_flags;
	bool placed;

	if (likely(vmap_area_cache))		/* vmalloc_init() has run */
		area = kmem_cache_alloc(vmap_area_cache, gfp & GFP_RECLAIM_MASK);
	if (unlikely(!area))
		return ERR_PTR(-ENOMEM);
	spin_lock_irqsave(&vmap_lock, irq_flags);
	placed = place(area, size, align);
	if (likely(placed))
		describe(area, flags, caller);
	spin_unlock_irqrestore(&vmap_lock, irq_flags);
	if (likely(placed))
		return area;
	kmem_cache_free(vmap_area_cache, area);
	return ERR_PTR(-EBUSY);
}

struct vm_struct *vmap_area_alloc(unsigned long size, unsigned long align, unsigned long flags,
				  gfp_t gfp, const void *caller)
{
	struct vm_struct *area = NULL;

	if (size <= SPARE_PAGES * PAGE_SIZE && align == PAGE_SIZE)
		area = reuse_spare(size, flags, caller);
	return area ? area : new_area(size, align, flags, gfp, caller);
}

static void make_hole(struct vm_struct *area)
{
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	unplace(area);
	spin_unlock_irqrestore(&vmap_lock, flags);
	kmem_cache_free(vmap_area_cache, area);
}

void vmap_area_free(struct vm_struct *area)
{
	unsigned long flags;
	bool kept;

	spin_lock_irqsave(&vmap_lock, flags);
	kept = keep_spare(area);
	spin_unlock_irqrestore(&vmap_lock, flags);
	if (!kept)
		make_hole(area);
}

void vmap_areas_reap(void)
{
	struct vm_struct *area;
	unsigned long flags;

	for (unsigned long pages = 1; pages <= SPARE_PAGES; ) {
		spin_lock_irqsave(&vmap_lock, flags);
		area = take_spare(pages << PAGE_SHIFT);
		spin_unlock_irqrestore(&vmap_lock, flags);
		if (area)
			make_hole(area);
		else
			pages++;
	}
	if (likely(vmap_area_cache))		/* memory may be short before vmalloc_init() */
		kmem_cache_shrink(vmap_area_cache);
}

void __init vmap_areas_init(void)
{
	range_end.addr = (void *)VMALLOC_END;
	range_end.hole = VMALLOC_TOTAL;
	range_end.largest_hole = VMALLOC_TOTAL;
	rb_link_node(&range_end.rb_node, NULL, &areas.rb_node);
	rb_insert_augmented(&range_end.rb_node, &areas, &largest);
	vmap_area_cache = kmem_cache_create("vmap_area", sizeof(struct vm_struct), 0,
					    SLAB_PANIC | SLAB_NOLEAKTRACE, NULL);
}

/* ---- looking ---- */

static struct vm_struct *unless_end(struct vm_struct *area)
{
	return area == &range_end ? NULL : area;
}

struct vm_struct *vmap_area_at(const void *addr)
{
	struct rb_node *node = areas.rb_node;

	while (node && area_of(node)->addr != addr) {
		if (area_of(node)->addr < addr) {
			barrier();	/* so that gcc jumps, and does not work out both ways at each step */
			node = node->rb_right;
		} else {
			barrier();
			node = node->rb_left;
		}
	}
	return node ? unless_end(area_of(node)) : NULL;
}

struct vm_struct *vmap_area_from(unsigned long addr)
{
	struct vm_struct *lowest = &range_end;
	struct rb_node *node = areas.rb_node;

	while (node) {
		struct vm_struct *area = area_of(node);

		if (end_of(area) > addr) {
			lowest = area;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return unless_end(lowest);
}

struct vm_struct *vmap_area_next(const struct vm_struct *area)
{
	return unless_end(area_of(rb_next(&area->rb_node)));
}

const struct rb_root *vmap_area_tree(void)
{
	return &areas;
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *area;
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	area = vmap_area_from((unsigned long)addr);
	if (area && (addr < area->addr || (area->flags & VM_LAZY)))
		area = NULL;
	spin_unlock_irqrestore(&vmap_lock, flags);
	return area;
}
