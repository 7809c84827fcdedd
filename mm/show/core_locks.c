// SPDX-License-Identifier: MIT
/*
 * /proc/core_locks: how often the locks of the allocators' cores were taken.
 *
 *	lock                    taken  contended     remote
 *	zone Normal              1204          3         62
 *	percpu                     80          0          0
 *	kmalloc-64                 41          0          0
 *
 * Those that were never taken are left out. A cache has two locks, its slabs' and its depot's.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/monitor.h>
#include <quarry/proc.h>

#include "../slab.h"

/* ---- counting ---- */

void add_lock_counts(const struct core_lock_counts *counts, struct core_counts *sum)
{
	sum->taken += counts->taken;
	sum->contended += counts->contended;
}

void add_zone_counts(const struct zone *zone, struct core_counts *sum)
{
	unsigned int cpu;

	add_lock_counts(&zone->lock_counts, sum);
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		sum->pages_back[cpu] += zone->per_cpu_pageset[cpu].nr_freed -
					zone->per_cpu_pageset[cpu].nr_alloc;
}

void add_cache_counts(const struct kmem_cache *cache, struct core_counts *sum)
{
	add_lock_counts(&cache->lock_counts, sum);
	add_lock_counts(&cache->depot.lock_counts, sum);
	sum->remote_objects += cache->depot.nr_remote;
}

void add_all_core_counts(struct core_counts *sum)
{
	const struct kmem_cache *cache;
	const struct zone *zone;
	unsigned long flags;

	add_lock_counts(&pcpu_lock_counts, sum);
	for_each_zone(zone)
		add_zone_counts(zone, sum);
	spin_lock_irqsave(&slab_lock, flags);
	for_each_cache(cache)
		add_cache_counts(cache, sum);
	spin_unlock_irqrestore(&slab_lock, flags);
}

unsigned long remote_frees(const struct core_counts *before, const struct core_counts *now)
{
	unsigned long remote = now->remote_objects - before->remote_objects;
	unsigned int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		long back = now->pages_back[cpu] - before->pages_back[cpu];

		remote += back > 0 ? back : 0;
	}
	return remote;
}

/* ---- telling ---- */

static void show_counts(struct seq_file *m, const char *what, const char *name,
			const struct core_counts *counts)
{
	static const struct core_counts none;

	if (counts->taken)
		seq_printf(m, "%s%-*s %10lu %10lu %10lu\n", what, (int)(20 - strlen(what)), name,
			   counts->taken, counts->contended, remote_frees(&none, counts));
}

/* The @n-th cache's name and counts; false: there are not so many. */
static bool get_cache(unsigned int n, char *name, size_t size, struct core_counts *counts)
{
	const struct kmem_cache *cache;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&slab_lock, flags);
	for_each_cache(cache) {
		if (n--)
			continue;
		found = true;
		strscpy(name, cache->name, size);
		add_cache_counts(cache, counts);
		break;
	}
	spin_unlock_irqrestore(&slab_lock, flags);
	return found;
}

static void show_lock(struct seq_file *m, const char *name, const struct core_lock_counts *lock)
{
	struct core_counts counts = { .taken = 0 };

	add_lock_counts(lock, &counts);
	show_counts(m, "", name, &counts);
}

static int core_locks_show(struct seq_file *m, void *v)
{
	const struct zone *zone;
	char name[24];

	seq_printf(m, "%-20s %10s %10s %10s\n", "lock", "taken", "contended", "remote");
	for_each_populated_zone(zone) {
		struct core_counts counts = { .taken = 0 };

		add_zone_counts(zone, &counts);
		show_counts(m, "zone ", zone->name, &counts);
	}
	show_lock(m, "percpu", &pcpu_lock_counts);
	for (unsigned int n = 0;; n++) {
		struct core_counts counts = { .taken = 0 };

		if (!get_cache(n, name, sizeof(name), &counts))
			return 0;
		show_counts(m, "", name, &counts);
	}
}
PROC_FILE(core_locks, "core_locks", core_locks_show, NULL);
