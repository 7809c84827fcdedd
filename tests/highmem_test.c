// SPDX-License-Identifier: MIT
/*
 * Temporary mappings of the boot CPU: any frame can be touched, in any nesting, and nothing is left
 * mapped.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/memblock.h>
#include <linux/pfn.h>

static void highmem_lowmem_needs_no_slot(struct kunit *test)
{
	unsigned long pfn = PFN_DOWN(__pa(highmem_lowmem_needs_no_slot));
	void *va = kmap_local_pfn(pfn);

	KUNIT_EXPECT_PTR_EQ(test, va, __va(PFN_PHYS(pfn)));
	kunmap_local(va);
}

/* Low memory that the direct map leaves out can be touched all the same. */
static void highmem_what_the_direct_map_lacks(struct kunit *test)
{
	extern char boot_stack_guard[];
	unsigned long pfn = PFN_DOWN(__pa(boot_stack_guard));
	volatile u32 *word = kmap_local_pfn(pfn);
	struct page_walk walk;

	KUNIT_EXPECT_PTR_NE(test, (void *)word, (void *)boot_stack_guard);
	KUNIT_ASSERT_TRUE(test, walk_page_tables((unsigned long)word, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, PFN_PHYS(pfn));
	*word = 1;
	kunmap_local((void *)word);
	KUNIT_EXPECT_FALSE(test, walk_page_tables((unsigned long)word, &walk));
}

static void highmem_out_of_reach_is_reported(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "kmap_local_pfn: frame * is out of reach",
			    kmap_local_pfn(PFN_DOWN(cpu_phys_limit)));
}

static unsigned long top_highmem_pfn(struct kunit *test)
{
	if (max_pfn <= max_low_pfn)
		kunit_skip(test, "this machine has no high memory");
	return max_pfn - 1;
}

static void highmem_write_and_read_back(struct kunit *test)
{
	unsigned long pfn = top_highmem_pfn(test);
	volatile u32 *word = kmap_local_pfn(pfn);
	u32 saved = *word;
	struct page_walk walk;

	KUNIT_EXPECT_TRUE(test, walk_page_tables((unsigned long)word, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, PFN_PHYS(pfn));
	*word = 0xfeedface;
	kunmap_local((void *)word);
	KUNIT_EXPECT_FALSE(test, walk_page_tables((unsigned long)word, &walk));

	word = kmap_local_pfn(pfn);
	KUNIT_EXPECT_EQ(test, *word, 0xfeedface);
	*word = saved;
	kunmap_local((void *)word);
}

/* Sixteen deep, each slot another frame. */
static void highmem_nesting(struct kunit *test)
{
	unsigned long pfn = top_highmem_pfn(test);
	void *maps[KM_MAX_IDX];
	struct page_walk walk;
	int i;

	for (i = 0; i < KM_MAX_IDX; i++)
		maps[i] = kmap_local_pfn(pfn - i);
	for (i = 0; i < KM_MAX_IDX; i++) {
		KUNIT_EXPECT_TRUE(test, walk_page_tables((unsigned long)maps[i], &walk));
		KUNIT_EXPECT_EQ(test, walk.phys, PFN_PHYS(pfn - i));
	}
	for (i = KM_MAX_IDX - 1; i >= 0; i--)
		kunmap_local(maps[i]);
}

static void highmem_out_of_order_is_reported(struct kunit *test)
{
	unsigned long pfn = top_highmem_pfn(test);
	void *outer = kmap_local_pfn(pfn), *inner = kmap_local_pfn(pfn - 1);

	KUNIT_EXPECT_REPORT(test, "*not the mapping made last*", kunmap_local(outer));
	kunmap_local(inner);
	kunmap_local(outer);
	KUNIT_EXPECT_REPORT(test, "*not the mapping made last*", kunmap_local(outer));
}

static struct kunit_case highmem_cases[] = {
	KUNIT_CASE(highmem_lowmem_needs_no_slot),
	KUNIT_CASE(highmem_what_the_direct_map_lacks),
	KUNIT_CASE(highmem_out_of_reach_is_reported),
	KUNIT_CASE(highmem_write_and_read_back),
	KUNIT_CASE(highmem_nesting),
	KUNIT_CASE(highmem_out_of_order_is_reported),
	{}
};

static struct kunit_suite highmem_suite = {
	.name = "highmem",
	.test_cases = highmem_cases,
};
kunit_test_suite(highmem_suite);
