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
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/memblock.h>
#include <linux/pfn.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <quarry/memory_layout.h>

#define FREE_ADDRESS	(VMALLOC_START + 0x5000)

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
	phys_addr_t frame = __pa(_end) & ~0xfffULL;

	if (!boot_cpu.nx)
		kunit_skip(test, "this CPU has no NX bit");
	KUNIT_ASSERT_EQ(test, map_kernel_page(FREE_ADDRESS, frame,
					      __pgprot(_PAGE_PRESENT | _PAGE_RW)), 0);
	KUNIT_EXPECT_EQ(test, count_wx_pages(), 1UL);
	unmap_kernel_page(FREE_ADDRESS);
	flush_tlb_one_kernel(FREE_ADDRESS);
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
	struct page_walk walk;
	u64 i;

	for_each_mem_range(i, &start, &end) {
		for (phys = start; phys < min(end, PFN_PHYS(max_low_pfn)); phys += PAGE_SIZE) {
			void *va = __va(phys);

			if (guard_page_find((unsigned long)va))
				continue;
			if (!walk_page_tables((unsigned long)va, &walk) || walk.phys != phys) {
				KUNIT_FAIL(test, "0x%llx is not at %px", phys, va);
				return;
			}
			if (walk.large)
				phys += PMD_SIZE - PAGE_SIZE;	/* large pages start aligned */
		}
	}
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

static void paging_map_unmap(struct kunit *test)
{
	static u8 page[PAGE_SIZE] __aligned(PAGE_SIZE);
	volatile u8 *alias = (u8 *)FREE_ADDRESS;
	struct page_walk walk;

	page[7] = 42;
	KUNIT_ASSERT_EQ(test, map_kernel_page(FREE_ADDRESS, __pa(page), PAGE_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, alias[7], 42);
	alias[8] = 43;
	KUNIT_EXPECT_EQ(test, page[8], 43);
	KUNIT_EXPECT_TRUE(test, walk_page_tables(FREE_ADDRESS + 8, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, __pa(page) + 8);

	KUNIT_EXPECT_EQ(test, map_kernel_page(FREE_ADDRESS, __pa(page), PAGE_KERNEL), -EEXIST);
	KUNIT_EXPECT_EQ(test, unmap_kernel_page(FREE_ADDRESS), __pa(page));
	flush_tlb_one_kernel(FREE_ADDRESS);
	KUNIT_EXPECT_EQ(test, unmap_kernel_page(FREE_ADDRESS), ~0ULL);
	KUNIT_EXPECT_REPORT(test, "*not-present page*", (void)alias[7]);
}

static void paging_map_refuses(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, map_kernel_page(FREE_ADDRESS + 1, 0, PAGE_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, map_kernel_page(FREE_ADDRESS, 1, PAGE_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, map_kernel_page(FREE_ADDRESS, cpu_phys_limit, PAGE_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, map_kernel_page(0, 0, PAGE_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, unmap_kernel_page(0), ~0ULL);
}

/* Read-only mappings are read-only for the kernel, too (CR0.WP). */
static void paging_read_only_alias(struct kunit *test)
{
	static u8 page[PAGE_SIZE] __aligned(PAGE_SIZE);
	volatile u8 *alias = (u8 *)FREE_ADDRESS;

	KUNIT_ASSERT_EQ(test, map_kernel_page(FREE_ADDRESS, __pa(page), PAGE_KERNEL_RO), 0);
	KUNIT_EXPECT_EQ(test, *alias, 0);
	KUNIT_EXPECT_REPORT(test, "*permissions violation*", *alias = 1);
	KUNIT_EXPECT_EQ(test, page[0], 0);
	unmap_kernel_page(FREE_ADDRESS);
	flush_tlb_one_kernel(FREE_ADDRESS);
}

/* A range flush forgets every page of it, whether page by page or as a whole. */
static void paging_flush_range(struct kunit *test)
{
	static u8 first[PAGE_SIZE] __aligned(PAGE_SIZE), second[PAGE_SIZE] __aligned(PAGE_SIZE);
	static const unsigned int lengths[] = { 1, 3, 33, 40, 100 };
	unsigned int l, i;

	first[0] = 1;
	second[0] = 2;
	for (l = 0; l < ARRAY_SIZE(lengths); l++) {
		unsigned long end = FREE_ADDRESS + lengths[l] * PAGE_SIZE;
		unsigned long addr;

		for (i = 0; i < 2; i++) {
			u8 *target = i ? second : first;

			for (addr = FREE_ADDRESS; addr < end; addr += PAGE_SIZE)
				KUNIT_ASSERT_EQ(test, map_kernel_page(addr, __pa(target),
								      PAGE_KERNEL), 0);
			for (addr = FREE_ADDRESS; addr < end; addr += PAGE_SIZE)
				KUNIT_EXPECT_EQ(test, *(volatile u8 *)addr, i + 1);
			for (addr = FREE_ADDRESS; addr < end; addr += PAGE_SIZE)
				unmap_kernel_page(addr);
			flush_tlb_kernel_range(FREE_ADDRESS, end);
		}
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

static void paging_describe_address(struct kunit *test)
{
	char text[96];

	KUNIT_EXPECT_STREQ(test, describe_address((unsigned long)paging_describe_address, text,
						  sizeof(text)), "kernel code");
	KUNIT_EXPECT_NOT_NULL(test, strstr(describe_address(0, text, sizeof(text)),
					   "null pointer"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(describe_address(VMALLOC_START, text, sizeof(text)),
					   "vmalloc"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(describe_address(0xffffffff, text, sizeof(text)),
					   "last page"));
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
	KUNIT_CASE(paging_map_refuses),
	KUNIT_CASE(paging_read_only_alias),
	KUNIT_CASE(paging_flush_range),
	KUNIT_CASE(paging_early_memremap),
	KUNIT_CASE(paging_describe_address),
	{}
};

static struct kunit_suite paging_suite = {
	.name = "paging",
	.test_cases = paging_cases,
};
kunit_test_suite(paging_suite);
