// SPDX-License-Identifier: MIT
/*
 * kmap() as far as every machine has it: pages of low memory, which keep their address, and who
 * may call it. tests/kmap_slots_test.c has the rest.
 */
#include <asm/sections.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/pfn.h>

#include "../mm/highmem.h"

#define EXPECT_MUST_NOT_SLEEP(test, statement) \
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *", \
			    statement)

/* ledger: H1 */
static void lowmem_keeps_its_address(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long flushes;
	void *addr;

	KUNIT_ASSERT_NOT_NULL(test, page);
	kmap_flush_unused();			/* what others have left */
	flushes = kmap_flushes;
	addr = page_address(page);
	for (int i = 0; i < 2 * LAST_PKMAP; i++)
		KUNIT_EXPECT_PTR_EQ(test, kmap(page), addr);
	kmap_flush_unused();
	memset(addr, 1, PAGE_SIZE);		/* still mapped */
	for (int i = 0; i < 2 * LAST_PKMAP; i++)
		kunmap(page);
	KUNIT_EXPECT_PTR_EQ(test, page_address(page), addr);
	KUNIT_EXPECT_EQ(test, kmap_flushes, flushes);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	__free_page(page);
}

/* Of a page that kmap() has nothing to do with, kunmap() has nothing to undo. */
static void lowmem_kunmap_is_nothing(struct kunit *test)
{
	struct page *page = virt_to_page(_stext);
	unsigned long flags = page->flags;

	kunmap(page);
	kunmap(page);
	KUNIT_EXPECT_EQ(test, page->flags, flags);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

/* ledger: P6 */
static void from_pages_to_addresses_and_back(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (int i = 0; i < 4; i++) {
		char *addr = page_address(page + i);

		KUNIT_EXPECT_PTR_EQ(test, addr, (char *)page_address(page) + i * PAGE_SIZE);
		KUNIT_EXPECT_PTR_EQ(test, virt_to_page(addr + 123), page + i);
		KUNIT_EXPECT_PTR_EQ(test, pfn_to_page(page_to_pfn(page + i)), page + i);
		KUNIT_EXPECT_EQ(test, page_to_phys(page + i), __pa(addr));
		KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(addr + PAGE_SIZE - 1), page + i);
	}
	__free_pages(page, 2);
}

/* Addresses of no page, and of a frame that has no page. */
static void from_other_addresses_to_no_page(struct kunit *test)
{
	static const unsigned long other[] = {
		0, PAGE_OFFSET - 1, PKMAP_BASE - PAGE_SIZE, FIXADDR_START, 0xfffff000,
	};
	void *device;

	for (volatile int i = 0; i < ARRAY_SIZE(other); i++)
		KUNIT_EXPECT_REPORT(test, "kmap_to_page(*): not an address of a page",
				    KUNIT_EXPECT_NULL(test, kmap_to_page((void *)other[i])));
	device = kmap_local_pfn(PFN_DOWN(cpu_phys_limit) - 1);
	KUNIT_EXPECT_REPORT(test, "kmap_to_page(*): frame 0x* is not memory",
			    KUNIT_EXPECT_NULL(test, kmap_to_page(device)));
	kunmap_local(device);
}

static void only_slots_are_kmap_addresses(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_kmap_addr(NULL));
	KUNIT_EXPECT_FALSE(test, is_kmap_addr(_stext));
	KUNIT_EXPECT_FALSE(test, is_kmap_addr((void *)PKMAP_BASE - 1));
	KUNIT_EXPECT_TRUE(test, is_kmap_addr((void *)PKMAP_BASE));
	KUNIT_EXPECT_TRUE(test, is_kmap_addr((void *)PKMAP_ADDR(LAST_PKMAP) - 1));
	KUNIT_EXPECT_FALSE(test, is_kmap_addr((void *)PKMAP_ADDR(LAST_PKMAP)));
	KUNIT_EXPECT_FALSE(test, is_kmap_addr((void *)fix_to_virt(FIX_KMAP_END) - 1));
	KUNIT_EXPECT_TRUE(test, is_kmap_addr((void *)fix_to_virt(FIX_KMAP_END)));
	KUNIT_EXPECT_TRUE(test, is_kmap_addr((void *)fix_to_virt(FIX_KMAP_BEGIN) + PAGE_SIZE - 1));
	KUNIT_EXPECT_FALSE(test, is_kmap_addr((void *)fix_to_virt(FIX_KMAP_BEGIN) + PAGE_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, (void *)PKMAP_ADDR(PKMAP_NR(PKMAP_BASE + 5 * PAGE_SIZE + 7)),
			    (void *)PKMAP_BASE + 5 * PAGE_SIZE);
}

/* ledger: H1. Whether it would have slept this time or not. */
static void not_where_nothing_may_sleep(struct kunit *test)
{
	struct page *page = virt_to_page(_stext);
	void *volatile atomic;

	preempt_disable();
	EXPECT_MUST_NOT_SLEEP(test, kmap(page));
	EXPECT_MUST_NOT_SLEEP(test, kunmap(page));
	preempt_enable();
	preempt_count_add(HARDIRQ_OFFSET);
	EXPECT_MUST_NOT_SLEEP(test, kmap(page));
	preempt_count_sub(HARDIRQ_OFFSET);
	atomic = kmap_atomic(page);
	EXPECT_MUST_NOT_SLEEP(test, kmap(page));
	kunmap_atomic(atomic);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* Under kmap_local one may sleep; so kmap() is allowed there. */
static void allowed_under_kmap_local(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	u32 *local, *shared;

	KUNIT_ASSERT_NOT_NULL(test, page);
	local = kmap_local_page(page);
	shared = kmap(page);
	WRITE_ONCE(*local, 0x12345678);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*shared), 0x12345678);
	WRITE_ONCE(*shared, 0x87654321);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*local), 0x87654321);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(local), page);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(shared), page);
	kunmap(page);
	kunmap_local(local);
	__free_page(page);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

static struct kunit_case kmap_cases[] = {
	KUNIT_CASE(lowmem_keeps_its_address),
	KUNIT_CASE(lowmem_kunmap_is_nothing),
	KUNIT_CASE(from_pages_to_addresses_and_back),
	KUNIT_CASE(from_other_addresses_to_no_page),
	KUNIT_CASE(only_slots_are_kmap_addresses),
	KUNIT_CASE(not_where_nothing_may_sleep),
	KUNIT_CASE(allowed_under_kmap_local),
	{}
};

static struct kunit_suite kmap_suite = {
	.name = "kmap",
	.test_cases = kmap_cases,
};
kunit_test_suite(kmap_suite);
