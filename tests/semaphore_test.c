// SPDX-License-Identifier: MIT
/* Semaphores: so many at once, whoever lets the next one in; and waiting that ends. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/semaphore.h>

#include "test_thread.h"

static struct semaphore sem;

static void semaphore_counts(struct kunit *test)
{
	sema_init(&sem, 2);
	down(&sem);
	KUNIT_EXPECT_EQ(test, down_trylock(&sem), 0);
	KUNIT_EXPECT_EQ(test, down_trylock(&sem), 1);
	up(&sem);
	KUNIT_EXPECT_EQ(test, down_interruptible(&sem), 0);
	up(&sem);
	KUNIT_EXPECT_EQ(test, down_killable(&sem), 0);
	up(&sem);
	up(&sem);
	KUNIT_EXPECT_EQ(test, sem.count, 2U);
}

/* ---- so many at once ---- */

#define ROUNDS	50
#define PLACES	3

static atomic_t inside, too_many;
static bool full;			/* as many as may were in at once */

static int go_through(void *data)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		int now;

		down(&sem);
		now = atomic_inc_return(&inside);
		if (now == PLACES)
			WRITE_ONCE(full, true);
		if (now > PLACES)
			atomic_inc(&too_many);
		do
			yield();
		while (!READ_ONCE(full));
		atomic_dec(&inside);
		up(&sem);
	}
	return 0;
}

static void semaphore_lets_so_many_in(struct kunit *test)
{
	sema_init(&sem, PLACES);
	full = false;
	atomic_set(&too_many, 0);
	test_threads_run(test, PLACES + 2, go_through, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&too_many), 0);
	KUNIT_EXPECT_EQ(test, sem.count, PLACES + 0U);
}

/* ---- another thread, and nobody ---- */

static int down_once(void *result)
{
	return down_timeout(&sem, *(long *)result);
}

static void semaphore_up_by_another(struct kunit *test)
{
	long limit = MAX_SCHEDULE_TIMEOUT;
	struct test_thread thread;

	sema_init(&sem, 0);
	test_thread_start(test, &thread, down_once, &limit);
	test_thread_sleeps(test, &thread, TASK_UNINTERRUPTIBLE);
	up(&sem);
	KUNIT_EXPECT_EQ(test, sem.count, 0U);	/* it goes to the one who waits */
	KUNIT_EXPECT_EQ(test, test_thread_join(&thread), 0);
	KUNIT_EXPECT_EQ(test, sem.count, 0U);
}

/* Who has waited in vain has left the queue: the next up() is for the others. */
static void semaphore_timeout(struct kunit *test)
{
	long limit = 2;

	sema_init(&sem, 0);
	KUNIT_EXPECT_EQ(test, down_timeout(&sem, 0), -ETIME);
	KUNIT_EXPECT_EQ(test, test_threads_run(test, 2, down_once, &limit), 2 * -ETIME);
	KUNIT_EXPECT_TRUE(test, list_empty(&sem.queue.waiters));
	up(&sem);
	KUNIT_EXPECT_EQ(test, down_timeout(&sem, 1), 0);
}

static struct kunit_case semaphore_cases[] = {
	KUNIT_CASE(semaphore_counts),
	KUNIT_CASE(semaphore_lets_so_many_in),
	KUNIT_CASE(semaphore_up_by_another),
	KUNIT_CASE(semaphore_timeout),
	{}
};

static struct kunit_suite semaphore_suite = {
	.name = "semaphore",
	.test_cases = semaphore_cases,
};
kunit_test_suite(semaphore_suite);
