/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/types.h>

/*
 * Between the two, a fault of this thread on a user's address is not served (which could sleep),
 * but ends the access as if nothing were there. They nest. There are no users yet.
 */
static __always_inline void pagefault_disable(void)
{
	current->pagefault_disabled++;
	barrier();
}

static __always_inline void pagefault_enable(void)
{
	barrier();
	current->pagefault_disabled--;
}

static inline bool pagefault_disabled(void)
{
	return current->pagefault_disabled != 0;
}

/* Must a fault not be served: because of the above, or because nothing may sleep here? */
#define faulthandler_disabled()	(pagefault_disabled() || in_atomic())

/*
 * Copy from an address that may be anything: a fault ends the copy instead of the kernel.
 * Returns 0, or -EFAULT when some of it could not be read (what could be, has been copied).
 */
long copy_from_kernel_nofault(void *dst, const void *src, size_t size);

#endif /* _LINUX_UACCESS_H */
