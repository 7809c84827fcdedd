// SPDX-License-Identifier: MIT
/* gfp: what a set of allocation flags asks for, in words. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <quarry/monitor.h>

#include "../internal.h"
#include "show.h"

#define HEADING "  %-11s "
#define ZONE_FLAGS (__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM)

/* Every zone that a request may be served from. Those without pages do not count. */
#define for_each_zone_of(gfp, ref) \
	for ((ref) = gfp_zonelist(gfp)->refs; (ref)->zone; (ref)++) \
		if (!managed_zone((ref)->zone)) {} else

static bool all_of(gfp_t gfp, gfp_t flags)
{
	return (gfp & flags) == flags;
}

/* ---- contradictions ---- */

static bool zones_contradict(gfp_t gfp)
{
	gfp_t zones = gfp & ZONE_FLAGS;

	return zones & (zones - 1);
}

static bool types_contradict(gfp_t gfp)
{
	return all_of(gfp, GFP_MOVABLE_MASK);
}

/* Of the flags in @mask, those that count for nothing. */
static void show_ignored(gfp_t gfp, gfp_t mask)
{
	gfp_t ignored = gfp & ~gfp_as_served(gfp) & mask;

	if (ignored)
		monitor_printf(" (as if %pGg were not there)", &ignored);
}

/* ---- what is asked for ---- */

static void show_zones(gfp_t gfp)
{
	const struct zoneref *ref;
	bool any = false;

	monitor_printf(HEADING, "zones");
	for_each_zone_of(gfp_as_served(gfp), ref) {
		monitor_printf("%s%s", any ? ", then " : "", ref->zone->name);
		any = true;
	}
	monitor_printf("%s", any ? "" : "none that has pages");
	show_ignored(gfp, ZONE_FLAGS);
	monitor_printf("\n");
}

static void show_type(gfp_t gfp)
{
	unsigned int type = (gfp_as_served(gfp) & GFP_MOVABLE_MASK) >> GFP_MOVABLE_SHIFT;

	monitor_printf(HEADING "%s", "type", migratetype_names[type]);
	show_ignored(gfp, GFP_MOVABLE_MASK);
	monitor_printf("%s\n",
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

static bool must_not_fail(gfp_t gfp)
{
	return all_of(gfp, __GFP_NOFAIL | __GFP_DIRECT_RECLAIM);
}

static const char *failure_text(gfp_t gfp)
{
	if (must_not_fail(gfp))
		return "never: it waits as long as it takes";
	if (gfp & __GFP_NOFAIL)
		return gfp & __GFP_NOWARN ? "NULL" : "a warning and NULL";
	if (!(gfp & __GFP_DIRECT_RECLAIM))
		return "at once";
	if (gfp & __GFP_NORETRY)
		return "after one round of reclaim";
	if (gfp & __GFP_RETRY_MAYFAIL)
		return "after 16 rounds of reclaim that brought nothing; nobody is killed for it";
	return "up to order 3, not before there is nobody left to kill; above, after one round";
}

static void show_failure(gfp_t gfp)
{
	monitor_printf(HEADING "%s", "failure", failure_text(gfp));
	if (must_not_fail(gfp))
		monitor_printf("\n");
	else
		monitor_printf("; %s\n", gfp & __GFP_NOWARN ? "not reported" : "reported in the log");
}

/* ---- how far down ---- */

/* The flags of the lowest rung of the ladder (page_slow.c) that such a request gets to. */
static unsigned int lowest_rung(gfp_t gfp)
{
	if (must_not_fail(gfp) || ((gfp & __GFP_MEMALLOC) && !(gfp & __GFP_NOMEMALLOC)))
		return ALLOC_NO_WATERMARKS;
	if (gfp & __GFP_DIRECT_RECLAIM)
		gfp &= ~__GFP_ATOMIC;
	return gfp_to_alloc_flags(gfp);
}

/*
 * The floor as a fraction of min. Every step down takes a half or a quarter, so the floor of a mark
 * of 64 is exact.
 */
static void show_fraction(unsigned int alloc_flags)
{
	long floor = watermark_floor(64, alloc_flags), divisor = 64;

	for (; floor % 2 == 0; floor /= 2)
		divisor /= 2;
	if (divisor == 1)
		monitor_printf("min");
	else
		monitor_printf("%ld/%ld of min", floor, divisor);
}

/* One page is refused when so many are free: floor, and what is kept from such requests. */
static void show_floor(const struct zone *zone, unsigned int alloc_flags, unsigned long reserve)
{
	reserve += highatomic_kept_from(zone, alloc_flags);
	monitor_printf("%s %ld", zone->name,
		       watermark_floor(min_wmark_pages(zone), alloc_flags));
	if (reserve)
		monitor_printf(" + %lu", reserve);
}

static void show_reserves(gfp_t gfp)
{
	const struct zonelist *list = gfp_zonelist(gfp_as_served(gfp));
	unsigned int alloc_flags = lowest_rung(gfp);
	const struct zoneref *ref;
	bool any = false;

	monitor_printf(HEADING, "refused at");
	if (alloc_flags & ALLOC_NO_WATERMARKS) {
		monitor_printf("no mark: it may have the last page\n");
		return;
	}
	show_fraction(alloc_flags);
	monitor_printf(", plus the zone's reserve against this request; free pages:\n");
	monitor_printf(HEADING, "");
	for_each_zone_of(gfp_as_served(gfp), ref) {
		monitor_printf("%s", any ? ", " : "");
		show_floor(ref->zone, alloc_flags, ref->zone->lowmem_reserve[list->highest]);
		any = true;
	}
	monitor_printf("%s\n", any ? "" : "always: there is no zone");
}

static void show_memory(gfp_t gfp)
{
	monitor_printf(HEADING "%s; %s\n", "memory", gfp & __GFP_ZERO ? "zeroed" : "not zeroed",
		       gfp & __GFP_COMP ? "several pages are one compound page" :
					  "several pages are not compound");
}

/* ---- what should not be ---- */

static void warn_of(bool wrong, const char *sentence)
{
	if (wrong)
		monitor_printf(HEADING "%s\n", "WRONG:", sentence);
}

static void show_mistakes(gfp_t gfp)
{
	gfp_t unknown = gfp & ~known_gfp_bits();

	if (unknown)
		monitor_printf(HEADING "bits that mean nothing: %#x\n", "WRONG:", unknown);
	warn_of(zones_contradict(gfp),
		"zones that exclude each other: served as above, with a warning");
	warn_of(types_contradict(gfp),
		"movable and reclaimable at once: served as reclaimable, with a warning");
	warn_of((gfp & __GFP_NOFAIL) && !(gfp & __GFP_DIRECT_RECLAIM),
		"__GFP_NOFAIL of who may not wait for memory");
	warn_of(all_of(gfp, __GFP_ATOMIC | __GFP_DIRECT_RECLAIM),
		"__GFP_ATOMIC says that it cannot wait, __GFP_DIRECT_RECLAIM that it may:\n"
		"              __GFP_ATOMIC is ignored, with a warning, when memory is short");
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
	show_failure(gfp);
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
