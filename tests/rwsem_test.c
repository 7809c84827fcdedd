// SPDX-License-Identifier: MIT
/* Rw-semaphores: many who read or one who writes, in the order of arrival; and what is reported. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/rwsem.h>

#include "test_thread.h"

static DECLARE_RWSEM(sem);

static void rwsem_alone(struct kunit *test)
{
	down_read(&sem);
	KUNIT_EXPECT_EQ(test, down_read_trylock(&sem), 1);
	KUNIT_EXPECT_EQ(test, down_write_trylock(&sem), 0);
	KUNIT_EXPECT_EQ(test, sem.active, 2);
	up_read(&sem);
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, down_write_killable(&sem), 0);
	KUNIT_EXPECT_EQ(test, down_read_trylock(&sem), 0);
	KUNIT_EXPECT_EQ(test, down_write_trylock(&sem), 0);
	downgrade_write(&sem);
	KUNIT_EXPECT_EQ(test, down_read_trylock(&sem), 1);
	KUNIT_EXPECT_EQ(test, current->sleeping_locks.nr, 2);
	up_read(&sem);
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, down_read_killable(&sem) + down_read_trylock(&sem), 1);
	up_read(&sem);
	up_read(&sem);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&sem));
	KUNIT_EXPECT_EQ(test, current->sleeping_locks.nr, 0);
}

/* ---- in the order of arrival ---- */

static atomic_t readers_in;
static int seen_by_writer;

static int read_until_stopped(void *go_on)
{
	down_read(&sem);
	atomic_inc(&readers_in);
	wait_for_completion(go_on);
	atomic_dec(&readers_in);
	up_read(&sem);
	return 0;
}

static int write_once(void *data)
{
	down_write(&sem);
	seen_by_writer = atomic_read(&readers_in);
	up_write(&sem);
	return 0;
}

/* r w r r, of which the first is in: the writer waits for him, the others wait for the writer. */
static void rwsem_in_order(struct kunit *test)
{
	struct test_thread writer, later[2];
	DECLARE_COMPLETION_ONSTACK(go_on);

	atomic_set(&readers_in, 0);
	seen_by_writer = -1;
	down_read(&sem);
	test_thread_start(test, &writer, write_once, NULL);
	test_thread_sleeps(test, &writer, TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, down_read_trylock(&sem), 0);
	for (unsigned int i = 0; i < 2; i++) {
		test_thread_start(test, &later[i], read_until_stopped, &go_on);
		test_thread_sleeps(test, &later[i], TASK_UNINTERRUPTIBLE);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&readers_in), 0);
	KUNIT_EXPECT_TRUE(test, rwsem_is_contended(&sem));
	up_read(&sem);
	test_thread_join(&writer);
	KUNIT_EXPECT_EQ(test, seen_by_writer, 0);
	KUNIT_EXPECT_EQ(test, sem.active, 2);		/* both, at once */
	complete_all(&go_on);
	for (unsigned int i = 0; i < 2; i++)
		test_thread_join(&later[i]);
	KUNIT_EXPECT_EQ(test, sem.active, 0);
}

/* Who reads from now on lets those in who wait to read. */
static void rwsem_downgrade(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(go_on);
	struct test_thread reader;

	atomic_set(&readers_in, 0);
	down_write(&sem);
	test_thread_start(test, &reader, read_until_stopped, &go_on);
	test_thread_sleeps(test, &reader, TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, atomic_read(&readers_in), 0);
	downgrade_write(&sem);
	KUNIT_EXPECT_EQ(test, sem.active, 2);
	complete(&go_on);
	test_thread_join(&reader);
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, sem.active, 0);
}

/* ---- readers and writers at random ---- */

#define ROUNDS	60

static unsigned int left, right, torn;

static int read_and_write(void *data)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (i % 4) {
			down_read(&sem);
			torn += left != right;
			yield();
			torn += left != right;
			up_read(&sem);
		} else {
			down_write(&sem);
			left++;
			yield();
			right++;
			up_write(&sem);
		}
	}
	return 0;
}

static void rwsem_excludes(struct kunit *test)
{
	left = right = torn = 0;
	test_threads_run(test, 5, read_and_write, NULL);
	KUNIT_EXPECT_EQ(test, torn, 0U);
	KUNIT_EXPECT_EQ(test, left, 5U * ROUNDS / 4);
	KUNIT_EXPECT_EQ(test, right, left);
}

/* ---- what is reported ---- */

static int misuse(void *data)
{
	struct kunit *test = data;

	KUNIT_EXPECT_REPORT(test, "BUG: rw-semaphore sem*: given back by a thread that does not write",
			    up_write(&sem));
	return 0;
}

static void rwsem_reports(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "BUG: rw-semaphore sem*: up_read(), but nobody reads",
			    up_read(&sem));
	down_write(&sem);
	test_threads_run(test, 1, misuse, test);
	KUNIT_EXPECT_REPORT(test, "BUG: rw-semaphore sem*: taken a second time by the same thread",
			    down_read(&sem));
	KUNIT_EXPECT_EQ(test, sem.active, -1);
	up_write(&sem);
}

static struct kunit_case rwsem_cases[] = {
	KUNIT_CASE(rwsem_alone),
	KUNIT_CASE(rwsem_in_order),
	KUNIT_CASE(rwsem_downgrade),
	KUNIT_CASE(rwsem_excludes),
	KUNIT_CASE(rwsem_reports),
	{}
};

static struct kunit_suite rwsem_suite = {
	.name = "rwsem",
	.test_cases = rwsem_cases,
};
kunit_test_suite(rwsem_suite);
