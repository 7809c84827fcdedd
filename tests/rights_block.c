// SPDX-License-Identifier: MIT
#include <asm/processor.h>
#include <linux/errno.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "rights_block.h"
#include "slab_sandbox.h"

#define BLOCKS_TRIED	8
#define SMALL_ORDER	6

unsigned long block_addr, rights_splits_before;
unsigned int block_order;
static struct page *block;
static unsigned long free_before;

/* ---- the block ---- */

bool is_large(unsigned long addr)
{
	struct page_walk walk;

	return walk_page_tables(addr, &walk) && walk.large;
}

static bool is_all_large(const struct page *page, unsigned int order)
{
	unsigned long addr = (unsigned long)page_address(page), size = PAGE_SIZE << order, at;

	for (at = 0; at < size; at += PMD_SIZE)
		if (!is_large(addr + at))
			return false;
	return true;
}

static struct page *alloc_large_pages(unsigned int order)
{
	struct page *tried[BLOCKS_TRIED], *found = NULL;
	unsigned int n = 0;

	while (n < BLOCKS_TRIED && !found) {
		tried[n] = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);
		if (!tried[n])
			break;
		if (is_all_large(tried[n], order))
			found = tried[n];
		else
			n++;
	}
	while (n--)
		__free_pages(tried[n], order);
	return found;
}

int rights_block_take(struct kunit_suite *suite)
{
	for (block_order = MAX_ORDER - 1; block_order >= PMD_SHIFT - PAGE_SHIFT; block_order--) {
		block = alloc_large_pages(block_order);
		if (block)
			break;
	}
	if (!block) {
		block_order = SMALL_ORDER;
		block = alloc_pages(GFP_KERNEL, block_order);
	}
	if (!block)
		return -ENOMEM;
	block_addr = (unsigned long)page_address(block);
	memset((void *)block_addr, 0x5a, PAGE_SIZE << block_order);
	return 0;
}

void rights_block_give_back(struct kunit_suite *suite)
{
	__free_pages(block, block_order);
	block = NULL;
}

unsigned long large_page(struct kunit *test)
{
	unsigned long addr = block_addr + (PAGE_SIZE << block_order) - PMD_SIZE;

	if (block_order < PMD_SHIFT - PAGE_SHIFT || !is_large(addr))
		kunit_skip(test, "no 2 MiB page to be had");
	return addr;
}

/* ---- before and after a case ---- */

static bool all_as_allocated(void)
{
	unsigned int i;

	for (i = 0; i < 1U << block_order; i++) {
		struct page_walk walk;

		if (!walk_page_tables(page(i), &walk) || walk.phys != __pa(page(i)) ||
		    !walk.writable || walk.executable == boot_cpu.nx)
			return false;
	}
	return true;
}

int rights_before(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, all_as_allocated());
	slab_settle();
	free_before = nr_free_pages();
	rights_splits_before = direct_map_splits();
	return 0;
}

void rights_after(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, all_as_allocated());
	if (boot_cpu.nx)
		KUNIT_EXPECT_EQ(test, count_wx_pages(), 0UL);
	vm_unmap_aliases();
	slab_settle();
	KUNIT_EXPECT_EQ(test, nr_free_pages() + direct_map_splits() - rights_splits_before,
			free_before);
}
