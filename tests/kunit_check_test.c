// SPDX-License-Identifier: MIT
/*
 * Each kind of check: that it holds when it should, that it fails when it should, and what it
 * then prints. A failing check is made on a struct kunit of its own, so that this run survives it.
 */
#include <kunit/test.h>
#include "kunit_capture.h"

static struct kunit fake;

/*
 * What @check prints, without its first line, in @captured; which line that is, is checked here.
 * @check is made on &fake.
 */
#define CAPTURE(check) \
({ \
	const char *__text, *__first; \
	\
	kunit_init_test(&fake, "fake", NULL); \
	capture_begin(); \
	check; \
	__text = capture_end(); \
	__first = expected("    # fake: EXPECTATION FAILED at %s:%d\n", __FILE__, __LINE__); \
	KUNIT_ASSERT_TRUE_MSG(test, strstarts(__text, __first), "%s", __text); \
	KUNIT_EXPECT_EQ(test, fake.status, KUNIT_FAILURE); \
	__text + strlen(__first); \
})

/* @check, made on &fake, holds. */
#define HOLDS(check) \
do { \
	kunit_init_test(&fake, "fake", NULL); \
	check; \
	KUNIT_EXPECT_EQ_MSG(test, fake.status, KUNIT_SUCCESS, "%s", #check); \
} while (0)

/* It does not. */
#define BREAKS(check) \
do { \
	kunit_init_test(&fake, "fake", NULL); \
	capture_begin(); \
	check; \
	capture_end(); \
	KUNIT_EXPECT_EQ_MSG(test, fake.status, KUNIT_FAILURE, "%s", #check); \
} while (0)

static void conditions(struct kunit *test)
{
	HOLDS(KUNIT_EXPECT_TRUE(&fake, 2));
	HOLDS(KUNIT_EXPECT_FALSE(&fake, 0));
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_TRUE(&fake, 1 > 2)),
			"    Expected 1 > 2 to be true, but is false\n");
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_FALSE(&fake, 2)),
			"    Expected 2 to be false, but is true\n");
}

static void relations(struct kunit *test)
{
	int one = 1, two = 2;

	HOLDS(KUNIT_EXPECT_EQ(&fake, one, 1));
	HOLDS(KUNIT_EXPECT_NE(&fake, one, two));
	HOLDS(KUNIT_EXPECT_LT(&fake, one, two));
	HOLDS(KUNIT_EXPECT_LE(&fake, one, 1));
	HOLDS(KUNIT_EXPECT_GT(&fake, two, one));
	HOLDS(KUNIT_EXPECT_GE(&fake, two, 2));
	BREAKS(KUNIT_EXPECT_EQ(&fake, one, two));
	BREAKS(KUNIT_EXPECT_NE(&fake, one, 1));
	BREAKS(KUNIT_EXPECT_LT(&fake, one, 1));
	BREAKS(KUNIT_EXPECT_LE(&fake, two, one));
	BREAKS(KUNIT_EXPECT_GT(&fake, one, 1));
	BREAKS(KUNIT_EXPECT_GE(&fake, one, two));
}

static void numbers_are_shown_unless_written(struct kunit *test)
{
	int small = -22;
	u64 large = 0xffffffff00000000ULL;

	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_EQ(&fake, small, 0)),
			"    Expected small == 0, but\n"
			"        small == -22 (0xffffffffffffffea)\n");
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_LT(&fake, large, 0x10)),
			"    Expected large < 0x10, but\n"
			"        large == -4294967296 (0xffffffff00000000)\n"
			"        0x10 == 16 (0x10)\n");
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_EQ(&fake, KUNIT_LOG_SIZE, 1)),
			"    Expected KUNIT_LOG_SIZE == 1, but\n"
			"        KUNIT_LOG_SIZE == 2048 (0x800)\n");
}

static void numbers_keep_their_types(struct kunit *test)
{
	u8 byte = 200;
	u64 big = 1ULL << 40;

	HOLDS(KUNIT_EXPECT_GT(&fake, byte, -1));
	HOLDS(KUNIT_EXPECT_GT(&fake, -1, 5U));		/* as C has it */
	HOLDS(KUNIT_EXPECT_NE(&fake, big, (u32)big));
}

static void operands_are_evaluated_once(struct kunit *test)
{
	int a = 0, b = 0, message = 0, objects[4];

	HOLDS(KUNIT_EXPECT_EQ_MSG(&fake, a++, b++, "%d\n", message++));
	HOLDS(KUNIT_EXPECT_PTR_EQ(&fake, &objects[a++], &objects[b++]));
	BREAKS(KUNIT_EXPECT_NE_MSG(&fake, a++, b++, "%d\n", message++));
	KUNIT_EXPECT_EQ(test, a, 3);
	KUNIT_EXPECT_EQ(test, b, 3);
	KUNIT_EXPECT_EQ(test, message, 1);
}

static void pointers(struct kunit *test)
{
	int object;
	void *none = NULL;

	HOLDS(KUNIT_EXPECT_PTR_EQ(&fake, &object, (void *)&object));
	HOLDS(KUNIT_EXPECT_PTR_NE(&fake, &object, NULL));
	HOLDS(KUNIT_EXPECT_NULL(&fake, none));
	HOLDS(KUNIT_EXPECT_NOT_NULL(&fake, &object));
	BREAKS(KUNIT_EXPECT_PTR_NE(&fake, &object, &object));
	BREAKS(KUNIT_EXPECT_NOT_NULL(&fake, none));
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_PTR_EQ(&fake, &object, none)),
			"    Expected &object == none, but\n"
			"        &object == %px\n"
			"        none == 00000000\n", &object);
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_NULL(&fake, &object)),
			"    Expected &object == NULL, but\n"
			"        &object == %px\n"
			"        NULL == 00000000\n", &object);
}

static void error_pointers(struct kunit *test)
{
	void *none = NULL, *error = ERR_PTR(-ENOMEM);

	HOLDS(KUNIT_EXPECT_NOT_ERR_OR_NULL(&fake, test));
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_NOT_ERR_OR_NULL(&fake, none)),
			"    Expected none is not null, but is\n");
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_NOT_ERR_OR_NULL(&fake, error)),
			"    Expected error is not error, but is: -12\n");
}

static void strings(struct kunit *test)
{
	const char *word = "slab", *none = NULL;

	HOLDS(KUNIT_EXPECT_STREQ(&fake, word, "slab"));
	HOLDS(KUNIT_EXPECT_STRNEQ(&fake, word, "slob"));
	BREAKS(KUNIT_EXPECT_STRNEQ(&fake, word, "slab"));
	BREAKS(KUNIT_EXPECT_STRNEQ(&fake, word, none));
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_STREQ(&fake, word, "slub")),
			"    Expected word == \"slub\", but\n"
			"        word == \"slab\"\n");
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_STREQ(&fake, none, word)),
			"    Expected none == word, but\n"
			"        none == NULL\n"
			"        word == \"slab\"\n");
}

static void memory(struct kunit *test)
{
	const u8 a[18] = { 1, 2, 3, [17] = 0xff }, b[18] = { 1, 9, 3 };
	const u8 *none = NULL;

	HOLDS(KUNIT_EXPECT_MEMEQ(&fake, a, b, 1));
	HOLDS(KUNIT_EXPECT_MEMNEQ(&fake, a, b, 2));
	BREAKS(KUNIT_EXPECT_MEMNEQ(&fake, a, b, 1));
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_MEMEQ(&fake, a, b, sizeof(a))),
			"    Expected a == b, but\n"
			"        a ==\n"
			"         01 <02> 03  00  00  00  00  00  00  00  00  00  00  00  00  00 \n"
			"         00 <ff>\n"
			"        b ==\n"
			"         01 <09> 03  00  00  00  00  00  00  00  00  00  00  00  00  00 \n"
			"         00 <00>\n");
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_MEMEQ(&fake, a, none, 1)),
			"    Expected none is not null, but is\n");
}

static void messages(struct kunit *test)
{
	int n = 3;

	EXPECT_CAPTURED(test, CAPTURE(KUNIT_EXPECT_TRUE_MSG(&fake, n > 4, "only %d pages\n", n)),
			"    Expected n > 4 to be true, but is false\n"
			"\n"
			"only 3 pages\n");
	EXPECT_CAPTURED(test, CAPTURE(KUNIT_FAIL(&fake, "lost %s\n", "all")), "lost all\n");
}

/* One failing assertion of each kind; none may be passed. */
#define ASSERTS(name, check) \
	static void assert_##name(struct kunit *test) { check; passed_by++; }

static int passed_by;
static const char *const nothing;

ASSERTS(true, KUNIT_ASSERT_TRUE(test, false))
ASSERTS(false, KUNIT_ASSERT_FALSE(test, true))
ASSERTS(eq, KUNIT_ASSERT_EQ(test, 1, 2))
ASSERTS(ne, KUNIT_ASSERT_NE(test, 1, 1))
ASSERTS(lt, KUNIT_ASSERT_LT(test, 1, 1))
ASSERTS(le, KUNIT_ASSERT_LE(test, 2, 1))
ASSERTS(gt, KUNIT_ASSERT_GT(test, 1, 1))
ASSERTS(ge, KUNIT_ASSERT_GE(test, 1, 2))
ASSERTS(ptr_eq, KUNIT_ASSERT_PTR_EQ(test, test, NULL))
ASSERTS(ptr_ne, KUNIT_ASSERT_PTR_NE(test, test, test))
ASSERTS(null, KUNIT_ASSERT_NULL(test, test))
ASSERTS(not_null, KUNIT_ASSERT_NOT_NULL(test, nothing))
ASSERTS(not_err, KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nothing))
ASSERTS(streq, KUNIT_ASSERT_STREQ(test, "a", "b"))
ASSERTS(strneq, KUNIT_ASSERT_STRNEQ(test, "a", "a"))
ASSERTS(memeq, KUNIT_ASSERT_MEMEQ(test, "a", "b", 1))
ASSERTS(memneq, KUNIT_ASSERT_MEMNEQ(test, "a", "a", 1))
ASSERTS(failure, KUNIT_ASSERT_FAILURE(test, "no"))
ASSERTS(msg, KUNIT_ASSERT_EQ_MSG(test, 1, 2, "no"))

static void assertions_do_not_return(struct kunit *test)
{
	static void (*const each[])(struct kunit *test) = {
		assert_true, assert_false, assert_eq, assert_ne, assert_lt, assert_le, assert_gt,
		assert_ge, assert_ptr_eq, assert_ptr_ne, assert_null, assert_not_null,
		assert_not_err, assert_streq, assert_strneq, assert_memeq, assert_memneq,
		assert_failure, assert_msg,
	};
	int i;

	passed_by = 0;
	for (i = 0; i < ARRAY_SIZE(each); i++) {
		const char *captured = capture_case(each[i]);

		KUNIT_EXPECT_TRUE_MSG(test, strstr(captured, "    # it: ASSERTION FAILED at "),
				      "number %d", i);
		KUNIT_EXPECT_TRUE_MSG(test, strstr(captured, "\nnot ok 1 one\n"), "number %d", i);
	}
	KUNIT_EXPECT_EQ(test, passed_by, 0);
}

static struct kunit_case kunit_check_cases[] = {
	KUNIT_CASE(conditions),
	KUNIT_CASE(relations),
	KUNIT_CASE(numbers_are_shown_unless_written),
	KUNIT_CASE(numbers_keep_their_types),
	KUNIT_CASE(operands_are_evaluated_once),
	KUNIT_CASE(pointers),
	KUNIT_CASE(error_pointers),
	KUNIT_CASE(strings),
	KUNIT_CASE(memory),
	KUNIT_CASE(messages),
	KUNIT_CASE(assertions_do_not_return),
	{}
};

static struct kunit_suite kunit_check_suite = {
	.name = "kunit-check",
	.test_cases = kunit_check_cases,
};
kunit_test_suite(kunit_check_suite);
