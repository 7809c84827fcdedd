// SPDX-License-Identifier: MIT
/*
 * Watermarks and reserves: how much of a zone each kind of request must leave alone.
 *
 * 1. The idea
 * If everybody could take the last page, those could not work who must not fail: an interrupt that
 * cannot wait, and the code that frees memory and needs a little for it. So each zone has three
 * marks. Above "low" everyone is served; at "low" kswapd is to start, at "high" it may stop (there
 * is none yet; the marks are Linux's); below "min" only the privileged get anything (Gorman,
 * chapter 2.2; Linux's admin-guide/sysctl/vm).
 *
 * 2. Where the numbers come from
 *	min_free_kbytes		4 * sqrt(low memory in KiB), between 128 KiB and 256 MiB
 *	min of a low zone	its share of that, by size
 *	min of HIGHMEM		a 1024th of it, between 32 and 128 pages: nobody needs it to free memory
 *	low, high		min plus once, twice a quarter of min's share, or
 *				watermark_scale_factor / 10000 of the zone, whichever is more
 *	lowmem_reserve[i]	what a zone keeps from requests that zone i could serve as well:
 *				the pages of all zones between, divided by lowmem_reserve_ratio
 * The last keeps user pages, which could be anywhere, from filling up the memory that only some
 * devices or only the kernel can use.
 *
 * 3. Zonelists
 * One for each combination of zone flags, best zone first, with the mark that a normal request
 * is measured against. Combinations that contradict themselves have an empty list.
 *
 * 4. Locking
 * Written at boot and from /proc/sys/vm (process context, one writer at a time); read without a
 * lock: a request may be measured against the old mark.
 */
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "internal.h"

int min_free_kbytes = 1024;
int user_min_free_kbytes = -1;
int watermark_scale_factor = 10;
int sysctl_lowmem_reserve_ratio[MAX_NR_ZONES] = { 256, 32, 0, 0 };
unsigned long totalreserve_pages;

#define MIN_FREE_KBYTES_LEAST	128
#define MIN_FREE_KBYTES_MOST	(256 * 1024)
#define HIGHMEM_MIN_LEAST	32UL
#define HIGHMEM_MIN_MOST	128UL

/* ---- zonelists ---- */

#define NO_ZONE	MAX_NR_ZONES

/* The highest zone that zone flags allow. DMA32 is below 4 GiB, and so is everything mapped. */
static const u8 highest_zone[16] = {
	[0]						= ZONE_NORMAL,
	[___GFP_DMA]					= ZONE_DMA,
	[___GFP_HIGHMEM]				= ZONE_HIGHMEM,
	[___GFP_DMA | ___GFP_HIGHMEM]			= NO_ZONE,
	[___GFP_DMA32]					= ZONE_NORMAL,
	[___GFP_DMA32 | ___GFP_DMA]			= NO_ZONE,
	[___GFP_DMA32 | ___GFP_HIGHMEM]			= NO_ZONE,
	[___GFP_DMA32 | ___GFP_HIGHMEM | ___GFP_DMA]	= NO_ZONE,
	[___GFP_MOVABLE]				= ZONE_NORMAL,
	[___GFP_MOVABLE | ___GFP_DMA]			= ZONE_DMA,
	[___GFP_MOVABLE | ___GFP_HIGHMEM]		= ZONE_MOVABLE,
	[___GFP_MOVABLE | ___GFP_DMA | ___GFP_HIGHMEM]	= NO_ZONE,
	[___GFP_MOVABLE | ___GFP_DMA32]			= ZONE_NORMAL,
	[___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_DMA]	= NO_ZONE,
	[___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_HIGHMEM] = NO_ZONE,
	[___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_HIGHMEM | ___GFP_DMA] = NO_ZONE,
};

/* With its lock: the reserve may be changing (mmzone.c). */
static void set_ref(struct zoneref *ref, struct zone *zone, int highest)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	ref->zone = zone;
	ref->low_mark = page_watchers ? MARK_UNREACHABLE :
			low_wmark_pages(zone) + zone->lowmem_reserve[highest] +
			zone->nr_reserved_highatomic;
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void build_zonelist(struct zonelist *list, int highest)
{
	struct zoneref *ref = list->refs;

	list->highest = highest == NO_ZONE ? ZONE_NORMAL : highest;
	for (int i = highest; highest != NO_ZONE && i >= 0; i--) {
		struct zone *zone = &contig_page_data.node_zones[i];

		if (!managed_zone(zone))
			continue;
		set_ref(ref++, zone, highest);
	}
	if (ref == list->refs)
		*ref++ = (struct zoneref)REF_NOWHERE;
	ref->zone = NULL;
}

void build_zonelists(void)
{
	for (unsigned int flags = 0; flags < ARRAY_SIZE(contig_page_data.zonelists); flags++) {
		bool no_type = (flags & GFP_MOVABLE_MASK) == GFP_MOVABLE_MASK;

		build_zonelist(&contig_page_data.zonelists[flags],
			       no_type ? NO_ZONE : highest_zone[flags & GFP_ZONEMASK]);
	}
}

/* ---- marks ---- */

/* High memory is counted separately: it does not help those who must not fail. */
static unsigned long lowmem_pages(void)
{
	const struct zone *zone;
	unsigned long pages = 0;

	for_each_zone(zone)
		if (!is_highmem(zone))
			pages += zone->managed_pages;
	return pages;
}

static void set_watermarks(struct zone *zone, unsigned long pages_min, unsigned long lowmem)
{
	u64 share = div_u64((u64)pages_min * zone->managed_pages, max(lowmem, 1UL));
	u64 scaled = div_u64((u64)zone->managed_pages * watermark_scale_factor, 10000);
	unsigned long step;

	/* More than any zone has is enough; and the sum of all of them must not wrap. */
	share = min_t(u64, share, MARK_UNREACHABLE / 4);
	step = max_t(u64, share / 4, scaled);

	if (is_highmem(zone))
		zone->_watermark[WMARK_MIN] = clamp(zone->managed_pages / 1024,
						    HIGHMEM_MIN_LEAST, HIGHMEM_MIN_MOST);
	else
		zone->_watermark[WMARK_MIN] = share;
	zone->_watermark[WMARK_LOW] = zone->_watermark[WMARK_MIN] + step;
	zone->_watermark[WMARK_HIGH] = zone->_watermark[WMARK_LOW] + step;
}

/* What is kept back in all zones together, for the estimate of what is available. */
static void count_reserves(void)
{
	struct zone *zone;

	totalreserve_pages = 0;
	for_each_zone(zone) {
		unsigned long most = 0;

		for (int i = zone_idx(zone); i < MAX_NR_ZONES; i++)
			most = max(most, zone->lowmem_reserve[i]);
		totalreserve_pages += min(most + high_wmark_pages(zone), zone->managed_pages);
	}
}

void setup_per_zone_wmarks(void)
{
	unsigned long pages_min = min_free_kbytes >> (PAGE_SHIFT - 10);
	unsigned long lowmem = lowmem_pages();
	struct zone *zone;

	for_each_zone(zone) {
		set_watermarks(zone, pages_min, lowmem);
		pcp_set_sizes(zone);
	}
	build_zonelists();
	count_reserves();
}

void setup_per_zone_lowmem_reserve(void)
{
	struct zone *zones = contig_page_data.node_zones;

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		int ratio = sysctl_lowmem_reserve_ratio[i];
		unsigned long above = 0;

		for (int j = i + 1; j < MAX_NR_ZONES; j++) {
			above += zones[j].managed_pages;
			zones[i].lowmem_reserve[j] =
				ratio && zones[i].managed_pages ? above / ratio : 0;
		}
	}
	build_zonelists();
	count_reserves();
}

static int default_min_free_kbytes(void)
{
	unsigned long lowmem_kbytes = nr_free_buffer_pages() * (PAGE_SIZE / 1024);

	return clamp_t(unsigned long, int_sqrt(lowmem_kbytes * 16), MIN_FREE_KBYTES_LEAST,
		       MIN_FREE_KBYTES_MOST);
}

void __init watermarks_init(void)
{
	build_zonelists();
	min_free_kbytes = user_min_free_kbytes >= 0 ? user_min_free_kbytes :
						      default_min_free_kbytes();
	setup_per_zone_wmarks();
	setup_per_zone_lowmem_reserve();
}

/* ---- measuring a request ---- */

long watermark_floor(unsigned long mark, unsigned int alloc_flags)
{
	long floor = mark;

	if (alloc_flags & ALLOC_NO_WATERMARKS)
		return -1;
	if (alloc_flags & ALLOC_HIGH)
		floor -= floor / 2;
	if (alloc_flags & ALLOC_OOM)
		floor -= floor / 2;
	else if (alloc_flags & ALLOC_HARDER)
		floor -= floor / 4;
	return floor;
}

unsigned long highatomic_kept_from(const struct zone *zone, unsigned int alloc_flags)
{
	return alloc_flags & (ALLOC_HARDER | ALLOC_OOM | ALLOC_NO_WATERMARKS) ? 0 :
	       zone->nr_reserved_highatomic;
}

/* A block of at least @order on a list that such a request may use. */
static bool has_block(const struct zone *zone, unsigned int order, unsigned int alloc_flags)
{
	u32 orders = alloc_flags & ALLOC_HARDER ? zone->free_orders[MIGRATE_HIGHATOMIC] : 0;

	for (int type = 0; type < MIGRATE_PCPTYPES; type++)
		orders |= zone->free_orders[type];
	return orders >> order;
}

bool zone_watermark_ok(struct zone *zone, unsigned int order, unsigned long mark,
		       int highest_zoneidx, unsigned int alloc_flags)
{
	long usable = zone->nr_free_pages - ((1L << order) - 1) - highatomic_kept_from(zone, alloc_flags);
	long reserve = zone->lowmem_reserve[highest_zoneidx];

	if (!(alloc_flags & ALLOC_NO_WATERMARKS) &&
	    usable <= watermark_floor(mark, alloc_flags) + reserve)
		return false;
	return !order || has_block(zone, order, alloc_flags);
}

/* ---- how much there is ---- */

unsigned long nr_free_pages(void)
{
	const struct zone *zone;
	unsigned long pages = 0;

	for_each_zone(zone)
		pages += zone->nr_free_pages;
	return pages;
}

unsigned long nr_free_buffer_pages(void)
{
	const struct zoneref *ref;
	unsigned long pages = 0;

	for (ref = gfp_zonelist(GFP_USER)->refs; ref->zone; ref++)
		if (ref->zone->managed_pages > high_wmark_pages(ref->zone))
			pages += ref->zone->managed_pages - high_wmark_pages(ref->zone);
	return pages;
}

unsigned long totalhigh_pages(void)
{
	const struct zone *zone;
	unsigned long pages = 0;

	for_each_zone(zone)
		if (is_highmem(zone))
			pages += zone->managed_pages;
	return pages;
}

void si_meminfo(struct sysinfo *val)
{
	const struct zone *zone;

	memset(val, 0, sizeof(*val));
	val->totalram = totalram_pages();
	val->freeram = nr_free_pages();
	val->totalhigh = totalhigh_pages();
	for_each_zone(zone)
		if (is_highmem(zone))
			val->freehigh += zone->nr_free_pages;
	val->mem_unit = PAGE_SIZE;
}
