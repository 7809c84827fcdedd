// SPDX-License-Identifier: MIT
/* The two loops of a batch of blocks. */
#include <linux/container_of.h>

#include "pages.h"

u64 bench_time_alloc_pages(const struct batch *batch, void **pages, unsigned int n)
{
	const struct page_batch *blocks = container_of(batch, struct page_batch, batch);
	gfp_t gfp = blocks->gfp | __GFP_NOWARN;
	unsigned int order = blocks->order;

	return BATCH_TIME(n, pages[i] = alloc_pages(gfp, order));
}

u64 bench_time_free_pages(const struct batch *batch, void **pages, unsigned int n)
{
	unsigned int order = container_of(batch, struct page_batch, batch)->order;

	return BATCH_TIME(n, __free_pages(pages[i], order));
}
