/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BSEARCH_H
#define _LINUX_BSEARCH_H

#include <linux/sort.h>
#include <linux/types.h>

/*
 * An element of the sorted array that @cmp calls equal to @key (any of them, when there are
 * several), or NULL. @key is always @cmp's first argument, and may be of another type.
 */
void *bsearch(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp);

#endif /* _LINUX_BSEARCH_H */
