/* SPDX-License-Identifier: MIT */
/* How far boot has come. What needs a level can say so by name instead of crashing. */
#ifndef _QUARRY_BOOT_LEVEL_H
#define _QUARRY_BOOT_LEVEL_H

#include <linux/types.h>

enum boot_level {
	BOOT_START,
	BOOT_TRAPS,		/* exceptions are reported */
	BOOT_MEMBLOCK,		/* memblock_alloc() */
	BOOT_PAGING,		/* direct map complete; map_kernel_range(), kmap_local_pfn() */
	BOOT_PAGES,		/* alloc_pages(); memblock is history */
	BOOT_SLAB,		/* kmalloc(), kmem_cache_create() */
	BOOT_VMALLOC,		/* vmalloc(), vmap(), ioremap() */
	BOOT_INTERRUPTS,	/* interrupts are on; request_irq() */
	BOOT_THREADS,		/* kthread_run(); schedule() */
	BOOT_DONE,
};

extern enum boot_level boot_level;

/* main.c: @level holds from now on. Levels only rise, one at a time. */
void boot_level_reached(enum boot_level level);

/*
 * True once boot has reached @level. Until then: false, and one line that names @who, what it
 * needs and where boot is.
 */
bool boot_level_needed(enum boot_level level, const char *who);

#endif /* _QUARRY_BOOT_LEVEL_H */
