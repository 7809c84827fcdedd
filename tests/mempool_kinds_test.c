// SPDX-License-Identifier: MIT
/* Memory pools over the allocators that there are: caches, kmalloc() and pages. */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "live_objects.h"

static void take(struct kunit *test, mempool_t *pool, unsigned int nr, void **element)
{
	while (nr) {
		element[--nr] = mempool_alloc(pool, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, element[nr]);
	}
}

static void give(mempool_t *pool, unsigned int nr, void **element)
{
	while (nr)
		mempool_free(element[--nr], pool);
}

/* Several times: the first elements come slowly, and the next ones are at hand. */
static void use_pool(struct kunit *test, mempool_t *pool)
{
	void *element[3];

	KUNIT_ASSERT_NOT_NULL(test, pool);
	for (int round = 0; round < 3; round++) {
		take(test, pool, 3, element);
		KUNIT_EXPECT_EQ(test, pool->curr_nr, 2);
		KUNIT_EXPECT_EQ(test, atomic_read(&pool->nr_out), 3);
		give(pool, 3, element);
		KUNIT_EXPECT_EQ(test, pool->curr_nr, 2);
		KUNIT_EXPECT_EQ(test, atomic_read(&pool->nr_out), 0);
	}
	mempool_destroy(pool);
}

/* ledger: M1 */
static void of_a_cache(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("pooled", 64, 0, SLAB_HWCACHE_ALIGN, NULL);
	mempool_t *pool;
	void *element;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	use_pool(test, mempool_create_slab_pool(2, cache));
	pool = mempool_create(1, mempool_alloc_slab, mempool_free_slab, cache);
	take(test, pool, 1, &element);
	KUNIT_EXPECT_EQ(test, (unsigned long)element % 64, 0);
	memset(element, 0x5a, 64);
	give(pool, 1, &element);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "WARNING: *mm/mempool.c*",
			    mempool_free(mempool_alloc(pool, GFP_KERNEL | __GFP_ZERO), pool));
	mempool_destroy(pool);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ledger: M1 */
static void of_kmalloc(struct kunit *test)
{
	unsigned long live = live_objects();
	mempool_t pool;
	void *element;

	use_pool(test, mempool_create_kmalloc_pool(2, 300));
	KUNIT_ASSERT_EQ(test, mempool_init_kmalloc_pool(&pool, 2, 300), 0);
	KUNIT_EXPECT_EQ(test, live_objects(), live + 3);	/* with the array */
	kmalloc_fails(0);
	element = mempool_alloc(&pool, GFP_KERNEL);
	kmalloc_works();
	KUNIT_ASSERT_NOT_NULL(test, element);
	KUNIT_EXPECT_EQ(test, ksize(element), 512);
	KUNIT_EXPECT_EQ(test, pool.curr_nr, 1);
	mempool_free(element, &pool);
	mempool_exit(&pool);
}

/* ledger: M1. Elements are pages, not addresses: a block's first; also of high memory. */
static void of_pages(struct kunit *test)
{
	mempool_t pool;
	struct page *page;

	use_pool(test, mempool_create_page_pool(2, 1));
	KUNIT_ASSERT_EQ(test, mempool_init_page_pool(&pool, 2, 2), 0);
	page = mempool_alloc(&pool, GFP_HIGHUSER);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_block_order(page), 2);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	mempool_free(page, &pool);
	mempool_exit(&pool);
}

/* ledger: M2. With no page left in the machine, a pool of objects still gives. */
static void gives_when_memory_is_gone(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("pooled", 2000, 0, 0, NULL);
	void *element[4], *others[64];
	unsigned int nr = 0;
	mempool_t *pool;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	pool = mempool_create_slab_pool(4, cache);
	KUNIT_ASSERT_NOT_NULL(test, pool);
	kmalloc_fails(0);
	while (nr < ARRAY_SIZE(others) &&
	       (others[nr] = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN)))
		nr++;
	for (int i = 0; i < 4; i++)
		element[i] = mempool_alloc(pool, GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_ATOMIC));
	kmalloc_works();
	KUNIT_EXPECT_LT(test, nr, ARRAY_SIZE(others));
	for (int i = 0; i < 4; i++)
		KUNIT_EXPECT_NOT_NULL(test, element[i]);
	give(pool, 4, element);
	while (nr)
		kmem_cache_free(cache, others[--nr]);
	mempool_destroy(pool);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static struct kunit_case mempool_kinds_cases[] = {
	KUNIT_CASE(of_a_cache),
	KUNIT_CASE(of_kmalloc),
	KUNIT_CASE(of_pages),
	KUNIT_CASE(gives_when_memory_is_gone),
	{}
};

static struct kunit_suite mempool_kinds_suite = {
	.name = "mempool_kinds",
	.init = live_objects_enter,
	.exit = live_objects_leave,
	.test_cases = mempool_kinds_cases,
};
kunit_test_suite(mempool_kinds_suite);
