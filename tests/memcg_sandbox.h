/* SPDX-License-Identifier: MIT */
/* Groups for tests, which go when the case ends, whatever is in them. */
#ifndef TESTS_MEMCG_SANDBOX_H
#define TESTS_MEMCG_SANDBOX_H

#include <kunit/test.h>

#include "../mm/memcg.h"

/* A new group; the case ends if there is no memory for it. "test-…", if @parent is NULL. */
struct mem_cgroup *memcg_sandbox_group(struct kunit *test, const char *name,
				       struct mem_cgroup *parent);
/*
 * A suite's exit: the case's groups go, if they are still there. Then nothing may be charged any
 * more, no group be left, and the counters agree with what is owed.
 */
void memcg_sandbox_end(struct kunit *test);

/* What is charged to it, in pages; how often that has happened. */
static inline unsigned long usage(struct mem_cgroup *memcg)
{
	return page_counter_read(&memcg->memory);
}

static inline long events(struct mem_cgroup *memcg, enum memcg_memory_event event)
{
	return atomic_long_read(&memcg->memory_events[event]);
}

/* Allocated while the thread works for @memcg. */
struct page *memcg_sandbox_page(struct mem_cgroup *memcg, gfp_t gfp, unsigned int order);
void *memcg_sandbox_kmalloc(struct mem_cgroup *memcg, size_t size, gfp_t gfp);
void *memcg_sandbox_object(struct mem_cgroup *memcg, struct kmem_cache *cache, gfp_t gfp);

#endif /* TESTS_MEMCG_SANDBOX_H */
