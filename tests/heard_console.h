/* SPDX-License-Identifier: MIT */
/* For consoles of tests: what was written to them. */
#ifndef _TESTS_HEARD_CONSOLE_H
#define _TESTS_HEARD_CONSOLE_H

#include <linux/console.h>
#include <linux/types.h>

/* A string; where heard_len is made 0, it begins anew with what is written next. */
extern char heard[4096];
extern size_t heard_len;

/* A console's write(). What is too much is lost. */
void heard_write(struct console *con, const char *s, unsigned int count);

#endif /* _TESTS_HEARD_CONSOLE_H */
