// SPDX-License-Identifier: MIT
/* cat, ls and echo: reading and writing /proc. */
#include <linux/console.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <quarry/proc.h>
#include <quarry/readline.h>

#include "monitor.h"

static void to_console(struct seq_file *m, const char *s, size_t count)
{
	touch_nmi_watchdog();		/* a long file on a slow line */
	console_write(s, count);
}

static int cmd_cat(int argc, char **argv)
{
	struct seq_file out = { .sink = to_console };
	int i, error, first_error = 0;

	if (argc < 2)
		return -EINVAL;
	for (i = 1; i < argc; i++) {
		error = proc_show(argv[i], &out);
		if (error)
			error = complain("cat", argv[i], error);
		first_error = first_error ?: error;
	}
	return first_error;
}

static void print_entry(const char *name, bool is_directory, void *arg)
{
	monitor_printf("%s%s\n", name, is_directory ? "/" : "");
}

static int cmd_ls(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/proc";
	int error;

	if (argc > 2)
		return -EINVAL;
	error = proc_list(path, print_entry, NULL);
	if (error == -ENOTDIR && path[strlen(path) - 1] != '/') {
		monitor_printf("%s\n", path);		/* a file lists itself */
		return 0;
	}
	return error ? complain("ls", path, error) : 0;
}

/* The words with a blank between each two, as a shell's echo puts them. */
static int join_words(char *text, size_t size, char **words, int count)
{
	size_t length = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < count && length < size; i++)
		length += snprintf(text + length, size - length, "%s%s", i ? " " : "", words[i]);
	return length < size ? 0 : -E2BIG;
}

static int cmd_echo(int argc, char **argv)
{
	char text[READLINE_MAX + 1];
	int words, error;

	for (words = 0; words < argc - 1 && argv[words + 1] != command_redirect; words++)
		;
	if (words < argc - 1 && argc - 1 - words != 2)
		return -EINVAL;			/* > without a file, or words behind it */
	error = join_words(text, sizeof(text), argv + 1, words);
	if (error)
		return complain("echo", "the text", error);
	if (words == argc - 1) {
		monitor_printf("%s\n", text);
		return 0;
	}
	error = proc_store(argv[argc - 1], text);
	return error ? complain("echo", argv[argc - 1], error) : 0;
}

/* ---- Tab ---- */

static const char *proc_path(const char *path, size_t length)
{
	static char text[READLINE_MAX + 1];

	snprintf(text, sizeof(text), "/proc/%.*s", (int)length, path);
	return text;
}

/* The @n-th file that can be read, or that can be written. */
static const char *nth_file(unsigned int n, bool writable)
{
	const struct proc_file *const *f;

	for_each_registered(proc_files, f) {
		if (writable ? !(*f)->store : !(*f)->show)
			continue;
		if (n-- == 0)
			return proc_path((*f)->path, strlen((*f)->path));
	}
	return NULL;
}

const char *complete_writable_file(unsigned int n)
{
	return nth_file(n, true);
}

static const char *complete_cat(int arg, unsigned int n)
{
	return nth_file(n, false);
}

/* Directories: whatever a path has before a slash. Those of several files come several times. */
static const char *complete_ls(int arg, unsigned int n)
{
	const struct proc_file *const *f;
	const char *slash;

	if (arg > 1)
		return NULL;
	if (n-- == 0)
		return "/proc/";
	for_each_registered(proc_files, f) {
		for (slash = strchr((*f)->path, '/'); slash; slash = strchr(slash + 1, '/')) {
			if (n-- == 0)
				return proc_path((*f)->path, slash + 1 - (*f)->path);
		}
	}
	return NULL;
}

MONITOR_COMMAND_COMPLETE(cat, "FILE...", "print files of /proc", cmd_cat, complete_cat);
MONITOR_COMMAND_COMPLETE(ls, "[DIRECTORY]", "list a directory of /proc", cmd_ls, complete_ls);
MONITOR_COMMAND(echo, "[WORD...] [> FILE]", "print words, or write them to a file of /proc",
		cmd_echo);
