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

struct kunit_operands {
	union {
		s64 number;
		const volatile void *pointer;
		const char *string;
		const u8 *bytes;
	} left, right;
	size_t size;		/* of each, for bytes */
};

struct kunit_check {
	struct kunit_loc loc;
	enum kunit_assert_type type;
	const char *left, *op, *right;	/* as written in the test */
	void (*show)(struct kunit *test, const struct kunit_check *check,
		     const struct kunit_operands *operands);
};

/*
 * @check failed: mark @test as failed, print what was expected and what came, and the message
 * @fmt if it is not NULL. Does not return when @check is an assertion.
 */
void kunit_check_failed(struct kunit *test, const struct kunit_check *check,
			const struct kunit_operands *operands, const char *fmt, ...)
	__printf(4, 5) __cold;

/* The kinds of show functions. */
void kunit_show_nothing(struct kunit *test, const struct kunit_check *check,
			const struct kunit_operands *operands);
void kunit_show_condition(struct kunit *test, const struct kunit_check *check,
			  const struct kunit_operands *operands);
void kunit_show_not_err(struct kunit *test, const struct kunit_check *check,
			const struct kunit_operands *operands);
void kunit_show_numbers(struct kunit *test, const struct kunit_check *check,
			const struct kunit_operands *operands);
void kunit_show_pointers(struct kunit *test, const struct kunit_check *check,
			 const struct kunit_operands *operands);
void kunit_show_strings(struct kunit *test, const struct kunit_check *check,
			const struct kunit_operands *operands);
void kunit_show_bytes(struct kunit *test, const struct kunit_check *check,
		      const struct kunit_operands *operands);
void kunit_show_report(struct kunit *test, const struct kunit_check *check,
		       const struct kunit_operands *operands);

/*
 * The pattern of all checks. The operands are evaluated once, by the macros that use it; @holds
 * and @operands are built from their values.
 */
#define __KUNIT_CHECK(_test, _type, _show, _left, _op, _right, holds, operands, fmt, ...) \
do { \
	static const struct kunit_check __kunit_check = { \
		.loc = KUNIT_CURRENT_LOC, .type = _type, .show = _show, \
		.left = _left, .op = _op, .right = _right, \
	}; \
	struct kunit *__kunit_test = (_test); \
	\
	__kunit_test->last_seen = &__kunit_check.loc; \
	if (likely(holds)) \
		break; \
	kunit_check_failed(__kunit_test, &__kunit_check, operands, fmt, ##__VA_ARGS__); \
} while (0)

#define __KUNIT_FAIL(test, type, fmt, ...) \
	__KUNIT_CHECK(test, type, kunit_show_nothing, NULL, NULL, NULL, false, NULL, \
		      fmt, ##__VA_ARGS__)

#define __KUNIT_CONDITION(test, type, condition, text, expected, fmt, ...) \
	__KUNIT_CHECK(test, type, kunit_show_condition, text, #expected, NULL, \
		      (!!(condition)) == expected, NULL, fmt, ##__VA_ARGS__)

#define __KUNIT_NOT_ERR(test, type, ptr, text, fmt, ...) \
do { \
	const void *__kunit_ptr = (ptr); \
	\
	__KUNIT_CHECK(test, type, kunit_show_not_err, text, NULL, NULL, \
		      !IS_ERR_OR_NULL(__kunit_ptr), \
		      (&(struct kunit_operands) { .left.pointer = __kunit_ptr }), \
		      fmt, ##__VA_ARGS__); \
} while (0)

/* Compared in their own types, by C's rules; shown as 64-bit integers. */
#define __KUNIT_NUMBERS(test, type, a, op, b, a_text, b_text, fmt, ...) \
do { \
	const __auto_type __kunit_left = (a); \
	const __auto_type __kunit_right = (b); \
	\
	__KUNIT_CHECK(test, type, kunit_show_numbers, a_text, #op, b_text, \
		      __kunit_left op __kunit_right, \
		      (&(struct kunit_operands) { .left.number = __kunit_left, \
						  .right.number = __kunit_right }), \
		      fmt, ##__VA_ARGS__); \
} while (0)

#define __KUNIT_POINTERS(test, type, a, op, b, a_text, b_text, fmt, ...) \
do { \
	const volatile void *__kunit_left = (a); \
	const volatile void *__kunit_right = (b); \
	\
	__KUNIT_CHECK(test, type, kunit_show_pointers, a_text, #op, b_text, \
		      __kunit_left op __kunit_right, \
		      (&(struct kunit_operands) { .left.pointer = __kunit_left, \
						  .right.pointer = __kunit_right }), \
		      fmt, ##__VA_ARGS__); \
} while (0)

/* A NULL string is neither equal to another nor different from it: both checks fail. */
#define __KUNIT_STRINGS(test, type, a, op, b, a_text, b_text, fmt, ...) \
do { \
	const char *__kunit_left = (a); \
	const char *__kunit_right = (b); \
	\
	__KUNIT_CHECK(test, type, kunit_show_strings, a_text, #op, b_text, \
		      __kunit_left && __kunit_right && \
		      strcmp(__kunit_left, __kunit_right) op 0, \
		      (&(struct kunit_operands) { .left.string = __kunit_left, \
						  .right.string = __kunit_right }), \
		      fmt, ##__VA_ARGS__); \
} while (0)

#define __KUNIT_BYTES(test, type, a, op, b, n, a_text, b_text, fmt, ...) \
do { \
	const void *__kunit_left = (a); \
	const void *__kunit_right = (b); \
	size_t __kunit_size = (n); \
	\
	__KUNIT_CHECK(test, type, kunit_show_bytes, a_text, #op, b_text, \
		      __kunit_left && __kunit_right && \
		      memcmp(__kunit_left, __kunit_right, __kunit_size) op 0, \
		      (&(struct kunit_operands) { .left.bytes = __kunit_left, \
						  .right.bytes = __kunit_right, \
						  .size = __kunit_size }), \
		      fmt, ##__VA_ARGS__); \
} while (0)

#endif /* _KUNIT_ASSERT_H */
