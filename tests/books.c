// SPDX-License-Identifier: MIT
#include <kunit/settle.h>
#include <linux/rcupdate.h>

#include "../mm/internal.h"
#include "../mm/percpu.h"
#include "../mm/slab.h"
#include "../mm/vmalloc.h"
#include "books.h"

struct books books_now(void)
{
	struct books books = {};
	struct kmem_cache *c;

	kunit_settle();
	rcu_barrier();
	pcpu_reap();
	slab_reap_caches();
	drain_all_pages(NULL);
	books.pages = nr_free_pages() + slab_pages(false) + slab_pages(true);
	books.areas = vmalloc_nr_pages();
	for_each_cache(c)
		if (c != find_cache("slab"))
			books.objects += slab_objects_out(c) - magazines_count(c);
	return books;
}

void expect_same_books(struct kunit *test, const struct books *before)
{
	struct books now = books_now();

	KUNIT_EXPECT_EQ(test, now.pages, before->pages);
	KUNIT_EXPECT_EQ(test, now.areas, before->areas);
	KUNIT_EXPECT_EQ(test, now.objects, before->objects);
	KUNIT_EXPECT_TRUE(test, zones_validate());
	KUNIT_EXPECT_TRUE(test, caches_validate());
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
}
