// SPDX-License-Identifier: MIT
/*
 * Heap sort: no memory, no recursion, and no input that makes it slow. The array is read as a
 * binary tree (the children of element i are 2i + 1 and 2i + 2) that is first made a heap, in which
 * no child is larger than its parent; then the largest element, the root, goes to the end again
 * and again, and the heap shrinks.
 *
 * Sinking an element takes Floyd's shortcut: first follow the larger children down to a leaf,
 * without asking whether the element could stop; then climb to the place where it belongs. Most
 * elements belong near the leaves, so this saves nearly half of the comparisons.
 */
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>

struct sorting {
	void *base;
	size_t size;		/* of an element */
	cmp_r_func_t cmp;
	swap_r_func_t swap_func;
	const void *priv;
};

static void *element(const struct sorting *s, size_t i)
{
	return s->base + i * s->size;
}

static bool is_less(const struct sorting *s, size_t i, size_t j)
{
	return s->cmp(element(s, i), element(s, j), s->priv) < 0;
}

static void exchange(const struct sorting *s, size_t i, size_t j)
{
	s->swap_func(element(s, i), element(s, j), s->size, s->priv);
}

/* The leaf at the end of the path of larger children from @i down, in a heap of @num. */
static size_t leaf_below(const struct sorting *s, size_t i, size_t num)
{
	size_t child;

	while ((child = 2 * i + 1) < num) {
		if (child + 1 < num && is_less(s, child, child + 1))
			child++;
		i = child;
	}
	return i;
}

/* Both subtrees of @root are heaps; make one of it. */
static void sink(const struct sorting *s, size_t root, size_t num)
{
	size_t i = leaf_below(s, root, num);

	while (i != root && !is_less(s, root, i))
		i = (i - 1) / 2;
	/* The root's element goes to i, those on the path move up: exchange from the bottom. */
	for (size_t place = i; i != root;) {
		i = (i - 1) / 2;
		exchange(s, i, place);
	}
}

static void swap_bytes(void *a, void *b, int size, const void *priv)
{
	u8 *p = a, *q = b;

	while (size--) {
		swap(*p, *q);
		p++, q++;
	}
}

/* Structures are mostly whole words. */
static void swap_words(void *a, void *b, int size, const void *priv)
{
	u32 *p = a, *q = b;

	for (; size; size -= sizeof(u32)) {
		swap(*p, *q);
		p++, q++;
	}
}

static swap_r_func_t default_swap(const void *base, size_t size)
{
	return ((unsigned long)base | size) % sizeof(u32) ? swap_bytes : swap_words;
}

void sort_r(void *base, size_t num, size_t size, cmp_r_func_t cmp, swap_r_func_t swap,
	    const void *priv)
{
	struct sorting s = { base, size, cmp, swap ?: default_swap(base, size), priv };

	for (size_t i = num / 2; i-- > 0;)
		sink(&s, i, num);
	while (num > 1) {
		exchange(&s, 0, --num);
		sink(&s, 0, num);
	}
}

/* sort() hands its two functions through sort_r()'s priv. */
struct plain_functions {
	cmp_func_t cmp;
	swap_func_t swap_func;
};

static int plain_cmp(const void *a, const void *b, const void *priv)
{
	const struct plain_functions *f = priv;

	return f->cmp(a, b);
}

static void plain_swap(void *a, void *b, int size, const void *priv)
{
	const struct plain_functions *f = priv;

	f->swap_func(a, b, size);
}

void sort(void *base, size_t num, size_t size, cmp_func_t cmp, swap_func_t swap)
{
	struct plain_functions functions = { cmp, swap };

	sort_r(base, num, size, plain_cmp, swap ? plain_swap : NULL, &functions);
}
