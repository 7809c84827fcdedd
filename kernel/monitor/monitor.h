/* SPDX-License-Identifier: MIT */
/* What the monitor's files share among themselves. */
#ifndef _KERNEL_MONITOR_H
#define _KERNEL_MONITOR_H

#include <linux/types.h>
#include <quarry/command_line.h>
#include <quarry/monitor.h>

/* The next command in the alphabet: the first after NULL, NULL after the last. (commands.c) */
const struct monitor_command *next_command(const struct monitor_command *previous);
void print_usage(const struct monitor_command *command);

/* Completers for Tab. */
const char *complete_command(int arg, unsigned int n);
const char *complete_symbol(int arg, unsigned int n);
const char *complete_writable_file(unsigned int n);

/*
 * "cat: /proc/x: no such file": what @error means, said in one place. Returns what the command
 * returns then: @error, or -EIO for -EINVAL, since the usage was not what was wrong. (commands.c)
 */
int complain(const char *command, const char *what, int error);

/* A symbol, or a hexadecimal address with or without 0x. Returns 0 or -EINVAL. (lookup.c) */
int parse_address(const char *word, unsigned long *addr);

/* ---- crash_interrupts.c ---- */

void crash_interrupt_sleep(void);
void crash_interrupt_stack(void);
void crash_soft_lockup(void);

/* ---- crash_oom.c ---- */

void crash_oom_deadlock(void);
void crash_oom_panic(void);

#endif /* _KERNEL_MONITOR_H */
