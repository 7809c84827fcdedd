// SPDX-License-Identifier: MIT
/* Processes: who belongs to them, what they own, and that nothing of it is left. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>

#include "process_helpers.h"
#include "test_thread.h"

/* So many pages are more than one table leads to, and their tables cost a few more. */
#define SPREAD	(1100 * PAGE_SIZE)

static char __user *memory(void)
{
	return (char __user *)current->mm->start_brk;
}

/* @bytes of memory for this process; what it had goes. */
static void resize(struct kunit *test, unsigned long bytes)
{
	unsigned long start = current->mm->start_brk;

	KUNIT_ASSERT_EQ(test, do_brk(start), start);
	KUNIT_ASSERT_EQ(test, do_brk(start + bytes), start + PAGE_ALIGN(bytes));
}

/* ---- memory ---- */

/* What is written is read again; what was not written is zeros. Nothing is there before it is touched. */
static void memory_is_there_when_touched(struct kunit *test)
{
	char buf[16] = "";

	resize(test, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, mm_total_vm(current->mm), 3UL);
	KUNIT_EXPECT_EQ(test, get_mm_rss(current->mm), 0UL);
	KUNIT_EXPECT_EQ(test, copy_to_user(memory() + PAGE_SIZE - 3, "across", 7), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_rss(current->mm), 2UL);
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, memory() + PAGE_SIZE - 3, 7), 0UL);
	KUNIT_EXPECT_STREQ(test, buf, "across");
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, memory() + 3 * PAGE_SIZE - 8, 8), 0UL);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0, 8));
	KUNIT_EXPECT_EQ(test, get_mm_counter(current->mm, MM_ANONPAGES), 3UL);
	KUNIT_EXPECT_EQ(test, clear_user(memory() + PAGE_SIZE - 3, 7), 0UL);
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, memory() + PAGE_SIZE - 3, 7), 0UL);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0, 7));
}

/* Up to the end, and not a byte further. */
static void memory_ends(struct kunit *test)
{
	char buf[16];

	resize(test, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, memory() + PAGE_SIZE - 4, 10), 6UL);
	KUNIT_EXPECT_EQ(test, copy_to_user(memory() + PAGE_SIZE, "x", 1), 1UL);
	KUNIT_EXPECT_EQ(test, copy_to_user(memory() - 1, "x", 1), 1UL);
	KUNIT_EXPECT_EQ(test, copy_to_user((char __user *)0, "x", 1), 1UL);
	KUNIT_EXPECT_EQ(test, mm_populate((unsigned long)memory(), PAGE_SIZE + 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, mm_populate(TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE), -EFAULT);
	KUNIT_EXPECT_EQ(test, mm_populate((unsigned long)memory(), ~0UL), -EFAULT);
	KUNIT_EXPECT_EQ(test, do_brk(TASK_SIZE + 1), (unsigned long)memory() + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, do_brk((unsigned long)memory() - PAGE_SIZE),
			(unsigned long)memory() + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, do_brk(~0UL), (unsigned long)memory() + PAGE_SIZE);
}

/* Memory that is given up goes at once; asked for again, it is zeros. */
static void memory_shrinks(struct kunit *test)
{
	char buf[4];

	resize(test, SPREAD);
	KUNIT_EXPECT_EQ(test, copy_to_user(memory() + SPREAD - 2, "e", 2), 0UL);
	KUNIT_EXPECT_EQ(test, copy_to_user(memory(), "b", 2), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_rss(current->mm), 2UL);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(current->mm), 3 * PAGE_SIZE);
	do_brk((unsigned long)memory() + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, get_mm_rss(current->mm), 1UL);
	do_brk((unsigned long)memory() + SPREAD);
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, memory() + SPREAD - 2, 2), 0UL);
	KUNIT_EXPECT_EQ(test, buf[0], 0);
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, memory(), 2), 0UL);
	KUNIT_EXPECT_STREQ(test, buf, "b");
}

/* Where no fault may be served, there is nothing. */
static void memory_without_faults(struct kunit *test)
{
	char byte;

	resize(test, PAGE_SIZE);
	pagefault_disable();
	KUNIT_EXPECT_EQ(test, copy_from_user(&byte, memory(), 1), 1UL);
	pagefault_enable();
	KUNIT_EXPECT_EQ(test, get_mm_rss(current->mm), 0UL);
	KUNIT_EXPECT_EQ(test, copy_from_user(&byte, memory(), 1), 0UL);
}

/* The same address is another page in another process. */
static void memory_is_ones_own(struct kunit *test)
{
	struct hog hog = { .pages = 2 };
	char byte = 'm';

	resize(test, 2 * PAGE_SIZE);
	hog_start(test, &hog);
	KUNIT_EXPECT_EQ(test, hog.mm->start_brk, current->mm->start_brk);
	KUNIT_EXPECT_EQ(test, get_mm_rss(hog.mm), 2UL);
	KUNIT_EXPECT_EQ(test, get_mm_rss(current->mm), 0UL);
	KUNIT_EXPECT_EQ(test, copy_to_user(memory(), &byte, 1), 0UL);
	mmget(hog.mm);
	KUNIT_EXPECT_EQ(test, access_mm(hog.mm, hog.mm->start_brk, &byte, 1, false), 1UL);
	KUNIT_EXPECT_EQ(test, byte, 0);
	KUNIT_EXPECT_EQ(test, access_mm(hog.mm, hog.mm->start_brk, "h", 1, true), 1UL);
	KUNIT_EXPECT_EQ(test, access_mm(hog.mm, hog.mm->brk - 1, "hh", 2, true), 1UL);
	mmput(hog.mm);
	KUNIT_EXPECT_EQ(test, copy_from_user(&byte, memory(), 1), 0UL);
	KUNIT_EXPECT_EQ(test, byte, 'm');
	hog_end(&hog);
	KUNIT_EXPECT_EQ(test, hog.not_copied, 0UL);
}

static int touch_all(void *pages)
{
	return mm_populate(current->mm->start_brk, (unsigned long)pages * PAGE_SIZE);
}

/* Threads of a process touch the same pages at the same time: each page comes once. */
static void memory_touched_by_many(struct kunit *test)
{
	for (unsigned int i = 0; i < 5; i++) {
		resize(test, 40 * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, test_threads_run(test, 4, touch_all, (void *)40), 0);
		KUNIT_EXPECT_EQ(test, get_mm_rss(current->mm), 40UL);
		KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(current->mm), 2 * PAGE_SIZE);
	}
}

/* Nothing is lost: not when it ends by itself, nor when it was killed. */
static void memory_goes_with_its_owner(struct kunit *test)
{
	struct hog hog = { .pages = 30 };
	unsigned long before = nr_free_pages();

	for (unsigned int i = 0; i < 20; i++) {
		hog_start(test, &hog);
		KUNIT_EXPECT_EQ(test, atomic_read(&hog.mm->mm_users), 1);
		if (i % 2)
			send_sig(SIGKILL, hog.task, 1);
		mmgrab(hog.mm);
		hog_end(&hog);
		KUNIT_EXPECT_EQ(test, get_mm_rss(hog.mm), 0UL);
		KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(hog.mm), 0UL);
		mmdrop(hog.mm);
	}
	KUNIT_EXPECT_GE(test, nr_free_pages() + 200, before);	/* 600 would be missing */
}

#define TABLES	20

/* A page each at addresses so far from each other that each has a table of its own. */
static int touch_far_apart(void *unused)
{
	unsigned long start = current->mm->start_brk, step = 4UL << 20;
	int error = 0;

	do_brk(start + TABLES * step);
	for (unsigned int i = 0; i < TABLES && !error; i++)
		error = mm_populate(start + i * step, 1);
	return error ?: mm_pgtables_bytes(current->mm) / PAGE_SIZE;
}

static void tables_go_with_their_owner(struct kunit *test)
{
	unsigned long before = nr_free_pages();
	struct test_thread thread;

	for (unsigned int i = 0; i < 8; i++) {
		test_thread_start_alone(test, &thread, touch_far_apart, NULL);
		KUNIT_EXPECT_EQ(test, test_thread_join(&thread), TABLES + 1);
	}
	KUNIT_EXPECT_GE(test, nr_free_pages() + 80, before);	/* 168 would be missing */
}

/* Pages of all processes, of a kind, in /proc/vmstat and the report on memory. */
static void expect_counted(struct kunit *test, long anon, long tables, const long before[3])
{
	KUNIT_EXPECT_EQ(test, (long)global_node_page_state(NR_ANON_MAPPED) - before[0], anon);
	KUNIT_EXPECT_EQ(test, (long)global_node_page_state(NR_PAGETABLE) - before[1], tables);
	KUNIT_EXPECT_EQ(test, (long)global_zone_page_state(NR_ZONE_INACTIVE_ANON) - before[2], anon);
}

/* ledger: I1 */
static void memory_is_counted(struct kunit *test)
{
	const long before[3] = {
		global_node_page_state(NR_ANON_MAPPED), global_node_page_state(NR_PAGETABLE),
		global_zone_page_state(NR_ZONE_INACTIVE_ANON),
	};
	struct hog hog = { .pages = 5 };

	hog_start(test, &hog);
	expect_counted(test, 5, 2, before);
	hog_end(&hog);
	expect_counted(test, 0, 0, before);
}

/* ---- who belongs to whom ---- */

static int tell_mm(void *place)
{
	*(struct mm_struct **)place = current->mm;
	return 0;
}

static void who_is_a_process(struct kunit *test)
{
	struct mm_struct *mm = current->mm;
	struct test_thread thread;
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, current->mm);
	KUNIT_EXPECT_EQ(test, mm->pid, current->pid);
	KUNIT_EXPECT_STREQ(test, mm->comm, current->comm);
	KUNIT_EXPECT_FALSE(test, current->flags & PF_KTHREAD);
	mm = NULL;
	test_thread_start(test, &thread, tell_mm, &mm);
	test_thread_join(&thread);
	KUNIT_EXPECT_PTR_EQ(test, mm, current->mm);
	mm = current->mm;
	task = kthread_run(tell_mm, &mm, "kernel's own");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_TRUE(test, task->flags & PF_KTHREAD);
	while (READ_ONCE(mm))
		yield();
}

struct child {
	struct mm_struct *mm;
	short adj;
	struct completion done;
};

static int be_a_child(void *data)
{
	struct child *child = data;

	child->mm = current->mm;
	child->adj = current->mm->oom_score_adj;
	complete(&child->done);
	return 0;
}

/* A process of its own, which inherits oom_score_adj; or, with CLONE_VM, this one's. */
static void user_mode_threads(struct kunit *test)
{
	struct mm_struct *mm = current->mm;
	struct child child;

	mm->oom_score_adj = 7;
	init_completion(&child.done);
	KUNIT_EXPECT_GT(test, user_mode_thread(be_a_child, &child, 0), 1);
	wait_for_completion(&child.done);
	KUNIT_EXPECT_PTR_NE(test, child.mm, mm);
	KUNIT_EXPECT_EQ(test, child.adj, 7);
	KUNIT_EXPECT_GT(test, user_mode_thread(be_a_child, &child, CLONE_VM), 1);
	wait_for_completion(&child.done);
	KUNIT_EXPECT_PTR_EQ(test, child.mm, mm);
	while (atomic_read(&mm->mm_users) != 1)
		yield();
	kill_process(mm);
	KUNIT_EXPECT_EQ(test, user_mode_thread(be_a_child, &child, 0), -ERESTARTNOINTR);
	KUNIT_EXPECT_EQ(test, user_mode_thread(be_a_child, &child, CLONE_VM), -ERESTARTNOINTR);
	KUNIT_EXPECT_EQ(test, begin_new_process(), 0);
}

/* All of them are found, in the order they came; who ends while one looks is no trouble. */
static void processes_are_listed(struct kunit *test)
{
	struct hog hogs[3] = { { .pages = 1 }, { .pages = 0 }, { .pages = 2 } };
	unsigned int seen = 0;
	struct mm_struct *mm;

	for (unsigned int i = 0; i < 3; i++)
		hog_start(test, &hogs[i]);
	for_each_mm_grab(mm) {
		if (mm == hogs[seen].mm && ++seen == 1)
			hog_end(&hogs[0]);
		if (seen == 3) {
			mmdrop(mm);
			break;
		}
	}
	KUNIT_EXPECT_EQ(test, seen, 3);
	hog_end(&hogs[1]);
	hog_end(&hogs[2]);
	for_each_mm_grab(mm)
		KUNIT_EXPECT_TRUE(test, mm != hogs[0].mm && mm != hogs[1].mm && mm != hogs[2].mm);
}

static int be_asleep(void *x)
{
	wait_for_completion(x);
	return 0;
}

static void threads_are_shown(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(x);
	struct test_thread thread;

	test_thread_start(test, &thread, be_asleep, &x);
	test_thread_sleeps(test, &thread, TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, atomic_read(&current->mm->mm_users), 2);
	KUNIT_EXPECT_REPORT(test, "task:kunit/* state:R *", show_mm_threads(current->mm));
	KUNIT_EXPECT_REPORT(test, "task:test * state:D *", show_mm_threads(current->mm));
	KUNIT_EXPECT_REPORT(test, " be_asleep+*", show_mm_threads(current->mm));
	complete_all(&x);
	test_thread_join(&thread);
	KUNIT_EXPECT_EQ(test, atomic_read(&current->mm->mm_users), 1);
}

/* ---- beginning anew ---- */

static void new_process_only_if_need_be(struct kunit *test)
{
	struct mm_struct *mm = current->mm;

	KUNIT_EXPECT_EQ(test, begin_new_process(), 0);
	KUNIT_EXPECT_PTR_EQ(test, current->mm, mm);
	resize(test, PAGE_SIZE);
	mmgrab(mm);
	KUNIT_EXPECT_EQ(test, begin_new_process(), 0);
	KUNIT_EXPECT_PTR_NE(test, current->mm, mm);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_count), 1);
	mmdrop(mm);

	kill_process(current->mm);
	KUNIT_EXPECT_TRUE(test, fatal_signal_pending(current));
	KUNIT_EXPECT_EQ(test, begin_new_process(), 0);
	KUNIT_EXPECT_FALSE(test, fatal_signal_pending(current));
	KUNIT_EXPECT_EQ(test, current->mm->flags, 0UL);
}

static void names(struct kunit *test)
{
	char before[TASK_COMM_LEN];

	strscpy(before, current->comm, sizeof(before));
	set_task_comm(current, "a name that is too long");
	KUNIT_EXPECT_STREQ(test, current->comm, "a name that is ");
	KUNIT_EXPECT_STREQ(test, current->mm->comm, "a name that is ");
	set_task_comm(current, before);
}

static struct kunit_case process_cases[] = {
	KUNIT_CASE(memory_is_there_when_touched),
	KUNIT_CASE(memory_ends),
	KUNIT_CASE(memory_shrinks),
	KUNIT_CASE(memory_without_faults),
	KUNIT_CASE(memory_is_ones_own),
	KUNIT_CASE(memory_touched_by_many),
	KUNIT_CASE(memory_goes_with_its_owner),
	KUNIT_CASE(tables_go_with_their_owner),
	KUNIT_CASE(memory_is_counted),
	KUNIT_CASE(who_is_a_process),
	KUNIT_CASE(user_mode_threads),
	KUNIT_CASE(processes_are_listed),
	KUNIT_CASE(threads_are_shown),
	KUNIT_CASE(new_process_only_if_need_be),
	KUNIT_CASE(names),
	{}
};

static struct kunit_suite process_suite = {
	.name = "process",
	.test_cases = process_cases,
};
kunit_test_suite(process_suite);
