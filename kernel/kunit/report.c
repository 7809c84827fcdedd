// SPDX-License-Identifier: MIT
/* Watching the log while a statement runs: see <kunit/report.h>. */
#include <kunit/report.h>
#include <linux/container_of.h>
#include <linux/glob.h>
#include <linux/init.h>
#include "try-catch-impl.h"

bool kunit_show_reports;

static int __init reports_setup(char *value)
{
	kunit_show_reports = true;
	return 0;
}
early_param("reports", reports_setup);

static void watch_line(struct log_tap *tap, int level, const char *text)
{
	struct kunit_report *report = container_of(tap, struct kunit_report, tap);

	report->seen |= glob_match(report->pattern, text);
}

void kunit_report_init(struct kunit_report *report, struct kunit *test, const char *pattern)
{
	*report = (struct kunit_report) {
		.tap.line = watch_line,
		.test = test,
		.pattern = pattern,
	};
}

/*
 * An assertion that fails in the statement would go past us to the case's own try, and leave our
 * tap in the log's list when the frame it lies in is gone. So throws come here first.
 */
void kunit_report_begin(struct kunit_report *report)
{
	struct kunit_try_catch *try_catch = &report->test->try_catch;

	console_hold();
	if (kunit_show_reports)
		console_tell();
	log_tap_add(&report->tap);
	report->outer = try_catch->recovery;
	recovery_push(&report->here);
	try_catch->recovery = &report->here;
}

bool kunit_report_end(struct kunit_report *report, int outcome)
{
	struct kunit_try_catch *try_catch = &report->test->try_catch;

	log_tap_remove(&report->tap);
	/* The reader of a failure wants to see all that led to it. */
	if (!report->seen || report->test->status == KUNIT_FAILURE)
		console_tell();
	console_release();
	try_catch->recovery = report->outer;
	if (outcome == 0)
		recovery_pop(&report->here);
	if (outcome == KUNIT_THROWN)
		kunit_try_catch_throw(try_catch);
	return report->seen;
}
