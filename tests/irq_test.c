// SPDX-License-Identifier: MIT
/*
 * Interrupt lines: handlers come and go, share, are kept waiting; what nobody knows is counted and
 * reported. Line 11 is nobody's here; INT comes in by its vector as a device's interrupt would.
 */
#include <asm/apic.h>
#include <asm/processor.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <quarry/pit.h>

#define LINE	11

#define raise(vector)	__asm__ __volatile__("int %0" : : "i"(vector) : "memory")
#define raise_line()	raise(ISA_IRQ_VECTOR(LINE))

static struct {
	unsigned int calls, others;
	bool hardirq, irqs_off, task;
	unsigned long trapnr;
	struct task_struct *current_;
} seen;

static int mine, others;

static irqreturn_t note(int irq, void *dev)
{
	seen.calls++;
	seen.hardirq = in_hardirq() && in_interrupt() && in_atomic();
	seen.task = in_task();
	seen.irqs_off = irqs_disabled();
	seen.trapnr = get_irq_regs()->trapnr;
	seen.current_ = current;
	return irq == LINE && dev == &mine ? IRQ_HANDLED : IRQ_NONE;
}

static irqreturn_t note_other(int irq, void *dev)
{
	seen.others++;
	return IRQ_NONE;
}

static int irq_test_init(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	return 0;
}

/* Whatever the case has left. */
static void irq_test_exit(struct kunit *test)
{
	while (irq_desc[LINE].action)
		free_irq(LINE, irq_desc[LINE].action->dev_id);
}

/* ledger: G1 */
static void irq_handler_is_called(struct kunit *test)
{
	unsigned int before = kstat_irqs_sum(LINE);

	KUNIT_ASSERT_EQ(test, request_irq(LINE, note, 0, "mine", &mine), 0);
	raise_line();
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 2U);
	KUNIT_EXPECT_EQ(test, kstat_irqs_sum(LINE) - before, 2U);
	KUNIT_EXPECT_TRUE(test, seen.hardirq && seen.irqs_off && !seen.task);
	KUNIT_EXPECT_PTR_EQ(test, seen.current_, current);
	KUNIT_EXPECT_EQ(test, seen.trapnr, ISA_IRQ_VECTOR(LINE));
	KUNIT_EXPECT_NULL(test, get_irq_regs());
	KUNIT_EXPECT_FALSE(test, in_interrupt() || irqs_disabled());
	KUNIT_EXPECT_STREQ(test, free_irq(LINE, &mine), "mine");
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 2U);
}

static void irq_requests_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, request_irq(NR_IRQS, note, 0, "mine", &mine), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_irq(LINE, NULL, 0, "mine", &mine), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_irq(LINE, note, IRQF_SHARED, "mine", NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_irq(2, note, 0, "mine", &mine), -ENOSYS);
	KUNIT_ASSERT_EQ(test, request_irq(LINE, note, 0, "mine", &mine), 0);
	KUNIT_EXPECT_REPORT(test,
		"genirq: Flags mismatch irq 11. 00000080 (other) vs. 00000000 (mine)",
		KUNIT_EXPECT_EQ(test, request_irq(LINE, note, IRQF_SHARED, "other", &others),
				-EBUSY));
	KUNIT_EXPECT_REPORT(test, "Trying to free already-free IRQ 11", free_irq(LINE, &others));
}

static void irq_shared(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request_irq(LINE, note, IRQF_SHARED, "mine", &mine), 0);
	KUNIT_ASSERT_EQ(test, request_irq(LINE, note_other, IRQF_SHARED, "other", &others), 0);
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	KUNIT_EXPECT_EQ(test, seen.others, 1U);
	KUNIT_EXPECT_STREQ(test, free_irq(LINE, &mine), "mine");
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	KUNIT_EXPECT_EQ(test, seen.others, 2U);
}

/* Disabling nests; a line that is raised all the same is not handled. */
static void irq_disabled(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request_irq(LINE, note, IRQF_NO_AUTOEN, "mine", &mine), 0);
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 0U);
	enable_irq(LINE);
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	disable_irq(LINE);
	disable_irq_nosync(LINE);
	enable_irq(LINE);
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 1U);
	enable_irq(LINE);
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.calls, 2U);
	KUNIT_EXPECT_REPORT(test, "Unbalanced enable for IRQ 11", enable_irq(LINE));
}

static irqreturn_t turn_on(int irq, void *dev)
{
	local_irq_enable();
	return IRQ_HANDLED;
}

static void irq_handler_enables_interrupts(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request_irq(LINE, turn_on, 0, "mine", &mine), 0);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "irq 11 handler turn_on+0x* enabled interrupts", raise_line());
	KUNIT_EXPECT_FALSE(test, in_interrupt());
}

static void raise_often(unsigned int times)
{
	while (times--)
		raise_line();
}

/* A line that is raised without end, and not by our device: in the end it is switched off. */
static void irq_nobody_cared(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request_irq(LINE, note_other, 0, "other", &others), 0);
	raise_often(99999);
	KUNIT_EXPECT_EQ(test, seen.others, 99999U);
	KUNIT_EXPECT_REPORT(test, "irq 11: nobody cared (try booting with the \"irqpoll\" option)",
			    raise_line());
	raise_line();
	KUNIT_EXPECT_EQ(test, seen.others, 100000U);
	KUNIT_EXPECT_TRUE(test, irq_desc[LINE].spurious_disabled);
}

static void irq_unexpected_vector(struct kunit *test)
{
	unsigned int before = irq_err_count;

	KUNIT_EXPECT_REPORT(test, "__common_interrupt: ?.119 No irq handler for vector",
			    raise(119));
	KUNIT_EXPECT_EQ(test, irq_err_count, before + 1);
}

static void irq_spurious(struct kunit *test)
{
	unsigned int before = irq_err_count, spurious = this_cpu_read(irq_stat.irq_spurious_count);

	KUNIT_EXPECT_REPORT(test, "Spurious APIC interrupt (vector 0xFF) on CPU#*", raise(0xff));
	KUNIT_EXPECT_REPORT(test, "Spurious interrupt (vector 0xee) on CPU#?. Not pending!",
			    raise(0xee));
	KUNIT_EXPECT_EQ(test, this_cpu_read(irq_stat.irq_spurious_count), spurious + 2);
	if (apic_present)
		return;
	KUNIT_ASSERT_EQ(test, request_irq(7, note, 0, "mine", &mine), 0);
	raise(ISA_IRQ_VECTOR(7));
	free_irq(7, &mine);
	KUNIT_EXPECT_EQ(test, seen.calls, 0U);
	KUNIT_EXPECT_EQ(test, irq_err_count, before + 1);
}

/* The 8254 raises line 0, if that is not the tick already. */
static void irq_from_a_device(struct kunit *test)
{
	unsigned int before = kstat_irqs_sum(0);
	unsigned long start = jiffies;

	if (apic_present) {
		KUNIT_ASSERT_EQ(test, request_irq(0, note_other, 0, "other", &others), 0);
		pit_tick_start();
	}
	while (kstat_irqs_sum(0) - before < 3 && time_before(jiffies, start + 5 * HZ))
		cpu_relax();
	if (apic_present) {
		pit_tick_stop();
		free_irq(0, &others);
	}
	KUNIT_EXPECT_GE(test, kstat_irqs_sum(0) - before, 3U);
}

static struct kunit_case irq_cases[] = {
	KUNIT_CASE(irq_handler_is_called),
	KUNIT_CASE(irq_requests_refused),
	KUNIT_CASE(irq_shared),
	KUNIT_CASE(irq_disabled),
	KUNIT_CASE(irq_handler_enables_interrupts),
	KUNIT_CASE(irq_nobody_cared),
	KUNIT_CASE(irq_unexpected_vector),
	KUNIT_CASE(irq_spurious),
	KUNIT_CASE(irq_from_a_device),
	{}
};

static struct kunit_suite irq_suite = {
	.name = "irq",
	.init = irq_test_init,
	.exit = irq_test_exit,
	.test_cases = irq_cases,
};
kunit_test_suite(irq_suite);
