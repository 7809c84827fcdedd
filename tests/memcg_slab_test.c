// SPDX-License-Identifier: MIT
/* Memory control groups: objects. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "memcg_sandbox.h"

static struct mem_cgroup *web, *db;
static struct kmem_cache *cache;	/* SLAB_ACCOUNT, 100 bytes */

static int memcg_slab_test_init(struct kunit *test)
{
	cache = kmem_cache_create("test-accounted", 100, 0, SLAB_ACCOUNT, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	web = memcg_sandbox_group(test, "test-web", NULL);
	db = memcg_sandbox_group(test, "db", web);
	return 0;
}

static void memcg_slab_test_exit(struct kunit *test)
{
	memcg_sandbox_end(test);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static unsigned long long slab_bytes(struct mem_cgroup *memcg)
{
	struct memcg_stat stat;

	mem_cgroup_get_stat(memcg, &stat);
	return stat.slab_unreclaimable + stat.slab_reclaimable;
}

/* ledger: G13 */
static void memcg_slab_by_size(struct kunit *test)
{
	void *first = memcg_sandbox_object(db, cache, GFP_KERNEL);
	void *second = memcg_sandbox_object(db, cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_EXPECT_EQ(test, obj_full_size(cache), cache->size + 4);
	KUNIT_EXPECT_EQ(test, slab_bytes(db), 2 * obj_full_size(cache));
	KUNIT_EXPECT_EQ(test, slab_bytes(web), 2 * obj_full_size(cache));
	KUNIT_EXPECT_EQ(test, usage(db), 1);		/* counters count pages */
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	kmem_cache_free(cache, first);
	KUNIT_EXPECT_EQ(test, usage(db), 1);
	kmem_cache_free(cache, second);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_EQ(test, slab_bytes(db), 0);
}

#define MANY	200

/* As many pages as the bytes fill, after each of them. ledger: G13 */
static void memcg_slab_pages_follow_bytes(struct kunit *test)
{
	void **objects = kcalloc(MANY, sizeof(*objects), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	for (unsigned int i = 0; i < MANY; i++) {
		objects[i] = memcg_sandbox_object(i % 2 ? db : web, cache, GFP_KERNEL);
		KUNIT_EXPECT_NOT_NULL(test, objects[i]);
		KUNIT_EXPECT_EQ(test, usage(db), PFN_UP((i + 1) / 2 * obj_full_size(cache)));
	}
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	for (unsigned int i = 0; i < MANY; i++) {
		kmem_cache_free(cache, objects[i]);
		KUNIT_EXPECT_EQ(test, usage(db),
				PFN_UP((MANY / 2 - (i + 1) / 2) * obj_full_size(cache)));
	}
	KUNIT_EXPECT_EQ(test, usage(web), 0);
	kfree(objects);
}

/* ledger: G13 */
static void memcg_slab_bulk(struct kunit *test)
{
	struct mem_cgroup *old = set_active_memcg(db);
	void *objects[40];
	int got = kmem_cache_alloc_bulk(cache, GFP_KERNEL, 40, objects);

	set_active_memcg(old);
	KUNIT_ASSERT_EQ(test, got, 40);
	KUNIT_EXPECT_EQ(test, slab_bytes(db), 40 * obj_full_size(cache));
	kmem_cache_free_bulk(cache, 39, objects);
	KUNIT_EXPECT_EQ(test, slab_bytes(db), obj_full_size(cache));
	kfree_bulk(1, objects + 39);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* ledger: G13 */
static void memcg_slab_kmalloc(struct kunit *test)
{
	void *accounted = memcg_sandbox_kmalloc(db, 64, GFP_KERNEL_ACCOUNT);
	void *plain = memcg_sandbox_kmalloc(db, 64, GFP_KERNEL);
	void *reclaimable = memcg_sandbox_kmalloc(db, 64, GFP_KERNEL_ACCOUNT | __GFP_RECLAIMABLE);
	struct memcg_stat stat;

	KUNIT_ASSERT_NOT_NULL(test, accounted);
	KUNIT_EXPECT_STREQ(test, virt_to_page(accounted)->slab_cache->name, "kmalloc-cg-64");
	mem_cgroup_get_stat(db, &stat);
	KUNIT_EXPECT_EQ(test, stat.slab_unreclaimable,
			obj_full_size(virt_to_page(accounted)->slab_cache));
	KUNIT_EXPECT_EQ(test, stat.slab_reclaimable, obj_full_size(virt_to_page(reclaimable)->slab_cache));
	KUNIT_EXPECT_EQ(test, stat.kernel, PAGE_SIZE);
	kfree(plain);
	kfree(reclaimable);
	kfree(accounted);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* What it was is its old owner's, what it becomes is the new one's. ledger: G13 */
static void memcg_slab_krealloc(struct kunit *test)
{
	char *p = memcg_sandbox_kmalloc(db, 64, GFP_KERNEL_ACCOUNT);
	unsigned long long before = slab_bytes(db);
	struct mem_cgroup *old;

	KUNIT_ASSERT_NOT_NULL(test, p);
	old = set_active_memcg(web);
	p = krealloc(p, 60, GFP_KERNEL_ACCOUNT);	/* where it is */
	KUNIT_EXPECT_EQ(test, slab_bytes(db), before);
	p = krealloc(p, 300, GFP_KERNEL_ACCOUNT);
	set_active_memcg(old);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, slab_bytes(db), 0);
	KUNIT_EXPECT_EQ(test, slab_bytes(web), obj_full_size(virt_to_page(p)->slab_cache));
	kfree(p);
	KUNIT_EXPECT_EQ(test, usage(web), 0);
}

/* ---- readers, constructors, damage ---- */

/* The object is free at once, and so is its owner; the slab waits for the readers. ledger: G13 */
static void memcg_slab_typesafe_by_rcu(struct kunit *test)
{
	struct kmem_cache *rcu = kmem_cache_create("test-typesafe", 64, 0,
						   SLAB_ACCOUNT | SLAB_TYPESAFE_BY_RCU, NULL);
	void *object;

	KUNIT_ASSERT_NOT_NULL(test, rcu);
	object = memcg_sandbox_object(db, rcu, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, object);
	KUNIT_EXPECT_EQ(test, usage(db), 1);
	rcu_read_lock();
	kmem_cache_free(rcu, object);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(rcu), 0);
}

/* A mistaken free takes nothing off the account. ledger: G13 */
static void memcg_slab_bad_frees(struct kunit *test)
{
	char *object = memcg_sandbox_object(db, cache, GFP_KERNEL);
	void *other = memcg_sandbox_object(db, cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_REPORT(test, "BUG test-accounted*", kmem_cache_free(cache, object + 4));
	KUNIT_EXPECT_EQ(test, slab_bytes(db), 2 * obj_full_size(cache));
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_REPORT(test, "BUG test-accounted*", kmem_cache_free(cache, object));
	KUNIT_EXPECT_EQ(test, slab_bytes(db), obj_full_size(cache));
	kmem_cache_free(cache, other);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* ---- magazines ---- */

/* ledger: G13 */
static void memcg_slab_magazines_come_back(struct kunit *test)
{
	struct kmem_cache *late, *plain = kmem_cache_create("test-plain", 32, 0, 0, NULL);

	KUNIT_ASSERT_NOT_NULL(test, plain);
	KUNIT_EXPECT_FALSE(test, cache->has_magazines);
	KUNIT_EXPECT_FALSE(test, kmalloc_caches[KMALLOC_CGROUP][6]->has_magazines);
	late = kmem_cache_create("test-late", 32, 0, SLAB_ACCOUNT, NULL);
	KUNIT_ASSERT_NOT_NULL(test, late);
	KUNIT_EXPECT_FALSE(test, late->has_magazines);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(late), 0);
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(db), 0);
	KUNIT_EXPECT_FALSE(test, cache->has_magazines);
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(web), 0);
	KUNIT_EXPECT_EQ(test, cache->has_magazines, plain->has_magazines);
	KUNIT_EXPECT_EQ(test, kmalloc_caches[KMALLOC_CGROUP][6]->has_magazines,
			kmalloc_caches[KMALLOC_NORMAL][6]->has_magazines);
	kmem_cache_destroy(plain);
}

/* What is older than the first group is nobody's. ledger: G13 */
static void memcg_slab_older_than_groups(struct kunit *test)
{
	void *old, *new;

	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(db), 0);
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(web), 0);
	old = kmem_cache_alloc(cache, GFP_KERNEL);
	web = memcg_sandbox_group(test, "test-web", NULL);
	new = memcg_sandbox_object(web, cache, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, slab_bytes(web), obj_full_size(cache));
	kmem_cache_free(cache, old);
	KUNIT_EXPECT_EQ(test, slab_bytes(web), obj_full_size(cache));
	kmem_cache_free(cache, new);
	KUNIT_EXPECT_EQ(test, usage(web), 0);
}

static struct kunit_case memcg_slab_cases[] = {
	KUNIT_CASE(memcg_slab_by_size),
	KUNIT_CASE(memcg_slab_pages_follow_bytes),
	KUNIT_CASE(memcg_slab_bulk),
	KUNIT_CASE(memcg_slab_kmalloc),
	KUNIT_CASE(memcg_slab_krealloc),
	KUNIT_CASE(memcg_slab_typesafe_by_rcu),
	KUNIT_CASE(memcg_slab_bad_frees),
	KUNIT_CASE(memcg_slab_magazines_come_back),
	KUNIT_CASE(memcg_slab_older_than_groups),
	{}
};

static struct kunit_suite memcg_slab_suite = {
	.name = "memcg_slab",
	.init = memcg_slab_test_init,
	.exit = memcg_slab_test_exit,
	.test_cases = memcg_slab_cases,
};

kunit_test_suite(memcg_slab_suite);
