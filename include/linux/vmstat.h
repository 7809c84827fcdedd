/* SPDX-License-Identifier: MIT */
/*
 * Numbers about memory that are kept up to date all the time: how many pages of a kind a zone or
 * the node has. Names and order are Linux 6.1's on i386 without swap, NUMA and zsmalloc.
 */
#ifndef _LINUX_VMSTAT_H
#define _LINUX_VMSTAT_H

#include <linux/atomic.h>
#include <linux/mmzone.h>
#include <linux/percpu-defs.h>
#include <linux/vm_event_item.h>

enum zone_stat_item {
	NR_FREE_PAGES,
	NR_ZONE_LRU_BASE,
	NR_ZONE_INACTIVE_ANON = NR_ZONE_LRU_BASE,
	NR_ZONE_ACTIVE_ANON,
	NR_ZONE_INACTIVE_FILE,
	NR_ZONE_ACTIVE_FILE,
	NR_ZONE_UNEVICTABLE,
	NR_ZONE_WRITE_PENDING,
	NR_MLOCK,
	NR_BOUNCE,
	NR_FREE_CMA_PAGES,
	NR_VM_ZONE_STAT_ITEMS
};

enum node_stat_item {
	NR_LRU_BASE,
	NR_INACTIVE_ANON = NR_LRU_BASE,
	NR_ACTIVE_ANON,
	NR_INACTIVE_FILE,
	NR_ACTIVE_FILE,
	NR_UNEVICTABLE,
	NR_SLAB_RECLAIMABLE_B,
	NR_SLAB_UNRECLAIMABLE_B,
	NR_ISOLATED_ANON,
	NR_ISOLATED_FILE,
	WORKINGSET_NODES,
	WORKINGSET_REFAULT_ANON,
	WORKINGSET_REFAULT_FILE,
	WORKINGSET_ACTIVATE_ANON,
	WORKINGSET_ACTIVATE_FILE,
	WORKINGSET_RESTORE_ANON,
	WORKINGSET_RESTORE_FILE,
	WORKINGSET_NODERECLAIM,
	NR_ANON_MAPPED,
	NR_FILE_MAPPED,
	NR_FILE_PAGES,
	NR_FILE_DIRTY,
	NR_WRITEBACK,
	NR_WRITEBACK_TEMP,
	NR_SHMEM,
	NR_SHMEM_THPS,
	NR_SHMEM_PMDMAPPED,
	NR_FILE_THPS,
	NR_FILE_PMDMAPPED,
	NR_ANON_THPS,
	NR_VMSCAN_WRITE,
	NR_VMSCAN_IMMEDIATE,
	NR_DIRTIED,
	NR_WRITTEN,
	NR_THROTTLED_WRITTEN,
	NR_KERNEL_MISC_RECLAIMABLE,
	NR_FOLL_PIN_ACQUIRED,
	NR_FOLL_PIN_RELEASED,
	NR_KERNEL_STACK_KB,
	NR_PAGETABLE,
	NR_SECONDARY_PAGETABLE,
	NR_VM_NODE_STAT_ITEMS
};

/* What /proc calls them. (mm/show/vmstat.c) */
const char *zone_stat_name(enum zone_stat_item item);
const char *node_stat_name(enum node_stat_item item);
const char *vm_event_name(enum vm_event_item item);

/*
 * The pages of a kind in @zone, and in all zones: free ones, and processes'. Nothing is written back,
 * locked or bounced, and there are neither files nor CMA. There are no LRU lists either: a process's
 * pages count as inactive, as they do in Linux when they are new. No lock is taken; the number may be
 * old when it arrives.
 */
extern atomic_long_t vm_zone_stat[MAX_NR_ZONES][NR_VM_ZONE_STAT_ITEMS];
extern atomic_long_t vm_node_stat[NR_VM_NODE_STAT_ITEMS];

static inline unsigned long zone_page_state(const struct zone *zone, enum zone_stat_item item)
{
	return item == NR_FREE_PAGES ? READ_ONCE(zone->nr_free_pages) :
	       atomic_long_read(&vm_zone_stat[zone_idx(zone)][item]);
}

static inline unsigned long global_zone_page_state(enum zone_stat_item item)
{
	const struct zone *zone;
	unsigned long pages = 0;

	for_each_zone(zone)
		pages += zone_page_state(zone, item);
	return pages;
}

/* mm/slab.c: what slabs take, in pages: those of caches that can be shrunk, and others. */
unsigned long slab_pages(bool reclaimable);

/*
 * The same for a whole node (pages; NR_KERNEL_STACK_KB in KiB; slabs are in pages, too, despite
 * the _B). Stacks are not counted.
 */
static inline unsigned long node_page_state(const struct pglist_data *pgdat,
					    enum node_stat_item item)
{
	if (item == NR_SLAB_RECLAIMABLE_B || item == NR_SLAB_UNRECLAIMABLE_B)
		return slab_pages(item == NR_SLAB_RECLAIMABLE_B);
	return atomic_long_read(&vm_node_stat[item]);
}

static inline unsigned long global_node_page_state(enum node_stat_item item)
{
	return node_page_state(&contig_page_data, item);
}

/* @delta more of a kind. Any context. */
static inline void mod_zone_page_state(const struct zone *zone, enum zone_stat_item item, long delta)
{
	atomic_long_add(delta, &vm_zone_stat[zone_idx(zone)][item]);
}

static inline void mod_node_page_state(const struct pglist_data *pgdat, enum node_stat_item item,
				       long delta)
{
	atomic_long_add(delta, &vm_node_stat[item]);
}

/* ---- events (mm/vmstat.c). Each CPU counts for itself ---- */

struct vm_event_state {
	unsigned long event[NR_VM_EVENT_ITEMS];
};
DECLARE_PER_CPU(struct vm_event_state, vm_event_states);

/* Any context. */
#define count_vm_event(item)		this_cpu_inc(vm_event_states.event[item])
#define count_vm_events(item, delta)	this_cpu_add(vm_event_states.event[item], delta)
/* @item without its zone: ALLOCSTALL. */
#define __count_zid_vm_events(item, zid, delta) \
	count_vm_events(item##_NORMAL - ZONE_NORMAL + (zid), delta)

/* The sums of all CPUs, into NR_VM_EVENT_ITEMS numbers. Of things that go on, they may be old. */
void all_vm_events(unsigned long *ret);
/* One of them. */
unsigned long vm_events(enum vm_event_item item);

#endif /* _LINUX_VMSTAT_H */
