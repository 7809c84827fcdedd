// SPDX-License-Identifier: MIT
/* Checks, one by one, the invariants that <linux/memblock.h> states beside struct memblock_type. */
#include <linux/memblock.h>
#include <linux/printk.h>

static bool broken(const struct memblock_type *type, unsigned long i, const char *what)
{
	const struct memblock_region *r = &type->regions[i];

	pr_err("memblock: %s[%lu]: [%#018llx+%#llx flags %#x] %s\n", type->name, i,
	       r->base, r->size, r->flags, what);
	return false;
}

static bool check_region(const struct memblock_type *type, unsigned long i)
{
	const struct memblock_region *r = &type->regions[i], *before = r - 1;

	if (!r->size)
		return broken(type, i, "is empty");
	if (r->base + r->size < r->base)
		return broken(type, i, "wraps");
	if (i == 0)
		return true;
	if (memblock_region_end(before) > r->base)
		return broken(type, i - 1, "overlaps the next or lies above it") ||
		       broken(type, i, "is the next");
	if (memblock_region_end(before) == r->base && before->flags == r->flags)
		return broken(type, i - 1, "should be one with the next") ||
		       broken(type, i, "is the next");
	return true;
}

static bool check_array(const struct memblock_type *type)
{
	phys_addr_t array = __pa(type->regions), end = array + type->max * sizeof(*type->regions);
	const struct memblock_region *holder;

	if (type->cnt > type->max) {
		pr_err("memblock: %s holds %lu regions in room for %lu\n",
		       type->name, type->cnt, type->max);
		return false;
	}
	if (!type->grown)
		return true;
	holder = memblock_search(&memblock.reserved, array);
	if (!holder || memblock_region_end(holder) < end) {
		pr_err("memblock: the array of %s at [%#llx-%#llx] is not reserved\n",
		       type->name, array, end - 1);
		return false;
	}
	return true;
}

static bool check_type(const struct memblock_type *type)
{
	bool good = check_array(type);
	phys_addr_t total = 0;
	unsigned long i;

	if (type->cnt > type->max)
		return false;
	for (i = 0; i < type->cnt; i++) {
		good &= check_region(type, i);
		total += type->regions[i].size;
	}
	if (total != type->total_size) {
		pr_err("memblock: %s has total_size %#llx, but its regions add up to %#llx\n",
		       type->name, type->total_size, total);
		good = false;
	}
	return good;
}

bool memblock_validate(void)
{
	bool good = check_type(&memblock.memory);

	good &= check_type(&memblock.reserved);
	good &= check_type(&memblock.firmware);
	return good;
}
