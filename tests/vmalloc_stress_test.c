// SPDX-License-Identifier: MIT
/*
 * The vmalloc range under the stress engine: all that makes and unmakes areas, in random sizes and
 * order, with tagged contents; as usual, with the flush record on (which would tell of every
 * address or frame that is used again before it was flushed), and with a limit on lazy pages that
 * is always or never exceeded.
 */
#include <asm/tlbflush.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <quarry/test_seed.h>

#include "stress_engine.h"
#include "vmalloc_sandbox.h"

#define STEPS		5000	/* times 200 in a soak: a million */
#define POOL		24	/* pages that are mapped now here, now there */
#define MAP_MAX		32
#define DEVICE_PFN	0xb8	/* VGA memory: mapped, not looked at */

/* What is held: its pages are vmalloc()'s; the pool's; its own, put by vfree(); or none. */
enum kind { OWN, MAPPED, MAPPED_RAM, PUT, DEVICE, EMPTY };

static struct stress stress;
static struct page *pool[POOL];
static unsigned long largest;		/* pages in one area */
static unsigned long outside;		/* areas of others */

/* ---- asking ---- */

static unsigned long random_pages(struct stress *s)
{
	return 1 + stress_below(s, stress_one_in(s, 8) ? largest : min(largest, 8UL));
}

static bool hold(struct stress *s, void *addr, unsigned long pages, enum kind kind)
{
	struct stress_held *held;

	if (!addr)
		return false;
	STRESS_ASSERT(s, PAGE_ALIGNED((unsigned long)addr) && is_vmalloc_addr(addr) &&
		      is_vmalloc_addr(addr + (pages + 1) * PAGE_SIZE - 1),
		      "%px, %lu pages, is not in the range", addr, pages);
	/* The guard is held as well: nobody else may get it. */
	held = stress_hold(s, (unsigned long)addr / PAGE_SIZE, pages + 1, kind, 0);
	if (kind == OWN || kind == PUT)
		tag_pages(addr, pages, held->tag);
	return true;
}

static bool alloc_own(struct stress *s)
{
	static const gfp_t gfps[] = {
		GFP_KERNEL, GFP_KERNEL, GFP_NOIO, GFP_KERNEL | __GFP_ZERO, GFP_KERNEL | __GFP_DMA,
	};
	gfp_t gfp = gfps[stress_below(s, ARRAY_SIZE(gfps))];
	unsigned long pages = random_pages(s);
	unsigned long align = stress_one_in(s, 8) ? PAGE_SIZE << stress_below(s, 6) : 1;
	void *p = __vmalloc_node(pages * PAGE_SIZE - stress_below(s, PAGE_SIZE), align,
				 gfp | __GFP_NOWARN | __GFP_NORETRY, 0, alloc_own);

	STRESS_ASSERT(s, (unsigned long)p % align == 0, "%px is not aligned to %lu", p, align);
	if (p && (gfp & __GFP_ZERO))
		STRESS_ASSERT(s, pages_are_filled(p + (pages - 1) * PAGE_SIZE, 1, 0),
			      "%px, %lu pages: not zeroed", p, pages);
	return hold(s, p, pages, OWN);
}

static bool alloc_mapped(struct stress *s, enum kind kind)
{
	unsigned int count = 1 + stress_below(s, MAP_MAX), i;
	struct page *pages[MAP_MAX];

	for (i = 0; i < count; i++)
		pages[i] = pool[stress_below(s, POOL)];
	return hold(s, kind == MAPPED_RAM ? vm_map_ram(pages, count, 0) :
		    vmap(pages, count, VM_MAP, stress_one_in(s, 2) ? PAGE_KERNEL : PAGE_KERNEL_RO),
		    count, kind);
}

static bool alloc_put(struct stress *s)
{
	struct page **pages = kcalloc(MAP_MAX, sizeof(*pages), GFP_KERNEL | __GFP_NOWARN);
	unsigned int count = 1 + stress_below(s, 6), got;
	void *p = NULL;

	if (!pages)
		return false;
	got = alloc_pages_bulk_array(GFP_HIGHUSER | __GFP_NOWARN | __GFP_NORETRY, count, pages);
	if (got == count)
		p = vmap(pages, count, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	while (!p && got)
		__free_page(pages[--got]);
	if (!p)
		kfree(pages);
	return hold(s, p, count, PUT);
}

/* Addresses for a device's registers, or for nothing yet. */
static bool alloc_addresses(struct stress *s, enum kind kind)
{
	unsigned long pages = random_pages(s);
	struct vm_struct *area = get_vm_area(pages * PAGE_SIZE,
					     kind == DEVICE ? VM_IOREMAP : VM_MAP);

	if (area && kind == DEVICE)
		STRESS_ASSERT(s, !map_kernel_range((unsigned long)area->addr, DEVICE_PFN, 1,
						   PAGE_KERNEL_NOCACHE),
			      "%px was given out, but is not empty", area->addr);
	return hold(s, area ? area->addr : NULL, pages, kind);
}

static bool alloc(struct stress *s)
{
	switch (stress_below(s, 10)) {
	case 0 ... 4:
		return alloc_own(s);
	case 5:
		return alloc_mapped(s, MAPPED);
	case 6:
		return alloc_mapped(s, MAPPED_RAM);
	case 7:
		return alloc_put(s);
	case 8:
		return alloc_addresses(s, DEVICE);
	default:
		return alloc_addresses(s, EMPTY);
	}
}

/* ---- holding ---- */

static void *address_of(const struct stress_held *held)
{
	return (void *)(held->start * PAGE_SIZE);
}

/* The pages of the pool bear their frame's number, wherever they are seen. */
static bool shows_the_pool(const void *addr, unsigned long pages)
{
	for (; pages; pages--, addr += PAGE_SIZE)
		if (*(const u32 *)addr != vmalloc_to_pfn(addr))
			return false;
	return true;
}

static bool is_mapped_as_it_should(const struct stress_held *held)
{
	const void *addr = address_of(held);
	unsigned long pages = held->length - 1;

	switch (held->kind) {
	case OWN:
	case PUT:
		return pages_are_tagged(addr, pages, held->tag);
	case MAPPED:
	case MAPPED_RAM:
		return shows_the_pool(addr, pages);
	case DEVICE:
		return vmalloc_to_pfn(addr) == DEVICE_PFN;
	default:
		return window_page((unsigned long)addr, NULL) == WINDOW_EMPTY;
	}
}

static void check(struct stress *s, const struct stress_held *held)
{
	const void *addr = address_of(held);
	const struct vm_struct *area = find_vm_area(addr + stress_below(s, held->length) * PAGE_SIZE);

	STRESS_ASSERT(s, area && area->addr == addr && area->size == held->length * PAGE_SIZE,
		      "%px, %lu pages, is no area any more", addr, held->length);
	STRESS_ASSERT(s, is_mapped_as_it_should(held), "%px, %lu pages, kind %d: not its contents",
		      addr, held->length, held->kind);
	STRESS_ASSERT(s, !vmalloc_to_page(addr + area->size - PAGE_SIZE), "%px: its guard is mapped",
		      addr);
}

/* ---- giving back ---- */

static void free_own(struct stress *s, void *addr)
{
	u32 how = stress_below(s, 8);

	if (how == 0) {
		vfree_atomic(addr);
	} else if (how == 1) {
		preempt_count_add(HARDIRQ_OFFSET);
		vfree(addr);
		preempt_count_sub(HARDIRQ_OFFSET);
	} else {
		vfree(addr);
	}
}

static void give_back(struct stress *s, const struct stress_held *held)
{
	void *addr = address_of(held);

	switch (held->kind) {
	case OWN:
	case PUT:
		free_own(s, addr);
		break;
	case MAPPED:
		vunmap(addr);
		break;
	case MAPPED_RAM:
		vm_unmap_ram(addr, held->length - 1);
		break;
	default:
		free_vm_area(find_vm_area(addr));
	}
	STRESS_ASSERT(s, !find_vm_area(addr), "%px was freed, but is an area still", addr);
}

static void other(struct stress *s)
{
	switch (stress_below(s, 8)) {
	case 0:
		vm_unmap_aliases();
		STRESS_ASSERT(s, !vmap_lazy_pages(), "%lu lazy pages are left", vmap_lazy_pages());
		break;
	case 1:
		drain_all_pages(NULL);
		break;
	default:
		STRESS_ASSERT(s, vmap_lazy_pages() <= vmap_lazy_limit(), "%lu lazy pages",
			      vmap_lazy_pages());
	}
}

/* ---- the whole ---- */

static bool validate(struct stress *s)
{
	bool settled = stress_one_in(s, 4);
	unsigned long areas;

	if (settled)		/* no lazy ones, and no spares */
		vm_unmap_aliases();
	areas = nr_vmap_areas() - outside;
	STRESS_ASSERT(s, settled ? areas == s->nr : areas >= s->nr, "%lu areas, %u are held", areas,
		      s->nr);
	return vmalloc_validate();
}

static void run(struct kunit *test, unsigned long lazy_limit)
{
	/* The validator walks all areas, and their pages: both by the hundreds, or the thousands. */
	struct stress_ops ops = {
		.alloc = alloc, .free = give_back, .check = check, .other = other,
		.validate = validate, .validate_cost = 2000000,
	};

	vmap_set_lazy_limit(lazy_limit);
	outside = nr_vmap_areas();
	largest = clamp(affordable_pages() / 64, 1UL, 96UL);
	stress_run(&stress, test, &ops, kunit_rounds(STEPS));
}

/* ledger: V1 V3 V5 */
static void stress_as_usual(struct kunit *test)
{
	run(test, 0);
}

static void stress_with_flush_record(struct kunit *test)
{
	bool was_on = tlb_record_enabled();
	unsigned long reports = tlb_record_reports;

	tlb_record_enable(true);
	run(test, 0);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, reports);
	tlb_record_enable(was_on);
}

static void stress_flushing_at_once(struct kunit *test)
{
	run(test, 1);
}

static void stress_flushing_when_short(struct kunit *test)
{
	run(test, 1UL << 20);
}

static int vmalloc_stress_init(struct kunit *test)
{
	int error = vmalloc_sandbox_enter(test);

	memset(pool, 0, sizeof(pool));
	if (alloc_pages_bulk_array(GFP_HIGHUSER, POOL, pool) < POOL)
		return -1;
	for (int i = 0; i < POOL; i++)
		tag_frame(page_to_pfn(pool[i]), page_to_pfn(pool[i]), 0);
	return error;
}

static void vmalloc_stress_exit(struct kunit *test)
{
	for (int i = 0; i < POOL; i++) {
		KUNIT_EXPECT_EQ(test, page_count(pool[i]), 1);
		__free_page(pool[i]);
	}
	vmalloc_sandbox_leave(test);
}

static struct kunit_case vmalloc_stress_cases[] = {
	KUNIT_CASE(stress_as_usual),
	KUNIT_CASE(stress_with_flush_record),
	KUNIT_CASE(stress_flushing_at_once),
	KUNIT_CASE(stress_flushing_when_short),
	{}
};

static struct kunit_suite vmalloc_stress_suite = {
	.name = "vmalloc_stress",
	.init = vmalloc_stress_init,
	.exit = vmalloc_stress_exit,
	.test_cases = vmalloc_stress_cases,
};
kunit_test_suite(vmalloc_stress_suite);
