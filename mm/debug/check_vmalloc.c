// SPDX-License-Identifier: MIT
/*
 * Checks, one by one, what mm/vmap_area.c and mm/vmalloc.c promise in their first comments.
 *
 * The tree is walked in order of addresses, so that the same walk sees the shape of the tree and
 * the line of areas: each begins where the one before it ends, or behind it, and its "hole" is what
 * lies between. When all holes are right and the last node is the range's end, then holes and
 * sizes add up to the range. The page tables are compared with what each area should have there:
 *
 *	in use		the first nr_pages are mapped; what follows, guard page included, is empty
 *	freed		the same, but stale; or still mapped, when an interrupt has freed it
 *	vm_map_ram()	everything but the guard page is mapped
 *	others		they have no nr_pages: anything but in the guard page
 *	hole		empty
 *
 * Links are not trusted: where one cannot be followed, it is reported and the walk ends.
 *
 * The cost: a constant for each area, which includes its first page, its last one and its guard,
 * and the ends of the hole in front of it: 330 instructions. All other pages are looked at on a
 * budget, which costs 300,000; the next call goes on where this one stopped.
 *
 * Not checked: the list of freed areas (its sums are), and the pages of descriptions.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/rbtree_augmented.h>

#include "../vmalloc.h"
#include "checkers.h"

#define PAGES_BUDGET	8192UL		/* pages that one call looks at besides: 32 MiB */
#define DEPTH_MAX	40U		/* of a good tree: twice the logarithm of 2^18 pages, and some */

struct inquiry {
	struct complaints complaints;
	bool lost;			/* the walk cannot go on */
	bool leaf_seen, end_seen;
	unsigned int leaf_blacks;	/* above the first leaf, and so above each */
	unsigned long at;		/* the end of the area before */
	unsigned long from, to;		/* of these addresses, each page is looked at */
	unsigned long nr_pages, lazy_pages;
};

/* Where the look at all pages goes on: bytes from VMALLOC_START. */
static unsigned long pages_next;

static struct vm_struct *area_of(const struct rb_node *node)
{
	return rb_entry(node, struct vm_struct, rb_node);
}

static unsigned long start_of(const struct vm_struct *area)
{
	return (unsigned long)area->addr;
}

/* ---- pages ---- */

static const char *const state_words[] = {
	[WINDOW_EMPTY] = "empty", [WINDOW_MAPPED] = "mapped", [WINDOW_STALE] = "stale",
};

static void check_page(struct inquiry *q, unsigned long addr, enum window_page wanted,
		       const char *place)
{
	enum window_page state = window_page(addr, NULL);

	if (state != wanted)
		complain(q, "the page at %#lx, %s, is %s instead of %s", addr, place,
			 state_words[state], state_words[wanted]);
}

/* [start, end) of one kind: both ends, and of the rest what the budget is for. */
static void check_pages(struct inquiry *q, unsigned long start, unsigned long end,
			enum window_page wanted, const char *place)
{
	unsigned long addr;

	if (start >= end)
		return;
	check_page(q, start, wanted, place);
	if (end - start > PAGE_SIZE)
		check_page(q, end - PAGE_SIZE, wanted, place);
	for (addr = max(start + PAGE_SIZE, q->from); addr < min(end - PAGE_SIZE, q->to);
	     addr += PAGE_SIZE)
		check_page(q, addr, wanted, place);
}

/* Returns the state that the area's pages are in; they must all be. */
static enum window_page check_area_pages(struct inquiry *q, const struct vm_struct *area)
{
	unsigned long start = start_of(area), usable = start + get_vm_area_size(area);
	unsigned long used = area->flags & VM_RAM ? usable : start + area->nr_pages * PAGE_SIZE;
	enum window_page wanted = WINDOW_MAPPED;

	if ((area->flags & VM_LAZY) && window_page(start, NULL) != WINDOW_MAPPED)
		wanted = WINDOW_STALE;
	if (used > start) {
		check_pages(q, start, used, wanted, area->flags & VM_LAZY ? "freed" : "in use");
		check_pages(q, used, usable, WINDOW_EMPTY, "behind an area's pages");
	}
	check_pages(q, usable, start + area->size, WINDOW_EMPTY, "a guard");
	return wanted;
}

/* ---- areas ---- */

static bool area_sane(struct inquiry *q, const struct vm_struct *area)
{
	unsigned long start = start_of(area), kind = area->flags & VM_KIND_MASK;

	if (!PAGE_ALIGNED(start) || !PAGE_ALIGNED(area->size) || !area->size)
		complain(q, "the area at %#lx has %#lx bytes: these are no pages", start, area->size);
	else if (start < q->at)
		complain(q, "the area at %#lx begins before %#lx, where the one before it ends",
			 start, q->at);
	else if (start > VMALLOC_END || area->size > VMALLOC_END - start)
		complain(q, "the area at %#lx of %#lx bytes ends behind the range (%#lx)", start,
			 area->size, VMALLOC_END);
	else if (kind & (kind - 1))
		complain(q, "the area at %#lx is of several kinds: flags %#lx", start, area->flags);
	else if (area->nr_pages > get_vm_area_size(area) >> PAGE_SHIFT)
		complain(q, "the area at %#lx has %u pages in %#lx bytes", start, area->nr_pages,
			 area->size);
	else
		return true;
	return false;
}

static void count(struct inquiry *q, const struct vm_struct *area, enum window_page state)
{
	if (state == WINDOW_STALE)
		q->lazy_pages += area->nr_pages;
	else if (area->flags & VM_ALLOC)
		q->nr_pages += area->nr_pages;
}

/* The next one in order of addresses, and the hole in front of it. */
static void check_area(struct inquiry *q, const struct vm_struct *area)
{
	unsigned long start = start_of(area);
	bool is_end = start == VMALLOC_END && !area->size;

	if (q->end_seen) {
		complain(q, "there is an area behind the end of the range");
		q->lost = true;
	} else if (!is_end && !area_sane(q, area)) {
		q->lost = true;
	}
	if (q->lost)
		return;
	if (area->hole != start - q->at)
		complain(q, "in front of %#lx there are %#lx bytes free, not %#lx", start,
			 start - q->at, area->hole);
	check_pages(q, q->at, start, WINDOW_EMPTY, "in a hole");
	if (!is_end)
		count(q, area, check_area_pages(q, area));
	q->end_seen = is_end;
	q->at = start + area->size;
}

/* ---- the tree ---- */

static void check_leaf(struct inquiry *q, const struct rb_node *parent, unsigned int blacks)
{
	if (!q->leaf_seen) {
		q->leaf_seen = true;
		q->leaf_blacks = blacks;
	} else if (blacks != q->leaf_blacks) {
		complain(q, "%u black nodes lead to a leaf below %#lx, %u to others", blacks,
			 start_of(area_of(parent)), q->leaf_blacks);
	}
}

/* May we look at it? */
static bool link_sane(struct inquiry *q, const struct rb_node *node, const struct rb_node *parent,
		      unsigned int depth)
{
	if ((unsigned long)node % sizeof(long) || !virt_addr_valid(node))
		complain(q, "a link leads to %px, where there can be no area", node);
	else if (depth > DEPTH_MAX)
		complain(q, "the tree has more than %u levels", DEPTH_MAX);
	else if (rb_parent(node) != parent)
		complain(q, "%#lx does not lead back to the one that leads to it",
			 start_of(area_of(node)));
	else
		return true;
	q->lost = true;
	return false;
}

static unsigned long largest_of(const struct rb_node *node)
{
	return node ? area_of(node)->largest_hole : 0;
}

static void check_subtree(struct inquiry *q, const struct rb_node *node,
			  const struct rb_node *parent, unsigned int depth, unsigned int blacks)
{
	unsigned long largest;

	if (!node) {
		check_leaf(q, parent, blacks);
		return;
	}
	if (!link_sane(q, node, parent, depth))
		return;
	if (rb_is_red(node) && (!parent || rb_is_red(parent)))
		complain(q, "%#lx is red, and so is the node above it, or there is none",
			 start_of(area_of(node)));
	blacks += rb_is_black(node);
	check_subtree(q, node->rb_left, node, depth + 1, blacks);
	if (q->lost)
		return;
	check_area(q, area_of(node));
	if (q->lost)
		return;
	check_subtree(q, node->rb_right, node, depth + 1, blacks);
	if (q->lost)
		return;
	largest = max3(area_of(node)->hole, largest_of(node->rb_left), largest_of(node->rb_right));
	if (area_of(node)->largest_hole != largest)
		complain(q, "the largest hole at or below %#lx is %#lx, not %#lx",
			 start_of(area_of(node)), largest, area_of(node)->largest_hole);
}

/* ---- the whole ---- */

static void check_sums(struct inquiry *q)
{
	if (!q->end_seen)
		complain(q, "the end of the range is not in the tree");
	if (q->nr_pages != vmalloc_nr_pages())
		complain(q, "vmalloc_nr_pages is %lu, but the areas have %lu", vmalloc_nr_pages(),
			 q->nr_pages);
	if (q->lazy_pages != vmap_lazy_pages())
		complain(q, "lazy_pages is %lu, but freed areas have %lu", vmap_lazy_pages(),
			 q->lazy_pages);
}

bool vmalloc_validate(void)
{
	struct inquiry q = {
		.at = VMALLOC_START,
		.from = VMALLOC_START + pages_next,
		.complaints.of = "vmalloc",
	};
	unsigned long flags;

	q.to = q.from + min(PAGES_BUDGET * PAGE_SIZE, VMALLOC_END - q.from);
	pages_next = q.to < VMALLOC_END ? q.to - VMALLOC_START : 0;
	spin_lock_irqsave(&vmap_lock, flags);
	check_subtree(&q, vmap_area_tree()->rb_node, NULL, 0, 0);
	if (!q.lost)
		check_sums(&q);
	spin_unlock_irqrestore(&vmap_lock, flags);
	return no_complaints(&q.complaints);
}
