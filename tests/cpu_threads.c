// SPDX-License-Identifier: MIT
/* Threads on chosen CPUs: see cpu_threads.h. */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/smp.h>

#include "cpu_threads.h"

struct job {
	int (*fn)(void *data);
	void *data;
	struct completion done;
	struct task_struct *task;
};

static int do_job(void *data)
{
	struct job *job = data;

	job->fn(job->data);
	complete(&job->done);
	return 0;
}

static void start_on(struct kunit *test, unsigned int cpu, struct job *job)
{
	init_completion(&job->done);
	job->task = kthread_create_on_cpu(do_job, job, cpu, "test/%u");
	KUNIT_ASSERT_FALSE(test, IS_ERR(job->task));
	get_task_struct(job->task);
	wake_up_process(job->task);
}

/* A thread that is stopped before it has begun never begins. When this returns, it is gone. */
static void finish(struct job *job)
{
	wait_for_completion(&job->done);
	kthread_stop(job->task);
	put_task_struct(job->task);
}

void run_on_cpu(struct kunit *test, unsigned int cpu, int (*fn)(void *data), void *data)
{
	struct job job = { .fn = fn, .data = data };

	start_on(test, cpu, &job);
	finish(&job);
}

void run_on_each_cpu(struct kunit *test, int (*fn)(void *data), void *data)
{
	struct job job[NR_CPUS];
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		job[cpu] = (struct job){ .fn = fn, .data = data };
		start_on(test, cpu, &job[cpu]);
	}
	for_each_online_cpu(cpu)
		finish(&job[cpu]);
}

unsigned int other_cpu(struct kunit *test)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id())
			return cpu;
	kunit_skip(test, "there is one CPU");
}
