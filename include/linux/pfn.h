/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_PFN_H
#define _LINUX_PFN_H

#include <asm/page.h>

/* Page frame numbers: physical address / PAGE_SIZE. 24 bits suffice for 64 GiB. */
#define PFN_ALIGN(x)	PAGE_ALIGN((unsigned long)(x))
#define PFN_UP(x)	((unsigned long)(((u64)(x) + PAGE_SIZE - 1) >> PAGE_SHIFT))
#define PFN_DOWN(x)	((unsigned long)((u64)(x) >> PAGE_SHIFT))
#define PFN_PHYS(x)	((phys_addr_t)(x) << PAGE_SHIFT)
#define PHYS_PFN(x)	((unsigned long)((x) >> PAGE_SHIFT))

#endif /* _LINUX_PFN_H */
