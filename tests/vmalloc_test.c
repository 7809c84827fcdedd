// SPDX-License-Identifier: MIT
/* vmalloc() and its relatives: what one gets, where it comes from, and what is in it. */
#include <linux/highmem.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <linux/string.h>

#include "vmalloc_sandbox.h"
#include "zone_sandbox.h"

#define TAG	0x600d0000

/* ---- what one gets ---- */

static void expect_area(struct kunit *test, const void *p, unsigned long size)
{
	const struct vm_struct *area = find_vm_area(p);
	unsigned long pages = PFN_UP(size);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_PTR_EQ(test, area->addr, p);
	KUNIT_EXPECT_EQ(test, area->size, (pages + 1) * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, get_vm_area_size(area), pages * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, area->nr_pages, pages);
	KUNIT_EXPECT_EQ(test, area->phys_addr, 0);
	KUNIT_EXPECT_EQ(test, area->flags & VM_KIND_MASK, VM_ALLOC);
	KUNIT_EXPECT_PTR_EQ(test, find_vm_area(p + area->size - 1), area);
}

/* What was written at @p is what lies in the frames, each of them a page of its own. */
static void expect_same_bytes(struct kunit *test, const void *p, unsigned long pages)
{
	for (unsigned long i = 0; i < pages; i++) {
		const void *at = p + i * PAGE_SIZE + i % PAGE_SIZE;
		struct page *page = vmalloc_to_page(at);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_ASSERT_EQ(test, vmalloc_to_pfn(at), page_to_pfn(page));
		KUNIT_ASSERT_EQ(test, page_state(page), PAGE_ALLOCATED);
		KUNIT_ASSERT_EQ(test, page_count(page), 1);
		KUNIT_ASSERT_TRUE(test, frame_is_tagged(page_to_pfn(page), TAG, i));
	}
}

static void expect_nothing_mapped(struct kunit *test, const void *p)
{
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p));
	KUNIT_EXPECT_EQ(test, vmalloc_to_pfn(p), 0);
}

static void expect_works(struct kunit *test, unsigned long size)
{
	unsigned long pages = PFN_UP(size), pages_before = vmalloc_nr_pages();
	void *p = vmalloc(size);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED((unsigned long)p));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p) && is_vmalloc_addr(p + size - 1));
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), pages_before + pages);
	expect_area(test, p, size);
	tag_pages(p, pages, TAG);
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(p, pages, TAG));
	expect_same_bytes(test, p, pages);
	expect_nothing_mapped(test, p + pages * PAGE_SIZE);
	vfree(p);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), pages_before);
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
	for (unsigned long i = 0; i <= pages; i++)
		expect_nothing_mapped(test, p + i * PAGE_SIZE);
}

/* ledger: V1 V3. One byte to many megabytes, as far as the machine goes. */
static void every_size(struct kunit *test)
{
	static const unsigned long sizes[] = {
		1, 2, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE - 1, 16 * PAGE_SIZE,
		100 * PAGE_SIZE + 1, 511 * PAGE_SIZE, 512 * PAGE_SIZE, 1025 * PAGE_SIZE, 24UL << 20,
	};
	unsigned long most = min(affordable_pages(), 12000UL);

	for (int i = 0; i < ARRAY_SIZE(sizes); i++)
		if (PFN_UP(sizes[i]) <= most)
			expect_works(test, sizes[i]);
	expect_works(test, most * PAGE_SIZE);
}

/* ledger: V1. Every byte of it, not only the ends of pages. */
static void every_byte(struct kunit *test)
{
	unsigned long pages = min(affordable_pages(), 64UL), i;
	u8 *p = vmalloc(pages * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < pages; i++)
		memset(p + i * PAGE_SIZE, i, PAGE_SIZE);
	for (i = 0; i < pages; i++)
		KUNIT_EXPECT_TRUE(test, pages_are_filled(p + i * PAGE_SIZE, 1, i));
	vfree(p);
}

/* ledger: V1. Two areas have no page in common, and a guard between them. */
static void areas_are_apart(struct kunit *test)
{
	void *p[8];

	for (int i = 0; i < ARRAY_SIZE(p); i++) {
		KUNIT_ASSERT_NOT_NULL(test, p[i] = vmalloc(2 * PAGE_SIZE));
		tag_pages(p[i], 2, i << 8);
	}
	for (int i = 0; i < ARRAY_SIZE(p); i++) {
		KUNIT_EXPECT_TRUE(test, pages_are_tagged(p[i], 2, i << 8));
		expect_nothing_mapped(test, p[i] + 2 * PAGE_SIZE);
		vfree(p[i]);
	}
}

/* ---- where it comes from ---- */

/* Ask with nothing left to others: the last page will do. */
static void *vmalloc_at_any_price(unsigned long size, gfp_t gfp)
{
	unsigned int flags = memalloc_noreclaim_save();
	void *p = __vmalloc(size, gfp);

	memalloc_noreclaim_restore(flags);
	return p;
}

/*
 * ledger: V1. Only every second frame of a block is free in the whole machine: what is contiguous
 * in addresses has no two frames side by side.
 */
static void physically_scattered(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_KERNEL, 6);
	u8 used[64] = {};
	void *p;

	KUNIT_ASSERT_NOT_NULL(test, block);
	split_page(block, 6);
	zones_squeeze(0);
	for (int i = 0; i < 64; i += 2)
		__free_page(block + i);
	p = vmalloc_at_any_price(16 * PAGE_SIZE, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	if (p) {
		tag_pages(p, 16, TAG);
		expect_same_bytes(test, p, 16);
	}
	for (int i = 0; p && i < 16; i++) {
		unsigned long at = vmalloc_to_pfn(p + i * PAGE_SIZE) - page_to_pfn(block);

		KUNIT_EXPECT_TRUE_MSG(test, at < 64 && at % 2 == 0 && !used[at]++, "%lu", at);
	}
	vfree(p);
	vm_unmap_aliases();
	for (int i = 1; i < 64; i += 2)
		__free_page(block + i);
}

/* ledger: V1. High memory first; then as any request for it would go on. */
static void from_high_memory_first(struct kunit *test)
{
	static const gfp_t high = GFP_KERNEL | __GFP_HIGHMEM;
	void *p = vmalloc(1);
	struct zone *zone = oracle_zone(high, 0);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_PTR_EQ(test, page_zone(vmalloc_to_page(p)), zone);
	if (totalhigh_pages() > 1024)
		KUNIT_EXPECT_TRUE(test, PageHighMem(vmalloc_to_page(p)));
	vfree(p);
	vm_unmap_aliases();
	zone_squeeze(zone, 0);
	zone = oracle_zone(high, 0);
	p = __vmalloc(1, GFP_KERNEL | __GFP_NOWARN);
	KUNIT_EXPECT_PTR_EQ(test, p ? page_zone(vmalloc_to_page(p)) : NULL, zone);
	vfree(p);
}

static void expect_frames_below(struct kunit *test, void *p, unsigned long pages, unsigned long end)
{
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (unsigned long i = 0; i < pages; i++)
		KUNIT_EXPECT_LT(test, vmalloc_to_pfn(p + i * PAGE_SIZE), end);
	vfree(p);
}

/* ledger: V1 */
static void from_below_the_line(struct kunit *test)
{
	expect_frames_below(test, vmalloc_32(5 * PAGE_SIZE), 5, max_low_pfn);
	expect_frames_below(test, vmalloc_32_user(5 * PAGE_SIZE), 5, max_low_pfn);
	expect_frames_below(test, __vmalloc(5 * PAGE_SIZE, GFP_KERNEL | __GFP_DMA), 5, 4096);
}

/* ---- what is in it ---- */

static void *page_of_zeros(void)		{ return vzalloc(PAGE_SIZE); }
static void *page_by_flag(void)			{ return __vmalloc(1, GFP_KERNEL | __GFP_ZERO); }
static void *page_on_a_node(void)		{ return vzalloc_node(PAGE_SIZE, 0); }
static void *page_for_a_user(void)		{ return vmalloc_user(PAGE_SIZE); }
static void *page_for_a_user_32(void)		{ return vmalloc_32_user(PAGE_SIZE); }
static void *array_of_zeros(void)		{ return vcalloc(1024, 4); }
static void *array_by_flag(void)		{ return __vcalloc(1024, 4, GFP_KERNEL); }

/*
 * ledger: V1. The only free pages are full of rubbish (and come from low memory, which all of
 * these may use).
 */
static void zeroed_if_asked(struct kunit *test)
{
	static void *(*const ways[])(void) = {
		page_of_zeros, page_by_flag, page_on_a_node, page_for_a_user, page_for_a_user_32,
		array_of_zeros, array_by_flag,
	};
	u8 *dirty = vmalloc_32(8 * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, dirty);
	zones_squeeze(0);
	memset(dirty, 0xa5, 8 * PAGE_SIZE);
	vfree(dirty);
	vm_unmap_aliases();
	for (int i = 0; i < ARRAY_SIZE(ways); i++) {
		unsigned int flags = memalloc_noreclaim_save();
		u8 *p = ways[i]();

		memalloc_noreclaim_restore(flags);
		KUNIT_EXPECT_NOT_NULL(test, p);
		if (!p)
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, pages_are_filled(p, 1, 0), "way %d", i);
		kasan_disable_current();	/* more than was asked for */
		memset(p, 0xa5, PAGE_SIZE);
		kasan_enable_current();
		vfree(p);
		vm_unmap_aliases();
	}
}

/* ledger: V1. All pages of a large one, whatever they were. */
static void zeroed_throughout(struct kunit *test)
{
	unsigned long pages = min(affordable_pages(), 300UL);
	u8 *p = vmalloc(pages * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0xff, pages * PAGE_SIZE);
	vfree(p);
	vm_unmap_aliases();
	p = vzalloc(pages * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, pages_are_filled(p, pages, 0));
	vfree(p);
}

/* ledger: V1 */
static void user_areas_are_marked(struct kunit *test)
{
	void *user = vmalloc_user(PAGE_SIZE), *other = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, user);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_TRUE(test, find_vm_area(user)->flags & VM_USERMAP);
	KUNIT_EXPECT_FALSE(test, find_vm_area(other)->flags & VM_USERMAP);
	vfree(user);
	vfree(other);
}

/* ---- other forms ---- */

/* ledger: V1 */
static void arrays(struct kunit *test)
{
	static volatile size_t half = SIZE_MAX / 2, three = 3;
	void *p = vmalloc_array(three, PAGE_SIZE - 1);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, find_vm_area(p)->nr_pages, 3);
	vfree(p);
	/* A product that wraps around is no small size. */
	KUNIT_EXPECT_NULL(test, vmalloc_array(half, three));
	KUNIT_EXPECT_NULL(test, vcalloc(three, half));
	KUNIT_EXPECT_NULL(test, __vmalloc_array(half + 2, 2, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, __vcalloc(half + 2, 2, GFP_KERNEL));
}

/* ledger: V1. What changes nothing here must not hurt, either. */
static void flags(struct kunit *test)
{
	static const gfp_t good[] = {
		GFP_KERNEL, GFP_NOFS, GFP_NOIO, GFP_KERNEL | __GFP_HIGHMEM,
		GFP_KERNEL | __GFP_NOWARN, GFP_KERNEL | __GFP_NORETRY,
		GFP_KERNEL | __GFP_RETRY_MAYFAIL, GFP_KERNEL | __GFP_NOFAIL,
	};

	for (int i = 0; i < ARRAY_SIZE(good); i++) {
		void *p = __vmalloc(3 * PAGE_SIZE, good[i]);

		KUNIT_EXPECT_NOT_NULL_MSG(test, p, "%pGg", &good[i]);
		vfree(p);
	}
	vfree(vmalloc_node(1, 0));
	vfree(NULL);		/* nothing */
	vfree_atomic(NULL);
}

static noinline void *aligned(unsigned long size, unsigned long align)
{
	return __vmalloc_node(size, align, GFP_KERNEL, NUMA_NO_NODE, __builtin_return_address(0));
}

/* ledger: V1 */
static void alignments(struct kunit *test)
{
	unsigned long room = oracle_largest_room();

	for (unsigned long align = 1; align <= room / 4; align <<= 1) {
		void *p = aligned(PAGE_SIZE, align), *q = aligned(1, align);

		KUNIT_EXPECT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, (unsigned long)p % max(align, PAGE_SIZE), 0);
		KUNIT_EXPECT_EQ(test, (unsigned long)q % max(align, PAGE_SIZE), 0);
		vfree(p);
		vfree(q);
	}
}

static noinline void *careful_driver(void)
{
	void *p = vmalloc(1);

	barrier();
	return p;
}

/* ledger: V3. Who asked is who called vmalloc(), not vmalloc() itself. */
static void caller_is_known(struct kunit *test)
{
	void *p = careful_driver();
	char name[64];

	KUNIT_ASSERT_NOT_NULL(test, p);
	snprintf(name, sizeof(name), "%ps", find_vm_area(p)->caller);
	KUNIT_EXPECT_STREQ(test, name, "careful_driver");
	vfree(p);
	p = aligned(1, 1);
	snprintf(name, sizeof(name), "%ps", p ? find_vm_area(p)->caller : NULL);
	KUNIT_EXPECT_STREQ(test, name, "caller_is_known");
	vfree(p);
}

/* ledger: V3 */
static void borders_of_the_range(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr((void *)(VMALLOC_START - 1)));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr((void *)VMALLOC_START));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr((void *)(VMALLOC_END - 1)));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr((void *)VMALLOC_END));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(NULL));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(&init_task));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(borders_of_the_range));
	KUNIT_EXPECT_EQ(test, VMALLOC_TOTAL, VMALLOC_END - VMALLOC_START);
	KUNIT_EXPECT_GE(test, VMALLOC_START - 1, (unsigned long)high_memory - 1 + (8UL << 20));
	KUNIT_EXPECT_LT(test, VMALLOC_END, PKMAP_BASE);
}

/* ---- both sandboxes ---- */

static int vmalloc_test_init(struct kunit *test)
{
	int error = vmalloc_sandbox_enter(test);

	return error ? error : zone_sandbox_enter(test);
}

static void vmalloc_exit(struct kunit *test)
{
	vm_unmap_aliases();
	zone_sandbox_leave(test);
	vmalloc_sandbox_leave(test);
}

static struct kunit_case vmalloc_cases[] = {
	KUNIT_CASE(every_size),
	KUNIT_CASE(every_byte),
	KUNIT_CASE(areas_are_apart),
	KUNIT_CASE(physically_scattered),
	KUNIT_CASE(from_high_memory_first),
	KUNIT_CASE(from_below_the_line),
	KUNIT_CASE(zeroed_if_asked),
	KUNIT_CASE(zeroed_throughout),
	KUNIT_CASE(user_areas_are_marked),
	KUNIT_CASE(arrays),
	KUNIT_CASE(flags),
	KUNIT_CASE(alignments),
	KUNIT_CASE(caller_is_known),
	KUNIT_CASE(borders_of_the_range),
	{}
};

static struct kunit_suite vmalloc_suite = {
	.name = "vmalloc",
	.init = vmalloc_test_init,
	.exit = vmalloc_exit,
	.test_cases = vmalloc_cases,
};
kunit_test_suite(vmalloc_suite);
