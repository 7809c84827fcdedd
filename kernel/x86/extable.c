// SPDX-License-Identifier: MIT
/*
 * Instructions that are allowed to fault. Each leaves a pair in the section __ex_table: its own
 * address, and where to go on when it faults. The list is short, so it is searched from the front.
 */
#include <linux/errno.h>
#include <linux/uaccess.h>

#include "x86.h"

struct exception_entry {
	unsigned long insn, fixup;
};

extern const struct exception_entry __start___ex_table[], __stop___ex_table[];

bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_entry *e;

	for (e = __start___ex_table; e < __stop___ex_table; e++) {
		if (e->insn == regs->ip) {
			regs->ip = e->fixup;
			return true;
		}
	}
	return false;
}

long copy_from_kernel_nofault(void *dst, const void *src, size_t size)
{
	/* on a fault, ECX still holds the number of bytes not copied */
	__asm__ __volatile__("1: rep movsb\n"
			     "2:\n"
			     ".pushsection __ex_table, \"a\"\n"
			     ".long 1b, 2b\n"
			     ".popsection"
			     : "+c"(size), "+S"(src), "+D"(dst) : : "memory");
	return size ? -EFAULT : 0;
}
