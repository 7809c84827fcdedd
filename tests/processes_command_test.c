// SPDX-License-Identifier: MIT
/* kill and choom, and the OOM killer's files, as typed. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/oom.h>
#include <linux/sched/mm.h>

#include "monitor_ear.h"
#include "process_helpers.h"

static int ask_about(const char *command, const struct hog *hog, const char *more)
{
	char line[40];

	snprintf(line, sizeof(line), "%s %d%s", command, hog->task->pid, more);
	return ask(line);
}

static void kill_ends_a_process(struct kunit *test)
{
	struct hog hog = { .pages = 2 };

	hog_start(test, &hog);
	KUNIT_EXPECT_EQ(test, ask_about("kill", &hog, ""), 0);
	KUNIT_EXPECT_TRUE(test, hog_ends(&hog));
	hog_end(&hog);
	KUNIT_EXPECT_EQ(test, hog.populated, -ERESTARTSYS);
	KUNIT_EXPECT_EQ(test, ask("kill 32767"), -ESRCH);
	KUNIT_EXPECT_EQ(test, ask("kill"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("kill me"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("kill 2"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("kworker/0:0 is the kernel's own"), 1);
}

static void choom_shows_and_sets(struct kunit *test)
{
	struct hog hog = { .pages = 2 };

	hog_start(test, &hog);
	KUNIT_EXPECT_EQ(test, ask_about("choom", &hog, " 500"), 0);
	KUNIT_EXPECT_EQ(test, hog.mm->oom_score_adj, 500);
	KUNIT_EXPECT_EQ(test, number_after("adjust value: "), 500UL);
	KUNIT_EXPECT_GE(test, number_after("OOM score: "), 1000UL);
	KUNIT_EXPECT_LE(test, number_after("OOM score: "), 1030UL);
	KUNIT_EXPECT_EQ(test, ask_about("choom", &hog, " -1000"), 0);
	KUNIT_EXPECT_EQ(test, number_after("OOM score: "), 0UL);
	KUNIT_EXPECT_EQ(test, ask_about("choom", &hog, ""), 0);
	KUNIT_EXPECT_EQ(test, hog.mm->oom_score_adj, -1000);
	KUNIT_EXPECT_EQ(test, ask_about("choom", &hog, " 1001"), -ERANGE);
	KUNIT_EXPECT_EQ(test, ask_about("choom", &hog, " -1001"), -ERANGE);
	KUNIT_EXPECT_EQ(test, ask_about("choom", &hog, " much"), -EINVAL);
	KUNIT_EXPECT_EQ(test, hog.mm->oom_score_adj, -1000);
	KUNIT_EXPECT_EQ(test, ask("choom 2"), -ESRCH);
	hog_end(&hog);
}

static void files(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("echo 2 > /proc/sys/vm/panic_on_oom"), 0);
	KUNIT_EXPECT_EQ(test, sysctl_panic_on_oom, 2);
	KUNIT_EXPECT_EQ(test, ask("echo 3 > /proc/sys/vm/panic_on_oom"), -EIO);
	KUNIT_EXPECT_EQ(test, ask("echo 0 > /proc/sys/vm/panic_on_oom"), 0);
	KUNIT_EXPECT_EQ(test, ask("echo 1 > /proc/sys/vm/oom_kill_allocating_task"), 0);
	KUNIT_EXPECT_EQ(test, sysctl_oom_kill_allocating_task, 1);
	KUNIT_EXPECT_EQ(test, ask("echo 0 > /proc/sys/vm/oom_kill_allocating_task"), 0);
	KUNIT_EXPECT_EQ(test, ask("cat /proc/sys/vm/oom_dump_tasks"), 0);
	KUNIT_EXPECT_STREQ(test, answer, "1\n");
}

static struct kunit_case processes_command_cases[] = {
	KUNIT_CASE(kill_ends_a_process),
	KUNIT_CASE(choom_shows_and_sets),
	KUNIT_CASE(files),
	{}
};

static struct kunit_suite processes_command_suite = {
	.name = "processes_command",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.test_cases = processes_command_cases,
};
kunit_test_suite(processes_command_suite);
