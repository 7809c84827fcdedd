// SPDX-License-Identifier: MIT
/*
 * `slab CACHE`: a cache, and its slabs on their three lists. A slab is one row of cells or more, an
 * object a cell, 64 cells a row. What is in a magazine has left its slab, as far as the slab knows,
 * and has no owner yet. (tools/gdb/slab.py draws the same picture.)
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../slab.h"
#include "show.h"

#define ROW_CELLS	64
#define SLABS_SHOWN	16	/* of a list, unless all are asked for */

static const char *plural(unsigned long count)
{
	return count == 1 ? "" : "s";
}

/* ---- the picture ---- */

struct row {
	const struct slab *slab;
	unsigned int first, count;	/* objects */
	char cells[ROW_CELLS + 1];
};

static bool mark_rounds(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
			void *arg)
{
	struct row *row = arg;
	const void *start = slab_object(cache, row->slab, row->first);

	while (nr--) {
		unsigned long cell = (unsigned long)(rounds[nr] - start) / cache->size;

		if (rounds[nr] >= start && cell < row->count)
			row->cells[cell] = 'm';
	}
	return true;
}

static void fill_row(struct kmem_cache *cache, struct row *row)
{
	unsigned int i;

	row->count = min(cache->num - row->first, (unsigned int)ROW_CELLS);
	for (i = 0; i < row->count; i++)
		row->cells[i] = slab_object_is_free(row->slab, row->first + i) ? '.' : '#';
	row->cells[i] = '\0';
	magazines_walk(cache, mark_rounds, row);
}

static void print_slab(struct kmem_cache *cache, const struct slab *slab)
{
	struct row row = { .slab = slab };

	for (; row.first < cache->num; row.first += ROW_CELLS) {
		touch_nmi_watchdog();
		fill_row(cache, &row);
		if (row.first)
			monitor_printf("           |%s|\n", row.cells);
		else if (slab->nr_aside)
			monitor_printf("  %08lx |%s| %u set aside\n", slab_address(cache, slab),
				       row.cells, slab->nr_aside);
		else
			monitor_printf("  %08lx |%s|\n", slab_address(cache, slab), row.cells);
	}
}

static void print_list(struct kmem_cache *cache, enum slab_list list, unsigned int most)
{
	const struct slab *slab;
	unsigned int count = 0;

	while (nth_slab(cache, list, count))
		count++;
	monitor_printf("%s: %u slab%s\n", slab_list_names[list], count, plural(count));
	for (unsigned int n = 0; n < most && (slab = nth_slab(cache, list, n)); n++)
		print_slab(cache, slab);
	if (count > most)
		monitor_printf("  and %u more: \"slab %s all\" draws them\n", count - most,
			       cache->name);
}

/* ---- the words above it ---- */

static void print_cut(const struct kmem_cache *cache)
{
	unsigned int pages = 1U << cache->gfporder;

	monitor_printf("%s: objects of %u bytes", cache->name, cache->object_size);
	if (cache->size != cache->object_size)
		monitor_printf(", %u from one to the next", cache->size);
	monitor_printf(", aligned to %u\n", cache->align);
	monitor_printf("  a slab is %u page%s with %u object%s and %u colour%s; "
		       "its description is %s\n", pages, plural(pages), cache->num,
		       plural(cache->num), cache->nr_colours, plural(cache->nr_colours),
		       cache->slab_cache ? "outside" : "in it");
	if (cache->ctor || cache->ctor26)
		monitor_printf("  constructor %ps\n", cache->ctor ? (void *)cache->ctor :
								    (void *)cache->ctor26);
}

static void print_counts(const struct kmem_cache *cache, const struct cache_view *view)
{
	monitor_printf("  %lu object%s: %lu with owners, %lu in magazines, %lu free; "
		       "%lu slab%s made, %lu returned\n", view->objects, plural(view->objects),
		       view->with_owners, view->in_magazines,
		       view->objects - view->with_owners - view->in_magazines, cache->nr_grown,
		       plural(cache->nr_grown), cache->nr_reaped);
	if (!view->rounds) {
		monitor_printf("  no magazines%s\n", cache->watched ? ": checkers watch it" :
			       cache->has_magazines ? " yet" : "");
		return;
	}
	monitor_printf("  magazines of %u; in the depot %u with objects, of at most %u, "
		       "and %u empty\n", view->rounds, cache->depot.nr_full, cache->depot.limit,
		       cache->depot.nr_empty);
}

/* ---- the command ---- */

static int cmd_slab(int argc, char **argv)
{
	bool all = argc == 3 && !strcmp(argv[2], "all");
	struct cache_view view;
	struct kmem_cache *cache;

	if (argc < 2 || argc > 3 || (argc == 3 && !all))
		return -EINVAL;
	cache = find_cache(argv[1]);
	if (!cache) {
		monitor_printf("slab: %s: no such cache; \"cat /proc/slabinfo\" has them all\n",
			       argv[1]);
		return -ENOENT;
	}
	look_at_cache(cache, &view);
	print_cut(cache);
	print_counts(cache, &view);
	for (enum slab_list list = 0; list < NR_SLAB_LISTS; list++)
		print_list(cache, list, all ? UINT_MAX : SLABS_SHOWN);
	monitor_printf("A cell is an object: # somebody has it, m free in a magazine, "
		       ". free in its slab.\n");
	return 0;
}

static const char *complete_slab(int arg, unsigned int n)
{
	if (arg == 1)
		return nth_cache_name(n);
	return arg == 2 && !n ? "all" : NULL;
}

MONITOR_COMMAND_COMPLETE(slab, "CACHE [all]", "draw a cache's slabs, an object a cell", cmd_slab,
			 complete_slab);
