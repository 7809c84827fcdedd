// SPDX-License-Identifier: MIT
/* kvmalloc(): kmalloc() if that is easy, vmalloc() otherwise, and kvfree() for all of them. */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "live_objects.h"

#define LARGE	(8 * PAGE_SIZE)		/* not one of the classes */

static size_t hidden(size_t size)
{
	OPTIMIZER_HIDE_VAR(size);
	return size;
}

/* What @gfp gets when no block of @order pages and no object is to be had. */
static noinline void *without_blocks(size_t size, gfp_t gfp, unsigned int order)
{
	void *p;

	kmalloc_fails(order);
	p = kvmalloc(size, gfp);
	kmalloc_works();
	return p;
}

/* ledger: K7. While there are blocks, it is kmalloc(). */
static void contiguous_if_that_is_easy(struct kunit *test)
{
	static const size_t sizes[] = { 1, 100, PAGE_SIZE, PAGE_SIZE + 1, LARGE };

	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *p = kvmalloc(sizes[i], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(p));
		KUNIT_EXPECT_GE(test, ksize(p), sizes[i]);
		memset(p, 0x5a, sizes[i]);
		kvfree(p);
	}
	KUNIT_EXPECT_PTR_EQ(test, kvmalloc(hidden(0), GFP_KERNEL), ZERO_SIZE_PTR);
	kvfree(ZERO_SIZE_PTR);
	kvfree(NULL);
}

/* ledger: K7. The area is in the name of whoever asked. */
static void vmalloc_otherwise(struct kunit *test)
{
	u8 *p = without_blocks(LARGE, GFP_KERNEL, 3);
	char caller[64];

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p));
	snprintf(caller, sizeof(caller), "%ps", find_vm_area(p)->caller);
	KUNIT_EXPECT_STREQ(test, caller, "without_blocks");
	memset(p, 0x5a, LARGE);
	kvfree(p);
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
}

/* ledger: K7. What is asked of the page allocator: quietly, without trying hard, once. */
static void asks_quietly(struct kunit *test)
{
	kvfree(without_blocks(LARGE, GFP_KERNEL, 3));
	KUNIT_EXPECT_EQ(test, pages_refused, 1);
	KUNIT_EXPECT_EQ(test, pages_refused_gfp & ~__GFP_COMP,
			GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	kvfree(without_blocks(LARGE, GFP_KERNEL | __GFP_RETRY_MAYFAIL, 3));
	KUNIT_EXPECT_EQ(test, pages_refused_gfp & ~__GFP_COMP,
			GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	kvfree(without_blocks(LARGE, GFP_KERNEL | __GFP_NOFAIL, 3));
	KUNIT_EXPECT_EQ(test, pages_refused_gfp & __GFP_NOFAIL, 0);
}

/* ledger: K7. A page or less is kmalloc()'s alone, with all that the flags say. */
static void small_sizes_have_no_second_way(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, without_blocks(PAGE_SIZE, GFP_KERNEL | __GFP_NOWARN, 0));
	KUNIT_EXPECT_NULL(test, without_blocks(16, GFP_KERNEL | __GFP_NOWARN, 0));
}

/* ledger: K7. Virtual memory is not for those who cannot sleep; less than GFP_KERNEL will do. */
static void second_way_only_for_who_may_sleep(struct kunit *test)
{
	static const gfp_t never[] = { GFP_ATOMIC, GFP_NOWAIT };
	static const gfp_t fine[] = { GFP_NOFS, GFP_NOIO, GFP_USER };

	for (int i = 0; i < ARRAY_SIZE(never); i++)
		KUNIT_EXPECT_NULL(test, without_blocks(LARGE, never[i] | __GFP_NOWARN, 3));
	for (int i = 0; i < ARRAY_SIZE(fine); i++) {
		void *p = without_blocks(LARGE, fine[i], 3);

		KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p));
		kvfree(p);
	}
}

/* ledger: K7 */
static void zeroed_either_way(struct kunit *test)
{
	for (int i = 0; i < 2; i++) {
		u8 *p = i ? vmalloc(LARGE) : kmalloc(hidden(LARGE), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		memset(p, 0xee, LARGE);
		kvfree(p);
		vm_unmap_aliases();
		p = i ? without_blocks(LARGE, GFP_KERNEL | __GFP_ZERO, 3) :
			kvzalloc(LARGE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, LARGE));
		kvfree(p);
	}
}

/* ledger: K7 */
static void arrays_do_not_overflow(struct kunit *test)
{
	u32 *p = kvcalloc(hidden(5000), sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, 5000 * sizeof(*p)));
	kvfree(p);
	KUNIT_EXPECT_NULL(test, kvmalloc_array(hidden(0x10001), 0x10000, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kvcalloc(hidden(SIZE_MAX / 4 + 1), 4, GFP_KERNEL));
}

/* ledger: K7. A negative number, taken for a size: not even tried. */
static void crazy_sizes(struct kunit *test)
{
	void *volatile p = NULL;

	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "WARNING: *mm/kmalloc_forms.c*",
			    p = kvmalloc(hidden((size_t)INT_MAX + 1), GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, kvmalloc(hidden(SIZE_MAX), GFP_KERNEL | __GFP_NOWARN));
}

/* ledger: K7 K8. Whoever allocated it; vmalloc()'s also where nobody may sleep. */
static void kvfree_frees_all(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("kvfree", 40, 0, 0, NULL);
	void *p;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	kvfree(kmem_cache_alloc(cache, GFP_KERNEL));
	kfree(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	kvfree(kmalloc(hidden(100), GFP_KERNEL));
	kvfree(kmalloc(hidden(LARGE), GFP_KERNEL));
	kvfree(vmalloc(1));
	p = vmalloc(1);
	preempt_count_add(HARDIRQ_OFFSET);
	kvfree(p);
	preempt_count_sub(HARDIRQ_OFFSET);
	vm_unmap_aliases();
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
}

static struct kunit_case kvmalloc_cases[] = {
	KUNIT_CASE(contiguous_if_that_is_easy),
	KUNIT_CASE(vmalloc_otherwise),
	KUNIT_CASE(asks_quietly),
	KUNIT_CASE(small_sizes_have_no_second_way),
	KUNIT_CASE(second_way_only_for_who_may_sleep),
	KUNIT_CASE(zeroed_either_way),
	KUNIT_CASE(arrays_do_not_overflow),
	KUNIT_CASE(crazy_sizes),
	KUNIT_CASE(kvfree_frees_all),
	{}
};

static struct kunit_suite kvmalloc_suite = {
	.name = "kvmalloc",
	.init = live_objects_enter,
	.exit = live_objects_leave,
	.test_cases = kvmalloc_cases,
};
kunit_test_suite(kvmalloc_suite);
