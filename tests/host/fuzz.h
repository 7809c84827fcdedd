/* SPDX-License-Identifier: MIT */
/* What the fuzzers share: saying what is not true, and stopping. SUBJECT says whose it is. */
#ifndef _TESTS_HOST_FUZZ_H
#define _TESTS_HOST_FUZZ_H

#include <linux/kernel.h>
#include <linux/stdarg.h>
#include "host.h"

#define CHECK(condition, fmt, ...) \
do { \
	if (!(condition)) \
		fail(#condition, fmt, ##__VA_ARGS__); \
} while (0)

static void __noreturn __printf(2, 3) fail(const char *what, const char *fmt, ...)
{
	char text[300];
	va_list args;
	int n = scnprintf(text, sizeof(text), SUBJECT ": not true: %s: ", what);

	va_start(args, fmt);
	n += vscnprintf(text + n, sizeof(text) - n, fmt, args);
	va_end(args);
	os_write(text, n);
	os_write("\n", 1);
	os_abort();
}

#endif /* _TESTS_HOST_FUZZ_H */
