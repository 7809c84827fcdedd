// SPDX-License-Identifier: MIT
/* A test that counts reports on damaged objects reads none of them; another reads them all. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/kasan.h>
#include <linux/slab.h>
#include <quarry/slab_errors.h>

/* One byte behind the object is overwritten. */
static void damage_and_validate(u8 *object, struct kmem_cache *cache)
{
	OPTIMIZER_HIDE_VAR(object);
	kasan_disable_current();
	object[32] = 0x12;
	kasan_enable_current();
	validate_slab_cache(cache);
}

static void counts_if_asked(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("test-errors", 32, 0,
						     SLAB_RED_ZONE | SLAB_NO_USER_FLAGS, NULL);
	struct kunit_resource counter;
	int errors = 0;
	u8 *object;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);

	kunit_add_named_resource(test, NULL, NULL, &counter, "slab_errors", &errors);
	damage_and_validate(object, cache);
	KUNIT_EXPECT_EQ(test, errors, 2);	/* found, and restored */
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, errors, 2);

	kunit_destroy_named_resource(test, "slab_errors");
	KUNIT_EXPECT_REPORT(test, "BUG test-errors (*): Right Redzone overwritten",
			    damage_and_validate(object, cache));
	KUNIT_EXPECT_EQ(test, errors, 2);
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static struct kunit_case kunit_slab_errors_cases[] = {
	KUNIT_CASE(counts_if_asked),
	{}
};

static struct kunit_suite kunit_slab_errors_suite = {
	.name = "kunit_slab_errors",
	.test_cases = kunit_slab_errors_cases,
};
kunit_test_suite(kunit_slab_errors_suite);
