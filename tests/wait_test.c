// SPDX-License-Identifier: MIT
/* Wait queues: who is woken, in which order, and that no wake-up is lost. */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/wait.h>

#include "test_thread.h"

static DECLARE_WAIT_QUEUE_HEAD(queue);

/* ---- waking, without threads: what a wake-up calls ---- */

static char called[8];
static unsigned int nr_called;

struct sleeper {
	struct wait_queue_entry wait;
	char name;
	int answer;
};

static int note_call(struct wait_queue_entry *entry, unsigned int mode, int wake_flags, void *key)
{
	struct sleeper *sleeper = container_of(entry, struct sleeper, wait);

	called[nr_called++] = sleeper->name;
	return sleeper->answer;
}

static void expect_called(struct kunit *test, int nr, const char *expected)
{
	nr_called = 0;
	__wake_up(&queue, TASK_NORMAL, nr, NULL);
	called[nr_called] = '\0';
	KUNIT_EXPECT_STREQ(test, called, expected);
}

/* The others before those that are exclusive, of whom so many; the last added of the others first. */
static void wait_exclusive(struct kunit *test)
{
	struct sleeper s[5];

	for (unsigned int i = 0; i < 5; i++) {
		init_waitqueue_func_entry(&s[i].wait, note_call);
		s[i].name = "abABP"[i];
		s[i].answer = 1;
	}
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
	add_wait_queue_exclusive(&queue, &s[2].wait);
	add_wait_queue(&queue, &s[0].wait);
	add_wait_queue_exclusive(&queue, &s[3].wait);
	add_wait_queue(&queue, &s[1].wait);
	KUNIT_EXPECT_TRUE(test, wq_has_sleeper(&queue));
	expect_called(test, 1, "baA");
	expect_called(test, 2, "baAB");
	expect_called(test, 0, "baAB");
	s[2].answer = 0;			/* it was not asleep: the next one, then */
	expect_called(test, 1, "baAB");
	s[0].answer = -1;			/* enough */
	expect_called(test, 1, "ba");
	add_wait_queue_priority(&queue, &s[4].wait);
	expect_called(test, 1, "P");
	for (unsigned int i = 0; i < 5; i++)
		remove_wait_queue(&queue, &s[i].wait);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
}

/* ---- with threads ---- */

static bool ready;
static atomic_t awake;

static int wait_until_ready(void *data)
{
	wait_event(queue, READ_ONCE(ready));
	atomic_inc(&awake);
	return 1;
}

static int wait_exclusively(void *data)
{
	wait_event_interruptible_exclusive(queue, READ_ONCE(ready));
	atomic_inc(&awake);
	return 1;
}

static void let_others_run(void)
{
	for (unsigned int i = 0; i < 100; i++)
		yield();
}

/* Woken, and it is not yet true: back to sleep. */
static void wait_looks_again(struct kunit *test)
{
	struct test_thread threads[3];

	ready = false;
	atomic_set(&awake, 0);
	for (unsigned int i = 0; i < 3; i++)
		test_thread_start(test, &threads[i], wait_until_ready, NULL);
	for (unsigned int i = 0; i < 3; i++)
		test_thread_sleeps(test, &threads[i], TASK_UNINTERRUPTIBLE);
	wake_up_all(&queue);
	for (unsigned int i = 0; i < 3; i++)	/* before it is true */
		test_thread_sleeps(test, &threads[i], TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, atomic_read(&awake), 0);
	ready = true;
	wake_up_interruptible(&queue);		/* they are not */
	let_others_run();
	KUNIT_EXPECT_EQ(test, atomic_read(&awake), 0);
	wake_up(&queue);			/* all: none of them is exclusive */
	for (unsigned int i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, test_thread_join(&threads[i]), 1);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
}

static void wait_one_of_many(struct kunit *test)
{
	struct test_thread threads[3];

	ready = false;
	atomic_set(&awake, 0);
	for (unsigned int i = 0; i < 3; i++) {
		test_thread_start(test, &threads[i], wait_exclusively, NULL);
		test_thread_sleeps(test, &threads[i], TASK_INTERRUPTIBLE);
	}
	ready = true;
	wake_up(&queue);
	test_thread_join(&threads[0]);
	let_others_run();
	KUNIT_EXPECT_EQ(test, atomic_read(&awake), 1);
	wake_up_nr(&queue, 2);
	test_thread_join(&threads[1]);
	test_thread_join(&threads[2]);
}

/* ---- no wake-up is lost ---- */

#define BALLS	300

static unsigned int ball;

/* Each waits for the other: a single wake-up that gets lost, and both sleep for ever. */
static int play(void *side)
{
	unsigned int mine = *(unsigned int *)side;

	for (unsigned int i = 0; i < BALLS; i++) {
		wait_event(queue, READ_ONCE(ball) % 2 == mine);
		WRITE_ONCE(ball, ball + 1);
		wake_up(&queue);
	}
	return 0;
}

static void wait_ping_pong(struct kunit *test)
{
	static unsigned int sides[] = { 0, 1 };
	struct test_thread other;

	ball = 0;
	test_thread_start(test, &other, play, &sides[1]);
	play(&sides[0]);
	test_thread_join(&other);
	KUNIT_EXPECT_EQ(test, ball, 2U * BALLS);
}

static int woken_flags;

static int wait_for_mark(void *data)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(&queue, &wait);
	wake_up(&queue);			/* before it sleeps: it need not, then */
	woken_flags = wait.flags;
	wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	woken_flags |= wait.flags << 8;
	wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	remove_wait_queue(&queue, &wait);
	return 0;
}

static void wait_that_is_remembered(struct kunit *test)
{
	struct test_thread thread;

	test_thread_start(test, &thread, wait_for_mark, NULL);
	test_thread_sleeps(test, &thread, TASK_INTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, woken_flags, WQ_FLAG_WOKEN);
	wake_up(&queue);
	test_thread_join(&thread);
}

/* ---- not for ever ---- */

static void wait_timeout(struct kunit *test)
{
	ready = false;
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, ready, 0), 0);
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, ready, 2), 0);
	KUNIT_EXPECT_EQ(test, wait_event_interruptible_timeout(queue, ready, 1), 0);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
	ready = true;
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, ready, 5), 5);
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, ready, 0), 1);	/* true is never 0 */
}

static int wait_at_most(void *data)
{
	return wait_event_killable_timeout(queue, READ_ONCE(ready), 1000);
}

static void wait_in_time(struct kunit *test)
{
	struct test_thread thread;
	int left;

	ready = false;
	test_thread_start(test, &thread, wait_at_most, NULL);
	test_thread_sleeps(test, &thread, TASK_KILLABLE);
	ready = true;
	wake_up(&queue);
	left = test_thread_join(&thread);
	KUNIT_EXPECT_TRUE_MSG(test, left > 500 && left <= 1000, "left: %d", left);
}

static DEFINE_SPINLOCK(lock);

static int wait_with_lock(void *data)
{
	int result;

	spin_lock_irq(&lock);
	wait_event_lock_irq(queue, ready, lock);
	result = irqs_disabled() && spin_is_locked(&lock);
	spin_unlock_irq(&lock);
	return result;
}

/* Both the one who waits and the one who makes it true hold the lock: it is free while he sleeps. */
static void wait_under_a_lock(struct kunit *test)
{
	struct test_thread thread;

	ready = false;
	test_thread_start(test, &thread, wait_with_lock, NULL);
	test_thread_sleeps(test, &thread, TASK_UNINTERRUPTIBLE);
	spin_lock(&lock);
	ready = true;
	spin_unlock(&lock);
	wake_up(&queue);
	KUNIT_EXPECT_EQ(test, test_thread_join(&thread), 1);
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE(wait_exclusive),
	KUNIT_CASE(wait_looks_again),
	KUNIT_CASE(wait_one_of_many),
	KUNIT_CASE(wait_ping_pong),
	KUNIT_CASE(wait_that_is_remembered),
	KUNIT_CASE(wait_timeout),
	KUNIT_CASE(wait_in_time),
	KUNIT_CASE(wait_under_a_lock),
	{}
};

static struct kunit_suite wait_suite = {
	.name = "wait",
	.test_cases = wait_cases,
};
kunit_test_suite(wait_suite);
