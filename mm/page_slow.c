// SPDX-License-Identifier: MIT
/*
 * The slow path: what becomes of a request when memory is short.
 *
 * 1. The idea
 * "GFP_KERNEL may sleep until memory is there; GFP_ATOMIC returns at once." This file is that sentence.
 * A request that finds every zone of its list at the low watermark climbs a ladder, a rung at a time,
 * until one of them brings a page, or its flags forbid the next. Each rung is one function here, and
 * each is counted: the alloc_* lines at the end of /proc/vmstat. `trace alloc` shows a request on its
 * way. (Linux's core-api/memory-allocation, "Get Free Page flags"; Gorman, chapter 6.)
 *
 * 2. The ladder
 *	kswapd		woken, if the flags have __GFP_KSWAPD_RECLAIM; nobody waits for it
 *	reserves	down to min, and below it as far as the flags reach (section 3)
 *			---- from here on round and round; kswapd is woken again each time ----
 *	last reserves	down to nothing, for who is freeing memory (PF_MEMALLOC, __GFP_MEMALLOC); to
 *			half of min for a victim of the OOM killer, which has to die
 *			---- only who can sleep, and is not reclaiming himself ----
 *	reclaim		the caller asks the shrinkers himself (vmscan.c). What the CPUs keep goes home
 *	compaction	moves pages until the free ones lie together. Nobody's pages can be moved yet,
 *			so this rung does nothing: it stands here for its place in the order
 *			---- who has __GFP_NORETRY, and who wants more than 8 pages without
 *			     __GFP_RETRY_MAYFAIL, has failed ----
 *	retry		back up, if the round brought something, or what is free and what might be
 *			freed would do; but not more than 16 times in a row without progress
 *	oom		the OOM killer (oom_kill.c), unless __GFP_RETRY_MAYFAIL says: rather fail; or more
 *			than 8 pages are wanted, or only DMA memory will do: a kill would not help
 *	nofail		__GFP_NOFAIL takes the last page, or starts again, until there is one
 *
 * 3. How far the reserves go
 *	GFP_KERNEL, GFP_NOWAIT		to min
 *	__GFP_HIGH			to min / 2
 *	and __GFP_ATOMIC (GFP_ATOMIC)	to 3/8 of min: never to the last page
 * and to those, what the zone keeps from requests that a higher zone could serve is added.
 *	a victim			to min / 2
 *	PF_MEMALLOC, __GFP_MEMALLOC	to 0, whatever it keeps; __GFP_NOFAIL, too, after everything else
 *
 * 4. Failing
 * An order of up to 3 with GFP_KERNEL comes back without a page only to a victim: everybody else's
 * request lives longer than what takes the memory. That is no promise: callers look at what they get.
 *
 * 5. Contexts
 * Waiting needs more than flags: threads must exist, preemption and interrupts must be on. Who has
 * __GFP_DIRECT_RECLAIM where he must not sleep has been reported (might_alloc()), and is served as
 * if he had not. No lock is held here, but the caller may hold some: so shrinkers are told his flags, and
 * memalloc_nofs_save() and its like take flags away from all requests in their scope.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/printk.h>
#include <linux/psi.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <linux/vmstat.h>
#include <quarry/boot_level.h>

#include "internal.h"
#include "vmscan.h"

/* A request on its way. */
struct climb {
	gfp_t gfp;
	unsigned int order;
	unsigned int alloc_flags;	/* ALLOC_*: how far down it may go */
	bool can_wait;
	unsigned long progress;		/* pages that the last reclaim brought; a kill counts, too */
	unsigned int fruitless;		/* rounds in a row without any */
};

void (*alloc_step_watcher)(const struct alloc_step *step);

static void tell(const struct climb *c, const char *rung, const struct page *page)
{
	struct alloc_step step = {
		.rung = rung, .gfp = c->gfp, .order = c->order, .alloc_flags = c->alloc_flags, .page = page,
	};
	void (*watcher)(const struct alloc_step *step) = READ_ONCE(alloc_step_watcher);

	if (watcher)
		watcher(&step);
}

/* @c has stood on @rung, which brought @page, or NULL. */
static struct page *stood_on(const struct climb *c, enum vm_event_item rung, const char *name,
			     struct page *page)
{
	count_vm_event(rung);
	if (unlikely(alloc_step_watcher))
		tell(c, name, page);
	return page;
}

/* ---- the rungs ---- */

static void wake_kswapd(const struct climb *c)
{
	if (!(c->alloc_flags & ALLOC_KSWAPD))
		return;
	wakeup_kswapd(c->order, c->gfp, gfp_zonelist(c->gfp)->highest);
	stood_on(c, RUNG_KSWAPD, "kswapd", NULL);
}

unsigned int gfp_to_alloc_flags(gfp_t gfp)
{
	unsigned int alloc_flags = WMARK_MIN | (gfp & (ALLOC_HIGH | ALLOC_KSWAPD));

	if ((gfp & __GFP_ATOMIC) && !(gfp & __GFP_NOMEMALLOC))
		alloc_flags |= ALLOC_HARDER;
	return alloc_flags;
}

static struct page *try_reserves(const struct climb *c)
{
	struct page *page = get_page_from_freelist(c->gfp, c->order, c->alloc_flags);

	return stood_on(c, RUNG_RESERVES, "reserves", page);
}

/* What the thread, rather than the request, may use of the last reserves; 0: nothing. */
static unsigned int last_reserves(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return 0;
	if (gfp & __GFP_MEMALLOC)
		return ALLOC_NO_WATERMARKS;
	if (in_interrupt())
		return 0;
	if (current->flags & PF_MEMALLOC)
		return ALLOC_NO_WATERMARKS;
	return tsk_is_oom_victim(current) ? ALLOC_OOM : 0;
}

static struct page *try_last_reserves(struct climb *c)
{
	unsigned int more = last_reserves(c->gfp);

	if (!more)
		return NULL;
	return stood_on(c, RUNG_LAST_RESERVES, "last reserves",
			get_page_from_freelist(c->gfp, c->order, WMARK_MIN | more));
}

/*
 * What the CPUs keep for themselves is neither counted as free nor merged: send it home. And of what is
 * kept back for atomic requests, some may go.
 */
static struct page *try_drained(const struct climb *c)
{
	unreserve_highatomic_pageblock(c->gfp, false);
	drain_all_pages(NULL);
	return get_page_from_freelist(c->gfp, c->order, c->alloc_flags);
}

static struct page *try_direct_reclaim(struct climb *c)
{
	unsigned long pflags;
	struct page *page;

	psi_memstall_enter(&pflags);
	c->progress = try_to_free_pages(c->gfp, c->order);
	page = get_page_from_freelist(c->gfp, c->order, c->alloc_flags);
	if (!page)
		page = try_drained(c);
	psi_memstall_leave(&pflags);
	return stood_on(c, RUNG_RECLAIM, "reclaim", page);
}

static struct page *try_compaction(const struct climb *c)
{
	return c->order ? stood_on(c, RUNG_COMPACTION, "compaction", NULL) : NULL;
}

/* ---- between two rounds ---- */

/* Would it help if everything were freed that can be freed? Per zone: that is where pages must come from. */
static bool could_be_enough(const struct climb *c)
{
	unsigned long reclaimable = slab_pages(true);
	const struct zonelist *list = gfp_zonelist(c->gfp);
	const struct zoneref *ref;

	for (ref = list->refs; ref->zone; ref++) {
		unsigned long needed = min_wmark_pages(ref->zone) + (1UL << c->order) +
				       ref->zone->lowmem_reserve[list->highest];

		if (ref->zone->nr_free_pages + reclaimable > needed)
			return true;
	}
	return false;
}

/* Let those get on who have memory to give: a worker keeps others from running even by yielding. */
static void wait_a_moment(void)
{
	if (current->flags & PF_WQ_WORKER)
		schedule_timeout_uninterruptible(1);
	else
		cond_resched();
}

/* Another round? */
static bool is_worth_a_retry(struct climb *c)
{
	if (c->progress && c->order <= PAGE_ALLOC_COSTLY_ORDER)
		c->fruitless = 0;
	else if (++c->fruitless > MAX_RECLAIM_RETRIES)
		return unreserve_highatomic_pageblock(c->gfp, true);
	if (!c->progress && !could_be_enough(c))
		return false;
	wait_a_moment();
	stood_on(c, RUNG_RETRY, "retry", NULL);
	return true;
}

/* ---- the last rung ---- */

static bool may_kill(const struct climb *c)
{
	return !(c->gfp & (__GFP_RETRY_MAYFAIL | __GFP_THISNODE)) &&
	       c->order <= PAGE_ALLOC_COSTLY_ORDER &&
	       gfp_zonelist(c->gfp)->highest >= ZONE_NORMAL;
}

/*
 * oom_lock is held. Somebody may have freed what we need while we came here: look once more, high. Who
 * is refused then, and must not have anybody killed, has not stood on this rung.
 */
static struct page *kill_for(struct climb *c)
{
	struct oom_control oc = { .gfp_mask = c->gfp, .order = c->order };
	struct page *page;

	page = get_page_from_freelist(c->gfp & ~__GFP_DIRECT_RECLAIM, c->order, WMARK_HIGH);
	if (!page && !may_kill(c))
		return NULL;
	if (!page)
		c->progress = out_of_memory(&oc);
	return stood_on(c, RUNG_OOM, "oom", page);
}

/* One at a time: who finds another at it waits for what that brings. */
static struct page *try_oom(struct climb *c)
{
	struct page *page;

	c->progress = 0;
	if (!mutex_trylock(&oom_lock)) {
		c->progress = 1;
		schedule_timeout_uninterruptible(1);
		return NULL;
	}
	page = kill_for(c);
	mutex_unlock(&oom_lock);
	if (!page && c->progress && !tsk_is_oom_victim(current))
		schedule_timeout_uninterruptible(1);	/* dying takes a moment */
	return page;
}

/* ---- failing ---- */

static void report(gfp_t gfp, unsigned int order)
{
	WARN_ONCE((gfp & (__GFP_NOFAIL | __GFP_NOWARN)) == __GFP_NOFAIL,
		  "alloc_pages: __GFP_NOFAIL from somebody who cannot wait\n");
	/* That a machine has no memory for ISA devices is no news. */
	if ((gfp & __GFP_DMA) && !managed_zone(&contig_page_data.node_zones[ZONE_DMA]))
		return;
	if (!(gfp & __GFP_NOWARN) && __ratelimit(&nopage_rs))
		report_alloc_failure(gfp, order);
}

static struct page *give_up(const struct climb *c)
{
	report(c->gfp, c->order);
	return stood_on(c, RUNG_FAIL, "fail", NULL);
}

/* ---- climbing ---- */

/* May @c wait for memory? Who is reclaiming must not begin to reclaim. */
static bool can_reclaim(const struct climb *c)
{
	return c->can_wait && !(current->flags & PF_MEMALLOC);
}

/* Rather fail than go on: what the caller said, or what makes no sense. */
static bool is_content_to_fail(const struct climb *c)
{
	if (c->gfp & __GFP_NORETRY)
		return true;
	return c->order > PAGE_ALLOC_COSTLY_ORDER && !(c->gfp & __GFP_RETRY_MAYFAIL);
}

/* The rungs from the last reserves on, round after round. NULL: they have all failed. */
static struct page *climb(struct climb *c)
{
	struct page *page;

	for (;;) {
		wake_kswapd(c);
		page = try_last_reserves(c);
		if (page || !can_reclaim(c))
			return page;
		page = try_direct_reclaim(c);
		if (!page)
			page = try_compaction(c);
		if (page || is_content_to_fail(c))
			return page;
		if (is_worth_a_retry(c))
			continue;
		if (tsk_is_oom_victim(current))
			return NULL;	/* it is to die: nobody else is killed so that it lives */
		page = try_oom(c);
		if (page || !c->progress)
			return page;
		c->fruitless = 0;
	}
}

/* Must not fail, and can wait: round and round. */
static struct page *climb_for_ever(struct climb *c)
{
	struct page *page;

	WARN_ONCE(current->flags & PF_MEMALLOC, "alloc_pages: __GFP_NOFAIL from who frees memory\n");
	do {
		wait_a_moment();
		page = stood_on(c, RUNG_NOFAIL, "nofail",
				get_page_from_freelist(c->gfp, c->order, ALLOC_NO_WATERMARKS));
		if (!page)
			page = climb(c);
	} while (!page);
	return page;
}

/*
 * May the caller sleep, as @gfp says? The allocators' doors look at preempt_count, and so miss one who has
 * merely turned interrupts off: here is time for that.
 */
static bool may_wait(gfp_t gfp)
{
	if (!gfpflags_allow_blocking(gfp) || boot_level < BOOT_THREADS)
		return false;
	if (irqs_disabled() && preempt_count_is_zero())
		__might_sleep_report(__FILE__, __LINE__);
	return preemptible();
}

struct page *__alloc_pages_slowpath(gfp_t gfp, unsigned int order)
{
	struct climb c = { .gfp = current_gfp_context(gfp), .order = order };
	struct page *page;

	c.can_wait = may_wait(c.gfp);
	/* The reserve of those who cannot wait is not for those who can. */
	if (WARN_ON_ONCE(gfpflags_allow_blocking(c.gfp) && (c.gfp & __GFP_ATOMIC)))
		c.gfp &= ~__GFP_ATOMIC;
	c.alloc_flags = gfp_to_alloc_flags(c.gfp);
	stood_on(&c, RUNG_ENTER, "enter", NULL);

	wake_kswapd(&c);
	page = try_reserves(&c);
	if (!page)
		page = climb(&c);
	if (!page && (c.gfp & __GFP_NOFAIL) && c.can_wait)
		page = climb_for_ever(&c);
	return page ? page : give_up(&c);
}
