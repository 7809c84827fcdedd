// SPDX-License-Identifier: MIT
/* The monitor's `locks`: who has, and who waits for, what. */
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/string.h>
#include <quarry/lock_wait.h>

#include "monitor_ear.h"
#include "test_thread.h"

static DEFINE_MUTEX(the_mutex);
static DECLARE_RWSEM(the_rwsem);
static DEFINE_SEMAPHORE(the_semaphore);

#define EXPECT_GLOB(test, pattern) \
	KUNIT_EXPECT_TRUE_MSG(test, glob_match(pattern, answer), "%s\n%s", pattern, answer)

static void locks_none(struct kunit *test)
{
	struct lock_wait wait;

	KUNIT_EXPECT_EQ(test, ask("locks"), 0);
	EXPECT_GLOB(test, "no thread has or waits for a mutex, *");
	KUNIT_EXPECT_FALSE(test, lock_waited_by(current, &wait));
	KUNIT_EXPECT_EQ(test, ask("locks 1"), -EINVAL);
}

static int take_two(void *data)
{
	down_read(&the_rwsem);
	mutex_lock(&the_mutex);
	mutex_unlock(&the_mutex);
	up_read(&the_rwsem);
	down(&the_semaphore);
	up(&the_semaphore);
	return 0;
}

static void locks_has_and_waits(struct kunit *test)
{
	struct test_thread thread;

	down(&the_semaphore);
	mutex_lock(&the_mutex);
	test_thread_start(test, &thread, take_two, NULL);
	test_thread_sleeps(test, &thread, TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, ask("locks"), 0);
	EXPECT_GLOB(test, "* kunit/* has the_mutex+0x0/*");
	EXPECT_GLOB(test, "* test * has the_rwsem+0x0/*");
	EXPECT_GLOB(test, "* test * waits for mutex the_mutex+*, which kunit/*/* has\n*");
	mutex_unlock(&the_mutex);
	test_thread_sleeps(test, &thread, TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, ask("locks"), 0);
	EXPECT_GLOB(test, "* test * waits for semaphore the_semaphore+0x0/*");
	KUNIT_EXPECT_EQ(test, count_lines(" "), 1U);
	this_cpu_write(lock_waited_for, &the_mutex);	/* as if it were a spinlock */
	KUNIT_EXPECT_EQ(test, ask("locks"), 0);
	this_cpu_write(lock_waited_for, NULL);
	EXPECT_GLOB(test, "*CPU * spins for the_mutex+0x0/*");
	up(&the_semaphore);
	test_thread_join(&thread);
}

static struct kunit_case locks_cases[] = {
	KUNIT_CASE(locks_none),
	KUNIT_CASE(locks_has_and_waits),
	{}
};

static struct kunit_suite locks_suite = {
	.name = "locks_command",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.test_cases = locks_cases,
};
kunit_test_suite(locks_suite);
