/* SPDX-License-Identifier: MIT */
/*
 * Crimes on purpose. A checker is tested by doing what it forbids and by waiting for its report:
 *
 *	KUNIT_EXPECT_REPORT(test, "BUG: *double free*", kfree(p));
 *
 * runs the statement and fails unless a line that matches the pattern (<linux/glob.h>, over the
 * whole line without time stamp and level) was logged meanwhile. A fault in the statement is
 * survived; whether it was wanted is what the pattern says. What the statement logs is shown on the
 * consoles only if something goes wrong, or the command line has the word `reports`. This is
 * Quarry's own, not Linux's.
 *
 * The statement must not leave the function (return, goto). If it may fault, local variables
 * that it changes have to be volatile to be read after it, as with C's setjmp().
 */
#ifndef _KUNIT_REPORT_H
#define _KUNIT_REPORT_H

#include <asm/setjmp.h>
#include <kunit/test.h>
#include <quarry/log_tap.h>
#include <quarry/recover.h>

/* A watch over the log while a statement runs. */
struct kunit_report {
	struct log_tap tap;
	struct kunit *test;
	const char *pattern;
	struct recovery here;	/* where a fault or a throw in the statement goes to */
	struct recovery *outer;	/* where throws went before */
	bool seen;		/* a line matched */
};

/* The word `reports`: what is expected is shown as well. */
extern bool kunit_show_reports;

/* Before the statement: prepare, then (kernel_setjmp() has returned 0) begin to watch. */
void kunit_report_init(struct kunit_report *report, struct kunit *test, const char *pattern);
void kunit_report_begin(struct kunit_report *report);

/*
 * After it, however it ended (@outcome: what kernel_setjmp() returned last): stop watching, pass
 * a throw on, and tell whether the report came.
 */
bool kunit_report_end(struct kunit_report *report, int outcome);

#define __KUNIT_REPORT(_test, type, glob, text, ...) \
do { \
	struct kunit_report __kunit_report; \
	int __kunit_outcome; \
	\
	kunit_report_init(&__kunit_report, _test, glob); \
	__kunit_outcome = kernel_setjmp(&__kunit_report.here.env); \
	if (__kunit_outcome == 0) { \
		kunit_report_begin(&__kunit_report); \
		__VA_ARGS__; \
	} \
	__KUNIT_CHECK(__kunit_report.test, type, KUNIT_CHECK_REPORT, (.left = text), \
		      kunit_report_end(&__kunit_report, __kunit_outcome), \
		      &__kunit_report.pattern, NULL); \
} while (0)

#define KUNIT_EXPECT_REPORT(test, glob, statement) \
	__KUNIT_REPORT(test, KUNIT_EXPECTATION, glob, #statement, statement)
#define KUNIT_ASSERT_REPORT(test, glob, statement) \
	__KUNIT_REPORT(test, KUNIT_ASSERTION, glob, #statement, statement)

#endif /* _KUNIT_REPORT_H */
