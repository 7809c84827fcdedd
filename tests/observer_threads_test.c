// SPDX-License-Identifier: MIT
/* Who watches the allocators may stop while others allocate: then nobody is inside him any more. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../mm/hooks.h"
#include "threads.h"

#define ROUNDS	10

static bool watching;
static unsigned int asked, late;

/* What each hook does: it takes its time, in which it must not be detached. */
static void look(void)
{
	asked++;
	for (int i = 0; i < 1000; i++)
		if (!READ_ONCE(watching)) {
			late++;
			break;
		}
}

static bool see_page(struct page *page, unsigned int order)
{
	look();
	return true;
}

static bool see_object(struct kmem_cache *cache, void *object)
{
	look();
	return true;
}

static void see_area(const struct vm_struct *area)
{
	look();
}

static struct page_observer pages = { .name = "observer_threads", .free = see_page };
static struct slab_observer objects = { .name = "observer_threads", .free = see_object };
static struct vmalloc_observer areas = { .name = "observer_threads", .alloc = see_area };

static int allocate(void *data)
{
	while (!kthread_should_stop()) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (page)
			__free_page(page);
		kfree(kmalloc(40, GFP_KERNEL));
		vfree(vmalloc(1));
		WRITE_ONCE(*(unsigned int *)data, *(unsigned int *)data + 1);
		yield();
	}
	return 0;
}

/* ledger: V2 P4. While threads on this CPU, and on another if there is one, allocate without end. */
static void detached_is_left_by_all(struct kunit *test)
{
	unsigned int cpu, nr = 0, rounds[2] = {};
	struct task_struct *task[2];

	asked = late = 0;
	for_each_online_cpu(cpu)
		if (nr < 2) {
			task[nr] = start_thread(test, allocate, &rounds[nr], cpu);
			nr++;
		}
	for (int i = 0; i < ROUNDS; i++) {
		unsigned int before = rounds[0];

		WRITE_ONCE(watching, true);
		page_observer_attach(&pages);
		slab_observer_attach(&objects);
		vmalloc_observer_attach(&areas);
		while (READ_ONCE(rounds[0]) - before < 3)
			yield();
		vmalloc_observer_detach(&areas);
		slab_observer_detach(&objects);
		page_observer_detach(&pages);
		WRITE_ONCE(watching, false);
	}
	while (nr)
		end_thread(task[--nr]);
	KUNIT_EXPECT_GT(test, asked, ROUNDS);
	KUNIT_EXPECT_EQ(test, late, 0);
}

static struct kunit_case observer_threads_cases[] = {
	KUNIT_CASE(detached_is_left_by_all),
	{}
};

static struct kunit_suite observer_threads_suite = {
	.name = "observer_threads",
	.test_cases = observer_threads_cases,
};
kunit_test_suite(observer_threads_suite);
