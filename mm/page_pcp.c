// SPDX-License-Identifier: MIT
/*
 * Pages at each CPU's hand: a layer above the buddy core.
 *
 * 1. The idea
 * Nearly all requests are for single pages, and what is freed now is wanted again soon. So each
 * CPU keeps a few small blocks of every zone for itself: taking one is a list operation without a
 * lock, and only every "batch" pages the zone's lock is taken to fetch many from the buddy core
 * (buddy.c), or return them.
 * (Bonwick and Adams, "Magazines and Vmem", 2001, tell why that is what makes allocators scale;
 * in Linux it is the per-CPU pageset.)
 *
 * 2. Structure
 *	zone->per_cpu_pageset[cpu].first[]	a stack for each order 0 … 3 and migrate type
 * linked by page->buddy.next_pfn. The block freed last is handed out first: it is still in this
 * CPU's cache. Blocks here are PAGE_PCP: not free in the zone's count, and not merged.
 *	count <= high after each free; a refill may go beyond it by less than a batch
 *
 * 3. Whose hand is in it: "busy"
 * The lists are private to their CPU, so other CPUs need not be kept out, only whatever may run
 * on this one between two instructions. Preemption is off, and that leaves interrupts. They could
 * be turned off too, but that costs more than all the rest. Instead the owner sets "busy" while
 * it is inside; an interrupt that finds it set goes to the core, whose lock keeps interrupts
 * off. A plain store is enough: an interrupt comes before it or after it, and leaves nothing half
 * done behind. Leaving is one instruction that also says whether an interrupt left a message.
 *
 * 4. Draining
 * drain_all_pages() asks every CPU: one that is idle here empties its lists there and then, a
 * busy one is marked and empties them as it leaves. Lists that are switched off (`nopcp`) are
 * empty and busy for good, which is why the fast path has no test for that.
 *
 * 5. What is not here
 * Which zone, and whether the request may have it: page_alloc.c.
 */
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "page_pcp.h"

static bool switched_off;

static int __init parse_nopcp(char *value)
{
	switched_off = true;
	return value ? -1 : 0;
}
early_param("nopcp", parse_nopcp);

/* Whose lists they are. */
static struct zone *zone_of(const struct per_cpu_pages *pcp)
{
	struct zone *zone;

	for_each_zone(zone)
		if (pcp >= zone->per_cpu_pageset && pcp < zone->per_cpu_pageset + NR_CPUS)
			return zone;
	BUG();
}

/* ---- taking ---- */

/* Fill an empty list. The blocks come out of it in the order in which the core gave them. */
static noinline void refill(struct zone *zone, struct per_cpu_pages *pcp, unsigned int order,
			    enum migratetype type)
{
	unsigned int blocks = max(pcp->batch >> order, 1);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	blocks = buddy_alloc_bulk(zone, order, type, blocks, pcp_list(pcp, order, type));
	pcp->count += blocks << order;
	spin_unlock_irqrestore(&zone->lock, flags);
}

struct page *pcp_alloc_slow(struct zone *zone, unsigned int order, enum migratetype migratetype)
{
	struct per_cpu_pages *pcp;
	struct page *page = NULL;
	unsigned long flags;
	u32 *first;

	if (order < NR_PCP_ORDERS && pcp_enter(zone, &pcp)) {
		first = pcp_list(pcp, order, migratetype);
		if (!*first)
			refill(zone, pcp, order, migratetype);
		if (*first)
			page = pcp_pop(pcp, first, order);
		pcp_leave(pcp);
		return page;
	}
	spin_lock_irqsave(&zone->lock, flags);
	page = buddy_alloc(zone, order, migratetype);
	if (likely(page)) {
		change_page_state(page, PAGE_ALLOCATED, PAGE_PCP);
		zone->nr_alloc += 1UL << order;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return page;
}

/* ---- giving back ---- */

/*
 * Until no more than @keep pages are left. One list is emptied before the next one's turn comes,
 * so that a size which nobody wants any more does not fill the lists for ever.
 */
static void give_back(struct per_cpu_pages *pcp, int keep)
{
	struct zone *zone = zone_of(pcp);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	while (pcp->count > keep) {
		u32 *first = &pcp->first[pcp->turn];
		unsigned int order = pcp->turn / MIGRATE_PCPTYPES;

		while (*first && pcp->count > keep) {
			struct page *page = pfn_to_page(*first);

			*first = page->buddy.next_pfn;
			pcp->count -= 1 << order;
			buddy_free(zone, page, order);
		}
		if (!*first && ++pcp->turn == NR_PCP_LISTS)
			pcp->turn = 0;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

void pcp_give_back(struct per_cpu_pages *pcp)
{
	give_back(pcp, max(pcp->count - pcp->batch, 0));
}

void pcp_free_slow(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	OPTIMIZER_HIDE_VAR(zone);	/* one register, as in this_pcp() */
	page->_refcount.counter = 0;
	spin_lock_irqsave(&zone->lock, flags);
	buddy_free(zone, page, order);
	zone->nr_freed += 1UL << order;
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* ---- draining ---- */

static void drain_lists(struct per_cpu_pages *pcp)
{
	if (pcp->count)
		give_back(pcp, 0);
	local_set(&pcp->busy, switched_off ? PCP_BUSY : 0);
}

/* On the CPU whose lists are asked for, interrupts off. */
static void drain_request(void *info)
{
	struct zone *only = info, *zone;
	struct per_cpu_pages *pcp;

	for_each_populated_zone(zone) {
		if (only && only != zone)
			continue;
		pcp = this_pcp(zone);
		if (!local_read(&pcp->busy))
			drain_lists(pcp);
		else if (!switched_off)
			local_or(PCP_DRAIN, &pcp->busy);
	}
}

void drain_local_pages(struct zone *zone)
{
	unsigned long flags;

	local_irq_save(flags);
	drain_request(zone);
	local_irq_restore(flags);
}

/* Nobody is inside any more, but what is left of "busy" keeps everybody out until it is done. */
void pcp_drain_late(struct per_cpu_pages *pcp)
{
	unsigned long flags;

	local_irq_save(flags);
	drain_lists(pcp);
	local_irq_restore(flags);
}

/* Until no other CPU has lists marked for draining. Ours cannot be: we are not inside. */
static void wait_for_others(struct zone *zone)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		while (cpu != smp_processor_id() &&
		       (READ_ONCE(zone->per_cpu_pageset[cpu].busy.counter) & PCP_DRAIN))
			cpu_relax();
}

void drain_all_pages(struct zone *zone)
{
	struct zone *each;

	on_each_cpu(drain_request, zone, 1);
	for_each_populated_zone(each)
		wait_for_others(each);
}

/* ---- sizes, on and off ---- */

/* Linux's: a quarter of a thousandth of the zone, at most 256 KiB, and one less than a power of 2. */
static int zone_batch(const struct zone *zone)
{
	unsigned long batch = min(zone->managed_pages / 1024, SZ_1M / PAGE_SIZE) / 4;

	batch = max(batch, 1UL);
	return max_t(int, rounddown_pow_of_two(batch + batch / 2) - 1, 1);
}

/*
 * All CPUs together: a 128th of the zone, but not more than 4 MiB; and a few batches each. (Ours;
 * Linux takes the low watermark.)
 */
static int zone_high(const struct zone *zone, int batch)
{
	unsigned long all = min(zone->managed_pages / 128, MAX_ORDER_NR_PAGES);

	return max_t(int, all / num_online_cpus(), batch * 4);
}

void pcp_set_sizes(struct zone *zone)
{
	int batch = zone_batch(zone);
	int high = zone_high(zone, batch);
	unsigned int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		zone->per_cpu_pageset[cpu].batch = batch;
		zone->per_cpu_pageset[cpu].high = high;
		if (switched_off)
			local_set(&zone->per_cpu_pageset[cpu].busy, PCP_BUSY);
	}
}

bool pcp_enabled(void)
{
	return !switched_off;
}

/* On each CPU: whoever is the last inside leaves the lists empty, and as switched_off says. */
static void switch_request(void *info)
{
	struct zone *zone;

	for_each_zone(zone) {
		struct per_cpu_pages *pcp = this_pcp(zone);

		if (!switched_off || !local_read(&pcp->busy))
			drain_lists(pcp);
		else
			local_or(PCP_DRAIN, &pcp->busy);
	}
}

void pcp_enable(bool on)
{
	struct zone *zone;

	if (on != switched_off)
		return;
	switched_off = !on;
	on_each_cpu(switch_request, NULL, 1);
	for_each_zone(zone)
		wait_for_others(zone);
}
