// SPDX-License-Identifier: MIT
/*
 * "Mem-Info:": the state of memory in the log, in Linux's words. It is what one wants to see when
 * an allocation has failed, so it comes with that report; `showmem` prints it at any time (Linux:
 * SysRq-m). Lines, from the top: all memory by kind, in pages; the node; then for each zone what
 * it has and must keep, what it keeps from higher zones' requests, and its free blocks by size
 * with the migrate types that have some: U unmovable, M movable, E reclaimable, H kept for atomic
 * requests, C lent to devices, I closed.
 *
 * Kinds of pages that do not exist here are 0: see <linux/vmstat.h>.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/vmstat.h>
#include <quarry/monitor.h>

#include "../internal.h"

#define K(pages)	((pages) << (PAGE_SHIFT - 10))

/* The pages on the CPUs' own lists. */
static unsigned long free_pcp(const struct zone *zone)
{
	unsigned long pages = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		pages += READ_ONCE(zone->per_cpu_pageset[cpu].count);
	return pages;
}

static void show_kinds(void)
{
	const struct zone *zone;
	unsigned long pcp = 0;

	for_each_populated_zone(zone)
		pcp += free_pcp(zone);
	printk("active_anon:%lu inactive_anon:%lu isolated_anon:%lu\n"
	       " active_file:%lu inactive_file:%lu isolated_file:%lu\n"
	       " unevictable:%lu dirty:%lu writeback:%lu\n",
	       global_node_page_state(NR_ACTIVE_ANON), global_node_page_state(NR_INACTIVE_ANON),
	       global_node_page_state(NR_ISOLATED_ANON), global_node_page_state(NR_ACTIVE_FILE),
	       global_node_page_state(NR_INACTIVE_FILE), global_node_page_state(NR_ISOLATED_FILE),
	       global_node_page_state(NR_UNEVICTABLE), global_node_page_state(NR_FILE_DIRTY),
	       global_node_page_state(NR_WRITEBACK));
	printk(" slab_reclaimable:%lu slab_unreclaimable:%lu\n"
	       " mapped:%lu shmem:%lu pagetables:%lu\n"
	       " sec_pagetables:%lu bounce:%lu\n"
	       " kernel_misc_reclaimable:%lu\n"
	       " free:%lu free_pcp:%lu free_cma:%lu\n",
	       global_node_page_state(NR_SLAB_RECLAIMABLE_B),
	       global_node_page_state(NR_SLAB_UNRECLAIMABLE_B),
	       global_node_page_state(NR_FILE_MAPPED), global_node_page_state(NR_SHMEM),
	       global_node_page_state(NR_PAGETABLE),
	       global_node_page_state(NR_SECONDARY_PAGETABLE), global_zone_page_state(NR_BOUNCE),
	       global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE),
	       global_zone_page_state(NR_FREE_PAGES), pcp,
	       global_zone_page_state(NR_FREE_CMA_PAGES));
}

static void show_node(const struct pglist_data *node)
{
	printk("Node %d active_anon:%lukB inactive_anon:%lukB active_file:%lukB "
	       "inactive_file:%lukB unevictable:%lukB isolated(anon):%lukB isolated(file):%lukB "
	       "mapped:%lukB dirty:%lukB writeback:%lukB shmem:%lukB writeback_tmp:%lukB "
	       "kernel_stack:%lukB pagetables:%lukB sec_pagetables:%lukB all_unreclaimable? no\n",
	       node->node_id, K(node_page_state(node, NR_ACTIVE_ANON)),
	       K(node_page_state(node, NR_INACTIVE_ANON)),
	       K(node_page_state(node, NR_ACTIVE_FILE)),
	       K(node_page_state(node, NR_INACTIVE_FILE)),
	       K(node_page_state(node, NR_UNEVICTABLE)),
	       K(node_page_state(node, NR_ISOLATED_ANON)),
	       K(node_page_state(node, NR_ISOLATED_FILE)),
	       K(node_page_state(node, NR_FILE_MAPPED)), K(node_page_state(node, NR_FILE_DIRTY)),
	       K(node_page_state(node, NR_WRITEBACK)), K(node_page_state(node, NR_SHMEM)),
	       K(node_page_state(node, NR_WRITEBACK_TEMP)),
	       node_page_state(node, NR_KERNEL_STACK_KB), K(node_page_state(node, NR_PAGETABLE)),
	       K(node_page_state(node, NR_SECONDARY_PAGETABLE)));
}

static void show_zone(const struct zone *zone)
{
	int i;

	printk("%s free:%lukB boost:0kB min:%lukB low:%lukB high:%lukB reserved_highatomic:%luKB "
	       "active_anon:%lukB inactive_anon:%lukB active_file:%lukB inactive_file:%lukB "
	       "unevictable:%lukB writepending:%lukB present:%lukB managed:%lukB mlocked:%lukB "
	       "bounce:%lukB free_pcp:%lukB local_pcp:%ukB free_cma:%lukB\n",
	       zone->name, K(zone_page_state(zone, NR_FREE_PAGES)), K(min_wmark_pages(zone)),
	       K(low_wmark_pages(zone)), K(high_wmark_pages(zone)),
	       K(zone->nr_reserved_highatomic), K(zone_page_state(zone, NR_ZONE_ACTIVE_ANON)),
	       K(zone_page_state(zone, NR_ZONE_INACTIVE_ANON)),
	       K(zone_page_state(zone, NR_ZONE_ACTIVE_FILE)),
	       K(zone_page_state(zone, NR_ZONE_INACTIVE_FILE)),
	       K(zone_page_state(zone, NR_ZONE_UNEVICTABLE)),
	       K(zone_page_state(zone, NR_ZONE_WRITE_PENDING)), K(zone->present_pages),
	       K(zone_managed_pages(zone)), K(zone_page_state(zone, NR_MLOCK)),
	       K(zone_page_state(zone, NR_BOUNCE)), K(free_pcp(zone)),
	       K((unsigned int)zone->per_cpu_pageset[raw_smp_processor_id()].count),
	       K(zone_page_state(zone, NR_FREE_CMA_PAGES)));
	printk("lowmem_reserve[]:");
	for (i = 0; i < MAX_NR_ZONES; i++)
		pr_cont(" %ld", (long)zone->lowmem_reserve[i]);
	pr_cont("\n");
}

/* The letters of the types that have free blocks in @area, terminated. */
static void type_letters(const struct free_area *area, char letters[MIGRATE_TYPES + 1])
{
	static const char letter[MIGRATE_TYPES] = {
		[MIGRATE_UNMOVABLE] = 'U', [MIGRATE_MOVABLE] = 'M', [MIGRATE_RECLAIMABLE] = 'E',
		[MIGRATE_HIGHATOMIC] = 'H', [MIGRATE_CMA] = 'C', [MIGRATE_ISOLATE] = 'I',
	};
	int type;

	for (type = 0; type < MIGRATE_TYPES; type++)
		if (area->first[type])
			*letters++ = letter[type];
	*letters = '\0';
}

static void show_free_blocks(struct zone *zone)
{
	unsigned long nr[MAX_ORDER], flags, total = 0;
	char letters[MAX_ORDER][MIGRATE_TYPES + 1];
	unsigned int order;

	spin_lock_irqsave(&zone->lock, flags);
	for (order = 0; order < MAX_ORDER; order++) {
		nr[order] = zone->free_area[order].nr_free;
		type_letters(&zone->free_area[order], letters[order]);
	}
	spin_unlock_irqrestore(&zone->lock, flags);

	printk("%s: ", zone->name);
	for (order = 0; order < MAX_ORDER; order++) {
		total += nr[order] << order;
		pr_cont("%lu*%lukB ", nr[order], K(1UL) << order);
		if (nr[order])
			pr_cont("(%s) ", letters[order]);
	}
	pr_cont("= %lukB\n", K(total));
}

static void show_totals(void)
{
	unsigned long ram = 0, high = 0, reserved = 0;
	const struct zone *zone;

	for_each_populated_zone(zone) {
		ram += zone->present_pages;
		reserved += zone->present_pages - zone_managed_pages(zone);
		if (is_highmem(zone))
			high += zone->present_pages;
	}
	printk("%lu total pagecache pages\n", global_node_page_state(NR_FILE_PAGES));
	printk("%lu pages RAM\n", ram);
	printk("%lu pages HighMem/MovableOnly\n", high);
	printk("%lu pages reserved\n", reserved);
}

static void show_mem_info(void)
{
	struct zone *zone;

	printk("Mem-Info:\n");
	show_kinds();
	show_node(&contig_page_data);
	for_each_populated_zone(zone)
		show_zone(zone);
	for_each_populated_zone(zone)
		show_free_blocks(zone);
	show_totals();
}
MEMORY_REPORT(show_mem_info);

static int cmd_showmem(int argc, char **argv)
{
	if (argc > 1)
		return -EINVAL;
	show_mem();
	return 0;
}
MONITOR_COMMAND(showmem, "", "the state of memory, zone by zone, into the log", cmd_showmem);
