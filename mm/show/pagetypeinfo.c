// SPDX-License-Identifier: MIT
/*
 * /proc/pagetypeinfo: free blocks by migrate type and order, and how many pageblocks each type
 * has. The zone counts its free blocks by order only, so here the lists are walked, with the
 * zone's lock held. A list of a million blocks would keep everybody else waiting: like Linux, we
 * stop at 100,000 and print ">" in front of the number. The columns are those of a Linux with CMA
 * and MEMORY_ISOLATION.
 */
#include <linux/minmax.h>
#include <linux/mmzone.h>
#include <quarry/proc.h>

#include "../internal.h"

#define COUNT_MAX	100000

/* The blocks on a list; COUNT_MAX also stands for more. */
static unsigned long list_length(const struct free_area *area, enum migratetype type)
{
	unsigned long blocks = 0;
	const struct page *page;

	for_each_free_block(area, type, page)
		if (++blocks == COUNT_MAX)
			break;
	return blocks;
}

static void show_free_lists(struct seq_file *m, struct zone *zone, enum migratetype type)
{
	unsigned long blocks[MAX_ORDER], flags;
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		spin_lock_irqsave(&zone->lock, flags);
		blocks[order] = list_length(&zone->free_area[order], type);
		spin_unlock_irqrestore(&zone->lock, flags);
	}
	seq_printf(m, "Node %4d, zone %8s, type %12s ", contig_page_data.node_id, zone->name,
		   migratetype_names[type]);
	for (order = 0; order < MAX_ORDER; order++)
		seq_printf(m, "%s%6lu ", blocks[order] < COUNT_MAX ? "" : ">", blocks[order]);
	seq_putc(m, '\n');
}

/* Frames without RAM are in no pageblock that is worth counting. */
static bool has_ram(unsigned long pfn, unsigned long end)
{
	for (; pfn < end; pfn++)
		if (page_state(pfn_to_page(pfn)) != PAGE_HOLE)
			return true;
	return false;
}

static void count_pageblocks(const struct zone *zone, unsigned long count[MIGRATE_TYPES])
{
	unsigned long pfn = zone->zone_start_pfn, end;

	for (; pfn < zone_end_pfn(zone); pfn = end) {
		end = min(pageblock_start_pfn(pfn) + pageblock_nr_pages, zone_end_pfn(zone));
		if (has_ram(pfn, end))
			count[get_pfnblock_migratetype(pfn)]++;
	}
}

static void show_pageblocks(struct seq_file *m, const struct zone *zone)
{
	unsigned long count[MIGRATE_TYPES] = {};
	int type;

	count_pageblocks(zone, count);
	seq_printf(m, "Node %d, zone %8s ", contig_page_data.node_id, zone->name);
	for (type = 0; type < MIGRATE_TYPES; type++)
		seq_printf(m, "%12lu ", count[type]);
	seq_putc(m, '\n');
}

static void show_headings(struct seq_file *m)
{
	unsigned int order;

	seq_printf(m, "Page block order: %d\n", pageblock_order);
	seq_printf(m, "Pages per block:  %lu\n\n", pageblock_nr_pages);
	seq_printf(m, "%-43s ", "Free pages count per migrate type at order");
	for (order = 0; order < MAX_ORDER; order++)
		seq_printf(m, "%6d ", order);
	seq_putc(m, '\n');
}

static int pagetypeinfo_show(struct seq_file *m, void *v)
{
	struct zone *zone;
	int type;

	show_headings(m);
	for_each_populated_zone(zone)
		for (type = 0; type < MIGRATE_TYPES; type++)
			show_free_lists(m, zone, type);

	seq_printf(m, "\n%-23s", "Number of blocks type ");
	for (type = 0; type < MIGRATE_TYPES; type++)
		seq_printf(m, "%12s ", migratetype_names[type]);
	seq_putc(m, '\n');
	for_each_populated_zone(zone)
		show_pageblocks(m, zone);
	return 0;
}
PROC_FILE(pagetypeinfo, "pagetypeinfo", pagetypeinfo_show, NULL);
