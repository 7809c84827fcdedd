// SPDX-License-Identifier: MIT
/* <linux/rbtree.h>, using a tree: walking it, its first node, finding, replacing. */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/rbtree.h>
#include <quarry/test_seed.h>

#include "lib_rbtree_items.h"

/* ---- walking ---- */

static void walk_both_ways(struct kunit *test)
{
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	int n, key;

	KUNIT_EXPECT_PTR_EQ(test, rb_first(&root), NULL);
	KUNIT_EXPECT_PTR_EQ(test, rb_last(&root), NULL);
	KUNIT_EXPECT_PTR_EQ(test, rb_first_postorder(&root), NULL);
	fresh_items(MANY);
	for (n = 1; n <= MANY; n++) {
		/* 5 has no common divisor with MANY: all keys, each once. */
		rb_add(&items[n * 5 % MANY].node, &root, item_less);
		items[n * 5 % MANY].in_tree = true;
		for (key = -1, node = rb_first(&root); node; node = rb_next(node)) {
			while (!items[++key].in_tree)
				;
			KUNIT_ASSERT_EQ(test, item_of(node)->key, key);
		}
		for (key = MANY, node = rb_last(&root); node; node = rb_prev(node)) {
			while (!items[--key].in_tree)
				;
			KUNIT_ASSERT_EQ(test, item_of(node)->key, key);
		}
	}
	KUNIT_EXPECT_EQ(test, item_of(rb_first(&root))->key, 0);
	KUNIT_EXPECT_EQ(test, item_of(rb_last(&root))->key, MANY - 1);
}

/* Each node is visited once, after its children, and not looked at again. */
static void postorder(struct kunit *test)
{
	for (int n = 0; n <= 20; n++) {
		struct rb_root root = RB_ROOT;
		struct item *pos, *next;
		int visited = 0;

		fresh_items(n);
		for (int i = 0; i < n; i++)
			rb_add(&items[i].node, &root, item_less);
		rbtree_postorder_for_each_entry_safe(pos, next, &root, node) {
			struct rb_node *left = pos->node.rb_left, *right = pos->node.rb_right;

			KUNIT_ASSERT_FALSE(test, pos->in_tree);
			KUNIT_EXPECT_TRUE(test, !left || item_of(left)->in_tree);
			KUNIT_EXPECT_TRUE(test, !right || item_of(right)->in_tree);
			pos->in_tree = true;	/* visited */
			pos->node.__rb_parent_color = 1;
			visited++;
		}
		KUNIT_EXPECT_EQ(test, visited, n);
	}
	KUNIT_EXPECT_PTR_EQ(test, rb_next_postorder(NULL), NULL);
}

/* ---- trees that know their first node ---- */

static void first_node_is_known(struct kunit *test)
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed());
	fresh_items(MANY);
	for (int step = 0; step < 400; step++) {
		struct item *item = &items[prandom_u32_max_state(&rnd, step / 100 % 2 ? 4 : MANY)];
		struct rb_node *first = rb_first_cached(&root), *told, *expected;

		item->in_tree = !item->in_tree;
		if (item->in_tree) {
			told = rb_add_cached(&item->node, &root, item_less);
			expected = rb_first(&root.rb_root) == &item->node ? &item->node : NULL;
		} else {
			told = rb_erase_cached(&item->node, &root);
			expected = first == &item->node ? rb_first(&root.rb_root) : NULL;
		}
		KUNIT_ASSERT_PTR_EQ(test, rb_first_cached(&root), rb_first(&root.rb_root));
		KUNIT_ASSERT_PTR_EQ(test, told, expected);
	}
}

/* ---- finding ---- */

static int item_cmp(struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key - item_of(b)->key;
}

static int key_cmp(const void *key, const struct rb_node *node)
{
	return *(const int *)key - item_of(node)->key;
}

/* Four nodes of each key: equal ones stay in the order in which they came. */
static void equal_keys(struct kunit *test)
{
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	int key, found;

	fresh_items(40);
	for (int i = 0; i < 40; i++) {
		items[i].key = i % 10;
		rb_add(&items[i].node, &root, item_less);
	}
	for (key = 0; key < 10; key++) {
		found = 0;
		rb_for_each(node, &key, &root, key_cmp) {
			KUNIT_EXPECT_PTR_EQ(test, node, &items[found * 10 + key].node);
			found++;
		}
		KUNIT_EXPECT_EQ(test, found, 4);
		node = rb_find(&key, &root, key_cmp);
		KUNIT_ASSERT_NOT_NULL(test, node);
		KUNIT_EXPECT_EQ(test, item_of(node)->key, key);
	}
	for (key = -1; key <= 10; key += 11) {
		KUNIT_EXPECT_PTR_EQ(test, rb_find(&key, &root, key_cmp), NULL);
		KUNIT_EXPECT_PTR_EQ(test, rb_find_first(&key, &root, key_cmp), NULL);
	}
}

static void find_or_add(struct kunit *test)
{
	struct rb_root root = RB_ROOT;

	fresh_items(40);
	for (int i = 0; i < 40; i++) {
		items[i].key = i * 3 % 20;
		items[i].in_tree = i < 20;
		KUNIT_EXPECT_PTR_EQ(test, rb_find_add(&items[i].node, &root, item_cmp),
				    i < 20 ? NULL : &items[i - 20].node);
	}
	KUNIT_EXPECT_STREQ(test, tree_fault(&root, 20, NULL) ?: "", "");
}

/* ---- nodes ---- */

/* Every node in turn is replaced: root, inner nodes and leaves. */
static void replace(struct kunit *test)
{
	struct rb_root_cached root = RB_ROOT_CACHED;

	fresh_items(30);
	for (int i = 0; i < 15; i++) {
		items[i].in_tree = true;
		rb_add_cached(&items[i].node, &root, item_less);
	}
	for (int i = 0; i < 15; i++) {
		struct item *new = &items[i + 15];

		new->key = i;
		new->in_tree = true;
		items[i].in_tree = false;
		rb_replace_node_cached(&items[i].node, &new->node, &root);
		KUNIT_EXPECT_STREQ(test, tree_fault(&root.rb_root, 15, NULL) ?: "", "");
		KUNIT_EXPECT_PTR_EQ(test, rb_first_cached(&root), &items[15].node);
	}
}

/* The forms for those who walk without a lock do the same. How it looks meanwhile: tests/host/. */
static void link_and_replace_rcu(struct kunit *test)
{
	struct rb_root root = RB_ROOT;

	fresh_items(3);
	items[2].key = 0;
	items[0].in_tree = items[1].in_tree = true;
	rb_link_node_rcu(&items[0].node, NULL, &root.rb_node);
	rb_insert_color(&items[0].node, &root);
	rb_link_node_rcu(&items[1].node, &items[0].node, &items[0].node.rb_right);
	rb_insert_color(&items[1].node, &root);
	KUNIT_EXPECT_STREQ(test, tree_fault(&root, 2, NULL) ?: "", "");
	rb_replace_node_rcu(&items[0].node, &items[2].node, &root);
	items[0].in_tree = false;
	items[2].in_tree = true;
	KUNIT_EXPECT_STREQ(test, tree_fault(&root, 2, NULL) ?: "", "");
	KUNIT_EXPECT_PTR_EQ(test, rb_first(&root), &items[2].node);
}

static void nodes_in_no_tree(struct kunit *test)
{
	struct rb_root root = RB_ROOT;
	struct rb_node *none = NULL;

	fresh_items(1);
	RB_CLEAR_NODE(&items[0].node);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_NODE(&items[0].node));
	KUNIT_EXPECT_PTR_EQ(test, rb_next(&items[0].node), NULL);
	KUNIT_EXPECT_PTR_EQ(test, rb_prev(&items[0].node), NULL);
	rb_add(&items[0].node, &root, item_less);
	KUNIT_EXPECT_FALSE(test, RB_EMPTY_NODE(&items[0].node));
	KUNIT_EXPECT_FALSE(test, RB_EMPTY_ROOT(&root));
	KUNIT_EXPECT_PTR_EQ(test, rb_entry_safe(root.rb_node, struct item, node), &items[0]);
	KUNIT_EXPECT_PTR_EQ(test, rb_entry_safe(none, struct item, node), NULL);
}

static struct kunit_case rbtree_use_cases[] = {
	KUNIT_CASE(walk_both_ways),
	KUNIT_CASE(postorder),
	KUNIT_CASE(first_node_is_known),
	KUNIT_CASE(equal_keys),
	KUNIT_CASE(find_or_add),
	KUNIT_CASE(replace),
	KUNIT_CASE(link_and_replace_rcu),
	KUNIT_CASE(nodes_in_no_tree),
	{}
};

static struct kunit_suite rbtree_use_suite = {
	.name = "lib_rbtree_use",
	.test_cases = rbtree_use_cases,
};
kunit_test_suite(rbtree_use_suite);
