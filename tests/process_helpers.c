// SPDX-License-Identifier: MIT
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/memcontrol.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "process_helpers.h"

/* The last byte of its memory can be written, unless somebody has taken it away. */
static unsigned long write_last_byte(void)
{
	char byte = 'x';

	return copy_to_user((char __user *)current->mm->brk - 1, &byte, 1);
}

static void wait_for_end(struct hog *hog)
{
	if (hog->stubborn)
		wait_for_completion(&hog->end);
	else
		hog->populated = wait_for_completion_killable(&hog->end) ?: hog->populated;
}

static int be_a_hog(void *data)
{
	struct hog *hog = data;
	struct mm_struct *mm = current->mm;
	unsigned long start = do_brk(0);

	mm->oom_score_adj = hog->adj;
	do_brk(start + hog->pages * PAGE_SIZE);
	hog->populated = mm_populate(start, hog->pages * PAGE_SIZE);
	if (hog->holds_lock)
		down_write(&mm->mmap_lock);
	complete(&hog->ready);
	wait_for_end(hog);
	if (hog->holds_lock)
		up_write(&mm->mmap_lock);
	if (hog->pages)
		hog->not_copied = write_last_byte();
	complete(&hog->gone);
	return 0;
}

void hog_start(struct kunit *test, struct hog *hog)
{
	pid_t pid;

	init_completion(&hog->ready);
	init_completion(&hog->end);
	init_completion(&hog->gone);
	hog->task = kthread_create(be_a_hog, hog, "hog/%lu", hog->pages);
	KUNIT_ASSERT_FALSE(test, IS_ERR(hog->task));
	hog->mm = mm_alloc(NULL);
	KUNIT_ASSERT_NOT_NULL(test, hog->mm);
	mem_cgroup_attach(hog->mm, hog->memcg);
	pid = hog->task->pid;
	mmgrab(hog->mm);
	get_task_struct(hog->task);
	mm_add_thread(hog->mm, hog->task);
	KUNIT_EXPECT_EQ(test, hog->mm->pid, pid);
	wake_up_process(hog->task);
	wait_for_completion(&hog->ready);
	KUNIT_EXPECT_EQ(test, hog->populated, 0);
}

void hog_end(struct hog *hog)
{
	complete(&hog->end);
	kthread_stop(hog->task);
	put_task_struct(hog->task);
	mmdrop(hog->mm);
}

bool hog_ends(struct hog *hog)
{
	return wait_for_completion_timeout(&hog->gone, HZ / 10);
}
