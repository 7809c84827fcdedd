// SPDX-License-Identifier: MIT
/* What people see of threads and CPUs: ps, cpus, stacks, /proc/stat. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>

#include "monitor_ear.h"
#include "text_lines.h"

static int sleep_until_stopped(void *unused)
{
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static struct task_struct *sleeper(struct kunit *test)
{
	struct task_struct *task = kthread_run(sleep_until_stopped, NULL, "sleeper");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while (READ_ONCE(task->on_rq) || READ_ONCE(task->on_cpu) || !task->nvcsw)
		yield();
	return task;
}

static void ps_shows_all(struct kunit *test)
{
	struct task_struct *task = sleeper(test);
	char line[80];

	KUNIT_EXPECT_EQ(test, ask("ps"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("    0"), num_online_cpus());
	KUNIT_EXPECT_EQ(test, count_lines("    1"), 1);
	snprintf(line, sizeof(line), "%5d %3u   0 S", task->pid, task_cpu(task));
	KUNIT_EXPECT_EQ(test, count_lines(line), 1);
	snprintf(line, sizeof(line), "%5d %3u   0 R", current->pid, raw_smp_processor_id());
	KUNIT_EXPECT_EQ(test, count_lines(line), 1);
	KUNIT_EXPECT_EQ(test, ask("ps 32767"), -ESRCH);

	snprintf(line, sizeof(line), "ps %d", task->pid);
	KUNIT_EXPECT_REPORT(test, "task:sleeper * state:S *", ask(line));
	KUNIT_EXPECT_REPORT(test, " sleep_until_stopped+*", ask(line));
	kthread_stop(task);
}

static void cpus_shows_who_runs(struct kunit *test)
{
	char line[80];
	unsigned int cpu;

	KUNIT_EXPECT_EQ(test, ask("cpus"), 0);
	for_each_online_cpu(cpu) {
		snprintf(line, sizeof(line), "%3u ", cpu);
		KUNIT_EXPECT_EQ(test, count_lines(line), 1);
	}
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, current->comm));
}

/* Deep enough to be seen, and no further. */
static noinline void dig(volatile u8 *deepest)
{
	volatile u8 ballast[THREAD_SIZE / 8];

	for (unsigned int i = 0; i < sizeof(ballast); i++)
		ballast[i] = 1;
	*deepest = ballast[0];
}

static int dig_and_sleep(void *unused)
{
	volatile u8 deepest;

	dig(&deepest);
	return sleep_until_stopped(unused);
}

/* ledger: T1 */
static void stacks_shows_the_deepest_use(struct kunit *test)
{
	struct task_struct *shallow = sleeper(test);
	struct task_struct *deep = kthread_run(dig_and_sleep, NULL, "digger");
	unsigned long used;
	char line[80];

	KUNIT_ASSERT_FALSE(test, IS_ERR(deep));
	while (READ_ONCE(deep->on_cpu) || !deep->nvcsw)
		yield();
	used = THREAD_SIZE - stack_not_used(deep);
	KUNIT_EXPECT_GT(test, used, THREAD_SIZE / 8);
	KUNIT_EXPECT_LT(test, used, THREAD_SIZE / 2);
	KUNIT_EXPECT_LT(test, THREAD_SIZE - stack_not_used(shallow), used);
	KUNIT_EXPECT_EQ(test, ask("stacks"), 0);
	snprintf(line, sizeof(line), "%5d %-15s %px %5lu %5lu ", deep->pid, "digger", deep->stack,
		 (unsigned long)THREAD_SIZE, used);
	KUNIT_EXPECT_EQ(test, count_lines(line), 1);
	kthread_stop(deep);
	kthread_stop(shallow);
}

static void proc_stat(struct kunit *test)
{
	unsigned long switches, forks;
	unsigned int cpu;
	const char *line;

	read_proc(test, "stat");
	line = next_line();
	KUNIT_EXPECT_TRUE(test, line && !strncmp(line, "cpu  0 0 ", 9));
	for_each_online_cpu(cpu) {
		line = next_line();
		KUNIT_EXPECT_TRUE(test, line && !strncmp(line, "cpu", 3) && line[3] == '0' + cpu);
	}
	switches = number_of(test, "ctxt");
	forks = number_of(test, "processes");
	KUNIT_EXPECT_GE(test, number_of(test, "procs_running"), 1);

	kthread_stop(sleeper(test));
	read_proc(test, "stat");
	KUNIT_EXPECT_EQ(test, number_of(test, "processes"), forks + 1);
	KUNIT_EXPECT_GE(test, number_of(test, "ctxt"), switches + 2);
}

static struct kunit_case threads_show_cases[] = {
	KUNIT_CASE(ps_shows_all),
	KUNIT_CASE(cpus_shows_who_runs),
	KUNIT_CASE(stacks_shows_the_deepest_use),
	KUNIT_CASE(proc_stat),
	{}
};

static struct kunit_suite threads_show_suite = {
	.name = "threads_show",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.test_cases = threads_show_cases,
};
kunit_test_suite(threads_show_suite);
