// SPDX-License-Identifier: MIT
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/log_tap.h>

#include "page_log.h"

static char text[16384];
static size_t length;
static int console_level;

static void keep_line(struct log_tap *tap, int level, const char *line)
{
	length += scnprintf(text + length, sizeof(text) - length, "%s\n", line);
}

static struct log_tap tap = { .line = keep_line };

void page_log_begin(void)
{
	length = 0;
	text[0] = '\0';
	console_level = console_loglevel;
	console_loglevel = 0;
	log_tap_add(&tap);
}

const char *page_log_end(void)
{
	log_tap_remove(&tap);
	console_loglevel = console_level;
	return text;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

unsigned int page_log_count(const char *log, const char *start)
{
	unsigned int n = 0;

	for (; *log; log = next_line(log))
		n += !strncmp(log, start, strlen(start));
	return n;
}

static bool line_matches(const char *line, const char *glob)
{
	char copy[256];

	strscpy(copy, line, min(sizeof(copy), (size_t)(next_line(line) - line)));
	return glob_match(glob, copy);
}

const char *page_log_expect(struct kunit *test, const char *from, const char *glob)
{
	for (; from && *from; from = next_line(from))
		if (line_matches(from, glob))
			return next_line(from);
	KUNIT_FAIL(test, "no line (in its place) matches \"%s\"", glob);
	return NULL;
}
