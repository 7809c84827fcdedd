// SPDX-License-Identifier: MIT
/*
 * Checks, one by one, what mm/slab.h promises beside struct slab, struct magazine and struct
 * kmem_cache.
 *
 *	slabs		each is on the list that its objects make it belong on; its pages lead to it,
 *			and it lies where its cache says that slots begin
 *	objects		each is in one state: free in its slab, in one magazine, or somebody's. So what
 *			a magazine has must be an object of this cache, not free in its slab, and in no
 *			magazine a second time
 *	sums		what the cache counts is what its slabs add up to; and all caches' slabs are all
 *			the pages that say to be some slab's
 *
 * That nothing is in two magazines is found without room to note anything down: each of them is
 * marked as free in its slab, which it cannot be; whoever has the mark already is there twice; then
 * the marks are taken off again. The lock of the cache is held for so long, and the depot's lock is
 * taken inside it.
 *
 * Links are not trusted: where one cannot be followed, it is reported and the walk ends.
 *
 * The cost: a constant for each page of a slab, each 32 objects, and each object in a magazine.
 *
 * All other CPUs stand still meanwhile, outside their magazines (<linux/stop_machine.h>): so what no
 * lock guards holds as well. slab_mutex is taken, so that no magazines are just being switched off. Slabs
 * and objects may be on their way between two places, in the hands of a thread that does not run: slabs
 * are counted (slab_pages_moving()), objects are somebody's. Where nobody can be waited for, with
 * interrupts off or in one, other CPUs go on, and may be found in the middle of something.
 *
 * Not checked: what is written in objects (slub_debug.c does).
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/stop_machine.h>

#include "../slab.h"
#include "checkers.h"

struct inquiry {
	struct complaints complaints;
	struct kmem_cache *cache;
	bool lost;			/* the walk cannot go on */
	unsigned long nr_slabs, nr_free_slabs, nr_free_objects;
	unsigned long nr_rounds;	/* objects in magazines */
};

/* ---- how slabs are cut ---- */

static size_t description_size(const struct kmem_cache *cache)
{
	return sizeof(struct slab) + bitmap_size(cache->num);
}

static void check_layout(struct inquiry *q)
{
	const struct kmem_cache *cache = q->cache;
	unsigned long bytes = PAGE_SIZE << cache->gfporder;
	u64 unit = (u64)cache->reciprocal * cache->size;

	if (cache->object_offset + cache->object_size > cache->size)
		complain(q, "an object ends %u bytes into its slot of %u",
			 cache->object_offset + cache->object_size, cache->size);
	if ((cache->size | cache->object_offset) & (cache->align - 1))
		complain(q, "slots of %u bytes, with the object at %u, do not keep to %u",
			 cache->size, cache->object_offset, cache->align);
	if (!cache->num || cache->first_slot + cache->num * cache->size > bytes)
		complain(q, "%u slots of %u bytes from %u on are not what %lu bytes have room for",
			 cache->num, cache->size, cache->first_slot, bytes);
	if (!cache->slab_cache && cache->first_slot < description_size(cache))
		complain(q, "the first slot begins at %u, inside the description", cache->first_slot);
	if (unit >> 32 != 1 || (u32)unit > cache->size)
		complain(q, "%#x is not the reciprocal of %u", cache->reciprocal, cache->size);
}

/* ---- one slab ---- */

static void check_pages(struct inquiry *q, const struct slab *slab, struct page *head)
{
	for (unsigned int i = 0; i < 1U << q->cache->gfporder; i++) {
		const struct page *page = head + i;

		if (!PageSlab(page) || page->slab_cache != q->cache || page->slab != slab)
			complain(q, "page %u of slab %px does not lead to it", i, slab);
	}
}

/* @offset: of the first slot from the slab's first byte. */
static bool is_colour(const struct kmem_cache *cache, unsigned long offset)
{
	unsigned long colour = offset - cache->first_slot;

	if (offset < cache->first_slot)
		return false;
	if (!colour)
		return true;
	return cache->colour_off && colour % cache->colour_off == 0 &&
	       colour / cache->colour_off < cache->nr_colours;
}

static void check_place(struct inquiry *q, const struct slab *slab)
{
	const struct kmem_cache *cache = q->cache;
	struct page *head = block_head(virt_to_page(slab->objects));
	unsigned long bytes = PAGE_SIZE << cache->gfporder, offset;

	if (!head || page_state(head) != PAGE_ALLOCATED || page_block_order(head) != cache->gfporder) {
		complain(q, "slab %px is no allocated block of order %u", slab, cache->gfporder);
		return;
	}
	check_pages(q, slab, head);
	offset = slab->objects - page_address(head);
	if (!is_colour(cache, offset) || offset + cache->num * cache->size > bytes)
		complain(q, "slab %px has its first slot at byte %lu", slab, offset);
	else if ((unsigned long)slab_object(cache, slab, 0) & (cache->align - 1))
		complain(q, "slab %px has objects that are not aligned to %u", slab, cache->align);
	if (!cache->slab_cache && slab != page_address(head))
		complain(q, "slab %px is not described on its first bytes", slab);
}

static void check_bitmap(struct inquiry *q, const struct slab *slab)
{
	unsigned int num = q->cache->num, weight = bitmap_weight(slab->free, num);

	if (weight != slab->nr_free)
		complain(q, "slab %px has %u free objects, but its bits say %u", slab,
			 slab->nr_free, weight);
	if (slab->nr_free + slab->nr_aside > num)
		complain(q, "slab %px has %u objects free and %u set aside, of %u", slab,
			 slab->nr_free, slab->nr_aside, num);
	if (num % BITS_PER_LONG && slab->free[num / BITS_PER_LONG] >> (num % BITS_PER_LONG))
		complain(q, "slab %px has free objects behind its last one, which is %u", slab,
			 num - 1);
}

/* ---- the lists ---- */

static struct list_head *list_of(struct kmem_cache *cache, const struct slab *slab)
{
	if (!slab->nr_free)
		return &cache->full;
	return slab->nr_free == cache->num ? &cache->free : &cache->partial;
}

static const char *list_word(const struct kmem_cache *cache, const struct list_head *list)
{
	if (list == &cache->full)
		return "full";
	return list == &cache->free ? "free" : "partial";
}

static bool is_of(const struct kmem_cache *cache, const void *addr)
{
	const struct page *page = slab_page(addr);

	return page && page->slab_cache == cache;
}

/* May we look at it? @link is in it, and was found behind @before. */
static bool link_sane(struct inquiry *q, const struct list_head *link,
		      const struct list_head *before, const char *word)
{
	const struct slab *slab = list_entry(link, struct slab, list);
	const struct kmem_cache *home = q->cache->slab_cache ?: q->cache;

	if ((unsigned long)link % sizeof(long) || !is_of(home, slab))
		complain(q, "a link of the %s list leads to %px, where there can be no slab", word,
			 slab);
	else if (link->prev != before)
		complain(q, "slab %px on the %s list does not lead back to the one before", slab, word);
	else if (!is_of(q->cache, slab->objects) || slab_page(slab->objects)->slab != slab)
		complain(q, "slab %px has its objects at %px, which are another's", slab, slab->objects);
	else
		return true;
	q->lost = true;
	return false;
}

static void check_slab(struct inquiry *q, struct list_head *list, const struct slab *slab)
{
	struct kmem_cache *cache = q->cache;
	const struct list_head *right = list_of(cache, slab);

	if (list != right)
		complain(q, "slab %px has %u of %u objects free, and is on the %s list", slab,
			 slab->nr_free, cache->num, list_word(cache, list));
	check_place(q, slab);
	check_bitmap(q, slab);
	q->nr_slabs++;
	q->nr_free_slabs += list == &cache->free;
	q->nr_free_objects += slab->nr_free;
}

static void check_list(struct inquiry *q, struct list_head *list)
{
	const struct list_head *before = list, *link;
	const char *word = list_word(q->cache, list);

	for (link = list->next; link != list; before = link, link = link->next) {
		if (!link_sane(q, link, before, word))
			return;
		check_slab(q, list, list_entry(link, struct slab, list));
	}
	if (list->prev != before) {
		complain(q, "the %s list does not end where it says", word);
		q->lost = true;
	}
}

static void check_counts(struct inquiry *q)
{
	const struct kmem_cache *cache = q->cache;

	if (q->nr_slabs != cache->nr_slabs)
		complain(q, "nr_slabs is %lu, but there are %lu", cache->nr_slabs, q->nr_slabs);
	if (q->nr_free_slabs != cache->nr_free_slabs)
		complain(q, "nr_free_slabs is %lu, but there are %lu", cache->nr_free_slabs,
			 q->nr_free_slabs);
	if (q->nr_free_objects != cache->nr_free_objects)
		complain(q, "nr_free_objects is %lu, but slabs have %lu", cache->nr_free_objects,
			 q->nr_free_objects);
}

/* ---- magazines ---- */

static void **floor_of(struct magazine *magazine)
{
	return &magazine->floor;
}

/* May we look at it? */
static bool magazine_sane(struct inquiry *q, struct magazine *magazine, const char *place)
{
	if ((unsigned long)magazine % sizeof(long) || !slab_page(magazine))
		complain(q, "%s, there is a magazine at %px, where there can be none", place, magazine);
	else if (magazine->floor)
		complain(q, "%s, magazine %px has %px below its last round", place, magazine,
			 magazine->floor);
	else
		return true;
	q->lost = true;
	return false;
}

/* The same, and may we look at what is in it? @its_top may lie in it. */
static bool rounds_sane(struct inquiry *q, struct magazine *magazine, void **const *its_top,
			const char *place)
{
	void **top;

	if (!magazine_sane(q, magazine, place))
		return false;
	top = *its_top;
	if (top >= floor_of(magazine) && top <= floor_of(magazine) + magazine->rounds)
		return true;
	complain(q, "%s, magazine %px of %u rounds has its top at %px", place, magazine,
		 magazine->rounds, top);
	q->lost = true;
	return false;
}

static void check_cpu(struct inquiry *q, unsigned int nr)
{
	const struct kmem_cache_cpu *cpu = &q->cache->cpu[nr];
	struct magazine *loaded = cpu->loaded;
	void **end = cpu->top;		/* nothing loaded: empty and full */

	if (cpu->previous)
		rounds_sane(q, cpu->previous, &cpu->previous->top, "not loaded");
	if (loaded && !rounds_sane(q, loaded, &cpu->top, "loaded"))
		return;
	if (loaded)
		end = floor_of(loaded) + loaded->rounds;
	if (cpu->end != end)
		complain(q, "CPU %u's magazine %px ends at %px, not %px", nr, loaded, cpu->end, end);
}

static void check_depot_list(struct inquiry *q, struct magazine *magazine, unsigned int nr,
			     bool full)
{
	const char *word = full ? "full" : "empty", *place = full ? "among the full" : "among the empty";
	unsigned int i;

	for (i = 0; magazine && i <= nr && !q->lost; i++, magazine = magazine->next) {
		if (!rounds_sane(q, magazine, &magazine->top, place))
			return;
		if (full != (magazine->top > floor_of(magazine)))
			complain(q, "magazine %px is among the %s ones, with its top at %px", magazine,
				 word, magazine->top);
	}
	if (i != nr) {
		complain(q, "the depot counts %u %s magazines, but there are %s", nr, word,
			 i < nr ? "less" : "more");
		q->lost = true;
	}
}

static void check_depot(struct inquiry *q)
{
	struct depot *depot = &q->cache->depot;

	spin_lock(&depot->lock);
	check_depot_list(q, depot->full, depot->nr_full, true);
	check_depot_list(q, depot->empty, depot->nr_empty, false);
	spin_unlock(&depot->lock);
}

/* ---- what they have in them ---- */

static bool is_object_of(struct kmem_cache *cache, const void *object)
{
	const struct slab *slab;
	unsigned int index;

	if (!is_of(cache, object))
		return false;
	slab = slab_page(object)->slab;
	index = slab_index(cache, slab, object);
	return index < cache->num && slab_object(cache, slab, index) == object;
}

/* Its bit, for operations on bitmaps. */
#define BIT_OF(cache, slab, object) slab_index(cache, slab, object), (slab)->free

static const char *holder(int cpu)
{
	return cpu < 0 ? "the depot" : "a CPU";
}

static bool check_rounds(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
			 void *arg)
{
	struct inquiry *q = arg;

	for (unsigned int i = 0; i < nr; i++) {
		const struct slab *slab;

		if (!is_object_of(cache, rounds[i])) {
			complain(q, "%s has %px in a magazine, which is no object", holder(cpu),
				 rounds[i]);
			q->lost = true;
			continue;
		}
		slab = slab_page(rounds[i])->slab;
		if (test_bit(BIT_OF(cache, slab, rounds[i]))) {
			complain(q, "%s has %px in a magazine, which is free in its slab", holder(cpu),
				 rounds[i]);
			q->lost = true;
		}
	}
	q->nr_rounds += nr;
	return true;
}

static bool mark_rounds(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
			void *arg)
{
	struct inquiry *q = arg;

	for (unsigned int i = 0; i < nr; i++) {
		struct slab *slab = slab_page(rounds[i])->slab;

		if (__test_and_set_bit(BIT_OF(cache, slab, rounds[i])))
			complain(q, "%s has %px in a magazine, and it is in a magazine already",
				 holder(cpu), rounds[i]);
	}
	return true;
}

static bool unmark_rounds(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
			  void *arg)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct slab *slab = slab_page(rounds[i])->slab;

		__clear_bit(BIT_OF(cache, slab, rounds[i]));
	}
	return true;
}

static void check_magazines(struct inquiry *q)
{
	struct kmem_cache *cache = q->cache;

	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		check_cpu(q, cpu);
	check_depot(q);
	if (q->lost)
		return;
	magazines_walk(cache, check_rounds, q);
	if (q->nr_rounds && !cache->has_magazines)
		complain(q, "%lu objects are in magazines, and it may have none", q->nr_rounds);
	if (q->lost)
		return;
	magazines_walk(cache, mark_rounds, q);
	magazines_walk(cache, unmark_rounds, q);
}

/* ---- one cache ---- */

/* Takes the lock of @cache. */
static bool check_cache(struct kmem_cache *cache)
{
	struct inquiry q = {
		.complaints = { .of = "cache ", .name = cache->name },
		.cache = cache,
	};
	unsigned long flags;

	spin_lock_irqsave(&cache->lock, flags);
	check_layout(&q);
	check_list(&q, &cache->full);
	check_list(&q, &cache->partial);
	check_list(&q, &cache->free);
	if (!q.lost) {
		check_counts(&q);
		check_magazines(&q);
	}
	spin_unlock_irqrestore(&cache->lock, flags);
	return no_complaints(&q.complaints);
}

static int check_stopped(void *cache)
{
	return check_cache(cache);
}

/* ---- all caches, and all pages ---- */

/* Pages whose block is allocated, and which say to be some slab's. */
static unsigned long count_slab_pages(void)
{
	unsigned long pfn, nr = 0;
	struct page *page;

	for (pfn = 0; pfn < max_low_pfn; pfn += 1UL << page_block_order(page)) {
		page = pfn_to_page(pfn);
		if (page_state(page) != PAGE_ALLOCATED || !PageSlab(page))
			continue;
		nr += 1UL << page_block_order(page);
	}
	return nr;
}

static void check_sums(struct inquiry *q)
{
	unsigned long pages[2] = { 0, 0 }, found = count_slab_pages();
	const struct kmem_cache *cache;

	for_each_cache(cache)
		pages[!!(cache->flags & SLAB_RECLAIM_ACCOUNT)] += cache->nr_slabs << cache->gfporder;
	for (int i = 0; i < 2; i++)
		if (pages[i] + slab_pages_moving(i) != slab_pages(i))
			complain(q, "%lu pages are counted as %sreclaimable, but caches have %lu",
				 slab_pages(i), i ? "" : "un", pages[i] + slab_pages_moving(i));
	if (found < pages[0] + pages[1] || found > slab_pages(0) + slab_pages(1))
		complain(q, "%lu pages say to be some slab's, but caches have %lu", found,
			 pages[0] + pages[1]);
}

static int check_all_stopped(void *unused)
{
	struct inquiry q = { .complaints.of = "caches" };
	struct kmem_cache *cache;
	bool good = true;
	unsigned long flags;

	spin_lock_irqsave(&slab_lock, flags);
	for_each_cache(cache)
		good &= check_cache(cache);
	check_sums(&q);
	spin_unlock_irqrestore(&slab_lock, flags);
	return no_complaints(&q.complaints) && good;
}

/* ---- with the others stopped ---- */

static bool call_stopped(cpu_stop_fn_t check, void *arg)
{
	bool may_wait = preemptible(), good;

	if (may_wait)
		mutex_lock(&slab_mutex);
	good = stop_machine_if_possible(check, arg);
	if (may_wait)
		mutex_unlock(&slab_mutex);
	return good;
}

bool cache_validate(struct kmem_cache *cache)
{
	return call_stopped(check_stopped, cache);
}

bool caches_validate(void)
{
	return call_stopped(check_all_stopped, NULL);
}
