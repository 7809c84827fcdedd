// SPDX-License-Identifier: MIT
/*
 * `watermarks`: a bar for each zone, with its free pages and the marks that they are measured against, and
 * what kswapd is doing; again each second, until a key is typed.
 *
 *	zone      0                                  free KB     min     low    high
 *	Normal   |==========m==l..h...............|     1500    1272    1588    1904
 *
 * The bar ends at twice the high mark, since that is where things happen; ">": more is free than that. It
 * is drawn anew below, not over the old one: so it can be read in a log, and on any terminal.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <quarry/console_input.h>
#include <quarry/monitor.h>

#include "../vmscan.h"

#define CELLS	32

#define K(pages)	((pages) << (PAGE_SHIFT - 10))

/* ---- one zone ---- */

/* Where so many pages are in a bar that ends at @end; the last cell stands for more as well. */
static unsigned int cell_of(unsigned long pages, unsigned long end)
{
	return pages >= end ? CELLS - 1 : pages * CELLS / end;
}

static void draw_zone(const struct zone *zone)
{
	unsigned long end = max(2 * high_wmark_pages(zone), (unsigned long)CELLS);
	unsigned long free = zone_page_state(zone, NR_FREE_PAGES);
	char bar[CELLS + 1];

	memset(bar, '.', CELLS);
	memset(bar, '=', min(free * CELLS / end, (unsigned long)CELLS));
	bar[cell_of(min_wmark_pages(zone), end)] = 'm';
	bar[cell_of(low_wmark_pages(zone), end)] = 'l';
	bar[cell_of(high_wmark_pages(zone), end)] = 'h';
	if (free > end)
		bar[CELLS - 1] = '>';
	bar[CELLS] = '\0';
	monitor_printf("%-8s |%s| %8lu %7lu %7lu %7lu\n", zone->name, bar, K(free),
		       K(min_wmark_pages(zone)), K(low_wmark_pages(zone)), K(high_wmark_pages(zone)));
	if (zone->nr_reserved_highatomic)
		monitor_printf("%-8s %lu KB of it are kept back for atomic blocks\n", "",
			       K(zone->nr_reserved_highatomic));
}

/* ---- who reclaims ---- */

static void draw_kswapd(void)
{
	struct kswapd *k = &kswapd_of_node;

	if (READ_ONCE(k->failures) >= MAX_RECLAIM_RETRIES)
		monitor_printf("kswapd has given up: %u runs brought nothing", k->failures);
	else if (READ_ONCE(k->wanted))
		monitor_printf("kswapd is called, for order %u", k->order);
	else
		monitor_printf("kswapd %s", waitqueue_active(&k->wait) ? "sleeps" : "works");
	monitor_printf("; pages reclaimed: %lu by it, %lu by who allocates; kills: %lu\n",
		       vm_events(PGSTEAL_KSWAPD), vm_events(PGSTEAL_DIRECT), vm_events(OOM_KILL));
}

static void draw_watermarks(void)
{
	const struct zone *zone;

	monitor_printf("%-8s  %-*s  %8s %7s %7s %7s\n", "zone", CELLS, "0", "free KB", "min", "low", "high");
	for_each_populated_zone(zone)
		draw_zone(zone);
	draw_kswapd();
}

/* ---- the command ---- */

static int cmd_watermarks(int argc, char **argv)
{
	unsigned int times = UINT_MAX;

	if (argc > 2 || (argc == 2 && (kstrtouint(argv[1], 0, &times) || !times)))
		return -EINVAL;
	if (times > 1)
		monitor_printf("Each second; any key ends it.\n");
	draw_watermarks();
	while (--times && !console_key_within(HZ))
		draw_watermarks();
	return 0;
}
MONITOR_COMMAND(watermarks, "[TIMES]", "draw each zone's free pages against its marks, each second",
		cmd_watermarks);
