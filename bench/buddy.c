// SPDX-License-Identifier: MIT
/*
 * The buddy core alone: the CPUs' lists are off, and what is free in the zone is prepared so that
 * each allocation splits a block of order 10 all the way down, or none at all. Rows as in
 * linux-6.1-i386.csv; the way through alloc_pages() is part of them, as it is there.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/printk.h>

#include "../mm/internal.h"
#include "pages.h"

#define ROUNDS	100	/* allocations and frees in one sample */

/* ---- the stage ---- */

/* All free blocks below order 10 of the zone that GFP_KERNEL is served from first. */
static struct {
	struct zone *zone;
	struct list_head blocks;	/* linked by page->lru */
	bool lists_were_on;
} held;

static void hold_one(struct page *page)
{
	list_add(&page->lru, &held.blocks);
}

static void hold_small_blocks(void)
{
	struct zone *zone = held.zone;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	for (unsigned int order = 0; order < MAX_ORDER - 1; order++)
		for (int type = 0; type < MIGRATE_PCPTYPES; type++)
			while (zone->free_area[order].first[type])
				hold_one(buddy_alloc(zone, order, type));
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void give_back(void)
{
	struct page *page, *next;
	unsigned long flags;

	spin_lock_irqsave(&held.zone->lock, flags);
	list_for_each_entry_safe(page, next, &held.blocks, lru)
		buddy_free(held.zone, page, page_block_order(page));
	spin_unlock_irqrestore(&held.zone->lock, flags);
}

static void stage_set(void)
{
	held.zone = gfp_zonelist(GFP_KERNEL)->refs[0].zone;
	INIT_LIST_HEAD(&held.blocks);
	held.lists_were_on = pcp_enabled();
	pcp_enable(false);
	hold_small_blocks();
}

static void stage_clear(void)
{
	give_back();
	pcp_enable(held.lists_were_on);
}

/* ---- allocations and frees in turn, apart ---- */

struct halves {
	u64 alloc, free;
};

/* Everything but the two calls; its cost is taken off. */
static noinline struct halves time_nothing(void)
{
	struct halves sum = { 0, 0 };

	for (int i = 0; i < ROUNDS; i++) {
		u64 start = rdtsc(), middle;
		void *nothing = NULL;

		OPTIMIZER_HIDE_VAR(nothing);
		middle = rdtsc();
		OPTIMIZER_HIDE_VAR(nothing);
		sum.free += rdtsc() - middle;
		sum.alloc += middle - start;
	}
	return sum;
}

static noinline struct halves time_halves(unsigned int order)
{
	struct halves sum = { 0, 0 };

	for (int i = 0; i < ROUNDS; i++) {
		u64 start = rdtsc(), middle;
		struct page *page = alloc_pages(GFP_KERNEL, order);

		OPTIMIZER_HIDE_VAR(page);
		middle = rdtsc();
		__free_pages(page, order);
		sum.free += rdtsc() - middle;
		sum.alloc += middle - start;
	}
	return sum;
}

static void halves_rows(const char *alloc_op, const char *free_op, unsigned int order)
{
	static u64 alloc[BENCH_REPETITIONS], free[BENCH_REPETITIONS];
	char param[16];

	if (!bench_pages_available(alloc_op, GFP_KERNEL, order))
		return;
	for (int i = 0; i < BENCH_REPETITIONS; i++) {
		struct halves full = time_halves(order), empty = time_nothing();

		alloc[i] = full.alloc - empty.alloc;
		free[i] = full.free - empty.free;
	}
	snprintf(param, sizeof(param), "order%u", order);
	bench_row(alloc_op, param, bench_tenths(bench_median(alloc, BENCH_REPETITIONS), ROUNDS));
	bench_row(free_op, param, bench_tenths(bench_median(free, BENCH_REPETITIONS), ROUNDS));
}

/* A block is split from order 10 down, and merges all the way up again. */
static void bench_split(void)
{
	stage_set();
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		halves_rows("buddy_split_from_order10_alloc", "buddy_merge_to_order10_free", order);
	stage_clear();
}
BENCHMARK(buddy_split, bench_split);

/* A single page is there already; its buddy is taken, so that it stays single when it is freed. */
static void bench_nosplit(void)
{
	struct page *buddy;

	stage_set();
	buddy = alloc_page(GFP_KERNEL | __GFP_NOWARN);
	if (buddy) {
		halves_rows("buddy_nosplit_nopcp_alloc", "buddy_nomerge_nopcp_free", 0);
		__free_page(buddy);
	} else {
		pr_err("bench: buddy_nosplit_nopcp_alloc: no memory\n");
	}
	stage_clear();
}
BENCHMARK(buddy_nosplit, bench_nosplit);

static void bench_1024_pages(void)
{
	static const struct page_batch batch = {
		.batch = {
			.name = "buddy_1024x_order0_nopcp", .param = "block of order 10",
			.n = 1024, .sequences = BIT(FORWARDS) | BIT(RANDOM), PAGE_LOOPS,
		},
		.gfp = GFP_KERNEL,
	};
	static void *pages[1024];	/* none of what is on stage */

	stage_set();
	bench_batch_in(&batch.batch, pages);
	stage_clear();
}
BENCHMARK(buddy_1024x, bench_1024_pages);
