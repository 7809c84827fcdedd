/* SPDX-License-Identifier: MIT */
/* For suites that leave nothing as it was for a while: is everything there again in the end? */
#ifndef _TESTS_BOOKS_H
#define _TESTS_BOOKS_H

#include <kunit/test.h>

/* Workers come and go, and lie in other slabs then: so pages of slabs count as free. */
struct books {
	unsigned long pages, areas, objects;
};

/* When all is quiet and nothing lies on any CPU's list. Process context; sleeps. */
struct books books_now(void);
/* As they were; and all validators are content. */
void expect_same_books(struct kunit *test, const struct books *before);

#endif /* _TESTS_BOOKS_H */
