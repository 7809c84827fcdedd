// SPDX-License-Identifier: MIT
/* Softirqs and tasklets: when they run, where, and what keeps them waiting. */
#include <asm/hardirq.h>
#include <asm/irq_vectors.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/string.h>

#define OURS	BLOCK_SOFTIRQ		/* there are no disks */
#define LINE	11

static struct {
	unsigned int calls, again;
	bool softirq, irqs_on, own_stack, in_irq;
	unsigned int order[4], nr_order;
} seen;

static void note(struct softirq_action *h)
{
	char here;

	seen.calls++;
	seen.softirq = in_serving_softirq() && in_interrupt() && !in_task();
	seen.in_irq = in_hardirq();
	seen.irqs_on = !irqs_disabled();
	seen.own_stack = on_irq_stack((unsigned long)&here);
	if (seen.again && seen.again--)
		raise_softirq(OURS);
}

static int softirq_test_init(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	open_softirq(OURS, note);
	return 0;
}

/* ledger: G1 */
static void softirq_runs_at_once(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, in_softirq());
	raise_softirq(OURS);
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	KUNIT_EXPECT_TRUE(test, seen.softirq && seen.irqs_on && seen.own_stack && !seen.in_irq);
	KUNIT_EXPECT_FALSE(test, in_interrupt());
}

static irqreturn_t raise_it(int irq, void *dev)
{
	raise_softirq(OURS);
	*(unsigned int *)dev = seen.calls;
	return IRQ_HANDLED;
}

/* Not in the interrupt, but before the interrupted code goes on. */
static void softirq_after_an_interrupt(struct kunit *test)
{
	unsigned int during = ~0U;

	KUNIT_ASSERT_EQ(test, request_irq(LINE, raise_it, 0, "softirq-test", &during), 0);
	__asm__ __volatile__("int %0" : : "i"(ISA_IRQ_VECTOR(LINE)) : "memory");
	KUNIT_EXPECT_EQ(test, during, 0U);
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	KUNIT_EXPECT_TRUE(test, seen.softirq && !seen.in_irq);
	free_irq(LINE, &during);
}

static void softirq_kept_off(struct kunit *test)
{
	local_bh_disable();
	KUNIT_EXPECT_TRUE(test, in_softirq() && !in_serving_softirq());
	local_bh_disable();
	raise_softirq(OURS);
	mdelay(30);				/* ticks end meanwhile */
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, seen.calls, 0U);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* With interrupts off nothing runs: the next interrupt's end does it. */
static void softirq_waits_for_interrupts(struct kunit *test)
{
	local_irq_disable();
	raise_softirq_irqoff(OURS);
	KUNIT_EXPECT_EQ(test, seen.calls, 0U);
	local_irq_enable();
	mdelay(50);
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
}

/*
 * One that raises itself is run ten times in a row; then the thread goes on. Sooner, if somebody else
 * is to have the CPU: that comes true now and then.
 */
static void softirq_without_end(struct kunit *test)
{
	unsigned int early = 0, before, tries;

	for (tries = 0; tries < 10 && early < 10; tries++) {
		before = seen.calls;
		seen.again = 1000000;
		raise_softirq(OURS);
		early = seen.calls - before;
		seen.again = 0;
		KUNIT_EXPECT_LE(test, early, 100U);	/* a tick may have come in between */
		mdelay(50);
		KUNIT_EXPECT_LE(test, seen.calls - before, early + 1);
	}
	KUNIT_EXPECT_GE(test, early, 10U);
}

static void leak(struct softirq_action *h)
{
	preempt_disable();
}

static void softirq_leaks_preempt_count(struct kunit *test)
{
	open_softirq(OURS, leak);
	KUNIT_EXPECT_REPORT(test, "huh, entered softirq 4 BLOCK * with preempt_count 00000100, "
			    "exited with 00000101?", raise_softirq(OURS));
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* ---- tasklets ---- */

static void note_tasklet(struct tasklet_struct *t)
{
	seen.calls++;
	seen.softirq = in_serving_softirq();
}

static void note_order(unsigned long number)
{
	if (seen.nr_order < ARRAY_SIZE(seen.order))
		seen.order[seen.nr_order++] = number;
}

static DECLARE_TASKLET(tasklet, note_tasklet);

static void tasklet_runs_once(struct kunit *test)
{
	local_bh_disable();
	tasklet_schedule(&tasklet);
	tasklet_schedule(&tasklet);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	KUNIT_EXPECT_TRUE(test, seen.softirq);
	tasklet_schedule(&tasklet);
	KUNIT_EXPECT_EQ(test, seen.calls, 2U);
}

static void tasklet_disabled(struct kunit *test)
{
	tasklet_disable(&tasklet);
	tasklet_schedule(&tasklet);
	mdelay(30);
	KUNIT_EXPECT_EQ(test, seen.calls, 0U);
	tasklet_enable(&tasklet);
	tasklet_kill(&tasklet);			/* waits until it has run */
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	KUNIT_EXPECT_EQ(test, tasklet.state, 0UL);
}

/* In the order in which they were scheduled; urgent ones before. */
static void tasklet_order(struct kunit *test)
{
	static struct tasklet_struct t[4];

	for (unsigned int i = 0; i < 4; i++)
		tasklet_init(&t[i], note_order, i);
	local_bh_disable();
	tasklet_schedule(&t[1]);
	tasklet_schedule(&t[0]);
	tasklet_hi_schedule(&t[3]);
	tasklet_schedule(&t[2]);
	local_bh_enable();
	KUNIT_ASSERT_EQ(test, seen.nr_order, 4U);
	KUNIT_EXPECT_EQ(test, seen.order[0], 3U);
	KUNIT_EXPECT_EQ(test, seen.order[1], 1U);
	KUNIT_EXPECT_EQ(test, seen.order[2], 0U);
	KUNIT_EXPECT_EQ(test, seen.order[3], 2U);
}

static struct kunit_case softirq_cases[] = {
	KUNIT_CASE(softirq_runs_at_once),
	KUNIT_CASE(softirq_after_an_interrupt),
	KUNIT_CASE(softirq_kept_off),
	KUNIT_CASE(softirq_waits_for_interrupts),
	KUNIT_CASE(softirq_without_end),
	KUNIT_CASE(softirq_leaks_preempt_count),
	KUNIT_CASE(tasklet_runs_once),
	KUNIT_CASE(tasklet_disabled),
	KUNIT_CASE(tasklet_order),
	{}
};

static struct kunit_suite softirq_suite = {
	.name = "softirq",
	.init = softirq_test_init,
	.test_cases = softirq_cases,
};
kunit_test_suite(softirq_suite);
