// SPDX-License-Identifier: MIT
/* `alloc vmalloc` and `alloc vmap`: virtually contiguous memory by hand. */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <quarry/monitor.h>

#include "show.h"

#define VMAP_MAX	64	/* pages of one `alloc vmap`: their list is on the stack */

/* How far to the left a unit moves its number; -1: it is none. */
static int unit_shift(const char *unit)
{
	static const char units[] = "kmg";
	const char *found = *unit ? strchr(units, tolower(*unit)) : NULL;

	if (!*unit)
		return 0;
	return found && !unit[1] ? 10 * (found - units + 1) : -1;
}

int parse_size(const char *word, size_t *size)
{
	char digits[24], *unit;
	u32 value = 0;
	int shift;

	simple_strtoull(word, &unit, 0);
	shift = unit_shift(unit);
	if (unit - word < sizeof(digits))
		strscpy(digits, word, unit - word + 1);
	if (!isdigit(*word) || unit - word >= sizeof(digits) || shift < 0 ||
	    kstrtouint(digits, 0, &value) || (u64)value << shift > SIZE_MAX) {
		monitor_printf("alloc: %s: not a size: bytes, or 4K, 1M, 1G, below 4G\n", word);
		return -ERANGE;
	}
	*size = value << shift;
	return 0;
}

/* How the area's frames lie: vmalloc() takes them page by page. */
static void describe(const struct held_memory *held)
{
	unsigned long pfn, previous = 0, pages = PAGE_ALIGN(held->size) >> PAGE_SHIFT;
	unsigned long runs = 0, high = 0;

	for (unsigned long i = 0; i < pages; i++, previous = pfn) {
		pfn = vmalloc_to_pfn((char *)held->addr + i * PAGE_SIZE);
		runs += !i || pfn != previous + 1;
		high += pfn >= max_low_pfn;
	}
	monitor_printf("%zu bytes at %px, %s, %pGg\n", held->size, held->addr, held->kind->name,
		       &held->gfp);
	monitor_printf("    %lu page%s in %lu run%s of frames, %lu in high memory; first pfn %#lx",
		       pages, pages > 1 ? "s" : "", runs, runs > 1 ? "s" : "", high,
		       vmalloc_to_pfn(held->addr));
}

/* ---- vmalloc ---- */

static const char *complete_size(int arg, unsigned int n)
{
	static const char *const sizes[] = { "4K", "100K", "1M", "16M" };

	if (arg == 1)
		return n < ARRAY_SIZE(sizes) ? sizes[n] : NULL;
	return arg == 2 ? nth_gfp_name(n) : NULL;
}

/* Any size and any flags: vmalloc() knows by itself what it cannot do. */
static int vmalloc_by_hand(struct held_memory *held, int argc, char **argv)
{
	held->gfp = argc > 1 ? 0 : GFP_KERNEL;
	if (argc < 1 || argc > 2)
		return -EINVAL;
	if (parse_size(argv[0], &held->size))
		return -ERANGE;
	if (argc > 1 && parse_gfp("alloc", argv[1], &held->gfp))
		return -ENOENT;
	held->addr = __vmalloc(held->size, held->gfp);
	if (held->addr)
		return 0;
	monitor_printf("alloc: %zu bytes are not to be had with %pGg\n", held->size, &held->gfp);
	return -ENOMEM;
}

static void vfree_by_hand(const struct held_memory *held)
{
	vfree(held->addr);
}

static const struct memory_kind vmalloc_kind = {
	.name = "vmalloc",
	.usage = "SIZE [FLAGS]",
	.alloc = vmalloc_by_hand,
	.free = vfree_by_hand,
	.describe = describe,
	.complete = complete_size,
};
MEMORY_KIND(vmalloc_kind);

/* ---- vmap ---- */

static void free_pages_of(struct page **pages, unsigned int count)
{
	while (count)
		__free_page(pages[--count]);
}

static void *map_new_pages(unsigned int count, gfp_t gfp)
{
	struct page *pages[VMAP_MAX];
	unsigned int i;
	void *addr = NULL;

	for (i = 0; i < count; i++) {
		pages[i] = alloc_page(gfp);
		if (!pages[i])
			break;
	}
	if (i == count)
		addr = vmap(pages, count, VM_MAP, PAGE_KERNEL);
	if (!addr)
		free_pages_of(pages, i);
	return addr;
}

static int vmap_by_hand(struct held_memory *held, int argc, char **argv)
{
	unsigned int count;

	held->gfp = argc > 1 ? 0 : GFP_KERNEL | __GFP_HIGHMEM;
	if (argc < 1 || argc > 2)
		return -EINVAL;
	if (kstrtouint(argv[0], 0, &count) || !count || count > VMAP_MAX) {
		monitor_printf("alloc: %s: not a number of pages from 1 to %d\n", argv[0], VMAP_MAX);
		return -ERANGE;
	}
	if (argc > 1 && parse_gfp("alloc", argv[1], &held->gfp))
		return -ENOENT;
	held->size = count * PAGE_SIZE;
	held->addr = map_new_pages(count, held->gfp);
	if (held->addr)
		return 0;
	monitor_printf("alloc: %u pages to map are not to be had with %pGg\n", count, &held->gfp);
	return -ENOMEM;
}

/* The pages are ours, and vunmap() leaves them to us; but afterwards nobody knows them. */
static void vunmap_by_hand(const struct held_memory *held)
{
	unsigned int count = held->size >> PAGE_SHIFT;
	struct page *pages[VMAP_MAX];

	for (unsigned int i = 0; i < count; i++)
		pages[i] = vmalloc_to_page((char *)held->addr + i * PAGE_SIZE);
	vunmap(held->addr);
	free_pages_of(pages, count);
}

static const char *complete_pages(int arg, unsigned int n)
{
	static const char *const counts[] = { "1", "2", "4", "8", "16", "32", "64" };

	if (arg == 1)
		return n < ARRAY_SIZE(counts) ? counts[n] : NULL;
	return arg == 2 ? nth_gfp_name(n) : NULL;
}

static const struct memory_kind vmap_kind = {
	.name = "vmap",
	.usage = "PAGES [FLAGS]",
	.alloc = vmap_by_hand,
	.free = vunmap_by_hand,
	.describe = describe,
	.complete = complete_pages,
};
MEMORY_KIND(vmap_kind);
