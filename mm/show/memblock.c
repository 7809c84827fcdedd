// SPDX-License-Identifier: MIT
/* What "memblock=debug" on the command line shows: every change as it is made, and the result. */
#include <linux/errno.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <linux/string.h>

static int __init memblock_debug_setup(char *value)
{
	if (!value || strcmp(value, "debug"))
		return -EINVAL;
	memblock_debug = true;
	return 0;
}
early_param("memblock", memblock_debug_setup);

static void dump_type(const struct memblock_type *type)
{
	unsigned long i;

	pr_info(" %s.cnt  = %#lx\n", type->name, type->cnt);
	for (i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = &type->regions[i];

		pr_info(" %s[%#lx]\t[%#018llx-%#018llx], %#018llx bytes flags: %#x\n", type->name, i,
			r->base, memblock_region_end(r) - 1, r->size, r->flags);
	}
}

void memblock_dump_all(void)
{
	if (!memblock_debug)
		return;
	pr_info("MEMBLOCK configuration:\n");
	pr_info(" memory size = %#018llx reserved size = %#018llx\n",
		memblock_phys_mem_size(), memblock_reserved_size());
	dump_type(&memblock.memory);
	dump_type(&memblock.reserved);
}
