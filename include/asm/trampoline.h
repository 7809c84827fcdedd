/* SPDX-License-Identifier: MIT */
#ifndef _ASM_TRAMPOLINE_H
#define _ASM_TRAMPOLINE_H

/*
 * The frame where the other CPUs take their first steps: they wake up in real mode, and a
 * start-up IPI can name a page below 1 MiB only. Reserved from the beginning (mm/firmware_map.c),
 * so that nobody has to hope that it is still free later.
 */
#define TRAMPOLINE_PHYS	0x1000

#endif /* _ASM_TRAMPOLINE_H */
