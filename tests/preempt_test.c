// SPDX-License-Identifier: MIT
/* preempt_count, what is read off it, and its rule: while it is not 0, nothing sleeps. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <quarry/log_tap.h>

static void preempt_nests(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_FALSE(test, in_atomic());
	preempt_disable();
	preempt_disable();
	KUNIT_EXPECT_EQ(test, preempt_count(), 2);
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, in_atomic());
	preempt_enable_no_resched();
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_FALSE(test, in_atomic());
}

/* The fields lie side by side: 255 disables do not spill into the count of softirqs. */
static void preempt_layout(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PREEMPT_MASK, 0x000000ffU);
	KUNIT_EXPECT_EQ(test, SOFTIRQ_MASK, 0x0000ff00U);
	KUNIT_EXPECT_EQ(test, HARDIRQ_MASK, 0x000f0000U);
	KUNIT_EXPECT_EQ(test, NMI_MASK, 0x00f00000U);
}

struct context {
	unsigned int count;
	bool interrupt, hardirq, nmi, task;
};

/* softirq_count() counts both running one and holding them off; only the first is not a task's. */
static const struct context contexts[] = {
	{ 0,					false, false, false, true },
	{ PREEMPT_OFFSET,			false, false, false, true },
	{ 2 * SOFTIRQ_OFFSET,			true,  false, false, true },
	{ SOFTIRQ_OFFSET,			true,  false, false, false },
	{ HARDIRQ_OFFSET,			true,  true,  false, false },
	{ NMI_OFFSET,				true,  false, true,  false },
	{ NMI_OFFSET + HARDIRQ_OFFSET + 1,	true,  true,  true,  false },
};

static void preempt_contexts(struct kunit *test)
{
	int before = preempt_count();

	for (size_t n = 0; n < ARRAY_SIZE(contexts); n++) {
		const struct context *c = &contexts[n];
		bool interrupt, hardirq, nmi, task, atomic;

		preempt_count_set(c->count);
		interrupt = in_interrupt();
		hardirq = in_hardirq();
		nmi = in_nmi();
		task = in_task();
		atomic = in_atomic();
		preempt_count_set(before);
		KUNIT_EXPECT_EQ_MSG(test, interrupt, c->interrupt, "count %#x", c->count);
		KUNIT_EXPECT_EQ_MSG(test, hardirq, c->hardirq, "count %#x", c->count);
		KUNIT_EXPECT_EQ_MSG(test, nmi, c->nmi, "count %#x", c->count);
		KUNIT_EXPECT_EQ_MSG(test, task, c->task, "count %#x", c->count);
		KUNIT_EXPECT_EQ_MSG(test, atomic, c->count != 0, "count %#x", c->count);
	}
}

/* ledger: G1 */
static void preempt_might_sleep_is_reported(struct kunit *test)
{
	preempt_disable();
	KUNIT_EXPECT_REPORT(test,
		"BUG: sleeping function called from invalid context at tests/preempt_test.c:*",
		might_sleep());
	KUNIT_EXPECT_REPORT(test, "in_atomic(): 1, irqs_disabled(): *, pid: *, name: kunit/*",
			    might_sleep());
	KUNIT_EXPECT_REPORT(test, "preempt_count: 1, expected: 0", might_sleep_if(true));
	KUNIT_EXPECT_REPORT(test, "* preempt_might_sleep_is_reported*+0x*", might_sleep());
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from *", might_alloc(GFP_KERNEL));
	preempt_enable();
}

static struct {
	struct log_tap tap;
	unsigned int lines;
} listener;

static void count_line(struct log_tap *tap, int level, const char *line)
{
	listener.lines++;
}

static void preempt_might_sleep_is_silent(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, preempt_count(), 0);
	listener.tap.line = count_line;
	listener.lines = 0;
	log_tap_add(&listener.tap);
	might_sleep();
	might_alloc(GFP_KERNEL);
	preempt_disable();
	might_sleep_if(false);
	might_alloc(GFP_ATOMIC);
	might_alloc(GFP_NOWAIT);
	preempt_enable();
	log_tap_remove(&listener.tap);
	KUNIT_EXPECT_EQ(test, listener.lines, 0U);
}

static struct kunit_case preempt_cases[] = {
	KUNIT_CASE(preempt_nests),
	KUNIT_CASE(preempt_layout),
	KUNIT_CASE(preempt_contexts),
	KUNIT_CASE(preempt_might_sleep_is_reported),
	KUNIT_CASE(preempt_might_sleep_is_silent),
	{}
};

static struct kunit_suite preempt_suite = {
	.name = "preempt",
	.test_cases = preempt_cases,
};
kunit_test_suite(preempt_suite);
