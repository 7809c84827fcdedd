// SPDX-License-Identifier: MIT
/*
 * Slabs under pressure: all caches together as one shrinker.
 *
 * What caches keep and nobody uses, free slabs and objects in magazines, costs nothing to give back but
 * the work of making it again. Free slabs go first, those of the youngest caches before those of the
 * oldest, which others stand on. Magazines are drained only if that was not enough: every CPU has to be
 * asked. Shrinkers of objects are asked before this one (shrinker.c): what they free goes on to the
 * page allocator in the same round. Caches with SLAB_NO_REAP are left alone.
 *
 * Process context, with slab_mutex taken: nobody allocates with it.
 */
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/shrinker.h>

#include "internal.h"
#include "slab_cpu.h"

static bool may_be_reaped(const struct kmem_cache *cache)
{
	return !(cache->flags & SLAB_NO_REAP);
}

/* Free slabs, at most @pages of pages: how many pages went. slab_mutex is taken. */
static unsigned long reap(unsigned long pages)
{
	unsigned long freed = 0;
	struct kmem_cache *cache;

	list_for_each_entry_reverse(cache, &slab_caches, list) {
		unsigned long slabs = DIV_ROUND_UP(pages - freed, 1UL << cache->gfporder);
		unsigned long keep = max(READ_ONCE(cache->nr_free_slabs), slabs) - slabs;

		if (may_be_reaped(cache))
			freed += slab_reap(cache, keep) << cache->gfporder;
		if (freed >= pages)
			break;
	}
	return freed;
}

static void drain(void)
{
	struct kmem_cache *cache;

	for_each_cache(cache)
		if (may_be_reaped(cache))
			kasan_cache_shrink(cache);
	magazines_drain_all(may_be_reaped);
}

static unsigned long reap_after_draining(unsigned long pages)
{
	drain();
	return reap(pages);
}

void slab_reap_caches(void)
{
	mutex_lock(&slab_mutex);
	reap_after_draining(ULONG_MAX / 2);
	mutex_unlock(&slab_mutex);
}

/* ---- as a shrinker: its objects are pages ---- */

/* At most so many pages: if all free objects lay together. */
static unsigned long idle_pages(struct kmem_cache *cache)
{
	unsigned long objects = READ_ONCE(cache->nr_free_objects) + magazines_count(cache);

	return objects / cache->num << cache->gfporder;
}

static unsigned long count_idle(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long pages = 0;
	struct kmem_cache *cache;

	mutex_lock(&slab_mutex);
	for_each_cache(cache)
		if (may_be_reaped(cache))
			pages += idle_pages(cache);
	mutex_unlock(&slab_mutex);
	return pages ? pages : SHRINK_EMPTY;
}

static unsigned long free_idle(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed;

	mutex_lock(&slab_mutex);
	freed = reap(sc->nr_to_scan);
	if (freed < sc->nr_to_scan)
		freed += reap_after_draining(sc->nr_to_scan - freed);
	mutex_unlock(&slab_mutex);
	return freed ? freed : SHRINK_STOP;
}

static struct shrinker slab_shrinker = {
	.count_objects = count_idle, .scan_objects = free_idle, .seeks = 1, .batch = 16,
};

void __init slab_shrinker_init(void)
{
	register_shrinker(&slab_shrinker, "slab");
}
