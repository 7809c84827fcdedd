// SPDX-License-Identifier: MIT
/* Areas of the vmalloc range: which addresses they get, their guard pages, and get_vm_area(). */
#include <linux/highmem.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/pfn.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <quarry/test_seed.h>

#include "vmalloc_sandbox.h"

#define PAGES(n)	((n) * PAGE_SIZE)

static noinline struct vm_struct *area_of(struct kunit *test, unsigned long pages)
{
	struct vm_struct *area = get_vm_area(PAGES(pages), VM_MAP);

	KUNIT_ASSERT_NOT_NULL(test, area);
	return area;
}

/* ---- guards ---- */

static void expect_overrun_faults(struct kunit *test, unsigned long size)
{
	u8 *p = vmalloc(size), *end = p + PAGE_ALIGN(size);

	KUNIT_ASSERT_NOT_NULL(test, p);
	kasan_disable_current();	/* the whole page can be accessed, but is not asked for */
	WRITE_ONCE(end[-1], 7);
	kasan_enable_current();
	EXPECT_FAULT(test, end, WRITE_ONCE(*end, 7));
	EXPECT_FAULT(test, end, READ_ONCE(*end));
	EXPECT_FAULT(test, end + PAGE_SIZE - 1, READ_ONCE(end[PAGE_SIZE - 1]));
	KUNIT_EXPECT_REPORT(test, "The address lies in *guard*", READ_ONCE(*end));
	vfree(p);
}

/* ledger: V1. The page behind is unmapped, also behind a size that fills the last page. */
static void overrun_faults(struct kunit *test)
{
	static const unsigned long sizes[] = { 1, PAGE_SIZE - 1, PAGE_SIZE, PAGES(2), PAGES(3) + 1 };

	for (int i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_overrun_faults(test, sizes[i]);
}

/* ledger: V1. A loop that runs over the end of one area does not reach the next. */
static void overrun_does_not_reach_the_neighbour(struct kunit *test)
{
	u8 *p = vmalloc(PAGE_SIZE), *next = vmalloc(PAGE_SIZE);
	u8 *volatile at;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, next);
	KUNIT_EXPECT_PTR_EQ(test, next, p + PAGES(2));
	memset(next, 1, PAGE_SIZE);
	EXPECT_FAULT(test, p + PAGE_SIZE,
		     for (at = p; at <= next; at++)
			     WRITE_ONCE(*at, 2));
	KUNIT_EXPECT_TRUE(test, pages_are_filled(next, 1, 1));
	/* Nor does one that runs down from the start of the lowest. */
	EXPECT_FAULT(test, next - 1, READ_ONCE(next[-1]));
	vfree(p);
	vfree(next);
}

/* ledger: V1. Freed and flushed: nobody reads there any more. */
static void freed_faults(struct kunit *test)
{
	u8 *p = vmalloc(PAGES(2));

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 1, PAGES(2));
	vfree(p);
	vm_unmap_aliases();
	EXPECT_FAULT(test, p, READ_ONCE(*p));
	EXPECT_FAULT(test, p + PAGE_SIZE + 5, WRITE_ONCE(p[PAGE_SIZE + 5], 1));
}

/* ---- get_vm_area ---- */

/* ledger: V1. Addresses, and nothing behind them. */
static void only_addresses(struct kunit *test)
{
	struct vm_struct *area = area_of(test, 3), *free;
	char name[64];

	KUNIT_EXPECT_EQ(test, area->size, PAGES(4));
	KUNIT_EXPECT_EQ(test, get_vm_area_size(area), PAGES(3));
	KUNIT_EXPECT_EQ(test, area->nr_pages, 0);
	KUNIT_EXPECT_EQ(test, area->flags & VM_KIND_MASK, VM_MAP);
	snprintf(name, sizeof(name), "%ps", area->caller);
	KUNIT_EXPECT_STREQ(test, name, "area_of");
	KUNIT_EXPECT_PTR_EQ(test, find_vm_area(area->addr), area);
	KUNIT_EXPECT_PTR_EQ(test, find_vm_area(area->addr + PAGES(4) - 1), area);
	KUNIT_EXPECT_PTR_NE(test, find_vm_area(area->addr + PAGES(4)), area);
	KUNIT_EXPECT_PTR_NE(test, find_vm_area(area->addr - 1), area);
	for (int i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, window_page((unsigned long)area->addr + PAGES(i), NULL),
				WINDOW_EMPTY);
	EXPECT_FAULT(test, area->addr, READ_ONCE(*(u8 *)area->addr));
	free = area_of(test, 1);
	KUNIT_EXPECT_PTR_EQ(test, free->addr, area->addr + PAGES(4));
	free_vm_area(free);
	free_vm_area(area);
}

/* ledger: V1 */
static void area_without_a_guard(struct kunit *test)
{
	struct vm_struct *area = get_vm_area(PAGES(2), VM_MAP | VM_NO_GUARD), *next;

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->size, PAGES(2));
	KUNIT_EXPECT_EQ(test, get_vm_area_size(area), PAGES(2));
	next = area_of(test, 1);
	KUNIT_EXPECT_PTR_EQ(test, next->addr, area->addr + PAGES(2));
	free_vm_area(next);
	free_vm_area(area);
}

/* ledger: V1. An area that is for nothing in particular is an area as well. */
static void area_without_flags(struct kunit *test)
{
	struct vm_struct *area = get_vm_area(1, 0);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->size, PAGES(2));
	free_vm_area(area);
}

/* ledger: V1. Whoever maps there himself has it taken away, and flushed, with the area. */
static void what_is_mapped_there_goes_too(struct kunit *test)
{
	struct vm_struct *area = area_of(test, 3);
	u8 *volatile at = area->addr + PAGE_SIZE;
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, map_kernel_range((unsigned long)at, page_to_pfn(page), 1, PAGE_KERNEL),
			0);
	WRITE_ONCE(*at, 0x42);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(page), 0x42);
	KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(at), page);
	free_vm_area(area);
	KUNIT_EXPECT_EQ(test, window_page((unsigned long)at, NULL), WINDOW_EMPTY);
	EXPECT_FAULT(test, at, READ_ONCE(*at));
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_page(page);
}

/* ledger: V3 */
static void caller_is_passed_on(struct kunit *test)
{
	struct vm_struct *area = get_vm_area_caller(1, VM_IOREMAP, only_addresses);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_PTR_EQ(test, area->caller, only_addresses);
	KUNIT_EXPECT_EQ(test, area->size, PAGES(2));
	KUNIT_EXPECT_EQ(test, area->flags & VM_KIND_MASK, VM_IOREMAP);
	free_vm_area(area);
}

/* ---- which addresses ---- */

/* The oracle knows where it must go. NULL where it says that there is no room. */
static struct vm_struct *expect_at_lowest_room(struct kunit *test, unsigned long pages)
{
	unsigned long start = oracle_lowest_room(PAGES(pages + 1), PAGE_SIZE);
	struct vm_struct *area = get_vm_area(PAGES(pages), VM_MAP);

	KUNIT_EXPECT_EQ(test, area ? (unsigned long)area->addr : 0, start);
	return area;
}

/* ledger: V1. First fit: small holes are filled by whoever fits in, the others go on. */
static void first_fit_is_the_lowest(struct kunit *test)
{
	struct vm_struct *area[12], *got;

	for (int i = 0; i < ARRAY_SIZE(area); i++)	/* holes of 2, 4, 6 … pages between */
		area[i] = area_of(test, i % 2 ? 1 : i + 1);
	for (int i = 0; i < ARRAY_SIZE(area); i += 2)
		free_vm_area(area[i]);
	for (int pages = 1; pages < ARRAY_SIZE(area) + 2; pages++) {
		got = expect_at_lowest_room(test, pages);
		KUNIT_ASSERT_NOT_NULL(test, got);
		KUNIT_EXPECT_TRUE(test, vmalloc_validate());
		free_vm_area(got);
	}
	for (int i = 1; i < ARRAY_SIZE(area); i += 2)
		free_vm_area(area[i]);
}

/* Free three neighbours in the order given: one hole must come of it, to the byte. */
static void expect_merge(struct kunit *test, int first, int second, int third)
{
	struct vm_struct *area[5];
	unsigned long start;

	vm_unmap_aliases();		/* no spares */
	for (int i = 0; i < ARRAY_SIZE(area); i++)
		area[i] = area_of(test, 3);
	start = (unsigned long)area[1]->addr;
	KUNIT_EXPECT_EQ(test, (unsigned long)area[4]->addr, start + PAGES(12));
	free_vm_area(area[first]);
	free_vm_area(area[second]);
	free_vm_area(area[third]);
	vm_unmap_aliases();
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	area[2] = area_of(test, 11);
	KUNIT_EXPECT_EQ(test, (unsigned long)area[2]->addr, start);
	area[1] = area_of(test, 12);
	KUNIT_EXPECT_GT(test, (unsigned long)area[1]->addr, start);
	for (int i = 0; i < ARRAY_SIZE(area); i++)
		if (i != 3)
			free_vm_area(area[i]);
}

/* ledger: V1 */
static void holes_merge(struct kunit *test)
{
	static const u8 orders[6][3] = {
		{ 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 }, { 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 },
	};

	for (int i = 0; i < ARRAY_SIZE(orders); i++)
		expect_merge(test, orders[i][0], orders[i][1], orders[i][2]);
}

/* ledger: V5. A small area is kept for a while, for the next who wants one of its size. */
static void spares(struct kunit *test)
{
	struct vm_struct *area[3];
	void *low, *high;

	for (int i = 0; i < ARRAY_SIZE(area); i++)
		area[i] = area_of(test, 2);
	low = area[0]->addr;
	high = area[2]->addr;
	free_vm_area(area[2]);
	free_vm_area(area[0]);
	KUNIT_EXPECT_NULL(test, find_vm_area(low));
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	KUNIT_EXPECT_REPORT(test, "vunmap(*", vunmap(low));
	area[0] = area_of(test, 1);		/* another size does not get it */
	KUNIT_EXPECT_PTR_NE(test, area[0]->addr, low);
	KUNIT_EXPECT_PTR_NE(test, area[0]->addr, high);
	free_vm_area(area[0]);
	vm_unmap_aliases();
	area[0] = area_of(test, 1);		/* a hole now: the lowest fits */
	KUNIT_EXPECT_PTR_EQ(test, area[0]->addr, low);
	free_vm_area(area[0]);
	free_vm_area(area[1]);
}

/* ledger: V5. Of whatever size they are, they go when somebody needs the room. */
static void spares_go(struct kunit *test)
{
	unsigned long areas = nr_vmap_areas(), room = oracle_largest_room();
	struct vm_struct *all;

	for (int pages = 1; pages <= 40; pages++)
		free_vm_area(area_of(test, pages));
	KUNIT_EXPECT_GT(test, nr_vmap_areas(), areas);
	all = area_of(test, room / PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, nr_vmap_areas(), areas + 1);
	free_vm_area(all);
}

/* ledger: V1. Spares of the right size, three pages apart: few are at a multiple of four. */
static void spares_mind_alignment(struct kunit *test)
{
	struct vm_struct *spare[8];
	void *p[4];

	for (int i = 0; i < ARRAY_SIZE(spare); i++)
		spare[i] = area_of(test, 2);
	for (int i = 0; i < ARRAY_SIZE(spare); i++)
		free_vm_area(spare[i]);
	for (int i = 0; i < ARRAY_SIZE(p); i++) {
		p[i] = __vmalloc_node(PAGES(2), PAGES(4), GFP_KERNEL, 0, NULL);
		KUNIT_EXPECT_NOT_NULL(test, p[i]);
		KUNIT_EXPECT_EQ(test, (unsigned long)p[i] % PAGES(4), 0);
	}
	for (int i = 0; i < ARRAY_SIZE(p); i++)
		vfree(p[i]);
}

/* ledger: V1. A hole that is large enough may be too small at a multiple of the alignment. */
static void first_fit_minds_alignment(struct kunit *test)
{
	static const unsigned long aligns[] = { PAGES(2), PAGES(8), SZ_64K, SZ_256K };
	struct vm_struct *odd = area_of(test, 2), *next = area_of(test, 1);

	free_vm_area(odd);		/* a hole of three pages below it */
	for (int i = 0; i < ARRAY_SIZE(aligns); i++) {
		for (int pages = 1; pages <= 9; pages += 2) {
			unsigned long start = oracle_lowest_room(PAGES(pages + 1), aligns[i]);
			void *p = __vmalloc_node(PAGES(pages), aligns[i], GFP_KERNEL, 0, NULL);

			KUNIT_EXPECT_EQ(test, (unsigned long)p, start);
			vfree(p);
		}
	}
	free_vm_area(next);
}

/* ledger: V1. Random sizes come and go; each new one lies where the oracle says. */
static void first_fit_at_random(struct kunit *test)
{
	static struct vm_struct *held[48];
	struct rnd_state rnd;

	memset(held, 0, sizeof(held));
	prandom_seed_state(&rnd, kunit_seed());
	for (unsigned int step = kunit_rounds(400); step; step--) {
		struct vm_struct **one = &held[prandom_u32_max_state(&rnd, ARRAY_SIZE(held))];

		if (*one) {
			free_vm_area(*one);
			*one = NULL;
		} else {
			*one = expect_at_lowest_room(test, 1 + prandom_u32_max_state(&rnd, 24));
		}
	}
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	for (int i = 0; i < ARRAY_SIZE(held); i++)
		if (held[i])
			free_vm_area(held[i]);
}

static struct kunit_case vmalloc_area_cases[] = {
	KUNIT_CASE(overrun_faults),
	KUNIT_CASE(overrun_does_not_reach_the_neighbour),
	KUNIT_CASE(freed_faults),
	KUNIT_CASE(only_addresses),
	KUNIT_CASE(area_without_a_guard),
	KUNIT_CASE(area_without_flags),
	KUNIT_CASE(what_is_mapped_there_goes_too),
	KUNIT_CASE(caller_is_passed_on),
	KUNIT_CASE(first_fit_is_the_lowest),
	KUNIT_CASE(holes_merge),
	KUNIT_CASE(spares),
	KUNIT_CASE(spares_go),
	KUNIT_CASE(spares_mind_alignment),
	KUNIT_CASE(first_fit_minds_alignment),
	KUNIT_CASE(first_fit_at_random),
	{}
};

static struct kunit_suite vmalloc_area_suite = {
	.name = "vmalloc_area",
	.init = vmalloc_sandbox_enter,
	.exit = vmalloc_sandbox_leave,
	.test_cases = vmalloc_area_cases,
};
kunit_test_suite(vmalloc_area_suite);
