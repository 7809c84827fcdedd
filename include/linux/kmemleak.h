/* SPDX-License-Identifier: MIT */
/*
 * The leak finder (mm/debug/kmemleak.c): memory that was allocated, and to which nothing leads any
 * more. It looks when it is asked: `leaks` at the prompt, or "scan" written to /proc/kmemleak.
 * Objects in slabs, large blocks of kmalloc() and areas of vmalloc() it finds by itself. What
 * follows is for those who know better, and for memory that it does not know. Any context but NMI.
 */
#ifndef _LINUX_KMEMLEAK_H
#define _LINUX_KMEMLEAK_H

#include <linux/slab.h>
#include <linux/types.h>

/*
 * @size bytes at @ptr, pages for instance, are an object too until kmemleak_free(). It must be
 * referred to (@min_count 1, or more, which is the same here); or it need not be (0); or it need
 * not be and refers to nothing (-1).
 */
void kmemleak_alloc(const void *ptr, size_t size, int min_count, gfp_t gfp);
void kmemleak_free(const void *ptr);

/* About the object that begins at @ptr, until it is freed: … */
void kmemleak_not_leak(const void *ptr);	/* nobody need refer to it */
void kmemleak_ignore(const void *ptr);		/* the same, and there are no references in it */
void kmemleak_no_scan(const void *ptr);		/* there are no references in it */
/* … only those in @size bytes at @ptr, inside the object, count. Several times: they add up. */
void kmemleak_scan_area(const void *ptr, size_t size, gfp_t gfp);

/* Whoever calls this is now the one who allocated it. Only with kmemleak=on, which notes that. */
void kmemleak_update_trace(const void *ptr);

/* For allocators that stand on others: unless the cache's flags say that nobody looks for it. */
static inline void kmemleak_alloc_recursive(const void *ptr, size_t size, int min_count,
					    slab_flags_t flags, gfp_t gfp)
{
	if (!(flags & SLAB_NOLEAKTRACE))
		kmemleak_alloc(ptr, size, min_count, gfp);
}

static inline void kmemleak_free_recursive(const void *ptr, slab_flags_t flags)
{
	if (!(flags & SLAB_NOLEAKTRACE))
		kmemleak_free(ptr);
}

/* A pointer that shall not count any more. */
static inline void kmemleak_erase(void **ptr)
{
	*ptr = NULL;
}

/* ---- Quarry's own ---- */

/*
 * Look for leaks. Returns how many there are; -ENOMEM: no pages to take notes on, for as long as it
 * takes: a bit or two for each object. Process context.
 */
long kmemleak_scan(void);

struct kmemleak_leak {
	unsigned long addr;
	size_t size;
};

/* What the last scan has found and is still there: the @n-th from 0 on. False: there are no more. */
bool kmemleak_found(unsigned int n, struct kmemleak_leak *leak);

/*
 * Of each object, note who has allocated it and when, in @size bytes at @storage, all 0. NULL: no
 * more. kmemleak=on does so from the first object on; tests do it for a while. Process context.
 */
void kmemleak_use(void *storage, size_t size);
/* Is it being noted? */
bool kmemleak_traces(void);

#endif /* _LINUX_KMEMLEAK_H */
