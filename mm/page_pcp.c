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
 * 3. Whose hand is in it
 * The lists are private to their CPU, so other CPUs need not be kept out, only whatever may run
 * on this one between two instructions. Preemption is off, and that leaves interrupts. They could
 * be turned off too, but that costs more than all the rest. Instead the owner sets a mark while it
 * is inside, CPU_LAYER_OFFSET in preempt_count, by the instruction that forbids preemption; an
 * interrupt that finds it goes to the core, whose lock keeps interrupts off. A plain instruction is
 * enough: an interrupt comes before it or after it, and leaves nothing half done behind. The
 * magazines (slab_cpu.c) share the mark: whoever is inside these does not ask for those.
 *
 * 4. Draining, and without lists
 * drain_all_pages() asks every CPU (<quarry/cpu_layer.h>): one that is not inside empties its lists
 * there and then, the other as it leaves. Where lists are switched off (`nopcp`), no order is small
 * enough for them, which the quick way has to ask anyway.
 *
 * 5. What it saves
 * zone->lock_counts tells how often the zone's lock was taken, and how often another CPU had it
 * (core_lock.h). Where a CPU frees more than it allocates, others have allocated that: the lists
 * are no worse for it, but the zone's lock is taken once a batch.
 *
 * 6. What is not here
 * Which zone, and whether the request may have it: page_alloc.c.
 */
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <quarry/cpu_layer.h>

#include "page_pcp.h"

unsigned int pcp_orders = NR_PCP_ORDERS;

static int __init parse_nopcp(char *value)
{
	pcp_orders = 0;
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
	unsigned long flags = zone_lock(zone);

	blocks = buddy_alloc_bulk(zone, order, type, blocks, pcp_list(pcp, order, type));
	pcp->count += blocks << order;
	zone_unlock(zone, flags);
}

struct page *pcp_alloc_slow(struct zone *zone, unsigned int order, enum migratetype migratetype)
{
	struct per_cpu_pages *pcp;
	struct page *page = NULL;
	unsigned long flags;
	u32 *first;

	if (order < pcp_orders && pcp_enter(zone, &pcp)) {
		first = pcp_list(pcp, order, migratetype);
		if (!*first)
			refill(zone, pcp, order, migratetype);
		if (*first)
			page = pcp_pop(pcp, first, order);
		pcp_leave();
		return page;
	}
	flags = zone_lock(zone);
	page = buddy_alloc(zone, order, migratetype);
	if (likely(page))
		zone->nr_alloc += 1UL << order;
	zone_unlock(zone, flags);
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
	unsigned long flags = zone_lock(zone);

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
	zone_unlock(zone, flags);
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
	flags = zone_lock(zone);
	buddy_free(zone, page, order);
	zone->nr_freed += 1UL << order;
	zone_unlock(zone, flags);
}

/* ---- draining ---- */

/* On the CPU whose lists are asked for, not inside, interrupts off. */
static void drain_request(void *info)
{
	struct zone *only = info, *zone;

	for_each_populated_zone(zone)
		if ((!only || only == zone) && this_pcp(zone)->count)
			give_back(this_pcp(zone), 0);
}

/* Inside, it is not for us: the pages stay where they are. */
void drain_local_pages(struct zone *zone)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!in_cpu_layer())
		drain_request(zone);
	local_irq_restore(flags);
}

void drain_all_pages(struct zone *zone)
{
	on_each_cpu_layer(drain_request, zone);
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
 * All CPUs that there may be together: a 128th of the zone, but not more than 4 MiB; and a few
 * batches each. (Ours; Linux takes the low watermark.)
 */
static int zone_high(const struct zone *zone, int batch)
{
	unsigned long all = min(zone->managed_pages / 128, MAX_ORDER_NR_PAGES);

	return max_t(int, all / nr_cpu_ids, batch * 4);
}

void pcp_set_sizes(struct zone *zone)
{
	int batch = zone_batch(zone);
	int high = zone_high(zone, batch);
	unsigned int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		zone->per_cpu_pageset[cpu].batch = batch;
		zone->per_cpu_pageset[cpu].high = high;
	}
}

bool pcp_enabled(void)
{
	return pcp_orders;
}

/* A CPU that is inside has seen the old value; it is asked when it leaves. */
void pcp_enable(bool on)
{
	if (on == pcp_enabled())
		return;
	pcp_orders = on ? NR_PCP_ORDERS : 0;
	drain_all_pages(NULL);
}
