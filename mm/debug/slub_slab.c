// SPDX-License-Identifier: MIT
/*
 * slub_debug=F: is the description of a slab damaged? It mostly stands on the slab, behind whatever
 * ends on the page before and in front of the first object: who overruns one or underruns the other
 * hits it, and the allocator would then hand out what is somebody's, or follow wild links.
 *
 * 1. What must hold (mm/slab.h), and is looked at before the description is relied on
 *	links	both neighbours on the list lead back here
 *	base	objects = the slab's first byte + first_slot: such caches have one colour
 *	count	nr_free = the number of bits set, none of which is behind the last object's;
 *		nr_free + nr_aside <= num
 *
 * 2. What is done about it
 * What can be known from elsewhere is restored: links from the neighbours, the base from the pages,
 * the count from the bits, if the cache's own sum over all slabs agrees with them. Otherwise the
 * bits are wrong, and nobody knows which objects are free: all count as in use, and those that were
 * free stay aside, as SLUB has it. Their owners can free the others as before. The number that was
 * free is known from the sum.
 *
 * 3. Limits
 * Links are restored if their neighbours still have theirs; otherwise the report is all there is.
 * Bits that were changed so that their number is right are not noticed here: with Z, the object's
 * red zones betray them.
 *
 * 4. Contexts
 * Any but NMI, under cache->lock. It costs a look at each 32 objects of one slab.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include "../slab_report.h"
#include "slub.h"

/* ---- reports ---- */

/* The page that @slab begins with, by what the pages say; NULL: none says it is @slab's. */
static struct page *first_page(const struct kmem_cache *cache, const struct slab *slab)
{
	struct page *page = slab_page(cache->slab_cache ? slab->objects : slab);
	unsigned long pfn;

	for (pfn = 0; (!page || page->slab != slab) && pfn < max_low_pfn; pfn++)
		page = page_is_slab(pfn_to_page(pfn)) ? pfn_to_page(pfn) : NULL;
	if (!page || page->slab != slab)
		return NULL;
	return pfn_to_page(ALIGN_DOWN(page_to_pfn(page), 1UL << cache->gfporder));
}

/* The rest of a report that slab_bug() has begun. */
static __cold void report_description(const struct kmem_cache *cache, const struct slab *slab)
{
	const struct page *page = first_page(cache, slab);

	if (page)
		slab_report_slab(cache, page);
	pr_err("\n");
	slab_dump(KERN_ERR, "Descript ", slab, slab_description_size(cache->num));
	dump_stack();
}

/* ---- links ---- */

#define LISTS(cache) { &(cache)->full, &(cache)->partial, &(cache)->free }

/* May it be followed? It is the head of a list, or where a description can be. */
static bool link_sane(struct kmem_cache *cache, const struct list_head *link)
{
	const struct page *page = slab_page(link);

	if (link == &cache->full || link == &cache->partial || link == &cache->free)
		return true;
	return page && (unsigned long)link % sizeof(long) == 0 &&
	       page->slab_cache == (cache->slab_cache ?: cache);
}

static bool links_hold(struct kmem_cache *cache, const struct list_head *link)
{
	return link_sane(cache, link->next) && link_sane(cache, link->prev) &&
	       link->next->prev == link && link->prev->next == link;
}

/* Which link of @list leads to @link; NULL: none that can be reached. */
static struct list_head *find_prev(struct kmem_cache *cache, struct list_head *list,
				   const struct list_head *link)
{
	struct list_head *prev = list;

	for (unsigned long n = 0; n <= cache->nr_slabs && link_sane(cache, prev); n++) {
		if (prev->next == link)
			return prev;
		prev = prev->next;
	}
	return NULL;
}

static struct list_head *find_next(struct kmem_cache *cache, struct list_head *list,
				   const struct list_head *link)
{
	struct list_head *next = list;

	for (unsigned long n = 0; n <= cache->nr_slabs && link_sane(cache, next); n++) {
		if (next->prev == link)
			return next;
		next = next->prev;
	}
	return NULL;
}

static __cold bool mend_links(struct kmem_cache *cache, struct slab *slab)
{
	struct list_head *const lists[] = LISTS(cache);

	for (int i = 0; i < ARRAY_SIZE(lists); i++) {
		struct list_head *prev = find_prev(cache, lists[i], &slab->list);
		struct list_head *next = find_next(cache, lists[i], &slab->list);

		if (!prev || !next)
			continue;
		slab->list.prev = prev;
		slab->list.next = next;
		slab_fix(cache, "Restoring links 0x%px 0x%px", next, prev);
		return true;
	}
	return false;
}

/* False: they do not hold, and cannot be restored. */
static bool check_links(struct kmem_cache *cache, struct slab *slab)
{
	if (likely(links_hold(cache, &slab->list)))
		return true;
	if (slab_bug(cache, "Slab list corrupt. Links are 0x%px 0x%px", slab->list.next,
		     slab->list.prev))
		report_description(cache, slab);
	return mend_links(cache, slab);
}

/* ---- base ---- */

static void check_base(struct kmem_cache *cache, struct slab *slab)
{
	struct page *page = first_page(cache, slab);
	void *base;

	if (!page)
		return;
	base = page_address(page) + cache->first_slot;
	if (likely(slab->objects == base))
		return;
	if (slab_bug(cache, "Object base corrupt. It is 0x%px instead of 0x%px", slab->objects,
		     base))
		report_description(cache, slab);
	slab->objects = base;
	slab_fix(cache, "Restoring object base 0x%px", base);
}

/* ---- count and bits ---- */

/* What the other slabs have free, by their counts. Their links are restored on the way. */
static unsigned long free_in_others(struct kmem_cache *cache, const struct slab *slab)
{
	struct list_head *const lists[] = LISTS(cache);
	unsigned long sum = 0;
	struct slab *other;

	for (int i = 0; i < ARRAY_SIZE(lists); i++)
		list_for_each_entry(other, lists[i], list) {
			if (!check_links(cache, other))
				break;
			if (other != slab)
				sum += other->nr_free;
		}
	return sum;
}

/* On the list that its count makes it belong on. */
static void relist(struct kmem_cache *cache, struct slab *slab)
{
	struct list_head *right = &cache->partial, *link;

	if (!slab->nr_free)
		right = &cache->full;
	else if (slab->nr_free == cache->num)
		right = &cache->free;
	list_move(&slab->list, right);
	cache->nr_free_slabs = 0;
	list_for_each(link, &cache->free)
		cache->nr_free_slabs++;
}

static __cold void mend_count(struct kmem_cache *cache, struct slab *slab, unsigned int counted)
{
	if (slab_bug(cache, "Wrong object count. Counter is %u but counted were %u",
		     slab->nr_free, counted))
		report_description(cache, slab);
	slab->nr_free = counted;
	if (slab->nr_aside + counted > cache->num)
		slab->nr_aside = 0;
	slab_fix(cache, "Object count adjusted");
}

/* @was_free: how many objects nobody has; @counted: so many bits are set. */
static __cold void mend_bits(struct kmem_cache *cache, struct slab *slab, unsigned int was_free,
			     unsigned int counted)
{
	if (slab_bug(cache, "Freelist corrupt. %u objects are free but its bits say %u", was_free,
		     counted))
		report_description(cache, slab);
	bitmap_zero(slab->free, ALIGN(cache->num, BITS_PER_LONG));
	slab->nr_free = 0;
	if (slab->nr_aside + was_free > cache->num)
		slab->nr_aside = 0;
	slab->nr_aside += was_free;
	slab_fix(cache, "Marking all objects used");
}

static __cold void mend_free(struct kmem_cache *cache, struct slab *slab, unsigned int counted,
			     unsigned int all_counted)
{
	unsigned long others = free_in_others(cache, slab);
	unsigned long was_free = min_t(unsigned long, cache->nr_free_objects - others, cache->num);

	if (all_counted == was_free && counted == was_free)
		mend_count(cache, slab, counted);
	else
		mend_bits(cache, slab, was_free, all_counted);
	cache->nr_free_objects = others + slab->nr_free;
	relist(cache, slab);
}

static void check_free(struct kmem_cache *cache, struct slab *slab)
{
	unsigned int counted = bitmap_weight(slab->free, cache->num);
	unsigned int all = bitmap_weight(slab->free, ALIGN(cache->num, BITS_PER_LONG));

	if (unlikely(counted != slab->nr_free || all != counted ||
		     slab->nr_free + slab->nr_aside > cache->num))
		mend_free(cache, slab, counted, all);
}

/* ---- one, and all ---- */

static bool check_one(struct kmem_cache *cache, struct slab *slab)
{
	if (!check_links(cache, slab))
		return false;
	check_base(cache, slab);
	check_free(cache, slab);
	return true;
}

/* Which is next must be known before: mending may move this one to another list. */
static void check_list(struct kmem_cache *cache, struct list_head *list)
{
	struct list_head *link = list->next, *next;

	for (unsigned long n = 0; link != list && n < cache->nr_slabs; n++, link = next) {
		struct slab *slab = list_entry(link, struct slab, list);

		if (!check_links(cache, slab))
			return;
		next = link->next;
		check_one(cache, slab);
	}
}

static void check(struct kmem_cache *cache, struct slab *slab)
{
	struct list_head *const lists[] = LISTS(cache);

	if (slab)
		check_one(cache, slab);
	for (int i = 0; !slab && i < ARRAY_SIZE(lists); i++)
		check_list(cache, lists[i]);
}

/* ---- watching ---- */

static bool wants(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_CONSISTENCY_CHECKS;
}

static bool setup(void)
{
	return true;
}

static struct slab_observer slub_slab = {
	.name = "slub_debug=F",
	.setup = setup,
	.wants = wants,
	.check = check,
};
SLAB_OBSERVER(slub_slab);
