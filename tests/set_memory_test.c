// SPDX-License-Identifier: MIT
/*
 * set_memory_*: rights are what the CPU enforces, no page is writable and executable, and what is
 * refused or fails changes nothing. A large page that is split stays split, and its table is one
 * page: the cases share one block, so that a run costs one page.
 */
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <linux/errno.h>
#include <linux/prandom.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <quarry/test_seed.h>

#include "page_checkers.h"
#include "page_log.h"
#include "rights_block.h"
#include "text_lines.h"

#define RET		0xc3

/* ---- large pages ---- */

/* While it watches, this many allocations succeed. */
static unsigned int allowed;

static bool may_alloc(gfp_t gfp, unsigned int order)
{
	return allowed && allowed--;
}

static struct page_observer refuser = { .name = "test", .may_alloc = may_alloc };

static int with_tables(unsigned int tables, int (*set_memory)(unsigned long addr, int numpages),
		       unsigned long addr, int pages)
{
	int error;

	allowed = tables;
	page_observer_attach(&refuser);
	error = set_memory(addr, pages);
	page_observer_detach(&refuser);
	return error;
}

/* -ENOMEM also when the first of two tables is to be had, and the second is not: it goes back. */
static void rights_no_table_to_be_had(struct kunit *test)
{
	unsigned long addr = large_page(test);

	KUNIT_EXPECT_EQ(test, with_tables(0, set_memory_ro, addr + PAGE_SIZE, 2), -ENOMEM);
	KUNIT_EXPECT_EQ(test, with_tables(0, set_memory_rw, addr + PAGE_SIZE, 2), 0);	/* as it is */
	if (addr != block_addr && is_large(block_addr)) {
		KUNIT_EXPECT_EQ(test, with_tables(1, set_memory_ro, addr - PAGE_SIZE, 2), -ENOMEM);
		KUNIT_EXPECT_TRUE(test, is_large(block_addr));
	}
	EXPECT_RIGHTS(test, addr + PAGE_SIZE, true, false);
	KUNIT_EXPECT_TRUE(test, is_large(addr));
	KUNIT_EXPECT_EQ(test, direct_map_splits(), rights_splits_before);
}

/* As one it is not split, nor when it has the rights already. */
static void rights_of_a_whole_large_page(struct kunit *test)
{
	unsigned long addr = large_page(test);

	*(volatile u8 *)addr = 0x5a;
	KUNIT_EXPECT_EQ(test, set_memory_nx(addr + PAGE_SIZE, 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(addr + PAGE_SIZE, 3), 0);
	KUNIT_EXPECT_EQ(test, set_memory_ro(addr, LARGE_PAGES), 0);
	KUNIT_EXPECT_TRUE(test, is_large(addr));
	EXPECT_RIGHTS(test, addr, false, false);
	EXPECT_READ_ONLY(test, addr);
	EXPECT_READ_ONLY(test, addr + PMD_SIZE - 1);
	KUNIT_EXPECT_EQ(test, set_memory_rw(addr, LARGE_PAGES), 0);
	*(volatile u8 *)addr = 0x5a;
	KUNIT_EXPECT_TRUE(test, is_large(addr));
	KUNIT_EXPECT_EQ(test, direct_map_splits(), rights_splits_before);
}

/* Every page of it keeps its place, its contents and, but for the one in question, its rights. */
static void rights_split(struct kunit *test)
{
	unsigned int i, wrong = 0;

	large_page(test);
	if (!is_large(block_addr))
		kunit_skip(test, "the 2 MiB page was split before");
	for (i = 0; i < LARGE_PAGES; i++)
		*(volatile u32 *)page(i) = i;
	KUNIT_ASSERT_EQ(test, set_memory_ro(page(7), 1), 0);
	KUNIT_EXPECT_EQ(test, direct_map_splits(), rights_splits_before + 1);
	for (i = 0; i < LARGE_PAGES; i++) {
		struct page_walk walk;

		walk_page_tables(page(i), &walk);
		wrong += walk.levels != 3 || walk.phys != __pa(page(i)) ||
			 walk.writable != (i != 7) || *(volatile u32 *)page(i) != i;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	EXPECT_READ_ONLY(test, page(7));
	*(volatile u32 *)page(6) = 6;
	*(volatile u32 *)page(8) = 8;
	KUNIT_EXPECT_EQ(test, set_memory_rw(page(7), 1), 0);
	read_proc(test, "vmstat");
	KUNIT_EXPECT_EQ(test, number_of(test, "direct_map_level2_splits"), direct_map_splits());
}

/* ---- what the CPU makes of it ---- */

/* Written before, so that the CPU has the old right cached: it is flushed. */
static void rights_read_only(struct kunit *test)
{
	volatile u8 *byte = (u8 *)page(2);

	byte[-1] = byte[0] = byte[PAGE_SIZE] = 5;
	KUNIT_EXPECT_EQ(test, set_memory_ro(page(2), 1), 0);
	EXPECT_READ_ONLY(test, byte);
	EXPECT_READ_ONLY(test, byte + PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, byte[0], 5);
	byte[-1] = byte[PAGE_SIZE] = 6;
	KUNIT_EXPECT_EQ(test, set_memory_rw(page(2), 1), 0);
	byte[0] = 7;
	KUNIT_EXPECT_EQ(test, byte[0], 7);
}

/* More than are flushed one by one. */
static void rights_of_many_pages(struct kunit *test)
{
	memset((void *)block_addr, 1, 40 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, set_memory_ro(block_addr, 40), 0);
	EXPECT_READ_ONLY(test, block_addr);
	EXPECT_READ_ONLY(test, page(40) - 1);
	KUNIT_EXPECT_EQ(test, set_memory_rw(block_addr, 40), 0);
	memset((void *)block_addr, 2, 40 * PAGE_SIZE);
}

static void run(unsigned long addr)
{
	void (*volatile function)(void) = (void (*)(void))addr;

	function();
}

/* From data to code and back, as a module would go. */
static void code_comes_and_goes(struct kunit *test, unsigned long addr)
{
	*(volatile u8 *)addr = RET;
	KUNIT_ASSERT_EQ(test, set_memory_ro(addr, 1), 0);
	if (boot_cpu.nx)
		KUNIT_EXPECT_REPORT(test, "*instruction fetch*", run(addr));
	KUNIT_ASSERT_EQ(test, set_memory_x(addr, 1), 0);
	EXPECT_RIGHTS(test, addr, false, true);
	run(addr);
	EXPECT_READ_ONLY(test, addr);
	KUNIT_EXPECT_EQ(test, *(volatile u8 *)addr, RET);
	KUNIT_ASSERT_EQ(test, set_memory_nx(addr, 1), 0);
	if (boot_cpu.nx)
		KUNIT_EXPECT_REPORT(test, "*instruction fetch*", run(addr));
	KUNIT_ASSERT_EQ(test, set_memory_rw(addr, 1), 0);
	*(volatile u8 *)addr = 0;
}

static void rights_to_execute(struct kunit *test)	/* on pages and in the vmalloc range */
{
	u8 *area = vmalloc(3 * PAGE_SIZE);

	code_comes_and_goes(test, page(1));
	KUNIT_ASSERT_NOT_NULL(test, area);
	code_comes_and_goes(test, (unsigned long)area + PAGE_SIZE);
	area[0] = area[2 * PAGE_SIZE] = 1;
	vfree(area);
}

/* In the vmalloc range they are the mapping's, and end with it. */
static void rights_end_with_the_area(struct kunit *test)
{
	u8 *area = vmalloc(2 * PAGE_SIZE), *again;
	unsigned long frame;

	KUNIT_ASSERT_NOT_NULL(test, area);
	frame = vmalloc_to_pfn(area);
	KUNIT_EXPECT_EQ(test, set_memory_ro((unsigned long)area, 2), 0);
	EXPECT_READ_ONLY(test, area + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, vmalloc_to_pfn(area), frame);
	KUNIT_EXPECT_EQ(test, set_memory_ro((unsigned long)area, 3), -EINVAL);	/* the guard page */
	vfree(area);
	vm_unmap_aliases();
	again = vzalloc(2 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, again);
	EXPECT_RIGHTS(test, (unsigned long)again, true, false);
	vfree(again);
}

/* The first MiB, where not everything is RAM, is in small pages from boot on. */
static void rights_below_one_mib(struct kunit *test)
{
	unsigned long addr = (unsigned long)__va(0xa0000);

	KUNIT_EXPECT_EQ(test, set_memory_ro(addr, 2), 0);
	EXPECT_RIGHTS(test, addr, false, false);
	EXPECT_RIGHTS(test, addr + PAGE_SIZE, false, false);
	EXPECT_RIGHTS(test, addr + 2 * PAGE_SIZE, true, false);
	KUNIT_EXPECT_EQ(test, set_memory_rw(addr, 2), 0);
	EXPECT_RIGHTS(test, addr, true, false);
	EXPECT_RIGHTS(test, addr + PAGE_SIZE, true, false);
}

/* ---- what is refused ---- */

/* Without NX all is executable, and neither can be asked for nor refused. */
static void without_nx(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, set_memory_x(page(1), 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_nx(page(1), 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_ro(page(1), 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_x(page(1), 1), 0);
	EXPECT_READ_ONLY(test, page(1));
	KUNIT_EXPECT_EQ(test, set_memory_rw(page(1), 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_x(0, 1), -EINVAL);
}

static void rights_w_xor_x(struct kunit *test)
{
	if (!boot_cpu.nx) {
		without_nx(test);
		return;
	}
	KUNIT_EXPECT_REPORT(test, expected("set_memory_x(0x%08lx, 3): refused, pages would be "
					   "writable and executable; called by rights_w_xor_x+*",
					   page(1)),
			    KUNIT_EXPECT_EQ(test, set_memory_x(page(1), 3), -EPERM));
	KUNIT_EXPECT_EQ(test, set_memory_ro(page(1), 2), 0);
	KUNIT_EXPECT_EQ(test, set_memory_x(page(1), 3), -EPERM);	/* the third is writable */
	EXPECT_RIGHTS(test, page(1), false, false);
	KUNIT_EXPECT_EQ(test, set_memory_x(page(2), 1), 0);
	KUNIT_EXPECT_REPORT(test, "set_memory_rw(*called by rights_w_xor_x+*",
			    KUNIT_EXPECT_EQ(test, set_memory_rw(page(1), 2), -EPERM));
	EXPECT_RIGHTS(test, page(1), false, false);
	EXPECT_RIGHTS(test, page(2), false, true);
	KUNIT_EXPECT_EQ(test, count_wx_pages(), 0UL);
	KUNIT_EXPECT_EQ(test, set_memory_nx(page(1), 2), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(page(1), 2), 0);
}

/* ---- any order ---- */

#define MODEL_PAGES	12

static struct { bool writable, executable; } model[MODEL_PAGES];

static int (*const calls[])(unsigned long addr, int numpages) = {
	set_memory_ro, set_memory_rw, set_memory_x, set_memory_nx,
};

/* What call number @call on the model's pages should return; done there if it is 0. */
static int model_call(unsigned int call, unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = first; i < first + count && boot_cpu.nx; i++)
		if ((call == 1 && model[i].executable) || (call == 2 && model[i].writable))
			return -EPERM;
	for (i = first; i < first + count; i++) {
		if (call < 2)
			model[i].writable = call == 1;
		else
			model[i].executable = call == 2;
	}
	return 0;
}

static void rights_model(struct kunit *test)
{
	unsigned int round, rounds = kunit_rounds(50), i;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed());
	for (i = 0; i < MODEL_PAGES; i++)
		model[i].writable = !(model[i].executable = false);
	for (round = 0; round < rounds; round++) {
		unsigned int call = prandom_u32_max_state(&rnd, ARRAY_SIZE(calls));
		unsigned int first = prandom_u32_max_state(&rnd, MODEL_PAGES);
		unsigned int count = 1 + prandom_u32_max_state(&rnd, MODEL_PAGES - first);

		KUNIT_ASSERT_EQ_MSG(test, calls[call](page(first), count),
				    model_call(call, first, count),
				    "%pS, pages %u to %u, round %u", calls[call], first,
				    first + count - 1, round);
		for (i = 0; i < MODEL_PAGES; i++)
			EXPECT_RIGHTS(test, page(i), model[i].writable, model[i].executable);
	}
	KUNIT_EXPECT_EQ(test, set_memory_nx(page(0), MODEL_PAGES), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(page(0), MODEL_PAGES), 0);
}

static struct kunit_case set_memory_cases[] = {
	KUNIT_CASE(rights_no_table_to_be_had),
	KUNIT_CASE(rights_of_a_whole_large_page),
	KUNIT_CASE(rights_split),
	KUNIT_CASE(rights_read_only),
	KUNIT_CASE(rights_of_many_pages),
	KUNIT_CASE(rights_to_execute),
	KUNIT_CASE(rights_end_with_the_area),
	KUNIT_CASE(rights_below_one_mib),
	KUNIT_CASE(rights_w_xor_x),
	KUNIT_CASE(rights_model),
	{}
};

static struct kunit_suite set_memory_suite = {
	.name = "set_memory",
	.suite_init = rights_block_take,
	.suite_exit = rights_block_give_back,
	.init = rights_before,
	.exit = rights_after,
	.test_cases = set_memory_cases,
};
kunit_test_suite(set_memory_suite);
