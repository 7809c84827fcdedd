// SPDX-License-Identifier: MIT
/*
 * New processes: a kernel thread that is made a process's before it runs. What a process is, tells
 * mm/process.c, which stands below threads.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

/* What the new thread will belong to, with mmget(). NULL: no memory. */
static struct mm_struct *mm_of_new_thread(unsigned long flags)
{
	if (!(flags & CLONE_VM))
		return mm_alloc(current->mm);
	mmget(current->mm);
	return current->mm;
}

pid_t user_mode_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct task_struct *task;
	struct mm_struct *mm;
	pid_t pid;

	if ((flags & CLONE_VM) && !current->mm)
		return -EINVAL;
	if (fatal_signal_pending(current))
		return -ERESTARTNOINTR;
	mm = mm_of_new_thread(flags);
	if (!mm)
		return -ENOMEM;
	task = kthread_create(fn, arg, "%s", current->comm);
	if (IS_ERR(task)) {
		mmput(mm);
		return PTR_ERR(task);
	}
	pid = task->pid;
	mm_add_thread(mm, task);
	wake_up_process(task);
	return pid;
}
