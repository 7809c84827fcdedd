/* SPDX-License-Identifier: MIT */
/* From the boot loader's memory map to memblock, and to /proc/iomem. */
#ifndef _QUARRY_BOOT_MEMORY_H
#define _QUARRY_BOOT_MEMORY_H

#include <quarry/boot_info.h>

/*
 * Tell memblock what RAM there is and what of it is taken, from what the loader left in @info and
 * "mem=" on the command line, and log it. Ends in panic() with a sentence when there is no map or
 * too little RAM. Called once, after the command line has been parsed and before anything
 * allocates; needs early_memremap().
 */
void memblock_setup(const struct boot_info *info);

/*
 * The same without the panic: NULL, or the sentence that says why this machine will not do. It
 * works on whatever the global "memblock" holds, which must be empty lists.
 */
const char *memblock_try_setup(const struct boot_info *info);

/* The address behind the last usable byte, as "mem=" gave it; ~0: no limit. */
extern phys_addr_t mem_limit;

/*
 * Build the tree behind /proc/iomem from memblock's list of what the firmware said. Called once,
 * when the direct map stands and memblock can still allocate.
 */
void iomem_init(void);

/* What mm_init() took to build the memory map and free all RAM, in ticks of the time-stamp counter. */
extern u64 mm_init_ticks;

#endif /* _QUARRY_BOOT_MEMORY_H */
