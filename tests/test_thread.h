/* SPDX-License-Identifier: MIT */
/*
 * Threads for tests: started, watched until they sleep, and waited for. They belong to the process
 * whose thread starts them, the case's.
 */
#ifndef TESTS_TEST_THREAD_H
#define TESTS_TEST_THREAD_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>

struct test_thread {
	struct task_struct *task;
	int (*fn)(void *data);
	void *data;
	int result;			/* what fn returned */
	struct completion done;
};

/* Run @fn(@data) beside the test. The test ends if there is no memory for it. */
void test_thread_start(struct kunit *test, struct test_thread *thread, int (*fn)(void *data),
		       void *data);

/* The same on CPU @cpu only, unless it is ANY_CPU; it is called test/@cpu then. */
#define ANY_CPU	-1
void test_thread_start_on(struct kunit *test, struct test_thread *thread, int cpu,
			  int (*fn)(void *data), void *data);

/* The same in a process of its own, which can be killed without the case's. */
void test_thread_start_alone(struct kunit *test, struct test_thread *thread, int (*fn)(void *data),
			     void *data);

/* Until it sleeps in state @state: false, and a failure, if it does not for long. */
bool test_thread_sleeps(struct kunit *test, struct test_thread *thread, unsigned int state);

/* Until it has returned and is gone. What it returned. */
int test_thread_join(struct test_thread *thread);

/* Run @n of them with the same @data, over all CPUs, and wait for them. The sum of what they return. */
int test_threads_run(struct kunit *test, unsigned int n, int (*fn)(void *data), void *data);

/* Call @fn(@data) in a thread on CPU @cpu, and wait until it has returned. */
void run_on_cpu(struct kunit *test, unsigned int cpu, int (*fn)(void *data), void *data);

/* The same on each CPU, all at the same time; @meanwhile(@test), unless it is NULL, here. */
void run_on_each_cpu(struct kunit *test, int (*fn)(void *data), void *data,
		     void (*meanwhile)(struct kunit *test));

/* A CPU that is online and not this one; the case is skipped where there is none. */
unsigned int other_cpu(struct kunit *test);

#endif /* TESTS_TEST_THREAD_H */
