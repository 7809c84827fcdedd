// SPDX-License-Identifier: MIT
/*
 * Magazines, and the depot for those that no CPU has a place for.
 *
 * 1. The idea
 * slab_cpu.c tells what magazines are for. They are objects themselves, of one cache for each number
 * of rounds; those caches have no magazines. Each cache has a depot: a list of full ones, and a
 * list of empty ones. A CPU brings a full one and takes an empty one along, or the other way round.
 *
 * 2. How many rounds
 * Objects up to 256 bytes begin with 28 to a magazine, larger ones with fewer. When CPUs meet at the
 * depot's lock again and again, or just come there very often where they could meet, the cache's
 * magazines become twice as large, twice at most: then they come less often. (Bonwick and Adams,
 * section 3.4, "Dynamic Magazine Resizing"; they count meetings only.) The smaller ones go when they
 * come back empty.
 *
 * 3. How many magazines
 *	nr_full <= limit	with up to 1/1024 of low memory in them
 *	nr_empty <= limit + 1
 * What is more goes back to the slabs. A "full" magazine may have fewer objects than it has room for,
 * but not none.
 *
 * 4. Locking, contexts
 * depot.lock, interrupts off, for a push or a pop. Magazines are filled, emptied, allocated and
 * freed without it. Any context but NMI.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>

#include "internal.h"
#include "slab_cpu.h"

/* ---- magazines themselves ---- */

const unsigned char magazine_rounds[MAGAZINE_TYPES] = { 4, 12, 28, 60, 124 };
struct kmem_cache *magazine_caches[MAGAZINE_TYPES];

struct magazine *new_magazine(struct kmem_cache *cache, gfp_t gfp)
{
	unsigned int type = cache->depot.type;
	struct magazine *magazine;
	void *object;

	gfp = (gfp & GFP_RECLAIM_MASK & ~__GFP_NOFAIL) | __GFP_NOWARN;
	if (!slab_alloc(magazine_caches[type], gfp, 1, &object))
		return NULL;
	magazine = object;
	magazine->rounds = magazine_rounds[type];
	magazine->floor = NULL;
	magazine->top = &magazine->floor;
	return magazine;
}

/* What is in it goes to the slabs. */
static void empty_magazine(struct kmem_cache *cache, struct magazine *magazine)
{
	unsigned int count = rounds_in_magazine(magazine);

	magazine->top = &magazine->floor;
	slab_free(cache, count, magazine->round);
}

static struct kmem_cache *cache_of(const struct magazine *magazine)
{
	return virt_to_page(magazine)->slab_cache;
}

static void free_magazine(struct magazine *magazine)
{
	void *object = magazine;

	slab_free(cache_of(magazine), 1, &object);
}

void put_away_magazine(struct kmem_cache *cache, struct magazine *magazine)
{
	if (!magazine)
		return;
	empty_magazine(cache, magazine);
	free_magazine(magazine);
}

/* ---- the depot ---- */

static unsigned int depot_limit(const struct kmem_cache *cache, unsigned int type)
{
	unsigned long bytes = max_low_pfn * (PAGE_SIZE / 1024);
	unsigned int rounds = magazine_rounds[type];

	return max(bytes / (rounds * (cache->size + sizeof(void *))), 1UL);
}

/* What visits cost before magazines grow: 256 visits, or 32 for which a CPU had to wait. */
#define PATIENCE		256
#define PATIENCE_TO_WAIT	8

static bool may_grow(const struct kmem_cache *cache)
{
	unsigned int type = cache->depot.type + 1;

	return type < MAGAZINE_TYPES && type <= cache->depot.first_type + 2;
}

/* Under the lock: a visit. Alone, a CPU meets nobody. */
static void spend_patience(struct kmem_cache *cache, unsigned int cost)
{
	struct depot *depot = &cache->depot;

	if (num_online_cpus() == 1 || !may_grow(cache))
		return;
	if (depot->patience > cost) {
		depot->patience -= cost;
		return;
	}
	depot->patience = PATIENCE;
	depot->type++;
	depot->limit = depot_limit(cache, depot->type);
}

static unsigned long depot_lock(struct kmem_cache *cache)
{
	struct depot *depot = &cache->depot;
	unsigned long contended_before = depot->lock_counts.contended;
	unsigned long flags = core_lock(&depot->lock, &depot->lock_counts);

	spend_patience(cache, depot->lock_counts.contended == contended_before ? 1 : PATIENCE_TO_WAIT);
	return flags;
}

static void depot_unlock(struct kmem_cache *cache, unsigned long flags)
{
	spin_unlock_irqrestore(&cache->depot.lock, flags);
}

static struct magazine *pull(struct magazine **list, unsigned int *count)
{
	struct magazine *magazine = *list;

	if (magazine) {
		*list = magazine->next;
		--*count;
	}
	return magazine;
}

static void put(struct magazine **list, unsigned int *count, struct magazine *magazine)
{
	magazine->next = *list;
	*list = magazine;
	++*count;
}

/* Is there a place for an empty one, and is it of today's size? */
static bool wants_empty(const struct depot *depot, const struct magazine *magazine)
{
	return depot->nr_empty <= depot->limit && magazine->rounds == magazine_rounds[depot->type];
}

struct magazine *depot_swap_for_full(struct kmem_cache *cache, struct magazine *empty)
{
	struct depot *depot = &cache->depot;
	unsigned long flags;
	struct magazine *full;
	bool keep;

	if (!READ_ONCE(depot->full))
		return NULL;
	flags = depot_lock(cache);
	full = pull(&depot->full, &depot->nr_full);
	if (full && full->cpu != raw_smp_processor_id())
		depot->nr_remote += rounds_in_magazine(full);
	keep = full && empty && wants_empty(depot, empty);
	if (keep)
		put(&depot->empty, &depot->nr_empty, empty);
	depot_unlock(cache, flags);
	if (full && empty && !keep)
		free_magazine(empty);
	return full;
}

struct magazine *depot_swap_for_empty(struct kmem_cache *cache, struct magazine *full)
{
	struct depot *depot = &cache->depot;
	unsigned long flags = depot_lock(cache);
	struct magazine *empty = NULL;
	bool keep = !full || (cache->has_magazines && depot->nr_full < depot->limit);

	if (keep) {
		if (full) {
			full->cpu = raw_smp_processor_id();
			put(&depot->full, &depot->nr_full, full);
		}
		empty = pull(&depot->empty, &depot->nr_empty);
	}
	depot_unlock(cache, flags);
	if (keep)
		return empty;
	empty_magazine(cache, full);
	return full;
}

void depot_store(struct kmem_cache *cache, struct magazine *magazine)
{
	struct depot *depot = &cache->depot;
	unsigned long flags;
	bool keep;

	if (!magazine_is_empty(magazine)) {
		magazine = depot_swap_for_empty(cache, magazine);
		if (!magazine)
			return;
	}
	flags = depot_lock(cache);
	keep = cache->has_magazines && wants_empty(depot, magazine);
	if (keep)
		put(&depot->empty, &depot->nr_empty, magazine);
	depot_unlock(cache, flags);
	if (!keep)
		free_magazine(magazine);
}

void depot_drain(struct kmem_cache *cache)
{
	struct depot *depot = &cache->depot;
	struct magazine *magazine;

	do {
		unsigned long flags = depot_lock(cache);

		magazine = pull(&depot->full, &depot->nr_full);
		if (!magazine)
			magazine = pull(&depot->empty, &depot->nr_empty);
		depot_unlock(cache, flags);
		put_away_magazine(cache, magazine);
	} while (magazine);
}

/* ---- the beginning ---- */

/* The larger an object, the fewer are kept. */
static unsigned int first_type(const struct kmem_cache *cache)
{
	return cache->size <= 256 ? 2 : cache->size <= 2048 ? 1 : 0;
}

void depot_init(struct kmem_cache *cache)
{
	spin_lock_init(&cache->depot.lock);
	cache->depot.first_type = first_type(cache);
	cache->depot.type = cache->depot.first_type;
	cache->depot.patience = PATIENCE;
	cache->depot.limit = depot_limit(cache, cache->depot.type);
}
