/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STACKTRACE_H
#define _LINUX_STACKTRACE_H

#include <linux/types.h>

/*
 * Who called: return addresses into @store, the caller's own place first, leaving out the first
 * @skipnr. Returns how many were stored, at most @size. Any context; never allocates.
 */
unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr);

#endif /* _LINUX_STACKTRACE_H */
