/* SPDX-License-Identifier: MIT */
/* What the parts of slub_debug know of each other. slub_debug.c tells what a slot looks like. */
#ifndef _MM_DEBUG_SLUB_H
#define _MM_DEBUG_SLUB_H

#include "../slab.h"

/* What changes a slot: something stands beside the object, or in it while it is free. */
#define SLUB_METADATA_FLAGS	(SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)
/* All that slub_debug.c looks at. */
#define SLUB_FLAGS		(SLUB_METADATA_FLAGS | SLAB_CONSISTENCY_CHECKS | SLAB_TRACE)

/* ---- slub_options.c: what `slub_debug=` says ---- */

/* @flags, and those that the command line adds for a cache of that name. */
slab_flags_t slub_debug_flags(const char *name, slab_flags_t flags);
/* 'O': no notes where they would make a slab larger. */
bool slub_debug_keeps_order(void);
/* P is on for all caches. */
bool slub_debug_poisons_all(void);

/* ---- slub_track.c: who had it last ---- */

enum track_item { TRACK_ALLOC, TRACK_FREE, NR_TRACKS };

#define TRACK_DEPTH	12

struct track {
	unsigned long addrs[TRACK_DEPTH];	/* the backtrace; less than all of it: 0 behind it */
	u32 when;				/* milliseconds since boot */
	pid_t pid : 24;
	u32 cpu : 8;
};

/* Note that the caller's caller's caller … does it now. */
void track_set(struct track *track);
/* "Allocated in …", "Freed in …", with their backtraces, into the log. */
void track_print(const struct track tracks[NR_TRACKS]);

/* ---- slub_debug.c: where things are in a slot ---- */

static inline void *slot_of(const struct kmem_cache *cache, const void *object)
{
	return (void *)object - cache->object_offset;
}

static inline struct track *tracks_of(const struct kmem_cache *cache, const void *object)
{
	return slot_of(cache, object) + cache->inuse;
}

#endif /* _MM_DEBUG_SLUB_H */
