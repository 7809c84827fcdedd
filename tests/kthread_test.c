// SPDX-License-Identifier: MIT
/* Threads: made, run, asked to end, parked, bound, gone. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>
#include <quarry/memory_layout.h>
#include <quarry/proc.h>
#include <asm/traps.h>

#include "../mm/slab.h"
#include "test_thread.h"

struct facts {
	struct task_struct *self;
	unsigned int cpu, preempt_count;
	unsigned long stack_pointer;
	bool interrupts_off;
};

static int tell(void *data)
{
	struct facts *facts = data;

	*facts = (struct facts){
		.self = current,
		.cpu = raw_smp_processor_id(),
		.preempt_count = preempt_count(),
		.stack_pointer = current_stack_pointer,
		.interrupts_off = irqs_disabled(),
	};
	while (!kthread_should_stop())
		yield();
	return 42;
}

/* With a reference. */
static struct task_struct *run_thread(struct kunit *test, int (*fn)(void *), void *data)
{
	struct task_struct *task = kthread_run(fn, data, "tell/%d", 7);

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	return get_task_struct(task);
}

/* ledger: T1 T4 */
static void runs_on_its_own_stack(struct kunit *test)
{
	struct facts facts = {};
	struct task_struct *task = run_thread(test, tell, &facts);

	while (!READ_ONCE(facts.self))
		yield();
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 42);
	KUNIT_EXPECT_PTR_EQ(test, facts.self, task);
	KUNIT_EXPECT_STREQ(test, task->comm, "tell/7");
	KUNIT_EXPECT_EQ(test, facts.preempt_count, 0);
	KUNIT_EXPECT_FALSE(test, facts.interrupts_off);
	KUNIT_EXPECT_GT(test, facts.stack_pointer, (unsigned long)task->stack);
	KUNIT_EXPECT_LT(test, facts.stack_pointer, (unsigned long)task->stack + THREAD_SIZE);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(task->stack));
	KUNIT_EXPECT_EQ(test, READ_ONCE(task->__state), TASK_DEAD);
	KUNIT_EXPECT_EQ(test, atomic_read(&task->usage), 1);
	put_task_struct(task);
}

static void a_long_name_is_cut(struct kunit *test)
{
	struct task_struct *task = kthread_create(tell, NULL, "a-name-that-is-too-long-%d", 1);

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_STREQ(test, task->comm, "a-name-that-is-");
	KUNIT_EXPECT_PTR_EQ(test, kthread_func(task), (void *)tell);
	KUNIT_EXPECT_NULL(test, kthread_data(task));
	kthread_stop(task);
}

/* Its function is never called: @data would be written to. */
static void stopped_before_it_runs(struct kunit *test)
{
	struct facts facts = {};
	struct task_struct *task = kthread_create(tell, &facts, "never");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_EQ(test, kthread_stop(task), -EINTR);
	KUNIT_EXPECT_NULL(test, facts.self);
}

static int leave(void *done)
{
	kthread_complete_and_exit(done, 3);
}

/* kthread_stop() of a thread that has ended by itself, by who has a reference. */
static void ends_by_itself(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct task_struct *task = run_thread(test, leave, &done);
	pid_t pid = task->pid;

	wait_for_completion(&done);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 3);
	KUNIT_EXPECT_NULL(test, find_get_task_by_vpid(pid));
	put_task_struct(task);
}

static void is_found_by_its_number(struct kunit *test)
{
	struct task_struct *task = kthread_create(tell, NULL, "numbered"), *each;
	unsigned int found = 0;
	pid_t last = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_GT(test, task->pid, 0);
	KUNIT_EXPECT_NE(test, task->pid, current->pid);
	each = find_get_task_by_vpid(task->pid);
	KUNIT_EXPECT_PTR_EQ(test, each, task);
	KUNIT_EXPECT_EQ(test, atomic_read(&task->usage), 2);
	put_task_struct(each);
	for_each_task_get(each) {
		KUNIT_EXPECT_GT(test, each->pid, last);
		last = each->pid;
		found += each == task || each == current;
	}
	KUNIT_EXPECT_EQ(test, found, 2);
	kthread_stop(task);
}

/* ---- parking ---- */

static int count_unless_parked(void *data)
{
	unsigned int *count = data;

	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		(*count)++;
		yield();
	}
	return 0;
}

static void parks(struct kunit *test)
{
	unsigned int count = 0, before, i;
	struct task_struct *task = run_thread(test, count_unless_parked, &count);

	while (!READ_ONCE(count))
		yield();
	KUNIT_EXPECT_EQ(test, kthread_park(task), 0);
	before = READ_ONCE(count);
	KUNIT_EXPECT_EQ(test, READ_ONCE(task->__state), TASK_PARKED);
	wake_up_process(task);			/* that is not enough */
	for (i = 0; i < 10; i++)
		yield();
	KUNIT_EXPECT_EQ(test, READ_ONCE(count), before);
	KUNIT_EXPECT_REPORT(test, "WARNING: *", KUNIT_EXPECT_EQ(test, kthread_park(task), -EBUSY));
	kthread_unpark(task);
	while (READ_ONCE(count) == before)
		yield();
	KUNIT_EXPECT_EQ(test, kthread_park(task), 0);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);	/* a parked one, too */
	put_task_struct(task);
}

/* ---- where ---- */

static void bound_to_each_cpu(struct kunit *test)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		struct facts facts = {};
		struct task_struct *task = kthread_create_on_cpu(tell, &facts, cpu, "bound/%u");

		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
		KUNIT_EXPECT_TRUE(test, task->flags & PF_NO_SETAFFINITY);
		KUNIT_EXPECT_EQ(test, task->comm[6], '0' + cpu);
		wake_up_process(task);
		while (!READ_ONCE(facts.self))
			yield();
		KUNIT_EXPECT_EQ(test, kthread_stop(task), 42);
		KUNIT_EXPECT_EQ(test, facts.cpu, cpu);
	}
}

static void bound_too_late_is_reported(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "WARNING: *", kthread_bind(current, 0));
}

static int keeps(void *lock)
{
	mutex_lock(lock);
	return 0;
}

static void ends_with_a_lock(struct kunit *test)
{
	struct mutex lock;

	mutex_init(&lock);
	KUNIT_EXPECT_REPORT(test, "WARNING: test/* still has locks held!",
			    test_threads_run(test, 1, keeps, &lock));
}

/* ---- what it costs ---- */

/* The more CPUs there are, the more dead threads' task_structs lie in magazines. */
static unsigned long free_pages_now(void)
{
	slab_reap_caches();
	vm_unmap_aliases();
	drain_all_pages(NULL);
	return nr_free_pages();
}

/* Those that somebody stops, and those that nobody waits for. */
static void nothing_is_left_behind(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(done);
	unsigned long before;
	unsigned int i, threads = nr_threads;

	kthread_stop(kthread_run(tell, &(struct facts){}, "first"));
	before = free_pages_now();
	for (i = 0; i < 40; i++) {
		kthread_stop(kthread_run(tell, &(struct facts){}, "stopped"));
		kthread_run(leave, &done, "leaves");
		wait_for_completion(&done);
	}
	for (i = 0; i < 1000 && READ_ONCE(nr_threads) > threads; i++)
		yield();
	KUNIT_EXPECT_LE(test, nr_threads, threads + 2);	/* workers come when they are needed */
	/* two slabs may have been begun, and two workers have stacks */
	KUNIT_EXPECT_GE(test, free_pages_now() + 2 + 2 * THREAD_SIZE / PAGE_SIZE, before);
}

/* @space: what the first allocations may have before one fails. */
static void expect_enomem(struct kunit *test, const char *space)
{
	struct task_struct *task;

	KUNIT_EXPECT_EQ(test, proc_store("failslab/space", space), 0);
	KUNIT_EXPECT_EQ(test, proc_store("failslab/times", "1"), 0);
	KUNIT_EXPECT_EQ(test, proc_store("failslab/probability", "100"), 0);
	task = kthread_create(tell, NULL, "unlucky");
	KUNIT_EXPECT_EQ(test, proc_store("failslab/probability", "0"), 0);
	KUNIT_EXPECT_PTR_EQ(test, task, ERR_PTR(-ENOMEM));
}

static void no_memory_is_told(struct kunit *test)
{
	unsigned int threads = nr_threads;

	KUNIT_EXPECT_EQ(test, proc_store("failslab/ignore-gfp-wait", "N"), 0);
	KUNIT_EXPECT_EQ(test, proc_store("failslab/verbose", "0"), 0);
	expect_enomem(test, "0");		/* struct kthread */
	expect_enomem(test, "200");		/* struct task_struct */
	KUNIT_EXPECT_EQ(test, proc_store("failslab/ignore-gfp-wait", "Y"), 0);
	KUNIT_EXPECT_EQ(test, nr_threads, threads);
}

/* ---- too deep ---- */

static noinline int dig(volatile int *depth)
{
	volatile char ballast[200];

	ballast[0] = ++*depth;
	return *depth % 1000000 ? dig(depth) + ballast[0] : 0;
}

static int dig_in_a_thread(void *unused)
{
	struct recovery here;
	volatile int depth = 0;

	if (kernel_setjmp(&here.env) == 0) {
		recovery_push(&here);
		dig(&depth);
		recovery_pop(&here);
	}
	return depth;
}

/* ledger: T3 */
static void overflow_is_caught_and_named(struct kunit *test)
{
	volatile int depth = 0;

	if (!double_fault_has_a_stack)
		kunit_skip(test, "no task gate: double faults have no stack of their own");
	KUNIT_EXPECT_REPORT(test, "BUG: stack guard page was hit: *digger*", {
		struct task_struct *task = kthread_create(dig_in_a_thread, NULL, "digger");

		get_task_struct(task);
		wake_up_process(task);
		while (READ_ONCE(task->__state) != TASK_DEAD)
			yield();
		depth = kthread_stop(task);
		put_task_struct(task);
	});
	KUNIT_EXPECT_GT(test, depth, THREAD_SIZE / 400);
}

/* ledger: T1 T3 */
static void stack_is_described(struct kunit *test)
{
	struct task_struct *task = kthread_create(tell, NULL, "described");
	unsigned long stack = (unsigned long)task->stack;
	char text[128];

	KUNIT_EXPECT_EQ(test, describe_place(stack + 16, text, sizeof(text)), PLACE_KNOWN);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "the stack of described"), "%s", text);
	KUNIT_EXPECT_EQ(test, describe_place(stack - 16, text, sizeof(text)), PLACE_GUARD);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "below the stack of described"), "%s", text);
	KUNIT_EXPECT_FALSE(test, task_stack_end_corrupted(task));
	kthread_stop(task);
}

static struct kunit_case kthread_cases[] = {
	KUNIT_CASE(runs_on_its_own_stack),
	KUNIT_CASE(a_long_name_is_cut),
	KUNIT_CASE(stopped_before_it_runs),
	KUNIT_CASE(ends_by_itself),
	KUNIT_CASE(is_found_by_its_number),
	KUNIT_CASE(parks),
	KUNIT_CASE(bound_to_each_cpu),
	KUNIT_CASE(bound_too_late_is_reported),
	KUNIT_CASE(ends_with_a_lock),
	KUNIT_CASE(nothing_is_left_behind),
	KUNIT_CASE(no_memory_is_told),
	KUNIT_CASE(overflow_is_caught_and_named),
	KUNIT_CASE(stack_is_described),
	{}
};

static struct kunit_suite kthread_suite = {
	.name = "kthread",
	.test_cases = kthread_cases,
};
kunit_test_suite(kthread_suite);
