// SPDX-License-Identifier: MIT
/* Which words can stand at a place of the line: what Tab chooses from. */
#include <linux/kallsyms.h>
#include <linux/string.h>
#include <quarry/readline.h>

#include "monitor.h"

const char *complete_symbol(int arg, unsigned int n)
{
	return arg == 1 ? kallsyms_nth(n) : NULL;
}

const char *command_candidate(const char *line, unsigned int start, unsigned int n)
{
	char before[READLINE_MAX + 1], *words[COMMAND_WORDS_MAX + 1];
	const struct monitor_command *command;
	int count;

	memcpy(before, line, start);
	before[start] = '\0';
	count = split_words(before, words);
	if (count < 0)
		return NULL;
	if (count == 0)
		return complete_command(0, n);
	if (words[count - 1] == command_redirect)
		return complete_writable_file(n);

	command = find_command(words[0]);
	if (command && command->complete_after)
		return command->complete_after(count, words, n);
	return command && command->complete ? command->complete(count, n) : NULL;
}
