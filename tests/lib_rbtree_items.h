/* SPDX-License-Identifier: MIT */
/* Trees for the tests of <linux/rbtree.h>: their items, and what must hold for every tree. */
#ifndef _TESTS_LIB_RBTREE_ITEMS_H
#define _TESTS_LIB_RBTREE_ITEMS_H

#include <linux/rbtree.h>

#define MANY	64

struct item {
	struct rb_node node;
	int key;
	int value;		/* what the summary is made of */
	int summary;
	bool in_tree;
};

extern struct item items[MANY];

/* Nodes with keys 0 … @n - 1, all outside. */
void fresh_items(int n);

static inline struct item *item_of(const struct rb_node *node)
{
	return rb_entry(node, struct item, node);
}

static inline bool item_less(struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key < item_of(b)->key;
}

/*
 * What is wrong with the tree, which should have @count nodes; NULL: nothing. All of it is walked:
 * order, links back, both rules of the colours, and, if the tree has them, the summaries, of which
 * @summary says what they should be.
 */
const char *tree_fault(const struct rb_root *root, int count,
		       int (*summary)(const struct item *item));

#endif /* _TESTS_LIB_RBTREE_ITEMS_H */
