// SPDX-License-Identifier: MIT
#include <linux/bsearch.h>

/* The element, if it is there, is always among the @num from @base on. */
void *bsearch(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp)
{
	while (num) {
		const void *middle = base + num / 2 * size;
		int order = cmp(key, middle);

		if (order == 0)
			return (void *)middle;
		if (order > 0) {
			base = middle + size;
			num--;
		}
		num /= 2;
	}
	return NULL;
}
