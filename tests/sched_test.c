// SPDX-License-Identifier: MIT
/* The scheduler: whose turn it is, on one CPU. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/smp.h>

static int here(void)
{
	return raw_smp_processor_id();
}

/* On this CPU. */
static struct task_struct *thread_here(struct kunit *test, int (*fn)(void *), void *data)
{
	struct task_struct *task = kthread_create_on_cpu(fn, data, here(), "sched/%u");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	return task;
}

/* ---- turns ---- */

struct game {
	char moves[32];
	unsigned int n;
};

static void move(struct game *game, char who)
{
	if (game->n < sizeof(game->moves) - 1)
		game->moves[game->n++] = who;
}

static int play(void *data)
{
	for (unsigned int i = 0; i < 4; i++) {
		move(data, 'b');
		yield();
	}
	return 0;
}

static int play_once(void *data)
{
	move(data, 'b');
	return 0;
}

/* ledger: T4 */
static void yield_takes_turns(struct kunit *test)
{
	struct game game = {};
	struct task_struct *task = get_task_struct(thread_here(test, play, &game));
	unsigned int i;

	preempt_disable();
	wake_up_process(task);
	preempt_enable();
	for (i = 0; i < 4; i++) {
		move(&game, 'a');
		yield();
	}
	kthread_stop(task);
	put_task_struct(task);
	KUNIT_EXPECT_STREQ(test, game.moves, "abababab");
}

/* Not before preemption is allowed, and then at once. */
static void the_more_urgent_one_runs_at_once(struct kunit *test)
{
	struct game game = {};
	struct task_struct *task = get_task_struct(thread_here(test, play_once, &game));

	set_user_nice(task, -10);
	preempt_disable();
	move(&game, 'a');
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, need_resched());
	move(&game, 'a');
	preempt_enable();
	move(&game, 'c');
	kthread_stop(task);
	put_task_struct(task);
	KUNIT_EXPECT_STREQ(test, game.moves, "aabc");
}

static void the_less_urgent_one_waits(struct kunit *test)
{
	struct game game = {};
	struct task_struct *task = get_task_struct(thread_here(test, play_once, &game));

	set_user_nice(task, 10);
	wake_up_process(task);
	KUNIT_EXPECT_FALSE(test, need_resched());
	move(&game, 'a');
	while (game.n < 2)
		yield();
	kthread_stop(task);
	put_task_struct(task);
	KUNIT_EXPECT_STREQ(test, game.moves, "ab");
}

/* ---- time ---- */

static int hog(void *data)
{
	unsigned long *loops = data;

	while (!kthread_should_stop())
		WRITE_ONCE(*loops, *loops + 1);
	return 0;
}

/* Two hogs for 30 ticks, of which each slice takes 5 or less: how long each had the CPU. */
static void run_hogs(struct kunit *test, int other_nice, u64 time[2])
{
	unsigned long loops[2] = {};
	struct task_struct *task[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		task[i] = get_task_struct(thread_here(test, hog, &loops[i]));
		set_user_nice(task[i], i ? other_nice : 0);
		wake_up_process(task[i]);
	}
	schedule_timeout_uninterruptible(30);
	for (i = 0; i < 2; i++) {
		kthread_stop(task[i]);
		time[i] = task[i]->sum_exec_runtime;
		KUNIT_EXPECT_GT(test, loops[i], 0);
		KUNIT_EXPECT_GT(test, task[i]->nivcsw, 0);
		put_task_struct(task[i]);
	}
}

/* A busy host of the emulator takes time from one of them, but not from the same each time. */
#define TRIES	6

/* Nobody yields: the tick takes the CPU away. */
/* ledger: T4 */
static void hogs_share_a_cpu(struct kunit *test)
{
	unsigned int tries = TRIES;
	u64 time[2];

	do
		run_hogs(test, 0, time);
	while (--tries && (time[0] > 2 * time[1] || time[1] > 2 * time[0]));
	KUNIT_EXPECT_GT(test, tries, 0);
}

/* The less urgent of two hogs gets less, but it gets something. */
static void nobody_starves(struct kunit *test)
{
	unsigned int tries = TRIES;
	u64 time[2];

	do
		run_hogs(test, 15, time);
	while (--tries && time[0] < 2 * time[1]);
	KUNIT_EXPECT_GT(test, tries, 0);
}

/* ---- sleeping and waking ---- */

struct ping {
	struct task_struct *other;
	int ball;			/* whose turn it is */
	unsigned int rounds;
};

/* By the book: state, condition, schedule(). A lost wake-up hangs here. */
static void wait_for_ball(struct ping *ping, int me)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	while (READ_ONCE(ping->ball) != me) {
		schedule();
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
}

static int pong(void *data)
{
	struct ping *ping = data;

	for (unsigned int i = 0; i < ping->rounds; i++) {
		wait_for_ball(ping, 1);
		WRITE_ONCE(ping->ball, 0);
		wake_up_process(ping->other);
	}
	return 0;
}

static void ping_pong(struct kunit *test, struct task_struct *task, struct ping *ping)
{
	wake_up_process(task);
	for (unsigned int i = 0; i < ping->rounds; i++) {
		WRITE_ONCE(ping->ball, 1);
		wake_up_process(task);
		wait_for_ball(ping, 0);
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);
}

/* ledger: T4 */
static void no_wake_up_is_lost(struct kunit *test)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		struct ping ping = { .other = current, .rounds = 500 };
		struct task_struct *task = kthread_create_on_cpu(pong, &ping, cpu, "pong/%u");

		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
		get_task_struct(task);
		ping_pong(test, task, &ping);
		put_task_struct(task);
	}
}

static void waking_who_is_awake(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wake_up_process(current), 0);
	set_current_state(TASK_INTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, wake_up_state(current, TASK_UNINTERRUPTIBLE), 0);
	KUNIT_EXPECT_EQ(test, wake_up_process(current), 1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(current->__state), TASK_RUNNING);
	schedule();					/* returns at once */
}

/* ---- sleeping where nobody may ---- */

static int note_count(void *count)
{
	*(int *)count = preempt_count();
	return 0;
}

/* It is reported, and what forbids sleeping stays with the thread that has it. */
/* ledger: T4 */
static void sleeping_while_atomic(struct kunit *test)
{
	int count = -1;
	struct task_struct *task = get_task_struct(thread_here(test, note_count, &count));

	wake_up_process(task);
	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "BUG: scheduling while atomic: kunit/*/0x00000002", schedule());
	KUNIT_EXPECT_EQ(test, preempt_count(), 1);
	while (READ_ONCE(count) == -1)
		KUNIT_EXPECT_REPORT(test, "BUG: scheduling while atomic: *",
				    schedule_timeout_uninterruptible(1));
	preempt_enable();
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	kthread_stop(task);
	put_task_struct(task);
	KUNIT_EXPECT_EQ(test, count, 0);
}

static int end_atomically(void *unused)
{
	while (!kthread_should_stop())
		yield();
	preempt_disable();
	return 7;
}

/* So does what a thread forgets to give back: its CPU is free of it. */
static void ending_while_atomic(struct kunit *test)
{
	struct task_struct *task = get_task_struct(thread_here(test, end_atomically, NULL));

	wake_up_process(task);
	yield();
	KUNIT_EXPECT_REPORT(test, "BUG: scheduling while atomic: sched/*/0x00000002",
			    KUNIT_EXPECT_EQ(test, kthread_stop(task), 7));
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	put_task_struct(task);
}

/* ---- waiting until somebody sleeps ---- */

static int sleep_on(void *ping)
{
	wait_for_ball(ping, 1);
	wait_for_ball(ping, 2);
	return 0;
}

static void inactive_when_it_sleeps(struct kunit *test)
{
	struct ping ping = { .ball = 0 };
	struct task_struct *task = get_task_struct(thread_here(test, sleep_on, &ping));
	unsigned long first, second;

	wake_up_process(task);
	while (!(first = wait_task_inactive(task, TASK_UNINTERRUPTIBLE)))
		yield();
	KUNIT_EXPECT_FALSE(test, task_curr(task));
	KUNIT_EXPECT_EQ(test, wait_task_inactive(task, TASK_UNINTERRUPTIBLE), first);
	KUNIT_EXPECT_EQ(test, wait_task_inactive(task, TASK_PARKED), 0);
	WRITE_ONCE(ping.ball, 1);
	wake_up_process(task);
	second = wait_task_inactive(task, 0);
	KUNIT_EXPECT_NE(test, second, 0);
	KUNIT_EXPECT_NE(test, second, first);
	WRITE_ONCE(ping.ball, 2);
	kthread_stop(task);
	put_task_struct(task);
}

static void fifo_is_as_urgent_as_can_be(struct kunit *test)
{
	struct game game = {};
	struct task_struct *task = get_task_struct(thread_here(test, play_once, &game));

	sched_set_normal(task, 19);
	KUNIT_EXPECT_EQ(test, task_nice(task), 19);
	sched_set_fifo(task);
	preempt_disable();
	wake_up_process(task);
	move(&game, 'a');
	preempt_enable();
	move(&game, 'c');
	kthread_stop(task);
	put_task_struct(task);
	KUNIT_EXPECT_STREQ(test, game.moves, "abc");
}

static struct kunit_case sched_cases[] = {
	KUNIT_CASE(yield_takes_turns),
	KUNIT_CASE(the_more_urgent_one_runs_at_once),
	KUNIT_CASE(the_less_urgent_one_waits),
	KUNIT_CASE(hogs_share_a_cpu),
	KUNIT_CASE(nobody_starves),
	KUNIT_CASE(no_wake_up_is_lost),
	KUNIT_CASE(waking_who_is_awake),
	KUNIT_CASE(sleeping_while_atomic),
	KUNIT_CASE(ending_while_atomic),
	KUNIT_CASE(inactive_when_it_sleeps),
	KUNIT_CASE(fifo_is_as_urgent_as_can_be),
	{}
};

static struct kunit_suite sched_suite = {
	.name = "sched",
	.test_cases = sched_cases,
};
kunit_test_suite(sched_suite);
