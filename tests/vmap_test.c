// SPDX-License-Identifier: MIT
/* vmap() and vm_map_ram(): pages that somebody has, side by side at other addresses. */
#include <asm/processor.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "live_objects.h"
#include "vmalloc_sandbox.h"

#define NR	8

static struct page *page[NR];		/* ours, while a case runs */

static int vmap_init(struct kunit *test)
{
	int error = vmalloc_sandbox_enter(test);

	for (int i = 0; i < NR && !error; i++) {
		page[i] = alloc_page(i % 2 ? GFP_HIGHUSER : GFP_KERNEL);
		if (!page[i])
			error = -1;
		else
			tag_frame(page_to_pfn(page[i]), 0x1000, i);
	}
	return error;
}

static void vmap_exit(struct kunit *test)
{
	for (int i = 0; i < NR; i++)
		if (page[i])
			__free_page(page[i]);
	memset(page, 0, sizeof(page));
	vmalloc_sandbox_leave(test);
}

/* The pages are as they were: their owner's, and held by nobody else. */
static void expect_pages_untouched(struct kunit *test)
{
	for (int i = 0; i < NR; i++) {
		KUNIT_EXPECT_EQ(test, page_state(page[i]), PAGE_ALLOCATED);
		KUNIT_EXPECT_EQ(test, page_count(page[i]), 1);
	}
}

/* For VM_MAP_PUT_PAGES: an array that may be freed. */
static void *map_to_put(struct kunit *test)
{
	struct page **array = kmemdup(page, sizeof(page), GFP_KERNEL);
	void *p;

	KUNIT_ASSERT_NOT_NULL(test, array);
	p = vmap(array, NR, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_PTR_EQ(test, find_vm_area(p)->pages, array);
	return p;
}

static void *map(struct kunit *test, unsigned int count, unsigned long flags, pgprot_t prot)
{
	void *p = vmap(page, count, flags, prot);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED((unsigned long)p) && is_vmalloc_addr(p));
	return p;
}

/* ledger: V3 */
static void side_by_side(struct kunit *test)
{
	void *p = map(test, NR, VM_MAP, PAGE_KERNEL);
	const struct vm_struct *area = find_vm_area(p);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->size, (NR + 1) * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, area->flags & VM_KIND_MASK, VM_MAP);
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(p, NR, 0x1000));
	for (int i = 0; i < NR; i++) {
		KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(p + i * PAGE_SIZE), page[i]);
		KUNIT_EXPECT_EQ(test, vmalloc_to_pfn(p + i * PAGE_SIZE), page_to_pfn(page[i]));
	}
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p + NR * PAGE_SIZE));
	EXPECT_FAULT(test, p + NR * PAGE_SIZE, READ_ONCE(*(u8 *)(p + NR * PAGE_SIZE)));
	expect_pages_untouched(test);
	tag_pages(p, NR, 0x2000);
	vunmap(p);
	for (int i = 0; i < NR; i++)
		KUNIT_EXPECT_TRUE(test, frame_is_tagged(page_to_pfn(page[i]), 0x2000, i));
}

/* ledger: V3 V5. When vunmap() returns, nobody sees the pages there, and nothing waits. */
static void unmapped_at_once(struct kunit *test)
{
	void *p = map(test, NR, VM_MAP, PAGE_KERNEL);
	struct vm_struct *again;

	vmap_set_lazy_limit(1UL << 20);
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(p, NR, 0x1000));
	vunmap(p);
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
	for (int i = 0; i < NR; i++)
		KUNIT_EXPECT_EQ(test, window_page((unsigned long)p + i * PAGE_SIZE, NULL),
				WINDOW_EMPTY);
	EXPECT_FAULT(test, p, READ_ONCE(*(u8 *)p));
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
	expect_pages_untouched(test);
	again = get_vm_area(NR * PAGE_SIZE, VM_MAP);
	KUNIT_ASSERT_NOT_NULL(test, again);
	KUNIT_EXPECT_PTR_EQ(test, again->addr, p);	/* the lowest room, as it was */
	free_vm_area(again);
	vunmap(NULL);		/* nothing */
}

/* ledger: V3. One page at several addresses: what is written at one is read at all. */
static void aliases(struct kunit *test)
{
	struct page *same[3] = { page[0], page[1], page[0] };
	volatile u32 *p = vmap(same, 3, VM_MAP, PAGE_KERNEL);
	volatile u32 *q = vmap(same, 1, VM_MAP, PAGE_KERNEL);
	u32 *direct = page_address(page[0]);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, q);
	p[5] = 0xabc;
	KUNIT_EXPECT_EQ(test, p[2 * 1024 + 5], 0xabc);
	KUNIT_EXPECT_EQ(test, q[5], 0xabc);
	KUNIT_EXPECT_EQ(test, direct[5], 0xabc);
	q[6] = 0xdef;
	KUNIT_EXPECT_EQ(test, p[2 * 1024 + 6], 0xdef);
	vunmap((void *)p);
	KUNIT_EXPECT_EQ(test, q[6], 0xdef);
	vunmap((void *)q);
	expect_pages_untouched(test);
}

/* ledger: V3 */
static void rights(struct kunit *test)
{
	volatile u32 *p = map(test, 2, VM_MAP, PAGE_KERNEL_RO);
	struct page_walk walk;

	KUNIT_EXPECT_EQ(test, p[0], 0x1000);
	EXPECT_FAULT(test, (void *)p, p[0] = 1);
	KUNIT_EXPECT_REPORT(test, "*permissions violation*", p[1024] = 1);
	KUNIT_EXPECT_TRUE(test, pages_are_tagged((void *)p, 2, 0x1000));
	vunmap((void *)p);
	p = map(test, 2, VM_MAP, PAGE_KERNEL);		/* the same addresses */
	p[0] = 0x1000;
	KUNIT_EXPECT_TRUE(test, walk_page_tables((unsigned long)p, &walk));
	KUNIT_EXPECT_TRUE(test, walk.writable);
	KUNIT_EXPECT_FALSE(test, walk.user);
	if (boot_cpu.nx)
		KUNIT_EXPECT_FALSE(test, walk.executable);
	vunmap((void *)p);
	p = map(test, 1, VM_MAP, PAGE_KERNEL_NOCACHE);
	KUNIT_EXPECT_TRUE(test, walk_page_tables((unsigned long)p, &walk));
	KUNIT_EXPECT_NE(test, walk.entry[2] & _PAGE_PCD, 0);
	vunmap((void *)p);
}

/*
 * ledger: V3. The pages go with the mapping, and so does their array; but not those that somebody
 * else holds as well.
 */
static void put_with_the_mapping(struct kunit *test)
{
	unsigned long free, live = live_objects();
	void *p;

	kfree(kmemdup(page, sizeof(page), GFP_KERNEL));	/* there is a slab for the array */
	vmalloc_settle();
	free = nr_free_pages();
	p = map_to_put(test);
	KUNIT_EXPECT_TRUE(test, find_vm_area(p)->flags & VM_MAP_PUT_PAGES);
	get_page(page[3]);
	vfree(p);
	vmalloc_settle();
	KUNIT_EXPECT_EQ(test, page_count(page[3]), 1);
	KUNIT_EXPECT_TRUE(test, frame_is_tagged(page_to_pfn(page[3]), 0x1000, 3));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free + NR - 1);
	KUNIT_EXPECT_EQ(test, live_objects(), live);
	__free_page(page[3]);
	memset(page, 0, sizeof(page));
}

/* Such a row would go as one block, if nobody else held a page of it. */
static void put_a_row_that_somebody_holds(struct kunit *test)
{
	struct page **array = kmalloc_array(8, sizeof(*array), GFP_KERNEL);
	struct page *row = alloc_pages(GFP_KERNEL, 3);
	void *p;

	KUNIT_ASSERT_TRUE(test, array && row);
	split_page(row, 3);
	for (int i = 0; i < 8; i++)
		array[i] = row + i;
	p = vmap(array, 8, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	get_page(row + 5);
	vfree(p);
	vmalloc_settle();
	KUNIT_EXPECT_EQ(test, page_state(row + 5), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, page_count(row + 5), 1);
	if (page_count(row + 5) == 1)
		__free_page(row + 5);
}

/* ledger: V3. An array that vmalloc() returned is freed as well. */
static void put_a_large_array(struct kunit *test)
{
	struct page **array = vmalloc(sizeof(page));
	unsigned long pages;
	void *p;

	KUNIT_ASSERT_NOT_NULL(test, array);
	memcpy(array, page, sizeof(page));
	p = vmap(array, NR, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	pages = vmalloc_nr_pages();
	vfree(p);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), pages - 1);
	KUNIT_EXPECT_NULL(test, find_vm_area(array));
	memset(page, 0, sizeof(page));
}

/* ledger: V3. vunmap() unmaps, whatever vfree() might have done. */
static void vunmap_never_frees(struct kunit *test)
{
	void *p = map_to_put(test);
	struct page **array = find_vm_area(p)->pages;

	vunmap(p);
	KUNIT_EXPECT_MEMEQ(test, array, page, sizeof(page));
	kfree(array);
	vmalloc_settle();
	expect_pages_untouched(test);
	KUNIT_EXPECT_TRUE(test, frame_is_tagged(page_to_pfn(page[0]), 0x1000, 0));
}

/* ledger: V3 */
static void map_ram(struct kunit *test)
{
	void *p = vm_map_ram(page, NR, NUMA_NO_NODE), *q = vm_map_ram(page, 1, 0);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p));
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(p, NR, 0x1000));
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(q, 1, 0x1000));
	KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(p + PAGE_SIZE), page[1]);
	tag_pages(p, NR, 0x3000);
	vm_unmap_ram(p, NR);
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p));
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(q, 1, 0x3000));
	vm_unmap_ram(q, 1);
	vmalloc_settle();
	EXPECT_FAULT(test, p, READ_ONCE(*(u8 *)p));
	expect_pages_untouched(test);
}

/* ledger: V3. Pages that vmalloc() has, seen a second time. */
static void pages_of_a_vmalloc_area(struct kunit *test)
{
	struct page *pages[3];
	void *p = vmalloc(3 * PAGE_SIZE), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	tag_pages(p, 3, 0x4000);
	for (int i = 0; i < 3; i++)
		pages[2 - i] = vmalloc_to_page(p + i * PAGE_SIZE);
	q = vmap(pages, 3, VM_MAP, PAGE_KERNEL_RO);
	KUNIT_ASSERT_NOT_NULL(test, q);
	for (int i = 0; i < 3; i++)		/* backwards */
		KUNIT_EXPECT_MEMEQ(test, q + i * PAGE_SIZE, p + (2 - i) * PAGE_SIZE, PAGE_SIZE);
	vunmap(q);
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(p, 3, 0x4000));
	vfree(p);
}

/* ledger: V3. Of the flags only Linux's count, and there is always a guard. */
static void flags_of_others(struct kunit *test)
{
	void *volatile p = NULL;
	const struct vm_struct *area;

	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "vmap: it has a guard*",
			    p = vmap(page, 2, VM_MAP | VM_NO_GUARD, PAGE_KERNEL));
	area = find_vm_area(p);
	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->size, 3 * PAGE_SIZE);
	vunmap(p);
	p = map(test, 2, VM_LAZY | VM_SPARE | VM_RAM | VM_ALLOC | VM_IOREMAP | VM_ADDRESSES |
		VM_USERMAP, PAGE_KERNEL);
	area = find_vm_area(p);
	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->flags, VM_MAP | VM_USERMAP);
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	vunmap(p);
}

/* ledger: V3. Addresses alone: called what their owner likes, if it makes sense. */
static void addresses_are_of_one_kind(struct kunit *test)
{
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_IOREMAP | VM_MAP | VM_ALLOC | VM_LAZY |
					     VM_MAP_PUT_PAGES);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->flags, VM_IOREMAP | VM_ADDRESSES);
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	free_vm_area(area);
}

static struct kunit_case vmap_cases[] = {
	KUNIT_CASE(side_by_side),
	KUNIT_CASE(unmapped_at_once),
	KUNIT_CASE(aliases),
	KUNIT_CASE(rights),
	KUNIT_CASE(put_with_the_mapping),
	KUNIT_CASE(put_a_row_that_somebody_holds),
	KUNIT_CASE(put_a_large_array),
	KUNIT_CASE(vunmap_never_frees),
	KUNIT_CASE(map_ram),
	KUNIT_CASE(pages_of_a_vmalloc_area),
	KUNIT_CASE(flags_of_others),
	KUNIT_CASE(addresses_are_of_one_kind),
	{}
};

static struct kunit_suite vmap_suite = {
	.name = "vmap",
	.init = vmap_init,
	.exit = vmap_exit,
	.test_cases = vmap_cases,
};
kunit_test_suite(vmap_suite);
