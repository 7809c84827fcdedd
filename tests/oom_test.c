// SPDX-License-Identifier: MIT
/* The OOM killer: whom it chooses, what it says, what becomes of the victim. Nothing is exhausted here. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "../mm/internal.h"
#include "page_log.h"
#include "process_helpers.h"
#include "test_thread.h"

/* Somebody asks for a page as most do. */
static bool run_out(gfp_t gfp)
{
	struct oom_control oc = { .gfp_mask = gfp };
	bool helped;

	mutex_lock(&oom_lock);
	helped = out_of_memory(&oc);
	mutex_unlock(&oom_lock);
	return helped;
}

static bool is_killed(const struct hog *hog)
{
	return test_bit(MMF_OOM_VICTIM, &hog->mm->flags);
}

static bool is_skipped(const struct hog *hog)
{
	return test_bit(MMF_OOM_SKIP, &hog->mm->flags);
}

/* As run_out(), without the report in the log. The number of the one who was killed; -1: nobody. */
static int killed_of(struct kunit *test, struct hog *hogs, unsigned int n)
{
	bool was_killed[4];
	int killed = -1;

	for (unsigned int i = 0; i < n; i++)
		was_killed[i] = is_killed(&hogs[i]);
	page_log_begin();
	KUNIT_EXPECT_TRUE(test, run_out(GFP_KERNEL));
	page_log_end();
	for (unsigned int i = 0; i < n; i++) {
		if (!is_killed(&hogs[i]) || was_killed[i])
			continue;
		KUNIT_EXPECT_EQ(test, killed, -1);
		killed = i;
	}
	return killed;
}

static void start_all(struct kunit *test, struct hog *hogs, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		hog_start(test, &hogs[i]);
}

static void end_all(struct hog *hogs, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		hog_end(&hogs[i]);
}

/* So long until the reaper is sure to have been there, when it waits for a tick only. */
static bool is_reaped(const struct hog *hog)
{
	unsigned long end = jiffies + 5 * HZ;

	while (!is_skipped(hog) && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	return is_skipped(hog);
}

/* Reports are not rationed, and the reaper comes when it is called for: a case says so. */
static int oom_init(struct kunit *test)
{
	ratelimit_state_reset(&oom_rs);
	return 0;
}

static void oom_exit(struct kunit *test)
{
	oom_reaper_delay = 2 * HZ;
	sysctl_panic_on_oom = 0;
	sysctl_oom_kill_allocating_task = 0;
	sysctl_oom_dump_tasks = 1;
}

/* ---- points ---- */

/* ledger: R3. Pages owned, and those of tables; thousandths of memory more or less. */
static void points(struct kunit *test)
{
	struct hog hog = { .pages = 5 };

	hog_start(test, &hog);
	KUNIT_EXPECT_EQ(test, oom_badness(hog.mm, 100000), 7L);
	hog.mm->oom_score_adj = 3;
	KUNIT_EXPECT_EQ(test, oom_badness(hog.mm, 100999), 7L + 302);
	KUNIT_EXPECT_EQ(test, oom_badness(hog.mm, 700), 7L + 2);
	hog.mm->oom_score_adj = -999;
	KUNIT_EXPECT_EQ(test, oom_badness(hog.mm, 100000), 7L - 99900);
	hog.mm->oom_score_adj = 1000;
	KUNIT_EXPECT_EQ(test, oom_badness(hog.mm, 15728640), 7L + 15728640);
	hog.mm->oom_score_adj = OOM_SCORE_ADJ_MIN;
	KUNIT_EXPECT_EQ(test, oom_badness(hog.mm, 100000), LONG_MIN);
	hog.mm->oom_score_adj = 0;
	set_bit(MMF_OOM_SKIP, &hog.mm->flags);
	KUNIT_EXPECT_EQ(test, oom_badness(hog.mm, 100000), LONG_MIN);
	hog_end(&hog);
}

/* ---- whom ---- */

/* ledger: R3. The one that owns most; when it has gone, the next. */
static void by_size(struct kunit *test)
{
	struct hog hogs[3] = { { .pages = 8 }, { .pages = 16 }, { .pages = 12 } };

	start_all(test, hogs, 3);
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 3), 1);
	KUNIT_EXPECT_TRUE(test, hog_ends(&hogs[1]));
	KUNIT_EXPECT_TRUE(test, is_reaped(&hogs[1]));
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 3), 2);
	KUNIT_EXPECT_TRUE(test, is_reaped(&hogs[2]));
	KUNIT_EXPECT_FALSE(test, hog_ends(&hogs[0]));
	end_all(hogs, 3);
	KUNIT_EXPECT_EQ(test, hogs[0].populated, 0);
	KUNIT_EXPECT_EQ(test, hogs[1].populated, -ERESTARTSYS);
	KUNIT_EXPECT_FALSE(test, signal_pending(current));
}

/* ledger: R3. +1000 before all others, -1000 never, and in between by thousandths of memory. */
static void by_oom_score_adj(struct kunit *test)
{
	struct hog hogs[3] = { { .pages = 4, .adj = 1000 }, { .pages = 20, .adj = -1000 },
			       { .pages = 8 } };

	start_all(test, hogs, 3);
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 3), 0);
	KUNIT_EXPECT_TRUE(test, is_reaped(&hogs[0]));
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 3), 2);
	KUNIT_EXPECT_TRUE(test, is_reaped(&hogs[2]));
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 3), -1);
	KUNIT_EXPECT_TRUE(test, tsk_is_oom_victim(current));	/* this one had nothing, but was left */
	KUNIT_EXPECT_FALSE(test, is_killed(&hogs[1]));
	end_all(hogs, 3);
}

/* Of those that own the same the one who asks, or else the youngest. */
static void by_who_asks(struct kunit *test)
{
	struct hog hogs[2] = { { .pages = 0 }, { .pages = 0 } };

	start_all(test, hogs, 2);
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 2), -1);
	KUNIT_EXPECT_TRUE(test, tsk_is_oom_victim(current));
	KUNIT_EXPECT_EQ(test, begin_new_process(), 0);
	current->mm->oom_score_adj = -100;
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 2), 1);
	end_all(hogs, 2);
}

static int run_out_from_afar(void *unused)
{
	return run_out(GFP_KERNEL);
}

/* Kernel threads are not chosen, though they ask. */
static void kernel_threads_are_spared(struct kunit *test)
{
	struct hog hog = { .pages = 1 };
	struct task_struct *task;

	hog_start(test, &hog);
	page_log_begin();
	task = kthread_create(run_out_from_afar, NULL, "asks");
	get_task_struct(task);
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, hog_ends(&hog));
	page_log_end();
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 1);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(task->sigkill));
	put_task_struct(task);
	KUNIT_EXPECT_TRUE(test, is_killed(&hog));
	hog_end(&hog);
}

/* ledger: R3. Whoever asks, if he may be killed at all. */
static void the_allocating_task(struct kunit *test)
{
	struct hog hogs[1] = { { .pages = 12 } };

	hog_start(test, hogs);
	sysctl_oom_kill_allocating_task = 1;
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 1), -1);
	KUNIT_EXPECT_TRUE(test, tsk_is_oom_victim(current));
	KUNIT_EXPECT_TRUE(test, fatal_signal_pending(current));
	KUNIT_EXPECT_EQ(test, begin_new_process(), 0);
	current->mm->oom_score_adj = OOM_SCORE_ADJ_MIN;
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 1), 0);
	hog_end(hogs);
}

/* ---- when nobody is ---- */

/* A victim that lives is waited for; but a person's word counts. */
static void one_at_a_time(struct kunit *test)
{
	struct hog hogs[2] = { { .pages = 12, .stubborn = true }, { .pages = 8 } };
	struct oom_control oc = { .gfp_mask = GFP_KERNEL, .order = -1 };

	start_all(test, hogs, 2);
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 2), 0);
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 2), -1);
	KUNIT_EXPECT_FALSE(test, is_killed(&hogs[1]));
	hog_end(&hogs[0]);
	KUNIT_EXPECT_EQ(test, hogs[0].not_copied, 0UL);
	mutex_lock(&oom_lock);
	KUNIT_EXPECT_REPORT(test, "* invoked oom-killer: *, order=-1, *",
			    KUNIT_EXPECT_TRUE(test, out_of_memory(&oc)));
	mutex_unlock(&oom_lock);
	KUNIT_EXPECT_TRUE(test, hog_ends(&hogs[1]));
	hog_end(&hogs[1]);
}

/* Who may hold what others need to end must not wait for them to. */
static void not_without_fs(struct kunit *test)
{
	struct hog hog = { .pages = 12 };
	const char *log;

	hog_start(test, &hog);
	log = PAGE_LOG(KUNIT_EXPECT_TRUE(test, run_out(GFP_NOFS));
		       KUNIT_EXPECT_TRUE(test, run_out(GFP_NOIO)));
	KUNIT_EXPECT_STREQ(test, log, "");
	KUNIT_EXPECT_FALSE(test, is_killed(&hog));
	hog_end(&hog);
}

/* Who has been killed for another reason, and asks, is helped to end. Nobody else is killed. */
static void who_is_dying_anyway(struct kunit *test)
{
	struct hog hog = { .pages = 12 };
	const char *log;

	hog_start(test, &hog);
	kill_process(current->mm);
	KUNIT_EXPECT_FALSE(test, tsk_is_oom_victim(current));
	log = PAGE_LOG(KUNIT_EXPECT_TRUE(test, run_out(GFP_KERNEL)));
	KUNIT_EXPECT_STREQ(test, log, "");
	KUNIT_EXPECT_TRUE(test, tsk_is_oom_victim(current));
	KUNIT_EXPECT_FALSE(test, is_killed(&hog));
	hog_end(&hog);
}

static unsigned long can_give;

static int give(struct notifier_block *nb, unsigned long action, void *freed)
{
	*(unsigned long *)freed += can_give;
	return NOTIFY_OK;
}

/* Whoever can help is asked first. */
static void notifiers_are_asked(struct kunit *test)
{
	struct notifier_block helper = { .notifier_call = give }, second = { .notifier_call = give };
	struct hog hogs[1] = { { .pages = 12 } };

	hog_start(test, hogs);
	can_give = 3;
	KUNIT_EXPECT_EQ(test, register_oom_notifier(&helper), 0);
	KUNIT_EXPECT_EQ(test, register_oom_notifier(&helper), -EEXIST);
	KUNIT_EXPECT_EQ(test, register_oom_notifier(&second), 0);
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 1), -1);
	KUNIT_EXPECT_EQ(test, unregister_oom_notifier(&helper), 0);
	KUNIT_EXPECT_EQ(test, unregister_oom_notifier(&helper), -ENOENT);
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 1), -1);
	can_give = 0;
	KUNIT_EXPECT_EQ(test, killed_of(test, hogs, 1), 0);
	KUNIT_EXPECT_EQ(test, unregister_oom_notifier(&second), 0);
	hog_end(hogs);
}

/* ---- the report ---- */

/* ledger: R3. Line by line, in Linux's words. */
static void report(struct kunit *test)
{
	struct hog hog = { .pages = 12, .adj = 5 };
	char row[100], end[200];
	const char *log, *p;

	hog_start(test, &hog);
	snprintf(row, sizeof(row), "[%7d]     0 %5d       12       12     8192        0             5 hog/12",
		 hog.task->pid, hog.task->pid);
	snprintf(end, sizeof(end), "Out of memory: Killed process %d (hog/12) total-vm:48kB, "
		 "anon-rss:48kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:8kB oom_score_adj:5",
		 hog.task->pid);
	log = PAGE_LOG(run_out(GFP_KERNEL));
	p = page_log_expect(test, log, "kunit/* invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
				       "order=0, oom_score_adj=0");
	p = page_log_expect(test, p, "Call Trace:");
	p = page_log_expect(test, p, " out_of_memory+*");
	p = page_log_expect(test, p, "Mem-Info:");
	p = page_log_expect(test, p, "Tasks state (memory values in pages):");
	p = page_log_expect(test, p, "\\[  pid  \\]   uid  tgid total_vm      rss pgtables_bytes "
				     "swapents oom_score_adj name");
	KUNIT_EXPECT_NOT_NULL(test, strstr(p ?: "", row));
	p = page_log_expect(test, p, "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
				     "mems_allowed=0,global_oom,task_memcg=/,task=hog/12,pid=*,uid=0");
	KUNIT_EXPECT_NOT_NULL(test, strstr(p ?: "", end));
	hog_end(&hog);
}

static void report_without_table(struct kunit *test)
{
	struct hog hog = { .pages = 12 };
	const char *log;

	hog_start(test, &hog);
	sysctl_oom_dump_tasks = 0;
	log = PAGE_LOG(run_out(GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, page_log_count(log, "Tasks state"), 0);
	KUNIT_EXPECT_EQ(test, page_log_count(log, "Mem-Info:"), 1);
	KUNIT_EXPECT_EQ(test, page_log_count(log, "oom-kill:"), 1);
	hog_end(&hog);
}

/* Ten headers in five seconds; that somebody was killed is always said. */
static void reports_are_rationed(struct kunit *test)
{
	unsigned int headers = 0, kills = 0;
	const char *log;

	for (unsigned int i = 0; i < 12; i++) {
		log = PAGE_LOG(run_out(GFP_KERNEL));
		headers += page_log_count(log, "Mem-Info:");
		kills += page_log_count(log, "Out of memory: Killed process");
		KUNIT_EXPECT_EQ(test, begin_new_process(), 0);
	}
	KUNIT_EXPECT_EQ(test, headers, 10);
	KUNIT_EXPECT_EQ(test, kills, 12);
	ratelimit_state_reset(&oom_rs);
}

/* ---- the reaper ---- */

/* ledger: R3. Who does not end loses his memory all the same, and finds nothing afterwards. */
static void reaper_takes_what_is_stuck(struct kunit *test)
{
	struct hog hog = { .pages = 12, .stubborn = true };
	const char *log;

	oom_reaper_delay = 2;
	hog_start(test, &hog);
	page_log_begin();
	run_out(GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, is_reaped(&hog));
	schedule_timeout_uninterruptible(1);
	log = page_log_end();
	KUNIT_EXPECT_EQ(test, get_mm_rss(hog.mm), 0UL);
	page_log_expect(test, log, "oom_reaper: reaped process * (hog/12), now anon-rss:0kB, "
				   "file-rss:0kB, shmem-rss:0kB");
	KUNIT_EXPECT_FALSE(test, hog_ends(&hog));
	hog_end(&hog);
	KUNIT_EXPECT_EQ(test, hog.not_copied, 1UL);
}

/* Who ends by himself is left in peace for so long. */
static void reaper_gives_time(struct kunit *test)
{
	struct hog hog = { .pages = 12 };
	const char *log;

	oom_reaper_delay = HZ / 4;
	hog_start(test, &hog);
	page_log_begin();
	run_out(GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, hog_ends(&hog));
	KUNIT_EXPECT_EQ(test, hog.not_copied, 0UL);
	hog_end(&hog);
	schedule_timeout_uninterruptible(HZ + HZ / 5);
	log = page_log_end();
	KUNIT_EXPECT_EQ(test, page_log_count(log, "oom_reaper:"), 0);
}

/* Its lock is held by the one who waits: after ten times the reaper says so, and lets it be. */
static void reaper_gives_up(struct kunit *test)
{
	struct hog hog = { .pages = 12, .stubborn = true, .holds_lock = true }, next = { .pages = 5 };
	const char *log, *p;

	oom_reaper_delay = 2;
	hog_start(test, &hog);
	hog_start(test, &next);
	page_log_begin();
	run_out(GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, is_reaped(&hog));
	log = page_log_end();
	p = page_log_expect(test, log, "oom_reaper: unable to reap pid:* (hog/12)");
	p = page_log_expect(test, p, "task:hog/12 * state:D *");
	page_log_expect(test, p, " be_a_hog+*");
	KUNIT_EXPECT_EQ(test, get_mm_rss(hog.mm), 12UL);
	KUNIT_EXPECT_EQ(test, killed_of(test, &next, 1), 0);
	end_all(&hog, 1);
	hog_end(&next);
	KUNIT_EXPECT_EQ(test, hog.not_copied, 0UL);
}

static int touch_and_wait(void *unused)
{
	unsigned long start = do_brk(0);

	do_brk(start + 20 * PAGE_SIZE);
	while (!mm_populate(start, 20 * PAGE_SIZE) && !kthread_should_stop())
		do_brk(do_brk(start) + 20 * PAGE_SIZE);
	return 0;
}

/* Memory that comes and goes while it is taken away: whatever is entered last, nothing stays. */
static void reaper_and_owner_at_once(struct kunit *test)
{
	struct test_thread thread;
	struct mm_struct *mm;

	oom_reaper_delay = 0;
	for (unsigned int i = 0; i < 10; i++) {
		test_thread_start_alone(test, &thread, touch_and_wait, NULL);
		mm = grab_task_mm(thread.task);
		schedule_timeout_uninterruptible(1);
		page_log_begin();
		mm->oom_score_adj = 1000;
		run_out(GFP_KERNEL);
		test_thread_join(&thread);
		while (atomic_read(&mm->mm_users))
			yield();
		page_log_end();
		KUNIT_EXPECT_TRUE(test, test_bit(MMF_OOM_VICTIM, &mm->flags));
		KUNIT_EXPECT_EQ(test, get_mm_rss(mm), 0UL);
		mmdrop(mm);
	}
}

static struct kunit_case oom_cases[] = {
	KUNIT_CASE(points),
	KUNIT_CASE(by_size),
	KUNIT_CASE(by_oom_score_adj),
	KUNIT_CASE(by_who_asks),
	KUNIT_CASE(kernel_threads_are_spared),
	KUNIT_CASE(the_allocating_task),
	KUNIT_CASE(one_at_a_time),
	KUNIT_CASE(not_without_fs),
	KUNIT_CASE(who_is_dying_anyway),
	KUNIT_CASE(notifiers_are_asked),
	KUNIT_CASE(report),
	KUNIT_CASE(report_without_table),
	KUNIT_CASE(reports_are_rationed),
	KUNIT_CASE(reaper_takes_what_is_stuck),
	KUNIT_CASE(reaper_gives_time),
	KUNIT_CASE(reaper_gives_up),
	KUNIT_CASE(reaper_and_owner_at_once),
	{}
};

static struct kunit_suite oom_suite = {
	.name = "oom",
	.init = oom_init,
	.exit = oom_exit,
	.test_cases = oom_cases,
};
kunit_test_suite(oom_suite);
