// SPDX-License-Identifier: MIT
/*
 * A batch: so many allocations in a row, and then their frees. What a pair cannot show: lists
 * that run empty or full, and blocks that come back in another order than they went.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/prandom.h>
#include <linux/printk.h>

#include "pages.h"

#define WARM_UP		3
#define SEED		1

struct batch_times {
	u64 alloc[BENCH_REPETITIONS], free[BENCH_REPETITIONS];
};

static const char *const free_rows[BATCH_SEQUENCES] = { "free_fwd", "free_rev", "free_rnd" };

/* ---- the four loops that are timed; the array's access is the difference between two ---- */

static noinline u64 time_alloc(struct page **pages, unsigned int n, gfp_t gfp, unsigned int order)
{
	u64 start = rdtsc();

	for (unsigned int i = 0; i < n; i++) {
		pages[i] = alloc_pages(gfp, order);
		barrier();
	}
	return rdtsc() - start;
}

static noinline u64 time_store(struct page **pages, unsigned int n)
{
	struct page *none = NULL;
	u64 start = rdtsc();

	for (unsigned int i = 0; i < n; i++) {
		OPTIMIZER_HIDE_VAR(none);
		pages[i] = none;
		barrier();
	}
	return rdtsc() - start;
}

static noinline u64 time_free(struct page **pages, unsigned int n, unsigned int order)
{
	u64 start = rdtsc();

	for (unsigned int i = 0; i < n; i++) {
		__free_pages(pages[i], order);
		barrier();
	}
	return rdtsc() - start;
}

static noinline u64 time_load(struct page **pages, unsigned int n)
{
	u64 start = rdtsc();

	for (unsigned int i = 0; i < n; i++) {
		struct page *page = pages[i];

		OPTIMIZER_HIDE_VAR(page);
		barrier();
	}
	return rdtsc() - start;
}

/* ---- rounds ---- */

static void shuffle(struct page **pages, unsigned int n)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, SEED);
	for (; n > 1; n--) {
		unsigned int other = prandom_u32_max_state(&rnd, n);

		swap(pages[n - 1], pages[other]);
	}
}

/* The array is put into the sequence before it is walked, so that the walk is the same for all. */
static void arrange(struct page **pages, unsigned int n, enum batch_sequence sequence)
{
	if (sequence == RANDOM)
		shuffle(pages, n);
	else if (sequence == BACKWARDS)
		for (unsigned int i = 0; i < n / 2; i++)
			swap(pages[i], pages[n - 1 - i]);
}

/* false: memory ran out. Nothing stays allocated. */
static bool one_round(const struct page_batch *batch, struct page **pages,
		      enum batch_sequence sequence, u64 *alloc, u64 *free)
{
	unsigned int got;

	if (batch->drained)
		drain_all_pages(NULL);
	*alloc = time_alloc(pages, batch->n, batch->gfp | __GFP_NOWARN, batch->order);
	for (got = 0; got < batch->n && pages[got]; got++)
		;
	arrange(pages, got, sequence);
	*free = time_free(pages, got, batch->order);
	return got == batch->n;
}

static u64 median_cost(u64 *samples, u64 empty, unsigned int n)
{
	return bench_tenths(bench_median(samples, BENCH_REPETITIONS) - empty, n);
}

static void batch_row(const struct page_batch *batch, const char *half, u64 tenths)
{
	char op[80];

	snprintf(op, sizeof(op), "%s_%s", batch->name, half);
	bench_row(op, batch->param, tenths);
}

static bool measure(const struct page_batch *batch, struct page **pages,
		    enum batch_sequence sequence, struct batch_times *times)
{
	for (int round = -WARM_UP; round < BENCH_REPETITIONS; round++) {
		int kept = max(round, 0);	/* what the warm-up leaves is overwritten */

		touch_nmi_watchdog();
		if (!one_round(batch, pages, sequence, &times->alloc[kept], &times->free[kept]))
			return false;
	}
	return true;
}

static void report(const struct page_batch *batch, struct page **pages,
		   enum batch_sequence sequence, bool first, struct batch_times *times)
{
	u64 store = time_store(pages, batch->n), load = time_load(pages, batch->n);

	if (first)
		batch_row(batch, batch->alloc_row ?: "alloc",
			  median_cost(times->alloc, store, batch->n));
	batch_row(batch, free_rows[sequence], median_cost(times->free, load, batch->n));
}

void bench_page_batch_in(const struct page_batch *batch, struct page **pages)
{
	unsigned int sequences = batch->sequences ?: BIT(BATCH_SEQUENCES) - 1;
	static struct batch_times times;
	bool first = true;

	for (int s = FORWARDS; s < BATCH_SEQUENCES; s++) {
		if (!(sequences & BIT(s)))
			continue;
		if (!measure(batch, pages, s, &times)) {
			pr_err("bench: %s: too little memory\n", batch->name);
			return;
		}
		report(batch, pages, s, first, &times);
		first = false;
	}
}

void bench_page_batch(const struct page_batch *batch)
{
	size_t size = batch->n * sizeof(struct page *);
	struct page **pages = alloc_pages_exact(size, GFP_KERNEL | __GFP_NOWARN);

	if (!pages) {
		pr_err("bench: %s: no memory for the array\n", batch->name);
		return;
	}
	bench_page_batch_in(batch, pages);
	free_pages_exact(pages, size);
}
