// SPDX-License-Identifier: MIT
/*
 * The monitor: reads a line, splits it into words, and calls the command of that name. It knows
 * no command; they register themselves (<quarry/monitor.h>), those in the files beside this one
 * like any others.
 *
 * What is typed is echoed here whether it comes from a person or from a pipe, so that a log of
 * the serial line reads as a transcript in either case. Each line is run as a process, as a shell would:
 * if the machine runs out of memory meanwhile, that can be killed, and the next line is another. (If
 * there is no memory even for that, the old one goes on.) There is no end of a file on a serial
 * line: a script leaves by `poweroff`.
 */
#include <asm/processor.h>
#include <linux/console.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <quarry/console_input.h>
#include <quarry/readline.h>

#include "monitor.h"

static struct readline input;

static int unknown_command(const char *name)
{
	const char *nearest = nearest_command(name);

	if (nearest)
		monitor_printf("%s: no such command; did you mean \"%s\"?\n", name, nearest);
	else
		monitor_printf("%s: no such command; \"help\" lists them\n", name);
	return -ENOENT;
}

int monitor_execute(const char *line)
{
	char text[READLINE_MAX + 1], *words[COMMAND_WORDS_MAX + 1];
	const struct monitor_command *command;
	int count, error;

	if (strscpy(text, line, sizeof(text)) < 0) {
		monitor_printf("the line is longer than %u bytes\n", READLINE_MAX);
		return -E2BIG;
	}
	count = split_words(text, words);
	if (count == -E2BIG)
		monitor_printf("more than %u words in a line\n", COMMAND_WORDS_MAX);
	else if (count < 0)
		monitor_printf("a quote is not closed\n");
	if (count <= 0)
		return count;

	command = find_command(words[0]);
	if (!command)
		return unknown_command(words[0]);
	error = command->run(count, words);
	if (error == -EINVAL)
		print_usage(command);
	return error;
}

static void echo(struct readline *rl, const char *s, unsigned int count)
{
	console_write(s, count);
}

static int read_char(void)
{
	int c;

	while ((c = console_poll_char()) < 0) {
		touch_nmi_watchdog();
		console_wait_input();
	}
	return c;
}

static enum readline_event read_line(struct readline *rl)
{
	enum readline_event event;

	readline_start(rl);
	do {
		event = readline_feed(rl, read_char());
	} while (event == READLINE_EDITING);
	return event;
}

void __noreturn monitor(void)
{
	readline_init(&input, "quarry> ", echo);
	input.candidate = command_candidate;
	monitor_printf("\"help\" lists the commands, \"poweroff\" leaves.\n");

	for (;;) {
		switch (read_line(&input)) {
		case READLINE_DONE:
			touch_nmi_watchdog();
			begin_new_process();
			monitor_execute(input.line);
			break;
		case READLINE_EOF:
			monitor_printf("Type \"poweroff\" to leave.\n");
			break;
		default:
			break;
		}
	}
}
