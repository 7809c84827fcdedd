// SPDX-License-Identifier: MIT
/*
 * The image's own symbol table. tools/link reads the linked image and writes the three arrays
 * below as assembly; the image is linked again with them until nothing moves any more. Addresses
 * ascend; a symbol reaches to the next one.
 */
#include <asm/sections.h>
#include <linux/kallsyms.h>
#include <linux/string.h>

extern const u32 ksyms_count;
extern const u32 ksyms_addresses[];	/* [ksyms_count + 1], the last is _end */
extern const u32 ksyms_names[];		/* offsets into ksyms_text */
extern const char ksyms_text[];

static const char *symbol_name(unsigned int i)
{
	return ksyms_text + ksyms_names[i];
}

/* The last symbol at or below @addr, or -1. */
static int find_symbol(unsigned long addr)
{
	int low = 0, high = ksyms_count;

	if (!ksyms_count || addr < ksyms_addresses[0] || addr >= ksyms_addresses[ksyms_count])
		return -1;
	while (high - low > 1) {
		int middle = (low + high) / 2;

		if (ksyms_addresses[middle] <= addr)
			low = middle;
		else
			high = middle;
	}
	return low;
}

const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset)
{
	int i = find_symbol(addr);

	if (i < 0)
		return NULL;
	*offset = addr - ksyms_addresses[i];
	*size = ksyms_addresses[i + 1] - ksyms_addresses[i];
	return symbol_name(i);
}

unsigned long kallsyms_lookup_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < ksyms_count; i++)
		if (!strcmp(symbol_name(i), name))
			return ksyms_addresses[i];
	return 0;
}

const char *kallsyms_nth(unsigned int n)
{
	return n < ksyms_count ? symbol_name(n) : NULL;
}
