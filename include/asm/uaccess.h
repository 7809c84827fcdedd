/* SPDX-License-Identifier: MIT */
/* Copying where an address may turn out to be nobody's. */
#ifndef _ASM_UACCESS_H
#define _ASM_UACCESS_H

#include <linux/types.h>

/*
 * Copy @n bytes until one of them cannot be read or written; returns how many are left then. By
 * words, as far as those go. When a word faults, ECX words and the odd bytes are left, and are tried
 * byte by byte; when a byte faults, ECX bytes are left.
 */
static __always_inline unsigned long copy_until_fault(void *to, const void *from, unsigned long n)
{
	unsigned long left = n / 4;

	__asm__ __volatile__("1: rep movsl\n"
			     "2: leal (%3, %0, 4), %0\n"
			     "3: rep movsb\n"
			     "4:\n"
			     ".pushsection __ex_table, \"a\"\n"
			     ".long 1b, 2b, 3b, 4b\n"
			     ".popsection"
			     : "+c"(left), "+S"(from), "+D"(to) : "r"(n % 4) : "memory");
	return left;
}

/* The same with zeros. */
static __always_inline unsigned long clear_until_fault(void *to, unsigned long n)
{
	__asm__ __volatile__("1: rep stosb\n"
			     "2:\n"
			     ".pushsection __ex_table, \"a\"\n"
			     ".long 1b, 2b\n"
			     ".popsection"
			     : "+c"(n), "+D"(to) : "a"(0) : "memory");
	return n;
}

#endif /* _ASM_UACCESS_H */
