// SPDX-License-Identifier: MIT
/*
 * What textbooks' copies say about kmalloc() and caches, and what happens (docs/slab.md): each case
 * does what the sentence says, and looks.
 */
#include <kunit/report.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

static void *volatile got;	/* survives the watch over the log */

/* ledger: K2. Myth: "On failure an error code is returned; test with IS_ERR()." */
static void failure_is_null_and_no_error_pointer(struct kunit *test)
{
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "WARNING: *", got = kmalloc(20 * SZ_1M, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, got);
	KUNIT_EXPECT_FALSE(test, IS_ERR(got));
	KUNIT_EXPECT_EQ(test, PTR_ERR(got), 0);
	KUNIT_EXPECT_TRUE(test, IS_ERR(ERR_PTR(-ENOMEM)));
}

/* ledger: K3. Myth: "The smallest allocation is 32 or 64 bytes." */
static void smallest_is_eight_bytes(struct kunit *test)
{
	void *one = kmalloc(1, GFP_KERNEL), *nine = kmalloc(9, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, one);
	KUNIT_ASSERT_NOT_NULL(test, nine);
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(1), 8);
	KUNIT_EXPECT_EQ(test, ksize(one), 8);
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(9), 16);
	KUNIT_EXPECT_EQ(test, ksize(nine), 16);
	kfree(one);
	kfree(nine);
}

/* ledger: S1. Myth: "The cache keeps the pointer to its name, and does not copy it." */
static void name_is_copied(struct kunit *test)
{
	char name[] = "myth-first";
	struct kmem_cache *cache = kmem_cache_create(name, 24, 0, 0, NULL);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	memset(name, 'x', sizeof(name) - 1);
	KUNIT_EXPECT_STREQ(test, kmem_cache_name(cache), "myth-first");
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

#ifdef SLAB_RECLAIM_DMA
#error "there is no such flag: SLAB_CACHE_DMA and SLAB_RECLAIM_ACCOUNT are two"
#endif

static enum zone_type zone_of_object(struct kunit *test, const char *name, slab_flags_t flags)
{
	struct kmem_cache *cache = kmem_cache_create(name, 200, 0, flags, NULL);
	enum zone_type zone = MAX_NR_ZONES;
	void *object;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (object)
		zone = page_zonenum(virt_to_page(object));
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	return zone;
}

/* ledger: S5. Myth: "SLAB_RECLAIM_DMA takes memory from the DMA zone." */
static void dma_and_reclaim_are_two_flags(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, SLAB_CACHE_DMA & SLAB_RECLAIM_ACCOUNT, 0);
	KUNIT_EXPECT_EQ(test, zone_of_object(test, "myth-dma", SLAB_CACHE_DMA), ZONE_DMA);
	if (max_low_pfn > MAX_DMA_PFN)
		KUNIT_EXPECT_EQ(test, zone_of_object(test, "myth-rcl", SLAB_RECLAIM_ACCOUNT),
				ZONE_NORMAL);
}

/* ---- constructors ---- */

static unsigned int nr_constructed;

static void construct(void *object)
{
	INIT_LIST_HEAD((struct list_head *)object);
	nr_constructed++;
}

/*
 * ledger: S6. Myth: "The constructor is called when an object is allocated." One object stays, so
 * that its slab does; a checker that holds freed objects back may make the cache grow by another.
 */
static void constructor_runs_when_a_slab_is_filled(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("myth-ctor", 64, 0, 0, construct);
	struct list_head *stays, *object;
	unsigned int in_slab;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	nr_constructed = 0;
	stays = kmem_cache_alloc(cache, GFP_KERNEL);
	in_slab = nr_constructed;
	KUNIT_EXPECT_GT(test, in_slab, 1);	/* a slab of them, for one object */

	for (int i = 0; i < 100; i++) {
		object = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_TRUE(test, list_empty(object));	/* its state came back with it */
		kmem_cache_free(cache, object);
	}
	KUNIT_EXPECT_EQ(test, nr_constructed % in_slab, 0);
	KUNIT_EXPECT_LT(test, nr_constructed, in_slab + 100);
	kunit_info(test, "101 objects allocated; constructors called: %u, slabs: %u",
		   nr_constructed, nr_constructed / in_slab);
	kmem_cache_free(cache, stays);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static struct kunit_case slab_myths_cases[] = {
	KUNIT_CASE(failure_is_null_and_no_error_pointer),
	KUNIT_CASE(smallest_is_eight_bytes),
	KUNIT_CASE(name_is_copied),
	KUNIT_CASE(dma_and_reclaim_are_two_flags),
	KUNIT_CASE(constructor_runs_when_a_slab_is_filled),
	{}
};

static struct kunit_suite slab_myths_suite = {
	.name = "slab_myths",
	.test_cases = slab_myths_cases,
};
kunit_test_suite(slab_myths_suite);
