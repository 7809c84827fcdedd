/* SPDX-License-Identifier: MIT */
/* What KASAN's parts in mm/ know of each other. */
#ifndef _MM_DEBUG_KASAN_H
#define _MM_DEBUG_KASAN_H

#include <linux/kasan.h>

#include "../../slab.h"

/* pages.c */
void kasan_poison_free_pages(void);

/*
 * objects.c: whose backtraces are known of an object (stack depot's handles). They stand at the end
 * of its slot, in the red zone; caches that have room for them have the flag SLAB_KASAN.
 */
struct kasan_tracks {
	u16 allocated_by, freed_by;
};

static inline struct kasan_tracks *kasan_tracks_of(const struct kmem_cache *cache, const void *object)
{
	return (void *)object - cache->object_offset + cache->size - sizeof(struct kasan_tracks);
}

/* quarantine.c: @object goes back to its slab, but not yet. False: it may go at once. */
bool kasan_quarantine_put(struct kmem_cache *cache, void *object);

#endif /* _MM_DEBUG_KASAN_H */
