// SPDX-License-Identifier: MIT
/*
 * <linux/rbtree.h>, adding and erasing: after every step of all permutations of few nodes, and of
 * random sequences on many, the whole tree is checked, and what an augmented one knows of its
 * subtrees. lib_rbtree_use_test.c has what is done with a tree.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/rbtree_augmented.h>
#include <quarry/test_seed.h>

#include "lib_rbtree_items.h"

/* ---- two summaries: the sum of the values, and the largest ---- */

static int summary_of(const struct rb_node *node)
{
	return node ? item_of(node)->summary : 0;
}

static int sum_of(const struct item *item)
{
	return item->value + summary_of(item->node.rb_left) + summary_of(item->node.rb_right);
}

static bool compute_sum(struct item *item, bool exit)
{
	int sum = sum_of(item);

	if (exit && item->summary == sum)
		return true;
	item->summary = sum;
	return false;
}

static int own_value(const struct item *item)
{
	return item->value;
}

static int max_of(const struct item *item)
{
	return max3(item->value, summary_of(item->node.rb_left), summary_of(item->node.rb_right));
}

RB_DECLARE_CALLBACKS(static, sums, struct item, node, summary, compute_sum)
RB_DECLARE_CALLBACKS_MAX(static, maxima, struct item, node, int, summary, own_value)

/* ---- adding and erasing, in three kinds of tree ---- */

static void augmented_add(struct item *item, struct rb_root *root,
			  const struct rb_augment_callbacks *augment)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item_less(&item->node, parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->node, parent, link);
	item->summary = item->value;
	augment->propagate(parent, NULL);
	rb_insert_augmented(&item->node, root, augment);
}

static void plain_add(struct item *item, struct rb_root *root)
{
	rb_add(&item->node, root, item_less);
}

static void plain_erase(struct item *item, struct rb_root *root)
{
	rb_erase(&item->node, root);
}

static void sums_add(struct item *item, struct rb_root *root)
{
	augmented_add(item, root, &sums);
}

static void sums_erase(struct item *item, struct rb_root *root)
{
	rb_erase_augmented(&item->node, root, &sums);
}

static void maxima_add(struct item *item, struct rb_root *root)
{
	augmented_add(item, root, &maxima);
}

static void maxima_erase(struct item *item, struct rb_root *root)
{
	rb_erase_augmented(&item->node, root, &maxima);
}

static const struct kind {
	const char *name;
	void (*add)(struct item *item, struct rb_root *root);
	void (*erase)(struct item *item, struct rb_root *root);
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	int (*summary)(const struct item *item);
} kinds[] = {
	{ "plain", plain_add, plain_erase, NULL, NULL },
	{ "sums", sums_add, sums_erase, sums_propagate, sum_of },
	{ "maxima", maxima_add, maxima_erase, maxima_propagate, max_of },
};

/* Items go in or out; the tree is checked after each. Returns what is wrong, or NULL. */
static const char *toggle(const struct kind *kind, struct rb_root *root, struct item *item,
			  int *count)
{
	item->in_tree = !item->in_tree;
	*count += item->in_tree ? 1 : -1;
	(item->in_tree ? kind->add : kind->erase)(item, root);
	return tree_fault(root, *count, kind->summary);
}

/* The @number-th permutation of 0 … @n - 1. */
static void permute(int *array, int n, unsigned int number)
{
	for (int i = 0; i < n; i++)
		array[i] = i;
	for (int i = n; i > 1; number /= i, i--)
		swap(array[i - 1], array[number % i]);
}

static const unsigned int factorial[] = { 1, 1, 2, 6, 24, 120, 720, 5040 };

/* Few nodes go in, in every order, and out, in every order. */
static void every_permutation(struct kunit *test)
{
	int in[4], out[4];

	for (int n = 1; n <= 4; n++) {
		for (unsigned int p = 0; p < factorial[n] * factorial[n]; p++) {
			struct rb_root root = RB_ROOT;
			int count = 0;

			fresh_items(n);
			permute(in, n, p / factorial[n]);
			permute(out, n, p % factorial[n]);
			for (int i = 0; i < 2 * n; i++) {
				int which = i < n ? in[i] : out[i - n];

				KUNIT_ASSERT_STREQ_MSG(test,
					toggle(&kinds[1], &root, &items[which], &count) ?: "", "",
					"%d nodes, permutation %u, step %d", n, p, i);
			}
			KUNIT_ASSERT_TRUE(test, RB_EMPTY_ROOT(&root));
		}
	}
}

/* A few more in every order; then out again from the middle, which is inner nodes first. */
static void every_order_of_adding(struct kunit *test)
{
	for (int n = 5; n <= 7; n++) {
		for (unsigned int p = 0; p < factorial[n]; p++) {
			const struct kind *kind = &kinds[p % ARRAY_SIZE(kinds)];
			struct rb_root root = RB_ROOT;
			int order[7], count = 0;
			const char *fault = NULL;

			fresh_items(n);
			permute(order, n, p);
			for (int i = 0; i < n && !fault; i++)
				fault = toggle(kind, &root, &items[order[i]], &count);
			while (count && !fault)
				fault = toggle(kind, &root, item_of(root.rb_node), &count);
			KUNIT_ASSERT_STREQ_MSG(test, fault ?: "", "", "%s: %d nodes, permutation %u",
					       kind->name, n, p);
		}
	}
}

/* Half of the nodes are in at a time, on average; or few, or nearly all. */
static void random_steps(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed());
	for (unsigned int round = 0; round < kunit_rounds(3); round++) {
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			struct rb_root root = RB_ROOT;
			int count = 0;

			fresh_items(MANY);
			for (int step = 0; step < 400; step++) {
				struct item *item = &items[prandom_u32_max_state(&rnd, MANY)];
				bool fuller = step / 100 % 2;

				/* Against the tide, every second only. */
				if (item->in_tree == fuller && step % 2)
					continue;
				KUNIT_ASSERT_STREQ_MSG(test,
					toggle(&kinds[k], &root, item, &count) ?: "", "",
					"%s: seed %llu, round %u, step %d", kinds[k].name,
					kunit_seed(), round, step);
			}
		}
	}
}

/* A value changes in the tree: propagate() brings all summaries up to date. */
static void values_change(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed());
	for (size_t k = 1; k < ARRAY_SIZE(kinds); k++) {
		struct rb_root root = RB_ROOT;
		int count = 0;

		fresh_items(MANY);
		for (int i = 0; i < MANY; i++)
			toggle(&kinds[k], &root, &items[i], &count);
		for (int step = 0; step < 200; step++) {
			struct item *item = &items[prandom_u32_max_state(&rnd, MANY)];

			item->value = prandom_u32_max_state(&rnd, 1000);
			kinds[k].propagate(&item->node, NULL);
			KUNIT_ASSERT_STREQ(test, tree_fault(&root, MANY, kinds[k].summary) ?: "", "");
		}
	}
}

/* Ascending keys are what makes a tree without balance as long as a list. */
static void height_is_logarithmic(struct kunit *test)
{
	struct rb_root root = RB_ROOT;
	int depth, deepest = 0;

	fresh_items(MANY);
	for (int i = 0; i < MANY; i++)
		rb_add(&items[i].node, &root, item_less);
	for (struct rb_node *node = rb_first(&root); node; node = rb_next(node)) {
		depth = 0;
		for (struct rb_node *above = node; above; above = rb_parent(above))
			depth++;
		deepest = max(deepest, depth);
	}
	/* 2 log2(64 + 1) */
	KUNIT_EXPECT_LE(test, deepest, 12);
}

static void first_node_of_augmented(struct kunit *test)
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	struct rb_node *node;

	fresh_items(10);
	for (int i = 9; i >= 0; i--) {
		struct rb_node *first = rb_first_cached(&root);

		items[i].summary = items[i].value;
		items[i].in_tree = true;
		rb_link_node(&items[i].node, first, first ? &first->rb_left : &root.rb_root.rb_node);
		sums_propagate(first, NULL);
		rb_insert_augmented_cached(&items[i].node, &root, true, &sums);
		KUNIT_EXPECT_PTR_EQ(test, rb_first_cached(&root), &items[i].node);
	}
	KUNIT_EXPECT_STREQ(test, tree_fault(&root.rb_root, 10, sum_of) ?: "", "");
	for (int left = 9; (node = rb_first_cached(&root)); left--) {
		item_of(node)->in_tree = false;
		rb_erase_augmented_cached(node, &root, &sums);
		KUNIT_EXPECT_PTR_EQ(test, rb_first_cached(&root), rb_first(&root.rb_root));
		KUNIT_EXPECT_STREQ(test, tree_fault(&root.rb_root, left, sum_of) ?: "", "");
	}
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&root.rb_root));
}

static struct kunit_case rbtree_cases[] = {
	KUNIT_CASE(every_permutation),
	KUNIT_CASE(every_order_of_adding),
	KUNIT_CASE(random_steps),
	KUNIT_CASE(values_change),
	KUNIT_CASE(height_is_logarithmic),
	KUNIT_CASE(first_node_of_augmented),
	{}
};

static struct kunit_suite rbtree_suite = {
	.name = "lib_rbtree",
	.test_cases = rbtree_cases,
};
kunit_test_suite(rbtree_suite);
