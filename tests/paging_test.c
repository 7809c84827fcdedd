// SPDX-License-Identifier: MIT
/*
 * The kernel's page tables: what is mapped, with which rights, and the contract of <asm/pgtable.h>.
 */
#include <asm/early_ioremap.h>
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/memblock.h>
#include <linux/pfn.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <quarry/memory_layout.h>

#include "window_pages.h"

static void expect_rights(struct kunit *test, const void *at, bool writable, bool executable)
{
	struct page_walk walk;

	KUNIT_ASSERT_TRUE(test, walk_page_tables((unsigned long)at, &walk));
	KUNIT_EXPECT_EQ_MSG(test, walk.writable, writable, "at %pS", at);
	if (boot_cpu.nx)
		KUNIT_EXPECT_EQ_MSG(test, walk.executable, executable, "at %pS", at);
	KUNIT_EXPECT_FALSE(test, walk.user);
}

static void paging_image_rights(struct kunit *test)
{
	static const int constant = 5;
	static int variable = 5;
	int on_stack;

	expect_rights(test, _stext, false, true);
	expect_rights(test, (void *)((unsigned long)_etext - 1), false, true);
	expect_rights(test, paging_image_rights, false, true);
	expect_rights(test, &constant, false, false);
	expect_rights(test, _image_start, false, false);
	expect_rights(test, &variable, true, false);
	expect_rights(test, _sdata, true, false);
	expect_rights(test, (void *)((unsigned long)__bss_stop - 1), true, false);
	expect_rights(test, &on_stack, true, false);
}

static void paging_no_writable_code(struct kunit *test)
{
	if (!boot_cpu.nx)
		kunit_skip(test, "this CPU has no NX bit");
	KUNIT_EXPECT_EQ(test, count_wx_pages(), 0UL);
}

/* The check itself must see a bad page. */
static void paging_wx_is_counted(struct kunit *test)
{
	unsigned long frame = PFN_DOWN(__pa(_end));

	if (!boot_cpu.nx)
		kunit_skip(test, "this CPU has no NX bit");
	KUNIT_ASSERT_EQ(test, map_kernel_range(TEST_WINDOW, frame, 1,
					       __pgprot(_PAGE_PRESENT | _PAGE_RW)), 0);
	KUNIT_EXPECT_EQ(test, count_wx_pages(), 1UL);
	unmap_test_pages(test, TEST_WINDOW, 1);
	KUNIT_EXPECT_EQ(test, count_wx_pages(), 0UL);
}

static void paging_write_to_code_faults(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*permissions violation*", *(volatile u8 *)_stext = 0x90);
	KUNIT_EXPECT_REPORT(test, "*permissions violation*",
			    *(volatile u8 *)__start_rodata = 0);
}

static void paging_data_is_not_executed(struct kunit *test)
{
	static u8 code[] = { 0xc3 };		/* ret */
	void (*volatile function)(void) = (void (*)(void))code;

	if (!boot_cpu.nx)
		kunit_skip(test, "this CPU has no NX bit");
	KUNIT_EXPECT_REPORT(test, "*instruction fetch*", function());
}

/* Every byte of RAM below the line is in the direct map, at its own address. */
static void paging_direct_map(struct kunit *test)
{
	phys_addr_t start, end, phys;
	unsigned int guards = 0;
	struct page_walk walk;
	u64 i;

	for_each_mem_range(i, &start, &end) {
		for (phys = start; phys < min(end, PFN_PHYS(max_low_pfn)); phys += PAGE_SIZE) {
			void *va = __va(phys);

			if (guard_page_find((unsigned long)va)) {
				KUNIT_EXPECT_FALSE(test, is_direct_mapped(PFN_DOWN(phys)));
				guards++;
				continue;
			}
			if (!walk_page_tables((unsigned long)va, &walk) || walk.phys != phys) {
				KUNIT_FAIL(test, "0x%llx is not at %px", phys, va);
				return;
			}
			if (walk.large)
				phys += PMD_SIZE - PAGE_SIZE;	/* large pages start aligned */
		}
	}
	KUNIT_EXPECT_EQ(test, guards, 2U);	/* the boot stack's and the double-fault stack's */
	KUNIT_EXPECT_EQ(test, (unsigned long)high_memory - PAGE_OFFSET, max_low_pfn << PAGE_SHIFT);
}

static void paging_null_and_guards(struct kunit *test)
{
	struct page_walk walk;
	const struct guard_page *guard;
	extern char boot_stack_guard[];

	KUNIT_EXPECT_FALSE(test, walk_page_tables(0, &walk));
	KUNIT_EXPECT_FALSE(test, walk_page_tables(0xfffff000, &walk));
	KUNIT_EXPECT_FALSE(test, walk_page_tables((unsigned long)boot_stack_guard, &walk));
	KUNIT_EXPECT_FALSE(test, is_direct_mapped(frame_of(boot_stack_guard)));
	guard = guard_page_find((unsigned long)boot_stack_guard + 5);
	KUNIT_ASSERT_NOT_NULL(test, guard);
	KUNIT_EXPECT_TRUE(test, guard->is_stack);
}

/* Mapping in the window never allocates: every table is there. */
static void paging_window_has_tables(struct kunit *test)
{
	unsigned long addr;

	for (addr = WINDOW_START; addr >= WINDOW_START; addr += PMD_SIZE) {
		struct page_walk walk;

		walk_page_tables(addr, &walk);
		KUNIT_EXPECT_EQ_MSG(test, walk.levels, 3, "at %lx", addr);
	}
}

/* A second address for a page: both lead to the same bytes. */
static void paging_map_unmap(struct kunit *test)
{
	static u8 page[PAGE_SIZE] __aligned(PAGE_SIZE);
	volatile u8 *alias = (u8 *)TEST_WINDOW;
	struct page_walk walk;

	page[7] = 42;
	KUNIT_ASSERT_EQ(test, map_kernel_range(TEST_WINDOW, frame_of(page), 1, PAGE_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, alias[7], 42);
	alias[8] = 43;
	KUNIT_EXPECT_EQ(test, page[8], 43);
	KUNIT_EXPECT_TRUE(test, walk_page_tables(TEST_WINDOW + 8, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, __pa(page) + 8);

	unmap_test_pages(test, TEST_WINDOW, 1);
	KUNIT_EXPECT_REPORT(test, "*not-present page*", (void)alias[7]);
}

/* Read-only mappings are read-only for the kernel, too (CR0.WP). */
static void paging_read_only_alias(struct kunit *test)
{
	static u8 page[PAGE_SIZE] __aligned(PAGE_SIZE);
	volatile u8 *alias = (u8 *)TEST_WINDOW;

	KUNIT_ASSERT_EQ(test, map_kernel_range(TEST_WINDOW, frame_of(page), 1, PAGE_KERNEL_RO), 0);
	KUNIT_EXPECT_EQ(test, *alias, 0);
	KUNIT_EXPECT_REPORT(test, "*permissions violation*", *alias = 1);
	KUNIT_EXPECT_EQ(test, page[0], 0);
	unmap_test_pages(test, TEST_WINDOW, 1);
}

/* The page behind each of @nr addresses is @target, whose first byte is @byte. */
static void map_and_look(struct kunit *test, unsigned long nr, const u8 *target, u8 byte)
{
	unsigned long addr, end = TEST_WINDOW + nr * PAGE_SIZE;

	for (addr = TEST_WINDOW; addr < end; addr += PAGE_SIZE) {
		KUNIT_ASSERT_EQ(test, map_kernel_range(addr, frame_of(target), 1, PAGE_KERNEL), 0);
		KUNIT_EXPECT_EQ(test, *(volatile u8 *)addr, byte);
	}
	unmap_test_pages(test, TEST_WINDOW, nr);
}

/* A range flush forgets every page of it, whether page by page or as a whole. */
static void paging_flush_range(struct kunit *test)
{
	static u8 first[PAGE_SIZE] __aligned(PAGE_SIZE), second[PAGE_SIZE] __aligned(PAGE_SIZE);
	static const unsigned int lengths[] = { 1, 3, 33, 34, 100 };
	unsigned int l;

	first[0] = 1;
	second[0] = 2;
	for (l = 0; l < ARRAY_SIZE(lengths); l++) {
		map_and_look(test, lengths[l], first, 1);
		map_and_look(test, lengths[l], second, 2);
	}
}

static void paging_early_memremap(struct kunit *test)
{
	static u8 data[3 * PAGE_SIZE] __aligned(PAGE_SIZE);
	phys_addr_t phys = __pa(data) + PAGE_SIZE - 3;
	u8 *map;
	void *maps[EARLY_MAP_SLOTS];
	unsigned int i;

	memset(data, 7, sizeof(data));
	map = early_memremap(phys, PAGE_SIZE + 6);
	KUNIT_ASSERT_NOT_NULL(test, map);
	KUNIT_EXPECT_EQ(test, map[0], 7);
	map[PAGE_SIZE + 5] = 9;
	KUNIT_EXPECT_EQ(test, data[2 * PAGE_SIZE + 2], 9);
	early_memunmap(map, PAGE_SIZE + 6);

	for (i = 0; i < EARLY_MAP_SLOTS; i++) {
		maps[i] = early_memremap(phys, 1);
		KUNIT_EXPECT_NOT_NULL(test, maps[i]);
	}
	KUNIT_EXPECT_NULL(test, early_memremap(phys, 1));
	for (i = 0; i < EARLY_MAP_SLOTS; i++)
		early_memunmap(maps[i], 1);

	KUNIT_EXPECT_NULL(test, early_memremap(phys, 0));
	KUNIT_EXPECT_NULL(test, early_memremap(phys, EARLY_MAP_MAX + 1));
	KUNIT_EXPECT_NULL(test, early_memremap(1, EARLY_MAP_MAX));
	KUNIT_EXPECT_NULL(test, early_memremap(cpu_phys_limit - 1, 2));
	KUNIT_EXPECT_NULL(test, early_memremap(~0ULL, 2));
	KUNIT_EXPECT_REPORT(test, "*early_memunmap*not mapped*", early_memunmap(data, 1));
}

static struct kunit_case paging_cases[] = {
	KUNIT_CASE(paging_image_rights),
	KUNIT_CASE(paging_no_writable_code),
	KUNIT_CASE(paging_wx_is_counted),
	KUNIT_CASE(paging_write_to_code_faults),
	KUNIT_CASE(paging_data_is_not_executed),
	KUNIT_CASE(paging_direct_map),
	KUNIT_CASE(paging_null_and_guards),
	KUNIT_CASE(paging_window_has_tables),
	KUNIT_CASE(paging_map_unmap),
	KUNIT_CASE(paging_read_only_alias),
	KUNIT_CASE(paging_flush_range),
	KUNIT_CASE(paging_early_memremap),
	{}
};

static struct kunit_suite paging_suite = {
	.name = "paging",
	.test_cases = paging_cases,
};
kunit_test_suite(paging_suite);
