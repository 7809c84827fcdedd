// SPDX-License-Identifier: MIT
/*
 * What memblock's calls cost. Linux's memblock is gone by the time a benchmark can run there, so
 * there are no figures to compare with: these rows are for comparing one version of ours with the
 * next. The lists are put back as they were after each row.
 */
#include <asm/page.h>
#include <linux/math64.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/stringify.h>
#include <quarry/bench.h>

#define SCATTERED	64		/* regions; with the machine's own they fit into the static array */
#define REGIONS		__stringify(SCATTERED)
#define STRIDE		(2 * PAGE_SIZE)	/* every second page, so that nothing merges */

/*
 * Memory that memblock may give away: it believes what was free at its end to be free still, and
 * this is ours now.
 */
#define LENT_ORDER	5

static phys_addr_t lent;

static void alloc_free(phys_addr_t size, phys_addr_t align)
{
	void *ptr = memblock_alloc_try_nid(size, align, lent, lent + (PAGE_SIZE << LENT_ORDER),
					   NUMA_NO_NODE);

	OPTIMIZER_HIDE_VAR(ptr);
	memblock_free(ptr, size);
}

/* One free page, in the middle of free memory: reserving it cuts a range, freeing it joins one. */
static void bench_reserve(void)
{
	BENCH_LOOP("memblock_reserve_free_pair", "4096", 1000, ({
		memblock_reserve(lent + PAGE_SIZE, PAGE_SIZE);
		memblock_phys_free(lent + PAGE_SIZE, PAGE_SIZE);
	}));
}

static void bench_alloc(void)
{
	BENCH_LOOP("memblock_alloc_free_pair", "64", 1000, alloc_free(64, 0));
	BENCH_LOOP("memblock_alloc_free_pair", "4096", 100, alloc_free(PAGE_SIZE, PAGE_SIZE));
	BENCH_LOOP("memblock_alloc_free_pair", "65536", 10, alloc_free(16 * PAGE_SIZE, PAGE_SIZE));
}

/* As if the page allocator were not there yet. */
static void bench_machines_lists(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, LENT_ORDER);
	bool retired = memblock.retired;

	if (!page) {
		pr_err("bench: memblock_alloc_free_pair: no memory\n");
		return;
	}
	lent = page_to_phys(page);
	memblock.retired = false;
	bench_reserve();
	bench_alloc();
	memblock.retired = retired;
	__free_pages(page, LENT_ORDER);
}

/* A list of our own: memblock_add() and memblock_reserve() are this, on the lists that count. */
static struct memblock_region regions[SCATTERED + 1];
static struct memblock_type list = { .regions = regions, .max = SCATTERED + 1, .name = "bench" };

static void empty_list(void)
{
	list.cnt = 0;
	list.total_size = 0;
}

static void add_upwards(void)
{
	unsigned int i;

	empty_list();
	for (i = 0; i < SCATTERED; i++)
		memblock_add_range(&list, i * STRIDE, PAGE_SIZE, MEMBLOCK_NONE);
}

static void add_downwards(void)
{
	unsigned int i;

	empty_list();
	for (i = SCATTERED; i-- > 0; )
		memblock_add_range(&list, i * STRIDE, PAGE_SIZE, MEMBLOCK_NONE);
}

/* Whole lists: SCATTERED regions at their end, at their beginning, and one that swallows them all. */
static void bench_add(void)
{
	BENCH_LOOP("memblock_add_upwards", REGIONS, 10, add_upwards());
	BENCH_LOOP("memblock_add_downwards", REGIONS, 10, add_downwards());
	BENCH_LOOP("memblock_add_and_merge", REGIONS, 10, ({
		add_upwards();
		memblock_add_range(&list, 0, SCATTERED * STRIDE, MEMBLOCK_NONE);
	}));
}

static void bench_search(void)
{
	const struct memblock_region *found;

	add_upwards();
	BENCH_LOOP("memblock_search", REGIONS, 1000, ({
		found = memblock_search(&list, 21 * STRIDE);
		OPTIMIZER_HIDE_VAR(found);
	}));
}

static void bench_memblock(void)
{
	bench_machines_lists();
	bench_add();
	bench_search();
}
BENCHMARK(memblock, bench_memblock);
