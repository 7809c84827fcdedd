/* SPDX-License-Identifier: MIT */
/* What KASAN's parts in mm/ know of each other. */
#ifndef _MM_DEBUG_KASAN_H
#define _MM_DEBUG_KASAN_H

#include <linux/kasan.h>

#include "../../slab.h"

/* pages.c */
void kasan_poison_free_pages(void);

/*
 * objects.c: who has done something with an object, as far as it is known. That stands at the end of
 * its slot, in the red zone; caches that have room for it have the flag SLAB_KASAN.
 */
struct kasan_track {
	u16 stack;		/* the stack depot's handle; 0: unknown */
	u16 pid;
};

struct kasan_tracks {
	struct kasan_track allocated, freed;
};

static inline struct kasan_tracks *kasan_tracks_of(const struct kmem_cache *cache, const void *object)
{
	return (void *)object - cache->object_offset + cache->size - sizeof(struct kasan_tracks);
}

/* quarantine.c: @object goes back to its slab, but not yet. False: it may go at once. */
bool kasan_quarantine_put(struct kmem_cache *cache, void *object);

#endif /* _MM_DEBUG_KASAN_H */
