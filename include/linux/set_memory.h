/* SPDX-License-Identifier: MIT */
/*
 * Rights of kernel memory: may it be written, may it be executed? For whole pages: of the direct
 * map (what alloc_pages() gives), of the image, of the vmalloc range.
 *
 *	set_memory_ro(addr, n);		a page that has been filled with code
 *	set_memory_x(addr, n);		… becomes code
 *	…
 *	set_memory_nx(addr, n);		and back, before it is freed
 *	set_memory_rw(addr, n);
 *
 * The order matters: no page is ever writable and executable, so whoever asks for the second right
 * while the page has the first is refused.
 */
#ifndef _LINUX_SET_MEMORY_H
#define _LINUX_SET_MEMORY_H

#include <linux/types.h>

/*
 * Make @numpages pages from @addr on read-only, writable, executable, not executable. The change
 * holds on all CPUs when they return. The pages' owner alone may ask for it, and gives them back
 * as he got them. May sleep: process context only. Return 0, or, and then no right has changed:
 *	-EINVAL	@addr is not page-aligned, @numpages is not positive, or the range is not all mapped
 *	-EPERM	a page would be writable and executable, or it is the image's code or constants;
 *		the log says whose wish that was
 *	-ENOMEM	a 2 MiB page of the direct map would have to be split, and there is no page for a table
 * Without NX in the CPU (boot_cpu.nx) every page is executable: set_memory_x() and _nx() then check
 * and do nothing, and writable pages are not refused.
 */
int set_memory_ro(unsigned long addr, int numpages);
int set_memory_rw(unsigned long addr, int numpages);
int set_memory_x(unsigned long addr, int numpages);
int set_memory_nx(unsigned long addr, int numpages);

/* How many 2 MiB pages have been split since boot. Any context. */
unsigned long direct_map_splits(void);

#endif /* _LINUX_SET_MEMORY_H */
