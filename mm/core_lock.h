/* SPDX-License-Identifier: MIT */
/*
 * The locks of the allocators' cores, and counting how often they are taken. What each CPU keeps for
 * itself is there so that this happens rarely: the counts tell whether it works. (/proc/core_locks,
 * mm/show/core_locks.c; bench/scaling.c.)
 */
#ifndef _MM_CORE_LOCK_H
#define _MM_CORE_LOCK_H

#include <linux/mmzone.h>
#include <linux/spinlock.h>

/* Interrupts off, and the lock taken. Returns what was said of interrupts before. */
static __always_inline unsigned long core_lock(spinlock_t *lock, struct core_lock_counts *counts)
{
	unsigned long flags;

	local_irq_save(flags);
	if (unlikely(!spin_trylock(lock))) {
		spin_lock(lock);
		counts->contended++;
	}
	counts->taken++;
	return flags;
}

#define core_unlock(lock, flags) spin_unlock_irqrestore(lock, flags)

static __always_inline unsigned long zone_lock(struct zone *zone)
{
	return core_lock(&zone->lock, &zone->lock_counts);
}

static __always_inline void zone_unlock(struct zone *zone, unsigned long flags)
{
	core_unlock(&zone->lock, flags);
}

/* ---- asking ---- */

struct kmem_cache;

/*
 * Remote frees, as far as they can be seen without asking each object where it comes from: objects
 * in magazines that one CPU filled and another one emptied; and for each CPU, how many pages more it
 * has taken back than handed out.
 */
struct core_counts {
	unsigned long taken, contended;
	unsigned long remote_objects;
	long pages_back[NR_CPUS];
};

/* mm/percpu.c: of pcpu_lock, under which copies come and go. */
extern struct core_lock_counts pcpu_lock_counts;

/* Added to @sum: of one lock; one zone; one cache, its slabs' lock and its depot's; all there are. */
void add_lock_counts(const struct core_lock_counts *counts, struct core_counts *sum);
void add_zone_counts(const struct zone *zone, struct core_counts *sum);
void add_cache_counts(const struct kmem_cache *cache, struct core_counts *sum);
void add_all_core_counts(struct core_counts *sum);
/* Remote frees from @before to @now. */
unsigned long remote_frees(const struct core_counts *before, const struct core_counts *now);

#endif /* _MM_CORE_LOCK_H */
