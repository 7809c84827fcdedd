// SPDX-License-Identifier: MIT
/* vmalloc() of several threads, on several CPUs, and vfree() from a real interrupt. */
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/timer.h>
#include <quarry/test_seed.h>

#include "threads.h"
#include "vmalloc_sandbox.h"

/* ---- from an interrupt ---- */

struct freeing_timer {
	struct timer_list timer;
	void *p;
	bool was_interrupt, done;
};

static void free_it(struct timer_list *timer)
{
	struct freeing_timer *f = from_timer(f, timer, timer);

	f->was_interrupt = in_interrupt();
	vfree(f->p);
	WRITE_ONCE(f->done, true);
}

/* ledger: V2. Nobody else comes by: a work item unmaps it. */
static void vfree_in_a_real_interrupt(struct kunit *test)
{
	struct freeing_timer f = { .p = vmalloc(3 * PAGE_SIZE) };
	const char *p = f.p;

	KUNIT_ASSERT_NOT_NULL(test, p);
	timer_setup(&f.timer, free_it, 0);
	mod_timer(&f.timer, jiffies + 1);
	while (!READ_ONCE(f.done))
		yield();
	KUNIT_EXPECT_TRUE(test, f.was_interrupt);
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
	while (vmalloc_to_page(p) || vmalloc_to_page(p + 2 * PAGE_SIZE))
		yield();
	del_timer_sync(&f.timer);
}

/* ---- several threads ---- */

#define THREADS		3
#define KEPT		4

struct user {
	u32 tag;
	bool begun;
};

/* Returns how many areas were not what they had been. */
static int use(void *data)
{
	struct user *u = data;
	struct { void *p; unsigned long pages; } kept[KEPT] = {};
	unsigned int rounds = kunit_rounds(60), wrong = 0;
	struct rnd_state state;
	u32 random;

	prandom_seed_state(&state, u->tag);
	WRITE_ONCE(u->begun, true);
	for (unsigned int i = 0; i < rounds + KEPT; i++) {
		typeof(kept[0]) *k = &kept[i % KEPT];

		random = prandom_u32_state(&state);
		wrong += k->p && !pages_are_tagged(k->p, k->pages, u->tag);
		if (random & 0x100)
			vfree(k->p);
		else
			vfree_atomic(k->p);
		k->pages = 1 + (random >> 16) % 5;
		k->p = i < rounds ? vmalloc_32(k->pages * PAGE_SIZE) : NULL;
		if (k->p)
			tag_pages(k->p, k->pages, u->tag);
		if (!(random & 0x1e00))
			vm_unmap_aliases();
		if (random & 0x2000)
			yield();
	}
	return wrong;
}

/* ledger: V2 V5. They come and go, are flushed and given out again: nobody finds another one's tag. */
static void vmallocs_of_several_threads(struct kunit *test)
{
	struct task_struct *task[THREADS];
	struct user user[THREADS];

	for (int i = 0; i < THREADS; i++) {
		user[i] = (struct user) { .tag = kunit_seed() + i };
		task[i] = start_thread(test, use, &user[i], ANY_CPU);
	}
	for (int i = 0; i < THREADS; i++) {
		while (!READ_ONCE(user[i].begun))
			yield();
		KUNIT_EXPECT_EQ(test, end_thread(task[i]), 0);
	}
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
}

/* ---- what other CPUs remember ---- */

struct reader {
	const u32 *volatile where;
	volatile u32 seen;
	volatile unsigned int asked, answered;
};

static int read_when_asked(void *data)
{
	struct reader *r = data;

	while (!kthread_should_stop()) {
		if (r->answered != r->asked) {
			r->seen = *(volatile const u32 *)r->where;
			r->answered = r->asked;
		}
		yield();
	}
	return 0;
}

/* The word at @p, read on the other CPU. */
static u32 read_there(struct reader *r, const void *p)
{
	r->where = p;
	barrier();
	r->asked++;
	while (r->answered != r->asked)
		yield();
	return r->seen;
}

/* ledger: V2 V5. One address, two pages one after the other: the other CPU reads the second one. */
static void vfree_flushes_all_cpus(struct kunit *test)
{
	struct reader r = {};
	struct task_struct *task = start_thread(test, read_when_asked, &r, other_cpu(test));
	struct page *taken;
	unsigned long pfn;
	u32 *p, *q;

	for (int i = 0; i < 20; i++) {
		p = vmalloc_32(PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, p);
		*p = 0x100 + i;
		KUNIT_EXPECT_EQ(test, read_there(&r, p), 0x100 + i);
		pfn = vmalloc_to_pfn(p);
		vfree(p);
		vm_unmap_aliases();
		taken = alloc_page(GFP_KERNEL);		/* the one just freed, as a rule */
		q = vmalloc_32(PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, q);
		*q = 0x200 + i;
		KUNIT_EXPECT_EQ_MSG(test, read_there(&r, q), 0x200 + i, "%px %s %px, frame %#lx %s",
				    q, q == p ? "==" : "!=", p, pfn,
				    vmalloc_to_pfn(q) == pfn ? "again" : "gone");
		if (taken)
			__free_page(taken);
		vfree(q);
	}
	end_thread(task);
}

/* Workers come into being as they are needed, and stay. */
static struct kunit_case vmalloc_interrupt_cases[] = {
	KUNIT_CASE(vfree_in_a_real_interrupt),
	{}
};

static struct kunit_suite vmalloc_interrupt_suite = {
	.name = "vmalloc_interrupt",
	.test_cases = vmalloc_interrupt_cases,
};
kunit_test_suite(vmalloc_interrupt_suite);

static struct kunit_case vmalloc_threads_cases[] = {
	KUNIT_CASE(vmallocs_of_several_threads),
	KUNIT_CASE(vfree_flushes_all_cpus),
	{}
};

static struct kunit_suite vmalloc_threads_suite = {
	.name = "vmalloc_threads",
	.init = vmalloc_sandbox_enter,
	.exit = vmalloc_sandbox_leave,
	.test_cases = vmalloc_threads_cases,
};
kunit_test_suite(vmalloc_threads_suite);
