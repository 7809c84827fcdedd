// SPDX-License-Identifier: MIT
/*
 * A batch: so many allocations in a row, and then their frees. What a pair cannot show: lists,
 * magazines and slabs that run empty or full, and memory that comes back in another order than it
 * went.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/prandom.h>
#include <linux/printk.h>

#include "batch.h"

#define WARM_UP		3
#define SEED		1

struct batch_times {
	u64 alloc[BENCH_REPETITIONS], free[BENCH_REPETITIONS];
};

static const char *const free_rows[BATCH_SEQUENCES] = { "free_fwd", "free_rev", "free_rnd" };

/* ---- the array's access alone: it is taken off ---- */

static noinline u64 time_store(void **array, unsigned int n)
{
	void *none = NULL;

	return BATCH_TIME(n, ({
		OPTIMIZER_HIDE_VAR(none);
		array[i] = none;
	}));
}

static noinline u64 time_load(void **array, unsigned int n)
{
	return BATCH_TIME(n, ({
		void *entry = array[i];

		OPTIMIZER_HIDE_VAR(entry);
	}));
}

/* ---- rounds ---- */

static void shuffle(void **array, unsigned int n)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, SEED);
	for (; n > 1; n--) {
		unsigned int other = prandom_u32_max_state(&rnd, n);

		swap(array[n - 1], array[other]);
	}
}

/* The array is put into the sequence before it is walked, so that the walk is the same for all. */
static void arrange(void **array, unsigned int n, enum batch_sequence sequence)
{
	if (sequence == RANDOM)
		shuffle(array, n);
	else if (sequence == BACKWARDS)
		for (unsigned int i = 0; i < n / 2; i++)
			swap(array[i], array[n - 1 - i]);
}

/* false: memory ran out. Nothing stays allocated. */
static bool one_round(const struct batch *batch, void **array, enum batch_sequence sequence,
		      u64 *alloc, u64 *free)
{
	unsigned int got;

	if (batch->prepare)
		batch->prepare();
	*alloc = batch->time_alloc(batch, array, batch->n);
	for (got = 0; got < batch->n && array[got]; got++)
		;
	arrange(array, got, sequence);
	*free = batch->time_free(batch, array, got);
	return got == batch->n;
}

static u64 median_cost(u64 *samples, u64 empty, unsigned int n)
{
	return bench_tenths(bench_median(samples, BENCH_REPETITIONS) - empty, n);
}

static void batch_row(const struct batch *batch, const char *half, u64 tenths)
{
	char op[80];

	snprintf(op, sizeof(op), "%s_%s", batch->name, half);
	bench_row(op, batch->param, tenths);
}

static bool measure(const struct batch *batch, void **array, enum batch_sequence sequence,
		    struct batch_times *times)
{
	for (int round = -WARM_UP; round < BENCH_REPETITIONS; round++) {
		int kept = max(round, 0);	/* what the warm-up leaves is overwritten */

		touch_nmi_watchdog();
		if (!one_round(batch, array, sequence, &times->alloc[kept], &times->free[kept]))
			return false;
	}
	return true;
}

static void report(const struct batch *batch, void **array, enum batch_sequence sequence,
		   bool first, struct batch_times *times)
{
	u64 store = time_store(array, batch->n), load = time_load(array, batch->n);

	if (first)
		batch_row(batch, batch->alloc_row ?: "alloc",
			  median_cost(times->alloc, store, batch->n));
	batch_row(batch, free_rows[sequence], median_cost(times->free, load, batch->n));
}

void bench_batch_in(const struct batch *batch, void **array)
{
	unsigned int sequences = batch->sequences ?: BIT(BATCH_SEQUENCES) - 1;
	static struct batch_times times;
	bool first = true;

	for (int s = FORWARDS; s < BATCH_SEQUENCES; s++) {
		if (!(sequences & BIT(s)))
			continue;
		if (!measure(batch, array, s, &times)) {
			pr_err("bench: %s: too little memory\n", batch->name);
			return;
		}
		report(batch, array, s, first, &times);
		first = false;
	}
}

void bench_batch(const struct batch *batch)
{
	size_t size = batch->n * sizeof(void *);
	void **array = alloc_pages_exact(size, GFP_KERNEL | __GFP_NOWARN);

	if (!array) {
		pr_err("bench: %s: no memory for the array\n", batch->name);
		return;
	}
	bench_batch_in(batch, array);
	free_pages_exact(array, size);
}
