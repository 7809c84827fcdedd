// SPDX-License-Identifier: MIT
/*
 * What it costs that memory is contiguous in virtual addresses only: page after page is mapped,
 * unmapped, flushed and forgotten, and each takes an entry of the TLB. The pairs are rows of
 * linux-6.1-i386.csv; the others take their price apart (docs/vmalloc.md).
 *
 * vfree() puts work off until there is enough of it. A sample begins with nothing put off, and
 * what its own pairs have put off is done, and counted, before it ends.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>
#include <quarry/bench.h>

#include "../mm/vmalloc.h"

/* ---- pairs ---- */

struct vmalloc_pair {
	const char *op, *param;
	unsigned int nr_pages;
	unsigned int count;	/* pairs in a sample: at 2 GiB, two batches of frees or more */
	void (*run)(unsigned int nr_pages);
};

#define MAP_PAGES 16
static struct page *map_pages[MAP_PAGES];

static void vmalloc_pair(unsigned int nr_pages)
{
	void *area = vmalloc(nr_pages * PAGE_SIZE);

	OPTIMIZER_HIDE_VAR(area);
	vfree(area);
}

static void vmap_pair(unsigned int nr_pages)
{
	void *area = vmap(map_pages, nr_pages, VM_MAP, PAGE_KERNEL);

	OPTIMIZER_HIDE_VAR(area);
	vunmap(area);
}

static void vm_map_ram_pair(unsigned int nr_pages)
{
	void *area = vm_map_ram(map_pages, nr_pages, -1);

	OPTIMIZER_HIDE_VAR(area);
	vm_unmap_ram(area, nr_pages);
}

static void no_pair(unsigned int nr_pages)
{
}

static const struct vmalloc_pair vmalloc_pairs[] = {
	{ "vmalloc_vfree_pair", "4K", 1, 4096, vmalloc_pair },
	{ "vmalloc_vfree_pair", "64K", 16, 1024, vmalloc_pair },
	{ "vmalloc_vfree_pair", "1M", 256, 96, vmalloc_pair },
	{ "vmalloc_vfree_pair", "16M", 4096, 10, vmalloc_pair },
};

static noinline u64 time_pairs(void (*run)(unsigned int nr_pages), unsigned int nr_pages,
			       unsigned int count)
{
	u64 start = rdtsc();

	for (unsigned int i = 0; i < count; i++) {
		run(nr_pages);
		barrier();
	}
	vm_unmap_aliases();
	return rdtsc() - start;
}

static void measure_pair(const struct vmalloc_pair *pair)
{
	u64 full[BENCH_REPETITIONS], empty[BENCH_REPETITIONS];

	vm_unmap_aliases();
	for (unsigned int i = 0; i < BENCH_REPETITIONS; i++) {
		full[i] = time_pairs(pair->run, pair->nr_pages, pair->count);
		empty[i] = time_pairs(no_pair, pair->nr_pages, pair->count);
		touch_nmi_watchdog();
	}
	bench_row(pair->op, pair->param,
		  bench_tenths(bench_median(full, BENCH_REPETITIONS) -
			       bench_median(empty, BENCH_REPETITIONS), pair->count));
}

/* How often a pair does the work that was put off: its own pages do not wait then. */
static void count_flushes(const struct vmalloc_pair *pair)
{
	unsigned long waiting = 0, flushes = 0;
	unsigned int pairs = 0;

	vm_unmap_aliases();
	do {
		pair->run(pair->nr_pages);
		flushes += vmap_lazy_pages() != waiting + pair->nr_pages;
		waiting = vmap_lazy_pages();
	} while (++pairs < pair->count);
	bench_row("vmalloc_flushes_per_1000_pairs", pair->param,
		  bench_tenths(flushes * 1000, pairs));
}

static bool can_vmalloc(const struct vmalloc_pair *pair)
{
	void *area = __vmalloc(pair->nr_pages * PAGE_SIZE, GFP_KERNEL | __GFP_NOWARN);

	vfree(area);
	if (!area)
		pr_err("bench: %s %s: no memory\n", pair->op, pair->param);
	return area;
}

static void bench_vmalloc(void)
{
	drain_all_pages(NULL);		/* whatever other benchmarks have left on the CPUs' lists */
	for (size_t i = 0; i < ARRAY_SIZE(vmalloc_pairs); i++) {
		if (!can_vmalloc(&vmalloc_pairs[i]))
			continue;
		measure_pair(&vmalloc_pairs[i]);
		count_flushes(&vmalloc_pairs[i]);
	}
}
BENCHMARK(vmalloc, bench_vmalloc);

static void measure_maps(const char *param)
{
	const struct vmalloc_pair vmap = { "vmap_vunmap_pair", param, MAP_PAGES, 1000, vmap_pair };
	const struct vmalloc_pair ram = { "vm_map_ram_pair", param, MAP_PAGES, 1000,
					  vm_map_ram_pair };

	measure_pair(&vmap);
	measure_pair(&ram);
}

/* Low memory as it comes, one page at a time. */
static void bench_vmap(void)
{
	unsigned int n = 0;

	drain_all_pages(NULL);
	while (n < MAP_PAGES && (map_pages[n] = alloc_page(GFP_KERNEL)) != NULL)
		n++;
	if (n == MAP_PAGES)
		measure_maps("16pages");
	else
		pr_err("bench: vmap: no memory\n");
	while (n)
		__free_page(map_pages[--n]);
}
BENCHMARK(vmap, bench_vmap);

/* No frame follows the one before it. */
static void bench_vmap_scattered(void)
{
	struct page *block = alloc_pages(GFP_KERNEL, get_order(2 * MAP_PAGES * PAGE_SIZE));

	if (!block) {
		pr_err("bench: vmap_scattered: no memory\n");
		return;
	}
	for (unsigned int n = 0; n < MAP_PAGES; n++)
		map_pages[n] = block + 2 * n;
	measure_maps("16pages_scattered");
	__free_pages(block, get_order(2 * MAP_PAGES * PAGE_SIZE));
}
BENCHMARK(vmap_scattered, bench_vmap_scattered);
