// SPDX-License-Identifier: MIT
/*
 * Until there is no more: of memory, of addresses, in the middle of an allocation; and that
 * everything is as before when it has been given back.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "../mm/internal.h"
#include "vmalloc_sandbox.h"

#define MANY	256

/* Who asks for all there is neither complains nor has anybody killed. */
#define RESIGNED	(__GFP_NOWARN | __GFP_NORETRY)

static void *held[MANY];
static unsigned int nr;

static void free_held(void)
{
	while (nr)
		vfree(held[--nr]);
}

static void leave(struct kunit *test)
{
	free_held();
	vmalloc_sandbox_leave(test);
}

/* ---- until it fails ---- */

static void take_all(unsigned long size, gfp_t gfp)
{
	while (nr < MANY) {
		held[nr] = __vmalloc(size, gfp | RESIGNED);
		if (!held[nr])
			return;
		tag_pages(held[nr], size / PAGE_SIZE, nr << 16);
		touch_nmi_watchdog();		/* 900 MiB, and whoever runs us may be busy */
		nr++;
	}
}

/*
 * ledger: V1. Until it fails, twice: the second time, there is as much as the first time. Which of
 * the two runs out, memory or addresses, depends on the machine.
 */
static void until_it_fails(struct kunit *test)
{
	unsigned long pages = max(min(nr_free_pages(), VMALLOC_TOTAL / PAGE_SIZE) / 64, 1UL);
	unsigned int first = 0;

	for (int round = 0; round < 2; round++) {
		take_all(pages * PAGE_SIZE, GFP_KERNEL);
		KUNIT_EXPECT_GT(test, nr, 16);
		KUNIT_EXPECT_LT(test, nr, MANY);
		KUNIT_EXPECT_TRUE(test, vmalloc_validate());
		for (unsigned int i = 0; i < nr; i += 1 + round * 7)
			KUNIT_ASSERT_TRUE(test, pages_are_tagged(held[i], pages, i << 16));
		if (round)
			KUNIT_EXPECT_EQ(test, nr, first);
		first = nr;
		free_held();
		vmalloc_settle();
	}
}

/*
 * ledger: V1. One zone until it fails, in large pieces and then in small ones: what others may need
 * more urgently is not touched.
 */
static void until_a_zone_is_gone(struct kunit *test)
{
	const struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];
	unsigned long before;

	vmalloc_settle_all();
	before = nr_free_pages();
	take_all(max(dma->managed_pages / 64, 1UL) * PAGE_SIZE, GFP_KERNEL | __GFP_DMA);
	take_all(4 * PAGE_SIZE, GFP_KERNEL | __GFP_DMA);
	KUNIT_EXPECT_LT(test, nr, MANY);
	drain_all_pages(NULL);
	KUNIT_EXPECT_GE(test, dma->nr_free_pages, min_wmark_pages(dma));
	free_held();
	vmalloc_settle_all();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), before);
}

static void expect_single_pages(struct kunit *test, struct page *page, unsigned long got)
{
	for (; got; got--, page++) {
		KUNIT_ASSERT_EQ(test, page->flags & PAGE_BLOCK_MASK,
				page_block_flags(PAGE_ALLOCATED, 0));
		KUNIT_ASSERT_EQ(test, page_ref_count(page), 1);
	}
}

static void take_runs(struct kunit *test, unsigned long most, struct list_head *taken)
{
	struct page *page;
	unsigned long got;

	while ((page = alloc_page_run(GFP_KERNEL | __GFP_DMA | RESIGNED, most, &got))) {
		KUNIT_ASSERT_TRUE(test, got && got <= most);
		expect_single_pages(test, page, got);
		while (got--)
			list_add(&page[got].lru, taken);
	}
}

/* ledger: V1. The same of the runs in which it takes its pages. */
static void runs_leave_the_reserve(struct kunit *test)
{
	const struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];
	struct page *page, *next;
	unsigned long before;
	LIST_HEAD(taken);

	vmalloc_settle_all();
	before = nr_free_pages();
	for (unsigned long most = 256; most; most /= 4)
		take_runs(test, most, &taken);
	drain_all_pages(NULL);
	KUNIT_EXPECT_GE(test, dma->nr_free_pages, min_wmark_pages(dma));
	list_for_each_entry_safe(page, next, &taken, lru)
		__free_page(page);
	vmalloc_settle_all();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), before);
}

/* ledger: V1. One that is more than what is free, though the machine has as much. */
static void more_than_is_free(struct kunit *test)
{
	unsigned long room = oracle_largest_room() - PAGE_SIZE;
	unsigned long ram = min(totalram_pages(), room / PAGE_SIZE);
	unsigned long before = nr_free_pages();
	void *p = __vmalloc(ram * PAGE_SIZE, GFP_KERNEL | RESIGNED);

	KUNIT_EXPECT_EQ(test, !p, ram > before);	/* kernel and map are never free */
	vfree(p);
	vmalloc_settle();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), before);
}

/* ---- failing half-way ---- */

/* Did it fail? In either case nothing of it is left. */
static bool fails(struct kunit *test, unsigned long pages, gfp_t gfp)
{
	unsigned long areas = nr_vmap_areas(), mapped = vmalloc_nr_pages();
	void *p = __vmalloc(pages * PAGE_SIZE, gfp | __GFP_NOWARN);
	bool failed = !p;

	fail_pages_stop();
	if (p)
		KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(p + (pages - 1) * PAGE_SIZE));
	vfree(p);
	vmalloc_settle();
	KUNIT_EXPECT_EQ(test, nr_vmap_areas(), areas);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), mapped);
	return failed;
}

/*
 * ledger: V1. Memory goes short at the first page, at the second … until none of them fails. What
 * had come by then is free again, and nothing is mapped.
 */
static void half_way(struct kunit *test)
{
	static const unsigned long sizes[] = { 1, 2, 3, 7, 8, 21, 40 };

	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned long free, n;

		if (sizes[i] > affordable_pages())
			break;
		vmalloc_settle();
		free = nr_free_pages();
		for (n = 0; n <= 2 * sizes[i] + 2; n++) {
			fail_pages_from(n);
			if (!fails(test, sizes[i], n % 2 ? GFP_KERNEL : GFP_KERNEL | __GFP_ZERO))
				break;
			KUNIT_ASSERT_EQ_MSG(test, nr_free_pages(), free, "%lu of %lu pages", n,
					    sizes[i]);
			KUNIT_ASSERT_TRUE(test, vmalloc_validate());
		}
		KUNIT_EXPECT_GE(test, n, sizes[i]);	/* each page was asked for */
		KUNIT_EXPECT_LE(test, n, sizes[i] + 2);	/* and there may be descriptions */
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	}
}

/* ledger: V1. Only one request fails. Whether the whole then does is the allocator's choice. */
static void one_page_fails(struct kunit *test)
{
	unsigned long free = nr_free_pages();

	for (unsigned long n = 0; n < 18; n++) {
		fail_one_page(n);
		fails(test, 17, GFP_KERNEL);
		KUNIT_ASSERT_EQ(test, nr_free_pages(), free);
	}
}

/* ledger: V1 V3. No page for descriptions: no area, and a reason. */
static void no_description(struct kunit *test)
{
	static struct vm_struct *area[MANY];
	unsigned int i = 0;

	fail_pages_from(0);
	while (i < MANY && (area[i] = get_vm_area(1, VM_MAP)))
		i++;
	fail_pages_stop();
	KUNIT_EXPECT_LT(test, i, MANY);
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	while (i)
		free_vm_area(area[--i]);
}

/* ledger: V1. Descriptions take pages, and give them back, in whichever order areas go. */
static void many_areas(struct kunit *test)
{
	unsigned long free = nr_free_pages();
	static struct vm_struct *area[MANY];

	for (unsigned int step = 1; step < 8; step += 2) {	/* MANY is a power of two */
		for (unsigned int i = 0; i < MANY; i++)
			KUNIT_ASSERT_NOT_NULL(test, area[i] = get_vm_area(1, VM_MAP));
		KUNIT_EXPECT_LT(test, nr_free_pages(), free);
		KUNIT_EXPECT_TRUE(test, vmalloc_validate());
		for (unsigned int i = 0; i < MANY; i++)
			free_vm_area(area[i * step % MANY]);
		KUNIT_EXPECT_LT(test, nr_vmap_areas(), MANY);	/* spares, but not all */
		vmalloc_settle();
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	}
}

/* ledger: V1. The report names the size, the flags and who asked. */
static void failure_is_reported(struct kunit *test)
{
	unsigned long size = 13 * PAGE_SIZE;
	void *volatile p = NULL;

	ratelimit_state_reset(&nopage_rs);
	fail_pages_from(4);
	KUNIT_EXPECT_REPORT(test, "*vmalloc error: size *GFP_KERNEL*", p = vmalloc(size));
	KUNIT_EXPECT_NULL(test, p);
	fail_pages_stop();
}

/* ---- addresses in pieces ---- */

static struct vm_struct *piece[MANY];

/* The whole range in @count areas of one size; returns their size, guard included. */
static unsigned long cut_up(struct kunit *test, unsigned int count)
{
	unsigned long size = (oracle_largest_room() / count) & PAGE_MASK;

	for (unsigned int i = 0; i < count; i++) {
		piece[i] = get_vm_area(size - PAGE_SIZE, VM_MAP);
		KUNIT_ASSERT_NOT_NULL(test, piece[i]);
	}
	return size;
}

/* The oracle, which looks at every hole, says whether and where; the allocator must agree. */
static void expect_as_predicted(struct kunit *test, unsigned long size)
{
	unsigned long start = oracle_lowest_room(size, PAGE_SIZE);
	struct vm_struct *area = get_vm_area(size - PAGE_SIZE, VM_MAP);

	KUNIT_EXPECT_EQ(test, area ? (unsigned long)area->addr : 0, start);
	if (area)
		free_vm_area(area);
}

/* ledger: V1. Every second piece is freed: half of the range is free, and nothing large fits. */
static void every_second(struct kunit *test)
{
	unsigned int count = 64, i;
	unsigned long size = cut_up(test, count), whole;

	for (i = 0; i < count; i += 2)
		free_vm_area(piece[i]);
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	KUNIT_EXPECT_NE(test, oracle_lowest_room(size, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, oracle_lowest_room(size + 64 * PAGE_SIZE, PAGE_SIZE), 0);
	expect_as_predicted(test, size);
	expect_as_predicted(test, size - PAGE_SIZE);
	expect_as_predicted(test, size + PAGE_SIZE);
	expect_as_predicted(test, size + 64 * PAGE_SIZE);
	expect_as_predicted(test, 2 * size);

	free_vm_area(piece[31]);		/* three make one */
	expect_as_predicted(test, 3 * size);
	expect_as_predicted(test, 3 * size + PAGE_SIZE);
	for (i = 1; i < count; i += 2)
		if (i != 31)
			free_vm_area(piece[i]);
	/* One area as large as everything, and no page larger. */
	whole = oracle_largest_room();
	KUNIT_EXPECT_GE(test, whole, count * size);
	expect_as_predicted(test, whole);
	expect_as_predicted(test, whole + PAGE_SIZE);
	piece[0] = get_vm_area(whole - PAGE_SIZE, VM_MAP);
	KUNIT_ASSERT_NOT_NULL(test, piece[0]);
	free_vm_area(piece[0]);
}

/* ledger: V1. With all addresses gone, vmalloc() says so and takes no memory. */
static void addresses_are_gone(struct kunit *test)
{
	struct vm_struct *all = get_vm_area(oracle_largest_room() - PAGE_SIZE, VM_MAP);
	volatile unsigned long free = nr_free_pages(), room = oracle_largest_room();
	void *volatile p = test;

	KUNIT_ASSERT_NOT_NULL(test, all);
	ratelimit_state_reset(&nopage_rs);
	KUNIT_EXPECT_REPORT(test, "*vmap allocation for size * failed*", p = vmalloc(room + 1));
	KUNIT_EXPECT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, __vmalloc(room + PAGE_SIZE, GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	free_vm_area(all);
}

static struct kunit_case vmalloc_limits_cases[] = {
	KUNIT_CASE(until_it_fails),
	KUNIT_CASE(until_a_zone_is_gone),
	KUNIT_CASE(runs_leave_the_reserve),
	KUNIT_CASE(more_than_is_free),
	KUNIT_CASE(half_way),
	KUNIT_CASE(one_page_fails),
	KUNIT_CASE(no_description),
	KUNIT_CASE(many_areas),
	KUNIT_CASE(failure_is_reported),
	KUNIT_CASE(every_second),
	KUNIT_CASE(addresses_are_gone),
	{}
};

static struct kunit_suite vmalloc_limits_suite = {
	.name = "vmalloc_limits",
	.init = vmalloc_sandbox_enter,
	.exit = leave,
	.test_cases = vmalloc_limits_cases,
};
kunit_test_suite(vmalloc_limits_suite);
