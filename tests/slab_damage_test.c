// SPDX-License-Identifier: MIT
/*
 * Descriptions of slabs overwritten, as by whoever overruns the page before: slub_debug=F notices
 * before it relies on one, restores what it can, and hands out nothing that is somebody's.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_sandbox.h"

#define NAME		"test-damage"
#define OBJECTS_MAX	128U

/* How reports on caches of ours begin. */
#define BUG_IN		"BUG " NAME " (*): "
#define FIX_OF		"FIX " NAME ": "

static void construct(void *object)
{
	memset(object, 0xc0, 8);
}

static struct kmem_cache *create(struct kunit *test, unsigned int size, slab_flags_t flags,
				 void (*ctor)(void *))
{
	struct kmem_cache *cache;

	flags |= SLAB_CONSISTENCY_CHECKS | SLAB_NO_USER_FLAGS;
	cache = kmem_cache_create(NAME, size, 0, flags, ctor);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	return cache;
}

static void *allocate(struct kunit *test, struct kmem_cache *cache)
{
	void *object;

	take_objects(test, cache, 1, &object);
	return object;
}

static __attribute__((no_sanitize_address)) void scribble(void *at, size_t count)
{
	volatile u8 *p = at;

	while (count--)
		*p++ = 'x';
}

/* A slab's worth of objects, all different from @mine. */
static void take_all_but(struct kunit *test, struct kmem_cache *cache, const void *mine)
{
	unsigned int count = min(cache->num, OBJECTS_MAX);
	static void *objects[OBJECTS_MAX];

	take_objects(test, cache, count, objects);
	for (unsigned int i = 0; i < count; i++)
		KUNIT_EXPECT_PTR_NE(test, objects[i], (void *)mine);
	give_objects(cache, count, objects);
}

static void end(struct kunit *test, struct kmem_cache *cache)
{
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ---- one part of it; found by the next who allocates, and by the next who frees ---- */

/* Three slabs on the full list, and the one in the middle loses its links. */
static void links(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 1500, 0, NULL);
	unsigned int count = 3 * cache->num;
	void *objects[64];

	KUNIT_ASSERT_LE(test, count, ARRAY_SIZE(objects));
	take_objects(test, cache, count, objects);
	scribble(&slab_of(objects[cache->num])->list, sizeof(struct list_head));
	KUNIT_EXPECT_REPORT(test, FIX_OF "Restoring links 0x* 0x*",
		KUNIT_EXPECT_REPORT(test, BUG_IN "Slab list corrupt. Links are 0x78787878 0x78787878",
			   kmem_cache_free(cache, objects[cache->num])));
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	objects[cache->num] = allocate(test, cache);
	give_objects(cache, count, objects);
	end(test, cache);
}

/* One of its links is a list's head, as it may be: of a list that it is not on. */
static void links_astray(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);

	slab_of(mine)->list.prev = &cache->full;
	KUNIT_EXPECT_REPORT(test, BUG_IN "Slab list corrupt. *", kmem_cache_free(cache, mine));
	KUNIT_EXPECT_PTR_EQ(test, allocate(test, cache), mine);
	slab_of(mine)->list.next = &cache->full;
	KUNIT_EXPECT_REPORT(test, BUG_IN "Slab list corrupt. *", kmem_cache_free(cache, mine));
	end(test, cache);
}

static void links_of_the_first(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);

	scribble(slab_of(mine), 1);
	KUNIT_EXPECT_REPORT(test, BUG_IN "Slab list corrupt. *", take_all_but(test, cache, mine));
	kmem_cache_free(cache, mine);
	end(test, cache);
}

static void base(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);

	slab_of(mine)->objects += 8;
	KUNIT_EXPECT_REPORT(test, FIX_OF "Restoring object base 0x*",
		KUNIT_EXPECT_REPORT(test, BUG_IN "Object base corrupt. *", kmem_cache_free(cache, mine)));
	KUNIT_EXPECT_PTR_EQ(test, allocate(test, cache), mine);
	slab_of(mine)->objects = NULL;
	KUNIT_EXPECT_REPORT(test, BUG_IN "Object base corrupt. *", take_all_but(test, cache, mine));
	kmem_cache_free(cache, mine);
	end(test, cache);
}

static void count(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);
	static const int wrong[] = { 1, -1, -20 };

	for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
		slab_of(mine)->nr_free += wrong[i];
		KUNIT_EXPECT_REPORT(test, FIX_OF "Object count adjusted",
			KUNIT_EXPECT_REPORT(test, BUG_IN "Wrong object count. Counter is * but counted *",
				take_all_but(test, cache, mine)));
		KUNIT_EXPECT_EQ(test, slab_of(mine)->nr_free, cache->num - 1);
		KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	}
	slab_of(mine)->nr_free = 0;
	KUNIT_EXPECT_REPORT(test, BUG_IN "Wrong object count. *", kmem_cache_free(cache, mine));
	end(test, cache);
}

/* Nobody knows any more which are free; that somebody has one, he knows himself. */
static void expect_isolated(struct kunit *test, unsigned int bit)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);
	struct slab *slab = slab_of(mine);

	KUNIT_ASSERT_NE(test, cache->num % BITS_PER_LONG, 0);
	__change_bit(min(bit, cache->num), slab->free);
	KUNIT_EXPECT_REPORT(test, FIX_OF "Marking all objects used",
		KUNIT_EXPECT_REPORT(test, BUG_IN "Freelist corrupt. *",
				    take_all_but(test, cache, mine)));
	KUNIT_EXPECT_EQ(test, slab->nr_aside, cache->num - 1);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), 1);
	kmem_cache_free(cache, mine);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), 0);
	end(test, cache);
}

/* Somebody's looks free, a free one looks like somebody's, and the third does not exist. */
static void bits(struct kunit *test)
{
	expect_isolated(test, 0);
	expect_isolated(test, 50);
	expect_isolated(test, ~0U);
}

/*
 * As many bits as before, but others: then the red zones say whose the object is. (The one whose bit
 * is clear and which looks free might just be on its way to an owner.)
 */
static void bits_exchanged(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, SLAB_RED_ZONE, NULL);
	void *mine = allocate(test, cache);
	struct slab *slab = slab_of(mine);

	__change_bit(0, slab->free);
	__change_bit(cache->num - 1, slab->free);
	KUNIT_EXPECT_REPORT(test, BUG_IN "Left Redzone overwritten", validate_slab_cache(cache));
	__change_bit(0, slab->free);
	__change_bit(cache->num - 1, slab->free);
	KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 1);
	kmem_cache_free(cache, mine);
	end(test, cache);
}

/* ---- all of it ---- */

static void expect_survives(struct kunit *test, struct kmem_cache *cache, bool outside)
{
	void *mine = allocate(test, cache), *other = allocate(test, cache);
	struct slab *slab = slab_of(mine);

	if (!(cache->flags & SLAB_KASAN))	/* slots are larger then */
		KUNIT_ASSERT_EQ(test, !!cache->slab_cache, outside);
	scribble(slab, slab_description_size(cache->num));
	KUNIT_EXPECT_REPORT(test, BUG_IN "Slab list corrupt. *",
	KUNIT_EXPECT_REPORT(test, BUG_IN "Object base corrupt. *",
	KUNIT_EXPECT_REPORT(test, BUG_IN "Freelist corrupt. *", kmem_cache_free(cache, other))));
	take_all_but(test, cache, mine);
	KUNIT_EXPECT_REPORT(test, BUG_IN "Object already free", kmem_cache_free(cache, other));
	kmem_cache_free(cache, mine);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), 0);
	end(test, cache);
}

static void all_of_it(struct kunit *test)
{
	expect_survives(test, create(test, 40, 0, NULL), false);
	expect_survives(test, create(test, 40, 0, construct), false);
	expect_survives(test, create(test, 40, SLAB_RED_ZONE | SLAB_POISON, NULL), false);
	expect_survives(test, create(test, 256, 0, NULL), true);
	expect_survives(test, create(test, 2048, 0, construct), true);
}

/* ---- found by whoever looks at all slabs ---- */

static void found_when_shrunk(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);
	struct slab *slab = slab_of(mine);

	kmem_cache_free(cache, mine);
	KUNIT_ASSERT_EQ(test, slabs_on(&cache->free), 1);
	scribble(&slab->list, sizeof(slab->list) + sizeof(slab->objects));
	KUNIT_EXPECT_REPORT(test, BUG_IN "Slab list corrupt. *",
		   KUNIT_EXPECT_REPORT(test, BUG_IN "Object base corrupt. *", kmem_cache_shrink(cache)));
	KUNIT_EXPECT_EQ(test, cache->nr_slabs, 0);
	end(test, cache);
}

static void found_when_validated(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);

	scribble(&slab_of(mine)->nr_free, 1);
	KUNIT_EXPECT_REPORT(test, BUG_IN "Wrong object count. *", validate_slab_cache(cache));
	kmem_cache_free(cache, mine);
	end(test, cache);
}

/* The report shows the slab, what stands in its description, and who has come upon it. */
static void report(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, NULL);
	void *mine = allocate(test, cache);

	slab_of(mine)->nr_free = 0x4241;
	KUNIT_EXPECT_REPORT(test, "Slab 0x* objects=* used=* flags=*slab*",
	KUNIT_EXPECT_REPORT(test, "Descript *: * 41 42 *AB*",
	KUNIT_EXPECT_REPORT(test, " report+*", kmem_cache_free(cache, mine))));
	end(test, cache);
}

static struct kunit_case slab_damage_cases[] = {
	KUNIT_CASE(links),			/* ledger: S12 */
	KUNIT_CASE(links_astray),		/* ledger: S12 */
	KUNIT_CASE(links_of_the_first),		/* ledger: S12 */
	KUNIT_CASE(base),			/* ledger: S12 */
	KUNIT_CASE(count),			/* ledger: S12 */
	KUNIT_CASE(bits),			/* ledger: S12 */
	KUNIT_CASE(bits_exchanged),		/* ledger: S12 */
	KUNIT_CASE(all_of_it),			/* ledger: S12 */
	KUNIT_CASE(found_when_shrunk),		/* ledger: S12 */
	KUNIT_CASE(found_when_validated),	/* ledger: S12 */
	KUNIT_CASE(report),			/* ledger: S12 */
	{}
};

static struct kunit_suite slab_damage_suite = {
	.name = "slab_damage",
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = slab_damage_cases,
};
kunit_test_suite(slab_damage_suite);
