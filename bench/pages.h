/* SPDX-License-Identifier: MIT */
/* Batches of blocks: what bench/pages.c and bench/buddy.c have in common. */
#ifndef _BENCH_PAGES_H
#define _BENCH_PAGES_H

#include <linux/mm.h>
#include <quarry/bench.h>

enum batch_sequence { FORWARDS, BACKWARDS, RANDOM, BATCH_SEQUENCES };

/* @n blocks are allocated into an array, and then freed in some sequence. */
struct page_batch {
	const char *name;	/* the rows' names begin with it: NAME_alloc, NAME_free_fwd … */
	const char *alloc_row;	/* instead of "alloc" */
	const char *param;
	gfp_t gfp;
	unsigned int order;
	unsigned int n;
	unsigned int sequences;	/* BIT(FORWARDS) and so on; 0 stands for all three */
	bool drained;		/* the CPUs' lists are emptied before each round */
};

/* Measure it: a row for the allocation, and one for each sequence of freeing. */
void bench_page_batch(const struct page_batch *batch);
/* The same with an array of the caller's, for where nothing else may be allocated. */
void bench_page_batch_in(const struct page_batch *batch, struct page **pages);

/* Can @gfp and @order be served here at all? If not, says that the row @op is missing. */
bool bench_pages_available(const char *op, gfp_t gfp, unsigned int order);

#endif /* _BENCH_PAGES_H */
