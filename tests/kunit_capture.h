/* SPDX-License-Identifier: MIT */
/*
 * For KUnit's tests of itself: what it prints is caught from the log, and kept off the console,
 * where a reader of results would take it for this run's.
 */
#ifndef _TESTS_KUNIT_CAPTURE_H
#define _TESTS_KUNIT_CAPTURE_H

#include <kunit/test.h>

/* From here on, lines go into a buffer. Does not nest. */
void capture_begin(void);

/* Back to normal; returns the lines, each with its newline, valid until the next capture. */
const char *capture_end(void);

/* Run a suite that nobody knows of; returns what it printed. */
const char *capture_suite(struct kunit_suite *suite);

/* The same for a function as the only case, "it", of a suite "one". */
const char *capture_case(void (*run_case)(struct kunit *test));

/* @fmt formatted, for comparison with a capture. */
const char *expected(const char *fmt, ...) __printf(1, 2);

#define EXPECT_CAPTURED(test, captured, fmt, ...) \
do { \
	const char *__captured = (captured); \
	\
	KUNIT_EXPECT_STREQ(test, __captured, expected(fmt, ##__VA_ARGS__)); \
} while (0)

#endif /* _TESTS_KUNIT_CAPTURE_H */
