// SPDX-License-Identifier: MIT
/*
 * atomic_t: every operation beside plain arithmetic, for values at which signs and carries change.
 * Whether it is indivisible cannot be seen from one CPU; that the instruction has its LOCK prefix
 * can.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>

static const int values[] = { 0, 1, -1, 2, -2, 7, 4096, 0x7fffffff, -0x7fffffff - 1, 0x55555555 };

static atomic_t a;

/* What @call returns and leaves behind, when it starts from @x. */
#define CHECK_VALUE(call, x, expected_result, expected_after) \
do { \
	atomic_set(&a, x); \
	KUNIT_EXPECT_EQ_MSG(test, (int)(call), (int)(expected_result), "from %d", x); \
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&a), (int)(expected_after), "from %d", x); \
} while (0)
#define CHECK(call, x, expected_after)	CHECK_VALUE(((call), 0), x, 0, expected_after)

static void atomic_with_an_operand(struct kunit *test, int x, int i)
{
	CHECK(atomic_add(i, &a), x, x + i);
	CHECK(atomic_sub(i, &a), x, x - i);
	CHECK_VALUE(atomic_add_return(i, &a), x, x + i, x + i);
	CHECK_VALUE(atomic_sub_return(i, &a), x, x - i, x - i);
	CHECK_VALUE(atomic_fetch_add(i, &a), x, x, x + i);
	CHECK_VALUE(atomic_fetch_sub(i, &a), x, x, x - i);
	CHECK_VALUE(atomic_sub_and_test(i, &a), x, x == i, x - i);
	CHECK_VALUE(atomic_add_negative(i, &a), x, x + i < 0, x + i);
	CHECK_VALUE(atomic_xchg(&a, i), x, x, i);
}

static void atomic_arithmetic(struct kunit *test)
{
	for (size_t x = 0; x < ARRAY_SIZE(values); x++)
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			atomic_with_an_operand(test, values[x], values[i]);
}

static void atomic_by_one(struct kunit *test)
{
	for (size_t n = 0; n < ARRAY_SIZE(values); n++) {
		int x = values[n];

		CHECK(atomic_inc(&a), x, x + 1);
		CHECK(atomic_dec(&a), x, x - 1);
		CHECK_VALUE(atomic_inc_return(&a), x, x + 1, x + 1);
		CHECK_VALUE(atomic_dec_return(&a), x, x - 1, x - 1);
		CHECK_VALUE(atomic_inc_and_test(&a), x, x == -1, x + 1);
		CHECK_VALUE(atomic_dec_and_test(&a), x, x == 1, x - 1);
		CHECK_VALUE(atomic_inc_not_zero(&a), x, x != 0, x ? x + 1 : 0);
	}
}

static void atomic_compare_and_exchange(struct kunit *test)
{
	int old = 5;

	CHECK_VALUE(atomic_cmpxchg(&a, 5, 9), 5, 5, 9);
	CHECK_VALUE(atomic_cmpxchg(&a, 5, 9), 6, 6, 6);
	CHECK_VALUE(atomic_try_cmpxchg(&a, &old, 9), 5, true, 9);
	KUNIT_EXPECT_EQ(test, old, 5);
	CHECK_VALUE(atomic_try_cmpxchg(&a, &old, 9), 6, false, 6);
	KUNIT_EXPECT_EQ(test, old, 6);		/* what was found, for the next try */
}

static void atomic_unless(struct kunit *test)
{
	CHECK_VALUE(atomic_fetch_add_unless(&a, 3, 0), 1, 1, 4);
	CHECK_VALUE(atomic_fetch_add_unless(&a, 3, 0), 0, 0, 0);
	CHECK_VALUE(atomic_add_unless(&a, 3, 7), 6, true, 9);
	CHECK_VALUE(atomic_add_unless(&a, 3, 7), 7, false, 7);
	CHECK_VALUE(atomic_add_unless(&a, -1, 1), 1, false, 1);
}

static void atomic_static_initialiser(struct kunit *test)
{
	static atomic_t minus_three = ATOMIC_INIT(-3);

	KUNIT_EXPECT_EQ(test, atomic_read(&minus_three), -3);
}

/* One of each, for their code to be looked at. xchg with memory is always locked (SDM volume 2). */
static noinline void code_add(atomic_t *v, int i) { atomic_add(i, v); }
static noinline void code_inc(atomic_t *v, int i) { atomic_inc(v); }
static noinline void code_dec(atomic_t *v, int i) { atomic_dec(v); }
static noinline void code_sub_and_test(atomic_t *v, int i) { a.counter = atomic_sub_and_test(i, v); }
static noinline void code_add_negative(atomic_t *v, int i) { a.counter = atomic_add_negative(i, v); }
static noinline void code_fetch_add(atomic_t *v, int i) { a.counter = atomic_fetch_add(i, v); }
static noinline void code_cmpxchg(atomic_t *v, int i) { a.counter = atomic_cmpxchg(v, i, 1); }

static const struct {
	const char *name;
	void (*code)(atomic_t *v, int i);
} locked[] = {
	{ "add", code_add }, { "inc", code_inc }, { "dec", code_dec },
	{ "sub_and_test", code_sub_and_test }, { "add_negative", code_add_negative },
	{ "fetch_add", code_fetch_add }, { "cmpxchg", code_cmpxchg },
};

#define LOCK_PREFIX	0xf0

static void atomic_is_locked(struct kunit *test)
{
	unsigned long size, offset;

	for (size_t n = 0; n < ARRAY_SIZE(locked); n++) {
		const void *code = locked[n].code;

		KUNIT_ASSERT_NOT_NULL(test, kallsyms_lookup((unsigned long)code, &size, &offset));
		KUNIT_EXPECT_EQ(test, offset, 0UL);
		KUNIT_EXPECT_NOT_NULL_MSG(test, memchr(code, LOCK_PREFIX, size),
					  "atomic_%s without a LOCK prefix", locked[n].name);
	}
}

static struct kunit_case atomic_cases[] = {
	KUNIT_CASE(atomic_arithmetic),
	KUNIT_CASE(atomic_by_one),
	KUNIT_CASE(atomic_compare_and_exchange),
	KUNIT_CASE(atomic_unless),
	KUNIT_CASE(atomic_static_initialiser),
	KUNIT_CASE(atomic_is_locked),
	{}
};

static struct kunit_suite atomic_suite = {
	.name = "atomic",
	.test_cases = atomic_cases,
};
kunit_test_suite(atomic_suite);
