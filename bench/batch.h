/* SPDX-License-Identifier: MIT */
/* Batches: so many allocations in a row, and then their frees. What is allocated, others know. */
#ifndef _BENCH_BATCH_H
#define _BENCH_BATCH_H

#include <linux/bits.h>
#include <linux/types.h>
#include <quarry/bench.h>

enum batch_sequence { FORWARDS, BACKWARDS, RANDOM, BATCH_SEQUENCES };

/* @n things are allocated into an array, and then freed in some sequence. */
struct batch {
	const char *name;	/* the rows' names begin with it: NAME_alloc, NAME_free_fwd … */
	const char *alloc_row;	/* instead of "alloc" */
	const char *param;
	unsigned int n;
	unsigned int sequences;	/* BIT(FORWARDS) and so on; 0 stands for all three */
	void (*prepare)(void);	/* before each round, or NULL */

	/* The two loops: BATCH_TIME() over @array. Where memory runs out, NULL is the entry. */
	u64 (*time_alloc)(const struct batch *batch, void **array, unsigned int n);
	u64 (*time_free)(const struct batch *batch, void **array, unsigned int n);
};

/* Instructions for @body, which is run for each i below @n. */
#define BATCH_TIME(n, body) \
({ \
	u64 __start = rdtsc(); \
	for (unsigned int i = 0; i < (n); i++) { \
		body; \
		barrier(); \
	} \
	rdtsc() - __start; \
})

/* Measure it: a row for the allocation, and one for each sequence of freeing. */
void bench_batch(const struct batch *batch);
/* The same with an array of the caller's, for where nothing else may be allocated. */
void bench_batch_in(const struct batch *batch, void **array);

#endif /* _BENCH_BATCH_H */
