// SPDX-License-Identifier: MIT
/*
 * kmap() and its relatives. Rows as in linux-6.1-i386.csv; "scattered" are ours: the same with
 * pages whose frames do not follow each other, which no step of the flush can take together.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/printk.h>

#include "pages.h"

#define CYCLE		4096U		/* pages that take turns */
#define CYCLE_ORDER	2		/* of the array with pointers to them */
static_assert(CYCLE * sizeof(struct page *) == PAGE_SIZE << CYCLE_ORDER);

/* ---- one page ---- */

static void bench_kmap_local(struct page *page, const char *param)
{
	void *addr;

	BENCH_LOOP("kmap_atomic_pair", param, 1000, ({
		OPTIMIZER_HIDE_VAR(page);
		addr = kmap_atomic(page);
		OPTIMIZER_HIDE_VAR(addr);
		kunmap_atomic(addr);
	}));
	BENCH_LOOP("kmap_local_pair", param, 1000, ({
		OPTIMIZER_HIDE_VAR(page);
		addr = kmap_local_page(page);
		OPTIMIZER_HIDE_VAR(addr);
		kunmap_local(addr);
	}));
}

static void bench_kmap_pair(const char *op, const char *param, struct page *page)
{
	void *addr;

	BENCH_LOOP(op, param, 1000, ({
		OPTIMIZER_HIDE_VAR(page);
		addr = kmap(page);
		OPTIMIZER_HIDE_VAR(addr);
		kunmap(page);
	}));
}

static void bench_kmap_lowmem(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return;
	bench_kmap_pair("kmap_kunmap", "lowmem", page);
	bench_kmap_local(page, "lowmem");
	__free_page(page);
}
BENCHMARK(kmap_lowmem, bench_kmap_lowmem);

static void bench_kmap_highmem(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	if (page && PageHighMem(page)) {
		kmap(page);
		bench_kmap_pair("kmap_kunmap_highmem", "repeat_while_held", page);
		kunmap(page);
		bench_kmap_pair("kmap_kunmap_highmem", "repeat_count_to_0", page);
		bench_kmap_local(page, "highmem");
		kmap_flush_unused();
	} else {
		pr_err("bench: kmap: no high memory\n");
	}
	if (page)
		__free_page(page);
}
BENCHMARK(kmap_highmem, bench_kmap_highmem);

/* ---- many pages in turn: what it costs to take a slot, and to free it ---- */

static struct page **pages;

/* Instructions for @body on each of the first @n pages, getting at the page itself subtracted. */
#define EACH_PAGE(n, body) (__EACH_PAGE(n, body) - __EACH_PAGE(n, ))
#define __EACH_PAGE(n, body) \
({ \
	u64 __start = rdtsc(); \
	for (unsigned int __i = 0; __i < (n); __i++) { \
		struct page *page = pages[__i]; \
		OPTIMIZER_HIDE_VAR(page); \
		body; \
		barrier(); \
	} \
	rdtsc() - __start; \
})

/* No page is mapped, and the next slot is slot 1: so LAST_PKMAP - 1 fit without a flush. */
static void begin_at_slot_1(void)
{
	unsigned int i = 0;
	void *addr;

	do {
		addr = kmap(pages[i % CYCLE]);
		kunmap(pages[i++ % CYCLE]);
	} while (addr != (void *)PKMAP_ADDR(0));
	kmap_flush_unused();
}

static void bench_cycle(const char *param)
{
	u64 samples[BENCH_REPETITIONS];

	for (unsigned int rep = 0; rep < BENCH_REPETITIONS; rep++)
		samples[rep] = EACH_PAGE(CYCLE, ({
			void *addr = kmap(page);

			OPTIMIZER_HIDE_VAR(addr);
			kunmap(page);
		}));
	bench_row("kmap_kunmap_highmem", param,
		  bench_tenths(bench_median(samples, BENCH_REPETITIONS), CYCLE));
}

static void bench_alone(void)
{
	u64 map[BENCH_REPETITIONS], unmap[BENCH_REPETITIONS];
	const unsigned int n = LAST_PKMAP - 1;

	for (unsigned int rep = 0; rep < BENCH_REPETITIONS; rep++) {
		begin_at_slot_1();
		map[rep] = EACH_PAGE(n, ({
			void *addr = kmap(page);

			OPTIMIZER_HIDE_VAR(addr);
		}));
		unmap[rep] = EACH_PAGE(n, kunmap(page));
	}
	bench_row("kmap_highmem_first_map_alone", "kmap only",
		  bench_tenths(bench_median(map, BENCH_REPETITIONS), n));
	bench_row("kunmap_highmem_alone", "kunmap only",
		  bench_tenths(bench_median(unmap, BENCH_REPETITIONS), n));
}

static void scatter(void)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 1);
	for (unsigned int n = CYCLE; n > 1; n--) {
		unsigned int other = prandom_u32_max_state(&rnd, n);

		swap(pages[n - 1], pages[other]);
	}
}

static bool fill_with_highmem(void)
{
	for (unsigned int i = 0; i < CYCLE; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		if (pages[i] && PageHighMem(pages[i]))
			continue;
		if (pages[i])
			__free_page(pages[i]);
		while (i--)
			__free_page(pages[i]);
		return false;
	}
	return true;
}

static void bench_kmap_cycling(void)
{
	pages = (struct page **)__get_free_pages(GFP_KERNEL, CYCLE_ORDER);
	if (!pages || !fill_with_highmem()) {
		pr_err("bench: kmap: less than %u pages of high memory\n", CYCLE);
	} else {
		bench_cycle("first_map_cycling_4096_pages");
		bench_alone();
		scatter();
		bench_cycle("first_map_cycling_4096_pages_scattered");
		kmap_flush_unused();
		for (unsigned int i = 0; i < CYCLE; i++)
			__free_page(pages[i]);
	}
	free_pages((unsigned long)pages, CYCLE_ORDER);
}
BENCHMARK(kmap_cycling, bench_kmap_cycling);
