// SPDX-License-Identifier: MIT
/*
 * How a slab is cut: how many pages, how many objects, and where its description lies.
 *
 * 1. The idea
 * A slab is 2^order pages. What objects and description do not fill is lost. Larger slabs lose
 * less, but pages in a row are harder to get, and a cache of three objects takes a whole slab. So:
 * the smallest order at which at most a 32nd part is no object's; or, if there is none up to order
 * 3, the one at which objects cost least. (Bonwick, 1994, section 3.3, has an eighth.)
 *
 * 2. The description, in the slab or outside
 * In the slab, it takes the place of objects: nearly none if they are small, a whole one if they
 * would have filled the slab to the last byte, as powers of two do. Outside, it is an object of a
 * cache of descriptions. What costs less, counting everything, is done.
 *
 * 3. Colour
 * What is left over is divided into places for the first object, a cache line from one to the
 * next: slab.c, section 4. Where consistency is checked there is one place: what a description says
 * of it can then be checked, and restored.
 *
 * There is no state here, and there are no locks.
 */
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "slab.h"

/* Not larger than this, as long as one object fits: blocks of 2^3 pages are nearly always there. */
#define SLAB_MAX_ORDER	3

size_t slab_description_size(unsigned int num)
{
	return sizeof(struct slab) + BITS_TO_LONGS(num) * sizeof(unsigned long);
}

/* As a slab of 2^@order pages is cut, with or without its description in it. */
struct cut {
	unsigned int order, num, first_slot;
	bool outside;
	size_t bytes;		/* of all kinds, together */
};

static struct cut cut_slab(const struct kmem_cache *cache, unsigned int order, bool outside)
{
	size_t room = PAGE_SIZE << order;
	struct cut cut = { .order = order, .num = room / cache->size, .outside = outside };

	if (outside) {
		cut.bytes = room + slab_description_size(SLAB_OUTSIDE_OBJECTS);
		if (cut.num > SLAB_OUTSIDE_OBJECTS)
			cut.num = 0;
		return cut;
	}
	cut.bytes = room;
	for (; cut.num; cut.num--) {
		cut.first_slot = ALIGN(slab_description_size(cut.num), cache->align);
		if (cut.first_slot + cut.num * cache->size <= room)
			break;
	}
	return cut;
}

/* Does an object cost less in @a than in @b? */
static bool cuts_better(const struct cut *a, const struct cut *b)
{
	return (u64)a->bytes * b->num < (u64)b->bytes * a->num;
}

/* At most a 32nd part of it is no object's. */
static bool is_good_enough(const struct kmem_cache *cache, const struct cut *cut)
{
	return cut->num && (cut->bytes - cut->num * cache->size) * 32 <= cut->bytes;
}

/* Of all orders the smallest that is good enough, or the best. No objects: there is none. */
static struct cut best_cut(const struct kmem_cache *cache, bool outside)
{
	struct cut best = { .bytes = 1 };

	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct cut cut = cut_slab(cache, order, outside);

		if (cut.num && (!best.num || cuts_better(&cut, &best)))
			best = cut;
		if (is_good_enough(cache, &cut) || (best.num && order >= SLAB_MAX_ORDER))
			break;
	}
	return best;
}

/*
 * With the description in the slab, unless objects then cost more, as those do that would fill a
 * slab to the last byte.
 */
static struct cut choose_cut(const struct kmem_cache *cache)
{
	struct cut inside = best_cut(cache, false), outside;

	if (!cache->slab_cache)
		return inside;
	outside = best_cut(cache, true);
	return outside.num && (!inside.num || cuts_better(&outside, &inside)) ? outside : inside;
}

bool slab_lay_out(struct kmem_cache *cache)
{
	struct cut cut = choose_cut(cache);
	size_t rest;

	if (!cut.num)
		return false;
	if (!cut.outside)
		cache->slab_cache = NULL;
	cache->gfporder = cut.order;
	cache->num = cut.num;
	cache->first_slot = cut.first_slot;
	cache->reciprocal = U32_MAX / cache->size + 1;
	rest = (PAGE_SIZE << cut.order) - cut.first_slot - cut.num * cache->size;
	cache->colour_off = max_t(unsigned int, cache->align, cache_line_size());
	cache->nr_colours = rest / cache->colour_off + 1;
	if (cache->flags & SLAB_CONSISTENCY_CHECKS)
		cache->nr_colours = 1;
	return true;
}
