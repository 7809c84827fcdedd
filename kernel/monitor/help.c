// SPDX-License-Identifier: MIT
/* help: what can be typed. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <quarry/version.h>

#include "monitor.h"

#define USAGE_MAX	24	/* columns for a command and its arguments */

static int help_one(const char *name)
{
	const struct monitor_command *command = find_command(name);

	if (!command) {
		monitor_printf("help: %s: no such command\n", name);
		return -ENOENT;
	}
	print_usage(command);
	monitor_printf("%s\n", command->help);
	return 0;
}

static unsigned int usage_length(const struct monitor_command *command)
{
	return strlen(command->name) + 1 + strlen(command->usage);
}

static void help_line(const struct monitor_command *command, unsigned int width)
{
	unsigned int length = usage_length(command);

	monitor_printf("  %s %s", command->name, command->usage);
	if (length > width) {
		monitor_printf("\n  ");
		length = 0;
	}
	monitor_printf("%*s  %s\n", width - length, "", command->help);
}

static int cmd_help(int argc, char **argv)
{
	const struct monitor_command *c;
	unsigned int width = 0;

	if (argc > 2)
		return -EINVAL;
	if (argc == 2)
		return help_one(argv[1]);

	monitor_printf("%s\n", quarry_banner);
	for (c = next_command(NULL); c; c = next_command(c)) {
		if (usage_length(c) <= USAGE_MAX)
			width = max(width, usage_length(c));
	}
	for (c = next_command(NULL); c; c = next_command(c))
		help_line(c, width);
	return 0;
}

static const char *complete_help(int arg, unsigned int n)
{
	return arg == 1 ? complete_command(arg, n) : NULL;
}

MONITOR_COMMAND_COMPLETE(help, "[COMMAND]", "list the commands, or explain one", cmd_help,
			 complete_help);
