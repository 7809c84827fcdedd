// SPDX-License-Identifier: MIT
/*
 * What slabs have left over: free ones that go back to the page allocator, objects that will never be
 * used again, and what is out at the end of a cache. (slab.c has the theory.)
 */
#include "internal.h"
#include "slab.h"

void slab_set_aside(struct kmem_cache *cache, void *object)
{
	struct slab *slab = virt_to_page(object)->slab;
	unsigned long flags;

	if (!remember_aside(object))
		return;
	spin_lock_irqsave(&cache->lock, flags);
	slab->nr_aside++;
	spin_unlock_irqrestore(&cache->lock, flags);
}

unsigned long slab_reap(struct kmem_cache *cache, unsigned long keep)
{
	LIST_HEAD(doomed);
	unsigned long flags, count = 0;

	spin_lock_irqsave(&cache->lock, flags);
	if (cache->watched)
		slab_watched_check(cache, NULL);
	for (; cache->nr_free_slabs > keep; count++) {
		list_move(cache->free.prev, &doomed);
		slab_count_listed(cache, -1);
		cache->nr_free_slabs--;
		cache->nr_slabs--;
		cache->nr_free_objects -= cache->num;
	}
	cache->nr_reaped += count;
	spin_unlock_irqrestore(&cache->lock, flags);
	slabs_destroy(cache, &doomed);
	return count;
}

unsigned long slab_objects_out(struct kmem_cache *cache)
{
	unsigned long flags, out;
	struct slab *slab;

	spin_lock_irqsave(&cache->lock, flags);
	out = cache->nr_slabs * cache->num - cache->nr_free_objects;
	list_for_each_entry(slab, &cache->partial, list)
		out -= slab->nr_aside;
	list_for_each_entry(slab, &cache->full, list)
		out -= slab->nr_aside;
	spin_unlock_irqrestore(&cache->lock, flags);
	return out;
}

void slab_destroy_all(struct kmem_cache *cache)
{
	for (; cache->nr_slabs; cache->nr_slabs--)
		slab_count_listed(cache, -1);
	slabs_destroy(cache, &cache->free);
	slabs_destroy(cache, &cache->partial);
	slabs_destroy(cache, &cache->full);
}
