// SPDX-License-Identifier: MIT
/*
 * The allocators' layers on all CPUs there are: each CPU's lists and magazines are its own, can be
 * drained from elsewhere, and keep others' locks out of the way; and validators look at all of it
 * while it is at work. On one CPU most of this is easy, and holds as well.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <linux/timer.h>

#include "../mm/internal.h"
#include "../mm/slab.h"
#include "test_thread.h"

#define BATCH	60

static struct kmem_cache *cache;
static void *objects[BATCH];

/* ---- objects and pages ---- */

static int allocate(void *unused)
{
	for (unsigned int i = 0; i < BATCH; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	return 0;
}

static int give_back(void *unused)
{
	for (unsigned int i = 0; i < BATCH; i++)
		kmem_cache_free(cache, objects[i]);
	return 0;
}

static unsigned long pages_on_lists(unsigned int cpu)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		pages += zone->per_cpu_pageset[cpu].count;
	return pages;
}

/* After its own last free: where a list is filled with one page at a time, the next one takes it. */
static bool pages_kept[NR_CPUS];

static int fill_layers(void *unused)
{
	void *mine[8];
	struct page *page;

	for (unsigned int i = 0; i < ARRAY_SIZE(mine); i++)
		mine[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (unsigned int i = 0; i < ARRAY_SIZE(mine); i++)
		kmem_cache_free(cache, mine[i]);
	page = alloc_page(GFP_KERNEL);
	if (page)
		__free_page(page);
	pages_kept[raw_smp_processor_id()] = pages_on_lists(raw_smp_processor_id()) != 0;
	return 0;
}

/* ledger: P4 S1 */
static void smp_memory_drains_every_cpu(struct kunit *test)
{
	unsigned int cpu, filled = 0;

	run_on_each_cpu(test, fill_layers, NULL, NULL);
	for_each_online_cpu(cpu) {
		filled += pages_kept[cpu];
		KUNIT_EXPECT_EQ(test, cache->cpu[cpu].loaded != NULL, cache->has_magazines);
	}
	if (!pcp_enabled())
		KUNIT_EXPECT_EQ(test, filled, 0);
	else if (nr_free_pages() > 1024)	/* otherwise whoever is short of memory may drain them */
		KUNIT_EXPECT_EQ(test, filled, num_online_cpus());
	drain_all_pages(NULL);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, pages_on_lists(cpu), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_NULL(test, cache->cpu[cpu].loaded);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), 0);
}

/* What one CPU allocates, another one frees, again and again: nothing gets lost, and it is counted. */
static void smp_memory_remote_frees(struct kunit *test)
{
	struct core_counts before = { .taken = 0 }, after = { .taken = 0 };
	unsigned int last = num_online_cpus() - 1;

	add_cache_counts(cache, &before);
	for (unsigned int i = 0; i < 20; i++) {
		run_on_cpu(test, 0, allocate, NULL);
		for (unsigned int n = 0; n < BATCH; n++)
			KUNIT_ASSERT_NOT_NULL(test, objects[n]);
		run_on_cpu(test, last, give_back, NULL);
	}
	add_cache_counts(cache, &after);
	KUNIT_EXPECT_EQ(test, remote_frees(&before, &after) != 0, last && cache->has_magazines);
	KUNIT_EXPECT_GT(test, after.taken, before.taken);
	KUNIT_EXPECT_LE(test, cache->nr_slabs * cache->num, 12 * BATCH);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), magazines_count(cache));
}

/* ---- one's own objects: no lock ---- */

#define PAIRS	2000

/* Movable pages: in a zone of one block, which is movable, others would not go back to their list. */
static int own_pairs(void *unused)
{
	for (unsigned int i = 0; i < PAIRS; i++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_MOVABLE);
		void *object = kmem_cache_alloc(cache, GFP_KERNEL), *small = kmalloc(64, GFP_KERNEL);

		kfree(small);
		kmem_cache_free(cache, object);
		if (page)
			__free_page(page);
	}
	return 0;
}

/* 40 in 1,000 pairs are allowed; these are three allocators' pairs. Threads' own stacks count too. */
static void smp_memory_own_objects_need_no_lock(struct kunit *test)
{
	unsigned long most = 40 * 3 * PAIRS / 1000 * num_online_cpus();
	struct core_counts before = { .taken = 0 }, after = { .taken = 0 };

	run_on_each_cpu(test, fill_layers, NULL, NULL);
	add_all_core_counts(&before);
	run_on_each_cpu(test, own_pairs, NULL, NULL);
	add_all_core_counts(&after);
	if (page_watchers)		/* their own business may need more */
		return;
	if (cache->has_magazines && pcp_enabled())
		KUNIT_EXPECT_LE(test, after.taken - before.taken, most);
	else
		KUNIT_EXPECT_GT(test, after.taken - before.taken, most);
	KUNIT_EXPECT_LE(test, after.contended - before.contended, after.taken - before.taken);
}

/* ---- validators ---- */

static void validate(struct kunit *test)
{
	for (unsigned int i = 0; i < 10; i++) {
		KUNIT_EXPECT_TRUE(test, zones_validate());
		KUNIT_EXPECT_TRUE(test, caches_validate());
		drain_all_pages(NULL);
	}
}

static void smp_memory_validators_at_work(struct kunit *test)
{
	run_on_each_cpu(test, own_pairs, NULL, validate);
}

static unsigned long beats[NR_CPUS];
static bool listened;

static int beat(void *unused)
{
	unsigned int cpu = raw_smp_processor_id();
	unsigned long end = jiffies + HZ;

	while (!READ_ONCE(listened) && time_before(jiffies, end)) {
		WRITE_ONCE(beats[cpu], beats[cpu] + 1);
		yield();
	}
	return 0;
}

/* How many of the others' hearts beat in 3 ms. */
static int count_beating(void)
{
	unsigned long before[NR_CPUS];
	unsigned int here = raw_smp_processor_id(), cpu;
	int beating = 0;

	memcpy(before, beats, sizeof(before));
	mdelay(3);
	for_each_online_cpu(cpu)
		beating += cpu != here && READ_ONCE(beats[cpu]) != before[cpu];
	return beating;
}

static int listen(void *data)
{
	return irqs_disabled() ? count_beating() : -1;
}

/* None while they stand still; and soon all again. */
static void stop_and_listen(struct kunit *test)
{
	for (unsigned int i = 0; i < 5; i++) {
		unsigned int tries = 50;

		while (count_beating() < (int)num_online_cpus() - 1 && tries--)
			schedule_timeout_uninterruptible(1);
		KUNIT_EXPECT_EQ(test, stop_machine(listen, NULL, NULL), 0);
	}
	WRITE_ONCE(listened, true);
}

static void smp_memory_stop_machine(struct kunit *test)
{
	WRITE_ONCE(listened, false);
	run_on_each_cpu(test, beat, NULL, stop_and_listen);
}

/*
 * Another CPU is asked to stand still while it is inside its lists, and leaves them to call all CPUs, with
 * preemption off still. This one stands still already: the other has to, too, before it is answered.
 */
static bool asked_inside, is_waiting, all_called;

static void nothing(void *unused)
{
}

static int leave_and_call(void *unused)
{
	preempt_disable();
	cpu_layer_enter();
	WRITE_ONCE(asked_inside, true);
	mdelay(5);
	cpu_layer_leave();
	WRITE_ONCE(is_waiting, true);
	smp_call_function(nothing, NULL, 1);
	WRITE_ONCE(all_called, true);
	preempt_enable();
	return 0;
}

static int note_call(void *data)
{
	return READ_ONCE(is_waiting) && !READ_ONCE(all_called);
}

static void smp_memory_stops_who_calls(struct kunit *test)
{
	unsigned int cpu = (raw_smp_processor_id() + 1) % num_online_cpus();
	struct test_thread thread;

	if (num_online_cpus() == 1)
		return;			/* nobody to be waited for */
	WRITE_ONCE(asked_inside, false);
	WRITE_ONCE(is_waiting, false);
	WRITE_ONCE(all_called, false);
	test_thread_start_on(test, &thread, cpu, leave_and_call, NULL);
	while (!READ_ONCE(asked_inside))
		yield();
	KUNIT_EXPECT_TRUE(test, stop_machine(note_call, NULL, NULL));
	test_thread_join(&thread);
	KUNIT_EXPECT_TRUE(test, all_called);
}

/* ---- an interrupt while this CPU is in the middle of its lists ---- */

struct visit {
	struct timer_list timer;
	bool inside;
	void *object, *small;
	struct page *page;
};

static void visit(struct timer_list *timer)
{
	struct visit *v = from_timer(v, timer, timer);

	v->object = kmem_cache_alloc(cache, GFP_ATOMIC);
	v->small = kmalloc(100, GFP_ATOMIC);
	v->page = alloc_page(GFP_ATOMIC);
	kmem_cache_free(cache, v->object);
	WRITE_ONCE(v->inside, in_cpu_layer());
}

/* A real one; the tests of page_pcp.c and slab_cpu.c only set the mark. */
static void smp_memory_interrupt_inside(struct kunit *test)
{
	unsigned long end = jiffies + HZ;
	struct visit v = { .page = NULL };
	unsigned long on_lists;

	fill_layers(NULL);
	timer_setup(&v.timer, visit, TIMER_PINNED);
	mod_timer(&v.timer, jiffies + 1);
	cpu_layer_enter();
	on_lists = pages_on_lists(raw_smp_processor_id());
	while (!READ_ONCE(v.inside) && time_before(jiffies, end))
		cpu_relax();
	on_lists -= pages_on_lists(raw_smp_processor_id());
	cpu_layer_leave();
	del_timer_sync(&v.timer);
	KUNIT_EXPECT_TRUE(test, v.inside);
	KUNIT_EXPECT_EQ(test, on_lists, 0);
	KUNIT_EXPECT_NOT_NULL(test, v.object);
	KUNIT_EXPECT_NOT_NULL(test, v.small);
	KUNIT_EXPECT_NOT_NULL(test, v.page);
	kfree(v.small);
	if (v.page)
		__free_page(v.page);
	KUNIT_EXPECT_TRUE(test, caches_validate());
}

/* ---- the suite ---- */

static int smp_memory_enter(struct kunit *test)
{
	cache = kmem_cache_create("smp-memory", 96, 0, SLAB_NO_USER_FLAGS, NULL);
	return cache ? 0 : -1;
}

static void smp_memory_leave(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static struct kunit_case smp_memory_cases[] = {
	KUNIT_CASE(smp_memory_drains_every_cpu),
	KUNIT_CASE(smp_memory_remote_frees),
	KUNIT_CASE(smp_memory_own_objects_need_no_lock),
	KUNIT_CASE(smp_memory_validators_at_work),
	KUNIT_CASE(smp_memory_stop_machine),
	KUNIT_CASE(smp_memory_stops_who_calls),
	KUNIT_CASE(smp_memory_interrupt_inside),
	{}
};

static struct kunit_suite smp_memory_suite = {
	.name = "smp_memory",
	.init = smp_memory_enter,
	.exit = smp_memory_leave,
	.test_cases = smp_memory_cases,
};
kunit_test_suite(smp_memory_suite);
