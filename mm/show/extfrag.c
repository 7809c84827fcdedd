// SPDX-License-Identifier: MIT
/*
 * How much the free memory is in pieces: two numbers for each zone and order, in Linux's words and
 * texts (there they are files of /sys/kernel/debug/extfrag; here of /proc), and `frag`, which shows both.
 *
 *	extfrag_index	-1.000: there is a block of that order. Otherwise, why there is none: towards 0
 *			because too little is free (reclaiming helps), towards 1 because what is free is
 *			in pieces (only compaction helps).
 *			1 - (1 + free pages / pages wanted) / free blocks
 *	unusable_index	the part of the free memory that is in blocks too small for that order: 0.000 all
 *			of it can be used, 1.000 nothing.
 *
 * The first is from Gorman and Whitcroft, "The What, The Why and the Where To of Anti-Fragmentation",
 * Ottawa Linux Symposium 2006, and later work. With n free blocks of one page each and an order that
 * wants n pages or more it is about 1 - 2/n at most: many small pieces bring it near 1.
 *
 * As in Linux, blocks of all migrate types count: a block of the high-atomic reserve, for instance, that
 * the request at hand could not have. Counts of blocks are read without the lock.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <quarry/monitor.h>
#include <quarry/proc.h>

#include "../internal.h"

struct pieces {
	unsigned long pages;		/* free */
	unsigned long blocks;		/* that they lie in */
	unsigned long suitable;		/* blocks of the wanted order that can be had from these */
};

static struct pieces look_for(const struct zone *zone, unsigned int wanted)
{
	struct pieces p = {};

	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		unsigned long blocks = READ_ONCE(zone->free_area[order].nr_free);

		p.blocks += blocks;
		p.pages += blocks << order;
		if (order >= wanted)
			p.suitable += blocks << (order - wanted);
	}
	return p;
}

/* In thousandths, as both. */
static int fragmentation_index(const struct zone *zone, unsigned int order)
{
	struct pieces p = look_for(zone, order);

	if (!p.blocks)
		return 0;
	if (p.suitable)
		return -1000;
	return 1000 - (int)div_u64(1000 + div_u64(p.pages * 1000ULL, 1U << order), p.blocks);
}

static int unusable_index(const struct zone *zone, unsigned int order)
{
	struct pieces p = look_for(zone, order);

	if (!p.pages)
		return 1000;
	return div_u64((p.pages - (p.suitable << order)) * 1000ULL, p.pages);
}

/* The first is below 0 also when a single block is a little too small; Linux prints -500 as 0.-500. */
static void show_zones(struct seq_file *m, const char *format,
		       int (*index)(const struct zone *zone, unsigned int order))
{
	const struct zone *zone;

	for_each_populated_zone(zone) {
		seq_printf(m, "Node %d, zone %8s ", contig_page_data.node_id, zone->name);
		for (unsigned int order = 0; order < MAX_ORDER; order++) {
			int thousandths = index(zone, order);

			seq_printf(m, format, thousandths / 1000, thousandths % 1000);
		}
		seq_putc(m, '\n');
	}
}

static int extfrag_index_show(struct seq_file *m, void *v)
{
	show_zones(m, "%2d.%03d ", fragmentation_index);
	return 0;
}
PROC_FILE(extfrag_index, "extfrag_index", extfrag_index_show, NULL);

static int unusable_index_show(struct seq_file *m, void *v)
{
	show_zones(m, "%d.%03d ", unusable_index);
	return 0;
}
PROC_FILE(unusable_index, "unusable_index", unusable_index_show, NULL);

/* ---- the command ---- */

static void print_zones(const char *sentence,
			int (*index)(const struct zone *zone, unsigned int order))
{
	const struct zone *zone;

	monitor_printf("%s\n", sentence);
	for_each_populated_zone(zone) {
		monitor_printf("zone %-8s", zone->name);
		for (unsigned int order = 0; order < MAX_ORDER; order++) {
			int thousandths = index(zone, order);

			monitor_printf("%2s%d.%03d", thousandths < 0 ? "-" : "",
				       abs(thousandths) / 1000, abs(thousandths) % 1000);
		}
		monitor_printf("\n");
	}
}

static int cmd_frag(int argc, char **argv)
{
	if (argc > 1)
		return -EINVAL;
	print_zones("Why an order has no block: towards 0 too little is free, towards 1 it is in pieces "
		    "(-1: it has one).", fragmentation_index);
	print_zones("The part of what is free that lies in blocks too small for an order.", unusable_index);
	monitor_printf("order        ");
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		monitor_printf("%6u ", order);
	monitor_printf("\n");
	return 0;
}
MONITOR_COMMAND(frag, "", "how much the free memory is in pieces, by zone and order", cmd_frag);
