// SPDX-License-Identifier: MIT
/* Size classes: how much comes, from where, how it is aligned, and what kfree() makes of addresses. */
#include <asm/processor.h>
#include <linux/build_bug.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "slab_sandbox.h"

static const unsigned int classes[] = {
	8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192,
};

/* The oracle: the smallest class that holds @size bytes. */
static unsigned int smallest_class(unsigned int size)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i] >= size)
			return classes[i];
	return 0;
}

static const struct kmem_cache *cache_of(const void *object)
{
	const struct page *page = slab_page(object);

	return page ? page->slab_cache : NULL;
}

/* ---- classes ---- */

/* ledger: K1 K3. Each size gets the smallest class that holds it, and may use all of that. */
static void class_for_each_size(struct kunit *test)
{
	for (unsigned int size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size += size < 300 ? 1 : 61) {
		char *object = kmalloc(size, GFP_KERNEL);
		unsigned int class = smallest_class(size);

		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_EQ_MSG(test, cache_of(object)->object_size, class, "%u bytes", size);
		KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(size), class);
		KUNIT_EXPECT_EQ(test, ksize(object), class);
		KUNIT_EXPECT_LT(test, class, max(2 * size, 9U));
		KUNIT_EXPECT_TRUE(test, virt_addr_valid(object) && object < (char *)high_memory);
		memset(object, 0x77, ksize(object));
		kfree(object);
	}
}

#define EXPECT_CLASS(test, size) \
do { \
	void *__object = kmalloc(size, GFP_KERNEL); \
	\
	KUNIT_EXPECT_EQ(test, kmalloc_index(size), kmalloc_index(smallest_class(size))); \
	KUNIT_EXPECT_PTR_EQ(test, cache_of(__object), \
			    kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(size)]); \
	KUNIT_EXPECT_EQ(test, cache_of(__object)->object_size, smallest_class(size)); \
	kfree(__object); \
} while (0)

/* ledger: K1. A literal size finds its class at compile time: the same one. */
static void class_of_constants(struct kunit *test)
{
	BUILD_BUG_ON(kmalloc_index(100) != 7);
	EXPECT_CLASS(test, 1);
	EXPECT_CLASS(test, 8);
	EXPECT_CLASS(test, 9);
	EXPECT_CLASS(test, 64);
	EXPECT_CLASS(test, 65);
	EXPECT_CLASS(test, 96);
	EXPECT_CLASS(test, 97);
	EXPECT_CLASS(test, 128);
	EXPECT_CLASS(test, 129);
	EXPECT_CLASS(test, 192);
	EXPECT_CLASS(test, 193);
	EXPECT_CLASS(test, 256);
	EXPECT_CLASS(test, 257);
	EXPECT_CLASS(test, 4096);
	EXPECT_CLASS(test, 4097);
	EXPECT_CLASS(test, 8192);
}

struct family {
	const char *format;
	gfp_t gfp;
	enum kmalloc_cache_type type;
};

static const struct family families[] = {
	{ "kmalloc-%s", 0, KMALLOC_NORMAL },
	{ "kmalloc-rcl-%s", __GFP_RECLAIMABLE, KMALLOC_RECLAIM },
	{ "kmalloc-cg-%s", __GFP_ACCOUNT, KMALLOC_CGROUP },
	{ "dma-kmalloc-%s", GFP_DMA, KMALLOC_DMA },
	{ "dma-kmalloc-%s", GFP_DMA | __GFP_ACCOUNT, KMALLOC_DMA },
	{ "kmalloc-rcl-%s", __GFP_RECLAIMABLE | __GFP_ACCOUNT, KMALLOC_RECLAIM },
};

/* ledger: K1 K10. Each kind of flags has its caches, with Linux's names; the stricter flag wins. */
static void class_for_each_kind_of_flags(struct kunit *test)
{
	static const char *const sizes[] = {
		"8", "16", "32", "64", "96", "128", "192", "256", "512", "1k", "2k", "4k", "8k",
	};

	for (unsigned int f = 0; f < ARRAY_SIZE(families); f++)
		for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++) {
			void *object = kmalloc(classes[i], GFP_KERNEL | families[f].gfp);
			char name[32];

			snprintf(name, sizeof(name), families[f].format, sizes[i]);
			KUNIT_ASSERT_NOT_NULL(test, object);
			KUNIT_EXPECT_STREQ(test, cache_of(object)->name, name);
			KUNIT_EXPECT_EQ(test, kmalloc_type(families[f].gfp), families[f].type);
			KUNIT_EXPECT_EQ(test, !!(cache_of(object)->flags & SLAB_RECLAIM_ACCOUNT),
					families[f].type == KMALLOC_RECLAIM);
			if (families[f].type == KMALLOC_DMA)
				KUNIT_EXPECT_LT(test, (unsigned long)__pa(object), 16UL << 20);
			kfree(object);
		}
}

/* ledger: K1 K10. Literal sizes, too. */
static void class_of_constants_for_each_kind(struct kunit *test)
{
	void *dma = kmalloc(100, GFP_DMA | GFP_KERNEL);
	void *reclaimable = kmalloc(100, GFP_KERNEL | __GFP_RECLAIMABLE);
	void *charged = kmalloc(100, GFP_KERNEL_ACCOUNT);

	KUNIT_EXPECT_STREQ(test, cache_of(dma)->name, "dma-kmalloc-128");
	KUNIT_EXPECT_STREQ(test, cache_of(reclaimable)->name, "kmalloc-rcl-128");
	KUNIT_EXPECT_STREQ(test, cache_of(charged)->name, "kmalloc-cg-128");
	kfree(dma);
	kfree(reclaimable);
	kfree(charged);
}

/* ledger: K4. Powers of two to themselves, others to the largest power of two that divides them. */
static void class_alignment(struct kunit *test)
{
	void *objects[40];

	for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++) {
		unsigned int align = classes[i] & -classes[i];

		for (unsigned int j = 0; j < ARRAY_SIZE(objects); j++) {
			objects[j] = kmalloc(classes[i], GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, objects[j]);
			KUNIT_EXPECT_EQ_MSG(test, (unsigned long)objects[j] % align, 0, "%u bytes",
					    classes[i]);
		}
		kfree_bulk(ARRAY_SIZE(objects), objects);
	}
}

/* Every byte of every class is one's own. */
static void class_bytes_are_ones_own(struct kunit *test)
{
	u8 *objects[3];

	for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++) {
		for (int j = 0; j < 3; j++) {
			objects[j] = kmalloc(classes[i], GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, objects[j]);
			memset(objects[j], 0x11 * (j + 1), classes[i]);
		}
		for (int j = 0; j < 3; j++) {
			KUNIT_EXPECT_NULL(test, memchr_inv(objects[j], 0x11 * (j + 1), classes[i]));
			kfree(objects[j]);
		}
	}
}

/* ---- contents ---- */

/* ledger: K1. Zeros where they are asked for, over all sizes. */
static void zeroed_on_request(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 8, 33, 96, 100, 192, 1000, 8192, 8193, 40000 };

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *object = kmalloc(sizes[i], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, object);
		memset(object, 0xff, sizes[i]);
		kfree(object);
		object = kzalloc(sizes[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_NULL_MSG(test, memchr_inv(object, 0, sizes[i]), "%u bytes", sizes[i]);
		kfree(object);
		object = kcalloc(sizes[i], 1, GFP_ATOMIC);
		KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, sizes[i]));
		kfree(object);
	}
	kfree(kzalloc(64, GFP_KERNEL));
}

/* ledger: K5. A product that does not fit is refused; one that does is what it says. */
static void arrays(struct kunit *test)
{
	size_t half = 0x10000, many = 0x10001;
	void *array = kmalloc_array(10, 20, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(half);
	KUNIT_EXPECT_EQ(test, ksize(array), 256);
	kfree(array);
	KUNIT_EXPECT_NULL(test, kmalloc_array(half, many, GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kcalloc(half, half, GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kmalloc(size_mul(half, many), GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kmalloc(size_add(SIZE_MAX, half), GFP_KERNEL | __GFP_NOWARN));
}

/* ---- large ---- */

/* ledger: K1 K3. Beyond the classes, whole pages, contiguous, up to 4 MiB. */
static void large_requests(struct kunit *test)
{
	unsigned int order;

	for (order = 2; order <= KMALLOC_MAX_ORDER; order++) {
		size_t size = (PAGE_SIZE << order) / 2 + 1;
		char *object = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);

		if (!object)		/* a small machine: not all orders are there */
			break;
		KUNIT_EXPECT_EQ(test, (unsigned long)object % (PAGE_SIZE << order), 0);
		KUNIT_EXPECT_EQ(test, ksize(object), PAGE_SIZE << order);
		KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(size), PAGE_SIZE << order);
		KUNIT_EXPECT_NULL(test, slab_page(object));
		object[0] = object[size - 1] = 1;
		kfree(object);
	}
	KUNIT_EXPECT_GT(test, order, 5);
	kfree(kmalloc(8193, GFP_KERNEL));
	kfree(kmalloc_large(100, GFP_KERNEL));
}

/* ledger: K3 G15. Above 4 MiB: NULL at once, whatever the flags. */
static void larger_than_anything(struct kunit *test)
{
	size_t size = KMALLOC_MAX_SIZE + 1;

	OPTIMIZER_HIDE_VAR(size);
	KUNIT_EXPECT_NULL(test, kmalloc(size, GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kmalloc(20 << 20, GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(size), size);
	size = SIZE_MAX;
	OPTIMIZER_HIDE_VAR(size);
	KUNIT_EXPECT_NULL(test, kmalloc(size, GFP_ATOMIC | __GFP_NOWARN));
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(0), 0);
}

/* ledger: K10. Large, from the DMA zone. */
static void large_for_dma(struct kunit *test)
{
	void *object = kmalloc(10000, GFP_DMA | GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_LE(test, (unsigned long)__pa(object) + 10000, 16UL << 20);
	kfree(object);
}

/* ---- failure ---- */

/* ledger: K2. NULL, and nothing else, when there is no memory. */
static void failure_is_null(struct kunit *test)
{
	void *chain = NULL, **object;
	unsigned int nr = 0;

	slab_settle();
	no_pages_begin();
	while ((object = kmalloc(8192, GFP_KERNEL | __GFP_NOWARN))) {
		*object = chain;
		chain = object;
		nr++;
	}
	KUNIT_EXPECT_NULL(test, kmalloc(10000, GFP_ATOMIC | __GFP_NOWARN));
	no_pages_end();
	KUNIT_EXPECT_LT(test, nr, 100);
	for (; chain; chain = object) {
		object = *(void **)chain;
		kfree(chain);
	}
}

/* ledger: G6. High memory has no address: the flag is taken out, with a warning. */
static void high_memory_is_refused(struct kunit *test)
{
	static void *object;

	slab_settle();
	KUNIT_EXPECT_REPORT(test, "Unexpected gfp: *", object = kmalloc(20000, GFP_HIGHUSER));
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_TRUE(test, virt_addr_valid(object));
	kfree(object);
}

/* ---- freeing ---- */

/* ledger: K6. Nothing is nothing; of 0 bytes there is an address that faults. */
static void nothing_can_be_freed(struct kunit *test)
{
	size_t none = 0;
	void *zero;

	OPTIMIZER_HIDE_VAR(none);
	zero = kmalloc(none, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, zero, ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kzalloc(none, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, ksize(zero), 0);
	KUNIT_EXPECT_EQ(test, ksize(NULL), 0);
	KUNIT_EXPECT_TRUE(test, ZERO_OR_NULL_PTR(zero));
	kfree(zero);
	kfree(NULL);
	kfree_bulk(2, ((void *[]){ NULL, zero }));
}

/* ledger: K8. kfree() needs no cache: any cache's object will do. */
static void kfree_of_a_caches_object(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 300, 0, 0, NULL);
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);
	struct slabinfo info;

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_EQ(test, ksize(object), 300);
	kfree(object);
	get_slabinfo(cache, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, 0);
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(cache, GFP_KERNEL), object);
	kmem_cache_free(cache, object);
}

static char static_bytes[64];

/* What kmalloc() never returned: reported at once, and it stays what it was. */
static void kfree_believes_nobody(struct kunit *test)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	char *large = kmalloc(20000, GFP_KERNEL);
	char on_stack[8];

	KUNIT_ASSERT_TRUE(test, page && large);
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree(page));
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree(large + 8));
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree(large + PAGE_SIZE));
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree(static_bytes));
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree(on_stack));
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree((void *)0x1000));
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree((void *)-4096UL));
	KUNIT_EXPECT_EQ(test, ksize(large), 32768);
	memset(large, 1, 20000);
	kfree(large);
	KUNIT_EXPECT_REPORT(test, "BUG *outside of slab*", kfree(large));
	free_page((unsigned long)page);
}

/* ledger: G1. May sleep, and is called where that is not allowed: reported with the caller. */
static void sleeping_where_it_must_not(struct kunit *test)
{
	size_t size = 100;

	OPTIMIZER_HIDE_VAR(size);
	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "*sleeping function called from invalid context*",
			    kfree(kmalloc(size, GFP_KERNEL)));
	KUNIT_EXPECT_REPORT(test, "*sleeping function called from invalid context*",
			    kfree(kmalloc(100, GFP_KERNEL)));
	kfree(kmalloc(size, GFP_ATOMIC));
	kfree(kmalloc(100, GFP_NOWAIT));
	preempt_enable();
}

static struct kunit_case kmalloc_cases[] = {
	KUNIT_CASE(class_for_each_size),
	KUNIT_CASE(class_of_constants),
	KUNIT_CASE(class_for_each_kind_of_flags),
	KUNIT_CASE(class_of_constants_for_each_kind),
	KUNIT_CASE(class_alignment),
	KUNIT_CASE(class_bytes_are_ones_own),
	KUNIT_CASE(zeroed_on_request),
	KUNIT_CASE(arrays),
	KUNIT_CASE(large_requests),
	KUNIT_CASE(larger_than_anything),
	KUNIT_CASE(large_for_dma),
	KUNIT_CASE(failure_is_null),
	KUNIT_CASE(high_memory_is_refused),
	KUNIT_CASE(nothing_can_be_freed),
	KUNIT_CASE(kfree_of_a_caches_object),
	KUNIT_CASE(kfree_believes_nobody),
	KUNIT_CASE(sleeping_where_it_must_not),
	{}
};

static struct kunit_suite kmalloc_suite = {
	.name = "kmalloc",
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = kmalloc_cases,
};
kunit_test_suite(kmalloc_suite);
