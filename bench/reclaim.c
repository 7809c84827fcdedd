// SPDX-License-Identifier: MIT
/*
 * What it costs when memory is short. There are no rows of Linux's beside these: how far its reclaim has to
 * look depends on what lies on its LRU lists.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/shrinker.h>
#include <linux/swap.h>
#include <quarry/bench.h>

#include "../mm/vmscan.h"

static LIST_HEAD(hoarded);		/* pages, by page->lru */
static unsigned long nr_hoarded;

static void hoard(gfp_t gfp, unsigned long most)
{
	struct page *page;

	while (nr_hoarded < most && (page = alloc_page(gfp | __GFP_NOWARN))) {
		list_add(&page->lru, &hoarded);
		nr_hoarded++;
	}
}

static void let_go(unsigned long nr)
{
	while (nr-- && nr_hoarded) {
		struct page *page = list_first_entry(&hoarded, struct page, lru);

		list_del(&page->lru);
		nr_hoarded--;
		__free_page(page);
	}
}

/* ---- a cache of single pages, as good as any ---- */

static unsigned long count_hoarded(struct shrinker *shrinker, struct shrink_control *sc)
{
	return nr_hoarded;
}

static unsigned long free_hoarded(struct shrinker *shrinker, struct shrink_control *sc)
{
	let_go(sc->nr_to_scan);
	mm_account_reclaimed_pages(sc->nr_to_scan);
	return sc->nr_to_scan;
}

static struct shrinker page_cache = {
	.count_objects = count_hoarded, .scan_objects = free_hoarded, .seeks = DEFAULT_SEEKS,
};

/* ---- rows ---- */

/* Every zone down to min, so that the request climbs to the reserves and no further. */
static void bench_failing(void)
{
	hoard(GFP_NOWAIT & ~__GFP_KSWAPD_RECLAIM, ULONG_MAX);
	BENCH_LOOP("alloc_pages_fail_NOWAIT", "0", 1000, alloc_page(GFP_NOWAIT | __GFP_NOWARN));
	BENCH_LOOP("alloc_pages_fail_without_RECLAIM", "0", 1000, alloc_page(__GFP_NOWARN));
	let_go(ULONG_MAX);
}

/* All shrinkers asked once, for so little that none has to do anything: what kswapd's first round costs. */
static void bench_asking(void)
{
	drop_slab();
	BENCH_LOOP("shrink_slab_pass", "nothing to do", 100, shrink_slab(GFP_KERNEL, NULL, DEF_PRIORITY));
}

/*
 * Direct reclaim from a cache that has plenty: 64 objects of so many are asked for at a time, and 64 or
 * more pages come back. The cost of one of them.
 */
static void bench_direct_reclaim(void)
{
	u64 samples[BENCH_REPETITIONS];
	unsigned int i;

	if (register_shrinker(&page_cache, "bench-pages"))
		return;
	for (i = 0; i < BENCH_REPETITIONS; i++) {
		u64 start;
		unsigned long pages;

		hoard(GFP_KERNEL, 100000);
		start = rdtsc();
		pages = try_to_free_pages(GFP_KERNEL, 0);
		samples[i] = bench_tenths(rdtsc() - start, pages ?: 1);
	}
	bench_row("direct_reclaim_per_page", "100000 pages", bench_median(samples, BENCH_REPETITIONS));
	unregister_shrinker(&page_cache);
	let_go(ULONG_MAX);
}

/* Without kswapd, which would do its part of the work beside these. */
static void bench_reclaim(void)
{
	kswapd_stop(0);
	bench_failing();
	bench_asking();
	bench_direct_reclaim();
	kswapd_run(0);
}
BENCHMARK(reclaim, bench_reclaim);
