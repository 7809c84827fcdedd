/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_PANIC_H
#define _LINUX_PANIC_H

#include <linux/compiler.h>

/* Say why, show where, leave QEMU with status 37. Works from any context. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn __cold;

/*
 * For the trap code, around the report of a fault: enter before its first line; exit if it is
 * survived.
 */
void oops_enter(void);
void oops_exit(void);

#endif /* _LINUX_PANIC_H */
