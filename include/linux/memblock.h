/* SPDX-License-Identifier: MIT */
/*
 * memblock: the allocator of boot, before there is any other. Names, arguments and failure
 * behaviour are those of Linux 6.1's <linux/memblock.h>; mm/memblock.c tells how it works.
 *
 * Addresses are physical and in bytes, ranges are [base, base + size). A size that would wrap
 * past the last address is clipped; a size of 0 names nothing, and adding or removing nothing
 * succeeds. May be called from the first line of C until the page allocator takes over, on one
 * CPU, with interrupts off.
 */
#ifndef _LINUX_MEMBLOCK_H
#define _LINUX_MEMBLOCK_H

#include <linux/init.h>
#include <linux/pfn.h>
#include <linux/types.h>

#define INIT_MEMBLOCK_REGIONS	128	/* room in each list before it has to grow */

#ifndef NUMA_NO_NODE
#define NUMA_NO_NODE	(-1)		/* one node only: every "nid" argument is ignored */
#endif
#ifndef MAX_NUMNODES
#define MAX_NUMNODES	1
#endif

#define MEMBLOCK_NONE			0
#define MEMBLOCK_LOW_LIMIT		0
#define MEMBLOCK_ALLOC_ACCESSIBLE	0		/* as "end": up to the current limit */
#define MEMBLOCK_ALLOC_ANYWHERE		(~(phys_addr_t)0)
#define ARCH_LOW_ADDRESS_LIMIT		0xffffffffUL

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	unsigned int flags;	/* MEMBLOCK_NONE; in the firmware's list an enum boot_map_type */
};

/*
 * A list of regions. What must hold between any two calls, and memblock_validate() checks:
 *
 *	cnt <= max
 *	0 < regions[i].size  and  regions[i].base + regions[i].size does not wrap
 *	end of regions[i] <= base of regions[i + 1], and where they are equal the flags differ
 *	total_size == sum of regions[i].size
 *	grown  =>  every byte of regions[0 .. max) is reserved and is memory
 */
struct memblock_type {
	unsigned long cnt;		/* regions in use */
	unsigned long max;		/* regions there is room for */
	phys_addr_t total_size;
	struct memblock_region *regions;
	const char *name;
	bool grown;			/* the array is not the static one any more */
};

struct memblock {
	bool bottom_up;			/* allocate from the lowest address up */
	bool retired;			/* free RAM belongs to the page allocator: allocate nothing */
	phys_addr_t current_limit;	/* allocate below it: what the kernel has mapped */
	struct memblock_type memory;	/* RAM, whole pages once memblock_setup() has run */
	struct memblock_type reserved;	/* bytes that have an owner, RAM or not */
	struct memblock_type firmware;	/* what the firmware said of every byte, never overlapping */
};

extern struct memblock memblock;

static inline phys_addr_t memblock_region_end(const struct memblock_region *region)
{
	return region->base + region->size;
}

/* RAM is counted in whole pages only, a reservation takes the pages it touches. */
static inline unsigned long memblock_region_memory_base_pfn(const struct memblock_region *region)
{
	return PFN_UP(region->base);
}

static inline unsigned long memblock_region_memory_end_pfn(const struct memblock_region *region)
{
	return PFN_DOWN(memblock_region_end(region));
}

static inline unsigned long memblock_region_reserved_base_pfn(const struct memblock_region *region)
{
	return PFN_DOWN(region->base);
}

static inline unsigned long memblock_region_reserved_end_pfn(const struct memblock_region *region)
{
	return PFN_UP(memblock_region_end(region));
}

/* -------------------------------- lists -------------------------------- */

/* All return 0, or -ENOMEM when a list is full and could not grow; nothing has changed then. */
int memblock_add(phys_addr_t base, phys_addr_t size);		/* this is RAM */
int memblock_remove(phys_addr_t base, phys_addr_t size);	/* this is not */
int memblock_reserve(phys_addr_t base, phys_addr_t size);	/* this has an owner */
int memblock_phys_free(phys_addr_t base, phys_addr_t size);	/* this has none any more */

static inline int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid, int flags)
{
	return memblock_add(base, size);
}

/* Give back what memblock_alloc() returned. NULL is nothing. */
static inline void memblock_free(void *ptr, size_t size)
{
	if (ptr)
		memblock_phys_free(__pa(ptr), size);
}

/*
 * The same for any list. memblock_add_range() overrules what the list said about the range
 * before (Linux keeps it; without flags there is no difference).
 */
int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
		       unsigned int flags);
int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size);

/* Forget all RAM and all reservations outside [base, base + size). */
void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size);
/* Forget all RAM behind the first @limit bytes of it, and reservations up there. 0: no limit. */
void memblock_enforce_memory_limit(phys_addr_t limit);

/* ------------------------------ allocating ------------------------------ */

/*
 * Find free RAM, reserve it and return its physical address; 0 when there is none (address 0 is
 * never handed out), or when @size is 0. @align is a power of two in bytes; 0 means one cache
 * line. The highest fitting address is taken, or the lowest after memblock_set_bottom_up(true).
 * The contents are whatever was there. @end may be MEMBLOCK_ALLOC_ACCESSIBLE or _ANYWHERE.
 */
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align,
				      phys_addr_t start, phys_addr_t end);

static inline phys_addr_t memblock_phys_alloc(phys_addr_t size, phys_addr_t align)
{
	return memblock_phys_alloc_range(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE);
}

/*
 * The same, for memory to be used at once: below the current limit, returned as an address in
 * the direct map, and zeroed unless "raw". NULL when there is none. @min_addr is a wish: when
 * nothing is free above it, lower memory is taken.
 */
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid);
void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				 phys_addr_t max_addr, int nid);

static inline void *memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT,
				      MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE);
}

static inline void *memblock_alloc_raw(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid_raw(size, align, MEMBLOCK_LOW_LIMIT,
					  MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE);
}

static inline void *memblock_alloc_from(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr)
{
	return memblock_alloc_try_nid(size, align, min_addr,
				      MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE);
}

static inline void *memblock_alloc_low(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT,
				      ARCH_LOW_ADDRESS_LIMIT, NUMA_NO_NODE);
}

static inline void *memblock_alloc_node(phys_addr_t size, phys_addr_t align, int nid)
{
	return memblock_alloc(size, align);
}

static inline void memblock_set_bottom_up(bool enable)
{
	memblock.bottom_up = enable;
}

static inline bool memblock_bottom_up(void)
{
	return memblock.bottom_up;
}

/* mm_init(): whatever was free has been handed over. The lists stay, for whoever wants to look. */
static inline void memblock_retire(void)
{
	memblock.retired = true;
}

static inline void memblock_set_current_limit(phys_addr_t limit)
{
	memblock.current_limit = limit;
}

static inline phys_addr_t memblock_get_current_limit(void)
{
	return memblock.current_limit;
}

/* ------------------------------- asking ------------------------------- */

static inline phys_addr_t memblock_phys_mem_size(void)		/* bytes of RAM */
{
	return memblock.memory.total_size;
}

static inline phys_addr_t memblock_reserved_size(void)		/* bytes reserved, RAM or not */
{
	return memblock.reserved.total_size;
}

/* The first byte of RAM, and the first behind the last of it. Both are 0 when there is none. */
static inline phys_addr_t memblock_start_of_DRAM(void)
{
	return memblock.memory.cnt ? memblock.memory.regions[0].base : 0;
}

static inline phys_addr_t memblock_end_of_DRAM(void)
{
	unsigned long cnt = memblock.memory.cnt;

	return cnt ? memblock_region_end(&memblock.memory.regions[cnt - 1]) : 0;
}

/* The region that @addr lies in, or NULL. */
const struct memblock_region *memblock_search(const struct memblock_type *type, phys_addr_t addr);

/* Whether some of [base, base + size) is listed. */
bool memblock_overlaps_region(const struct memblock_type *type,
			      phys_addr_t base, phys_addr_t size);

static inline bool memblock_is_memory(phys_addr_t addr)
{
	return memblock_search(&memblock.memory, addr);
}

static inline bool memblock_is_reserved(phys_addr_t addr)
{
	return memblock_search(&memblock.reserved, addr);
}

bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size);		/* all of it */

static inline bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size) /* some of it */
{
	return memblock_overlaps_region(&memblock.reserved, base, size);
}

/* Print both lists, if "memblock=debug" is on the command line (every change is printed then). */
void memblock_dump_all(void);

/* Check what is promised above; print each broken promise with its regions. False: some are. */
bool memblock_validate(void);

/* ------------------------------ iterating ------------------------------ */

/*
 * The steps of the loops below: move *@idx (an index) or *@addr on, fill *@start and *@end, and
 * return true; or return false behind the last range.
 */
static inline bool __next_mem_range(const struct memblock_type *type, u64 *idx,
				    phys_addr_t *start, phys_addr_t *end)
{
	const struct memblock_region *region = &type->regions[*idx];

	if (*idx >= type->cnt)
		return false;
	*start = region->base;
	*end = memblock_region_end(region);
	return ++*idx;
}

static inline bool __next_mem_pfn_range(int *idx, unsigned long *start_pfn, unsigned long *end_pfn)
{
	while (*idx < memblock.memory.cnt) {
		const struct memblock_region *region = &memblock.memory.regions[(*idx)++];

		*start_pfn = memblock_region_memory_base_pfn(region);
		*end_pfn = memblock_region_memory_end_pfn(region);
		if (*start_pfn < *end_pfn)
			return true;
	}
	return false;
}

bool __next_free_mem_range(u64 *addr, phys_addr_t *start, phys_addr_t *end);
bool __next_free_mem_range_rev(u64 *addr, phys_addr_t *start, phys_addr_t *end);

/* Every range of RAM, of reservations. @i is a u64; @p_start and @p_end phys_addr_t pointers. */
#define for_each_mem_range(i, p_start, p_end) \
	for ((i) = 0; __next_mem_range(&memblock.memory, &(i), p_start, p_end); )
#define for_each_reserved_mem_range(i, p_start, p_end) \
	for ((i) = 0; __next_mem_range(&memblock.reserved, &(i), p_start, p_end); )

/* Every range of RAM that is not reserved, upwards or downwards. The body may allocate and free. */
#define for_each_free_mem_range(i, nid, flags, p_start, p_end, p_nid) \
	for ((i) = 0; __next_free_mem_range(&(i), p_start, p_end); )
#define for_each_free_mem_range_reverse(i, nid, flags, p_start, p_end, p_nid) \
	for ((i) = ~0ULL; __next_free_mem_range_rev(&(i), p_start, p_end); )

/* Every range of whole pages of RAM. @i is an int; the pointers are to unsigned long. */
#define for_each_mem_pfn_range(i, nid, p_start, p_end, p_nid) \
	for ((i) = 0; __next_mem_pfn_range(&(i), p_start, p_end); )

/* Every region itself: @region is a struct memblock_region pointer. */
#define for_each_memblock_type_region(type, region) \
	for ((region) = (type)->regions; (region) < (type)->regions + (type)->cnt; (region)++)
#define for_each_mem_region(region) \
	for_each_memblock_type_region(&memblock.memory, region)
#define for_each_reserved_mem_region(region) \
	for_each_memblock_type_region(&memblock.reserved, region)

#endif /* _LINUX_MEMBLOCK_H */
