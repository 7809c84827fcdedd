// SPDX-License-Identifier: MIT
/* Groups for tests: see memcg_sandbox.h. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <quarry/rcu.h>

#include "memcg_sandbox.h"

struct mem_cgroup *memcg_sandbox_group(struct kunit *test, const char *name,
				       struct mem_cgroup *parent)
{
	struct mem_cgroup *memcg = mem_cgroup_create(name, parent);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, memcg);
	return memcg;
}

/* A group of the case's that has no children; NULL: there is none any more. Held. */
static struct mem_cgroup *find_leaf(void)
{
	struct mem_cgroup *memcg = NULL;

	while ((memcg = mem_cgroup_iter(NULL, memcg, NULL))) {
		bool is_ours = false;

		for (struct mem_cgroup *m = memcg; m; m = m->parent)
			is_ours |= strstarts(m->name, "test-");
		if (is_ours && !memcg->nr_children)
			return memcg;
	}
	return NULL;
}

/* Of who owes for what: mm/memcg_owners.c. */
static unsigned long nr_records(void)
{
	struct slabinfo info;

	get_slabinfo(find_cache("memcg_owners"), &info);
	return info.active_objs;
}

void memcg_sandbox_end(struct kunit *test)
{
	struct mem_cgroup *memcg;

	set_active_memcg(NULL);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	while ((memcg = find_leaf())) {
		KUNIT_EXPECT_EQ(test, page_counter_read(&memcg->memory), 0);
		KUNIT_EXPECT_EQ(test, mem_cgroup_remove(memcg), 0);
		mem_cgroup_put(memcg);
	}
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	KUNIT_EXPECT_EQ(test, nr_obj_cgroups(), 0);
	KUNIT_EXPECT_EQ(test, nr_records(), 0);
	kvfree_rcu_barrier();		/* the groups themselves */
}

struct page *memcg_sandbox_page(struct mem_cgroup *memcg, gfp_t gfp, unsigned int order)
{
	struct mem_cgroup *old = set_active_memcg(memcg);
	struct page *page = alloc_pages(gfp, order);

	set_active_memcg(old);
	return page;
}

void *memcg_sandbox_kmalloc(struct mem_cgroup *memcg, size_t size, gfp_t gfp)
{
	struct mem_cgroup *old = set_active_memcg(memcg);
	void *object = kmalloc(size, gfp);

	set_active_memcg(old);
	return object;
}

void *memcg_sandbox_object(struct mem_cgroup *memcg, struct kmem_cache *cache, gfp_t gfp)
{
	struct mem_cgroup *old = set_active_memcg(memcg);
	void *object = kmem_cache_alloc(cache, gfp);

	set_active_memcg(old);
	return object;
}
