/* SPDX-License-Identifier: MIT */
/*
 * Counting pages against limits, in a tree: what is charged to a counter is charged to its parents, too,
 * and none of them may get above its limit. As in Linux 6.1; mm/page_counter.c tells how several CPUs
 * do that without a lock. All amounts are pages.
 */
#ifndef _LINUX_PAGE_COUNTER_H
#define _LINUX_PAGE_COUNTER_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>

/* No limit. */
#define PAGE_COUNTER_MAX	((unsigned long)LONG_MAX)

struct page_counter {
	atomic_long_t usage;
	unsigned long max;
	unsigned long watermark;	/* the most that usage has been */
	unsigned long failcnt;		/* how often it has refused */
	struct page_counter *parent;
};

static inline void page_counter_init(struct page_counter *counter, struct page_counter *parent)
{
	atomic_long_set(&counter->usage, 0);
	counter->max = PAGE_COUNTER_MAX;
	counter->watermark = 0;
	counter->failcnt = 0;
	counter->parent = parent;
}

static inline unsigned long page_counter_read(const struct page_counter *counter)
{
	return atomic_long_read(&counter->usage);
}

/* Any context, all three. */

/*
 * Charge @nr_pages to @counter and all above it. False: that would take one of them above its limit;
 * *@fail says which, its failcnt has grown, and nothing is charged.
 */
bool page_counter_try_charge(struct page_counter *counter, unsigned long nr_pages,
			     struct page_counter **fail);
/* The same without asking: limits may be exceeded. */
void page_counter_charge(struct page_counter *counter, unsigned long nr_pages);
/* Take back what was charged. More than that is reported, and the counters stay at 0. */
void page_counter_uncharge(struct page_counter *counter, unsigned long nr_pages);
/* The same of @counter alone: those above it keep it. */
void page_counter_cancel(struct page_counter *counter, unsigned long nr_pages);

/*
 * A new limit. -EBUSY: more is charged already, and the limit stays as it was. Callers take turns. May
 * sleep.
 */
int page_counter_set_max(struct page_counter *counter, unsigned long nr_pages);

/*
 * @buf: a size in bytes with K, M or G behind it perhaps, or what @max says, which is no limit. 0: it is
 * in *@nr_pages, rounded down to pages; -EINVAL: it is neither.
 */
int page_counter_memparse(const char *buf, const char *max, unsigned long *nr_pages);

static inline void page_counter_reset_watermark(struct page_counter *counter)
{
	counter->watermark = page_counter_read(counter);
}

#endif /* _LINUX_PAGE_COUNTER_H */
