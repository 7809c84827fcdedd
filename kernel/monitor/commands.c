// SPDX-License-Identifier: MIT
/* The registry of commands: finding one, listing them in order, and the sentences they share. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "monitor.h"

#define NAME_MAX	31		/* longer ones are not compared for likeness */
#define LIKE_MAX	2		/* typing mistakes that are forgiven */

/* Two commands of one name are a mistake of whoever wrote the second: say so, once. */
static void report_duplicates(void)
{
	const struct monitor_command *const *a, *const *b;
	static bool done;

	if (done)
		return;
	done = true;
	for_each_registered(monitor_commands, a) {
		for (b = a + 1; b < __stop_registry_monitor_commands; b++) {
			if (!strcmp((*a)->name, (*b)->name))
				pr_err("monitor: two commands are called %s\n", (*a)->name);
		}
	}
}

const struct monitor_command *find_command(const char *name)
{
	const struct monitor_command *const *c;

	report_duplicates();
	for_each_registered(monitor_commands, c) {
		if (!strcmp((*c)->name, name))
			return *c;
	}
	return NULL;
}

const struct monitor_command *next_command(const struct monitor_command *previous)
{
	const struct monitor_command *const *c, *least = NULL;

	for_each_registered(monitor_commands, c) {
		if ((!previous || strcmp((*c)->name, previous->name) > 0) &&
		    (!least || strcmp((*c)->name, least->name) < 0))
			least = *c;
	}
	return least;
}

const char *complete_command(int arg, unsigned int n)
{
	if (n >= registry_size(monitor_commands))
		return NULL;
	return __start_registry_monitor_commands[n]->name;
}

/*
 * How many letters must be changed, added or left out to make @a into @b (V. I. Levenshtein, 1965):
 * row[j] is that number for what has been seen of @a and the first j letters of @b.
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[NAME_MAX + 1], i, j, length = strlen(b);

	if (strlen(a) > NAME_MAX || length > NAME_MAX)
		return NAME_MAX;
	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 0; a[i]; i++) {
		unsigned int diagonal = row[0];		/* before this letter of @a */

		row[0] = i + 1;
		for (j = 1; j <= length; j++) {
			unsigned int changed = diagonal + (a[i] != b[j - 1]);

			diagonal = row[j];
			row[j] = min(changed, min(row[j], row[j - 1]) + 1);
		}
	}
	return row[length];
}

const char *nearest_command(const char *name)
{
	const struct monitor_command *c, *nearest = NULL;
	unsigned int least = LIKE_MAX + 1;

	for (c = next_command(NULL); c; c = next_command(c)) {
		unsigned int d = distance(name, c->name);

		/* a beginning is no mistake; one that would change every letter is no likeness */
		if (*name && !strncmp(name, c->name, strlen(name)))
			d = 1;
		if (d < least && d < strlen(c->name)) {
			nearest = c;
			least = d;
		}
	}
	return nearest ? nearest->name : NULL;
}

void print_usage(const struct monitor_command *command)
{
	const char *blank = *command->usage ? " " : "";

	monitor_printf("usage: %s%s%s\n", command->name, blank, command->usage);
}

static const char *error_text(int error)
{
	switch (-error) {
	case ENOENT:	return "no such file or directory";
	case ESRCH:	return "no such process";
	case EACCES:	return "not allowed on this file";
	case EISDIR:	return "is a directory";
	case ENOTDIR:	return "is not a directory";
	case EINVAL:	return "this file does not take that value";
	case ERANGE:	return "number out of range";
	case EBUSY:	return "busy";
	case ENOMEM:	return "out of memory";
	}
	return NULL;
}

int complain(const char *command, const char *what, int error)
{
	const char *text = error_text(error);

	if (text)
		monitor_printf("%s: %s: %s\n", command, what, text);
	else
		monitor_printf("%s: %s: error %d\n", command, what, -error);
	return error == -EINVAL ? -EIO : error;
}
