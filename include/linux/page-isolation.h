/* SPDX-License-Identifier: MIT */
/*
 * Closing pageblocks: what is free in them stays free, and what is freed there stays there, until
 * they are opened again. Process context. (Linux: memory hot-unplug and CMA stand on this.)
 */
#ifndef _LINUX_PAGE_ISOLATION_H
#define _LINUX_PAGE_ISOLATION_H

#include <linux/mmzone.h>

/*
 * Close the pageblocks of [start_pfn, end_pfn), widened to whole ones. 0; -EBUSY when one is
 * closed already or a page of it is reserved or missing, or the
 * range ends behind the memory map: then nothing has changed.
 * @migratetype, @flags and @gfp_flags are Linux's and have no effect.
 */
int start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     unsigned int migratetype, int flags, gfp_t gfp_flags);

/* Open them again, as pageblocks of @migratetype. */
void undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     unsigned int migratetype);

/* 0 when every page of [start_pfn, end_pfn) is closed and free; -EBUSY otherwise. */
int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn, int isol_flags);

static inline bool is_migrate_isolate(int migratetype)
{
	return migratetype == MIGRATE_ISOLATE;
}

#define is_migrate_isolate_page(page) is_migrate_isolate(get_pageblock_migratetype(page))

#endif /* _LINUX_PAGE_ISOLATION_H */
