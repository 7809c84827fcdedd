// SPDX-License-Identifier: MIT
/* Lists under RCU: what writers do, and that a reader who stands on an entry gets back to the list. */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/rculist.h>
#include <linux/string.h>

struct item {
	char name;
	struct list_head list;
	struct hlist_node node;
};

static struct item items[4];
#define A (&items[0])
#define B (&items[1])
#define C (&items[2])
#define D (&items[3])

static LIST_HEAD(list);
static HLIST_HEAD(hlist);

static int init(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(items); i++)
		items[i].name = 'a' + i;
	INIT_LIST_HEAD_RCU(&list);
	INIT_HLIST_HEAD(&hlist);
	return 0;
}

/* Forwards as a reader sees it, then backwards as a writer does. */
static const char *names(void)
{
	static char text[2 * ARRAY_SIZE(items) + 2];
	const struct item *item;
	char *p = text;

	rcu_read_lock();
	list_for_each_entry_rcu(item, &list, list)
		*p++ = item->name;
	rcu_read_unlock();
	*p++ = '|';
	list_for_each_entry_reverse(item, &list, list)
		*p++ = item->name;
	*p = '\0';
	return text;
}

/* As far as the pointers back are right; else it ends with '!'. */
static const char *hnames(void)
{
	static char text[ARRAY_SIZE(items) + 2];
	struct hlist_node **place = &hlist.first;
	const struct item *item;
	char *p = text;

	rcu_read_lock();
	hlist_for_each_entry_rcu(item, &hlist, node) {
		*p++ = item->node.pprev == place ? item->name : '!';
		place = (struct hlist_node **)&item->node.next;
	}
	rcu_read_unlock();
	*p = '\0';
	return text;
}

static void no_wait(void)
{
}

static void rculist_add(struct kunit *test)
{
	list_add_rcu(&B->list, &list);
	list_add_rcu(&A->list, &list);
	list_add_tail_rcu(&C->list, &list);
	KUNIT_EXPECT_STREQ(test, names(), "abc|cba");
}

static void rculist_del(struct kunit *test)
{
	rculist_add(test);
	list_del_rcu(&B->list);
	KUNIT_EXPECT_STREQ(test, names(), "ac|ca");
	KUNIT_EXPECT_PTR_EQ(test, B->list.next, &C->list);
	list_del_rcu(&A->list);
	list_del_rcu(&C->list);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
	KUNIT_EXPECT_PTR_EQ(test, C->list.next, &list);
}

static void rculist_replace(struct kunit *test)
{
	rculist_add(test);
	list_replace_rcu(&B->list, &D->list);
	KUNIT_EXPECT_STREQ(test, names(), "adc|cda");
	KUNIT_EXPECT_PTR_EQ(test, B->list.next, &C->list);
}

static void rculist_splice(struct kunit *test)
{
	LIST_HEAD(other);

	rculist_add(test);
	list_add_rcu(&D->list, &other);
	list_splice_init_rcu(&list, &other, no_wait);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
	list_splice_tail_init_rcu(&other, &list, no_wait);
	KUNIT_EXPECT_STREQ(test, names(), "abcd|dcba");
	list_splice_init_rcu(&other, &list, no_wait);
	KUNIT_EXPECT_STREQ(test, names(), "abcd|dcba");
}

static void rculist_ends(struct kunit *test)
{
	const struct item *item;

	KUNIT_EXPECT_NULL(test, list_first_or_null_rcu(&list, struct item, list));
	rculist_add(test);
	KUNIT_EXPECT_PTR_EQ(test, list_first_or_null_rcu(&list, struct item, list), A);
	KUNIT_EXPECT_PTR_EQ(test, list_next_or_null_rcu(&list, &B->list, struct item, list), C);
	KUNIT_EXPECT_NULL(test, list_next_or_null_rcu(&list, &C->list, struct item, list));
	item = A;
	list_for_each_entry_continue_rcu(item, &list, list)
		break;
	KUNIT_EXPECT_PTR_EQ(test, item, B);
}

static void rculist_hlist(struct kunit *test)
{
	hlist_add_head_rcu(&B->node, &hlist);
	hlist_add_before_rcu(&A->node, &B->node);
	hlist_add_behind_rcu(&C->node, &B->node);
	KUNIT_EXPECT_STREQ(test, hnames(), "abc");
	hlist_replace_rcu(&B->node, &D->node);
	KUNIT_EXPECT_STREQ(test, hnames(), "adc");
	KUNIT_EXPECT_PTR_EQ(test, B->node.next, &C->node);
	hlist_del_rcu(&A->node);
	KUNIT_EXPECT_STREQ(test, hnames(), "dc");
	KUNIT_EXPECT_PTR_EQ(test, A->node.next, &D->node);
	hlist_add_tail_rcu(&B->node, &hlist);
	KUNIT_EXPECT_STREQ(test, hnames(), "dcb");
	hlist_del_init_rcu(&D->node);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&D->node));
	KUNIT_EXPECT_PTR_EQ(test, D->node.next, &C->node);
	KUNIT_EXPECT_STREQ(test, hnames(), "cb");
}

static struct kunit_case rculist_cases[] = {
	KUNIT_CASE(rculist_add),
	KUNIT_CASE(rculist_del),
	KUNIT_CASE(rculist_replace),
	KUNIT_CASE(rculist_splice),
	KUNIT_CASE(rculist_ends),
	KUNIT_CASE(rculist_hlist),
	{}
};

static struct kunit_suite rculist_suite = {
	.name = "rculist",
	.init = init,
	.test_cases = rculist_cases,
};
kunit_test_suite(rculist_suite);
