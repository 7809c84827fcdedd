/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/types.h>

struct kmem_cache;
struct slab;

/*
 * One page frame. The memory map is an array of these, one for every frame from 0 to the end of
 * RAM, so the frame's number is its index. 16 bytes: at 60 GiB the map takes 240 MiB, out of the
 * 896 MiB that the kernel can address (with Linux's 32 bytes it would be 480).
 *
 * Links between pages are frame numbers; 0 is "none", since frame 0 is never free.
 */
struct page {
	unsigned long flags;		/* <linux/page-flags.h> */
	atomic_t _refcount;		/* page_count(); 0 while free, and in all but a block's first */
	union {
		struct {		/* mm/buddy.c, mm/page_pcp.c: a block on a free list */
			u32 next_pfn;
			u32 prev_pfn;	/* 0: the list's first. Unused on a CPU's list */
		} buddy;

		/* Whoever allocated the page: either a place on a list of theirs … */
		struct list_head lru;
		/* … or two words of any kind. */
		struct {
			unsigned long private;
			unsigned long index;
		};
		/* mm/slab.c: each page of a slab; the first of what kmalloc_large() returned */
		struct {
			struct kmem_cache *slab_cache;
			struct slab *slab;
		};
	};
};

#define STRUCT_PAGE_SHIFT	4
static_assert(sizeof(struct page) == 1 << STRUCT_PAGE_SHIFT, "the map takes 1/256 of RAM");

#endif /* _LINUX_MM_TYPES_H */
