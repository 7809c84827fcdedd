// SPDX-License-Identifier: MIT
/*
 * KASAN's quarantine: freed objects wait here, oldest first, until so many others have been freed
 * after them that nobody should think of them any more. To its slab an object that waits is in use;
 * whoever frees it a second time is found out here.
 *
 *	bytes = the sum of the waiting objects' slots
 *	bytes <= bytes_limit, count <= ROOM		after each put
 *
 * `kasan_quarantine=off` on the command line: none. An object that waits counts as one in use, where
 * objects are counted; the tests that count them want it off.
 *
 * What waits is given back before a cache shrinks or ends, or memory is short: kasan_cache_shrink().
 * Any context but NMI. quarantine_lock, interrupts off, for the ring; what leaves it goes to its slab
 * under the lock.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/spinlock.h>

#include "../../slab.h"
#include "kasan.h"

#define ROOM		2048U	/* objects */
#define RAM_SHARE	64	/* no more than such a part of RAM */

bool kasan_quarantine = true;

static int __init parse_quarantine(char *value)
{
	return value ? kstrtobool(value, &kasan_quarantine) : -1;
}
early_param("kasan_quarantine", parse_quarantine);

static DEFINE_SPINLOCK(quarantine_lock);
static void *ring[ROOM];
static unsigned int oldest, count;
static unsigned long bytes;

/* All others who watch have been told of its free before it came here. */
static void give_back(void *object)
{
	struct kmem_cache *cache = virt_to_page(object)->slab_cache;

	bytes -= cache->size;
	slab_free(cache, 1, &object);
}

static void *take_oldest(void)
{
	void *object = ring[oldest];

	ring[oldest] = NULL;			/* the leak finder reads it, too */
	oldest = (oldest + 1) % ROOM;
	count--;
	return object;
}

static bool is_full(void)
{
	return count == ROOM || bytes > (totalram_pages() << PAGE_SHIFT) / RAM_SHARE;
}

bool kasan_quarantine_put(struct kmem_cache *cache, void *object)
{
	unsigned long flags;

	if (!kasan_quarantine)
		return false;
	spin_lock_irqsave(&quarantine_lock, flags);
	while (count && is_full())
		give_back(take_oldest());
	ring[(oldest + count++) % ROOM] = object;
	bytes += cache->size;
	spin_unlock_irqrestore(&quarantine_lock, flags);
	return true;
}

/* One turn of the ring: whoever is not of @cache goes to its end again. */
void kasan_cache_shrink(const struct kmem_cache *cache)
{
	unsigned long flags;

	spin_lock_irqsave(&quarantine_lock, flags);
	for (unsigned int left = count; left; left--) {
		void *object = take_oldest();

		if (virt_to_page(object)->slab_cache == cache)
			give_back(object);
		else
			ring[(oldest + count++) % ROOM] = object;
	}
	spin_unlock_irqrestore(&quarantine_lock, flags);
}
