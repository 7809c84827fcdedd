/* SPDX-License-Identifier: MIT */
/*
 * The other CPUs' first steps: kernel/x86/trampoline.S, which smpboot.c copies to where they begin.
 */
#ifndef _ASM_TRAMPOLINE_H
#define _ASM_TRAMPOLINE_H

/*
 * The frame where the other CPUs take their first steps: they wake up in real mode, and a
 * start-up IPI can name a page below 1 MiB only. Reserved from the beginning (mm/firmware_map.c),
 * so that nobody has to hope that it is still free later.
 */
#define TRAMPOLINE_PHYS	0x1000

/* Where trampoline.S finds what it is told: offsets in struct trampoline_args. */
#define TRAMPOLINE_CR0		0
#define TRAMPOLINE_CR3		4
#define TRAMPOLINE_EFER		8
#define TRAMPOLINE_KERNEL_CR3	12
#define TRAMPOLINE_SP		16
#define TRAMPOLINE_GDT		20
#define TRAMPOLINE_ARGS_SIZE	28

#endif /* _ASM_TRAMPOLINE_H */
