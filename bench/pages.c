// SPDX-License-Identifier: MIT
/* alloc_pages() and its family, CPUs' lists and all. Rows as in linux-6.1-i386.csv. */
#include <linux/kernel.h>
#include <linux/printk.h>

#include "pages.h"

static char param[16];

static const char *order_param(unsigned int order)
{
	snprintf(param, sizeof(param), "order%u", order);
	return param;
}

bool bench_pages_available(const char *op, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, order);

	if (page)
		__free_pages(page, order);
	else
		pr_err("bench: %s, order %u: no memory\n", op, order);
	return page;
}

static void pages_pair(const char *op, gfp_t gfp, unsigned int order)
{
	unsigned int count = order <= PAGE_ALLOC_COSTLY_ORDER ? 1000 : 100;
	struct page *page;

	if (!bench_pages_available(op, gfp, order))
		return;
	BENCH_LOOP(op, order_param(order), count, ({
		page = alloc_pages(gfp, order);
		OPTIMIZER_HIDE_VAR(page);
		__free_pages(page, order);
	}));
}

static void bench_pages_pairs(void)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		pages_pair("alloc_pages_pair_KERNEL", GFP_KERNEL, order);
		pages_pair("alloc_pages_pair_ATOMIC", GFP_ATOMIC, order);
	}
}
BENCHMARK(pages_pair, bench_pages_pairs);

static void bench_free_page(void)
{
	unsigned long addr;

	if (!bench_pages_available("get_free_page_pair", GFP_KERNEL, 0))
		return;
	BENCH_LOOP("get_free_page_pair", "order0", 1000, ({
		addr = __get_free_page(GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(addr);
		free_page(addr);
	}));
	BENCH_LOOP("get_zeroed_page_pair", "order0", 1000, ({
		addr = get_zeroed_page(GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(addr);
		free_page(addr);
	}));
}
BENCHMARK(pages_address, bench_free_page);

static void bench_pages_zones(void)
{
	pages_pair("alloc_page_pair_HIGHUSER", GFP_HIGHUSER, 0);
	pages_pair("alloc_page_pair_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE, 0);
	pages_pair("alloc_page_pair_DMA", GFP_KERNEL | GFP_DMA, 0);
}
BENCHMARK(pages_zone, bench_pages_zones);

static void drain(void)
{
	drain_all_pages(NULL);
}

#define PAGE_BATCH(_name, _gfp, _order, _n, ...) \
	{ .batch = { .name = _name, .param = "order" #_order, .n = _n, PAGE_LOOPS, __VA_ARGS__ }, \
	  .gfp = _gfp, .order = _order }

static const struct page_batch batches[] = {
	PAGE_BATCH("alloc_pages_batch1000_KERNEL", GFP_KERNEL, 0, 1000),
	PAGE_BATCH("alloc_pages_batch1000_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE, 0, 1000),
	PAGE_BATCH("alloc_pages_batch1000_KERNEL", GFP_KERNEL, 1, 1000),
	PAGE_BATCH("alloc_pages_batch1000_KERNEL", GFP_KERNEL, 3, 1000),
	PAGE_BATCH("alloc_pages_batch100_KERNEL", GFP_KERNEL, 5, 100),
	PAGE_BATCH("alloc_pages_batch40000_KERNEL", GFP_KERNEL, 0, 40000,
		   .alloc_row = "alloc_after_drain", .sequences = BIT(FORWARDS), .prepare = drain),
};

static void bench_pages_batches(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(batches); i++)
		bench_batch(&batches[i].batch);
}
BENCHMARK(pages_batch, bench_pages_batches);
