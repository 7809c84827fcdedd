// SPDX-License-Identifier: MIT
/*
 * What lies at an address, in words: the map's own, and those of whoever hands out addresses. Two
 * pages of the window are ours here; the one below them is their guard.
 */
#include <asm/traps.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <quarry/memory_layout.h>

#include "window_pages.h"

#define OURS		TEST_WINDOW
#define OURS_END	(OURS + 2 * PAGE_SIZE)
#define GUARD		(OURS - PAGE_SIZE)

static bool we_answer;
static char text[160];

static enum address_place describe_ours(unsigned long addr, char *buf, size_t size)
{
	if (!we_answer || addr < GUARD || addr >= OURS_END)
		return PLACE_UNKNOWN;
	if (addr < OURS) {
		scnprintf(buf, size, "the guard page below the test's pages");
		return PLACE_GUARD;
	}
	scnprintf(buf, size, "the test's pages, byte %lu", addr - OURS);
	return PLACE_KNOWN;
}
ADDRESS_DESCRIBER(describe_ours);

static void expect_place(struct kunit *test, unsigned long addr, enum address_place place,
			 const char *words)
{
	KUNIT_EXPECT_EQ_MSG(test, describe_place(addr, text, sizeof(text)), place, "%lx", addr);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, words), "%lx is called \"%s\"", addr, text);
	memset(text, 0, sizeof(text));
	KUNIT_EXPECT_NOT_NULL(test, strstr(describe_address(addr, text, sizeof(text)), words));
}

static void describe_the_map(struct kunit *test)
{
	expect_place(test, (unsigned long)describe_the_map, PLACE_KNOWN, "kernel code");
	expect_place(test, (unsigned long)text, PLACE_KNOWN, "kernel data");
	expect_place(test, 0, PLACE_KNOWN, "null pointer");
	expect_place(test, PAGE_SIZE, PLACE_KNOWN, "below the kernel");
	expect_place(test, PAGE_OFFSET + 0x1000, PLACE_KNOWN, "direct map");
	expect_place(test, 0xffffffff, PLACE_KNOWN, "last page");
}

static void describe_guards(struct kunit *test)
{
	extern char boot_stack_guard[];

	expect_place(test, (unsigned long)boot_stack_guard, PLACE_GUARD, "the boot stack");
	expect_place(test, (unsigned long)boot_stack_guard + PAGE_SIZE - 1, PLACE_GUARD,
		     "the boot stack");
	expect_place(test, (unsigned long)boot_stack_guard + PAGE_SIZE, PLACE_KNOWN, "bss");
	expect_place(test, WINDOW_START, PLACE_GUARD, "the gap");
	expect_place(test, VMALLOC_START - PAGE_SIZE - 1, PLACE_GUARD, "the gap");
	expect_place(test, VMALLOC_END, PLACE_GUARD, "the gap");
}

/* The map says "gap"; whoever has given the page out knows better. */
static void describe_what_is_handed_out(struct kunit *test)
{
	expect_place(test, OURS, PLACE_GUARD, "the gap");
	we_answer = true;
	expect_place(test, OURS, PLACE_KNOWN, "the test's pages, byte 0");
	expect_place(test, OURS_END - 1, PLACE_KNOWN, "the test's pages, byte 8191");
	expect_place(test, OURS_END, PLACE_GUARD, "the gap");
	expect_place(test, OURS - 1, PLACE_GUARD, "the guard page below the test's pages");
	expect_place(test, GUARD - 1, PLACE_GUARD, "the gap");
	expect_place(test, (unsigned long)text, PLACE_KNOWN, "kernel data");
}

static void describe_in_little_room(struct kunit *test)
{
	char small[8];

	we_answer = true;
	KUNIT_EXPECT_STREQ(test, describe_address(OURS, small, sizeof(small)), "the tes");
	KUNIT_EXPECT_STREQ(test, describe_address(WINDOW_START, small, sizeof(small)), "the gap");
}

static void describe_in_a_fault_report(struct kunit *test)
{
	volatile u8 *ours = (u8 *)OURS;

	we_answer = true;
	KUNIT_EXPECT_REPORT(test, "The address lies in the test's pages, byte 5", (void)ours[5]);
	KUNIT_EXPECT_REPORT(test, "The address lies in the guard page below the test's pages",
			    (void)ours[-1]);
}

/* Until it faults, which it must: there is no way back. */
static void run_over_a_stack(unsigned long top)
{
	__asm__ __volatile__("mov %0, %%esp\n"
			     "1: push %%eax\n"
			     "jmp 1b" : : "r"(top) : "memory");
}

/* A stack that lies in the window has no guard of its own; the one below it is somebody's. */
static void describe_stack_in_the_window(struct kunit *test)
{
	struct page *pages;

	if (!double_fault_has_a_stack)
		kunit_skip(test, "no task gate: double faults have no stack of their own");
	pages = alloc_pages(GFP_KERNEL, 1);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	KUNIT_ASSERT_EQ(test, map_kernel_range(OURS, page_to_pfn(pages), 2, PAGE_KERNEL), 0);
	we_answer = true;
	KUNIT_EXPECT_REPORT(test, "BUG: stack guard page was hit: ESP * is at the end of a stack, "
			    "in the guard page below the test's pages",
			    run_over_a_stack(OURS_END));
	KUNIT_EXPECT_REPORT(test, "The page above it lies in the test's pages, byte 0",
			    run_over_a_stack(OURS_END - 16));
	unmap_test_pages(test, OURS, 2);
	__free_pages(pages, 1);
}

static void describe_exit(struct kunit *test)
{
	we_answer = false;
}

static struct kunit_case describe_cases[] = {
	KUNIT_CASE(describe_the_map),
	KUNIT_CASE(describe_guards),
	KUNIT_CASE(describe_what_is_handed_out),
	KUNIT_CASE(describe_in_little_room),
	KUNIT_CASE(describe_in_a_fault_report),		/* ledger: V1 */
	KUNIT_CASE(describe_stack_in_the_window),	/* ledger: T3 */
	{}
};

static struct kunit_suite describe_suite = {
	.name = "describe_address",
	.exit = describe_exit,
	.test_cases = describe_cases,
};
kunit_test_suite(describe_suite);
