// SPDX-License-Identifier: MIT
/* Answers go to the consoles, not into the log: `dmesg` would otherwise grow by what it prints. */
#include <linux/console.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#define PRINT_MAX	512		/* bytes that one monitor_printf() can print */

void monitor_printf(const char *fmt, ...)
{
	static const char cut[] = "[cut]\n";
	char text[PRINT_MAX + sizeof(cut)];
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(text, PRINT_MAX, fmt, args);
	va_end(args);
	if (length >= PRINT_MAX) {
		strcpy(text + PRINT_MAX - 1, cut);
		length = strlen(text);
	}
	console_write(text, length);
}
