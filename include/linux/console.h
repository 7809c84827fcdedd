/* SPDX-License-Identifier: MIT */
/*
 * Where the log's lines go, and where typed characters come from. A console must work before
 * paging, with interrupts off, and inside an exception handler: it polls, and never allocates.
 */
#ifndef _LINUX_CONSOLE_H
#define _LINUX_CONSOLE_H

#include <linux/types.h>

struct console {
	char name[16];
	void (*write)(struct console *con, const char *s, unsigned int count);
	int (*poll_char)(struct console *con);	/* a byte typed, or -1; NULL: no input here */
	struct console *next;
};

/* Add @con; the whole log so far is written to it first, so that it misses nothing. */
void register_console(struct console *con);

/* Take @con off again: 0, or -ENODEV when it was not registered. */
int unregister_console(struct console *con);

/* Write @count bytes to all consoles, past the log and its levels. */
void console_write(const char *s, unsigned int count);

/* The next byte typed on any console, or -1 when there is none just now. Never waits. */
int console_poll_char(void);

#endif /* _LINUX_CONSOLE_H */
