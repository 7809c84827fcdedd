// SPDX-License-Identifier: MIT
/*
 * Who walks down a tree without a lock comes to an end, whenever it is: after every single
 * instruction of a change, each key is searched for. Only a program can do that: the operating
 * system lets it have a look between two instructions.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/rbtree.h>
#include <quarry/test_seed.h>

#include "../lib_rbtree_items.h"
#include "host.h"

#define KEYS	24
#define CHANGES	100

static struct rb_root root;
static unsigned long endless, looks;

static void search(int key)
{
	struct rb_node *node = root.rb_node;
	int steps;

	for (steps = 0; node && steps <= KEYS; steps++)
		node = key < item_of(node)->key ? node->rb_left : node->rb_right;
	endless += steps > KEYS;
}

static void look(void)
{
	looks++;
	for (int key = 0; key < KEYS; key++)
		search(key);
}

static void change(void *arg)
{
	struct item *item = arg;

	if (item->in_tree)
		rb_add(&item->node, &root, item_less);
	else
		rb_erase(&item->node, &root);
}

static void walks_end(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed());
	root = RB_ROOT;
	fresh_items(KEYS);
	endless = looks = 0;
	for (int i = 0; i < CHANGES; i++) {
		struct item *item = &items[prandom_u32_max_state(&rnd, KEYS)];

		item->in_tree = !item->in_tree;
		os_single_step(change, item, look);
	}
	KUNIT_EXPECT_GT(test, looks, 20UL * CHANGES);
	KUNIT_EXPECT_EQ(test, endless, 0UL);
}

static struct kunit_case rbtree_steps_cases[] = {
	KUNIT_CASE(walks_end),
	{}
};

static struct kunit_suite rbtree_steps_suite = {
	.name = "lib_rbtree_steps",
	.test_cases = rbtree_steps_cases,
};
kunit_test_suite(rbtree_steps_suite);
