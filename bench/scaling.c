// SPDX-License-Identifier: MIT
/*
 * Does it scale? One, two, four and eight CPUs, each by a thread of its own, do 1,000 pairs of an
 * allocator at the same time; then the locks are asked that they have in common (/proc/core_locks).
 * "pair" frees at once what it has allocated; "hold100" allocates a hundred before it frees them, so
 * that they do not all fit into what a CPU keeps for itself at first. Only where there are several
 * CPUs: `tools/run SMP=8 APPEND=bench=scaling`.
 *
 *	core_locks	how often the lock of a zone, of a cache's slabs or of its depot was taken, or that
 *			of the per-CPU areas. (That of the vmalloc range is not counted)
 *	core_contended	how often it was another CPU's
 *	remote_frees	pages and objects that one CPU allocated and another one freed. (Not of those
 *			that have no layer of CPUs above them: there it would be the pages' that goes by)
 *	instructions	each pair's. Only where no CPU idles: under -icount, the counter counts all
 *
 * The first three are for 1,000 pairs, and of all CPUs together.
 */
#include <asm/processor.h>
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <quarry/bench.h>

#include "../mm/core_lock.h"

#define PAIRS	1000
#define HOLD	100

static struct kmem_cache *cache;
static mempool_t *pool;

/* ---- what is measured ---- */

static void *take_page(void)		{ return alloc_page(GFP_KERNEL); }
static void give_page(void *page)	{ __free_page(page); }
static void *take_kmalloc(void)		{ return kmalloc(64, GFP_KERNEL); }
static void give_kmalloc(void *object)	{ kfree(object); }
static void *take_object(void)		{ return kmem_cache_alloc(cache, GFP_KERNEL); }
static void give_object(void *object)	{ kmem_cache_free(cache, object); }
static void *take_area(void)		{ return vmalloc(4 * PAGE_SIZE); }
static void give_area(void *area)	{ vfree(area); }
static void *take_element(void)		{ return mempool_alloc(pool, GFP_KERNEL); }
static void give_element(void *element)	{ mempool_free(element, pool); }
static void *take_copies(void)		{ return (void *)__alloc_percpu(64, 8); }
static void give_copies(void *copies)	{ free_percpu(copies); }

static const struct allocator {
	const char *name;
	void *(*take)(void);
	void (*give)(void *ptr);
	bool layered;			/* each CPU keeps some for itself */
} allocators[] = {
	{ "page", take_page, give_page, true },
	{ "kmalloc_64", take_kmalloc, give_kmalloc, true },
	{ "kmem_cache_200", take_object, give_object, true },
	{ "mempool_200", take_element, give_element, true },
	{ "vmalloc_16384", take_area, give_area, false },
	{ "percpu_64", take_copies, give_copies, false },
};

/* ---- one thread ---- */

struct run {
	const struct allocator *allocator;
	unsigned int hold;		/* so many at a time */
	atomic_t ready, left;
	struct core_counts before, after;
	u64 start, stop;
	unsigned int cpus;
	bool go;
	struct completion done;
};

static void pairs(const struct run *run, unsigned int count)
{
	void *held[HOLD];

	for (unsigned int done = 0; done < count; done += run->hold) {
		unsigned int i;

		for (i = 0; i < run->hold; i++)
			held[i] = run->allocator->take();
		while (i--)
			run->allocator->give(held[i]);
	}
}

/* All of them are warm before the first count, and at work until the last is through. */
static int work(void *data)
{
	struct run *run = data;

	pairs(run, PAIRS);
	if (atomic_inc_return(&run->ready) == run->cpus) {
		add_all_core_counts(&run->before);
		run->start = rdtsc();
		WRITE_ONCE(run->go, true);
	}
	while (!READ_ONCE(run->go)) {
		cpu_relax();
		cond_resched();
	}
	pairs(run, PAIRS);
	if (!atomic_dec_return(&run->left)) {
		run->stop = rdtsc();
		add_all_core_counts(&run->after);
		complete(&run->done);
	}
	return 0;
}

/* ---- all of them ---- */

static void row(const struct run *run, const char *what, u64 count)
{
	char param[40];

	snprintf(param, sizeof(param), "%s_%s_%ucpu%s", run->allocator->name,
		 run->hold == 1 ? "pair" : "hold100", run->cpus, run->cpus == 1 ? "" : "s");
	bench_row(what, param, bench_tenths(count, run->cpus * PAIRS));
}

static void report(const struct run *run)
{
	row(run, "core_locks", 1000ULL * (run->after.taken - run->before.taken));
	row(run, "core_contended", 1000ULL * (run->after.contended - run->before.contended));
	if (run->allocator->layered)
		row(run, "remote_frees", 1000ULL * remote_frees(&run->before, &run->after));
	if (run->cpus == num_online_cpus())
		row(run, "instructions", run->stop - run->start);
}

static bool run_on(const struct allocator *allocator, unsigned int hold, unsigned int cpus)
{
	struct task_struct *tasks[NR_CPUS];
	struct run run = { .allocator = allocator, .hold = hold, .cpus = cpus };
	unsigned int cpu;

	touch_nmi_watchdog();
	atomic_set(&run.left, cpus);
	init_completion(&run.done);
	for (cpu = 0; cpu < cpus; cpu++) {
		tasks[cpu] = kthread_create_on_cpu(work, &run, cpu, "scaling/%u");
		if (IS_ERR(tasks[cpu]))
			break;
		get_task_struct(tasks[cpu]);
	}
	for (unsigned int i = 0; cpu == cpus && i < cpus; i++)
		wake_up_process(tasks[i]);
	if (cpu == cpus)
		wait_for_completion(&run.done);
	for (unsigned int i = 0; i < cpu; i++) {
		kthread_stop(tasks[i]);
		put_task_struct(tasks[i]);
	}
	if (cpu == cpus)
		report(&run);
	return cpu == cpus;
}

static void bench_scaling(void)
{
	if (num_online_cpus() == 1)
		return;
	cache = kmem_cache_create("scaling", 200, 0, 0, NULL);
	pool = cache ? mempool_create_slab_pool(16, cache) : NULL;
	for (size_t i = 0; pool && i < ARRAY_SIZE(allocators); i++)
		for (unsigned int cpus = 1; cpus <= num_online_cpus(); cpus *= 2)
			for (unsigned int hold = 1; hold <= HOLD; hold *= HOLD)
				if (!run_on(&allocators[i], hold, cpus))
					pr_err("bench: scaling: no memory for threads\n");
	mempool_destroy(pool);
	kmem_cache_destroy(cache);
}
BENCHMARK(scaling, bench_scaling);
