// SPDX-License-Identifier: MIT
#include <asm/tlbflush.h>
#include <linux/pfn.h>

#include "window_pages.h"

unsigned long frame_of(const void *page)
{
	return PFN_DOWN(__pa(page));
}

unsigned long forget_test_pages(unsigned long addr, unsigned long nr)
{
	unsigned long pfn, i, run, stale = 0;

	for (i = 0; i < nr; i += run ? run : 1) {
		run = forget_kernel_range(addr + i * PAGE_SIZE, nr - i, &pfn);
		stale += run;
	}
	return stale;
}

void unmap_test_pages(struct kunit *test, unsigned long addr, unsigned long nr)
{
	unmap_kernel_range(addr, nr);
	flush_tlb_kernel_range(addr, addr + nr * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, forget_test_pages(addr, nr), nr);
}
