// SPDX-License-Identifier: MIT
/* Sorting and searching: all permutations of few elements, then random arrays of many. */
#include <kunit/test.h>
#include <linux/bsearch.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/prandom.h>
#include <linux/sort.h>
#include <linux/string.h>

#define MANY	300

static unsigned int comparisons;

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	comparisons++;
	return x < y ? -1 : x > y;
}

static bool is_sorted(const int *array, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (array[i - 1] > array[i])
			return false;
	return true;
}

/* The @number-th permutation of 0 … @n - 1. */
static void permute(int *array, int n, unsigned int number)
{
	for (int i = 0; i < n; i++)
		array[i] = i;
	for (int i = n; i > 1; number /= i, i--)
		swap(array[i - 1], array[number % i]);
}

static void every_permutation(struct kunit *test)
{
	static const unsigned int factorial[] = { 1, 1, 2, 6, 24, 120, 720 };
	int array[7] = { 0 };

	for (int n = 0; n <= 6; n++) {
		for (unsigned int p = 0; p < factorial[n]; p++) {
			permute(array, n, p);
			array[n] = -5;		/* belongs to somebody else */
			sort(array, n, sizeof(int), by_value, NULL);
			for (int i = 0; i < n; i++)
				KUNIT_EXPECT_EQ_MSG(test, array[i], i,
						    "%d elements, permutation %u", n, p);
			KUNIT_EXPECT_EQ(test, array[n], -5);
		}
	}
}

/* Many elements, many equal ones: sorted, the same multiset, and not too many comparisons. */
static void random_arrays(struct kunit *test)
{
	static int array[MANY];
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 8);
	for (int round = 0; round < 20; round++) {
		size_t n = prandom_u32_max_state(&rnd, MANY) + 1;
		int range = round % 2 ? 10 : 1000000, sum = 0, xor = 0;

		for (size_t i = 0; i < n; i++) {
			array[i] = prandom_u32_max_state(&rnd, range) - range / 2;
			sum += array[i];
			xor ^= array[i];
		}
		comparisons = 0;
		sort(array, n, sizeof(int), by_value, NULL);
		KUNIT_EXPECT_TRUE(test, is_sorted(array, n));
		for (size_t i = 0; i < n; i++) {
			sum -= array[i];
			xor ^= array[i];
		}
		KUNIT_EXPECT_EQ(test, sum, 0);
		KUNIT_EXPECT_EQ(test, xor, 0);
		KUNIT_EXPECT_LE(test, comparisons, (unsigned int)(2 * n * fls(n)));
	}
}

struct wide {
	char key;
	char rest[10];
} __packed;

static int by_key(const void *a, const void *b, const void *priv)
{
	return (((const struct wide *)a)->key - ((const struct wide *)b)->key) * *(const int *)priv;
}

static void counting_swap(void *a, void *b, int size, const void *priv)
{
	struct wide kept = *(struct wide *)a;

	*(struct wide *)a = *(struct wide *)b;
	*(struct wide *)b = kept;
	comparisons += size;
}

/* Elements of an odd size move as a whole; priv arrives in both functions. */
static void wide_elements(struct kunit *test)
{
	struct wide array[20];
	int direction[2] = { 1, -1 };

	for (int d = 0; d < 2; d++) {
		for (int i = 0; i < 20; i++) {
			array[i].key = 'a' + i * 7 % 20;
			memset(array[i].rest, array[i].key, sizeof(array[i].rest));
		}
		comparisons = 0;
		sort_r(array, 20, sizeof(array[0]), by_key, d ? counting_swap : NULL,
		       &direction[d]);
		for (int i = 0; i < 20; i++) {
			KUNIT_EXPECT_EQ(test, array[i].key, (char)('a' + (d ? 19 - i : i)));
			KUNIT_EXPECT_NULL(test, memchr_inv(array[i].rest, array[i].key,
							   sizeof(array[i].rest)));
		}
		KUNIT_EXPECT_EQ(test, comparisons % sizeof(array[0]), 0U);
		KUNIT_EXPECT_EQ(test, comparisons > 0, d == 1);
	}
}

static unsigned int swaps;

static void swap_ints(void *a, void *b, int size)
{
	swap(*(int *)a, *(int *)b);
	swaps++;
}

/* sort()'s own kind of swap function is the one that moves the elements. */
static void swap_of_the_caller(struct kunit *test)
{
	int array[] = { 3, 1, 2 };

	swaps = 0;
	sort(array, 3, sizeof(int), by_value, swap_ints);
	KUNIT_EXPECT_TRUE(test, is_sorted(array, 3));
	KUNIT_EXPECT_GT(test, swaps, 0U);
}

static int by_byte(const void *a, const void *b)
{
	return *(const u8 *)a - *(const u8 *)b;
}

static int by_half_word(const void *a, const void *b)
{
	return *(const u16 *)a - *(const u16 *)b;
}

/* Sizes that are no whole words, and words at odd addresses, which the words' swap must not get. */
static void short_elements(struct kunit *test)
{
	u16 array[] = { 9, 1, 8, 2, 7, 3, 6, 4, 5, 0x7777 };
	u8 bytes[4 * 9 + 2];

	sort(array, 9, sizeof(u16), by_half_word, NULL);
	for (int i = 0; i < 9; i++)
		KUNIT_EXPECT_EQ(test, (int)array[i], i + 1);
	KUNIT_EXPECT_EQ(test, (int)array[9], 0x7777);

	memset(bytes, 0x7e, sizeof(bytes));
	for (int i = 0; i < 9; i++)
		memset(bytes + 1 + 4 * i, 9 - i, 4);
	sort(bytes + 1, 9, 4, by_byte, NULL);
	for (int i = 0; i < 9; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(bytes + 1 + 4 * i, i + 1, 4));
	KUNIT_EXPECT_TRUE(test, bytes[0] == 0x7e && bytes[37] == 0x7e);
}

static void binary_search(struct kunit *test)
{
	int array[40];

	for (size_t n = 0; n <= 40; n++) {
		for (size_t i = 0; i < n; i++)
			array[i] = 2 * i + 1;
		for (int key = 0; key <= 2 * (int)n + 1; key++) {
			int *expected = key % 2 && key / 2 < n ? &array[key / 2] : NULL;

			comparisons = 0;
			KUNIT_EXPECT_PTR_EQ(test, (int *)bsearch(&key, array, n, sizeof(int),
								 by_value), expected);
			KUNIT_EXPECT_LE(test, comparisons, (unsigned int)fls(n));
		}
	}
}

struct entry {
	int key, place;
	struct list_head link;
};

static struct entry pool[MANY];

static int entries_by_key(void *priv, const struct list_head *a, const struct list_head *b)
{
	++*(unsigned int *)priv;
	return list_entry(a, struct entry, link)->key - list_entry(b, struct entry, link)->key;
}

/* Sorted, equal ones in their old order, all of them there, links right in both directions. */
static void check_list_sort(struct kunit *test, struct rnd_state *rnd, int n, int range)
{
	LIST_HEAD(head);
	struct entry *e, *previous = NULL;
	unsigned int compared = 0;
	int count = 0;

	for (int i = 0; i < n; i++) {
		pool[i].key = prandom_u32_max_state(rnd, range);
		pool[i].place = i;
		list_add_tail(&pool[i].link, &head);
	}
	list_sort(&compared, &head, entries_by_key);
	list_for_each_entry(e, &head, link) {
		KUNIT_ASSERT_LT(test, count++, n);
		KUNIT_EXPECT_PTR_EQ(test, e->link.next->prev, &e->link);
		KUNIT_EXPECT_PTR_EQ(test, e->link.prev->next, &e->link);
		if (previous)
			KUNIT_EXPECT_TRUE_MSG(test, previous->key < e->key ||
					      (previous->key == e->key &&
					       previous->place < e->place),
					      "element %d of %d", count, n);
		previous = e;
	}
	KUNIT_EXPECT_EQ(test, count, n);
	KUNIT_EXPECT_LE(test, compared, (unsigned int)(n * fls(n)));
}

static void list_sorting(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 9);
	for (int n = 0; n <= 40; n++) {
		check_list_sort(test, &rnd, n, 5);
		check_list_sort(test, &rnd, n, 1000);
	}
	check_list_sort(test, &rnd, MANY, 20);
	check_list_sort(test, &rnd, MANY, 1);
}

static struct kunit_case sort_cases[] = {
	KUNIT_CASE(every_permutation),
	KUNIT_CASE(random_arrays),
	KUNIT_CASE(wide_elements),
	KUNIT_CASE(swap_of_the_caller),
	KUNIT_CASE(short_elements),
	KUNIT_CASE(binary_search),
	KUNIT_CASE(list_sorting),
	{}
};

static struct kunit_suite sort_suite = {
	.name = "sort",
	.test_cases = sort_cases,
};
kunit_test_suite(sort_suite);
