// SPDX-License-Identifier: MIT
/*
 * Red-black trees (CLRS chapter 13).
 *
 * 1. The idea. A binary search tree finds in as many steps as it is high. Every node is red or
 *    black, and two rules keep it low:
 *
 *	(1) a red node has no red child;
 *	(2) every path from a node down to a missing child passes equally many black nodes.
 *
 *    The root is black. By (2) the shortest path has at least the black nodes of the longest, and
 *    by (1) the longest has at most as many red ones in between: no path is longer than twice
 *    another. A tree of n nodes is at most 2 log2(n + 1) high.
 *
 * 2. Rotation. Whatever must change is changed by one operation: a node rises above its parent,
 *    and the order stays as it was (here the left child rises; the other side is its mirror image):
 *
 *		  top                x
 *		  / \               / \
 *		 x   c    ->       a  top
 *		/ \                   / \
 *	       a   b                 b   c
 *
 *    Colours stay at their places: x takes the colour that top had, and top that of x. So if both
 *    were of one colour, or a, b and c can stand the exchange, (2) is not touched. All the cases
 *    below are chosen such that nothing but this is needed.
 *
 * 3. Adding. A new node is a red leaf: (2) holds, (1) perhaps not, if its parent is red as well.
 *    Either the fault can be moved two levels up by changing colours alone, or at most two
 *    rotations end it.
 *
 * 4. Erasing (<linux/rbtree_augmented.h> takes the node out, which its users inline). If a black
 *    node went, the paths through its place lack one: (1) holds, (2) does not. Either the lack can
 *    be moved one level up by making the other side lack one too, or at most three rotations end
 *    it.
 *
 * The sides are mirror images, and a side is a number: child[side] and child[!side] treat both by
 * the same code. An augmented tree hears of each rotation, once it is done, by a callback; for
 * the others an empty one is inlined.
 *
 * 5. Without a lock. Who walks down while another changes the tree may miss nodes, but must come to
 *    an end. So no link downwards may ever, not for an instruction, lead to a node that it is below:
 *    in a rotation x is taken off below top before top is put below x, and only then does the link
 *    from above go to x. WRITE_ONCE() keeps the compiler to that order. Who walks must see to it
 *    that no node is freed meanwhile, and afterwards look whether the tree has changed.
 *
 * Locking is the users'; nothing here checks what it is given. tests/lib_rbtree_test.c knows how a
 * whole tree can be checked.
 */
#include <linux/rbtree.h>
#include <linux/rbtree_augmented.h>

#define RIGHT	0
#define LEFT	1

typedef void rotate_fn(struct rb_node *old, struct rb_node *new);

static inline bool is_red(const struct rb_node *node)
{
	return node && rb_is_red(node);
}

static inline void set_black(struct rb_node *node)
{
	node->__rb_parent_color |= RB_BLACK;
}

static inline void set_red(struct rb_node *node)
{
	node->__rb_parent_color &= ~(unsigned long)RB_BLACK;
}

/* The parent of a red node, whose colour bit is 0: no need to take it away. */
static inline struct rb_node *red_parent(const struct rb_node *red)
{
	return (struct rb_node *)red->__rb_parent_color;
}

static inline int side_of(const struct rb_node *node, const struct rb_node *parent)
{
	return parent->rb_left == node ? LEFT : RIGHT;
}

/* @top's child on @side rises above it. */
static __always_inline void raise_child(struct rb_node *top, int side, struct rb_root *root,
					rotate_fn *rotated)
{
	struct rb_node *x = top->__rb_child[side], *between = x->__rb_child[!side];
	struct rb_node *above = rb_parent(top);
	int color = rb_color(x);

	WRITE_ONCE(top->__rb_child[side], between);	/* in this order: see 5 */
	WRITE_ONCE(x->__rb_child[!side], top);
	x->__rb_parent_color = top->__rb_parent_color;
	rb_set_parent_color(top, x, color);
	__rb_change_child(top, x, above, root);
	if (between)
		rb_set_parent(between, top);
	rotated(top, x);
}

/* ---- adding ---- */

/* @node is red; nothing but that its parent may be red as well is wrong. */
static __always_inline void mend_red(struct rb_node *node, struct rb_root *root,
				     rotate_fn *rotated)
{
	struct rb_node *parent, *top, *uncle;
	int side;

	for (;; node = top) {
		parent = red_parent(node);
		if (!parent) {
			set_black(node);
			return;
		}
		if (rb_is_black(parent))
			return;

		/* A red parent is not the root; and the one above it is black. */
		top = red_parent(parent);
		side = side_of(parent, top);
		uncle = top->__rb_child[!side];
		if (!is_red(uncle))
			break;
		/* Both children pass their red on to top: no path's count changes. */
		set_black(parent);
		set_black(uncle);
		set_red(top);
	}

	/* Get the two red ones in line, then raise the upper one: black, with two red children. */
	if (parent->__rb_child[!side] == node)
		raise_child(parent, !side, root, rotated);
	raise_child(top, side, root, rotated);
}

/* ---- erasing ---- */

/* The paths through @parent's empty child lack a black node. */
static __always_inline void mend_black(struct rb_node *parent, struct rb_root *root,
				       rotate_fn *rotated)
{
	struct rb_node *node = NULL, *sibling, *far;
	int side;

	for (;;) {
		/* There is a sibling, as the paths through it have a black node more. */
		side = side_of(node, parent);
		sibling = parent->__rb_child[!side];
		if (rb_is_red(sibling)) {
			/* Its children are black, and one of them is the sibling then. */
			raise_child(parent, !side, root, rotated);
			sibling = parent->__rb_child[!side];
		}
		far = sibling->__rb_child[!side];
		if (is_red(far))
			break;
		if (is_red(sibling->__rb_child[side])) {
			far = sibling;
			raise_child(sibling, side, root, rotated);
			break;
		}

		/* One black less on the sibling's side, and one more for both, if parent can. */
		set_red(sibling);
		if (rb_is_red(parent)) {
			set_black(parent);
			return;
		}
		node = parent;
		parent = rb_parent(node);
		if (!parent)
			return;
	}

	/* Now parent, black, goes to the side that lacks one; a red becomes black for the far side. */
	raise_child(parent, !side, root, rotated);
	set_black(far);
}

/* ---- what others call ---- */

static inline void not_augmented_propagate(struct rb_node *node, struct rb_node *stop) { }
static inline void not_augmented_copy(struct rb_node *old, struct rb_node *new) { }
static inline void not_augmented_rotate(struct rb_node *old, struct rb_node *new) { }

static const struct rb_augment_callbacks not_augmented = {
	.propagate = not_augmented_propagate,
	.copy = not_augmented_copy,
	.rotate = not_augmented_rotate,
};

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	mend_red(node, root, not_augmented_rotate);
}

void __rb_insert_augmented(struct rb_node *node, struct rb_root *root, rotate_fn *rotate)
{
	mend_red(node, root, rotate);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *lacking = __rb_erase_augmented(node, root, &not_augmented);

	if (lacking)
		mend_black(lacking, root, not_augmented_rotate);
}

void __rb_erase_color(struct rb_node *parent, struct rb_root *root, rotate_fn *rotate)
{
	mend_black(parent, root, rotate);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	__rb_change_child(victim, new, rb_parent(victim), root);
	for (int side = RIGHT; side <= LEFT; side++)
		if (new->__rb_child[side])
			rb_set_parent(new->__rb_child[side], new);
}

/* All of @new is there before the link from above leads to it. */
void rb_replace_node_rcu(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	for (int side = RIGHT; side <= LEFT; side++)
		if (new->__rb_child[side])
			rb_set_parent(new->__rb_child[side], new);
	barrier();
	__rb_change_child(victim, new, rb_parent(victim), root);
}

/* ---- walking ---- */

/* As far to @side as it goes from @node, which may be NULL. */
static inline struct rb_node *outermost(struct rb_node *node, int side)
{
	while (node && node->__rb_child[side])
		node = node->__rb_child[side];
	return node;
}

/* The nearest node on @side: below, or the first above which we are on the other side of. */
static __always_inline struct rb_node *neighbour(const struct rb_node *node, int side)
{
	struct rb_node *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->__rb_child[side])
		return outermost(node->__rb_child[side], !side);
	while ((parent = rb_parent(node)) && parent->__rb_child[side] == node)
		node = parent;
	return parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, LEFT);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, RIGHT);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, LEFT);
}

/* A leaf below @node, the leftmost that can be reached by going left where there is a choice. */
static struct rb_node *first_leaf(struct rb_node *node)
{
	while (node->rb_left || node->rb_right)
		node = node->rb_left ? node->rb_left : node->rb_right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? first_leaf(root->rb_node) : NULL;
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = node ? rb_parent(node) : NULL;

	return parent && node == parent->rb_left && parent->rb_right ?
		first_leaf(parent->rb_right) : parent;
}
