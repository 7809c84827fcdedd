// SPDX-License-Identifier: MIT
/* What kmap promises to threads. There is one so far, so nobody can be waited for or preempted. */
#include <kunit/test.h>

/* ledger: H1. All slots are in use: kmap() sleeps until another thread calls kunmap(). */
static void kmap_sleeps_until_a_slot_is_free(struct kunit *test)
{
	kunit_skip(test, "needs threads: until then kmap() panics, see `crash kmap-slots`");
}

/* ledger: H1. Two threads want one page, and sleep for a slot: they get the same one. */
static void sleepers_for_one_page_share_its_slot(struct kunit *test)
{
	kunit_skip(test, "needs threads");
}

/* ledger: H2. Preempted with mappings open: the other thread has all 16 slots, then we again. */
static void kmap_local_survives_preemption(struct kunit *test)
{
	kunit_skip(test, "needs threads");
}

/* ledger: H2. A thread with mappings open stays on its CPU. */
static void kmap_local_keeps_its_cpu(struct kunit *test)
{
	kunit_skip(test, "needs threads, and another CPU");
}

static struct kunit_case kmap_threads_cases[] = {
	KUNIT_CASE(kmap_sleeps_until_a_slot_is_free),
	KUNIT_CASE(sleepers_for_one_page_share_its_slot),
	KUNIT_CASE(kmap_local_survives_preemption),
	KUNIT_CASE(kmap_local_keeps_its_cpu),
	{}
};

static struct kunit_suite kmap_threads_suite = {
	.name = "kmap_threads",
	.test_cases = kmap_threads_cases,
};
kunit_test_suite(kmap_threads_suite);
