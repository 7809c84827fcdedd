/* SPDX-License-Identifier: MIT */
/*
 * Reading what the kernel prints for people as a program would: line by line, fields of a fixed
 * width. One text at a time.
 */
#ifndef _TESTS_TEXT_LINES_H
#define _TESTS_TEXT_LINES_H

#include <kunit/test.h>
#include "kunit_capture.h"

/* Take a file of /proc as the text, or any other one (which is copied). */
void read_proc(struct kunit *test, const char *path);
void read_text(const char *from);

/* The whole of it, before and while it is read by lines. */
const char *whole_text(void);

/* The next line, without its newline; NULL behind the last. Valid until the next call. */
const char *next_line(void);

/* The number behind the line that begins with @name and a blank or a colon; fails without one. */
unsigned long number_of(struct kunit *test, const char *name);

/*
 * A number off *@line, set to the right in @width columns (unless it is longer), with a blank
 * behind it. Fails the test when it is not.
 */
unsigned long take_field(struct kunit *test, const char **at, unsigned int width);

/* The next line must be exactly this. */
#define EXPECT_LINE(test, fmt, ...) \
	KUNIT_EXPECT_STREQ(test, next_line(), expected(fmt, ##__VA_ARGS__))

#endif /* _TESTS_TEXT_LINES_H */
