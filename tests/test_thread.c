// SPDX-License-Identifier: MIT
#include <asm/processor.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/smp.h>

#include "test_thread.h"

#define PATIENCE	100000U		/* turns of other threads */
#define MOST_THREADS	16

static int run(void *data)
{
	struct test_thread *thread = data;

	thread->result = thread->fn(thread->data);
	complete(&thread->done);
	return 0;
}

/* @mm: whose thread it will be, with a reference that becomes its; NULL: the kernel's. */
static void start(struct kunit *test, struct test_thread *thread, int cpu,
		  int (*fn)(void *data), void *data, struct mm_struct *mm)
{
	thread->fn = fn;
	thread->data = data;
	init_completion(&thread->done);
	thread->task = cpu == ANY_CPU ? kthread_create(run, thread, "test") :
					kthread_create_on_cpu(run, thread, cpu, "test/%u");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread->task));
	if (mm)
		mm_add_thread(mm, thread->task);
	get_task_struct(thread->task);
	wake_up_process(thread->task);
}

void test_thread_start_on(struct kunit *test, struct test_thread *thread, int cpu,
			  int (*fn)(void *data), void *data)
{
	if (current->mm)
		mmget(current->mm);
	start(test, thread, cpu, fn, data, current->mm);
}

void test_thread_start_alone(struct kunit *test, struct test_thread *thread, int (*fn)(void *data),
			     void *data)
{
	struct mm_struct *mm = mm_alloc(NULL);

	KUNIT_ASSERT_NOT_NULL(test, mm);
	start(test, thread, ANY_CPU, fn, data, mm);
}

void test_thread_start(struct kunit *test, struct test_thread *thread, int (*fn)(void *data),
		       void *data)
{
	test_thread_start_on(test, thread, ANY_CPU, fn, data);
}

bool test_thread_sleeps(struct kunit *test, struct test_thread *thread, unsigned int state)
{
	const struct task_struct *task = thread->task;

	for (unsigned int i = 0; i < PATIENCE; i++) {
		if (READ_ONCE(task->__state) == state && !READ_ONCE(task->on_rq) &&
		    !READ_ONCE(task->on_cpu))
			return true;
		yield();
		cpu_relax();
	}
	KUNIT_FAIL(test, "the thread does not sleep: state %#x", READ_ONCE(task->__state));
	return false;
}

/* A thread that is stopped before it has begun never begins. */
int test_thread_join(struct test_thread *thread)
{
	wait_for_completion(&thread->done);
	kthread_stop(thread->task);
	put_task_struct(thread->task);
	return thread->result;
}

int test_threads_run(struct kunit *test, unsigned int n, int (*fn)(void *data), void *data)
{
	struct test_thread threads[MOST_THREADS];
	int sum = 0;

	n = min(n, (unsigned int)MOST_THREADS);
	for (unsigned int i = 0; i < n; i++)
		test_thread_start(test, &threads[i], fn, data);
	for (unsigned int i = 0; i < n; i++)
		sum += test_thread_join(&threads[i]);
	return sum;
}

/* ---- on chosen CPUs ---- */

void run_on_cpu(struct kunit *test, unsigned int cpu, int (*fn)(void *data), void *data)
{
	struct test_thread thread;

	test_thread_start_on(test, &thread, cpu, fn, data);
	test_thread_join(&thread);
}

void run_on_each_cpu(struct kunit *test, int (*fn)(void *data), void *data,
		     void (*meanwhile)(struct kunit *test))
{
	struct test_thread threads[NR_CPUS];
	unsigned int cpu;

	for_each_online_cpu(cpu)
		test_thread_start_on(test, &threads[cpu], cpu, fn, data);
	if (meanwhile)
		meanwhile(test);
	for_each_online_cpu(cpu)
		test_thread_join(&threads[cpu]);
}

unsigned int other_cpu(struct kunit *test)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id())
			return cpu;
	kunit_skip(test, "there is one CPU");
}
