// SPDX-License-Identifier: MIT
/*
 * Pressure stall information: the sums and averages, with a clock of our own; and real threads that are
 * stalled, by the real one, on which the host may be slow: so these are asked in proportions only.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/psi.h>
#include <linux/sched.h>

#include "test_thread.h"
#include "text_lines.h"

#define MS	1000000ULL
#define SECOND	(1000 * MS)

/* ---- a clock of our own ---- */

static char text[256];

static void to_text(struct seq_file *m, const char *s, size_t count)
{
	size_t length = strlen(text);

	snprintf(text + length, sizeof(text) - length, "%.*s", (int)count, s);
}

static const char *shown(const struct psi_group *group)
{
	struct seq_file m = { .sink = to_text };

	text[0] = '\0';
	psi_show(&m, group);
	return text;
}

/* Two lines, as Linux has them. */
static void psi_sums_up(struct kunit *test)
{
	struct psi_group group = PSI_GROUP_INIT;

	psi_group_change(&group, 1000 * MS, 1, true);		/* somebody is stalled, another one works */
	psi_group_change(&group, 1500 * MS, 2, false);		/* all are stalled */
	psi_group_change(&group, 1600 * MS, 1, false);
	psi_group_change(&group, 1800 * MS, 0, false);		/* nobody is: the machine idles */
	KUNIT_EXPECT_STREQ(test, shown(&group),
			   "some avg10=0.00 avg60=0.00 avg300=0.00 total=800000\n"
			   "full avg10=0.00 avg60=0.00 avg300=0.00 total=300000\n");
	/* 40% and 15% of the first two seconds: p * (1 - e) */
	psi_group_change(&group, 2000 * MS, 0, true);
	KUNIT_EXPECT_STREQ(test, shown(&group),
			   "some avg10=7.24 avg60=1.30 avg300=0.27 total=800000\n"
			   "full avg10=2.71 avg60=0.49 avg300=0.10 total=300000\n");
	/* two quiet seconds */
	psi_group_change(&group, 4000 * MS, 0, true);
	KUNIT_EXPECT_STREQ(test, shown(&group),
			   "some avg10=5.93 avg60=1.26 avg300=0.27 total=800000\n"
			   "full avg10=2.22 avg60=0.47 avg300=0.10 total=300000\n");
}

/* The averages get to 100 percent; and the longer they look back, the later. */
static void psi_averages_get_there(struct kunit *test)
{
	struct psi_group group = PSI_GROUP_INIT;
	u64 now = 0;
	int period;

	for (period = 0; period < 5; period++, now += PSI_PERIOD)
		psi_group_change(&group, now, 1, false);
	KUNIT_EXPECT_TRUE(test, group.avg[PSI_MEM_FULL][PSI_AVG10] > group.avg[PSI_MEM_FULL][PSI_AVG60]);
	KUNIT_EXPECT_TRUE(test, group.avg[PSI_MEM_FULL][PSI_AVG60] > group.avg[PSI_MEM_FULL][PSI_AVG300]);
	for (; period < 1500; period++, now += PSI_PERIOD)
		psi_group_change(&group, now, 1, false);
	KUNIT_EXPECT_TRUE(test, strstarts(shown(&group), "some avg10=100.00 avg60=100.00 avg300=100.00 "));
	psi_group_change(&group, now, 0, true);
	psi_group_change(&group, now + 60 * SECOND, 0, true);
	KUNIT_EXPECT_EQ(test, group.avg[PSI_MEM_SOME][PSI_AVG10] >> 11, 0);
	KUNIT_EXPECT_EQ(test, group.avg[PSI_MEM_SOME][PSI_AVG60] >> 11, 36);	/* 100 / e */
	KUNIT_EXPECT_EQ(test, group.avg[PSI_MEM_SOME][PSI_AVG300] >> 11, 81);	/* 100 / e^(1/5) */
	psi_group_change(&group, now + 100000 * SECOND, 0, true);
	KUNIT_EXPECT_TRUE(test, strstarts(shown(&group), "some avg10=0.00 avg60=0.00 avg300=0.00 "));
}

/* Nobody came by for long: what was stalled, was so in the first of the periods, not in the last. */
static void psi_what_is_long_ago_has_faded(struct kunit *test)
{
	struct psi_group group = PSI_GROUP_INIT;

	psi_group_change(&group, 0, 1, false);
	psi_group_change(&group, 1 * SECOND, 0, false);
	psi_group_change(&group, 60 * SECOND, 0, true);
	KUNIT_EXPECT_TRUE(test, strstarts(shown(&group), "some avg10=0.0"));
	KUNIT_EXPECT_EQ(test, group.total[PSI_MEM_SOME], 1 * SECOND);
}

/* And what was stalled all the time, was so in each of them. */
static void psi_a_long_stall_fills_all_periods(struct kunit *test)
{
	struct psi_group once = PSI_GROUP_INIT, often = PSI_GROUP_INIT;

	psi_group_change(&once, 0, 1, false);
	psi_group_change(&once, 20 * SECOND, 1, false);
	for (u64 now = 0; now <= 20 * SECOND; now += PSI_PERIOD)
		psi_group_change(&often, now, 1, false);
	KUNIT_EXPECT_MEMEQ(test, once.avg, often.avg, sizeof(once.avg));
	KUNIT_EXPECT_EQ(test, once.total[PSI_MEM_FULL], 20 * SECOND);
	KUNIT_EXPECT_GT(test, once.avg[PSI_MEM_FULL][PSI_AVG10] >> 11, 80);
}

/* A clock that another CPU has read earlier takes nothing back. */
static void psi_clock_does_not_go_back(struct kunit *test)
{
	struct psi_group group = PSI_GROUP_INIT;

	psi_group_change(&group, 100, 1, false);
	psi_group_change(&group, 90, 0, false);
	KUNIT_EXPECT_EQ(test, group.total[PSI_MEM_SOME], 0);
	psi_group_change(&group, 100, 1, false);
	psi_group_change(&group, 90, 1, false);
	psi_group_change(&group, 200, 0, false);
	KUNIT_EXPECT_EQ(test, group.total[PSI_MEM_SOME], 100);
}

/* ---- threads ---- */

#define A_WHILE	120		/* ms */

static u64 before[NR_PSI_STATES], began;

/* Nobody is stalled at the beginning of a case, nor at the end: then the sums stand still. */
static void begin_measuring(void)
{
	memcpy(before, psi_system.total, sizeof(before));
	began = ktime_get();
}

static u64 measured(enum psi_states state)
{
	return psi_system.total[state] - before[state];
}

/* ledger: R2. Who sleeps because memory is short is late, and so is all of a machine with nobody else. */
static void psi_all_are_stalled(struct kunit *test)
{
	unsigned long flags;

	begin_measuring();
	psi_memstall_enter(&flags);
	msleep(A_WHILE);
	psi_memstall_leave(&flags);
	KUNIT_EXPECT_GE(test, measured(PSI_MEM_SOME), (A_WHILE - 1) * MS);
	KUNIT_EXPECT_LE(test, measured(PSI_MEM_SOME), ktime_get() - began);
	KUNIT_EXPECT_LE(test, measured(PSI_MEM_FULL), measured(PSI_MEM_SOME));
	KUNIT_EXPECT_GT(test, measured(PSI_MEM_FULL), measured(PSI_MEM_SOME) / 2);
}

static bool work_is_over;

static int work(void *data)
{
	while (!READ_ONCE(work_is_over))
		cond_resched();
	return 0;
}

/* ledger: R2. While another thread works, nothing is lost but one's own time. */
static void psi_somebody_works(struct kunit *test)
{
	struct test_thread worker;
	unsigned long flags;

	work_is_over = false;
	test_thread_start(test, &worker, work, NULL);
	begin_measuring();
	psi_memstall_enter(&flags);
	msleep(A_WHILE);
	psi_memstall_leave(&flags);
	WRITE_ONCE(work_is_over, true);
	test_thread_join(&worker);
	KUNIT_EXPECT_GE(test, measured(PSI_MEM_SOME), (A_WHILE - 1) * MS);
	KUNIT_EXPECT_LT(test, measured(PSI_MEM_FULL), measured(PSI_MEM_SOME) / 4);
}

/* Who is busy reclaiming is stalled, too: it is no work of his own. */
static void psi_reclaiming_is_no_work(struct kunit *test)
{
	unsigned long flags, end;

	begin_measuring();
	psi_memstall_enter(&flags);
	for (end = jiffies + msecs_to_jiffies(A_WHILE); time_before(jiffies, end);)
		cond_resched();
	psi_memstall_leave(&flags);
	KUNIT_EXPECT_GT(test, measured(PSI_MEM_FULL), measured(PSI_MEM_SOME) / 2);
}

/* A stretch within another one is the same stretch. */
static void psi_nests(struct kunit *test)
{
	unsigned long outer, inner;

	begin_measuring();
	psi_memstall_enter(&outer);
	psi_memstall_enter(&inner);
	KUNIT_EXPECT_TRUE(test, current->in_memstall);
	psi_memstall_leave(&inner);
	KUNIT_EXPECT_TRUE(test, current->in_memstall);
	msleep(20);
	psi_memstall_leave(&outer);
	KUNIT_EXPECT_FALSE(test, current->in_memstall);
	KUNIT_EXPECT_GE(test, measured(PSI_MEM_SOME), 19 * MS);
	begin_measuring();
	msleep(20);
	KUNIT_EXPECT_EQ(test, measured(PSI_MEM_SOME), 0);
}

static int stall(void *data)
{
	unsigned long flags;

	for (int i = 0; i < 20; i++) {
		psi_memstall_enter(&flags);
		usleep_range(1000, 2000);
		psi_memstall_leave(&flags);
	}
	return 0;
}

/* Four threads that are stalled at the same time are not four times as late. */
static void psi_time_is_counted_once(struct kunit *test)
{
	begin_measuring();
	test_threads_run(test, 4, stall, NULL);
	KUNIT_EXPECT_GE(test, measured(PSI_MEM_SOME), 20 * MS);
	KUNIT_EXPECT_LE(test, measured(PSI_MEM_SOME), ktime_get() - began);
	KUNIT_EXPECT_LE(test, measured(PSI_MEM_FULL), measured(PSI_MEM_SOME));
	KUNIT_EXPECT_FALSE(test, psi_system.holds[PSI_MEM_SOME]);
}

/* The file goes on counting while it is read, although nobody has left yet. */
static void psi_file(struct kunit *test)
{
	unsigned long flags;
	const char *some, *full;

	begin_measuring();
	psi_memstall_enter(&flags);
	msleep(20);
	read_proc(test, "/proc/pressure/memory");
	KUNIT_EXPECT_GE(test, measured(PSI_MEM_SOME), 19 * MS);
	psi_memstall_leave(&flags);
	some = next_line();
	KUNIT_EXPECT_TRUE(test, some && strstarts(some, "some avg10="));
	full = next_line();
	KUNIT_EXPECT_TRUE(test, full && strstarts(full, "full avg10="));
	KUNIT_EXPECT_NULL(test, next_line());
}

static struct kunit_case psi_cases[] = {
	KUNIT_CASE(psi_sums_up),
	KUNIT_CASE(psi_averages_get_there),
	KUNIT_CASE(psi_what_is_long_ago_has_faded),
	KUNIT_CASE(psi_a_long_stall_fills_all_periods),
	KUNIT_CASE(psi_clock_does_not_go_back),
	KUNIT_CASE(psi_all_are_stalled),
	KUNIT_CASE(psi_somebody_works),
	KUNIT_CASE(psi_reclaiming_is_no_work),
	KUNIT_CASE(psi_nests),
	KUNIT_CASE(psi_time_is_counted_once),
	KUNIT_CASE(psi_file),
	{}
};

static struct kunit_suite psi_suite = {
	.name = "psi",
	.test_cases = psi_cases,
};
kunit_test_suite(psi_suite);
