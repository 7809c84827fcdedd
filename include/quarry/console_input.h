/* SPDX-License-Identifier: MIT */
/* Waiting for what is typed, without asking again and again. (kernel/core/console_input.c) */
#ifndef _QUARRY_CONSOLE_INPUT_H
#define _QUARRY_CONSOLE_INPUT_H

#include <linux/types.h>

/*
 * Sleep until console_poll_char() may have something; at most for a second. One thread at a time.
 * Returns at once, as often as it likes, where nothing would wake it.
 */
void console_wait_input(void);

/* Is something typed within @timeout jiffies? Then its first character is taken. May sleep. */
bool console_key_within(unsigned long timeout);

/* For drivers: something has been typed. Any context. */
void console_input_arrived(void);

/* For drivers: from now on, console_input_arrived() will be called. */
void console_input_interrupts(void);

#endif /* _QUARRY_CONSOLE_INPUT_H */
