// SPDX-License-Identifier: MIT
/*
 * /proc/buddyinfo: how many free blocks of each order every zone has, order 0 on the left. As in
 * Linux, blocks in closed pageblocks count, those on the CPUs' own lists do not, and zones without
 * RAM are left out.
 */
#include <linux/mmzone.h>
#include <quarry/proc.h>

static int buddyinfo_show(struct seq_file *m, void *v)
{
	const struct zone *zone;
	unsigned int order;

	for_each_populated_zone(zone) {
		seq_printf(m, "Node %d, zone %8s ", contig_page_data.node_id, zone->name);
		for (order = 0; order < MAX_ORDER; order++)
			seq_printf(m, "%6lu ", READ_ONCE(zone->free_area[order].nr_free));
		seq_putc(m, '\n');
	}
	return 0;
}
PROC_FILE(buddyinfo, "buddyinfo", buddyinfo_show, NULL);
