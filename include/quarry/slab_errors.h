/* SPDX-License-Identifier: MIT */
/* Damaged objects: looking for them, and counting them. */
#ifndef _QUARRY_SLAB_ERRORS_H
#define _QUARRY_SLAB_ERRORS_H

#include <linux/types.h>

struct kmem_cache;

/*
 * Look at all objects of @cache, in use or not, with those of the checks F, Z and P that it has. What
 * is damaged is reported, and restored. Returns how many objects are. Any context but NMI.
 */
long validate_slab_cache(struct kmem_cache *cache);

/*
 * Asked once for each report on an object, and once for each repair: a test that commits crimes by
 * the dozen may want to count them instead of reading about them. True: it was counted, and
 * nothing is printed. NULL: nobody wants to.
 */
extern bool (*slab_error_counted)(void);

#endif /* _QUARRY_SLAB_ERRORS_H */
