// SPDX-License-Identifier: MIT
/*
 * Shrinkers: how the kernel's own caches give memory back.
 *
 * 1. The idea
 * Much of a kernel's memory holds what could be made again: names that were looked up once, objects
 * that are kept constructed, areas that wait to be flushed. It is worth keeping while there is
 * memory, and not a page of it when there is none. Only its owner knows which of it is in use; so he
 * registers two functions: how many could go, and "look at so many of them, and let go what you can".
 *
 * 2. Pressure
 * All of them are asked for the same share of what they have, and the share grows as long as memory
 * stays short: the priority falls from 12 to 0.
 *
 *	share of objects = 4 / seeks / 2^priority		seeks = 2: a 2,048th, …, everything, twice
 *	seeks == 0: half, at any priority			for what costs nothing to make again
 *
 * What is cheap to make again is asked for more. A small cache's share of a small pressure would be
 * rounded to nothing, and it would never shrink: so what is too little for a batch is added up
 * (nr_deferred) until it is enough. With priority 0 everybody's turn has come, however small.
 *
 * The youngest are asked first: they stand on what was there before. The last is the slab allocator
 * itself, the oldest, which gives whole slabs back once the others have let go of their objects.
 *
 * 3. Stopping
 * SHRINK_STOP ends this shrinker's turn: it needs a lock that the allocation may have been made under,
 * typically because __GFP_FS is missing. What it owes is not forgotten.
 *
 * 4. Locking, contexts
 * shrinker_rwsem: for writing while the list changes, for reading while shrinkers run. Who finds it
 * taken does without shrinkers this time: memory may be short while one registers. Process context.
 *
 * 5. What is not checked
 * That scan_objects tells the truth. What was freed is counted where pages are freed
 * (mm_account_reclaimed_pages()).
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>

#include "vmscan.h"

static LIST_HEAD(shrinkers);
static DECLARE_RWSEM(shrinker_rwsem);

/* ---- coming and going ---- */

static void set_name(struct shrinker *shrinker, const char *fmt, va_list args)
{
	vsnprintf(shrinker->name, sizeof(shrinker->name), fmt, args);
	atomic_long_set(&shrinker->nr_deferred, 0);
}

int prealloc_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_name(shrinker, fmt, args);
	va_end(args);
	return 0;
}

void free_prealloced_shrinker(struct shrinker *shrinker)
{
	shrinker->name[0] = '\0';
}

void register_shrinker_prepared(struct shrinker *shrinker)
{
	down_write(&shrinker_rwsem);
	if (!WARN(shrinker->flags & SHRINKER_REGISTERED, "shrinker %s: registered twice\n",
		  shrinker->name)) {
		list_add(&shrinker->list, &shrinkers);
		shrinker->flags |= SHRINKER_REGISTERED;
	}
	up_write(&shrinker_rwsem);
}

int register_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_name(shrinker, fmt, args);
	va_end(args);
	register_shrinker_prepared(shrinker);
	return 0;
}

void unregister_shrinker(struct shrinker *shrinker)
{
	down_write(&shrinker_rwsem);
	if (shrinker->flags & SHRINKER_REGISTERED) {
		list_del(&shrinker->list);
		shrinker->flags &= ~SHRINKER_REGISTERED;
	}
	up_write(&shrinker_rwsem);
}

void synchronize_shrinkers(void)
{
	down_write(&shrinker_rwsem);
	up_write(&shrinker_rwsem);
}

/* ---- one of them ---- */

/* What this round's pressure asks of @freeable objects; 2 above. */
static unsigned long share(const struct shrinker *shrinker, unsigned long freeable, int priority)
{
	if (!shrinker->seeks)
		return freeable / 2;
	return (freeable >> priority) * 4 / shrinker->seeks;
}

/* Ask for one batch. False: that was all for this time. */
static bool scan_batch(struct shrinker *shrinker, struct shrink_control *sc, unsigned long nr,
		       unsigned long *freed)
{
	unsigned long ret;

	sc->nr_to_scan = nr;
	sc->nr_scanned = nr;
	ret = shrinker->scan_objects(shrinker, sc);
	if (ret == SHRINK_STOP)
		return false;
	*freed += ret;
	count_vm_events(SLABS_SCANNED, sc->nr_scanned);
	return true;
}

static unsigned long do_shrink_slab(struct shrinker *shrinker, struct shrink_control *sc,
				    unsigned long freeable, int priority)
{
	unsigned long batch = shrinker->batch ?: SHRINK_BATCH;
	unsigned long owed = atomic_long_xchg(&shrinker->nr_deferred, 0);
	unsigned long asked = share(shrinker, freeable, priority);
	unsigned long left = min((owed >> priority) + asked, 2 * freeable);
	unsigned long scanned = 0, freed = 0;

	while (left && (left >= batch || left >= freeable)) {
		unsigned long nr = min(batch, left);

		if (!scan_batch(shrinker, sc, nr, &freed))
			break;
		scanned += sc->nr_scanned;
		left -= min(left, sc->nr_scanned);
		if (!sc->nr_scanned)
			break;
		cond_resched();
	}
	owed += asked;
	owed -= min(owed, scanned);
	atomic_long_add(min(owed, 2 * freeable), &shrinker->nr_deferred);
	return freed;
}

/* ---- all of them ---- */

static unsigned long ask(struct shrinker *shrinker, gfp_t gfp, struct mem_cgroup *memcg,
			 int priority)
{
	struct shrink_control sc = { .gfp_mask = gfp, .memcg = memcg };
	unsigned long freeable;

	if (memcg && !(shrinker->flags & SHRINKER_MEMCG_AWARE))
		return 0;
	freeable = shrinker->count_objects(shrinker, &sc);
	if (!freeable || freeable == SHRINK_EMPTY)
		return 0;
	return do_shrink_slab(shrinker, &sc, freeable, priority);
}

unsigned long shrink_slab(gfp_t gfp, struct mem_cgroup *memcg, int priority)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	if (!down_read_trylock(&shrinker_rwsem))
		return 0;
	list_for_each_entry(shrinker, &shrinkers, list) {
		freed += ask(shrinker, gfp, memcg, priority);
		cond_resched();
	}
	up_read(&shrinker_rwsem);
	return freed;
}

void drop_slab(void)
{
	int shift = 0;

	do {
		count_vm_event(DROP_SLAB);
	} while (shrink_slab(GFP_KERNEL, NULL, 0) >> shift++ > 1);
}

void for_each_shrinker(void (*visit)(struct shrinker *shrinker, unsigned long count, void *arg),
		       void *arg)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL };
	struct shrinker *shrinker;

	down_read(&shrinker_rwsem);
	list_for_each_entry(shrinker, &shrinkers, list) {
		unsigned long count = shrinker->count_objects(shrinker, &sc);

		visit(shrinker, count == SHRINK_EMPTY ? 0 : count, arg);
	}
	up_read(&shrinker_rwsem);
}
