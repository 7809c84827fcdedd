/* SPDX-License-Identifier: MIT */
/* What a red-black tree is made of; <linux/rbtree.h> says what can be done with it. */
#ifndef _LINUX_RBTREE_TYPES_H
#define _LINUX_RBTREE_TYPES_H

#include <linux/stddef.h>

/*
 * A member of the structure that is to be in a tree. The parent's address is a multiple of 4, so
 * that its lowest bit is free for the node's own colour. The two children are seen by name, or as
 * an array by the code that treats both sides alike.
 */
struct rb_node {
	unsigned long __rb_parent_color;
	union {
		struct {
			struct rb_node *rb_right;
			struct rb_node *rb_left;
		};
		struct rb_node *__rb_child[2];
	};
} __attribute__((aligned(sizeof(long))));

struct rb_root {
	struct rb_node *rb_node;
};

/* A tree that also knows its first node. */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

#define RB_ROOT		(struct rb_root) { NULL }
#define RB_ROOT_CACHED	(struct rb_root_cached) { { NULL }, NULL }

#endif /* _LINUX_RBTREE_TYPES_H */
