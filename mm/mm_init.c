// SPDX-License-Identifier: MIT
/*
 * Zones and the memory map, and the hand-over from memblock to the buddy allocator.
 *
 * 1. The idea
 * The page allocator needs to know two things: what each page frame is (mem_map, an array of
 * struct page indexed by frame number), and what it is good for (zones). Both are built here,
 * from memblock's two lists; then every page that has no owner is freed, as if somebody had
 * allocated all of RAM before and gave it back.
 *
 * 2. Zones
 *	DMA	frames below 16 MiB	the reach of an ISA device's 24 address lines
 *	NORMAL	up to max_low_pfn	the direct map
 *	HIGHMEM	up to max_pfn		everything else
 * A zone spans from the first frame of RAM in its range to the last; a range without RAM is an
 * empty zone. The borders are multiples of 4 MiB wherever there is memory on both sides, so that
 * no block of order 10, and no pageblock, lies across one.
 *
 * 3. The map
 * One struct page for every frame up to max_pfn, holes included, because finding one must be no
 * more than an array access. It is rounded up to whole blocks of order 10, so that a buddy always
 * has one. It is written once, front to back, and then only the first page of each free block
 * and the reserved pages again: that keeps boot short on 60 GiB, where it has 15.7 million entries.
 *
 * 4. Free blocks at boot
 * Ranges are freed from the top downwards in the largest blocks that fit, so that the lists
 * begin with the lowest addresses. All pageblocks start as movable; kernel allocations then claim
 * theirs one by one. Machines below 12 MiB have too few of them for that: all is unmovable there.
 *
 * 5. Locking
 * None: one CPU, interrupts off, and nobody else knows of these structures yet.
 */
#include <asm/fixmap.h>
#include <asm/msr.h>
#include <asm/sections.h>
#include <linux/align.h>
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/boot_memory.h>

#include "internal.h"

u64 mm_init_ticks;		/* for bench/memory.c */

static const char *const zone_names[MAX_NR_ZONES] = { "DMA", "Normal", "HighMem", "Movable" };

/* ---- zones ---- */

/* The first frame behind the range of zone @i; its own range begins where the one before ends. */
static unsigned long __init range_end(int i)
{
	switch (i) {
	case ZONE_DMA:
		return min(MAX_DMA_PFN, max_low_pfn);
	case ZONE_NORMAL:
		return max_low_pfn;
	default:
		return max_pfn;
	}
}

static unsigned long __init range_start(int i)
{
	return i == ZONE_DMA ? 0 : range_end(i - 1);
}

static void __init span_zone(struct zone *zone, unsigned long from, unsigned long to)
{
	unsigned long start, end;
	int i;

	for_each_mem_pfn_range(i, 0, &start, &end, NULL) {
		start = max(start, from);
		end = min(end, to);
		if (start >= end)
			continue;
		if (!zone->present_pages)
			zone->zone_start_pfn = start;
		zone->spanned_pages = end - zone->zone_start_pfn;
		zone->present_pages += end - start;
	}
}

static void __init find_zones(void)
{
	struct pglist_data *node = &contig_page_data;

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &node->node_zones[i];

		zone->name = zone_names[i];
		spin_lock_init(&zone->lock);
		span_zone(zone, range_start(i), range_end(i));
		node->node_present_pages += zone->present_pages;
	}
	node->node_start_pfn = PFN_DOWN(memblock_start_of_DRAM());
	node->node_spanned_pages = max_pfn - node->node_start_pfn;
}

static void __init print_zones(void)
{
	const struct zone *zone;

	pr_info("Zone ranges:\n");
	for_each_zone(zone) {
		if (!populated_zone(zone)) {
			if (zone_idx(zone) != ZONE_MOVABLE)
				pr_info("  %-8s empty\n", zone->name);
			continue;
		}
		pr_info("  %-8s [mem %#018llx-%#018llx]\n", zone->name,
			PFN_PHYS(zone->zone_start_pfn), PFN_PHYS(zone_end_pfn(zone)) - 1);
	}
}

/* ---- the map ---- */

static void *__init boot_table(unsigned long bytes, unsigned long align, const char *what)
{
	void *table = memblock_alloc_raw(bytes, align);

	if (!table)
		panic("mm_init: no room for %s: %lu KiB", what, bytes / 1024);
	return table;
}

/* Grouping is of no use where there are only a few pageblocks for each type. */
static enum migratetype __init first_type(void)
{
	page_group_by_mobility_disabled =
		contig_page_data.node_present_pages < pageblock_nr_pages * MIGRATE_TYPES;
	if (!page_group_by_mobility_disabled)
		return MIGRATE_MOVABLE;
	page_mobility_mask = 0;
	return MIGRATE_UNMOVABLE;
}

static void __init allocate_map(void)
{
	unsigned long blocks;

	max_mapnr = ALIGN(max_pfn, MAX_ORDER_NR_PAGES);
	mem_map = boot_table(max_mapnr * sizeof(struct page), MEM_MAP_ALIGN, "the memory map");
	blocks = max_mapnr >> pageblock_order;
	pageblock_types = boot_table(blocks, 0, "the pageblocks' types");
	memset(pageblock_types, first_type(), blocks);
}

/* Entries [pfn, end) of the map, all in one zone: the hottest loop of boot. */
static void __init fill(unsigned long pfn, unsigned long end, unsigned long flags, int count)
{
	struct page *page = pfn_to_page(pfn);
	struct page *stop = pfn_to_page(end);

	for (; page < stop; page++) {
		page->flags = flags;
		page->_refcount.counter = count;
		page->private = 0;
		page->index = 0;
	}
}

/* What lies behind the end of RAM counts as HighMem, even where that zone is empty. */
static void __init fill_range(unsigned long start, unsigned long end, enum page_state state)
{
	bool taken = state != PAGE_INTERIOR;
	unsigned long flags = page_block_flags(state, 0) | (taken ? BIT(PG_reserved) : 0);

	for (unsigned long i = ZONE_DMA; i <= ZONE_HIGHMEM; i++) {
		unsigned long from = max(start, range_start(i));
		unsigned long to = i == ZONE_HIGHMEM ? end : min(end, range_end(i));

		fill(from, max(from, to), flags | i << PAGE_ZONE_SHIFT, taken);
	}
}

/* What is RAM, and what lies between. */
static void __init fill_map(void)
{
	unsigned long start, end, done = 0;
	int i;

	for_each_mem_pfn_range(i, 0, &start, &end, NULL) {
		fill_range(done, start, PAGE_HOLE);
		fill_range(start, end, PAGE_INTERIOR);
		done = end;
	}
	fill_range(done, max_mapnr, PAGE_HOLE);
}

/* RAM that has an owner already. A reservation may also cover what is no RAM. */
static void __init mark_reserved(void)
{
	const struct memblock_region *region;
	unsigned long pfn;

	for_each_reserved_mem_region(region) {
		unsigned long end = min(memblock_region_reserved_end_pfn(region), max_mapnr);

		for (pfn = memblock_region_reserved_base_pfn(region); pfn < end; pfn++) {
			struct page *page = pfn_to_page(pfn);

			if (page_state(page) == PAGE_HOLE)
				continue;
			set_page_block(page, PAGE_RESERVED, 0);
			__SetPageReserved(page);
			init_page_count(page);
		}
	}
}

/* ---- hand-over ---- */

/* Downwards, the largest blocks that end where the range does. */
static void __init free_range(struct zone *zone, unsigned long start, unsigned long end)
{
	zone->managed_pages += end - start;
	while (start < end) {
		unsigned int order = min_t(unsigned int, __ffs(end), MAX_ORDER - 1);

		order = min_t(unsigned int, order, ilog2(end - start));
		end -= 1UL << order;
		buddy_free(zone, pfn_to_page(end), order);
	}
}

static void __init free_all_ram(void)
{
	phys_addr_t start, end;
	u64 i;

	for_each_free_mem_range_reverse(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		for (int z = ZONE_HIGHMEM; z >= ZONE_DMA; z--) {
			unsigned long from = max(PFN_UP(start), range_start(z));
			unsigned long to = min(PFN_DOWN(end), range_end(z));

			if (from < to)
				free_range(&contig_page_data.node_zones[z], from, to);
		}
	}
	memblock_retire();
}

static void __init print_memory(void)
{
	unsigned long text = (_etext - _stext) / 1024;
	unsigned long rodata = (__end_rodata - __start_rodata) / 1024;
	unsigned long data = (_edata - _sdata) / 1024;
	unsigned long bss = (__bss_stop - __bss_start) / 1024;
	unsigned long present = contig_page_data.node_present_pages;

	pr_info("Built 1 zonelists, mobility grouping %s.  Total pages: %lu\n",
		page_group_by_mobility_disabled ? "off" : "on", totalram_pages());
	pr_info("Memory: %luK/%luK available (%luK kernel code, %luK rwdata, %luK rodata, "
		"%luK bss, %luK reserved, %luK highmem)\n",
		nr_free_pages() * 4, present * 4, text, data, rodata, bss,
		(present - totalram_pages()) * 4, totalhigh_pages() * 4);
}

void __init mm_init(void)
{
	u64 start;

	kmap_local_init();		/* each CPU has its slots */
	find_zones();			/* what each frame is good for */
	print_zones();
	start = rdtsc();
	allocate_map();			/* from memblock: nobody else gives memory yet */
	page_observers_setup();		/* checkers take theirs while it still does */
	fill_map();			/* every frame is RAM in the middle of something, or a hole */
	mark_reserved();		/* … or somebody's already */
	free_all_ram();			/* the rest is on free lists; memblock is history */
	mm_init_ticks = rdtsc() - start;
	watermarks_init();		/* requests can be measured: alloc_pages() is legal */
	print_memory();
}
