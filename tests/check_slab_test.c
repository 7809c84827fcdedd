// SPDX-License-Identifier: MIT
/* The validator of slabs and magazines: each promise is broken, seen, named, and mended. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/kernel.h>

#include "../mm/slab.h"

static bool sound;		/* the validator's last verdict */
static struct kmem_cache *cache;

static void validate_quietly(void)
{
	int loglevel = console_loglevel;

	console_loglevel = LOGLEVEL_CRIT;
	sound = cache_validate(cache);
	console_loglevel = loglevel;
}

static void validate_all_quietly(void)
{
	int loglevel = console_loglevel;

	console_loglevel = LOGLEVEL_CRIT;
	sound = caches_validate();
	console_loglevel = loglevel;
}

/* What is broken by @crime must be reported in these words; what @mend does makes it good again. */
#define EXPECT_SEEN(test, words, crime, mend) \
do { \
	crime; \
	KUNIT_EXPECT_REPORT(test, "cache check_slab: " words, validate_quietly()); \
	KUNIT_EXPECT_FALSE_MSG(test, sound, "%s", words); \
	mend; \
	KUNIT_EXPECT_TRUE_MSG(test, cache_validate(cache), "mended: %s", words); \
} while (0)

#define OBJECT_SIZE	1400	/* slabs of several pages */
#define OBJECTS_MAX	512

/* Three slabs' objects; those of @partial but for one, and of @full, are in use. */
static void *objects[OBJECTS_MAX];
static unsigned int nr_objects;
static struct slab *full, *partial, *empty;

static struct slab *slab_with(unsigned int i)
{
	return slab_page(objects[i])->slab;
}

static void fill(struct kunit *test)
{
	KUNIT_ASSERT_LE(test, 3 * cache->num, OBJECTS_MAX);
	for (nr_objects = 0; nr_objects < 3 * cache->num; nr_objects++) {
		objects[nr_objects] = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[nr_objects]);
	}
}

static void put_back(unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++) {
		kmem_cache_free(cache, objects[i]);
		objects[i] = NULL;
	}
}

static bool were_enabled;

static void make(struct kunit *test, bool with_magazines)
{
	were_enabled = magazines_enabled();
	magazines_enable(with_magazines);
	nr_objects = 0;
	cache = kmem_cache_create("check_slab", OBJECT_SIZE, 0, 0, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	fill(test);
}

static int setup(struct kunit *test)
{
	make(test, false);
	full = slab_with(0);
	partial = slab_with(cache->num);
	empty = slab_with(2 * cache->num);
	cache->max_free_slabs = 1;
	put_back(cache->num, cache->num + 1);
	put_back(2 * cache->num, 3 * cache->num);
	KUNIT_ASSERT_TRUE(test, cache_validate(cache));
	KUNIT_ASSERT_PTR_EQ(test, cache->free.next, &empty->list);
	return 0;
}

static void leave(struct kunit *test)
{
	if (cache) {
		put_back(0, nr_objects);
		KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
		KUNIT_EXPECT_TRUE(test, caches_validate());
		cache = NULL;
	}
	magazines_enable(were_enabled);
}

/* ---- the cache ---- */

static void check_layout(struct kunit *test)
{
	EXPECT_SEEN(test, "an object ends * bytes into its slot of *",
		    cache->object_size += PAGE_SIZE, cache->object_size -= PAGE_SIZE);
	EXPECT_SEEN(test, "slots of * bytes, with the object at *, do not keep to *",
		    cache->object_offset++, cache->object_offset--);
	EXPECT_SEEN(test, "* slots of * bytes from * on are not what * bytes have room for",
		    cache->first_slot += PAGE_SIZE << cache->gfporder,
		    cache->first_slot -= PAGE_SIZE << cache->gfporder);
	EXPECT_SEEN(test, "* is not the reciprocal of *", cache->reciprocal -= 2,
		    cache->reciprocal += 2);
}

static void check_description_has_room(struct kunit *test)
{
	unsigned int first = cache->first_slot;

	if (cache->slab_cache)
		return;
	EXPECT_SEEN(test, "the first slot begins at 16, inside the description",
		    cache->first_slot = 16, cache->first_slot = first);
}

static void check_counts(struct kunit *test)
{
	EXPECT_SEEN(test, "nr_slabs is 4, but there are 3", cache->nr_slabs++, cache->nr_slabs--);
	EXPECT_SEEN(test, "nr_free_slabs is 0, but there are 1",
		    cache->nr_free_slabs--, cache->nr_free_slabs++);
	EXPECT_SEEN(test, "nr_free_objects is *, but slabs have *",
		    cache->nr_free_objects++, cache->nr_free_objects--);
}

/* ---- slabs ---- */

static void check_lists(struct kunit *test)
{
	EXPECT_SEEN(test, "slab * has 1 of * objects free, and is on the full list",
		    list_move(&partial->list, &cache->full),
		    list_move(&partial->list, &cache->partial));
	EXPECT_SEEN(test, "slab * has 0 of * objects free, and is on the partial list",
		    list_move(&full->list, &cache->partial), list_move(&full->list, &cache->full));
	EXPECT_SEEN(test, "slab * has * of * objects free, and is on the partial list",
		    (list_move(&empty->list, &cache->partial), cache->nr_free_slabs--),
		    (list_move(&empty->list, &cache->free), cache->nr_free_slabs++));
}

static void check_links(struct kunit *test)
{
	struct list_head *list = &cache->full;

	EXPECT_SEEN(test, "a link of the full list leads to *, where there can be no slab",
		    list->next = (void *)0x1230, list->next = &full->list);
	EXPECT_SEEN(test, "a link of the full list leads to *, where there can be no slab",
		    list->next = (void *)&full->list + 1, list->next = &full->list);
	EXPECT_SEEN(test, "slab * on the full list does not lead back to the one before",
		    full->list.prev = &partial->list, full->list.prev = list);
	EXPECT_SEEN(test, "the full list does not end where it says",
		    list->prev = list, list->prev = &full->list);
	EXPECT_SEEN(test, "slab * has its objects at *, which are another's",
		    swap(full->objects, partial->objects), swap(full->objects, partial->objects));
}

/* Of an object that is in use; which is freed depends on `slab_freelist_random`. */
static unsigned int used_bit(void)
{
	return slab_index(cache, partial, objects[cache->num + 1] - cache->object_offset);
}

static void check_bits(struct kunit *test)
{
	unsigned int num = cache->num;

	EXPECT_SEEN(test, "slab * has 1 free objects, but its bits say 2",
		    __set_bit(used_bit(), partial->free), __clear_bit(used_bit(), partial->free));
	EXPECT_SEEN(test, "slab * has 0 free objects, but its bits say 1",
		    __set_bit(0, full->free), __clear_bit(0, full->free));
	EXPECT_SEEN(test, "slab * has 1 objects free and * set aside, of *",
		    partial->nr_aside = num, partial->nr_aside = 0);
	if (num % BITS_PER_LONG)
		EXPECT_SEEN(test, "slab * has free objects behind its last one, which is *",
			    __set_bit(num, full->free), __clear_bit(num, full->free));
}

static void check_pages(struct kunit *test)
{
	struct page *page = block_head(slab_page(full->objects));
	unsigned int last = (1 << cache->gfporder) - 1;

	KUNIT_ASSERT_GT(test, last, 0);
	EXPECT_SEEN(test, "page * of slab * does not lead to it",
		    __ClearPageSlab(page + last), __SetPageSlab(page + last));
	EXPECT_SEEN(test, "page * of slab * does not lead to it",
		    page[last].slab = partial, page[last].slab = full);
	EXPECT_SEEN(test, "page * of slab * does not lead to it",
		    page[last].slab_cache = NULL, page[last].slab_cache = cache);
	EXPECT_SEEN(test, "slab * is no allocated block of order *",
		    change_page_state(page, PAGE_ALLOCATED, PAGE_QUARANTINED),
		    change_page_state(page, PAGE_QUARANTINED, PAGE_ALLOCATED));
}

static void check_place(struct kunit *test)
{
	EXPECT_SEEN(test, "slab * has its first slot at byte *", full->objects++, full->objects--);
	EXPECT_SEEN(test, "slab * has its first slot at byte *", full->objects -= 8,
		    full->objects += 8);
}

/* Not of one cache: what all of them say together. */
static void check_all(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	__SetPageSlab(page);
	KUNIT_EXPECT_REPORT(test, "caches: * pages say to be some slab's, but caches have *",
			    validate_all_quietly());
	KUNIT_EXPECT_FALSE(test, sound);
	__ClearPageSlab(page);
	__free_page(page);

	cache->flags ^= SLAB_RECLAIM_ACCOUNT;
	KUNIT_EXPECT_REPORT(test, "caches: * pages are counted as reclaimable, but caches have *",
			    validate_all_quietly());
	KUNIT_EXPECT_FALSE(test, sound);
	cache->flags ^= SLAB_RECLAIM_ACCOUNT;
	KUNIT_EXPECT_TRUE(test, caches_validate());
}

static struct kunit_case check_slab_cases[] = {
	KUNIT_CASE(check_layout),
	KUNIT_CASE(check_description_has_room),
	KUNIT_CASE(check_counts),
	KUNIT_CASE(check_lists),
	KUNIT_CASE(check_links),
	KUNIT_CASE(check_bits),
	KUNIT_CASE(check_pages),
	KUNIT_CASE(check_place),
	KUNIT_CASE(check_all),
	{}
};

static struct kunit_suite check_slab_suite = {
	.name = "check_slab",
	.init = setup,
	.exit = leave,
	.test_cases = check_slab_cases,
};
kunit_test_suite(check_slab_suite);

/* ---- magazines ---- */

static struct kmem_cache_cpu *cpu;

/* A CPU with some objects at hand, and a full magazine in the depot. */
static int setup_magazines(struct kunit *test)
{
	make(test, true);
	if (!cache->has_magazines)
		kunit_skip(test, "a checker watches, and so there are no magazines");
	put_back(0, nr_objects);
	nr_objects = 1;
	objects[0] = kmem_cache_alloc(cache, GFP_KERNEL);
	cpu = &cache->cpu[smp_processor_id()];
	KUNIT_ASSERT_NOT_NULL(test, objects[0]);
	KUNIT_ASSERT_NOT_NULL(test, cpu->loaded);
	KUNIT_ASSERT_GE(test, cpu->top - &cpu->loaded->floor, 2);
	KUNIT_ASSERT_NOT_NULL(test, cache->depot.full);
	KUNIT_ASSERT_TRUE(test, cache_validate(cache));
	return 0;
}

static void check_rounds(struct kunit *test)
{
	void *object = *cpu->top;
	struct slab *slab = slab_page(object)->slab;
	unsigned int i = slab_index(cache, slab, object - cache->object_offset);

	EXPECT_SEEN(test, "a CPU has * in a magazine, which is no object", ++*cpu->top, --*cpu->top);
	EXPECT_SEEN(test, "a CPU has * in a magazine, which is no object",
		    *cpu->top = &sound, *cpu->top = object);
	EXPECT_SEEN(test, "a CPU has * in a magazine, and it is in a magazine already",
		    *cpu->top = cpu->top[-1], *cpu->top = object);
	EXPECT_SEEN(test, "a CPU has * in a magazine, which is free in its slab",
		    (__set_bit(i, slab->free), slab->nr_free++, cache->nr_free_objects++,
		     list_move(&slab->list, &cache->partial)),
		    (__clear_bit(i, slab->free), slab->nr_free--, cache->nr_free_objects--,
		     list_move(&slab->list, slab->nr_free ? &cache->partial : &cache->full)));
}

/* In another magazine, which is the depot's. */
static void check_rounds_of_the_depot(struct kunit *test)
{
	void **round = cache->depot.full->top, *object = *round;

	EXPECT_SEEN(test, "the depot has * in a magazine, and it is in a magazine already",
		    *round = *cpu->top, *round = object);
	EXPECT_SEEN(test, "the depot has * in a magazine, which is no object",
		    *round = NULL, *round = object);
}

static void check_cpu(struct kunit *test)
{
	struct magazine *loaded = cpu->loaded;
	void **top = cpu->top;

	EXPECT_SEEN(test, "loaded, magazine * of * rounds has its top at *",
		    cpu->top = &loaded->floor - 1, cpu->top = top);
	EXPECT_SEEN(test, "loaded, magazine * of * rounds has its top at *",
		    cpu->top = cpu->end + 1, cpu->top = top);
	EXPECT_SEEN(test, "CPU * magazine * ends at *, not *", cpu->end--, cpu->end++);
	EXPECT_SEEN(test, "loaded, there is a magazine at *, where there can be none",
		    cpu->loaded = (void *)0x1230, cpu->loaded = loaded);
	EXPECT_SEEN(test, "loaded, magazine * has * below its last round",
		    loaded->floor = objects[0], loaded->floor = NULL);
	EXPECT_SEEN(test, "* objects are in magazines, and it may have none",
		    cache->has_magazines = false, cache->has_magazines = true);
}

static void check_depot(struct kunit *test)
{
	struct depot *depot = &cache->depot;
	struct magazine *magazine = depot->full;
	void **top = magazine->top;

	EXPECT_SEEN(test, "the depot counts * full magazines, but there are less",
		    depot->nr_full++, depot->nr_full--);
	EXPECT_SEEN(test, "the depot counts * full magazines, but there are more",
		    depot->nr_full--, depot->nr_full++);
	EXPECT_SEEN(test, "the depot counts * empty magazines, but there are less",
		    depot->nr_empty++, depot->nr_empty--);
	EXPECT_SEEN(test, "magazine * is among the full ones, with its top at *",
		    magazine->top = &magazine->floor, magazine->top = top);
	EXPECT_SEEN(test, "among the full, there is a magazine at *, where there can be none",
		    depot->full = (void *)&sound, depot->full = magazine);
}

static struct kunit_case check_magazines_cases[] = {
	KUNIT_CASE(check_rounds),
	KUNIT_CASE(check_rounds_of_the_depot),
	KUNIT_CASE(check_cpu),
	KUNIT_CASE(check_depot),
	{}
};

static struct kunit_suite check_magazines_suite = {
	.name = "check_slab_magazines",
	.init = setup_magazines,
	.exit = leave,
	.test_cases = check_magazines_cases,
};
kunit_test_suite(check_magazines_suite);
