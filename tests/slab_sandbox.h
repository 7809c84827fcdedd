/* SPDX-License-Identifier: MIT */
/*
 * For tests of the slab allocator: that a case leaves memory as it was, caches that nobody
 * watches whatever the command line says, and pages that are not to be had.
 */
#ifndef _TESTS_SLAB_SANDBOX_H
#define _TESTS_SLAB_SANDBOX_H

#include <kunit/report.h>
#include <kunit/test.h>

#include "../mm/slab.h"

/*
 * For a suite's init and exit. Objects are taken in order of their places in between, and magazines
 * are on. Afterwards there are as many caches and free pages as before, and all caches are sound.
 */
int slab_sandbox_enter(struct kunit *test);
void slab_sandbox_leave(struct kunit *test);

/* All that is in nobody's use goes back to the page allocator: free pages can be compared. */
void slab_settle(void);

/*
 * A cache without observers: what the chapters do, and nothing else. With 0 or SLAB_NO_MAGAZINES
 * in @flags, for instance. It ends with the case, if its objects are free then.
 */
struct kmem_cache *plain_cache(struct kunit *test, unsigned int size, unsigned int align,
			       slab_flags_t flags, void (*ctor)(void *));

/* @nr objects, which must be there; and back they go, in the same order. */
void take_objects(struct kunit *test, struct kmem_cache *cache, unsigned int nr, void **objects);
void give_objects(struct kmem_cache *cache, unsigned int nr, void **objects);

/* The slab that @object lies in. */
struct slab *slab_of(const void *object);

/* Slabs on a list. */
unsigned long slabs_on(const struct list_head *list);

/* Expect so many slabs on @cache's three lists, and that the cache is sound. */
#define EXPECT_SLABS(test, cache, nr_full, nr_partial, nr_free) \
do { \
	KUNIT_EXPECT_EQ(test, slabs_on(&(cache)->full), nr_full); \
	KUNIT_EXPECT_EQ(test, slabs_on(&(cache)->partial), nr_partial); \
	KUNIT_EXPECT_EQ(test, slabs_on(&(cache)->free), nr_free); \
	KUNIT_EXPECT_TRUE(test, cache_validate(cache)); \
} while (0)

/* From now on there are no pages; there are again. */
void no_pages_begin(void);
void no_pages_end(void);

#endif /* _TESTS_SLAB_SANDBOX_H */
