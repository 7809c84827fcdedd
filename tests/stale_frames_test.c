// SPDX-License-Identifier: MIT
/*
 * stale_frames: a page that is handed out while a CPU may still reach it by an old address. The
 * suite has counts of its own, for the frames of ZONE_DMA, whether or not the kernel has any.
 */
#include <asm/tlbflush.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "page_checkers.h"
#include "window_pages.h"

#define FRAMES		4096		/* of ZONE_DMA: a count each */
#define COUNTS_ORDER	1
#define PAGE(n)		(TEST_WINDOW + (n) * PAGE_SIZE)

static_assert(FRAMES * sizeof(s16) == PAGE_SIZE << COUNTS_ORDER, "what suite_init allocates");

static struct page_observer *observer;
static struct page *counts;
static struct stale_counts boot_counts;
static bool was_on, was_attached;

static struct page *alloc(struct kunit *test, unsigned int order)
{
	struct page *page = alloc_pages(GFP_DMA, order);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page;
}

static void make_stale(struct kunit *test, unsigned int n, const struct page *page)
{
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(n), page_to_pfn(page), 1, PAGE_KERNEL), 0);
	unmap_kernel_range(PAGE(n), 1);
}

static void flush(unsigned int n)
{
	flush_tlb_kernel_range(PAGE(n), PAGE(n + 1));
}

/* Handing out @page, which is free, is reported: page @culprit of it has @mappings. */
static void expect_report(struct kunit *test, struct page *page, unsigned int order,
			  const struct page *culprit, unsigned int mappings)
{
	unsigned long before = tlb_record_reports;
	char pattern[96];

	snprintf(pattern, sizeof(pattern), "stale_frames: pfn 0x%lx is handed out, but %u old "
		 "mapping(s) of it are not flushed", page_to_pfn(culprit), mappings);
	KUNIT_EXPECT_REPORT(test, pattern, alloc_this(test, page, GFP_DMA, order));
	KUNIT_EXPECT_GT(test, tlb_record_reports, before);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	tlb_record_reports = before;
}

static void expect_silence(struct kunit *test, struct page *page, unsigned int order)
{
	unsigned long before = tlb_record_reports;

	alloc_this(test, page, GFP_DMA, order);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, before);
	tlb_record_reports = before;
}

/* Flush and forget what is left of PAGE(0) and PAGE(1), and free @page. */
static void clean_up(struct kunit *test, struct page *page, unsigned int order)
{
	flush_tlb_kernel_range(PAGE(0), PAGE(2));
	forget_test_pages(PAGE(0), 2);
	__free_pages(page, order);
	expect_page_balance(test, 0);
}

/* ledger: V1. Freed while stale, and handed out before the flush. */
static void stale_frame_is_handed_out(struct kunit *test)
{
	struct page *page = alloc(test, 0);

	make_stale(test, 0, page);
	__free_page(page);
	expect_report(test, page, 0, page, 1);
	clean_up(test, page, 0);
}

static void flushed_frame_is_handed_out(struct kunit *test)
{
	struct page *page = alloc(test, 0);

	make_stale(test, 0, page);
	__free_page(page);
	flush(0);
	expect_silence(test, page, 0);
	clean_up(test, page, 0);
}

/* Mapped, but not stale: that is its owner's affair. */
static void mapped_frame_is_handed_out(struct kunit *test)
{
	struct page *page = alloc(test, 0);

	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), page_to_pfn(page), 1, PAGE_KERNEL), 0);
	__free_page(page);
	expect_silence(test, page, 0);
	unmap_kernel_range(PAGE(0), 1);
	clean_up(test, page, 0);
}

static void stale_frame_inside_a_block(struct kunit *test)
{
	struct page *page = alloc(test, 2);

	make_stale(test, 0, page + 3);
	__free_pages(page, 2);
	expect_report(test, page, 2, page + 3, 1);
	clean_up(test, page, 2);
}

/* The neighbours of a stale frame may be handed out. */
static void stale_frame_beside_a_block(struct kunit *test)
{
	struct page *page = alloc(test, 1);

	split_page(page, 1);
	make_stale(test, 0, page + 1);
	__free_page(page);
	expect_silence(test, page, 0);
	__free_page(page);
	clean_up(test, page + 1, 0);
}

static void stale_frame_with_two_mappings(struct kunit *test)
{
	struct page *page = alloc(test, 0);

	make_stale(test, 0, page);
	make_stale(test, 1, page);
	__free_page(page);
	expect_report(test, page, 0, page, 2);
	__free_page(page);
	flush(1);
	expect_report(test, page, 0, page, 1);
	__free_page(page);
	flush(0);
	expect_silence(test, page, 0);
	clean_up(test, page, 0);
}

/* More mappings than can be counted: no report that might be wrong. */
static void stale_frame_with_too_many_mappings(struct kunit *test)
{
	struct page *page = alloc(test, 0);
	unsigned long pfn = page_to_pfn(page);
	unsigned int i;

	for (i = 0; i < S16_MAX - 1; i++)
		tlb_record_watcher(pfn, true);
	__free_page(page);
	expect_report(test, page, 0, page, S16_MAX - 1);
	for (; i < S16_MAX + 10; i++)
		tlb_record_watcher(pfn, true);
	for (i = 0; i < 20; i++)
		tlb_record_watcher(pfn, false);
	__free_page(page);
	expect_silence(test, page, 0);
	clean_up(test, page, 0);
}

/* Device memory, and RAM above what is counted. */
static void frames_without_a_count(struct kunit *test)
{
	unsigned long pfn;

	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(0), FRAMES, 1, PAGE_KERNEL), 0);
	unmap_kernel_range(PAGE(0), 1);
	tlb_record_watcher(~0UL, true);
	flush(0);
	KUNIT_EXPECT_EQ(test, forget_kernel_range(PAGE(0), 1, &pfn), 1);
	expect_page_balance(test, 0);
}

/* ---- the suite: counts of its own, all 0 at the start of each case ---- */

static int stale_frames_suite_init(struct kunit_suite *suite)
{
	observer = find_page_observer("stale_frames");
	counts = alloc_pages(GFP_KERNEL, COUNTS_ORDER);
	if (!counts)
		return -1;
	was_on = tlb_record_enabled();
	was_attached = page_observer_attached(observer);
	tlb_record_enable(false);
	boot_counts = stale_frames_use((struct stale_counts){ 0 });
	page_observer_attach(observer);
	return 0;
}

static void stale_frames_suite_exit(struct kunit_suite *suite)
{
	if (!was_attached)
		page_observer_detach(observer);
	stale_frames_use(boot_counts);
	tlb_record_enable(was_on);
	__free_pages(counts, COUNTS_ORDER);
}

static int stale_frames_init(struct kunit *test)
{
	memset(page_address(counts), 0, FRAMES * sizeof(s16));
	stale_frames_use((struct stale_counts){ page_address(counts), FRAMES });
	tlb_record_enable(true);
	page_balance_begin();
	return 0;
}

static void stale_frames_exit(struct kunit *test)
{
	tlb_record_enable(false);
	stale_frames_use((struct stale_counts){ 0 });
}

static struct kunit_case stale_frames_cases[] = {
	KUNIT_CASE(stale_frame_is_handed_out),		/* ledger: V1 */
	KUNIT_CASE(flushed_frame_is_handed_out),	/* ledger: V1 */
	KUNIT_CASE(mapped_frame_is_handed_out),
	KUNIT_CASE(stale_frame_inside_a_block),
	KUNIT_CASE(stale_frame_beside_a_block),
	KUNIT_CASE(stale_frame_with_two_mappings),
	KUNIT_CASE(stale_frame_with_too_many_mappings),
	KUNIT_CASE(frames_without_a_count),
	{}
};

static struct kunit_suite stale_frames_suite = {
	.name = "stale_frames",
	.suite_init = stale_frames_suite_init,
	.suite_exit = stale_frames_suite_exit,
	.init = stale_frames_init,
	.exit = stale_frames_exit,
	.test_cases = stale_frames_cases,
};
kunit_test_suite(stale_frames_suite);
