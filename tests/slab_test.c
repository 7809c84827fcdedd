// SPDX-License-Identifier: MIT
/*
 * One cache without its magazines: how slabs are cut and found again, which list they are on, when
 * they come and go, and when constructors run.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../mm/internal.h"
#include "slab_sandbox.h"

#define OBJECTS_MAX	2048

static void *objects[OBJECTS_MAX];

static const unsigned int sizes[] = {
	1, 7, 8, 12, 24, 40, 64, 72, 96, 100, 136, 192, 200, 256, 392, 500, 512, 700, 1000, 1024, 1500,
	2000, 2048, 3000, 4000, 4096, 5000, 8192, 10000, 20000,
};

/* Straight to the slabs. */
static struct kmem_cache *core_cache(struct kunit *test, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *cache = plain_cache(test, size, align, flags | SLAB_NO_MAGAZINES, ctor);

	KUNIT_ASSERT_LE(test, cache->num, OBJECTS_MAX / 4);
	return cache;
}

/* ---- how a slab is cut ---- */

static unsigned long slab_bytes(const struct kmem_cache *cache)
{
	return PAGE_SIZE << cache->gfporder;
}

/* All that @cache->num objects cost. */
static unsigned long slab_costs(const struct kmem_cache *cache)
{
	return slab_bytes(cache) + (cache->slab_cache ? cache->slab_cache->size : 0);
}

static void expect_sound_cut(struct kunit *test, const struct kmem_cache *cache, unsigned int align)
{
	unsigned long end = cache->first_slot + cache->num * cache->size;

	KUNIT_EXPECT_GE(test, cache->num, 1);
	KUNIT_EXPECT_EQ(test, cache->size % align, 0);
	KUNIT_EXPECT_EQ(test, cache->object_offset % align, 0);
	KUNIT_EXPECT_EQ(test, cache->first_slot % align, 0);
	KUNIT_EXPECT_LE(test, cache->object_offset + cache->object_size, cache->size);
	KUNIT_EXPECT_LE(test, end, slab_bytes(cache));
	KUNIT_EXPECT_LE(test, end + (cache->nr_colours - 1) * cache->colour_off, slab_bytes(cache));
	KUNIT_EXPECT_EQ(test, cache->colour_off % align, 0);
	if (!cache->slab_cache)
		KUNIT_EXPECT_GE(test, cache->first_slot,
				sizeof(struct slab) + DIV_ROUND_UP(cache->num, 8));
}

/* ledger: S7. Whatever the size, objects fit, are aligned, and no further one would have fit. */
static void slab_is_cut_to_size(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		for (unsigned int align = 8; align <= 256; align *= 2) {
			struct kmem_cache *cache =
				kmem_cache_create("cut", sizes[i], align, SLAB_NO_MAGAZINES, NULL);

			KUNIT_ASSERT_NOT_NULL(test, cache);
			expect_sound_cut(test, cache, align);
			KUNIT_EXPECT_LT(test, slab_bytes(cache) - cache->first_slot -
					cache->num * cache->size, cache->size + align);
			kmem_cache_destroy(cache);
		}
}

struct cost {
	unsigned int size;
	unsigned long tenths;		/* of a byte an object, rounded: Linux's SLAB */
};

static const struct cost costs[] = {
	{ 40, 414 }, { 72, 731 }, { 136, 1365 }, { 200, 2048 }, { 392, 4096 }, { 700, 7447 },
	{ 1500, 16384 },
};

/* Everything counted: the description, wherever it is, and what is left over. */
static void slab_wastes_little(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(costs); i++) {
		struct kmem_cache *cache = kmem_cache_create("cost", costs[i].size, 0, 0, NULL);

		KUNIT_ASSERT_NOT_NULL(test, cache);
		if (cache->size < costs[i].size + 16)	/* nobody keeps red zones and the like in it */
			KUNIT_EXPECT_LE_MSG(test, (slab_costs(cache) * 10 + cache->num / 2) / cache->num,
					    costs[i].tenths, "%u bytes", costs[i].size);
		kmem_cache_destroy(cache);
	}
}

static void expect_found(struct kunit *test, const struct kmem_cache *cache, void *object,
			 unsigned int index)
{
	const struct slab *slab = slab_of(object);
	void *slot = slab_slot(cache, slab, index);

	KUNIT_EXPECT_PTR_EQ(test, slab_page(object)->slab_cache, cache);
	KUNIT_EXPECT_PTR_EQ(test, slab_object(cache, slab, index), object);
	KUNIT_EXPECT_EQ(test, slab_index(cache, slab, slot), index);
	KUNIT_EXPECT_EQ(test, slab_index(cache, slab, slot + cache->size - 1), index);
	KUNIT_EXPECT_PTR_EQ(test, slab_of(slot + cache->size - 1), slab);
	KUNIT_EXPECT_FALSE(test, slab_object_is_free(slab, index));
}

/* From any byte of an object to its slab and number, whatever the size: the reciprocal is right. */
static void slab_finds_objects(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *cache = kmem_cache_create("found", sizes[i], 0, SLAB_NO_MAGAZINES, NULL);
		unsigned int num;

		KUNIT_ASSERT_NOT_NULL(test, cache);
		cache->watched = false;
		num = min(cache->num, (unsigned int)OBJECTS_MAX);
		take_objects(test, cache, num, objects);
		for (unsigned int j = 0; j < num; j++)
			expect_found(test, cache, objects[j], j);
		KUNIT_EXPECT_EQ(test, cache->nr_slabs, 1);
		KUNIT_EXPECT_GE(test, slab_index(cache, slab_of(objects[0]),
						 slab_slot(cache, slab_of(objects[0]), cache->num)),
				cache->num);
		give_objects(cache, num, objects);
		KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	}
}

/* Each page of a slab, and none that is not, says whose it is. */
static void slab_marks_its_pages(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 5000, 0, 0, NULL);
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_ASSERT_GE(test, cache->gfporder, 1);
	page = virt_to_page((void *)ALIGN_DOWN((unsigned long)object, slab_bytes(cache)));
	for (unsigned int i = 0; i < 1U << cache->gfporder; i++) {
		KUNIT_EXPECT_TRUE(test, PageSlab(page + i));
		KUNIT_EXPECT_PTR_EQ(test, page[i].slab_cache, cache);
		KUNIT_EXPECT_PTR_EQ(test, page[i].slab, slab_of(object));
	}
	kmem_cache_free(cache, object);
	kmem_cache_shrink(cache);
	for (unsigned int i = 0; i < 1U << cache->gfporder; i++)
		KUNIT_EXPECT_FALSE(test, PageSlab(page + i));
	KUNIT_EXPECT_NULL(test, slab_page(object));
	KUNIT_EXPECT_NULL(test, slab_page(NULL));
	KUNIT_EXPECT_NULL(test, slab_page((void *)-1UL));
	KUNIT_EXPECT_NULL(test, slab_page(test));		/* a stack's */
}

/* The first objects of slabs in a row lie at different places of a cache line's set. */
static void slab_colours(struct kunit *test)
{
	unsigned int colours = 1, size, slabs, step, i;
	struct kmem_cache *cache = NULL;

	for (size = 300; colours == 1 && size < 1000; size += 100) {
		cache = core_cache(test, size, 0, 0, NULL);
		colours = cache->nr_colours;
	}
	KUNIT_ASSERT_GT(test, colours, 1);
	step = cache->num;
	slabs = 2 * colours;
	slabs = min(slabs, OBJECTS_MAX / step);
	take_objects(test, cache, slabs * step, objects);
	for (i = 1; i < slabs; i++) {
		unsigned long before = ((unsigned long)slab_of(objects[(i - 1) * step])->objects) %
				       slab_bytes(cache);
		unsigned long after = ((unsigned long)slab_of(objects[i * step])->objects) %
				      slab_bytes(cache);

		if (after == cache->first_slot)		/* round again */
			KUNIT_EXPECT_EQ(test, before, cache->first_slot +
					(colours - 1) * cache->colour_off);
		else
			KUNIT_EXPECT_EQ(test, after, before + cache->colour_off);
	}
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	give_objects(cache, slabs * step, objects);
}

/* ---- the three lists ---- */

/* ledger: S7 S8. A slab is full, partial or free, and on the list of that name. */
static void slab_is_on_the_right_list(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, NULL);
	unsigned int num = cache->num;

	KUNIT_ASSERT_GE(test, num, 3);
	EXPECT_SLABS(test, cache, 0, 0, 0);
	take_objects(test, cache, 1, objects);
	EXPECT_SLABS(test, cache, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, num - 1);
	take_objects(test, cache, num - 1, objects + 1);
	EXPECT_SLABS(test, cache, 1, 0, 0);
	take_objects(test, cache, 1, objects + num);
	EXPECT_SLABS(test, cache, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, cache->nr_slabs, 2);

	kmem_cache_free(cache, objects[0]);
	EXPECT_SLABS(test, cache, 0, 2, 0);
	kmem_cache_free(cache, objects[num]);
	EXPECT_SLABS(test, cache, 0, 1, 1);
	KUNIT_EXPECT_EQ(test, cache->nr_free_slabs, 1);
	give_objects(cache, num - 1, objects + 1);
	EXPECT_SLABS(test, cache, 0, 0, 2);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, 2 * num);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	EXPECT_SLABS(test, cache, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, 0);
	KUNIT_EXPECT_EQ(test, cache->nr_grown, 2);
	KUNIT_EXPECT_EQ(test, cache->nr_reaped, 2);
}

/* Those in use fill up first, so that others become free as a whole; then free ones; then new ones. */
static void slab_prefers_those_in_use(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, NULL);
	unsigned int num = cache->num;
	void *again;

	take_objects(test, cache, 2 * num, objects);
	give_objects(cache, num, objects);		/* the first slab is free */
	kmem_cache_free(cache, objects[num]);		/* one place in the second */
	EXPECT_SLABS(test, cache, 0, 1, 1);
	again = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, again, objects[num]);
	EXPECT_SLABS(test, cache, 1, 0, 1);
	take_objects(test, cache, 1, objects);
	EXPECT_SLABS(test, cache, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, cache->nr_grown, 2);
	kmem_cache_free(cache, objects[0]);
	give_objects(cache, num, objects + num);
}

/* ledger: S8. Free slabs are kept for the next time, up to a number; what is more goes at once. */
static void slab_keeps_some_free(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 2000, 0, 0, NULL);
	unsigned int slabs = OBJECTS_MAX / cache->num, i;

	slabs = min3(slabs, (unsigned int)cache->max_free_slabs + 3,
		     (unsigned int)(nr_free_pages() / 4 >> cache->gfporder));
	take_objects(test, cache, slabs * cache->num, objects);
	for (i = 0; i < slabs; i++) {
		give_objects(cache, cache->num, objects + i * cache->num);
		KUNIT_EXPECT_EQ(test, cache->nr_free_slabs, min(i + 1UL, cache->max_free_slabs));
	}
	EXPECT_SLABS(test, cache, 0, 0, min(slabs + 0UL, cache->max_free_slabs));
}

/* Reaping leaves as many as it is told, and says how many went. */
static void slab_reap_leaves_some(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 2000, 0, 0, NULL);

	cache->max_free_slabs = 2;
	take_objects(test, cache, 2 * cache->num, objects);
	give_objects(cache, 2 * cache->num, objects);
	KUNIT_EXPECT_EQ(test, slab_reap(cache, 2), 0);
	KUNIT_EXPECT_EQ(test, slab_reap(cache, 1), 1);
	EXPECT_SLABS(test, cache, 0, 0, 1);
	KUNIT_EXPECT_EQ(test, slab_reap(cache, 0), 1);
	EXPECT_SLABS(test, cache, 0, 0, 0);
}

/* A description that would waste too much on the slab is an object of another cache; it goes too. */
static void slab_description_elsewhere(struct kunit *test)
{
	static const unsigned int tried[] = { 512, 1024, 2048, 4096 };
	struct kmem_cache *cache = NULL, *others;
	unsigned long in_use;
	struct slabinfo info;

	for (unsigned int i = 0; i < ARRAY_SIZE(tried) && !(cache && cache->slab_cache); i++)
		cache = core_cache(test, tried[i], tried[i], 0, NULL);
	others = cache->slab_cache;
	KUNIT_ASSERT_NOT_NULL(test, others);
	get_slabinfo(others, &info);
	in_use = info.active_objs;
	take_objects(test, cache, 1, objects);
	KUNIT_EXPECT_PTR_EQ(test, slab_page(slab_of(objects[0]))->slab_cache, others);
	get_slabinfo(others, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, in_use + 1);
	kmem_cache_free(cache, objects[0]);
	kmem_cache_shrink(cache);
	get_slabinfo(others, &info);
	KUNIT_EXPECT_EQ(test, info.active_objs, in_use);
}

/* ---- flags ---- */

/* ledger: S3. Flags matter only when the cache must grow. */
static void slab_flags_matter_when_it_grows(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, NULL);
	unsigned int i;

	take_objects(test, cache, 1, objects);
	no_pages_begin();
	for (i = 1; i < cache->num; i++) {
		objects[i] = kmem_cache_alloc(cache, i % 2 ? GFP_NOWAIT : GFP_KERNEL);
		KUNIT_EXPECT_NOT_NULL(test, objects[i]);
	}
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, GFP_NOWAIT | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN));
	no_pages_end();
	EXPECT_SLABS(test, cache, 1, 0, 0);
	give_objects(cache, cache->num, objects);
}

/* In an interrupt, too; and what was taken there is freed there. */
static void slab_in_an_interrupt(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, NULL);

	preempt_count_add(HARDIRQ_OFFSET);
	objects[0] = kmem_cache_alloc(cache, GFP_ATOMIC);
	kmem_cache_free(cache, objects[0]);
	preempt_count_sub(HARDIRQ_OFFSET);
	KUNIT_EXPECT_NOT_NULL(test, objects[0]);
	EXPECT_SLABS(test, cache, 0, 0, 1);
}

/* ledger: S5. Pages for devices of old, and pages that can be had back: counted and grouped so. */
static void slab_pages_as_the_flags_say(struct kunit *test)
{
	struct kmem_cache *dma = core_cache(test, 200, 0, SLAB_CACHE_DMA, NULL);
	struct kmem_cache *reclaimable = core_cache(test, 200, 0, SLAB_RECLAIM_ACCOUNT, NULL);
	unsigned long fixed, shrinkable;

	slab_settle();
	fixed = slab_pages(false);
	shrinkable = slab_pages(true);
	take_objects(test, dma, 1, objects);
	KUNIT_EXPECT_LT(test, (unsigned long)__pa(objects[0]), 16UL << 20);
	KUNIT_EXPECT_EQ(test, slab_pages(false), fixed + (1UL << dma->gfporder));
	take_objects(test, reclaimable, 1, objects + 1);
	KUNIT_EXPECT_EQ(test, slab_pages(true), shrinkable + (1UL << reclaimable->gfporder));
	KUNIT_EXPECT_TRUE(test, reclaimable->allocflags & __GFP_RECLAIMABLE);
	kmem_cache_free(dma, objects[0]);
	kmem_cache_free(reclaimable, objects[1]);
	kmem_cache_shrink(reclaimable);
	KUNIT_EXPECT_EQ(test, slab_pages(true), shrinkable);
}

/* ---- what is in objects ---- */

/* ledger: S3. Zeroed when asked for, and only then, and no more than the object. */
static void slab_zeroes_on_request(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, NULL);
	u8 *object, *next;

	take_objects(test, cache, 2, objects);
	memset(objects[0], 0xa5, 200);
	memset(objects[1], 0x5a, 200);
	kmem_cache_free(cache, objects[0]);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	next = objects[1];
	KUNIT_EXPECT_PTR_EQ(test, (void *)object, objects[0]);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0xa5, 200));
	kmem_cache_free(cache, object);
	object = kmem_cache_zalloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, (void *)object, objects[0]);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 200));
	KUNIT_EXPECT_NULL(test, memchr_inv(next, 0x5a, 200));
	give_objects(cache, 2, objects);
}

static unsigned int nr_constructed;

static void construct(void *object)
{
	*(u32 *)object = 0xc0ffee;
	nr_constructed++;
}

/* ledger: S6. When a slab is filled, and for all of it; not at each allocation. */
static void ctor_runs_when_a_slab_is_filled(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, construct);
	unsigned int i;

	nr_constructed = 0;
	for (i = 0; i < 3 * cache->num; i++) {
		take_objects(test, cache, 1, objects + i);
		KUNIT_EXPECT_EQ(test, nr_constructed, (i / cache->num + 1) * cache->num);
		KUNIT_EXPECT_EQ(test, *(u32 *)objects[i], 0xc0ffee);
	}
	give_objects(cache, 3 * cache->num, objects);
	kmem_cache_shrink(cache);
	take_objects(test, cache, 1, objects);
	KUNIT_EXPECT_EQ(test, nr_constructed, 4 * cache->num);
	give_objects(cache, 1, objects);
}

/* ledger: S6. What the last owner left is there for the next one, also where zeros are asked for. */
static void constructed_state_survives(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, construct);
	void *object;

	take_objects(test, cache, 1, objects);
	memset(objects[0] + 4, 0x77, 196);
	kmem_cache_free(cache, objects[0]);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, object, objects[0]);
	KUNIT_EXPECT_EQ(test, *(u32 *)object, 0xc0ffee);
	KUNIT_EXPECT_NULL(test, memchr_inv(object + 4, 0x77, 196));
	kmem_cache_free(cache, object);
}

/* ---- mistakes that the slab notices, with no checker on ---- */

/* Twice to the slab: reported, and the object is handed out once. */
static void slab_refuses_double_frees(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, NULL);
	void *one;

	take_objects(test, cache, 3, objects);
	one = objects[0];
	kmem_cache_free(cache, one);
	kmem_cache_free(cache, objects[1]);
	KUNIT_EXPECT_REPORT(test, "BUG plain*", kmem_cache_free(cache, one));
	KUNIT_EXPECT_EQ(test, slab_of(one)->nr_free, cache->num - 1);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	kmem_cache_free(cache, objects[2]);
}

/* What does not begin where an object does stays with its owner. */
static void slab_refuses_middles(struct kunit *test)
{
	struct kmem_cache *cache = core_cache(test, 200, 0, 0, NULL);

	take_objects(test, cache, 1, objects);
	KUNIT_EXPECT_REPORT(test, "BUG plain*", kmem_cache_free(cache, objects[0] + 8));
	KUNIT_EXPECT_REPORT(test, "BUG plain*",
			    kmem_cache_free(cache, slab_slot(cache, slab_of(objects[0]), cache->num)));
	KUNIT_EXPECT_EQ(test, slab_of(objects[0])->nr_free, cache->num - 1);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	kmem_cache_free(cache, objects[0]);
}

static struct kunit_case slab_cases[] = {
	KUNIT_CASE(slab_is_cut_to_size),
	KUNIT_CASE(slab_wastes_little),
	KUNIT_CASE(slab_finds_objects),
	KUNIT_CASE(slab_marks_its_pages),
	KUNIT_CASE(slab_colours),
	KUNIT_CASE(slab_is_on_the_right_list),
	KUNIT_CASE(slab_prefers_those_in_use),
	KUNIT_CASE(slab_keeps_some_free),
	KUNIT_CASE(slab_reap_leaves_some),
	KUNIT_CASE(slab_description_elsewhere),
	KUNIT_CASE(slab_flags_matter_when_it_grows),
	KUNIT_CASE(slab_in_an_interrupt),
	KUNIT_CASE(slab_pages_as_the_flags_say),
	KUNIT_CASE(slab_zeroes_on_request),
	KUNIT_CASE(ctor_runs_when_a_slab_is_filled),
	KUNIT_CASE(constructed_state_survives),
	KUNIT_CASE(slab_refuses_double_frees),
	KUNIT_CASE(slab_refuses_middles),
	{}
};

static struct kunit_suite slab_suite = {
	.name = "slab",
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = slab_cases,
};
kunit_test_suite(slab_suite);
