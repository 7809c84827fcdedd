// SPDX-License-Identifier: MIT
/* Completions: told before, told after, told to all; and waiting that ends. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "test_thread.h"

static void completion_counts(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(x);

	KUNIT_EXPECT_FALSE(test, completion_done(&x));
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&x));
	complete(&x);
	complete(&x);
	KUNIT_EXPECT_TRUE(test, completion_done(&x));
	wait_for_completion(&x);
	KUNIT_EXPECT_TRUE(test, try_wait_for_completion(&x));
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&x));
}

static void completion_for_all(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(x);

	complete_all(&x);
	wait_for_completion(&x);
	KUNIT_EXPECT_EQ(test, wait_for_completion_interruptible(&x), 0);
	KUNIT_EXPECT_TRUE(test, try_wait_for_completion(&x));
	complete(&x);
	KUNIT_EXPECT_EQ(test, x.done, UINT_MAX);
	reinit_completion(&x);
	KUNIT_EXPECT_FALSE(test, completion_done(&x));
}

static int wait_killable(void *x)
{
	return wait_for_completion_killable(x);
}

/* Each complete() is for one of them. */
static void completion_one_at_a_time(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(x);
	struct test_thread threads[2];

	for (unsigned int i = 0; i < 2; i++) {
		test_thread_start(test, &threads[i], wait_killable, &x);
		test_thread_sleeps(test, &threads[i], TASK_KILLABLE);
	}
	complete(&x);
	KUNIT_EXPECT_EQ(test, test_thread_join(&threads[0]), 0);
	KUNIT_EXPECT_TRUE(test, waitqueue_active(&x.wait));
	complete(&x);
	KUNIT_EXPECT_EQ(test, test_thread_join(&threads[1]), 0);
	KUNIT_EXPECT_FALSE(test, completion_done(&x));
}

static void completion_timeout(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(x);

	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&x, 0), 0UL);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&x, 2), 0UL);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&x.wait));
	complete(&x);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&x, 9), 9UL);
	KUNIT_EXPECT_EQ(test, wait_for_completion_killable_timeout(&x, 1), 0);
	complete(&x);
	KUNIT_EXPECT_EQ(test, wait_for_completion_interruptible_timeout(&x, 0), 1);
}

/* Who was waiting frees it at once: the one who tells is done with it by then. */
#define TIMES	50

static int tell(void *where)
{
	struct completion **place = where;

	for (unsigned int i = 0; i < TIMES; i++) {
		struct completion *x;

		while (!(x = READ_ONCE(*place)))
			yield();
		WRITE_ONCE(*place, NULL);
		complete(x);
	}
	return 0;
}

static void completion_on_the_stack(struct kunit *test)
{
	struct completion *place = NULL;
	struct test_thread thread;

	test_thread_start(test, &thread, tell, &place);
	for (unsigned int i = 0; i < TIMES; i++) {
		DECLARE_COMPLETION_ONSTACK(x);

		WRITE_ONCE(place, &x);
		wait_for_completion(&x);
		KUNIT_EXPECT_FALSE(test, spin_is_locked(&x.wait.lock));
		KUNIT_EXPECT_EQ(test, x.done, 0U);
		memset(&x, 0x5a, sizeof(x));
	}
	test_thread_join(&thread);
}

static struct kunit_case completion_cases[] = {
	KUNIT_CASE(completion_counts),
	KUNIT_CASE(completion_for_all),
	KUNIT_CASE(completion_one_at_a_time),
	KUNIT_CASE(completion_timeout),
	KUNIT_CASE(completion_on_the_stack),
	{}
};

static struct kunit_suite completion_suite = {
	.name = "completion",
	.test_cases = completion_cases,
};
kunit_test_suite(completion_suite);
