// SPDX-License-Identifier: MIT
/*
 * Shootdowns: when a page has been taken away, no CPU reaches it any more; when its address has been
 * given to another frame, every CPU finds that one.
 */
#include <asm/tlbflush.h>
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <quarry/test_seed.h>

#include "test_thread.h"
#include "window_pages.h"

#define ROUNDS	6
#define PAGES	40		/* more than are flushed one by one */

static u8 *frames[2];
static atomic_t reached, wrong;

/* What this CPU finds at the first page and the last; 0: nothing. */
static u8 look(unsigned long nr, unsigned long page)
{
	u8 byte = 0;

	if (copy_from_kernel_nofault(&byte, (void *)(TEST_WINDOW + (page % nr) * PAGE_SIZE), 1))
		return 0;
	return byte;
}

struct expected {
	unsigned long nr;
	u8 byte;
};

static void look_here(void *info)
{
	const struct expected *expected = info;

	if (look(expected->nr, 0) != expected->byte ||
	    look(expected->nr, expected->nr - 1) != expected->byte)
		atomic_inc(&wrong);
}

static void expect_everywhere(struct kunit *test, unsigned long nr, u8 byte)
{
	struct expected expected = { nr, byte };

	atomic_set(&wrong, 0);
	on_each_cpu(look_here, &expected, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&wrong), 0);
}

static int tlb_smp_init(struct kunit *test)
{
	for (unsigned int i = 0; i < 2; i++) {
		frames[i] = (u8 *)__get_free_page(GFP_KERNEL);
		if (!frames[i])
			return -ENOMEM;
		memset(frames[i], i + 1, PAGE_SIZE);
	}
	return 0;
}

static void tlb_smp_exit(struct kunit *test)
{
	for (unsigned int i = 0; i < 2; i++)
		free_page((unsigned long)frames[i]);
}

static void map_all(struct kunit *test, unsigned long nr, u8 *frame)
{
	for (unsigned long page = 0; page < nr; page++)
		KUNIT_ASSERT_EQ(test, map_kernel_range(TEST_WINDOW + page * PAGE_SIZE,
						       frame_of(frame), 1, PAGE_KERNEL), 0);
}

static void tlb_smp_rounds(struct kunit *test, unsigned long nr)
{
	for (unsigned int round = 0; round < kunit_rounds(ROUNDS); round++) {
		map_all(test, nr, frames[round % 2]);
		expect_everywhere(test, nr, round % 2 + 1);
		unmap_test_pages(test, TEST_WINDOW, nr);
		expect_everywhere(test, nr, 0);
	}
}

static void tlb_smp_one_page(struct kunit *test)
{
	other_cpu(test);
	tlb_smp_rounds(test, 1);
}

static void tlb_smp_many_pages(struct kunit *test)
{
	other_cpu(test);
	tlb_smp_rounds(test, PAGES);
}

/* All CPUs take pages away at the same time, and look at their own. */
static int map_and_take_away(void *unused)
{
	unsigned int rounds = kunit_rounds(ROUNDS), cpu = raw_smp_processor_id(), round;

	for (round = 0; round < rounds; round++) {
		u8 *bytes = vmalloc(2 * PAGE_SIZE), seen = 0;

		if (!bytes)
			break;
		memset(bytes, cpu + 1, 2 * PAGE_SIZE);
		if (bytes[PAGE_SIZE] != cpu + 1)
			atomic_inc(&wrong);
		atomic_inc(&reached);
		vfree(bytes);
		vm_unmap_aliases();
		if (!copy_from_kernel_nofault(&seen, bytes, 1) && seen == cpu + 1 &&
		    !is_vmalloc_addr(bytes))
			atomic_inc(&wrong);
	}
	return 0;
}

static void tlb_smp_all_at_once(struct kunit *test)
{
	bool was_on = tlb_record_enabled();
	unsigned long before = tlb_record_reports;

	other_cpu(test);
	atomic_set(&reached, 0);
	atomic_set(&wrong, 0);
	if (!was_on)
		tlb_record_enable(true);
	run_on_each_cpu(test, map_and_take_away, NULL, NULL);
	if (!was_on)
		tlb_record_enable(false);
	KUNIT_EXPECT_EQ(test, atomic_read(&wrong), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&reached), 0);
	KUNIT_EXPECT_EQ(test, tlb_record_reports, before);
}

static struct kunit_case tlb_smp_cases[] = {
	KUNIT_CASE(tlb_smp_one_page),
	KUNIT_CASE(tlb_smp_many_pages),
	KUNIT_CASE(tlb_smp_all_at_once),
	{}
};

static struct kunit_suite tlb_smp_suite = {
	.name = "tlb_smp",
	.init = tlb_smp_init,
	.exit = tlb_smp_exit,
	.test_cases = tlb_smp_cases,
};
kunit_test_suite(tlb_smp_suite);
