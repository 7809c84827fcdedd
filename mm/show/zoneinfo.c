// SPDX-License-Identifier: MIT
/*
 * /proc/zoneinfo: everything a zone knows about itself, in pages and in Linux's words. Zones
 * without RAM appear as well, since lowmem_reserve_ratio speaks of them, but only down to
 * "protection".
 *
 * Always 0 here, and why:
 *	boost			Linux raises the watermarks for a while after fragmentation
 *	cma			no memory is lent to devices
 *	vm stats threshold	how far a counter may lag behind: ours are exact
 *	most of the counters	<linux/vmstat.h>
 */
#include <linux/vmstat.h>
#include <quarry/proc.h>

#include "../vmscan.h"

static bool is_first_populated(const struct zone *zone)
{
	const struct zone *first;

	for_each_populated_zone(first)
		return first == zone;
	return false;
}

static void show_node_counters(struct seq_file *m)
{
	int item;

	seq_puts(m, "\n  per-node stats");
	for (item = 0; item < NR_VM_NODE_STAT_ITEMS; item++)
		seq_printf(m, "\n      %-12s %lu", node_stat_name(item),
			   global_node_page_state(item));
}

static void show_sizes(struct seq_file *m, const struct zone *zone)
{
	seq_printf(m, "\n  pages free     %lu", zone_page_state(zone, NR_FREE_PAGES));
	seq_printf(m, "\n        boost    %lu", 0UL);
	seq_printf(m, "\n        min      %lu", min_wmark_pages(zone));
	seq_printf(m, "\n        low      %lu", low_wmark_pages(zone));
	seq_printf(m, "\n        high     %lu", high_wmark_pages(zone));
	seq_printf(m, "\n        spanned  %lu", zone->spanned_pages);
	seq_printf(m, "\n        present  %lu", zone->present_pages);
	seq_printf(m, "\n        managed  %lu", zone_managed_pages(zone));
	seq_printf(m, "\n        cma      %lu", 0UL);
}

static void show_protection(struct seq_file *m, const struct zone *zone)
{
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		seq_printf(m, "%s%ld", i ? ", " : "\n        protection: (",
			   (long)zone->lowmem_reserve[i]);
	seq_putc(m, ')');
}

static void show_zone_counters(struct seq_file *m, const struct zone *zone)
{
	int item;

	for (item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++)
		seq_printf(m, "\n      %-12s %lu", zone_stat_name(item),
			   zone_page_state(zone, item));
}

static void show_pagesets(struct seq_file *m, const struct zone *zone)
{
	unsigned int cpu;

	seq_puts(m, "\n  pagesets");
	for_each_online_cpu(cpu) {
		const struct per_cpu_pages *pcp = &zone->per_cpu_pageset[cpu];

		seq_printf(m, "\n    cpu: %u", cpu);
		seq_printf(m, "\n              count: %i", READ_ONCE(pcp->count));
		seq_printf(m, "\n              high:  %i", pcp->high);
		seq_printf(m, "\n              batch: %i", pcp->batch);
		seq_printf(m, "\n  vm stats threshold: %d", 0);
	}
}

static void show_zone(struct seq_file *m, const struct zone *zone)
{
	seq_printf(m, "Node %d, zone %8s", contig_page_data.node_id, zone->name);
	if (is_first_populated(zone))
		show_node_counters(m);
	show_sizes(m, zone);
	show_protection(m, zone);
	if (populated_zone(zone)) {
		show_zone_counters(m, zone);
		show_pagesets(m, zone);
		seq_printf(m, "\n  node_unreclaimable:  %u",
			   READ_ONCE(kswapd_of_node.failures) >= MAX_RECLAIM_RETRIES);
		seq_printf(m, "\n  start_pfn:           %lu", zone->zone_start_pfn);
	}
	seq_putc(m, '\n');
}

static int zoneinfo_show(struct seq_file *m, void *v)
{
	const struct zone *zone;

	for_each_zone(zone)
		show_zone(m, zone);
	return 0;
}
PROC_FILE(zoneinfo, "zoneinfo", zoneinfo_show, NULL);
