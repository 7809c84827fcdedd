// SPDX-License-Identifier: MIT
/*
 * What vfree() puts off: the pages of freed areas wait for one flush for all of them; not too many,
 * and not when memory or addresses are short. And who may call it from where.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "page_log.h"
#include "vmalloc_sandbox.h"
#include "zone_sandbox.h"

#define MUCH	(1UL << 20)	/* a limit that is not reached */

static void *area_of(struct kunit *test, unsigned long pages)
{
	void *p = vmalloc_32(pages * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	tag_pages(p, pages, 1);
	return p;
}

/* ---- how long ---- */

/* ledger: V1 V5. Freed, but not free: no page and no address of it is used before the flush. */
static void pages_wait_for_the_flush(struct kunit *test)
{
	void *p = area_of(test, 5), *q;
	unsigned long free = nr_free_pages(), pfn = vmalloc_to_pfn(p), stale;

	vmap_set_lazy_limit(MUCH);
	vfree(p);
	KUNIT_EXPECT_GE(test, vmap_lazy_pages(), 5);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	KUNIT_EXPECT_EQ(test, window_page((unsigned long)p, &stale), WINDOW_STALE);
	KUNIT_EXPECT_EQ(test, stale, pfn);
	KUNIT_EXPECT_EQ(test, page_state(pfn_to_page(pfn)), PAGE_ALLOCATED);
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
	q = area_of(test, 5);
	KUNIT_EXPECT_PTR_NE(test, q, p);
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);	/* q has as many as p had */
	KUNIT_EXPECT_EQ(test, window_page((unsigned long)p, NULL), WINDOW_EMPTY);
	KUNIT_EXPECT_TRUE(test, pages_are_tagged(q, 5, 1));
	vfree(q);
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free + 5);
}

/* ledger: V1 V5 */
static void not_too_many_wait(struct kunit *test)
{
	unsigned long limit = 20, most = 0, flushes = 0, last = 0;

	vmap_set_lazy_limit(limit);
	KUNIT_EXPECT_EQ(test, vmap_lazy_limit(), limit);
	for (int i = 0; i < 60; i++) {
		vfree(area_of(test, 3));
		flushes += vmap_lazy_pages() < last;
		last = vmap_lazy_pages();
		most = max(most, last);
		KUNIT_EXPECT_LE(test, last, limit);
	}
	KUNIT_EXPECT_GT(test, most, limit / 2);		/* they do wait … */
	KUNIT_EXPECT_GE(test, flushes, 60 * 3 / (limit + 4));	/* … and not for ever */
	KUNIT_EXPECT_LE(test, flushes, 60 * 3 / (limit / 2));
}

/* ledger: V1 V5. However few pages they have: the list of them is not for ever, either. */
static void not_too_many_areas_wait(struct kunit *test)
{
	unsigned long flushes = 0, last = 0;

	vmap_set_lazy_limit(MUCH);
	for (int i = 0; i < 200; i++) {
		vfree(area_of(test, 1));
		flushes += vmap_lazy_pages() < last;
		last = vmap_lazy_pages();
	}
	KUNIT_EXPECT_GT(test, flushes, 1);
	KUNIT_EXPECT_LT(test, flushes, 50);
}

/* ledger: V1. An area that is larger than the limit by itself. */
static void one_that_is_too_many(struct kunit *test)
{
	unsigned long free = nr_free_pages();

	vmap_set_lazy_limit(2);
	vfree(area_of(test, 9));
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
}

/* ledger: V5. By itself the limit is a 256th of RAM, within bounds. */
static void usual_limit(struct kunit *test)
{
	vmap_set_lazy_limit(7);
	vmap_set_lazy_limit(0);
	KUNIT_EXPECT_EQ(test, vmap_lazy_limit(), clamp(totalram_pages() / 256, 16UL, 2048UL));
}

/* ---- memory or addresses are short ---- */

/* ledger: V1. Before the page allocator refuses anybody, it gets what is waiting. */
static void memory_is_short(struct kunit *test)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_NORETRY;	/* to wait for memory, but not for a death */
	void *p = area_of(test, 24);
	unsigned long where;
	struct zone *zone;
	struct page *page;

	vmap_set_lazy_limit(MUCH);
	for_each_populated_zone(zone)		/* so that the rest is short */
		zone_squeeze(zone, min_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL]);
	sandbox_exhaust(gfp, 0, page_zone(vmalloc_to_page(p)), &where);
	KUNIT_ASSERT_NULL(test, sandbox_alloc(gfp, 0));
	vfree(p);
	KUNIT_EXPECT_GE(test, vmap_lazy_pages(), 24);
	KUNIT_EXPECT_NULL(test, sandbox_alloc(GFP_NOWAIT, 0));	/* who cannot wait cannot flush */
	KUNIT_EXPECT_GE(test, vmap_lazy_pages(), 24);
	page = sandbox_alloc(gfp, 0);
	KUNIT_EXPECT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
}

/* ledger: V1 G8. Who must not be refused gets what is waiting, too: nothing else is left. */
static void last_pages_are_waiting(struct kunit *test)
{
	void *p = area_of(test, 24);
	struct page *page;

	vmap_set_lazy_limit(MUCH);
	vfree(p);
	zones_squeeze(0);
	page_log_begin();		/* this process is killed for it */
	page = sandbox_alloc(GFP_KERNEL | __GFP_NOFAIL, 0);
	page_log_end();
	KUNIT_EXPECT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
}

/* ledger: V1. All the room there is was freed a moment ago: an area too large for any hole but that. */
static void addresses_are_short(struct kunit *test)
{
	struct vm_struct *all;
	unsigned long room;
	void *p;

	vm_unmap_aliases();
	p = area_of(test, 24);
	vfree(p);
	room = oracle_largest_room();
	p = area_of(test, 24);
	vmap_set_lazy_limit(MUCH);
	vfree(p);
	KUNIT_EXPECT_GE(test, vmap_lazy_pages(), 24);
	all = get_vm_area(room - PAGE_SIZE, VM_MAP);
	KUNIT_ASSERT_NOT_NULL(test, all);
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
	free_vm_area(all);
}

/* ---- contexts ---- */

/* ledger: V2. An interrupt must not flush, nor take the locks: it leaves a note. */
static void from_an_interrupt(struct kunit *test)
{
	void *p = area_of(test, 3), *q = area_of(test, 2);
	unsigned long free = nr_free_pages();

	preempt_count_add(HARDIRQ_OFFSET);
	vfree(p);
	preempt_count_sub(HARDIRQ_OFFSET);
	vfree_atomic(q);
	KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(p));	/* put off */
	KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(q));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	vm_unmap_aliases();
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p));
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
	KUNIT_EXPECT_NULL(test, find_vm_area(q));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free + 5);
}

/* ledger: V2. Whoever comes next with vmalloc() or vfree() does what was put off. */
static void the_next_one_does_it(struct kunit *test)
{
	void *p = area_of(test, 3), *q;

	vfree_atomic(p);
	q = vmalloc(1);
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p));
	p = area_of(test, 3);
	vfree_atomic(p);
	vfree(q);
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p));
}

static const struct vm_struct *told_of;
static bool told_too_late;

static void note_free(const struct vm_struct *area, const void *caller)
{
	told_too_late = !spin_is_locked(&vmap_lock) || (told_of && area->next == told_of);
	told_of = area;
}

static struct vmalloc_observer noting = { .name = "vmalloc_lazy", .free = note_free };

/* ledger: V2. An observer sees an area that is not on the list yet: nobody can free it. */
static void observers_are_told_first(struct kunit *test)
{
	void *p = area_of(test, 1), *q = area_of(test, 1);
	const struct vm_struct *area = find_vm_area(p);

	vmalloc_observer_attach(&noting);
	vfree_atomic(p);
	KUNIT_EXPECT_PTR_EQ(test, told_of, area);
	KUNIT_EXPECT_FALSE(test, told_too_late);
	vfree_atomic(q);
	KUNIT_EXPECT_FALSE(test, told_too_late);
	vmalloc_observer_detach(&noting);
	told_of = NULL;
	vm_unmap_aliases();
}

static void *volatile got;
static DEFINE_SPINLOCK(lock);

#define SLEEPING	"BUG: sleeping function called from invalid context at *"

/*
 * ledger: V2. Reported. What need not wait is done all the same; what is freed there is put off, for
 * freeing may wait.
 */
static void not_from_atomic_context(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, SLEEPING, spin_lock(&lock); got = vmalloc(1); spin_unlock(&lock));
	KUNIT_EXPECT_NOT_NULL(test, got);
	KUNIT_EXPECT_REPORT(test, SLEEPING, spin_lock(&lock); vfree(got); spin_unlock(&lock));
	KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(got));
	KUNIT_EXPECT_REPORT(test, SLEEPING, preempt_disable(); got = vzalloc(1); preempt_enable());
	KUNIT_EXPECT_REPORT(test, SLEEPING, preempt_disable(); vfree(got); preempt_enable());
	KUNIT_EXPECT_REPORT(test, SLEEPING, preempt_count_add(HARDIRQ_OFFSET); got = vmalloc(1);
			    preempt_count_sub(HARDIRQ_OFFSET));
	vfree(got);
	vmap_set_lazy_limit(MUCH);
	vfree(area_of(test, 2));
	KUNIT_EXPECT_REPORT(test, SLEEPING,
			    preempt_disable(); vm_unmap_aliases(); preempt_enable());
	KUNIT_EXPECT_GE(test, vmap_lazy_pages(), 2);	/* a flush is waited for */
}

#define NOT_HERE	"vmalloc: virtual memory is not for interrupts"

static void expect_not_in_interrupt(struct kunit *test, void (*undo)(void *), void *p)
{
	struct page *page = vmalloc_to_page(p);

	KUNIT_EXPECT_REPORT(test, SLEEPING, KUNIT_EXPECT_REPORT(test, NOT_HERE,
			    preempt_count_add(HARDIRQ_OFFSET); undo(p);
			    preempt_count_sub(HARDIRQ_OFFSET)));
	KUNIT_EXPECT_NOT_NULL(test, find_vm_area(p));
	KUNIT_EXPECT_NE(test, vmalloc_to_pfn(p), 0);
	KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(p), page);
	undo(p);
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
}

static void unmap(void *p)
{
	vunmap(p);
}

static void unmap_ram(void *p)
{
	vm_unmap_ram(p, 1);
}

static void unmap_device(void *p)
{
	iounmap(p);
}

/* ledger: V2. What is flushed at once cannot be put off: reported, and it stays as it is. */
static void no_unmapping_in_interrupts(struct kunit *test)
{
	struct page *page = sandbox_alloc(GFP_KERNEL, 0);

	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_not_in_interrupt(test, unmap, vmap(&page, 1, VM_MAP, PAGE_KERNEL));
	expect_not_in_interrupt(test, unmap_ram, vm_map_ram(&page, 1, 0));
	expect_not_in_interrupt(test, unmap_device, ioremap(0xb8000, PAGE_SIZE));
}

/* ledger: V2 */
static void asking_is_allowed_anywhere(struct kunit *test)
{
	void *p = area_of(test, 1);

	preempt_count_add(HARDIRQ_OFFSET);
	KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(p));
	KUNIT_EXPECT_NE(test, vmalloc_to_pfn(p), 0);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p));
	preempt_count_sub(HARDIRQ_OFFSET);
	vfree(p);
}

static int vmalloc_lazy_init(struct kunit *test)
{
	int error = zone_sandbox_enter(test);

	return error ? error : vmalloc_sandbox_enter(test);
}

static void vmalloc_lazy_exit(struct kunit *test)
{
	vm_unmap_aliases();
	zones_release();
	vmalloc_sandbox_leave(test);
	zone_sandbox_leave(test);
}

static struct kunit_case vmalloc_lazy_cases[] = {
	KUNIT_CASE(pages_wait_for_the_flush),
	KUNIT_CASE(not_too_many_wait),
	KUNIT_CASE(not_too_many_areas_wait),
	KUNIT_CASE(one_that_is_too_many),
	KUNIT_CASE(usual_limit),
	KUNIT_CASE(memory_is_short),
	KUNIT_CASE(last_pages_are_waiting),
	KUNIT_CASE(addresses_are_short),
	KUNIT_CASE(from_an_interrupt),
	KUNIT_CASE(the_next_one_does_it),
	KUNIT_CASE(observers_are_told_first),
	KUNIT_CASE(not_from_atomic_context),
	KUNIT_CASE(no_unmapping_in_interrupts),
	KUNIT_CASE(asking_is_allowed_anywhere),
	{}
};

static struct kunit_suite vmalloc_lazy_suite = {
	.name = "vmalloc_lazy",
	.init = vmalloc_lazy_init,
	.exit = vmalloc_lazy_exit,
	.test_cases = vmalloc_lazy_cases,
};
kunit_test_suite(vmalloc_lazy_suite);
