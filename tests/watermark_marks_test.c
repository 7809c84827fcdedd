// SPDX-License-Identifier: MIT
/* Watermarks and reserves, computed again from Linux's formulas for the machine at hand. */
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "zone_sandbox.h"

static unsigned long lowmem_managed(void)
{
	const struct zone *zones = contig_page_data.node_zones;

	return zones[ZONE_DMA].managed_pages + zones[ZONE_NORMAL].managed_pages;
}

/*
 * ledger: P12. 4 * sqrt(low memory in KiB), from 128 KiB to 256 MiB; unless the command line says
 * otherwise.
 */
static void default_min_free_kbytes(struct kunit *test)
{
	unsigned long root = int_sqrt(16 * 4 * lowmem_managed());

	KUNIT_EXPECT_EQ(test, min_free_kbytes,
			user_min_free_kbytes >= 0 ? user_min_free_kbytes :
			clamp(root, 128UL, 262144UL));
}

/* The zone's part of min_free_kbytes, by its part of low memory. */
static u64 share_of_min(const struct zone *zone)
{
	return div_u64((u64)(min_free_kbytes / 4) * zone->managed_pages, lowmem_managed());
}

static u64 expected_min(const struct zone *zone)
{
	if (zone_idx(zone) < ZONE_HIGHMEM)
		return share_of_min(zone);
	return clamp(zone->managed_pages / 1024, 32UL, 128UL);
}

static void expect_marks(struct kunit *test)
{
	const struct zone *zone;

	for_each_populated_zone(zone) {
		u64 scaled = div_u64((u64)zone->managed_pages * watermark_scale_factor, 10000);
		u64 step = max(share_of_min(zone) / 4, scaled);

		KUNIT_EXPECT_EQ(test, (u64)min_wmark_pages(zone), expected_min(zone));
		KUNIT_EXPECT_EQ(test, (u64)low_wmark_pages(zone), expected_min(zone) + step);
		KUNIT_EXPECT_EQ(test, (u64)high_wmark_pages(zone), expected_min(zone) + 2 * step);
	}
}

/* ledger: P12 */
static void marks_follow_linux(struct kunit *test)
{
	expect_marks(test);
}

/* ledger: P12 */
static void marks_follow_the_tunables(struct kunit *test)
{
	static const struct { int min, scale; } settings[] = {
		{ 128, 10 }, { 1000, 10 }, { 1003, 1 }, { 128, 1000 }, { 65536, 3000 }, { 262144, 10 },
	};
	int min_before = min_free_kbytes, scale_before = watermark_scale_factor;

	for (int i = 0; i < ARRAY_SIZE(settings); i++) {
		min_free_kbytes = settings[i].min;
		watermark_scale_factor = settings[i].scale;
		setup_per_zone_wmarks();
		expect_marks(test);
	}
	min_free_kbytes = min_before;
	watermark_scale_factor = scale_before;
	setup_per_zone_wmarks();
	expect_marks(test);
}

static void expect_reserves(struct kunit *test)
{
	const struct zone *zones = contig_page_data.node_zones;

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		unsigned long above = 0;

		for (int j = 0; j < MAX_NR_ZONES; j++) {
			int ratio = sysctl_lowmem_reserve_ratio[i];

			above += j > i ? zones[j].managed_pages : 0;
			KUNIT_EXPECT_EQ_MSG(test, zones[i].lowmem_reserve[j],
					    ratio && zones[i].managed_pages ? above / ratio : 0,
					    "zone %d against %d", i, j);
		}
	}
}

static void set_reserve_ratios(int dma, int normal)
{
	sysctl_lowmem_reserve_ratio[ZONE_DMA] = dma;
	sysctl_lowmem_reserve_ratio[ZONE_NORMAL] = normal;
	setup_per_zone_lowmem_reserve();
}

/* ledger: P12 */
static void lowmem_reserve_follows_linux(struct kunit *test)
{
	int dma = sysctl_lowmem_reserve_ratio[ZONE_DMA];
	int normal = sysctl_lowmem_reserve_ratio[ZONE_NORMAL];

	expect_reserves(test);
	set_reserve_ratios(0, 1);		/* no reserve; all of what is above */
	expect_reserves(test);
	set_reserve_ratios(1000, 7);
	expect_reserves(test);
	set_reserve_ratios(dma, normal);
	expect_reserves(test);
}

static struct kunit_case watermark_marks_cases[] = {
	KUNIT_CASE(default_min_free_kbytes),
	KUNIT_CASE(marks_follow_linux),
	KUNIT_CASE(marks_follow_the_tunables),
	KUNIT_CASE(lowmem_reserve_follows_linux),
	{}
};

static struct kunit_suite watermark_marks_suite = {
	.name = "watermark_marks",
	.init = zone_sandbox_enter,
	.exit = zone_sandbox_leave,
	.test_cases = watermark_marks_cases,
};
kunit_test_suite(watermark_marks_suite);
