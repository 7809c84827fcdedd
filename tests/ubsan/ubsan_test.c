// SPDX-License-Identifier: MIT
/*
 * `make UBSAN=1`: each thing that C leaves undefined and the compiler looks for, done once. Values
 * are read through volatile variables, so that the compiler cannot do it itself; each crime is a
 * place of its own, since places report once.
 */
#include <kunit/afterwards.h>
#include <kunit/report.h>
#include <linux/ubsan.h>

static volatile int sink;

/* The report came, and it was one. */
#define EXPECT_UBSAN(test, what, text, statement) \
do { \
	unsigned long __before = ubsan_reports; \
	\
	KUNIT_EXPECT_REPORT(test, "UBSAN: " what " in tests/ubsan/ubsan_test.c:*:*", \
		KUNIT_EXPECT_REPORT(test, text, statement)); \
	KUNIT_EXPECT_EQ(test, ubsan_reports, __before + 1); \
	ubsan_reports = __before; \
} while (0)

static void shifts(struct kunit *test)
{
	volatile int by = 32, minus = -1, one = 1;
	volatile u64 wide = 1;

	EXPECT_UBSAN(test, "shift-out-of-bounds",
		     "shift exponent 32 is too large for 32-bit type 'int'", sink = one << by);
	EXPECT_UBSAN(test, "shift-out-of-bounds", "shift exponent -1 is negative",
		     sink = one >> minus);
	by = 64;
	EXPECT_UBSAN(test, "shift-out-of-bounds",
		     "shift exponent 64 is too large for 64-bit type '*'", sink = wide << by);
	by = 31;
	sink = 1U << by;
	KUNIT_EXPECT_EQ(test, ubsan_reports, 0);
}

static void indices(struct kunit *test)
{
	static int array[4];
	volatile int at = 4, before = -1;

	EXPECT_UBSAN(test, "array-index-out-of-bounds", "index 4 is out of range for type 'int \\[4]'",
		     sink = array[at]);
	EXPECT_UBSAN(test, "array-index-out-of-bounds", "index -1 is out of range for type 'int \\[4]'",
		     sink = array[before]);
	at = 3;
	sink = array[at];
	KUNIT_EXPECT_EQ(test, ubsan_reports, 0);
}

static void invalid_values(struct kunit *test)
{
	union { volatile u8 byte; volatile bool truth; } is = { .byte = 7 };

	EXPECT_UBSAN(test, "invalid-load", "load of value 7 is not a valid value for type '*ool*'",
		     sink = is.truth);
	is.byte = 1;
	sink = is.truth;
	KUNIT_EXPECT_EQ(test, ubsan_reports, 0);
}

/* The fault is the processor's; the report comes before it. */
static void division(struct kunit *test)
{
	volatile int zero = 0;

	EXPECT_UBSAN(test, "division-overflow", "division by zero", sink = 1 / zero);
}

/* A place in a loop does not fill the log. */
static void once_a_place(struct kunit *test)
{
	volatile int by = 33;

	for (int i = 0; i < 3; i++)
		sink = 1 << by;
	KUNIT_EXPECT_EQ(test, ubsan_reports, 1);
	ubsan_reports = 0;
}

/* In whichever test it happens: what nobody did on purpose fails it. */
static void nothing_undefined(struct kunit *test)
{
	unsigned long reports = ubsan_reports;

	ubsan_reports = 0;
	KUNIT_EXPECT_EQ_MSG(test, reports, 0, "UBSAN has reported something, see above");
}
KUNIT_AFTERWARDS(nothing_undefined);

static struct kunit_case ubsan_cases[] = {
	KUNIT_CASE(shifts),
	KUNIT_CASE(indices),
	KUNIT_CASE(invalid_values),
	KUNIT_CASE(division),
	KUNIT_CASE(once_a_place),
	{}
};

static struct kunit_suite ubsan_suite = {
	.name = "ubsan",
	.test_cases = ubsan_cases,
};
kunit_test_suite(ubsan_suite);
