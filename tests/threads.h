/* SPDX-License-Identifier: MIT */
/* Threads that help a case: started, seen asleep, ended. */
#ifndef _TESTS_THREADS_H
#define _TESTS_THREADS_H

#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "test_thread.h"

/* @fn(@data) runs, on @cpu only unless that is ANY_CPU. end_thread() must follow. */
static inline struct task_struct *start_thread(struct kunit *test, int (*fn)(void *data), void *data,
					       int cpu)
{
	struct task_struct *task = kthread_create(fn, data, "%s", "helper");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	if (cpu != ANY_CPU)
		kthread_bind(task, cpu);
	wake_up_process(task);
	return task;
}

/* What its function returned. It must have begun; afterwards nothing of it is left. */
static inline int end_thread(struct task_struct *task)
{
	int result = kthread_stop(task);

	while (atomic_read(&task->usage) != 1)
		yield();			/* whoever ran next on its CPU is about to drop his */
	put_task_struct(task);
	return result;
}

/* Wait until @task sleeps. @near: it is about to do what it is to sleep in. */
static inline void wait_until_asleep(struct task_struct *task, const bool *near)
{
	while (!READ_ONCE(*near) || READ_ONCE(task->on_rq) || READ_ONCE(task->on_cpu) ||
	       READ_ONCE(task->__state) != TASK_UNINTERRUPTIBLE)
		yield();
}

#endif /* _TESTS_THREADS_H */
