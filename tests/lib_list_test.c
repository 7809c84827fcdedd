// SPDX-License-Identifier: MIT
/*
 * <linux/list.h>: each operation by itself, then random sequences of them on two lists against
 * arrays that hold the same order.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/prandom.h>
#include <linux/string.h>

struct item {
	int value;
	struct list_head link;
};

#define ITEMS	12

static struct item items[ITEMS];

/* Entries 0 … @n - 1 on @head, in this order. */
static void fill(struct list_head *head, int n)
{
	INIT_LIST_HEAD(head);
	for (int i = 0; i < ITEMS; i++) {
		items[i].value = i;
		INIT_LIST_HEAD(&items[i].link);
	}
	for (int i = 0; i < n; i++)
		list_add_tail(&items[i].link, head);
}

/* The list as text, "0 1 2", or what is wrong with its links. */
static const char *text_of(struct list_head *head)
{
	static char text[128];
	struct list_head *pos;
	int len = 0, steps = 0;

	text[0] = '\0';
	for (pos = head->next; pos != head; pos = pos->next) {
		if (pos->next->prev != pos || pos->prev->next != pos || ++steps > 2 * ITEMS)
			return "broken links";
		len += scnprintf(text + len, sizeof(text) - len, "%s%d", len ? " " : "",
				 list_entry(pos, struct item, link)->value);
	}
	return head->next->prev == head && head->prev->next == head ? text : "broken head";
}

#define EXPECT_LIST(test, head, text)	KUNIT_EXPECT_STREQ(test, text_of(head), text)

static void heads(struct kunit *test)
{
	LIST_HEAD(first);
	struct list_head second = LIST_HEAD_INIT(second), third;

	INIT_LIST_HEAD(&third);
	KUNIT_EXPECT_TRUE(test, list_empty(&first) && list_empty_careful(&first));
	KUNIT_EXPECT_TRUE(test, list_empty(&second) && list_empty(&third));
	KUNIT_EXPECT_FALSE(test, list_is_singular(&first));
	EXPECT_LIST(test, &first, "");
	KUNIT_EXPECT_NULL(test, list_first_entry_or_null(&first, struct item, link));
}

static void adding(struct kunit *test)
{
	LIST_HEAD(head);

	fill(&head, 0);
	list_add(&items[1].link, &head);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&head));
	list_add(&items[0].link, &head);
	KUNIT_EXPECT_FALSE(test, list_is_singular(&head));
	list_add_tail(&items[2].link, &head);
	list_add(&items[7].link, &items[1].link);
	list_add_tail(&items[6].link, &items[1].link);
	EXPECT_LIST(test, &head, "0 6 1 7 2");
	KUNIT_EXPECT_FALSE(test, list_empty(&head) || list_empty_careful(&head));
	KUNIT_EXPECT_TRUE(test, list_is_first(&items[0].link, &head));
	KUNIT_EXPECT_FALSE(test, list_is_first(&items[6].link, &head));
	KUNIT_EXPECT_TRUE(test, list_is_last(&items[2].link, &head));
	KUNIT_EXPECT_FALSE(test, list_is_last(&items[7].link, &head));
	KUNIT_EXPECT_TRUE(test, list_is_head(&head, &head));
	KUNIT_EXPECT_FALSE(test, list_is_head(&items[0].link, &head));
}

static void deleting(struct kunit *test)
{
	LIST_HEAD(head);

	fill(&head, 4);
	list_del(&items[1].link);
	EXPECT_LIST(test, &head, "0 2 3");
	KUNIT_EXPECT_PTR_EQ(test, (void *)items[1].link.next, LIST_POISON1);
	KUNIT_EXPECT_PTR_EQ(test, (void *)items[1].link.prev, LIST_POISON2);
	list_del_init(&items[0].link);
	EXPECT_LIST(test, &head, "2 3");
	KUNIT_EXPECT_TRUE(test, list_empty(&items[0].link));
	list_del_init_careful(&items[3].link);
	KUNIT_EXPECT_TRUE(test, list_empty_careful(&items[3].link));
	EXPECT_LIST(test, &head, "2");
	list_del_init(&items[2].link);
	KUNIT_EXPECT_TRUE(test, list_empty(&head));
}

static void replacing(struct kunit *test)
{
	LIST_HEAD(head);

	fill(&head, 3);
	list_replace(&items[1].link, &items[8].link);
	EXPECT_LIST(test, &head, "0 8 2");
	list_replace_init(&items[8].link, &items[9].link);
	EXPECT_LIST(test, &head, "0 9 2");
	KUNIT_EXPECT_TRUE(test, list_empty(&items[8].link));
}

/* Any two entries of a list of four, neighbours in both directions and one with itself. */
static void swapping(struct kunit *test)
{
	for (int a = 0; a < 4; a++) {
		for (int b = 0; b < 4; b++) {
			LIST_HEAD(head);
			char expected[] = "0 1 2 3";

			fill(&head, 4);
			swap(expected[2 * a], expected[2 * b]);
			list_swap(&items[a].link, &items[b].link);
			KUNIT_EXPECT_STREQ_MSG(test, text_of(&head), (const char *)expected,
					       "%d with %d", a, b);
		}
	}
}

static void swapping_between_lists(struct kunit *test)
{
	LIST_HEAD(head);
	LIST_HEAD(other);

	fill(&head, 3);
	list_add(&items[7].link, &other);
	list_swap(&items[1].link, &items[7].link);
	EXPECT_LIST(test, &head, "0 7 2");
	EXPECT_LIST(test, &other, "1");
}

static void moving(struct kunit *test)
{
	LIST_HEAD(head);
	LIST_HEAD(other);

	fill(&head, 6);
	list_move(&items[4].link, &head);
	EXPECT_LIST(test, &head, "4 0 1 2 3 5");
	list_move_tail(&items[0].link, &head);
	EXPECT_LIST(test, &head, "4 1 2 3 5 0");
	list_move(&items[1].link, &other);
	list_move_tail(&items[5].link, &other);
	EXPECT_LIST(test, &head, "4 2 3 0");
	EXPECT_LIST(test, &other, "1 5");
	list_bulk_move_tail(&other, &items[2].link, &items[3].link);
	EXPECT_LIST(test, &head, "4 0");
	EXPECT_LIST(test, &other, "1 5 2 3");
	list_bulk_move_tail(&other, &items[1].link, &items[5].link);
	EXPECT_LIST(test, &other, "2 3 1 5");
	list_bulk_move_tail(&other, &items[1].link, &items[5].link);
	EXPECT_LIST(test, &other, "2 3 1 5");
}

static void rotating(struct kunit *test)
{
	LIST_HEAD(head);

	fill(&head, 3);
	list_rotate_left(&head);
	EXPECT_LIST(test, &head, "1 2 0");
	list_rotate_to_front(&items[0].link, &head);
	EXPECT_LIST(test, &head, "0 1 2");
	list_rotate_to_front(&items[0].link, &head);
	EXPECT_LIST(test, &head, "0 1 2");
	fill(&head, 0);
	list_rotate_left(&head);
	KUNIT_EXPECT_TRUE(test, list_empty(&head));
}

/* The list cut behind and before each entry, and at the head. */
static void cutting(struct kunit *test)
{
	static const char *const fronts[] = { "", "0", "0 1", "0 1 2" };
	static const char *const backs[] = { "0 1 2", "1 2", "2", "" };

	for (int n = 0; n <= 3; n++) {
		LIST_HEAD(head);
		LIST_HEAD(front);

		fill(&head, 3);
		list_add(&items[9].link, &front);	/* forgotten */
		list_cut_position(&front, &head, n ? &items[n - 1].link : &head);
		EXPECT_LIST(test, &front, fronts[n]);
		EXPECT_LIST(test, &head, backs[n]);

		fill(&head, 3);
		list_cut_before(&front, &head, n < 3 ? &items[n].link : &head);
		EXPECT_LIST(test, &front, fronts[n]);
		EXPECT_LIST(test, &head, backs[n]);
	}
}

static void splicing(struct kunit *test)
{
	void (*const splice[])(struct list_head *, struct list_head *) = {
		(void (*)(struct list_head *, struct list_head *))list_splice,
		list_splice_tail, list_splice_init, list_splice_tail_init,
	};
	static const char *const expected[] = { "4 5 0 1", "0 1 4 5", "4 5 0 1", "0 1 4 5" };

	for (int i = 0; i < 4; i++) {
		LIST_HEAD(head);
		LIST_HEAD(extra);

		fill(&head, 2);
		splice[i](&extra, &head);
		EXPECT_LIST(test, &head, "0 1");
		list_add_tail(&items[4].link, &extra);
		list_add_tail(&items[5].link, &extra);
		splice[i](&extra, &head);
		EXPECT_LIST(test, &head, expected[i]);
		KUNIT_EXPECT_EQ(test, !list_empty(&extra), i < 2);
	}
}

static void entries(struct kunit *test)
{
	LIST_HEAD(head);
	struct item *first = &items[0], *last = &items[2];

	fill(&head, 3);
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(&head, struct item, link), first);
	KUNIT_EXPECT_PTR_EQ(test, list_last_entry(&head, struct item, link), last);
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry_or_null(&head, struct item, link), first);
	KUNIT_EXPECT_PTR_EQ(test, list_next_entry(first, link), &items[1]);
	KUNIT_EXPECT_PTR_EQ(test, list_prev_entry(last, link), &items[1]);
	KUNIT_EXPECT_PTR_EQ(test, list_next_entry_circular(first, &head, link), &items[1]);
	KUNIT_EXPECT_PTR_EQ(test, list_next_entry_circular(last, &head, link), first);
	KUNIT_EXPECT_PTR_EQ(test, list_prev_entry_circular(last, &head, link), &items[1]);
	KUNIT_EXPECT_PTR_EQ(test, list_prev_entry_circular(first, &head, link), last);
}

/* What a loop visited, as one decimal number. */
#define VISIT(loop) ({ int __seen = 0; loop { __seen = __seen * 10 + 1 + CURRENT; } __seen; })

static void loops_over_links(struct kunit *test)
{
	LIST_HEAD(head);
	struct list_head *pos, *next;

	fill(&head, 4);
#define CURRENT list_entry(pos, struct item, link)->value
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each(pos, &head)), 1234);
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_prev(pos, &head)), 4321);
	pos = &items[1].link;
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_continue(pos, &head)), 34);
	list_for_each_safe(pos, next, &head)
		if (CURRENT % 2)
			list_del(pos);
	EXPECT_LIST(test, &head, "0 2");
	list_for_each_prev_safe(pos, next, &head)
		list_del(pos);
	KUNIT_EXPECT_TRUE(test, list_empty(&head));
#undef CURRENT
}

static void loops_over_entries(struct kunit *test)
{
	LIST_HEAD(head);
	struct item *pos;

	fill(&head, 5);
#define CURRENT pos->value
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry(pos, &head, link)), 12345);
	KUNIT_EXPECT_TRUE(test, list_entry_is_head(pos, &head, link));
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry_reverse(pos, &head, link)), 54321);
	pos = &items[2];
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry_continue(pos, &head, link)), 45);
	pos = &items[2];
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry_continue_reverse(pos, &head, link)), 21);
	pos = &items[2];
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry_from(pos, &head, link)), 345);
	pos = &items[2];
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry_from_reverse(pos, &head, link)), 321);
	pos = NULL;
	pos = list_prepare_entry(pos, &head, link);
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry_continue(pos, &head, link)), 12345);
	fill(&head, 0);
	KUNIT_EXPECT_EQ(test, VISIT(list_for_each_entry(pos, &head, link)), 0);
#undef CURRENT
}

static void loops_that_delete(struct kunit *test)
{
	LIST_HEAD(head);
	struct item *pos, *next;

	fill(&head, 6);
	list_for_each_entry_safe(pos, next, &head, link)
		if (pos->value % 3 == 0)
			list_del(&pos->link);
	EXPECT_LIST(test, &head, "1 2 4 5");
	pos = &items[2];
	list_for_each_entry_safe_continue(pos, next, &head, link)
		list_del(&pos->link);
	EXPECT_LIST(test, &head, "1 2");
	pos = &items[2];
	list_for_each_entry_safe_from(pos, next, &head, link)
		list_del(&pos->link);
	EXPECT_LIST(test, &head, "1");
	fill(&head, 3);
	list_for_each_entry_safe_reverse(pos, next, &head, link)
		if (pos->value != 1)
			list_del(&pos->link);
	EXPECT_LIST(test, &head, "1");
	fill(&head, 4);
	list_for_each_entry_safe(pos, next, &head, link) {
		if (pos->value == 0) {
			list_del(&items[1].link);	/* the one that next is */
			list_safe_reset_next(pos, next, link);
		}
		KUNIT_EXPECT_NE(test, pos->value, 1);
	}
}

/* Two lists and two arrays; every item is on one of them. */
struct model {
	int order[2][ITEMS];
	int count[2];
};

static void model_remove(struct model *m, int value)
{
	for (int l = 0; l < 2; l++) {
		for (int i = 0; i < m->count[l]; i++) {
			if (m->order[l][i] != value)
				continue;
			m->count[l]--;
			memmove(&m->order[l][i], &m->order[l][i + 1],
				(m->count[l] - i) * sizeof(int));
			return;
		}
	}
}

static void model_insert(struct model *m, int l, int at, int value)
{
	memmove(&m->order[l][at + 1], &m->order[l][at], (m->count[l] - at) * sizeof(int));
	m->order[l][at] = value;
	m->count[l]++;
}

static void one_step(struct model *m, struct list_head *heads, struct rnd_state *rnd)
{
	int value = prandom_u32_max_state(rnd, ITEMS), l = prandom_u32_max_state(rnd, 2);
	int spliced[ITEMS], count;

	switch (prandom_u32_max_state(rnd, 4)) {
	case 0:
		list_move(&items[value].link, &heads[l]);
		model_remove(m, value);
		model_insert(m, l, 0, value);
		break;
	case 1:
		list_move_tail(&items[value].link, &heads[l]);
		model_remove(m, value);
		model_insert(m, l, m->count[l], value);
		break;
	case 2:
		list_rotate_left(&heads[l]);
		if (m->count[l]) {
			value = m->order[l][0];
			model_remove(m, value);
			model_insert(m, l, m->count[l], value);
		}
		break;
	case 3:
		list_splice_init(&heads[!l], &heads[l]);
		count = m->count[!l];
		memcpy(spliced, m->order[!l], sizeof(spliced));
		m->count[!l] = 0;
		while (count--)
			model_insert(m, l, 0, spliced[count]);
		break;
	}
}

static void random_operations(struct kunit *test)
{
	struct list_head heads[2];
	struct rnd_state rnd;
	struct model m = { .count = { ITEMS, 0 } };
	struct item *pos;

	prandom_seed_state(&rnd, 20);
	fill(&heads[0], ITEMS);
	INIT_LIST_HEAD(&heads[1]);
	for (int i = 0; i < ITEMS; i++)
		m.order[0][i] = i;
	for (int step = 0; step < 500; step++) {
		one_step(&m, heads, &rnd);
		for (int l = 0; l < 2; l++) {
			int i = 0;

			list_for_each_entry(pos, &heads[l], link) {
				KUNIT_ASSERT_LT_MSG(test, i, m.count[l], "step %d", step);
				KUNIT_ASSERT_EQ_MSG(test, pos->value, m.order[l][i++],
						    "step %d", step);
			}
			KUNIT_ASSERT_EQ_MSG(test, i, m.count[l], "step %d", step);
			KUNIT_ASSERT_FALSE(test, strstarts(text_of(&heads[l]), "broken"));
		}
	}
}

static struct kunit_case list_cases[] = {
	KUNIT_CASE(heads),
	KUNIT_CASE(adding),
	KUNIT_CASE(deleting),
	KUNIT_CASE(replacing),
	KUNIT_CASE(swapping),
	KUNIT_CASE(swapping_between_lists),
	KUNIT_CASE(moving),
	KUNIT_CASE(rotating),
	KUNIT_CASE(cutting),
	KUNIT_CASE(splicing),
	KUNIT_CASE(entries),
	KUNIT_CASE(loops_over_links),
	KUNIT_CASE(loops_over_entries),
	KUNIT_CASE(loops_that_delete),
	KUNIT_CASE(random_operations),
	{}
};

static struct kunit_suite list_suite = {
	.name = "lib_list",
	.test_cases = list_cases,
};
kunit_test_suite(list_suite);
