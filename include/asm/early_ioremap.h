/* SPDX-License-Identifier: MIT */
#ifndef _ASM_EARLY_IOREMAP_H
#define _ASM_EARLY_IOREMAP_H

#include <linux/types.h>

#define EARLY_MAP_MAX	(64UL << 12)	/* bytes in one mapping */

/*
 * Look at physical memory that the direct map does not reach: what the loader and the firmware
 * left behind. @size bytes from @phys (any alignment) appear at the address returned, until
 * early_memunmap() with the same arguments. Works from the first line of C on. Returns NULL, and
 * says why, when @size is 0 or above EARLY_MAP_MAX, when the range wraps or lies above what a
 * page-table entry can name, or when all slots are in use.
 */
void *early_memremap(phys_addr_t phys, unsigned long size);
void early_memunmap(void *addr, unsigned long size);

#endif /* _ASM_EARLY_IOREMAP_H */
