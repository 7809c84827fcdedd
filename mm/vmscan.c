// SPDX-License-Identifier: MIT
/*
 * Reclaim: getting memory back that is of use, but of less use than what somebody needs it for.
 *
 * 1. The idea
 * A kernel that lets memory lie unused wastes it: so caches grow until little is left, and shrink
 * when it is needed elsewhere. Somebody has to see to that in time. Kswapd, a thread of its own, begins
 * when a request finds each zone that it could be served from at its low watermark, and works until
 * one of them is at the high one: as long as it keeps up, nobody waits. When it does not, and they are
 * down to min, those who allocate reclaim themselves: that slows them down, which is as it should be,
 * and brings their pages. (Gorman, chapter 10; LKD chapter 16 tells who else writes back; Linux's
 * mm/vmscan.c.)
 *
 *	free pages	high ──────────────── kswapd goes back to sleep
 *			low  ──────────────── kswapd wakes up
 *			min  ──────────────── who can sleep reclaims directly; who cannot may go on
 *			0
 *
 * 2. Rounds
 * A round asks all shrinkers for a share of what they have (shrinker.c). First for a little,
 * priority 12; if that was not enough, for twice as much: down to priority 0, which is everything, for
 * who allocates, and to 1 for kswapd, who can come back later. Which zone a page lies in is not asked:
 * shrinkers do not know it. (Linux looks at its LRU lists first, of pages of files and processes. There
 * are none here yet; shrinkers are all there is.)
 *
 * 3. Giving up
 * When 16 runs of kswapd in a row brought nothing, there is nothing: it sleeps on, though zones are
 * low ("node_unreclaimable" in /proc/zoneinfo), until a direct reclaim brings something: a thread that
 * spins helps nobody. Between two rounds that bring nothing it waits a tenth of a second.
 *
 * 4. Who reclaims does not reclaim
 * Shrinkers may allocate a little: PF_MEMALLOC lets them at the last reserves, and keeps them from
 * coming here again. And who came with __GFP_FS or __GFP_IO missing has that told to shrinkers.
 *
 * 5. Locking, contexts
 * Process context, without a lock; what shrinkers take, their callers must not hold. In DEBUG builds
 * that is checked at each allocation, whether memory is short or not: reclaim counts as a lock that
 * every request with __GFP_FS takes for a moment (fs_reclaim_acquire()). kswapd_wait's lock guards
 * kswapd's orders.
 *
 * 6. What is left out
 * Linux lets who reclaims wait for kswapd while the reserves are nearly gone (pgscan_direct_throttle).
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/psi.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/wait.h>

#include "internal.h"
#include "vmscan.h"

struct scan_control {
	gfp_t gfp;
	int priority;
	unsigned long nr_to_reclaim;	/* pages */
	unsigned long nr_reclaimed;
	struct mem_cgroup *memcg;	/* of this group; NULL: of the machine */
};

struct kswapd kswapd_of_node = {
	.wait = __WAIT_QUEUE_HEAD_INITIALIZER(kswapd_of_node.wait),
};

/* ---- reclaim as a lock ---- */

#ifdef CONFIG_LOCKDEP
static struct lockdep_map fs_reclaim_map = { NULL, "fs_reclaim" };

void __fs_reclaim_acquire(void)
{
	lock_acquire(&fs_reclaim_map, 0, 0, 0, 1, NULL, (unsigned long)__builtin_return_address(0));
}

void __fs_reclaim_release(void)
{
	lock_release(&fs_reclaim_map, (unsigned long)__builtin_return_address(0));
}
#endif

/* ---- one round ---- */

/* Ask everybody once. Returns how many pages that brought. */
static unsigned long shrink_node(struct scan_control *sc)
{
	struct reclaim_state *state = current->reclaim_state;
	unsigned long before = state->reclaimed;

	shrink_slab(sc->gfp, sc->memcg, sc->priority);
	sc->nr_reclaimed += state->reclaimed - before;
	return state->reclaimed - before;
}

/* Ask for more and more, until it is enough, or there is no more. */
static void do_try_to_free_pages(struct scan_control *sc)
{
	for (sc->priority = DEF_PRIORITY; sc->priority >= 0; sc->priority--) {
		shrink_node(sc);
		if (sc->nr_reclaimed >= sc->nr_to_reclaim)
			break;
	}
}

/* As one who frees memory: nothing below reclaims again. */
static unsigned long reclaim(struct scan_control *sc)
{
	struct reclaim_state state = { .reclaimed = 0 };
	unsigned int flags;

	might_sleep();
	fs_reclaim_acquire(sc->gfp);
	flags = memalloc_noreclaim_save();
	current->reclaim_state = &state;
	do_try_to_free_pages(sc);
	current->reclaim_state = NULL;
	memalloc_noreclaim_restore(flags);
	fs_reclaim_release(sc->gfp);
	return sc->nr_reclaimed;
}

/* ---- direct reclaim ---- */

unsigned long try_to_free_pages(gfp_t gfp, unsigned int order)
{
	struct scan_control sc = {
		.gfp = current_gfp_context(gfp), .nr_to_reclaim = max(SWAP_CLUSTER_MAX, 1UL << order),
	};
	unsigned long reclaimed;

	cond_resched();
	__count_zid_vm_events(ALLOCSTALL, gfp_zonelist(gfp)->highest, 1);
	reclaimed = reclaim(&sc);
	count_vm_events(PGSTEAL_DIRECT, reclaimed);
	if (reclaimed)
		WRITE_ONCE(kswapd_of_node.failures, 0);	/* there is something to be had, after all */
	cond_resched();
	return reclaimed;
}

unsigned long try_to_free_mem_cgroup_pages(struct mem_cgroup *memcg, unsigned long nr_pages,
					   gfp_t gfp_mask, unsigned int reclaim_options)
{
	struct scan_control sc = {
		.gfp = current_gfp_context(gfp_mask),
		.nr_to_reclaim = max(SWAP_CLUSTER_MAX, nr_pages), .memcg = memcg,
	};

	return reclaim(&sc);
}

/* ---- kswapd ---- */

static bool must_end(void)
{
	return READ_ONCE(kswapd_of_node.must_end);
}

/*
 * Is there enough for requests that @highest may serve: a zone at its high watermark, with a block of
 * @order? One will do. What a low zone keeps from those who want high memory may be more than it has.
 */
static bool pgdat_balanced(unsigned int order, enum zone_type highest)
{
	struct zone *zone = contig_page_data.node_zones;

	for (; zone <= contig_page_data.node_zones + highest; zone++)
		if (managed_zone(zone) &&
		    zone_watermark_ok(zone, order, high_wmark_pages(zone), highest, 0))
			return true;
	return false;
}

static bool is_hopeless(void)
{
	return READ_ONCE(kswapd_of_node.failures) >= MAX_RECLAIM_RETRIES;
}

/*
 * Work until there is enough for @highest, or it cannot be done. Blocks of higher orders are not
 * reclaim's to make, since nothing can be moved: once there are pages enough, it is done.
 */
static void balance_pgdat(unsigned int order, enum zone_type highest)
{
	struct reclaim_state state = { .reclaimed = 0 };
	struct scan_control sc = { .gfp = GFP_KERNEL };
	unsigned long pflags;

	WRITE_ONCE(kswapd_of_node.works, true);
	count_vm_event(PAGEOUTRUN);
	psi_memstall_enter(&pflags);
	__fs_reclaim_acquire();
	current->reclaim_state = &state;
	for (sc.priority = DEF_PRIORITY; sc.priority >= 1; sc.priority--) {
		if (pgdat_balanced(order, highest) || must_end())
			break;
		shrink_node(&sc);
		if (sc.nr_reclaimed)
			order = 0;
		cond_resched();
	}
	current->reclaim_state = NULL;
	__fs_reclaim_release();
	psi_memstall_leave(&pflags);
	count_vm_events(PGSTEAL_KSWAPD, sc.nr_reclaimed);
	WRITE_ONCE(kswapd_of_node.failures, sc.nr_reclaimed ? 0 : kswapd_of_node.failures + 1);
}

/* Are there orders? Then take them. */
static bool take_orders(unsigned int *order, enum zone_type *highest)
{
	struct kswapd *k = &kswapd_of_node;
	unsigned long flags;
	bool some;

	spin_lock_irqsave(&k->wait.lock, flags);
	some = k->wanted;
	*order = k->order;
	*highest = k->highest;
	k->wanted = false;
	k->order = 0;
	k->highest = 0;
	spin_unlock_irqrestore(&k->wait.lock, flags);
	return some;
}

static bool is_called(void)
{
	return READ_ONCE(kswapd_of_node.wanted) || must_end();
}

/* Memory came back by itself. */
static bool is_over(enum zone_type highest)
{
	return must_end() || pgdat_balanced(0, highest);
}

/*
 * A little rest: after a run that brought nothing, so that the next can bring something; and when all
 * is well, to see whether it stays so. (Not if there is more to be had at once.)
 */
static void rest(enum zone_type highest)
{
	bool was_balanced = pgdat_balanced(0, highest);
	long left;

	if (is_hopeless() || (!was_balanced && !kswapd_of_node.failures))
		return;
	WRITE_ONCE(kswapd_of_node.works, !was_balanced);
	left = wait_event_idle_timeout(kswapd_of_node.wait, was_balanced ? is_called() : is_over(highest),
				       HZ / 10);
	if (was_balanced && left)
		count_vm_event(KSWAPD_LOW_WMARK_HIT_QUICKLY);
	else if (was_balanced && !pgdat_balanced(0, highest))
		count_vm_event(KSWAPD_HIGH_WMARK_HIT_QUICKLY);
}

int kswapd(void *unused)
{
	enum zone_type highest = 0;
	unsigned int order = 0;

	current->flags |= PF_MEMALLOC | PF_KSWAPD;
	while (!must_end()) {
		wait_event_idle(kswapd_of_node.wait, is_called());
		if (!take_orders(&order, &highest))
			continue;
		do {
			balance_pgdat(order, highest);
			rest(highest);
		} while (!must_end() && !is_hopeless() && !pgdat_balanced(0, highest));
		WRITE_ONCE(kswapd_of_node.works, false);
	}
	current->flags &= ~(PF_MEMALLOC | PF_KSWAPD);
	return 0;
}

void kswapd_end(bool end)
{
	WRITE_ONCE(kswapd_of_node.must_end, end);
	wake_up(&kswapd_of_node.wait);
}

bool kswapd_at_rest(void)
{
	if (must_end() || (!READ_ONCE(kswapd_of_node.wanted) && !READ_ONCE(kswapd_of_node.works)))
		return true;
	wake_up(&kswapd_of_node.wait);		/* perhaps it need not work any more */
	return false;
}

/* Has it work to do already, with as much as this? */
static bool has_orders(const struct kswapd *k, unsigned int order, enum zone_type highest)
{
	return READ_ONCE(k->wanted) && READ_ONCE(k->order) >= order && READ_ONCE(k->highest) >= highest;
}

void wakeup_kswapd(unsigned int order, gfp_t gfp, enum zone_type highest)
{
	struct kswapd *k = &kswapd_of_node;
	unsigned long flags;

	if (is_hopeless() || has_orders(k, order, highest) || pgdat_balanced(order, highest))
		return;
	spin_lock_irqsave(&k->wait.lock, flags);
	k->order = max(k->order, order);
	k->highest = max(k->highest, highest);
	k->wanted = true;
	spin_unlock_irqrestore(&k->wait.lock, flags);
	wake_up(&k->wait);
}
