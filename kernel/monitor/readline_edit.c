// SPDX-License-Identifier: MIT
/* Changing the line. Each change says from where on the screen is no longer right. */
#include <linux/string.h>

#include "readline.h"

void readline_beep(struct readline *rl)
{
	readline_put(rl, '\a');
}

bool readline_insert(struct readline *rl, const char *s, unsigned int count)
{
	if (rl->len + count > READLINE_MAX) {
		readline_beep(rl);
		return false;
	}
	memmove(rl->line + rl->cursor + count, rl->line + rl->cursor, rl->len - rl->cursor + 1);
	memcpy(rl->line + rl->cursor, s, count);
	rl->len += count;
	rl->cursor += count;
	readline_refresh(rl, rl->cursor - count);
	return true;
}

void readline_remove(struct readline *rl, unsigned int from, unsigned int to)
{
	memmove(rl->line + from, rl->line + to, rl->len - to + 1);
	rl->len -= to - from;
	rl->cursor = from;
	readline_refresh(rl, from);
}

void readline_kill(struct readline *rl, unsigned int from, unsigned int to)
{
	if (from == to) {
		readline_beep(rl);
		return;
	}
	memcpy(rl->killed, rl->line + from, to - from);
	rl->killed[to - from] = '\0';
	readline_remove(rl, from, to);
}

void readline_replace(struct readline *rl, const char *text)
{
	unsigned int same = 0;

	while (text[same] && text[same] == rl->line[same])
		same++;
	strcpy(rl->line, text);
	rl->len = rl->cursor = strlen(text);
	readline_refresh(rl, same);
}

void readline_move(struct readline *rl, unsigned int to)
{
	rl->cursor = to;
	readline_refresh(rl, rl->len);
}

unsigned int readline_word_left(const struct readline *rl)
{
	unsigned int at = rl->cursor;

	while (at > 0 && rl->line[at - 1] == ' ')
		at--;
	while (at > 0 && rl->line[at - 1] != ' ')
		at--;
	return at;
}

unsigned int readline_word_right(const struct readline *rl)
{
	unsigned int at = rl->cursor;

	while (at < rl->len && rl->line[at] == ' ')
		at++;
	while (at < rl->len && rl->line[at] != ' ')
		at++;
	return at;
}
