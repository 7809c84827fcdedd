// SPDX-License-Identifier: MIT
/* What is counted in pages: /proc/zoneinfo, meminfo and vmstat, against the zones themselves. */
#include <asm/pgtable.h>
#include <linux/ctype.h>
#include <linux/vmstat.h>

#include "../mm/internal.h"
#include "../mm/vmscan.h"
#include "text_lines.h"

/* ---- zoneinfo ---- */

static bool is_first(const struct zone *zone)
{
	const struct zone *z;

	for_each_populated_zone(z)
		return z == zone;
	return false;
}

/* "      nr_mlock     0": the name takes up twelve columns at least. */
static void expect_none(struct kunit *test, const char *const *names, unsigned int count)
{
	while (count--)
		EXPECT_LINE(test, "      %-12s 0", *names++);
}

static void expect_node_counters(struct kunit *test)
{
	static const char *const begin[] = {
		"nr_inactive_anon", "nr_active_anon", "nr_inactive_file", "nr_active_file",
		"nr_unevictable",
	};
	static const char *const middle[] = {
		"nr_isolated_anon", "nr_isolated_file", "workingset_nodes",
	};
	static const char *const end[] = {
		"nr_mapped", "nr_file_pages", "nr_dirty", "nr_writeback", "nr_writeback_temp",
		"nr_shmem",
	};
	const char *line;

	EXPECT_LINE(test, "  per-node stats");
	expect_none(test, begin, ARRAY_SIZE(begin));
	EXPECT_LINE(test, "      nr_slab_reclaimable %lu", slab_pages(true));
	EXPECT_LINE(test, "      nr_slab_unreclaimable %lu", slab_pages(false));
	expect_none(test, middle, ARRAY_SIZE(middle));
	do {
		line = next_line();
		KUNIT_ASSERT_NOT_NULL(test, line);
	} while (strcmp(line, "      nr_anon_pages 0"));
	expect_none(test, end, ARRAY_SIZE(end));
	do {
		line = next_line();
		KUNIT_ASSERT_NOT_NULL(test, line);
	} while (strcmp(line, "      nr_sec_page_table_pages 0"));
}

static void expect_sizes(struct kunit *test, const struct zone *zone)
{
	const unsigned long *reserve = zone->lowmem_reserve;

	EXPECT_LINE(test, "  pages free     %lu", zone->nr_free_pages);
	EXPECT_LINE(test, "        boost    0");
	EXPECT_LINE(test, "        min      %lu", zone->_watermark[0]);
	EXPECT_LINE(test, "        low      %lu", zone->_watermark[1]);
	EXPECT_LINE(test, "        high     %lu", zone->_watermark[2]);
	EXPECT_LINE(test, "        spanned  %lu", zone->spanned_pages);
	EXPECT_LINE(test, "        present  %lu", zone->present_pages);
	EXPECT_LINE(test, "        managed  %lu", zone->managed_pages);
	EXPECT_LINE(test, "        cma      0");
	EXPECT_LINE(test, "        protection: (%lu, %lu, %lu, %lu)", reserve[0], reserve[1],
		    reserve[2], reserve[3]);
}

static void expect_lists(struct kunit *test, const struct zone *zone)
{
	static const char *const none[] = {
		"nr_zone_inactive_anon", "nr_zone_active_anon", "nr_zone_inactive_file",
		"nr_zone_active_file", "nr_zone_unevictable", "nr_zone_write_pending", "nr_mlock",
		"nr_bounce", "nr_free_cma",
	};
	unsigned int cpu;

	EXPECT_LINE(test, "      nr_free_pages %lu", zone->nr_free_pages);
	expect_none(test, none, ARRAY_SIZE(none));
	EXPECT_LINE(test, "  pagesets");
	for_each_online_cpu(cpu) {
		const struct per_cpu_pages *pcp = &zone->per_cpu_pageset[cpu];

		EXPECT_LINE(test, "    cpu: %u", cpu);
		EXPECT_LINE(test, "              count: %d", pcp->count);
		EXPECT_LINE(test, "              high:  %d", pcp->high);
		EXPECT_LINE(test, "              batch: %d", pcp->batch);
		EXPECT_LINE(test, "  vm stats threshold: 0");
	}
	EXPECT_LINE(test, "  node_unreclaimable:  %d",
		    kswapd_of_node.failures >= MAX_RECLAIM_RETRIES);
	EXPECT_LINE(test, "  start_pfn:           %lu", zone->zone_start_pfn);
}

static void zoneinfo_shows_zones(struct kunit *test)	/* ledger: P12 I1 */
{
	static const char *const names[] = { "DMA", "Normal", "HighMem", "Movable" };
	const struct zone *zone;

	read_proc(test, "/proc/zoneinfo");
	for_each_zone(zone) {
		EXPECT_LINE(test, "Node 0, zone %8s", names[zone_idx(zone)]);
		if (is_first(zone))
			expect_node_counters(test);
		expect_sizes(test, zone);
		if (zone->present_pages)
			expect_lists(test, zone);
	}
	KUNIT_EXPECT_NULL(test, next_line());
}

/* ---- meminfo ---- */

static const char *const meminfo_names[] = {
	"MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached", "Active",
	"Inactive", "Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)",
	"Unevictable", "Mlocked", "HighTotal", "HighFree", "LowTotal", "LowFree", "SwapTotal",
	"SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped", "Shmem", "KReclaimable", "Slab",
	"SReclaimable", "SUnreclaim", "KernelStack", "PageTables", "SecPageTables",
	"NFS_Unstable", "Bounce", "WritebackTmp", "CommitLimit", "Committed_AS", "VmallocTotal",
	"VmallocUsed", "VmallocChunk", "Percpu", "DirectMap4k", "DirectMap2M",
};

/* "MemTotal:        1938272 kB": numbers end in the same column. */
static void meminfo_has_linux_lines(struct kunit *test)	/* ledger: I1 */
{
	const char *line;
	unsigned int i;

	read_proc(test, "/proc/meminfo");
	for (i = 0; i < ARRAY_SIZE(meminfo_names); i++) {
		char name[32];

		line = next_line();
		KUNIT_ASSERT_NOT_NULL(test, line);
		snprintf(name, sizeof(name), "%s:", meminfo_names[i]);
		KUNIT_ASSERT_EQ_MSG(test, strncmp(line, name, strlen(name)), 0,
				    "\"%s\", not %s", line, name);
		line += strlen(name);
		take_field(test, &line, 16 - strlen(name) + 8);
		KUNIT_EXPECT_STREQ(test, line, "kB");
	}
	KUNIT_EXPECT_NULL(test, next_line());
}

/* Linux's estimate without a page cache: free, less each zone's largest reserve and high mark. */
static unsigned long available(void)
{
	unsigned long kept = 0, free = 0;
	const struct zone *zone;
	int i;

	for_each_zone(zone) {
		unsigned long most = 0;

		for (i = zone_idx(zone); i < MAX_NR_ZONES; i++)
			most = max(most, zone->lowmem_reserve[i]);
		kept += min(most + zone->_watermark[WMARK_HIGH], zone->managed_pages);
		free += zone->nr_free_pages;
	}
	return free > kept ? free - kept : 0;
}

static void meminfo_adds_up(struct kunit *test)	/* ledger: P12 I1 */
{
	unsigned long low = 0, high = 0, low_free = 0, high_free = 0;
	const struct zone *zone;

	for_each_zone(zone) {
		bool is_high = zone_idx(zone) >= ZONE_HIGHMEM;

		*(is_high ? &high : &low) += zone->managed_pages;
		*(is_high ? &high_free : &low_free) += zone->nr_free_pages;
	}
	read_proc(test, "meminfo");
	KUNIT_EXPECT_EQ(test, number_of(test, "MemTotal"), 4 * (low + high));
	KUNIT_EXPECT_EQ(test, number_of(test, "MemFree"), 4 * (low_free + high_free));
	KUNIT_EXPECT_EQ(test, number_of(test, "MemAvailable"), 4 * available());
	KUNIT_EXPECT_EQ(test, number_of(test, "HighTotal"), 4 * high);
	KUNIT_EXPECT_EQ(test, number_of(test, "HighFree"), 4 * high_free);
	KUNIT_EXPECT_EQ(test, number_of(test, "LowTotal"), 4 * low);
	KUNIT_EXPECT_EQ(test, number_of(test, "LowFree"), 4 * low_free);
	KUNIT_EXPECT_EQ(test, number_of(test, "VmallocTotal"),
			(VMALLOC_END - VMALLOC_START) / 1024);
}

/* A page fewer, and one more again. */
static void meminfo_follows_a_block(struct kunit *test)	/* ledger: I1 */
{
	unsigned long before, with;
	struct page *page;

	read_proc(test, "meminfo");
	before = number_of(test, "MemFree");
	page = alloc_pages(GFP_KERNEL, 4);
	KUNIT_ASSERT_NOT_NULL(test, page);
	read_proc(test, "meminfo");
	with = number_of(test, "MemFree");
	__free_pages(page, 4);
	KUNIT_EXPECT_EQ(test, with, before - 64);
	read_proc(test, "meminfo");
	KUNIT_EXPECT_EQ(test, number_of(test, "MemFree"), before);
}

/* Every page of the direct map is looked up by itself. */
static void meminfo_measures_the_direct_map(struct kunit *test)	/* ledger: I1 */
{
	unsigned long addr, small = 0, large = 0;
	struct page_walk walk;

	for (addr = PAGE_OFFSET; addr < (unsigned long)high_memory; addr += PAGE_SIZE) {
		if (!walk_page_tables(addr, &walk))
			continue;
		*(walk.large ? &large : &small) += 4;
	}
	read_proc(test, "meminfo");
	KUNIT_EXPECT_EQ(test, number_of(test, "DirectMap4k"), small);
	KUNIT_EXPECT_EQ(test, number_of(test, "DirectMap2M"), large);
	KUNIT_EXPECT_EQ(test, large % 2048, 0);
}

/* ---- vmstat ---- */

/* A name of small letters, digits and underscores, one blank, one number. */
static void expect_counter(struct kunit *test, const char *line)
{
	const char *p = line;

	while (islower(*p) || isdigit(*p) || *p == '_')
		p++;
	KUNIT_EXPECT_TRUE_MSG(test, p > line && *p == ' ' && isdigit(p[1]), "%s", line);
	for (p++; isdigit(*p); p++)
		;
	KUNIT_EXPECT_EQ_MSG(test, *p, '\0', "%s", line);
}

static void vmstat_has_linux_form(struct kunit *test)	/* ledger: I1 */
{
	const char *line;
	char last[64] = "";

	read_proc(test, "/proc/vmstat");
	EXPECT_LINE(test, "nr_free_pages %lu", nr_free_pages());
	while ((line = next_line())) {
		expect_counter(test, line);
		KUNIT_ASSERT_GT(test, strscpy(last, line, sizeof(last)), 0);
	}
	KUNIT_EXPECT_EQ(test, strncmp(last, "alloc_fail ", 11), 0);	/* behind Linux's: the ladder */
}

/* Linux's order, here at the seams between its groups. */
static void vmstat_keeps_linux_order(struct kunit *test)	/* ledger: I1 */
{
	static const char *const names[] = {
		"nr_zone_inactive_anon", "nr_free_cma", "nr_inactive_anon",
		"nr_throttled_written", "nr_sec_page_table_pages", "pgpgin", "pswpout",
		"pgalloc_dma", "pgalloc_normal", "pgalloc_high", "pgalloc_movable",
		"allocstall_dma", "allocstall_movable", "pgskip_dma", "pgskip_movable", "pgfree",
		"pgactivate", "pgfault", "pgscan_kswapd", "pgsteal_file", "oom_kill",
		"unevictable_pgs_culled", "direct_map_level3_splits",
	};
	const char *at, *found;
	unsigned int i;

	read_proc(test, "vmstat");
	for (at = whole_text(), i = 0; i < ARRAY_SIZE(names); i++) {
		found = strstr(at, expected("\n%s ", names[i]));
		KUNIT_ASSERT_NOT_NULL_MSG(test, found, "%s", names[i]);
		at = found + 1;
	}
}

static const char *const pgalloc_names[MAX_NR_ZONES] = {
	"pgalloc_dma", "pgalloc_normal", "pgalloc_high", "pgalloc_movable",
};

struct events {
	unsigned long alloc[MAX_NR_ZONES], free;
};

static struct events read_events(struct kunit *test)
{
	struct events events;
	int i;

	read_proc(test, "vmstat");
	for (i = 0; i < MAX_NR_ZONES; i++)
		events.alloc[i] = number_of(test, pgalloc_names[i]);
	events.free = number_of(test, "pgfree");
	return events;
}

/* Pages are counted in the zone that they come from: on a CPU's lists and past them. */
static void vmstat_counts_pages(struct kunit *test)	/* ledger: P4 I1 */
{
	struct events before = read_events(test), taken, given_back;
	struct page *one = alloc_page(GFP_HIGHUSER), *many = alloc_pages(GFP_KERNEL, 4);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, one);
	KUNIT_ASSERT_NOT_NULL(test, many);
	taken = read_events(test);
	before.alloc[page_zonenum(one)] += 1;
	before.alloc[page_zonenum(many)] += 16;
	__free_page(one);
	__free_pages(many, 4);
	given_back = read_events(test);
	drain_all_pages(NULL);
	for (i = 0; i < MAX_NR_ZONES; i++) {
		KUNIT_EXPECT_EQ(test, taken.alloc[i], before.alloc[i]);
		KUNIT_EXPECT_EQ(test, given_back.alloc[i], before.alloc[i]);
	}
	KUNIT_EXPECT_EQ(test, taken.free, before.free);
	KUNIT_EXPECT_EQ(test, given_back.free, before.free + 17);
}

static struct kunit_case counters_cases[] = {
	KUNIT_CASE(zoneinfo_shows_zones),
	KUNIT_CASE(meminfo_has_linux_lines),
	KUNIT_CASE(meminfo_adds_up),
	KUNIT_CASE(meminfo_follows_a_block),
	KUNIT_CASE(meminfo_measures_the_direct_map),
	KUNIT_CASE(vmstat_has_linux_form),
	KUNIT_CASE(vmstat_keeps_linux_order),
	KUNIT_CASE(vmstat_counts_pages),
	{}
};

static struct kunit_suite counters_suite = {
	.name = "proc_mm_counters",
	.test_cases = counters_cases,
};
kunit_test_suite(counters_suite);
