// SPDX-License-Identifier: MIT
#include <linux/console.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <quarry/monitor.h>
#include "monitor_ear.h"

#define ANSWER_MAX	8192

char answer[ANSWER_MAX];
static unsigned int answer_length;
static bool listening;

static void listen(struct console *con, const char *s, unsigned int count)
{
	if (!listening)
		return;
	count = min(count, ANSWER_MAX - 1 - answer_length);
	memcpy(answer + answer_length, s, count);
	answer_length += count;
	answer[answer_length] = '\0';
}

static struct console ear = { .name = "ear", .write = listen };

int ask(const char *line)
{
	int error;

	answer_length = 0;
	answer[0] = '\0';
	listening = true;
	error = monitor_execute(line);
	listening = false;
	return error;
}

int ears_init(struct kunit_suite *suite)
{
	register_console(&ear);
	return 0;
}

void ears_exit(struct kunit_suite *suite)
{
	unregister_console(&ear);
}

unsigned int count_lines(const char *beginning)
{
	unsigned int count = 0;
	const char *line;

	for (line = answer; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		count += !strncmp(line, beginning, strlen(beginning));
	}
	return count;
}

unsigned long number_after(const char *words)
{
	const char *found = strstr(answer, words);

	return found ? simple_strtoul(found + strlen(words), NULL, 0) : 0;
}
