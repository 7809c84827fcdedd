// SPDX-License-Identifier: MIT
/*
 * Virtually contiguous memory.
 *
 * 1. The idea
 * A large piece of memory is hard to find in one piece, and seldom needs to be in one. vmalloc()
 * takes pages wherever they are, from high memory first, and maps them side by side in a range of
 * addresses kept for that. The price: each page has its own entry in the page tables and in the
 * CPU's TLB, where the direct map has one for 2 MiB, and taking the memory back means telling the
 * CPUs to forget (LDD3 chapter 8; LKD chapter 12; Gorman, chapter 7).
 *
 * 2. The life of an area
 *	vmap_area_alloc()	addresses, with a page more than asked for: the guard, never mapped,
 *				so that running over the end is a fault and not damage
 *	populate()		runs of pages (page_bulk.c), each mapped as it comes
 *	… in use …
 *	vfree()			unmapped: nothing is mapped, but CPUs may remember (VM_LAZY)
 *	purge()			flushed, for many areas at once; then pages and addresses are free
 * There is no list of an area's pages: the page tables know them, also while an area waits for
 * the flush, because an unmapped entry keeps its frame's number (<asm/pgtable.h>).
 *
 * 3. Lazily
 * A flush interrupts all CPUs, and throws away translations that are still good. So vfree() puts
 * it off, until the pages that wait exceed a limit, there is no room for a new area, the page
 * allocator is short of memory, or somebody asks (vm_unmap_aliases()). Until then the pages stay
 * out of use: nobody can reach another one's memory through a translation that should be gone.
 *	lazy_pages = sum of nr_pages of the areas on the lazy list
 *	lazy_pages <= lazy_limit, lazy_areas < LAZY_AREAS after each vfree()
 * (Linux frees the pages at once and flushes later.) Where the pages are not ours to keep back,
 * in vunmap(), vm_unmap_ram(), iounmap() and free_vm_area(), the flush is not put off.
 *
 * 4. Contexts
 * Whoever flushes waits for all CPUs, so this is for process context, where one may sleep. Only
 * vfree() is called from elsewhere, too. It takes the area out of its owner's hands there, which is one
 * step under a lock, and leaves it, still mapped, on the deferred list. A work item unmaps it, or whoever
 * comes by earlier in process context. What else is called where nobody may sleep is reported; then
 * it does what can be done without waiting.
 *
 * 5. Locking
 * vmap_lock (vmap_area.c), with interrupts off, guards the lists and counts here, too. Pages are mapped,
 * unmapped, allocated, freed and flushed without it: until it is on a list, an area is its owner's
 * alone. Two mutexes, since their holders wait for other CPUs:
 *	deferred_lock, then purge_lock, then vmap_lock
 * One at a time works on the deferred areas, and one at a time flushes. Who comes second waits even if
 * there is nothing left for him, because he relies on what the first one frees.
 *
 * 6. What is not checked
 * That nobody uses an area after vfree(): until the flush a CPU may let him, afterwards it faults,
 * and the report names the area (mm/debug/vmalloc_freed.c).
 */
#include <asm/tlbflush.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <quarry/boot_level.h>

#include "internal.h"
#include "vmalloc.h"

/*
 * One flush for 64 areas: its share of the price is small then, and more areas that wait would
 * make the tree deeper.
 */
#define LAZY_AREAS	64

static DEFINE_MUTEX(deferred_lock);	/* held while deferred areas are unmapped, … */
static struct task_struct *unmapper;	/* … by this thread … */
static DEFINE_MUTEX(purge_lock);	/* … and while lazy ones are flushed and freed */
static struct vm_struct *lazy;		/* unmapped, not flushed */
static struct vm_struct *deferred;	/* freed where nobody may wait; still mapped */
void (*vmalloc_ask_worker)(void);
static unsigned long lazy_pages, lazy_limit;
static unsigned int lazy_areas;
static atomic_t nr_vmalloc_pages;

/* ---- giving back ---- */

/*
 * Free the pages of an area that has been unmapped and flushed. False: somebody has changed what is
 * mapped there; its addresses cannot be used again.
 */
static bool free_frames(const struct vm_struct *area)
{
	unsigned long addr = (unsigned long)area->addr;
	unsigned long left = area->nr_pages, pfn, run;
	bool sound = true;

	for (; left; left -= run, addr += run * PAGE_SIZE) {
		run = forget_kernel_range(addr, left, &pfn);
		if (likely(run)) {
			free_page_run(pfn_to_page(pfn), run);
			continue;
		}
		WARN(true, "vmalloc: the page at %#lx is not what was mapped there\n", addr);
		sound = false;
		run = 1;
	}
	return sound;
}

static struct vm_struct *take_list(struct vm_struct **list)
{
	struct vm_struct *first;
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	first = *list;
	*list = NULL;
	if (list == &lazy)
		lazy_pages = lazy_areas = 0;
	spin_unlock_irqrestore(&vmap_lock, flags);
	return first;
}

/* May this wait for a mutex, and for CPUs? Before there are threads there is nobody to wait for. */
static bool may_wait(void)
{
	return !in_atomic() && (!irqs_disabled() || boot_level < BOOT_THREADS);
}

/* Flush the areas of this list, once, and free them. */
static void flush_and_free(struct vm_struct *area)
{
	unsigned long start = ~0UL, end = 0;
	struct vm_struct *each, *next;

	for (each = area; each; each = each->next) {
		start = min(start, (unsigned long)each->addr);
		end = max(end, (unsigned long)each->addr + vm_area_extent(each) * PAGE_SIZE);
	}
	if (start < end)
		flush_tlb_kernel_range(start, end);
	for (; area; area = next) {
		next = area->next;
		if (likely(free_frames(area)))
			vmap_area_free(area);
	}
}

/* Where nobody may wait, it waits on. */
static noinline void purge(void)
{
	if (unlikely(!may_wait()))
		return;
	mutex_lock(&purge_lock);
	flush_and_free(take_list(&lazy));
	mutex_unlock(&purge_lock);
}

/* @area has been unmapped, and waits for the flush. */
static void put_off(struct vm_struct *area)
{
	unsigned long flags;
	bool full;

	spin_lock_irqsave(&vmap_lock, flags);
	area->next = lazy;
	lazy = area;
	lazy_pages += area->nr_pages;
	lazy_areas++;
	full = lazy_pages > lazy_limit || lazy_areas >= LAZY_AREAS;
	spin_unlock_irqrestore(&vmap_lock, flags);
	if (unlikely(full))
		purge();
}

void vm_area_let_go(struct vm_struct *area)
{
	unsigned long addr = (unsigned long)area->addr;

	area->flags |= VM_LAZY;
	kasan_poison_vmalloc(area->addr, get_vm_area_size(area));
	if (vm_area_owns_pages(area)) {
		unmap_kernel_range(addr, area->nr_pages);
		if (area->flags & VM_ALLOC)
			atomic_sub(area->nr_pages, &nr_vmalloc_pages);
		else
			kvfree(area->pages);	/* only the array: the page tables know them, too */
		put_off(area);
	} else {
		/* The frames are somebody else's, who may use them as he likes afterwards. */
		revoke_kernel_range(addr, vm_area_extent(area));
		vmap_area_free(area);
	}
}

static void let_all_go(struct vm_struct *area)
{
	struct vm_struct *next;

	for (; area; area = next) {
		next = area->next;
		vm_area_let_go(area);
	}
}

noinline void vmalloc_do_deferred(void)
{
	struct vm_struct *area;

	if (unlikely(!may_wait() || READ_ONCE(unmapper) == current))
		return;			/* the latter: by way of kvfree() */
	mutex_lock(&deferred_lock);
	WRITE_ONCE(unmapper, current);
	while ((area = take_list(&deferred)))
		let_all_go(area);
	WRITE_ONCE(unmapper, NULL);
	mutex_unlock(&deferred_lock);
}

/* Process context: what was left behind is done first. */
static __always_inline void settle(void)
{
	if (unlikely(READ_ONCE(deferred)))
		vmalloc_do_deferred();
}

/*
 * Called with preemption off, which is a mistake and is reported (or with somebody waiting for this
 * CPU, which is none). False in an interrupt, with a second report: there, nobody could wait for
 * other CPUs to flush.
 */
static noinline bool may_go_on(void)
{
	might_sleep();
	return !WARN(in_interrupt(), "vmalloc: virtual memory is not for interrupts\n");
}

static void give_everything_back(void)
{
	vmalloc_do_deferred();
	purge();
	vmap_areas_reap();
}

/* ---- under pressure: its objects are pages that wait for a flush ---- */

static unsigned long count_waiting(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long pages = vmap_lazy_pages() + (READ_ONCE(deferred) ? 1 : 0);

	return pages ? pages : SHRINK_EMPTY;
}

/* One flush for all: there is no point in taking a part. */
static unsigned long free_waiting(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long pages = vmap_lazy_pages();

	give_everything_back();
	mm_account_reclaimed_pages(pages);
	sc->nr_scanned = max(pages, sc->nr_to_scan);
	return pages;
}

static struct shrinker vmap_shrinker = {
	.count_objects = count_waiting, .scan_objects = free_waiting, .seeks = 1, .batch = 1,
};

void vm_unmap_aliases(void)
{
	might_sleep();
	give_everything_back();
}

/* ---- finding what is to be freed ---- */

/*
 * The area that begins at @addr, if it is of one of @kinds, and of @pages pages (0: any number):
 * from now on it is on its way out, for @caller, and the taker's alone, or, at once, @list's. NULL:
 * reported in the name of @who.
 */
static struct vm_struct *take_area(const void *addr, unsigned long kinds, unsigned long pages,
				   const char *who, const void *caller, struct vm_struct **list)
{
	struct vm_struct *area;
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	area = vmap_area_at(addr);
	if (unlikely(!area || !(area->flags & kinds) || (area->flags & VM_LAZY) ||
		     (pages && vm_area_extent(area) != pages))) {
		vmalloc_refuse(addr, who, flags);
		return NULL;
	}
	area->flags |= VM_LAZY;
	if (vmalloc_tell_free)
		vmalloc_tell_free(area, caller);
	if (list) {
		area->next = *list;
		*list = area;
	}
	spin_unlock_irqrestore(&vmap_lock, flags);
	return area;
}

static void free_later(const void *addr, const void *caller)
{
	if (!addr || WARN(in_nmi(), "vfree_atomic(%px) from an NMI\n", addr))
		return;
	if (take_area(addr, VM_ALLOC | VM_MAP, 0, "vfree_atomic", caller, &deferred) &&
	    vmalloc_ask_worker)
		vmalloc_ask_worker();
}

void vfree_atomic(const void *addr)
{
	free_later(addr, __builtin_return_address(0));
}

static noinline void vfree_in_atomic_context(const void *addr, const void *caller)
{
	if (!in_interrupt())
		might_sleep();
	free_later(addr, caller);
}

void vfree(const void *addr)
{
	const void *caller = __builtin_return_address(0);
	struct vm_struct *area;

	if (unlikely(!preempt_count_is_zero()) && in_atomic()) {
		vfree_in_atomic_context(addr, caller);
		return;
	}
	settle();
	area = addr ? take_area(addr, VM_ALLOC | VM_MAP, 0, "vfree", caller, NULL) : NULL;
	if (likely(area))
		vm_area_let_go(area);
}

void vm_area_unmap(const void *addr, unsigned long kinds, unsigned long pages, const char *who,
		   const void *caller)
{
	struct vm_struct *area;

	if (unlikely(!preempt_count_is_zero()) && !may_go_on())
		return;
	settle();
	area = addr ? take_area(addr, kinds, pages, who, caller, NULL) : NULL;
	if (unlikely(!area))
		return;
	area->flags &= ~VM_MAP_PUT_PAGES;
	vm_area_let_go(area);
}

/* ---- addresses ---- */

/* A second try, when those who wait for the flush have gone. */
static noinline struct vm_struct *get_slowly(unsigned long size, unsigned long align,
					     unsigned long flags, gfp_t gfp, const void *caller)
{
	struct vm_struct *area;

	if (!boot_level_needed(BOOT_VMALLOC, "vmalloc()"))
		return NULL;
	give_everything_back();
	area = vmap_area_alloc(size, align, flags, gfp, caller);
	if (!IS_ERR(area))
		return area;
	return PTR_ERR(area) == -EBUSY ? vmalloc_no_room(size, gfp) : NULL;
}

struct vm_struct *vm_area_get(unsigned long size, unsigned long align, unsigned long flags,
			      gfp_t gfp, const void *caller)
{
	struct vm_struct *area;

	if (unlikely(!preempt_count_is_zero()) && !may_go_on())
		return NULL;
	settle();
	if (likely(align <= PAGE_SIZE))
		align = PAGE_SIZE;
	else if (WARN(align > VMALLOC_TOTAL || !is_power_of_2(align),
		      "vmalloc: nothing can be aligned to %lu\n", align))
		return NULL;
	if (unlikely(size - 1 >= VMALLOC_TOTAL))
		return size ? vmalloc_no_room(size, gfp) : NULL;
	size = PAGE_ALIGN(size);
	if (!(flags & VM_NO_GUARD))
		size += PAGE_SIZE;
	area = vmap_area_alloc(size, align, flags, gfp, caller);
	if (unlikely(IS_ERR(area)))
		area = get_slowly(size, align, flags, gfp, caller);
	if (likely(area))
		kasan_unpoison_vmalloc(area->addr, get_vm_area_size(area));
	return area;
}

/* ---- vmalloc ---- */

/* Map @pages pages into the area, from its beginning. False: memory is short. */
static bool populate(struct vm_struct *area, unsigned long pages, gfp_t gfp)
{
	unsigned long addr = (unsigned long)area->addr, run;
	struct page *page;

	for (; pages; pages -= run, addr += run * PAGE_SIZE) {
		page = alloc_page_run(gfp, pages, &run);
		if (unlikely(!page))
			return false;
		BUG_ON(map_kernel_range(addr, page_to_pfn(page), run, PAGE_KERNEL));
		area->nr_pages += run;
	}
	return true;
}

/* What vmalloc()'s pages are asked for with: cleared later, when they have addresses. */
static gfp_t page_gfp(gfp_t gfp)
{
	gfp &= ~(__GFP_ZERO | __GFP_COMP);
	if (!(gfp & (__GFP_DMA | __GFP_DMA32)))
		gfp |= __GFP_HIGHMEM;
	return gfp | __GFP_NOWARN;
}

static noinline void *give_up(struct vm_struct *area, unsigned long size, gfp_t gfp)
{
	vm_area_let_go(area);
	purge();
	vmalloc_report_failure(gfp, size, "failed to allocate pages");
	return NULL;
}

void *vm_alloc(unsigned long size, unsigned long align, unsigned long flags, gfp_t gfp,
	       const void *caller)
{
	struct vm_struct *area;
	bool complete;

	if (unlikely(!size || size > PFN_PHYS(totalram_pages()))) {
		if (boot_level_needed(BOOT_VMALLOC, "vmalloc()"))
			vmalloc_report_failure(gfp, size,
				       size ? "exceeds total pages" : "nothing asked for");
		return NULL;
	}
	area = vm_area_get(size, align, flags, gfp, caller);
	if (unlikely(!area))
		return NULL;
	complete = populate(area, PFN_UP(size), page_gfp(gfp));
	atomic_add(area->nr_pages, &nr_vmalloc_pages);
	if (unlikely(!complete))
		return give_up(area, size, gfp);
	if (gfp & __GFP_ZERO)
		memset(area->addr, 0, area->nr_pages * PAGE_SIZE);
	kasan_unpoison_vmalloc(area->addr, size);
	tell_alloc(area);
	return area->addr;
}

/* ---- how much there is ---- */

unsigned long vmalloc_nr_pages(void)
{
	return atomic_read(&nr_vmalloc_pages);
}

unsigned long vmap_lazy_pages(void)
{
	return READ_ONCE(lazy_pages);
}

unsigned long vmap_lazy_limit(void)
{
	return lazy_limit;
}

/* ---- boot ---- */

/* A flush is put off for so many pages: a 256th of RAM, but at least 16, and at most 8 MiB. */
void vmap_set_lazy_limit(unsigned long pages)
{
	lazy_limit = pages ? pages : clamp(totalram_pages() / 256, 16UL, 2048UL);
}

void __init vmalloc_init(void)
{
	vmap_areas_init();
	vmap_set_lazy_limit(0);
	vmalloc_observers_setup();
	register_shrinker(&vmap_shrinker, "vmap");
}
