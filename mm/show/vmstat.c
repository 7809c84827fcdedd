// SPDX-License-Identifier: MIT
/*
 * /proc/vmstat: counters, one to a line, by Linux's names and in its order: first how many pages
 * of each kind there are now, then how often things have happened since boot.
 *
 * What is counted here is nr_free_pages, nr_slab_* (pages of slabs), nr_anon_pages with nr_inactive_anon
 * (processes' pages) and nr_page_table_pages (their tables), and of the events those of
 * allocating, of reclaim and of the OOM killer (mm/page_slow.c, mm/vmscan.c, mm/oom_kill.c). The others
 * are 0 because what they count has never happened and cannot: there are no page faults of processes, no
 * files, no swap. They are there for programs that look for them. There are no LRU lists either:
 * pgsteal_* count the pages that shrinkers gave back, where Linux counts those taken off its lists.
 *
 * The last lines are our own: how often an allocation has stood on each rung of the ladder.
 *
 * Left out: nr_dirty_threshold and nr_dirty_background_threshold, which are no counts but limits
 * for a page cache that is not there; and whatever Linux itself leaves out without NUMA,
 * MIGRATION, COMPACTION, HUGETLB, TRANSPARENT_HUGEPAGE, CMA, SWAP, ZSMALLOC and MEMORY_BALLOON.
 */
#include <linux/kernel.h>
#include <linux/set_memory.h>
#include <linux/vmstat.h>
#include <quarry/proc.h>

/* ---- pages of a kind ---- */

static const char *const zone_stat_names[NR_VM_ZONE_STAT_ITEMS] = {
	[NR_FREE_PAGES]			= "nr_free_pages",
	[NR_ZONE_INACTIVE_ANON]		= "nr_zone_inactive_anon",
	[NR_ZONE_ACTIVE_ANON]		= "nr_zone_active_anon",
	[NR_ZONE_INACTIVE_FILE]		= "nr_zone_inactive_file",
	[NR_ZONE_ACTIVE_FILE]		= "nr_zone_active_file",
	[NR_ZONE_UNEVICTABLE]		= "nr_zone_unevictable",
	[NR_ZONE_WRITE_PENDING]		= "nr_zone_write_pending",
	[NR_MLOCK]			= "nr_mlock",
	[NR_BOUNCE]			= "nr_bounce",
	[NR_FREE_CMA_PAGES]		= "nr_free_cma",
};

static const char *const node_stat_names[NR_VM_NODE_STAT_ITEMS] = {
	[NR_INACTIVE_ANON]		= "nr_inactive_anon",
	[NR_ACTIVE_ANON]		= "nr_active_anon",
	[NR_INACTIVE_FILE]		= "nr_inactive_file",
	[NR_ACTIVE_FILE]		= "nr_active_file",
	[NR_UNEVICTABLE]		= "nr_unevictable",
	[NR_SLAB_RECLAIMABLE_B]		= "nr_slab_reclaimable",
	[NR_SLAB_UNRECLAIMABLE_B]	= "nr_slab_unreclaimable",
	[NR_ISOLATED_ANON]		= "nr_isolated_anon",
	[NR_ISOLATED_FILE]		= "nr_isolated_file",
	[WORKINGSET_NODES]		= "workingset_nodes",
	[WORKINGSET_REFAULT_ANON]	= "workingset_refault_anon",
	[WORKINGSET_REFAULT_FILE]	= "workingset_refault_file",
	[WORKINGSET_ACTIVATE_ANON]	= "workingset_activate_anon",
	[WORKINGSET_ACTIVATE_FILE]	= "workingset_activate_file",
	[WORKINGSET_RESTORE_ANON]	= "workingset_restore_anon",
	[WORKINGSET_RESTORE_FILE]	= "workingset_restore_file",
	[WORKINGSET_NODERECLAIM]	= "workingset_nodereclaim",
	[NR_ANON_MAPPED]		= "nr_anon_pages",
	[NR_FILE_MAPPED]		= "nr_mapped",
	[NR_FILE_PAGES]			= "nr_file_pages",
	[NR_FILE_DIRTY]			= "nr_dirty",
	[NR_WRITEBACK]			= "nr_writeback",
	[NR_WRITEBACK_TEMP]		= "nr_writeback_temp",
	[NR_SHMEM]			= "nr_shmem",
	[NR_SHMEM_THPS]			= "nr_shmem_hugepages",
	[NR_SHMEM_PMDMAPPED]		= "nr_shmem_pmdmapped",
	[NR_FILE_THPS]			= "nr_file_hugepages",
	[NR_FILE_PMDMAPPED]		= "nr_file_pmdmapped",
	[NR_ANON_THPS]			= "nr_anon_transparent_hugepages",
	[NR_VMSCAN_WRITE]		= "nr_vmscan_write",
	[NR_VMSCAN_IMMEDIATE]		= "nr_vmscan_immediate_reclaim",
	[NR_DIRTIED]			= "nr_dirtied",
	[NR_WRITTEN]			= "nr_written",
	[NR_THROTTLED_WRITTEN]		= "nr_throttled_written",
	[NR_KERNEL_MISC_RECLAIMABLE]	= "nr_kernel_misc_reclaimable",
	[NR_FOLL_PIN_ACQUIRED]		= "nr_foll_pin_acquired",
	[NR_FOLL_PIN_RELEASED]		= "nr_foll_pin_released",
	[NR_KERNEL_STACK_KB]		= "nr_kernel_stack",
	[NR_PAGETABLE]			= "nr_page_table_pages",
	[NR_SECONDARY_PAGETABLE]	= "nr_sec_page_table_pages",
};

const char *zone_stat_name(enum zone_stat_item item)
{
	return zone_stat_names[item];
}

const char *node_stat_name(enum node_stat_item item)
{
	return node_stat_names[item];
}

/* ---- events ---- */

#define ZONES(name) name "_dma", name "_normal", name "_high", name "_movable"

/* In the order of enum vm_event_item. */
static const char *const event_names[NR_VM_EVENT_ITEMS] = {
	"pgpgin", "pgpgout", "pswpin", "pswpout",
	ZONES("pgalloc"), ZONES("allocstall"), ZONES("pgskip"), "pgfree",
	"pgactivate", "pgdeactivate", "pglazyfree", "pgfault", "pgmajfault", "pglazyfreed",
	"pgrefill", "pgreuse", "pgsteal_kswapd", "pgsteal_direct", "pgdemote_kswapd",
	"pgdemote_direct", "pgscan_kswapd", "pgscan_direct", "pgscan_direct_throttle",
	"pgscan_anon", "pgscan_file", "pgsteal_anon", "pgsteal_file", "pginodesteal",
	"slabs_scanned", "kswapd_inodesteal", "kswapd_low_wmark_hit_quickly",
	"kswapd_high_wmark_hit_quickly", "pageoutrun", "pgrotated", "drop_pagecache", "drop_slab",
	"oom_kill", "unevictable_pgs_culled", "unevictable_pgs_scanned",
	"unevictable_pgs_rescued", "unevictable_pgs_mlocked", "unevictable_pgs_munlocked",
	"unevictable_pgs_cleared", "unevictable_pgs_stranded",
	"direct_map_level2_splits", "direct_map_level3_splits",
	"alloc_enter", "alloc_kswapd", "alloc_reserves", "alloc_last_reserves", "alloc_reclaim",
	"alloc_compaction", "alloc_oom", "alloc_retry", "alloc_nofail", "alloc_fail",
};
#define FIRST_OF_OUR_OWN	RUNG_ENTER

const char *vm_event_name(enum vm_event_item item)
{
	return event_names[item];
}

static void show_events(struct seq_file *m)
{
	unsigned long events[NR_VM_EVENT_ITEMS];

	all_vm_events(events);
	events[DIRECT_MAP_LEVEL2_SPLIT] = direct_map_splits();
	for (int item = 0; item < NR_VM_EVENT_ITEMS; item++) {
		if (item == FIRST_OF_OUR_OWN)
			seq_puts(m, "nr_unstable 0\n");	/* Linux's last */
		seq_printf(m, "%s %lu\n", event_names[item], events[item]);
	}
}

static int vmstat_show(struct seq_file *m, void *v)
{
	int item;

	for (item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++)
		seq_printf(m, "%s %lu\n", zone_stat_name(item), global_zone_page_state(item));
	for (item = 0; item < NR_VM_NODE_STAT_ITEMS; item++)
		seq_printf(m, "%s %lu\n", node_stat_name(item), global_node_page_state(item));
	show_events(m);
	return 0;
}
PROC_FILE(vmstat, "vmstat", vmstat_show, NULL);
