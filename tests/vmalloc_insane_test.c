// SPDX-License-Identifier: MIT
/*
 * Nonsense asked of vmalloc's interface: each gets a clear answer, and harms nothing. The suite's
 * exit looks at the range and at the zones after each case.
 */
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../mm/internal.h"
#include "page_log.h"
#include "vmalloc_sandbox.h"

/* gcc warns of sizes that no object can have: it does not see them. */
static unsigned long hidden(unsigned long size)
{
	OPTIMIZER_HIDE_VAR(size);
	return size;
}

/* Everything that can be asked for @size bytes says no, and why. */
static void expect_refused(struct kunit *test, unsigned long size)
{
	struct vm_struct *area;
	const char *log;
	void *p;

	ratelimit_state_reset(&nopage_rs);
	log = PAGE_LOG(p = vmalloc(hidden(size)));
	KUNIT_EXPECT_NULL(test, p);
	page_log_expect(test, log, "*vma*size *");
	log = PAGE_LOG(p = __vmalloc(hidden(size), GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, p);
	KUNIT_EXPECT_STREQ(test, log, "");
	KUNIT_EXPECT_NULL(test, __vmalloc(hidden(size), GFP_KERNEL | __GFP_NOWARN | __GFP_ZERO));
	area = get_vm_area(hidden(size), VM_MAP);
	if (area)
		free_vm_area(area);		/* more than RAM, but not more than the range */
	KUNIT_EXPECT_TRUE(test, !area || size < VMALLOC_TOTAL);
}

/* ---- sizes ---- */

static void size_zero(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, vmalloc(hidden(0)));
	KUNIT_EXPECT_NULL(test, vzalloc(hidden(0)));
	KUNIT_EXPECT_NULL(test, vmalloc_user(hidden(0)));
	KUNIT_EXPECT_NULL(test, vmalloc_array(hidden(0), 8));
	KUNIT_EXPECT_NULL(test, vcalloc(8, hidden(0)));
	KUNIT_EXPECT_NULL(test, get_vm_area(0, VM_MAP));
}

static void size_near_4g(struct kunit *test)
{
	static const unsigned long sizes[] = {
		ULONG_MAX, ULONG_MAX - PAGE_SIZE + 1, ULONG_MAX - PAGE_SIZE + 2,
		ULONG_MAX - 2 * PAGE_SIZE + 1, 0x80000000, 0x80000001, LONG_MAX, 3UL << 30,
		PAGE_OFFSET,
	};

	for (int i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_refused(test, sizes[i]);
}

/* More than there is RAM; more than there are addresses; and as many, when there is the guard. */
static void size_beyond_the_machine(struct kunit *test)
{
	unsigned long ram = totalram_pages() < PFN_DOWN(SZ_2G) ? totalram_pages() : 0;

	expect_refused(test, VMALLOC_TOTAL + 1);
	expect_refused(test, VMALLOC_TOTAL + PAGE_SIZE);
	expect_refused(test, 2 * VMALLOC_TOTAL);
	KUNIT_EXPECT_NULL(test, get_vm_area(VMALLOC_TOTAL, VM_MAP));
	KUNIT_EXPECT_NULL(test, get_vm_area(VMALLOC_TOTAL - PAGE_SIZE + 1, VM_MAP));
	if (ram)
		expect_refused(test, (ram + 1) * PAGE_SIZE);
}

static void expect_not_aligned(struct kunit *test, unsigned long align)
{
	void *volatile p = NULL;

	KUNIT_EXPECT_REPORT(test, "vmalloc: nothing can be aligned to *",
			    p = __vmalloc_node(1, align, GFP_KERNEL, 0, NULL));
	KUNIT_EXPECT_NULL(test, p);
}

static void alignment_nonsense(struct kunit *test)
{
	static const unsigned long aligns[] = { 3 * PAGE_SIZE, 0x80000000, ULONG_MAX, PAGE_SIZE + 1 };

	for (int i = 0; i < ARRAY_SIZE(aligns); i++)
		expect_not_aligned(test, aligns[i]);
}

/* ---- vfree ---- */

/* As if nothing had happened: @p still belongs to its owner. */
static void expect_refused_by_all(struct kunit *test, const void *addr, const char *who)
{
	static const char *const names[] = { "vfree", "vunmap", "vfree_atomic", "vm_unmap_ram" };
	const char *log = PAGE_LOG(vfree(addr); vunmap(addr); vfree_atomic(addr);
				   vm_unmap_ram(addr, 1));
	char pattern[64];

	for (int i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(pattern, sizeof(pattern), "%s(%px*: *", names[i], addr);
		log = page_log_expect(test, log, pattern);
	}
	KUNIT_EXPECT_TRUE_MSG(test, vmalloc_validate(), "after %s", who);
}

static void free_of_no_area(struct kunit *test)
{
	static int variable;
	int on_stack;

	expect_refused_by_all(test, &variable, "the image");
	expect_refused_by_all(test, &on_stack, "the stack");
	expect_refused_by_all(test, free_of_no_area, "code");
	expect_refused_by_all(test, (void *)1, "a small number");
	expect_refused_by_all(test, (void *)ULONG_MAX, "the last address");
	expect_refused_by_all(test, (void *)PAGE_OFFSET, "the direct map");
	expect_refused_by_all(test, (void *)VMALLOC_END, "the end of the range");
	expect_refused_by_all(test, (void *)VMALLOC_END - PAGE_SIZE, "a hole");
	expect_refused_by_all(test, (void *)VMALLOC_START - 1, "the guard below the range");
	expect_refused_by_all(test, (void *)PKMAP_BASE, "kmap's range");
}

static void free_of_an_odd_place(struct kunit *test)
{
	void *p = vmalloc(3 * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	tag_pages(p, 3, 5);
	expect_refused_by_all(test, p + 1, "the second byte");
	expect_refused_by_all(test, p + PAGE_SIZE, "the second page");
	expect_refused_by_all(test, p + 3 * PAGE_SIZE, "the guard");
	expect_refused_by_all(test, p + 4 * PAGE_SIZE - 1, "the guard's end");
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(p, 3, 5));
	vfree(p);
}

/* Before the flush, after it, and after one that was put off. */
static void free_twice(struct kunit *test)
{
	void *p = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	vmap_set_lazy_limit(100);
	vfree(p);
	expect_refused_by_all(test, p, "vfree, not flushed");
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 1);
	vm_unmap_aliases();
	expect_refused_by_all(test, p, "vfree, flushed");
	p = vmalloc(PAGE_SIZE);
	vfree_atomic(p);
	KUNIT_EXPECT_REPORT(test, "vfree_atomic(*", vfree_atomic(p));
	KUNIT_EXPECT_REPORT(test, "vfree(*", vfree(p));
}

static void free_of_device_memory(struct kunit *test)
{
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_IOREMAP);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_REPORT(test, "vfree(*", vfree(area->addr));
	KUNIT_EXPECT_REPORT(test, "vunmap(*", vunmap(area->addr));
	KUNIT_EXPECT_PTR_EQ(test, find_vm_area(area->addr), area);
	free_vm_area(area);
}

/* ---- vmap ---- */

/* vunmap() does not know what to do with pages that are vmalloc()'s. */
static void unmap_of_the_other_kind(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *p = vmalloc(PAGE_SIZE), *q = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	void *r = vm_map_ram(&page, 1, 0);

	KUNIT_ASSERT_TRUE(test, page && p && q && r);
	KUNIT_EXPECT_REPORT(test, "vunmap(*", vunmap(p));
	KUNIT_EXPECT_REPORT(test, "vunmap(*", vunmap(r));
	KUNIT_EXPECT_REPORT(test, "vfree(*", vfree(r));
	KUNIT_EXPECT_REPORT(test, "vm_unmap_ram(*", vm_unmap_ram(p, 1));
	KUNIT_EXPECT_REPORT(test, "vm_unmap_ram(*", vm_unmap_ram(q, 1));
	KUNIT_EXPECT_REPORT(test, "vm_unmap_ram(*", vm_unmap_ram(r, 2));
	KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(q), page);
	KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(r), page);
	KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(p));
	vm_unmap_ram(r, 1);
	vfree(q);			/* as in Linux: unmaps, and the page stays its owner's */
	vfree(p);
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_page(page);
}

static void vmap_nonsense(struct kunit *test)
{
	struct page *one = alloc_page(GFP_KERNEL), *pages[3] = { one, NULL, one };

	KUNIT_ASSERT_NOT_NULL(test, one);
	KUNIT_EXPECT_NULL(test, vmap(pages, 0, VM_MAP, PAGE_KERNEL));
	KUNIT_EXPECT_NULL(test, vmap(pages, UINT_MAX, VM_MAP, PAGE_KERNEL));
	KUNIT_EXPECT_NULL(test, vmap(pages, totalram_pages() + 1, VM_MAP, PAGE_KERNEL));
	KUNIT_EXPECT_NULL(test, vm_map_ram(pages, 0, 0));
	KUNIT_EXPECT_NULL(test, vm_map_ram(pages, UINT_MAX, 0));
	KUNIT_EXPECT_REPORT(test, "*vmap*",
			    KUNIT_EXPECT_NULL(test, vmap(pages, 3, VM_MAP, PAGE_KERNEL)));
	KUNIT_EXPECT_EQ(test, page_count(one), 1);
	__free_page(one);
}

/* More pages than there are addresses, on a machine that is said to have as many. */
static void vmap_of_4g(struct kunit *test)
{
	static const unsigned int counts[] = { 1U << 20, (1U << 20) + 1, 5U << 20, UINT_MAX };
	unsigned long areas = nr_vmap_areas(), managed;
	struct page *one = alloc_page(GFP_KERNEL);
	struct zone *zone;

	KUNIT_ASSERT_NOT_NULL(test, one);
	zone = page_zone(one);
	managed = zone->managed_pages;
	for (int i = 0; i < ARRAY_SIZE(counts); i++) {
		void *p, *q;

		zone->managed_pages = ULONG_MAX / 2;
		p = vmap(&one, counts[i], VM_MAP, PAGE_KERNEL);
		q = vm_map_ram(&one, counts[i], 0);
		zone->managed_pages = managed;
		KUNIT_EXPECT_NULL(test, p);
		KUNIT_EXPECT_NULL(test, q);
	}
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, nr_vmap_areas(), areas);
	__free_page(one);
}

/* No right at all, bits of an address, bits that are stale pages' own; writable and executable. */
static void expect_no_rights(struct kunit *test, struct page *page, u64 rights)
{
	void *volatile p = NULL;

	KUNIT_EXPECT_REPORT(test, "vmap: no rights that a page may have: *",
			    p = vmap(&page, 1, VM_MAP, __pgprot(rights)));
	KUNIT_EXPECT_NULL_MSG(test, p, "%#llx", rights);
}

static void vmap_without_sense(struct kunit *test)
{
	const u64 sane = pgprot_val(PAGE_KERNEL);
	const u64 rights[] = {
		0, sane & ~_PAGE_PRESENT, sane | 0x200000, sane | 0x1000, sane | 1ULL << 35,
		sane | _PAGE_STALE, sane | 1ULL << 62, sane & ~_PAGE_NX,
	};
	struct page *one = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, one);
	for (int i = 0; i < ARRAY_SIZE(rights); i++)
		expect_no_rights(test, one, rights[i]);
	__free_page(one);
}

/* ---- behind our back ---- */

/* Somebody takes a page away that is the area's: reported, and the addresses are not used again. */
static void page_taken_away(struct kunit *test)
{
	void *volatile p = vmalloc(3 * PAGE_SIZE);
	struct page *taken;
	struct vm_struct *area;
	unsigned long free, flags;

	KUNIT_ASSERT_NOT_NULL(test, p);
	vmalloc_settle();
	free = nr_free_pages();
	taken = vmalloc_to_page(p + PAGE_SIZE);
	revoke_kernel_range((unsigned long)p + PAGE_SIZE, 1);
	KUNIT_EXPECT_REPORT(test, "vmalloc: the page at * is not what was mapped there",
			    vfree(p); vmalloc_settle());
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free + 2);
	KUNIT_EXPECT_EQ(test, page_count(taken), 1);
	spin_lock_irqsave(&vmap_lock, flags);
	area = vmap_area_at(p);
	spin_unlock_irqrestore(&vmap_lock, flags);
	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_TRUE(test, vm_area_waits(area));
	vmap_area_free(area);			/* nothing is mapped there: we know better */
	__free_page(taken);
}

/* ---- asking ---- */

static void asking_about_nonsense(struct kunit *test)
{
	static const unsigned long addrs[] = {
		0, 1, PAGE_OFFSET, PAGE_OFFSET + 123, ULONG_MAX, ULONG_MAX & PAGE_MASK, 0x7fffffff,
	};
	void *ends[] = { (void *)VMALLOC_START - 1, (void *)VMALLOC_END, (void *)PKMAP_BASE };

	for (int i = 0; i < ARRAY_SIZE(addrs); i++)
		KUNIT_EXPECT_NULL(test, find_vm_area((void *)addrs[i]));
	for (int i = 0; i < ARRAY_SIZE(ends); i++) {
		KUNIT_EXPECT_NULL(test, find_vm_area(ends[i]));
		KUNIT_EXPECT_NULL(test, vmalloc_to_page(ends[i]));
		KUNIT_EXPECT_EQ(test, vmalloc_to_pfn(ends[i]), 0);
	}
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(NULL));
	KUNIT_EXPECT_NULL(test, vmalloc_to_page((void *)ULONG_MAX));
}

static struct kunit_case vmalloc_insane_cases[] = {	/* ledger: V1 V3 */
	KUNIT_CASE(size_zero),
	KUNIT_CASE(size_near_4g),
	KUNIT_CASE(size_beyond_the_machine),
	KUNIT_CASE(alignment_nonsense),
	KUNIT_CASE(free_of_no_area),
	KUNIT_CASE(free_of_an_odd_place),
	KUNIT_CASE(free_twice),
	KUNIT_CASE(free_of_device_memory),
	KUNIT_CASE(unmap_of_the_other_kind),
	KUNIT_CASE(vmap_nonsense),
	KUNIT_CASE(vmap_of_4g),
	KUNIT_CASE(vmap_without_sense),
	KUNIT_CASE(page_taken_away),
	KUNIT_CASE(asking_about_nonsense),
	{}
};

static struct kunit_suite vmalloc_insane_suite = {
	.name = "vmalloc_insane",
	.init = vmalloc_sandbox_enter,
	.exit = vmalloc_sandbox_leave,
	.test_cases = vmalloc_insane_cases,
};
kunit_test_suite(vmalloc_insane_suite);
