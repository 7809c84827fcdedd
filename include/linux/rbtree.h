/* SPDX-License-Identifier: MIT */
/*
 * Red-black trees: ordered sets in which finding, adding and removing take logarithmic time (CLRS
 * chapter 13). kernel/lib/rbtree.c explains how they keep their balance.
 *
 * The tree knows nothing about the order: its user compares. A node is a member of the user's
 * structure, and the user goes down the tree himself, which costs no call per comparison:
 *
 *	struct region { unsigned long start; struct rb_node node; };
 *	struct rb_root regions = RB_ROOT;
 *
 *	struct rb_node **link = &regions.rb_node, *parent = NULL;
 *	while (*link) {
 *		parent = *link;
 *		link = r->start < rb_entry(parent, struct region, node)->start ?
 *			&parent->rb_left : &parent->rb_right;
 *	}
 *	rb_link_node(&r->node, parent, link);
 *	rb_insert_color(&r->node, &regions);
 *
 * rb_add() and rb_find() do the same with a function that compares; it is inlined if it can be.
 *
 * Of nodes that compare equal, the one added last comes last. Nothing here locks, allocates or
 * checks. A node that has been erased keeps its old links; RB_CLEAR_NODE() marks it as in no tree.
 */
#ifndef _LINUX_RBTREE_H
#define _LINUX_RBTREE_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/rbtree_types.h>
#include <linux/types.h>

#define rb_parent(node)	((struct rb_node *)((node)->__rb_parent_color & ~3UL))

#define rb_entry(ptr, type, member) container_of(ptr, type, member)
/* NULL for NULL. */
#define rb_entry_safe(ptr, type, member) ({					\
	typeof(ptr) __node = (ptr);						\
	__node ? rb_entry(__node, type, member) : NULL;				\
})

#define RB_EMPTY_ROOT(root)	(READ_ONCE((root)->rb_node) == NULL)
/* No node is its own parent. */
#define RB_EMPTY_NODE(node)	((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node)	((node)->__rb_parent_color = (unsigned long)(node))

/* ---- the tree; kernel/lib/rbtree.c ---- */

/* @node, just linked by rb_link_node(), becomes one of the tree's: it gets its balance back. */
void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
/* @new takes the place of @victim, to which it must compare equal. */
void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root);

/* The same where others may walk down the tree without a lock: they find one or the other. */
void rb_replace_node_rcu(struct rb_node *victim, struct rb_node *new, struct rb_root *root);

/* In order; NULL: there is none. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

/* Children before their parents: the order in which a whole tree can be freed. */
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

/* The loop may free @pos, but not rb_erase() it, which would move others. */
#define rbtree_postorder_for_each_entry_safe(pos, n, root, field)				\
	for ((pos) = rb_entry_safe(rb_first_postorder(root), typeof(*(pos)), field);		\
	     (pos) && ({									\
		(n) = rb_entry_safe(rb_next_postorder(&(pos)->field), typeof(*(pos)), field);	\
		true;										\
	     });										\
	     (pos) = (n))

/* A red leaf, which may now have a red parent. *@link is the child of @parent that it becomes. */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

/* The same where others may walk down the tree without a lock: it is whole before it can be found. */
static inline void rb_link_node_rcu(struct rb_node *node, struct rb_node *parent,
				    struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	barrier();
	WRITE_ONCE(*link, node);
}

/* ---- a tree that knows its first node ---- */

#define rb_first_cached(root)	((root)->rb_leftmost)

/* @leftmost: going down to @node's place, no step went to the right. */
static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root,
					  bool leftmost)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_color(node, &root->rb_root);
}

/* The new first node, if @node was the first and has a successor; NULL otherwise. */
static inline struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	struct rb_node *first = NULL;

	if (root->rb_leftmost == node)
		root->rb_leftmost = first = rb_next(node);
	rb_erase(node, &root->rb_root);
	return first;
}

static inline void rb_replace_node_cached(struct rb_node *victim, struct rb_node *new,
					  struct rb_root_cached *root)
{
	if (root->rb_leftmost == victim)
		root->rb_leftmost = new;
	rb_replace_node(victim, new, &root->rb_root);
}

/* ---- going down with a function that compares ---- */

/* Link @node behind all that it is not less than. True: it is the first. */
static __always_inline bool __rb_link(struct rb_node *node, struct rb_root *root,
				      bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &root->rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (less(node, parent)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(node, parent, link);
	return leftmost;
}

static __always_inline void rb_add(struct rb_node *node, struct rb_root *tree,
				   bool (*less)(struct rb_node *, const struct rb_node *))
{
	__rb_link(node, tree, less);
	rb_insert_color(node, tree);
}

/* @node, if it is now the first; NULL otherwise. */
static __always_inline struct rb_node *
rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
	      bool (*less)(struct rb_node *, const struct rb_node *))
{
	bool leftmost = __rb_link(node, &tree->rb_root, less);

	rb_insert_color_cached(node, tree, leftmost);
	return leftmost ? node : NULL;
}

/* The node that compares equal to @node (cmp() is 0); if there is none, add @node, and NULL. */
static __always_inline struct rb_node *
rb_find_add(struct rb_node *node, struct rb_root *tree,
	    int (*cmp)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &tree->rb_node, *parent = NULL;

	while (*link) {
		int order = cmp(node, *link);

		if (order == 0)
			return *link;
		parent = *link;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, tree);
	return NULL;
}

/* A node that compares equal to @key, or NULL. */
static __always_inline struct rb_node *rb_find(const void *key, const struct rb_root *tree,
					       int (*cmp)(const void *, const struct rb_node *))
{
	struct rb_node *node = tree->rb_node;

	while (node) {
		int order = cmp(key, node);

		if (order == 0)
			return node;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* The first of the nodes that compare equal to @key, or NULL. */
static __always_inline struct rb_node *
rb_find_first(const void *key, const struct rb_root *tree,
	      int (*cmp)(const void *, const struct rb_node *))
{
	struct rb_node *node = tree->rb_node, *match = NULL;

	while (node) {
		int order = cmp(key, node);

		if (order == 0)
			match = node;
		node = order <= 0 ? node->rb_left : node->rb_right;
	}
	return match;
}

/* The next node, if it too compares equal to @key. */
static __always_inline struct rb_node *
rb_next_match(const void *key, struct rb_node *node,
	      int (*cmp)(const void *, const struct rb_node *))
{
	node = rb_next(node);
	return node && cmp(key, node) == 0 ? node : NULL;
}

#define rb_for_each(node, key, tree, cmp)			\
	for ((node) = rb_find_first((key), (tree), (cmp)); (node);	\
	     (node) = rb_next_match((key), (node), (cmp)))

#endif /* _LINUX_RBTREE_H */
