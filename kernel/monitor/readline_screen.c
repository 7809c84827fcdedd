// SPDX-License-Identifier: MIT
/*
 * What the person sees of the line. A terminal cannot go back by \b from the beginning of one of
 * its rows to the end of the row above, and we do not know how wide it is. So a line stays on one
 * row: when it is too long, a window onto it is shown, which jumps by half its width when the
 * cursor would leave it. The row's last column stays empty, since terminals differ in where the
 * cursor is once that is filled.
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "readline.h"

void readline_put(struct readline *rl, char c)
{
	rl->echo(rl, &c, 1);
}

void readline_puts(struct readline *rl, const char *s)
{
	rl->echo(rl, s, strlen(s));
}

static unsigned int window_width(const struct readline *rl)
{
	return READLINE_COLUMNS - 1 - strlen(rl->prompt);
}

/* Where the window begins: the cursor is in it, and a short line is seen as a whole. */
static unsigned int window_left(const struct readline *rl)
{
	unsigned int width = window_width(rl);

	if (rl->len <= width)
		return 0;
	if (rl->cursor >= rl->left && rl->cursor <= rl->left + width)
		return rl->left;
	return rl->cursor > width / 2 ? rl->cursor - width / 2 : 0;
}

/* Move the terminal's cursor; to the right by writing what is there already. */
static void move_to(struct readline *rl, unsigned int column)
{
	while (rl->column > column) {
		readline_put(rl, '\b');
		rl->column--;
	}
	if (rl->column < column) {
		rl->echo(rl, rl->line + rl->left + rl->column, column - rl->column);
		rl->column = column;
	}
}

void readline_refresh(struct readline *rl, unsigned int changed)
{
	unsigned int left = window_left(rl), old = rl->shown;

	if (left != rl->left) {
		rl->left = left;
		changed = 0;
	}
	changed = max(changed, left) - left;
	rl->shown = min(rl->len - left, window_width(rl));

	if (changed < rl->shown || old > rl->shown)
		move_to(rl, min(changed, rl->shown));
	if (changed < rl->shown)
		move_to(rl, rl->shown);
	for (; rl->column < old && old > rl->shown; rl->column++)
		readline_put(rl, ' ');
	move_to(rl, rl->cursor - left);
}

void readline_redraw(struct readline *rl)
{
	readline_puts(rl, rl->prompt);
	rl->shown = rl->column = 0;
	readline_refresh(rl, 0);
}

/* A line too long for the window is written once in full, for those who read it later in a log. */
void readline_finish(struct readline *rl)
{
	if (rl->len > window_width(rl)) {
		readline_put(rl, '\r');
		readline_puts(rl, rl->prompt);
		readline_puts(rl, rl->line);
	}
	readline_put(rl, '\n');
}
