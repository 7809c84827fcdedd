// SPDX-License-Identifier: MIT
/* Caches as a whole: what can be asked for, what comes of it, many objects at a time, and the end. */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "slab_sandbox.h"

#define OBJECTS_MAX	200

static void *objects[OBJECTS_MAX];

static struct kmem_cache *create(const char *name, unsigned int size, slab_flags_t flags)
{
	return kmem_cache_create(name, size, 0, flags, NULL);
}

/* ---- creating ---- */

/* ledger: S1 S13. The name is copied; size and name are as they were asked for. */
static void cache_remembers_what_was_asked(struct kunit *test)
{
	char name[] = "asked-for";
	struct kmem_cache *cache = create(name, 61, 0);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	name[0] = 'b';
	KUNIT_EXPECT_STREQ(test, kmem_cache_name(cache), "asked-for");
	KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), 61);
	KUNIT_EXPECT_PTR_EQ(test, find_cache("asked-for"), cache);
	KUNIT_EXPECT_NULL(test, find_cache("asked-fo"));
	KUNIT_EXPECT_NULL(test, find_cache("asked-for-"));
	KUNIT_EXPECT_PTR_EQ(test, list_last_entry(&slab_caches, struct kmem_cache, list), cache);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	KUNIT_EXPECT_NULL(test, find_cache("asked-for"));
}

struct twins {
	char letter;
	u64 number __aligned(64);
	char shown[12];
};

/* ledger: S1. Name, size and alignment of a struct. */
static void cache_of_a_struct(struct kunit *test)
{
	struct kmem_cache *cache = KMEM_CACHE(twins, SLAB_HWCACHE_ALIGN);
	struct twins *object;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_EXPECT_STREQ(test, kmem_cache_name(cache), "twins");
	KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), sizeof(struct twins));
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, (unsigned long)object % 64, 0);
	KUNIT_EXPECT_EQ(test, cache->usersize, 0);
	kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);

	/* ledger: S11 */
	cache = KMEM_CACHE_USERCOPY(twins, 0, shown);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_EXPECT_EQ(test, cache->useroffset, offsetof(struct twins, shown));
	KUNIT_EXPECT_EQ(test, cache->usersize, 12);
	kmem_cache_destroy(cache);
}

/* ledger: S1. A name that no class holds; slab_sandbox_leave() sees whether its memory comes back. */
static void very_long_name(struct kunit *test)
{
	char *name = kvmalloc(9000, GFP_KERNEL);
	struct kmem_cache *cache;

	KUNIT_ASSERT_NOT_NULL(test, name);
	memset(name, 'n', 8999);
	name[8999] = '\0';
	cache = create(name, 64, 0);
	kvfree(name);
	KUNIT_EXPECT_EQ(test, strlen(kmem_cache_name(cache)), 8999);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ledger: S1. Names that make trouble are warned of, and served. */
static void odd_names_are_warned_of(struct kunit *test)
{
	static struct kmem_cache *spaced, *first, *second;

	KUNIT_EXPECT_REPORT(test, "*two words*", spaced = create("two words", 100, 0));
	first = create("doubled", 100, 0);
	KUNIT_EXPECT_REPORT(test, "*doubled*", second = create("doubled", 200, 0));
	KUNIT_ASSERT_TRUE(test, spaced && first && second);
	KUNIT_EXPECT_PTR_EQ(test, find_cache("doubled"), first);
	kmem_cache_destroy(spaced);
	kmem_cache_destroy(first);
	KUNIT_EXPECT_PTR_EQ(test, find_cache("doubled"), second);
	kmem_cache_destroy(second);
}

static struct kmem_cache *refused;

#define EXPECT_REFUSED(test, name, size, align, flags) \
do { \
	refused = (void *)-1UL; \
	KUNIT_EXPECT_REPORT(test, "kmem_cache_create*", \
		refused = kmem_cache_create(name, size, align, flags, NULL)); \
	KUNIT_EXPECT_PTR_EQ(test, refused, NULL); \
} while (0)

/* ledger: S1. What no cache can have: NULL, and a line that says why. */
static void cache_that_cannot_be(struct kunit *test)
{
	EXPECT_REFUSED(test, NULL, 100, 0, 0);
	EXPECT_REFUSED(test, "nothing", 0, 0, 0);
	EXPECT_REFUSED(test, "huge", KMALLOC_MAX_SIZE + 1, 0, 0);
	EXPECT_REFUSED(test, "huge", UINT_MAX, 0, 0);
	EXPECT_REFUSED(test, "odd", 100, 24, 0);
	EXPECT_REFUSED(test, "flags", 100, 0, 1);
	preempt_count_add(HARDIRQ_OFFSET);
	refused = create("interrupt", 100, 0);
	preempt_count_sub(HARDIRQ_OFFSET);
	KUNIT_EXPECT_PTR_EQ(test, refused, NULL);
}

/* The largest there can be, the least, and sizes that fit nothing well. */
static void extreme_sizes(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 2049, 8193, 32768, 65537, 150000, 1 << 20 };

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *cache = create("extreme", sizes[i], 0);
		char *object;

		KUNIT_ASSERT_NOT_NULL_MSG(test, cache, "%u", sizes[i]);
		object = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN);
		if (object) {		/* a small machine may have no room for the largest */
			object[0] = object[sizes[i] - 1] = 1;
			KUNIT_EXPECT_TRUE(test, cache_validate(cache));
			kmem_cache_free(cache, object);
		}
		KUNIT_EXPECT_TRUE(test, object || sizes[i] > 100000);
		KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	}
}

/* No memory for it: NULL, without noise, and nothing is left behind. */
static void no_memory_for_a_cache(struct kunit *test)
{
	struct kmem_cache *made[64];
	unsigned int nr = 0;
	char name[16];

	no_pages_begin();
	for (; nr < ARRAY_SIZE(made); nr++) {
		snprintf(name, sizeof(name), "short-%u", nr);
		made[nr] = create(name, 100, 0);
		if (!made[nr])
			break;
	}
	no_pages_end();
	KUNIT_EXPECT_LT(test, nr, ARRAY_SIZE(made));
	while (nr)
		kmem_cache_destroy(made[--nr]);
}

/* ---- alignment ---- */

/* ledger: S5. To a cache line; objects that are smaller, to a part of it, so that none is divided. */
static void aligned_to_cache_lines(struct kunit *test)
{
	unsigned int line = cache_line_size();

	for (unsigned int size = 1; size <= 3 * line; size++) {
		struct kmem_cache *cache = create("lines", size, SLAB_HWCACHE_ALIGN);
		unsigned int i;

		KUNIT_ASSERT_NOT_NULL(test, cache);
		KUNIT_EXPECT_EQ_MSG(test, cache->align, clamp(1U << fls(size - 1), 8U, line),
				    "%u bytes", size);
		take_objects(test, cache, 5, objects);
		for (i = 0; i < 5; i++) {
			unsigned long first = (unsigned long)objects[i] / line;
			unsigned long last = ((unsigned long)objects[i] + size - 1) / line;

			KUNIT_EXPECT_EQ_MSG(test, last - first, (size - 1) / line, "%u bytes", size);
		}
		give_objects(cache, 5, objects);
		kmem_cache_destroy(cache);
	}
}

/* As asked for, whatever the size; 8 without being asked. */
static void aligned_as_asked(struct kunit *test)
{
	for (unsigned int align = 0; align <= PAGE_SIZE; align = align ? 2 * align : 1) {
		struct kmem_cache *cache = kmem_cache_create("aligned", 24, align, 0, NULL);
		unsigned int i;

		KUNIT_ASSERT_NOT_NULL(test, cache);
		take_objects(test, cache, 3, objects);
		for (i = 0; i < 3; i++)
			KUNIT_EXPECT_EQ(test, (unsigned long)objects[i] % max(align, 8U), 0);
		give_objects(cache, 3, objects);
		kmem_cache_destroy(cache);
	}
}

/* ---- growing ---- */

static gfp_t asked_for;

static bool note_gfp(gfp_t gfp, unsigned int order)
{
	asked_for = gfp;
	return true;
}

static struct page_observer note = { .name = "slab_common_test", .may_alloc = note_gfp };

/* ledger: S3. Who makes a cache grow says how hard to try; the kind of pages is the cache's. */
static void slab_pages_not_as_the_caller_says(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 200, 0, 0, NULL);
	gfp_t kind = __GFP_DMA | __GFP_RECLAIMABLE | __GFP_MOVABLE | __GFP_ZERO | __GFP_ACCOUNT;

	page_observer_attach(&note);
	objects[0] = kmem_cache_alloc(cache, GFP_ATOMIC | __GFP_NOWARN | kind);
	page_observer_detach(&note);
	KUNIT_ASSERT_NOT_NULL(test, objects[0]);
	KUNIT_EXPECT_EQ(test, asked_for & ~__GFP_COMP, GFP_ATOMIC | __GFP_NOWARN);
	kmem_cache_free(cache, objects[0]);
}

/* ---- the end of a cache ---- */

/* ledger: S4. With objects out: reported, 1, and everything goes on; without: 0. */
static void cache_ends_when_all_is_back(struct kunit *test)
{
	struct kmem_cache *cache = create("leaky", 100, 0);
	char *object = kmem_cache_alloc(cache, GFP_KERNEL);
	bool had_magazines = cache->has_magazines;
	static int error;

	KUNIT_ASSERT_NOT_NULL(test, object);
	strcpy(object, "still mine");
	KUNIT_EXPECT_REPORT(test, "BUG leaky*: Objects remaining in leaky on __kmem_cache_shutdown()",
			    error = kmem_cache_destroy(cache));
	KUNIT_EXPECT_EQ(test, error, 1);
	KUNIT_EXPECT_STREQ(test, object, "still mine");
	KUNIT_EXPECT_PTR_EQ(test, find_cache("leaky"), cache);
	KUNIT_EXPECT_EQ(test, cache->has_magazines, had_magazines);
	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(NULL), 0);
}

/* ledger: S8 S13. Magazines and free slabs go back; 0 when nothing is left. */
static void cache_shrinks(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 200, 0, SLAB_NO_REAP, NULL);

	take_objects(test, cache, 100, objects);
	give_objects(cache, 99, objects);
	KUNIT_EXPECT_GT(test, magazines_count(cache), 0);
	KUNIT_EXPECT_NE(test, kmem_cache_shrink(cache), 0);
	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	EXPECT_SLABS(test, cache, 0, 1, 0);
	kmem_cache_free(cache, objects[99]);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	EXPECT_SLABS(test, cache, 0, 0, 0);
	take_objects(test, cache, 1, objects);
	give_objects(cache, 1, objects);
}

/* ---- many at a time ---- */

/* ledger: S10. All or none, also when memory ends in the middle. */
static void bulk_is_all_or_nothing(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 1000, 0, 0, NULL);
	struct slabinfo info;

	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 30, objects), 30);
	for (unsigned int i = 0; i < 30; i++)
		memset(objects[i], i, 1000);
	for (unsigned int i = 0; i < 30; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(objects[i], i, 1000));
	no_pages_begin();
	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL | __GFP_NOWARN, 150, objects + 30), 0);
	no_pages_end();
	get_slabinfo(cache, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, 30);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	kmem_cache_free_bulk(cache, 30, objects);
	get_slabinfo(cache, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 0, objects), 0);
	kmem_cache_free_bulk(cache, 0, objects);
}

/* Zeros for each of them. */
static void bulk_zeroes(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 40, 0, 0, NULL);

	for (int round = 0; round < 2; round++) {
		KUNIT_ASSERT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL | __GFP_ZERO, 100, objects),
				100);
		for (int i = 0; i < 100; i++) {
			KUNIT_EXPECT_NULL(test, memchr_inv(objects[i], 0, 40));
			memset(objects[i], 0xff, 40);
		}
		kmem_cache_free_bulk(cache, 100, objects);
	}
}

/* ledger: S10. Of any caches, and from kmalloc(), if no cache is named. */
static void bulk_free_of_all_kinds(struct kunit *test)
{
	struct kmem_cache *one = plain_cache(test, 40, 0, 0, NULL);
	struct kmem_cache *other = plain_cache(test, 700, 0, 0, NULL);
	struct slabinfo info;

	for (int i = 0; i < 60; i += 4) {
		objects[i] = kmem_cache_alloc(one, GFP_KERNEL);
		objects[i + 1] = kmem_cache_alloc(other, GFP_KERNEL);
		objects[i + 2] = kmalloc(100, GFP_KERNEL);
		objects[i + 3] = i ? NULL : kmalloc(20000, GFP_KERNEL);
	}
	kfree_bulk(60, objects);
	get_slabinfo(one, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, 0);
	get_slabinfo(other, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, 0);
}

/* ---- mistakes at the door, with no checker on ---- */

/* An object of another cache, or none at all: reported at once, and it stays what it was. */
static void wrong_things_are_not_freed(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, 0, NULL);
	struct kmem_cache *other = plain_cache(test, 100, 0, 0, NULL);
	struct slabinfo info;
	void *page;

	take_objects(test, cache, 1, objects);
	KUNIT_EXPECT_REPORT(test, "BUG plain-1*: Wrong slab cache. plain-1 but object is from plain-0",
			    kmem_cache_free(other, objects[0]));
	page = (void *)__get_free_page(GFP_KERNEL);
	KUNIT_EXPECT_REPORT(test, "BUG *", kmem_cache_free(cache, page));
	KUNIT_EXPECT_REPORT(test, "BUG *", kmem_cache_free(cache, (void *)cache_shrinks));
	KUNIT_EXPECT_REPORT(test, "BUG *", kmem_cache_free(cache, (void *)8));
	KUNIT_EXPECT_REPORT(test, "BUG *", kmem_cache_free_bulk(cache, 1, (void *[]){ page }));
	free_page((unsigned long)page);
	kmem_cache_free(cache, NULL);
	get_slabinfo(cache, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, 1);
	get_slabinfo(other, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, 0);
	kmem_cache_free(cache, objects[0]);
}

/* GFP_KERNEL may sleep: told with the caller, where sleeping is not allowed. */
static void sleeping_where_it_must_not(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, 0, NULL);

	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "*sleeping function called from invalid context*",
			    kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL)));
	preempt_enable();
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

static struct kunit_case slab_common_cases[] = {
	KUNIT_CASE(cache_remembers_what_was_asked),
	KUNIT_CASE(cache_of_a_struct),
	KUNIT_CASE(very_long_name),
	KUNIT_CASE(odd_names_are_warned_of),
	KUNIT_CASE(cache_that_cannot_be),
	KUNIT_CASE(extreme_sizes),
	KUNIT_CASE(no_memory_for_a_cache),
	KUNIT_CASE(aligned_to_cache_lines),
	KUNIT_CASE(aligned_as_asked),
	KUNIT_CASE(slab_pages_not_as_the_caller_says),
	KUNIT_CASE(cache_ends_when_all_is_back),
	KUNIT_CASE(cache_shrinks),
	KUNIT_CASE(bulk_is_all_or_nothing),
	KUNIT_CASE(bulk_zeroes),
	KUNIT_CASE(bulk_free_of_all_kinds),
	KUNIT_CASE(wrong_things_are_not_freed),
	KUNIT_CASE(sleeping_where_it_must_not),
	{}
};

static struct kunit_suite slab_common_suite = {
	.name = "slab_common",
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = slab_common_cases,
};
kunit_test_suite(slab_common_suite);
