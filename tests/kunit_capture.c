// SPDX-License-Identifier: MIT
#include <linux/kernel.h>
#include <linux/printk.h>
#include <quarry/log_tap.h>
#include "kunit_capture.h"

static char text[4096];
static size_t length;
static int console_level;

static void keep_line(struct log_tap *tap, int level, const char *line)
{
	length += scnprintf(text + length, sizeof(text) - length, "%s\n", line);
}

static struct log_tap tap = { .line = keep_line };

void capture_begin(void)
{
	length = 0;
	text[0] = '\0';
	console_level = console_loglevel;
	console_loglevel = 0;
	log_tap_add(&tap);
}

const char *capture_end(void)
{
	log_tap_remove(&tap);
	console_loglevel = console_level;
	return text;
}

const char *capture_suite(struct kunit_suite *suite)
{
	capture_begin();
	kunit_run_tests(suite);
	return capture_end();
}

const char *capture_case(void (*run_case)(struct kunit *test))
{
	struct kunit_case cases[] = { { .run_case = run_case, .name = "it" }, {} };
	static struct kunit_suite suite = { .name = "one" };

	suite.test_cases = cases;
	return capture_suite(&suite);
}

const char *expected(const char *fmt, ...)
{
	static char buffer[4096];
	va_list args;

	va_start(args, fmt);
	vscnprintf(buffer, sizeof(buffer), fmt, args);
	va_end(args);
	return buffer;
}
