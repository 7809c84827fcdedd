// SPDX-License-Identifier: MIT
/*
 * set_memory_*, asked for what is not its callers' to ask for: the image, slots that are mapped anew
 * for everybody, addresses where there is nothing. Refused, and nothing has changed.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <kunit/report.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/limits.h>
#include <linux/pfn.h>
#include <linux/preempt.h>
#include <linux/set_memory.h>
#include <linux/string.h>

#include "page_log.h"
#include "rights_block.h"

static unsigned long ours;	/* the address of one that is ours */

static int take_page(struct kunit *test)
{
	ours = __get_free_page(GFP_KERNEL);
	return ours ? 0 : -ENOMEM;
}

static void give_page_back(struct kunit *test)
{
	free_page(ours);
}

static void rights_of_the_image(struct kunit *test)
{
	unsigned long code = (unsigned long)_stext, constants = (unsigned long)__start_rodata;

	KUNIT_EXPECT_EQ(test, set_memory_ro(code, 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_x(code, 1), 0);
	KUNIT_EXPECT_REPORT(test, "set_memory_nx(*refused, the kernel's code*",
			    KUNIT_EXPECT_EQ(test, set_memory_nx(code, 1), -EPERM));
	KUNIT_EXPECT_EQ(test, set_memory_rw(code, 1), -EPERM);
	KUNIT_EXPECT_REPORT(test, "set_memory_rw(*refused, the kernel's code*",
			    KUNIT_EXPECT_EQ(test, set_memory_rw(constants, 1), -EPERM));
	KUNIT_EXPECT_REPORT(test, "set_memory_x(*refused, the kernel's code*",
			    KUNIT_EXPECT_EQ(test, set_memory_x(constants, 1), -EPERM));
	KUNIT_EXPECT_EQ(test, set_memory_x((unsigned long)__end_rodata - PAGE_SIZE, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, set_memory_x((unsigned long)_image_start, 1), -EPERM);
	EXPECT_RIGHTS(test, code, false, true);
	EXPECT_RIGHTS(test, constants, false, false);
	EXPECT_RIGHTS(test, (unsigned long)_image_start, false, false);
}

/* Nothing is asked for, so it is done: as in Linux, and without a word. */
static void rights_of_no_pages(struct kunit *test)
{
	page_log_begin();
	KUNIT_EXPECT_EQ(test, set_memory_ro(ours, 0), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(ours, 0), 0);
	KUNIT_EXPECT_EQ(test, set_memory_x(0, 0), 0);
	KUNIT_EXPECT_EQ(test, set_memory_nx(ours, 0), 0);
	KUNIT_EXPECT_STREQ(test, page_log_end(), "");
}

/* A slot's mapping is there, but what rights it has is not for others to say. */
static void rights_of_kmap_slots(struct kunit *test)
{
	struct page *high = alloc_page(GFP_HIGHUSER);
	u8 *local, *shared;

	KUNIT_ASSERT_NOT_NULL(test, high);
	local = kmap_local_pfn(PFN_DOWN(cpu_phys_limit) - 1);
	shared = kmap(high);
	KUNIT_EXPECT_EQ(test, set_memory_ro((unsigned long)local, 1), -EINVAL);
	EXPECT_RIGHTS(test, (unsigned long)local, true, false);
	if (PageHighMem(high))
		KUNIT_EXPECT_EQ(test, set_memory_ro((unsigned long)shared, 1), -EINVAL);
	EXPECT_RIGHTS(test, (unsigned long)shared, true, false);
	kunmap(high);
	kunmap_local(local);
	kmap_flush_unused();
	__free_page(high);
}

static const struct bad_range {
	const char *name;
	unsigned long addr;	/* an offset from our page below PAGE_OFFSET / 2 */
	int pages;
} bad_ranges[] = {
	{ "not aligned", 0x1001, 1 },
	{ "less than none", 0x1000, -1 },
	{ "least of all", 0x1000, INT_MIN },
	{ "beyond the direct map", 0x1000, INT_MAX },
	{ "below the kernel", PAGE_OFFSET - PAGE_SIZE, 2 },
	{ "the last page", 0xfffff000, 1 },
	{ "round the end", 0xffffe000, 3 },
	{ "the guard behind vmalloc", VMALLOC_END, 1 },
	{ "across vmalloc's end", VMALLOC_END - PAGE_SIZE, 2 },
	{ "kmap()'s slots", PKMAP_BASE, 1 },
	{ "the fixmap", FIXADDR_START, 1 },
};

static void bad_range_name(const struct bad_range *bad, char *desc)
{
	strcpy(desc, bad->name);
}
KUNIT_ARRAY_PARAM(bad_range, bad_ranges, bad_range_name);

static void rights_bad_ranges(struct kunit *test)
{
	const struct bad_range *bad = test->param_value;
	unsigned long addr = bad->addr < PAGE_OFFSET / 2 ? ours + bad->addr : bad->addr;

	KUNIT_EXPECT_REPORT(test, "set_memory_ro(*refused, not *called by rights_bad_ranges+*",
			    KUNIT_EXPECT_EQ(test, set_memory_ro(addr, bad->pages), -EINVAL));
	KUNIT_EXPECT_EQ(test, set_memory_rw(addr, bad->pages), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_memory_x(addr, bad->pages), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_memory_nx(addr, bad->pages), -EINVAL);
}

/* Null, and a hole behind mapped pages. */
static void rights_unmapped(struct kunit *test)
{
	extern char boot_stack_guard[];
	unsigned long guard = (unsigned long)boot_stack_guard;

	KUNIT_EXPECT_EQ(test, set_memory_ro(0, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_memory_ro(guard - PAGE_SIZE, 2), -EINVAL);
	EXPECT_RIGHTS(test, guard - PAGE_SIZE, true, false);
	KUNIT_EXPECT_EQ(test, set_memory_ro(WINDOW_START - PAGE_SIZE, 2), -EINVAL);
}

static void rights_may_sleep(struct kunit *test)
{
	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *",
			    set_memory_rw(ours, 1));
	preempt_enable();
}

static struct kunit_case set_memory_refused_cases[] = {
	KUNIT_CASE(rights_of_the_image),
	KUNIT_CASE(rights_of_no_pages),
	KUNIT_CASE(rights_of_kmap_slots),
	KUNIT_CASE_PARAM(rights_bad_ranges, bad_range_gen_params),
	KUNIT_CASE(rights_unmapped),
	KUNIT_CASE(rights_may_sleep),
	{}
};

static struct kunit_suite set_memory_refused_suite = {
	.name = "set_memory_refused",
	.init = take_page,
	.exit = give_page_back,
	.test_cases = set_memory_refused_cases,
};
kunit_test_suite(set_memory_refused_suite);
