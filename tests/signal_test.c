// SPDX-License-Identifier: MIT
/* SIGKILL: which sleeps it ends, how, and that locks and queues are as they should be afterwards. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/wait.h>

#include "process_helpers.h"
#include "test_thread.h"

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(done);
static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static DEFINE_SEMAPHORE(semaphore);
static bool condition;

/* ---- each sleep that can be ended ---- */

static int wait_interruptible(void *unused)
{
	return wait_event_interruptible(queue, condition);
}

static int wait_killable(void *unused)
{
	return wait_event_killable(queue, condition);
}

static int wait_exclusive(void *unused)
{
	return wait_event_interruptible_exclusive(queue, condition);
}

static int wait_some_time(void *unused)
{
	return wait_event_killable_timeout(queue, condition, 1000 * HZ);
}

static int wait_completion(void *unused)
{
	return wait_for_completion_killable(&done);
}

static int wait_completion_interruptible(void *unused)
{
	return wait_for_completion_interruptible(&done);
}

static int wait_completion_some_time(void *unused)
{
	return wait_for_completion_killable_timeout(&done, 1000 * HZ);
}

static int take_mutex(void *unused)
{
	return mutex_lock_killable(&mutex);
}

static int take_mutex_interruptible(void *unused)
{
	return mutex_lock_interruptible(&mutex);
}

static int enter_semaphore(void *unused)
{
	return down_interruptible(&semaphore);
}

static int read_rwsem(void *unused)
{
	return down_read_killable(&rwsem);
}

static int write_rwsem(void *unused)
{
	return down_write_killable(&rwsem);
}

static int sleep_long(void *unused)
{
	return schedule_timeout_killable(1000 * HZ) ? -EINTR : 0;
}

static int sleep_interruptible(void *unused)
{
	return msleep_interruptible(1000000) ? -EINTR : 0;
}

static const struct sleep {
	const char *name;
	int (*fn)(void *unused);
	unsigned int state;
	int result;
} sleeps[] = {
	{ "wait_event_interruptible", wait_interruptible, TASK_INTERRUPTIBLE, -ERESTARTSYS },
	{ "wait_event_killable", wait_killable, TASK_KILLABLE, -ERESTARTSYS },
	{ "wait_event_interruptible_exclusive", wait_exclusive, TASK_INTERRUPTIBLE, -ERESTARTSYS },
	{ "wait_event_killable_timeout", wait_some_time, TASK_KILLABLE, -ERESTARTSYS },
	{ "wait_for_completion_killable", wait_completion, TASK_KILLABLE, -ERESTARTSYS },
	{ "wait_for_completion_interruptible", wait_completion_interruptible, TASK_INTERRUPTIBLE,
	  -ERESTARTSYS },
	{ "wait_for_completion_killable_timeout", wait_completion_some_time, TASK_KILLABLE,
	  -ERESTARTSYS },
	{ "mutex_lock_killable", take_mutex, TASK_KILLABLE, -EINTR },
	{ "mutex_lock_interruptible", take_mutex_interruptible, TASK_INTERRUPTIBLE, -EINTR },
	{ "down_interruptible", enter_semaphore, TASK_INTERRUPTIBLE, -EINTR },
	{ "down_read_killable", read_rwsem, TASK_KILLABLE, -EINTR },
	{ "down_write_killable", write_rwsem, TASK_KILLABLE, -EINTR },
	{ "schedule_timeout_killable", sleep_long, TASK_KILLABLE, -EINTR },
	{ "msleep_interruptible", sleep_interruptible, TASK_INTERRUPTIBLE, -EINTR },
};

static void describe(const struct sleep *sleep, char *desc)
{
	strscpy(desc, sleep->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(sleep, sleeps, describe);

/* All that one can wait for is somebody else's. */
static void take_all(void)
{
	mutex_lock(&mutex);
	down_write(&rwsem);
	down(&semaphore);
}

static void give_all(void)
{
	up(&semaphore);
	up_write(&rwsem);
	mutex_unlock(&mutex);
}

/* One that sleeps is woken by it; one that has been killed does not even begin to sleep. */
static void a_kill_ends_it(struct kunit *test)
{
	const struct sleep *sleep = test->param_value;
	struct test_thread thread;

	take_all();
	test_thread_start_alone(test, &thread, sleep->fn, NULL);
	test_thread_sleeps(test, &thread, sleep->state);
	KUNIT_EXPECT_EQ(test, send_sig(SIGKILL, thread.task, 0), 0);
	KUNIT_EXPECT_EQ(test, test_thread_join(&thread), sleep->result);

	kill_process(current->mm);
	test_thread_start(test, &thread, sleep->fn, NULL);
	KUNIT_EXPECT_EQ(test, test_thread_join(&thread), sleep->result);

	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&done.wait));
	KUNIT_EXPECT_TRUE(test, list_empty(&mutex.queue.waiters));
	KUNIT_EXPECT_TRUE(test, list_empty(&rwsem.queue.waiters));
	KUNIT_EXPECT_TRUE(test, list_empty(&semaphore.queue.waiters));
	give_all();
	take_all();
	give_all();
}

/* ---- what it does not end, and what comes first ---- */

static int wait_uninterruptible(void *unused)
{
	wait_for_completion(&done);
	return signal_pending(current);
}

static void others_sleep_on(struct kunit *test)
{
	struct test_thread thread;
	unsigned long switches;

	test_thread_start_alone(test, &thread, wait_uninterruptible, NULL);
	test_thread_sleeps(test, &thread, TASK_UNINTERRUPTIBLE);
	switches = thread.task->nvcsw;
	send_sig(SIGKILL, thread.task, 0);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, thread.task->nvcsw, switches);	/* it did not even wake up */
	test_thread_sleeps(test, &thread, TASK_UNINTERRUPTIBLE);
	complete(&done);
	KUNIT_EXPECT_EQ(test, test_thread_join(&thread), 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&done));
}

/* What is there is taken, though one has been killed. */
static void what_is_true_counts(struct kunit *test)
{
	kill_process(current->mm);
	KUNIT_EXPECT_EQ(test, wait_event_killable(queue, true), 0);
	KUNIT_EXPECT_EQ(test, wait_event_killable_timeout(queue, true, 5), 5L);
	complete(&done);
	KUNIT_EXPECT_EQ(test, wait_for_completion_killable(&done), 0);
	KUNIT_EXPECT_EQ(test, mutex_lock_killable(&mutex), 0);
	mutex_unlock(&mutex);
	KUNIT_EXPECT_EQ(test, down_read_killable(&rwsem), 0);
	up_read(&rwsem);
	KUNIT_EXPECT_EQ(test, down_killable(&semaphore), 0);
	up(&semaphore);
}

static int wait_if_not_stopped(void *unused)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1000 * HZ);
	return signal_pending(current);
}

static void kernel_threads_ignore_it(struct kunit *test)
{
	struct task_struct *task = kthread_run(wait_if_not_stopped, NULL, "deaf");
	unsigned long switches;

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while (READ_ONCE(task->on_rq) || READ_ONCE(task->on_cpu))
		yield();
	switches = task->nvcsw;
	KUNIT_EXPECT_EQ(test, send_sig(SIGKILL, task, 1), 0);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, task->nvcsw, switches);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);
}

static void other_signals(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, send_sig(0, current, 0), 0);
	KUNIT_EXPECT_EQ(test, send_sig(15, current, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, send_sig(-1, current, 0), -EINVAL);
	KUNIT_EXPECT_FALSE(test, signal_pending(current));
}

/* ---- all of a process, and only it ---- */

static int sleep_until_killed(void *unused)
{
	return wait_for_completion_killable(&done);
}

static void all_threads_of_a_process(struct kunit *test)
{
	struct test_thread threads[3], other;

	for (unsigned int i = 0; i < 3; i++)
		test_thread_start(test, &threads[i], sleep_until_killed, NULL);
	test_thread_start_alone(test, &other, sleep_until_killed, NULL);
	test_thread_sleeps(test, &other, TASK_KILLABLE);
	send_sig(SIGKILL, threads[1].task, 0);
	for (unsigned int i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, test_thread_join(&threads[i]), -ERESTARTSYS);
	KUNIT_EXPECT_TRUE(test, fatal_signal_pending(current));
	KUNIT_EXPECT_FALSE(test, signal_pending(other.task));
	test_thread_sleeps(test, &other, TASK_KILLABLE);
	send_sig(SIGKILL, other.task, 0);
	KUNIT_EXPECT_EQ(test, test_thread_join(&other), -ERESTARTSYS);

	/* who comes later has been killed, too */
	test_thread_start(test, &other, sleep_until_killed, NULL);
	KUNIT_EXPECT_EQ(test, test_thread_join(&other), -ERESTARTSYS);
}

/* ---- who stands behind one that is killed ---- */

static int read_and_leave(void *unused)
{
	int error = down_read_killable(&rwsem);

	if (!error)
		up_read(&rwsem);
	return error;
}

/* A writer keeps the reader behind him waiting, though others read. */
static void readers_behind_a_killed_writer(struct kunit *test)
{
	struct test_thread writer, reader;

	down_read(&rwsem);
	test_thread_start_alone(test, &writer, write_rwsem, NULL);
	test_thread_sleeps(test, &writer, TASK_KILLABLE);
	test_thread_start_alone(test, &reader, read_and_leave, NULL);
	test_thread_sleeps(test, &reader, TASK_KILLABLE);
	send_sig(SIGKILL, writer.task, 0);
	KUNIT_EXPECT_EQ(test, test_thread_join(&writer), -EINTR);
	KUNIT_EXPECT_EQ(test, test_thread_join(&reader), 0);
	up_read(&rwsem);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&rwsem));
}

/* One exclusive wake-up, one killed and one alive: it must not be the dead man's. */
static void no_wake_up_is_lost(struct kunit *test)
{
	struct test_thread dead, alive;

	for (unsigned int i = 0; i < 30; i++) {
		condition = false;
		test_thread_start_alone(test, &dead, wait_exclusive, NULL);
		test_thread_sleeps(test, &dead, TASK_INTERRUPTIBLE);
		test_thread_start_alone(test, &alive, wait_exclusive, NULL);
		test_thread_sleeps(test, &alive, TASK_INTERRUPTIBLE);
		send_sig(SIGKILL, dead.task, 0);
		if (i % 2)
			KUNIT_EXPECT_EQ(test, test_thread_join(&dead), -ERESTARTSYS);
		condition = true;
		wake_up(&queue);
		if (!(i % 2) && !test_thread_join(&dead))
			wake_up(&queue);	/* he has seen that it is true, and passes it on */
		KUNIT_EXPECT_EQ(test, test_thread_join(&alive), 0);
	}
	condition = false;
}

static struct kunit_case signal_cases[] = {
	KUNIT_CASE_PARAM(a_kill_ends_it, sleep_gen_params),
	KUNIT_CASE(others_sleep_on),
	KUNIT_CASE(what_is_true_counts),
	KUNIT_CASE(kernel_threads_ignore_it),
	KUNIT_CASE(other_signals),
	KUNIT_CASE(all_threads_of_a_process),
	KUNIT_CASE(readers_behind_a_killed_writer),
	KUNIT_CASE(no_wake_up_is_lost),
	{}
};

static struct kunit_suite signal_suite = {
	.name = "signal",
	.test_cases = signal_cases,
};
kunit_test_suite(signal_suite);
