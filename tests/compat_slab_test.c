// SPDX-License-Identifier: MIT
/* Lookaside caches and pools as LDD3 (chapter 8) writes them, beside today's forms. */
#include <compat/linux26.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "slab_sandbox.h"

struct quantum {
	u32 built, torn_down;
	unsigned long flags;
	kmem_cache_t *cache;
	char data[84];
};

static unsigned int nr_built, nr_torn_down;
static unsigned long last_flags;
static kmem_cache_t *last_cache;

static void build(void *objp, kmem_cache_t *cachep, unsigned long flags)
{
	((struct quantum *)objp)->built = 0xb11d;
	last_flags = flags;
	last_cache = cachep;
	nr_built++;
}

static void tear_down(void *objp, kmem_cache_t *cachep, unsigned long flags)
{
	if (((struct quantum *)objp)->built == 0xb11d)
		nr_torn_down++;
	last_flags = flags;
	last_cache = cachep;
}

/* Both in one, as LDD3 says some do: the flag tells. */
static void build_or_tear_down(void *objp, kmem_cache_t *cachep, unsigned long flags)
{
	if (flags & SLAB_CTOR_CONSTRUCTOR)
		build(objp, cachep, flags);
	else
		tear_down(objp, cachep, flags);
}

static void build_today(void *objp)
{
	((struct quantum *)objp)->built = 0x70da;
	nr_built++;
}

static int begin(struct kunit *test)
{
	nr_built = nr_torn_down = 0;
	return slab_sandbox_enter(test);
}

/* ledger: S2. Six arguments: each object is built when its slab is filled, torn down when it goes. */
static void six_arguments(struct kunit *test)
{
	kmem_cache_t *cache = kmem_cache_create("quantum", sizeof(struct quantum), 0,
						SLAB_HWCACHE_ALIGN, build, tear_down);
	struct quantum *quantum;
	unsigned int num;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_EXPECT_EQ(test, nr_built, 0);
	quantum = kmem_cache_alloc(cache, SLAB_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, quantum);
	num = cache->num;
	KUNIT_EXPECT_EQ(test, nr_built, num);
	KUNIT_EXPECT_EQ(test, quantum->built, 0xb11d);
	KUNIT_EXPECT_PTR_EQ(test, last_cache, cache);
	KUNIT_EXPECT_EQ(test, last_flags, SLAB_CTOR_CONSTRUCTOR);
	kmem_cache_free(cache, quantum);
	KUNIT_EXPECT_EQ(test, nr_torn_down, 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	KUNIT_EXPECT_EQ(test, nr_torn_down, num);
	KUNIT_EXPECT_PTR_EQ(test, last_cache, cache);
	KUNIT_EXPECT_EQ(test, last_flags & SLAB_CTOR_CONSTRUCTOR, 0);
}

/* ledger: S2. Without functions, as scullc does; and with a constructor alone. */
static void six_arguments_without_functions(struct kunit *test)
{
	kmem_cache_t *cache = kmem_cache_create("scullc", 4000, 0, SLAB_HWCACHE_ALIGN, NULL, NULL);
	void *quantum;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	quantum = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, quantum);
	memset(quantum, 0, 4000);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 1);	/* not while one is out */
	kmem_cache_free(cache, quantum);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);

	cache = kmem_cache_create("built", sizeof(struct quantum), 0, 0, build, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, nr_built, cache->num);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* A destructor alone never was allowed. */
static void dtor_needs_a_ctor(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*", last_cache = kmem_cache_create("torn", 100, 0, 0, NULL, tear_down));
	KUNIT_EXPECT_NULL(test, last_cache);
}

/* One function for both: whose turn it is, the flag says; and whether it may sleep. */
static void one_function_for_both(struct kunit *test)
{
	kmem_cache_t *cache = kmem_cache_create("both", sizeof(struct quantum), 0, 0,
						build_or_tear_down, build_or_tear_down);
	void *quantum;
	unsigned int num;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	quantum = kmem_cache_alloc(cache, SLAB_ATOMIC);
	KUNIT_EXPECT_EQ(test, last_flags, SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_ATOMIC);
	num = cache->num;
	kmem_cache_free(cache, quantum);
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_EQ(test, nr_built, num);
	KUNIT_EXPECT_EQ(test, nr_torn_down, num);
}

/* ledger: S2. Five arguments: today's constructor, or that of 2.6.23; the type decides. */
static void five_arguments_of_either_kind(struct kunit *test)
{
	kmem_cache_t *then = kmem_cache_create("then", sizeof(struct quantum), 0, 0, build);
	struct kmem_cache *now = kmem_cache_create("now", sizeof(struct quantum), 0, 0, build_today);
	struct kmem_cache *none = kmem_cache_create("none", sizeof(struct quantum), 0, 0, NULL);
	struct kmem_cache *macro = KMEM_CACHE(quantum, SLAB_NO_REAP);
	struct quantum *quantum;

	KUNIT_ASSERT_TRUE(test, then && now && none && macro);
	quantum = kmem_cache_alloc(then, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, quantum->built, 0xb11d);
	kmem_cache_free(then, quantum);
	quantum = kmem_cache_alloc(now, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, quantum->built, 0x70da);
	kmem_cache_free(now, quantum);
	KUNIT_EXPECT_EQ(test, nr_built, then->num + now->num);
	KUNIT_EXPECT_EQ(test, kmem_cache_size(macro), sizeof(struct quantum));
	KUNIT_EXPECT_TRUE(test, macro->flags & SLAB_NO_REAP);
	kmem_cache_destroy(then);
	kmem_cache_destroy(now);
	kmem_cache_destroy(none);
	kmem_cache_destroy(macro);
}

/* Each old name is a flag that is taken. */
static void old_names_of_flags(struct kunit *test)
{
	static const unsigned long flags[] = {
		SLAB_NO_REAP, SLAB_MUST_HWCACHE_ALIGN, SLAB_DEBUG_FREE, SLAB_DEBUG_INITIAL,
		SLAB_DESTROY_BY_RCU, SLAB_CACHE_DMA, SLAB_RED_ZONE, SLAB_POISON, SLAB_STORE_USER,
	};
	static const gfp_t gfps[] = {
		SLAB_KERNEL, SLAB_ATOMIC, SLAB_USER, SLAB_NOIO, SLAB_NOFS, __GFP_WAIT | __GFP_COLD,
		SLAB_KERNEL | __GFP_REPEAT,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		kmem_cache_t *cache = kmem_cache_create("old", 100, 0, flags[i], NULL, NULL);
		void *object;

		KUNIT_ASSERT_NOT_NULL(test, cache);
		object = kmem_cache_alloc(cache, gfps[i % ARRAY_SIZE(gfps)]);
		KUNIT_EXPECT_NOT_NULL(test, object);
		KUNIT_EXPECT_EQ(test, gfps[i % ARRAY_SIZE(gfps)] & ~SLAB_LEVEL_MASK & ~GFP_USER, 0);
		kmem_cache_free(cache, object);
		KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	}
	kfree(kmalloc(100, SLAB_KERNEL | SLAB_DMA));
}

/* ---- mempools ---- */

static int alloc_flags;

/* As in 2.6.10: flags are an int. */
static void *alloc_with_int(int gfp_mask, void *pool_data)
{
	alloc_flags = gfp_mask;
	return kmalloc((unsigned long)pool_data, gfp_mask);
}

static void free_it(void *element, void *pool_data)
{
	kfree(element);
}

/* ledger: M3. Callbacks of either type, resizing with flags and without. */
static void pools_of_old(struct kunit *test)
{
	mempool_t *pool = mempool_create(4, alloc_with_int, free_it, (void *)100);
	void *element;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	alloc_flags = 0;
	element = mempool_alloc(pool, SLAB_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, element);
	KUNIT_EXPECT_NE(test, alloc_flags, 0);
	mempool_free(element, pool);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 8, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, pool->min_nr, 8);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 2), 0);
	KUNIT_EXPECT_EQ(test, pool->min_nr, 2);
	mempool_destroy(pool);
}

/* ledger: M1. The text's own use: a pool over a cache. */
static void pool_over_a_cache(struct kunit *test)
{
	kmem_cache_t *cache = kmem_cache_create("pooled", 200, 0, 0, NULL, NULL);
	mempool_t *pool = mempool_create(3, mempool_alloc_slab, mempool_free_slab, cache);
	mempool_t *other = mempool_create_node(1, alloc_with_int, free_it, (void *)8, -1);

	KUNIT_ASSERT_TRUE(test, cache && pool && other);
	mempool_free(mempool_alloc(pool, GFP_ATOMIC), pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 3);
	mempool_destroy(other);
	mempool_destroy(pool);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static struct kunit_case compat_slab_cases[] = {
	KUNIT_CASE(six_arguments),
	KUNIT_CASE(six_arguments_without_functions),
	KUNIT_CASE(dtor_needs_a_ctor),
	KUNIT_CASE(one_function_for_both),
	KUNIT_CASE(five_arguments_of_either_kind),
	KUNIT_CASE(old_names_of_flags),
	KUNIT_CASE(pools_of_old),
	KUNIT_CASE(pool_over_a_cache),
	{}
};

static struct kunit_suite compat_slab_suite = {
	.name = "compat_slab",
	.init = begin,
	.exit = slab_sandbox_leave,
	.test_cases = compat_slab_cases,
};
kunit_test_suite(compat_slab_suite);
