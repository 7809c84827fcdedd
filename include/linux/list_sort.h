/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_LIST_SORT_H
#define _LINUX_LIST_SORT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* > 0 when @a must come behind @b; <= 0 when they may stay as they are. */
typedef int __attribute__((nonnull(2, 3))) (*list_cmp_func_t)(void *priv,
		const struct list_head *a, const struct list_head *b);

/* Stable merge sort in place: n log2 n comparisons at most, no memory. @priv goes to @cmp. */
void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp)
	__attribute__((nonnull(2, 3)));

#endif /* _LINUX_LIST_SORT_H */
