/* SPDX-License-Identifier: MIT */
/* Blocks of pages: what bench/pages.c and bench/buddy.c have in common. */
#ifndef _BENCH_PAGES_H
#define _BENCH_PAGES_H

#include <linux/mm.h>

#include "batch.h"

/* A batch of blocks; .batch has PAGE_LOOPS for its loops. */
struct page_batch {
	struct batch batch;
	gfp_t gfp;
	unsigned int order;
};

#define PAGE_LOOPS .time_alloc = bench_time_alloc_pages, .time_free = bench_time_free_pages
u64 bench_time_alloc_pages(const struct batch *batch, void **pages, unsigned int n);
u64 bench_time_free_pages(const struct batch *batch, void **pages, unsigned int n);

/* Can @gfp and @order be served here at all? If not, says that the row @op is missing. */
bool bench_pages_available(const char *op, gfp_t gfp, unsigned int order);

#endif /* _BENCH_PAGES_H */
