/* SPDX-License-Identifier: MIT */
/* Between readline.c, which knows keys, and its two helpers. */
#ifndef _KERNEL_MONITOR_READLINE_H
#define _KERNEL_MONITOR_READLINE_H

#include <quarry/readline.h>

/* Send one byte, or a string. */
void readline_put(struct readline *rl, char c);
void readline_puts(struct readline *rl, const char *s);

/*
 * Make the screen show the line as it is now. Characters of the line before @changed are still
 * those on the screen; rl->len says that nothing but the cursor has moved. (readline_screen.c)
 */
void readline_refresh(struct readline *rl, unsigned int changed);

/* Prompt and window once more, on a line of the screen where nothing is yet. */
void readline_redraw(struct readline *rl);

/* Leave the line for the next one, with all of it on the screen. */
void readline_finish(struct readline *rl);

/* Text into the line at the cursor; false, and a beep, when there is no room for it. (readline.c) */
bool readline_insert(struct readline *rl, const char *s, unsigned int count);
void readline_beep(struct readline *rl);

/* The Tab key. @again: for the second time in a row. (readline_complete.c) */
void readline_complete(struct readline *rl, bool again);

#endif /* _KERNEL_MONITOR_READLINE_H */
