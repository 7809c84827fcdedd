/* SPDX-License-Identifier: MIT */
/* Between readline.c, which knows keys, and the files that it stands on. */
#ifndef _KERNEL_MONITOR_READLINE_H
#define _KERNEL_MONITOR_READLINE_H

#include <quarry/readline.h>

/* Send one byte, or a string. */
void readline_put(struct readline *rl, char c);
void readline_puts(struct readline *rl, const char *s);

/*
 * readline_screen.c. Make the screen show the line as it is now. The line's characters before
 * @changed are still those on the screen; with rl->len nothing but the cursor has moved.
 */
void readline_refresh(struct readline *rl, unsigned int changed);

/* Prompt and window once more, on a line of the screen where nothing is yet. */
void readline_redraw(struct readline *rl);

/* Leave the line for the next one, with all of it on the screen. */
void readline_finish(struct readline *rl);

void readline_beep(struct readline *rl);

/* readline_edit.c. Text into the line at the cursor; false, and a beep, when it has no room. */
bool readline_insert(struct readline *rl, const char *s, unsigned int count);

/* Take out line[from..to); the cursor is left there. The second keeps it for Ctrl-Y. */
void readline_remove(struct readline *rl, unsigned int from, unsigned int to);
void readline_kill(struct readline *rl, unsigned int from, unsigned int to);

/* @text is the line now, with the cursor at its end. */
void readline_replace(struct readline *rl, const char *text);

void readline_move(struct readline *rl, unsigned int to);

/* The beginning of the word left of the cursor, and the end of the one right of it. */
unsigned int readline_word_left(const struct readline *rl);
unsigned int readline_word_right(const struct readline *rl);

/* The Tab key. @again: for the second time in a row. (readline_complete.c) */
void readline_complete(struct readline *rl, bool again);

#endif /* _KERNEL_MONITOR_READLINE_H */
