/* SPDX-License-Identifier: MIT */
/* Found before the kernel's: above 0xe0000000 a program has its libraries and its stack. */
#ifndef _HOST_ASM_PGTABLE_H
#define _HOST_ASM_PGTABLE_H

#include_next <asm/pgtable.h>

#ifndef __ASSEMBLY__
#undef PKMAP_BASE
#define PKMAP_BASE		0xe0000000UL
#undef WINDOW_END
#define WINDOW_END		PKMAP_BASE	/* no kmap() here: all of RAM has an address */

/* And an entry that is set by hand is mapped for real, as map_kernel_range() does it. */
void host_map_entry(const pte_t *pte, unsigned long pfn, u64 rights);
#define set_kernel_pte(pte, pfn, rights) \
	(set_kernel_pte(pte, pfn, rights), host_map_entry(pte, pfn, rights))
#endif

#endif /* _HOST_ASM_PGTABLE_H */
