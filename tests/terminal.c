// SPDX-License-Identifier: MIT
#include <linux/minmax.h>
#include <linux/string.h>

#include "terminal.h"

struct terminal terminal;

static void next_row(void)
{
	strcpy(terminal.row[terminal.nr_rows++ % TERMINAL_ROWS], terminal.cell);
	memset(terminal.cell, ' ', READLINE_COLUMNS);
	terminal.column = 0;
}

static void put_visible(char c)
{
	if (terminal.column == READLINE_COLUMNS) {
		terminal.wraps++;
		next_row();
	}
	terminal.cell[terminal.column++] = c;
}

static void put(char c)
{
	if (terminal.escape) {			/* the only one that may come clears the screen */
		if (c == 'J') {
			memset(terminal.cell, ' ', READLINE_COLUMNS);
			terminal.column = 0;
		}
		terminal.escape = c != 'J';
	} else if (c == '\033') {
		terminal.escape = true;
	} else if (c == '\a') {
		terminal.bells++;
	} else if (c == '\r') {
		terminal.column = 0;
	} else if (c == '\n') {
		next_row();
	} else if (c == '\b') {
		terminal.bad |= terminal.column == 0;
		terminal.column -= terminal.column > 0;
	} else {
		terminal.bad |= c < ' ' || c > '~';
		put_visible(c);
	}
}

static void echo(struct readline *r, const char *s, unsigned int count)
{
	while (count--)
		put(*s++);
}

void terminal_check(struct kunit *test, const struct readline *rl)
{
	char expected[READLINE_COLUMNS + 1];
	unsigned int shown = min(rl->len - rl->left, (unsigned int)WINDOW);

	KUNIT_ASSERT_LE(test, rl->len, READLINE_MAX);
	KUNIT_ASSERT_EQ(test, strlen(rl->line), rl->len);
	KUNIT_ASSERT_LE(test, rl->cursor, rl->len);
	KUNIT_ASSERT_LE(test, rl->left, rl->cursor);
	KUNIT_ASSERT_LE(test, rl->cursor - rl->left, WINDOW);
	if (rl->len <= WINDOW)
		KUNIT_ASSERT_EQ(test, rl->left, 0);

	memset(expected, ' ', READLINE_COLUMNS);
	expected[READLINE_COLUMNS] = '\0';
	memcpy(expected, PROMPT, strlen(PROMPT));
	memcpy(expected + strlen(PROMPT), rl->line + rl->left, shown);
	KUNIT_ASSERT_STREQ(test, terminal.cell, expected);
	KUNIT_ASSERT_EQ(test, terminal.column, strlen(PROMPT) + rl->cursor - rl->left);
	KUNIT_ASSERT_EQ(test, terminal.wraps, 0);
	KUNIT_ASSERT_FALSE(test, terminal.bad);
}

void terminal_start(struct readline *rl)
{
	memset(&terminal, 0, sizeof(terminal));
	memset(terminal.cell, ' ', READLINE_COLUMNS);
	readline_init(rl, PROMPT, echo);
	readline_start(rl);
}
