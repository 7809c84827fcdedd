// SPDX-License-Identifier: MIT
/* Mutexes, among threads: one at a time, in the order of arrival; and what is reported. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/debug_locks.h>
#include <linux/mutex.h>

#include "test_thread.h"

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

static void mutex_lock_and_unlock(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&a));
	mutex_lock(&a);
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&a));
	KUNIT_EXPECT_FALSE(test, mutex_trylock(&a));
	mutex_unlock(&a);
	KUNIT_EXPECT_EQ(test, mutex_lock_interruptible(&a), 0);
	mutex_unlock(&a);
	KUNIT_EXPECT_EQ(test, mutex_lock_killable(&a), 0);
	mutex_unlock(&a);
	KUNIT_EXPECT_EQ(test, mutex_trylock(&a), 1);
	mutex_unlock(&a);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&a));
	KUNIT_EXPECT_EQ(test, current->sleeping_locks.nr, 0);
}

/* ---- one at a time ---- */

#define ROUNDS	100

static unsigned int inside, collisions, total;

static int add_slowly(void *data)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int seen;

		mutex_lock(&a);
		collisions += inside++ != 0;
		seen = total;
		yield();
		total = seen + 1;
		inside--;
		mutex_unlock(&a);
	}
	return 0;
}

static void mutex_excludes(struct kunit *test)
{
	inside = collisions = total = 0;
	test_threads_run(test, 4, add_slowly, NULL);
	KUNIT_EXPECT_EQ(test, collisions, 0U);
	KUNIT_EXPECT_EQ(test, total, 4U * ROUNDS);
	KUNIT_EXPECT_EQ(test, a.queue.owner, 0UL);
}

/* ---- in the order of arrival ---- */

static char order[8];
static unsigned int arrived;

static int take_in_turn(void *name)
{
	mutex_lock(&a);
	order[arrived++] = *(char *)name;
	mutex_unlock(&a);
	return 0;
}

/* Who gives it back and wants it again waits behind those who were there before. */
static void mutex_in_order(struct kunit *test)
{
	static char names[] = "123";
	struct test_thread threads[3];

	arrived = 0;
	mutex_lock(&a);
	for (unsigned int i = 0; i < 3; i++) {
		test_thread_start(test, &threads[i], take_in_turn, &names[i]);
		test_thread_sleeps(test, &threads[i], TASK_UNINTERRUPTIBLE);
	}
	mutex_unlock(&a);
	if (mutex_trylock(&a)) {	/* only when all have had it: they were quick */
		KUNIT_EXPECT_EQ(test, arrived, 3U);
		mutex_unlock(&a);
	}
	take_in_turn("4");
	for (unsigned int i = 0; i < 3; i++)
		test_thread_join(&threads[i]);
	order[arrived] = '\0';
	KUNIT_EXPECT_STREQ(test, order, "1234");
}

/* ---- what is reported ---- */

static void mutex_taken_twice(struct kunit *test)
{
	mutex_lock(&a);
	KUNIT_EXPECT_REPORT(test, "BUG: mutex a*: taken a second time by the same thread",
			    mutex_lock(&a));
	mutex_unlock(&a);
	KUNIT_EXPECT_EQ(test, a.queue.owner, 0UL);
}

static int unlock_it(void *data)
{
	struct kunit *test = data;

	KUNIT_EXPECT_REPORT(test, "BUG: mutex a*: given back by a thread that does not have it",
			    mutex_unlock(&a));
	return 0;
}

static void mutex_given_back_by_another(struct kunit *test)
{
	mutex_lock(&a);
	test_threads_run(test, 1, unlock_it, test);
	KUNIT_EXPECT_PTR_EQ(test, lock_queue_owner(&a.queue), current);
	KUNIT_EXPECT_REPORT(test, "BUG: mutex a*: destroyed while somebody has it",
			    mutex_destroy(&a));
	mutex_unlock(&a);
	unlock_it(test);
}

static int take_b_then_a(void *data)
{
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
	return 0;
}

/* The second of two, who closes the circle, says so; then it goes back, and the first goes on. */
static void mutex_deadlock(struct kunit *test)
{
	struct test_thread other;

	mutex_lock(&a);
	test_thread_start(test, &other, take_b_then_a, NULL);
	test_thread_sleeps(test, &other, TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_PTR_EQ(test, other.task->blocked_on, &a.queue);
	KUNIT_EXPECT_REPORT(test, "BUG: deadlock of 2 threads", mutex_lock(&b));
	KUNIT_EXPECT_REPORT(test, " test/* waits for mutex a*, which * has", mutex_lock(&b));
	KUNIT_EXPECT_PTR_EQ(test, current->blocked_on, NULL);
	mutex_unlock(&a);
	test_thread_join(&other);
	KUNIT_EXPECT_EQ(test, b.queue.owner, 0UL);
}

static void mutex_held_at_the_end(struct kunit *test)
{
	mutex_lock(&a);
	KUNIT_EXPECT_REPORT(test, "WARNING: */* still has locks held!", debug_check_no_locks_held());
	KUNIT_EXPECT_REPORT(test, " #0: mutex a*", debug_check_no_locks_held());
	mutex_unlock(&a);
}

/* Of more locks than there is room for, the number stays right. */
static void mutex_many(struct kunit *test)
{
	static struct mutex many[MAX_SLEEPING_LOCKS + 2];

	for (unsigned int i = 0; i < ARRAY_SIZE(many); i++) {
		mutex_init(&many[i]);
		KUNIT_EXPECT_EQ(test, mutex_trylock(&many[i]), 1);
	}
	KUNIT_EXPECT_EQ(test, current->sleeping_locks.nr, ARRAY_SIZE(many));
	for (unsigned int i = 0; i < ARRAY_SIZE(many); i++)
		mutex_unlock(&many[i]);
	KUNIT_EXPECT_EQ(test, current->sleeping_locks.nr, 0);
}

static void mutex_counter(struct kunit *test)
{
	atomic_t users = ATOMIC_INIT(2);

	KUNIT_EXPECT_EQ(test, atomic_dec_and_mutex_lock(&users, &a), 0);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&a));
	KUNIT_EXPECT_EQ(test, atomic_dec_and_mutex_lock(&users, &a), 1);
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&a));
	mutex_unlock(&a);
}

static void mutex_in_atomic_context(struct kunit *test)
{
	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *mutex.c:*",
			    mutex_lock(&a));
	preempt_enable();
	mutex_unlock(&a);
}

static struct kunit_case mutex_cases[] = {
	KUNIT_CASE(mutex_lock_and_unlock),
	KUNIT_CASE(mutex_excludes),
	KUNIT_CASE(mutex_in_order),
	KUNIT_CASE(mutex_taken_twice),
	KUNIT_CASE(mutex_given_back_by_another),
	KUNIT_CASE(mutex_deadlock),
	KUNIT_CASE(mutex_held_at_the_end),
	KUNIT_CASE(mutex_many),
	KUNIT_CASE(mutex_counter),
	KUNIT_CASE(mutex_in_atomic_context),
	{}
};

static struct kunit_suite mutex_suite = {
	.name = "mutex",
	.test_cases = mutex_cases,
};
kunit_test_suite(mutex_suite);
