/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/types.h>

/*
 * Copy from an address that may be anything: a fault ends the copy instead of the kernel.
 * Returns 0, or -EFAULT when some of it could not be read (what could be, has been copied).
 */
long copy_from_kernel_nofault(void *dst, const void *src, size_t size);

#endif /* _LINUX_UACCESS_H */
