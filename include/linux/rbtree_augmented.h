/* SPDX-License-Identifier: MIT */
/*
 * Augmented red-black trees: every node knows something about its subtree (CLRS chapter 14), for
 * example the largest hole in it, and a search can pass by subtrees in which it cannot find what it
 * wants. What a node knows, its summary, must follow from the node itself and its children's
 * summaries: then a change costs one computation per level.
 *
 * The user says how by three callbacks:
 *
 *	propagate(node, stop)	compute the summaries from @node upwards, up to but without @stop
 *	copy(old, new)		@new takes @old's place: give it @old's summary
 *	rotate(old, new)	@new has risen above its parent @old: @new's subtree is now what
 *				@old's was, so it gets @old's summary; @old's is computed anew
 *
 * RB_DECLARE_CALLBACKS() writes them. To add a node: link it, bring the summaries of all above it
 * up to date (propagate() does it), then rb_insert_augmented(). To change what a summary is made
 * of: change it, then propagate().
 *
 * Includers pay for the inlining, so only those who augment should include this.
 */
#ifndef _LINUX_RBTREE_AUGMENTED_H
#define _LINUX_RBTREE_AUGMENTED_H

#include <linux/rbtree.h>

struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *new);
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

/*
 * @RBSTATIC struct rb_augment_callbacks @RBNAME, for a @RBSTRUCT with the node @RBFIELD and the
 * summary @RBAUGMENTED. bool @RBCOMPUTE(node, exit) computes a node's summary. It returns true, and
 * need not store it, if @exit is true and the summary is what it was: nothing changes above then.
 * No semicolon follows, as in Linux.
 */
#define RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED, RBCOMPUTE)	\
static inline void RBNAME##_propagate(struct rb_node *node, struct rb_node *stop)		\
{												\
	while (node != stop && !RBCOMPUTE(rb_entry(node, RBSTRUCT, RBFIELD), true))		\
		node = rb_parent(node);								\
}												\
												\
static inline void RBNAME##_copy(struct rb_node *old, struct rb_node *new)			\
{												\
	rb_entry(new, RBSTRUCT, RBFIELD)->RBAUGMENTED =						\
		rb_entry(old, RBSTRUCT, RBFIELD)->RBAUGMENTED;					\
}												\
												\
static void RBNAME##_rotate(struct rb_node *old, struct rb_node *new)				\
{												\
	RBNAME##_copy(old, new);								\
	RBCOMPUTE(rb_entry(old, RBSTRUCT, RBFIELD), false);					\
}												\
												\
RBSTATIC const struct rb_augment_callbacks RBNAME = {						\
	.propagate = RBNAME##_propagate,							\
	.copy = RBNAME##_copy,									\
	.rotate = RBNAME##_rotate,								\
};

/*
 * The same where the summary, of type @RBTYPE, is the largest value in the subtree:
 * @RBTYPE @RBCOMPUTE(node) is the value of one node.
 */
#define RB_DECLARE_CALLBACKS_MAX(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBTYPE, RBAUGMENTED,	\
				 RBCOMPUTE)							\
static inline bool RBNAME##_compute_max(RBSTRUCT *node, bool exit)				\
{												\
	struct rb_node *left = node->RBFIELD.rb_left, *right = node->RBFIELD.rb_right;		\
	RBTYPE max = RBCOMPUTE(node);								\
												\
	if (left && rb_entry(left, RBSTRUCT, RBFIELD)->RBAUGMENTED > max)			\
		max = rb_entry(left, RBSTRUCT, RBFIELD)->RBAUGMENTED;				\
	if (right && rb_entry(right, RBSTRUCT, RBFIELD)->RBAUGMENTED > max)			\
		max = rb_entry(right, RBSTRUCT, RBFIELD)->RBAUGMENTED;				\
	if (exit && node->RBAUGMENTED == max)							\
		return true;									\
	node->RBAUGMENTED = max;								\
	return false;										\
}												\
RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED, RBNAME##_compute_max)

/* ---- adding ---- */

void __rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			   void (*rotate)(struct rb_node *old, struct rb_node *new));

static inline void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
				       const struct rb_augment_callbacks *augment)
{
	__rb_insert_augmented(node, root, augment->rotate);
}

static inline void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					      bool leftmost,
					      const struct rb_augment_callbacks *augment)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
}

/* ---- colours and links, for kernel/lib/rbtree.c and for erasing below ---- */

#define RB_RED		0
#define RB_BLACK	1

#define rb_color(node)		((node)->__rb_parent_color & 1)
#define rb_is_red(node)		(!rb_color(node))
#define rb_is_black(node)	rb_color(node)

static inline void rb_set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = rb_color(node) | (unsigned long)parent;
}

static inline void rb_set_parent_color(struct rb_node *node, struct rb_node *parent, int color)
{
	node->__rb_parent_color = (unsigned long)parent | color;
}

/* What points at @old from above, from @parent or the root, points at @new. */
static inline void __rb_change_child(struct rb_node *old, struct rb_node *new,
				     struct rb_node *parent, struct rb_root *root)
{
	if (!parent)
		WRITE_ONCE(root->rb_node, new);
	else if (parent->rb_left == old)
		WRITE_ONCE(parent->rb_left, new);
	else
		WRITE_ONCE(parent->rb_right, new);
}

/* ---- erasing ---- */

/*
 * Take out a node that has at most one child; the child rises to its place. The child is red, as
 * there is no black node on the other side to match a black one; it takes on the node's colour, and
 * every path has as many black nodes as before. Only if a black node goes without a child to
 * inherit its colour is one missing now, below the node returned.
 */
static __always_inline struct rb_node *
__rb_erase_edge(struct rb_node *node, struct rb_root *root,
		const struct rb_augment_callbacks *augment)
{
	struct rb_node *child = node->rb_left ? node->rb_left : node->rb_right;
	struct rb_node *parent = rb_parent(node);

	__rb_change_child(node, child, parent, root);
	if (child)
		child->__rb_parent_color = node->__rb_parent_color;
	augment->propagate(parent, NULL);
	return !child && rb_is_black(node) ? parent : NULL;
}

/*
 * Take out a node that has two children: the next node in order, which has no left child, leaves
 * its own place to its right child and takes over the node's place, colour and children. The links
 * downwards change in an order in which none ever closes a circle (kernel/lib/rbtree.c, 5).
 */
static __always_inline struct rb_node *
__rb_erase_inner(struct rb_node *node, struct rb_root *root,
		 const struct rb_augment_callbacks *augment)
{
	struct rb_node *next = node->rb_right, *above = next, *child, *lacking = NULL;

	while (next->rb_left) {
		above = next;
		next = next->rb_left;
	}
	child = next->rb_right;
	if (above != next) {
		WRITE_ONCE(above->rb_left, child);
		WRITE_ONCE(next->rb_right, node->rb_right);
		rb_set_parent(next->rb_right, next);
	}
	if (child)
		rb_set_parent_color(child, above, RB_BLACK);
	else if (rb_is_black(next))
		lacking = above;

	WRITE_ONCE(next->rb_left, node->rb_left);
	rb_set_parent(next->rb_left, next);
	next->__rb_parent_color = node->__rb_parent_color;
	__rb_change_child(node, next, rb_parent(node), root);
	augment->copy(node, next);
	augment->propagate(above, next);
	augment->propagate(next, NULL);
	return lacking;
}

/* A black node is missing on every path through the empty child of @parent: mend that. */
void __rb_erase_color(struct rb_node *parent, struct rb_root *root,
		      void (*rotate)(struct rb_node *old, struct rb_node *new));

/* Take @node out. The node below which a black one is missing now, or NULL. */
static __always_inline struct rb_node *
__rb_erase_augmented(struct rb_node *node, struct rb_root *root,
		     const struct rb_augment_callbacks *augment)
{
	return node->rb_left && node->rb_right ? __rb_erase_inner(node, root, augment) :
						 __rb_erase_edge(node, root, augment);
}

static __always_inline void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
					       const struct rb_augment_callbacks *augment)
{
	struct rb_node *lacking = __rb_erase_augmented(node, root, augment);

	if (lacking)
		__rb_erase_color(lacking, root, augment->rotate);
}

static __always_inline void rb_erase_augmented_cached(struct rb_node *node,
						      struct rb_root_cached *root,
						      const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

#endif /* _LINUX_RBTREE_AUGMENTED_H */
