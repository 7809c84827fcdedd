/* SPDX-License-Identifier: MIT */
/* Pages of the window for tests: in the gap below vmalloc, where nobody else maps anything. */
#ifndef _TESTS_WINDOW_PAGES_H
#define _TESTS_WINDOW_PAGES_H

#include <asm/pgtable.h>
#include <kunit/test.h>

#define TEST_WINDOW		(WINDOW_START + 16 * PAGE_SIZE)
#define TEST_WINDOW_PAGES	128

/* The frame of something in the direct map, which starts on a page. */
unsigned long frame_of(const void *page);

/* Make stale pages empty, whatever their frames. Returns how many were stale. */
unsigned long forget_test_pages(unsigned long addr, unsigned long nr);

/* Unmap @nr pages, all of them mapped, in the right order: unmap, flush, forget. */
void unmap_test_pages(struct kunit *test, unsigned long addr, unsigned long nr);

#endif /* _TESTS_WINDOW_PAGES_H */
