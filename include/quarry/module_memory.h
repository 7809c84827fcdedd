/* SPDX-License-Identifier: MIT */
/* Who of the modules has allocated what, and not freed it: mm/debug/module_memory.c. */
#ifndef _QUARRY_MODULE_MEMORY_H
#define _QUARRY_MODULE_MEMORY_H

#include <linux/types.h>

/*
 * From now on, what code in modules allocates is noted. Each begin has its end. Process context.
 * -ENOMEM: there is no room for notes.
 */
int module_memory_begin(void);

/*
 * The module @name, with its code in [@start, @end), has ended. What is left of what it allocated
 * goes to the log, a line for each place that asked for it, and is forgotten. Returns how many
 * such allocations there are.
 */
unsigned int module_memory_end(const char *name, const char *start, const char *end);

#endif /* _QUARRY_MODULE_MEMORY_H */
