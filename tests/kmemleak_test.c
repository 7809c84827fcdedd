// SPDX-License-Identifier: MIT
/* The leak finder: what nothing leads to is found, and what something leads to is not. */
#include <kunit/report.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "lost_objects.h"

/* ---- what is found ---- */

static void finds_small_objects(struct kunit *test)
{
	struct kmemleak_leak leak;

	lose_small(test);
	EXPECT_LOST(test);
	KUNIT_ASSERT_TRUE(test, kmemleak_found(0, &leak));
	for (unsigned int n = 0; kmemleak_found(n, &leak); n++)
		if (~leak.addr == hidden[2])
			KUNIT_EXPECT_EQ(test, leak.size, 128);
}

static struct kmem_cache *cache;

static noinline void lose_of_a_cache(struct kunit *test)
{
	hide_all(test, kmem_cache_zalloc(cache, GFP_KERNEL));
}

static noinline void free_to_cache(const void *object)
{
	kmem_cache_free(cache, (void *)object);
}

static void finds_objects_of_a_cache(struct kunit *test)
{
	cache = kmem_cache_create("kmemleak_test", 40, 0, 0, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	lose_of_a_cache(test);
	EXPECT_LOST(test);
	free_all(free_to_cache);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void leaves_out_caches_that_ask(struct kunit *test)
{
	cache = kmem_cache_create("kmemleak_test", 40, 0, SLAB_NOLEAKTRACE, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	lose_of_a_cache(test);
	EXPECT_NONE_LOST(test);
	free_all(free_to_cache);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static noinline void lose_large(struct kunit *test)
{
	hide_all(test, kzalloc(KMALLOC_MAX_CACHE_SIZE + 1, GFP_KERNEL));
}

static void finds_large_blocks(struct kunit *test)
{
	lose_large(test);
	EXPECT_LOST(test);
}

static noinline void lose_areas(struct kunit *test)
{
	hide_all(test, vzalloc(PAGE_SIZE));
}

static void finds_areas(struct kunit *test)
{
	lose_areas(test);
	EXPECT_LOST(test);
	free_all(vfree);
	EXPECT_NONE_LOST(test);
}

/*
 * Each leads to the other, and nobody else to any of them. In pairs: a stray word that looks like one
 * of them keeps no more than that.
 */
static noinline void make_circles(void)
{
	for (unsigned int i = 0; i < NR_LOST; i++)
		*(void **)nth(i) = nth(i ^ 1);
}

static void finds_circles(struct kunit *test)
{
	lose_small(test);
	make_circles();
	EXPECT_LOST(test);
}

/* They are in magazines or in their slabs then. */
static void finds_nothing_that_is_free(struct kunit *test)
{
	unsigned long was[NR_LOST];

	lose_small(test);
	EXPECT_LOST(test);
	memcpy(was, hidden, sizeof(was));
	free_all(kfree);
	memcpy(hidden, was, sizeof(was));
	KUNIT_EXPECT_EQ(test, count_found(), 0);	/* no need to look anew */
	EXPECT_NONE_LOST(test);
	memset(hidden, 0, sizeof(hidden));
}

/* What a cache has in its magazines is nobody's, and has never been. */
static void finds_nothing_in_magazines(struct kunit *test)
{
	long others = kmemleak_scan();

	cache = kmem_cache_create("kmemleak_test", 40, 0, 0, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	lose_of_a_cache(test);
	free_all(free_to_cache);
	wipe_stack();
	KUNIT_EXPECT_LE(test, kmemleak_scan(), others);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ---- what leads to objects ---- */

static void *variables[3], *initialised = &variables;
static void *variable;

/* Objects 0, 1 and 2 are not found, the others are, all but one. */
static void expect_three_reached(struct kunit *test)
{
	unsigned int found = lost(test);

	for (unsigned int i = 0; i < ARRAY_SIZE(variables); i++)
		KUNIT_EXPECT_FALSE_MSG(test, was_found(i), "object %u", i);
	KUNIT_EXPECT_GT(test, found, 0);
}

/* Nothing leads to them. EXPECT_LOST() would be content with the others. */
static void expect_three_lost(struct kunit *test)
{
	lost(test);
	KUNIT_EXPECT_TRUE(test, was_found(0) || was_found(1) || was_found(2));
}

static void lead_to_three(unsigned long offset)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(variables); i++)
		lead_by(&variables[i], i, offset);
}

static void lead_nowhere(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(variables); i++)
		WRITE_ONCE(variables[i], NULL);
}

static void variables_lead(struct kunit *test)
{
	lose_small(test);
	lead_to_three(0);
	expect_three_reached(test);
	lead_nowhere();
	expect_three_lost(test);

	lead_by(&initialised, 3, 0);
	lost(test);
	KUNIT_EXPECT_FALSE(test, was_found(3));
	initialised = &variables;
}

/* An address leads to the object that it lies in, up to the last byte: not beyond. */
static void middles_lead(struct kunit *test)
{
	cache = kmem_cache_create("kmemleak_test", 36, 8, 0, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	lose_of_a_cache(test);
	lead_to_three(35);
	expect_three_reached(test);
	lead_to_three(36);
	expect_three_lost(test);
	lead_nowhere();
	free_all(free_to_cache);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void middles_of_areas_lead(struct kunit *test)
{
	lose_areas(test);
	lead_to_three(PAGE_SIZE - 1);
	expect_three_reached(test);
	lead_to_three(PAGE_SIZE);		/* the guard */
	expect_three_lost(test);
	lead_nowhere();
	free_all(vfree);
}

static noinline void expect_reached_from_stack(struct kunit *test)
{
	void *volatile locals[ARRAY_SIZE(variables)];

	for (unsigned int i = 0; i < ARRAY_SIZE(variables); i++)
		locals[i] = nth(i);
	expect_three_reached(test);
	for (unsigned int i = 0; i < ARRAY_SIZE(variables); i++)
		KUNIT_EXPECT_PTR_EQ(test, locals[i], nth(i));
}

static void stack_leads(struct kunit *test)
{
	lose_small(test);
	expect_reached_from_stack(test);
	expect_three_lost(test);
}

static void objects_lead(struct kunit *test)
{
	lose_chain(test);
	lead_by(&variable, 0, 0);
	EXPECT_NONE_LOST(test);
	lead_by(&variable, 3, 0);		/* not to those before it */
	KUNIT_EXPECT_GE(test, lost(test), 2);
	KUNIT_EXPECT_LE(test, lost(test), 3);
	variable = NULL;
}

static noinline void chain_areas(void **block)
{
	void **area = nth(0);

	*block = nth(NR_LOST - 1);
	for (unsigned int i = 0; i + 1 < NR_LOST; i++)
		area[i] = nth(i + 1);
}

/* All of them lost: a chain is none if an old note leads to its beginning. Elsewhere, then. */
static void lose_all_areas(struct kunit *test, void **spacer, unsigned int tries)
{
	lose_areas(test);
	for (unsigned int i = 0; i < tries && lost(test) < NR_LOST; i++) {
		spacer[i] = nth(0);
		hidden[0] = 0;
		free_all(vfree);
		lose_areas(test);
	}
}

static void areas_and_blocks_lead(struct kunit *test)
{
	void **block = kzalloc(KMALLOC_MAX_CACHE_SIZE + sizeof(void *), GFP_KERNEL);
	void *spacers[8] = { };

	KUNIT_ASSERT_NOT_NULL(test, block);
	lose_all_areas(test, spacers, ARRAY_SIZE(spacers));
	chain_areas(&block[KMALLOC_MAX_CACHE_SIZE / sizeof(void *)]);
	EXPECT_LOST(test);
	lead_by(&variable, 0, 100);
	EXPECT_NONE_LOST(test);
	variable = NULL;
	kfree(block);
	free_all(vfree);
	for (unsigned int i = 0; i < ARRAY_SIZE(spacers); i++)
		vfree(spacers[i]);
}

static noinline void lead_from_pages(struct page *const *pages)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(variables); i++)
		set_page_private(pages[i], (unsigned long)nth(i));
}

static noinline void write_into_pages(struct page *const *pages)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(variables); i++)
		*(void **)page_address(pages[i]) = nth(i);
}

/* What stands in struct page, not what is written in the page. */
static void pages_lead(struct kunit *test)
{
	struct page *pages[ARRAY_SIZE(variables)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, pages[i]);
		set_page_private(pages[i], 0);
	}
	lose_small(test);
	write_into_pages(pages);
	expect_three_lost(test);
	lead_from_pages(pages);
	expect_three_reached(test);
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		set_page_private(pages[i], 0);
		__free_page(pages[i]);
	}
}

/* ---- many ---- */

/* More than the stack has room for: the rest is made good. */
#define NR_MANY	1200

static void *volatile *many;

static noinline void spread(struct kunit *test)
{
	for (unsigned int i = 0; i < NR_MANY; i++) {
		many[i] = kzalloc(16, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, many[i]);
	}
	for (unsigned int i = 0; i < NR_LOST; i++)
		*(void **)many[i * (NR_MANY / NR_LOST)] = nth(i);
}

static void many_at_once(struct kunit *test)
{
	many = kmalloc_array(NR_MANY, sizeof(*many), GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, many);
	lose_small(test);
	spread(test);
	EXPECT_NONE_LOST(test);
	for (unsigned int i = 0; i < NR_MANY; i++)
		kfree(many[i]);
	kfree((void *)many);
	many = NULL;
}

struct link {
	struct link *next;
};

static struct link *chain;

static noinline void lengthen(struct kunit *test)
{
	for (unsigned int i = 0; i < NR_MANY; i++) {
		struct link *link = kmalloc(sizeof(*link), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, link);
		link->next = chain;
		chain = link;
	}
}

static void long_chain(struct kunit *test)
{
	long before = kmemleak_scan();

	lengthen(test);
	wipe_stack();
	KUNIT_EXPECT_LE(test, kmemleak_scan(), before);
	while (chain) {
		struct link *next = chain->next;

		kfree(chain);
		chain = next;
	}
}

static struct kunit_case kmemleak_cases[] = {
	KUNIT_CASE(finds_small_objects),
	KUNIT_CASE(finds_objects_of_a_cache),
	KUNIT_CASE(leaves_out_caches_that_ask),
	KUNIT_CASE(finds_large_blocks),
	KUNIT_CASE(finds_areas),
	KUNIT_CASE(finds_circles),
	KUNIT_CASE(finds_nothing_that_is_free),
	KUNIT_CASE(finds_nothing_in_magazines),
	KUNIT_CASE(variables_lead),
	KUNIT_CASE(middles_lead),
	KUNIT_CASE(middles_of_areas_lead),
	KUNIT_CASE(stack_leads),
	KUNIT_CASE(objects_lead),
	KUNIT_CASE(areas_and_blocks_lead),
	KUNIT_CASE(pages_lead),
	KUNIT_CASE(many_at_once),
	KUNIT_CASE(long_chain),
	{}
};

static struct kunit_suite kmemleak_suite = {
	.name = "kmemleak",
	.init = lost_objects_init,
	.exit = lost_objects_exit,
	.test_cases = kmemleak_cases,
};
kunit_test_suite(kmemleak_suite);
