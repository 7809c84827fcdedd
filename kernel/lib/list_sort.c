// SPDX-License-Identifier: MIT
/*
 * Merge sort from the bottom up. Sorted runs wait on a row of shelves: shelf k holds nothing, or a
 * run of exactly 2^k entries. A new entry is a run of one; if shelf 0 is taken, the two are merged
 * and go to shelf 1, and so on, as a carry goes through a binary counter. At the end the shelves
 * are merged from the smallest to the largest.
 *
 * Runs are chains through `next` alone, ended by NULL; `prev` is put right in the last pass. What
 * was on a shelf first stood in front in the list, so it is always the left one of a merge, and
 * of equal entries the left one comes first: the sort is stable.
 */
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/list_sort.h>

static struct list_head *merge(void *priv, list_cmp_func_t cmp, struct list_head *left,
			       struct list_head *right)
{
	struct list_head *run, **tail = &run;

	while (left && right) {
		struct list_head **smaller = cmp(priv, left, right) > 0 ? &right : &left;

		*tail = *smaller;
		tail = &(*smaller)->next;
		*smaller = *tail;
	}
	*tail = left ? left : right;
	return run;
}

/* Cut the list up into single entries, and carry them through the shelves. */
static struct list_head *sorted_run(void *priv, list_cmp_func_t cmp, struct list_head *entry)
{
	struct list_head *shelf[BITS_PER_LONG] = { NULL };
	struct list_head *run, *next;
	unsigned int k;

	for (; entry; entry = next) {
		next = entry->next;
		entry->next = NULL;
		run = entry;
		for (k = 0; shelf[k]; k++) {
			run = merge(priv, cmp, shelf[k], run);
			shelf[k] = NULL;
		}
		shelf[k] = run;
	}
	for (run = NULL, k = 0; k < BITS_PER_LONG; k++)
		if (shelf[k])
			run = merge(priv, cmp, shelf[k], run);
	return run;
}

void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp)
{
	struct list_head *prev = head, *entry;

	if (list_empty(head))
		return;
	head->prev->next = NULL;
	for (entry = sorted_run(priv, cmp, head->next); entry; entry = entry->next) {
		__list_link(prev, entry);
		prev = entry;
	}
	__list_link(prev, head);
}
