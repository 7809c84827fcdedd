// SPDX-License-Identifier: MIT
/*
 * Zones and the memory map: which frames belong where, and that every one of them is accounted
 * for. What memblock said of RAM at boot is the yardstick.
 */
#include <asm/sections.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/nmi.h>

#include "zone_sandbox.h"

static struct zone *const zones = contig_page_data.node_zones;

/* The frames that zone @i is for, [zone_from(i), zone_to(i)), whether there is RAM or not. */
static unsigned long zone_to(int i)
{
	if (i == ZONE_DMA)
		return min(4096UL, max_low_pfn);
	return i == ZONE_NORMAL ? max_low_pfn : max_pfn;
}

static unsigned long zone_from(int i)
{
	return i == ZONE_DMA ? 0 : zone_to(i - 1);
}

/* Pages of RAM that memblock knows in [from, to). */
static unsigned long ram_pages(unsigned long from, unsigned long to)
{
	unsigned long pages = 0;

	for (unsigned long i = 0; i < memblock.memory.cnt; i++) {
		const struct memblock_region *region = &memblock.memory.regions[i];
		unsigned long start = max(memblock_region_memory_base_pfn(region), from);
		unsigned long end = min(memblock_region_memory_end_pfn(region), to);

		pages += start < end ? end - start : 0;
	}
	return pages;
}

/* -------------------------------- spans -------------------------------- */

/* ledger: P2 */
/* ledger: P10. Below 12 MiB there would be fewer than a pageblock for each type and zone. */
static void tiny_machines_do_not_group(struct kunit *test)
{
	bool tiny = contig_page_data.node_present_pages < 6 * 512;

	KUNIT_EXPECT_EQ(test, page_group_by_mobility_disabled, tiny);
	KUNIT_EXPECT_EQ(test, (int)gfp_migratetype(GFP_HIGHUSER_MOVABLE),
			(int)(tiny ? MIGRATE_UNMOVABLE : MIGRATE_MOVABLE));
}

static void zones_have_names(struct kunit *test)
{
	static const char *const names[] = { "DMA", "Normal", "HighMem", "Movable" };

	KUNIT_ASSERT_EQ(test, MAX_NR_ZONES, ARRAY_SIZE(names));
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		KUNIT_EXPECT_STREQ(test, zones[i].name, names[i]);
		KUNIT_EXPECT_EQ(test, zone_idx(&zones[i]), i);
		KUNIT_EXPECT_EQ(test, is_highmem(&zones[i]),
				i >= ZONE_HIGHMEM &&
				(i == ZONE_HIGHMEM || max_pfn > max_low_pfn));
	}
	KUNIT_EXPECT_FALSE(test, populated_zone(&zones[ZONE_MOVABLE]));
}

/* ledger: P2. DMA below 16 MiB, NORMAL to the line, HIGHMEM above it; so they cannot overlap. */
static void spans_keep_to_their_ranges(struct kunit *test)
{
	for (int i = ZONE_DMA; i <= ZONE_HIGHMEM; i++) {
		const struct zone *zone = &zones[i];

		KUNIT_EXPECT_EQ(test, zone->present_pages, ram_pages(zone_from(i), zone_to(i)));
		KUNIT_EXPECT_EQ(test, populated_zone(zone), zone->present_pages != 0);
		if (!populated_zone(zone)) {
			KUNIT_EXPECT_EQ(test, zone->spanned_pages, 0);
			KUNIT_EXPECT_EQ(test, zone->managed_pages, 0);
			continue;
		}
		KUNIT_EXPECT_GE(test, zone->zone_start_pfn, zone_from(i));
		KUNIT_EXPECT_LE(test, zone_end_pfn(zone), zone_to(i));
		KUNIT_EXPECT_TRUE(test, zone_spans_pfn(zone, zone->zone_start_pfn));
		KUNIT_EXPECT_FALSE(test, zone_spans_pfn(zone, zone_end_pfn(zone)));
	}
	KUNIT_EXPECT_TRUE(test, populated_zone(&zones[ZONE_DMA]));
}

/* ledger: P2. From the first frame of RAM to the last: both ends are RAM. */
static void spans_begin_and_end_with_ram(struct kunit *test)
{
	const struct zone *zone;

	for_each_populated_zone(zone) {
		unsigned long first = zone->zone_start_pfn, last = zone_end_pfn(zone) - 1;

		KUNIT_EXPECT_EQ(test, ram_pages(first, first + 1), 1);
		KUNIT_EXPECT_EQ(test, ram_pages(last, last + 1), 1);
		KUNIT_EXPECT_EQ(test, ram_pages(first, last + 1), zone->present_pages);
	}
	KUNIT_EXPECT_EQ(test, contig_page_data.node_present_pages, ram_pages(0, max_pfn));
}

/* -------------------------------- the map -------------------------------- */

/* ledger: P1. One entry for every frame up to the end of RAM, whole blocks of the largest order. */
static void the_map_covers_all(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct page), 16);
	KUNIT_EXPECT_GE(test, max_mapnr, max_pfn);
	KUNIT_EXPECT_LT(test, max_mapnr, max_pfn + MAX_ORDER_NR_PAGES);
	KUNIT_EXPECT_EQ(test, max_mapnr % MAX_ORDER_NR_PAGES, 0);
	KUNIT_EXPECT_TRUE(test, pfn_valid(max_pfn - 1));
	KUNIT_EXPECT_FALSE(test, pfn_valid(max_mapnr));
}

/* ledger: P1 P2. What is RAM is no hole, and what is not is one, frame by frame. */
static void holes_are_where_ram_is_not(struct kunit *test)
{
	unsigned long done = 0, wrong = 0, pfn;

	for (unsigned long i = 0; i <= memblock.memory.cnt; i++) {
		bool last = i == memblock.memory.cnt;
		const struct memblock_region *region = &memblock.memory.regions[i];
		unsigned long start = last ? max_mapnr : memblock_region_memory_base_pfn(region);

		for (pfn = done; pfn < start; pfn++)
			wrong += page_state(pfn_to_page(pfn)) != PAGE_HOLE;
		done = last ? max_mapnr : memblock_region_memory_end_pfn(region);
		for (pfn = start; pfn < done; pfn++)
			wrong += page_state(pfn_to_page(pfn)) == PAGE_HOLE;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, done, max_mapnr);
}

/* Pages of @zone by their block's state, one counter a state; blocks that are not well formed. */
static unsigned long count_states(const struct zone *zone, unsigned long counts[])
{
	unsigned long pfn, wrong = 0;
	struct page *page;

	for_each_block(zone, pfn, page) {
		enum page_state state = page_state(page);
		unsigned long size = 1UL << page_block_order(page);

		if (state == PAGE_INTERIOR || state > PAGE_QUARANTINED || pfn % size ||
		    pfn + size > zone_end_pfn(zone) || page_zone(page) != zone)
			return wrong + 1;		/* the walk cannot go on */
		counts[state] += size;
		for (unsigned long i = 1; i < size; i++)
			wrong += page_state(page + i) != PAGE_INTERIOR || page_zone(page + i) != zone;
	}
	return wrong;
}

/*
 * ledger: P1 P2. Every frame of a zone is part of one block, in one state; the sums are the zone's
 * counters.
 */
static void every_frame_is_accounted_for(struct kunit *test)
{
	const struct zone *zone;

	for_each_populated_zone(zone) {
		unsigned long n[8] = {}, holes, taken;

		KUNIT_EXPECT_EQ_MSG(test, count_states(zone, n), 0, "%s", zone->name);
		holes = n[PAGE_HOLE];
		taken = n[PAGE_ALLOCATED] + n[PAGE_PCP] + n[PAGE_QUARANTINED];
		KUNIT_EXPECT_EQ(test, zone->spanned_pages, zone->present_pages + holes);
		KUNIT_EXPECT_EQ(test, zone->managed_pages, zone->present_pages - n[PAGE_RESERVED]);
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages + zone->nr_isolated_free, n[PAGE_FREE]);
		KUNIT_EXPECT_EQ(test, zone->managed_pages, n[PAGE_FREE] + taken);
		KUNIT_EXPECT_EQ(test, zone->nr_quarantined, n[PAGE_QUARANTINED]);
		KUNIT_EXPECT_EQ(test, n[PAGE_PCP], 0);	/* the sandbox has switched them off */
	}
}

static void expect_reserved(struct kunit *test, const void *start, const void *end)
{
	unsigned long wrong = 0;

	for (const void *p = start; p < end; p += PAGE_SIZE) {
		struct page *page = virt_to_page(p);

		wrong += page_state(page) != PAGE_RESERVED || !PageReserved(page) ||
			 page_count(page) != 1;
	}
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "%px-%px", start, end);
}

/* ledger: P1 P2. What was in use when the allocator took over is not its to give. */
static void boots_memory_is_reserved(struct kunit *test)
{
	enum page_state first = page_state(pfn_to_page(0));

	expect_reserved(test, _stext, _etext);
	expect_reserved(test, __start_rodata, __end_rodata);
	expect_reserved(test, _sdata, _end);
	expect_reserved(test, mem_map, mem_map + max_mapnr);
	expect_reserved(test, pageblock_types, pageblock_types + (max_mapnr >> pageblock_order));
	KUNIT_EXPECT_TRUE(test, first == PAGE_HOLE || first == PAGE_RESERVED);
	KUNIT_EXPECT_EQ(test, page_state(pfn_to_page(0xb8)), PAGE_HOLE);	/* video memory */
}

/* -------------------------------- numbers and addresses -------------------------------- */

static void expect_round_trips(struct kunit *test, struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	void *va = page_address(page);

	KUNIT_EXPECT_PTR_EQ(test, pfn_to_page(pfn), page);
	KUNIT_EXPECT_EQ(test, page_to_phys(page), (phys_addr_t)pfn << 12);
	KUNIT_EXPECT_PTR_EQ(test, phys_to_page(page_to_phys(page)), page);
	if (pfn >= max_low_pfn) {
		KUNIT_EXPECT_TRUE(test, PageHighMem(page));
		KUNIT_EXPECT_NULL(test, va);
		return;
	}
	KUNIT_EXPECT_FALSE(test, PageHighMem(page));
	KUNIT_EXPECT_EQ(test, (unsigned long)va, 0xC0000000UL + (pfn << 12));
	KUNIT_EXPECT_PTR_EQ(test, virt_to_page(va), page);
	KUNIT_EXPECT_PTR_EQ(test, virt_to_page(va + 4095), page);
	KUNIT_EXPECT_EQ(test, virt_to_pfn(va), pfn);
	KUNIT_EXPECT_EQ(test, __pa(va), page_to_phys(page));
	KUNIT_EXPECT_TRUE(test, virt_addr_valid(va));
}

/* ledger: P6. At the edges of all zones, and from page to number, address and back. */
static void pages_numbers_addresses(struct kunit *test)
{
	const struct zone *zone;

	kmap_flush_unused();		/* else a high page may have the address it was used at */
	for_each_populated_zone(zone) {
		expect_round_trips(test, pfn_to_page(zone->zone_start_pfn));
		expect_round_trips(test, pfn_to_page(zone->zone_start_pfn + zone->spanned_pages / 2));
		expect_round_trips(test, pfn_to_page(zone_end_pfn(zone) - 1));
	}
	KUNIT_EXPECT_FALSE(test, virt_addr_valid(high_memory));
	KUNIT_EXPECT_FALSE(test, virt_addr_valid(PAGE_OFFSET - 1));
	KUNIT_EXPECT_FALSE(test, virt_addr_valid(NULL));
}

/*
 * ledger: P3. Myth: "pages are 4 KiB on 32-bit machines and 8 KiB on 64-bit ones." What has 64
 * bits here is the page-table entry.
 */
static void pages_are_4_kib(struct kunit *test)
{
	struct page *page = sandbox_alloc(GFP_KERNEL, 1);

	KUNIT_EXPECT_EQ(test, PAGE_SIZE, 4096);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_address(page + 1) - page_address(page), 4096);
	KUNIT_EXPECT_EQ(test, page_to_phys(page + 1) - page_to_phys(page), 4096);
}

/* -------------------------------- allocations -------------------------------- */

static bool lies_in_one_zone(const struct page *page, unsigned int order)
{
	const struct zone *zone = page_zone(page);
	unsigned long first = page_to_pfn(page), last = first + (1UL << order) - 1;

	return first % (1UL << order) == 0 && zone_spans_pfn(zone, first) &&
	       zone_spans_pfn(zone, last) && page_zone(pfn_to_page(last)) == zone &&
	       ram_pages(first, last + 1) == 1UL << order;
}

/*
 * ledger: P7. All memory there is, in blocks of one order: not one lies in two zones, or over a
 * hole.
 */
static void no_allocation_spans_zones(struct kunit *test)
{
	const gfp_t gfp = GFP_HIGHUSER_MOVABLE | __GFP_MEMALLOC | __GFP_NORETRY;
	const struct list_head *mark;
	struct zone *zone;

	for_each_populated_zone(zone)	/* single pages of 60 GiB take too long: their rest */
		zone_squeeze(zone, min(zone->nr_free_pages, 1UL << 14));
	mark = zones_mark();
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		unsigned long blocks = 0, wrong = 0;
		struct page *page;

		while ((page = sandbox_alloc(gfp, order))) {
			wrong += !lies_in_one_zone(page, order);
			blocks++;
		}
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "order %u", order);
		KUNIT_EXPECT_GE(test, blocks, order ? 0 : 1);
		zones_release_to(mark);
		touch_nmi_watchdog();		/* a checker that looks at each byte takes its time */
	}
}

/*
 * ledger: P2 P7. The borders between zones that have memory on both sides do not cut the largest
 * block in two.
 */
static void borders_are_aligned(struct kunit *test)
{
	for (int i = ZONE_NORMAL; i <= ZONE_HIGHMEM; i++)
		if (populated_zone(&zones[i - 1]) && populated_zone(&zones[i]))
			KUNIT_EXPECT_EQ(test, zone_from(i) % MAX_ORDER_NR_PAGES, 0);
}

static struct kunit_case zones_cases[] = {
	KUNIT_CASE(tiny_machines_do_not_group),
	KUNIT_CASE(zones_have_names),
	KUNIT_CASE(spans_keep_to_their_ranges),
	KUNIT_CASE(spans_begin_and_end_with_ram),
	KUNIT_CASE(the_map_covers_all),
	KUNIT_CASE(holes_are_where_ram_is_not),
	KUNIT_CASE(every_frame_is_accounted_for),
	KUNIT_CASE(boots_memory_is_reserved),
	KUNIT_CASE(pages_numbers_addresses),
	KUNIT_CASE(pages_are_4_kib),
	KUNIT_CASE(no_allocation_spans_zones),
	KUNIT_CASE(borders_are_aligned),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite zones_suite = {
	.name = "zones",
	.init = zone_sandbox_enter,
	.exit = zone_sandbox_leave,
	.test_cases = zones_cases,
};
kunit_test_suite(zones_suite);
