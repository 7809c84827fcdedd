/* SPDX-License-Identifier: MIT */
/*
 * Choosing suites and running them. A glob is a pattern over suite names, or "SUITE.CASE" with a
 * pattern for each; `*`, `?` and `[a-z]` as in <linux/glob.h>. Suites run in the order of their
 * names, whatever the order they were linked in.
 */
#ifndef _KUNIT_EXECUTOR_H
#define _KUNIT_EXECUTOR_H

#include <linux/compiler.h>
#include <linux/types.h>

struct kunit_suite;

/* Pointers to suites, [start, end). */
struct kunit_suite_set {
	struct kunit_suite *const *start, *const *end;
};

/* Did the command line say `test` or `test=GLOB`? */
bool kunit_requested(void);

/*
 * Run what matches @glob among all registered suites and print it as KTAP at KERN_INFO. Returns
 * the number of suites that failed, or, without having run any, -ENOENT: nothing matches;
 * -EEXIST: two suites have the same name. Either is said in the log, and no plan is printed, so
 * that nobody takes it for a success.
 */
int kunit_run(const char *glob);

/* The same for a set of suites. */
int kunit_run_set(struct kunit_suite_set set, const char *glob);

/*
 * The same in a thread bound to CPU 0, or to the one of `kunit.cpu=N`, with the console's level
 * raised so that the results are seen. Waits for it.
 */
int kunit_run_visibly(const char *glob);

/* Run what the command line asked for and leave with EXIT_OK or EXIT_TEST_FAILED. */
void __noreturn kunit_run_requested(void);

/* The suite after @prev in order of names, the first one for NULL; NULL after the last. */
struct kunit_suite *kunit_next_suite(struct kunit_suite_set set, const struct kunit_suite *prev);

/* All registered suites. */
struct kunit_suite_set kunit_registered_suites(void);

#endif /* _KUNIT_EXECUTOR_H */
