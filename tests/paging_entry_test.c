// SPDX-License-Identifier: MIT
/* Page-table entries: all 64 bits of them, and what the CPU still remembers of the one before. */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include <kunit/test.h>
#include <linux/pfn.h>
#include <linux/types.h>
#include <quarry/memory_layout.h>

#include "window_pages.h"

#define FREE_SLOT	FIX_KMAP_END		/* the last CPU's innermost: nobody nests that deep */

/* The highest frame that this CPU can name; with more than 32 bits of address it needs both halves. */
static void paging_entry_has_both_halves(struct kunit *test)
{
	phys_addr_t highest = cpu_phys_limit - PAGE_SIZE;
	struct page_walk walk;
	unsigned long pfn;

	KUNIT_ASSERT_EQ(test, map_kernel_range(TEST_WINDOW, PFN_DOWN(highest), 1, PAGE_KERNEL), 0);
	KUNIT_EXPECT_TRUE(test, walk_page_tables(TEST_WINDOW, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, highest);
	KUNIT_EXPECT_EQ(test, walk.executable, !boot_cpu.nx);
	unmap_kernel_range(TEST_WINDOW, 1);
	flush_tlb_kernel_range(TEST_WINDOW, TEST_WINDOW + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, forget_kernel_range(TEST_WINDOW, 1, &pfn), 1);
	KUNIT_EXPECT_EQ(test, pfn, PFN_DOWN(highest));
}

/* The same address with another frame behind it: the TLB must not answer for the old one. */
static void paging_fixmap_changes_at_once(struct kunit *test)
{
	static u32 a[PAGE_SIZE / 4] __aligned(PAGE_SIZE), b[PAGE_SIZE / 4] __aligned(PAGE_SIZE);
	volatile u32 *seen = (volatile u32 *)fix_to_virt(FREE_SLOT);

	a[0] = 0xaaaa;
	b[0] = 0xbbbb;
	set_fixmap(FREE_SLOT, __pa(a));
	KUNIT_EXPECT_EQ(test, *seen, 0xaaaaU);
	set_fixmap(FREE_SLOT, __pa(b));
	KUNIT_EXPECT_EQ(test, *seen, 0xbbbbU);
	*seen = 0xcccc;
	clear_fixmap(FREE_SLOT);
	KUNIT_EXPECT_EQ(test, a[0], 0xaaaaU);
	KUNIT_EXPECT_EQ(test, b[0], 0xccccU);
}

static struct kunit_case paging_entry_cases[] = {
	KUNIT_CASE(paging_entry_has_both_halves),
	KUNIT_CASE(paging_fixmap_changes_at_once),
	{}
};

static struct kunit_suite paging_entry_suite = {
	.name = "paging_entry",
	.test_cases = paging_entry_cases,
};
kunit_test_suite(paging_entry_suite);
