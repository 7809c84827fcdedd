// SPDX-License-Identifier: MIT
/* check: let a validator go over an allocator's whole structure. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../highmem.h"
#include "../internal.h"
#include "../memcg.h"
#include "../percpu.h"
#include "../slab.h"
#include "../vmalloc.h"

static const struct {
	const char *name;
	bool (*validate)(void);
} structures[] = {
	{ "memblock", memblock_validate },
	{ "pages", zones_validate },
	{ "vmalloc", vmalloc_validate },
	{ "kmap", kmap_validate },
	{ "slab", caches_validate },
	{ "percpu", percpu_validate },
	{ "memcg", memcg_validate },
};

/* What is broken has been logged; this is the last line. */
static bool check_one(unsigned int i)
{
	bool good = structures[i].validate();

	monitor_printf("%s: %s\n", structures[i].name,
		       good ? "everything is as it should be" : "DAMAGED, see above");
	return good;
}

static int cmd_check(int argc, char **argv)
{
	bool good = true, found = false;
	unsigned int i;

	if (argc > 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(structures); i++) {
		if (argc == 2 && strcmp(argv[1], structures[i].name))
			continue;
		found = true;
		good &= check_one(i);
	}
	if (!found)
		return -EINVAL;
	return good ? 0 : -EIO;
}

static const char *complete_check(int arg, unsigned int n)
{
	return arg == 1 && n < ARRAY_SIZE(structures) ? structures[n].name : NULL;
}

MONITOR_COMMAND_COMPLETE(check, "[memblock|pages|vmalloc|kmap|slab|percpu|memcg]",
			 "let the validators look for damage", cmd_check, complete_check);
