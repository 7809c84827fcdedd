// SPDX-License-Identifier: MIT
/*
 * What charging costs: the same pairs with nobody to charge, with a group but not charged, and charged to
 * a group inside of another. A page held beforehand keeps the records from coming and going with each.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <quarry/bench.h>

static struct kmem_cache *cache;

static void rows(const char *param, gfp_t account)
{
	BENCH_LOOP("memcg_alloc_page_pair", param, 1000, ({
		struct page *page = alloc_pages(GFP_KERNEL | account, 0);
		OPTIMIZER_HIDE_VAR(page);
		__free_pages(page, 0);
	}));
	BENCH_LOOP("memcg_kmalloc_64_pair", param, 1000, ({
		void *object = kmalloc(64, GFP_KERNEL | account);
		OPTIMIZER_HIDE_VAR(object);
		kfree(object);
	}));
	BENCH_LOOP("memcg_cache_64_pair", param, 1000, ({
		void *object = kmem_cache_alloc(cache, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(object);
		kmem_cache_free(cache, object);
	}));
}

static void charged_rows(struct mem_cgroup *memcg)
{
	struct mem_cgroup *old = set_active_memcg(memcg);
	struct page *page = alloc_page(GFP_KERNEL_ACCOUNT);
	void *object = kmalloc(64, GFP_KERNEL_ACCOUNT);
	void *other = kmem_cache_alloc(cache, GFP_KERNEL);

	rows("account_charged", __GFP_ACCOUNT);
	if (page)
		__free_page(page);
	kfree(object);
	kmem_cache_free(cache, other);
	set_active_memcg(old);
}

static void with_groups(struct mem_cgroup *outer)
{
	struct mem_cgroup *inner = mem_cgroup_create("inner", outer);

	if (IS_ERR(inner)) {
		pr_err("bench: memcg: no memory\n");
		return;
	}
	rows("account_nobody", __GFP_ACCOUNT);
	charged_rows(inner);
	mem_cgroup_remove(inner);
}

static void bench_memcg(void)
{
	struct mem_cgroup *outer;

	cache = kmem_cache_create("bench", 64, 0, SLAB_ACCOUNT, NULL);
	if (!cache)
		return;
	rows("plain", 0);
	rows("account_no_groups", __GFP_ACCOUNT);
	outer = mem_cgroup_create("bench", NULL);
	if (!IS_ERR(outer)) {
		with_groups(outer);
		mem_cgroup_remove(outer);
	}
	kmem_cache_destroy(cache);
}
BENCHMARK(memcg, bench_memcg);
