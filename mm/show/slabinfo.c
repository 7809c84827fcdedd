// SPDX-License-Identifier: MIT
/*
 * /proc/slabinfo, version 2.1: a cache a line, the newest first, as slabtop and others read it.
 *
 *	name, active_objs, num_objs	objects with owners, and all
 *	objsize				bytes from one object to the next, with what checkers add
 *	objperslab, pagesperslab
 *	limit, batchcount		objects that a CPU may keep (two magazines), and how many
 *					come and go at once (one); 0: the cache has no magazines
 *	sharedfactor			magazines that the depot may keep
 *	active_slabs, num_slabs		slabs with an object out of them, and all
 *	sharedavail			objects in the depot
 *
 * Linux's SLAB has arrays where we have magazines: one on each CPU, and one shared by all. Our
 * magazines find their sizes by themselves, so the file cannot be written.
 */
#include <linux/kernel.h>
#include <quarry/proc.h>

#include "../slab.h"
#include "show.h"

static void show_cache(struct seq_file *m, const struct cache_view *c)
{
	seq_printf(m, "%-17s %6lu %6lu %6u %4u %4u", c->name, c->with_owners, c->objects, c->size,
		   c->num, c->pages);
	seq_printf(m, " : tunables %4u %4u %4u", 2 * c->rounds, c->rounds, c->depot_limit);
	seq_printf(m, " : slabdata %6lu %6lu %6lu\n", c->slabs_in_use, c->slabs, c->in_depot);
}

static int slabinfo_show(struct seq_file *m, void *v)
{
	struct cache_view cache;

	seq_puts(m, "slabinfo - version: 2.1\n"
		    "# name            <active_objs> <num_objs> <objsize> <objperslab> "
		    "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor>"
		    " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	for (unsigned int n = 0; peek_cache(n, &cache); n++)
		show_cache(m, &cache);
	return 0;
}
PROC_FILE(slabinfo, "slabinfo", slabinfo_show, NULL);
