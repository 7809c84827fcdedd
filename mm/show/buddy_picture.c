// SPDX-License-Identifier: MIT
/*
 * `buddy`: the free blocks of each zone, a row an order. A row's bar is as long as the memory in
 * it, against the zone's fullest row, and its letters say of which types the blocks are. What is
 * there at all has a letter, however little it is. (tools/gdb/pages.py draws the same picture.)
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../internal.h"
#include "show.h"

#define BAR		36
#define PAGES_TO_KB(pages) ((pages) << (PAGE_SHIFT - 10))

struct row {
	unsigned long blocks[MIGRATE_TYPES];
	unsigned long pages;
};

static const char type_letters[] = "UMRHCI";
static_assert(sizeof(type_letters) - 1 == MIGRATE_TYPES);

/* ---- the picture ---- */

static void count_blocks(const struct free_area *area, unsigned int order, struct row *row)
{
	struct page *page;

	for (int type = 0; type < MIGRATE_TYPES; type++) {
		for_each_free_block(area, type, page) {
			row->blocks[type]++;
			row->pages += 1UL << order;
		}
	}
}

/* Returns the pages of the fullest row. */
static unsigned long count_rows(struct zone *zone, struct row *rows)
{
	unsigned long flags, most = 1;

	memset(rows, 0, MAX_ORDER * sizeof(*rows));
	spin_lock_irqsave(&zone->lock, flags);
	for (int order = 0; order < MAX_ORDER; order++) {
		count_blocks(&zone->free_area[order], order, &rows[order]);
		most = max(most, rows[order].pages);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return most;
}

static void print_row(const struct row *row, unsigned int order, unsigned long most)
{
	char bar[BAR + MIGRATE_TYPES + 1], *end = bar;

	for (int type = 0; type < MIGRATE_TYPES; type++) {
		unsigned long cells = DIV_ROUND_UP((row->blocks[type] << order) * BAR, most);

		memset(end, type_letters[type], cells);
		end += cells;
	}
	*end = '\0';
	monitor_printf("%5u %8lu %7lu %10lu%s%s\n", order, PAGES_TO_KB(1UL << order),
		       row->pages >> order, PAGES_TO_KB(row->pages), *bar ? "  " : "", bar);
}

static unsigned long pages_on_cpus_lists(const struct zone *zone)
{
	unsigned long pages = 0;

	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		pages += zone->per_cpu_pageset[cpu].count;
	return pages;
}

static void print_zone(struct zone *zone)
{
	struct row rows[MAX_ORDER];
	unsigned long most = count_rows(zone, rows);

	monitor_printf("zone %s: %lu of %lu KB are free, and %lu KB on CPUs' lists\n", zone->name,
		       PAGES_TO_KB(zone->nr_free_pages + zone->nr_isolated_free),
		       PAGES_TO_KB(zone->managed_pages), PAGES_TO_KB(pages_on_cpus_lists(zone)));
	monitor_printf("order KB/block  blocks         KB\n");
	for (int order = 0; order < MAX_ORDER; order++)
		print_row(&rows[order], order, most);
}

static void print_picture(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		print_zone(zone);
	monitor_printf("Types: U unmovable, M movable, R reclaimable, H high-atomic, C CMA, "
		       "I isolated.\n");
}

/* ---- the command ---- */

static const struct monitor_command *find_command(const char *name)
{
	const struct monitor_command *const *c;

	for_each_registered(monitor_commands, c)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static int run_watched(int argc, char **argv, bool fresh)
{
	const struct monitor_command *command = find_command(argv[0]);
	int error;

	if (!command) {
		monitor_printf("buddy: %s: no such command to watch\n", argv[0]);
		return -ENOENT;
	}
	buddy_watch_arm(fresh);
	buddy_watch_begin();
	error = command->run(argc, argv);
	buddy_watch_end(error);
	buddy_watch_disarm();
	if (error == -EINVAL)
		monitor_printf("usage: %s %s\n", command->name, command->usage);
	return error == -EINVAL ? -EIO : error;
}

/* argv[0] is "watch". */
static int watch(int argc, char **argv)
{
	bool as_is = argc > 1 && !strcmp(argv[1], "asis");

	argc -= 1 + as_is;
	argv += 1 + as_is;
	if (argc > 0 && !strcmp(argv[0], "buddy"))
		return -EINVAL;
	if (argc > 0)
		return run_watched(argc, argv, !as_is);
	buddy_watch_arm(!as_is);
	monitor_printf("the next alloc or free will be watched\n");
	return 0;
}

static int cmd_buddy(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "watch") ? -EINVAL : watch(argc - 1, argv + 1);
	print_picture();
	return 0;
}

static const char *complete_buddy(int arg, unsigned int n)
{
	static const char *const words[] = { "asis", "alloc", "free" };

	if (arg == 1)
		return n ? NULL : "watch";
	return arg == 2 && n < ARRAY_SIZE(words) ? words[n] : NULL;
}

MONITOR_COMMAND_COMPLETE(buddy, "[watch [asis] [COMMAND...]]",
			 "draw the free blocks; watch: each split and merge (asis: small blocks may serve)",
			 cmd_buddy, complete_buddy);
