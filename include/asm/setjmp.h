/* SPDX-License-Identifier: MIT */
/*
 * Non-local exit: how a failed assertion leaves its test, and a fault the code that made it.
 * C99 7.13 describes the idea. Saved are the registers that a
 * callee must keep, and whether interrupts are on.
 */
#ifndef _ASM_SETJMP_H
#define _ASM_SETJMP_H

#include <linux/compiler.h>

struct kernel_jmp_buf {
	unsigned long bx, si, di, bp, sp, ip, flags;
};

/* Returns 0 at first, and a second time with the value given to kernel_longjmp(). */
asmlinkage int kernel_setjmp(struct kernel_jmp_buf *env) __attribute__((returns_twice));

/* Go back to where @env was set, whose function must not have returned. @value must not be 0. */
asmlinkage void kernel_longjmp(struct kernel_jmp_buf *env, int value) __noreturn;

#endif /* _ASM_SETJMP_H */
