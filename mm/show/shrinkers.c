// SPDX-License-Identifier: MIT
/*
 * Shrinkers: who could give how much back (`shrinkers`), and getting all of it back by hand, for who
 * wants to see a kernel without its caches: /proc/sys/vm/drop_caches, or `shrinkers drop`.
 */
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <quarry/monitor.h>
#include <quarry/proc.h>

#include "../vmscan.h"

static void show_one(struct shrinker *shrinker, unsigned long count, void *unused)
{
	monitor_printf("%-20s %10lu %8ld %5d %5ld%s\n", shrinker->name, count,
		       atomic_long_read(&shrinker->nr_deferred), shrinker->seeks,
		       shrinker->batch ?: SHRINK_BATCH,
		       shrinker->flags & SHRINKER_MEMCG_AWARE ? "  by group" : "");
}

static void drop(void)
{
	unsigned long before = nr_free_pages();

	drop_slab();
	monitor_printf("free: %lu pages before, %lu now\n", before, nr_free_pages());
}

static int shrinkers_command(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "drop")) {
		drop();
		return 0;
	}
	if (argc > 1)
		return -EINVAL;
	monitor_printf("%-20s %10s %8s %5s %5s\n", "shrinker", "could free", "deferred", "seeks", "batch");
	for_each_shrinker(show_one, NULL);
	monitor_printf("(in objects; those of slab and vmap are pages)\n");
	return 0;
}
MONITOR_COMMAND(shrinkers, "[drop]", "who can give memory back; make them do it", shrinkers_command);

/* ---- /proc/sys/vm/drop_caches: 1 the page cache, of which there is none; 2 slabs; 3 both ---- */

static int drop_caches;

static int drop_caches_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", drop_caches);
	return 0;
}

static int drop_caches_store(const char *value)
{
	int what;

	if (kstrtoint(value, 0, &what) || what < 1 || what > 4) {
		monitor_printf("drop_caches takes 1 (page cache), 2 (slabs) or 3 (both)\n");
		return -EINVAL;
	}
	drop_caches = what;
	if (what & 1)
		count_vm_event(DROP_PAGECACHE);
	if (what & 2)
		drop_slab();
	return 0;
}
PROC_FILE(drop_caches, "sys/vm/drop_caches", drop_caches_show, drop_caches_store);
