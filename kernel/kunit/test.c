// SPDX-License-Identifier: MIT
/* A test's state between its checks: who is running, how it stands, and its log. */
#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include "internal.h"

/* Linux keeps it in the thread: current->kunit_test. */
static struct kunit *current_test;

struct kunit *kunit_get_current_test(void)
{
	return current_test;
}

struct kunit *kunit_set_current_test(struct kunit *test)
{
	struct kunit *before = current_test;

	current_test = test;
	kunit_count_slab_errors(test);
	return before;
}

void kunit_init_test(struct kunit *test, const char *name, char *log)
{
	*test = (struct kunit) {
		.name = name,
		.log = log,
		.status = KUNIT_SUCCESS,
		.resources = LIST_HEAD_INIT(test->resources),
	};
	if (log)
		log[0] = '\0';
}

/* ---- the log ---- */

static void append(char *log, const char *fmt, va_list args)
{
	size_t len = strlen(log);

	if (fmt[0] == KERN_SOH_ASCII)
		fmt += 2;
	len += vscnprintf(log + len, KUNIT_LOG_SIZE - len, fmt, args);
	if (len && log[len - 1] != '\n' && len < KUNIT_LOG_SIZE - 1)
		strcpy(log + len, "\n");
}

void kunit_log_append(char *log, const char *fmt, ...)
{
	va_list args;

	if (!log)
		return;
	va_start(args, fmt);
	append(log, fmt, args);
	va_end(args);
}

void kunit_log_line(char *log, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	if (!log)
		return;
	va_start(args, fmt);
	append(log, fmt, args);
	va_end(args);
}

/* ---- how it stands ---- */

void kunit_mark_skipped(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	if (test->status == KUNIT_FAILURE)
		return;
	WRITE_ONCE(test->status, KUNIT_SKIPPED);
	va_start(args, fmt);
	vscnprintf(test->status_comment, sizeof(test->status_comment), fmt, args);
	va_end(args);
}

void __kunit_fail_current_test(const char *file, int line, const char *fmt, ...)
{
	struct kunit *test = current_test;
	struct va_format message = { .fmt = fmt };
	va_list args;

	if (!test)
		return;
	kunit_set_failure(test);
	va_start(args, fmt);
	message.va = &args;
	kunit_err(test, "%s:%d: %pV\n", file, line, &message);
	va_end(args);
}
