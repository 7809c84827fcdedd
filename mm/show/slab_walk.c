// SPDX-License-Identifier: MIT
/* What commands and files about slabs have in common: one cache, one slab, one object at a time. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../slab.h"
#include "show.h"

/* ---- caches ---- */

static bool add_depot_rounds(struct kmem_cache *cache, int cpu, void *const *rounds,
			     unsigned int nr, void *arg)
{
	unsigned long *sum = arg;

	*sum += cpu < 0 ? nr : 0;
	return true;
}

/* What fits into a magazine of @cache; 0: it has had none yet. They may grow: the newest counts. */
static unsigned int rounds_of(const struct kmem_cache *cache)
{
	const struct magazine *found = cache->depot.empty ?: cache->depot.full;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		found = cache->cpu[cpu].loaded ?: cache->cpu[cpu].previous ?: found;
	return found ? found->rounds : 0;
}

void look_at_cache(struct kmem_cache *cache, struct cache_view *view)
{
	struct slabinfo info;

	get_slabinfo(cache, &info);
	*view = (struct cache_view) {
		.cache = cache,
		.objects = info.num_objs, .with_owners = info.active_objs,
		.in_magazines = info.in_magazines,
		.slabs = info.num_slabs, .slabs_in_use = info.active_slabs,
		.size = cache->size, .num = cache->num, .pages = 1U << cache->gfporder,
	};
	strscpy(view->name, cache->name, sizeof(view->name));
	if (!cache->has_magazines)
		return;
	view->rounds = rounds_of(cache);
	view->depot_limit = cache->depot.limit;
	magazines_walk(cache, add_depot_rounds, &view->in_depot);
}

/* The @n-th; the newest is 0, as in Linux's list. Under the lock. */
static struct kmem_cache *nth_cache(unsigned int n)
{
	struct kmem_cache *cache;

	list_for_each_entry_reverse(cache, &slab_caches, list)
		if (n-- == 0)
			return cache;
	return NULL;
}

bool peek_cache(unsigned int n, struct cache_view *view)
{
	struct kmem_cache *cache;
	unsigned long flags;

	spin_lock_irqsave(&slab_lock, flags);
	cache = nth_cache(n);
	if (cache)
		look_at_cache(cache, view);
	spin_unlock_irqrestore(&slab_lock, flags);
	return cache;
}

const char *nth_cache_name(unsigned int n)
{
	static char name[CACHE_NAME_SHOWN];
	struct kmem_cache *cache;
	unsigned long flags;

	spin_lock_irqsave(&slab_lock, flags);
	cache = nth_cache(n);
	if (cache)
		strscpy(name, cache->name, sizeof(name));
	spin_unlock_irqrestore(&slab_lock, flags);
	return cache ? name : NULL;
}

/* ---- slabs ---- */

const char *const slab_list_names[NR_SLAB_LISTS] = { "full", "partial", "free" };

enum slab_list slab_list_of(const struct kmem_cache *cache, const struct slab *slab)
{
	if (!slab->nr_free)
		return SLABS_FULL;
	return slab->nr_free < cache->num ? SLABS_PARTIAL : SLABS_FREE;
}

/* A block of pages begins at a multiple of its size; objects may begin pages behind that. */
unsigned long slab_address(const struct kmem_cache *cache, const struct slab *slab)
{
	return ALIGN_DOWN((unsigned long)slab->objects, PAGE_SIZE << cache->gfporder);
}

/* It stays as long as nobody else uses the cache; otherwise, what is shown of it may be old. */
const struct slab *nth_slab(struct kmem_cache *cache, enum slab_list list, unsigned int n)
{
	struct list_head *const lists[] = { &cache->full, &cache->partial, &cache->free };
	struct slab *slab, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&cache->lock, flags);
	list_for_each_entry(slab, lists[list], list) {
		if (n--)
			continue;
		found = slab;
		break;
	}
	spin_unlock_irqrestore(&cache->lock, flags);
	return found;
}

/* ---- magazines ---- */

struct search {
	const void *object;
	int cpu;
};

static bool look_in_magazine(struct kmem_cache *cache, int cpu, void *const *rounds,
			     unsigned int nr, void *arg)
{
	struct search *search = arg;

	while (nr && rounds[nr - 1] != search->object)
		nr--;
	if (nr)
		search->cpu = cpu;
	return !nr;
}

int magazine_cpu(struct kmem_cache *cache, const void *object)
{
	struct search search = { .object = object, .cpu = NOT_IN_MAGAZINE };

	magazines_walk(cache, look_in_magazine, &search);
	return search.cpu;
}
