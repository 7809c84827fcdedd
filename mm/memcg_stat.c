// SPDX-License-Identifier: MIT
/*
 * What a group is told about: memory.stat, and its part of the OOM killer's report. Nothing is counted
 * for that: obj_cgroups know what they owe, and are asked one by one, with memcg_lock. Any context but NMI.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>

#include "memcg.h"

static void add_debts(const struct mem_cgroup *memcg, struct memcg_stat *stat)
{
	const struct obj_cgroup *objcg;
	unsigned long flags;

	spin_lock_irqsave(&memcg_lock, flags);
	list_for_each_entry(objcg, &memcg->objcg_list, list) {
		stat->slab_unreclaimable += atomic_read(&objcg->object_bytes[0]);
		stat->slab_reclaimable += atomic_read(&objcg->object_bytes[1]);
	}
	spin_unlock_irqrestore(&memcg_lock, flags);
}

void mem_cgroup_get_stat(struct mem_cgroup *memcg, struct memcg_stat *stat)
{
	struct mem_cgroup *m = NULL;

	*stat = (struct memcg_stat) { .kernel = (u64)page_counter_read(&memcg->memory) << PAGE_SHIFT };
	while ((m = mem_cgroup_iter(memcg, m, NULL)))
		add_debts(m, stat);
}

/* ---- the OOM killer's report, in Linux's words ---- */

#define K(pages)	((pages) << (PAGE_SHIFT - 10))

void mem_cgroup_print_oom_context(struct mem_cgroup *memcg, const struct mm_struct *victim)
{
	struct mem_cgroup *owner;
	char path[128];

	rcu_read_lock();
	if (memcg)
		pr_cont(",oom_memcg=%s", mem_cgroup_path(memcg, path, sizeof(path)));
	else
		pr_cont(",global_oom");
	owner = READ_ONCE(victim->memcg) ?: root_mem_cgroup;
	pr_cont(",task_memcg=%s", mem_cgroup_path(owner, path, sizeof(path)));
	rcu_read_unlock();
}

void mem_cgroup_print_oom_meminfo(struct mem_cgroup *memcg)
{
	struct memcg_stat stat;
	char path[128];

	mem_cgroup_get_stat(memcg, &stat);
	pr_info("memory: usage %lukB, limit %lukB, failcnt %lu\n",
		K(page_counter_read(&memcg->memory)), K(min(memcg->memory.max, PAGE_COUNTER_MAX >> 2)),
		memcg->memory.failcnt);
	pr_info("Memory cgroup stats for %s:\n", mem_cgroup_path(memcg, path, sizeof(path)));
	pr_info("kernel %llu\n", stat.kernel);
	pr_info("slab_reclaimable %llu\n", stat.slab_reclaimable);
	pr_info("slab_unreclaimable %llu\n", stat.slab_unreclaimable);
}
