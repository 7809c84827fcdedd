// SPDX-License-Identifier: MIT
/*
 * Chapter one: who owns which bytes, before there is any allocator.
 *
 * 1. The idea
 *
 * The kernel starts with nothing but its own image in memory and a note from the loader that
 * says where RAM is. Before it can set up page tables, and long before it can set up an allocator
 * worth the name, it must be able to say "these bytes are taken" and "find me some that are not".
 *
 * Two sorted lists of byte ranges suffice: what is RAM, and what has an owner. Free is what the
 * first names and the second does not. Neither list knows of the other: one may reserve
 * addresses that are not RAM, and learn of RAM that was reserved long before. So nothing at boot
 * depends on the order in which the facts arrive.
 *
 *	memory    |=================|      |==========================|
 *	reserved  |##|      |###|      |##|   |####|
 *	free         |______|   |___|             |___________________|
 *
 * To allocate is to walk the free ranges, take a fitting one, and reserve it. To free is to take
 * the reservation off. There is no header in front of an allocated block, so freeing needs the
 * size, may free half of a block, and may be done to memory that never was allocated.
 *
 * When the page allocator starts, it takes all free ranges over as pages, and memblock's part in
 * the story ends. Until then about a hundred calls are made, so plain arrays beat every tree.
 *
 * 2. Vocabulary
 *
 * A *region* is one range [base, base + size) with flags. A *type* is a list of regions:
 * "memory" (RAM), "reserved" (owned), and "firmware" (what the firmware claimed about each byte,
 * kept because people want to see it; mm/firmware_map.c fills it and derives the first from it).
 * The *limit* is the end of what the kernel can touch: an allocation that returns a pointer must
 * lie below. *Top-down* searches from high addresses, which keeps low ones for devices that can
 * reach nothing else; *bottom-up* does the opposite.
 *
 * 3. Structure
 *
 * <linux/memblock.h> states the invariants beside the structs. All of them rest on one function,
 * memblock_splice(), which rewrites what a list says about one range; adding, removing,
 * reserving and freeing are this function with different words. A list that is full doubles its
 * array, and takes the memory for it from memblock itself: see memblock_double_array().
 *
 * 4. Contexts
 *
 * One CPU, interrupts off, no locks. Physical addresses have 64 bits here, although the machine
 * has 36: the firmware may say anything, and saying it must not break the lists.
 *
 * 5. What is not checked
 *
 * Freeing what is not reserved, or twice, is not noticed; nor is freeing somebody else's bytes.
 * "memblock=debug" on the command line prints every change with its caller.
 *
 * The interface is Linux's, where it began as PowerPC's "logical memory blocks".
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <quarry/boot_info.h>

#define CACHE_LINE	64	/* alignment for those who do not care */

/*
 * The firmware's list cannot grow, since it is there before memory is; so it must hold the worst
 * case. BOOT_MAP_MAX ranges have twice as many ends and so cut the addresses into fewer than
 * that many pieces; the rest is for the cuts that firmware_map.c makes (two ends each).
 */
#define FIRMWARE_REGIONS (2 * BOOT_MAP_MAX + 16)

static struct memblock_region memory_regions[INIT_MEMBLOCK_REGIONS];
static struct memblock_region reserved_regions[INIT_MEMBLOCK_REGIONS];
static struct memblock_region firmware_regions[FIRMWARE_REGIONS];

#define TYPE(_name, array) { .name = _name, .regions = array, .max = ARRAY_SIZE(array) }

struct memblock memblock = {
	.current_limit	= LOWMEM_SURE,	/* until paging_init() has drawn the line */
	.memory		= TYPE("memory", memory_regions),
	.reserved	= TYPE("reserved", reserved_regions),
	.firmware	= TYPE("firmware", firmware_regions),
};

static bool memblock_debug;

#define memblock_dbg(fmt, ...) \
	do { if (memblock_debug) pr_info(fmt, ##__VA_ARGS__); } while (0)
#define memblock_dbg_caller(base, size) \
	memblock_dbg("%s: [%#018llx-%#018llx] %pS\n", __func__, (base), (base) + (size) - 1, \
		     __builtin_return_address(0))

/* ------------------------------ the lists ------------------------------ */

/* Where a range ends; one that would wrap ends at the last address. */
static phys_addr_t range_end(phys_addr_t base, phys_addr_t size)
{
	return base + min(size, ~(phys_addr_t)0 - base);
}

/* How many regions begin at or below @addr; the last of these is the only one that may hold it. */
static unsigned long regions_upto(const struct memblock_type *type, phys_addr_t addr)
{
	unsigned long low = 0, high = type->cnt;

	while (low < high) {
		unsigned long mid = (low + high) / 2;

		if (type->regions[mid].base <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static phys_addr_t end_of(const struct memblock_type *type, unsigned long index)
{
	return memblock_region_end(&type->regions[index]);
}

static phys_addr_t memblock_find(phys_addr_t size, phys_addr_t align,
				 phys_addr_t start, phys_addr_t end);

/*
 * Give @type an array twice as large, anywhere but in [base, end): that range is about to change
 * hands. The list of reservations must record its own new array, and so moves first, to where
 * there is room. Another list records its array first, so that a failure has changed nothing.
 */
static int memblock_double_array(struct memblock_type *type, phys_addr_t base, phys_addr_t end)
{
	phys_addr_t old_size = PAGE_ALIGN(type->max * sizeof(*type->regions));
	phys_addr_t size = PAGE_ALIGN(type->max * 2 * sizeof(*type->regions));
	bool move_first = type == &memblock.reserved, was_grown = type->grown;
	struct memblock_region *old = type->regions;
	phys_addr_t limit = memblock.current_limit;
	phys_addr_t addr = memblock_find(size, PAGE_SIZE, end, limit);

	if (!addr)
		addr = memblock_find(size, PAGE_SIZE, 0, min(base, limit));
	if (!addr || (!move_first && memblock_reserve(addr, size))) {
		pr_err("memblock: no memory for more than %lu %s regions\n", type->max, type->name);
		return -ENOMEM;
	}
	type->regions = memcpy(__va(addr), old, type->cnt * sizeof(*old));
	type->max *= 2;
	type->grown = true;
	if (move_first)
		memblock_reserve(addr, size);
	if (was_grown)
		memblock_phys_free(__pa(old), old_size);
	memblock_dbg("memblock: %s is doubled to %lu at [%#018llx-%#018llx]\n",
		     type->name, type->max, addr, addr + size - 1);
	return 0;
}

/* Add [base, end) to @piece[n], whose last entry it may continue; nothing if it is empty. */
static unsigned long append(struct memblock_region *piece, unsigned long n,
			    phys_addr_t base, phys_addr_t end, unsigned int flags)
{
	if (base >= end)
		return n;
	if (n && memblock_region_end(&piece[n - 1]) == base && piece[n - 1].flags == flags) {
		piece[n - 1].size += end - base;
		return n;
	}
	piece[n] = (struct memblock_region){ base, end - base, flags };
	return n + 1;
}

/*
 * Rewrite what @type says about [base, end): afterwards all of it is listed with @flags, or none
 * of it is listed. Nothing else in this file changes a list.
 *
 *	before	   |--a--|  |----b----|  |--c--|  |-d-|
 *	range		       |===========|
 *	after	   |--a--|  |-b||==========||c-|  |-d-|
 *
 * All regions that overlap or touch the range make way for at most three: what sticks out on the
 * left, the range itself, what sticks out on the right. A neighbour with the same flags is not
 * put back but swallowed by the range, and so the list stays merged.
 */
static int memblock_splice(struct memblock_type *type, phys_addr_t base, phys_addr_t end,
			   bool listed, unsigned int flags)
{
	struct memblock_region *regions = type->regions, piece[3];
	unsigned long last = regions_upto(type, end), first = last, n = 0, i;

	while (first && end_of(type, first - 1) >= base)
		first--;
	if (first < last)
		n = append(piece, n, regions[first].base, base, regions[first].flags);
	if (listed)
		n = append(piece, n, base, end, flags);
	if (first < last)
		n = append(piece, n, end, end_of(type, last - 1), regions[last - 1].flags);

	if (type->cnt + n > type->max + (last - first))
		return memblock_double_array(type, base, end) ?:
		       memblock_splice(type, base, end, listed, flags);

	for (i = first; i < last; i++)
		type->total_size -= regions[i].size;
	for (i = 0; i < n; i++)
		type->total_size += piece[i].size;
	memmove(&regions[first + n], &regions[last], (type->cnt - last) * sizeof(*regions));
	memcpy(&regions[first], piece, n * sizeof(*regions));
	type->cnt += n - (last - first);
	return 0;
}

int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
		       unsigned int flags)
{
	phys_addr_t end = range_end(base, size);

	return end > base ? memblock_splice(type, base, end, true, flags) : 0;
}

int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = range_end(base, size);

	return end > base ? memblock_splice(type, base, end, false, MEMBLOCK_NONE) : 0;
}

int memblock_add(phys_addr_t base, phys_addr_t size)
{
	memblock_dbg_caller(base, size);
	return memblock_add_range(&memblock.memory, base, size, MEMBLOCK_NONE);
}

int memblock_remove(phys_addr_t base, phys_addr_t size)
{
	memblock_dbg_caller(base, size);
	return memblock_remove_range(&memblock.memory, base, size);
}

int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	memblock_dbg_caller(base, size);
	return memblock_add_range(&memblock.reserved, base, size, MEMBLOCK_NONE);
}

int memblock_phys_free(phys_addr_t base, phys_addr_t size)
{
	memblock_dbg_caller(base, size);
	return memblock_remove_range(&memblock.reserved, base, size);
}

void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = range_end(base, size), last = ~(phys_addr_t)0;

	memblock_remove_range(&memblock.memory, 0, base);
	memblock_remove_range(&memblock.memory, end, last);
	memblock_remove_range(&memblock.reserved, 0, base);
	memblock_remove_range(&memblock.reserved, end, last);
}

void memblock_enforce_memory_limit(phys_addr_t limit)
{
	phys_addr_t start, end;
	u64 i;

	if (!limit)
		return;
	for_each_mem_range(i, &start, &end) {
		if (limit <= end - start) {
			memblock_cap_memory_range(0, start + limit);
			return;
		}
		limit -= end - start;
	}
}

/* -------------------------- asking and walking -------------------------- */

const struct memblock_region *memblock_search(const struct memblock_type *type, phys_addr_t addr)
{
	unsigned long i = regions_upto(type, addr);

	return i && end_of(type, i - 1) > addr ? &type->regions[i - 1] : NULL;
}

bool memblock_overlaps_region(const struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = range_end(base, size);
	unsigned long i;

	if (end == base)
		return false;
	i = regions_upto(type, end - 1);
	return i && end_of(type, i - 1) > base;
}

bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	const struct memblock_region *region = memblock_search(&memblock.memory, base);

	return region && memblock_region_end(region) >= range_end(base, size);
}

/*
 * The next free range at or above *@addr. A walk is remembered as an address and not as indices
 * into two lists, so the caller may change both between two steps.
 */
bool __next_free_mem_range(u64 *addr, phys_addr_t *p_start, phys_addr_t *p_end)
{
	const struct memblock_type *memory = &memblock.memory, *reserved = &memblock.reserved;

	for (;;) {
		unsigned long m = regions_upto(memory, *addr), r;
		phys_addr_t start, end;

		if (m && end_of(memory, m - 1) > *addr)
			m--;
		if (m == memory->cnt)
			return false;
		start = max(*addr, memory->regions[m].base);
		end = end_of(memory, m);

		r = regions_upto(reserved, start);
		if (r && end_of(reserved, r - 1) > start) {
			*addr = end_of(reserved, r - 1);
			continue;
		}
		if (r < reserved->cnt)
			end = min(end, reserved->regions[r].base);
		*addr = end;
		*p_start = start;
		*p_end = end;
		return true;
	}
}

/* The next free range below *@addr, downwards: the same seen in a mirror. */
bool __next_free_mem_range_rev(u64 *addr, phys_addr_t *p_start, phys_addr_t *p_end)
{
	const struct memblock_type *memory = &memblock.memory, *reserved = &memblock.reserved;

	for (;;) {
		unsigned long m = *addr ? regions_upto(memory, *addr - 1) : 0, r;
		phys_addr_t start, end;

		if (!m)
			return false;
		start = memory->regions[m - 1].base;
		end = min(*addr, end_of(memory, m - 1));

		r = regions_upto(reserved, end - 1);
		if (r && end_of(reserved, r - 1) >= end) {
			*addr = reserved->regions[r - 1].base;
			continue;
		}
		if (r)
			start = max(start, end_of(reserved, r - 1));
		*addr = start;
		*p_start = start;
		*p_end = end;
		return true;
	}
}

/* ------------------------------ allocating ------------------------------ */

/* The lowest, or the highest, free and aligned address for @size bytes in [start, end); or 0. */
static phys_addr_t memblock_find(phys_addr_t size, phys_addr_t align,
				 phys_addr_t start, phys_addr_t end)
{
	u64 up = max(start, (phys_addr_t)PAGE_SIZE), down = end;	/* 0 means failure: never page 0 */
	phys_addr_t low, high, addr;

	while (memblock.bottom_up ? __next_free_mem_range(&up, &low, &high)
				  : __next_free_mem_range_rev(&down, &low, &high)) {
		low = max3(low, start, (phys_addr_t)PAGE_SIZE);
		high = min(high, end);
		if (high < low || high - low < size)
			continue;
		addr = memblock.bottom_up ? round_up(low, align) : round_down(high - size, align);
		if (addr >= low && addr <= high - size)
			return addr;
	}
	return 0;
}

phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align,
				      phys_addr_t start, phys_addr_t end)
{
	phys_addr_t addr;

	if (!size || WARN(memblock.retired, "memblock_alloc: too late, use alloc_pages()\n"))
		return 0;
	if (end == MEMBLOCK_ALLOC_ACCESSIBLE)
		end = memblock.current_limit;
	addr = memblock_find(size, align ?: CACHE_LINE, start, end);
	return addr && !memblock_reserve(addr, size) ? addr : 0;
}

void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				 phys_addr_t max_addr, int nid)
{
	phys_addr_t end = min(max_addr ?: MEMBLOCK_ALLOC_ANYWHERE, memblock.current_limit);
	phys_addr_t addr = memblock_phys_alloc_range(size, align, min_addr, end);

	if (!addr && min_addr)
		addr = memblock_phys_alloc_range(size, align, 0, end);
	return addr ? __va(addr) : NULL;
}

void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid)
{
	void *ptr = memblock_alloc_try_nid_raw(size, align, min_addr, max_addr, nid);

	return ptr ? memset(ptr, 0, size) : NULL;
}

/* ------------------------------ memblock=debug ------------------------------ */

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
	const struct memblock_region *r;

	pr_info(" %s.cnt  = %#lx\n", type->name, type->cnt);
	for_each_memblock_type_region(type, r)
		pr_info(" %s[%#x]\t[%#018llx-%#018llx], %#018llx bytes flags: %#x\n", type->name,
			(unsigned int)(r - type->regions), r->base, memblock_region_end(r) - 1,
			r->size, r->flags);
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
