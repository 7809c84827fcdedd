// SPDX-License-Identifier: MIT
/* When memory is short, the page allocator asks the caches for what they keep and nobody uses. */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../mm/vmscan.h"
#include "slab_sandbox.h"

#define OBJECTS_MAX	64

static void *objects[OBJECTS_MAX];

/* Every free slab there is belongs to @cache: as many as it may keep. */
static unsigned long keep_slabs(struct kunit *test, struct kmem_cache *cache)
{
	unsigned int nr = min(cache->num * 4, (unsigned int)OBJECTS_MAX);

	cache->max_free_slabs = 4;
	take_objects(test, cache, nr, objects);
	give_objects(cache, nr, objects);
	return cache->nr_slabs;
}

static void ask_for_everything(void)
{
	shrink_slab(GFP_KERNEL, NULL, 0);
}

/* ledger: S8. Asked by the page allocator, all caches give what is in no use. */
static void caches_give_back_when_asked(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 1000, 0, 0, NULL);

	KUNIT_ASSERT_GE(test, keep_slabs(test, cache), 3);
	ask_for_everything();
	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	EXPECT_SLABS(test, cache, 0, 0, 0);
	take_objects(test, cache, 1, objects);
	ask_for_everything();
	EXPECT_SLABS(test, cache, 0, 1, 0);
	give_objects(cache, 1, objects);
}

/* ---- a little at a time ---- */

static struct shrinker *slab_shrinker;

static void find_slab_shrinker(struct shrinker *shrinker, unsigned long count, void *unused)
{
	if (!strcmp(shrinker->name, "slab"))
		slab_shrinker = shrinker;
}

static unsigned long idle_pages(void)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL };
	unsigned long pages = slab_shrinker->count_objects(slab_shrinker, &sc);

	return pages == SHRINK_EMPTY ? 0 : pages;
}

static unsigned long ask_for_pages(unsigned long pages)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nr_to_scan = pages };

	return slab_shrinker->scan_objects(slab_shrinker, &sc);
}

/* A cache, the youngest, with three free slabs at least, and with objects in magazines. */
static struct kmem_cache *idle_cache(struct kunit *test, slab_flags_t flags)
{
	struct kmem_cache *cache = plain_cache(test, 1000, 0, flags, NULL);

	for_each_shrinker(find_slab_shrinker, NULL);
	KUNIT_ASSERT_NOT_NULL(test, slab_shrinker);
	KUNIT_ASSERT_GE(test, keep_slabs(test, cache), 4);
	magazines_drain(cache);
	take_objects(test, cache, 1, objects);
	give_objects(cache, 1, objects);
	KUNIT_ASSERT_GE(test, cache->nr_free_slabs, 3);
	KUNIT_ASSERT_GT(test, magazines_count(cache), 0);
	return cache;
}

/*
 * ledger: S8 R2. As many as are asked for, the youngest cache's; what the CPUs have at hand
 * stays.
 */
static void free_slabs_go_first(struct kunit *test)
{
	struct kmem_cache *older = idle_cache(test, 0), *cache = idle_cache(test, 0);
	unsigned long slabs = cache->nr_free_slabs, at_hand = magazines_count(cache);
	unsigned long pages = 1UL << cache->gfporder, idle = idle_pages();

	KUNIT_EXPECT_EQ(test, ask_for_pages(1), pages);
	KUNIT_EXPECT_EQ(test, cache->nr_free_slabs, slabs - 1);
	KUNIT_EXPECT_EQ(test, idle_pages(), idle - pages);
	KUNIT_EXPECT_EQ(test, ask_for_pages(2 * pages), 2 * pages);
	KUNIT_EXPECT_EQ(test, cache->nr_free_slabs, slabs - 3);
	KUNIT_EXPECT_GE(test, older->nr_free_slabs, 3);
	KUNIT_EXPECT_EQ(test, magazines_count(cache), at_hand);
}

/* ledger: S8 R2. And then that, too; and then there is nothing more to be had. */
static void magazines_go_next(struct kunit *test)
{
	struct kmem_cache *cache = idle_cache(test, 0);

	KUNIT_EXPECT_GE(test, ask_for_pages(100000), cache->nr_free_slabs << cache->gfporder);
	EXPECT_SLABS(test, cache, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	while (ask_for_pages(100000) != SHRINK_STOP)	/* magazines are objects, too */
		;
	KUNIT_EXPECT_EQ(test, ask_for_pages(1), SHRINK_STOP);
}

/* ledger: S5 S8 R2 */
static void spared_caches_are_not_counted(struct kunit *test)
{
	unsigned long idle;
	struct kmem_cache *cache;

	ask_for_everything();
	for_each_shrinker(find_slab_shrinker, NULL);
	KUNIT_ASSERT_NOT_NULL(test, slab_shrinker);
	idle = idle_pages();
	cache = idle_cache(test, SLAB_NO_REAP);
	KUNIT_EXPECT_LT(test, idle_pages(), idle + (cache->nr_free_slabs << cache->gfporder));
	ask_for_pages(100000);
	KUNIT_EXPECT_GE(test, cache->nr_free_slabs, 3);
}

/* ledger: S5. SLAB_NO_REAP: not when memory is short, only when it is told to by name. */
static void cache_that_is_not_reaped(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 1000, 0, SLAB_NO_REAP, NULL);
	unsigned long slabs = keep_slabs(test, cache);

	ask_for_everything();
	KUNIT_EXPECT_EQ(test, cache->nr_slabs, slabs);
	KUNIT_EXPECT_GT(test, magazines_count(cache), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	EXPECT_SLABS(test, cache, 0, 0, 0);
}

/* ledger: S5. Nor because there are many. */
static void free_slabs_that_stay(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 4000, 0, SLAB_NO_REAP, NULL);
	unsigned long slabs;

	take_objects(test, cache, OBJECTS_MAX, objects);
	slabs = cache->nr_slabs;
	give_objects(cache, OBJECTS_MAX, objects);
	magazines_drain(cache);
	EXPECT_SLABS(test, cache, 0, 0, slabs);
}

/* ---- what is not kept ---- */

static bool switch_off;

static void switch_off_once(void *object)
{
	if (switch_off)
		magazines_enable(false);
	switch_off = false;
}

/* While a magazine is being filled: it finds neither a CPU nor a depot that would have it. */
static void magazines_off_while_one_is_filled(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 1000, 0, 0, switch_off_once);
	unsigned int nr = 0;

	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
	switch_off = true;
	while (switch_off && nr < OBJECTS_MAX)
		take_objects(test, cache, 1, objects + nr++);
	KUNIT_EXPECT_FALSE(test, switch_off);
	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	switch_off = false;
	give_objects(cache, nr, objects);
}

/* Objects for which a dozen at hand would be half of a small machine. */
static void magazines_not_for_giants(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, plain_cache(test, 32 << 10, 0, 0, NULL)->has_magazines);
	KUNIT_EXPECT_FALSE(test, plain_cache(test, 33 << 10, 0, 0, NULL)->has_magazines);
}

/* ---- memory is short ---- */

/* Take blocks of @order until there are none, chained through their first words. */
static void *take_all_blocks(unsigned int order)
{
	void **block, *chain = NULL;

	while ((block = (void *)__get_free_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, order))) {
		*block = chain;
		chain = block;
	}
	return chain;
}

static void free_blocks(unsigned int order, void *chain)
{
	while (chain) {
		void *next = *(void **)chain;

		free_pages((unsigned long)chain, order);
		chain = next;
	}
}

/* ledger: S8. And it does ask, before it refuses: who may sleep gets what the caches kept. */
static void caches_are_asked_before_refusal(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 1000, 0, 0, NULL);
	struct kmem_cache *spared = plain_cache(test, 1000, 0, SLAB_NO_REAP, NULL);
	void *chains[MAX_ORDER];

	KUNIT_ASSERT_GE(test, keep_slabs(test, cache), 3);
	KUNIT_ASSERT_GE(test, keep_slabs(test, spared), 3);
	for (int order = MAX_ORDER - 1; order >= 0; order--)
		chains[order] = take_all_blocks(order);
	KUNIT_EXPECT_EQ(test, cache->nr_slabs, 0);
	KUNIT_EXPECT_GE(test, spared->nr_slabs, 3);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	for (int order = MAX_ORDER - 1; order >= 0; order--)
		free_blocks(order, chains[order]);
}

static struct kunit_case slab_reap_cases[] = {
	KUNIT_CASE(caches_give_back_when_asked),
	KUNIT_CASE(free_slabs_go_first),
	KUNIT_CASE(magazines_go_next),
	KUNIT_CASE(spared_caches_are_not_counted),
	KUNIT_CASE(cache_that_is_not_reaped),
	KUNIT_CASE(free_slabs_that_stay),
	KUNIT_CASE(magazines_off_while_one_is_filled),
	KUNIT_CASE(magazines_not_for_giants),
	KUNIT_CASE(caches_are_asked_before_refusal),
	{}
};

static struct kunit_suite slab_reap_suite = {
	.name = "slab_reap",
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = slab_reap_cases,
};
kunit_test_suite(slab_reap_suite);
