/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SORT_H
#define _LINUX_SORT_H

#include <linux/types.h>

typedef int (*cmp_func_t)(const void *a, const void *b);
typedef int (*cmp_r_func_t)(const void *a, const void *b, const void *priv);
typedef void (*swap_func_t)(void *a, void *b, int size);
typedef void (*swap_r_func_t)(void *a, void *b, int size, const void *priv);

/*
 * Sort the @num elements of @size bytes at @base, in place: @cmp < 0 when @a comes before @b.
 * @swap may be NULL: then bytes are exchanged. Not stable; never more than 2 n log2 n comparisons;
 * neither recursion nor memory.
 */
void sort(void *base, size_t num, size_t size, cmp_func_t cmp, swap_func_t swap);

/* The same; @priv is handed to @cmp and @swap. */
void sort_r(void *base, size_t num, size_t size, cmp_r_func_t cmp, swap_r_func_t swap,
	    const void *priv);

#endif /* _LINUX_SORT_H */
