// SPDX-License-Identifier: MIT
/*
 * kmalloc: memory of any size.
 *
 * 1. The idea
 * A cache for each of thirteen sizes, the classes: powers of two from 8 to 8192, and 96 and 192, where
 * many requests lie. A request gets an object of the smallest class that holds it: at worst about half
 * of it is wasted. (LDD3 chapter 8, "The Real Story of kmalloc": "the kernel can allocate only
 * certain predefined, fixed-size byte arrays.")
 *
 * 2. Four of each
 *	kmalloc-64	what most want
 *	kmalloc-rcl-64	what can be shrunk (__GFP_RECLAIMABLE): kept together, so that shrinking
 *			gives back whole pageblocks
 *	kmalloc-cg-64	what is charged (__GFP_ACCOUNT)
 *	dma-kmalloc-64	from the first 16 MiB (GFP_DMA)
 * For a size that the compiler knows, the class is found at compile time (<linux/slab.h>).
 *
 * 3. Large requests
 * What is larger than 8192 bytes is a block of pages, up to 4 MiB. Its first page says so
 * (page->slab_cache is KMALLOC_LARGE), so that kfree() needs no size.
 *
 * 4. Alignment
 * A class is aligned to the largest power of two that divides it, with whatever checkers add:
 * 64 to 64, 96 to 32.
 *
 * 5. kfree() believes nobody
 * The page tells whether an address is an object's, and of which cache. An address outside of the
 * direct map has no page to ask; NULL and ZERO_SIZE_PTR, which may be freed, are among those, and
 * cost nothing here.
 */
#include <linux/bitops.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <quarry/boot_level.h>

#include "internal.h"
#include "slab_cpu.h"

/* ---- classes ---- */

/* Before there are caches: nothing is quick, and the slow way says that it is too early. */
static struct kmem_cache too_early = {
	.name = "kmalloc",
	.cpu = { [0 ... NR_CPUS - 1] = { .top = &no_round, .end = &no_round } },
};

#define CLASSES	(KMALLOC_SHIFT_HIGH + 1)

struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][CLASSES] = {
	[0 ... NR_KMALLOC_TYPES - 1] = { [0 ... CLASSES - 1] = &too_early },
};

/* The class of sizes up to 192, by (size - 1) / 8. */
static const u8 small_classes[24] = {
	3, 4, 5, 5, 6, 6, 6, 6, 1, 1, 1, 1, 7, 7, 7, 7, 2, 2, 2, 2, 2, 2, 2, 2,
};

static __always_inline struct kmem_cache *class_cache(unsigned int class, gfp_t flags)
{
	if (unlikely(kmalloc_type(flags) != KMALLOC_NORMAL))
		return kmalloc_caches[kmalloc_type(flags)][class];
	return kmalloc_caches[KMALLOC_NORMAL][class];
}

/* The cache for @size bytes, 1 … KMALLOC_MAX_CACHE_SIZE. */
static __always_inline struct kmem_cache *kmalloc_slab(size_t size, gfp_t flags)
{
	return class_cache(size <= 192 ? small_classes[(size - 1) / 8] : fls(size - 1), flags);
}

size_t kmalloc_size_roundup(size_t size)
{
	if (!size || size > KMALLOC_MAX_SIZE)
		return size;
	if (size > KMALLOC_MAX_CACHE_SIZE)
		return PAGE_SIZE << get_order(size);
	return kmalloc_slab(size, 0)->object_size;
}

/* ---- large requests ---- */

/* Not of the page allocator's orders: as Linux, it says so once and for all callers. */
static __cold void *refuse(size_t size, gfp_t flags)
{
	if (!(flags & __GFP_NOWARN))
		WARN_ON_ONCE(size > KMALLOC_MAX_SIZE);
	return NULL;
}

void *kmalloc_large(size_t size, gfp_t flags)
{
	struct page *page;

	if (unlikely(size > KMALLOC_MAX_SIZE))
		return refuse(size, flags);
	if (unlikely(flags & (__GFP_HIGHMEM | __GFP_DMA32)))
		flags = slab_fix_flags(flags);
	page = alloc_pages(flags | __GFP_COMP, get_order(size));
	if (unlikely(!page))
		return NULL;
	page->slab_cache = KMALLOC_LARGE;
	kasan_kmalloc_large(lowmem_page_address(page), size);
	return lowmem_page_address(page);
}

static bool is_large(const struct page *page, const void *object)
{
	return page->slab_cache == KMALLOC_LARGE && page_state(page) == PAGE_ALLOCATED &&
	       lowmem_page_address(page) == object;
}

static noinline void free_large(struct page *page, void *object)
{
	if (!is_large(page, object)) {
		report_not_slab(object);
		return;
	}
	page->slab_cache = NULL;
	__free_pages(page, page_block_order(page));
}

/* ---- taking and giving back ---- */

/* When somebody watches, he may want to know how much of the object is in use. */
static noinline void *alloc_slow(struct kmem_cache *cache, gfp_t flags, size_t size)
{
	void *object = cache_alloc_slow(cache, flags);

	if (object && cache->watched)
		slab_watched_resize(cache, object, size);
	return object;
}

/* Classes are whole words. */
static noinline void *clear(void *object, const struct kmem_cache *cache)
{
	return memset32(object, 0, cache->zero_size / sizeof(u32));
}

void *kmalloc_trace(struct kmem_cache *cache, gfp_t flags, size_t size)
{
	void *object = cache_alloc_quick(cache);

	if (unlikely(!object))
		return alloc_slow(cache, flags, size);
	if (unlikely(flags & __GFP_ZERO))
		return clear(object, cache);
	return object;
}

static noinline void *alloc_no_class(size_t size, gfp_t flags)
{
	return size ? kmalloc_large(size, flags) : ZERO_SIZE_PTR;
}

/* (0 is larger than anything, less 1.) */
void *__kmalloc(size_t size, gfp_t flags)
{
	if (likely(size - 1 < 192))
		return kmalloc_trace(class_cache(small_classes[(size - 1) / 8], flags), flags, size);
	if (likely(size - 1 < KMALLOC_MAX_CACHE_SIZE))
		return kmalloc_trace(class_cache(fls(size - 1), flags), flags, size);
	return alloc_no_class(size, flags);
}

static noinline void free_something(void *object)
{
	struct page *page = object_page(object);

	if (unlikely(!page)) {
		if (object != ZERO_SIZE_PTR)
			report_not_slab(object);
		return;
	}
	if (likely(page_is_slab(page)))
		cache_free(page->slab_cache, object);
	else
		free_large(page, object);
}

/* Many come with NULL, instead of asking themselves. They do not get any further. */
void kfree(const void *objp)
{
	if (likely(objp))
		free_something((void *)objp);
}

void kmem_cache_free_bulk(struct kmem_cache *cachep, size_t nr, void **p)
{
	if (cachep)
		slab_cpu_free_bulk(cachep, nr, p);
	else
		while (nr)
			kfree(p[--nr]);
}

size_t ksize(const void *objp)
{
	struct page *page = object_page(objp);
	struct kmem_cache *cache;

	if (ZERO_OR_NULL_PTR(objp))
		return 0;
	if (!page || (!PageSlab(page) && !is_large(page, objp))) {
		report_not_slab(objp);
		return 0;
	}
	if (!PageSlab(page)) {
		kasan_kmalloc_large(objp, PAGE_SIZE << page_block_order(page));
		return PAGE_SIZE << page_block_order(page);
	}
	cache = page->slab_cache;
	if (cache->watched)
		slab_watched_resize(cache, (void *)objp, cache->object_size);
	return cache->object_size;
}
