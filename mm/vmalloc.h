/* SPDX-License-Identifier: MIT */
/* What vmalloc's chapters know of each other; tests, checkers and shows see it too. */
#ifndef _MM_VMALLOC_H
#define _MM_VMALLOC_H

#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "hooks.h"

/* vm_struct.flags, ours: beyond Linux's bits. */
#define VM_SPARE	0x10000000	/* kept for the next request of its size; VM_LAZY, too */
#define VM_ADDRESSES	0x20000000	/* get_vm_area() */
#define VM_RAM		0x40000000	/* vm_map_ram() */
#define VM_LAZY		0x80000000	/* freed: waits for the flush, unless it is a spare */
#define VM_KIND_MASK	(VM_IOREMAP | VM_ALLOC | VM_MAP | VM_RAM)

/* Freed, not flushed. */
static inline bool vm_area_waits(const struct vm_struct *area)
{
	return (area->flags & (VM_LAZY | VM_SPARE)) == VM_LAZY;
}

/* ---- mm/vmap_area.c: who has which addresses ---- */

/* Guards the tree and everything in it. Taken with interrupts off. */
extern spinlock_t vmap_lock;

/*
 * A spare of @size bytes (a multiple of PAGE_SIZE, guard included), or else room in the lowest hole
 * in which so many would find a multiple of @align wherever it began, becomes an area.
 * ERR_PTR(-EBUSY): there is no such hole; -ENOMEM: no page for the description, which the page
 * allocator has reported.
 */
struct vm_struct *vmap_area_alloc(unsigned long size, unsigned long align, unsigned long flags,
				  gfp_t gfp, const void *caller);
/*
 * Its addresses are free again: a hole, or a spare for the next request of that size. Nothing is
 * mapped or stale there.
 */
void vmap_area_free(struct vm_struct *area);
/* All spares become holes. Process context. */
void vmap_areas_reap(void);

/* With vmap_lock held: the area that begins at @addr; NULL: none does. */
struct vm_struct *vmap_area_at(const void *addr);
/* The same: the lowest area that ends above @addr, and the one after @area; NULL: there is none. */
struct vm_struct *vmap_area_from(unsigned long addr);
struct vm_struct *vmap_area_next(const struct vm_struct *area);
#define for_each_vmap_area(area) \
	for ((area) = vmap_area_from(0); (area); (area) = vmap_area_next(area))

/* All areas by address, with the end of the range as the last; for the validator. */
const struct rb_root *vmap_area_tree(void);

/* vmalloc_init(): the whole range is one hole. */
void vmap_areas_init(void);

/* ---- mm/vmalloc_report.c ---- */

/* With vmap_lock held, which is released: why @who cannot free what is at @addr. */
void vmalloc_refuse(const void *addr, const char *who, unsigned long irq_flags) __cold;

/* Unless @gfp says to be silent: @size bytes could not be had. */
void vmalloc_report_failure(gfp_t gfp, unsigned long size, const char *why) __cold;
/* The same for want of addresses; NULL. With __GFP_NOFAIL that is the end. */
struct vm_struct *vmalloc_no_room(unsigned long size, gfp_t gfp) __cold;

/* ---- mm/vmalloc.c: areas in use, and how they go ---- */

/*
 * An area for @size bytes, any number, and its guard page; as vmap_area_alloc(), but when there is
 * no room, what waits for the flush goes first. NULL: reported. Process context.
 */
struct vm_struct *vm_area_get(unsigned long size, unsigned long align, unsigned long flags,
			      gfp_t gfp, const void *caller);

static inline bool vm_area_owns_pages(const struct vm_struct *area)
{
	return area->flags & (VM_ALLOC | VM_MAP_PUT_PAGES);
}

/* How many pages, from its beginning on, may be mapped or stale. */
static inline unsigned long vm_area_extent(const struct vm_struct *area)
{
	return vm_area_owns_pages(area) ? area->nr_pages : get_vm_area_size(area) >> PAGE_SHIFT;
}

/*
 * Unmap all of it, and free it: at once, or, if its pages are its own, when they have been
 * flushed. Nobody else knows it.
 */
void vm_area_let_go(struct vm_struct *area);

/*
 * For @who, by whose name mistakes are reported: the area of one of @kinds that begins at @addr is
 * unmapped, flushed and freed, and its pages stay their owner's. NULL is nothing. @pages: how many
 * they must be, or 0.
 */
void vm_area_unmap(const void *addr, unsigned long kinds, unsigned long pages, const char *who,
		   const void *caller);

/*
 * What all forms of vmalloc() are: memory for @caller in an area with @flags, VM_ALLOC among them.
 * As __vmalloc_node().
 */
void *vm_alloc(unsigned long size, unsigned long align, unsigned long flags, gfp_t gfp,
	       const void *caller);

/* For observers (hooks.h). Frees are told in one place, vmalloc.c. */
static __always_inline void tell_alloc(const struct vm_struct *area)
{
	if (unlikely(vmalloc_watched))
		vmalloc_watched_alloc(area);
}

/* Pages whose areas wait for the flush, and how many may. */
unsigned long vmap_lazy_pages(void);
unsigned long vmap_lazy_limit(void);
/* Until the next call, that many; 0: the usual. Tests. */
void vmap_set_lazy_limit(unsigned long pages);

/* ---- mm/debug/check_vmalloc.c ---- */

/* Check everything that vmap_area.c and vmalloc.c promise; each broken promise is printed. */
bool vmalloc_validate(void);

#endif /* _MM_VMALLOC_H */
