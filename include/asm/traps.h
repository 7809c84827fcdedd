/* SPDX-License-Identifier: MIT */
#ifndef _ASM_TRAPS_H
#define _ASM_TRAPS_H

/*
 * Install segments, task states and the interrupt table: from here on an exception is reported.
 */
void traps_init(void);

#endif /* _ASM_TRAPS_H */
