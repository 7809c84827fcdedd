/* SPDX-License-Identifier: MIT */
/*
 * Shrinkers: who keeps memory that it could do without says so, and is asked for some of it back when
 * memory is short (mm/shrinker.c; Gorman, chapter 8.3.1; Linux's include/linux/shrinker.h, 6.1).
 *
 *	static unsigned long count(struct shrinker *shrinker, struct shrink_control *sc)
 *	{
 *		return nr_unused;
 *	}
 *	static unsigned long scan(struct shrinker *shrinker, struct shrink_control *sc)
 *	{
 *		return free_up_to(sc->nr_to_scan);
 *	}
 *	static struct shrinker shrinker = {
 *		.count_objects = count, .scan_objects = scan, .seeks = DEFAULT_SEEKS,
 *	};
 *	register_shrinker(&shrinker, "my-%s", "cache");
 */
#ifndef _LINUX_SHRINKER_H
#define _LINUX_SHRINKER_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/types.h>

struct mem_cgroup;

/* What a shrinker is told, and what it answers. */
struct shrink_control {
	gfp_t gfp_mask;			/* of who needs memory: without __GFP_FS, no file system's lock */
	int nid;
	unsigned long nr_to_scan;	/* scan_objects: look at so many … */
	unsigned long nr_scanned;	/* … so many were: nr_to_scan, unless it says otherwise */
	struct mem_cgroup *memcg;	/* of this group's only; NULL: of all */
};

#define SHRINK_STOP	(~0UL)		/* from scan_objects: it would dead-lock, or there is no more */
#define SHRINK_EMPTY	(~0UL - 1)	/* from count_objects: there is nothing at all; 0: nothing just now */

/*
 * count_objects: how many could be freed. No locks that an allocation might be made under: a guess is
 * good enough. scan_objects: look at sc->nr_to_scan of them, least wanted first, and free those that
 * nobody uses; returns how many, or SHRINK_STOP. Both are called in process context, by whoever
 * allocates, or kswapd, perhaps by several at a time; they may sleep, and what they allocate may use the
 * reserves (PF_MEMALLOC), but never reclaims.
 */
struct shrinker {
	unsigned long (*count_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	unsigned long (*scan_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	long batch;			/* objects to be scanned at a time; 0: SHRINK_BATCH */
	int seeks;			/* what it costs to make one again, in seeks of a disk; 0: nothing */
	unsigned int flags;		/* SHRINKER_* */

	/* mm/shrinker.c */
	struct list_head list;
	atomic_long_t nr_deferred;	/* to be scanned, and put off until it is worth a batch */
	char name[32];
};

#define DEFAULT_SEEKS	2
#define SHRINK_BATCH	128

#define SHRINKER_REGISTERED	(1 << 0)
#define SHRINKER_NUMA_AWARE	(1 << 1)
#define SHRINKER_MEMCG_AWARE	(1 << 2)	/* knows which group its objects are charged to */
#define SHRINKER_NONSLAB	(1 << 3)	/* its objects do not lie in slabs */

/*
 * From now on @shrinker is asked, until unregister_shrinker() returns: then no call of it runs any more.
 * The name is a format. 0. Process context; not from a shrinker.
 */
int register_shrinker(struct shrinker *shrinker, const char *fmt, ...) __printf(2, 3);
void unregister_shrinker(struct shrinker *shrinker);
/* The same in two steps: until the second nobody asks; a name that was only given away is taken back. */
int prealloc_shrinker(struct shrinker *shrinker, const char *fmt, ...) __printf(2, 3);
void register_shrinker_prepared(struct shrinker *shrinker);
void free_prealloced_shrinker(struct shrinker *shrinker);
/* Wait for the calls that run now. Process context. */
void synchronize_shrinkers(void);

#endif /* _LINUX_SHRINKER_H */
