/* SPDX-License-Identifier: MIT */
/*
 * The model of a terminal, to look at what line editing sends: one row of cells and a cursor that
 * understands what <quarry/readline.h> says a terminal must. Beyond the last column it goes on in
 * the next row.
 */
#ifndef _TESTS_TERMINAL_H
#define _TESTS_TERMINAL_H

#include <kunit/test.h>
#include <quarry/readline.h>

#define TERMINAL_ROWS	8	/* rows above that are remembered */

#define PROMPT		"% "
#define WINDOW		(READLINE_COLUMNS - 1 - (sizeof(PROMPT) - 1))	/* cells for the line */

extern struct terminal {
	char cell[READLINE_COLUMNS + 1];
	unsigned int column;
	unsigned int bells, wraps;
	bool escape;			/* inside a control sequence */
	bool bad;			/* what came cannot be done, or cannot be read */
	char row[TERMINAL_ROWS][READLINE_COLUMNS + 1];	/* row n is row[n % TERMINAL_ROWS] */
	unsigned int nr_rows;
} terminal;

/* Switch it on, with an empty screen and @rl at its first prompt. */
void terminal_start(struct readline *rl);

/* It must show the prompt, a good window onto the line, and nothing else. */
void terminal_check(struct kunit *test, const struct readline *rl);

#endif /* _TESTS_TERMINAL_H */
