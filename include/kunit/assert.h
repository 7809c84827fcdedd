/* SPDX-License-Identifier: MIT */
/*
 * What stands behind the expectation macros of <kunit/test.h>. Each place in a test has one
 * constant struct kunit_check with everything known when it was compiled; the operands' values
 * come only when it fails. So an expectation that holds costs a comparison, and one that does not
 * calls a single function, whatever its kind.
 */
#ifndef _KUNIT_ASSERT_H
#define _KUNIT_ASSERT_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/string.h>
#include <linux/types.h>

struct kunit;

/* An expectation that fails lets its case go on; an assertion ends it. */
enum kunit_assert_type {
	KUNIT_ASSERTION,
	KUNIT_EXPECTATION,
};

struct kunit_loc {
	const char *file;
	int line;
};

#define KUNIT_CURRENT_LOC { .file = __FILE__, .line = __LINE__ }

/* What a check compares, and so what its operands are: see kunit_check_failed(). */
enum kunit_check_kind {
	KUNIT_CHECK_NOTHING,	/* it fails in any case; no operands */
	KUNIT_CHECK_CONDITION,	/* no operands: it is not what @right says */
	KUNIT_CHECK_NOT_ERR,	/* const void *: what should be a pointer */
	KUNIT_CHECK_NUMBERS,	/* unsigned long [2], or s64 [2] if @wide */
	KUNIT_CHECK_POINTERS,	/* const void *[2] */
	KUNIT_CHECK_STRINGS,	/* const char *[2] */
	KUNIT_CHECK_BYTES,	/* struct kunit_blocks */
	KUNIT_CHECK_REPORT,	/* const char *: the pattern that did not come */
};

struct kunit_blocks {
	const u8 *left, *right;
	size_t size;
};

/* There are thousands of checks in an image with tests, and each has one of these: so it is small. */
struct kunit_check {
	struct kunit_loc loc;
	const char *left, *right;	/* as written in the test */
	char op[3];			/* between them, terminated */
	u8 type : 1;			/* enum kunit_assert_type */
	u8 kind : 4;			/* enum kunit_check_kind */
	u8 wide : 1;			/* numbers: one of them has 64 bits */
	u8 left_unsigned : 1, right_unsigned : 1;
};

/*
 * @check failed: mark @test as failed, print what was expected and what came. Does not return when
 * @check is an assertion. Three arguments, which all go in registers: no check pushes any.
 */
void kunit_check_failed(struct kunit *test, const struct kunit_check *check, const void *operands)
	__cold;

/* The same, with a message of the test's own after it (none if @fmt is NULL). */
void kunit_check_failed_msg(struct kunit *test, const struct kunit_check *check,
			    const void *operands, const char *fmt, ...)
	__printf(4, 5) __cold;

/*
 * The pattern of all checks. The operands are evaluated once, by the macros that use it; @holds
 * and @operands are built from their values. What is in parentheses, @about, are further members
 * of the struct kunit_check.
 */
#define __KUNIT_CHECK(_test, _type, _kind, about, holds, operands, fmt, ...) \
do { \
	static const struct kunit_check __kunit_check = { \
		.loc = KUNIT_CURRENT_LOC, .type = _type, .kind = _kind, __KUNIT_UNWRAP about \
	}; \
	struct kunit *__kunit_test = (_test); \
	\
	__kunit_test->last_seen = &__kunit_check.loc; \
	if (likely(holds)) \
		break; \
	if (__kunit_is_null(fmt)) \
		kunit_check_failed(__kunit_test, &__kunit_check, operands); \
	else \
		kunit_check_failed_msg(__kunit_test, &__kunit_check, operands, \
				       fmt, ##__VA_ARGS__); \
} while (0)

#define __KUNIT_UNWRAP(...)	__VA_ARGS__

/* A function, because compilers warn of a literal that is compared with NULL. */
static __always_inline bool __kunit_is_null(const char *fmt)
{
	return !fmt;
}

/* Two operands of one word each. */
#define __KUNIT_WORDS(left, right) \
	((const unsigned long []) { (unsigned long)(left), (unsigned long)(right) })

#define __KUNIT_FAIL(test, type, fmt, ...) \
	__KUNIT_CHECK(test, type, KUNIT_CHECK_NOTHING, (), false, NULL, fmt, ##__VA_ARGS__)

#define __KUNIT_CONDITION(test, type, condition, text, expected, fmt, ...) \
	__KUNIT_CHECK(test, type, KUNIT_CHECK_CONDITION, (.left = text, .right = #expected), \
		      (!!(condition)) == expected, NULL, fmt, ##__VA_ARGS__)

#define __KUNIT_NOT_ERR(test, type, ptr, text, fmt, ...) \
do { \
	const void *__kunit_ptr = (ptr); \
	\
	__KUNIT_CHECK(test, type, KUNIT_CHECK_NOT_ERR, (.left = text), \
		      !IS_ERR_OR_NULL(__kunit_ptr), &__kunit_ptr, fmt, ##__VA_ARGS__); \
} while (0)

#define __KUNIT_IS_WIDE(x)	(sizeof(x) > sizeof(unsigned long))
#define __KUNIT_IS_UNSIGNED(x)	((__typeof__(x))-1 > (__typeof__(x))0)

/* Compared in their own types, by C's rules; shown as 64-bit integers. */
#define __KUNIT_NUMBERS(test, type, a, op_, b, a_text, b_text, fmt, ...) \
do { \
	const __auto_type __kunit_left = (a); \
	const __auto_type __kunit_right = (b); \
	\
	__KUNIT_CHECK(test, type, KUNIT_CHECK_NUMBERS, \
		      (.left = a_text, .op = #op_, .right = b_text, \
		       .wide = __KUNIT_IS_WIDE(__kunit_left) || __KUNIT_IS_WIDE(__kunit_right), \
		       .left_unsigned = __KUNIT_IS_UNSIGNED(__kunit_left), \
		       .right_unsigned = __KUNIT_IS_UNSIGNED(__kunit_right)), \
		      __kunit_left op_ __kunit_right, \
		      __builtin_choose_expr(__KUNIT_IS_WIDE(__kunit_left) || \
					    __KUNIT_IS_WIDE(__kunit_right), \
					    ((const s64 []) { __kunit_left, __kunit_right }), \
					    __KUNIT_WORDS(__kunit_left, __kunit_right)), \
		      fmt, ##__VA_ARGS__); \
} while (0)

#define __KUNIT_POINTERS(test, type, a, op_, b, a_text, b_text, fmt, ...) \
do { \
	const volatile void *__kunit_left = (a); \
	const volatile void *__kunit_right = (b); \
	\
	__KUNIT_CHECK(test, type, KUNIT_CHECK_POINTERS, \
		      (.left = a_text, .op = #op_, .right = b_text), \
		      __kunit_left op_ __kunit_right, \
		      __KUNIT_WORDS(__kunit_left, __kunit_right), fmt, ##__VA_ARGS__); \
} while (0)

/* A NULL string is neither equal to another nor different from it: both checks fail. */
#define __KUNIT_STRINGS(test, type, a, op_, b, a_text, b_text, fmt, ...) \
do { \
	const char *__kunit_left = (a); \
	const char *__kunit_right = (b); \
	\
	__KUNIT_CHECK(test, type, KUNIT_CHECK_STRINGS, \
		      (.left = a_text, .op = #op_, .right = b_text), \
		      __kunit_left && __kunit_right && \
		      strcmp(__kunit_left, __kunit_right) op_ 0, \
		      __KUNIT_WORDS(__kunit_left, __kunit_right), fmt, ##__VA_ARGS__); \
} while (0)

#define __KUNIT_BYTES(test, type, a, op_, b, n, a_text, b_text, fmt, ...) \
do { \
	const void *__kunit_left = (a); \
	const void *__kunit_right = (b); \
	size_t __kunit_size = (n); \
	\
	__KUNIT_CHECK(test, type, KUNIT_CHECK_BYTES, \
		      (.left = a_text, .op = #op_, .right = b_text), \
		      __kunit_left && __kunit_right && \
		      memcmp(__kunit_left, __kunit_right, __kunit_size) op_ 0, \
		      (&(struct kunit_blocks) { __kunit_left, __kunit_right, __kunit_size }), \
		      fmt, ##__VA_ARGS__); \
} while (0)

#endif /* _KUNIT_ASSERT_H */
