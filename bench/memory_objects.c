// SPDX-License-Identifier: MIT
/*
 * What one object takes, everything counted: 4 MiB and more of them are allocated, and what the
 * page allocator has less by then is divided by their number. So the slabs are in it with all that
 * is left over at their ends, and the descriptions that stand apart from them.
 *
 * Magazines are off: how much they hold does not depend on how many objects there are. When
 * counting begins and when it ends, all slabs of the cache are full.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <quarry/bench.h>

#include "../mm/slab.h"

/* An object that was taken, and the one that was taken before it. */
struct taken {
	struct taken *before;
};

static bool take(struct kmem_cache *cache, struct taken **last)
{
	struct taken *object = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN);

	if (!object)
		return false;
	object->before = *last;
	*last = object;
	return true;
}

/* What is left in the slabs that are there. */
static void take_rest(struct kmem_cache *cache, struct taken **last)
{
	while (cache->nr_free_objects && take(cache, last))
		;
}

static void give_back(struct kmem_cache *cache, struct taken *last)
{
	while (last) {
		struct taken *before = last->before;

		kmem_cache_free(cache, last);
		last = before;
	}
}

static unsigned long free_pages_now(void)
{
	drain_all_pages(NULL);
	return nr_free_pages();
}

/* Tenths of a byte; 0: memory ran out. @last gets all that was taken. */
static u64 cost_of_object(struct kmem_cache *cache, struct taken **last)
{
	unsigned int n = 0, enough = SZ_4M / cache->size;
	unsigned long before;

	take_rest(cache, last);
	before = free_pages_now();
	for (; n < enough || cache->nr_free_objects; n++)
		if (!take(cache, last))
			return 0;
	return n ? bench_tenths((u64)(before - free_pages_now()) * PAGE_SIZE, n) : 0;
}

static void object_row(const char *param, struct kmem_cache *cache)
{
	struct taken *last = NULL, *descriptions = NULL;
	u64 tenths;

	touch_nmi_watchdog();
	/* So that those we need take pages, instead of places that happen to be free. */
	if (cache->slab_cache)
		take_rest(cache->slab_cache, &descriptions);
	tenths = cost_of_object(cache, &last);
	if (tenths)
		bench_row("memory_bytes_per_object", param, tenths);
	else
		pr_err("bench: memory_bytes_per_object %s: no memory\n", param);
	give_back(cache, last);
	if (cache->slab_cache)
		give_back(cache->slab_cache, descriptions);
	kmem_cache_shrink(cache);
}

static void bench_own_caches(void)
{
	static const unsigned int sizes[] = { 40, 72, 136, 200, 392, 700, 1500 };
	struct kmem_cache *cache;
	char param[16];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		cache = kmem_cache_create("bench", sizes[i], 0, 0, NULL);
		if (!cache)
			continue;
		snprintf(param, sizeof(param), "%u", sizes[i]);
		object_row(param, cache);
		kmem_cache_destroy(cache);
	}
}

static void bench_kmalloc_classes(void)
{
	struct kmem_cache *cache;

	for (int i = 1; i < ARRAY_SIZE(kmalloc_caches[KMALLOC_NORMAL]); i++) {
		cache = kmalloc_caches[KMALLOC_NORMAL][i];
		object_row(kmem_cache_name(cache), cache);
	}
}

static void bench_memory_objects(void)
{
	bool magazines_were_on = magazines_enabled();

	magazines_enable(false);
	bench_own_caches();
	bench_kmalloc_classes();
	magazines_enable(magazines_were_on);
}
BENCHMARK(memory_objects, bench_memory_objects);
