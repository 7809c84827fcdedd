// SPDX-License-Identifier: MIT
/* `alloc kmalloc` and `alloc cache`: objects by hand. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <quarry/monitor.h>

#include "../slab.h"
#include "show.h"

/* The flags behind the size, or the name. */
static int take_flags(struct held_memory *held, int argc, char **argv)
{
	held->gfp = argc > 1 ? 0 : GFP_KERNEL;
	return argc > 1 && parse_gfp("alloc", argv[1], &held->gfp) ? -ENOENT : 0;
}

static void describe(const struct held_memory *held)
{
	unsigned long addr = (unsigned long)held->addr;
	struct object_place place;
	const struct page *block;

	monitor_printf("%zu bytes at %px, ", held->size, held->addr);
	if (find_object(addr, &place)) {
		monitor_printf("%s, %pGg\n", place.cache->name, &held->gfp);
		monitor_printf("    object %u of %u in the slab at %lx", place.index,
			       place.cache->num, slab_address(place.cache, place.slab));
		return;
	}
	monitor_printf("%s, %pGg\n", held->kind->name, &held->gfp);
	block = find_large_block(addr);
	if (block)
		monitor_printf("    a block of order %u, not of a slab", page_block_order(block));
	else
		monitor_printf("    no memory at all");
}

static const char *nth_flag(int arg, unsigned int n)
{
	return arg == 2 ? nth_gfp_name(n) : NULL;
}

/* ---- kmalloc ---- */

static int kmalloc_by_hand(struct held_memory *held, int argc, char **argv)
{
	if (argc < 1 || argc > 2)
		return -EINVAL;
	if (parse_size(argv[0], &held->size))
		return -ERANGE;
	if (take_flags(held, argc, argv))
		return -ENOENT;
	held->addr = kmalloc(held->size, held->gfp);
	if (held->addr)
		return 0;
	monitor_printf("alloc: %zu bytes are not to be had with %pGg", held->size, &held->gfp);
	if (held->size > KMALLOC_MAX_SIZE)
		monitor_printf("; the most is %lu", KMALLOC_MAX_SIZE);
	monitor_printf("\n");
	return -ENOMEM;
}

static void kfree_by_hand(const struct held_memory *held)
{
	kfree(held->addr);
}

static const char *complete_size(int arg, unsigned int n)
{
	static const char *const sizes[] = { "8", "100", "1K", "8K", "64K", "4M" };

	if (arg == 1)
		return n < ARRAY_SIZE(sizes) ? sizes[n] : NULL;
	return nth_flag(arg, n);
}

static const struct memory_kind kmalloc_kind = {
	.name = "kmalloc",
	.usage = "SIZE [FLAGS]",
	.alloc = kmalloc_by_hand,
	.free = kfree_by_hand,
	.describe = describe,
	.complete = complete_size,
};
MEMORY_KIND(kmalloc_kind);

/* ---- a cache ---- */

static int cache_by_hand(struct held_memory *held, int argc, char **argv)
{
	struct kmem_cache *cache;

	if (argc < 1 || argc > 2)
		return -EINVAL;
	cache = find_cache(argv[0]);
	if (!cache) {
		monitor_printf("alloc: %s: no such cache; \"cat /proc/slabinfo\" has them all\n",
			       argv[0]);
		return -ENOENT;
	}
	if (take_flags(held, argc, argv))
		return -ENOENT;
	held->size = kmem_cache_size(cache);
	held->addr = kmem_cache_alloc(cache, held->gfp);
	if (held->addr)
		return 0;
	monitor_printf("alloc: an object of %s is not to be had with %pGg\n", cache->name,
		       &held->gfp);
	return -ENOMEM;
}

/* It knows its cache, which cannot have gone as long as it has an object out. */
static void cache_free_by_hand(const struct held_memory *held)
{
	kmem_cache_free(slab_page(held->addr)->slab_cache, held->addr);
}

static const char *complete_cache(int arg, unsigned int n)
{
	return arg == 1 ? nth_cache_name(n) : nth_flag(arg, n);
}

static const struct memory_kind cache_kind = {
	.name = "cache",
	.usage = "NAME [FLAGS]",
	.alloc = cache_by_hand,
	.free = cache_free_by_hand,
	.describe = describe,
	.complete = complete_cache,
};
MEMORY_KIND(cache_kind);
