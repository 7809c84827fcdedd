// SPDX-License-Identifier: MIT
/* The dice of fault injection: each setting does what Linux's documentation says of it. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/fault-inject.h>
#include <linux/string.h>

/* Always, without a word; each case changes what it is about. */
static struct fault_attr always(void)
{
	struct fault_attr attr = {
		.interval = 1, .probability = 100, .times = ATOMIC_INIT(-1), .name = "fault_test",
	};

	fault_attr_seed(&attr, 1);
	return attr;
}

/* Ask @calls times, each for size 1: bit i is set when call i was to fail. */
static u64 ask(struct fault_attr *attr, unsigned int calls)
{
	u64 failed = 0;

	for (unsigned int i = 0; i < calls; i++)
		failed |= (u64)should_fail(attr, 1) << i;
	return failed;
}

static void fault_probability(struct kunit *test)
{
	struct fault_attr attr = always();

	KUNIT_EXPECT_EQ(test, ask(&attr, 8), 0xff);
	attr.probability = 0;
	KUNIT_EXPECT_EQ(test, ask(&attr, 64), 0);
	attr.probability = 50;
	KUNIT_EXPECT_GE(test, hweight64(ask(&attr, 64)), 16);
	KUNIT_EXPECT_LE(test, hweight64(ask(&attr, 64)), 48);
	attr.probability = 5;
	KUNIT_EXPECT_LE(test, hweight64(ask(&attr, 64)), 16);
}

static void fault_times(struct kunit *test)
{
	struct fault_attr attr = always();

	atomic_set(&attr.times, 3);
	KUNIT_EXPECT_EQ(test, ask(&attr, 8), 0x07);
	KUNIT_EXPECT_EQ(test, atomic_read(&attr.times), 0);
	atomic_set(&attr.times, -1);
	KUNIT_EXPECT_EQ(test, ask(&attr, 8), 0xff);
	KUNIT_EXPECT_EQ(test, atomic_read(&attr.times), -1);
}

static void fault_interval(struct kunit *test)
{
	struct fault_attr attr = always();

	attr.interval = 3;
	KUNIT_EXPECT_EQ(test, ask(&attr, 9), 0x124);	/* the third, the sixth, the ninth */
	attr.interval = 0;
	KUNIT_EXPECT_EQ(test, ask(&attr, 4), 0x0f);
}

/* Sizes are granted until less than the next one would be left. */
static void fault_space(struct kunit *test)
{
	struct fault_attr attr = always();

	atomic_set(&attr.space, 4);
	KUNIT_EXPECT_EQ(test, ask(&attr, 8), 0xf8);
	atomic_set(&attr.space, 4);
	KUNIT_EXPECT_FALSE(test, should_fail(&attr, 3));
	KUNIT_EXPECT_TRUE(test, should_fail(&attr, 3));
}

static void fault_same_seed_same_failures(struct kunit *test)
{
	struct fault_attr attr = always();
	u64 first, second;

	attr.probability = 30;
	fault_attr_seed(&attr, 42);
	first = ask(&attr, 64);
	fault_attr_seed(&attr, 42);
	KUNIT_EXPECT_EQ(test, ask(&attr, 64), first);
	fault_attr_seed(&attr, 43);
	second = ask(&attr, 64);
	KUNIT_EXPECT_NE(test, second, first);
}

static void fault_tells_the_seed(struct kunit *test)
{
	struct fault_attr attr = always();

	attr.seeded = false;
	KUNIT_EXPECT_REPORT(test, "FAULT_INJECTION: fault_test: seed *", should_fail(&attr, 1));
	KUNIT_EXPECT_REPORT(test, "FAULT_INJECTION: fault_test: seed 7",
			    fault_attr_seed(&attr, 7));
}

static void fault_report(struct kunit *test)
{
	struct fault_attr attr = always();

	attr.verbose = 2;
	KUNIT_EXPECT_REPORT(test, "FAULT_INJECTION: forcing a failure.", should_fail(&attr, 1));
	KUNIT_EXPECT_REPORT(test,
			    "name fault_test, interval 1, probability 100, space 0, times -1",
			    should_fail(&attr, 1));
	KUNIT_EXPECT_REPORT(test, " fault_report+*", should_fail(&attr, 1));
}

struct line_count {
	struct log_tap tap;
	unsigned int lines;
};

static void count_line(struct log_tap *tap, int level, const char *text)
{
	container_of(tap, struct line_count, tap)->lines++;
}

static unsigned int lines_of(struct fault_attr *attr)
{
	struct line_count count = { .tap.line = count_line };

	log_tap_add(&count.tap);
	should_fail(attr, 1);
	log_tap_remove(&count.tap);
	return count.lines;
}

static void fault_says_less(struct kunit *test)
{
	struct fault_attr attr = always();

	KUNIT_EXPECT_EQ(test, lines_of(&attr), 0);
	attr.verbose = 1;
	KUNIT_EXPECT_EQ(test, lines_of(&attr), 2);
	attr.no_warn = true;
	KUNIT_EXPECT_EQ(test, lines_of(&attr), 0);
}

static void fault_parses_linuxs_form(struct kunit *test)
{
	struct fault_attr attr = always();

	KUNIT_EXPECT_EQ(test, setup_fault_attr(&attr, "2,50,100,-1"), 1);
	KUNIT_EXPECT_EQ(test, attr.interval, 2);
	KUNIT_EXPECT_EQ(test, attr.probability, 50);
	KUNIT_EXPECT_EQ(test, atomic_read(&attr.space), 100);
	KUNIT_EXPECT_EQ(test, atomic_read(&attr.times), -1);
}

static void expect_refused(struct kunit *test, char *text)
{
	struct fault_attr attr = always();

	KUNIT_EXPECT_REPORT(test, "FAULT_INJECTION: failed to parse arguments",
			    KUNIT_EXPECT_EQ(test, setup_fault_attr(&attr, text), 0));
	KUNIT_EXPECT_EQ(test, attr.probability, 100);
	KUNIT_EXPECT_EQ(test, attr.interval, 1);
}

static void fault_refuses_other_forms(struct kunit *test)
{
	expect_refused(test, NULL);
	expect_refused(test, "");
	expect_refused(test, "2,50,100");
	expect_refused(test, "2,50,100,");
	expect_refused(test, "2,50,100,1,1");
	expect_refused(test, "2,50,,1");
	expect_refused(test, "2,-50,100,1");
	expect_refused(test, "always");
	expect_refused(test, "2,50,100,000000000000000000000000000000000000000000000000000000000001");
}

static struct kunit_case fault_cases[] = {
	KUNIT_CASE(fault_probability),
	KUNIT_CASE(fault_times),
	KUNIT_CASE(fault_interval),
	KUNIT_CASE(fault_space),
	KUNIT_CASE(fault_same_seed_same_failures),
	KUNIT_CASE(fault_tells_the_seed),
	KUNIT_CASE(fault_report),
	KUNIT_CASE(fault_says_less),
	KUNIT_CASE(fault_parses_linuxs_form),
	KUNIT_CASE(fault_refuses_other_forms),
	{}
};

static struct kunit_suite fault_suite = {
	.name = "fault",
	.test_cases = fault_cases,
};
kunit_test_suite(fault_suite);
