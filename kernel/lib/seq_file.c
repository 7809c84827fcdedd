// SPDX-License-Identifier: MIT
/*
 * Text for /proc files goes straight to the reader. A formatted line of any length passes through
 * a small buffer on the stack: what did not fit is formatted once more, with the buffer as a
 * window further along. Lines are short, so there is hardly ever a second round.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include "vsnprintf.h"

void seq_write(struct seq_file *m, const void *data, size_t count)
{
	m->sink(m, data, count);
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	char window[128];
	size_t from = 0, len;
	va_list args;

	va_start(args, fmt);
	do {
		len = print_window(window, sizeof(window), from, fmt, args);
		seq_write(m, window, min(len - from, sizeof(window)));
		from += sizeof(window);
	} while (from < len);
	va_end(args);
}
