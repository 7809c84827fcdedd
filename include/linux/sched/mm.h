/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/gfp_types.h>
#include <linux/preempt.h>
#include <linux/sched.h>

/* Would an allocation with @gfp be a mistake here? The rarer question first. */
static __always_inline bool must_not_sleep(gfp_t gfp)
{
	return unlikely(!preempt_count_is_zero()) && (gfp & __GFP_DIRECT_RECLAIM);
}

/* At the door of every allocator. */
#define might_alloc(gfp) \
	do { if (must_not_sleep(gfp)) __might_sleep_report(__FILE__, __LINE__); } while (0)

/*
 * Between the two, allocations of this thread may use all of the reserve and never enter reclaim:
 * for code that frees memory. They nest: restore puts back what save returned.
 */
static inline unsigned int memalloc_noreclaim_save(void)
{
	unsigned int flags = current->flags & PF_MEMALLOC;

	current->flags |= PF_MEMALLOC;
	return flags;
}

static inline void memalloc_noreclaim_restore(unsigned int flags)
{
	current->flags = (current->flags & ~PF_MEMALLOC) | flags;
}

#endif /* _LINUX_SCHED_MM_H */
