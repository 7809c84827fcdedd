// SPDX-License-Identifier: MIT
/*
 * Line editing: which key does what. What it does to the line is in readline_edit.c, what is seen
 * of that in readline_screen.c, and Tab in readline_complete.c.
 *
 * Keys that are no letter arrive as control bytes (Ctrl-A is 1), or as sequences that begin with
 * ESC: "ESC [ A", or "ESC O A" from a terminal in application mode, is the upward arrow,
 * "ESC [ 3 ~" Delete (ECMA-48, section 5.4; xterm's "Control Sequences"). Sequences that mean
 * nothing here are taken in whole, so that their letters do not end up in the line. The ESC key by
 * itself cannot be told from the beginning of a sequence without a clock; it has no effect, and
 * what is typed next is taken as typed unless that is [ or O. A control byte ends any sequence.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "readline.h"

#define CTRL(letter)	((letter) & 0x1f)
#define ESC		0x1b
#define DEL		0x7f		/* what most terminals send for Backspace */

/* The numbers in "ESC [ number ~". */
enum { KEY_HOME = 1, KEY_DELETE = 3, KEY_END = 4, KEY_HOME_RXVT = 7, KEY_END_RXVT = 8 };
#define WITH_CTRL	5		/* the second number in "ESC [ 1 ; 5 C" */

/* ---- history ---- */

static char *history_line(struct readline *rl, unsigned int back)
{
	return rl->history[(rl->nr_history - back) % READLINE_HISTORY];
}

static void history_add(struct readline *rl)
{
	if (!*skip_spaces(rl->line))
		return;
	if (rl->nr_history > 0 && !strcmp(history_line(rl, 1), rl->line))
		return;
	strcpy(rl->history[rl->nr_history++ % READLINE_HISTORY], rl->line);
}

static void history_show(struct readline *rl, unsigned int back)
{
	if (rl->back == 0)
		strcpy(rl->typed, rl->line);
	rl->back = back;
	readline_replace(rl, back ? history_line(rl, back) : rl->typed);
}

static void key_older(struct readline *rl)
{
	if (rl->back < min(rl->nr_history, (unsigned int)READLINE_HISTORY))
		history_show(rl, rl->back + 1);
	else
		readline_beep(rl);
}

static void key_newer(struct readline *rl)
{
	if (rl->back > 0)
		history_show(rl, rl->back - 1);
	else
		readline_beep(rl);
}

/* ---- keys ---- */

static void key_left(struct readline *rl)
{
	if (rl->cursor > 0)
		readline_move(rl, rl->cursor - 1);
}

static void key_right(struct readline *rl)
{
	if (rl->cursor < rl->len)
		readline_move(rl, rl->cursor + 1);
}

static void key_home(struct readline *rl)
{
	readline_move(rl, 0);
}

static void key_end(struct readline *rl)
{
	readline_move(rl, rl->len);
}

static void key_backspace(struct readline *rl)
{
	if (rl->cursor > 0)
		readline_remove(rl, rl->cursor - 1, rl->cursor);
	else
		readline_beep(rl);
}

static void key_delete(struct readline *rl)
{
	if (rl->cursor < rl->len)
		readline_remove(rl, rl->cursor, rl->cursor + 1);
	else
		readline_beep(rl);
}

static void key_kill_to_end(struct readline *rl)
{
	readline_kill(rl, rl->cursor, rl->len);
}

static void key_kill_to_start(struct readline *rl)
{
	readline_kill(rl, 0, rl->cursor);
}

static void key_kill_word(struct readline *rl)
{
	readline_kill(rl, readline_word_left(rl), rl->cursor);
}

static void key_yank(struct readline *rl)
{
	readline_insert(rl, rl->killed, strlen(rl->killed));
}

static void key_clear_screen(struct readline *rl)
{
	readline_puts(rl, "\033[H\033[2J");	/* the one sequence that no dumb terminal knows */
	readline_redraw(rl);
}

static void key_tab(struct readline *rl)
{
	readline_complete(rl, rl->after_tab);
}

static void (*const control_keys[])(struct readline *rl) = {
	[CTRL('A')] = key_home,
	[CTRL('B')] = key_left,
	[CTRL('D')] = key_delete,
	[CTRL('E')] = key_end,
	[CTRL('F')] = key_right,
	[CTRL('H')] = key_backspace,
	[CTRL('I')] = key_tab,
	[CTRL('K')] = key_kill_to_end,
	[CTRL('L')] = key_clear_screen,
	[CTRL('N')] = key_newer,
	[CTRL('P')] = key_older,
	[CTRL('U')] = key_kill_to_start,
	[CTRL('W')] = key_kill_word,
	[CTRL('Y')] = key_yank,
	[DEL]	    = key_backspace,
};

static enum readline_event leave(struct readline *rl, enum readline_event event)
{
	if (event == READLINE_CANCELLED) {
		readline_move(rl, rl->len);
		readline_puts(rl, "^C\n");
	} else {
		readline_finish(rl);
	}
	if (event == READLINE_DONE)
		history_add(rl);
	return event;
}

static enum readline_event plain_key(struct readline *rl, int c)
{
	char letter = c;

	if (c == '\r' || c == '\n') {
		rl->after_cr = c == '\r';
		return leave(rl, READLINE_DONE);
	}
	if (c == CTRL('C'))
		return leave(rl, READLINE_CANCELLED);
	if (c == CTRL('D') && rl->len == 0)
		return leave(rl, READLINE_EOF);

	if (c == ESC)
		rl->input = READLINE_ESC;
	else if (c < (int)ARRAY_SIZE(control_keys) && control_keys[c])
		control_keys[c](rl);
	else if (c >= ' ' && c < DEL)
		readline_insert(rl, &letter, 1);
	else if (c > DEL)		/* part of a letter that is not ASCII: no command has one */
		readline_beep(rl);
	return READLINE_EDITING;
}

/* ---- sequences ---- */

static void numbered_key(struct readline *rl)
{
	switch (rl->parameter[0]) {
	case KEY_HOME:
	case KEY_HOME_RXVT:
		key_home(rl);
		break;
	case KEY_END:
	case KEY_END_RXVT:
		key_end(rl);
		break;
	case KEY_DELETE:
		key_delete(rl);
	}
}

static void sequence_key(struct readline *rl, int final)
{
	bool ctrl = rl->parameter[1] == WITH_CTRL;

	switch (final) {
	case 'A':
		key_older(rl);
		break;
	case 'B':
		key_newer(rl);
		break;
	case 'C':
		ctrl ? readline_move(rl, readline_word_right(rl)) : key_right(rl);
		break;
	case 'D':
		ctrl ? readline_move(rl, readline_word_left(rl)) : key_left(rl);
		break;
	case 'F':
		key_end(rl);
		break;
	case 'H':
		key_home(rl);
		break;
	case '~':
		numbered_key(rl);
	}
}

/* Digits, semicolons and the like up to the letter that ends the sequence. */
static void sequence_byte(struct readline *rl, int c)
{
	unsigned int *number = &rl->parameter[min(rl->nr_parameter, 1U)];

	if (c >= '0' && c <= '9') {
		*number = min(*number * 10 + c - '0', 999U);
	} else if (c == ';') {
		rl->nr_parameter++;
	} else if (c >= '@') {
		rl->input = READLINE_PLAIN;
		sequence_key(rl, c);
	}
}

/* Returns false when @c does not belong to the sequence, but is a key of its own. */
static bool in_sequence(struct readline *rl, int c)
{
	enum readline_input input = rl->input;

	if (c < ' ' || c >= DEL) {
		rl->input = READLINE_PLAIN;
		return false;
	}
	switch (input) {
	case READLINE_ESC:
		rl->input = c == '[' ? READLINE_CSI : c == 'O' ? READLINE_SS3 : READLINE_PLAIN;
		rl->parameter[0] = rl->parameter[1] = rl->nr_parameter = 0;
		return rl->input != READLINE_PLAIN;
	case READLINE_CSI_CSI:
		rl->input = READLINE_PLAIN;
		return true;
	case READLINE_CSI:
		if (c == '[') {
			rl->input = READLINE_CSI_CSI;
			return true;
		}
		fallthrough;
	case READLINE_SS3:
		sequence_byte(rl, c);
		return true;
	case READLINE_PLAIN:
		break;
	}
	return false;
}

enum readline_event readline_feed(struct readline *rl, int c)
{
	bool after_cr = rl->after_cr, after_tab = rl->after_tab;

	rl->after_cr = false;
	if (c == '\n' && after_cr)
		return READLINE_EDITING;

	rl->after_tab = c == '\t' && after_tab;
	if (rl->input != READLINE_PLAIN && in_sequence(rl, c))
		return READLINE_EDITING;
	return plain_key(rl, c);
}

void readline_start(struct readline *rl)
{
	rl->line[0] = '\0';
	rl->len = rl->cursor = rl->left = rl->back = 0;
	readline_redraw(rl);
}

void readline_init(struct readline *rl, const char *prompt,
		   void (*echo)(struct readline *rl, const char *s, unsigned int count))
{
	memset(rl, 0, sizeof(*rl));
	rl->prompt = prompt;
	rl->echo = echo;
}
