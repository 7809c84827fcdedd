/* SPDX-License-Identifier: MIT */
/* A shrinker that notes how it is asked, and says or does what a test wants. */
#ifndef TESTS_PROBE_SHRINKER_H
#define TESTS_PROBE_SHRINKER_H

#include <kunit/test.h>
#include <linux/list.h>
#include <linux/shrinker.h>
#include <linux/spinlock.h>

struct probe {
	struct shrinker shrinker;
	bool for_all;			/* not only asked by tagged requests (climb_watch.h) */
	unsigned long there;		/* count_objects' answer, unless there are pages */
	/* scan_objects' answer; NULL: pages, oldest first, or that all of it is gone */
	unsigned long (*scan)(struct probe *probe, struct shrink_control *sc);

	unsigned int counts, scans;	/* calls */
	unsigned long asked;		/* the sum of all nr_to_scan */
	gfp_t gfp;			/* the last one's flags */
	struct mem_cgroup *memcg;

	spinlock_t lock;
	struct list_head pages;		/* by page->lru */
	unsigned long nr_pages;
};

/* It is registered, with what is set in it so far. */
void probe_begin(struct kunit *test, struct probe *probe);
/* No more; its pages are free. Does nothing if it has not begun. */
void probe_end(struct probe *probe);

/* Forget how it was asked. */
void probe_forget(struct probe *probe);

/* Keep @nr more single pages of what @gfp asks for, as a cache would; they must be there. */
void probe_keep(struct kunit *test, struct probe *probe, gfp_t gfp, unsigned long nr);

/*
 * All that is left of memory, in the sandbox, is the reserve of one zone, which is returned, and @nr pages in
 * @p's cache. *@gfp: the flag for that zone.
 */
struct zone *probe_keep_the_rest(struct kunit *test, struct probe *p, unsigned long nr, gfp_t *gfp);

#endif /* TESTS_PROBE_SHRINKER_H */
