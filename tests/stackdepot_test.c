// SPDX-License-Identifier: MIT
/* The stack depot, in a small one of the tests' own that stands in for the real one meanwhile. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/gfp_types.h>
#include <linux/kernel.h>
#include <linux/stackdepot.h>
#include <linux/string.h>

#define SIZE 4096

static char storage[SIZE] __aligned(16);
static struct stack_depot outside;

/* A backtrace like no other for each @seed, @n addresses long. */
static depot_stack_handle_t save(unsigned long seed, unsigned int n)
{
	unsigned long entries[STACK_DEPOT_MAX_ENTRIES + 8];

	for (unsigned int i = 0; i < n; i++)
		entries[i] = 0xc0100000 + seed * 0x100 + i;
	return stack_depot_save(entries, n, GFP_KERNEL);
}

static void expect_stack(struct kunit *test, depot_stack_handle_t handle, unsigned long seed,
			 unsigned int n)
{
	unsigned long *entries;

	KUNIT_ASSERT_EQ(test, stack_depot_fetch(handle, &entries), n);
	for (unsigned int i = 0; i < n; i++)
		KUNIT_EXPECT_EQ(test, entries[i], 0xc0100000 + seed * 0x100 + i);
}

static void depot_keeps_each_once(struct kunit *test)
{
	depot_stack_handle_t first = save(1, 5), second = save(2, 5), shorter = save(1, 4);

	KUNIT_EXPECT_NE(test, first, 0);
	KUNIT_EXPECT_NE(test, second, first);
	KUNIT_EXPECT_NE(test, shorter, first);
	KUNIT_EXPECT_EQ(test, save(1, 5), first);
	KUNIT_EXPECT_EQ(test, save(2, 5), second);
	KUNIT_EXPECT_EQ(test, save(1, 4), shorter);
	KUNIT_EXPECT_EQ(test, stack_depot.nr_stacks, 3);
	expect_stack(test, first, 1, 5);
	expect_stack(test, second, 2, 5);
	expect_stack(test, shorter, 1, 4);
}

static void depot_knows_nothing_of_others(struct kunit *test)
{
	unsigned long *entries;

	save(1, 5);
	KUNIT_EXPECT_EQ(test, save(1, 0), 0);
	KUNIT_EXPECT_EQ(test, stack_depot_fetch(0, &entries), 0);
	KUNIT_EXPECT_NULL(test, entries);
	KUNIT_EXPECT_EQ(test, stack_depot_fetch(stack_depot.used, &entries), 0);
	KUNIT_EXPECT_EQ(test, stack_depot_fetch(~0U, &entries), 0);
	KUNIT_EXPECT_NULL(test, stack_depot_count(0));
}

static void depot_cuts_long_ones(struct kunit *test)
{
	expect_stack(test, save(3, STACK_DEPOT_MAX_ENTRIES + 8), 3, STACK_DEPOT_MAX_ENTRIES);
}

/* When it is full, what is new has no handle; what is there is still found, and intact. */
static void depot_full(struct kunit *test)
{
	static depot_stack_handle_t handles[SIZE / 16];
	unsigned int n = 0, i;

	while (n < ARRAY_SIZE(handles) && (handles[n] = save(n, n % 7 + 1)))
		n++;
	KUNIT_ASSERT_LT(test, n, ARRAY_SIZE(handles));
	KUNIT_EXPECT_GT(test, n, SIZE / 64);
	KUNIT_EXPECT_EQ(test, stack_depot.nr_lost, 1);
	KUNIT_EXPECT_EQ(test, save(n, 20), 0);
	KUNIT_EXPECT_EQ(test, stack_depot.nr_lost, 2);
	KUNIT_EXPECT_EQ(test, stack_depot.nr_stacks, n);
	KUNIT_EXPECT_LE(test, stack_depot.used, stack_depot.size);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, save(i, i % 7 + 1), handles[i]);
		expect_stack(test, handles[i], i, i % 7 + 1);
	}
}

static void depot_ends_with_its_storage(struct kunit *test)
{
	memset(storage + SIZE / 2, 0x5a, SIZE / 2);
	stack_depot_use(storage, SIZE / 2);
	for (unsigned int n = STACK_DEPOT_MAX_ENTRIES; n > 0; n--)	/* the longest first: */
		for (unsigned int i = 0; i < SIZE / 16; i++)		/* the end is met in all ways */
			save(i, n);
	KUNIT_EXPECT_GT(test, stack_depot.nr_lost, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(storage + SIZE / 2, 0x5a, SIZE / 2));
}

static void depot_can_be_gone_through(struct kunit *test)
{
	depot_stack_handle_t handle;
	u32 sum = 0;

	KUNIT_EXPECT_EQ(test, stack_depot_next(0), 0);
	for (unsigned int i = 1; i <= 10; i++)
		*stack_depot_count(save(i, i)) = i;
	for (handle = stack_depot_next(0); handle; handle = stack_depot_next(handle))
		sum += *stack_depot_count(handle);
	KUNIT_EXPECT_EQ(test, sum, 55);
}

static void depot_prints(struct kunit *test)
{
	unsigned long entries[] = { (unsigned long)depot_prints + 2, (unsigned long)save + 3 };
	depot_stack_handle_t handle = stack_depot_save(entries, 2, 0);
	char text[200];

	KUNIT_EXPECT_REPORT(test, " depot_prints+0x2/*", stack_depot_print(handle));
	KUNIT_EXPECT_REPORT(test, " save+0x3/*", stack_depot_print(handle));
	KUNIT_EXPECT_EQ(test, stack_depot_snprint(handle, text, sizeof(text), 3), strlen(text));
	KUNIT_EXPECT_TRUE(test, strstarts(text, "   depot_prints+0x2/"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\n   save+0x3/"));
	KUNIT_EXPECT_EQ(test, stack_depot_snprint(handle, text, 8, 0), 7);
}

static void depot_without_storage(struct kunit *test)
{
	stack_depot = (struct stack_depot){ 0 };
	KUNIT_EXPECT_EQ(test, save(1, 1), 0);
	KUNIT_EXPECT_EQ(test, stack_depot_next(0), 0);
}

static int depot_init(struct kunit *test)
{
	outside = stack_depot;
	memset(storage, 0, sizeof(storage));
	stack_depot_use(storage, sizeof(storage));
	return 0;
}

static void depot_exit(struct kunit *test)
{
	stack_depot = outside;
}

static struct kunit_case stackdepot_cases[] = {
	KUNIT_CASE(depot_keeps_each_once),
	KUNIT_CASE(depot_knows_nothing_of_others),
	KUNIT_CASE(depot_cuts_long_ones),
	KUNIT_CASE(depot_full),
	KUNIT_CASE(depot_ends_with_its_storage),
	KUNIT_CASE(depot_can_be_gone_through),
	KUNIT_CASE(depot_prints),
	KUNIT_CASE(depot_without_storage),
	{}
};

static struct kunit_suite stackdepot_suite = {
	.name = "stackdepot",
	.init = depot_init,
	.exit = depot_exit,
	.test_cases = stackdepot_cases,
};
kunit_test_suite(stackdepot_suite);
