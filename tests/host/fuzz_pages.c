// SPDX-License-Identifier: MIT
/*
 * Any bytes as a small machine and what is done to its memory: a map of RAM with holes, odd ends
 * and reservations, from which mm_init() builds zones; then a sequence of operations, some of them
 * crimes. An oracle with a byte for each frame knows who has what; the validator looks at the whole
 * again and again.
 */
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/page-isolation.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/boot_level.h>
#include "../../mm/internal.h"

#define SUBJECT "pages"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define FRAMES		6656UL		/* 26 MiB: some above the DMA zone */
#define PIECES		6		/* of RAM, besides the one that the tables lie in */
#define TABLES_START	256UL		/* that one: 1 … 3 MiB */
#define TABLES_END	768UL
#define HELD_MAX	48
#define OPS_MAX		200
#define VALIDATE_EVERY	4		/* operations */

struct held {
	unsigned long pfn;
	unsigned int order;
	bool compound;
};

static struct held held[HELD_MAX];
static unsigned int nr_held;
static bool taken[FRAMES + MAX_ORDER_NR_PAGES];	/* by us */
static u8 frames[FRAMES + MAX_ORDER_NR_PAGES];	/* what each was at first: an enum page_state */
static unsigned long all;			/* pages that were free at first */
static unsigned long misused;			/* pages that crimes have put out of service */

static const u8 *input, *input_end;

static u8 next_byte(void)
{
	return input < input_end ? *input++ : 0;
}

static unsigned int below(unsigned int limit)
{
	return (next_byte() | next_byte() << 8) % limit;
}

/* ------------------------------ the machine ------------------------------ */

static void add_ram(void)
{
	unsigned long start = next_byte() * 26UL, length = next_byte();
	u8 tweak = next_byte();

	start = max(start + tweak % 16, 1UL);
	length = (length << (tweak >> 6)) + (tweak >> 4) % 4;
	length = min(length, FRAMES - min(start, FRAMES));
	memblock_add(PFN_PHYS(start), PFN_PHYS(length));
}

/* To the byte: a page that is reserved in part is reserved. */
static void reserve(void)
{
	unsigned long start = below(FRAMES) * PAGE_SIZE + next_byte() * 16;

	memblock_reserve(start, next_byte() << next_byte() % 10);
}

/* The line between low and high memory is a multiple of 4 MiB, as paging_init() sees to. */
static unsigned long draw_line(void)
{
	return PFN_PHYS((1 + next_byte() % 8) * MAX_ORDER_NR_PAGES);
}

static void start_again(void)
{
	static struct memblock pristine;
	static struct pglist_data no_zones;

	if (!pristine.memory.max) {
		os_map_ram(PAGE_OFFSET, HOST_RAM_BYTES);
		pristine = memblock;
		no_zones = contig_page_data;
		console_loglevel = 0;
	}
	memblock = pristine;
	contig_page_data = no_zones;
	page_mobility_mask = 3;
	min_free_kbytes = 1024;
	boot_level = BOOT_PAGING;
	memset(taken, 0, sizeof(taken));
	nr_held = 0;
	misused = 0;
}

static void build_machine(void)
{
	u8 flags = next_byte();
	unsigned int i;

	memblock_add(PFN_PHYS(TABLES_START), PFN_PHYS(TABLES_END - TABLES_START));
	for (i = 0; i < flags % (PIECES + 1); i++)
		add_ram();
	host_paging_init(draw_line());
	for (i = flags >> 3 & 3; i > 0; i--)
		reserve();
	user_min_free_kbytes = flags & 0x20 ? next_byte() * 4 : -1;
	mm_init();
	boot_level = BOOT_PAGES;
	if (flags & 0x40) {		/* too small a machine for it, but not for us */
		page_group_by_mobility_disabled = false;
		page_mobility_mask = 3;
	}
	if (flags & 0x80)
		pcp_enable(false);
}

/* ------------------------------ the oracle ------------------------------ */

static unsigned long ram_without_owner(void)
{
	const struct zone *zone;
	unsigned long pages = 0, cpu;

	for_each_zone(zone) {
		pages += zone->nr_free_pages + zone->nr_isolated_free;
		for (cpu = 0; cpu < NR_CPUS; cpu++)
			pages += zone->per_cpu_pageset[cpu].count;
	}
	return pages;
}

static unsigned long pages_held(void)
{
	unsigned long pages = 0;
	unsigned int i;

	for (i = 0; i < nr_held; i++)
		pages += 1UL << held[i].order;
	return pages;
}

/* What memblock says of each frame, written out. */
static void paint_frames(void)
{
	const struct memblock_region *region;
	unsigned long pfn;

	memset(frames, PAGE_HOLE, sizeof(frames));
	for_each_mem_region(region)
		for (pfn = memblock_region_memory_base_pfn(region);
		     pfn < memblock_region_memory_end_pfn(region); pfn++)
			frames[pfn] = PAGE_FREE;
	for_each_reserved_mem_region(region)
		for (pfn = memblock_region_reserved_base_pfn(region);
		     pfn < memblock_region_reserved_end_pfn(region); pfn++)
			if (frames[pfn] == PAGE_FREE)
				frames[pfn] = PAGE_RESERVED;
}

/* mm_init() has freed what is RAM and has no owner, to the page. */
static void check_map(void)
{
	unsigned long pfn, i, nr, free = 0;

	paint_frames();
	for (pfn = 0; pfn < max_mapnr; pfn += nr) {
		enum page_state state = page_state(pfn_to_page(pfn));

		nr = 1UL << page_block_order(pfn_to_page(pfn));
		for (i = pfn; i < pfn + nr; i++)
			CHECK(frames[i] == state, "frame %#lx: state %d, not %d", i, state, frames[i]);
		free += state == PAGE_FREE ? nr : 0;
	}
	CHECK(ram_without_owner() == free, "%lu free, but %lu were", ram_without_owner(), free);
	all = free;
}

static void check_everything(void)
{
	CHECK(zones_validate(), "after operation");
	CHECK(ram_without_owner() + pages_held() + misused == all, "%lu + %lu + %lu, not %lu",
	      ram_without_owner(), pages_held(), misused, all);
	CHECK(!preempt_count(), "%#x", preempt_count());
}

static u32 *word_of(unsigned long pfn, unsigned int order)
{
	return kmap_local_pfn(pfn + (1UL << order) - 1);
}

static void hold(struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned long pfn = page_to_pfn(page), i;

	CHECK(pfn_valid(pfn) && !(pfn & ((1UL << order) - 1)), "frame %#lx, order %u", pfn, order);
	CHECK(page_state(page) == PAGE_ALLOCATED && page_block_order(page) == order, "%#lx",
	      page->flags);
	CHECK(page_ref_count(page) == 1, "%d", page_ref_count(page));
	CHECK(page_zonenum(page) <= gfp_zone(gfp), "zone %d for %#x", page_zonenum(page), gfp);
	for (i = pfn; i < pfn + (1UL << order); i++) {
		CHECK(!taken[i] && frames[i] == PAGE_FREE, "frame %#lx", i);
		CHECK(page_zonenum(pfn_to_page(i)) == page_zonenum(page), "frame %#lx", i);
		CHECK(!is_migrate_isolate_page(pfn_to_page(i)), "frame %#lx", i);
		taken[i] = true;
	}
	held[nr_held++] = (struct held){ pfn, order, order && (gfp & __GFP_COMP) };
	*word_of(pfn, order) = pfn;
}

static struct held forget(unsigned int i)
{
	struct held gone = held[i];

	CHECK(*word_of(gone.pfn, gone.order) == gone.pfn, "frame %#lx was written to", gone.pfn);
	memset(taken + gone.pfn, 0, 1UL << gone.order);
	held[i] = held[--nr_held];
	return gone;
}

/* ------------------------------ operations ------------------------------ */

static gfp_t some_gfp(void)
{
	static const gfp_t zones[] = { 0, __GFP_DMA, __GFP_HIGHMEM, GFP_HIGHUSER_MOVABLE & 15 };
	static const gfp_t how[] = {
		GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_KERNEL | __GFP_MEMALLOC, __GFP_RECLAIMABLE,
		__GFP_HIGH | __GFP_RECLAIMABLE, GFP_KERNEL | __GFP_COMP, __GFP_COMP,
	};
	u8 byte = next_byte();
	gfp_t gfp = zones[byte % 4] | how[byte / 4 % 8] | __GFP_NOWARN;

	if ((gfp & GFP_MOVABLE_MASK) == GFP_MOVABLE_MASK)
		gfp &= ~__GFP_MOVABLE;
	return gfp | (byte & 0x80 && !(gfp & GFP_MOVABLE_MASK) ? __GFP_MOVABLE : 0);
}

static void op_alloc(unsigned int order)
{
	gfp_t gfp = some_gfp();
	struct page *page;

	if (nr_held == HELD_MAX)
		return;
	page = alloc_pages(gfp, order);
	if (page)
		hold(page, order, gfp);
}

static void op_free(u8 how)
{
	struct held gone;
	struct page *page;

	if (!nr_held)
		return;
	gone = forget(below(nr_held));
	page = pfn_to_page(gone.pfn);
	if (gone.compound && (how & 1))
		put_page(page + (how % (1U << gone.order)));
	else
		__free_pages(page, gone.order);
}

/* With somebody else holding the first page: what is freed then, and what later. */
static void op_free_under_a_reader(void)
{
	struct held gone;
	struct page *page;

	if (!nr_held)
		return;
	gone = forget(below(nr_held));
	page = pfn_to_page(gone.pfn);
	get_page(page);
	__free_pages(page, gone.order);
	CHECK(page_ref_count(page) == 1, "%d", page_ref_count(page));
	put_page(page);
}

static void op_split(void)
{
	unsigned int i = nr_held ? below(nr_held) : 0, j;
	struct held whole;

	if (!nr_held || held[i].compound || nr_held + (1U << held[i].order) > HELD_MAX ||
	    is_migrate_isolate_page(pfn_to_page(held[i].pfn)))
		return;
	whole = forget(i);
	split_page(pfn_to_page(whole.pfn), whole.order);
	for (j = 0; j < 1U << whole.order; j++)
		hold(pfn_to_page(whole.pfn + j), 0, GFP_HIGHUSER_MOVABLE);
}

static void op_exact(void)
{
	unsigned long pages = 1 + next_byte() % 24, i;
	void *addr;

	if (nr_held + pages > HELD_MAX)
		return;
	addr = alloc_pages_exact(pages * PAGE_SIZE - next_byte(), GFP_KERNEL | __GFP_NOWARN);
	for (i = 0; addr && i < pages; i++)
		hold(virt_to_page(addr) + i, 0, GFP_KERNEL);
}

static void op_close(bool close)
{
	unsigned long start = below(max_mapnr), end = min(start + next_byte() * 8UL, max_mapnr);

	if (close)
		start_isolate_page_range(start, end, MIGRATE_MOVABLE, 0, GFP_KERNEL);
	else
		undo_isolate_page_range(start, end, page_group_by_mobility_disabled ?
					MIGRATE_UNMOVABLE : next_byte() % MIGRATE_PCPTYPES);
}

/* Free what is not ours to free, or not so: everything else must go on as before. */
static void op_crime(void)
{
	unsigned int order = next_byte() % MAX_ORDER, i;
	unsigned long pfn = below(max_mapnr), before = 0, after = 0;
	struct zone *zone;

	for_each_zone(zone)
		before += zone->nr_quarantined;
	for (i = 0; i < nr_held; i++) {
		if (held[i].pfn != pfn)
			continue;
		if (held[i].order == order)
			return;
		forget(i);
		break;
	}
	__free_pages(pfn_to_page(pfn), order);
	for_each_zone(zone)
		after += zone->nr_quarantined;
	misused += after - before;
}

static void op_other(u8 what)
{
	struct zone *zone = &contig_page_data.node_zones[what >> 5 & 3];

	switch (what % 8) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		drain_local_pages(zone);
		break;
	case 2:
		pcp_enable(what & 0x80);
		break;
	case 3:
		zone->per_cpu_pageset[0].high = next_byte();
		zone->per_cpu_pageset[0].batch = 1 + next_byte() % 32;
		break;
	case 4:
	case 5:
		op_close(true);
		break;
	default:
		op_close(false);
	}
}

static void operate(void)
{
	u8 what = next_byte();

	switch (what % 16) {
	case 0 ... 6:
		op_alloc(what >> 4 < MAX_ORDER ? what >> 4 : 0);
		break;
	case 7 ... 10:
		op_free(what >> 4);
		break;
	case 11:
		op_free_under_a_reader();
		break;
	case 12:
		what & 0x80 ? op_split() : op_exact();
		break;
	case 13:
		op_crime();
		break;
	default:
		op_other(next_byte());
	}
}

/* Everything back, everything open: what is free is what was free at first, and whole again. */
static void clean_up(void)
{
	while (nr_held) {
		struct held gone = forget(nr_held - 1);

		__free_pages(pfn_to_page(gone.pfn), gone.order);
	}
	undo_isolate_page_range(0, max_mapnr, MIGRATE_UNMOVABLE);
	pcp_enable(true);
	drain_all_pages(NULL);
	check_everything();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	unsigned int i;

	input = data;
	input_end = data + size;
	start_again();
	build_machine();
	check_map();
	for (i = 0; i < OPS_MAX && input < input_end; i++) {
		operate();
		if (i % VALIDATE_EVERY == 0)
			check_everything();
	}
	clean_up();
	CHECK(misused || ram_without_owner() == all, "%lu", ram_without_owner());
	return 0;
}
