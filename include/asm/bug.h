/* SPDX-License-Identifier: MIT */
#ifndef _ASM_BUG_H
#define _ASM_BUG_H

#include <linux/types.h>

struct bug_entry {
	unsigned long ip;
	const char *file;
	u32 line;
};

#ifdef QUARRY_HOST_BUILD
void __noreturn host_bug(const char *file, int line);
#define BUG() host_bug(__FILE__, __LINE__)
#else
#define BUG() \
do { \
	__asm__ __volatile__("1: ud2\n" \
			     ".pushsection __bug_table, \"a\"\n" \
			     ".long 1b, %c0, %c1\n" \
			     ".popsection" : : "i"(__FILE__), "i"(__LINE__)); \
	__builtin_unreachable(); \
} while (0)
#endif

#endif /* _ASM_BUG_H */
