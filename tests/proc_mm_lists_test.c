// SPDX-License-Identifier: MIT
/*
 * What is printed about free blocks: /proc/buddyinfo and pagetypeinfo, and the report that comes
 * with a failed allocation. They are compared with a walk over the memory map, which knows of no
 * lists and no counters.
 */
#include <linux/math.h>
#include <linux/memblock.h>
#include <linux/mm.h>

#include "../mm/internal.h"
#include "../mm/slab.h"
#include "text_lines.h"

/* Free blocks of a zone by migrate type and order, as the map has them. */
struct block_counts {
	unsigned long nr[MIGRATE_TYPES][MAX_ORDER];
};

static const struct block_counts *count_blocks(const struct zone *zone)
{
	static struct block_counts counts;
	const struct page *page;
	unsigned long pfn;

	memset(&counts, 0, sizeof(counts));
	for_each_block(zone, pfn, page)
		if (page_state(page) == PAGE_FREE)
			counts.nr[get_pfnblock_migratetype(pfn)][page_block_order(page)]++;
	return &counts;
}

static unsigned long blocks_of_order(const struct block_counts *counts, unsigned int order)
{
	unsigned long sum = 0;
	int type;

	for (type = 0; type < MIGRATE_TYPES; type++)
		sum += counts->nr[type][order];
	return sum;
}

/* Some allocations, so that the lists are not all of one type and of the highest order. */
static struct page *blocks[3 * 4];

#define ENOUGH	90		/* pages: a 4 MiB machine has some more than that */

static int lists_init(struct kunit *test)
{
	static const gfp_t types[] = {
		GFP_KERNEL, GFP_KERNEL | __GFP_RECLAIMABLE, GFP_HIGHUSER | __GFP_MOVABLE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blocks); i++)
		blocks[i] = nr_free_pages() < ENOUGH ? NULL :
			    alloc_pages(types[i % 3] | __GFP_NOWARN, i % 5);
	return 0;
}

static void lists_exit(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blocks); i++)
		if (blocks[i])
			__free_pages(blocks[i], i % 5);
	drain_all_pages(NULL);
}

/* ---- buddyinfo ---- */

static void take_text(struct kunit *test, const char **at, const char *wanted)
{
	KUNIT_ASSERT_EQ_MSG(test, strncmp(*at, wanted, strlen(wanted)), 0, "\"%s\", not \"%s\"",
			    *at, wanted);
	*at += strlen(wanted);
}

/* The pages in a zone's line, which must have the number of blocks that the map has. */
static unsigned long check_buddyinfo_line(struct kunit *test, const struct zone *zone)
{
	const struct block_counts *counts = count_blocks(zone);
	const char *at = next_line();
	unsigned long pages = 0;
	unsigned int order;

	KUNIT_ASSERT_NOT_NULL(test, at);
	take_text(test, &at, expected("Node 0, zone %8s ", zone->name));
	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long nr = take_field(test, &at, 6);

		KUNIT_EXPECT_EQ(test, nr, blocks_of_order(counts, order));
		pages += nr << order;
	}
	KUNIT_EXPECT_STREQ(test, at, "");
	return pages;
}

static void buddyinfo_adds_up(struct kunit *test)	/* ledger: P4 I1 */
{
	const struct zone *zone;

	read_proc(test, "/proc/buddyinfo");
	for_each_populated_zone(zone)
		KUNIT_EXPECT_EQ(test, check_buddyinfo_line(test, zone),
				zone->nr_free_pages + zone->nr_isolated_free);
	KUNIT_EXPECT_NULL(test, next_line());
}

/* A block leaves the line of its zone, and comes back. */
static void buddyinfo_follows_a_block(struct kunit *test)	/* ledger: P4 I1 */
{
	unsigned long pages[MAX_NR_ZONES] = {};
	static char before[1024];
	const struct zone *zone;
	struct page *page;

	read_proc(test, "buddyinfo");
	KUNIT_ASSERT_GT(test, strscpy(before, whole_text(), sizeof(before)), 0);
	for_each_populated_zone(zone)
		pages[zone_idx(zone)] = check_buddyinfo_line(test, zone);

	page = alloc_pages(GFP_KERNEL, 4);	/* too large for the CPUs' lists */
	KUNIT_ASSERT_NOT_NULL(test, page);
	read_proc(test, "buddyinfo");
	for_each_populated_zone(zone)
		KUNIT_EXPECT_EQ(test, check_buddyinfo_line(test, zone),
				pages[zone_idx(zone)] - (zone == page_zone(page) ? 16 : 0));
	__free_pages(page, 4);
	read_proc(test, "buddyinfo");
	KUNIT_EXPECT_STREQ(test, whole_text(), before);
}

/* ---- pagetypeinfo ---- */

#define ORDERS_HEADING \
	"Free pages count per migrate type at order       0      1      2      3      4      5" \
	"      6      7      8      9     10 "
#define TYPES_HEADING \
	"Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic          CMA" \
	"      Isolate "

static const char *const type_names[MIGRATE_TYPES] = {
	"Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate",
};

static void expect_headings(struct kunit *test)
{
	EXPECT_LINE(test, "Page block order: 9");
	EXPECT_LINE(test, "Pages per block:  512");
	EXPECT_LINE(test, "%s", "");
	EXPECT_LINE(test, ORDERS_HEADING);
}

static void expect_free_lists(struct kunit *test, const struct zone *zone)
{
	const struct block_counts *counts = count_blocks(zone);
	unsigned int order;
	const char *at;
	int type;

	for (type = 0; type < MIGRATE_TYPES; type++) {
		at = next_line();
		KUNIT_ASSERT_NOT_NULL(test, at);
		take_text(test, &at, expected("Node    0, zone %8s, type %12s ", zone->name,
					      type_names[type]));
		for (order = 0; order < MAX_ORDER; order++)
			KUNIT_EXPECT_EQ(test, take_field(test, &at, 6), counts->nr[type][order]);
		KUNIT_EXPECT_STREQ(test, at, "");
	}
}

/* Pageblocks of each type that have RAM, as memblock knows it. */
static void expect_pageblocks(struct kunit *test, const struct zone *zone)
{
	unsigned long pfn = zone->zone_start_pfn, end, count[MIGRATE_TYPES] = {};
	const char *at = next_line();
	int type;

	for (; pfn < zone_end_pfn(zone); pfn = end) {
		end = min(rounddown(pfn, 512) + 512, zone_end_pfn(zone));
		if (memblock_overlaps_region(&memblock.memory, PFN_PHYS(pfn),
					     PFN_PHYS(end) - PFN_PHYS(pfn)))
			count[get_pfnblock_migratetype(pfn)]++;
	}
	KUNIT_ASSERT_NOT_NULL(test, at);
	take_text(test, &at, expected("Node 0, zone %8s ", zone->name));
	for (type = 0; type < MIGRATE_TYPES; type++)
		KUNIT_EXPECT_EQ(test, take_field(test, &at, 12), count[type]);
	KUNIT_EXPECT_STREQ(test, at, "");
}

static void pagetypeinfo_adds_up(struct kunit *test)	/* ledger: P10 I1 */
{
	const struct zone *zone;

	read_proc(test, "/proc/pagetypeinfo");
	expect_headings(test);
	for_each_populated_zone(zone)
		expect_free_lists(test, zone);
	EXPECT_LINE(test, "%s", "");
	EXPECT_LINE(test, TYPES_HEADING);
	for_each_populated_zone(zone)
		expect_pageblocks(test, zone);
	KUNIT_EXPECT_NULL(test, next_line());
}

/* A list without an end, in a place where nobody allocates: counting it ends at 100,000. */
static void pagetypeinfo_stops_counting(struct kunit *test)	/* ledger: P10 */
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct zone *zone;
	u32 *first;

	KUNIT_ASSERT_NOT_NULL(test, page);
	zone = page_zone(page);
	first = &zone->free_area[2].first[MIGRATE_HIGHATOMIC];
	KUNIT_ASSERT_EQ(test, *first, 0);
	*first = page_to_pfn(page);
	page->buddy.next_pfn = page_to_pfn(page);
	read_proc(test, "pagetypeinfo");
	*first = 0;
	page->buddy.next_pfn = 0;
	__free_page(page);
	KUNIT_EXPECT_NOT_NULL_MSG(test,
		strstr(whole_text(), expected("zone %8s, type   HighAtomic      0      0 >100000 "
					      "     0 ", zone->name)),
		"%s", whole_text());
}

/* ---- the report ---- */

static void expect_kinds(struct kunit *test)
{
	unsigned long free = 0, pcp = 0;
	const struct zone *zone;

	for_each_populated_zone(zone) {
		free += zone->nr_free_pages;
		pcp += zone->per_cpu_pageset[0].count;
	}
	EXPECT_LINE(test, "Mem-Info:");
	EXPECT_LINE(test, "active_anon:0 inactive_anon:0 isolated_anon:0");
	EXPECT_LINE(test, " active_file:0 inactive_file:0 isolated_file:0");
	EXPECT_LINE(test, " unevictable:0 dirty:0 writeback:0");
	EXPECT_LINE(test, " slab_reclaimable:%lu slab_unreclaimable:%lu", slab_pages(true),
		    slab_pages(false));
	EXPECT_LINE(test, " mapped:0 shmem:0 pagetables:0");
	EXPECT_LINE(test, " sec_pagetables:0 bounce:0");
	EXPECT_LINE(test, " kernel_misc_reclaimable:0");
	EXPECT_LINE(test, " free:%lu free_pcp:%lu free_cma:0", free, pcp);
	EXPECT_LINE(test, "Node 0 active_anon:0kB inactive_anon:0kB active_file:0kB "
		    "inactive_file:0kB unevictable:0kB isolated(anon):0kB isolated(file):0kB "
		    "mapped:0kB dirty:0kB writeback:0kB shmem:0kB writeback_tmp:0kB "
		    "kernel_stack:0kB pagetables:0kB sec_pagetables:0kB all_unreclaimable? no");
}

static void expect_zone(struct kunit *test, const struct zone *zone)
{
	const unsigned long *reserve = zone->lowmem_reserve;
	int pcp = zone->per_cpu_pageset[0].count;

	EXPECT_LINE(test, "%s free:%lukB boost:0kB min:%lukB low:%lukB high:%lukB "
		    "reserved_highatomic:0KB active_anon:0kB inactive_anon:0kB active_file:0kB "
		    "inactive_file:0kB unevictable:0kB writepending:0kB present:%lukB "
		    "managed:%lukB mlocked:0kB bounce:0kB free_pcp:%dkB local_pcp:%dkB free_cma:0kB",
		    zone->name, 4 * zone->nr_free_pages, 4 * zone->_watermark[WMARK_MIN],
		    4 * zone->_watermark[WMARK_LOW], 4 * zone->_watermark[WMARK_HIGH],
		    4 * zone->present_pages, 4 * zone->managed_pages, 4 * pcp, 4 * pcp);
	EXPECT_LINE(test, "lowmem_reserve[]: %lu %lu %lu %lu", reserve[0], reserve[1], reserve[2],
		    reserve[3]);
}

/* "DMA: 1*4kB (U) 0*8kB 2*16kB (UM) … = 36kB" */
static void expect_blocks(struct kunit *test, const struct zone *zone)
{
	const struct block_counts *counts = count_blocks(zone);
	unsigned long pages = 0;
	char line[512], *at = line;
	unsigned int order;
	int type;

	at += sprintf(at, "%s: ", zone->name);
	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long nr = blocks_of_order(counts, order);

		pages += nr << order;
		at += sprintf(at, "%lu*%ukB ", nr, 4 << order);
		if (!nr)
			continue;
		*at++ = '(';
		for (type = 0; type < MIGRATE_TYPES; type++)
			if (counts->nr[type][order])
				*at++ = "UMEHCI"[type];
		at += sprintf(at, ") ");
	}
	sprintf(at, "= %lukB", 4 * pages);
	EXPECT_LINE(test, "%s", line);
}

static void show_mem_reports(struct kunit *test)	/* ledger: P12 P4 P10 */
{
	unsigned long ram = 0, high = 0, managed = 0;
	const struct zone *zone;

	capture_begin();
	show_mem();
	read_text(capture_end());
	expect_kinds(test);
	for_each_populated_zone(zone)
		expect_zone(test, zone);
	for_each_populated_zone(zone) {
		expect_blocks(test, zone);
		ram += zone->present_pages;
		managed += zone->managed_pages;
		high += zone_idx(zone) >= ZONE_HIGHMEM ? zone->present_pages : 0;
	}
	EXPECT_LINE(test, "0 total pagecache pages");
	EXPECT_LINE(test, "%lu pages RAM", ram);
	EXPECT_LINE(test, "%lu pages HighMem/MovableOnly", high);
	EXPECT_LINE(test, "%lu pages reserved", ram - managed);
}

static struct kunit_case lists_cases[] = {
	KUNIT_CASE(buddyinfo_adds_up),
	KUNIT_CASE(buddyinfo_follows_a_block),
	KUNIT_CASE(pagetypeinfo_adds_up),
	KUNIT_CASE(pagetypeinfo_stops_counting),
	KUNIT_CASE(show_mem_reports),
	{}
};

static struct kunit_suite lists_suite = {
	.name = "proc_mm_lists",
	.init = lists_init,
	.exit = lists_exit,
	.test_cases = lists_cases,
};
kunit_test_suite(lists_suite);
