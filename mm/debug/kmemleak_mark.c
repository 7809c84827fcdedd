// SPDX-License-Identifier: MIT
/*
 * The leak finder's marks: which objects there are, and which were reached. kmemleak_scan.c says
 * when.
 *
 * The stack of objects to look into has room for some only. One that finds no room is reached, but
 * not looked into; that is made good when the stack is empty, by looking into all objects that were
 * reached so far. That happens when one object refers to very many, not with long lists: their
 * links are followed one by one.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/sort.h>
#include <linux/uaccess.h>

#include "../internal.h"
#include "kmemleak.h"

/* ---- regions ---- */

static void add_region(struct scan *s, unsigned long start, size_t size, unsigned int objects)
{
	if (s->regions)
		s->regions[s->nr_regions] = (struct scan_region){ start, start + size, s->nr_bits };
	s->nr_regions++;
	s->nr_bits += objects;
}

static void collect_block(struct scan *s, const struct page *page)
{
	unsigned long addr = (unsigned long)page_to_virt(page);
	size_t size = PAGE_SIZE << page_block_order(page);

	if (page_state(page) != PAGE_ALLOCATED)
		return;
	if (PageSlab(page) && !(page->slab_cache->flags & SLAB_NOLEAKTRACE))
		add_region(s, addr, size, page->slab_cache->num);
	else if (!PageSlab(page) && PageHead(page) && page->slab_cache == KMALLOC_LARGE)
		add_region(s, addr, size, 1);
}

/* Those whose pages are mapped at an address of their own: the direct map's. */
static void collect_blocks(struct scan *s)
{
	struct page *page;
	unsigned long pfn;

	for (pfn = 0; pfn < max_low_pfn; pfn += 1UL << page_block_order(page)) {
		page = pfn_to_page(pfn);
		collect_block(s, page);
	}
}

static void collect_areas(struct scan *s)
{
	const struct vm_struct *area;
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	for_each_vmap_area(area)
		if ((area->flags & (VM_ALLOC | VM_LAZY)) == VM_ALLOC)
			add_region(s, (unsigned long)area->addr, get_vm_area_size(area), 1);
	spin_unlock_irqrestore(&vmap_lock, flags);
}

static int compare_regions(const void *a, const void *b)
{
	const struct scan_region *left = a, *right = b;

	return left->start < right->start ? -1 : left->start > right->start;
}

void scan_collect(struct scan *s)
{
	const struct kmemleak_note *note;

	s->nr_regions = 0;
	s->nr_bits = 0;
	collect_blocks(s);
	collect_areas(s);
	for_each_note(note)
		if (note->what & NOTE_BLOCK)
			add_region(s, note->addr, note->size, 1);
	if (s->regions)
		sort(s->regions, s->nr_regions, sizeof(*s->regions), compare_regions, NULL);
}

/* ---- from an address to its object ---- */

static const struct scan_region *find_region(const struct scan *s, unsigned long addr)
{
	unsigned int low = 0, high = s->nr_regions;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (addr < s->regions[middle].start)
			high = middle;
		else
			low = middle + 1;
	}
	return low && addr < s->regions[low - 1].end ? &s->regions[low - 1] : NULL;
}

/* The slab that a region is; NULL: it is one object. */
struct page *scan_slab_of(const struct scan_region *region)
{
	return virt_addr_valid(region->start) ? slab_page((const void *)region->start) : NULL;
}

static struct scan_object nth_object(const struct scan_region *region, const struct page *page,
				     unsigned int n)
{
	unsigned long start = (unsigned long)slab_object(page->slab_cache, page->slab, n);

	return (struct scan_object){
		start, start + page->slab_cache->object_size, region->bit + n };
}

/* False: @addr is in no object, free or not. */
bool scan_find(const struct scan *s, unsigned long addr, struct scan_object *object)
{
	const struct scan_region *region = find_region(s, addr);
	const struct page *page;
	unsigned int n;

	if (!region)
		return false;
	page = scan_slab_of(region);
	if (!page) {
		*object = (struct scan_object){ region->start, region->end, region->bit };
		return true;
	}
	if (addr < (unsigned long)page->slab->objects)
		return false;
	n = (addr - (unsigned long)page->slab->objects) / page->slab_cache->size;
	if (n >= page->slab_cache->num)
		return false;
	*object = nth_object(region, page, n);
	return addr >= object->start && addr < object->end;
}

/* ---- reaching ---- */

void scan_reach(struct scan *s, unsigned long addr)
{
	struct scan_object object;

	if (!scan_find(s, addr, &object) || !test_bit(object.bit, s->live) ||
	    __test_and_set_bit(object.bit, s->reached))
		return;
	if (s->depth < s->room)
		s->stack[s->depth++] = object;
	else
		s->overflow = true;
}

/* Pages may have been taken out of the page tables; guards are not in them. */
static bool is_readable(unsigned long addr)
{
	unsigned long word;

	return !copy_from_kernel_nofault(&word, (const void *)addr, sizeof(word));
}

/* KASAN's own zones between variables are words like others: it shall not mind. */
__attribute__((no_sanitize_address))
void scan_words(struct scan *s, unsigned long start, unsigned long end)
{
	unsigned long at = ALIGN(start, sizeof(long)), stop;

	for (; at < end && end - at >= sizeof(long); at = stop) {
		stop = min(ALIGN_DOWN(at, PAGE_SIZE) + PAGE_SIZE, ALIGN_DOWN(end, sizeof(long)));
		if (!is_readable(at))
			continue;
		for (const unsigned long *word = (void *)at; word < (unsigned long *)stop; word++)
			scan_reach(s, *word);
	}
}

bool scan_object_at(const struct scan *s, const struct scan_region *region, unsigned int n,
		      struct scan_object *object)
{
	const struct page *page = scan_slab_of(region);

	if (n >= (page ? page->slab_cache->num : 1))
		return false;
	if (page)
		*object = nth_object(region, page, n);
	else
		*object = (struct scan_object){ region->start, region->end, region->bit };
	return true;
}

/* ---- following ---- */

/* Somebody has told us that not all of it matters. */
static bool scan_parts(struct scan *s, const struct scan_object *object)
{
	const struct kmemleak_note *note;
	bool in_parts = false;

	for_each_note(note) {
		if (note->addr == object->start && (note->what & NOTE_NO_SCAN))
			return true;
		if (!(note->what & NOTE_AREA) || note->addr < object->start ||
		    note->addr >= object->end)
			continue;
		scan_words(s, note->addr, min(note->addr + note->size, object->end));
		in_parts = true;
	}
	return in_parts;
}

static void scan_object(struct scan *s, const struct scan_object *object)
{
	unsigned long start = object->start;

	touch_nmi_watchdog();
	if (s->sp > start && s->sp < object->end)	/* our own stack */
		start = s->sp;
	if (!s->picky || !scan_parts(s, object))
		scan_words(s, start, object->end);
}

static void empty_stack(struct scan *s)
{
	while (s->depth) {
		struct scan_object object = s->stack[--s->depth];

		scan_object(s, &object);
	}
}

void scan_follow(struct scan *s)
{
	const struct scan_region *region;
	struct scan_object object;
	unsigned int n;

	empty_stack(s);
	while (s->overflow) {
		s->overflow = false;
		for_each_object(s, region, n, object, true) {
			scan_object(s, &object);
			empty_stack(s);
		}
	}
}

/* ---- what is live ---- */

static void mark_live(struct scan *s, const struct scan_region *region)
{
	const struct page *page = scan_slab_of(region);

	if (!page) {
		__set_bit(region->bit, s->live);
		return;
	}
	for (unsigned int n = 0; n < page->slab_cache->num; n++)
		if (!slab_object_is_free(page->slab, n))
			__set_bit(region->bit + n, s->live);
}

static bool rounds_are_free(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
			    void *arg)
{
	struct scan *s = arg;
	struct scan_object object;

	for (unsigned int i = 0; i < nr; i++)
		if (scan_find(s, (unsigned long)rounds[i], &object))
			__clear_bit(object.bit, s->live);
	return true;
}

void scan_mark_live(struct scan *s)
{
	struct kmem_cache *cache;
	unsigned long flags;

	for (unsigned int i = 0; i < s->nr_regions; i++)
		mark_live(s, &s->regions[i]);
	spin_lock_irqsave(&slab_lock, flags);
	for_each_cache(cache)
		if (!(cache->flags & SLAB_NOLEAKTRACE))
			magazines_walk(cache, rounds_are_free, s);
	spin_unlock_irqrestore(&slab_lock, flags);
}
