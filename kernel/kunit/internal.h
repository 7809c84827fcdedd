/* SPDX-License-Identifier: MIT */
#ifndef _KERNEL_KUNIT_INTERNAL_H
#define _KERNEL_KUNIT_INTERNAL_H

#include <kunit/test.h>

/* Who is being tested from now on; returns who was. */
struct kunit *kunit_set_current_test(struct kunit *test);

/* From now on, who finds damaged objects asks @test whether it counts them; NULL: nobody does. */
void kunit_count_slab_errors(const struct kunit *test);

/* How many of @suite's cases match @case_glob. */
size_t kunit_count_cases(struct kunit_suite *suite, const char *case_glob);

/* Run those, print the results as the @number-th suite's, return the suite's. */
enum kunit_status kunit_run_suite(struct kunit_suite *suite, const char *case_glob,
				  unsigned int number);

/*
 * kunit_run() in a thread, and wait for it; -ENXIO, -ENOMEM: it could not be, which is said in the
 * log. Weak: as a program on the host, the tests have no threads. (thread.c)
 */
int kunit_run_in_thread(const char *glob) __weak;

/*
 * One more with each part of a case or a suite that begins. If none has begun for long, the last one
 * hangs (thread.c).
 */
extern unsigned long kunit_tries;

#endif /* _KERNEL_KUNIT_INTERNAL_H */
