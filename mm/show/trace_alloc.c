// SPDX-License-Identifier: MIT
/*
 * `trace alloc`: requests on the ladder (page_slow.c), rung by rung.
 *
 * "trace alloc MASK [ORDER]" makes one request and draws a table of it: a line for each rung that it stood
 * on, with what was free in each zone at that moment, and how much of it such a request had to leave. Its
 * own steps only are noted, while it is under way. "trace alloc on" puts a line into the log for each step
 * of everybody, in any context, until "trace alloc off".
 *
 * A request that a zone can serve above its low mark stands on no rung: memory must be short. A hog makes
 * it so (`pressure`), or a higher /proc/sys/vm/min_free_kbytes.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../internal.h"
#include "show.h"

#define STEPS	40		/* more are counted, but not drawn */

/* What was free in each zone, and what such a request must leave of it. */
struct view {
	unsigned long free[MAX_NR_ZONES];
	long floor[MAX_NR_ZONES];
};

struct noted_step {
	const char *rung;
	const struct page *page;
	struct view view;
};

static struct noted_step steps[STEPS];
static unsigned int nr_steps;
static const struct task_struct *tracer;	/* whose steps are noted; NULL: nobody's */

/* ---- noting ---- */

static void look(struct view *view, gfp_t gfp, unsigned int alloc_flags)
{
	const struct zonelist *list = gfp_zonelist(gfp);
	const struct zone *zone;

	for_each_populated_zone(zone) {
		unsigned long mark = wmark_pages(zone, alloc_flags & ALLOC_WMARK_MASK);
		enum zone_type number = zone_idx(zone);

		view->free[number] = READ_ONCE(zone->nr_free_pages);
		view->floor[number] = watermark_floor(mark, alloc_flags) +
				      zone->lowmem_reserve[list->highest] +
				      highatomic_kept_from(zone, alloc_flags);
	}
}

static void note(const struct alloc_step *step)
{
	struct noted_step *to = &steps[nr_steps];

	if (current != tracer || !in_task())
		return;
	if (nr_steps++ >= STEPS)
		return;
	to->rung = step->rung;
	to->page = step->page;
	look(&to->view, step->gfp, step->alloc_flags);
}

static void log_step(const struct alloc_step *step)
{
	if (step->page)
		printk("alloc: %s/%d order %u, %pGg: %s: frame %#lx\n", current->comm, current->pid,
		       step->order, &step->gfp, step->rung, page_to_pfn(step->page));
	else
		printk("alloc: %s/%d order %u, %pGg: %s\n", current->comm, current->pid, step->order,
		       &step->gfp, step->rung);
}

/* ---- drawing ---- */

/* Every zone that @gfp may be served from, the best one first. */
#define for_each_zone_of(gfp, ref) \
	for ((ref) = gfp_zonelist(gfp)->refs; (ref)->zone; (ref)++) \
		if (!managed_zone((ref)->zone)) {} else

static void draw_heading(gfp_t gfp)
{
	const struct zoneref *ref;

	monitor_printf("%-14s", "rung");
	for_each_zone_of(gfp, ref)
		monitor_printf(" %18s", ref->zone->name);
	monitor_printf("\n");
}

static void draw_view(const char *what, gfp_t gfp, const struct view *view)
{
	const struct zoneref *ref;

	monitor_printf("%-14s", what);
	for_each_zone_of(gfp, ref) {
		enum zone_type number = zone_idx(ref->zone);

		monitor_printf(" %8lu %s %7ld", view->free[number],
			       (long)view->free[number] > view->floor[number] ? "> " : "<=",
			       view->floor[number]);
	}
}

static void draw_steps(gfp_t gfp)
{
	for (unsigned int i = 0; i < min(nr_steps, (unsigned int)STEPS); i++) {
		draw_view(steps[i].rung, gfp, &steps[i].view);
		if (steps[i].page)
			monitor_printf("  a page");
		monitor_printf("\n");
	}
	if (nr_steps > STEPS)
		monitor_printf("... and %u steps more\n", nr_steps - STEPS);
}

static void draw_end(const struct page *page, unsigned int order)
{
	if (!page)
		monitor_printf("NULL\n");
	else
		monitor_printf("frame %#lx, order %u, zone %s%s; freed again\n", page_to_pfn(page), order,
			       page_zone(page)->name,
			       nr_steps ? "" : ": above the low mark, without standing on a rung");
}

/* ---- the command ---- */

static struct page *alloc_traced(gfp_t gfp, unsigned int order)
{
	void (*before)(const struct alloc_step *step) = alloc_step_watcher;
	struct page *page;

	nr_steps = 0;
	tracer = current;
	WRITE_ONCE(alloc_step_watcher, note);
	page = alloc_pages(gfp, order);
	WRITE_ONCE(alloc_step_watcher, before);
	tracer = NULL;
	return page;
}

static int trace_one(gfp_t gfp, unsigned int order)
{
	gfp_t served = gfp_as_served(gfp);
	struct view before, after;
	struct page *page;

	look(&before, served, WMARK_LOW);
	page = alloc_traced(gfp, order);
	look(&after, served, WMARK_LOW);
	monitor_printf("%#x = %pGg, order %u; pages free, and to be left free:\n", gfp, &gfp, order);
	draw_heading(served);
	draw_view("before (low)", served, &before);
	monitor_printf("\n");
	draw_steps(served);
	draw_view("after (low)", served, &after);
	monitor_printf("\n");
	draw_end(page, order);
	if (page)
		__free_pages(page, order);
	return 0;
}

static int trace_alloc(int argc, char **argv)
{
	unsigned int order = 0;
	gfp_t gfp = 0;

	if (parse_gfp("trace alloc", argv[0], &gfp))
		return -ENOENT;
	if (argc > 2 || (argc == 2 && (kstrtouint(argv[1], 0, &order) || order >= MAX_ORDER)))
		return -EINVAL;
	return trace_one(gfp, order);
}

static int cmd_trace(int argc, char **argv)
{
	if (argc < 3 || strcmp(argv[1], "alloc"))
		return -EINVAL;
	if (argc == 3 && !strcmp(argv[2], "on"))
		WRITE_ONCE(alloc_step_watcher, log_step);
	else if (argc == 3 && !strcmp(argv[2], "off"))
		WRITE_ONCE(alloc_step_watcher, NULL);
	else
		return trace_alloc(argc - 2, argv + 2);
	return 0;
}

static const char *complete_trace(int arg, unsigned int n)
{
	static const char *const switches[] = { "on", "off" };

	if (arg == 1)
		return n ? NULL : "alloc";
	if (arg != 2)
		return NULL;
	return n < ARRAY_SIZE(switches) ? switches[n] : nth_gfp_name(n - ARRAY_SIZE(switches));
}

MONITOR_COMMAND_COMPLETE(trace, "alloc MASK [ORDER] | alloc on | alloc off",
			 "one allocation on the ladder, rung by rung; or all of them, in the log",
			 cmd_trace, complete_trace);
