// SPDX-License-Identifier: MIT
/*
 * `buddy watch`: each split and merge of one operation, step by step.
 *
 * The buddy core calls from under a zone's lock, so the steps are only noted then, and drawn when
 * the operation is over. The CPUs' own lists would hide it: they take many blocks at a time, and
 * none at most times. They are switched off while somebody watches, which empties them.
 *
 * A step is drawn as a bar of 32 cells. A block of up to 32 pages is seen at one page a cell, a
 * larger one at 32 pages a cell, and where the block lies among its neighbours is where it lies
 * in the bar. So ten steps from 1024 pages to one are five on each scale.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../internal.h"
#include "show.h"

#define STEPS		256		/* more are counted but not drawn */
#define CELLS		32
#define CELLS_ORDER	5

struct step {
	bool is_split;
	u8 order;			/* of the halves */
	u32 pfn;			/* where the whole block starts */
	const struct zone *zone;
};

typedef u32 list_lengths[MAX_NR_ZONES][MIGRATE_TYPES][MAX_ORDER];

static struct step steps[STEPS];
static unsigned int nr_steps, nr_splits;
static list_lengths before, after;
static bool armed, running, fresh_wanted, pcp_was_on;

/* ---- noting ---- */

static void note(const struct zone *zone, unsigned long pfn, unsigned int order, bool is_split)
{
	nr_splits += is_split;
	if (nr_steps++ < STEPS)
		steps[nr_steps - 1] = (struct step){
			.is_split = is_split, .order = order, .pfn = pfn, .zone = zone,
		};
}

static void note_split(struct zone *zone, struct page *upper, unsigned int order)
{
	note(zone, page_to_pfn(upper) - (1UL << order), order, true);
}

static void note_merge(struct zone *zone, struct page *page, unsigned int order)
{
	note(zone, page_to_pfn(page), order, false);
}

static struct page_observer watcher = {
	.name = "buddy watch", .split = note_split, .merge = note_merge,
};

static void measure_lists(list_lengths lengths)
{
	struct zone *zone;
	struct page *page;
	unsigned long flags;

	memset(lengths, 0, sizeof(list_lengths));
	for_each_populated_zone(zone) {
		spin_lock_irqsave(&zone->lock, flags);
		for (int type = 0; type < MIGRATE_TYPES; type++)
			for (int order = 0; order < MAX_ORDER; order++)
				for_each_free_block(&zone->free_area[order], type, page)
					lengths[zone_idx(zone)][type][order]++;
		spin_unlock_irqrestore(&zone->lock, flags);
	}
}

/* ---- drawing ---- */

static void draw_bar(const struct step *s)
{
	unsigned int scale = s->order >= CELLS_ORDER ? CELLS_ORDER : 0;
	unsigned int first = (s->pfn >> scale) % CELLS;
	unsigned int half = (1U << s->order) >> scale;
	char bar[CELLS + 1];

	memset(bar, ' ', CELLS);
	bar[CELLS] = '\0';
	memset(bar + first, s->is_split ? '#' : '=', half);
	memset(bar + first + half, s->is_split ? '.' : '=', half);
	monitor_printf("|%s|", bar);
}

static void draw_step(const struct step *s)
{
	unsigned long half = 1UL << s->order, upper = s->pfn + half;

	if (s->is_split) {
		monitor_printf("split %2u -> %-2u  ", s->order + 1, s->order);
		draw_bar(s);
		monitor_printf("  keeps %#lx+%lu, frees %#lx+%lu\n", (unsigned long)s->pfn, half,
			       upper, half);
	} else {
		monitor_printf("merge %2u -> %-2u  ", s->order, s->order + 1);
		draw_bar(s);
		monitor_printf("  %#lx+%lu and %#lx+%lu\n", (unsigned long)s->pfn, half, upper,
			       half);
	}
}

/* Steps that have a zone and a scale in common stand under one heading. */
static void draw_heading(const struct step *s)
{
	bool large = s->order >= CELLS_ORDER;

	if (s > steps && s->zone == s[-1].zone && large == (s[-1].order >= CELLS_ORDER))
		return;
	monitor_printf("zone %s, a cell of the bar is %s\n", s->zone->name,
		       large ? "32 pages" : "1 page");
}

static void draw_steps(void)
{
	const struct step *s;

	for (s = steps; s < steps + min(nr_steps, (unsigned int)STEPS); s++) {
		draw_heading(s);
		draw_step(s);
	}
	if (nr_steps > STEPS)
		monitor_printf("... and %u more\n", nr_steps - STEPS);
	if (!nr_steps)
		monitor_printf("nothing was split or merged\n");
	else
		monitor_printf("%u splits, %u merges (# kept, . free, = joined)\n", nr_splits,
			       nr_steps - nr_splits);
}

static void draw_lengths(const char *type, const char *when, const u32 *lengths)
{
	monitor_printf("%-11s %-6s", type, when);
	for (int order = 0; order < MAX_ORDER; order++)
		monitor_printf(" %*u", order < MAX_ORDER - 1 ? 4 : 5, lengths[order]);
	monitor_printf("\n");
}

/* The lists of a zone that are not what they were. */
static void draw_changes(const struct zone *zone)
{
	bool headed = false;

	for (int type = 0; type < MIGRATE_TYPES; type++) {
		const u32 *old = before[zone_idx(zone)][type], *new = after[zone_idx(zone)][type];

		if (!memcmp(old, new, sizeof(u32) * MAX_ORDER))
			continue;
		if (!headed)
			monitor_printf("free blocks of zone %s by order, 0 to 10:\n", zone->name);
		headed = true;
		draw_lengths(migratetype_names[type], "before", old);
		draw_lengths("", "after", new);
	}
}

/* ---- beginning and ending ---- */

void buddy_watch_arm(bool fresh)
{
	armed = true;
	fresh_wanted = fresh;
}

void buddy_watch_disarm(void)
{
	armed = false;
}

bool buddy_watch_wants_fresh(void)
{
	return running && fresh_wanted;
}

bool buddy_watch_begin(void)
{
	if (!armed || running)
		return false;
	armed = false;
	running = true;
	pcp_was_on = pcp_enabled();
	pcp_enable(false);
	nr_steps = nr_splits = 0;
	measure_lists(before);
	page_observer_attach(&watcher);
	return true;
}

static void draw_all(void)
{
	const struct zone *zone;

	draw_steps();
	for_each_populated_zone(zone)
		draw_changes(zone);
}

void buddy_watch_end(int error)
{
	page_observer_detach(&watcher);
	measure_lists(after);
	pcp_enable(pcp_was_on);
	running = false;
	armed = error && !nr_steps;
	if (!armed)
		draw_all();
}
