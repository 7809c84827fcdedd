/* SPDX-License-Identifier: MIT */
/* Reclaim, for the ladder (page_slow.c), and for who looks at it. */
#ifndef _MM_VMSCAN_H
#define _MM_VMSCAN_H

#include <linux/gfp.h>
#include <linux/mmzone.h>
#include <linux/shrinker.h>
#include <linux/wait.h>

/* ---- mm/shrinker.c ---- */

/*
 * Ask all shrinkers for their share at @priority (12: little … 0: everything): those that know groups,
 * for what @memcg has, or with NULL all for all. Returns how many objects were freed. Process context.
 */
unsigned long shrink_slab(gfp_t gfp, struct mem_cgroup *memcg, int priority);

/* Everything that can be freed is, whether memory is short or not. Process context. */
void drop_slab(void);

/* Show each shrinker, with what it could free now. Process context. */
void for_each_shrinker(void (*visit)(struct shrinker *shrinker, unsigned long count, void *arg),
		       void *arg);

/* ---- mm/vmscan.c ---- */

#define DEF_PRIORITY		12
#define MAX_RECLAIM_RETRIES	16	/* rounds in a row that bring nothing */

/*
 * Direct reclaim: the caller, who needs 2^@order pages with @gfp, gets others to give memory back, until
 * 32 pages were freed (or as many as he needs) or all have been asked for everything. Returns how many
 * pages that brought: they may be others' meanwhile. Process context; may sleep.
 */
unsigned long try_to_free_pages(gfp_t gfp, unsigned int order);

/*
 * Kswapd is to work, for a request that could be served by @highest and below. No more than a look if it
 * works already. Any context but NMI.
 */
void wakeup_kswapd(unsigned int order, gfp_t gfp, enum zone_type highest);

/* What kswapd is to do, and how it fares; the orders under wait.lock. */
struct kswapd {
	wait_queue_head_t wait;
	bool wanted;			/* there are orders: */
	unsigned int order;		/* a block of this size, … */
	enum zone_type highest;		/* … in this zone or a lower one */
	bool works;			/* it has taken orders, and is not done */
	bool must_end;
	unsigned int failures;		/* runs in a row that brought nothing */
};
extern struct kswapd kswapd_of_node;

#endif /* _MM_VMSCAN_H */
