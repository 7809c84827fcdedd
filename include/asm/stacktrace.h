/* SPDX-License-Identifier: MIT */
#ifndef _ASM_STACKTRACE_H
#define _ASM_STACKTRACE_H

#include <asm/ptrace.h>

/* Print the registers, the code around the instruction pointer, and the backtrace from there. */
void show_regs(const struct pt_regs *regs);

/* Print the backtrace from @regs, each line with @log_lvl (a KERN_ string). */
void show_trace(const struct pt_regs *regs, const char *log_lvl);

#endif /* _ASM_STACKTRACE_H */
