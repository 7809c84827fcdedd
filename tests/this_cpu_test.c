// SPDX-License-Identifier: MIT
/* Per-CPU variables: this CPU's copy in one step, for each size; others' copies; and misuse. */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "test_thread.h"

static DEFINE_PER_CPU(u8, byte) = 0xf0;
static DEFINE_PER_CPU(u16, half) = 0xfff0;
static DEFINE_PER_CPU(u32, word) = 5;
static DEFINE_PER_CPU(u64, twice) = 0xfffffff0;
static DEFINE_PER_CPU_ALIGNED(char, aligned);

/* Each step, and what the variable is after it; a neighbour would show a step that is too wide. */
#define EXPECT_STEP(test, step, var, value) \
do { \
	step; \
	KUNIT_EXPECT_EQ(test, this_cpu_read(var), (typeof(var))(value)); \
} while (0)

#define EXPECT_STEPS(test, var, first) \
do { \
	EXPECT_STEP(test, , var, first); \
	EXPECT_STEP(test, this_cpu_add(var, 0x20), var, (u64)(first) + 0x20); \
	EXPECT_STEP(test, this_cpu_sub(var, 0x20), var, first); \
	EXPECT_STEP(test, this_cpu_inc(var), var, (first) + 1); \
	EXPECT_STEP(test, this_cpu_dec(var), var, first); \
	EXPECT_STEP(test, this_cpu_or(var, 3), var, (first) | 3); \
	EXPECT_STEP(test, this_cpu_and(var, ~3), var, (first) & ~3); \
	KUNIT_EXPECT_EQ(test, this_cpu_add_return(var, 2), (typeof(var))(((first) & ~3) + 2)); \
	EXPECT_STEP(test, this_cpu_write(var, first), var, first); \
} while (0)

/* ledger: C2 */
static void this_cpu_sizes(struct kunit *test)
{
	EXPECT_STEPS(test, byte, 0xf0);
	EXPECT_STEPS(test, half, 0xfff0);
	EXPECT_STEPS(test, word, 5);
	EXPECT_STEPS(test, twice, 0xfffffff0ULL);
	KUNIT_EXPECT_EQ(test, this_cpu_xchg(word, 9), 5);
	KUNIT_EXPECT_EQ(test, this_cpu_cmpxchg(word, 5, 6), 9);
	KUNIT_EXPECT_EQ(test, this_cpu_cmpxchg(word, 9, 5), 9);
	KUNIT_EXPECT_EQ(test, this_cpu_read(word), 5);
	KUNIT_EXPECT_EQ(test, this_cpu_xchg(byte, 1), 0xf0);
	KUNIT_EXPECT_EQ(test, this_cpu_cmpxchg(byte, 1, 0xf0), 1);
	KUNIT_EXPECT_EQ(test, this_cpu_read(byte), 0xf0);
	KUNIT_EXPECT_EQ(test, this_cpu_xchg(twice, 9ULL << 32), 0xfffffff0);
	KUNIT_EXPECT_EQ(test, this_cpu_cmpxchg(twice, 0, 6), 9ULL << 32);
	KUNIT_EXPECT_EQ(test, this_cpu_cmpxchg(twice, 9ULL << 32, 0xfffffff0), 9ULL << 32);
	KUNIT_EXPECT_EQ(test, this_cpu_read(twice), 0xfffffff0);
}

/* ledger: C2. Each CPU's copy begins as the variable was initialised, and is its own. */
static void per_cpu_copies(struct kunit *test)
{
	unsigned int cpu, me = get_cpu();

	for_each_possible_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, per_cpu(word, cpu), 5);
		KUNIT_EXPECT_EQ(test, per_cpu(cpu_number, cpu), cpu);
		KUNIT_EXPECT_EQ(test, per_cpu(this_cpu_off, cpu), per_cpu_offset(cpu));
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)&per_cpu(aligned, cpu), 64));
	}
	this_cpu_write(word, 6);
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_EQ(test, per_cpu(word, cpu), cpu == me ? 6 : 5);
	this_cpu_write(word, 5);
	KUNIT_EXPECT_PTR_EQ(test, this_cpu_ptr(&word), per_cpu_ptr(&word, me));
	put_cpu();
}

/* ledger: C2. Between get and put this thread has the CPU and its copy to itself. */
static void get_cpu_var_keeps_the_cpu(struct kunit *test)
{
	u32 *mine = &get_cpu_var(word);

	KUNIT_EXPECT_PTR_EQ(test, mine, &per_cpu(word, smp_processor_id()));
	KUNIT_EXPECT_EQ(test, preempt_count(), 1);
	put_cpu_var(word);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	mine = get_cpu_ptr(&word);
	KUNIT_EXPECT_PTR_EQ(test, mine, &per_cpu(word, smp_processor_id()));
	put_cpu_ptr(&word);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* ---- misuse: in a thread that may run anywhere ---- */

static int ask_for_cpu(void *unused)
{
	return smp_processor_id() < 0;
}

static int add_unsafely(void *unused)
{
	__this_cpu_add(word, 0);
	return 0;
}

static int take_address(void *unused)
{
	return !this_cpu_ptr(&word);
}

static int use_properly(void *unused)
{
	u32 *mine;

	mine = &get_cpu_var(word);
	__this_cpu_add(word, 0);
	put_cpu_var(word);
	get_cpu();
	smp_processor_id();
	put_cpu();
	migrate_disable();
	smp_processor_id();
	migrate_enable();
	this_cpu_add(word, 0);
	return !mine + (raw_smp_processor_id() >= nr_cpu_ids);
}

static void in_thread(struct kunit *test, int (*fn)(void *))
{
	struct test_thread thread;

	test_thread_start(test, &thread, fn, NULL);
	KUNIT_EXPECT_EQ(test, test_thread_join(&thread), 0);
}

/* ledger: C1 */
static void this_cpu_misuse(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "BUG: using smp_processor_id() in preemptible ?00000000? code: test/*",
			    in_thread(test, ask_for_cpu));
	KUNIT_EXPECT_REPORT(test, "caller is ask_for_cpu+*", in_thread(test, ask_for_cpu));
	KUNIT_EXPECT_REPORT(test, "BUG: using __this_cpu_add() in preemptible ?00000000? code: test/*",
			    in_thread(test, add_unsafely));
	KUNIT_EXPECT_REPORT(test, "BUG: using this_cpu_ptr() in preemptible ?00000000? code: test/*",
			    in_thread(test, take_address));
}

/* ledger: C1. What is right is not reported: the message would be on the console, and in the log. */
static void this_cpu_proper_use(struct kunit *test)
{
	in_thread(test, use_properly);
}

/* ---- threads that are moved about while they count ---- */

#define COUNTS	20000

static DEFINE_PER_CPU(unsigned long, counted);
static DEFINE_PER_CPU(u64, counted_twice);

static int count(void *unused)
{
	for (int i = 0; i < COUNTS; i++) {
		this_cpu_inc(counted);
		this_cpu_add(counted_twice, 0x80000001ULL);
		if (i % 4096 == 0)
			yield();
	}
	return 0;
}

/* ledger: C2. Nothing is lost, however they are preempted; and each CPU has only its own part. */
static void this_cpu_counts(struct kunit *test)
{
	unsigned int threads = num_online_cpus() + 1, cpu;
	u64 sum = 0, sum_twice = 0;

	for_each_possible_cpu(cpu)
		per_cpu(counted, cpu) = per_cpu(counted_twice, cpu) = 0;
	test_threads_run(test, threads, count, NULL);
	for_each_possible_cpu(cpu) {
		sum += per_cpu(counted, cpu);
		sum_twice += per_cpu(counted_twice, cpu);
	}
	KUNIT_EXPECT_EQ(test, sum, (u64)threads * COUNTS);
	KUNIT_EXPECT_EQ(test, sum_twice, threads * COUNTS * 0x80000001ULL);
}

static struct kunit_case this_cpu_cases[] = {
	KUNIT_CASE(this_cpu_sizes),
	KUNIT_CASE(per_cpu_copies),
	KUNIT_CASE(get_cpu_var_keeps_the_cpu),
	KUNIT_CASE(this_cpu_misuse),
	KUNIT_CASE(this_cpu_proper_use),
	KUNIT_CASE(this_cpu_counts),
	{}
};

static struct kunit_suite this_cpu_suite = {
	.name = "this_cpu",
	.test_cases = this_cpu_cases,
};
kunit_test_suite(this_cpu_suite);
