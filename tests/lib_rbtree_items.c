// SPDX-License-Identifier: MIT
#include <linux/rbtree_augmented.h>
#include <linux/string.h>

#include "lib_rbtree_items.h"

struct item items[MANY];

void fresh_items(int n)
{
	for (int i = 0; i < n; i++) {
		memset(&items[i], 0x5a, sizeof(items[i]));
		items[i].key = i;
		items[i].value = i * 7 % 10;
		items[i].in_tree = false;
	}
}

struct inspection {
	int (*summary)(const struct item *item);	/* NULL: not augmented */
	const struct rb_node *last;			/* walked by, in order */
	int count;
	const char *fault;
};

/* The black nodes on each path down from @node. Recursion: no tree here is higher than 12. */
static int black_height(struct rb_node *node, struct rb_node *parent, struct inspection *i)
{
	int left, right;

	if (!node)
		return 0;
	if (rb_parent(node) != parent)
		i->fault = "a link back is wrong";
	if (rb_is_red(node) && (!parent || rb_is_red(parent)))
		i->fault = "a red root, or a red child of a red node";
	left = black_height(node->rb_left, node, i);
	if (i->last && item_of(i->last)->key > item_of(node)->key)
		i->fault = "order";
	if (!item_of(node)->in_tree)
		i->fault = "a node that was erased";
	i->last = node;
	i->count++;
	right = black_height(node->rb_right, node, i);
	if (left != right)
		i->fault = "black heights";
	if (i->summary && item_of(node)->summary != i->summary(item_of(node)))
		i->fault = "a summary";
	return left + rb_is_black(node);
}

const char *tree_fault(const struct rb_root *root, int count,
		       int (*summary)(const struct item *item))
{
	struct inspection inspection = { .summary = summary };

	black_height(root->rb_node, NULL, &inspection);
	if (!inspection.fault && inspection.count != count)
		inspection.fault = "the number of nodes";
	return inspection.fault;
}
