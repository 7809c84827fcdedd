/* SPDX-License-Identifier: MIT */
/*
 * What an exception saves: the processor pushes the last three to six words, a stub in
 * kernel/x86/entry.S the number and (where the processor has none) the error code, and the
 * common path the rest. Field names are Linux's. The assembly that builds it is beside the stubs.
 */
#ifndef _ASM_PTRACE_H
#define _ASM_PTRACE_H

#include <linux/types.h>

struct pt_regs {
	unsigned long bx, cx, dx, si, di, bp, ax;
	unsigned long ds, es, fs, gs;
	unsigned long trapnr;	/* the vector */
	unsigned long orig_ax;	/* the error code, 0 where there is none */
	unsigned long ip, cs, flags;
	unsigned long sp, ss;	/* pushed only from user mode: see kernel_stack_pointer() */
};

/* Without a change of privilege the processor does not push SP: it is where the frame ends. */
static inline unsigned long kernel_stack_pointer(const struct pt_regs *regs)
{
	return (unsigned long)&regs->sp;
}

static inline unsigned long instruction_pointer(const struct pt_regs *regs)
{
	return regs->ip;
}

/* The registers as they are at this call, in the same form as an exception would leave them. */
asmlinkage void capture_regs(struct pt_regs *regs);

#endif /* _ASM_PTRACE_H */
