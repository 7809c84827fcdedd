/* SPDX-License-Identifier: MIT */
/*
 * For tests of the vmalloc range: that a case leaves it, and memory, as they were; tags on what is
 * mapped; and an oracle that says where a new area must lie.
 */
#ifndef _TESTS_VMALLOC_SANDBOX_H
#define _TESTS_VMALLOC_SANDBOX_H

#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/mm.h>

#include "../mm/vmalloc.h"

/*
 * For a suite's init and exit: as many areas, pages of theirs and free pages afterwards as before;
 * and range and zones are sound.
 */
int vmalloc_sandbox_enter(struct kunit *test);
void vmalloc_sandbox_leave(struct kunit *test);

/* What vfree() has put off is done, and CPUs keep no pages: now free pages can be compared. */
void vmalloc_settle(void);
/* And caches keep no slabs that nobody uses: they go, too, when memory is short. */
void vmalloc_settle_all(void);

/* Pages that may be asked for without driving the machine, or the range, into want. */
unsigned long affordable_pages(void);

/*
 * The address that an area of @size bytes (guard included) must get, were it asked for now, after
 * everything that is lazy has gone: the lowest in a room that would be large enough wherever it
 * began. 0: there is none.
 */
unsigned long oracle_lowest_room(unsigned long size, unsigned long align);
/* The bytes of the largest room. */
unsigned long oracle_largest_room(void);

/* Areas, lazy ones included. */
unsigned long nr_vmap_areas(void);

/* Words at both ends of each of @nr pages, made of @tag; and whether they are still there. */
void tag_pages(void *addr, unsigned long nr, u32 tag);
bool pages_are_tagged(const void *addr, unsigned long nr, u32 tag);
/* The same of one frame, through a mapping of its own: what @i-th page of them has. */
void tag_frame(unsigned long pfn, u32 tag, unsigned long i);
bool frame_is_tagged(unsigned long pfn, u32 tag, unsigned long i);
/* Nothing but @value in each of @nr pages. */
bool pages_are_filled(const void *addr, unsigned long nr, u8 value);

/* The first line of the report on a fault at @addr, as a pattern. One at a time. */
const char *fault_at(const void *addr);

/* @statement reads or writes at @addr, and that must not be possible. */
#define EXPECT_FAULT(test, addr, statement) \
	KUNIT_EXPECT_REPORT(test, fault_at(addr), statement)

/* Page allocations from the @n-th on (0: from now on) fail, until fail_pages_stop(). */
void fail_pages_from(unsigned long n);
/* Only the @n-th fails. */
void fail_one_page(unsigned long n);
/* Returns how many were asked for. */
unsigned long fail_pages_stop(void);

#endif /* _TESTS_VMALLOC_SANDBOX_H */
