// SPDX-License-Identifier: MIT
/*
 * kmap_local and its relatives. Everything here runs on every machine: where there is no high
 * memory, the frame below the boot stack serves, which the direct map leaves out so that it needs a
 * slot as well.
 */
#include <asm/fixmap.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/pfn.h>

#include "../mm/highmem.h"

extern char boot_stack_guard[];

/* A frame without an address; different ones for different @n, where there is high memory. */
static unsigned long far_frame(unsigned int n)
{
	if (max_pfn > max_low_pfn + KM_MAX_IDX)
		return max_pfn - 1 - n;
	return PFN_DOWN(__pa(boot_stack_guard));
}

static void expect_frame(struct kunit *test, const void *addr, unsigned long pfn)
{
	struct page_walk walk;

	KUNIT_ASSERT_TRUE(test, walk_page_tables((unsigned long)addr, &walk));
	KUNIT_EXPECT_EQ(test, PFN_DOWN(walk.phys), pfn);
}

static void expect_unmapped(struct kunit *test, const void *addr)
{
	struct page_walk walk;

	KUNIT_EXPECT_FALSE(test, walk_page_tables((unsigned long)addr, &walk));
}

/* ---- one mapping ---- */

/* ledger: H2 */
static void lowmem_needs_no_slot(struct kunit *test)
{
	unsigned long pfn = PFN_DOWN(__pa(lowmem_needs_no_slot));
	struct page *page = pfn_to_page(pfn);
	void *va = kmap_local_page(page);

	KUNIT_EXPECT_PTR_EQ(test, va, __va(PFN_PHYS(pfn)));
	KUNIT_EXPECT_FALSE(test, is_kmap_addr(va));
	kunmap_local(va);
	KUNIT_EXPECT_PTR_EQ(test, kmap_local_pfn(pfn), va);
	kunmap_local(va);
	KUNIT_EXPECT_PTR_EQ(test, kmap_atomic(page), va);
	kunmap_atomic(va);
	expect_frame(test, va, pfn);		/* still there */
}

/* ledger: H2 */
static void far_frame_is_mapped_for_a_while(struct kunit *test)
{
	unsigned long pfn = far_frame(0);
	volatile u32 *word = kmap_local_pfn(pfn);
	u32 saved = *word;

	KUNIT_EXPECT_TRUE(test, is_kmap_addr((void *)word));
	expect_frame(test, (void *)word, pfn);
	*word = 0xfeedface;
	kunmap_local((void *)word);
	expect_unmapped(test, (void *)word);

	word = kmap_local_pfn(pfn);
	KUNIT_EXPECT_EQ(test, *word, 0xfeedface);
	*word = saved;
	kunmap_local((void *)word + PAGE_SIZE - 1);	/* any address within the page */
	expect_unmapped(test, (void *)word);
}

/* A translation that stays in the CPU would show the frame that the slot had before. */
static void slot_shows_its_new_frame(struct kunit *test)
{
	unsigned long pfn = PFN_DOWN(__pa(boot_stack_guard));
	struct page *page = alloc_page(GFP_HIGHUSER);
	u32 *first, *second;

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (u32 round = 1; round < 4; round++) {
		first = kmap_local_page(page);
		*first = round;
		kunmap_local(first);
		second = kmap_local_pfn(pfn);
		*second = ~round;
		kunmap_local(second);
		first = kmap_local_page(page);
		KUNIT_EXPECT_EQ(test, READ_ONCE(*first), round);
		kunmap_local(first);
	}
	__free_page(page);
}

static void rights_are_as_asked_for(struct kunit *test)
{
	volatile u32 *word = kmap_local_pfn_prot(far_frame(0), PAGE_KERNEL_RO);
	struct page_walk walk;

	KUNIT_ASSERT_TRUE(test, walk_page_tables((unsigned long)word, &walk));
	KUNIT_EXPECT_FALSE(test, walk.writable);
	KUNIT_EXPECT_REPORT(test, "#PF: error_code(0x0003) - permissions violation", *word = 1);
	kunmap_local((void *)word);
}

/* Writable code, and rights that are none: refused, and no slot and no count is taken. */
static void bad_rights_are_refused(struct kunit *test)
{
	const pgprot_t bad[] = {
		__pgprot(pgprot_val(PAGE_KERNEL) & ~_PAGE_NX), __pgprot(0),
		__pgprot(pgprot_val(PAGE_KERNEL) | _PAGE_PSE),
		__pgprot(pgprot_val(PAGE_KERNEL) | (u64)max_pfn << PAGE_SHIFT),
	};
	void *slot = kmap_local_pfn(far_frame(0));

	kunmap_local(slot);
	for (volatile int i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_REPORT(test, "kmap_local_pfn: frame * with bad rights *",
			KUNIT_EXPECT_NULL(test, kmap_local_pfn_prot(far_frame(0), bad[i])));
		KUNIT_EXPECT_REPORT(test, "kmap_local_pfn: frame * with bad rights *",
			KUNIT_EXPECT_NULL(test, kmap_atomic_prot(pfn_to_page(far_frame(0)), bad[i])));
		KUNIT_EXPECT_EQ(test, preempt_count(), 0);
		KUNIT_EXPECT_FALSE(test, pagefault_disabled());
	}
	KUNIT_EXPECT_PTR_EQ(test, kmap_local_pfn_prot(far_frame(0), PAGE_KERNEL_ROX), slot);
	kunmap_local(slot);
}

static void out_of_reach_is_reported(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "kmap_local_pfn: frame * is out of reach",
			    KUNIT_EXPECT_NULL(test, kmap_local_pfn(PFN_DOWN(cpu_phys_limit))));
}

/* ---- many ---- */

/* ledger: H2. Sixteen deep, low memory in between, each slot its own frame. */
static void nests_sixteen_deep(struct kunit *test)
{
	void *maps[KM_MAX_IDX], *low;

	for (int i = 0; i < KM_MAX_IDX; i++) {
		maps[i] = kmap_local_pfn(far_frame(i));
		low = kmap_local_page(virt_to_page(nests_sixteen_deep));
		kunmap_local(low);
		for (int j = 0; j < i; j++)
			KUNIT_EXPECT_PTR_NE(test, maps[i], maps[j]);
	}
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	for (int i = 0; i < KM_MAX_IDX; i++)
		expect_frame(test, maps[i], far_frame(i));
	for (int i = KM_MAX_IDX - 1; i >= 0; i--) {
		kunmap_local(maps[i]);
		expect_unmapped(test, maps[i]);
	}
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

/* ledger: H2 */
static void out_of_order_is_reported(struct kunit *test)
{
	void *outer = kmap_local_pfn(far_frame(0)), *inner = kmap_local_pfn(far_frame(1));

	KUNIT_EXPECT_REPORT(test, "*not the mapping made last*", kunmap_local(outer));
	expect_frame(test, outer, far_frame(0));
	expect_frame(test, inner, far_frame(1));
	kunmap_local(inner);
	KUNIT_EXPECT_REPORT(test, "*not the mapping made last*", kunmap_local(inner));
	kunmap_local(outer);
	KUNIT_EXPECT_REPORT(test, "*not the mapping made last*", kunmap_local(outer));
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

/* Addresses above the direct map that kmap_local has never given to anybody. */
static void foreign_address_is_reported(struct kunit *test)
{
	static const unsigned long foreign[] = {
		PKMAP_BASE - PAGE_SIZE, PKMAP_BASE, fix_to_virt(FIX_KMAP_END) - PAGE_SIZE,
		fix_to_virt(FIX_KMAP_BEGIN) + PAGE_SIZE,
	};

	for (volatile int i = 0; i < ARRAY_SIZE(foreign); i++)
		KUNIT_EXPECT_REPORT(test, "kunmap_local(*", kunmap_local((void *)foreign[i]));
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

/* ledger: H2. One stack for all of them. */
static void atomic_and_local_share_the_slots(struct kunit *test)
{
	void *local = kmap_local_pfn(far_frame(0));
	void *atomic = kmap_atomic_pfn(far_frame(1));
	void *inner = kmap_local_pfn(far_frame(2));

	KUNIT_EXPECT_PTR_NE(test, local, atomic);
	expect_frame(test, local, far_frame(0));
	expect_frame(test, atomic, far_frame(1));
	expect_frame(test, inner, far_frame(2));
	kunmap_local(inner);
	kunmap_atomic(atomic);
	KUNIT_EXPECT_PTR_EQ(test, kmap_local_pfn(far_frame(3)), atomic);
	kunmap_local(atomic);
	kunmap_local(local);
}

/* As an interrupt would: whatever the interrupted code has mapped stays as it was. */
static void interrupt_maps_on_top(struct kunit *test)
{
	void *ours = kmap_local_pfn(far_frame(0)), *its;

	preempt_count_add(HARDIRQ_OFFSET);
	its = kmap_local_pfn(far_frame(1));
	KUNIT_EXPECT_PTR_NE(test, ours, its);
	expect_frame(test, ours, far_frame(0));
	kunmap_local(its);
	preempt_count_sub(HARDIRQ_OFFSET);
	expect_frame(test, ours, far_frame(0));
	kunmap_local(ours);
}

/* ledger: H2 */
static void atomic_switches_off_and_on(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	void *outer, *inner;

	KUNIT_ASSERT_NOT_NULL(test, page);
	outer = kmap_atomic(page);
	KUNIT_EXPECT_EQ(test, preempt_count(), 1);
	KUNIT_EXPECT_TRUE(test, pagefault_disabled());
	inner = kmap_atomic_pfn(far_frame(0));
	KUNIT_EXPECT_EQ(test, preempt_count(), 2);
	kunmap_atomic(inner);
	KUNIT_EXPECT_EQ(test, preempt_count(), 1);
	KUNIT_EXPECT_TRUE(test, pagefault_disabled());
	kunmap_atomic(outer);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_FALSE(test, pagefault_disabled());

	outer = kmap_local_page(page);
	KUNIT_EXPECT_FALSE(test, pagefault_disabled());
	kunmap_local(outer);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	__free_page(page);
}

static noinline void *far_frame_atomic(unsigned int n)
{
	return kmap_atomic_pfn(far_frame(n));
}

/* Out of order, and once too often: the counts stay what they are. */
static void atomic_misuse_changes_no_count(struct kunit *test)
{
	struct page *low = virt_to_page(atomic_misuse_changes_no_count);
	void *outer = far_frame_atomic(0), *inner = far_frame_atomic(1);

	KUNIT_EXPECT_REPORT(test, "*not the mapping made last*", kunmap_atomic(outer));
	KUNIT_EXPECT_EQ(test, preempt_count(), 2);
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, 2);
	kunmap_atomic(inner);
	kunmap_atomic(outer);
	KUNIT_EXPECT_REPORT(test, "*not the mapping made last*", kunmap_atomic(outer));
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, 0);
	preempt_count_set(0);
	current->pagefault_disabled = 0;

	inner = kmap_atomic(low);
	kunmap_atomic(inner);
	KUNIT_EXPECT_REPORT(test, "kunmap_atomic(*): there was no kmap_atomic()", kunmap_atomic(inner));
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, 0);
	preempt_count_set(0);
	current->pagefault_disabled = 0;
}

static void sleeping_under_kmap_atomic_is_reported(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	void *addr;

	KUNIT_ASSERT_NOT_NULL(test, page);
	addr = kmap_atomic(page);
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *",
			    might_sleep());
	kunmap_atomic(addr);
	__free_page(page);
}

static struct kunit_case highmem_cases[] = {
	KUNIT_CASE(lowmem_needs_no_slot),
	KUNIT_CASE(far_frame_is_mapped_for_a_while),
	KUNIT_CASE(slot_shows_its_new_frame),
	KUNIT_CASE(rights_are_as_asked_for),
	KUNIT_CASE(bad_rights_are_refused),
	KUNIT_CASE(out_of_reach_is_reported),
	KUNIT_CASE(nests_sixteen_deep),
	KUNIT_CASE(out_of_order_is_reported),
	KUNIT_CASE(foreign_address_is_reported),
	KUNIT_CASE(atomic_and_local_share_the_slots),
	KUNIT_CASE(interrupt_maps_on_top),
	KUNIT_CASE(atomic_switches_off_and_on),
	KUNIT_CASE(atomic_misuse_changes_no_count),
	KUNIT_CASE(sleeping_under_kmap_atomic_is_reported),
	{}
};

static struct kunit_suite highmem_suite = {
	.name = "highmem",
	.test_cases = highmem_cases,
};
kunit_test_suite(highmem_suite);
