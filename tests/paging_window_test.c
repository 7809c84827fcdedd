// SPDX-License-Identifier: MIT
/*
 * The window's pages and their three states: empty, mapped, stale (<asm/pgtable.h>). The frames in
 * these tests need not be RAM: nobody looks into them.
 */
#include <asm/tlbflush.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/memblock.h>
#include <linux/pfn.h>

#include "window_pages.h"

#define PAGE(n)		(TEST_WINDOW + (n) * PAGE_SIZE)

static void map(struct kunit *test, unsigned int n, unsigned long pfn, unsigned long nr)
{
	KUNIT_ASSERT_EQ(test, map_kernel_range(PAGE(n), pfn, nr, PAGE_KERNEL), 0);
}

/* From mapped to stale, and nothing that CPUs may still know. */
static void unmap(unsigned int n, unsigned long nr)
{
	unmap_kernel_range(PAGE(n), nr);
	flush_tlb_kernel_range(PAGE(n), PAGE(n + nr));
}

static void expect_state(struct kunit *test, unsigned int n, enum window_page state,
			 unsigned long frame)
{
	unsigned long pfn = 0;

	KUNIT_EXPECT_EQ_MSG(test, window_page(PAGE(n), &pfn), state, "page %u", n);
	KUNIT_EXPECT_EQ_MSG(test, pfn, frame, "page %u", n);
	KUNIT_EXPECT_EQ(test, window_page(PAGE(n), NULL), state);
}

static void expect_forget(struct kunit *test, unsigned int n, unsigned long nr,
			  unsigned long expected, unsigned long frame)
{
	unsigned long pfn = 0;

	KUNIT_EXPECT_EQ_MSG(test, forget_kernel_range(PAGE(n), nr, &pfn), expected, "page %u", n);
	KUNIT_EXPECT_EQ_MSG(test, pfn, frame, "page %u", n);
}

static void window_states(struct kunit *test)
{
	struct page_walk walk;

	expect_state(test, 0, WINDOW_EMPTY, 0);
	map(test, 0, 77, 1);
	expect_state(test, 0, WINDOW_MAPPED, 77);
	KUNIT_EXPECT_TRUE(test, walk_page_tables(PAGE(0), &walk));
	unmap(0, 1);
	expect_state(test, 0, WINDOW_STALE, 77);
	KUNIT_EXPECT_FALSE(test, walk_page_tables(PAGE(0), &walk));
	expect_forget(test, 0, 1, 1, 77);
	expect_state(test, 0, WINDOW_EMPTY, 0);
}

/* An address is not used again before its pages were forgotten; who is refused changes nothing. */
static void window_only_empty_pages_are_mapped(struct kunit *test)
{
	map(test, 2, 5, 1);
	KUNIT_EXPECT_EQ(test, map_kernel_range(PAGE(2), 6, 1, PAGE_KERNEL), -EEXIST);
	KUNIT_EXPECT_EQ(test, map_kernel_range(PAGE(0), 6, 3, PAGE_KERNEL), -EEXIST);
	unmap(2, 1);
	KUNIT_EXPECT_EQ(test, map_kernel_range(PAGE(2), 6, 1, PAGE_KERNEL), -EEXIST);
	KUNIT_EXPECT_EQ(test, map_kernel_range(PAGE(0), 6, 3, PAGE_KERNEL), -EEXIST);
	expect_state(test, 0, WINDOW_EMPTY, 0);
	expect_state(test, 1, WINDOW_EMPTY, 0);
	expect_forget(test, 2, 1, 1, 5);
	map(test, 0, 6, 3);
	unmap_test_pages(test, PAGE(0), 3);
}

/* Frame by frame, in order, and no page beyond the range. */
static void window_maps_a_run(struct kunit *test)
{
	map(test, 0, 100, 40);
	expect_state(test, 0, WINDOW_MAPPED, 100);
	expect_state(test, 1, WINDOW_MAPPED, 101);
	expect_state(test, 39, WINDOW_MAPPED, 139);
	expect_state(test, 40, WINDOW_EMPTY, 0);
	unmap(1, 38);
	expect_state(test, 0, WINDOW_MAPPED, 100);
	expect_state(test, 1, WINDOW_STALE, 101);
	expect_state(test, 38, WINDOW_STALE, 138);
	expect_state(test, 39, WINDOW_MAPPED, 139);
	expect_forget(test, 1, 38, 38, 101);
	unmap_test_pages(test, PAGE(0), 1);
	unmap_test_pages(test, PAGE(39), 1);
}

/* What is not mapped stays what it is. */
static void window_unmaps_what_is_there(struct kunit *test)
{
	map(test, 1, 9, 1);
	unmap(1, 1);
	map(test, 2, 11, 1);
	unmap(0, 4);
	expect_state(test, 0, WINDOW_EMPTY, 0);
	expect_state(test, 1, WINDOW_STALE, 9);
	expect_state(test, 2, WINDOW_STALE, 11);
	expect_state(test, 3, WINDOW_EMPTY, 0);
	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(0), 4), 2);
}

/* Whoever frees frames gets them in runs, as long as each follows the one before. */
static void window_forgets_in_runs(struct kunit *test)
{
	map(test, 0, 20, 3);
	map(test, 3, 30, 2);		/* another frame */
	map(test, 5, 32, 1);		/* the next one, but still mapped */
	unmap(0, 5);
	expect_forget(test, 0, 6, 3, 20);
	expect_forget(test, 3, 6, 2, 30);
	expect_forget(test, 5, 1, 0, 0);
	expect_state(test, 5, WINDOW_MAPPED, 32);
	unmap(5, 1);
	expect_forget(test, 5, 2, 1, 32);
	expect_forget(test, 5, 1, 0, 0);

	map(test, 0, 20, 8);
	unmap(0, 8);
	expect_forget(test, 0, 5, 5, 20);	/* no more than asked for */
	expect_state(test, 5, WINDOW_STALE, 25);
	expect_forget(test, 5, 9, 3, 25);
}

/*
 * 0xfffff000 and 0 follow each other in the lower half of an entry, but frame 0 is not the one
 * after 0xfffff. And 6 is not the one after 5 if their upper halves differ.
 */
static void window_runs_end_at_4_gib(struct kunit *test)
{
	for (unsigned long upper = 0; upper < PFN_DOWN(cpu_phys_limit); upper += 1UL << 20) {
		map(test, 0, upper + 0xffffe, 2);
		map(test, 2, upper, 1);
		unmap(0, 3);
		expect_forget(test, 0, 3, 2, upper + 0xffffe);
		expect_forget(test, 2, 1, 1, upper);

		map(test, 0, upper + 5, 1);
		map(test, 1, upper ? 6 : 7, 1);
		unmap(0, 2);
		expect_forget(test, 0, 2, 1, upper + 5);
		expect_forget(test, 1, 1, 1, upper ? 6 : 7);
	}
}

static void expect_refused(struct kunit *test, unsigned long addr, unsigned long pfn,
			   unsigned long nr)
{
	KUNIT_EXPECT_EQ_MSG(test, map_kernel_range(addr, pfn, nr, PAGE_KERNEL), -EINVAL,
			    "%lu pages at %lx", nr, addr);
}

static void window_refuses(struct kunit *test)
{
	unsigned long no_frame = PFN_DOWN(cpu_phys_limit);
	unsigned long pfn;

	expect_refused(test, PAGE(0) + 1, 0, 1);
	expect_refused(test, PAGE(0), no_frame, 1);
	expect_refused(test, PAGE(0), no_frame - 1, 2);
	expect_refused(test, PAGE(0), ~0UL, 1);
	expect_refused(test, 0, 1, 1);
	expect_refused(test, PAGE_OFFSET, 1, 1);
	expect_refused(test, WINDOW_START - PAGE_SIZE, 1, 1);
	expect_refused(test, WINDOW_START - PAGE_SIZE, 1, 2);
	expect_refused(test, WINDOW_END - PAGE_SIZE, 1, 2);
	expect_refused(test, PAGE(0), 1, ~0UL);
	expect_state(test, 0, WINDOW_EMPTY, 0);

	unmap_kernel_range(0, 1);
	unmap_kernel_range(PAGE_OFFSET, 1);
	KUNIT_EXPECT_EQ(test, forget_kernel_range(0, 1, &pfn), 0);
	KUNIT_EXPECT_EQ(test, forget_kernel_range(PAGE_OFFSET, 1, &pfn), 0);
	KUNIT_EXPECT_EQ(test, window_page(0, &pfn), WINDOW_EMPTY);
	KUNIT_EXPECT_TRUE(test, is_direct_mapped(0));
}

/* Frames below and above 4 GiB: the number's upper bits are in the entry's other half. */
static void window_crosses_4_gib(struct kunit *test)
{
	unsigned long first_above = PFN_DOWN(1ULL << 32);

	if (PFN_DOWN(cpu_phys_limit) < first_above + 2)
		first_above = PFN_DOWN(cpu_phys_limit) - 2;
	map(test, 0, first_above - 2, 4);
	expect_state(test, 1, WINDOW_MAPPED, first_above - 1);
	expect_state(test, 2, WINDOW_MAPPED, first_above);
	expect_state(test, 3, WINDOW_MAPPED, first_above + 1);
	unmap(0, 4);
	expect_state(test, 3, WINDOW_STALE, first_above + 1);
	expect_forget(test, 2, 2, 2, first_above);
	KUNIT_EXPECT_EQ(test, forget_test_pages(PAGE(0), 4), 2);
}

/* Entry by entry, for frames in any order. */
static void window_by_hand(struct kunit *test)
{
	pte_t *pte = kernel_ptes(PAGE(0), 3);

	KUNIT_ASSERT_NOT_NULL(test, pte);
	KUNIT_EXPECT_NULL(test, kernel_ptes(WINDOW_END - PAGE_SIZE, 2));
	KUNIT_EXPECT_NULL(test, kernel_ptes(PAGE_OFFSET, 1));
	KUNIT_EXPECT_FALSE(test, kernel_pte_used(pte + 2));
	set_kernel_pte(pte + 2, 31, supported_rights(PAGE_KERNEL));
	KUNIT_EXPECT_TRUE(test, kernel_pte_used(pte + 2));
	expect_state(test, 2, WINDOW_MAPPED, 31);
	unmap(2, 1);
	KUNIT_EXPECT_TRUE(test, kernel_pte_used(pte + 2));
	expect_forget(test, 2, 1, 1, 31);
	KUNIT_EXPECT_FALSE(test, kernel_pte_used(pte + 2));
}

static void window_forgets_whatever_is_stale(struct kunit *test)
{
	map(test, 0, 5, 1);
	map(test, 2, 50, 1);
	map(test, 3, 7, 1);
	map(test, 5, 9, 1);
	unmap(0, 3);
	unmap(5, 1);
	forget_kernel_pages(PAGE(0), 5);
	expect_state(test, 0, WINDOW_EMPTY, 0);
	expect_state(test, 2, WINDOW_EMPTY, 0);
	expect_state(test, 3, WINDOW_MAPPED, 7);
	expect_state(test, 5, WINDOW_STALE, 9);
	forget_kernel_pages(PAGE(5), 1);
	unmap_test_pages(test, PAGE(3), 1);
	forget_kernel_pages(0, 1);
}

/* Taken away in one go: empty, and no CPU reaches the old frame, whether the range is long or not. */
static void window_revokes(struct kunit *test)
{
	static u8 first[PAGE_SIZE] __aligned(PAGE_SIZE), second[PAGE_SIZE] __aligned(PAGE_SIZE);
	volatile u8 *byte = (u8 *)PAGE(3);
	unsigned long nr;

	first[0] = 1;
	second[0] = 2;
	for (nr = 4; nr < TEST_WINDOW_PAGES; nr *= 5) {
		map(test, 3, frame_of(first), 1);
		KUNIT_EXPECT_EQ(test, *byte, 1);
		revoke_kernel_range(PAGE(0), nr);
		expect_state(test, 3, WINDOW_EMPTY, 0);
		map(test, 3, frame_of(second), 1);
		KUNIT_EXPECT_EQ(test, *byte, 2);
		revoke_kernel_range(PAGE(0), nr);
	}
	revoke_kernel_range(0, 1);
}

/* The range may cross from one page table to the next. */
static void window_tables_lie_side_by_side(struct kunit *test)
{
	unsigned long addr = WINDOW_START + PMD_SIZE - 2 * PAGE_SIZE, pfn;
	struct page_walk walk;

	KUNIT_ASSERT_EQ(test, map_kernel_range(addr, 50, 4, PAGE_KERNEL), 0);
	KUNIT_EXPECT_TRUE(test, walk_page_tables(addr + 3 * PAGE_SIZE, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, PFN_PHYS(53));
	unmap_kernel_range(addr, 4);
	flush_tlb_kernel_range(addr, addr + 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, forget_kernel_range(addr, 4, &pfn), 4);
}

static struct kunit_case paging_window_cases[] = {
	KUNIT_CASE(window_states),
	KUNIT_CASE(window_only_empty_pages_are_mapped),
	KUNIT_CASE(window_maps_a_run),
	KUNIT_CASE(window_unmaps_what_is_there),
	KUNIT_CASE(window_forgets_in_runs),
	KUNIT_CASE(window_runs_end_at_4_gib),
	KUNIT_CASE(window_crosses_4_gib),
	KUNIT_CASE(window_by_hand),
	KUNIT_CASE(window_forgets_whatever_is_stale),
	KUNIT_CASE(window_revokes),			/* ledger: V3 */
	KUNIT_CASE(window_refuses),
	KUNIT_CASE(window_tables_lie_side_by_side),
	{}
};

static struct kunit_suite paging_window_suite = {
	.name = "paging_window",
	.test_cases = paging_window_cases,
};
kunit_test_suite(paging_window_suite);
