// SPDX-License-Identifier: MIT
/*
 * Calls of other CPUs: each function runs where it should, once, in the order of the calls; who waits
 * has waited; two that call each other both get on; and a CPU that does not answer is reported.
 */
#include <asm/processor.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/nmi.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <quarry/log_tap.h>
#include <quarry/test_seed.h>

#include "test_thread.h"

/* ---- who ran, and how ---- */

static atomic_t times[NR_CPUS];
static atomic_t in_wrong_context;

static void note(void *info)
{
	if (!irqs_disabled() || info != &times)
		atomic_inc(&in_wrong_context);
	atomic_inc(&times[raw_smp_processor_id()]);
}

static void expect_times(struct kunit *test, const struct cpumask *mask, int expected)
{
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&times[cpu]),
				cpumask_test_cpu(cpu, mask) ? expected : 0);
		atomic_set(&times[cpu], 0);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&in_wrong_context), 0);
	atomic_set(&in_wrong_context, 0);
}

/* Others get on meanwhile: who did not wait for its end would see that it has not noted yet. */
static void note_later(void *info)
{
	for (unsigned int i = 0; i < 1000; i++)
		cpu_relax();
	note(info);
}

static void smp_single(struct kunit *test)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, smp_call_function_single(cpu, note_later, &times, 1), 0);
		expect_times(test, cpumask_of(cpu), 1);
	}
}

static void smp_single_not_online(struct kunit *test)
{
	static const int nowhere[] = { -1, NR_CPUS, INT_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(nowhere); i++)
		KUNIT_EXPECT_EQ(test, smp_call_function_single(nowhere[i], note, &times, 1),
				-ENXIO);
	if (num_online_cpus() < NR_CPUS)
		KUNIT_EXPECT_EQ(test, smp_call_function_single(NR_CPUS - 1, note, &times, 1),
				-ENXIO);
	expect_times(test, cpumask_of(0), 0);
}

static bool is_odd(int cpu, void *info)
{
	return cpu % 2;
}

static void smp_many(struct kunit *test)
{
	struct cpumask others = *cpu_online_mask, odd = { { 0xaa } };

	cpumask_clear_cpu(raw_smp_processor_id(), &others);
	on_each_cpu(note_later, &times, 1);
	expect_times(test, cpu_online_mask, 1);
	smp_call_function(note, &times, 1);
	expect_times(test, &others, 1);
	smp_call_function_many(cpu_online_mask, note, &times, true);
	expect_times(test, &others, 1);
	on_each_cpu_mask(&others, note, &times, true);
	expect_times(test, &others, 1);
	on_each_cpu_cond(is_odd, note, &times, true);
	cpumask_and(&odd, &odd, cpu_online_mask);
	expect_times(test, &odd, 1);
}

static bool returned;
static atomic_t outlived;

/* As long as it takes to see that the call has returned; it should not. */
static void outlive_the_call(void *info)
{
	u64 end = local_clock() + 20 * NSEC_PER_MSEC;

	while (local_clock() < end) {
		if (READ_ONCE(returned)) {
			atomic_inc(&outlived);
			return;
		}
		cpu_relax();
	}
}

static void smp_who_waits_has_waited(struct kunit *test)
{
	unsigned int cpu = other_cpu(test);

	smp_call_function_single(cpu, outlive_the_call, NULL, 1);
	WRITE_ONCE(returned, true);
	smp_call_function_single(cpu, note, &times, 1);		/* behind it, if it is not through */
	expect_times(test, cpumask_of(cpu), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&outlived), 0);
	WRITE_ONCE(returned, false);
	smp_call_function(outlive_the_call, NULL, 1);
	WRITE_ONCE(returned, true);
	smp_call_function(note, &times, 1);
	for_each_online_cpu(cpu)
		atomic_set(&times[cpu], 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&outlived), 0);
	WRITE_ONCE(returned, false);
	atomic_set(&outlived, 0);
}

/* ---- order ---- */

static unsigned int last_call;
static atomic_t out_of_order;

static void in_order(void *info)
{
	unsigned int number = (unsigned long)info;

	if (number != last_call + 1)
		atomic_inc(&out_of_order);
	last_call = number;
}

static void smp_calls_stay_in_order(struct kunit *test)
{
	unsigned int cpu = other_cpu(test), number;

	last_call = 0;
	for (number = 1; number <= 200; number++)
		smp_call_function_single(cpu, in_order, (void *)(unsigned long)number,
					 number % 7 == 0);
	smp_call_function_single(cpu, in_order, (void *)201UL, 1);
	KUNIT_EXPECT_EQ(test, last_call, 201);
	KUNIT_EXPECT_EQ(test, atomic_read(&out_of_order), 0);
}

/* ---- one that takes long ---- */

static bool hold_on;
static atomic_t holding;

static void be_busy(void *info)
{
	atomic_inc(&holding);
	while (READ_ONCE(hold_on))
		cpu_relax();
	atomic_dec(&holding);
}

static void make_busy(unsigned int cpu)
{
	WRITE_ONCE(hold_on, true);
	smp_call_function_single(cpu, be_busy, NULL, 0);
	while (!atomic_read(&holding))
		cpu_relax();
}

static void smp_async(struct kunit *test)
{
	unsigned int cpu = other_cpu(test);
	call_single_data_t csd = CSD_INIT(note, &times);

	make_busy(cpu);
	KUNIT_EXPECT_EQ(test, smp_call_function_single_async(cpu, &csd), 0);
	KUNIT_EXPECT_EQ(test, smp_call_function_single_async(cpu, &csd), -EBUSY);
	KUNIT_EXPECT_EQ(test, atomic_read(&times[cpu]), 0);
	WRITE_ONCE(hold_on, false);
	while (!atomic_read(&times[cpu]))
		cpu_relax();
	expect_times(test, cpumask_of(cpu), 1);
	KUNIT_EXPECT_EQ(test, smp_call_function_single_async(cpu, &csd), 0);
	smp_call_function_single(cpu, note, &times, 1);
	expect_times(test, cpumask_of(cpu), 2);
}

/* "No wait" returns while the function runs; the next such call waits for its turn. */
static void smp_no_wait(struct kunit *test)
{
	unsigned int cpu = other_cpu(test);

	make_busy(cpu);
	KUNIT_EXPECT_EQ(test, atomic_read(&holding), 1);
	smp_call_function_single(cpu, note, &times, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&times[cpu]), 0);
	WRITE_ONCE(hold_on, false);
	smp_call_function_single(cpu, note, &times, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&holding), 0);
	expect_times(test, cpumask_of(cpu), 2);
}

/* ---- a CPU that does not answer ---- */

#define PATIENCE	(20 * (u64)NSEC_PER_SEC)

/* Until it has been reported twice. */
static void deaf_until_reported(void *info)
{
	u64 start = local_clock();

	while (READ_ONCE(hold_on) && local_clock() - start < PATIENCE)
		cpu_relax();
}

static void end_with_the_second(struct log_tap *tap, int level, const char *text)
{
	if (strstarts(text, "csd: Continued"))
		WRITE_ONCE(hold_on, false);
}

static void call_the_deaf(unsigned int cpu)
{
	struct log_tap tap = { .line = end_with_the_second };
	unsigned int before = csd_lock_timeout;

	csd_lock_timeout = 20;
	log_tap_add(&tap);
	WRITE_ONCE(hold_on, true);
	smp_call_function_single(cpu, deaf_until_reported, NULL, 0);
	smp_call_function_single(cpu, note, &times, 1);
	log_tap_remove(&tap);
	csd_lock_timeout = before;
}

static void smp_stall_is_reported(struct kunit *test)
{
	unsigned int cpu = other_cpu(test);

	if (!local_clock())
		kunit_skip(test, "there is no clock");
	KUNIT_EXPECT_REPORT(test, "csd: Detected non-responsive CSD lock (#*) on CPU#*, "
			    "waiting * ns for CPU#* note+*", call_the_deaf(cpu));
	KUNIT_EXPECT_REPORT(test, "\tcsd: CSD lock (#*) unresponsive.", call_the_deaf(cpu));
	KUNIT_EXPECT_REPORT(test, " deaf_until_reported+*", call_the_deaf(cpu));
	expect_times(test, cpumask_of(cpu), 3);
}

/* An NMI gets through where interrupts are off; afterwards the CPU goes on as if nothing had been. */
static void smp_backtrace_of_another(struct kunit *test)
{
	unsigned int cpu = other_cpu(test);

	make_busy(cpu);
	KUNIT_EXPECT_REPORT(test, "NMI backtrace for cpu *", trigger_single_cpu_backtrace(cpu));
	KUNIT_EXPECT_REPORT(test, " be_busy+*", trigger_allbutself_cpu_backtrace());
	KUNIT_EXPECT_FALSE(test, trigger_single_cpu_backtrace(raw_smp_processor_id()));
	KUNIT_EXPECT_FALSE(test, trigger_single_cpu_backtrace(NR_CPUS));
	WRITE_ONCE(hold_on, false);
	smp_call_function_single(cpu, note, &times, 1);
	expect_times(test, cpumask_of(cpu), 1);
}

/* ---- all call all ---- */

static int call_everybody(void *rounds)
{
	for (unsigned int i = 0; i < *(unsigned int *)rounds; i++) {
		on_each_cpu(note, &times, i % 2);
		smp_call_function_single(i % num_online_cpus(), note, &times, i % 3 == 0);
	}
	on_each_cpu(note, &times, 1);	/* those that were not waited for are over, too */
	return 0;
}

static void smp_all_call_all(struct kunit *test)
{
	unsigned int rounds = kunit_rounds(2) * num_online_cpus();

	other_cpu(test);
	run_on_each_cpu(test, call_everybody, &rounds, NULL);
	on_each_cpu(note, &times, 1);
	expect_times(test, cpu_online_mask,
		     1 + num_online_cpus() * (rounds + rounds / num_online_cpus() + 1));
}

/* ---- threads ---- */

static atomic_t ran_on;

static int run_there(void *cpu)
{
	if (*(unsigned int *)cpu == raw_smp_processor_id())
		atomic_inc(&ran_on);
	return 0;
}

/* Which says, too, that an idle CPU is told when there is something to do. */
static void smp_threads_run_on_each_cpu(struct kunit *test)
{
	unsigned int cpu;

	atomic_set(&ran_on, 0);
	for_each_online_cpu(cpu)
		run_on_cpu(test, cpu, run_there, &cpu);
	KUNIT_EXPECT_EQ(test, atomic_read(&ran_on), (int)num_online_cpus());
}

static struct kunit_case smp_cases[] = {
	KUNIT_CASE(smp_single),
	KUNIT_CASE(smp_single_not_online),
	KUNIT_CASE(smp_many),
	KUNIT_CASE(smp_who_waits_has_waited),
	KUNIT_CASE(smp_calls_stay_in_order),
	KUNIT_CASE(smp_async),
	KUNIT_CASE(smp_no_wait),
	KUNIT_CASE(smp_stall_is_reported),
	KUNIT_CASE(smp_backtrace_of_another),
	KUNIT_CASE(smp_all_call_all),
	KUNIT_CASE(smp_threads_run_on_each_cpu),
	{}
};

static struct kunit_suite smp_suite = {
	.name = "smp",
	.test_cases = smp_cases,
};
kunit_test_suite(smp_suite);
