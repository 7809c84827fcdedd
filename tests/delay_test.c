// SPDX-License-Identifier: MIT
/* Waiting, awake and asleep: never too short; a sleeper that is woken says what was left. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <quarry/time.h>

static void delay_is_never_too_short(struct kunit *test)
{
	static const unsigned int us[] = { 1, 10, 100, 1000, 7000 };

	if (!tsc_khz)
		kunit_skip(test, "no clock that is fine enough");
	for (unsigned int i = 0; i < ARRAY_SIZE(us); i++) {
		ktime_t start = ktime_get();

		udelay(us[i]);
		KUNIT_EXPECT_GE(test, ktime_get() - start, us[i] * 1000LL);
	}
	for (unsigned int ns = 100; ns < 20000; ns *= 3) {
		ktime_t start = ktime_get();

		ndelay(ns);
		KUNIT_EXPECT_GE(test, ktime_get() - start, (s64)ns);
	}
}

static void delay_by_ticks(struct kunit *test)
{
	unsigned long start = jiffies;

	mdelay(50);
	KUNIT_EXPECT_GE(test, jiffies - start, 3UL);
}

static void sleep_is_never_too_short(struct kunit *test)
{
	ktime_t start = ktime_get();
	unsigned long first = jiffies;

	msleep(30);
	KUNIT_EXPECT_GE(test, jiffies - first, 3UL);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), tsc_khz ? 30LL : 20LL);
	start = ktime_get();
	usleep_range(25000, 26000);
	KUNIT_EXPECT_GE(test, ktime_us_delta(ktime_get(), start), 25000LL);
	start = ktime_get();
	fsleep(500);
	KUNIT_EXPECT_GE(test, ktime_us_delta(ktime_get(), start), 500LL);
	KUNIT_EXPECT_EQ(test, get_current_state(), (unsigned int)TASK_RUNNING);
}

static void sleep_runs_out(struct kunit *test)
{
	unsigned long start = jiffies;

	KUNIT_EXPECT_EQ(test, schedule_timeout_uninterruptible(3), 0L);
	KUNIT_EXPECT_GE(test, jiffies - start, 3UL);
	KUNIT_EXPECT_EQ(test, msleep_interruptible(5), 0UL);
}

static struct task_struct *sleeper;

static void wake(struct timer_list *t)
{
	wake_up_process(sleeper);
}

static void sleep_is_interrupted(struct kunit *test)
{
	struct timer_list timer;
	long left;

	sleeper = current;
	timer_setup(&timer, wake, 0);
	mod_timer(&timer, jiffies + 2);
	left = schedule_timeout_interruptible(500);
	KUNIT_EXPECT_GT(test, left, 300L);
	KUNIT_EXPECT_LT(test, left, 500L);
	del_timer_sync(&timer);
}

static void sleep_for_less_than_nothing(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "schedule_timeout: wrong timeout value fffffffe",
		KUNIT_EXPECT_EQ(test, schedule_timeout_interruptible(-2), 0L));
	KUNIT_EXPECT_EQ(test, get_current_state(), (unsigned int)TASK_RUNNING);
}

/* ledger: G1 */
static void sleep_in_atomic(struct kunit *test)
{
	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *",
			    usleep_range(1, 2));
	preempt_enable();
}

static struct kunit_case delay_cases[] = {
	KUNIT_CASE(delay_is_never_too_short),
	KUNIT_CASE(delay_by_ticks),
	KUNIT_CASE(sleep_is_never_too_short),
	KUNIT_CASE(sleep_runs_out),
	KUNIT_CASE(sleep_is_interrupted),
	KUNIT_CASE(sleep_for_less_than_nothing),
	KUNIT_CASE(sleep_in_atomic),
	{}
};

static struct kunit_suite delay_suite = {
	.name = "delay",
	.test_cases = delay_cases,
};
kunit_test_suite(delay_suite);
