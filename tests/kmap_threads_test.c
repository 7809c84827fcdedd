// SPDX-License-Identifier: MIT
/* kmap() when all slots are in use: threads sleep until somebody calls kunmap(). */
#include <linux/jiffies.h>

#include "../mm/highmem.h"
#include "high_pages.h"
#include "threads.h"

static struct page **pages;

static int begin(struct kunit *test)
{
	pages = high_pages_get(test, LAST_PKMAP + 1);
	kmap_flush_unused();
	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		kmap(pages[i]);
	return 0;
}

/* The first slot's user has gone in every case. */
static void end(struct kunit *test)
{
	if (test->status == KUNIT_SKIPPED)
		return;
	for (unsigned int i = 1; i < LAST_PKMAP; i++)
		kunmap(pages[i]);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	kmap_flush_unused();
	high_pages_put();
}

struct mapper {
	struct task_struct *task;
	bool near;
	void *addr;
};

/* kmap()s the page that is left over. */
static int map_one_more(void *data)
{
	struct mapper *m = data;

	WRITE_ONCE(m->near, true);
	WRITE_ONCE(m->addr, kmap(pages[LAST_PKMAP]));
	while (!kthread_should_stop())
		yield();
	kunmap(pages[LAST_PKMAP]);
	return 0;
}

static void start_mapper(struct kunit *test, struct mapper *m)
{
	m->task = start_thread(test, map_one_more, m, ANY_CPU);
	wait_until_asleep(m->task, &m->near);
	KUNIT_EXPECT_NULL(test, m->addr);
}

/* It is woken up: by itself it would look again after a longer time only. */
static void *wait_for_address(struct kunit *test, const struct mapper *m)
{
	unsigned long begun = jiffies;

	while (!READ_ONCE(m->addr))
		yield();
	KUNIT_EXPECT_LT(test, jiffies - begun, 5 * HZ);
	return m->addr;
}

/* ledger: H1. It sleeps, and the slot that it gets is the one that has lost its last user. */
static void kmap_sleeps_until_a_slot_is_free(struct kunit *test)
{
	struct mapper m = {};
	void *first = page_address(pages[0]);

	start_mapper(test, &m);
	kmap(pages[0]);
	kunmap(pages[0]);			/* one user is left */
	yield();
	KUNIT_EXPECT_NULL(test, READ_ONCE(m.addr));
	kunmap(pages[0]);
	KUNIT_EXPECT_PTR_EQ(test, wait_for_address(test, &m), first);
	EXPECT_WORDS(test, m.addr, pages[LAST_PKMAP], 0);
	KUNIT_EXPECT_NULL(test, page_address(pages[0]));
	end_thread(m.task);
}

/* ledger: H1. Two threads want one page, and sleep for a slot: they get the same one. */
static void sleepers_for_one_page_share_its_slot(struct kunit *test)
{
	struct mapper m[2] = {};

	start_mapper(test, &m[0]);
	start_mapper(test, &m[1]);
	kunmap(pages[0]);
	KUNIT_EXPECT_PTR_EQ(test, wait_for_address(test, &m[0]), wait_for_address(test, &m[1]));
	KUNIT_EXPECT_EQ(test, kmap_slots[PKMAP_NR((unsigned long)m[0].addr)].count, 3);
	end_thread(m[0].task);
	EXPECT_WORDS(test, m[1].addr, pages[LAST_PKMAP], 0);
	end_thread(m[1].task);
}

static struct kunit_case kmap_threads_cases[] = {
	KUNIT_CASE(kmap_sleeps_until_a_slot_is_free),
	KUNIT_CASE(sleepers_for_one_page_share_its_slot),
	{}
};

static struct kunit_suite kmap_threads_suite = {
	.name = "kmap_threads",
	.init = begin,
	.exit = end,
	.test_cases = kmap_threads_cases,
};
kunit_test_suite(kmap_threads_suite);
