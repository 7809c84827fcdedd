// SPDX-License-Identifier: MIT
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <quarry/proc.h>
#include "text_lines.h"

static char text[16384], line[1024];
static size_t length;
static const char *next;

static void keep(struct seq_file *m, const char *s, size_t count)
{
	size_t n = min(count, sizeof(text) - 1 - length);

	memcpy(text + length, s, n);
	length += n;
	text[length] = '\0';
}

void read_proc(struct kunit *test, const char *path)
{
	struct seq_file m = { .sink = keep };

	length = 0;
	text[0] = '\0';
	next = text;
	KUNIT_ASSERT_EQ(test, proc_show(path, &m), 0);
	KUNIT_ASSERT_GT(test, length, 0);
	KUNIT_ASSERT_LT(test, length, sizeof(text) - 1);
	KUNIT_ASSERT_EQ(test, text[length - 1], '\n');
}

void read_text(const char *from)
{
	length = 0;
	next = text;
	keep(NULL, from, strlen(from));
}

const char *whole_text(void)
{
	return text;
}

const char *next_line(void)
{
	size_t n = strchrnul(next, '\n') - next;

	if (!*next)
		return NULL;
	strscpy(line, next, min(n + 1, sizeof(line)));
	next += n + 1;
	return line;
}

unsigned long number_of(struct kunit *test, const char *name)
{
	const char *at = text, *end;

	for (; *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		if (strncmp(at, name, strlen(name)))
			continue;
		at += strlen(name);
		if (*at == ':' || *at == ' ')
			return simple_strtoul(skip_spaces(at + 1), NULL, 10);
	}
	KUNIT_ASSERT_FAILURE(test, "no line \"%s\"", name);
	return 0;
}

unsigned long take_field(struct kunit *test, const char **at, unsigned int width)
{
	const char *digits = skip_spaces(*at);
	unsigned long value;
	char *end;

	value = simple_strtoul(digits, &end, 10);
	KUNIT_ASSERT_TRUE_MSG(test, end > digits, "no number: \"%s\"", *at);
	KUNIT_ASSERT_EQ_MSG(test, end - *at, max_t(long, width, end - digits), "in \"%s\"", *at);
	KUNIT_ASSERT_EQ(test, *end, ' ');
	*at = end + 1;
	return value;
}
