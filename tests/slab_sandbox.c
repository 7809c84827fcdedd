// SPDX-License-Identifier: MIT
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../mm/internal.h"
#include "slab_sandbox.h"

#define OWN_MAX	8

static unsigned long free_before, caches_before;
static bool magazines_before;
static unsigned int (*choice_before)(unsigned int num);
static struct kmem_cache *own[OWN_MAX];
static unsigned int nr_own;

static unsigned long nr_caches(void)
{
	const struct list_head *cache;
	unsigned long nr = 0;

	list_for_each(cache, &slab_caches)
		nr++;
	return nr;
}

/* Freed magazines and descriptions are objects themselves: their caches' turn comes once more. */
void slab_settle(void)
{
	bool on = magazines_enabled();
	struct kmem_cache *cache;

	vm_unmap_aliases();		/* which frees objects */
	magazines_enable(false);
	for (int i = 0; i < 3; i++) {
		slab_reap_caches();
		for_each_cache(cache)
			slab_reap(cache, 0);
	}
	magazines_enable(on);
	drain_all_pages(NULL);
}

int slab_sandbox_enter(struct kunit *test)
{
	slab_settle();
	free_before = nr_free_pages();
	caches_before = nr_caches();
	magazines_before = magazines_enabled();
	magazines_enable(true);
	choice_before = slab_first_choice;
	slab_first_choice = NULL;
	nr_own = 0;
	return 0;
}

void slab_sandbox_leave(struct kunit *test)
{
	no_pages_end();
	while (nr_own)
		KUNIT_EXPECT_EQ(test, kmem_cache_destroy(own[--nr_own]), 0);
	slab_first_choice = choice_before;
	magazines_enable(magazines_before);
	slab_settle();
	KUNIT_EXPECT_EQ(test, nr_caches(), caches_before);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_TRUE(test, caches_validate());
}

/* ---- caches ---- */

/* No object of it is there yet, so nobody misses what he has not seen. */
struct kmem_cache *plain_cache(struct kunit *test, unsigned int size, unsigned int align,
			       slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *cache;
	char name[16];

	KUNIT_ASSERT_LT(test, nr_own, OWN_MAX);
	snprintf(name, sizeof(name), "plain-%u", nr_own);
	cache = kmem_cache_create(name, size, align, flags | SLAB_NO_USER_FLAGS, ctor);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	cache->watched = false;
	magazines_update(cache);
	own[nr_own++] = cache;
	return cache;
}

void take_objects(struct kunit *test, struct kmem_cache *cache, unsigned int nr, void **objects)
{
	for (unsigned int i = 0; i < nr; i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
	}
}

void give_objects(struct kmem_cache *cache, unsigned int nr, void **objects)
{
	for (unsigned int i = 0; i < nr; i++)
		kmem_cache_free(cache, objects[i]);
}

struct slab *slab_of(const void *object)
{
	struct page *page = slab_page(object);

	return page ? page->slab : NULL;
}

unsigned long slabs_on(const struct list_head *list)
{
	const struct list_head *slab;
	unsigned long nr = 0;

	list_for_each(slab, list)
		nr++;
	return nr;
}

/* ---- want ---- */

static bool never(gfp_t gfp, unsigned int order)
{
	return false;
}

static struct page_observer no_pages = { .name = "slab_sandbox", .may_alloc = never };

void no_pages_begin(void)
{
	page_observer_attach(&no_pages);
}

void no_pages_end(void)
{
	page_observer_detach(&no_pages);
}
