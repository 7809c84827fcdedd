// SPDX-License-Identifier: MIT
/*
 * Holding free blocks away, so that a large one is split where a small one would do. What is taken
 * here is linked by page->private, the last first; given back in that order, each list becomes
 * again what it was, since blocks come from the front of a list and go there.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <quarry/monitor.h>

#include "../internal.h"
#include "show.h"

static unsigned long last_held;		/* a frame number; 0 is none */

/* The zone that would serve the request. */
static struct zone *serving_zone(gfp_t gfp, unsigned int order)
{
	const struct zonelist *list = gfp_zonelist(gfp);
	const struct zoneref *ref;

	if (order >= MAX_ORDER)
		return NULL;
	for (ref = list->refs; ref->zone; ref++)
		if (zone_watermark_ok(ref->zone, order, low_wmark_pages(ref->zone), list->highest,
				      0))
			return ref->zone;
	return NULL;
}

static unsigned int largest_order(const struct zone *zone)
{
	int order, type;

	for (order = MAX_ORDER - 1; order > 0; order--)
		for (type = 0; type < MIGRATE_PCPTYPES; type++)
			if (zone->free_area[order].first[type])
				return order;
	return 0;
}

static unsigned int hold_list(struct zone *zone, unsigned int order, enum migratetype type)
{
	unsigned int count = 0;

	while (zone->free_area[order].first[type]) {
		struct page *page = buddy_alloc(zone, order, type);

		page->private = last_held;
		last_held = page_to_pfn(page);
		count++;
	}
	return count;
}

/* Of every type: a pageblock that is claimed brings its smaller blocks with it. */
static unsigned int hold(struct zone *zone, unsigned int order, unsigned int end)
{
	unsigned int count = 0;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	for (; order < end; order++)
		for (int type = 0; type < MIGRATE_PCPTYPES; type++)
			count += hold_list(zone, order, type);
	spin_unlock_irqrestore(&zone->lock, flags);
	return count;
}

void hold_smaller_blocks(gfp_t gfp, unsigned int order)
{
	struct zone *zone = serving_zone(gfp, order);
	unsigned int count;

	if (!zone)
		return;
	count = hold(zone, order, largest_order(zone));
	if (count && serving_zone(gfp, order) != zone) {
		return_smaller_blocks();
		monitor_printf("memory is too short to hold smaller blocks away\n");
	} else if (count) {
		monitor_printf("%u free blocks of %s, of orders %u to %u, are held away\n", count,
			       zone->name, order, largest_order(zone) - 1);
	}
}

void return_smaller_blocks(void)
{
	while (last_held) {
		struct page *page = pfn_to_page(last_held);
		struct zone *zone = page_zone(page);
		unsigned long flags;

		last_held = page->private;
		spin_lock_irqsave(&zone->lock, flags);
		buddy_free(zone, page, page_block_order(page));
		spin_unlock_irqrestore(&zone->lock, flags);
	}
}
