// SPDX-License-Identifier: MIT
#include <linux/align.h>
#include <linux/highmem.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../mm/internal.h"
#include "../mm/slab.h"
#include "vmalloc_sandbox.h"

static unsigned long free_before, areas_before, pages_before;
static void *description;

/* ---- as it was ---- */

void vmalloc_settle(void)
{
	vm_unmap_aliases();
	drain_all_pages(NULL);
}

void vmalloc_settle_all(void)
{
	vm_unmap_aliases();
	slab_reap_caches();
	drain_all_pages(NULL);
}

/*
 * So that a case which counts pages does not see slabs come and go: one description is taken all
 * the time, and there has been one of everything else.
 */
static void warm_up(void)
{
	description = kmem_cache_alloc(find_cache("vmap_area"), GFP_KERNEL);
	vfree(vmalloc(1));
	vmalloc_settle();
}

unsigned long nr_vmap_areas(void)
{
	const struct vm_struct *area;
	unsigned long nr = 0, flags;

	spin_lock_irqsave(&vmap_lock, flags);
	for_each_vmap_area(area)
		nr++;
	spin_unlock_irqrestore(&vmap_lock, flags);
	return nr;
}

/* A case does itself what it puts off: not a worker, when it likes, and perhaps a new one. */
static void (*worker)(void);

/* ---- rooms ---- */

/*
 * Call @room for what lies free between areas, lowest first, until it returns true. The order of
 * the areas is taken on trust here: vmalloc_validate() looks at it.
 */
static bool each_room(bool (*room)(unsigned long start, unsigned long end, void *arg), void *arg)
{
	unsigned long start = VMALLOC_START, flags;
	const struct vm_struct *area;
	bool done = false;

	spin_lock_irqsave(&vmap_lock, flags);
	for_each_vmap_area(area) {
		done = room(start, (unsigned long)area->addr, arg);
		if (done)
			break;
		start = (unsigned long)area->addr + area->size;
	}
	spin_unlock_irqrestore(&vmap_lock, flags);
	return done || room(start, VMALLOC_END, arg);
}

/* One for each CPU's worker that is not where it was, and for modules. */
static struct vm_struct *plugs[48];
static unsigned int nr_plugs;
static unsigned long hole_sizes[ARRAY_SIZE(plugs)];

static bool note_hole(unsigned long start, unsigned long end, void *arg)
{
	unsigned int *nr = arg;

	if (end == VMALLOC_END || *nr == ARRAY_SIZE(hole_sizes))
		return true;
	if (end != start)
		hole_sizes[(*nr)++] = end - start;
	return false;
}

/*
 * Threads have come and gone, and left holes between those who stay. A case shall find none: whatever
 * it asks for then lies side by side. From the lowest on, each hole gets what fits exactly.
 */
static void plug_holes(void)
{
	unsigned int nr = 0;

	each_room(note_hole, &nr);
	for (nr_plugs = 0; nr_plugs < nr; nr_plugs++) {
		plugs[nr_plugs] = get_vm_area(hole_sizes[nr_plugs], VM_MAP | VM_NO_GUARD);
		if (!plugs[nr_plugs])
			break;
	}
}

static void unplug_holes(void)
{
	while (nr_plugs)
		free_vm_area(plugs[--nr_plugs]);
}

int vmalloc_sandbox_enter(struct kunit *test)
{
	worker = vmalloc_ask_worker;
	vmalloc_ask_worker = NULL;
	vmalloc_settle_all();
	free_before = nr_free_pages();
	areas_before = nr_vmap_areas();
	pages_before = vmalloc_nr_pages();
	plug_holes();
	warm_up();
	return 0;
}

void vmalloc_sandbox_leave(struct kunit *test)
{
	fail_pages_stop();
	vmap_set_lazy_limit(0);
	kmem_cache_free(find_cache("vmap_area"), description);
	unplug_holes();
	vmalloc_settle_all();
	KUNIT_EXPECT_EQ(test, nr_vmap_areas(), areas_before);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), pages_before);
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	KUNIT_EXPECT_TRUE(test, zones_validate());
	vmalloc_ask_worker = worker;
}

/* ---- what there is room for ---- */

unsigned long affordable_pages(void)
{
	unsigned long memory = max(si_mem_available(), 0L) / 4;

	return clamp(memory, 1UL, oracle_largest_room() / PAGE_SIZE / 4);
}

struct wish {
	unsigned long size, align, found;
};

static bool is_fulfilled(unsigned long start, unsigned long end, void *arg)
{
	struct wish *wish = arg;

	if (end - start < wish->size + wish->align - PAGE_SIZE)
		return false;
	wish->found = ALIGN(start, wish->align);
	return true;
}

unsigned long oracle_lowest_room(unsigned long size, unsigned long align)
{
	struct wish wish = { .size = size, .align = align };

	vm_unmap_aliases();
	return each_room(is_fulfilled, &wish) ? wish.found : 0;
}

static bool is_never_enough(unsigned long start, unsigned long end, void *arg)
{
	unsigned long *largest = arg;

	*largest = max(*largest, end - start);
	return false;
}

unsigned long oracle_largest_room(void)
{
	unsigned long largest = 0;

	vm_unmap_aliases();
	each_room(is_never_enough, &largest);
	return largest;
}

/* ---- contents ---- */

static void tag_page(u32 *page, u32 tag, unsigned long i)
{
	page[0] = tag + i;
	page[PAGE_SIZE / sizeof(u32) - 1] = ~(tag + i);
}

static bool page_is_tagged(const u32 *page, u32 tag, unsigned long i)
{
	return page[0] == (u32)(tag + i) && page[PAGE_SIZE / sizeof(u32) - 1] == ~(u32)(tag + i);
}

void tag_pages(void *addr, unsigned long nr, u32 tag)
{
	kasan_disable_current();	/* whole pages, if less was asked for, too */
	for (unsigned long i = 0; i < nr; i++)
		tag_page(addr + i * PAGE_SIZE, tag, i);
	kasan_enable_current();
}

bool pages_are_tagged(const void *addr, unsigned long nr, u32 tag)
{
	unsigned long i = 0;

	kasan_disable_current();
	while (i < nr && page_is_tagged(addr + i * PAGE_SIZE, tag, i))
		i++;
	kasan_enable_current();
	return i == nr;
}

void tag_frame(unsigned long pfn, u32 tag, unsigned long i)
{
	u32 *page = kmap_local_pfn(pfn);

	tag_page(page, tag, i);
	kunmap_local(page);
}

bool frame_is_tagged(unsigned long pfn, u32 tag, unsigned long i)
{
	const u32 *page = kmap_local_pfn(pfn);
	bool is = page_is_tagged(page, tag, i);

	kunmap_local(page);
	return is;
}

bool pages_are_filled(const void *addr, unsigned long nr, u8 value)
{
	bool filled;

	kasan_disable_current();
	filled = !memchr_inv(addr, value, nr * PAGE_SIZE);
	kasan_enable_current();
	return filled;
}

const char *fault_at(const void *addr)
{
	static char pattern[64];

	snprintf(pattern, sizeof(pattern), "BUG: unable to handle page fault for address: %08lx",
		 (unsigned long)addr);
	return pattern;
}

/* ---- page allocations that fail ---- */

static unsigned long asked, fail_first, fail_last;

static bool may_alloc(gfp_t gfp, unsigned int order)
{
	unsigned long n = asked++;

	return n < fail_first || n > fail_last;
}

static struct page_observer failing = { .name = "vmalloc_sandbox", .may_alloc = may_alloc };

static void fail_pages(unsigned long first, unsigned long last)
{
	asked = 0;
	fail_first = first;
	fail_last = last;
	page_observer_attach(&failing);
}

void fail_pages_from(unsigned long n)
{
	fail_pages(n, ULONG_MAX);
}

void fail_one_page(unsigned long n)
{
	fail_pages(n, n);
}

unsigned long fail_pages_stop(void)
{
	page_observer_detach(&failing);
	return asked;
}
