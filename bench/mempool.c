// SPDX-License-Identifier: MIT
/* A pool of sixteen objects over a cache that always has some. Rows as in linux-6.1-i386.csv. */
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <quarry/bench.h>

#define POOL_ROW(op, gfp) \
	BENCH_LOOP(op, "64_hwalign", 1000, ({ \
		void *object = mempool_alloc(pool, gfp); \
		OPTIMIZER_HIDE_VAR(object); \
		mempool_free(object, pool); \
	}))

static void bench_mempool(void)
{
	struct kmem_cache *cache = kmem_cache_create("bench", 64, 0, SLAB_HWCACHE_ALIGN, NULL);
	mempool_t *pool = cache ? mempool_create_slab_pool(16, cache) : NULL;

	if (pool) {
		POOL_ROW("mempool_slab_pair_KERNEL", GFP_KERNEL);
		POOL_ROW("mempool_slab_pair_ATOMIC", GFP_ATOMIC);
	} else {
		pr_err("bench: mempool: no memory\n");
	}
	mempool_destroy(pool);
	kmem_cache_destroy(cache);
}
BENCHMARK(mempool, bench_mempool);
