// SPDX-License-Identifier: MIT
/*
 * Counting: how many pages of a kind there are, for all together, since these numbers are rarely changed;
 * and what happens, each CPU for itself, so that nobody waits for a line of memory; who wants to
 * know adds up. Pages handed out and taken back are counted where the lists are, in the zones
 * (page_pcp.c): here they only join the others.
 */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/vmstat.h>

atomic_long_t vm_zone_stat[MAX_NR_ZONES][NR_VM_ZONE_STAT_ITEMS];
atomic_long_t vm_node_stat[NR_VM_NODE_STAT_ITEMS];
DEFINE_PER_CPU(struct vm_event_state, vm_event_states);

/* Pages handed out by @zone, and taken back. */
static void count_pages(const struct zone *zone, unsigned long *out, unsigned long *back)
{
	unsigned int cpu;

	*out += READ_ONCE(zone->nr_alloc);
	*back += READ_ONCE(zone->nr_freed);
	for_each_online_cpu(cpu) {
		*out += READ_ONCE(zone->per_cpu_pageset[cpu].nr_alloc);
		*back += READ_ONCE(zone->per_cpu_pageset[cpu].nr_freed);
	}
}

unsigned long vm_events(enum vm_event_item item)
{
	unsigned long sum = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		sum += READ_ONCE(per_cpu(vm_event_states, cpu).event[item]);
	return sum;
}

void all_vm_events(unsigned long *ret)
{
	const struct zone *zone;

	for (int item = 0; item < NR_VM_EVENT_ITEMS; item++)
		ret[item] = vm_events(item);
	for_each_zone(zone)
		count_pages(zone, &ret[PGALLOC_DMA + zone_idx(zone)], &ret[PGFREE]);
}
