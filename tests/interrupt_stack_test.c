// SPDX-License-Identifier: MIT
/*
 * The stacks of interrupts and softirqs: that they are used, that backtraces find the way back, and
 * that running over their end is a report.
 */
#include <asm/hardirq.h>
#include <asm/irq_vectors.h>
#include <asm/traps.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <quarry/softlockup.h>

#define LINE	11
#define raise_line() \
	__asm__ __volatile__("int %0" : : "i"(ISA_IRQ_VECTOR(LINE)) : "memory")

static struct {
	bool own_stack;
	unsigned long trace[24];
	unsigned int nr;
	volatile int depth;
	unsigned int calls;
} seen;

static void note(void)
{
	char here;

	seen.own_stack = on_irq_stack((unsigned long)&here);
	seen.nr = stack_trace_save(seen.trace, ARRAY_SIZE(seen.trace), 0);
}

static irqreturn_t note_irq(int irq, void *dev)
{
	note();
	return IRQ_HANDLED;
}

static irqreturn_t raise_softirq_in_irq(int irq, void *dev)
{
	raise_softirq(BLOCK_SOFTIRQ);
	return IRQ_HANDLED;
}

static void note_softirq(struct softirq_action *h)
{
	note();
	barrier();			/* a call, not a jump */
}

static irqreturn_t dig_irq(int irq, void *dev);

/* Softirq, interrupted: two stacks lie above the thread's. */
static void interrupt_softirq(struct softirq_action *h)
{
	if (!seen.calls++)
		raise_line();
}

static noinline void dig(void)
{
	volatile char ballast[64];

	ballast[0] = seen.depth++;
	if (seen.depth % 1000000)
		dig();
	ballast[1] = ballast[0];
}

static irqreturn_t dig_irq(int irq, void *dev)
{
	dig();
	return IRQ_HANDLED;
}

static void dig_softirq(struct softirq_action *h)
{
	dig();
}

static int stack_test_init(struct kunit *test)
{
	seen.own_stack = false;
	seen.nr = seen.calls = 0;
	seen.depth = 0;
	return 0;
}

static void stack_test_exit(struct kunit *test)
{
	while (irq_to_desc(LINE)->action)
		free_irq(LINE, irq_to_desc(LINE)->action->dev_id);
}

/* By name: where a function ends is nowhere else to be found, and the next one may be on the trace, too. */
static bool name_in_trace(const char *function)
{
	char name[64];

	for (unsigned int i = 0; i < seen.nr; i++) {
		snprintf(name, sizeof(name), "%ps", (void *)(seen.trace[i] - 1));
		if (!strcmp(name, function))
			return true;
	}
	return false;
}
#define in_trace(function) name_in_trace(#function)

static void stack_of_an_interrupt(struct kunit *test)
{
	char here;

	KUNIT_EXPECT_FALSE(test, on_irq_stack((unsigned long)&here));
	KUNIT_ASSERT_EQ(test, request_irq(LINE, note_irq, 0, "stack-test", &seen), 0);
	raise_line();
	KUNIT_EXPECT_TRUE(test, seen.own_stack);
	KUNIT_EXPECT_TRUE(test, in_trace(note_irq));
	KUNIT_EXPECT_TRUE(test, in_trace(stack_of_an_interrupt));
}

static void stack_of_a_softirq(struct kunit *test)
{
	open_softirq(BLOCK_SOFTIRQ, note_softirq);
	KUNIT_ASSERT_EQ(test, request_irq(LINE, raise_softirq_in_irq, 0, "stack-test", &seen), 0);
	raise_line();
	KUNIT_EXPECT_TRUE(test, seen.own_stack);
	KUNIT_EXPECT_TRUE(test, in_trace(note_softirq));
	KUNIT_EXPECT_TRUE(test, in_trace(stack_of_a_softirq));
}

static void stack_of_an_interrupted_softirq(struct kunit *test)
{
	open_softirq(BLOCK_SOFTIRQ, interrupt_softirq);
	KUNIT_ASSERT_EQ(test, request_irq(LINE, note_irq, 0, "stack-test", &seen), 0);
	raise_softirq(BLOCK_SOFTIRQ);
	KUNIT_EXPECT_TRUE(test, seen.own_stack);
	KUNIT_EXPECT_TRUE(test, in_trace(note_irq));
	KUNIT_EXPECT_TRUE(test, in_trace(interrupt_softirq));
	KUNIT_EXPECT_TRUE(test, in_trace(stack_of_an_interrupted_softirq));
}

static void note_on_another(void *unused)
{
	note();
	barrier();			/* a call, not a jump */
}

/* Interrupt stacks lie below those of threads as a rule; backtraces find the way down as well. */
static void stack_above_the_threads(struct kunit *test)
{
	void *stacks[8];
	unsigned int n = 0;

	do
		stacks[n] = vmalloc(IRQ_STACK_SIZE);
	while (stacks[n] && stacks[n] < (void *)stacks && ++n < ARRAY_SIZE(stacks));
	if (n < ARRAY_SIZE(stacks) && stacks[n]) {
		call_on_stack(stacks[n] + IRQ_STACK_SIZE, note_on_another, NULL);
		KUNIT_EXPECT_TRUE(test, in_trace(note_on_another));
		KUNIT_EXPECT_TRUE(test, in_trace(stack_above_the_threads));
	}
	for (n = min(n + 1, (unsigned int)ARRAY_SIZE(stacks)); n; n--)
		vfree(stacks[n - 1]);
	vm_unmap_aliases();
}

/* Afterwards interrupts come as before. ledger: T2 */
static void stack_overflow_in_an_interrupt(struct kunit *test)
{
	unsigned long start;

	if (!double_fault_has_a_stack)
		kunit_skip(test, "no task gate: double faults have no stack of their own");
	KUNIT_ASSERT_EQ(test, request_irq(LINE, dig_irq, 0, "stack-test", &seen), 0);
	KUNIT_EXPECT_REPORT(test, "BUG: stack guard page was hit*", raise_line());
	KUNIT_EXPECT_REPORT(test, "*CPU ?'s stack for interrupts*", raise_line());
	KUNIT_EXPECT_REPORT(test, "* stack_overflow_in_an_interrupt*", raise_line());
	KUNIT_EXPECT_GT(test, seen.depth, 30);
	free_irq(LINE, &seen);
	KUNIT_EXPECT_FALSE(test, in_interrupt() || irqs_disabled());
	start = jiffies;
	mdelay(50);
	KUNIT_EXPECT_NE(test, jiffies, start);
}

static void stack_overflow_in_a_softirq(struct kunit *test)
{
	if (!double_fault_has_a_stack)
		kunit_skip(test, "no task gate: double faults have no stack of their own");
	open_softirq(BLOCK_SOFTIRQ, dig_softirq);
	KUNIT_EXPECT_REPORT(test, "*CPU ?'s stack for softirqs*", raise_softirq(BLOCK_SOFTIRQ));
	KUNIT_EXPECT_FALSE(test, in_interrupt() || irqs_disabled());
}

/* ---- a CPU that takes interrupts, and nothing else ---- */

static noinline void hog(void)
{
	unsigned int before = softlockup_thresh_ms;

	softlockup_thresh_ms = 30;
	preempt_disable();
	touch_softlockup_watchdog();
	mdelay(80);
	preempt_enable();
	softlockup_thresh_ms = before;
}

static void soft_lockup(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "watchdog: BUG: soft lockup - CPU#? stuck for *s! ?kunit*",
			    hog());
	KUNIT_EXPECT_REPORT(test, "* hog+0x*", hog());
}

static struct kunit_case stack_cases[] = {
	KUNIT_CASE(stack_of_an_interrupt),
	KUNIT_CASE(stack_of_a_softirq),
	KUNIT_CASE(stack_of_an_interrupted_softirq),
	KUNIT_CASE(stack_above_the_threads),
	KUNIT_CASE(stack_overflow_in_an_interrupt),
	KUNIT_CASE(stack_overflow_in_a_softirq),
	KUNIT_CASE(soft_lockup),
	{}
};

static struct kunit_suite stack_suite = {
	.name = "interrupt_stack",
	.init = stack_test_init,
	.exit = stack_test_exit,
	.test_cases = stack_cases,
};
kunit_test_suite(stack_suite);
