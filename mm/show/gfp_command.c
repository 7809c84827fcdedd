// SPDX-License-Identifier: MIT
/* gfp: what a set of allocation flags asks for, in words. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <quarry/monitor.h>

#include "../internal.h"
#include "show.h"

#define HEADING "  %-11s "

/* Every zone that a request may be served from. Those without pages do not count. */
#define for_each_zone_of(gfp, ref) \
	for ((ref) = gfp_zonelist(gfp)->refs; (ref)->zone; (ref)++) \
		if (!managed_zone((ref)->zone)) {} else

static void show_zones(gfp_t gfp)
{
	const struct zoneref *ref;
	bool any = false;

	monitor_printf(HEADING, "zones");
	for_each_zone_of(gfp, ref) {
		monitor_printf("%s%s", any ? ", then " : "", ref->zone->name);
		any = true;
	}
	monitor_printf("%s\n", any ? "" : "none that has pages");
}

static void show_type(gfp_t gfp)
{
	unsigned int type = (gfp & GFP_MOVABLE_MASK) >> GFP_MOVABLE_SHIFT;

	monitor_printf(HEADING "%s%s\n", "type",
		       type < MIGRATE_PCPTYPES ? migratetype_names[type] : "none",
		       page_group_by_mobility_disabled ? "; too little memory to group by it" : "");
}

static void show_waiting(gfp_t gfp)
{
	monitor_printf(HEADING, "waiting");
	if (!(gfp & __GFP_DIRECT_RECLAIM)) {
		monitor_printf("never sleeps%s\n",
			       gfp & __GFP_KSWAPD_RECLAIM ? "; wakes kswapd" : "; wakes nobody");
		return;
	}
	monitor_printf("may sleep and reclaim, %s I/O, %s file systems%s\n",
		       gfp & __GFP_IO ? "with" : "without", gfp & __GFP_FS ? "with" : "without",
		       gfp & __GFP_KSWAPD_RECLAIM ? "; wakes kswapd" : "");
}

static void show_effort(gfp_t gfp)
{
	monitor_printf(HEADING "%s%s\n", "failure",
		       gfp & __GFP_NOFAIL ? "none: tries for ever" :
		       gfp & __GFP_NORETRY ? "after one round of reclaim" :
		       gfp & __GFP_RETRY_MAYFAIL ? "after trying hard" : "when all else has failed",
		       gfp & __GFP_NOWARN ? "; not reported" : "; reported in the log");
}

/*
 * The floor as a fraction of min. Every step down takes a half or a quarter, so the floor of a mark
 * of 64 is exact.
 */
static void show_floor(unsigned int alloc_flags)
{
	long floor = watermark_floor(64, alloc_flags), divisor = 64;

	for (; floor % 2 == 0; floor /= 2)
		divisor /= 2;
	if (divisor == 1)
		monitor_printf("none: stops at min, which is");
	else
		monitor_printf("down to %ld/%ld of min, which is", floor, divisor);
}

static void show_reserves(gfp_t gfp)
{
	unsigned int alloc_flags = gfp_to_alloc_flags(gfp);
	const char *separator = " ";
	const struct zoneref *ref;

	monitor_printf(HEADING, "reserves");
	if ((gfp & __GFP_MEMALLOC) && !(gfp & __GFP_NOMEMALLOC)) {
		monitor_printf("all of them: down to the last page\n");
		return;
	}
	show_floor(alloc_flags);
	for_each_zone_of(gfp, ref) {
		monitor_printf("%s%ld pages in %s", separator,
			       watermark_floor(min_wmark_pages(ref->zone), alloc_flags),
			       ref->zone->name);
		separator = ", ";
	}
	monitor_printf("\n");
}

static void show_memory(gfp_t gfp)
{
	monitor_printf(HEADING "%s; %s\n", "memory", gfp & __GFP_ZERO ? "zeroed" : "not zeroed",
		       gfp & __GFP_COMP ? "several pages are one compound page" :
					  "several pages are not compound");
}

/* ---- what should not be ---- */

static bool all_of(gfp_t gfp, gfp_t flags)
{
	return (gfp & flags) == flags;
}

static void warn_of(bool wrong, const char *sentence)
{
	if (wrong)
		monitor_printf(HEADING "%s\n", "WRONG:", sentence);
}

static void show_mistakes(gfp_t gfp)
{
	gfp_t zones = gfp & (__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM);
	gfp_t unknown = gfp & ~known_gfp_bits();

	if (unknown)
		monitor_printf(HEADING "bits that mean nothing: %#x\n", "WRONG:", unknown);
	warn_of(zones & (zones - 1),
		"zones that exclude each other; served as without __GFP_HIGHMEM and GFP_DMA32");
	warn_of(all_of(gfp, GFP_MOVABLE_MASK), "movable and reclaimable at once");
	warn_of((gfp & __GFP_NOFAIL) && !(gfp & __GFP_DIRECT_RECLAIM),
		"__GFP_NOFAIL of who may not wait for memory");
	warn_of(all_of(gfp, __GFP_ATOMIC | __GFP_DIRECT_RECLAIM),
		"__GFP_ATOMIC says that it cannot wait, __GFP_DIRECT_RECLAIM that it may");
	warn_of(all_of(gfp, __GFP_MEMALLOC | __GFP_NOMEMALLOC),
		"__GFP_MEMALLOC without effect: __GFP_NOMEMALLOC forbids it");
}

static int cmd_gfp(int argc, char **argv)
{
	gfp_t gfp = 0;

	if (argc < 2)
		return -EINVAL;
	for (int i = 1; i < argc; i++)
		if (parse_gfp("gfp", argv[i], &gfp))
			return -ENOENT;
	monitor_printf("%#x = %pGg\n", gfp, &gfp);
	show_zones(gfp);
	show_type(gfp);
	show_waiting(gfp);
	show_effort(gfp);
	show_reserves(gfp);
	show_memory(gfp);
	show_mistakes(gfp);
	return 0;
}

static const char *complete_gfp(int arg, unsigned int n)
{
	return nth_gfp_name(n);
}

MONITOR_COMMAND_COMPLETE(gfp, "MASK|NAME...", "allocation flags: what they ask for", cmd_gfp,
			 complete_gfp);
