// SPDX-License-Identifier: MIT
/* Time in ticks: conversions, comparisons across the wrap, and the clock itself. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <quarry/tick.h>
#include <quarry/time.h>

static void jiffies_conversions(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(0), 0UL);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(1), 1UL);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(10), 1UL);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(11), 2UL);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(0x7fffffff), 214748365UL);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(-1), (unsigned long)MAX_JIFFY_OFFSET);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(0), 0UL);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(10000), 1UL);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(10001), 2UL);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(~0U), 429497UL);
	KUNIT_EXPECT_EQ(test, nsecs_to_jiffies(19999999), 1UL);
	KUNIT_EXPECT_EQ(test, jiffies_to_msecs(HZ), 1000U);
	KUNIT_EXPECT_EQ(test, jiffies_to_usecs(2), 20000U);
	KUNIT_EXPECT_EQ(test, jiffies_to_nsecs(3), 30000000ULL);
}

static void jiffies_compared_across_the_wrap(struct kunit *test)
{
	unsigned long before = ~0UL - 2, after = 2;

	KUNIT_EXPECT_TRUE(test, time_after(after, before));
	KUNIT_EXPECT_FALSE(test, time_after(before, after));
	KUNIT_EXPECT_FALSE(test, time_after(after, after));
	KUNIT_EXPECT_TRUE(test, time_after_eq(after, after));
	KUNIT_EXPECT_TRUE(test, time_before(before, after));
	KUNIT_EXPECT_TRUE(test, time_in_range(0UL, before, after));
	KUNIT_EXPECT_FALSE(test, time_in_range_open(after, before, after));
	KUNIT_EXPECT_TRUE(test, time_after64(5ULL, ~0ULL));
}

static void ktime_arithmetic(struct kunit *test)
{
	ktime_t t = ktime_set(3, 500);

	KUNIT_EXPECT_EQ(test, t, 3000000500LL);
	KUNIT_EXPECT_EQ(test, ktime_to_ms(t), 3000LL);
	KUNIT_EXPECT_EQ(test, ktime_to_us(ktime_add_us(t, 7)), 3000007LL);
	KUNIT_EXPECT_EQ(test, ktime_us_delta(t, ms_to_ktime(3001)), -999LL);
	KUNIT_EXPECT_EQ(test, ktime_compare(t, t + 1), -1);
	KUNIT_EXPECT_EQ(test, ktime_set(KTIME_SEC_MAX + 1, 0), KTIME_MAX);
}

/* jiffies and clock go at the same speed, whatever ticks were lost. */
static void jiffies_follow_the_clock(struct kunit *test)
{
	unsigned long first = jiffies, ticks;
	ktime_t start;
	s64 ms;

	while (jiffies == first)
		cpu_relax();
	first = jiffies;
	start = ktime_get();
	while (time_before(jiffies, first + 10))
		cpu_relax();
	ticks = jiffies - first;
	ms = ktime_ms_delta(ktime_get(), start);
	KUNIT_EXPECT_GE(test, ms, (s64)(ticks - 2) * 10);
	if (tsc_khz)
		KUNIT_EXPECT_EQ(test, (unsigned long)get_jiffies_64(), jiffies);
}

/* With interrupts off no tick comes; the first one after counts all. */
static void jiffies_catch_up(struct kunit *test)
{
	unsigned long before, during, after;

	if (!tsc_khz)
		kunit_skip(test, "no time-stamp counter: lost ticks are lost");
	local_irq_disable();
	before = jiffies;
	mdelay(60);
	during = jiffies;
	local_irq_enable();
	mdelay(25);
	after = jiffies;
	KUNIT_EXPECT_EQ(test, before, during);
	KUNIT_EXPECT_GE(test, after - before, 7UL);
}

static void jiffies_stand_still(struct kunit *test)
{
	unsigned long before, during, after;

	if (!tsc_khz)
		kunit_skip(test, "no time-stamp counter: lost ticks are lost");
	preempt_disable();
	tick_suspend();
	before = jiffies;
	mdelay(40);
	during = jiffies;
	tick_resume();
	after = jiffies;
	preempt_enable();
	KUNIT_EXPECT_EQ(test, before, during);
	KUNIT_EXPECT_GE(test, after - before, 3UL);
	mdelay(40);
	KUNIT_EXPECT_GT(test, jiffies, after);
}

static struct kunit_case jiffies_cases[] = {
	KUNIT_CASE(jiffies_conversions),
	KUNIT_CASE(jiffies_compared_across_the_wrap),
	KUNIT_CASE(ktime_arithmetic),
	KUNIT_CASE(jiffies_follow_the_clock),
	KUNIT_CASE(jiffies_catch_up),
	KUNIT_CASE(jiffies_stand_still),
	{}
};

static struct kunit_suite jiffies_suite = {
	.name = "jiffies",
	.test_cases = jiffies_cases,
};
kunit_test_suite(jiffies_suite);
