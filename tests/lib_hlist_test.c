// SPDX-License-Identifier: MIT
/* The lists of hash tables: each operation, and that every entry knows the pointer to it. */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/list.h>

struct item {
	int value;
	struct hlist_node node;
};

#define ITEMS	6

static struct item items[ITEMS];

static void number_items(void)
{
	for (int i = 0; i < ITEMS; i++) {
		items[i].value = i;
		INIT_HLIST_NODE(&items[i].node);
	}
}

/* The entries' values, plus 1, as one decimal number; -1 when a link back is wrong. */
static int hlist_number(struct hlist_head *head)
{
	struct hlist_node **pprev = &head->first;
	struct item *pos;
	int seen = 0;

	hlist_for_each_entry(pos, head, node) {
		if (pos->node.pprev != pprev)
			return -1;
		pprev = &pos->node.next;
		seen = seen * 10 + 1 + pos->value;
	}
	return seen;
}

static void hlist_basics(struct kunit *test)
{
	HLIST_HEAD(head);
	struct hlist_head other = HLIST_HEAD_INIT;

	number_items();
	KUNIT_EXPECT_TRUE(test, hlist_empty(&head) && hlist_unhashed(&items[0].node));
	hlist_add_head(&items[2].node, &head);
	KUNIT_EXPECT_TRUE(test, hlist_is_singular_node(&items[2].node, &head));
	hlist_add_before(&items[0].node, &items[2].node);
	hlist_add_behind(&items[1].node, &items[0].node);
	hlist_add_behind(&items[3].node, &items[2].node);
	KUNIT_EXPECT_EQ(test, hlist_number(&head), 1234);
	KUNIT_EXPECT_FALSE(test, hlist_is_singular_node(&items[0].node, &head));
	KUNIT_EXPECT_FALSE(test, hlist_unhashed_lockless(&items[0].node));
	hlist_del(&items[3].node);
	hlist_del_init(&items[1].node);
	hlist_del_init(&items[1].node);
	KUNIT_EXPECT_EQ(test, hlist_number(&head), 13);
	KUNIT_EXPECT_PTR_EQ(test, (void *)items[3].node.pprev, LIST_POISON2);
	hlist_move_list(&head, &other);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&head));
	KUNIT_EXPECT_EQ(test, hlist_number(&other), 13);
	hlist_move_list(&head, &other);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&other));
	hlist_add_fake(&items[5].node);
	KUNIT_EXPECT_TRUE(test, hlist_fake(&items[5].node));
	items[5].node.next = NULL;
	hlist_del_init(&items[5].node);
}

/* What a loop visited, as one decimal number. */
#define VISIT(loop) ({ int __seen = 0; loop { __seen = __seen * 10 + 1 + CURRENT; } __seen; })

static void hlist_loops(struct kunit *test)
{
	HLIST_HEAD(head);
	struct hlist_node *pos_node, *next;
	struct item *pos;

	number_items();
	for (int i = 4; i >= 0; i--)
		hlist_add_head(&items[i].node, &head);
#define CURRENT hlist_entry(pos_node, struct item, node)->value
	KUNIT_EXPECT_EQ(test, VISIT(hlist_for_each(pos_node, &head)), 12345);
#undef CURRENT
#define CURRENT pos->value
	pos = &items[2];
	KUNIT_EXPECT_EQ(test, VISIT(hlist_for_each_entry_continue(pos, node)), 45);
	pos = &items[2];
	KUNIT_EXPECT_EQ(test, VISIT(hlist_for_each_entry_from(pos, node)), 345);
#undef CURRENT
	hlist_for_each_entry_safe(pos, next, &head, node)
		if (pos->value % 2)
			hlist_del(&pos->node);
	KUNIT_EXPECT_EQ(test, hlist_number(&head), 135);
	hlist_for_each_safe(pos_node, next, &head)
		hlist_del(pos_node);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&head));
	KUNIT_EXPECT_NULL(test, hlist_entry_safe(head.first, struct item, node));
}

static struct kunit_case hlist_cases[] = {
	KUNIT_CASE(hlist_basics),
	KUNIT_CASE(hlist_loops),
	{}
};

static struct kunit_suite hlist_suite = {
	.name = "lib_hlist",
	.test_cases = hlist_cases,
};
kunit_test_suite(hlist_suite);
