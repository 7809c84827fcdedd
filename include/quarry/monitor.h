/* SPDX-License-Identifier: MIT */
/*
 * The monitor: the prompt on the serial line. A command is a struct in a registry; the file that
 * defines it need not be known to anyone.
 *
 *	static int cmd_hello(int argc, char **argv)
 *	{
 *		monitor_printf("hello, %s\n", argc > 1 ? argv[1] : "world");
 *		return 0;
 *	}
 *	MONITOR_COMMAND(hello, "[NAME]", "greet someone", cmd_hello);
 */
#ifndef _QUARRY_MONITOR_H
#define _QUARRY_MONITOR_H

#include <linux/types.h>
#include <quarry/registry.h>

struct monitor_command {
	const char *name;
	const char *usage;	/* its arguments, "" when there are none */
	const char *help;	/* half a line: what it does */

	/*
	 * argv[0] is the command's name; words are split at blanks, quotes hold them together.
	 * Returns 0, or a negative errno: -EINVAL makes the monitor print the usage line; for any
	 * other the command has already said what went wrong.
	 */
	int (*run)(int argc, char **argv);

	/*
	 * Optional, for Tab: the @n-th possible word at argument @arg (1 is the first), or NULL
	 * when there are no more. May return words that do not match what was typed so far.
	 */
	const char *(*complete)(int arg, unsigned int n);

	/* Instead of it, where the choice depends on the words before: argv[0] to argv[argc - 1]. */
	const char *(*complete_after)(int argc, char **argv, unsigned int n);
};

REGISTRY(monitor_commands, const struct monitor_command);

#define MONITOR_COMMAND_COMPLETE(_name, _usage, _help, _run, _complete) \
	static const struct monitor_command monitor_command_##_name = { \
		.name = #_name, .usage = _usage, .help = _help, \
		.run = _run, .complete = _complete, \
	}; \
	REGISTER(monitor_commands, monitor_command_##_name)

#define MONITOR_COMMAND(_name, _usage, _help, _run) \
	MONITOR_COMMAND_COMPLETE(_name, _usage, _help, _run, NULL)

/* Print to every console, but not into the log. */
void monitor_printf(const char *fmt, ...) __printf(1, 2);

/* Run one line as if it had been typed. Returns what the command did; -ENOENT: no such one. */
int monitor_execute(const char *line);

/* Read lines and run them, for ever. */
void __noreturn monitor(void);

#endif /* _QUARRY_MONITOR_H */
