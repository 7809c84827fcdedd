// SPDX-License-Identifier: MIT
/*
 * Checks, one by one, what <linux/mmzone.h> promises beside struct zone and struct per_cpu_pages.
 *
 * It counts everything twice. The first walk goes over the memory map, block by block; the second
 * over all lists, the zone's and the CPUs'. A listed block must be what its list says it is. So
 * when both walks have found as many blocks of each order, and the same ones, then every free block
 * is on exactly one list, and once. "The same ones" is asked of a sum over their numbers, each
 * mixed first, so that no memory is needed to remember them.
 *
 * The cost is a constant for each block, whatever its size: of the pages inside it, those are
 * looked at that would be first pages if the block were cut (block_head() relies on them). All
 * others are looked at on a budget; the next call goes on where this one stopped.
 *
 * While other CPUs go on, their lists, and blocks that are being cut up, may be found in the middle of
 * a change. So what seems wrong then is only a suspicion: everything is looked at again while all other
 * CPUs stand still (<linux/stop_machine.h>), outside their lists, and with nothing half done that would
 * show in the map (map_change_begin()). Stopping them each time would take the most time of all.
 * Where nobody can be waited for, with interrupts off or in one, they go on all the same.
 */
#include <linux/cpumask.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/stop_machine.h>

#include "../internal.h"
#include "checkers.h"

#define INTERIOR_BUDGET	65536UL		/* pages inside blocks that one call looks at: 256 MiB */
#define NR_STATES	(PAGE_QUARANTINED + 1)

static const char *const state_words[NR_STATES] = {
	"inside a block", "free", "on a CPU's list", "allocated", "reserved", "a hole", "out of service",
};

/* A set of blocks: how many of each order, and who. */
struct tally {
	unsigned long blocks[MAX_ORDER];
	u32 who;
};

struct inquiry {
	struct zone *zone;
	enum zone_type number;
	struct complaints complaints;
	unsigned long pages[NR_STATES];		/* by the map */
	unsigned long isolated;			/* those free in ISOLATE pageblocks */
	unsigned long highatomic;		/* those in HIGHATOMIC pageblocks, free or not */
	unsigned long budget;
	struct tally free, listed;		/* by the map, by the lists */
	struct tally pcp, pcp_listed;
};

/* Where the look at all the pages inside blocks goes on in each zone; under its lock. */
static unsigned long interior_next[MAX_NR_ZONES];

static void count(struct tally *tally, unsigned long pfn, unsigned int order)
{
	u32 mixed = hash_32(pfn << 4 | order, 32);

	tally->blocks[order]++;
	tally->who += mixed ^ mixed >> 15;
}

static unsigned long tally_pages(const struct tally *tally)
{
	unsigned long pages = 0;
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++)
		pages += tally->blocks[order] << order;
	return pages;
}

/* ------------------------------ walk 1: the map ------------------------------ */

static bool block_sane(struct inquiry *q, unsigned long pfn, const struct page *page)
{
	enum page_state state = page_state(page);
	unsigned int order = page_block_order(page);
	unsigned long nr = 1UL << order;

	if (page_zonenum(page) != q->number)
		complain(q, "frame %#lx says it is in zone %d, not %d", pfn, page_zonenum(page), q->number);
	if (state == PAGE_INTERIOR)
		complain(q, "frame %#lx is inside a block, but the block before it ends here", pfn);
	else if (state >= NR_STATES)
		complain(q, "frame %#lx has state %d, which there is none", pfn, state);
	else if (order >= MAX_ORDER)
		complain(q, "frame %#lx, %s, has order %u", pfn, state_words[state], order);
	else if ((state == PAGE_RESERVED || state == PAGE_HOLE) && order)
		complain(q, "frame %#lx, %s, has order %u instead of 0", pfn, state_words[state], order);
	else if (pfn & (nr - 1))
		complain(q, "frame %#lx, %s, is not aligned to its order %u", pfn, state_words[state], order);
	else if (pfn + nr > zone_end_pfn(q->zone))
		complain(q, "frame %#lx, %s, order %u, ends behind the zone (%#lx)", pfn,
			 state_words[state], order, zone_end_pfn(q->zone));
	else
		return true;
	return false;
}

static void check_inside(struct inquiry *q, unsigned long pfn, unsigned long head, bool unowned)
{
	const struct page *page = pfn_to_page(pfn);

	if (page_state(page) != PAGE_INTERIOR || page_zonenum(page) != q->number)
		complain(q, "frame %#lx has flags %#lx, but is inside the block at %#lx", pfn, page->flags,
			 head);
	else if (unowned && page_ref_count(page))
		complain(q, "frame %#lx inside the free block at %#lx has a reference count of %d", pfn,
			 head, page_ref_count(page));
}

/* The halves, quarters … of the block; and every page, as long as the budget lasts. */
static void check_interior(struct inquiry *q, unsigned long head, unsigned long nr, bool unowned)
{
	unsigned long *next = &interior_next[q->number], i;

	for (i = 1; i < nr; i <<= 1)
		check_inside(q, head + i, head, unowned);
	if (head < *next || !q->budget)
		return;
	for (i = 1; i < nr; i++)
		check_inside(q, head + i, head, unowned);
	q->budget -= min(q->budget, nr);
	*next = head + nr;
}

/* What nobody owns bears no sign of an owner. */
static void check_unowned(struct inquiry *q, unsigned long pfn, const struct page *page)
{
	if (page_ref_count(page))
		complain(q, "frame %#lx, %s, has a reference count of %d", pfn,
			 state_words[page_state(page)], page_ref_count(page));
	if (page->flags & PAGE_FLAGS_CHECK_AT_FREE)
		complain(q, "frame %#lx, %s, has flags %#lx", pfn, state_words[page_state(page)],
			 page->flags & PAGE_FLAGS_CHECK_AT_FREE);
}

/* Do their pageblocks keep two free buddies apart? */
static bool kept_apart(unsigned long pfn, unsigned long other)
{
	enum migratetype a = get_pfnblock_migratetype(pfn), b = get_pfnblock_migratetype(other);

	return a != b && (a >= MIGRATE_PCPTYPES || b >= MIGRATE_PCPTYPES);
}

static void check_free(struct inquiry *q, unsigned long pfn, const struct page *page)
{
	unsigned int order = page_block_order(page);
	unsigned long nr = 1UL << order, buddy = pfn ^ nr;

	count(&q->free, pfn, order);
	if (get_pfnblock_migratetype(pfn) == MIGRATE_ISOLATE)
		q->isolated += nr;
	if (kept_apart(pfn, pfn + nr - 1))
		complain(q, "frame %#lx, free, order %u, is one block over a %s and a %s pageblock", pfn,
			 order, migratetype_names[get_pfnblock_migratetype(pfn)],
			 migratetype_names[get_pfnblock_migratetype(pfn + nr - 1)]);
	if (order == MAX_ORDER - 1 || buddy < pfn || !zone_spans_pfn(q->zone, buddy + nr - 1))
		return;
	if (PageBuddy(pfn_to_page(buddy)) && page_block_order(pfn_to_page(buddy)) == order &&
	    !kept_apart(pfn, buddy))
		complain(q, "frames %#lx and %#lx are free buddies of order %u side by side", pfn, buddy,
			 order);
}

/* Returns the pages to the next block; after a block that is damaged, its next page is tried. */
static unsigned long check_block(struct inquiry *q, unsigned long pfn)
{
	const struct page *page = pfn_to_page(pfn);
	enum page_state state = page_state(page);
	unsigned long nr = 1UL << page_block_order(page);
	bool unowned = state == PAGE_FREE || state == PAGE_PCP;

	if (!block_sane(q, pfn, page))
		return 1;
	q->pages[state] += nr;
	check_interior(q, pfn, nr, unowned);
	if (unowned)
		check_unowned(q, pfn, page);
	if (state == PAGE_FREE)
		check_free(q, pfn, page);
	if (state == PAGE_PCP)
		count(&q->pcp, pfn, page_block_order(page));
	return nr;
}

static void check_types(struct inquiry *q)
{
	unsigned long pfn;

	for (pfn = q->zone->zone_start_pfn; pfn < zone_end_pfn(q->zone);
	     pfn = pageblock_start_pfn(pfn) + pageblock_nr_pages) {
		if (get_pfnblock_migratetype(pfn) >= MIGRATE_TYPES)
			complain(q, "the pageblock of frame %#lx has type %d, which there is none", pfn,
				 get_pfnblock_migratetype(pfn));
		if (get_pfnblock_migratetype(pfn) == MIGRATE_HIGHATOMIC)
			q->highatomic += pageblock_nr_pages;
	}
}

static void walk_map(struct inquiry *q)
{
	unsigned long pfn = q->zone->zone_start_pfn, end = zone_end_pfn(q->zone), steps = 0;

	while (pfn < end) {
		pfn += check_block(q, pfn);
		if (!(++steps % 65536))
			touch_nmi_watchdog();
	}
	if (q->budget)			/* the end was reached: begin again */
		interior_next[q->number] = 0;
}

/* ------------------------------ walk 2: the lists ------------------------------ */

struct list {
	int cpu;			/* whose, or THE_ZONES */
	unsigned int order;
	enum migratetype type;
	char name[48];			/* made when there is something to complain of */
};
#define THE_ZONES	(-1)

static const char *list_name(struct list *list)
{
	int n = 0;

	if (list->cpu == THE_ZONES)
		n = scnprintf(list->name, sizeof(list->name), "the");
	else
		n = scnprintf(list->name, sizeof(list->name), "CPU %d's", list->cpu);
	scnprintf(list->name + n, sizeof(list->name) - n, " list of order %u, %s,", list->order,
		  migratetype_names[list->type]);
	return list->name;
}

/* Is a list's next block one that the walk may go on from? */
static bool listed_sane(struct inquiry *q, struct list *list, unsigned long pfn,
			enum page_state state, unsigned long left)
{
	const struct page *page = pfn_to_page(pfn);

	if (!left)
		complain(q, "%s has more blocks than the map: a circle?", list_name(list));
	else if (!zone_spans_pfn(q->zone, pfn))
		complain(q, "%s leads to frame %#lx, which is not in the zone", list_name(list), pfn);
	else if (page_state(page) != state)
		complain(q, "%s leads to frame %#lx, which is not %s (flags %#lx)", list_name(list), pfn,
			 state_words[state], page->flags);
	else if (page_block_order(page) != list->order)
		complain(q, "%s leads to frame %#lx, which has order %u", list_name(list), pfn,
			 page_block_order(page));
	else
		return true;
	return false;
}

static void check_list(struct inquiry *q, unsigned int order, enum migratetype type)
{
	struct list list = { .cpu = THE_ZONES, .order = order, .type = type };
	u32 pfn = q->zone->free_area[order].first[type], before = 0;
	unsigned long left = q->free.blocks[order];
	const struct page *page;

	if (!pfn != !(q->zone->free_orders[type] & (1U << order)))
		complain(q, "%s is %sempty, but free_orders is %#x", list_name(&list), pfn ? "not " : "",
			 q->zone->free_orders[type]);
	for (; pfn; pfn = page->buddy.next_pfn) {
		if (!listed_sane(q, &list, pfn, PAGE_FREE, left--))
			return;
		page = pfn_to_page(pfn);
		if (get_pfnblock_migratetype(pfn) != type)
			complain(q, "%s has frame %#x, whose pageblock has type %d", list_name(&list), pfn,
				 get_pfnblock_migratetype(pfn));
		if (page->buddy.prev_pfn != before)
			complain(q, "%s leads from frame %#x to %#x, and back from there to %#x",
				 list_name(&list), before, pfn, page->buddy.prev_pfn);
		count(&q->listed, pfn, order);
		before = pfn;
	}
}

static void check_free_area(struct inquiry *q, unsigned int order)
{
	unsigned long nr_free = q->zone->free_area[order].nr_free;
	enum migratetype type;

	for (type = 0; type < MIGRATE_TYPES; type++)
		check_list(q, order, type);
	if (q->listed.blocks[order] != q->free.blocks[order])
		complain(q, "%lu blocks of order %u are listed, but %lu are free", q->listed.blocks[order],
			 order, q->free.blocks[order]);
	if (nr_free != q->free.blocks[order])
		complain(q, "nr_free of order %u is %lu, but %lu blocks are free", order, nr_free,
			 q->free.blocks[order]);
}

static void check_pcp_list(struct inquiry *q, int cpu, unsigned int i, struct tally *mine)
{
	struct list list = {
		.cpu = cpu, .order = i / MIGRATE_PCPTYPES, .type = i % MIGRATE_PCPTYPES,
	};
	unsigned long left = q->pcp.blocks[list.order];
	u32 pfn;

	for (pfn = q->zone->per_cpu_pageset[cpu].first[i]; pfn;
	     pfn = pfn_to_page(pfn)->buddy.next_pfn) {
		if (!listed_sane(q, &list, pfn, PAGE_PCP, left--))
			return;
		count(&q->pcp_listed, pfn, list.order);
		mine->blocks[list.order]++;
	}
}

static void check_pcp(struct inquiry *q, int cpu)
{
	const struct per_cpu_pages *pcp = &q->zone->per_cpu_pageset[cpu];
	struct tally mine = {};
	unsigned int i;

	for (i = 0; i < NR_PCP_LISTS; i++)
		check_pcp_list(q, cpu, i, &mine);
	if (pcp->count != tally_pages(&mine))
		complain(q, "count of CPU %d is %d, but its lists have %lu pages", cpu, pcp->count,
			 tally_pages(&mine));
	if (pcp->turn < 0 || pcp->turn >= NR_PCP_LISTS)
		complain(q, "turn of CPU %d is %d, but there are %d lists", cpu, pcp->turn, NR_PCP_LISTS);
}

static void walk_lists(struct inquiry *q)
{
	unsigned int i;

	for (i = 0; i < MAX_ORDER; i++)
		check_free_area(q, i);
	if (q->listed.who != q->free.who)
		complain(q, "the blocks that are free are not those that are listed");
	for (i = 0; i < NR_CPUS; i++)
		check_pcp(q, i);
	if (tally_pages(&q->pcp_listed) != q->pages[PAGE_PCP] || q->pcp_listed.who != q->pcp.who)
		complain(q, "the CPUs' lists have %lu pages, but %lu say they are there, or others do",
			 tally_pages(&q->pcp_listed), q->pages[PAGE_PCP]);
}

/* ------------------------------ the equations ------------------------------ */

/* Together these are the sums beside struct zone: each state's pages against the zone's counter. */
static void check_sums(struct inquiry *q)
{
	const struct zone *zone = q->zone;
	const struct {
		const char *name;
		unsigned long counter, map;
	} sums[] = {
		{ "nr_free_pages", zone->nr_free_pages, q->pages[PAGE_FREE] - q->isolated },
		{ "nr_isolated_free", zone->nr_isolated_free, q->isolated },
		{ "nr_quarantined", zone->nr_quarantined, q->pages[PAGE_QUARANTINED] },
		{ "nr_reserved_highatomic", zone->nr_reserved_highatomic, q->highatomic },
		{ "present_pages", zone->present_pages, zone->spanned_pages - q->pages[PAGE_HOLE] },
		{ "managed_pages", zone->managed_pages,
		  zone->present_pages - q->pages[PAGE_RESERVED] },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sums); i++)
		if (sums[i].counter != sums[i].map)
			complain(q, "%s is %lu, but the map says %lu", sums[i].name, sums[i].counter,
				 sums[i].map);
}

static void check_marks(struct inquiry *q)
{
	const struct zone *zone = q->zone;

	if (min_wmark_pages(zone) > low_wmark_pages(zone) ||
	    low_wmark_pages(zone) > high_wmark_pages(zone))
		complain(q, "watermarks min %lu, low %lu, high %lu are not in this order",
			 min_wmark_pages(zone), low_wmark_pages(zone), high_wmark_pages(zone));
}

static bool check_zone(struct zone *zone, bool silent)
{
	unsigned long *interior = &interior_next[zone_idx(zone)], interior_before;
	struct inquiry q = {
		.zone = zone,
		.budget = INTERIOR_BUDGET,
		.complaints = { .of = "buddy: zone ", .name = zone->name, .silent = silent },
	};
	unsigned long flags;

	if (zone_end_pfn(zone) > max_mapnr) {
		complain(&q, "ends at frame %#lx, the memory map at %#lx", zone_end_pfn(zone), max_mapnr);
		return false;
	}
	spin_lock_irqsave(&zone->lock, flags);
	q.number = zone_idx(zone);
	interior_before = *interior;
	check_types(&q);
	walk_map(&q);
	walk_lists(&q);
	check_sums(&q);
	check_marks(&q);
	if (silent && q.complaints.nr)		/* look there again */
		*interior = interior_before;
	spin_unlock_irqrestore(&zone->lock, flags);
	return no_complaints(&q.complaints);
}

static int check_stopped(void *zone)
{
	return check_zone(zone, false);
}

bool zone_validate(struct zone *zone)
{
	if (num_online_cpus() > 1 && check_zone(zone, true))
		return true;
	return stop_machine_if_possible(check_stopped, zone);
}

/* ------------------------------ all zones ------------------------------ */

/* Zones lie one behind the other; the node's numbers are their sums. */
static bool check_node(void)
{
	const struct pglist_data *node = &contig_page_data;
	unsigned long end = 0, present = 0;
	const struct zone *zone;
	bool good = true;

	for_each_zone(zone) {
		if (zone->spanned_pages && zone->zone_start_pfn < end) {
			pr_err("buddy: zone %s begins at frame %#lx, the one before it ends at %#lx\n",
			       zone->name, zone->zone_start_pfn, end);
			good = false;
		}
		end = max(end, zone_end_pfn(zone));
		present += zone->present_pages;
	}
	if (present != node->node_present_pages) {
		pr_err("buddy: the zones have %lu pages, the node %lu\n", present,
		       node->node_present_pages);
		good = false;
	}
	return good;
}

/* What a list that is otherwise empty has: a zone without pages, and a mark that nobody reaches. */
static bool leads_nowhere(const struct zoneref *ref)
{
	return !managed_zone(ref->zone) && ref->low_mark > max_mapnr && !ref[1].zone;
}

/* The best zone first, each with RAM, and with the mark below which we may not take from it. */
static bool check_zonelist(unsigned int gfp)
{
	const struct zonelist *list = &contig_page_data.zonelists[gfp];
	const struct zoneref *ref = list->refs;
	bool good = true;

	if (!ref->zone || leads_nowhere(ref))
		return true;
	for (; ref->zone; ref++) {
		const struct zone *zone = ref->zone;
		unsigned long mark = low_wmark_pages(zone) + zone->lowmem_reserve[list->highest] +
				     zone->nr_reserved_highatomic;

		if (zone_idx(zone) > list->highest || !managed_zone(zone) ||
		    (ref > list->refs && ref[-1].zone <= zone)) {
			pr_err("buddy: zonelist %#x: zone %s is out of place\n", gfp, zone->name);
			good = false;
		}
		/* While somebody watches, nobody may pass: mm/observers.c. */
		if (page_watchers ? ref->low_mark <= max_mapnr : ref->low_mark != mark) {
			pr_err("buddy: zonelist %#x: low_mark of zone %s is %lu instead of %lu\n", gfp,
			       zone->name, ref->low_mark, mark);
			good = false;
		}
	}
	return good;
}

bool zones_validate(void)
{
	bool good = check_node();
	struct zone *zone;
	unsigned int gfp;

	for_each_zone(zone)
		good &= zone_validate(zone);
	for (gfp = 0; gfp < ARRAY_SIZE(contig_page_data.zonelists); gfp++)
		good &= check_zonelist(gfp);
	return good;
}
