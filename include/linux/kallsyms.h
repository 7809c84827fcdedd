/* SPDX-License-Identifier: MIT */
/* The image's own symbol table (tools/link makes it; kernel/lib/kallsyms.c reads it). */
#ifndef _LINUX_KALLSYMS_H
#define _LINUX_KALLSYMS_H

#include <linux/types.h>

#define KSYM_NAME_LEN	128
#define KSYM_SYMBOL_LEN	(KSYM_NAME_LEN + 32)

/*
 * "name+0x12/0x340" into @buf (KSYM_SYMBOL_LEN bytes), or "0xc0123456" when the address is not in
 * the image. Returns the length. _no_offset: the name alone.
 */
int sprint_symbol(char *buf, unsigned long addr);
int sprint_symbol_no_offset(char *buf, unsigned long addr);

/* The address of the first symbol of that name, or 0. */
unsigned long kallsyms_lookup_name(const char *name);

/* The symbol that @addr lies in: its name, or NULL; its size and the offset into it. */
const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset);

/* The @n-th symbol's name in address order, or NULL: for completion. */
const char *kallsyms_nth(unsigned int n);

#endif /* _LINUX_KALLSYMS_H */
