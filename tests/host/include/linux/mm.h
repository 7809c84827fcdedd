/* SPDX-License-Identifier: MIT */
/* Found before the kernel's: a program's own variables do not lie in its RAM. */
#ifndef _HOST_LINUX_MM_H
#define _HOST_LINUX_MM_H

#include_next <linux/mm.h>

extern char host_image_start[] __asm__("__executable_start"), host_image_end[] __asm__("end");

#undef virt_addr_valid
#define virt_addr_valid(kaddr) \
	(virt_to_pfn(kaddr) < max_low_pfn || \
	 ((char *)(kaddr) >= host_image_start && (char *)(kaddr) < host_image_end))

#endif /* _HOST_LINUX_MM_H */
