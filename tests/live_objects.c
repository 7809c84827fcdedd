// SPDX-License-Identifier: MIT
#include <linux/preempt.h>
#include <linux/vmalloc.h>

#include "../mm/slab.h"
#include "live_objects.h"

static unsigned long live_before, vmalloc_before;

unsigned long live_objects(void)
{
	struct slabinfo info;
	unsigned long sum = 0;

	for (int type = 0; type < NR_KMALLOC_TYPES; type++)
		for (int class = 1; class <= KMALLOC_SHIFT_HIGH; class++) {
			get_slabinfo(kmalloc_caches[type][class], &info);
			sum += info.active_objs;
		}
	return sum;
}

/* ---- failing ---- */

unsigned int pages_refused;
gfp_t pages_refused_gfp;
static unsigned int refused_order;

static bool is_class(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_KMALLOC;
}

static bool no_object(struct kmem_cache *cache, gfp_t gfp)
{
	return !is_class(cache);
}

static struct slab_observer no_objects = {
	.name = "no_objects", .wants = is_class, .may_alloc = no_object,
};

static bool no_large_block(gfp_t gfp, unsigned int order)
{
	if (order < refused_order)
		return true;
	pages_refused++;
	pages_refused_gfp = gfp;
	return false;
}

static struct page_observer no_pages = { .name = "no_pages", .may_alloc = no_large_block };

void kmalloc_fails(unsigned int order)
{
	pages_refused = 0;
	refused_order = order;
	page_observer_attach(&no_pages);
	slab_observer_attach(&no_objects);
}

void kmalloc_works(void)
{
	slab_observer_detach(&no_objects);
	page_observer_detach(&no_pages);
}

/* ---- as it was ---- */

int live_objects_enter(struct kunit *test)
{
	vm_unmap_aliases();
	live_before = live_objects();
	vmalloc_before = vmalloc_nr_pages();
	return 0;
}

void live_objects_leave(struct kunit *test)
{
	kmalloc_works();
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, live_objects(), live_before);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), vmalloc_before);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}
