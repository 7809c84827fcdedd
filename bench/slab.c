// SPDX-License-Identifier: MIT
/* Caches of objects. Rows as in linux-6.1-i386.csv. */
#include <linux/container_of.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "batch.h"

/* ---- four caches: 64 bytes on cache lines, and 200, each with and without a constructor ---- */

static void construct(void *object)
{
	INIT_LIST_HEAD((struct list_head *)object);
}

static const struct kind {
	const char *param;
	unsigned int size;
	slab_flags_t flags;
	void (*ctor)(void *object);
} kinds[] = {
	{ "64_hwalign", 64, SLAB_HWCACHE_ALIGN, NULL },
	{ "64_hwalign_ctor", 64, SLAB_HWCACHE_ALIGN, construct },
	{ "200", 200, 0, NULL },
	{ "200_ctor", 200, 0, construct },
};

static struct kmem_cache *create(const struct kind *kind)
{
	struct kmem_cache *cache = kmem_cache_create("bench", kind->size, 0, kind->flags, kind->ctor);

	if (!cache)
		pr_err("bench: kmem_cache %s: no memory\n", kind->param);
	return cache;
}

/* ---- one at a time ---- */

#define PAIR_ROW(op, alloc) \
	BENCH_LOOP(op, kind->param, 1000, ({ \
		void *object = alloc; \
		OPTIMIZER_HIDE_VAR(object); \
		kmem_cache_free(cache, object); \
	}))

static void bench_pairs(const struct kind *kind, struct kmem_cache *cache)
{
	PAIR_ROW("kmem_cache_pair_KERNEL", kmem_cache_alloc(cache, GFP_KERNEL));
	PAIR_ROW("kmem_cache_pair_ATOMIC", kmem_cache_alloc(cache, GFP_ATOMIC));
	if (!kind->ctor)
		PAIR_ROW("kmem_cache_zalloc_pair", kmem_cache_zalloc(cache, GFP_KERNEL));
}

/* ---- a thousand ---- */

struct cache_batch {
	struct batch batch;
	struct kmem_cache *cache;
};

static u64 time_alloc(const struct batch *batch, void **objects, unsigned int n)
{
	struct kmem_cache *cache = container_of(batch, struct cache_batch, batch)->cache;

	return BATCH_TIME(n, objects[i] = kmem_cache_alloc(cache, GFP_KERNEL));
}

static u64 time_free(const struct batch *batch, void **objects, unsigned int n)
{
	struct kmem_cache *cache = container_of(batch, struct cache_batch, batch)->cache;

	return BATCH_TIME(n, kmem_cache_free(cache, objects[i]));
}

static void bench_thousand(const struct kind *kind, struct kmem_cache *cache)
{
	struct cache_batch batch = {
		.batch = {
			.name = "kmem_cache_batch1000", .param = kind->param, .n = 1000,
			.time_alloc = time_alloc, .time_free = time_free,
		},
		.cache = cache,
	};

	bench_batch(&batch.batch);
}

/* ---- sixteen in one call: the two calls together, and apart for each object ---- */

#define BULK	16
#define ROUNDS	100	/* in one sample */

struct bulk_times {
	u64 alloc, free;
};

/* With no cache: everything but the two calls. */
static noinline struct bulk_times time_bulk(struct kmem_cache *cache)
{
	struct bulk_times sum = { 0, 0 };
	void *objects[BULK];

	for (int i = 0; i < ROUNDS; i++) {
		u64 start = rdtsc(), middle;

		if (cache)
			kmem_cache_alloc_bulk(cache, GFP_KERNEL, BULK, objects);
		middle = rdtsc();
		if (cache)
			kmem_cache_free_bulk(cache, BULK, objects);
		sum.free += rdtsc() - middle;
		sum.alloc += middle - start;
	}
	return sum;
}

static void bench_bulk(const struct kind *kind, struct kmem_cache *cache)
{
	u64 alloc[BENCH_REPETITIONS], free[BENCH_REPETITIONS], both[BENCH_REPETITIONS];

	for (int i = 0; i < BENCH_REPETITIONS; i++) {
		struct bulk_times full = time_bulk(cache), empty = time_bulk(NULL);

		alloc[i] = full.alloc - empty.alloc;
		free[i] = full.free - empty.free;
		both[i] = alloc[i] + free[i];
	}
	bench_row("kmem_cache_bulk16_pair_percall", kind->param,
		  bench_tenths(bench_median(both, BENCH_REPETITIONS), ROUNDS));
	bench_row("kmem_cache_alloc_bulk16_perobj", kind->param,
		  bench_tenths(bench_median(alloc, BENCH_REPETITIONS), ROUNDS * BULK));
	bench_row("kmem_cache_free_bulk16_perobj", kind->param,
		  bench_tenths(bench_median(free, BENCH_REPETITIONS), ROUNDS * BULK));
}

static void bench_slab(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct kmem_cache *cache = create(&kinds[i]);

		if (!cache)
			continue;
		bench_pairs(&kinds[i], cache);
		bench_thousand(&kinds[i], cache);
		bench_bulk(&kinds[i], cache);
		kmem_cache_destroy(cache);
	}
}
BENCHMARK(slab, bench_slab);

/* ---- a new cache, and the first object in it: its first slab ---- */

struct first_times {
	u64 create, alloc;
};

static noinline struct first_times time_first(void)
{
	u64 start = rdtsc(), created, done;
	struct kmem_cache *cache = kmem_cache_create("bench", 200, 0, 0, NULL);
	void *object;

	created = rdtsc();
	object = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;
	done = rdtsc();
	if (object)
		kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
	return (struct first_times) { created - start, done - created };
}

static noinline u64 time_nothing(void)
{
	u64 start = rdtsc();

	return rdtsc() - start;
}

static void bench_slab_first(void)
{
	u64 create[BENCH_REPETITIONS], alloc[BENCH_REPETITIONS];

	for (int i = 0; i < BENCH_REPETITIONS; i++) {
		struct first_times full = time_first();
		u64 empty = time_nothing();

		create[i] = full.create - empty;
		alloc[i] = full.alloc - empty;
	}
	bench_row("kmem_cache_create", "200",
		  bench_tenths(bench_median(create, BENCH_REPETITIONS), 1));
	bench_row("kmem_cache_alloc_first_in_new_cache", "200",
		  bench_tenths(bench_median(alloc, BENCH_REPETITIONS), 1));
}
BENCHMARK(slab_first, bench_slab_first);
