/* SPDX-License-Identifier: MIT */
/*
 * What may be done with pages that are mapped: their RW and NX bits. For all of the kernel's
 * addresses: the direct map in its 2 MiB and 4 KiB pages, the image, and the window. The policy, and
 * the memory for page tables, are the callers': mm/set_memory.c.
 *
 * Ranges are [start, end), whole pages. The caller lets nobody else change rights or unmap there.
 * Nothing here waits, allocates or flushes: any context.
 */
#ifndef _ASM_RIGHTS_H
#define _ASM_RIGHTS_H

#include <asm/pgtable.h>

/* Bits to set and to clear in each page's entry. Those that this CPU does not know are left out. */
struct rights_change {
	u64 set, clear;		/* of _PAGE_RW and _PAGE_NX */
};

/* What a change would meet, and do. */
struct rights_survey {
	bool mapped;		/* every page of the range; if not, the rest says nothing */
	bool changes;		/* an entry would become another than it is */
	bool writable_code;	/* a page would be writable and executable (never without NX) */
	unsigned int nr_large;	/* 2 MiB pages that would have to be split: */
	unsigned long large[2];	/* those at the range's ends, if it covers them only in part */
};

void survey_rights(unsigned long start, unsigned long end, struct rights_change change,
		   struct rights_survey *survey);

/*
 * Split the 2 MiB page that begins at @addr into 512 pages with the same rights and frames. @table
 * is a page of low memory, and is the page tables' from now on. No CPU sees anything but the one
 * or the other; what it has cached is still right, but is flushed before the rights change.
 */
void split_large_page(unsigned long addr, pte_t *table);

/* Change the entries. survey_rights() has found all of it mapped, and nothing to be split. */
void change_rights(unsigned long start, unsigned long end, struct rights_change change);

#endif /* _ASM_RIGHTS_H */
