/* SPDX-License-Identifier: MIT */
/* What the monitor makes of a line before a command sees it. */
#ifndef _QUARRY_COMMAND_LINE_H
#define _QUARRY_COMMAND_LINE_H

#include <linux/types.h>

#define COMMAND_WORDS_MAX	32

/* What words[i] points to (not: equals) for a > that stood outside of quotes. */
extern char command_redirect[];

/*
 * Split @line into words, in place: at blanks; 'single' and "double" quotes hold what is between
 * them together, and may stand in the middle of a word; > is a word of its own. Nothing else is
 * special. Fills in @words (COMMAND_WORDS_MAX + 1 of them; the one behind the last is NULL) and
 * returns their number, -EINVAL for a quote without its partner, -E2BIG for too many words.
 */
int split_words(char *line, char **words);

/* For Tab: struct readline's candidate, from the registries of commands and /proc files. */
const char *command_candidate(const char *line, unsigned int start, unsigned int n);

/* The command called @name, or NULL. */
const struct monitor_command *find_command(const char *name);

/* The name most like @name, a typing mistake or two away, or NULL. */
const char *nearest_command(const char *name);

#endif /* _QUARRY_COMMAND_LINE_H */
