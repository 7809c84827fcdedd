/* SPDX-License-Identifier: MIT */
/* What the tests of high memory share: pages of it, their contents, and an ear for warnings. */
#ifndef _TESTS_HIGH_PAGES_H
#define _TESTS_HIGH_PAGES_H

#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/mm.h>

#define HIGH_PAGES_MAX	1400

/*
 * @nr pages of high memory (at most HIGH_PAGES_MAX), each its own block, filled with the pattern
 * of their frame. Skips the case on a machine that has not so many; a suite's exit puts them back,
 * even when there were none.
 */
struct page **high_pages_get(struct kunit *test, unsigned int nr);
void high_pages_put(void);

/*
 * The pattern: word i of a frame's page is seed(frame) + i, where no two frames have one seed, so
 * that no two pages have one word in one place. @salt tells one writing from the next.
 */
void fill_words(u32 *words, unsigned long pfn, u32 salt);
/* The first word that is not so; PAGE_SIZE / 4 when all are. */
unsigned int first_wrong_word(const u32 *words, unsigned long pfn, u32 salt);

#define EXPECT_WORDS(test, words, page, salt) \
	KUNIT_EXPECT_EQ_MSG(test, first_wrong_word(words, page_to_pfn(page), salt), PAGE_SIZE / 4, \
			    "frame %#lx, read at %px", page_to_pfn(page), words)

/*
 * Between the two, warnings are counted and, in addition, the flush record is on: a translation
 * that should have been flushed and was not is one of them.
 */
void watch_flushes_begin(void);
void expect_no_warning(struct kunit *test);

#endif /* _TESTS_HIGH_PAGES_H */
