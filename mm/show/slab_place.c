// SPDX-License-Identifier: MIT
/*
 * What lies at an address of a slab, or of a large block of kmalloc()'s, in words: for fault
 * reports, `pt` and `lookup`. Each text goes on a sentence like "The address lies in …".
 *
 * It is asked in the middle of faults, perhaps of one in the allocator. So no lock is taken, and
 * nothing is believed: a page's cache must be one that is on the list of caches, and whatever is
 * read next must be mapped.
 */
#include <linux/kernel.h>
#include <quarry/memory_layout.h>

#include "../slab.h"
#include "show.h"

#define CACHES_MAX	4096	/* steps along the list; a damaged one may have no end */

/* None of what is read is larger than a page. */
static bool can_be_read_whole(const void *p, size_t size)
{
	return can_be_read(p) && can_be_read(p + size - 1);
}
static_assert(sizeof(struct kmem_cache) <= PAGE_SIZE);

static bool is_cache(const struct kmem_cache *cache)
{
	const struct list_head *at = READ_ONCE(slab_caches.next);

	for (unsigned int steps = 0; at != &slab_caches && steps < CACHES_MAX; steps++) {
		if (!can_be_read_whole(at, sizeof(*at)))
			return false;
		if (at == &cache->list)
			return can_be_read_whole(cache, sizeof(*cache));
		at = READ_ONCE(at->next);
	}
	return false;
}

/* Can @slab be what describes the pages at @addr? */
static bool is_slab(const struct kmem_cache *cache, const struct slab *slab, unsigned long addr)
{
	size_t size = PAGE_SIZE << cache->gfporder;

	return IS_ALIGNED((unsigned long)slab, sizeof(long)) &&
	       can_be_read_whole(slab, slab_description_size(cache->num)) &&
	       slab_address(cache, slab) == ALIGN_DOWN(addr, size);
}

static enum object_state state_of(const struct object_place *place)
{
	if (place->index >= place->cache->num || !slab_object_is_free(place->slab, place->index))
		return slab_object_in_magazine(place->cache, place->object) ?
		       OBJECT_IN_MAGAZINE : OBJECT_USED;
	return OBJECT_FREE;
}

bool find_object(unsigned long addr, struct object_place *place)
{
	const struct page *page = slab_page((void *)addr);
	const struct kmem_cache *cache = page ? READ_ONCE(page->slab_cache) : NULL;
	const struct slab *slab = page ? READ_ONCE(page->slab) : NULL;

	if (!cache || !is_cache(cache) || !is_slab(cache, slab, addr))
		return false;
	place->cache = page->slab_cache;
	place->slab = page->slab;
	place->index = addr < (unsigned long)slab->objects ? cache->num :
		       (addr - (unsigned long)slab->objects) / cache->size;
	place->index = min(place->index, cache->num);
	place->object = slab_object(cache, slab, place->index);
	place->offset = addr - (unsigned long)place->object;
	place->state = state_of(place);
	return true;
}

struct page *find_large_block(unsigned long addr)
{
	struct page *page = object_page((void *)addr);

	page = page ? block_head(page) : NULL;
	return page && page_state(page) == PAGE_ALLOCATED && !PageSlab(page) &&
	       READ_ONCE(page->slab_cache) == KMALLOC_LARGE ? page : NULL;
}

/* ---- in words ---- */

/* "the 96-byte kmalloc-96 object 0xc1234560, which is free" */
static void print_object(const struct object_place *place, char *buf, size_t size)
{
	static const char *const states[] = {
		[OBJECT_USED] = "", [OBJECT_FREE] = ", which is free",
		[OBJECT_IN_MAGAZINE] = ", which is free (in a magazine)",
	};

	scnprintf(buf, size, "the %u-byte %s object 0x%px%s", place->cache->object_size,
		  place->cache->name, place->object, states[place->state]);
}

/* In a slot, but not in its object: there may be guard bytes, and checkers' notes. */
static void describe_slot(const struct object_place *place, char *buf, size_t size)
{
	unsigned int end = place->cache->object_size;
	int n;

	if (place->offset < 0)
		n = scnprintf(buf, size, "the slot, %ld bytes before ", -place->offset);
	else if (place->offset < end)
		n = scnprintf(buf, size, "byte %ld of ", place->offset);
	else
		n = scnprintf(buf, size, "the slot, %ld bytes behind the end of ",
			      place->offset - end);
	print_object(place, buf + n, size - n);
}

/* What a slab has besides slots. */
static void describe_rest(const struct object_place *place, unsigned long addr, char *buf,
			  size_t size)
{
	unsigned long start = (unsigned long)place->slab;
	bool described = addr >= start && addr - start < slab_description_size(place->cache->num);

	scnprintf(buf, size, "%s the %s slab 0x%lx", described ? "the description of" :
		  addr < (unsigned long)place->slab->objects ? "the unused beginning of" :
		  "the unused end of", place->cache->name,
		  slab_address(place->cache, place->slab));
}

static enum address_place describe_slab(unsigned long addr, char *buf, size_t size)
{
	struct object_place place;
	struct page *block;

	if (!mem_map || addr >= (unsigned long)high_memory)
		return PLACE_UNKNOWN;
	if (find_object(addr, &place)) {
		if (place.index < place.cache->num)
			describe_slot(&place, buf, size);
		else
			describe_rest(&place, addr, buf, size);
		return PLACE_KNOWN;
	}
	block = find_large_block(addr);
	if (!block)
		return PLACE_UNKNOWN;
	scnprintf(buf, size, "byte %lu of the %lu-byte kmalloc block 0x%px",
		  addr - (unsigned long)page_address(block), PAGE_SIZE << page_block_order(block),
		  page_address(block));
	return PLACE_KNOWN;
}
ADDRESS_DESCRIBER(describe_slab);
