// SPDX-License-Identifier: MIT
/*
 * Faults on any CPU and in any thread: the report says which, and who expected the fault goes on there.
 * Lines of several CPUs do not run into each other.
 */
#include <asm/traps.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <quarry/log_tap.h>
#include <quarry/recover.h>

#include "test_thread.h"

/* Does @fn end in a fault that is survived, with interrupts and preemption as before? */
static bool faults(void (*fn)(void))
{
	struct recovery here;

	if (kernel_setjmp(&here.env) == 0) {
		recovery_push(&here);
		fn();
		recovery_pop(&here);
		return false;
	}
	return preemptible();
}

static void touch_null(void)
{
	volatile int *null = NULL;

	OPTIMIZER_HIDE_VAR(null);
	local_irq_disable();
	preempt_disable();
	(void)*null;
}

static noinline int dig(volatile int *depth)
{
	volatile char ballast[200];

	ballast[0] = ++*depth;
	return *depth % 1000000 ? dig(depth) + ballast[0] : 0;
}

static void overflow(void)
{
	volatile int depth = 0;

	dig(&depth);
}

static atomic_t survived;

static int fault_here(void *fn)
{
	atomic_add(faults(fn), &survived);
	return 0;
}

/* "CPU: 1 PID: 7 Comm: test/1 …" for the thread that run_on_cpu() makes. */
static void expect_fault_on(struct kunit *test, unsigned int cpu, void (*fn)(void),
			    const char *line)
{
	atomic_set(&survived, 0);
	KUNIT_EXPECT_REPORT(test, line, run_on_cpu(test, cpu, fault_here, fn));
	KUNIT_EXPECT_EQ(test, atomic_read(&survived), 1);
}

static void fault_on_each_cpu(struct kunit *test)
{
	char line[40];
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		snprintf(line, sizeof(line), "CPU: %u PID: * Comm: test/%u *", cpu, cpu);
		expect_fault_on(test, cpu, touch_null, line);
	}
}

static void overflow_on_each_cpu(struct kunit *test)
{
	char line[80];
	unsigned int cpu;

	if (!double_fault_has_a_stack)
		kunit_skip(test, "no task gate: double faults have no stack of their own");
	for_each_online_cpu(cpu) {
		snprintf(line, sizeof(line), "BUG: stack guard page was hit: the stack of test/%u/*",
			 cpu);
		expect_fault_on(test, cpu, overflow, line);
		expect_fault_on(test, cpu, overflow, line);	/* ready again */
	}
}

/* Reports of several CPUs come one after the other. */
#define FAULTS	3

static int fault_again_and_again(void *unused)
{
	for (unsigned int i = 0; i < FAULTS; i++)
		atomic_add(faults(touch_null), &survived);
	return 0;
}

static struct {
	struct log_tap tap;
	int cpu;			/* whose report it is */
	unsigned int reports, mixed;
} watch;

static void watch_reports(struct log_tap *tap, int level, const char *text)
{
	if (strstarts(text, "BUG: kernel NULL pointer")) {
		watch.mixed += watch.cpu >= 0;
		watch.cpu = raw_smp_processor_id();
		watch.reports++;
	} else if (watch.cpu != raw_smp_processor_id()) {
		watch.mixed++;
	} else if (strstarts(text, " thread_start+")) {
		watch.cpu = -1;
	}
}

static void reports_do_not_mix(struct kunit *test)
{
	other_cpu(test);
	watch.tap.line = watch_reports;
	watch.cpu = -1;
	watch.reports = watch.mixed = 0;
	atomic_set(&survived, 0);
	log_tap_add(&watch.tap);
	console_hold();
	run_on_each_cpu(test, fault_again_and_again, NULL, NULL);
	console_release();
	log_tap_remove(&watch.tap);
	KUNIT_EXPECT_EQ(test, watch.mixed, 0);
	KUNIT_EXPECT_EQ(test, watch.reports, FAULTS * num_online_cpus());
	KUNIT_EXPECT_EQ(test, atomic_read(&survived), (int)(FAULTS * num_online_cpus()));
}

/* ---- lines ---- */

#define LINES	10
#define SLOW_LINES 3			/* of these: so long that others come, and have to wait */

static int print_lines(void *unused)
{
	int cpu = raw_smp_processor_id();

	for (unsigned int i = 0; i < LINES; i++) {
		unsigned long flags;

		pr_info("smp line %d %d %d %d %d %d %d %d.\n", cpu, cpu, cpu, cpu, cpu, cpu, cpu, cpu);
		printk_cpu_sync_get_irqsave(flags);
		pr_info("smp line %d", cpu);
		if (i < SLOW_LINES)
			mdelay(5);
		for (unsigned int part = 0; part < 7; part++)
			pr_cont(" %d", cpu);
		pr_cont(".\n");
		printk_cpu_sync_put_irqrestore(flags);
	}
	return 0;
}

static unsigned int good_lines, bad_lines;

static void check_line(struct log_tap *tap, int level, const char *text)
{
	static const char start[] = "smp line";
	const char *at = text + sizeof(start) - 1;
	unsigned int parts = 0;

	while (at[0] == ' ' && at[1] == '0' + raw_smp_processor_id()) {
		at += 2;
		parts++;
	}
	if (strstarts(text, start) && parts == 8 && !strcmp(at, "."))
		good_lines++;
	else
		bad_lines++;
}

static void lines_do_not_mix(struct kunit *test)
{
	struct log_tap tap = { .line = check_line };

	good_lines = bad_lines = 0;
	log_tap_add(&tap);
	console_hold();
	run_on_each_cpu(test, print_lines, NULL, NULL);
	console_release();
	log_tap_remove(&tap);
	KUNIT_EXPECT_EQ(test, good_lines, 2 * LINES * num_online_cpus());
	KUNIT_EXPECT_EQ(test, bad_lines, 0);
}

static struct kunit_case traps_smp_cases[] = {
	KUNIT_CASE(fault_on_each_cpu),
	KUNIT_CASE(overflow_on_each_cpu),
	KUNIT_CASE(reports_do_not_mix),
	KUNIT_CASE(lines_do_not_mix),
	{}
};

static struct kunit_suite traps_smp_suite = {
	.name = "traps_smp",
	.test_cases = traps_smp_cases,
};
kunit_test_suite(traps_smp_suite);
