/* SPDX-License-Identifier: MIT */
/*
 * A memory map of one's own. The page allocator works on the global mem_map and contig_page_data,
 * which the running kernel lives on; so a test puts them aside, plays with SANDBOX_FRAMES frames
 * that do not exist, laid out as it likes, and puts the real ones back. Every machine gives the
 * same results in it. There is no memory behind these frames: nothing may touch their contents.
 *
 * Inside, the sandbox has no observers, groups pages by mobility, all watermarks are 0 and the
 * CPUs' lists have room for nothing (high and batch are 0) unless the test says otherwise.
 */
#ifndef _TESTS_PAGE_SANDBOX_H
#define _TESTS_PAGE_SANDBOX_H

#include <kunit/test.h>

#include "../mm/internal.h"

#define SANDBOX_FRAMES	4096UL

/* All frames are holes of ZONE_NORMAL, all pageblocks are MOVABLE, no zone spans anything. */
void page_sandbox_enter(struct kunit *test);
/* Restores everything. May be called twice: for a suite's exit. */
void page_sandbox_leave(struct kunit *test);

/* Let zone @type span [start, end), all of it holes; then let part of a zone be free RAM. */
struct zone *page_sandbox_zone(enum zone_type type, unsigned long start, unsigned long end);
void page_sandbox_ram(struct zone *zone, unsigned long start, unsigned long end);

/* enter(), and a ZONE_NORMAL whose @blocks (1 to 3) blocks of order 10 from frame 1024 on are free. */
#define SANDBOX_START	MAX_ORDER_NR_PAGES
struct zone *page_sandbox_simple(struct kunit *test, unsigned int blocks);

/* The core's functions, under the zone's lock. Blocks are PAGE_ALLOCATED, those of _bulk PAGE_PCP. */
struct page *locked_alloc(struct zone *zone, unsigned int order, enum migratetype type);
unsigned int locked_alloc_bulk(struct zone *zone, unsigned int order, enum migratetype type,
			       unsigned int count, u32 *link);
void locked_free(struct zone *zone, struct page *page, unsigned int order);
void locked_take_out(struct zone *zone, unsigned long pfn);
unsigned long locked_move(struct zone *zone, unsigned long pfn, enum migratetype type);

/* Through the front door, and so through this CPU's lists: any block that was allocated somehow. */
struct page *front_alloc(struct zone *zone, unsigned int order, enum migratetype type);
void front_free(struct page *page, unsigned int order);

/* Expect as many free blocks of each order as @counts says, eleven numbers in words. */
#define EXPECT_FREE_BLOCKS(test, zone, counts) \
do { \
	char __free[MAX_ORDER * 12]; \
	\
	KUNIT_EXPECT_STREQ(test, free_blocks(zone, __free, sizeof(__free)), counts); \
} while (0)
const char *free_blocks(const struct zone *zone, char *buf, size_t size);

/* Blocks on one list. */
unsigned int list_length(const struct zone *zone, unsigned int order, enum migratetype type);

#endif /* _TESTS_PAGE_SANDBOX_H */
