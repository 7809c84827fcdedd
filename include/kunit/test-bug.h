/* SPDX-License-Identifier: MIT */
/* For code under test, which has no struct kunit at hand: who is testing me, and fail it. */
#ifndef _KUNIT_TEST_BUG_H
#define _KUNIT_TEST_BUG_H

#include <linux/compiler.h>

struct kunit;

/* The test case that is running, or NULL. */
struct kunit *kunit_get_current_test(void);

/* Fail the running test case with a message; without one, do nothing. Returns either way. */
#define kunit_fail_current_test(fmt, ...) \
	__kunit_fail_current_test(__FILE__, __LINE__, fmt, ##__VA_ARGS__)

void __kunit_fail_current_test(const char *file, int line, const char *fmt, ...) __printf(3, 4);

#endif /* _KUNIT_TEST_BUG_H */
