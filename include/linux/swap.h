/* SPDX-License-Identifier: MIT */
/* Reclaim, for those who are asked to give memory back, and for those who start it. No swap yet. */
#ifndef _LINUX_SWAP_H
#define _LINUX_SWAP_H

#include <linux/gfp.h>
#include <linux/sched.h>

struct mem_cgroup;

#define SWAP_CLUSTER_MAX	32UL	/* pages: what reclaim wants to get at a time */

/* What a thread that reclaims has got so far: task_struct.reclaim_state, NULL for all others. */
struct reclaim_state {
	unsigned long reclaimed;	/* pages */
};

/* Whoever gives pages back says so. Any context. */
static inline void mm_account_reclaimed_pages(unsigned long pages)
{
	if (unlikely(current->reclaim_state))
		current->reclaim_state->reclaimed += pages;
}

/*
 * Ask those shrinkers that know groups for @nr_pages, or 32, of @memcg. Returns how many pages were
 * freed. @reclaim_options has no effect. Process context; may sleep.
 */
unsigned long try_to_free_mem_cgroup_pages(struct mem_cgroup *memcg, unsigned long nr_pages,
					   gfp_t gfp_mask, unsigned int reclaim_options);

/* mm/vmscan.c: what the thread runs, until kswapd_end(true). (mm/ knows nothing of kthread_stop().) */
int kswapd(void *unused);
void kswapd_end(bool end);

/* Has it nothing to do? Asking has it look again, if it waits for memory to come back. Process context. */
bool kswapd_at_rest(void);

/*
 * kernel/kswapd.c: the thread begins, which boot does, and ends: for tests that want to be alone with
 * their zones. Process context; may sleep.
 */
void kswapd_run(int nid);
void kswapd_stop(int nid);

#endif /* _LINUX_SWAP_H */
