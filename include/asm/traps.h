/* SPDX-License-Identifier: MIT */
#ifndef _ASM_TRAPS_H
#define _ASM_TRAPS_H

#include <linux/types.h>

/*
 * Install segments, task states and the interrupt table: from here on an exception is reported.
 */
void traps_init(void);

/* False after `notaskgate`: a stack overflow then ends the machine instead of in a report. */
extern bool double_fault_has_a_stack;

#endif /* _ASM_TRAPS_H */
