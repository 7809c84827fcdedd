// SPDX-License-Identifier: MIT
/*
 * kmap_local is its thread's: others have all slots meanwhile, and the CPU stays the same. Beside a
 * page of memory, high if there is any, frames are mapped that are nobody's, so that slots are used
 * on every machine; those are not touched, but it is looked where their addresses lead.
 */
#include <linux/completion.h>
#include <linux/pfn.h>

#include "../mm/highmem.h"
#include "high_pages.h"
#include "threads.h"

#define ROUNDS	20

/* What one thread has open: frames from @first down, and on top a page of its own. */
struct open_mappings {
	unsigned long first;
	unsigned int nr;		/* frames */
	struct page *page;
	void *addr[KM_MAX_IDX];
	u32 *words;
};

static void open_all(struct open_mappings *m)
{
	for (unsigned int i = 0; i < m->nr; i++)
		m->addr[i] = kmap_local_pfn(m->first - i);
	m->words = kmap_local_page(m->page);
}

static void close_all(struct open_mappings *m)
{
	kunmap_local(m->words);
	for (unsigned int i = m->nr; i > 0; i--)
		kunmap_local(m->addr[i - 1]);
}

/* How many lead elsewhere. */
static unsigned int wrong_ones(const struct open_mappings *m)
{
	unsigned int wrong = first_wrong_word(m->words, page_to_pfn(m->page), 0) != PAGE_SIZE / 4, i;
	unsigned long pfn;

	for (i = 0; i < m->nr; i++)
		wrong += window_page((unsigned long)m->addr[i], &pfn) != WINDOW_MAPPED ||
			 pfn != m->first - i;
	return wrong;
}

static bool get_page_with_words(struct open_mappings *m)
{
	u32 *words;

	m->page = alloc_page(GFP_HIGHUSER);
	if (!m->page)
		return false;
	words = kmap_local_page(m->page);
	fill_words(words, page_to_pfn(m->page), 0);
	kunmap_local(words);
	return true;
}

/* Maps and unmaps as many as can be, others running in between. */
static int use_all_slots(void *data)
{
	struct open_mappings *m = data;
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		open_all(m);
		yield();
		wrong += wrong_ones(m);
		close_all(m);
		yield();
	}
	while (!kthread_should_stop())
		yield();
	return wrong;
}

/* Ours lead where they led, whatever @nr others map on this CPU meanwhile. */
static void expect_ours_stay(struct kunit *test, struct open_mappings *ours,
			     struct open_mappings *theirs, int nr)
{
	struct task_struct *task[2];

	open_all(ours);
	for (int i = 0; i < nr; i++)
		task[i] = start_thread(test, use_all_slots, &theirs[i], raw_smp_processor_id());
	for (int i = 0; i < 2 * ROUNDS; i++) {
		yield();
		KUNIT_EXPECT_EQ(test, wrong_ones(ours), 0);
	}
	for (int i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, end_thread(task[i]), 0);
	close_all(ours);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

/* ledger: H2. Others on this CPU use all 16 slots; then one alone, so that no unmapping flushes our slots. */
static void kmap_local_survives_preemption(struct kunit *test)
{
	unsigned long last = PFN_DOWN(cpu_phys_limit) - 1;
	struct open_mappings ours = { .first = last, .nr = 5 };
	struct open_mappings theirs[2] = {
		{ .first = last - 16, .nr = KM_MAX_IDX - 1 },
		{ .first = last - 32, .nr = 5 },	/* its page has the slot that ours has */
	};

	KUNIT_ASSERT_TRUE(test, get_page_with_words(&ours) && get_page_with_words(&theirs[0]) &&
				get_page_with_words(&theirs[1]));
	expect_ours_stay(test, &ours, theirs, 2);
	expect_ours_stay(test, &ours, &theirs[1], 1);
	__free_page(ours.page);
	__free_page(theirs[0].page);
	__free_page(theirs[1].page);
}

/* ---- staying ---- */

struct stayer {
	struct completion mapped, look, looked;
	unsigned int cpu[3];		/* when it mapped, when it was woken up, and afterwards */
};

static int stay(void *data)
{
	struct stayer *s = data;
	void *addr = kmap_local_pfn(PFN_DOWN(cpu_phys_limit) - 1);

	s->cpu[0] = raw_smp_processor_id();
	complete(&s->mapped);
	wait_for_completion(&s->look);
	s->cpu[1] = raw_smp_processor_id();
	kunmap_local(addr);
	yield();
	s->cpu[2] = raw_smp_processor_id();
	complete(&s->looked);
	while (!kthread_should_stop())
		yield();
	return 0;
}

/* ledger: H2. With mappings open it wakes up on its CPU, though it is wanted elsewhere; then it goes. */
static void kmap_local_keeps_its_cpu(struct kunit *test)
{
	int there = other_cpu(test), here = raw_smp_processor_id();
	struct task_struct *task;
	struct stayer s;

	init_completion(&s.mapped);
	init_completion(&s.look);
	init_completion(&s.looked);
	task = start_thread(test, stay, &s, here);
	wait_for_completion(&s.mapped);
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(task, cpumask_of(there)), 0);
	complete(&s.look);
	wait_for_completion(&s.looked);
	end_thread(task);
	KUNIT_EXPECT_EQ(test, s.cpu[0], here);
	KUNIT_EXPECT_EQ(test, s.cpu[1], here);
	KUNIT_EXPECT_EQ(test, s.cpu[2], there);
}

static int say_base(void *data)
{
	void *addr = kmap_local_pfn(PFN_DOWN(cpu_phys_limit) - 1);

	*(unsigned int *)data = fix_to_vpn(kmap_local_index(raw_smp_processor_id(), 0)) ==
				(unsigned long)addr >> PAGE_SHIFT;
	kunmap_local(addr);
	while (!kthread_should_stop())
		yield();
	return 0;
}

/* ledger: H2. No two CPUs have one slot. */
static void each_cpu_has_its_own_slots(struct kunit *test)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		unsigned int good = 2;
		struct task_struct *task = start_thread(test, say_base, &good, cpu);

		while (READ_ONCE(good) == 2)
			yield();
		end_thread(task);
		KUNIT_EXPECT_EQ_MSG(test, good, 1, "CPU %u", cpu);
	}
}

static struct kunit_case kmap_local_threads_cases[] = {
	KUNIT_CASE(kmap_local_survives_preemption),
	KUNIT_CASE(kmap_local_keeps_its_cpu),
	KUNIT_CASE(each_cpu_has_its_own_slots),
	{}
};

static struct kunit_suite kmap_local_threads_suite = {
	.name = "kmap_local_threads",
	.test_cases = kmap_local_threads_cases,
};
kunit_test_suite(kmap_local_threads_suite);
