// SPDX-License-Identifier: MIT
/* init_on_alloc and init_on_free for objects: switched on for the length of a case. */
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "slab_sandbox.h"

#define SIZE	40

static struct slab_observer *on_alloc, *on_free;
static bool on_alloc_at_boot, on_free_at_boot;

static struct slab_observer *find(const char *name)
{
	struct slab_observer *const *o;

	for_each_registered(slab_observers, o)
		if (!strcmp((*o)->name, name))
			return *o;
	return NULL;
}

static bool is_attached(const struct slab_observer *observer)
{
	const struct slab_observer *o = slab_watchers;

	while (o && o != observer)
		o = o->next;
	return o;
}

static void switch_to(struct slab_observer *observer, bool on)
{
	if (on)
		slab_observer_attach(observer);
	else
		slab_observer_detach(observer);
}

static struct kmem_cache *create(struct kunit *test, slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *cache;

	cache = kmem_cache_create("test-init", SIZE, 0, flags | SLAB_NO_USER_FLAGS, ctor);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	return cache;
}

static u8 *allocate(struct kunit *test, struct kmem_cache *cache)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	OPTIMIZER_HIDE_VAR(object);
	return object;
}

/* What an owner finds that comes after one who has filled it with 'x'. */
static u8 *dirty_one(struct kunit *test, struct kmem_cache *cache)
{
	u8 *object = allocate(test, cache);

	memset(object, 'x', SIZE);
	kmem_cache_free(cache, object);
	return object;
}

static void neither(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 0, NULL);
	u8 *freed = dirty_one(test, cache);

	KUNIT_EXPECT_NULL(test, memchr_inv(freed, 'x', SIZE));
	KUNIT_ASSERT_PTR_EQ(test, allocate(test, cache), freed);
	KUNIT_EXPECT_NULL(test, memchr_inv(freed, 'x', SIZE));
	kmem_cache_free(cache, freed);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void zero_when_allocated(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 0, NULL);
	u8 *freed;

	slab_observer_attach(on_alloc);
	freed = dirty_one(test, cache);
	KUNIT_EXPECT_NULL(test, memchr_inv(freed, 'x', SIZE));
	KUNIT_ASSERT_PTR_EQ(test, allocate(test, cache), freed);
	KUNIT_EXPECT_NULL(test, memchr_inv(freed, 0, SIZE));
	kmem_cache_free(cache, freed);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void zero_when_freed(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 0, NULL);

	slab_observer_attach(on_free);
	KUNIT_EXPECT_NULL(test, memchr_inv(dirty_one(test, cache), 0, SIZE));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void kmalloc_is_zero(struct kunit *test)
{
	u8 *object;

	slab_observer_attach(on_alloc);
	for (int i = 0; i < 3; i++) {
		object = kmalloc(100, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object);
		/* the class' poison, where there is one, takes precedence */
		if (!(slab_page(object)->slab_cache->flags & SLAB_POISON))
			KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 100));
		memset(object, 'x', 100);
		kfree(object);
	}
}

static void construct(void *object)
{
	memset(object, 'c', SIZE);
}

/* Constructed objects, and those that are read after they were freed, keep their contents. */
static void not_where_contents_are_kept(struct kunit *test)
{
	static const struct {
		slab_flags_t flags;
		void (*ctor)(void *);
	} kinds[] = { { 0, construct }, { SLAB_TYPESAFE_BY_RCU, NULL } };

	slab_observer_attach(on_alloc);
	slab_observer_attach(on_free);
	for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct kmem_cache *cache = create(test, kinds[i].flags, kinds[i].ctor);
		u8 *freed = dirty_one(test, cache);

		KUNIT_EXPECT_NULL(test, memchr_inv(freed, 'x', SIZE));
		KUNIT_ASSERT_PTR_EQ(test, allocate(test, cache), freed);
		KUNIT_EXPECT_NULL(test, memchr_inv(freed, 'x', SIZE));
		kmem_cache_free(cache, freed);
		KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	}
}

static void poison_takes_precedence(struct kunit *test)
{
	struct kmem_cache *cache;
	u8 *freed;

	slab_observer_attach(on_alloc);
	slab_observer_attach(on_free);
	cache = create(test, SLAB_POISON, NULL);
	freed = dirty_one(test, cache);
	KUNIT_EXPECT_NULL(test, memchr_inv(freed, POISON_FREE, SIZE - 1));
	KUNIT_ASSERT_PTR_EQ(test, allocate(test, cache), freed);
	KUNIT_EXPECT_NULL(test, memchr_inv(freed, POISON_FREE, SIZE - 1));
	kmem_cache_free(cache, freed);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static int slab_init_suite_init(struct kunit_suite *suite)
{
	on_alloc = find("init_on_alloc");
	on_free = find("init_on_free");
	on_alloc_at_boot = is_attached(on_alloc);
	on_free_at_boot = is_attached(on_free);
	return 0;
}

static int slab_init_init(struct kunit *test)
{
	slab_sandbox_enter(test);
	kasan_disable_current();	/* what is nobody's is looked at on purpose */
	slab_observer_detach(on_alloc);
	slab_observer_detach(on_free);
	return 0;
}

static void slab_init_exit(struct kunit *test)
{
	switch_to(on_alloc, on_alloc_at_boot);
	switch_to(on_free, on_free_at_boot);
	kasan_enable_current();
	slab_sandbox_leave(test);
}

static struct kunit_case slab_init_cases[] = {
	KUNIT_CASE(neither),			/* ledger: S3 */
	KUNIT_CASE(zero_when_allocated),
	KUNIT_CASE(zero_when_freed),
	KUNIT_CASE(kmalloc_is_zero),
	KUNIT_CASE(not_where_contents_are_kept), /* ledger: S6 */
	KUNIT_CASE(poison_takes_precedence),
	{}
};

static struct kunit_suite slab_init_suite = {
	.name = "slab_init",
	.suite_init = slab_init_suite_init,
	.init = slab_init_init,
	.exit = slab_init_exit,
	.test_cases = slab_init_cases,
};
kunit_test_suite(slab_init_suite);
